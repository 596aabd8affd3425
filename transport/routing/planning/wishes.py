"""What is wished, who travels, and what could be promised: plain values, pure."""

from dataclasses import dataclass
from enum import StrEnum

from transport.kernel.values import Load, Window


class Anchor(StrEnum):
    """What the client named: when to be picked up, or when to be there."""

    LEAVE_AT = "leave_at"
    ARRIVE_BY = "arrive_by"


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for one direction: the anchor and its second of the service day."""

    anchor: Anchor
    seconds: int


@dataclass(frozen=True, slots=True)
class Party:
    """Who travels, as planning may know it: two places, a load, time at the doors, what the vehicle must have.

    `solo`: nobody else on board meanwhile. `apart`: a party with 7 and one with -7 are never on board together.
    `not_drivers`, `prefers_driver`: ids of drivers. `arrive_from`: the second of the day at which the door opens.
    """

    pickup_place: int
    dropoff_place: int
    load: Load
    pickup_service: int
    dropoff_service: int
    chair_mass: int = 0
    features: frozenset[str] = frozenset()
    solo: bool = False
    apart: frozenset[int] = frozenset()
    not_drivers: frozenset[int] = frozenset()
    prefers_driver: int | None = None
    arrive_from: int = 0


@dataclass(frozen=True, slots=True)
class Option:
    """A promise that could be made: pickup within `window`, there by `arrive_by`, at most `max_ride` on board."""

    window: Window
    arrive_by: int
    max_ride: int
    ride: int
    """Seconds the drive would take without detour at that time of day."""
    away: int
    """Seconds between the wish and this option, as the rule of denial counts them."""
    cost: float


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that, changed so little, would have made room for a wish: proven, for staff and the city.

    `kind` and `detail` are words of the engine; `amount` is seconds, kilograms or a count, as the kind says.
    """

    kind: str
    amount: int
    detail: str | None
