"""All standing orders of one day answered together, so that who asked first makes no difference.

gather (what is asked, and the day as it is) -> think (`batch`, no session) -> apply (the day has not moved on, the
judge agrees). One transaction a day. Order of locks: ride, day, contract.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import update
from sqlmodel import Session, col, func, select

from transport.booking.clients.models import Client
from transport.booking.contracts import capacity, contracts, ledger, postings
from transport.booking.rides import asking, checking, requests, rides, rules, taking
from transport.booking.rides.allowances import Used
from transport.booking.rides.lifecycle import LIVE
from transport.booking.rides.models import Denial, Ride, TripRequest
from transport.booking.rides.wishing import LegWish, Order, Priced
from transport.booking.standing import batch, recurrence, regular
from transport.booking.standing.batch import Batch, Outcome, Trip, TripLeg
from transport.booking.standing.models import DateState, StandingDate, StandingOrder, StandingState
from transport.kernel.actor import SYSTEM
from transport.kernel.clock import local_day
from transport.kernel.errors import Conflict, ServiceError
from transport.kernel.events import record
from transport.kernel.values import Window
from transport.routing import engine
from transport.routing.fleet.models import Shift
from transport.routing.planning import day as days
from transport.routing.planning import offers, promises, publishing, runs
from transport.routing.planning.day import DayBook, World
from transport.routing.planning.models import DayState, Promise, PromiseState, ServiceDay
from transport.routing.planning.wishes import Option

Asked = tuple[StandingDate, StandingOrder, str]

NOT_NOW = frozenset({"ride.phone_only", "ride.beyond_horizon"})
"""Rules of asking, not of riding: a standing order was asked for long ago."""

WORDS = {
    "eligibility.": "not_entitled",
    "allowance.": "allowance",
    "ride.outside_hours": "hours",
    "ride.too_soon": "too_late",
    "ride.in_the_past": "too_late",
}
"""What the rules are against, by the beginning of the refusal's code; all others are `rules`."""


def waiting(session: Session, now: datetime) -> list[date]:
    """Days to come, open and with vehicles on duty, for which dates of standing orders wait for an answer."""
    roster = select(col(Shift.id)).where(Shift.day == StandingDate.day, col(Shift.dropped_at).is_(None))
    asked = (
        select(col(StandingDate.day))
        .join(ServiceDay, col(ServiceDay.day) == StandingDate.day)
        .where(StandingDate.state == DateState.ASKED, ServiceDay.state == DayState.OPEN)
        .where(col(StandingDate.day) > local_day(now), roster.exists())
        .distinct()
    )
    return sorted(session.exec(asked))


def gather(session: Session, day: date, *, world: World, now: datetime) -> Batch:
    """Everything that is asked of a day, in an order that knows nothing of when it was asked, and the day as it is."""
    asked: list[tuple[StandingDate, Order, str]] = []
    refused: list[tuple[int, str]] = []
    for row, standing, code in _asked(session, day):
        times = recurrence.times_on(regular.pattern_of(session, standing), day, world.calendar)
        order = None if times is None else replace(regular.wanted(session, standing).on(day, times), key=str(row.id))
        word = "holiday" if order is None else _against(session, order, world, now)
        if order is None or word:
            refused.append((row.id or 0, word))
        else:
            asked.append((row, order, f"{code} {_content(order)}"))
    asked.sort(key=lambda each: each[2])
    places = [place for _, order, _ in asked for leg in order.legs for place in (leg.origin, leg.destination)]
    book = days.load(session, day, world=world, now=now, also=tuple(dict.fromkeys(places)))
    taken = _taken(session, day)
    wished: dict[int, list[Used]] = {}
    denied = _denied(session, now) if book.policy.fairness.denied_first else {}
    trips: list[Trip] = []
    for row, order, name in asked:
        old = _old(session, row)
        legs = tuple(_leg(session, order, leg, book) for leg in order.legs)
        others = [span for promise, span in taken.get(order.client_id, ()) if promise not in {p for _, p in old}]
        word = _against_times(legs, others, asking.hours(world, day, now))
        more = [*wished.get(order.client_id, ()), *(Used(day, leg.metres, leg.price) for leg in legs)]
        if not word and not old and asking.beyond_allowance(session, order, more, world):
            word = "allowance"
        if word:
            refused.append((row.id or 0, word))
            continue
        wished[order.client_id] = more
        taken.setdefault(order.client_id, []).extend((0, _span(leg.option)) for leg in legs)
        trips.append(Trip(name, row.id or 0, order, legs, old, denied.get(order.client_id)))
    contract = contracts.for_day(session, day)
    return Batch(
        book=book,
        trips=tuple(trips),
        refused=tuple(sorted(refused)),
        regular=_regular(session, day),
        unit=contract.unit,
        free=ledger.balance_on(session, contract, day).free,
    )


