"""The taxi as the last resort: a ride handed on, answered, driven; the promise is ours until the person has arrived.

What the ride has set aside in the contract is given back once the taxi has driven it: what it costs is not the
contract's. Order of locks: ride, day, contract.
"""

from datetime import date, datetime

from sqlmodel import Session, col, select

from transport.booking.contracts import capacity, postings
from transport.booking.rides import rides, taking
from transport.booking.rides.lifecycle import LIVE, Move, Status
from transport.booking.rides.models import Ride, TaxiOrder, TaxiState
from transport.kernel.actor import STAFF, Actor
from transport.kernel.clock import at
from transport.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from transport.kernel.events import record
from transport.kernel.policy import Taxi, TaxiProvider
from transport.routing.planning import day as days
from transport.routing.planning import promises, publishing, runs
from transport.routing.planning.day import World
from transport.routing.planning.models import Promise, PromiseState, StopKind, VisitAction

__all__ = ["COMING", "TaxiOrder", "TaxiState"]

COMING = (TaxiState.ASKED, TaxiState.ACCEPTED)
"""A taxi that is thought to come: asked for and not refused."""


def provider_for(taxi: Taxi, promise: Promise) -> TaxiProvider | None:
    """The first provider who has what these people need; None if nobody may be called."""
    wanted = set(promise.features.split()) | ({"ramp"} if promise.wheelchairs else set())
    return next((each for each in taxi.providers if wanted <= each.features), None)


def ask(
    session: Session,
    ride: Ride,
    provider: TaxiProvider,
    *,
    place: int,
    pickup_at: datetime,
    price: int,
    by: Actor,
    now: datetime,
) -> TaxiOrder:
    """Write down that a taxi is called for a ride; whoever calls this has locked the ride and its day.

    Raises Forbidden("role.missing"), Conflict("taxi.ordered_already").
    """
    if by.role not in STAFF:
        raise Forbidden("role.missing")
    if coming(session, ride.id or 0) is not None:
        raise Conflict("taxi.ordered_already", ride=ride.code)
    order = TaxiOrder(
        ride_id=ride.id or 0,
        provider=provider.name,
        phone=provider.phone,
        pickup_place_id=place,
        pickup_at=pickup_at,
        price=price,
        ordered_at=now,
        ordered_by=by.label,
    )
    session.add(order)
    session.flush()
    facts = {"day": ride.day, "order": order.id, "price": price}
    record(session, "taxi_asked", subject=("ride", ride.id), by=by, now=now, facts=facts)
    return order


