"""Text messages that ask for something by a keyword: understood, done and answered once, each in one transaction.

Whatever is not understood, or cannot be done by a message, waits for a person, who sees what was understood and done.
Who is not known learns nothing but our telephone number. Machines and landlines are not answered.
"""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from transport.accounts import contacts
from transport.accounts.contacts import Way
from transport.booking.clients import calls, preferences
from transport.kernel.actor import SYSTEM
from transport.kernel.errors import ServiceError
from transport.kernel.events import record
from transport.kernel.i18n import DEFAULT, Catalogue, Lang
from transport.operations.messages import inbox, keywords, replies, senders, texted
from transport.operations.messages.keywords import ACTS, AMBIGUOUS, Keyword, Understood
from transport.operations.messages.models import InboundMessage, Message, MessageKind
from transport.operations.messages.replies import Reply
from transport.operations.messages.senders import Speaker
from transport.operations.messages.texted import Asked, Done
from transport.routing.planning.day import World

OLD = timedelta(hours=6)
"""What somebody wanted so long ago is not done by itself any more."""
AGAIN = timedelta(minutes=2)
"""The same words within this time are one message that a telephone or a gateway sent twice."""
NOT_AGAIN = timedelta(hours=1)
"""A number that we do not understand is told our telephone number once in this time."""
MOST_REPLIES = 8
"""Answers to one number in an hour: two machines must not talk to each other for ever."""


def answer(
    session: Session, message_id: int, *, words: dict[Lang, Catalogue], phone: str, world: World, now: datetime
) -> Message | None:
    """Do what a message asks for and write the answer, to be sent; None if there is nothing to answer.

    The caller has claimed the event of its coming. Raises only Conflict("ride.changed_meanwhile"): then it is tried
    anew.
    """
    message = inbox.one_at_a_time(session, message_id)
    if message.handled_at is not None or message.outcome:
        return None
    speakers = senders.at(session, message.sender, now=now)
    said = _said(message, speakers)
    language = _language(speakers, said)
    done = _done(session, message, said, speakers, words[language], world, now)
    if done is None:
        return None
    message.keyword = "" if said is None else said.keyword.value
    message.outcome = done.reply.value
    message.ride_id = None if done.ride is None else done.ride.id
    session.add(message)
    session.flush()
    facts = {"keyword": message.keyword, "outcome": message.outcome, "ride": message.ride_id}
    record(session, "sms_understood", subject=("inbound_message", message_id), by=SYSTEM, now=now, facts=facts)
    if done.call:
        _call(session, message, speakers, language, now)
    if done.reply not in replies.FOR_A_PERSON:
        inbox.handle(session, message_id, by=SYSTEM, now=now)
        session.refresh(message)
    return _reply(session, message, done, speakers, words[language], phone, now)


def _said(message: InboundMessage, speakers: list[Speaker]) -> Understood | None:
    said = keywords.understood(message.text)
    if said is None:
        return None
    doubtful = AMBIGUOUS.get(said.word)
    return None if doubtful is not None and any(each.language == doubtful for each in speakers) else said


def _done(
    session: Session,
    message: InboundMessage,
    said: Understood | None,
    speakers: list[Speaker],
    words: Catalogue,
    world: World,
    now: datetime,
) -> Done | None:
    """What comes of a message; None for one that is left to a person without a word."""
    if said is not None and said.keyword is Keyword.HELP:
        return Done(Reply.HELP, call=True)
    if said is None or not speakers:
        return None if _told_lately(session, message, now) else Done(Reply.NOT_UNDERSTOOD)
    if _repeated(session, message):
        return Done(Reply.REPEATED)
    if said.keyword in ACTS:
        if now - message.received_at > OLD:
            return Done(Reply.TOO_OLD)
        if _overtaken(session, message):
            return Done(Reply.OVERTAKEN)
    try:
        with session.begin_nested():
            return texted.do(Asked(session, message.sender, said, speakers, words, world, now))
    except ServiceError as error:
        if error.code == "ride.changed_meanwhile":
            raise
        return Done(Reply.NOT_DONE)


def _reply(
    session: Session,
    message: InboundMessage,
    done: Done,
    speakers: list[Speaker],
    words: Catalogue,
    phone: str,
    now: datetime,
) -> Message | None:
    number = message.sender
    if done.reply not in replies.TEXTS or contacts.phone(number) != number or Way.SMS not in contacts.ways(number):
        return None
    lately = select(Message.id).where(
        Message.kind == MessageKind.REPLY, Message.to == number, Message.queued_at > now - NOT_AGAIN
    )
    if len(session.exec(lately).all()) >= MOST_REPLIES:
        return None
    oneself = next((each for each in speakers if each.client.phone == number), None)
    diacritics = words.lang == "uk" or (oneself is not None and preferences.of(session, oneself.client).diacritics)
    # without its ride, as it waits for no other message about it
    filling = {**done.filling, "phone": phone.removeprefix("+420").replace(" ", "")}
    row = Message(
        key=f"reply:{message.id}",
        kind=MessageKind.REPLY,
        client_id=None if done.ride is None else done.ride.client_id,
        way=Way.SMS,
        to=number,
        language=words.lang,
        text=replies.written(done.reply, words, filling, diacritics=diacritics),
        queued_at=now,
        not_before=now,
    )
    session.add(row)
    session.flush()
    return row


def _call(session: Session, message: InboundMessage, speakers: list[Speaker], language: Lang, now: datetime) -> None:
    """Somebody calls them: at once, and only once however often they write."""
    reason = calls.CallReason.HELP if message.keyword == Keyword.HELP else calls.CallReason.RIDE
    number = contacts.phone(message.sender)
    if number is None or any(
        each.call.phone == number and each.call.reason is reason and each.call.taken_by is None
        for each in calls.waiting(session)
    ):
        return
    client = speakers[0].client if speakers else None
    note = message.text[: calls.LONGEST_NOTE]
    source = f"sms:{message.id}"
    about = {"reason": reason, "client": client, "phone": number, "language": language, "note": note, "source": source}
    calls.ask(session, **about, due_at=now, by=SYSTEM, now=now)  # type: ignore[arg-type]


def _told_lately(session: Session, message: InboundMessage, now: datetime) -> bool:
    told = select(InboundMessage.id).where(
        InboundMessage.sender == message.sender,
        InboundMessage.outcome == Reply.NOT_UNDERSTOOD.value,
        InboundMessage.recorded_at > now - NOT_AGAIN,
    )
    return session.exec(told).first() is not None


def _repeated(session: Session, message: InboundMessage) -> bool:
    same = select(InboundMessage.text).where(
        InboundMessage.sender == message.sender,
        InboundMessage.id != message.id,
        col(InboundMessage.outcome) != "",
        InboundMessage.received_at <= message.received_at,
        InboundMessage.received_at >= message.received_at - AGAIN,
    )
    return message.text.split() in [text.split() for text in session.exec(same)]


def _overtaken(session: Session, message: InboundMessage) -> bool:
    """A later message of the same number has been acted on: this one is what they wanted before."""
    later = select(InboundMessage.id).where(
        InboundMessage.sender == message.sender,
        InboundMessage.received_at > message.received_at,
        col(InboundMessage.keyword).in_([each.value for each in ACTS]),
    )
    return session.exec(later).first() is not None


def _language(speakers: list[Speaker], said: Understood | None) -> Lang:
    if speakers:
        return speakers[0].language
    return said.languages[0] if said is not None else DEFAULT
