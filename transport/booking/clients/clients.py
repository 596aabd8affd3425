"""Registering the people we carry, and what their rides need to know about them."""

import re
import secrets
from datetime import date, datetime
from typing import Unpack

from sqlmodel import Session, col, func, select

from transport.booking.clients import events as happened
from transport.booking.clients import mandates, queries, spelling
from transport.booking.clients.eligibility import Ground, age_on
from transport.booking.clients.models import Client, ClientPlace, Eligibility, Needs, Power, Suspension
from transport.booking.clients.needs import Told
from transport.kernel import clock, events
from transport.kernel.actor import STAFF, Actor, Role
from transport.kernel.errors import Forbidden, Invalid, NotFound
from transport.kernel.i18n import LANGUAGES

_MAY_GIVE_ALONE = STAFF | {Role.SYSTEM}
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_OLDEST = 125
LOWEST, HIGHEST = -5, 60
"""Storeys of a house; 0 is the ground floor."""
MOST_STEPS = 400
LEAST_EXTRA, MOST_EXTRA = -10, 20
"""Minutes by which the time at a client's door may differ from the rules."""
LONGEST_NAME = 80
"""Letters of a first or a last name."""


def register(
    session: Session,
    *,
    first_name: str,
    last_name: str,
    born: date,
    by: Actor,
    now: datetime,
    phone: str = "",
    email: str = "",
    language: str = "cs",
    municipality: str = "",
    user_id: int | None = None,
) -> Client:
    """Take a person in, who may then order at once. Staff register anybody, users only themselves."""
    if by.role not in STAFF and by.role is not Role.SYSTEM and (user_id is None or user_id != by.user):
        raise Forbidden("client.not_yours_to_register")
    client = Client(
        code=_free_code(session),
        user_id=user_id,
        first_name=_name(first_name, "first_name"),
        last_name=_name(last_name, "last_name"),
        search_name=spelling.plain(f"{first_name} {last_name}"),
        sounds_like=spelling.sounds(f"{first_name} {last_name}"),
        born=_birth(born, clock.local_day(now)),
        phone=_phone(phone),
        email=_email(email),
        language=language,
        municipality=municipality.strip(),
        registered_at=now,
    )
    session.add(client)
    session.flush()
    events.record(session, happened.CLIENT_REGISTERED, subject=("client", client.id), by=by, now=now)
    return client


def add_place(
    session: Session,
    client: Client,
    place_id: int,
    *,
    label: str,
    by: Actor,
    now: datetime,
    bell: str = "",
    floor: int | None = None,
    lift: bool | None = None,
    door_note: str = "",
    stairs: int = 0,
    is_home: bool = False,
) -> ClientPlace:
    """Remember a place the client goes to often; a new home takes the place of the old one as home."""
    place = ClientPlace(client_id=client.id or 0, place_id=place_id, label=label.strip()[:60])
    return describe_place(
        session,
        client,
        place,
        label=label,
        bell=bell,
        floor=floor,
        lift=lift,
        door_note=door_note,
        stairs=stairs,
        is_home=is_home,
        by=by,
        now=now,
    )


def describe_place(
    session: Session,
    client: Client,
    place: ClientPlace,
    *,
    label: str,
    bell: str,
    floor: int | None,
    lift: bool | None,
    door_note: str,
    stairs: int,
    is_home: bool,
    by: Actor,
    now: datetime,
) -> ClientPlace:
    """What the client calls the place and how the driver finds the door; rides already ordered see it too."""
    by = _manager(session, client, by, now)
    label = " ".join(label.split())
    if not label:
        raise Invalid("place.label_missing", field="label")
    if stairs < 0:
        raise Invalid("place.stairs_negative", field="stairs")
    if floor is not None and not LOWEST <= floor <= HIGHEST:
        raise Invalid("place.floor_unlikely", field="floor")
    others = session.exec(select(ClientPlace).where(ClientPlace.client_id == client.id, ClientPlace.id != place.id))
    for each in others:
        if each.label == label[:60]:
            raise Invalid("place.label_taken", field="label", label=label)
        each.is_home = each.is_home and not is_home
    place.label, place.bell = label[:60], bell.strip()[:60]
    place.floor, place.lift, place.stairs = floor, lift, stairs
    place.door_note, place.is_home = door_note.strip()[:160], is_home
    session.add(place)
    session.flush()
    _record(session, happened.PLACE_RECORDED, client, by, now, place=place.id)
    return place