def apply(session: Session, asked: Batch, thought: Outcome, *, world: World, now: datetime) -> None:
    """Make the thought-of answer the day's: promises firm, rides booked, each date placed or denied with a reason.

    Raises Conflict("plan.day_has_moved_on") if the day or what is asked of it is not what was thought about.
    """
    day = asked.book.day
    changed = {key for trip, _ in thought.placed for key, _ in trip.instead_of}
    old = {key: session.get_one(Ride, key) for key in sorted(changed)}
    for ride in old.values():
        taking.take(session, ride, version=ride.version)
    days.lock(session, day)
    fresh = gather(session, day, world=world, now=now)
    same = (fresh.trips, fresh.refused, fresh.book.version - 1) == (asked.trips, asked.refused, asked.book.version)
    if not same or fresh.book.places != asked.book.places:
        raise Conflict("plan.day_has_moved_on", day=day)
    for ride in old.values():
        rides.replace(session, ride, version=ride.version, also=(), world=world, by=SYSTEM, now=now)
    made = _promise(session, fresh.book, thought, now)
    standing = days.load(session, day, world=world, now=now, also=fresh.book.places) if old else fresh.book
    names = {key: str(promise.id) for key, promise in made.items()}
    problem = replace(
        thought.problem,
        requests=tuple(replace(each, id=names.get(each.id, each.id)) for each in thought.problem.requests),
    )
    runs.save(session, replace(standing, places=asked.book.places), problem, _renamed(thought.plan, names))
    for trip, options in thought.placed:
        request = _book(session, trip, options, made, fresh.book, now)
        for key, _ in trip.instead_of:
            new = {ride.leg: ride.id for ride in requests.of_request(session, request)}
            old[key].replaced_by = new.get(old[key].leg)
            session.add(old[key])
        _answer(session, trip.date_id, DateState.PLACED, "", request.id, now)
    for date_id, word in [*((trip.date_id, word) for trip, word in thought.denied), *asked.refused]:
        _answer(session, date_id, DateState.DENIED, word, None, now)
    _mark_answered(session, day, now)
    publishing.follow(session, day, by=SYSTEM, now=now, reason="standing_orders")
    capacity.settle(session, day, by=SYSTEM, now=now)
    facts = {"placed": len(thought.placed), "denied": len(thought.denied) + len(asked.refused)}
    subject = ("service_day", day.isoformat())
    record(session, "standing_orders_answered", subject=subject, by=SYSTEM, now=now, facts=facts)


def _asked(session: Session, day: date) -> Sequence[Asked]:
    return session.exec(
        select(StandingDate, StandingOrder, Client.code)
        .join(StandingOrder, col(StandingOrder.id) == StandingDate.standing_order_id)
        .join(Client, col(Client.id) == StandingOrder.client_id)
        .where(StandingDate.day == day, StandingDate.state == DateState.ASKED)
    ).all()


def _against(session: Session, order: Order, world: World, now: datetime) -> str:
    """A word for what the rules have against one date; empty if nothing."""
    for error in checking.check(session, order, world=world, by=SYSTEM, now=now):
        if error.code not in NOT_NOW:
            return _word(error)
    return ""


def _word(error: ServiceError) -> str:
    return next((word for code, word in WORDS.items() if error.code.startswith(code)), "rules")


def _against_times(legs: Sequence[TripLeg], others: Sequence[Window], hours: Window) -> str:
    if any(leg.option.window.start < hours.start or leg.option.arrive_by > hours.end for leg in legs):
        return "hours"
    if any(leg.option.arrive_by < leg.party.arrive_from for leg in legs):  # nobody would open the door yet
        return "hours"
    spans = [_span(leg.option) for leg in legs]
    if any(rules.about_others(span, [*others, *spans[:place]]) for place, span in enumerate(spans)):
        return "overlaps"
    return ""


def _content(order: Order) -> str:
    return " ".join(f"{leg.wish.anchor.value} {leg.wish.seconds} {leg.origin}-{leg.destination}" for leg in order.legs)


def _span(option: Option) -> Window:
    return Window(option.window.start, option.arrive_by)


def _leg(session: Session, order: Order, leg: LegWish, book: DayBook) -> TripLeg:
    party = asking.party_of(session, order, leg, book.policy)
    options = list(offers.candidates(book, party, leg.wish, book.policy, leg.wish.seconds))
    _, metres = book.driving(leg.origin, leg.destination)
    client = session.get_one(Client, order.client_id)
    price = asking.price(session, order, client, leg, book.policy, metres)
    return TripLeg(leg, party, batch.widest(options), price, metres)


def _taken(session: Session, day: date) -> dict[int, list[tuple[int, Window]]]:
    """When clients already sit in our vehicles, with the promises that say so."""
    rows = session.exec(
        select(Ride.client_id, Promise.id, Promise.window_start, Promise.arrive_by)
        .join(Promise, col(Promise.id) == Ride.promise_id)
        .where(Ride.day == day, col(Ride.status).in_(LIVE))
    )
    found: dict[int, list[tuple[int, Window]]] = {}
    for client_id, promise_id, start, end in rows:
        found.setdefault(client_id, []).append((promise_id or 0, Window(start, end)))
    return found


