"""Another time offered for a ride: a place is kept for it until the client answers; the old promise binds meanwhile.

Order of locks: ride, day, contract.
"""

from datetime import datetime

from sqlmodel import Session, col, select

from transport.booking.clients import mandates
from transport.booking.clients.models import Power
from transport.booking.contracts import capacity
from transport.booking.rides import asking, taking
from transport.booking.rides.lifecycle import Move, Status
from transport.booking.rides.models import Offer, OfferOutcome, Ride
from transport.kernel.actor import STAFF, SYSTEM, Actor
from transport.kernel.clock import at, local_day
from transport.kernel.errors import Conflict, Forbidden
from transport.kernel.events import record
from transport.kernel.values import Window
from transport.routing.planning import day as days
from transport.routing.planning import promises, wishes
from transport.routing.planning.day import World
from transport.routing.planning.models import Promise, PromiseState


def offer(
    session: Session,
    ride: Ride,
    party: wishes.Party,
    option: wishes.Option,
    *,
    version: int,
    until: datetime,
    world: World,
    by: Actor,
    now: datetime,
) -> Offer:
    """The dispatcher offers another time: a place is kept for it until the client answers; the old promise binds us."""
    if by.role not in STAFF:
        raise Forbidden("role.missing")
    taking.take(session, ride, version=version)
    if ride.status not in (Status.REQUESTED, Status.CONFIRMED):
        raise Conflict("ride.not_possible", move="offer", status=ride.status.value)
    if pending(session, ride) is not None:
        raise Conflict("ride.offer_pending", ride=ride.code)
    days.lock(session, ride.day)
    promises.lapse(session, ride.day, world=world, now=now)
    span = Window(option.window.start, option.arrive_by)
    asking.require_free(session, ride.client_id, ride.day, span, instead_of=ride.promise_id)
    places = (party.pickup_place, party.dropoff_place)
    book = days.load(session, ride.day, world=world, now=now, also=places)
    until = min(until, at(ride.day, min(option.window.start, session.get_one(Promise, ride.promise_id).window_start)))
    if until <= now:  # the vehicle is due already: nobody could answer in time
        raise Conflict("ride.not_possible", move="offer", status=ride.status.value)
    held = promises.hold(session, book, party, option, until=until, by=by, now=now, supersedes=ride.promise_id)
    capacity.settle(session, ride.day, by=by, now=now)
    made = Offer(
        ride_id=ride.id or 0,
        rank=0,
        window_start=option.window.start,
        window_end=option.window.end,
        arrive_by=option.arrive_by,
        price=ride.price,
        outcome=OfferOutcome.PENDING,
        promise_id=held.id,
        until=until,
        made_by=by.label,
        made_at=now,
    )
    session.add(made)
    session.flush()
    record(session, "ride_offered", subject=("ride", ride.id), by=by, now=now, facts={"offer": made.id})
    return made


def pending(session: Session, ride: Ride) -> Offer | None:
    """The other time that waits for the client's answer, if any."""
    waiting = select(Offer).where(Offer.ride_id == ride.id, Offer.outcome == OfferOutcome.PENDING)
    return session.exec(waiting).first()


def accept(session: Session, ride: Ride, *, version: int, world: World, by: Actor, now: datetime) -> Ride:
    """The client agrees to the other time: the promises are swapped, and the ride counts as confirmed."""
    client = mandates.require(session, ride.client_id, by, Power.BOOK, on=local_day(now))
    by = mandates.acting_for(client, by)
    taking.take(session, ride, version=version)
    made = _pending(session, ride)
    days.lock(session, ride.day)
    new = session.get_one(Promise, made.promise_id)
    span = Window(new.window_start, new.arrive_by)
    asking.require_free(session, ride.client_id, ride.day, span, instead_of=ride.promise_id)
    old = session.get_one(Promise, ride.promise_id)
    promises.make_firm(session, new, by=by, now=now)
    ride.promise_id = made.promise_id or 0
    ride.origin_place_id, ride.destination_place_id = new.pickup_place_id, new.dropoff_place_id
    made.outcome = OfferOutcome.ACCEPTED
    session.add_all((ride, made))
    promises.withdraw(session, old, reason="superseded", world=world, by=by, now=now)
    capacity.settle(session, ride.day, by=by, now=now)
    if ride.status is Status.REQUESTED:
        taking.step(ride, Move.CONFIRM, SYSTEM)
    taking.save(session, ride, "offer_accepted", by, now, offer=made.id)
    return ride


def refuse(session: Session, ride: Ride, *, version: int, world: World, by: Actor, now: datetime) -> Ride:
    """The client keeps the old time; the place kept for the other one is free again."""
    client = mandates.require(session, ride.client_id, by, Power.BOOK, on=local_day(now))
    by = mandates.acting_for(client, by)
    taking.take(session, ride, version=version)
    made = _pending(session, ride)
    drop(session, ride, made, OfferOutcome.REFUSED, world, by, now)
    taking.save(session, ride, "offer_refused", by, now, offer=made.id)
    return ride


def lapse(session: Session, now: datetime) -> int:
    """Offers whose time is over, as planning has taken (or will take) their held places back; says how many."""
    over = list(session.exec(select(Offer).where(Offer.outcome == OfferOutcome.PENDING, col(Offer.until) < now)))
    for made in over:
        made.outcome = OfferOutcome.LAPSED
        session.add(made)
        record(session, "offer_lapsed", subject=("ride", made.ride_id), by=SYSTEM, now=now, facts={"offer": made.id})
    session.flush()
    return len(over)


def drop(
    session: Session,
    ride: Ride,
    made: Offer,
    outcome: OfferOutcome,
    world: World,
    by: Actor,
    now: datetime,
) -> None:
    """The ride goes on without the other time: the place that was kept for it is free again."""
    days.lock(session, ride.day)
    held = session.get_one(Promise, made.promise_id, populate_existing=True)
    if held.state is PromiseState.HELD:
        promises.withdraw(session, held, reason=outcome.value, world=world, by=by, now=now)
        capacity.settle(session, ride.day, by=by, now=now)
    made.outcome = outcome
    session.add(made)
    session.flush()


def _pending(session: Session, ride: Ride) -> Offer:
    made = pending(session, ride)
    if made is None:
        raise Conflict("ride.no_offer", ride=ride.code)
    return made
