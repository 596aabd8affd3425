"""What people say of the points of a day that the house works out itself: I take care of it, it is dealt with."""

from datetime import date, datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from transport.kernel.actor import STAFF, Actor
from transport.kernel.errors import Conflict, Forbidden
from transport.kernel.events import record
from transport.operations.dispatch.models import DayMark


def of_day(session: Session, day: date) -> dict[str, DayMark]:
    """All marks of a day by the keys of their points."""
    return {mark.key: mark for mark in session.exec(select(DayMark).where(DayMark.day == day))}


def take(session: Session, day: date, key: str, *, by: Actor, now: datetime) -> DayMark:
    """Somebody takes care of a point. Raises Conflict("mark.taken") with the name of whoever was quicker."""
    mark = _locked(session, day, key, by)
    if mark.taken_by not in (None, by.user):
        raise Conflict("mark.taken")
    if mark.taken_by is None:
        mark.taken_by, mark.taken_at = by.user, now
        _keep(session, mark, "mark_taken", by, now)
    return mark


def finish(session: Session, day: date, key: str, *, by: Actor, now: datetime) -> DayMark:
    """The point is dealt with; saying it twice is saying it once."""
    mark = _locked(session, day, key, by)
    if mark.done_at is None:
        mark.done_by, mark.done_at = by.user, now
        _keep(session, mark, "mark_done", by, now)
    return mark


def reopen(session: Session, day: date, key: str, *, by: Actor, now: datetime) -> DayMark:
    """It is not dealt with after all, and nobody has it."""
    mark = _locked(session, day, key, by)
    if mark.taken_by is not None or mark.done_at is not None:
        mark.taken_by = mark.taken_at = mark.done_by = mark.done_at = None
        _keep(session, mark, "mark_reopened", by, now)
    return mark


def _locked(session: Session, day: date, key: str, by: Actor) -> DayMark:
    if by.role not in STAFF:
        raise Forbidden("role.missing")
    mine = select(DayMark).where(DayMark.day == day, DayMark.key == key).with_for_update()
    mark = session.exec(mine).first()
    if mark is None:
        try:
            with session.begin_nested():
                mark = DayMark(day=day, key=key)
                session.add(mark)
        except IntegrityError:  # somebody said something of the same point at the same moment
            mark = session.exec(mine).one()
    return mark


def _keep(session: Session, mark: DayMark, kind: str, by: Actor, now: datetime) -> None:
    session.add(mark)
    session.flush()
    record(session, kind, subject=("service_day", mark.day.isoformat()), by=by, now=now, facts={"key": mark.key})
