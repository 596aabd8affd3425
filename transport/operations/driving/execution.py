"""What happened at the doors, as drivers report it: each report once, however often it is sent."""

from datetime import datetime, timedelta

from sqlmodel import Session, select

from transport.booking.rides import rides, taking
from transport.booking.rides.lifecycle import Status
from transport.booking.rides.models import Ride
from transport.kernel.actor import STAFF, Actor
from transport.kernel.errors import Conflict, Invalid, NotFound
from transport.kernel.events import record
from transport.operations.driving import manifest
from transport.routing.planning import estimates, runs
from transport.routing.planning.day import World
from transport.routing.planning.models import Promise, StopKind, Visit, VisitAction


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
) -> None:
    """One report of a driver about one stop: arrived, done (on board or got off), or nobody here.

    Sent twice it changes nothing. Raises NotFound for somebody else's stop, Conflict for a report that cannot be
    true yet (got off before on board), Invalid("visit.too_soon") for nobody-here before the waiting time is over.
    """
    promise = session.get(Promise, promise_id)
    ride = session.exec(select(Ride).where(Ride.promise_id == promise_id)).first()
    if promise is None or ride is None:
        raise NotFound("stop")
    _own(session, promise, by)
    happened = occurred_at or now
    if _known(session, promise_id, kind, action):
        return
    if action is VisitAction.ABSENT:
        _waited(session, promise, kind, world, happened)
    if kind is StopKind.DROPOFF and ride.status is not Status.ON_BOARD:
        raise Conflict("visit.not_on_board", ride=ride.code)
    if ride.status not in (Status.CONFIRMED, Status.ON_BOARD):
        raise Conflict("stop.not_live", ride=ride.code)
    runs.visit(session, promise, kind, action, by=by, occurred_at=happened, now=now, note=note)
    if action is not VisitAction.ABSENT:
        estimates.note(session, promise, kind, action, happened=happened, now=now)
    facts = {"promise": promise_id, "stop": kind.value, "action": action.value}
    record(session, "stop_visited", subject=("ride", ride.id), by=by, now=now, occurred_at=happened, facts=facts)
    changes_vehicle = kind is StopKind.PICKUP and ride.status is Status.ON_BOARD
    if action is VisitAction.DONE and not changes_vehicle:
        move = rides.board if kind is StopKind.PICKUP else rides.alight
        move(session, ride, by=by, now=now)


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


def _own(session: Session, promise: Promise, by: Actor) -> None:
    """A driver reports about the stops of an own shift only."""
    if by.role in STAFF:
        return
    shift_id = runs.shift_of(session, promise.id or 0)
    if shift_id not in {shift.id for shift in manifest.shifts_of(session, by, promise.day)}:
        raise NotFound("stop")


def _known(session: Session, promise_id: int, kind: StopKind, action: VisitAction) -> bool:
    same = select(Visit.id).where(Visit.promise_id == promise_id, Visit.kind == kind, Visit.action == action)
    return session.exec(same).first() is not None


def _waited(session: Session, promise: Promise, kind: StopKind, world: World, happened: datetime) -> None:
    """Nobody-here needs an arrival and the waiting time of the policy after it: evidence before a no-show."""
    arrival = session.exec(
        select(Visit).where(Visit.promise_id == promise.id, Visit.kind == kind, Visit.action == VisitAction.ARRIVED)
    ).first()
    if kind is not StopKind.PICKUP or arrival is None:
        raise Conflict("visit.not_arrived")
    wait = timedelta(minutes=world.policies.on(promise.day).no_show.wait_minutes)
    if happened < arrival.occurred_at + wait:
        raise Invalid("visit.too_soon", minutes=world.policies.on(promise.day).no_show.wait_minutes)
