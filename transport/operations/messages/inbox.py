"""Text messages that people send us: each is kept once, whatever is in it, and waits until somebody deals with it."""

import hashlib
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select

from transport.accounts import contacts, users
from transport.kernel.actor import SYSTEM, Actor
from transport.kernel.errors import Conflict, Invalid, NotFound
from transport.kernel.events import record
from transport.operations.messages.models import InboundMessage, Message, MessageKind, TextReply

__all__ = ["InboundMessage"]

LONGEST_REPLY = 600
"""Characters: four text messages."""
LONGEST_ID, LONGEST_SENDER = 120, 40


@dataclass(frozen=True, slots=True)
class Line:
    """One message of a thread, from them or from us; `who` of us wrote it, nobody if it was an answer by itself.

    `keyword` and `outcome`: what was understood of theirs and what came of it. `state`: how far an answer has got.
    """

    at: datetime
    text: str
    ours: bool
    who: str = ""
    id: int | None = None
    handled: bool = True
    keyword: str = ""
    outcome: str = ""
    state: str = ""


def receive(
    session: Session, *, gateway_id: str, sender: str, text: str, received_at: datetime, now: datetime
) -> InboundMessage:
    """Keep a message; the same `gateway_id` a second time finds the first. Whatever is written is kept.

    Raises Invalid("sms.incomplete") for a message without an id or a sender.
    """
    gateway_id, sender = kept(gateway_id).strip(), kept(sender).strip()
    if not gateway_id or not sender:
        raise Invalid("sms.incomplete")
    if len(gateway_id) > LONGEST_ID:
        gateway_id = hashlib.sha256(gateway_id.encode()).hexdigest()
    known = _with_id(session, gateway_id)
    if known is not None:
        return known
    row = InboundMessage(
        gateway_id=gateway_id,
        sender=contacts.phone(sender) or sender[:LONGEST_SENDER],
        text=kept(text),
        received_at=received_at,
        recorded_at=now,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return session.exec(select(InboundMessage).where(InboundMessage.gateway_id == gateway_id)).one()
    record(session, "sms_received", subject=("inbound_message", row.id), by=SYSTEM, now=now)
    return row


def unhandled(session: Session) -> list[InboundMessage]:
    """What waits for somebody, whoever waits longest first."""
    waiting = select(InboundMessage).where(col(InboundMessage.handled_at).is_(None))
    return list(session.exec(waiting.order_by(col(InboundMessage.received_at), col(InboundMessage.id))))


def handled(session: Session, *, limit: int = 50) -> list[InboundMessage]:
    """What was dealt with last, the newest first."""
    done = select(InboundMessage).where(col(InboundMessage.handled_at).is_not(None))
    return list(session.exec(done.order_by(col(InboundMessage.handled_at).desc()).limit(limit)))


def count(session: Session) -> int:
    """How many messages nobody has dealt with."""
    waiting = select(func.count()).select_from(InboundMessage).where(col(InboundMessage.handled_at).is_(None))
    return session.exec(waiting).one()


def get(session: Session, message_id: int) -> InboundMessage:
    """One message; NotFound("sms")."""
    found = session.get(InboundMessage, message_id)
    if found is None:
        raise NotFound("sms")
    return found


def one_at_a_time(session: Session, message_id: int) -> InboundMessage:
    """The same, once nobody else deals with another message of its number: the same words twice are told apart by it.

    Order of locks: the first message of the number, ride, day, contract.
    """
    message = get(session, message_id)
    theirs = select(InboundMessage.id).where(InboundMessage.sender == message.sender)
    session.exec(theirs.order_by(col(InboundMessage.id)).limit(1).with_for_update(key_share=True)).first()
    session.refresh(message)
    return message


def thread(session: Session, sender: str) -> list[Line]:
    """All that was written between this number and us, the oldest first."""
    theirs = session.exec(select(InboundMessage).where(InboundMessage.sender == sender)).all()
    ours = session.exec(select(TextReply).where(TextReply.to == sender)).all()
    names = users.names(session, {each.sent_by for each in ours if each.sent_by is not None})
    by_itself = session.exec(select(Message).where(Message.to == sender, Message.kind == MessageKind.REPLY)).all()
    lines = [
        Line(
            each.received_at,
            each.text,
            False,
            id=each.id,
            handled=each.handled_at is not None,
            keyword=each.keyword,
            outcome=each.outcome,
        )
        for each in theirs
    ]
    lines += [Line(each.sent_at, each.text, True, names.get(each.sent_by or 0, "")) for each in ours]
    lines += [Line(each.queued_at, each.text, True, state=each.state.value) for each in by_itself]
    return sorted(lines, key=lambda line: line.at)


def reply_fault(message: InboundMessage, text: str) -> Invalid | None:
    """Why this cannot be sent as an answer; None: it can."""
    if not text.strip():
        return Invalid("sms.text_missing", field="text")
    if len(text) > LONGEST_REPLY:
        return Invalid("sms.too_long", field="text", most=LONGEST_REPLY, has=len(text))
    if contacts.phone(message.sender) is None or contacts.is_landline(message.sender):
        return Invalid("sms.no_number", field="text")
    return None


def sent_already(session: Session, key: str) -> bool:
    """Whether the form with this key has been sent before."""
    return session.exec(select(TextReply.id).where(TextReply.key == key)).first() is not None


def replied(
    session: Session, message: InboundMessage, text: str, *, key: str, language: str, by: Actor, now: datetime
) -> TextReply:
    """Keep what was just sent; the messages of this number are dealt with by it. The same `key` twice is one reply."""
    known = session.exec(select(TextReply).where(TextReply.key == key)).first()
    if known is not None:
        return known
    row = TextReply(key=key, to=message.sender, text=text.strip(), language=language, sent_at=now, sent_by=by.user)
    session.add(row)
    session.flush()
    record(session, "sms_replied", subject=("inbound_message", message.id), by=by, now=now, facts={"reply": row.id})
    waiting = select(InboundMessage).where(
        InboundMessage.sender == message.sender,
        col(InboundMessage.handled_at).is_(None),
        InboundMessage.received_at <= message.received_at,
    )
    for each in session.exec(waiting.order_by(col(InboundMessage.id))).all():
        _handle(session, each.id or 0, by, now)
    return row


def handle(session: Session, message_id: int, *, by: Actor, now: datetime) -> None:
    """Say that a message is dealt with; one's own word twice is once.

    Raises Conflict("sms.handled") with the name of a colleague who was quicker.
    """
    if _handle(session, message_id, by, now):
        return
    found = get(session, message_id)
    session.refresh(found)
    if found.handled_by not in (by.user, None):
        raise Conflict("sms.handled", who=users.names(session, {found.handled_by or 0}).get(found.handled_by or 0, ""))


def reopen(session: Session, message_id: int, *, by: Actor, now: datetime) -> None:
    """Put a message back among those that wait."""
    found = get(session, message_id)
    if found.handled_at is None:
        return
    found.handled_at = found.handled_by = None
    session.add(found)
    session.flush()
    record(session, "sms_reopened", subject=("inbound_message", message_id), by=by, now=now)


def _handle(session: Session, message_id: int, by: Actor, now: datetime) -> bool:
    mine = (col(InboundMessage.id) == message_id, col(InboundMessage.handled_at).is_(None))
    changed = update(InboundMessage).where(*mine).values(handled_at=now, handled_by=by.user)
    done = session.connection().execute(changed.execution_options(synchronize_session=False)).rowcount == 1
    if done:
        record(session, "sms_handled", subject=("inbound_message", message_id), by=by, now=now)
    return done


def _with_id(session: Session, gateway_id: str) -> InboundMessage | None:
    return session.exec(select(InboundMessage).where(InboundMessage.gateway_id == gateway_id)).first()


def kept(text: str) -> str:
    """What no database keeps or nobody sees becomes a mark of its place."""
    return "".join(
        "\ufffd" if unicodedata.category(each) in {"Cc", "Cs"} and each not in "\n\t" else each for each in text
    )
