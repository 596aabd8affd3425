"""What was said to people, for our staff and for those whom it concerns: listed, counted, printed. No text in lists."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from transport.accounts import users
from transport.accounts.contacts import Way
from transport.booking.clients import queries as clients
from transport.booking.clients.models import Client
from transport.booking.rides.models import Ride
from transport.kernel.actor import STAFF, Actor
from transport.kernel.errors import Forbidden, NotFound
from transport.kernel.events import record
from transport.operations.messages import posting
from transport.operations.messages.models import Message, MessageKind, MessageState

__all__ = ["MessageKind", "MessageState", "Way"]

_LETTERS = (col(Message.way) == Way.LETTER, col(Message.state) == MessageState.QUEUED)
COUNTED = timedelta(days=1)
"""How far back the numbers over the list look."""


@dataclass(frozen=True, slots=True)
class Told:
    """One message with whom it is about, and the name of the representative it went to, if it did."""

    message: Message
    client: Client | None
    ride_code: str
    ride_day: date | None
    representative: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter that waits for a printer: to whom it goes, and what it says."""

    message: Message
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How the messages stand: of the last day by way and state, and since when the oldest waits that should be gone."""

    counts: dict[tuple[Way, MessageState], int]
    waiting: int
    later: int
    oldest: datetime | None
    failed: int
    letters: int


def listed(
    session: Session, *, state: str = "", kind: str = "", client: str = "", limit: int | None = 200
) -> list[Told]:
    """Messages, the newest first; `client` is a code. What nobody knows as a state or kind chooses nothing."""
    wanted = select(Message).order_by(col(Message.id).desc())
    if state in set(MessageState):
        wanted = wanted.where(Message.state == MessageState(state))
    if kind in set(MessageKind):
        wanted = wanted.where(Message.kind == MessageKind(kind))
    if client:
        wanted = wanted.where(Message.client_id == clients.coded(session, client).id)
    return _told(session, session.exec(wanted.limit(limit)).all())


def of_rides(session: Session, ride_ids: Collection[int]) -> list[Told]:
    """What was told about these rides, the oldest first."""
    mine = select(Message).where(col(Message.ride_id).in_(ride_ids)).order_by(col(Message.id))
    return _told(session, session.exec(mine).all())


def standing(session: Session, *, now: datetime) -> Standing:
    """The numbers over the list."""
    grouped = select(Message.way, Message.state, func.count()).where(col(Message.queued_at) > now - COUNTED)
    found = session.exec(grouped.group_by(col(Message.way), col(Message.state)))
    counts = {(Way(way), MessageState(state)): many for way, state, many in found}
    queued = select(col(Message.due_at), col(Message.queued_at)).where(Message.state == MessageState.QUEUED)
    waiting = [due or written for due, written in session.exec(queued.where(Message.way != Way.LETTER))]
    should = [moment for moment in waiting if moment <= now]
    by_state: Counter[MessageState] = Counter()
    for (_, state), many in counts.items():
        by_state[state] += many
    return Standing(
        counts=counts,
        waiting=len(should),
        later=len(waiting) - len(should),
        oldest=min(should, default=None),
        failed=by_state[MessageState.FAILED],
        letters=session.exec(select(func.count()).select_from(Message).where(*_LETTERS)).one(),
    )


def letters(session: Session) -> list[Letter]:
    """Letters that wait to be printed, the oldest first."""
    waiting = session.exec(select(Message).where(*_LETTERS).order_by(col(Message.id))).all()
    complaints = posting.complaints(session, waiting)
    found = []
    for told in _told(session, waiting):
        complaint = complaints.get(told.message.id or 0)
        if complaint is not None:
            found.append(Letter(told.message, complaint.name, complaint.answer))
        else:
            found.append(Letter(told.message, told.client.name if told.client else "", told.message.text))
    return found


def printed(session: Session, ids: Sequence[int], *, by: Actor, now: datetime) -> int:
    """Say that these letters are printed and on their way; those printed already stay so. Says how many were new.

    Raises Forbidden("role.missing"), NotFound("letter") for what is no letter.
    """
    if by.role not in STAFF:
        raise Forbidden("role.missing")
    known = session.exec(select(Message.id).where(col(Message.id).in_(ids), Message.way == Way.LETTER)).all()
    if set(known) != set(ids):
        raise NotFound("letter")
    waiting = update(Message).where(col(Message.id).in_(known), *_LETTERS)
    changed = waiting.values(state=MessageState.PRINTED, ended_at=now)
    done = session.connection().execute(changed).rowcount
    session.expire_all()
    if done:
        facts = {"letters": list(known), "count": done}
        record(session, "letters_printed", subject=("service_day", now.date().isoformat()), by=by, now=now, facts=facts)
    return done


def _told(session: Session, messages: Sequence[Message]) -> list[Told]:
    people = {
        each.id: each
        for each in session.exec(select(Client).where(col(Client.id).in_({row.client_id for row in messages})))
    }
    rides = {
        each.id: each for each in session.exec(select(Ride).where(col(Ride.id).in_({row.ride_id for row in messages})))
    }
    names = users.names(session, {row.user_id for row in messages if row.user_id is not None})
    found = []
    for row in messages:
        ride = rides.get(row.ride_id)
        code, day = ("", None) if ride is None else (ride.code, ride.day)
        found.append(Told(row, people.get(row.client_id), code, day, names.get(row.user_id or 0, "")))
    return found
