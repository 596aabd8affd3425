"""Promises: held under the day lock after the judge agreed, made firm, withdrawn, kept."""

from datetime import date, datetime

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from transport.kernel.actor import SYSTEM, Actor
from transport.kernel.errors import Conflict, Exhausted
from transport.kernel.events import record
from transport.routing import engine
from transport.routing.planning import day as days
from transport.routing.planning import offers, publishing, runs, wishes
from transport.routing.planning.day import DayBook, World
from transport.routing.planning.models import Promise, PromiseKind, PromiseState, Stop


def hold(
    session: Session,
    day_book: DayBook,
    party: wishes.Party,
    option: wishes.Option,
    *,
    until: datetime,
    by: Actor,
    now: datetime,
    supersedes: int | None = None,
    kind: PromiseKind = PromiseKind.FIXED,
    insertion: engine.Insertion | None = None,
) -> Promise:
    """Keep a place for a client who is deciding: the day's plan with it stands before anybody hears of it.

    The day must be locked and `day_book` loaded after that; `insertion` is a place found in it, else the cheapest is
    taken. Raises Exhausted("promise.no_room") if the place was taken meanwhile. Load the book again before holding
    another promise on the same day.
    """
    asked = offers.request(day_book, party, option, "new")
    if insertion is None:
        insertion = next(iter(engine.Inserter(day_book.problem, day_book.plan).insert(asked)), None)
    if insertion is None:
        raise Exhausted("promise.no_room", day=day_book.day)
    promise = row(day_book, party, option, now=now)
    promise.kind, promise.held_until, promise.supersedes = kind, until, supersedes
    session.add(promise)
    session.flush()
    asked = offers.request(day_book, party, option, str(promise.id))
    problem, plan = engine.place(day_book.problem, day_book.plan, asked, insertion)
    runs.save(session, day_book, problem, plan)
    record(session, "promise_held", subject=("promise", promise.id), by=by, now=now, facts={"day": day_book.day})
    return promise


def row(day_book: DayBook, party: wishes.Party, option: wishes.Option, *, now: datetime) -> Promise:
    """The promise of an option as a row, held and not yet saved."""
    return Promise(
        day=day_book.day,
        pickup_place_id=party.pickup_place,
        dropoff_place_id=party.dropoff_place,
        window_start=option.window.start,
        window_end=option.window.end,
        arrive_by=option.arrive_by,
        max_ride=option.max_ride,
        pickup_service=party.pickup_service,
        dropoff_service=party.dropoff_service,
        seats=party.load.seats,
        wheelchairs=party.load.wheelchairs,
        chair_mass=party.chair_mass,
        features=" ".join(sorted(party.features)),
        solo=party.solo,
        apart=" ".join(str(each) for each in sorted(party.apart)),
        not_drivers=" ".join(str(each) for each in sorted(party.not_drivers)),
        prefers_driver=party.prefers_driver,
        arrive_from=party.arrive_from,
        made_at=now,
    )


def make_firm(session: Session, promise: Promise, *, by: Actor, now: datetime) -> None:
    """The client has booked: from now on the promise binds us. The day must be locked.

    Raises Conflict("promise.not_held") if the hold has lapsed; its place may be somebody else's by now.
    """
    if promise.state is not PromiseState.HELD or promise.held_until is None or promise.held_until < now:
        raise Conflict("promise.not_held", promise=promise.id)
    promise.state = PromiseState.FIRM
    promise.held_until = None
    session.add(promise)
    session.flush()
    record(session, "promise_made", subject=("promise", promise.id), by=by, now=now, facts={"day": promise.day})
    publishing.again(session, promise.day, by=by, now=now, reason="promise_made")


def prolong(session: Session, promise: Promise, *, until: datetime, by: Actor, now: datetime) -> None:
    """Keep a held place longer, as somebody else has to agree to it first. The day must be locked.

    Raises Conflict("promise.not_held") if the hold has lapsed.
    """
    if promise.state is not PromiseState.HELD or promise.held_until is None or promise.held_until < now:
        raise Conflict("promise.not_held", promise=promise.id)
    promise.held_until = until
    session.add(promise)
    session.flush()
    record(session, "promise_prolonged", subject=("promise", promise.id), by=by, now=now)


def withdraw(session: Session, promise: Promise, *, reason: str, world: World, by: Actor, now: datetime) -> None:
    """Take a promise out of the plan: its stops are gone, all other promises stand. The day must be locked."""
    if promise.state not in (PromiseState.HELD, PromiseState.FIRM, PromiseState.HANDED_ON):
        raise Conflict("promise.not_live", promise=promise.id)
    was_firm = promise.state is PromiseState.FIRM
    take_out(session, [promise], world=world, now=now)
    _end(session, promise, PromiseState.WITHDRAWN, reason, now)
    record(session, "promise_withdrawn", subject=("promise", promise.id), by=by, now=now, facts={"reason": reason})
    publish = publishing.again if was_firm else publishing.follow
    publish(session, promise.day, by=by, now=now, reason="promise_withdrawn")


