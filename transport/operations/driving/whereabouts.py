"""Who is really in which vehicle: the run of a shift as it is driven, whatever has been planned meanwhile. Reads."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlmodel import Session, col, select

from transport.booking.rides.lifecycle import Status
from transport.booking.rides.models import Ride
from transport.kernel.clock import seconds_of
from transport.routing.planning.models import (
    Promise,
    PublishedPlan,
    PublishedStop,
    Run,
    Stop,
    StopKind,
    Visit,
    VisitAction,
)

BEGUN = (Status.ON_BOARD, Status.COMPLETED)


def carried(session: Session, day: date) -> dict[int, Visit]:
    """By promise how each client of the day got on, as far as the vehicle is known."""
    got_on = (
        select(Visit)
        .join(Ride, col(Ride.promise_id) == Visit.promise_id)
        .where(Ride.day == day, col(Ride.status).in_(BEGUN), col(Visit.shift_id).is_not(None))
        .where(Visit.kind == StopKind.PICKUP, Visit.action == VisitAction.DONE)
    )
    return {visit.promise_id: visit for visit in session.exec(got_on)}


def elsewhere(session: Session, day: date) -> dict[int, int]:
    """Rides on board of another vehicle than the live plan has them in: by ride the shift that has the client."""
    riding = (
        select(Ride.id, Visit.shift_id)
        .join(Visit, col(Visit.promise_id) == Ride.promise_id)
        .join(Stop, col(Stop.promise_id) == Ride.promise_id)
        .join(Run, col(Run.id) == Stop.run_id)
        .where(Ride.day == day, Ride.status == Status.ON_BOARD, Stop.kind == StopKind.DROPOFF)
        .where(Visit.kind == StopKind.PICKUP, Visit.action == VisitAction.DONE, Visit.shift_id != Run.shift_id)
    )
    return {ride: shift for ride, shift in session.exec(riding) if ride is not None and shift is not None}


def as_driven(
    session: Session, plan: PublishedPlan, rows: Sequence[PublishedStop], shifts: Collection[int | None]
) -> list[PublishedStop]:
    """The published stops of some shifts; who is on board of one of them, or of another one, gets off there and only
    there. Stops that no version has are made up, to read.
    """
    aboard = carried(session, plan.day)
    kept = [row for row in rows if row.promise_id not in aboard or aboard[row.promise_id].shift_id == row.shift_id]
    known = {(row.promise_id, row.kind) for row in kept}
    kept += [
        _made_up(session, plan, visit, kind)
        for promise_id, visit in aboard.items()
        for kind in (StopKind.PICKUP, StopKind.DROPOFF)
        if visit.shift_id in shifts and (promise_id, kind) not in known
    ]
    return sorted(kept, key=lambda row: (row.shift_id, row.start))


def _made_up(session: Session, plan: PublishedPlan, visit: Visit, kind: StopKind) -> PublishedStop:
    """A stop as it is driven: getting on when that happened, getting off when it was planned in another vehicle."""
    promise = session.get_one(Promise, visit.promise_id)
    planned = session.exec(select(Stop).where(Stop.promise_id == promise.id, Stop.kind == kind)).first()
    getting_on = kind is StopKind.PICKUP
    second = seconds_of(plan.day, visit.occurred_at) if getting_on else promise.arrive_by
    times = (second, second, second)
    if planned is not None and not getting_on:
        times = (planned.arrival, planned.start, planned.departure)
    return PublishedStop(
        plan_id=plan.id or 0,
        shift_id=visit.shift_id or 0,
        seq=0,
        kind=kind,
        promise_id=promise.id,
        place_id=promise.pickup_place_id if getting_on else promise.dropoff_place_id,
        arrival=times[0],
        start=times[1],
        departure=times[2],
    )
