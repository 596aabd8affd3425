"""Where the vehicle of one ride is, as the people of the ride may know it. Reads."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from transport.booking.rides.lifecycle import Status
from transport.booking.rides.models import Ride
from transport.booking.rides.queries import RideView
from transport.kernel.actor import STAFF, Actor
from transport.kernel.clock import seconds_of
from transport.kernel.errors import Conflict
from transport.routing.planning import estimates
from transport.routing.planning.models import Run, Stop, StopKind, Visit, VisitAction


@dataclass(frozen=True, slots=True)
class Progress:
    """The word for what is happening to a ride, and when we expect to be there, as of a moment of the day."""

    word: str
    expected_at: datetime | None = None
    as_of: datetime | None = None


def progress(session: Session, view: RideView, *, now: datetime) -> Progress:
    """What can be said of a ride now; nothing is expected of one that is over."""
    word = "changed" if view.ride.replaced_by is not None else view.word
    kind = StopKind.DROPOFF if view.ride.status is Status.ON_BOARD else StopKind.PICKUP
    if view.word not in {"promised", "confirmed", "on_board"}:
        return Progress(word)
    if view.word == "confirmed" and on_the_way(session, view.ride, now=now):
        word = "en_route"
    said = estimates.latest(session, view.ride.promise_id, kind)
    return Progress(word) if said is None else Progress(word, said.expected_at, said.made_at)


def on_the_way(session: Session, ride: Ride, *, now: datetime) -> bool:
    """Whether the vehicle has done its stop before the pickup and has set out: only a voice reaches the driver now."""
    pickup = session.exec(select(Stop).where(Stop.promise_id == ride.promise_id, Stop.kind == StopKind.PICKUP)).first()
    if pickup is None or ride.status is not Status.CONFIRMED:
        return False
    if _reported(session, ride.promise_id, StopKind.PICKUP, VisitAction.ARRIVED):
        return True
    before = session.exec(select(Stop).where(Stop.run_id == pickup.run_id, Stop.seq == pickup.seq - 1)).first()
    return (
        before is not None
        and before.promise_id is not None
        and _reported(session, before.promise_id, before.kind, VisitAction.DONE)
        and (sets_out(session, ride.promise_id) or 0) <= seconds_of(ride.day, now)
    )


def sets_out(session: Session, promise_id: int) -> int | None:
    """The second of the day at which the vehicle has to set out for the pickup; what is left before it only waits."""
    pickup = session.exec(select(Stop).where(Stop.promise_id == promise_id, Stop.kind == StopKind.PICKUP)).first()
    if pickup is None:
        return None
    before = session.exec(select(Stop).where(Stop.run_id == pickup.run_id, Stop.seq == pickup.seq - 1)).first()
    leaves = session.get_one(Run, pickup.run_id).leaves if before is None else before.departure
    return pickup.start - (pickup.arrival - leaves)


def require_at_rest(session: Session, ride: Ride, *, by: Actor, now: datetime) -> None:
    """Nobody but our staff calls a ride off in silence while the driver comes: Conflict("ride.driver_comes")."""
    if by.role not in STAFF and on_the_way(session, ride, now=now):
        raise Conflict("ride.driver_comes", ride=ride.code)


def _reported(session: Session, promise_id: int, kind: StopKind, action: VisitAction) -> bool:
    seen = select(Visit.id).where(Visit.promise_id == promise_id, Visit.kind == kind, Visit.action == action)
    return session.exec(seen).first() is not None
