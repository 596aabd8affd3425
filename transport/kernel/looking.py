"""What those who look after the house may read: the trail of events, reactions that failed, jobs of a day."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col, select

from transport.kernel.claims import JobRun
from transport.kernel.clock import day_start
from transport.kernel.events import Event, EventFailure, EventHandled

__all__ = ["Asked", "Event", "EventFailure", "JobRun", "failed", "found", "jobs_of", "kinds", "last"]

Subjects = Mapping[str, frozenset[str]]
"""Ids by the kind of thing they name."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to the trail; what is empty does not matter. `since` and `until` are local days, both included.

    `actor`: a role, or a role with a number, or only `:12`. `subjects`: any of these things; `for_whom`: the client
    on whose behalf something was done counts as its subject.
    """

    kind: str = ""
    actor: str = ""
    since: date | None = None
    until: date | None = None
    subjects: Subjects = field(default_factory=dict)
    for_whom: int | None = None


def found(session: Session, asked: Asked, *, before: int | None = None, limit: int = 50) -> list[Event]:
    """The events that fit, the latest first; `before` goes on where a page ended, by the id of its last event."""
    statement = select(Event).where(*_wanted(asked)).order_by(col(Event.id).desc()).limit(limit)
    if before is not None:
        statement = statement.where(col(Event.id) < before)
    return list(session.exec(statement))


def last(session: Session, asked: Asked) -> Event | None:
    """The latest event that fits."""
    return next(iter(found(session, asked, limit=1)), None)


def kinds(session: Session) -> list[str]:
    """All kinds of events that were ever recorded, in alphabetical order."""
    return list(session.exec(select(Event.kind).distinct().order_by(Event.kind)))


def failed(session: Session, limit: int = 50) -> list[tuple[EventFailure, Event]]:
    """Reactions that failed and have not been carried out since, with their events; the latest first."""
    done = select(EventHandled.event_id).where(
        EventHandled.event_id == EventFailure.event_id, EventHandled.reaction == EventFailure.reaction
    )
    statement = select(EventFailure, Event).join(Event, col(Event.id) == EventFailure.event_id).where(~done.exists())
    return list(session.exec(statement.order_by(col(EventFailure.at).desc()).limit(limit)))


def jobs_of(session: Session, day: date) -> list[JobRun]:
    """What was taken of the work that happens once a day, in the order it was taken."""
    runs = select(JobRun).where(JobRun.slot == day.isoformat()).order_by(col(JobRun.taken_at), col(JobRun.job))
    return list(session.exec(runs))


def _wanted(asked: Asked) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if asked.kind:
        wanted.append(col(Event.kind) == asked.kind)
    if asked.actor.startswith(":"):
        wanted.append(col(Event.actor).endswith(asked.actor, autoescape=True))
    elif asked.actor:
        of_one = col(Event.actor).startswith(f"{asked.actor}:", autoescape=True)
        wanted.append(or_(col(Event.actor) == asked.actor, of_one))
    if asked.since is not None:
        wanted.append(col(Event.occurred_at) >= day_start(asked.since))
    if asked.until is not None:
        wanted.append(col(Event.occurred_at) < day_start(asked.until + timedelta(days=1)))
    about: list[ColumnElement[bool]] = [
        (col(Event.subject_type) == kind) & col(Event.subject_id).in_(ids) for kind, ids in asked.subjects.items()
    ]
    if asked.for_whom is not None:
        about.append(col(Event.on_behalf_of) == asked.for_whom)
    return [*wanted, or_(*about)] if about else wanted
