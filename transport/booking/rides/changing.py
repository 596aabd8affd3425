"""Another time, day, place or company for a ride that is booked: the old promise stands until the new one is firm.

The change is an order like any other, looked for in the day without the old ride. Nothing is held while the client
thinks, as the old place is still taken; booking swaps both in one transaction, or changes nothing.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, select

from transport.booking.clients import mandates
from transport.booking.clients.models import Needs, Power
from transport.booking.rides import checking, drafts, homeward, queries, requests, rides
from transport.booking.rides.lifecycle import Move, Status, possible
from transport.booking.rides.models import BookingDraft, Leg, Ride, TripRequest, Wish
from transport.booking.rides.wishing import LegWish, Order, Priced
from transport.kernel.actor import SYSTEM, Actor
from transport.kernel.clock import local_day
from transport.kernel.errors import Conflict, Invalid, NotFound
from transport.routing.planning.day import World
from transport.routing.planning.models import Promise, PromiseKind
from transport.routing.planning.wishes import Anchor


def start(session: Session, ride: Ride, *, by: Actor, now: datetime) -> BookingDraft:
    """A draft filled with what was ordered for this ride: change what is to be different, look, choose and book.

    Raises Conflict("ride.not_possible") for a ride that has begun or is over.
    """
    mandates.require(session, ride.client_id, by, Power.BOOK, on=local_day(now))
    _changeable(ride, by)
    promise = session.get_one(Promise, ride.promise_id)
    wish = session.exec(select(Wish).where(Wish.ride_id == ride.id)).first()
    needs = session.get_one(Needs, ride.needs_id)
    draft = drafts.start(session, client_id=ride.client_id, by=by, now=now)
    drafts.note(
        session,
        draft,
        now=now,
        replaces=ride.id,
        leg=ride.leg.value,
        origin=ride.origin_place_id,
        destination=ride.destination_place_id,
        day=ride.day.isoformat(),
        anchor=(Anchor.LEAVE_AT if wish is None else wish.anchor).value,
        seconds=promise.window_start if wish is None else wish.seconds,
        will_call=promise.kind is PromiseKind.WILL_CALL,
        companions=[kind.value for kind in queries.companions(session, ride)],
        solo=ride.solo,
        purpose=ride.purpose,
        needs_id=needs.id if needs.one_off else None,
    )
    return draft


def book(
    session: Session,
    order: Order,
    answers: Mapping[Leg, Sequence[Priced]],
    chosen: Mapping[Leg, Priced],
    *,
    world: World,
    by: Actor,
    now: datetime,
) -> TripRequest:
    """End the old ride and book the new one, free of charge however late; what was confirmed between the same places
    stays confirmed.

    Any refusal leaves the old ride as it was: Exhausted("promise.no_room") if somebody else took the place meanwhile,
    Invalid for a time that is over by now, or on the wrong side of the other way of the order.
    """
    old = session.get(Ride, order.replaces)
    if old is None or old.client_id != order.client_id:
        raise NotFound("ride")
    by = mandates.acting_for(mandates.require(session, order.client_id, by, Power.BOOK, on=local_day(now)), by)
    _changeable(old, by)
    for reason in checking.check(session, order, world=world, by=by, now=now):
        raise reason
    confirmed, promised = old.status is Status.CONFIRMED, old.promise_id
    days = {leg.day for leg in order.legs}
    rides.replace(session, old, version=old.version, also=days, world=world, by=by, now=now)
    held = requests.hold(session, order, chosen, world=world, by=by, now=now)
    in_order(session, old, order.legs[0], held[order.legs[0].leg])
    request = requests.book(
        session,
        order,
        {leg: promise.id or 0 for leg, promise in held.items()},
        answers,
        chosen,
        channel=requests.channel_of(by),
        world=world,
        by=by,
        now=now,
    )
    new = requests.of_request(session, request)[0]
    if confirmed and new.status is Status.REQUESTED and _places(new) == _places(old):
        rides.confirm(session, new, version=new.version, by=SYSTEM, now=now)
    old.replaced_by = new.id
    held[new.leg].supersedes = promised
    session.add_all((old, held[new.leg]))
    session.flush()
    return request


def of_draft(session: Session, draft: BookingDraft) -> Ride | None:
    """The ride that a draft is to take the place of; None for a new order."""
    replaces = drafts.answers(draft).get("replaces")
    return None if replaces is None else session.get(Ride, replaces)


def in_order(session: Session, old: Ride, leg: LegWish, promise: Promise) -> None:
    """The way back stays after the way there. Raises Invalid("ride.return_before_outbound")."""
    other = homeward.other_way(session, old)
    if other is None or other.status in (Status.CANCELLED, Status.DECLINED):
        return
    others = session.get_one(Promise, other.promise_id)
    mine, theirs = (leg.day, promise.window_start), (other.day, others.window_start)
    there, back = (mine, theirs) if leg.leg is Leg.OUTBOUND else (theirs, mine)
    if back <= there:
        raise Invalid("ride.return_before_outbound", field="time")


def _changeable(ride: Ride, by: Actor) -> None:
    if Move.CANCEL not in possible(ride.status, by.role):
        raise Conflict("ride.not_possible", move="change", status=ride.status.value)


def _places(ride: Ride) -> tuple[int, int]:
    return ride.origin_place_id, ride.destination_place_id
