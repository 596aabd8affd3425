"""New travel times: the open days are judged again; what they can no longer prove is marked at risk."""

from datetime import date, datetime

from sqlmodel import Session, col, select

from transport.kernel.actor import SYSTEM
from transport.kernel.clock import local_day
from transport.kernel.events import record
from transport.kernel.policy import Policies
from transport.routing import engine
from transport.routing.geo.models import TravelVersion
from transport.routing.planning import day as days
from transport.routing.planning import runs
from transport.routing.planning.day import DayBook, Travel
from transport.routing.planning.models import DayState, Promise, ServiceDay

REPAIR_SECONDS = 5.0


def open_days(session: Session, now: datetime) -> list[date]:
    """Days from today on that still take promises, in date order."""
    coming = select(ServiceDay.day).where(ServiceDay.state == DayState.OPEN, ServiceDay.day >= local_day(now))
    return list(session.exec(coming.order_by(col(ServiceDay.day))))


def judge_again(session: Session, day: date, version: TravelVersion, *, policies: Policies, travel: Travel, now: datetime) -> int:
    """Look at one day with new travel times; says how many promises are at risk.

    If the plan, timed anew or mended by a short search, still keeps every promise, the day is pinned to the new
    version. If not, it stays on the version under which its promises were proven, and every promise on a run
    that would not hold is marked for the dispatcher, who can act before the street does.
    """
    row = days.lock(session, day)
    if row.travel_version_id == version.id:
        return 0
    book = days.load(session, day, policy=policies.on(day), travel=travel, now=now, version=version)
    plan = _mended(book)
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
    record(session, "day_judged_again", subject=("service_day", day.isoformat()), by=SYSTEM, now=now, facts=facts)
    return len(endangered)


def _mended(book: DayBook) -> engine.Plan | None:
    plan = engine.retime(book.problem, book.plan)
    if plan is not None and not engine.judge(book.problem, plan):
        return plan
    plan = engine.solve(book.problem, seconds=REPAIR_SECONDS)
    return None if plan.unserved or engine.judge(book.problem, plan) else plan


def _endangered(book: DayBook) -> set[int]:
    """Promises on runs that cannot be driven as planned under the new times."""
    found: set[int] = set()
    for run in book.plan.runs:
        alone = engine.Plan(runs=(run,), unserved=())
        if engine.retime(book.problem, alone) is None:
            found |= {int(stop.request) for stop in run.stops if stop.request is not None}
    return found
