"""What people are told, in one line."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from tests.builders.town import Town
from transport.accounts.contacts import Way
from transport.api.render import CATALOGUES
from transport.booking.rides.models import Ride
from transport.kernel.events import Event
from transport.operations.messages import following, outbox
from transport.operations.messages.models import Message, MessageKind, MessageState
from transport.operations.messages.writing import Voice


def a_voice(town: Town) -> Voice:
    return Voice(CATALOGUES, town.world.policies, "https://doprava.example.org/{lang}/prihlaseni")


def told(session: Session, town: Town, now: datetime, *kinds: str) -> list[Message]:
    """Tell everything that has happened and was not told yet (only events of these kinds, if some are named)."""
    known = {message.key.split(":")[1] for message in session.exec(select(Message)) if ":" in message.key}
    wanted = select(Event).where(col(Event.kind).in_(kinds or following.FOLLOWS)).order_by(col(Event.id))
    made: list[Message] = []
    for event in session.exec(wanted).all():
        if str(event.id) not in known:
            made += outbox.tell(session, event.id or 0, voice=a_voice(town), now=now)
    return made


def kinds(messages: list[Message]) -> list[MessageKind]:
    return [message.kind for message in messages]


def sent(session: Session, now: datetime) -> list[Message]:
    """Hand on all that is due, in order."""
    found = []
    while (message := outbox.take(session, now)) is not None:
        outbox.handed_on(session, message.id or 0, now=now)
        found.append(message)
    return found


def some_messages(session: Session, ride: Ride, text: str = "Jízda je potvrzená", *, now: datetime) -> None:
    """About a ride of a client: one that was sent, one that failed, and a letter that waits."""
    about: dict[str, Any] = {"client_id": ride.client_id, "language": "cs", "queued_at": now, "not_before": now}
    by_text: dict[str, Any] = {
        **about,
        "ride_id": ride.id,
        "way": Way.SMS,
        "to": "+420700000001",
        "text": text,
        "ended_at": now,
    }
    letter = {"way": Way.LETTER, "to": "Slovanská 1, Plzeň", "subject": "Pravidelná jízda končí"}
    rows: list[dict[str, Any]] = [
        {**by_text, "kind": MessageKind.RIDE_CONFIRMED, "state": MessageState.SENT},
        {**about, **letter, "kind": MessageKind.STANDING_ENDS, "text": "Jede naposledy."},
        {**by_text, "kind": MessageKind.RIDE_CHANGED, "state": MessageState.FAILED, "trouble": "too_late"},
    ]
    for number, row in enumerate(rows):
        session.add(Message(key=f"{ride.id}:{number}", **row))
        session.flush()
