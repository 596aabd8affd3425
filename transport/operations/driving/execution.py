"""What happened at the doors, as drivers report it: each report once, however often it is sent."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from transport.booking.rides import rides, taking
from transport.booking.rides.lifecycle import Status
from transport.booking.rides.models import Ride
from transport.kernel.actor import STAFF, Actor
from transport.kernel.clock import at
from transport.kernel.errors import Conflict, Invalid, NotFound
from transport.kernel.events import record
from transport.operations.driving import expecting, manifest
from transport.routing.planning import runs
from transport.routing.planning.day import World
from transport.routing.planning.models import Promise, Run, Stop, StopKind, Visit, VisitAction

BOARDED = (StopKind.PICKUP, VisitAction.DONE)
"""What is reported of whoever got on."""


def report(
    session: Session,
    promise_id: int,
    kind: StopKind,
    action: VisitAction,
    *,
    world: World,
    by: Actor,
    now: datetime,
    occurred_at: datetime | None = None,
    note: str = "",
    shift_id: int | None = None,
) -> bool:
    """One report about one stop: arrived, done (on board or got off), or nobody here. False if it is known already.

    `shift_id`: the vehicle it happened with, if it is not the planned one; whoever names it has made sure whose it is.
    Raises NotFound for somebody else's stop, Conflict for a report that cannot be true yet (got off before on board),
    Invalid("visit.too_soon") for nobody-here before the waiting time is over.
    """
    promise = session.get(Promise, promise_id)
    ride = session.exec(select(Ride).where(Ride.promise_id == promise_id)).first()
    if promise is None or ride is None:
        raise NotFound("stop")
    planned = planned_shift(session, promise_id)
    if shift_id is None:
        _own(session, promise, planned, by)
    happened = occurred_at or now
    if visited(session, [promise_id], kind, action) is not None:
        return False
    if action is VisitAction.ABSENT:
        require_waited(session, promise, kind, world, happened)
    over = ride.status is Status.COMPLETED and action is not VisitAction.DONE  # history that came in late
    if kind is StopKind.DROPOFF and ride.status is not Status.ON_BOARD and not over:
        raise Conflict("visit.not_on_board", ride=ride.code)
    if ride.status not in (Status.CONFIRMED, Status.ON_BOARD) and not over:
        raise Conflict("stop.not_live", ride=ride.code)
    where = planned if shift_id is None else shift_id
    runs.visit(session, promise, kind, action, by=by, occurred_at=happened, now=now, note=note, shift_id=where)
    facts = {"promise": promise_id, "stop": kind.value, "action": action.value}
    record(session, "stop_visited", subject=("ride", ride.id), by=by, now=now, occurred_at=happened, facts=facts)
    changes_vehicle = kind is StopKind.PICKUP and ride.status is Status.ON_BOARD
    if action is VisitAction.DONE and not changes_vehicle:
        move = rides.board if kind is StopKind.PICKUP else rides.alight
        move(session, ride, by=by, now=now)
    _expect(session, promise, world, now)
    return True


def take_back(session: Session, ride: Ride, visit: Visit, *, world: World, by: Actor, now: datetime) -> None:
    """What was reported of a stop did not happen: the ride is where it was before, and the stop open again.

    Raises Conflict("ride.not_possible") if the ride has gone on since, Conflict("day.closed").
    """
    promise = session.get_one(Promise, visit.promise_id)
    facts = {"promise": promise.id, "stop": visit.kind.value, "action": visit.action.value, "at": visit.occurred_at}
    session.delete(visit)
    session.flush()
    if visit.action is VisitAction.DONE and visit.kind is StopKind.DROPOFF:
        rides.not_alighted(session, ride, by=by, now=now)
    elif visit.action is VisitAction.DONE and visited(session, line(session, promise), *BOARDED) is None:
        rides.not_boarded(session, ride, by=by, now=now)
    record(session, "visit_undone", subject=("ride", ride.id), by=by, now=now, facts=facts)
    _expect(session, promise, world, now)


def retime(
    session: Session, ride: Ride, visit: Visit, happened: datetime, *, world: World, by: Actor, now: datetime
) -> None:
    """It happened at another moment than was said first; the event keeps both."""
    if visit.occurred_at == happened:
        return
    facts: dict[str, object] = {"promise": visit.promise_id, "stop": visit.kind.value, "action": visit.action.value}
    facts |= {"was": visit.occurred_at, "is": happened}
    visit.occurred_at = happened
    session.add(visit)
    session.flush()
    record(session, "visit_retimed", subject=("ride", ride.id), by=by, now=now, occurred_at=happened, facts=facts)
    _expect(session, session.get_one(Promise, visit.promise_id), world, now)


def promise_of(session: Session, ride: Ride) -> Promise:
    """What is promised of a ride now."""
    return session.get_one(Promise, ride.promise_id)


def line(session: Session, promise: Promise) -> list[int]:
    """This promise and those it took the place of, one after another, the newest first."""
    found = [promise.id or 0]
    while promise.supersedes is not None:
        promise = session.get_one(Promise, promise.supersedes)
        found.append(promise.id or 0)
    return found


def visited(session: Session, promises: Sequence[int], kind: StopKind, action: VisitAction) -> Visit | None:
    """What was reported of a stop, under the newest of these promises."""
    same = select(Visit).where(col(Visit.promise_id).in_(promises), Visit.kind == kind, Visit.action == action)
    return session.exec(same.order_by(col(Visit.promise_id).desc())).first()


def planned_shift(session: Session, promise_id: int) -> int | None:
    """The shift that carries a promise in the live plan; None if no shift does."""
    carrying = select(Run.shift_id).join(Stop, col(Stop.run_id) == Run.id).where(Stop.promise_id == promise_id)
    return session.exec(carrying).first()


def absent(session: Session, ride: Ride) -> Visit | None:
    """The driver's report that nobody was there, which the dispatcher decides on."""
    return session.exec(
        select(Visit).where(Visit.promise_id == ride.promise_id, Visit.action == VisitAction.ABSENT)
    ).first()


