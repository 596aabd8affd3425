"""An order before it is one: what is wished, what the rules say, what could be promised. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlmodel import Session, col, select

from transport.booking.clients import eligibility, mandates, needs, queries
from transport.booking.clients.models import Client, Needs, Power
from transport.booking.contracts import capacity, tariffs
from transport.booking.rides import rules
from transport.booking.rides.lifecycle import LIVE
from transport.booking.rides.models import KindOfPlace, Leg, Ride
from transport.kernel.actor import Actor
from transport.kernel.clock import local_day
from transport.kernel.errors import Invalid, ServiceError
from transport.kernel.policy import Policy
from transport.kernel.values import Load, Window
from transport.routing import engine
from transport.routing.fleet import fleet
from transport.routing.geo.models import Place
from transport.routing.planning import day as days
from transport.routing.planning import offers, wishes
from transport.routing.planning.day import DayBook, World
from transport.routing.planning.models import Promise


@dataclass(frozen=True, slots=True)
class LegWish:
    """One direction as it was asked for."""

    leg: Leg
    origin: int
    destination: int
    day: date
    wish: wishes.Wish


@dataclass(frozen=True, slots=True)
class Order:
    """What one client asks for: one leg, or there and back as one decision. `key` is the form's one-time key."""

    key: str
    client_id: int
    legs: tuple[LegWish, ...]
    companions: tuple[KindOfPlace, ...] = ()


@dataclass(frozen=True, slots=True)
class Priced:
    """A window that could be promised and what it costs the client in haléře."""

    option: wishes.Option
    price: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What we can promise for one leg. `denied`: nothing near the wish, for the (proven) `reason`."""

    wish: LegWish
    near: tuple[Priced, ...]
    far: tuple[Priced, ...]
    reason: str | None

    @property
    def denied(self) -> bool:
        """Nothing within the negotiation window: this is a Denial, whatever is taken instead."""
        return not self.near

    @property
    def shown(self) -> tuple[Priced, ...]:
        """What the client may choose from."""
        return self.near or self.far


def client_of(session: Session, order: Order, *, by: Actor, now: datetime) -> Client:
    """The client, if this person may book for them; NotFound or Forbidden otherwise."""
    return mandates.require(session, order.client_id, by, Power.BOOK, on=local_day(now))


def check(session: Session, order: Order, *, world: World, by: Actor, now: datetime) -> list[ServiceError]:
    """All reasons of the rules against an order, for the person who can mend it; empty means: look for a vehicle."""
    client = client_of(session, order, by=by, now=now)
    evidence = queries.evidence(session, order.client_id)
    found: list[ServiceError] = []
    for leg in order.legs:
        policy = world.policies.on(leg.day)
        about_day = rules.about_day(policy, leg.day, now)
        found += about_day or rules.about_time(policy, leg.day, leg.wish, now, world.calendar)
        found += rules.about_places(policy, _whereabouts(session, leg.origin), _whereabouts(session, leg.destination))
        found += [Invalid(code, day=leg.day) for code in eligibility.reasons(evidence, client.born, leg.day, policy)]
        if len(order.companions) > policy.booking.max_companions:
            found.append(Invalid("ride.too_many_companions", field="companions", most=policy.booking.max_companions))
    if len(order.legs) > 1:
        there, back = order.legs[0], order.legs[1]
        if (back.day, back.wish.seconds) <= (there.day, there.wish.seconds):
            found.append(Invalid("ride.return_before_outbound", field="return_time"))
    mass = needs.chair_mass(needs_of(session, order.client_id))
    strongest = fleet.strongest_ramp(session)
    if mass > strongest:
        found.append(Invalid("ride.chair_too_heavy", mass=mass, limit=strongest))
    return _once(found)


def answers(session: Session, order: Order, *, world: World, by: Actor, now: datetime) -> list[Answer]:
    """What could be promised for each leg now. Raises the first reason of the rules against the order.

    A return on the same day is looked for in the plan that already has the best way there, and after its arrival.
    """
    for reason in check(session, order, world=world, by=by, now=now):
        raise reason
    client = session.get_one(Client, order.client_id)
    found: list[Answer] = []
    books: dict[date, DayBook] = {}
    for leg in order.legs:
        policy = world.policies.on(leg.day)
        book = books.get(leg.day) or _book(session, order, leg.day, world, now)
        party = party_of(session, order, leg, policy)
        there = found[-1].shown[0].option.arrive_by if leg.day in books and found[-1].shown else 0
        found_here = _within_rules(session, book, party, leg, world, client, now, after=there)
        found.append(_priced(session, order, client, leg, policy, book, found_here))
        books[leg.day] = _with_best(book, leg, party, found_here)
    return found


def party_of(session: Session, order: Order, leg: LegWish, policy: Policy) -> wishes.Party:
    """Who travels on a leg, as planning may know it."""
    profile = needs_of(session, order.client_id)
    wheelchairs = sum(kind is KindOfPlace.WHEELCHAIR for kind in order.companions)
    seats = len(order.companions) - wheelchairs
    boarding, alighting = needs.dwell(profile, policy, len(order.companions))
    return wishes.Party(
        pickup_place=leg.origin,
        dropoff_place=leg.destination,
        load=needs.load(profile, seats) + Load(0, wheelchairs),
        pickup_service=boarding,
        dropoff_service=alighting,
        chair_mass=needs.chair_mass(profile),
        features=needs.features(profile),
    )


def hours(world: World, day: date, now: datetime) -> Window:
    """The seconds of the day in which a ride can still be promised: opening hours, less the notice from now."""
    policy = world.policies.on(day)
    opening = rules.opening(policy, day)
    earliest = rules.first_second(policy, day, now, world.calendar)
    return Window(min(max(opening.start, earliest), opening.end), opening.end)


def needs_of(session: Session, client_id: int) -> Needs:
    """The client's needs as recorded last; Invalid("client.needs_unknown") if nobody has asked yet."""
    latest = queries.needs_now(session, client_id)
    if latest is None:
        raise Invalid("client.needs_unknown", field="client")
    return latest


