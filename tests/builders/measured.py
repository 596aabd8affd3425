"""Rides that drivers have reported, so that something can be learned from them."""

import json
from datetime import datetime

from sqlmodel import Session

from transport.booking.clients.needs import Mobility
from transport.booking.rides.models import Ride, TripRequest
from transport.kernel.clock import at
from transport.operations.driving.models import BoardingOf, BoardingProposal
from transport.routing.planning.models import Promise, PromiseState, StopKind, Visit, VisitAction

PICKUP, DROPOFF = StopKind.PICKUP, StopKind.DROPOFF
ARRIVED, DONE = VisitAction.ARRIVED, VisitAction.DONE


def some_proposed_times(session: Session, client_id: int, place_id: int, now: datetime) -> None:
    """One of a person, one of an aid, one of a place, as a night leaves them."""
    seconds = [400, 470, 480, 490, 600, 610, 700]
    for whose, about in (
        (BoardingOf.PERSON, {"client_id": client_id, "mobility": Mobility.WHEELCHAIR_STAYS}),
        (BoardingOf.AID, {"mobility": Mobility.WALKER}),
        (BoardingOf.PLACE, {"place_id": place_id}),
    ):
        row = BoardingProposal(whose=whose, stop=PICKUP, present=5, proposed=8, rides=7, **about, made_at=now)
        row.low, row.middle, row.high, row.measured = 480, 490, 602, json.dumps(seconds)
        session.add(row)
    session.flush()


def a_measured_ride(session: Session, like: Ride, number: int, *, minutes: int, by: str = "driver:6") -> None:
    """One more ride of the day like this one, on board so long after the window began; the driver was there before."""
    promise = Promise(**session.get_one(Promise, like.promise_id).model_dump(exclude={"id"}))
    promise.state = PromiseState.KEPT
    order = TripRequest(**session.get_one(TripRequest, like.request_id).model_dump(exclude={"id", "key"}))
    order.key = f"measured {number}"
    session.add_all([promise, order])
    session.flush()
    known = like.model_dump(exclude={"id", "code", "promise_id", "request_id"})
    session.add(Ride(**known, code=f"9{number:05}", promise_id=promise.id or 0, request_id=order.id or 0))
    on_board = promise.window_start + minutes * 60
    there = on_board + 900
    for kind, action, second in (
        (PICKUP, ARRIVED, promise.window_start - 300),
        (PICKUP, DONE, on_board),
        (DROPOFF, ARRIVED, there),
        (DROPOFF, DONE, there + promise.dropoff_service),
    ):
        moment = at(promise.day, second)
        session.add(
            Visit(
                promise_id=promise.id or 0,
                kind=kind,
                action=action,
                occurred_at=moment,
                recorded_at=moment,
                actor=by,
            )
        )
    session.flush()
