"""Versions of a day's plan as the drivers see it: numbered, never changed, always a copy of a judged live plan.

A place that is only held for somebody who is still deciding is nobody's stop yet and is not shown to a driver.
"""

from datetime import date, datetime

from sqlalchemy import func, or_
from sqlmodel import Session, col, select

from transport.kernel.actor import Actor
from transport.kernel.events import record
from transport.routing.planning.models import Promise, PromiseState, PublishedPlan, PublishedStop, Run, ServiceDay, Stop


def publish(session: Session, day: ServiceDay, *, by: Actor, now: datetime, reason: str = "published") -> PublishedPlan:
    """Snapshot the live plan as the next version. The day must be locked; the live plan was judged when written."""
    day.published += 1
    session.add(day)
    plan = PublishedPlan(
        day=day.day,
        version=day.published,
        published_at=now,
        actor=by.label,
        reason=reason,
        metres=planned_metres(session, day.day),
    )
    session.add(plan)
    session.flush()
    for stop, shift_id in _booked(session, day.day):
        session.add(
            PublishedStop(
                plan_id=plan.id or 0,
                shift_id=shift_id,
                seq=stop.seq,
                kind=stop.kind,
                promise_id=stop.promise_id,
                place_id=stop.place_id,
                arrival=stop.arrival,
                start=stop.start,
                departure=stop.departure,
            )
        )
    session.flush()
    facts = {"version": plan.version, "reason": reason}
    record(session, "plan_published", subject=("service_day", day.day.isoformat()), by=by, now=now, facts=facts)
    return plan


def again(session: Session, day: date, *, by: Actor, now: datetime, reason: str) -> PublishedPlan | None:
    """After a change: the next version, if the day has been published at all; drivers never see a stale plan."""
    row = session.get_one(ServiceDay, day)
    if row.published == 0:
        return None
    return publish(session, row, by=by, now=now, reason=reason)


def follow(session: Session, day: date, *, by: Actor, now: datetime, reason: str) -> PublishedPlan | None:
    """After held places were given back: the next version, if what the drivers see is not what is planned any more."""
    plan = latest(session, day)
    if plan is None:
        return None
    seen = session.exec(select(PublishedStop).where(PublishedStop.plan_id == plan.id))
    shown = {_content(stop, stop.shift_id) for stop in seen}
    live = {_content(stop, shift_id) for stop, shift_id in _booked(session, day)}
    return again(session, day, by=by, now=now, reason=reason) if shown != live else None


def latest(session: Session, day: date) -> PublishedPlan | None:
    """The version in force, None if the day has not been published."""
    of_day = select(PublishedPlan).where(PublishedPlan.day == day).order_by(col(PublishedPlan.version).desc())
    return session.exec(of_day).first()


def planned_metres(session: Session, day: date) -> int:
    """Metres of all live runs of the day."""
    return session.exec(select(func.coalesce(func.sum(Run.metres), 0)).where(Run.day == day)).one()


def _booked(session: Session, day: date) -> list[tuple[Stop, int]]:
    """Stops of the live plan with their shifts, without those of held promises."""
    live = (
        select(Stop, Run.shift_id)
        .join(Run, col(Run.id) == Stop.run_id)
        .join(Promise, col(Promise.id) == Stop.promise_id, isouter=True)
        .where(Run.day == day)
        .where(or_(col(Promise.id).is_(None), col(Promise.state) != PromiseState.HELD))
    )
    return [(stop, shift_id) for stop, shift_id in session.exec(live)]


def _content(stop: Stop | PublishedStop, shift_id: int) -> tuple[int | str | None, ...]:
    times = (stop.arrival, stop.start, stop.departure)
    return (shift_id, stop.kind.value, stop.promise_id, stop.place_id, *times)
