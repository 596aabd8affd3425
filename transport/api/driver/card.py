"""A stop as the driver's page shows it: what to do now, from when nobody-here may be said, what is over."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from transport.kernel import clock
from transport.operations.driving import instructions
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
    """One stop. `step` is None where nothing can be reported."""

    stop: ManifestStop
    step: Step | None
    orders: tuple[str, ...]
    more_orders: tuple[str, ...]
    done_at: datetime | None
    absent_at: datetime | None
    """When nobody-here was reported, if the dispatcher has not decided yet."""
    called_off: bool
    """The ride is over without having been driven, or nobody was found at its pickup."""
    absent_from: datetime | None
    """From when nobody-here may be reported; None before the arrival."""

    @property
    def pickup(self) -> bool:
        """Somebody gets on here."""
        return self.stop.kind.value == "pickup"

    @property
    def is_break(self) -> bool:
        """Nobody gets on or off: the driver rests."""
        return self.stop.ride is None


def cards(manifest: Manifest, *, wait: timedelta) -> list[Card]:
    """All stops of the run in their order; `wait` is the policy's waiting time at a door."""
    absent = {
        stop.promise.id
        for stop in manifest.stops
        if stop.promise and _when(stop, "absent") and _status(stop) == "confirmed"
    }
    return [_card(stop, manifest, absent, wait) for stop in manifest.stops]


def next_of(found: list[Card]) -> Card | None:
    """The first stop with something left to do."""
    return next((card for card in found if card.step is not None), None)


def _card(stop: ManifestStop, manifest: Manifest, absent: set[int | None], wait: timedelta) -> Card:
    pickup = stop.kind.value == "pickup"
    nobody = stop.promise is not None and stop.promise.id in absent
    told = () if stop.needs is None else _orders(stop, pickup=pickup)
    arrived = _when(stop, "arrived")
    called_off = _status(stop) in OVER or (nobody and not pickup)
    open_here = stop.ride is not None and not stop.done and not called_off
    return Card(
        stop=stop,
        step=(Step.FINISH if arrived else Step.ARRIVE) if open_here else None,
        orders=told[:SHOWN],
        more_orders=told[SHOWN:],
        done_at=_when(stop, "done"),
        absent_at=_when(stop, "absent") if nobody and pickup else None,
        called_off=called_off,
        absent_from=_absent_from(stop, manifest, arrived, wait) if pickup else None,
    )


def _absent_from(stop: ManifestStop, manifest: Manifest, arrived: datetime | None, wait: timedelta) -> datetime | None:
    """The wait counts from the arrival, but never from before the promised window: nobody has to be there earlier."""
    if arrived is None or stop.promise is None:
        return None
    return max(arrived, clock.at(manifest.shift.day, stop.promise.window_start)) + wait


def _orders(stop: ManifestStop, *, pickup: bool) -> tuple[str, ...]:
    assert stop.needs is not None
    features = stop.promise.features.split() if stop.promise else ()
    say = instructions.getting_on if pickup else instructions.getting_off
    return say(stop.needs, features)


def _when(stop: ManifestStop, action: str) -> datetime | None:
    return next((visit.occurred_at for visit in stop.visits if visit.action.value == action), None)


def _status(stop: ManifestStop) -> str:
    return "" if stop.ride is None else stop.ride.status.value
