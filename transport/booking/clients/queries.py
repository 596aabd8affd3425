"""What screens want to see of clients. Doors decide who may ask."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, and_, col, or_, select

from transport.accounts.models import User
from transport.booking.clients import spelling
from transport.booking.clients.models import Client, ClientPlace, Eligibility, Mandate, Needs, Organisation
from transport.kernel.actor import STAFF
from transport.kernel.errors import NotFound
from transport.kernel.events import Event

_SHORTEST_NUMBER = 3
_INNER = {"promise", "contract"}
"""Subjects of our own book-keeping: what the client's people do shows on the ride already."""


@dataclass(frozen=True, slots=True)
class Profile:
    """All that is recorded about one client; `needs` None: nothing has been asked yet."""

    client: Client
    needs: Needs | None
    places: tuple[ClientPlace, ...]
    eligibilities: tuple[Eligibility, ...]
    mandates: tuple[Mandate, ...]


def search(session: Session, text: str, *, limit: int = 20) -> list[Client]:
    """Active clients whose name has all the words, whose number ends or code begins so; by name.

    Words may be beginnings, in any order, without diacritics, in the letters of another language; digits may have
    spaces. A year of birth after the name (`novak 58`, `novak 1958`) leaves those born then. Nothing finds nobody.
    """
    digits = re.sub(r"\D", "", text)
    letters = re.sub(r"[\s\d+().\-/]", "", text).casefold()
    matches: list[ColumnElement[bool]] = []
    named = _named(text)
    if named is not None:
        matches.append(named)
    if len(digits) >= _SHORTEST_NUMBER and letters in {"", "k"}:
        matches.append(col(Client.code).startswith(f"K{digits}"))
    if len(digits) >= _SHORTEST_NUMBER and not letters:
        matches.append(col(Client.phone).endswith(digits.removeprefix("00")))
    if not matches:
        return []
    statement = (
        select(Client).where(or_(*matches), col(Client.active)).order_by(Client.search_name, Client.code).limit(limit)
    )
    return list(session.exec(statement))


def _named(text: str) -> ColumnElement[bool] | None:
    """Everybody with this name, born in the year said after it; None if the text is no name."""
    words = spelling.sounds(text).split()
    years = [word for word in words if re.fullmatch(r"\d\d|(18|19|20)\d\d", word)]
    names = [word for word in words if word not in years]
    if not names or not any(word.isalpha() for word in names):
        return None
    conditions = []
    for word in names:
        begins = col(Client.sounds_like).startswith(word), col(Client.sounds_like).contains(f" {word}")
        conditions.append(or_(*begins))
    for year in years:
        born = [int(year)] if len(year) == len("1958") else [century + int(year) for century in (1900, 2000)]
        conditions.append(or_(*(col(Client.born).between(date(y, 1, 1), date(y, 12, 31)) for y in born)))
    return and_(*conditions)


def coded(session: Session, code: str) -> Client:
    """The client with this code, as read out over the phone (spaces and small letters do not matter)."""
    plain = re.sub(r"\s", "", code).upper()
    client = session.exec(select(Client).where(Client.code == plain)).first()
    if client is None:
        raise NotFound("client.unknown")
    return client


def of_user(session: Session, user_id: int) -> Client | None:
    """The client who is this user; None for representatives and staff."""
    return session.exec(select(Client).where(Client.user_id == user_id)).first()


def needs_now(session: Session, client_id: int) -> Needs | None:
    """The latest version of what the client's rides must provide."""
    newest = col(Needs.version).desc()
    mine = select(Needs).where(Needs.client_id == client_id, col(Needs.one_off).is_(False))
    return session.exec(mine.order_by(newest)).first()


def places(session: Session, client_id: int) -> list[ClientPlace]:
    """Places the client goes to often: home first, then by label."""
    statement = select(ClientPlace).where(ClientPlace.client_id == client_id)
    return sorted(session.exec(statement), key=lambda place: (not place.is_home, place.label))


def steps_at(session: Session, client_id: int, place_ids: Collection[int]) -> int:
    """The most steps that the client has told of at any of these places; 0 where nothing is known."""
    mine = select(func.max(ClientPlace.stairs)).where(ClientPlace.client_id == client_id)
    return session.exec(mine.where(col(ClientPlace.place_id).in_(place_ids))).one() or 0


def evidence(session: Session, client_id: int) -> list[Eligibility]:
    """Every ground on which the client may or might ride, oldest first."""
    statement = select(Eligibility).where(Eligibility.client_id == client_id)
    return list(session.exec(statement.order_by(col(Eligibility.valid_from), col(Eligibility.id))))


def profile(session: Session, client: Client) -> Profile:
    """Everything about one client on one page."""
    client_id = client.id or 0
    mandates = session.exec(select(Mandate).where(Mandate.client_id == client_id).order_by(col(Mandate.id)))
    return Profile(
        client=client,
        needs=needs_now(session, client_id),
        places=tuple(places(session, client_id)),
        eligibilities=tuple(evidence(session, client_id)),
        mandates=tuple(mandates),
    )


@dataclass(frozen=True, slots=True)
class Representative:
    """A mandate of a client, with the names of the person and of the organisation that have it, if any."""

    mandate: Mandate
    person: str
    organisation: str


def representatives(session: Session, client_id: int) -> list[Representative]:
    """Everybody who may, might or will act for the client; the latest mandate first. Doors decide who may ask."""
    statement = (
        select(Mandate, User.name, Organisation.name)
        .outerjoin(User, col(User.id) == Mandate.user_id)
        .outerjoin(Organisation, col(Organisation.id) == Mandate.organisation_id)
        .where(Mandate.client_id == client_id)
        .order_by(col(Mandate.valid_from).desc(), col(Mandate.id).desc())
    )
    return [
        Representative(mandate, person or "", organisation or "")
        for mandate, person, organisation in session.exec(statement)
    ]


@dataclass(frozen=True, slots=True)
class Act:
    """Something done on behalf of a client: when, by whom, what (the kind of event), and on which ride if on one.

    `who` is the name of the representative; empty for our staff.
    """

    at: datetime
    who: str
    kind: str
    ride_id: int | None


def acts(session: Session, client_id: int, *, since: datetime) -> list[Act]:
    """What others did on behalf of the client, the latest first, for the client to read."""
    statement = select(Event).where(Event.on_behalf_of == client_id, Event.recorded_at >= since)
    found = list(session.exec(statement.order_by(col(Event.id).desc())))
    users = {int(number) for event in found if (number := event.actor.partition(":")[2])}
    names = {
        user.id: user.name
        for user in session.exec(select(User).where(col(User.id).in_(users), col(User.role).not_in(STAFF)))
    }
    return [
        Act(
            at=event.occurred_at,
            who=names.get(int(event.actor.partition(":")[2] or 0), ""),
            kind=event.kind,
            ride_id=int(event.subject_id) if event.subject_type == "ride" else None,
        )
        for event in found
        if event.subject_type not in _INNER
    ]
