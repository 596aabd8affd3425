"""What is to be told of a taxi that comes instead of a vehicle of ours, and of one that does not come after all."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from sqlmodel import Session, select

from transport.booking.rides import taxis
from transport.booking.rides.lifecycle import LIVE
from transport.booking.rides.models import Ride, TaxiOrder, TaxiState
from transport.kernel.clock import local_day
from transport.kernel.events import Event
from transport.kernel.policy import Policies
from transport.operations.messages.models import MessageKind as Kind
from transport.operations.messages.news import News, facts_of, of_ride
from transport.routing.planning.models import Promise, PromiseState

HELPS = timedelta(minutes=30)
"""So long after the time of a taxi it still helps to be told of it."""


def comes(session: Session, event: Event, _policies: Policies) -> Iterable[News]:
    """Which taxi, when and where: the client has never seen it and need not look for our vehicle."""
    ride, order = _about(session, event)
    if order.state is TaxiState.ACCEPTED:
        yield _told(session, event, ride, order, Kind.TAXI_COMES)


def off(session: Session, event: Event, _policies: Policies) -> Iterable[News]:
    """Whoever was told that a taxi comes is told that it does not, or that we come ourselves."""
    ride, order = _about(session, event)
    if not _was_told(session, event, order):
        return
    if session.get_one(Promise, ride.promise_id).state is PromiseState.FIRM and ride.status in LIVE:
        yield of_ride(session, ride, Kind.RIDE_CHANGED)
    elif order.state is TaxiState.REFUSED and taxis.coming(session, order.ride_id) is None:
        yield _told(session, event, ride, order, Kind.TAXI_OFF)


def _told(session: Session, event: Event, ride: Ride, order: TaxiOrder, kind: Kind) -> News:
    when = max(order.pickup_at, event.recorded_at)
    news = of_ride(session, ride, kind)
    news = replace(news, day=local_day(when), origin_id=order.pickup_place_id, expected=when, begins=when)
    return replace(news, who=order.provider, taxi_phone=order.phone, needed_by=when + HELPS)


def _about(session: Session, event: Event) -> tuple[Ride, TaxiOrder]:
    order = session.get_one(TaxiOrder, facts_of(event)["order"], populate_existing=True)
    return session.get_one(Ride, order.ride_id), order


def _was_told(session: Session, event: Event, order: TaxiOrder) -> bool:
    before = select(Event).where(Event.kind == "taxi_accepted", Event.subject_type == event.subject_type)
    accepted = session.exec(before.where(Event.subject_id == event.subject_id))
    return any(facts_of(each)["order"] == order.id for each in accepted)
