"""A new rule of incompatibility reaches the rides promised before it: same promises, another plan."""

from datetime import date, datetime

from sqlmodel import Session, col, select

from transport.booking.clients import incompatible
from transport.booking.clients.models import Incompatibility
from transport.booking.contracts import capacity
from transport.booking.rides.lifecycle import LIVE
from transport.booking.rides.models import Ride
from transport.kernel.actor import STAFF, Actor
from transport.kernel.clock import local_day
from transport.kernel.errors import Forbidden
from transport.routing import engine
from transport.routing.planning import day as days
from transport.routing.planning import publishing, runs
from transport.routing.planning.day import DayBook, World
from transport.routing.planning.models import Promise

ITERATIONS = 2000
"""How long a day is thought about when moving single rides does not part them."""


def part(session: Session, entry: Incompatibility, *, world: World, by: Actor, now: datetime) -> list[Ride]:
    """Keep the two apart on rides promised already, without changing any promise.

    Returns the rides of the days on which that is impossible: there the plan stays as it was, and the dispatcher
    offers somebody another time. Days are locked in date order.
    """
    if by.role not in STAFF:
        raise Forbidden("role.missing")
    people = {entry.client_id, entry.other_client_id} - {None}
    mine = select(Ride).where(col(Ride.client_id).in_(people), col(Ride.status).in_(LIVE), Ride.day >= local_day(now))
    by_day: dict[date, list[Ride]] = {}
    for ride in session.exec(mine.order_by(col(Ride.day), col(Ride.id))):
        by_day.setdefault(ride.day, []).append(ride)
    for day in by_day:
        days.lock(session, day)
    left = []
    for day, rides in by_day.items():
        if not _part_day(session, day, rides, world, by, now):
            left += rides
    return left


def _part_day(session: Session, day: date, rides: list[Ride], world: World, by: Actor, now: datetime) -> bool:
    promises = [session.get_one(Promise, ride.promise_id, populate_existing=True) for ride in rides]
    before = [(promise.apart, promise.not_drivers) for promise in promises]
    for ride, promise in zip(rides, promises, strict=True):
        promise.apart = " ".join(map(str, sorted(incompatible.apart(session, ride.client_id))))
        promise.not_drivers = " ".join(map(str, sorted(incompatible.not_drivers(session, ride.client_id))))
        session.add(promise)
    session.flush()
    book = days.load(session, day, world=world, now=now)
    found = _plan(book, [str(promise.id) for promise in promises])
    if found is None:
        for promise, (apart, not_drivers) in zip(promises, before, strict=True):
            promise.apart, promise.not_drivers = apart, not_drivers
            session.add(promise)
        session.flush()
        return False
    if found is not book.plan:
        runs.save(session, book, book.problem, found)
        publishing.again(session, day, by=by, now=now, reason="kept_apart")
        capacity.settle(session, day, by=by, now=now)
    return True


def _plan(book: DayBook, concerned: list[str]) -> engine.Plan | None:
    """A plan in which nobody meets whom they must not: the same one, one with few rides moved, or a new one."""
    if not engine.judge(book.problem, book.plan):
        return book.plan
    problem, plan = runs.without(book, set(concerned))
    for request in book.problem.requests:
        if request.id in concerned:
            places = engine.Inserter(problem, plan).insert(request)
            if not places:
                break
            problem, plan = engine.place(problem, plan, request, places[0])
    else:
        if not engine.judge(book.problem, plan):
            return plan
    anew = engine.solve(book.problem, iterations=ITERATIONS)
    return anew if not anew.unserved and not engine.judge(book.problem, anew) else None
