"""What became of the rides of a day: those nobody has said it of yet, saying it afterwards, and the day in figures."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from transport.booking.rides import queries, rides, taking, taxis
from transport.booking.rides.lifecycle import LIVE, Status
from transport.booking.rides.models import Ride
from transport.booking.rides.queries import RideView
from transport.kernel.actor import Actor
from transport.kernel.clock import at
from transport.kernel.errors import Invalid
from transport.operations.driving import execution
from transport.routing.fleet import fleet
from transport.routing.planning import publishing
from transport.routing.planning.day import World
from transport.routing.planning.models import StopKind, VisitAction

RESULTS = ("driven", "absent", "missed")
"""What may have become of a ride: it was driven, the client was not there, we were not there."""

Times = tuple[int | None, int | None]
"""Seconds of the day of the two things a result is told with: on board and off, or arrived and gone again."""


def without(session: Session, day: date) -> list[RideView]:
    """The rides of a day of which nobody has said what became of them, in the order of their promises."""
    found = queries.views(session, list(session.exec(select(Ride).where(Ride.day == day, col(Ride.status).in_(LIVE)))))
    return sorted(found, key=lambda view: (view.promise.window_start, view.ride.id or 0))


def settle(
    session: Session,
    ride: Ride,
    result: str,
    times: Times,
    reason: str,
    *,
    version: int,
    world: World,
    by: Actor,
    now: datetime,
) -> None:
    """Say afterwards what became of a ride, from what the driver tells on the telephone.

    `driven` and `absent` need times, `missed` a reason: Invalid("result.times_needed" | "ride.reason_missing").
    An order that nobody had answered is confirmed first: it was driven, or should have been.
    """
    if result not in RESULTS:
        raise Invalid("result.unknown", field="result")
    if ride.status is Status.REQUESTED:
        rides.confirm(session, ride, version=version, by=by, now=now)
        version = ride.version
    if result == "missed":
        rides.miss(session, ride, version=version, reason=reason, world=world, by=by, now=now)
        return
    if result == "absent" and execution.absent(session, ride) is not None:
        execution.no_show(session, ride, version=version, world=world, by=by, now=now)
        return
    first, second = _in_order(ride, times)
    order = taxis.coming(session, ride.id or 0)
    if result == "driven" and order is not None:
        fetched, arrived = (min(at(ride.day, each), now) for each in (first, second))
        taxis.driven(session, order, fetched=fetched, arrived=arrived, price=order.price, by=by, now=now)
        return
    taking.take(session, ride, version=version)
    if result == "driven":
        if ride.status is Status.CONFIRMED:
            _told(session, ride, StopKind.PICKUP, VisitAction.ARRIVED, first, world, by, now)
            _told(session, ride, StopKind.PICKUP, VisitAction.DONE, first, world, by, now)
        _told(session, ride, StopKind.DROPOFF, VisitAction.DONE, second, world, by, now)
        return
    _told(session, ride, StopKind.PICKUP, VisitAction.ARRIVED, first, world, by, now)
    try:
        _told(session, ride, StopKind.PICKUP, VisitAction.ABSENT, second, world, by, now)
    except Invalid as error:
        raise Invalid("result.waited_too_short", field="second", **error.facts) from None
    execution.no_show(session, ride, version=ride.version, world=world, by=by, now=now)


@dataclass(frozen=True, slots=True)
class Summary:
    """A day in figures. `on_time` of `arrivals`: pickups whose vehicle was there by the end of the window."""

    results: tuple[tuple[str, int], ...]
    """How many rides ended in each word, the most frequent first."""
    people: int
    arrivals: int
    on_time: int
    metres: int
    minutes: int
    """Vehicle minutes of all shifts, as the contract counts them."""
    collected: int
    """Prices of the rides that were driven, in haléře."""


def summary(session: Session, day: date, views: list[RideView]) -> Summary:
    """The figures of a day; `views` are its rides."""
    driven = [view for view in views if view.ride.status is Status.COMPLETED]
    arrivals = [(view, when) for view in views if (when := times(view)[0])]
    return Summary(
        results=tuple(Counter(view.word for view in views).most_common()),
        people=sum(view.ride.persons for view in driven),
        arrivals=len(arrivals),
        on_time=sum(when < at(day, view.promise.window_end) + timedelta(minutes=1) for view, when in arrivals),
        metres=publishing.planned_metres(session, day),
        minutes=sum(shift.minutes for shift in fleet.on_duty(session, day)),
        collected=sum(view.ride.price for view in driven),
    )


def times(view: RideView) -> tuple[datetime | None, datetime | None, datetime | None]:
    """When the vehicle was at the door, the client on board and off again, as reported; None for what was not."""
    told = {(visit.kind, visit.action): visit.occurred_at for visit in view.visits}
    return (
        told.get((StopKind.PICKUP, VisitAction.ARRIVED)),
        told.get((StopKind.PICKUP, VisitAction.DONE)),
        told.get((StopKind.DROPOFF, VisitAction.DONE)),
    )


def _in_order(ride: Ride, times: Times) -> tuple[int, int]:
    first, second = times
    if ride.status is Status.ON_BOARD and second is not None:
        return second, second  # when it set out is known
    if first is None or second is None or second < first:
        raise Invalid("result.times_needed", field="first" if first is None else "second")
    return first, second


def _told(
    session: Session,
    ride: Ride,
    kind: StopKind,
    action: VisitAction,
    second: int,
    world: World,
    by: Actor,
    now: datetime,
) -> None:
    """Recorded as if the driver had reported it; what the driver did report stays as it is."""
    happened = min(at(ride.day, second), now)
    execution.report(session, ride.promise_id, kind, action, world=world, by=by, now=now, occurred_at=happened)
    session.refresh(ride)