def hand_over(
    session: Session,
    ride: Ride,
    provider: TaxiProvider,
    *,
    version: int,
    price: int,
    world: World,
    by: Actor,
    now: datetime,
) -> TaxiOrder:
    """Take a ride that has not begun out of our plan and call a taxi for it; an order to decide is confirmed by that.

    Raises Conflict("taxi.not_possible") for a ride that is over, begun or handed on, Invalid("taxi.cannot_carry") if
    the provider has not what the people need, Invalid("taxi.too_dear").
    """
    taking.take(session, ride, version=version)
    row = days.lock(session, ride.day)
    promise = session.get_one(Promise, ride.promise_id, populate_existing=True)
    if ride.status not in (Status.REQUESTED, Status.CONFIRMED) or promise.state is not PromiseState.FIRM:
        raise Conflict("taxi.not_possible", status=ride.status.value)
    if provider_for(Taxi(max_price=1, providers=(provider,)), promise) is None:
        raise Invalid("taxi.cannot_carry", field="provider")
    if not 0 < price <= world.policies.taxi.max_price:
        raise Invalid("taxi.too_dear", field="price", most=world.policies.taxi.max_price // 100)
    promises.take_out(session, [promise], world=world, now=now)
    promises.hand_on(session, promise, by=by, now=now)
    confirmed(session, ride, by=by, now=now)
    order = ask(
        session,
        ride,
        provider,
        place=promise.pickup_place_id,
        pickup_at=max(now, at(ride.day, promise.window_start)),
        price=price,
        by=by,
        now=now,
    )
    capacity.settle(session, ride.day, by=by, now=now)
    publishing.again(session, row.day, by=by, now=now, reason="promise_handed_on")
    return order


def confirmed(session: Session, ride: Ride, *, by: Actor, now: datetime) -> None:
    """Calling a taxi for an order that waits for our yes is the yes."""
    if ride.status is Status.REQUESTED:
        taking.step(ride, Move.CONFIRM, by)
        taking.save(session, ride, "ride_confirmed", by, now)


def accept(session: Session, order: TaxiOrder, *, by: Actor, now: datetime) -> None:
    """The provider has said that a taxi comes."""
    _answer(session, order, TaxiState.ACCEPTED, (TaxiState.ASKED,), by, now)


def refuse(session: Session, order: TaxiOrder, *, by: Actor, now: datetime) -> None:
    """The provider has no taxi after all: from now on nobody drives this, and the day's matters say so."""
    _answer(session, order, TaxiState.REFUSED, COMING, by, now)


def call_off(session: Session, order: TaxiOrder, *, by: Actor, now: datetime) -> None:
    """The taxi is not needed any more, and whoever was to drive has been told."""
    _answer(session, order, TaxiState.CANCELLED, COMING, by, now)


def take_back(session: Session, order: TaxiOrder, *, world: World, by: Actor, now: datetime) -> None:
    """A vehicle of ours keeps the promise after all; a taxi still coming is called off.

    Raises Conflict("taxi.not_possible") for who is on board, Exhausted("promise.no_room").
    """
    ride = _taken(session, order)
    days.lock(session, ride.day)
    if ride.status is not Status.CONFIRMED:
        raise Conflict("taxi.not_possible", status=ride.status.value)
    promise = session.get_one(Promise, ride.promise_id, populate_existing=True)
    promises.take_back(session, promise, world=world, by=by, now=now)
    capacity.settle(session, ride.day, by=by, now=now)
    if order.state in COMING:
        call_off(session, order, by=by, now=now)


def again(session: Session, order: TaxiOrder, provider: TaxiProvider, *, by: Actor, now: datetime) -> TaxiOrder:
    """Ask another provider, or the same once more, after a refusal."""
    ride = _taken(session, order)
    days.lock(session, ride.day)
    promise = session.get_one(Promise, ride.promise_id, populate_existing=True)
    if promise.state is not PromiseState.HANDED_ON:
        raise Conflict("taxi.not_possible", status=ride.status.value)
    if provider_for(Taxi(max_price=1, providers=(provider,)), promise) is None:
        raise Invalid("taxi.cannot_carry", field="provider")
    when = max(now, order.pickup_at)
    place, price = order.pickup_place_id, order.price
    return ask(session, ride, provider, place=place, pickup_at=when, price=price, by=by, now=now)


def driven(
    session: Session,
    order: TaxiOrder,
    *,
    fetched: datetime,
    arrived: datetime,
    price: int,
    by: Actor,
    now: datetime,
) -> None:
    """The taxi has brought the person: the promise is kept, with the times we were told.

    Raises Invalid("taxi.times") if they cannot be true, Conflict("taxi.not_possible").
    """
    ride = _taken(session, order)
    days.lock(session, ride.day)
    promise = session.get_one(Promise, ride.promise_id, populate_existing=True)
    if promise.state is not PromiseState.HANDED_ON or ride.status not in LIVE:
        raise Conflict("taxi.not_possible", status=ride.status.value)
    if not fetched <= arrived <= now:
        raise Invalid("taxi.times", field="arrived")
    if price <= 0:
        raise Invalid("taxi.price", field="price")
    order.price = price
    _answer(session, order, TaxiState.DRIVEN, COMING, by, now)
    promises.keep(session, promise, now=now)
    times = {StopKind.PICKUP: fetched, StopKind.DROPOFF: arrived}
    for kind, moment in times.items():
        runs.visit(session, promise, kind, VisitAction.DONE, by=by, occurred_at=moment, now=now)
    if ride.status is Status.CONFIRMED:
        taking.step(ride, Move.BOARD, by)
    taking.step(ride, Move.ALIGHT, by)
    postings.ride_dropped(session, ride.id or 0, ride.day, by=by, now=now)
    taking.save(session, ride, "ride_completed", by, now, by_taxi=True)


def not_driven(session: Session, order: TaxiOrder, *, reason: str, world: World, by: Actor, now: datetime) -> None:
    """The taxi did not come: the promise is broken, and it is ours that was."""
    ride = session.get_one(Ride, order.ride_id)
    rides.miss(session, ride, version=ride.version, reason=reason, world=world, by=by, now=now)
    if order.state in COMING:
        call_off(session, order, by=by, now=now)


def coming(session: Session, ride_id: int) -> TaxiOrder | None:
    """The taxi that is thought to come for a ride."""
    mine = select(TaxiOrder).where(TaxiOrder.ride_id == ride_id, col(TaxiOrder.state).in_(COMING))
    return session.exec(mine).first()


def get(session: Session, order_id: int, day: date) -> TaxiOrder:
    """An order of a day; NotFound("taxi")."""
    order = session.get(TaxiOrder, order_id)
    if order is None or session.get_one(Ride, order.ride_id).day != day:
        raise NotFound("taxi")
    return order


def of_day(session: Session, day: date) -> list[tuple[TaxiOrder, Ride]]:
    """All orders for the rides of a day, in the order of their times."""
    found = select(TaxiOrder, Ride).join(Ride, col(Ride.id) == TaxiOrder.ride_id).where(Ride.day == day)
    return list(session.exec(found.order_by(col(TaxiOrder.pickup_at), col(TaxiOrder.id))))


def _taken(session: Session, order: TaxiOrder) -> Ride:
    ride = session.get_one(Ride, order.ride_id)
    return taking.take(session, ride, version=ride.version)


def _answer(
    session: Session,
    order: TaxiOrder,
    state: TaxiState,
    before: tuple[TaxiState, ...],
    by: Actor,
    now: datetime,
) -> None:
    if by.role not in STAFF:
        raise Forbidden("role.missing")
    session.refresh(order, ["state"], with_for_update=True)
    if order.state not in before:
        raise Conflict("taxi.answered", state=order.state.value)
    order.state, order.answered_at, order.answered_by = state, now, by.label
    session.add(order)
    session.flush()
    facts = {"order": order.id, "price": order.price}
    record(session, f"taxi_{state.value}", subject=("ride", order.ride_id), by=by, now=now, facts=facts)
