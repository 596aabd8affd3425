"""Whether a message that still waits is true: what the world has overtaken is not said any more."""

from datetime import datetime

from sqlmodel import Session, col, select

from transport.booking.rides import offers, taxis
from transport.booking.rides.lifecycle import LIVE, Status
from transport.booking.rides.models import Ride
from transport.operations.messages import news
from transport.operations.messages.models import Message, MessageState
from transport.operations.messages.models import MessageKind as Kind
from transport.routing.planning.models import Promise, PromiseState, StopKind, VisitAction

ORDER = {
    Kind.RIDE_CONFIRMED: 1,
    Kind.RIDE_CHANGED: 1,
    Kind.TIME_OFFERED: 1,
    Kind.DAY_BEFORE: 2,
    Kind.VEHICLE_NEAR: 3,
    Kind.RIDE_LATE: 3,
    Kind.RETURN_READY: 3,
    Kind.RETURN_ASKED: 3,
    Kind.VEHICLE_ARRIVED: 4,
    Kind.TAXI_COMES: 4,
    Kind.TAXI_OFF: 4,
    Kind.ARRIVAL_LATE: 5,
    Kind.DELIVERED: 6,
    Kind.RIDE_CANCELLED: 7,
    Kind.RIDE_CALLED_OFF: 7,
}
"""How far a ride is when its message leaves: a later one makes those of before needless."""
_BEFORE_PICKUP = frozenset(
    {
        Kind.RIDE_CONFIRMED,
        Kind.RIDE_CHANGED,
        Kind.TIME_OFFERED,
        Kind.DAY_BEFORE,
        Kind.VEHICLE_NEAR,
        Kind.VEHICLE_ARRIVED,
        Kind.RIDE_LATE,
        Kind.RETURN_READY,
        Kind.RETURN_ASKED,
    }
)
_HELD = frozenset({Kind.PLACE_FREE, Kind.CONSENT_ASKED})
"""Speak of a place that is kept for an answer."""


def overtaken(session: Session, message: Message, now: datetime) -> str:
    """Why a message must not be sent any more; empty if it is as true as when it was written."""
    if message.needed_by is not None and message.needed_by < now:
        return "too_late"
    if message.kind in _HELD and message.promise_id is not None:
        promise = session.get_one(Promise, message.promise_id, populate_existing=True)
        return "" if promise.state is PromiseState.HELD else "answered"
    if message.ride_id is None or message.kind not in ORDER:
        return ""
    if _said(session, message):
        return "said_already"
    ride = session.get_one(Ride, message.ride_id, populate_existing=True)
    if message.kind in (Kind.TAXI_COMES, Kind.TAXI_OFF):  # also of a ride that we could not drive ourselves
        taxi = taxis.coming(session, message.ride_id)
        comes = taxi is not None and taxi.state is taxis.TaxiState.ACCEPTED
        return "" if comes is (message.kind is Kind.TAXI_COMES) else "taxi_changed"
    return _of_ride(session, message.kind, ride, message.promise_id)


def earlier(session: Session, message: Message) -> list[Message]:
    """Messages about the same ride to the same address that were written before this one and have not left yet."""
    if message.ride_id is None:
        return []
    before = select(Message).where(Message.ride_id == message.ride_id, Message.to == message.to)
    before = before.where(Message.state == MessageState.QUEUED, col(Message.id) < message.id)
    return list(session.exec(before.order_by(col(Message.id))))


def _said(session: Session, message: Message) -> bool:
    """Whether the same words about the same promise have left to the same address: delays come and go and come back."""
    same = select(Message.id).where(
        Message.ride_id == message.ride_id,
        Message.promise_id == message.promise_id,
        Message.kind == message.kind,
        Message.to == message.to,
        Message.text == message.text,
        col(Message.state).in_((MessageState.SENT, MessageState.DELIVERED)),
        Message.id != message.id,
    )
    return session.exec(same).first() is not None


def makes_needless(later: Message, earlier: Message) -> bool:
    """Whether an earlier message about a ride says nothing any more beside a later one."""
    return ORDER.get(earlier.kind, 0) < ORDER.get(later.kind, 0)


def _of_ride(session: Session, kind: Kind, ride: Ride, promise_id: int | None) -> str:
    if kind in (Kind.RIDE_CANCELLED, Kind.RIDE_CALLED_OFF):
        return ""
    if kind is Kind.DELIVERED:
        return "" if ride.status is Status.COMPLETED else "taken_back"
    if ride.status not in LIVE:
        return "ride_over"
    if promise_id is not None and ride.promise_id != promise_id:
        return "promise_changed"
    if kind in _BEFORE_PICKUP and ride.status is Status.ON_BOARD:
        return "on_board"
    if kind is Kind.TIME_OFFERED and offers.pending(session, ride) is None:
        return "answered"
    at_door = news.visited(session, ride.promise_id, StopKind.PICKUP, VisitAction.ARRIVED)
    if kind is Kind.VEHICLE_ARRIVED and not at_door:
        return "taken_back"
    return "arrived" if at_door and kind in (Kind.VEHICLE_NEAR, Kind.RIDE_LATE) else ""
