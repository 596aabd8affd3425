"""Figures for the city: added up rightly, and hidden where they would point to a person."""

from datetime import date

import pytest

from tests.builders.booking import a_confirmed_ride, a_draft, a_ride, looked
from tests.builders.clients import a_client
from tests.builders.town import DAY, NOW, a_town
from transport.booking.clients.needs import Mobility
from transport.booking.rides import rides
from transport.kernel.errors import Invalid
from transport.operations.quality import indicators, queries
from transport.operations.quality.indicators import Count, DeniedWish, PlannedRide, PlannedRun


def figures(**values):
    given = {"capacity": (), "statuses": {}, "denials": (), "planned": (), "runs": (), **values}
    return indicators.of(DAY, DAY, **given)


def test_nothing_happened_and_nothing_is_divided_by_zero():
    nothing = figures()
    assert (nothing.wishes, nothing.denial_rate, nothing.shared_share) == (0, None, None)


def test_a_denied_wish_that_was_taken_at_another_time_counts_once_as_a_wish():
    counted = figures(
        statuses={"confirmed": 3},
        denials=[DeniedWish(7, "no_room", True, taken=True), DeniedWish(7, "hours", False, taken=False)],
    )
    assert (counted.wishes, counted.promised, counted.denied, counted.denied_taken) == (4, 3, 2, 1)
    assert counted.denial_rate == 0.5
    assert counted.denials_by_hour == (Count("07", 2),)
    assert counted.denials_by_reason == (Count("hours", 1), Count("no_room", 1))
    assert counted.denials_by_need == (Count("wheelchair", 1), Count("seat", 1))


def test_a_ride_is_shared_while_somebody_else_is_on_board():
    planned = [PlannedRide(1, 0, 100), PlannedRide(1, 90, 200), PlannedRide(1, 200, 300), PlannedRide(2, 0, 300)]
    assert figures(planned=planned).shared_share == 0.5


def test_minutes_and_kilometres_are_those_of_the_vehicles():
    counted = figures(runs=[PlannedRun(3600, 12_340), PlannedRun(1830, 1_000)])
    assert (counted.vehicle_minutes, counted.km) == (90, 13.3)


def test_small_counts_are_hidden_from_the_public_with_what_would_give_them_away():
    denials = [DeniedWish(7, "no_room", True, taken=False)] * 2 + [DeniedWish(8, "no_room", False, taken=False)] * 9
    shown = indicators.for_public(figures(statuses={"completed": 40, "missed": 1, "no_show": 0}, denials=denials), 5)
    assert shown.denials_by_need == (Count("wheelchair", None), Count("seat", None))
    assert shown.denials_by_reason == (Count("no_room", 11),)
    assert shown.rides == (Count("completed", None), Count("missed", None), Count("no_show", 0))


def test_nothing_is_hidden_from_the_contract_manager():
    assert figures(denials=[DeniedWish(7, "hours", False, taken=False)]).denials_by_hour == (Count("07", 1),)


def test_exports_say_the_same_as_the_page():
    counted = figures(statuses={"confirmed": 3}, runs=[PlannedRun(3600, 12_340)])
    rows = {(section, key): value for section, key, _, value in indicators.rows(counted)}
    assert rows["rides", "confirmed"] == 3
    assert rows["plan", "km"] == 12.3
    shown = indicators.as_json(counted)
    assert (shown["start"], shown["rides"], shown["km"]) == ("2026-11-24", {"confirmed": 3}, 12.3)


def test_the_page_of_a_day_shows_what_happened_on_it(session, cast):
    town = a_town(session, emil=cast.emil, hours=("8:00", "22:00"))
    a_confirmed_ride(session, town, cast.anna, "10:00", by=cast.dana)
    called_off = a_ride(session, town, cast.bedrich, "10:00", by=cast.dana)
    rides.cancel(session, called_off, version=called_off.version, world=town.world, by=cast.dana, now=NOW)
    other = a_client(session, "Olga Jiná", mobility=Mobility.WHEELCHAIR_STAYS)
    looked(session, town, a_draft(session, town, other, "6:20", by=cast.dana), by=cast.dana)
    page = queries.figures(session, DAY, DAY)
    counts = {line.key: line.count for line in page.rides if line.count}
    assert counts == {"confirmed": 1, "cancelled": 1}
    assert (page.wishes, page.denied) == (3, 1)
    assert page.denials_by_hour == (Count("06", 1),)
    (use,) = page.capacity
    assert (use.period, use.bought, use.reserved) == (DAY.isoformat(), 1_000_000, page.metres)
    assert page.metres > 0
    assert queries.month(session, DAY).promised == 2
    assert queries.month(session, date(2026, 12, 5)).promised == 0


def test_a_span_ends_after_it_starts(session):
    with pytest.raises(Invalid, match=r"span\.ends_before_start"):
        queries.figures(session, DAY, date(2026, 1, 1))
