"""Putting plans in force: the dispatcher's use cases over planning, with the contract in the same transaction."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from transport.booking.contracts import capacity
from transport.booking.contracts.ledger import Override
from transport.booking.rides import asking, denials, queries
from transport.booking.rides.lifecycle import Status
from transport.booking.rides.models import Ride
from transport.booking.rides.wishing import LegWish, Order
from transport.kernel.actor import Actor
from transport.kernel.errors import Conflict
from transport.routing.planning import day as days
from transport.routing.planning import offers, publishing, wishes
from transport.routing.planning.day import World
from transport.routing.planning.models import Proposal, PublishedPlan


def publish(
    session: Session, day: date, *, by: Actor, now: datetime, override: Override | None = None
) -> PublishedPlan:
    """Give the drivers the plan as it stands. Raises Conflict("plan.rides_wait") while orders wait for a yes or no."""
    row = days.lock(session, day)
    waiting = session.exec(select(Ride.id).where(Ride.day == day, Ride.status == Status.REQUESTED)).all()
    if waiting:
        raise Conflict("plan.rides_wait", count=len(waiting))
    capacity.settle(session, day, by=by, now=now, override=override)
    return publishing.publish(session, row, by=by, now=now)


@dataclass(frozen=True, slots=True)
class Unserved:
    """A denied wish looked at again: what could be promised now, if anything."""

    view: queries.DenialView
    now_possible: wishes.Option | None


def unserved(session: Session, day: date, *, world: World, now: datetime) -> list[Unserved]:
    """Wishes of a day that were denied and not taken otherwise, each tested against the plan as it is now."""
    open_wishes = [view for view in queries.denials(session, day) if view.denial.ride_id is None]
    found = denials.openings(session, day, world=world, now=now)
    return [Unserved(view, found.get(view.denial.id or 0)) for view in open_wishes]


def other_times(
    session: Session, ride: Ride, *, world: World, now: datetime
) -> tuple[wishes.Party, list[wishes.Option]]:
    """Other windows the dispatcher could offer for a ride, near its promised time, with the party that travels."""
    policy = world.policies.on(ride.day)
    view = queries.views(session, [ride])[0]
    wish = LegWish(ride.leg, ride.origin_place_id, ride.destination_place_id, ride.day, _as_wished(view))
    order = Order(key="", client_id=ride.client_id, legs=(wish,), companions=queries.companions(session, ride))
    party = asking.party_of(session, order, wish, policy)
    places = (ride.origin_place_id, ride.destination_place_id)
    book = days.load(session, ride.day, world=world, now=now, also=places)
    hours = asking.hours(world, ride.day, now)
    found = offers.options(book, party, wish.wish, policy, hours=hours, shown=6)
    same = view.promise.window_start
    return party, [option for option in (*found.near, *found.far) if option.window.start != same]


def latest_proposal(session: Session, day: date) -> Proposal | None:
    """The last better plan asked for the day, whatever became of it; a what-if is none."""
    asked = select(Proposal).where(Proposal.day == day, Proposal.assumptions == "[]")
    return session.exec(asked.order_by(col(Proposal.id).desc())).first()


def _as_wished(view: queries.RideView) -> wishes.Wish:
    if view.wish is None:
        return wishes.Wish(wishes.Anchor.LEAVE_AT, view.promise.window_start)
    return wishes.Wish(view.wish.anchor, view.wish.seconds)
