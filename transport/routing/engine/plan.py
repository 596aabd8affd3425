"""A timed plan: who is carried by which duty, in which order and when. Times in the problem's unit."""

from dataclasses import dataclass
from enum import StrEnum


class StopKind(StrEnum):
    """What happens at a stop."""

    PICKUP = "pickup"
    DROPOFF = "dropoff"
    BREAK = "break"


@dataclass(frozen=True, slots=True)
class PlannedStop:
    """The vehicle stands at `location` from `arrival` to `departure`; boarding, alighting or the break begins at
    `start`. A break has no request and happens, with nobody on board, where the previous stop was.
    """

    kind: StopKind
    request: str | None
    location: int
    arrival: float
    start: float
    departure: float


@dataclass(frozen=True, slots=True)
class PlannedRun:
    """One duty's day in one layout (an index into the duty's layouts), from leaving its start to returning."""

    duty: str
    layout: int
    leaves: float
    returns: float
    stops: tuple[PlannedStop, ...]


@dataclass(frozen=True, slots=True)
class Unserved:
    """A request without a place, and why: see `reason`."""

    request: str
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """At most one run per duty; idle duties have none. Every request is in a run or in `unserved`."""

    runs: tuple[PlannedRun, ...] = ()
    unserved: tuple[Unserved, ...] = ()