def any_over(session: Session, day: date, now: datetime) -> bool:
    """Whether a hold of the day has outlived its time: only then is the day worth locking."""
    return session.exec(_over(day, now)).first() is not None


def lapse(session: Session, day: date, *, world: World, now: datetime) -> int:
    """Withdraw the holds of a (locked) day whose time is over; says how many."""
    over = list(session.exec(_over(day, now)))
    if over:
        take_out(session, over, world=world, now=now)
    for promise in over:
        _end(session, promise, PromiseState.WITHDRAWN, "lapsed", now)
        record(session, "promise_lapsed", subject=("promise", promise.id), by=SYSTEM, now=now)
    if over:
        publishing.follow(session, day, by=SYSTEM, now=now, reason="promise_lapsed")
    return len(over)


def keep(session: Session, promise: Promise, *, now: datetime) -> None:
    """The client got off: the promise is over and stays in the book of the day. Its stops stand as history."""
    _end(session, promise, PromiseState.KEPT, "", now)


def keep_on(session: Session, promise: Promise) -> None:
    """The promise was not kept yet after all: it binds us again, with the stops it has."""
    promise.state, promise.ended_at = PromiseState.FIRM, None
    session.add(promise)
    session.flush()


def breach(session: Session, promise: Promise, *, reason: str, world: World, by: Actor, now: datetime) -> None:
    """We were not there: the promise is broken, and says so. The day must be locked."""
    take_out(session, [promise], world=world, now=now)
    _end(session, promise, PromiseState.BROKEN, reason, now)
    record(session, "promise_broken", subject=("promise", promise.id), by=by, now=now, facts={"reason": reason})
    publishing.again(session, promise.day, by=by, now=now, reason="promise_broken")


def hand_on(session: Session, promise: Promise, *, by: Actor, now: datetime) -> None:
    """Somebody else keeps a firm promise for us: it stays what it was, and needs no stops of ours any more.

    Whoever calls it takes its stops out of the plan. Raises Conflict("promise.not_live").
    """
    if promise.state is not PromiseState.FIRM:
        raise Conflict("promise.not_live", promise=promise.id)
    promise.state, promise.pinned = PromiseState.HANDED_ON, False
    session.add(promise)
    session.flush()
    record(session, "promise_handed_on", subject=("promise", promise.id), by=by, now=now, facts={"day": promise.day})


def take_back(session: Session, promise: Promise, *, world: World, by: Actor, now: datetime) -> None:
    """A promise that was handed on is kept by a vehicle of ours after all. The day must be locked.

    Raises Conflict("promise.not_live"), Exhausted("promise.no_room") if none can keep it.
    """
    if promise.state is not PromiseState.HANDED_ON:
        raise Conflict("promise.not_live", promise=promise.id)
    promise.state = PromiseState.FIRM
    session.add(promise)
    session.flush()
    book = days.load(session, promise.day, world=world, now=now)
    asked = next(each for each in book.problem.requests if each.id == str(promise.id))
    without, plan = runs.without(book, {asked.id})
    insertion = next(iter(engine.Inserter(without, plan).insert(asked)), None)
    if insertion is None:
        raise Exhausted("promise.no_room", day=promise.day)
    runs.save(session, book, *engine.place(without, plan, asked, insertion))
    record(session, "promise_taken_back", subject=("promise", promise.id), by=by, now=now, facts={"day": promise.day})
    publishing.again(session, promise.day, by=by, now=now, reason="promise_taken_back")


def take_out(session: Session, gone: list[Promise], *, world: World, now: datetime) -> None:
    """Remove the stops of promises from the live plan; what remains is timed anew and judged."""
    book = days.load(session, gone[0].day, world=world, now=now)
    problem, plan = runs.without(book, {str(promise.id) for promise in gone})
    runs.save(session, book, problem, plan)


def stops(session: Session, promise_id: int) -> list[Stop]:
    """The promise's live stops, pickup first; empty once it is over or withdrawn."""
    return list(session.exec(select(Stop).where(Stop.promise_id == promise_id).order_by(col(Stop.seq))))


def _over(day: date, now: datetime) -> SelectOfScalar[Promise]:
    return select(Promise).where(Promise.day == day, Promise.state == PromiseState.HELD, col(Promise.held_until) < now)


def _end(session: Session, promise: Promise, state: PromiseState, reason: str, now: datetime) -> None:
    promise.state = state
    promise.ended_at = now
    promise.end_reason = reason
    promise.held_until = None
    session.add(promise)
    session.flush()
