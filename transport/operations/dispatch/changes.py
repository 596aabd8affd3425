"""What has changed on a day since somebody looked, and who changed it: for pages that stay open all day."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, func, select

from transport.accounts import users
from transport.kernel.actor import Role
from transport.kernel.events import Event
from transport.operations.dispatch.lines import Lines
from transport.routing.planning.models import ServiceDay

STAFF = frozenset(role.value for role in (Role.OPERATOR, Role.DISPATCHER, Role.ADMIN))
"""Whose changes are marked by name: colleagues, never clients."""
MOST = 500
"""So many events at most are asked who made them."""


@dataclass(frozen=True, slots=True)
class Mark:
    """How far somebody has looked: the newest event of the house and the version of the day."""

    event: int
    version: int

    def __str__(self) -> str:
        return f"{self.event}.{self.version}"


@dataclass(frozen=True, slots=True)
class Change:
    """Who changed something of a ride last, and when; without a colleague's hand there is no change to mark."""

    user: int
    name: str
    at: datetime


def mark(session: Session, day: date) -> Mark:
    """The present mark of a day; cheap enough to be asked every second."""
    newest = session.exec(select(func.max(Event.id))).one()
    version = session.exec(select(ServiceDay.version).where(ServiceDay.day == day)).first()
    return Mark(newest or 0, version or 0)


def since(session: Session, day: date, event: int, lines: Lines) -> dict[str, Change]:
    """By number of the ride: which colleague changed it after this event.

    A change of the whole day (a plan put in force) counts for every ride that nobody else touched: key "".
    """
    newer = select(Event).where(col(Event.id) > event).order_by(col(Event.id).desc()).limit(MOST)
    events = [(each, number) for each in session.exec(newer) if (number := _colleague(each)) is not None]
    names = users.names(session, {number for _, number in events})
    codes = {f"ride {line.ride_id}": line.code for line in lines.lines}
    codes |= {f"promise {line.promise_id}": line.code for line in lines.lines}
    codes[f"service_day {day.isoformat()}"] = ""
    found: dict[str, Change] = {}
    for each, number in reversed(events):
        for code in {codes[subject] for subject in _subjects(each) if subject in codes}:
            found[code] = Change(number, names.get(number, ""), each.occurred_at)
    return found


def _subjects(event: Event) -> Iterator[str]:
    """What an event is about: its subject, and the ride or promise its facts name."""
    yield f"{event.subject_type} {event.subject_id}"
    facts = json.loads(event.facts)
    yield from (f"{name} {facts[name]}" for name in ("ride", "promise") if isinstance(facts.get(name), int))


def _colleague(event: Event) -> int | None:
    role, _, number = event.actor.partition(":")
    return int(number) if role in STAFF and number.isdecimal() else None
