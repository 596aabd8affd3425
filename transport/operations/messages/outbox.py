"""What people are told, written down when it happens and sent once: a message outlives the process that wrote it.

What has happened is an event; `tell` writes the message that follows from it, in the transaction that claims the event.
A worker takes one message after the other and hands it on under the message's own key, so that a gateway can drop a
second try. What the world has overtaken is dropped before it leaves. What cannot be handed on is tried again for an
hour; then a person has to call.
"""

import json
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col, select

from transport.accounts.contacts import Way
from transport.accounts.models import User
from transport.booking.clients import calls
from transport.booking.clients.models import CallBack, Client
from transport.kernel.actor import SYSTEM
from transport.kernel.clock import local_day
from transport.kernel.events import Event, record
from transport.operations.messages import following, quiet, recipients, truth, writing
from transport.operations.messages.models import Message, MessageState
from transport.operations.messages.models import MessageKind as Kind
from transport.operations.messages.news import News
from transport.operations.messages.recipients import Recipient
from transport.operations.messages.writing import Voice

LEASE = timedelta(minutes=2)
PATIENCE = timedelta(hours=1)
"""How long a message is tried; later it would help nobody."""
PAUSES = (timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10))
"""Between one try and the next; the last one again and again."""
NOT_MISSED = frozenset({Kind.OPINION_ASKED, Kind.DELIVERED, Kind.VEHICLE_NEAR, Kind.VEHICLE_ARRIVED})
"""Nobody is called because one of these did not arrive: the driver rings anyway, or it can be done without."""
ONCE = frozenset({Kind.VEHICLE_ARRIVED, Kind.DELIVERED, Kind.RETURN_READY})
"""What is told of a promise only once, however often a driver presses."""
OPEN = (MessageState.QUEUED, MessageState.DROPPED)
"""A message that was dropped while another process was handing it on has left all the same."""


def tell(session: Session, event_id: int, *, voice: Voice, now: datetime) -> list[Message]:
    """Write down what follows from an event for everybody concerned; the caller has claimed the event.

    Nothing if nobody is to be told: the client did it without us, the time has passed, or it is not wanted. Whoever
    cannot be reached at all is an event of its own (`client_unreachable`), so that somebody can go and ask.
    """
    made: list[Message] = []
    for news in following.of_event(session, event_id, policies=voice.policies, now=now):
        made += write(session, news, f"{news.kind.value}:{event_id}", voice=voice, now=now)
    return made


def write(session: Session, news: News, key: str, *, voice: Voice, now: datetime) -> list[Message]:
    """Write the messages of one piece of news; `key` names it, and one person gets it once."""
    client = session.get_one(Client, news.client_id)
    if news.kind is Kind.OPINION_ASKED and _asked_lately(session, news, voice, now):
        return []
    found = recipients.of(session, news, client, on=local_day(now))
    if not found and news.kind not in NOT_MISSED and not recipients.unwanted(session, news.kind, client):
        _unreachable(session, client, news.kind, now, ride=news.ride.id if news.ride else None, key=f"untold:{key}")
    made = [_message(session, news, key, client, each, voice, now) for each in found if not _said(session, news, each)]
    session.add_all(made)
    session.flush()
    return made


def take(session: Session, now: datetime) -> Message | None:
    """Claim the next message that is due for this process; None if there is none.

    Messages about one ride reach one person in the order in which they were written. What has been overtaken, by the
    world or by a later message, is dropped instead.
    """
    due = select(Message.id).where(Message.state == MessageState.QUEUED, col(Message.not_before) <= now)
    due = due.where(Message.way != Way.LETTER)
    for message_id in session.exec(due.order_by(col(Message.not_before), col(Message.id)).limit(40)):
        message = session.get_one(Message, message_id, populate_existing=True)
        why = truth.overtaken(session, message, now)
        if why:
            _end(session, message_id or 0, MessageState.DROPPED, now, trouble=why)
            continue
        if _waits_for_another(session, message, now):
            continue
        claim = (
            update(Message)
            .where(col(Message.id) == message_id, col(Message.not_before) <= now)
            .where(col(Message.state) == MessageState.QUEUED)
            .values(not_before=now + LEASE, tries=Message.tries + 1)
        )
        if session.connection().execute(claim).rowcount == 1:
            return session.get_one(Message, message_id, populate_existing=True)
    return None


def handed_on(session: Session, message_id: int, *, now: datetime) -> None:
    """The gateway or the mail server has taken it."""
    _end(session, message_id, MessageState.SENT, now)


