"""What the gateway says later of a message it has taken: brought to its receiver, or not to be brought.

Such reports come late, twice and in any order. A message only goes on: what has been delivered stays delivered.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import update
from sqlmodel import Session, col, select

from transport.booking.clients import calls
from transport.booking.clients.models import Client
from transport.kernel.actor import SYSTEM
from transport.kernel.errors import Invalid
from transport.kernel.events import record
from transport.operations.messages.models import Message, MessageState


class Delivery(StrEnum):
    """What a gateway can say of a message."""

    DELIVERED = "delivered"
    FAILED = "failed"
    EXPIRED = "expired"


TO_A_PERSON = "0"
"""The key that whoever hears a message presses to talk to one of us."""

BEFORE = {
    MessageState.DELIVERED: (MessageState.QUEUED, MessageState.SENT, MessageState.FAILED),
    MessageState.FAILED: (MessageState.QUEUED, MessageState.SENT),
}
"""From which states a message goes on to this one."""


def report(
    session: Session, *, key: str, state: str, reason: str = "", at: datetime, now: datetime
) -> MessageState | None:
    """Note what the gateway says of the message with this key; the state it has now, None for none of ours.

    One that cannot be delivered is `message_failed`, once: then a person calls. Raises Invalid("sms.no_such_state").
    """
    if state not in set(Delivery):
        raise Invalid("sms.no_such_state")
    message = session.exec(select(Message).where(Message.key == key)).first() if key else None
    if message is None:
        return None
    end = MessageState.DELIVERED if state == Delivery.DELIVERED else MessageState.FAILED
    changed = (
        update(Message)
        .where(col(Message.id) == message.id, col(Message.state).in_(BEFORE[end]))
        .values(state=end, reported_at=min(at, now), ended_at=now, trouble=reason[:60])
        .execution_options(synchronize_session=False)
    )
    moved = session.connection().execute(changed).rowcount == 1
    session.refresh(message)
    if moved and end is MessageState.FAILED:
        facts = {"message": message.id, "kind": message.kind.value, "ride": message.ride_id}
        subject = ("message", message.id) if message.client_id is None else ("client", message.client_id)
        record(session, "message_failed", subject=subject, by=SYSTEM, now=now, facts=facts)
    return message.state


def pressed(session: Session, *, key: str, pressed: str, now: datetime) -> bool:
    """Somebody who heard the message pressed a key; says whether the message is ours.

    Whoever presses 0 is called, once for this message. Other keys are the gateway's own (1 reads it again).
    """
    message = session.exec(select(Message).where(Message.key == key)).first() if key else None
    if message is None:
        return False
    report(session, key=key, state=Delivery.DELIVERED, at=now, now=now)
    if pressed == TO_A_PERSON:
        client = None if message.client_id is None else session.get_one(Client, message.client_id)
        calls.ask(
            session,
            reason=calls.CallReason.RIDE,
            due_at=now,
            by=SYSTEM,
            now=now,
            client=client,
            phone=message.to,
            note=message.text[: calls.LONGEST_NOTE],
            language=message.language,
            source=f"voice:{message.id}",
        )
    return True
