"""What people are told, written down when it happens and sent once: a message outlives the process that wrote it.

What has happened is an event; `tell` writes the message that follows from it, in the transaction that claims the event.
A worker takes one message after the other and hands it on under the message's own key, so that a gateway can drop a
second try. What cannot be handed on is tried again for an hour; then a person has to call.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col, select

from transport.accounts.contacts import Way
from transport.booking.clients import calls, preferences
from transport.booking.clients.models import CallBack, Client, ContactPreferences
from transport.booking.clients.speaking import MessageChannel
from transport.booking.rides import queries
from transport.booking.rides.lifecycle import LIVE
from transport.booking.rides.models import Denial, Ride, WaitingWish
from transport.kernel.actor import SYSTEM
from transport.kernel.clock import at
from transport.kernel.events import Event, record
from transport.kernel.i18n import DEFAULT, LANGUAGES, Catalogue, Lang
from transport.operations.messages import sms, wording
from transport.operations.messages.models import Message, MessageKind, MessageState
from transport.routing.geo.models import Place
from transport.routing.planning.models import Promise

LEASE = timedelta(minutes=2)
PATIENCE = timedelta(hours=1)
"""How long a message is tried; later it would help nobody."""
PAUSES = (timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10))
"""Between one try and the next; the last one again and again."""

WAYS = {MessageChannel.SMS: Way.SMS, MessageChannel.EMAIL: Way.EMAIL, MessageChannel.VOICE: Way.CALL}
FOLLOWS = {
    "ride_confirmed": MessageKind.RIDE_CONFIRMED,
    "promise_changed": MessageKind.RIDE_CHANGED,
    "ride_cancelled": MessageKind.RIDE_CANCELLED,
    "ride_missed": MessageKind.RIDE_CANCELLED,
    "ride_offered": MessageKind.TIME_OFFERED,
    "waiting_offered": MessageKind.PLACE_FREE,
}
"""Which message follows from which event."""


@dataclass(frozen=True, slots=True)
class News:
    """Who is told of what: the ride or the wish with its day, window and places."""

    client_id: int
    ride: Ride | None
    day: date
    start: int
    end: int
    arrive_by: int
    origin_id: int
    destination_id: int


def tell(session: Session, event_id: int, *, words: dict[Lang, Catalogue], phone: str, now: datetime) -> Message | None:
    """Write down what follows from an event for the client it is about; the caller has claimed the event.

    None if nobody is to be told: the client did it without us, the time has passed, or no way leads to them. Whoever
    cannot be reached at all is an event of its own (`client_unreachable`), so that somebody can go and ask.
    """
    event = session.get_one(Event, event_id)
    kind = FOLLOWS[event.kind]
    news = _of_wish(session, event) if kind is MessageKind.PLACE_FREE else _of_ride(session, event, kind)
    if news is None or at(news.day, news.end) < now:
        return None
    client = session.get_one(Client, news.client_id)
    said = preferences.of(session, client)
    way = WAYS[said.channel]
    to = client.email if way is Way.EMAIL else client.phone
    if not to:
        _unreachable(session, client, kind, now)
        return None
    language: Lang = next((each for each in LANGUAGES if each == client.language), DEFAULT)
    text = _written(session, kind, news, words[language], phone, way, said)
    message = Message(
        key=f"{kind.value}:{event_id}",
        kind=kind,
        client_id=news.client_id,
        ride_id=None if news.ride is None else news.ride.id,
        way=way,
        to=to,
        language=language,
        subject=words[language].text(wording.SUBJECTS[kind]),
        text=text,
        queued_at=now,
        not_before=now,
    )
    session.add(message)
    session.flush()
    return message


def take(session: Session, now: datetime) -> Message | None:
    """Claim the next message that is due for this process; None if there is none."""
    due = select(Message.id).where(Message.state == MessageState.QUEUED, col(Message.not_before) <= now)
    for message_id in session.exec(due.order_by(col(Message.not_before), col(Message.id)).limit(20)):
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
    if not for_good and now < message.queued_at + PATIENCE:
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
    if message.client_id is None:
        return None
    client = session.get_one(Client, message.client_id)
    if not (client.phone or client.contact_phone):
        _unreachable(session, client, message.kind, now)
        return None
    note = message.text[: calls.LONGEST_NOTE]
    source = f"message:{message.id}"
    return calls.ask(
        session, reason=calls.CallReason.RIDE, due_at=now, by=SYSTEM, now=now, client=client, note=note, source=source
    )


def _end(session: Session, message_id: int, state: MessageState, now: datetime) -> None:
    ended = (
        update(Message)
        .where(col(Message.id) == message_id, col(Message.state) == MessageState.QUEUED)
        .values(state=state, ended_at=now)
    )
    session.connection().execute(ended)
    session.expire_all()


def _unreachable(session: Session, client: Client, kind: MessageKind, now: datetime) -> None:
    facts = {"kind": kind.value}
    record(session, "client_unreachable", subject=("client", client.id), by=SYSTEM, now=now, facts=facts)


def _of_ride(session: Session, event: Event, kind: MessageKind) -> News | None:
    ride = session.get_one(Ride, int(event.subject_id))
    if kind is MessageKind.RIDE_CANCELLED:
        if event.kind == "ride_cancelled" and ride.ended_by != "service":
            return None
    elif ride.status not in LIVE:
        return None
    promise = session.get_one(Promise, ride.promise_id)
    start, end, arrive_by = promise.window_start, promise.window_end, promise.arrive_by
    if kind is MessageKind.TIME_OFFERED:
        offer = queries.views(session, [ride])[0].pending
        if offer is None:
            return None
        start, end, arrive_by = offer.window_start, offer.window_end, offer.arrive_by
    places = (promise.pickup_place_id, promise.dropoff_place_id)
    return News(ride.client_id, ride, ride.day, start, end, arrive_by, *places)


def _of_wish(session: Session, event: Event) -> News | None:
    wish = session.get_one(WaitingWish, int(event.subject_id))
    if wish.promise_id is None:
        return None
    promise, denial = session.get_one(Promise, wish.promise_id), session.get_one(Denial, wish.denial_id)
    window = (promise.window_start, promise.window_end, promise.arrive_by)
    return News(wish.client_id, None, wish.day, *window, denial.origin_place_id, denial.destination_place_id)


def _written(
    session: Session,
    kind: MessageKind,
    news: News,
    words: Catalogue,
    phone: str,
    way: Way,
    said: ContactPreferences,
) -> str:
    filling = {
        "number": "" if news.ride is None else f"{news.ride.code[:3]} {news.ride.code[3:]}",
        "day": words.day_short(news.day),
        "start": words.time(news.start, news.day),
        "end": words.time(news.end, news.day),
        "arrival": words.time(news.arrive_by, news.day),
        "origin": _short(session.get_one(Place, news.origin_id).name),
        "destination": _short(session.get_one(Place, news.destination_id).name),
        "phone": phone.removeprefix("+420").replace(" ", ""),
    }
    text = wording.fill(wording.now_worded(session, kind, words).text, filling)
    if way is not Way.SMS or said.diacritics:
        return text
    return sms.without_diacritics(text)


def _short(name: str) -> str:
    """The name of a place as long as a message has room for, cut at a word."""
    if len(name) <= wording.ROOM:
        return name
    cut = name[: wording.ROOM + 1].rpartition(" ")[0].rstrip(" ,-")
    return cut or name[: wording.ROOM]
