"""Calling back: whom we promised to telephone, who does it, how it ended. Nobody is called by two of us at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, update
from sqlmodel import Session, col, func, select

from transport.accounts import users
from transport.booking.clients import preferences, spelling
from transport.booking.clients.models import CallBack, CallReason, CallResult, Client
from transport.kernel.actor import Actor
from transport.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from transport.kernel.events import record
from transport.kernel.i18n import DEFAULT, LANGUAGES

__all__ = ["CallReason", "CallResult"]

AGAIN = timedelta(hours=1)
"""When somebody did not answer and nobody says when to try again."""
LONGEST_NOTE = 300


@dataclass(frozen=True, slots=True)
class CallView:
    """One call with whom it is about and the name of who has it; `unwanted`: this client is not to be called."""

    call: CallBack
    client: Client | None
    has_it: str
    unwanted: bool

    @property
    def name(self) -> str:
        """Who is called."""
        return self.call.name or (self.client.name if self.client else "")


def ask(
    session: Session,
    *,
    reason: str,
    due_at: datetime,
    by: Actor,
    now: datetime,
    client: Client | None = None,
    phone: str = "",
    name: str = "",
    note: str = "",
    language: str = "",
    source: str | None = None,
) -> CallBack:
    """Promise a call; the client's own number is called if no other is said. The same `source` twice is one call.

    Raises Invalid("call.reason_missing"), Invalid("call.phone_missing"), Invalid("client.phone_unusable").
    """
    known = None if source is None else session.exec(select(CallBack).where(CallBack.source == source)).first()
    if known is not None:
        return known
    if reason not in set(CallReason):
        raise Invalid("call.reason_missing", field="reason")
    number = spelling.phone(phone) if phone.strip() else (client.phone or client.contact_phone) if client else ""
    if number is None:
        raise Invalid("client.phone_unusable", field="phone")
    if not number:
        raise Invalid("call.phone_missing", field="phone")
    if len(note) > LONGEST_NOTE:
        raise Invalid("call.note_too_long", field="note", most=LONGEST_NOTE, characters=len(note))
    spoken = language or (client.language if client else DEFAULT)
    call = CallBack(
        client_id=client.id if client else None,
        name=" ".join(name.split())[:170],
        phone=number,
        language=spoken if spoken in LANGUAGES else DEFAULT,
        reason=CallReason(reason),
        note=" ".join(note.split()),
        source=source,
        due_at=due_at,
        asked_at=now,
        asked_by=by.user,
    )
    session.add(call)
    session.flush()
    record(session, "call_asked", subject=("call", call.id), by=by, now=now, facts={"reason": call.reason.value})
    return call


def get(session: Session, call_id: int) -> CallView:
    """One call; NotFound("call")."""
    call = session.get(CallBack, call_id)
    if call is None:
        raise NotFound("call")
    return _views(session, [call])[0]


def waiting(session: Session) -> list[CallView]:
    """Everybody who is to be called: calls for help, then whoever waits longest; calls of a later time stand below."""
    help_first = col(CallBack.reason) != CallReason.HELP
    found = select(CallBack).where(*_OPEN).order_by(help_first, col(CallBack.due_at), col(CallBack.id))
    return _views(session, session.exec(found).all())


def for_help(session: Session) -> list[CallView]:
    """Whoever has asked for help and waits for us to call."""
    found = select(CallBack).where(CallBack.reason == CallReason.HELP, *_OPEN).order_by(col(CallBack.due_at))
    return _views(session, session.exec(found).all())


def of_client(session: Session, client_id: int) -> list[CallView]:
    """The calls a client still waits for."""
    found = select(CallBack).where(CallBack.client_id == client_id, *_OPEN).order_by(col(CallBack.due_at))
    return _views(session, session.exec(found).all())


def due(session: Session, *, now: datetime) -> int:
    """How many people wait for a call now."""
    return session.exec(select(func.count()).select_from(CallBack).where(col(CallBack.due_at) <= now, *_OPEN)).one()


def asked_for(session: Session, sources: Sequence[str]) -> dict[str, CallBack]:
    """The calls that came from these sources, done or not, by source."""
    return {each.source or "": each for each in session.exec(select(CallBack).where(col(CallBack.source).in_(sources)))}


def take(session: Session, call_id: int, *, by: Actor, now: datetime, instead_of: int | None = None) -> None:
    """Say that one calls now; one's own call twice is once. `instead_of`: take it over from this colleague.

    Raises Conflict("call.done"), and Conflict("call.taken") with the name of whoever has it.
    """
    mine = or_(col(CallBack.taken_by).is_(None), col(CallBack.taken_by).in_([by.user, instead_of]))
    _change(session, call_id, mine, taken_by=_caller(by), taken_at=now)
    record(session, "call_taken", subject=("call", call_id), by=by, now=now)


def let_go(session: Session, call_id: int, *, by: Actor, now: datetime) -> None:
    """Give the call back to the others."""
    _change(session, call_id, col(CallBack.taken_by) == by.user, taken_by=None, taken_at=None)
    record(session, "call_let_go", subject=("call", call_id), by=by, now=now)


def note(
    session: Session, call_id: int, result: str, *, by: Actor, now: datetime, again_at: datetime | None = None
) -> None:
    """How the call ended. Somebody who did not answer is called again at `again_at`, by anybody.

    Raises Invalid("call.result_missing"), Invalid("call.again_in_the_past"), Conflict as `take` does.
    """
    if result not in set(CallResult):
        raise Invalid("call.result_missing", field="result")
    mine = or_(col(CallBack.taken_by).is_(None), col(CallBack.taken_by) == by.user)
    if result == CallResult.NOT_REACHED:
        again = again_at or now + AGAIN
        if again <= now:
            raise Invalid("call.again_in_the_past", field="again")
        ends: dict[str, object] = {"due_at": again, "taken_by": None, "taken_at": None}
    else:
        ends = {"done_at": now, "taken_by": _caller(by), "taken_at": now}
    _change(session, call_id, mine, attempts=CallBack.attempts + 1, result=CallResult(result), **ends)
    record(session, "call_noted", subject=("call", call_id), by=by, now=now, facts={"result": result})


_OPEN = (col(CallBack.done_at).is_(None),)


def _caller(by: Actor) -> int:
    if by.user is None:
        raise Forbidden("role.missing")
    return by.user


def _change(session: Session, call_id: int, mine: ColumnElement[bool], **values: object) -> None:
    """One statement, so that of two people who press at once exactly one has the call."""
    changed = update(CallBack).where(col(CallBack.id) == call_id, mine, *_OPEN).values(**values)
    if session.connection().execute(changed.execution_options(synchronize_session=False)).rowcount == 1:
        session.expire_all()
        return
    session.expire_all()
    view = get(session, call_id)
    if view.call.done_at is not None:
        raise Conflict("call.done")
    raise Conflict("call.taken", who=view.has_it)


def _views(session: Session, calls: Sequence[CallBack]) -> list[CallView]:
    ids = {each.client_id for each in calls if each.client_id is not None}
    clients = {each.id: each for each in session.exec(select(Client).where(col(Client.id).in_(ids)))}
    names = users.names(session, {each.taken_by for each in calls if each.taken_by is not None})
    found = []
    for call in calls:
        client = clients.get(call.client_id)
        unwanted = client is not None and call.phone == client.phone and preferences.of(session, client).no_calls
        found.append(CallView(call, client, names.get(call.taken_by or 0, ""), unwanted))
    return found
