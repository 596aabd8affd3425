"""The words of what is assumed about a day: each assumption touches nothing, and says what would be otherwise. Pure."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class VehicleOut:
    """The vehicle of a shift is out from a second of the day on, and stands at a place with whoever is on board."""

    shift: int
    since: int
    place: int


@dataclass(frozen=True, slots=True)
class DriverOut:
    """The driver of a shift cannot go on; the vehicle is well and stands at a place, and nobody takes it over."""

    shift: int
    since: int
    place: int


@dataclass(frozen=True, slots=True)
class OtherDriver:
    """Another driver takes a shift over with its vehicle and its rides."""

    shift: int
    driver: int


@dataclass(frozen=True, slots=True)
class FeatureLost:
    """Something a vehicle has does not work from a second of the day on: nobody who needs it gets on any more.

    Who is on board stays there: getting off is for people who are called, not for the planner.
    """

    shift: int
    feature: str
    since: int


@dataclass(frozen=True, slots=True)
class Delayed:
    """A shift loses minutes from a second of the day on: everything it does after that comes so much later."""

    shift: int
    minutes: int
    since: int


@dataclass(frozen=True, slots=True)
class DrivenOn:
    """Nobody was at the door: the vehicle drives on at a second of the day, and comes back after `back` minutes."""

    shift: int
    promise: int
    since: int
    back: int


@dataclass(frozen=True, slots=True)
class OneMore:
    """One more vehicle and driver on duty; with `like` only thought of, as like the vehicle of that shift."""

    starts: int
    ends: int
    vehicle: int | None = None
    driver: int | None = None
    like: int | None = None


@dataclass(frozen=True, slots=True)
class ShiftShortened:
    """A shift ends sooner."""

    shift: int
    ends: int


@dataclass(frozen=True, slots=True)
class LeastChange:
    """Only rides that have no place are given another; everything else stays where it is planned."""


@dataclass(frozen=True, slots=True)
class TaxiAllowed:
    """Whom no vehicle of ours can carry as promised may ride by taxi: prices in haléře, `most` for one ride.

    `features` are what the taxi has of what people need, parted by spaces; it is at the door within `within` seconds.
    """

    most: int
    start: int
    per_km: int
    within: int
    features: str = ""


Assumption = (
    VehicleOut
    | DriverOut
    | OtherDriver
    | FeatureLost
    | Delayed
    | DrivenOn
    | OneMore
    | ShiftShortened
    | LeastChange
    | TaxiAllowed
)
Gone = VehicleOut | DriverOut
"""From then on the vehicle carries nobody any more: whoever is on board is fetched from where it stands."""
Mishap = VehicleOut | DriverOut | OtherDriver | FeatureLost | Delayed | DrivenOn
"""What happens to a shift under way: plans for it are thought of at once."""

KINDS: dict[str, type[Assumption]] = {
    "vehicle_out": VehicleOut,
    "driver_out": DriverOut,
    "other_driver": OtherDriver,
    "feature_lost": FeatureLost,
    "delayed": Delayed,
    "driven_on": DrivenOn,
    "one_more": OneMore,
    "shift_shortened": ShiftShortened,
    "least_change": LeastChange,
    "taxi_allowed": TaxiAllowed,
}


def written(assumptions: Iterable[Assumption]) -> str:
    """The assumptions as they are kept."""
    kinds = {kind: word for word, kind in KINDS.items()}
    return json.dumps([{"kind": kinds[type(each)], **asdict(each)} for each in assumptions])


def read(text: str) -> tuple[Assumption, ...]:
    """Assumptions as they were kept."""
    return tuple(KINDS[each.pop("kind")](**each) for each in json.loads(text))


def shifts_of(assumptions: Iterable[Assumption]) -> frozenset[int]:
    """The shifts that are not driven as they were planned."""
    return frozenset(each.shift for each in assumptions if isinstance(each, Mishap | ShiftShortened))
