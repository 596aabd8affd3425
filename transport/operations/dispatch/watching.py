"""What the street says about the day under way: who is late, who was not there, who waits, who is silent. Reads."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from transport.booking.clients.models import Needs
from transport.booking.rides.lifecycle import LIVE, Status
from transport.booking.rides.models import Leg, Ride
from transport.kernel.clock import at
from transport.kernel.events import Event
from transport.operations.dispatch.matters import WAITING_HOME, Matter, MatterKind
from transport.routing.fleet.models import Shift
from transport.routing.planning.models import (
    Estimate,
    Promise,
    PromiseKind,
    Run,
    Stop,
    StopKind,
    Visit,
    VisitAction,
)

SILENCE = timedelta(minutes=20)
"""So long after something should have been reported, and after the last word, a driver is called."""

Door = tuple[int, StopKind]
"""Where somebody gets on or off: a promise and the kind of its stop."""


@dataclass(frozen=True, slots=True)
class Street:
    """The live rides of a day with what is planned, expected and reported of their stops."""

    day: date
    rides: list[tuple[Ride, Promise]]
    stops: dict[Door, tuple[Stop, int]]
    """The stop and the shift that makes it."""
    expected: dict[Door, datetime]
    visits: dict[Door, dict[VisitAction, Visit]]

    def reported(self, promise_id: int, kind: StopKind, *actions: VisitAction) -> bool:
        """Whether the driver has said one of these of the stop."""
        return any(action in self.visits.get((promise_id, kind), {}) for action in actions)


def street(session: Session, day: date) -> Street:
    """The day as it goes; a fixed number of queries however many rides there are."""
    live = select(Ride, Promise).join(Promise, col(Promise.id) == Ride.promise_id)
    planned = select(Stop, Run.shift_id).join(Run, col(Run.id) == Stop.run_id).where(Run.day == day)
    told = select(Estimate).join(Promise, col(Promise.id) == Estimate.promise_id).where(Promise.day == day)
    seen = select(Visit).join(Promise, col(Promise.id) == Visit.promise_id).where(Promise.day == day)
    estimates = session.exec(told.order_by(col(Estimate.id)))
    visits: dict[Door, dict[VisitAction, Visit]] = {}
    for visit in session.exec(seen):
        visits.setdefault((visit.promise_id, visit.kind), {})[visit.action] = visit
    return Street(
        day=day,
        rides=list(session.exec(live.where(Ride.day == day, col(Ride.status).in_(LIVE)).order_by(col(Ride.id)))),
        stops={
            (stop.promise_id, stop.kind): (stop, shift)
            for stop, shift in session.exec(planned)
            if stop.promise_id is not None
        },
        expected={(each.promise_id, each.kind): each.expected_at for each in estimates},
        visits=visits,
    )


def matters(session: Session, day: date, *, now: datetime) -> list[Matter]:
    """Everything the street says, in no order."""
    seen = street(session, day)
    return [*_absent(session, seen), *_late(seen, now), *_ways_home(session, seen, now), *_silent(session, seen, now)]


def _absent(session: Session, seen: Street) -> Iterator[Matter]:
    """A driver found nobody and the dispatcher has not decided; worse if the client must not be left alone."""
    waiting = [
        ride
        for ride, promise in seen.rides
        if ride.status is Status.CONFIRMED and seen.reported(promise.id or 0, StopKind.PICKUP, VisitAction.ABSENT)
    ]
    needs = {row.id: row for row in session.exec(select(Needs).where(col(Needs.id).in_({r.needs_id for r in waiting})))}
    for ride in waiting:
        guarded = needs[ride.needs_id].never_alone or bool(needs[ride.needs_id].hand_over_to)
        kind = MatterKind.UNSAFE if guarded else MatterKind.ABSENT
        yield Matter(kind, ride.id or 0, f"{kind}:{ride.promise_id}")


def _late(seen: Street, now: datetime) -> Iterator[Matter]:
    for ride, promise in seen.rides:
        if promise.kind is PromiseKind.WILL_CALL:
            continue
        begun = ride.status is Status.ON_BOARD
        if not begun and seen.reported(promise.id or 0, StopKind.PICKUP, VisitAction.ARRIVED, VisitAction.ABSENT):
            continue
        kind, limit = (StopKind.DROPOFF, promise.arrive_by) if begun else (StopKind.PICKUP, promise.window_end)
        planned = seen.stops.get((promise.id or 0, kind))
        if planned is None:
            continue
        expected = seen.expected.get((promise.id or 0, kind)) or at(seen.day, planned[0].start)
        minutes = _minutes(max(expected, now) - at(seen.day, limit))
        if minutes > 0:
            yield Matter(MatterKind.LATE, ride.id or 0, f"{MatterKind.LATE}:{ride.promise_id}:{kind}", minutes)


def _ways_home(session: Session, seen: Street, now: datetime) -> Iterator[Matter]:
    """Who has called for the way home and is still waiting, and for whom no vehicle could be found."""
    backs = {str(ride.id): ride for ride, _ in seen.rides if ride.leg is Leg.RETURN and ride.status is Status.CONFIRMED}
    if not backs:
        return
    told = select(Event).where(
        col(Event.kind).in_(("return_called", "return_at_risk")), Event.recorded_at > now - timedelta(days=2)
    )
    called: dict[str, datetime] = {}
    for event in session.exec(told.order_by(col(Event.id))):
        back = backs.get(event.subject_id)
        if back is None or event.subject_type != "ride":
            continue
        if event.kind == "return_called":
            called[event.subject_id] = event.occurred_at
        elif event.key == f"return_at_risk:{back.promise_id}":
            yield Matter(MatterKind.RETURN_AT_RISK, back.id or 0, event.key)
    for ride_id, since in called.items():
        back = backs[ride_id]
        if seen.reported(back.promise_id, StopKind.PICKUP, VisitAction.ARRIVED, VisitAction.ABSENT):
            continue
        minutes = _minutes(now - since)
        level = sum(minutes >= each for each in WAITING_HOME)
        yield Matter(MatterKind.WAITS_HOME, back.id or 0, f"{MatterKind.WAITS_HOME}:{back.id}:{level}", minutes)


def _silent(session: Session, seen: Street, now: datetime) -> Iterator[Matter]:
    """Shifts that should have reported a stop and have said nothing for a while."""
    heard: dict[int, datetime] = {}
    due: dict[int, datetime] = {}
    for door, (stop, shift_id) in seen.stops.items():
        reports = seen.visits.get(door, {})
        for visit in reports.values():
            heard[shift_id] = max(heard.get(shift_id, visit.recorded_at), visit.recorded_at)
        if not reports:
            expected = seen.expected.get(door) or at(seen.day, stop.start)
            due[shift_id] = min(due.get(shift_id, expected), expected)
    for shift_id, since in due.items():
        quiet = now - max(since, heard.get(shift_id, since))
        if quiet < SILENCE:
            continue
        shift = session.get_one(Shift, shift_id)
        if at(seen.day, shift.starts) <= now <= at(seen.day, shift.ends):
            yield Matter(MatterKind.SILENT, shift_id, f"{MatterKind.SILENT}:{shift_id}:{since:%H%M}", _minutes(quiet))


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds() // 60)
