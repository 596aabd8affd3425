"""What happened to a ride, as its own people may read it."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from transport.kernel.actor import Actor
from transport.kernel.events import Event

TOLD = frozenset(
    {
        "ride_requested",
        "ride_confirmed",
        "ride_declined",
        "ride_cancelled",
        "ride_offered",
        "offer_accepted",
        "offer_refused",
        "offer_lapsed",
        "ride_started",
        "ride_completed",
        "ride_no_show",
        "ride_missed",
    }
)
"""Events that mean something to the client; each has its words in the template."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One event: when, what, and who it was (`you` or a role)."""

    at: datetime
    kind: str
    by: str


def of_ride(session: Session, ride_id: int, *, reader: Actor) -> list[Happening]:
    """From the order to the end, oldest first."""
    statement = (
        select(Event)
        .where(Event.subject_type == "ride", Event.subject_id == str(ride_id), col(Event.kind).in_(TOLD))
        .order_by(col(Event.occurred_at), col(Event.id))
    )
    return [
        Happening(event.occurred_at, event.kind, "you" if event.actor == reader.label else event.actor.split(":")[0])
        for event in session.exec(statement)
    ]