def no_show(session: Session, ride: Ride, *, version: int, world: World, by: Actor, now: datetime) -> None:
    """The dispatcher accepts the driver's evidence. Without a report: Conflict("ride.no_evidence")."""
    seen = absent(session, ride)
    if seen is None:
        raise Conflict("ride.no_evidence", ride=ride.code)
    rides.no_show(session, ride, version=version, reason=seen.note, world=world, by=by, now=now)


def not_absent(session: Session, ride: Ride, *, version: int, by: Actor, now: datetime) -> None:
    """The dispatcher does not accept that nobody was there: the stop is open again, and the driver looks once more.

    Without a report: Conflict("ride.no_evidence"); after a decision: Conflict("ride.changed_meanwhile").
    """
    taking.take(session, ride, version=version)
    seen = absent(session, ride)
    if seen is None or ride.status is not Status.CONFIRMED:
        raise Conflict("ride.no_evidence", ride=ride.code)
    facts = {"day": ride.day, "promise": ride.promise_id, "reported_at": seen.occurred_at}
    session.delete(seen)
    session.flush()
    record(session, "absence_not_accepted", subject=("ride", ride.id), by=by, now=now, facts=facts)


def _own(session: Session, promise: Promise, planned: int | None, by: Actor) -> None:
    """A driver reports about the stops of an own shift only."""
    if by.role in STAFF:
        return
    if planned not in {shift.id for shift in manifest.shifts_of(session, by, promise.day)}:
        raise NotFound("stop")


def _expect(session: Session, promise: Promise, world: World, now: datetime) -> None:
    """What follows for the stops to come; nothing, once no vehicle carries the promise."""
    if planned_shift(session, promise.id or 0) is not None:
        expecting.after_report(session, promise, world=world, now=now)


def require_waited(session: Session, promise: Promise, kind: StopKind, world: World, happened: datetime) -> None:
    """Nobody-here needs an arrival and the waiting time of the policy after it, and after the window began: nobody has
    to be there earlier. Conflict("visit.not_arrived"), Invalid("visit.too_soon").
    """
    arrival = visited(session, [promise.id or 0], StopKind.PICKUP, VisitAction.ARRIVED)
    if kind is not StopKind.PICKUP or arrival is None:
        raise Conflict("visit.not_arrived")
    minutes = world.policies.on(promise.day).no_show.wait_minutes
    since = max(arrival.occurred_at, at(promise.day, promise.window_start))
    if happened < since + timedelta(minutes=minutes):
        raise Invalid("visit.too_soon", minutes=minutes)
