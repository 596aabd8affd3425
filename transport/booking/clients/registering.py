"""Somebody registers: what they write is kept until they send it, and sending it makes them a client at once.

The answers are one JSON object of the steps. Whoever has the secret in the cookie goes on with them; nobody else can.
"""

import hashlib
import json
import secrets
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete, func, or_, select

from transport.accounts import contacts, users
from transport.booking.clients import calls, clients, invitations, preferences, spelling
from transport.booking.clients.eligibility import Ground
from transport.booking.clients.models import CallReason, Client, Registration, RegistrationTry
from transport.booking.clients.needs import Assistance, Elbow, Mobility, Told
from transport.kernel.actor import SYSTEM, Actor, Role
from transport.kernel.calendar import Calendar
from transport.kernel.clock import local_day
from transport.kernel.errors import Conflict, Exhausted, Invalid, NotFound
from transport.routing.geo import places

KEPT = timedelta(days=30)
TRIES = 30
"""How often, within `PAUSE`, one network address may ask about people; a day centre registers all its people so."""
PAUSE = timedelta(hours=1)
FRESH = timedelta(hours=1)
"""How long after sending the device may still know whose contact it was; it may be somebody else's device."""
WORKING_DAYS = 2
"""Within so many working days our staff look at a registration."""

WISHES = ("call", "address", "card_to_driver", "no_card")
"""Answers that are kept after sending: what our staff still has to do."""

_REPRESENTATIVE = ("see", "prepare", "book", "cancel")


def begin(session: Session, *, now: datetime) -> tuple[Registration, str]:
    """A new registration and the secret that opens it again."""
    key = secrets.token_urlsafe(24)
    registration = Registration(key_hash=_digest(key), created_at=now, updated_at=now)
    session.add(registration)
    session.flush()
    return registration, key


def get(session: Session, key: str, *, now: datetime) -> Registration:
    """What was begun with this secret; NotFound("registration") after 30 days, or if it was thrown away."""
    mine = select(Registration).where(Registration.key_hash == _digest(key))
    registration = session.exec(mine).first()
    if registration is None or registration.updated_at < now - KEPT:
        raise NotFound("registration")
    return registration


def answers(registration: Registration) -> dict[str, Any]:
    """What has been answered so far."""
    found: dict[str, Any] = json.loads(registration.answers)
    return found


def note(session: Session, registration: Registration, *, now: datetime, **said: object) -> None:
    """Remember answers."""
    _store(session, registration, {**answers(registration), **said}, now)


def discard(session: Session, key: str) -> None:
    """Throw away what was written on this browser; what has been sent stays ours."""
    mine = col(Registration.key_hash) == _digest(key)
    session.exec(delete(Registration).where(mine, col(Registration.client_id).is_(None)))


def ask(session: Session, registration: Registration, *, origin: str, now: datetime) -> bool | Exhausted:
    """Whether we know this person already, asked from this network address; or that it asks too often.

    Each question is remembered, also one that is refused: the answer tells that somebody rides with us.
    """
    digest = _digest(origin)
    recent = (col(RegistrationTry.origin) == digest, col(RegistrationTry.at) > now - PAUSE)
    times = sorted(session.exec(select(RegistrationTry.at).where(*recent)))
    if len(times) >= TRIES:
        return Exhausted("registration.too_many", until=times[-TRIES] + PAUSE)
    session.add(RegistrationTry(origin=digest, at=now))
    session.flush()
    return _known(session, answers(registration)) is not None


def send(session: Session, registration: Registration, *, language: str, now: datetime) -> Client:
    """Make the answers a client with an account, home, card, needs and messages; a second click finds the first one.

    Raises Conflict("registration.known") for somebody who is with us already, Invalid for an answer that is missing.
    """
    _lock(session, registration, now)
    if registration.client_id is not None:
        return session.get_one(Client, registration.client_id)
    said = answers(registration)
    for name in ("first_name", "last_name", "born", "home", "channel", "ground", "needs", "representative"):
        if name not in said:
            raise Invalid("registration.incomplete", field=name)
    if _known(session, said) is not None:
        raise Conflict("registration.known")
    registration.person = _digest(f"{_name(said)} {said['born']}")
    try:
        with session.begin_nested():
            session.add(registration)
    except IntegrityError as error:
        raise Conflict("registration.known") from error
    client, by = _client(session, said, language, now)
    settle(session, client, said, by=by, now=now)
    if said["representative"] == "person":
        invitations.invite(
            session,
            client.id or 0,
            name=said["other_name"],
            contact=said["other_contact"],
            kind="power_of_attorney",
            powers=_REPRESENTATIVE,
            valid_until=None,
            language=language,
            by=by,
            now=now,
        )
    registration.client_id, registration.sent_at = client.id, now
    if said.get("call") and client.phone and not said.get("no_calls"):
        source = f"registration:{registration.id}"
        calls.ask(session, reason=CallReason.REGISTRATION, client=client, due_at=now, source=source, by=by, now=now)
    wishes = {name: said[name] for name in WISHES if said.get(name)}
    if said["home"] is not None:
        wishes.pop("address", None)
    _store(session, registration, wishes, now)
    return client


