"""What happened to a ride, as its own people may read it: what, when, by whom and for whom."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlmodel import Session, col, select

from transport.accounts import users
from transport.kernel.actor import Actor, Role
from transport.kernel.events import Event

TOLD = frozenset(
    {
        "ride_requested",
        "ride_confirmed",
        "ride_declined",
        "ride_cancelled",
        "ride_changed",
        "ride_offered",
        "offer_accepted",
        "offer_refused",
        "offer_lapsed",
        "consent_recorded",
        "return_called",
        "return_promised_anew",
        "ride_started",
        "ride_completed",
        "ride_no_show",
        "absence_objected",
        "absence_decided",
        "ride_missed",
        "ride_link_made",
        "ride_link_revoked",
        "ride_link_used",
    }
)
"""Events that mean something to the client; each has its words in the template."""

TOLD_OF_STANDING = frozenset(
    {
        "standing_order_asked",
        "standing_order_changed",
        "standing_date_changed",
        "standing_date_skipped",
        "standing_order_paused",
        "standing_order_ended",
    }
)
DAYS = ("day", "first", "last")
"""Facts of events that are days."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One event: when, what, who it was (`you` or a role), the name of a representative, and for whom."""

    at: datetime
    kind: str
    by: str
    name: str
    on_behalf: bool
    days: Mapping[str, date] = field(default_factory=dict)
    """The days it is about, where there are any."""


def of_ride(session: Session, ride_ids: Sequence[int], *, reader: Actor) -> list[Happening]:
    """From the order to the end, oldest first, with the rides that this one replaced."""
    return _happened(session, "ride", ride_ids, TOLD, reader)


def of_standing(session: Session, order_ids: Sequence[int], *, reader: Actor) -> list[Happening]:
    """All that was asked and changed of a standing order, and of those it continues, oldest first."""
    return _happened(session, "standing_order", order_ids, TOLD_OF_STANDING, reader)


def _happened(
    session: Session, subject: str, ids: Sequence[int], kinds: frozenset[str], reader: Actor
) -> list[Happening]:
    statement = (
        select(Event)
        .where(Event.subject_type == subject, col(Event.subject_id).in_([str(each) for each in ids]))
        .where(col(Event.kind).in_(kinds))
        .order_by(col(Event.occurred_at), col(Event.id))
    )
    events = session.exec(statement).all()
    names = users.names(session, {number for event in events if (number := _representative(event)) is not None})
    return [
        Happening(
            at=event.occurred_at,
            kind=event.kind,
            by="you" if event.actor == reader.label else event.actor.split(":")[0],
            name=names.get(_representative(event) or 0, ""),
            on_behalf=event.on_behalf_of is not None,
            days=_days(event),
        )
        for event in events
    ]


def _representative(event: Event) -> int | None:
    """The number of the representative who did it; None for everybody else."""
    role, _, number = event.actor.partition(":")
    return int(number) if role == Role.REPRESENTATIVE.value and number else None


def _days(event: Event) -> dict[str, date]:
    facts = json.loads(event.facts)
    return {name: date.fromisoformat(facts[name]) for name in DAYS if facts.get(name)}
