"""Registrations that our staff still look at: what was told, what is missing, and the decision.

Whoever registered may ride meanwhile, as far as the policy lets an unverified card count.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, func, or_, select

from transport.booking.clients import calls, clients, eligibility, queries, registering, spelling
from transport.booking.clients import events as happened
from transport.booking.clients.eligibility import Ground, Person
from transport.booking.clients.models import CallReason, Client, Eligibility, Registration, RegistrationDecision
from transport.kernel import events
from transport.kernel.actor import STAFF, Actor
from transport.kernel.calendar import Calendar
from transport.kernel.clock import local_day
from transport.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from transport.kernel.policy import Policy

__all__ = ["RegistrationDecision"]

LONGEST_NOTE = 300


@dataclass(frozen=True, slots=True)
class Waiting:
    """One registration in the queue. `age` counts working days; `overdue`: more than the service promises."""

    registration: Registration
    client: Client
    since: date
    age: int
    overdue: bool
    wishes: dict[str, Any]
    """What is still to be done for them, by `registering.WISHES`."""


@dataclass(frozen=True, slots=True)
class Paper:
    """One registration on the desk. `reasons`: why the rules would not let the person ride today."""

    waiting: Waiting
    profile: queries.Profile
    duplicates: tuple[Client, ...]
    reasons: tuple[str, ...]


def undecided(session: Session, *, calendar: Calendar, now: datetime) -> list[Waiting]:
    """What waits for a decision, the oldest first: what is overdue stands at the top."""
    rows = session.exec(
        select(Registration, Client)
        .join(Client, col(Client.id) == Registration.client_id)
        .where(*_OPEN)
        .order_by(col(Registration.sent_at), col(Registration.id))
    )
    return [_waiting(registration, client, calendar, now) for registration, client in rows]


def count(session: Session) -> int:
    """How many registrations wait for a decision."""
    return session.exec(select(func.count()).select_from(Registration).where(*_OPEN)).one()


def look(session: Session, registration_id: int, *, policy: Policy, calendar: Calendar, now: datetime) -> Paper:
    """All that is needed to decide; NotFound("registration") for one that was never sent."""
    registration = session.get(Registration, registration_id)
    if registration is None or registration.client_id is None or registration.sent_at is None:
        raise NotFound("registration")
    client = session.get_one(Client, registration.client_id)
    profile = queries.profile(session, client)
    person = Person(client.born, client.municipality, profile.eligibilities)
    return Paper(
        waiting=_waiting(registration, client, calendar, now),
        profile=profile,
        duplicates=tuple(duplicates(session, client)),
        reasons=tuple(eligibility.reasons(person, local_day(now), policy, companions=1)),
    )


def duplicates(session: Session, client: Client) -> list[Client]:
    """Other clients who may be the same person: the same name, or the same contact and day of birth."""
    same = [col(Client.search_name) == client.search_name]
    surname = spelling.plain(client.last_name)
    born = [col(Client.search_name).endswith(surname)] if surname else []
    if client.phone:
        born.append(col(Client.phone) == client.phone)
    if client.email:
        born.append(func.lower(Client.email) == client.email.casefold())
    if born:
        same.append((col(Client.born) == client.born) & or_(*born))
    others = select(Client).where(or_(*same), col(Client.id) != client.id).order_by(Client.search_name, Client.code)
    return list(session.exec(others.limit(10)))


def see_card(
    session: Session, entry: Eligibility, *, number: str, valid_until: date | None, by: Actor, now: datetime
) -> None:
    """Somebody of the service has seen the card: its number and last day are as they stand on it."""
    if by.role not in STAFF:
        raise Forbidden("eligibility.only_staff")
    if valid_until is not None and valid_until < entry.valid_from:
        raise Invalid("eligibility.card_over", field="valid_until")
    entry.card_number, entry.valid_until = " ".join(number.split())[:40] or entry.card_number, valid_until
    session.add(entry)
    clients.verify(session, entry, by=by, now=now)
    session.flush()


def verify(session: Session, registration: Registration, *, by: Actor, now: datetime) -> None:
    """The person is who they say and may ride; cards that nobody has looked at count as seen."""
    _decide(session, registration, RegistrationDecision.VERIFIED, "", by, now)
    for entry in queries.evidence(session, registration.client_id or 0):
        clients.verify(session, entry, by=by, now=now)


def refuse(session: Session, registration: Registration, reason: str, *, by: Actor, now: datetime) -> None:
    """The person may not ride: what nobody could confirm counts no longer, from now on.

    Raises Invalid("registration.reason_missing"): the person is told why.
    """
    _decide(session, registration, RegistrationDecision.NOT_ENTITLED, _said(reason), by, now)
    for entry in queries.evidence(session, registration.client_id or 0):
        if not entry.verified:
            facts = {"eligibility": entry.id, "ground": entry.ground.value}
            subject = ("client", entry.client_id)
            events.record(session, happened.ELIGIBILITY_REJECTED, subject=subject, by=by, now=now, facts=facts)
            session.delete(entry)
    session.flush()


def ask_back(session: Session, registration: Registration, question: str, *, by: Actor, now: datetime) -> None:
    """Something is missing: whoever calls next asks this; the registration goes on waiting."""
    question = _said(question)
    _decide(session, registration, RegistrationDecision.ASKED, question, by, now)
    client = session.get_one(Client, registration.client_id)
    source = f"registration:{registration.id}:{registration.decided_at:%Y%m%d%H%M}"
    calls.ask(
        session,
        reason=CallReason.REGISTRATION,
        client=client,
        due_at=now,
        note=question,
        source=source,
        by=by,
        now=now,
    )


def allow_first(session: Session, client: Client, *, until: date, by: Actor, now: datetime) -> Eligibility:
    """Let somebody ride until a day although their right is not shown yet; staff answer for it by name.

    Raises Conflict("registration.allowed_already") if it was allowed before.
    """
    if any(each.ground is Ground.OTHER for each in queries.evidence(session, client.id or 0)):
        raise Conflict("registration.allowed_already")
    today = local_day(now)
    return clients.entitle(session, client, Ground.OTHER, valid_from=today, valid_until=until, by=by, now=now)


def enter(session: Session, said: dict[str, Any], *, language: str, by: Actor, now: datetime) -> Registration:
    """Take in somebody who is on the telephone, as our staff wrote it down; the papers are looked at later.

    They have no account until they first log in. Raises Conflict("registration.known") for the same name born on the
    same day, unless `another` says that it is somebody else.
    """
    born = date.fromisoformat(said["born"])
    name = spelling.plain(f"{said['first_name']} {said['last_name']}")
    if not said.get("another") and at_birth(session, name, born):
        raise Conflict("registration.known", field="another")
    client = clients.register(
        session,
        first_name=said["first_name"],
        last_name=said["last_name"],
        born=born,
        phone=said.get("phone", ""),
        email=said.get("email", ""),
        language=language,
        municipality=said.get("municipality", ""),
        by=by,
        now=now,
    )
    registering.settle(session, client, said, by=by, now=now)
    wishes = {name: said[name] for name in registering.WISHES if said.get(name)}
    if said["home"] is not None:
        wishes.pop("address", None)
    registration = Registration(
        key_hash=registering.nobodys_key(),
        answers=json.dumps(wishes, sort_keys=True),
        client_id=client.id,
        created_at=now,
        updated_at=now,
        sent_at=now,
    )
    session.add(registration)
    session.flush()
    if said.get("card_seen") or said["ground"] == Ground.AGE.value:
        verify(session, registration, by=by, now=now)
    return registration


def at_birth(session: Session, name: str, born: date) -> list[Client]:
    """Clients of this name (small letters without diacritics) who were born on the day."""
    return list(session.exec(select(Client).where(Client.search_name == name, Client.born == born)))


_OPEN = (
    col(Registration.sent_at).is_not(None),
    or_(col(Registration.decision).is_(None), col(Registration.decision) == RegistrationDecision.ASKED),
)


def _waiting(registration: Registration, client: Client, calendar: Calendar, now: datetime) -> Waiting:
    since, today = local_day(registration.sent_at or now), local_day(now)
    days = (since + timedelta(days=each) for each in range(1, (today - since).days + 1))
    wishes = registering.answers(registration)
    return Waiting(
        registration=registration,
        client=client,
        since=since,
        age=sum(calendar.is_working(day) for day in days),
        overdue=today > registering.answered_by(since, calendar),
        wishes={name: wishes[name] for name in registering.WISHES if wishes.get(name)},
    )


def _decide(
    session: Session, registration: Registration, decision: RegistrationDecision, note: str, by: Actor, now: datetime
) -> None:
    if by.role not in STAFF:
        raise Forbidden("eligibility.only_staff")
    decided = {"decision": decision, "decision_note": note, "decided_at": now, "decided_by": by.user}
    mine = update(Registration).where(col(Registration.id) == registration.id, *_OPEN).values(**decided)
    if session.connection().execute(mine.execution_options(synchronize_session=False)).rowcount != 1:
        raise Conflict("registration.decided")
    session.refresh(registration)
    facts = {"registration": registration.id, "decision": decision.value}
    subject = ("client", registration.client_id)
    events.record(session, happened.REGISTRATION_DECIDED, subject=subject, by=by, now=now, facts=facts)


def _said(text: str) -> str:
    text = " ".join(text.split())
    if not text:
        raise Invalid("registration.reason_missing", field="reason")
    if len(text) > LONGEST_NOTE:
        raise Invalid("call.note_too_long", field="reason", most=LONGEST_NOTE, characters=len(text))
    return text