def _denied(session: Session, now: datetime) -> dict[int, datetime]:
    """When each client was denied a ride last, single or standing; days answered together do not count among them."""
    single = select(Denial.client_id, func.max(Denial.at)).where(Denial.at < now).group_by(col(Denial.client_id))
    standing = (
        select(StandingOrder.client_id, func.max(StandingDate.answered_at))
        .join(StandingDate, col(StandingDate.standing_order_id) == StandingOrder.id)
        .where(StandingDate.state == DateState.DENIED, col(StandingDate.answered_at) < now)
        .group_by(col(StandingOrder.client_id))
    )
    found: dict[int, datetime] = {}
    for client_id, at in [*session.exec(single), *session.exec(standing)]:
        if at is not None:
            found[client_id] = max(at, found.get(client_id, at))
    return found


def _regular(session: Session, day: date) -> frozenset[str]:
    """The promises of standing rides that are still to be kept."""
    rows = (
        select(Ride.promise_id)
        .join(TripRequest, col(TripRequest.id) == Ride.request_id)
        .where(Ride.day == day, col(Ride.status).in_(LIVE), col(TripRequest.standing_order_id).is_not(None))
    )
    return frozenset(str(promise_id) for promise_id in session.exec(rows))


def _old(session: Session, row: StandingDate) -> tuple[tuple[int, int], ...]:
    """The rides that stand until this date is answered anew, each with its promise."""
    if row.request_id is None:
        return ()
    found = requests.of_request(session, session.get_one(TripRequest, row.request_id))
    return tuple((ride.id or 0, ride.promise_id) for ride in found if ride.status in LIVE)


def _promise(session: Session, book: DayBook, thought: Outcome, now: datetime) -> dict[str, Promise]:
    made: dict[str, Promise] = {}
    for trip, options in thought.placed:
        for leg, option in zip(trip.legs, options, strict=True):
            promise = promises.row(book, leg.party, option, now=now)
            promise.state = PromiseState.FIRM
            made[trip.key(leg)] = promise
    for promise in made.values():  # one by one: whom somebody must never meet is known by the order of promises
        session.add(promise)
        session.flush()
        record(session, "promise_made", subject=("promise", promise.id), by=SYSTEM, now=now, facts={"day": book.day})
    return made


def _book(
    session: Session, trip: Trip, options: Sequence[Option], made: dict[str, Promise], book: DayBook, now: datetime
) -> TripRequest:
    row = session.get_one(StandingDate, trip.date_id)
    standing = session.get_one(StandingOrder, row.standing_order_id)
    request = TripRequest(
        client_id=trip.order.client_id,
        requested_by=standing.asked_by,
        channel=standing.channel,
        key=f"standing:{row.id}:{now.timestamp():.0f}",
        standing_order_id=standing.id,
        created_at=now,
    )
    session.add(request)
    session.flush()
    for leg, option in zip(trip.legs, options, strict=True):
        priced = Priced(option, leg.price, leg.metres)
        promise = made[trip.key(leg)]
        ride = requests.add_ride(session, request, trip.order, leg.wish, promise, book.policy, priced, now)
        requests.remember_wish(session, ride, leg.wish, (priced,), priced, SYSTEM, now)
        postings.ride_confirmed(session, ride.id or 0, ride.day, ride.persons, by=SYSTEM, now=now)
        facts = {"day": ride.day, "leg": ride.leg.value}
        record(session, "ride_requested", subject=("ride", ride.id), by=SYSTEM, now=now, facts=facts)
        rides.confirm(session, ride, version=ride.version, by=SYSTEM, now=now)
    return request


def _answer(session: Session, date_id: int, state: DateState, word: str, request_id: int | None, now: datetime) -> None:
    """Answer a date that still waits for it; Conflict if somebody has given it up meanwhile."""
    answered: dict[str, object] = {"state": state, "reason": word, "answered_at": now}
    if request_id is not None:
        answered["request_id"] = request_id
    waits = update(StandingDate).where(col(StandingDate.id) == date_id, col(StandingDate.state) == DateState.ASKED)
    if session.exec(waits.values(**answered)).rowcount != 1:
        raise Conflict("plan.day_has_moved_on")


def _mark_answered(session: Session, day: date, now: datetime) -> None:
    """Orders that have their first answer."""
    here = select(StandingDate.standing_order_id).where(
        StandingDate.day == day, col(StandingDate.state).in_((DateState.PLACED, DateState.DENIED))
    )
    first = update(StandingOrder).where(
        col(StandingOrder.id).in_(here), col(StandingOrder.state) == StandingState.ASKED
    )
    session.exec(
        first.values(state=StandingState.ANSWERED, answered_at=now).execution_options(synchronize_session="fetch")
    )


def _renamed(plan: engine.Plan, names: dict[str, str]) -> engine.Plan:
    """The plan with promises in place of the legs they were made for."""
    return engine.Plan(
        tuple(
            replace(
                run,
                stops=tuple(
                    replace(stop, request=None if stop.request is None else names.get(stop.request, stop.request))
                    for stop in run.stops
                ),
            )
            for run in plan.runs
        )
    )