def require_free(
    session: Session,
    client_id: int,
    day: date,
    window: Window,
    *,
    besides: Sequence[Window] = (),
    instead_of: int | None = None,
) -> None:
    """Nobody sits in two of our vehicles at once; the day must be locked, so that two orders cannot both be right.

    `window`: from the first minute of the pickup window to the latest arrival; `besides`: other legs of the order;
    `instead_of`: the promise this one is to replace. Raises Invalid("ride.overlaps").
    """
    for reason in rules.about_others(window, [*_taken(session, client_id, day, but=instead_of), *besides]):
        raise reason


def _book(session: Session, order: Order, day: date, world: World, now: datetime) -> DayBook:
    places = [place for leg in order.legs if leg.day == day for place in (leg.origin, leg.destination)]
    return days.load(session, day, world=world, now=now, also=places)


def _within_rules(
    session: Session,
    book: DayBook,
    party: wishes.Party,
    leg: LegWish,
    world: World,
    client: Client,
    now: datetime,
    *,
    after: int,
) -> offers.Options:
    """Options in the opening hours, not in the past, not across another ride of the client, not before `after`."""
    if not capacity.has_room(session, leg.day):
        return offers.Options((), (), "contract")
    open_hours = hours(world, leg.day, now)
    later = Window(min(max(open_hours.start, after), open_hours.end), open_hours.end)
    found = offers.options(book, party, leg.wish, book.policy, hours=later)
    if found.reason == "hours" and later.start > open_hours.start:
        found = replace(found, reason="still_on_the_way")
    taken = _taken(session, client.id or 0, leg.day)
    near = tuple(o for o in found.near if not rules.about_others(Window(o.window.start, o.arrive_by), taken))
    far = tuple(o for o in found.far if not rules.about_others(Window(o.window.start, o.arrive_by), taken))
    if taken and found.near and not near:
        raise Invalid("ride.overlaps", field="time")
    return replace(found, near=near, far=far)


def _taken(session: Session, client_id: int, day: date, *, but: int | None = None) -> list[Window]:
    """When the client already sits in one of our vehicles that day; `but` is a promise that does not count."""
    rows = session.exec(
        select(Promise.id, Promise.window_start, Promise.arrive_by)
        .join(Ride, col(Ride.promise_id) == Promise.id)
        .where(Ride.client_id == client_id, Ride.day == day, col(Ride.status).in_(LIVE))
    )
    return [Window(start, end) for promise_id, start, end in rows if promise_id != but]


def _priced(
    session: Session, order: Order, client: Client, leg: LegWish, policy: Policy, book: DayBook, found: offers.Options
) -> Answer:
    _, metres = book.driving(leg.origin, leg.destination)
    places = (_whereabouts(session, leg.origin), _whereabouts(session, leg.destination))
    price = tariffs.price(
        policy,
        age=eligibility.age_on(client.born, leg.day),
        has_card=eligibility.card_on(queries.evidence(session, order.client_id), leg.day) is not None,
        companions=len(order.companions),
        solo=False,
        in_city=all(rules.in_city(policy, place) for place in places),
        metres=metres,
        returns=len(order.legs) > 1,
    )
    return Answer(
        wish=leg,
        near=tuple(Priced(option, price) for option in found.near),
        far=tuple(Priced(option, price) for option in found.far),
        reason=found.reason,
    )


def _with_best(book: DayBook, leg: LegWish, party: wishes.Party, found: offers.Options) -> DayBook:
    best = next(iter(found.near or found.far), None)
    if best is None:
        return book
    asked = offers.request(book, party, best, leg.leg.value)
    places = engine.Inserter(book.problem, book.plan).insert(asked)
    if not places:
        return book
    problem, plan = engine.place(book.problem, book.plan, asked, places[0])
    return replace(book, problem=problem, plan=plan)


def _whereabouts(session: Session, place_id: int) -> rules.Whereabouts:
    place = session.get(Place, place_id)
    if place is None:
        raise Invalid("place.unknown", field="place")
    return rules.Whereabouts(place.name, place.municipality, place.point)


def _once(found: Sequence[ServiceError]) -> list[ServiceError]:
    seen: dict[tuple[str, str], ServiceError] = {}
    for error in found:
        seen.setdefault((error.code, str(sorted(error.facts.items()))), error)
    return list(seen.values())