def not_taken(session: Session, message_id: int, *, for_good: bool, now: datetime) -> None:
    """It could not be handed on: tried again after a pause; refused or too old, it is given up (`message_failed`)."""
    message = session.get_one(Message, message_id)
    if message.state is not MessageState.QUEUED:
        return
    if not for_good and now < (message.due_at or message.queued_at) + PATIENCE:
        message.not_before = now + PAUSES[min(message.tries, len(PAUSES)) - 1]
        session.add(message)
        session.flush()
        return
    _end(session, message_id, MessageState.FAILED, now)
    facts = {"message": message.id, "kind": message.kind.value, "ride": message.ride_id}
    subject = ("message", message.id) if message.client_id is None else ("client", message.client_id)
    record(session, "message_failed", subject=subject, by=SYSTEM, now=now, facts=facts)


def call_instead(session: Session, event_id: int, *, now: datetime) -> CallBack | None:
    """What a message could not say, a person says: the call is among those to be made, with the words of the message.

    `event_id` is a `message_failed`; the caller has claimed it. None for somebody without a telephone: nobody can be
    called there, which is an event (`client_unreachable`).
    """
    event = session.get_one(Event, event_id)
    message = session.get_one(Message, json.loads(event.facts)["message"])
    if message.client_id is None or message.kind in NOT_MISSED:
        return None
    client = session.get_one(Client, message.client_id)
    other = None if message.user_id is None else session.get(User, message.user_id)
    phone = other.phone if other is not None else client.phone or client.contact_phone
    if not phone:
        _unreachable(session, client, message.kind, now, ride=message.ride_id)
        return None
    return calls.ask(
        session,
        reason=calls.CallReason.RIDE,
        due_at=now,
        by=SYSTEM,
        now=now,
        client=client,
        phone=phone,
        name=other.name if other is not None else "",
        note=message.text[: calls.LONGEST_NOTE],
        source=f"message:{message.id}",
    )


def _end(session: Session, message_id: int, state: MessageState, now: datetime, *, trouble: str = "") -> None:
    open_yet = OPEN if state is MessageState.SENT else (MessageState.QUEUED,)
    values = {"state": state, "ended_at": now, "trouble": trouble}
    ended = update(Message).where(col(Message.id) == message_id, col(Message.state).in_(open_yet)).values(**values)
    session.connection().execute(ended)
    session.expire_all()


def _waits_for_another(session: Session, message: Message, now: datetime) -> bool:
    """Whether a message about the same ride has to leave first; those that say nothing beside this one are dropped."""
    first = False
    for other in truth.earlier(session, message):
        if truth.makes_needless(message, other):
            _end(session, other.id or 0, MessageState.DROPPED, now, trouble="overtaken")
        else:
            first = True
    return first


def _message(
    session: Session, news: News, key: str, client: Client, to: Recipient, voice: Voice, now: datetime
) -> Message:
    rules = voice.policies.on(local_day(now)).messages
    ready = max(now, news.after or now)
    due = quiet.leaves_at(news.kind, ready, news.begins, voice=to.way is Way.CALL, rules=rules)
    return Message(
        key=key if to.user_id is None else f"{key}:{to.user_id}",
        kind=news.kind,
        client_id=client.id,
        ride_id=None if news.ride is None else news.ride.id,
        promise_id=news.promise_id,
        user_id=to.user_id,
        way=to.way,
        to=to.to,
        language=to.language,
        subject=writing.subject(news.kind, voice.words[to.language]),
        text=writing.written(session, news, to, client, voice=voice, now=now),
        queued_at=now,
        not_before=due,
        due_at=due,
        needed_by=news.needed_by,
    )


def _said(session: Session, news: News, to: Recipient) -> bool:
    """Whether somebody has been told of this door already, by a report that was taken back and made again."""
    if news.kind not in ONCE:
        return False
    mine = select(Message.id).where(Message.kind == news.kind, Message.promise_id == news.promise_id)
    return session.exec(mine.where(Message.to == to.to, Message.state != MessageState.DROPPED)).first() is not None


def _asked_lately(session: Session, news: News, voice: Voice, now: datetime) -> bool:
    """Whether the client has been asked for an opinion within the days of the policy."""
    since = now - timedelta(days=voice.policies.on(local_day(now)).messages.opinion_days)
    mine = select(Message.id).where(Message.client_id == news.client_id, Message.kind == Kind.OPINION_ASKED)
    return session.exec(mine.where(col(Message.queued_at) > since)).first() is not None


def _unreachable(
    session: Session, client: Client, kind: Kind, now: datetime, *, ride: int | None, key: str | None = None
) -> None:
    if key is not None and session.exec(select(Event.id).where(Event.key == key)).first() is not None:
        return
    facts = {"kind": kind.value, "ride": ride}
    record(session, "client_unreachable", subject=("client", client.id), by=SYSTEM, now=now, facts=facts, key=key)
