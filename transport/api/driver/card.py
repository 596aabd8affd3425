"""A stop as the driver's page shows it: what to do now, from when nobody-here may be said, what is over."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from transport.kernel import clock
from transport.operations.driving import closing_data, instructions
from transport.operations.driving.manifest import Manifest, ManifestStop

SHOWN = 4
"""More orders than these are read by nobody at a door; the others are one tap away."""

OVER = {"cancelled", "declined", "missed", "no_show"}


class Step(Enum):
    """Which button is the big one."""

    ARRIVE = "arrive"
    FINISH = "finish"


@dataclass(frozen=True, slots=True)
class Card:
    """One stop. `step` is None where nothing can be reported; `closed` if only initials and times may be read."""

    stop: ManifestStop
    step: Step | None
    orders: tuple[str, ...]
    more_orders: tuple[str, ...]
    arrived_at: datetime | None
    done_at: datetime | None
    absent_at: datetime | None
    """When nobody-here was reported, if the dispatcher has not decided yet."""
    called_off: bool
    """The ride is over without having been driven, or nobody was found at its pickup."""
    begins_at: datetime | None
    """When the promised window begins: nobody has to be there earlier."""
    absent_from: datetime | None
    """From when nobody-here may be reported; None before the arrival."""
    closed: bool

    @property
    def name(self) -> str:
        """What it is called in addresses and in scripts: its promise and kind."""
        return f"{self.stop.promise.id}-{self.stop.kind.value}" if self.stop.promise else f"b-{self.stop.start}"

    @property
    def pickup(self) -> bool:
        """Somebody gets on here."""
        return self.stop.kind.value == "pickup"

    @property
    def is_break(self) -> bool:
        """Nobody gets on or off: the driver rests."""
        return self.stop.ride is None

    @property
    def who(self) -> str:
        """The name, or what is left of it once the stop is done."""
        name = self.stop.client.name if self.stop.client else ""
        return closing_data.initials(name) if self.closed else name

    @property
    def initials(self) -> str:
        """Enough to know afterwards which stop it was."""
        return closing_data.initials(self.stop.client.name if self.stop.client else "")


def cards(
    manifest: Manifest, *, wait: timedelta, closed: Callable[[ManifestStop], bool] = lambda _stop: False
) -> list[Card]:
    """All stops of the run in their order; `wait` is the policy's waiting time at a door, `closed` who is past it."""
    absent = {
        stop.promise.id
        for stop in manifest.stops
        if stop.promise and _when(stop, "absent") and _status(stop) == "confirmed"
    }
    return [_card(stop, manifest, absent, wait, closed=closed(stop)) for stop in manifest.stops]


def next_of(found: list[Card], held: str = "") -> Card | None:
    """Where the vehicle stands; else `held`, where it is going; else the first stop with something left to do."""
    left = [card for card in found if card.step is not None]
    here = [card for card in left if card.step is Step.FINISH]
    there = [card for card in left if card.name == held]
    return next(iter([*here, *there, *left]), None)


def _card(stop: ManifestStop, manifest: Manifest, absent: set[int | None], wait: timedelta, *, closed: bool) -> Card:
    pickup = stop.kind.value == "pickup"
    nobody = stop.promise is not None and stop.promise.id in absent
    told = () if stop.needs is None else _orders(stop, pickup=pickup)
    arrived, done = _when(stop, "arrived"), _when(stop, "done")
    called_off = _status(stop) in OVER or (nobody and not pickup)
    open_here = stop.ride is not None and not stop.done and not called_off
    begins = clock.at(manifest.shift.day, stop.promise.window_start) if stop.promise and pickup else None
    return Card(
        stop=stop,
        step=(Step.FINISH if arrived else Step.ARRIVE) if open_here else None,
        orders=told[:SHOWN],
        more_orders=told[SHOWN:],
        arrived_at=arrived,
        done_at=done,
        absent_at=_when(stop, "absent") if nobody and pickup and not done else None,
        called_off=called_off,
        begins_at=begins,
        absent_from=max(arrived, begins) + wait if arrived and begins else None,
        closed=closed,
    )


def _orders(stop: ManifestStop, *, pickup: bool) -> tuple[str, ...]:
    assert stop.needs is not None
    features = stop.promise.features.split() if stop.promise else ()
    say = instructions.getting_on if pickup else instructions.getting_off
    return say(stop.needs, features)


def _when(stop: ManifestStop, action: str) -> datetime | None:
    return next((visit.occurred_at for visit in stop.visits if visit.action.value == action), None)


def _status(stop: ManifestStop) -> str:
    return "" if stop.ride is None else stop.ride.status.value