def remove_place(session: Session, client: Client, place: ClientPlace, *, by: Actor, now: datetime) -> None:
    """Forget a place the client no longer goes to; rides to it stay as they are."""
    by = _manager(session, client, by, now)
    _record(session, happened.PLACE_REMOVED, client, by, now, place=place.id)
    session.delete(place)
    session.flush()


def record_contacts(
    session: Session,
    client: Client,
    *,
    phone: str,
    email: str,
    contact_name: str,
    contact_phone: str,
    language: str,
    by: Actor,
    now: datetime,
) -> None:
    """Where and in which language to reach the client, and whom to call when they do not answer."""
    by = _manager(session, client, by, now)
    if language not in LANGUAGES:
        raise Invalid("client.language_missing", field="language")
    if not phone.strip() and not email.strip():
        raise Invalid("client.contact_missing", field="phone")
    client.phone, client.email = _phone(phone), _email(email)
    client.contact_name = " ".join(contact_name.split())[:100]
    client.contact_phone = _phone(contact_phone, "contact_phone")
    client.language = language
    session.add(client)
    session.flush()
    _record(session, happened.CONTACTS_RECORDED, client, by, now)


def entitle(
    session: Session,
    client: Client,
    ground: Ground,
    *,
    valid_from: date,
    by: Actor,
    now: datetime,
    valid_until: date | None = None,
    card_number: str | None = None,
    seen: bool = True,
) -> Eligibility:
    """Record why the client may ride. What staff have not `seen`, and the client's own word, wait for `verify`."""
    by = _manager(session, client, by, now)
    if valid_until is not None and valid_until < valid_from:
        raise Invalid("eligibility.ends_before_start", field="valid_until")
    if ground is Ground.OTHER and by.role not in STAFF and by.role is not Role.SYSTEM:
        raise Forbidden("eligibility.only_staff", field="ground")
    entry = Eligibility(
        client_id=client.id or 0,
        ground=ground,
        card_number=(card_number or "").strip() or None,
        valid_from=valid_from,
        valid_until=valid_until,
        verified=by.role in STAFF and seen,
        recorded_on=clock.local_day(now),
    )
    session.add(entry)
    session.flush()
    events.record(
        session,
        happened.ELIGIBILITY_RECORDED,
        subject=("client", client.id),
        by=by,
        now=now,
        facts={"eligibility": entry.id, "ground": ground.value},
    )
    return entry


def verify(session: Session, entry: Eligibility, *, by: Actor, now: datetime) -> None:
    """Somebody of the service has seen the card; verifying twice changes nothing."""
    if by.role not in STAFF:
        raise Forbidden("eligibility.only_staff")
    if entry.verified:
        return
    entry.verified = True
    session.add(entry)
    events.record(
        session,
        happened.ELIGIBILITY_VERIFIED,
        subject=("client", entry.client_id),
        by=by,
        now=now,
        facts={"eligibility": entry.id},
    )


def record_needs(
    session: Session, client: Client, *, by: Actor, now: datetime, one_off: bool = False, **told: Unpack[Told]
) -> Needs:
    """Write the next version of what rides must provide; rides already ordered keep the version they have.

    `one_off`: for the rides of one order only, told by whoever may prepare it; the profile stays as it is. What is not
    told is not needed. Only staff record that somebody rides alone without paying for it, as it takes other people's
    places; others may keep it.
    """
    by = _representative(session, client, by, now, Power.PREPARE if one_off else Power.MANAGE)
    _check_needs(told)
    before = queries.needs_now(session, client.id or 0)
    if told.get("rides_alone") and not (before and before.rides_alone) and by.role not in _MAY_GIVE_ALONE:
        raise Forbidden("needs.only_staff", field="rides_alone")
    latest = session.exec(select(func.max(Needs.version)).where(Needs.client_id == client.id)).one()
    told["hand_over_to"] = told.get("hand_over_to", "").strip()[:80]
    told["note"] = told.get("note", "").strip()
    needs = Needs(client_id=client.id or 0, version=(latest or 0) + 1, recorded_at=now, one_off=one_off, **told)
    if before is not None and before.mobility is needs.mobility:  # measured with another aid it says nothing
        needs.boarding_extra, needs.alighting_extra = before.boarding_extra, before.alighting_extra
    session.add(needs)
    session.flush()
    _record(session, happened.NEEDS_RECORDED, client, by, now, version=needs.version)
    return needs


