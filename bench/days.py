"""Days for a comparison side by side: of the town and of larger cities, with no rule that stock OR-Tools lacks."""

from collections.abc import Callable

from bench.town import plain, town_day
from transport.cli.bench.city import city
from transport.routing.engine import Problem

DAYS: dict[str, Callable[[], Problem]] = {
    "town, 130 wishes, 7 vehicles": lambda: plain(town_day()),
    "city, 400 wishes, 25 vehicles": lambda: plain(city(400, 25, 0)),
    "city, 1000 wishes, 60 vehicles": lambda: plain(city(1000, 60, 0)),
}
