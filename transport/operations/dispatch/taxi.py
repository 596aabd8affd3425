"""Calling a taxi from the desk: only where the day itself says that no vehicle of ours will do; and what it costs."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from transport.booking.rides import queries, taking, taxis
from transport.booking.rides.lifecycle import LIVE, Status
from transport.booking.rides.models import Ride, TaxiOrder, TaxiState
from transport.booking.rides.queries import RideView
from transport.kernel.actor import Actor
from transport.kernel.clock import at
from transport.kernel.errors import Conflict, Invalid
from transport.kernel.policy import Policies, Taxi, TaxiProvider
from transport.operations.dispatch import exceptions
from transport.operations.dispatch.matters import MatterKind
from transport.operations.driving import stranded
from transport.routing.geo.models import Place
from transport.routing.planning import day as days
from transport.routing.planning import overflow
from transport.routing.planning.assuming import TaxiAllowed
from transport.routing.planning.day import World
from transport.routing.planning.models import Promise, PromiseState

LAST_RESORT = frozenset(
    {
        MatterKind.STRANDED,
        MatterKind.STRANDING_NEAR,
        MatterKind.LATE,
        MatterKind.LATE_SOON,
        MatterKind.RETURN_AT_RISK,
        MatterKind.WAITS_HOME,
        MatterKind.AT_RISK,
    }
)
"""What the day says of a ride for which a taxi may be called."""


@dataclass(frozen=True, slots=True)
class Ordered:
    """An order with the ride it is for, and where it fetches the person."""

    order: TaxiOrder
    view: RideView
    place: Place

    @property
    def coming(self) -> bool:
        """Whether a taxi is thought to come."""
        return self.order.state in taxis.COMING

    @property
    def needed(self) -> bool:
        """Whether the promise is still the taxi's to keep."""
        return self.view.promise.state is PromiseState.HANDED_ON


def of_day(session: Session, day: date) -> list[Ordered]:
    """The taxis of a day, in the order of their times."""
    found = taxis.of_day(session, day)
    views = queries.numbered(session, {ride.id or 0 for _, ride in found})
    wanted = {order.pickup_place_id for order, _ in found}
    places = {each.id: each for each in session.exec(select(Place).where(col(Place.id).in_(wanted)))}
    return [Ordered(order, views[order.ride_id], places[order.pickup_place_id]) for order, _ in found]


def costs(orders: list[Ordered]) -> tuple[int, int]:
    """How many rides taxis have driven, and for how much together, in haléře: not counted in any contract."""
    driven = [each.order.price for each in orders if each.order.state is TaxiState.DRIVEN]
    return len(driven), sum(driven)


def may_be_called(session: Session, ride: Ride, *, policies: Policies, now: datetime) -> bool:
    """Whether a matter of the day is about this ride that a taxi would mend, and somebody could carry it.

    Who is on board of a vehicle of ours stays there; if it stands, the plans without it speak of taxis.
    """
    if ride.status is Status.ON_BOARD:
        return False
    if taxis.provider_for(policies.taxi, session.get_one(Promise, ride.promise_id)) is None:
        return False
    if taxis.coming(session, ride.id or 0) is not None:
        return False
    found = exceptions.found(session, ride.day, policy=policies.on(ride.day), now=now)
    return any(each.kind in LAST_RESORT and each.subject == ride.id for each in found)


def providers(promise: Promise, policies: Policies) -> list[TaxiProvider]:
    """Who could carry these people, in the order of the rules."""
    taxi = policies.taxi
    return [each for each in taxi.providers if taxis.provider_for(Taxi(max_price=1, providers=(each,)), promise)]


def day_of(session: Session, order: TaxiOrder) -> date:
    """The day of the ride an order is for."""
    return session.get_one(Ride, order.ride_id).day


def price(session: Session, ride: Ride, *, world: World, now: datetime) -> int:
    """What a taxi would cost about, in haléře."""
    taxi = world.policies.taxi
    places = (ride.origin_place_id, ride.destination_place_id)
    metres = days.load(session, ride.day, world=world, now=now, also=places).driving(*places)[1]
    return overflow.fare(TaxiAllowed(taxi.max_price, taxi.start_price, taxi.km_price, 0), metres)


def call(
    session: Session,
    ride: Ride,
    provider: str,
    *,
    version: int,
    price: int,
    world: World,
    by: Actor,
    now: datetime,
) -> TaxiOrder:
    """Hand a ride on to a taxi; for somebody whom nobody takes home any more the taxi is the way home.

    Raises Conflict("taxi.own_vehicle_can") if the day does not say that a taxi is needed, Invalid("taxi.provider"),
    Conflict("ride.changed_meanwhile") for whoever is the second to call one, and what `taxis.hand_over` raises.
    """
    chosen = world.policies.taxi.named(provider)
    if chosen is None:
        raise Invalid("taxi.provider", field="provider")
    taking.take(session, ride, version=version)
    days.lock(session, ride.day)
    session.expire_all()  # what was shown before is read again
    if not may_be_called(session, ride, policies=world.policies, now=now):
        raise Conflict("taxi.own_vehicle_can", ride=ride.code)
    promise = session.get_one(Promise, ride.promise_id)
    if promise.state is PromiseState.FIRM:
        return taxis.hand_over(session, ride, chosen, version=ride.version, price=price, world=world, by=by, now=now)
    if ride.status not in LIVE:  # else the promise is handed on already, and the taxi keeps it
        stranded.resolve(session, ride, "taxi", world=world, by=by, now=now)
    when = max(now, at(ride.day, promise.window_start))
    return taxis.ask(session, ride, chosen, place=ride.origin_place_id, pickup_at=when, price=price, by=by, now=now)