def adjust_times(session: Session, client: Client, *, boarding: int, alighting: int, by: Actor, now: datetime) -> Needs:
    """Plan so many minutes more, or less, at the client's doors from now on; rides already ordered stay as they are.

    Raises Forbidden("role.missing"), NotFound("needs"), Invalid("needs.extra_unlikely").
    """
    if by.role not in STAFF:
        raise Forbidden("role.missing")
    before = queries.needs_now(session, client.id or 0)
    if before is None:
        raise NotFound("needs")
    extra = {"boarding_extra": before.boarding_extra + boarding, "alighting_extra": before.alighting_extra + alighting}
    if not all(LEAST_EXTRA <= minutes <= MOST_EXTRA for minutes in extra.values()):
        raise Invalid("needs.extra_unlikely", least=LEAST_EXTRA, most=MOST_EXTRA)
    latest = session.exec(select(func.max(Needs.version)).where(Needs.client_id == client.id)).one()
    kept = before.model_dump(exclude={"id", "version", "recorded_at"})
    needs = Needs(**{**kept, **extra}, version=(latest or 0) + 1, recorded_at=now)
    session.add(needs)
    session.flush()
    _record(session, happened.NEEDS_RECORDED, client, by, now, version=needs.version)
    return needs


def _check_needs(told: Told) -> None:
    mass = told.get("chair_mass_kg")
    if mass is not None and not 5 <= mass <= 500:
        raise Invalid("needs.chair_mass_unlikely", field="chair_mass_kg", kg=mass)
    for field, size in (
        ("chair_width_cm", told.get("chair_width_cm")),
        ("chair_length_cm", told.get("chair_length_cm")),
        ("chair_height_cm", told.get("chair_height_cm")),
    ):
        if size is not None and not 30 <= size <= 250:
            raise Invalid("needs.chair_size_unlikely", field=field, cm=size)
    if told.get("companions", 0) < 0:
        raise Invalid("needs.companions_negative", field="companions")
    if not 0 <= (told.get("door_opens") or 0) < 24 * 60:
        raise Invalid("needs.door_opens_unclear", field="door_opens")
    note = told.get("note", "")
    if len(note) > 160:
        raise Invalid("needs.note_too_long", field="note", most=160, characters=len(note))


def suspended_on(session: Session, client_id: int, day: date) -> bool:
    """Whether the city has suspended the client on the day."""
    suspended = select(Suspension.id).where(
        Suspension.client_id == client_id,
        Suspension.valid_from <= day,
        Suspension.valid_until >= day,
        col(Suspension.lifted_at).is_(None),
    )
    return session.exec(suspended).first() is not None


def _manager(session: Session, client: Client, by: Actor, now: datetime) -> Actor:
    """Who changes the profile, with the name of the client on it if it is somebody else."""
    return _representative(session, client, by, now, Power.MANAGE)


def _representative(session: Session, client: Client, by: Actor, now: datetime, power: Power) -> Actor:
    mandates.require(session, client.id or 0, by, power, on=clock.local_day(now))
    return mandates.acting_for(client, by)


def _record(session: Session, kind: str, client: Client, by: Actor, now: datetime, **facts: int | None) -> None:
    events.record(session, kind, subject=("client", client.id), by=by, now=now, facts=facts)


def _free_code(session: Session) -> str:
    # Random, so that a code tells nothing about how many clients there are; six digits are read out easily.
    while True:
        code = f"K{secrets.randbelow(900_000) + 100_000}"
        if session.exec(select(Client.id).where(col(Client.code) == code)).first() is None:
            return code


def _name(text: str, field: str) -> str:
    wrong = name_fault(text, field)
    if wrong is not None:
        raise wrong
    return " ".join(text.split())


def name_fault(text: str, field: str) -> Invalid | None:
    """Why nobody can be called so (`field`: first_name or last_name); None: somebody can."""
    text = " ".join(text.split())
    usable = bool(spelling.plain(text)) and len(text) <= LONGEST_NAME
    return None if usable else Invalid(f"client.{field}_unusable", field=field, most=LONGEST_NAME)


def _birth(born: date, today: date) -> date:
    if not 0 <= age_on(born, today) <= _OLDEST or born > today:
        raise Invalid("client.born_unlikely", field="born", born=born)
    return born


def _phone(text: str, field: str = "phone") -> str:
    if not text.strip():
        return ""
    number = spelling.phone(text)
    if number is None:
        raise Invalid("client.phone_unusable", field=field)
    return number


def _email(text: str) -> str:
    text = text.strip()
    if text and (not _EMAIL.fullmatch(text) or len(text) > 200):
        raise Invalid("client.email_unusable", field="email")
    return text
