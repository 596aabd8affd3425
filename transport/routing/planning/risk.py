"""New travel times: the open days are judged again; what they can no longer prove is marked at risk."""

from datetime import date, datetime

from sqlmodel import Session, col, select

from transport.kernel.actor import SYSTEM
from transport.kernel.clock import local_day
from transport.kernel.errors import Conflict
from transport.kernel.events import record
from transport.routing import engine
from transport.routing.geo.models import TravelVersion
from transport.routing.planning import day as days
from transport.routing.planning import publishing, runs
from transport.routing.planning.day import DayBook
from transport.routing.planning.models import DayState, Promise, ServiceDay

REPAIR_SECONDS = 5.0


def open_days(session: Session, now: datetime) -> list[date]:
    """Days from today on that still take promises, in date order."""
    coming = select(col(ServiceDay.day)).where(ServiceDay.state == DayState.OPEN, ServiceDay.day >= local_day(now))
    return list(session.exec(coming.order_by(col(ServiceDay.day))))


def mend(book: DayBook) -> engine.Plan | None:
    """The day's plan under the travel times of the book: timed anew, or found by a short search; None if neither holds.

    Thinking of seconds: call it outside any transaction.
    """
    plan = engine.retime(book.problem, book.plan)
    if plan is not None and not engine.judge(book.problem, plan):
        return plan
    plan = engine.solve(book.problem, seconds=REPAIR_SECONDS)
    return None if plan.unserved or engine.judge(book.problem, plan) else plan


def settle(session: Session, book: DayBook, version: TravelVersion, plan: engine.Plan | None, *, now: datetime) -> int:
    """Decide what new travel times mean for a day; says how many promises are at risk.

    With a plan that holds, the day is pinned to the new version. Without one it stays on the version under which
    its promises were proven, and every promise on a run that would not hold is marked for the dispatcher, who
    can act before the street does. Raises Conflict("plan.day_has_moved_on") if the book is stale: think again.
    """
    row = days.lock(session, book.day)
    if row.version - 1 != book.version:
        raise Conflict("plan.day_has_moved_on", day=book.day)
    endangered = set() if plan is not None else _endangered(book)
    if plan is not None:
        runs.save(session, book, book.problem, plan)
        row.travel_version_id = version.id or 0
        session.add(row)
    for promise in session.exec(select(Promise).where(col(Promise.id).in_(book.promises))):
        promise.at_risk = promise.id in endangered
        session.add(promise)
    session.flush()
    facts = {"travel_version": version.id, "at_risk": sorted(endangered)}
    record(session, "day_judged_again", subject=("service_day", book.day.isoformat()), by=SYSTEM, now=now, facts=facts)
    publishing.follow(session, book.day, by=SYSTEM, now=now, reason="travel_times")
    return len(endangered)


def _endangered(book: DayBook) -> set[int]:
    """Promises on runs that cannot be driven as planned under the new times."""
    found: set[int] = set()
    for run in book.plan.runs:
        alone = engine.Plan(runs=(run,), unserved=())
        if engine.retime(book.problem, alone) is None:
            found |= {int(stop.request) for stop in run.stops if stop.request is not None}
    return found
