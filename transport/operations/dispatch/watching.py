"""What the street says about the day under way: who is late, who was not there, who waits, who is silent. Reads."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Executable
from sqlalchemy import select as columns_of
from sqlmodel import Session, col, select

from transport.booking.clients.models import Needs
from transport.booking.rides.lifecycle import LIVE, Status
from transport.booking.rides.models import Leg, Ride, TripRequest
from transport.kernel.clock import at, seconds_of
from transport.kernel.events import Event
from transport.operations.dispatch.matters import ORDER, WAITING_HOME, Matter, MatterKind
from transport.operations.driving import accuracy, positions
from transport.operations.driving.accuracy import Spread
from transport.routing.fleet.models import Shift
from transport.routing.planning import estimates
from transport.routing.planning.estimates import Door
from transport.routing.planning.models import (
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


@dataclass(frozen=True, slots=True)
class LiveRide:
    """What has to be known of a ride that is still to be kept, to see whether it needs a person."""

    ride_id: int
    promise_id: int
    client_id: int
    needs_id: int
    requested_by: int | None
    status: Status
    leg: Leg
    confirm_by: datetime
    kind: PromiseKind
    window_end: int
    arrive_by: int
    at_risk: bool


@dataclass(frozen=True, slots=True)
class Street:
    """The live rides of a day with what is planned, expected and reported of their stops."""

    day: date
    rides: list[LiveRide]
    stops: dict[Door, tuple[int, int]]
    """When a stop begins, in seconds of the day, and the shift that makes it."""
    expected: dict[Door, int]
    """When it is expected to begin by now, where that is not as planned."""
    reports: dict[Door, dict[VisitAction, datetime]]
    """When which report of a stop came in."""

    def reported(self, promise_id: int, kind: StopKind, *actions: VisitAction) -> bool:
        """Whether the driver has said one of these of the stop."""
        return any(action in self.reports.get((promise_id, kind), {}) for action in actions)


def rides_of(session: Session, day: date) -> list[LiveRide]:
    """The live rides of a day. Only what is needed is read: this is asked whenever somebody looks at the day."""
    columns: list[Any] = [
        *(Ride.id, Ride.promise_id, Ride.client_id, Ride.needs_id, TripRequest.requested_by, Ride.status, Ride.leg),
        *(Ride.confirm_by, Promise.kind, Promise.window_end, Promise.arrive_by, Promise.at_risk),
    ]
    live = (
        columns_of(*columns)
        .join(Promise, col(Promise.id) == Ride.promise_id)
        .join(TripRequest, col(TripRequest.id) == Ride.request_id)
        .where(col(Ride.day) == day, col(Ride.status).in_(LIVE))
        .order_by(col(Ride.id))
    )
    return [LiveRide(*row) for row in _rows(session, live)]


def street(session: Session, day: date, rides: list[LiveRide]) -> Street:
    """The day as it goes; a fixed number of queries however many rides there are."""
    planned = (
        columns_of(col(Stop.promise_id), col(Stop.kind), col(Stop.start), col(Run.shift_id))
        .join(Run, col(Run.id) == Stop.run_id)
        .where(col(Run.day) == day, col(Stop.promise_id).is_not(None))
    )
    seen = (
        columns_of(col(Visit.promise_id), col(Visit.kind), col(Visit.action), col(Visit.recorded_at))
        .join(Promise, col(Promise.id) == Visit.promise_id)
        .where(col(Promise.day) == day)
    )
    reports: dict[Door, dict[VisitAction, datetime]] = {}
    for promise_id, kind, action, recorded_at in _rows(session, seen):
        reports.setdefault((promise_id, kind), {})[action] = recorded_at
    return Street(
        day=day,
        rides=rides,
        stops={(promise_id, kind): (start, shift) for promise_id, kind, start, shift in _rows(session, planned)},
        expected=estimates.latest_of_day(session, day),
        reports=reports,
    )


def matters(session: Session, day: date, rides: list[LiveRide], *, now: datetime) -> list[Matter]:
    """Everything the street says of these live rides of a day, in no order."""
    seen = street(session, day, rides)
    home = list(_ways_home(session, seen, now))
    waiting = {each.subject for each in home if each.kind is MatterKind.WAITS_HOME}  # told once, as the worse of both
    late = [each for each in _late(seen, accuracy.spread(session), now) if each.subject not in waiting]
    return [*_absent(session, seen), *late, *home, *_silent(session, seen, now)]


def _absent(session: Session, seen: Street) -> Iterator[Matter]:
    """A driver found nobody and the dispatcher has not decided; worse if the client must not be left alone."""
    waiting = [
        ride
        for ride in seen.rides
        if ride.status is Status.CONFIRMED and seen.reported(ride.promise_id, StopKind.PICKUP, VisitAction.ABSENT)
    ]
    needs = {row.id: row for row in session.exec(select(Needs).where(col(Needs.id).in_({r.needs_id for r in waiting})))}
    for ride in waiting:
        guarded = needs[ride.needs_id].never_alone or bool(needs[ride.needs_id].hand_over_to)
        kind = MatterKind.UNSAFE if guarded else MatterKind.ABSENT
        yield Matter(kind, ride.ride_id, f"{kind}:{ride.promise_id}")


def _late(seen: Street, sure: Spread, now: datetime) -> Iterator[Matter]:
    """Who will be fetched after the window, or be there after the latest arrival; and who may be, while it is early."""
    second = seconds_of(seen.day, now)
    for ride in seen.rides:
        if ride.kind is not PromiseKind.WILL_CALL:
            matters = [_lateness(seen, sure, ride, kind, limit, second) for kind, limit in ahead(seen, ride)]
            told = [each for each in matters if each is not None]
            yield from sorted(told, key=lambda each: ORDER[each.kind])[:1]


def ahead(seen: Street, ride: LiveRide) -> list[tuple[StopKind, int]]:
    """The ends of a ride that are still to come, each with the second it is promised by."""
    arrival = [(StopKind.DROPOFF, ride.arrive_by)]
    if ride.status is Status.ON_BOARD:
        return [] if seen.reported(ride.promise_id, StopKind.DROPOFF, VisitAction.ARRIVED) else arrival
    if seen.reported(ride.promise_id, StopKind.PICKUP, VisitAction.ARRIVED, VisitAction.ABSENT):
        return []
    return [(StopKind.PICKUP, ride.window_end), *arrival]


def _lateness(seen: Street, sure: Spread, ride: LiveRide, kind: StopKind, limit: int, second: int) -> Matter | None:
    door = (ride.promise_id, kind)
    if door not in seen.stops:
        return None
    expected = max(seen.expected.get(door, seen.stops[door][0]), second)
    if accuracy.is_late(expected, limit, second):
        minutes = (expected - limit) // 60
        return Matter(MatterKind.LATE, ride.ride_id, f"{MatterKind.LATE}:{ride.promise_id}:{kind}", minutes)
    if sure.soon(expected, limit, second):
        key = f"{MatterKind.LATE_SOON}:{ride.promise_id}:{kind}"
        return Matter(MatterKind.LATE_SOON, ride.ride_id, key, max(limit - expected, 0) // 60)
    return None


def _ways_home(session: Session, seen: Street, now: datetime) -> Iterator[Matter]:
    """Who has called for the way home and is still waiting, and for whom no vehicle could be found."""
    backs = {str(r.ride_id): r for r in seen.rides if r.leg is Leg.RETURN and r.status is Status.CONFIRMED}
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
            yield Matter(MatterKind.RETURN_AT_RISK, back.ride_id, event.key)
    for ride_id, since in called.items():
        back = backs[ride_id]
        if seen.reported(back.promise_id, StopKind.PICKUP, VisitAction.ARRIVED, VisitAction.ABSENT):
            continue
        minutes = _minutes(now - since)
        level = sum(minutes >= each for each in WAITING_HOME)
        key = f"{MatterKind.WAITS_HOME}:{back.ride_id}:{level}"
        yield Matter(MatterKind.WAITS_HOME, back.ride_id, key, minutes)


def _silent(session: Session, seen: Street, now: datetime) -> Iterator[Matter]:
    """Shifts under way that should have reported a stop and have said nothing for a while, nor where they are."""
    live = {ride.promise_id for ride in seen.rides}
    heard = positions.heard(session, seen.day)
    due: dict[int, datetime] = {}
    for door, (start, shift_id) in seen.stops.items():
        reports = seen.reports.get(door, {})
        for recorded_at in reports.values():
            heard[shift_id] = max(heard.get(shift_id, recorded_at), recorded_at)
        if not reports and door[0] in live:
            expected = at(seen.day, seen.expected.get(door, start))
            due[shift_id] = min(due.get(shift_id, expected), expected)
    quiet = {shift_id: now - max(since, heard.get(shift_id, since)) for shift_id, since in due.items()}
    ids = {shift_id for shift_id, span in quiet.items() if span >= SILENCE}
    for shift in session.exec(select(Shift).where(col(Shift.id).in_(ids)).order_by(col(Shift.id))):
        if at(seen.day, shift.starts) <= now <= at(seen.day, shift.ends):
            shift_id = shift.id or 0
            key = f"{MatterKind.SILENT}:{shift_id}:{due[shift_id]:%H%M}"
            yield Matter(MatterKind.SILENT, shift_id, key, _minutes(quiet[shift_id]))


def _rows(session: Session, statement: Executable) -> list[Any]:
    session.flush()
    return list(session.connection().execute(statement).all())


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds() // 60)
