"""The trail of events as people ask for it: about a ride, a client or a day, by somebody, with names where known.

Whoever reads what happened to one client leaves a trace themselves: `open_trail` records it, and only then the trail
of that client is shown to them, for an hour.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from transport.accounts import users
from transport.booking.clients import queries as clients
from transport.booking.clients.models import Client
from transport.booking.rides.models import Ride
from transport.booking.standing.models import StandingOrder
from transport.kernel import events, looking
from transport.kernel.actor import Actor, Role
from transport.kernel.errors import Invalid, NotFound
from transport.kernel.looking import Asked, Event

LOOKED = "trail_looked_at"
OPEN_FOR = timedelta(hours=1)
"""How long a trail that was opened stays so for whoever opened it."""
_RIDE = re.compile(r"\d{4,10}")
_CLIENT = re.compile(r"K\d+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of the trail, and the client whose trail it is, if it is that of one person."""

    asked: Asked
    client: Client | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One event for people: `by` is a name (empty for the service itself), codes lead to rides and clients."""

    event: Event
    role: str
    by: str
    ride: Ride | None
    client: Client | None
    for_whom: Client | None
    facts: dict[str, Any] = field(default_factory=dict)


def question(session: Session, about: str, asked: Asked) -> Question:
    """The question about a ride's number, a client's code or a day; `about` may be empty.

    Refuses what is none of these (`trail.subject_unclear`) and numbers that nobody has (`ride`, `client.unknown`).
    """
    plain = re.sub(r"\s", "", about)
    if not plain:
        return Question(asked)
    if _CLIENT.fullmatch(plain):
        client = clients.coded(session, plain)
        rides = list(session.exec(select(Ride).where(Ride.client_id == client.id)))
        orders = session.exec(select(StandingOrder.id).where(StandingOrder.client_id == client.id))
        subjects = {"client": _ids([client.id]), "standing_order": _ids(orders), **_of_rides(rides)}
        return Question(replace(asked, subjects=subjects, for_whom=client.id), client)
    if _RIDE.fullmatch(plain):
        ride = session.exec(select(Ride).where(Ride.code == plain)).first()
        if ride is None:
            raise NotFound("ride")
        return Question(replace(asked, subjects=_of_rides([ride])), session.get_one(Client, ride.client_id))
    try:
        day = date.fromisoformat(plain)
    except ValueError:
        raise Invalid("trail.subject_unclear", field="about") from None
    return Question(replace(asked, subjects={"service_day": frozenset({day.isoformat()})}))


def open_trail(session: Session, client: Client, *, by: Actor, now: datetime) -> None:
    """Remember that somebody reads what happened to this client."""
    events.record(session, LOOKED, subject=("client", client.id), by=by, now=now)


def is_open(session: Session, client: Client, *, by: Actor, now: datetime) -> bool:
    """Whether they said so within the last hour."""
    looks = Asked(kind=LOOKED, actor=by.label, subjects={"client": _ids([client.id])})
    latest = looking.last(session, looks)
    return latest is not None and latest.recorded_at > now - OPEN_FOR


def lines(session: Session, found: list[Event]) -> list[Line]:
    """The events with the names, rides and clients they speak of."""
    numbers = {number for event in found if (number := _number(event)) is not None}
    names = users.names(session, numbers)
    rides = _rides(session, found)
    people = _people(session, found, rides.values())
    return [
        Line(
            event=event,
            role=event.actor.split(":")[0],
            by=names.get(_number(event) or 0, ""),
            ride=(ride := rides.get((event.subject_type, event.subject_id))),
            client=people.get(ride.client_id if ride else _as_number(event) if event.subject_type == "client" else 0),
            for_whom=people.get(event.on_behalf_of or 0),
            facts=json.loads(event.facts),
        )
        for event in found
    ]


def actor(session: Session, text: str) -> str:
    """Whose doing is asked for: a role, or the log-in name of somebody; refuses others (`trail.actor_unknown`)."""
    wanted = text.strip()
    if wanted in {"", *(role.value for role in Role)}:
        return wanted
    try:
        return f":{users.named(session, wanted).id}"
    except NotFound:
        raise Invalid("trail.actor_unknown", field="who") from None


def _rides(session: Session, found: Iterable[Event]) -> dict[tuple[str, str], Ride]:
    """Rides by the subject of the events: the ride itself, or the promise it lives on."""
    of_rides = {_as_number(event) for event in found if event.subject_type == "ride"}
    of_promises = {_as_number(event) for event in found if event.subject_type == "promise"}
    known = {("ride", str(ride.id)): ride for ride in session.exec(select(Ride).where(col(Ride.id).in_(of_rides)))}
    promised = session.exec(select(Ride).where(col(Ride.promise_id).in_(of_promises)))
    return known | {("promise", str(ride.promise_id)): ride for ride in promised}


def _people(session: Session, found: Iterable[Event], rides: Iterable[Ride]) -> dict[int, Client]:
    ids = {ride.client_id for ride in rides}
    for event in found:
        ids |= {event.on_behalf_of or 0, _as_number(event) if event.subject_type == "client" else 0}
    return {client.id or 0: client for client in session.exec(select(Client).where(col(Client.id).in_(ids)))}


def _of_rides(rides: list[Ride]) -> dict[str, frozenset[str]]:
    return {"ride": _ids(ride.id for ride in rides), "promise": _ids(ride.promise_id for ride in rides)}


def _ids(found: Iterable[int | None]) -> frozenset[str]:
    return frozenset(str(each) for each in found if each is not None)


def _number(event: Event) -> int | None:
    """The number of the user who did it."""
    number = event.actor.partition(":")[2]
    return int(number) if number.isdecimal() else None


def _as_number(event: Event) -> int:
    return int(event.subject_id) if event.subject_id.isdecimal() else 0
