"""Orders and rides in one line, through the same steps as every door takes."""

from datetime import date, datetime

from sqlmodel import Session

from tests.builders.town import NOW, Town
from transport.booking.clients.models import Client
from transport.booking.rides import booking, drafts, requests, rides
from transport.booking.rides.lifecycle import Status
from transport.booking.rides.models import BookingDraft, Leg, Ride, TripRequest
from transport.booking.rides.wishing import Answer
from transport.kernel.actor import Actor
from transport.kernel.clock import parse_wall
from transport.routing.planning.wishes import Anchor


def a_draft(
    session: Session,
    town: Town,
    client: Client,
    at: str = "9:00",
    *,
    by: Actor,
    origin: str = "home",
    to: str = "hospital",
    back: str | None = None,
    will_call: bool = False,
    back_day: date | None = None,
    anchor: Anchor = Anchor.LEAVE_AT,
    day: date | None = None,
    companions: tuple[str, ...] = (),
    now: datetime = NOW,
    **said: object,
) -> BookingDraft:
    day = day or town.day
    draft = drafts.start(session, client_id=client.id, by=by, now=now)
    drafts.note(
        session,
        draft,
        now=now,
        origin=town.places[origin],
        destination=town.places[to],
        day=day.isoformat(),
        anchor=anchor.value,
        seconds=parse_wall(day, at),
        will_call=will_call,
        return_seconds=None if back is None else parse_wall(back_day or day, back),
        return_day=None if back_day is None else back_day.isoformat(),
        companions=list(companions),
        **said,
    )
    return draft


def looked(session: Session, town: Town, draft: BookingDraft, *, by: Actor, now: datetime = NOW) -> list[Answer]:
    """What can be promised, shown to the client."""
    found = booking.look(session, draft, world=town.world, by=by, now=now)
    booking.remember(session, draft, found, world=town.world, by=by, now=now)
    return found


def chosen(session: Session, town: Town, draft: BookingDraft, *, by: Actor, now: datetime = NOW, number: int = 0):
    """The windows with this number held, for all legs."""
    found = looked(session, town, draft, by=by, now=now)
    numbers: dict[Leg, int] = {answer.wish.leg: number for answer in found}
    return booking.choose(session, draft, numbers, world=town.world, by=by, now=now)


def booked(session: Session, town: Town, draft: BookingDraft, *, by: Actor, now: datetime = NOW) -> TripRequest:
    chosen(session, town, draft, by=by, now=now)
    return booking.book(session, draft, world=town.world, by=by, now=now)


def an_order(
    session: Session, town: Town, client: Client, at: str = "9:00", *, by: Actor, now: datetime = NOW, **wish
) -> list[Ride]:
    """An order from wish to booking; its rides, outbound first."""
    draft = a_draft(session, town, client, at, by=by, now=now, **wish)
    return requests.of_request(session, booked(session, town, draft, by=by, now=now))


def a_ride(
    session: Session, town: Town, client: Client, at: str = "9:00", *, by: Actor, now: datetime = NOW, **wish
) -> Ride:
    """One direction, booked; wants a yes or no from the dispatcher unless an operator booked it."""
    return an_order(session, town, client, at, by=by, now=now, **wish)[0]


def a_confirmed_ride(
    session: Session, town: Town, client: Client, at: str = "9:00", *, by: Actor, now: datetime = NOW, **wish
) -> Ride:
    ride = a_ride(session, town, client, at, by=by, now=now, **wish)
    if ride.status is Status.REQUESTED:
        rides.confirm(session, ride, version=ride.version, by=by, now=now)
    return ride