def settle(session: Session, client: Client, said: dict[str, Any], *, by: Actor, now: datetime) -> None:
    """Write down for a new client what was answered: home, card, needs, how to speak with them.

    A card that nobody has seen (`card_seen`) waits for it, also if it was told to our staff.
    """
    _home(session, client, said, by, now)
    _card(session, client, said, by, now)
    clients.record_needs(session, client, by=by, now=now, **told(said["needs"]))
    preferences.record(
        session,
        client,
        channel=said["channel"],
        optional=True,
        diacritics=bool(said.get("diacritics")),
        no_calls=bool(said.get("no_calls")),
        slowly=bool(said.get("slowly")),
        to_representative=False,
        by=by,
        now=now,
    )


def told(said: dict[str, Any]) -> Told:
    """Needs as they were kept among the answers."""
    found: dict[str, Any] = dict(said)
    for name, kind in (("mobility", Mobility), ("assistance", Assistance), ("elbow", Elbow)):
        if name in found:
            found[name] = kind(found[name])
    needs: Told = found  # type: ignore[assignment]  # the names are those of Told, written by whoever read the form
    return needs


def contact(session: Session, registration: Registration, *, now: datetime) -> str:
    """What whoever has just registered logs in by; empty soon after."""
    if registration.client_id is None or registration.sent_at is None or registration.sent_at + FRESH < now:
        return ""
    client = session.get_one(Client, registration.client_id)
    return client.phone or client.email


def sent(session: Session, client_id: int) -> Registration | None:
    """The client's own registration, if they registered by themselves."""
    return session.exec(select(Registration).where(Registration.client_id == client_id)).first()


def answered_by(day: date, calendar: Calendar) -> date:
    """The day by which our staff have looked at what came on `day`."""
    left = WORKING_DAYS
    while left:
        day += timedelta(days=1)
        left -= calendar.is_working(day)
    return day


def forget(session: Session, now: datetime) -> int:
    """Registrations that nobody has sent or touched for 30 days are deleted, and old tries; says how many."""
    old = (col(Registration.updated_at) < now - KEPT, col(Registration.client_id).is_(None))
    number = session.exec(select(func.count()).select_from(Registration).where(*old)).one()
    session.exec(delete(Registration).where(*old))
    session.exec(delete(RegistrationTry).where(col(RegistrationTry.at) <= now - PAUSE))
    session.flush()
    return number


def _client(session: Session, said: dict[str, Any], language: str, now: datetime) -> tuple[Client, Actor]:
    phone, email = said.get("phone", ""), said.get("email", "")
    name = f"{said['first_name']} {said['last_name']}"
    user = users.open(
        session, name=name, phone=phone, email=email, role=Role.CLIENT, language=language, by=SYSTEM, now=now
    )
    by = users.actor(user)
    client = clients.register(
        session,
        first_name=said["first_name"],
        last_name=said["last_name"],
        born=date.fromisoformat(said["born"]),
        phone=phone,
        email=email,
        language=language,
        municipality=said.get("municipality", ""),
        user_id=user.id,
        by=by,
        now=now,
    )
    return client, by


def _home(session: Session, client: Client, said: dict[str, Any], by: Actor, now: datetime) -> None:
    """The home that was found; one written by hand our staff look for."""
    if said["home"] is None:
        return
    door = said.get("door") or {}
    clients.add_place(
        session,
        client,
        places.of_place(session, int(said["home"])).place_id or 0,
        label=said.get("label", "Domů"),
        bell=door.get("bell", ""),
        floor=door.get("floor"),
        lift=door.get("lift"),
        stairs=door.get("stairs", 0),
        door_note=door.get("door_note", ""),
        is_home=True,
        by=by,
        now=now,
    )


def _card(session: Session, client: Client, said: dict[str, Any], by: Actor, now: datetime) -> None:
    """The card as it was told: it counts until somebody has looked at it, as long as the policy says."""
    if said["ground"] in (Ground.AGE.value, Ground.OTHER.value):
        return
    today = local_day(now)
    valid_until = date.fromisoformat(said["valid_until"]) if said.get("valid_until") else None
    clients.entitle(
        session,
        client,
        Ground(said["ground"]),
        valid_from=min(today, valid_until or today),
        valid_until=valid_until,
        card_number=said.get("card_number"),
        seen=bool(said.get("card_seen")),
        by=by,
        now=now,
    )


def _known(session: Session, said: dict[str, Any]) -> int | None:
    """The same name or the same contact, born on the same day."""
    same = [col(Client.search_name) == _name(said)]
    phone, email = spelling.phone(said.get("phone", "")), contacts.email(said.get("email", ""))
    if phone:
        same.append(col(Client.phone) == phone)
    if email:
        same.append(func.lower(Client.email) == email)
    born = date.fromisoformat(said["born"])
    return session.exec(select(Client.id).where(Client.born == born, or_(*same))).first()


def _name(said: dict[str, Any]) -> str:
    return spelling.plain(f"{said['first_name']} {said['last_name']}")


def _lock(session: Session, registration: Registration, now: datetime) -> None:
    """Be the only one who sends it: a doubled click waits for the first."""
    mine = update(Registration).where(col(Registration.id) == registration.id).values(updated_at=now)
    session.connection().execute(mine.execution_options(synchronize_session=False))
    session.refresh(registration)


def _store(session: Session, registration: Registration, said: dict[str, Any], now: datetime) -> None:
    registration.answers = json.dumps(said, default=str, sort_keys=True)
    registration.updated_at = now
    session.add(registration)
    session.flush()


def nobodys_key() -> str:
    """What stands where the key of a browser would: no browser opens this registration."""
    return _digest(secrets.token_urlsafe(24))


def _digest(secret: str) -> str:
    # The key is random and long; an address is only counted, never read back.
    return hashlib.sha256(secret.encode()).hexdigest()
