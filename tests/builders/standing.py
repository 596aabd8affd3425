"""Standing orders in one line, and the answer of a day as it is given by night."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlmodel import Session

from tests.builders.town import NOW, Town
from transport.booking.clients.models import Client
from transport.booking.rides import drafts
from transport.booking.rides.models import BookingDraft
from transport.booking.standing import allocation, batch, standing
from transport.booking.standing.batch import Batch, Outcome
from transport.booking.standing.models import OnHolidays, StandingOrder
from transport.booking.standing.recurrence import Times
from transport.booking.standing.regular import Wanted
from transport.kernel.actor import Actor
from transport.routing.planning.day import World
from transport.routing.planning.wishes import Anchor

WEEKDAYS = (1, 2, 3, 4, 5)


def at(wall: str, back: str | None = None, anchor: Anchor = Anchor.ARRIVE_BY) -> Times:
    return Times(anchor, _minute(wall), None if back is None else _minute(back))


def every(*weekdays: int, times: Times | None = None) -> Mapping[int, Times]:
    return dict.fromkeys(weekdays or WEEKDAYS, times or at("8:00", "15:00"))


def a_wish(
    town: Town,
    client: Client,
    times: Mapping[int, Times] | None = None,
    *,
    origin: str = "home",
    to: str = "school",
    first: date | None = None,
    last: date | None = None,
    key: str = "",
    every_weeks: int = 1,
    holidays: OnHolidays = OnHolidays.PAUSE,
) -> Wanted:
    """Four weeks from the town's day on: to school by eight and home at three, every working day."""
    first = first or town.day
    return Wanted(
        key=key or f"{client.code} {origin} {to}",
        client_id=client.id or 0,
        origin=town.places[origin],
        destination=town.places[to],
        first=first,
        last=last or date.fromordinal(first.toordinal() + 27),
        times=times or every(),
        every_weeks=every_weeks,
        public_holidays=holidays,
        school_holidays=holidays,
    )


def asked(session: Session, town: Town, client: Client, *args, by: Actor, now: datetime = NOW, **wish) -> StandingOrder:
    return standing.ask(session, a_wish(town, client, *args, **wish), world=town.world, by=by, now=now)


def a_written(
    session: Session, town: Town, client: Client, *, by: Actor, now: datetime = NOW, to: str = "school"
) -> BookingDraft:
    """A standing order all questions of which are answered, to be asked for."""
    draft = drafts.start(session, client_id=client.id, by=by, now=now, standing=True)
    drafts.note(
        session,
        draft,
        now=now,
        origin=town.places["home"],
        destination=town.places[to],
        weekdays=[2, 4],
        every_weeks=1,
        anchor="arrive_by",
        minutes={"2": 480, "4": 540},
        back="yes",
        backs={"2": 900, "4": 900},
        first=town.day.isoformat(),
        last=date.fromordinal(town.day.toordinal() + 90).isoformat(),
        school="pause",
        public="pause",
        help=True,
        companions=[],
    )
    return draft


def answered(
    session: Session, town: Town, *, day: date | None = None, world: World | None = None, now: datetime = NOW
) -> tuple[Batch, Outcome]:
    """All standing orders of one day (the town's) answered together."""
    world = world or town.world
    found = allocation.gather(session, day or town.day, world=world, now=now)
    thought = batch.think(found, effort=20)
    allocation.apply(session, found, thought, world=world, now=now)
    session.expire_all()
    return found, thought


def _minute(wall: str) -> int:
    hour, minute = wall.split(":")
    return 60 * int(hour) + int(minute)
