"""What the rules say to an order, before anybody looks for a vehicle: all reasons at once. Reads only."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import Session, col, select

from transport.booking.clients import clients, eligibility, mandates, needs, queries
from transport.booking.clients.models import Client, Needs, Power
from transport.booking.rides import allowances, doors, rules
from transport.booking.rides.allowances import Balance, Used
from transport.booking.rides.lifecycle import LIVE, Status
from transport.booking.rides.models import Ride
from transport.booking.rides.wishing import Order
from transport.kernel.actor import STAFF, Actor, Role
from transport.kernel.clock import at, local_day
from transport.kernel.errors import Invalid, ServiceError
from transport.kernel.policy import Policy
from transport.routing.fleet import fleet
from transport.routing.geo.models import Place
from transport.routing.planning.day import World
from transport.routing.planning.models import Promise

COUNTING = LIVE | {Status.COMPLETED, Status.NO_SHOW}
"""Rides that use up an allowance: those to come, those driven, and those for which a vehicle came in vain."""


def client_of(session: Session, order: Order, *, by: Actor, now: datetime) -> Client:
    """The client, if this person may at least write an order down for them; NotFound or Forbidden otherwise."""
    return mandates.require(session, order.client_id, by, Power.PREPARE, on=local_day(now))


def check(session: Session, order: Order, *, world: World, by: Actor, now: datetime) -> list[ServiceError]:
    """All reasons of the rules against an order, for the person who can mend it; empty means: look for a vehicle."""
    client = client_of(session, order, by=by, now=now)
    person, profile = person_of(session, client), needs_of(session, order)
    found: list[ServiceError] = []
    for leg in order.legs:
        policy = world.policies.on(leg.day)
        about_day = rules.about_day(policy, leg.day, now)
        found += about_day or rules.about_time(policy, leg.day, leg.wish, now, world.calendar)
        found += rules.about_places(policy, whereabouts(session, leg.origin), whereabouts(session, leg.destination))
        origin, destination = (doors.door(session, place, leg.day) for place in (leg.origin, leg.destination))
        found += rules.about_hours(leg.day, leg.wish, origin, destination)
        companions = len(order.companions)
        found += [
            Invalid(code, field="day", day=leg.day)
            for code in eligibility.reasons(person, leg.day, policy, companions=companions)
        ]
        if clients.suspended_on(session, client.id or 0, leg.day):
            found.append(Invalid("eligibility.suspended", field="day", day=leg.day))
        if by.role not in (*STAFF, Role.SYSTEM) and "web" not in policy.booking.channels:
            found.append(Invalid("ride.phone_only"))
        found += rules.about_order(policy, order, leg, profile.assistance)
    found += _about_others(session, order, world, now)
    if len(order.legs) > 1:
        there, back = order.legs[0], order.legs[1]
        if (back.day, back.wish.seconds) <= (there.day, there.wish.seconds):
            found.append(Invalid("ride.return_before_outbound", field="return_time"))
    mass = needs.chair_mass(profile)
    strongest = fleet.strongest_ramp(session)
    if mass > strongest:
        found.append(Invalid("ride.chair_too_heavy", mass=mass, limit=strongest))
    return _once(found)


def balances(session: Session, client_id: int, day: date, policy: Policy) -> list[Balance]:
    """What is left of each allowance of the client in the period of the day: said before a ride is booked."""
    rides = used(session, client_id)
    return [allowances.balance(allowance, day, rides) for allowance in policy.eligibility.allowances]


def rides_in_month(session: Session, client_id: int, day: date) -> int:
    """How many rides the client has had, or will have, in the month of the day: for fares that depend on it."""
    days = session.exec(select(col(Ride.day)).where(Ride.client_id == client_id, col(Ride.status).in_(COUNTING)))
    return sum((each.year, each.month) == (day.year, day.month) for each in days)


def person_of(session: Session, client: Client) -> eligibility.Person:
    """The client as the rules of entitlement see them."""
    return eligibility.Person(client.born, client.municipality, tuple(queries.evidence(session, client.id or 0)))


def needs_of(session: Session, order: Order) -> Needs:
    """What this order's rides must provide for: said for it alone, or else the client's profile.

    Invalid("client.needs_unknown") if nobody has asked yet.
    """
    if order.needs_id is not None:
        said = session.get(Needs, order.needs_id)
        if said is None or said.client_id != order.client_id:
            raise Invalid("client.needs_unknown", field="client")
        return said
    latest = queries.needs_now(session, order.client_id)
    if latest is None:
        raise Invalid("client.needs_unknown", field="client")
    return latest


def whereabouts(session: Session, place_id: int) -> rules.Whereabouts:
    """What the rules of the area need to know of a place; Invalid("place.unknown") for one we do not have."""
    place = session.get(Place, place_id)
    if place is None:
        raise Invalid("place.unknown", field="place")
    return rules.Whereabouts(place.name, place.municipality, place.point)


def _about_others(session: Session, order: Order, world: World, now: datetime) -> list[Invalid]:
    """Reasons that come from the client's other rides: too many of them."""
    others = session.exec(
        select(col(Ride.day), col(Promise.window_start))
        .join(Promise, col(Promise.id) == Ride.promise_id)
        .where(Ride.client_id == order.client_id, col(Ride.status).in_(LIVE), Ride.id != order.replaces)
    ).all()
    to_come = sum(at(day, start) > now for day, start in others)
    found = []
    for leg in order.legs:
        policy = world.policies.on(leg.day)
        on_day = sum(day == leg.day for day, _ in others) + sum(each.day == leg.day for each in order.legs)
        found += rules.about_numbers(policy, to_come + len(order.legs), on_day)
    return found


def used(session: Session, client_id: int, but: int | None = None) -> list[Used]:
    """The rides of a client that count for an allowance; `but` is one that does not, as it is to be replaced."""
    rows = session.exec(select(Ride).where(Ride.client_id == client_id, col(Ride.status).in_(COUNTING)))
    return [Used(ride.day, ride.metres, ride.price) for ride in rows if ride.id != but]


def _once(found: Sequence[ServiceError]) -> list[ServiceError]:
    seen: dict[tuple[str, str], ServiceError] = {}
    for error in found:
        seen.setdefault((error.code, str(sorted(error.facts.items()))), error)
    return list(seen.values())
