"""Rides that drivers have reported, so that something can be learned from them."""

from sqlmodel import Session

from transport.booking.rides.models import Ride, TripRequest
from transport.kernel.clock import at
from transport.routing.planning.models import Promise, PromiseState, StopKind, Visit, VisitAction

PICKUP, DROPOFF = StopKind.PICKUP, StopKind.DROPOFF
ARRIVED, DONE = VisitAction.ARRIVED, VisitAction.DONE


def a_measured_ride(session: Session, like: Ride, number: int, *, minutes: int, by: str = "driver:6") -> None:
    """One more ride of the day like this one, on board so long after the window began; the driver was there before."""
    promise = Promise(**session.get_one(Promise, like.promise_id).model_dump(exclude={"id"}))
    promise.state = PromiseState.KEPT
    order = TripRequest(**session.get_one(TripRequest, like.request_id).model_dump(exclude={"id", "key"}))
    order.key = f"measured {number}"
    session.add_all([promise, order])
    session.flush()
    known = like.model_dump(exclude={"id", "code", "promise_id", "request_id"})
    session.add(Ride(**known, code=f"9{number:05}", promise_id=promise.id, request_id=order.id))
    on_board = promise.window_start + minutes * 60
    there = on_board + 900
    for kind, action, second in (
        (PICKUP, ARRIVED, promise.window_start - 300),
        (PICKUP, DONE, on_board),
        (DROPOFF, ARRIVED, there),
        (DROPOFF, DONE, there + promise.dropoff_service),
    ):
        moment = at(promise.day, second)
        visit = Visit(promise_id=promise.id or 0, kind=kind, action=action, occurred_at=moment, recorded_at=moment)
        visit.actor = by
        session.add(visit)
    session.flush()
