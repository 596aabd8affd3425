"""An order before it is one: what could be promised for it now. Reads only."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlmodel import Session, col, select

from transport.booking.clients import eligibility, incompatible, needs, queries
from transport.booking.clients.models import Client, Needs
from transport.booking.contracts import capacity, tariffs
from transport.booking.rides import allowances, checking, doors, homeward, rules
from transport.booking.rides.allowances import Used
from transport.booking.rides.checking import needs_of, whereabouts
from transport.booking.rides.lifecycle import LIVE, Status
from transport.booking.rides.models import KindOfPlace, Leg, Ride
from transport.booking.rides.wishing import Answer, LegWish, Order, Priced
from transport.kernel.actor import Actor
from transport.kernel.clock import wall_seconds
from transport.kernel.errors import Invalid
from transport.kernel.policy import Policy
from transport.kernel.values import Load, Window
from transport.routing.fleet.models import Shift
from transport.routing.planning import day as days
from transport.routing.planning import offers, runs, soonest, swaps, wishes
from transport.routing.planning.day import DayBook, World
from transport.routing.planning.models import Promise, Run, Stop


def answers(
    session: Session,
    order: Order,
    *,
    world: World,
    by: Actor,
    now: datetime,
    spans: Mapping[Leg, Window] | None = None,
) -> list[Answer]:
    """What could be promised for each leg now. Raises the first reason of the rules against the order.

    With `spans` (see `offers.usual_span`) only these are looked at, and nobody asks why there is nothing in them.

    A return on the same day is looked for in the plan that already has the best way there, and after its arrival.
    An order that replaces a ride is looked for in the plan without that ride.
    """
    for reason in checking.check(session, order, world=world, by=by, now=now):
        raise reason
    client = session.get_one(Client, order.client_id)
    found: list[Answer] = []
    wished: list[Used] = []
    books: dict[date, DayBook] = {}
    for leg in order.legs:
        policy = world.policies.on(leg.day)
        book = books.get(leg.day) or _book(session, order, leg.day, world, now)
        party = party_of(session, order, leg, policy)
        there = found[-1].shown[0].option.arrive_by if leg.day in books and found[-1].shown else 0
        span = None if spans is None else spans[leg.leg]
        found_here = within_rules(session, book, order, party, leg, world, now, after=there, span=span)
        metres = book.driving(leg.origin, leg.destination)[1]
        cost = price(session, order, client, leg, policy, metres)
        wished.append(Used(leg.day, metres, cost))
        found.append(
            Answer(
                wish=leg,
                near=tuple(Priced(option, cost, metres) for option in found_here.near),
                far=tuple(Priced(option, cost, metres) for option in found_here.far),
                reason=found_here.reason,
                changes=found_here.changes,
            )
        )
        best = next(iter(found_here.near or found_here.far), None)
        grown = None if best is None else swaps.with_ride(book, party, best, leg.leg.value)
        books[leg.day] = grown or book
    for reason in beyond_allowance(session, order, wished, world):
        raise reason
    return found


def party_of(session: Session, order: Order, leg: LegWish, policy: Policy) -> wishes.Party:
    """Who travels on a leg, as planning may know it."""
    profile = needs_of(session, order)
    wheelchairs = sum(kind is KindOfPlace.WHEELCHAIR for kind in order.companions)
    seats = len(order.companions) - wheelchairs
    steps = queries.steps_at(session, order.client_id, (leg.origin, leg.destination))
    boarding, alighting = needs.dwell(profile, policy, len(order.companions), steps)
    return wishes.Party(
        pickup_place=leg.origin,
        dropoff_place=leg.destination,
        load=needs.load(profile, seats) + Load(0, wheelchairs),
        pickup_service=boarding,
        dropoff_service=alighting,
        chair_mass=needs.chair_mass(profile),
        features=needs.features(profile, policy, steps),
        solo=order.solo or profile.rides_alone,
        apart=incompatible.apart(session, order.client_id),
        not_drivers=incompatible.not_drivers(session, order.client_id),
        prefers_driver=_last_driver(session, order.client_id) if profile.same_driver else None,
        arrive_from=max(_door_opens(profile, leg), _door_hours(session, leg).start),
    )


def hours(world: World, day: date, now: datetime) -> Window:
    """The seconds of the day in which a ride can still be promised: opening hours, less the notice from now."""
    policy = world.policies.on(day)
    opening = rules.opening(policy, day)
    earliest = rules.first_second(policy, day, now, world.calendar)
    return Window(min(max(opening.start, earliest), opening.end), opening.end)


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
    book = days.load(session, day, world=world, now=now, also=places)
    old = _old_promise(session, order)
    return swaps.without(book, {old}) if old in book.promises else book


def _old_promise(session: Session, order: Order) -> int | None:
    """The promise of the ride that the order is to take the place of."""
    return None if order.replaces is None else session.get_one(Ride, order.replaces).promise_id


def within_rules(
    session: Session,
    book: DayBook,
    order: Order,
    party: wishes.Party,
    leg: LegWish,
    world: World,
    now: datetime,
    *,
    after: int,
    span: Window | None,
) -> offers.Options:
    """Options for a leg in a day's plan: in the opening hours, not in the past, not before `after`, not across another
    ride of the client (Invalid("ride.overlaps") if all are); `span` as for `answers`.
    """
    if order.replaces is None and not capacity.has_room(session, leg.day, 1 + len(order.companions)):
        return offers.Options((), (), "contract")
    open_hours = hours(world, leg.day, now)
    closes = min(open_hours.end, _door_hours(session, leg).end)
    later = Window(min(max(open_hours.start, after), closes), closes)
    if leg.will_call:
        found = soonest.on_call(book, party, leg.wish, book.policy, hours=later)
    else:
        found = offers.options(book, party, leg.wish, book.policy, hours=later, span=span)
    if found.reason == "hours" and leg.wish.seconds < later.start > open_hours.start:
        found = replace(found, reason="still_on_the_way")
    elif found.reason == "hours" and (closes < open_hours.end or party.arrive_from):
        found = replace(found, reason="door")
    taken = _taken(session, order.client_id, leg.day, but=_old_promise(session, order))
    near = tuple(o for o in found.near if not rules.about_others(Window(o.window.start, o.arrive_by), taken))
    far = tuple(o for o in found.far if not rules.about_others(Window(o.window.start, o.arrive_by), taken))
    if taken and found.near and not near:
        raise Invalid("ride.overlaps", field="time")
    return _within_contract(session, book, party, leg, replace(found, near=near, far=far))


def _within_contract(
    session: Session, book: DayBook, party: wishes.Party, leg: LegWish, found: offers.Options
) -> offers.Options:
    """Without the options for which the city has not bought enough metres; reason "contract" if no near one is left."""
    longest = capacity.longest_plan(session, leg.day)
    if longest is None:
        return found
    spare = longest - runs.length(book.problem, book.plan)

    def affordable(option: wishes.Option) -> bool:
        if option.cost <= spare:  # the cost of a place is never less than the metres it adds
            return True
        grown = swaps.with_ride(book, party, option, leg.leg.value)
        return grown is not None and runs.length(grown.problem, grown.plan) <= longest

    near, far = (tuple(filter(affordable, options)) for options in (found.near, found.far))
    return replace(found, near=near, far=far, reason="contract" if found.near and not near else found.reason)


def _taken(session: Session, client_id: int, day: date, *, but: int | None = None) -> list[Window]:
    """When the client already sits in one of our vehicles that day; `but` is a promise that does not count."""
    rows = session.exec(
        select(Promise.id, Promise.window_start, Promise.arrive_by)
        .join(Ride, col(Ride.promise_id) == Promise.id)
        .where(Ride.client_id == client_id, Ride.day == day, col(Ride.status).in_(LIVE))
    )
    return [Window(start, end) for promise_id, start, end in rows if promise_id != but]


def _is_one_of_two(session: Session, order: Order) -> bool:
    """Whether the order changes one way of an order that has two."""
    return order.replaces is not None and homeward.other_way(session, session.get_one(Ride, order.replaces)) is not None


def price(session: Session, order: Order, client: Client, leg: LegWish, policy: Policy, metres: int) -> int:
    """What a leg costs the client, in haléře; `metres`: length of the direct way."""
    places = (whereabouts(session, leg.origin), whereabouts(session, leg.destination))
    journey = tariffs.Journey(
        age=eligibility.age_on(client.born, leg.day),
        card=eligibility.card_on(queries.evidence(session, order.client_id), leg.day),
        companions=len(order.companions),
        dog=needs_of(session, order).guide_dog,
        solo=order.solo,
        in_city=all(rules.in_city(policy, place) for place in places),
        metres=metres,
        returns=len(order.legs) > 1 or _is_one_of_two(session, order),
        rides_before=checking.rides_in_month(session, order.client_id, leg.day) if policy.tariff.tiers else 0,
    )
    return tariffs.price(policy, journey)


def beyond_allowance(session: Session, order: Order, wished: Sequence[Used], world: World) -> list[Invalid]:
    """A reason for each allowance of the client that the wished rides of the order would exceed."""
    used = checking.used(session, order.client_id, but=order.replaces)
    found = []
    for policy in {world.policies.on(leg.day).id: world.policies.on(leg.day) for leg in order.legs}.values():
        here = [ride for ride in wished if world.policies.on(ride.day) is policy]
        found += allowances.about_allowances(policy.eligibility.allowances, used, here)
    return found


def _door_opens(profile: Needs, leg: LegWish) -> int:
    """The second of the day before which nobody lets the client in; only the way there ends at such a door."""
    if profile.door_opens is None or leg.leg is Leg.RETURN:
        return 0
    return wall_seconds(leg.day, *divmod(profile.door_opens, 60))


def _door_hours(session: Session, leg: LegWish) -> Window:
    """The seconds of the day in which somebody with this wish can be let in at the destination."""
    meant = doors.door(session, leg.destination, leg.day).meant(leg.wish)
    return meant or Window(0, wall_seconds(leg.day, 24))


def _last_driver(session: Session, client_id: int) -> int | None:
    """Who drove the client last."""
    drove = (
        select(Shift.driver_id)
        .join(Run, col(Run.shift_id) == Shift.id)
        .join(Stop, col(Stop.run_id) == Run.id)
        .join(Ride, col(Ride.promise_id) == Stop.promise_id)
        .where(Ride.client_id == client_id, Ride.status == Status.COMPLETED)
        .order_by(col(Ride.day).desc(), col(Ride.id).desc())
    )
    return session.exec(drove).first()
