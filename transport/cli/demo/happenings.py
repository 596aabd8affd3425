"""What happens in the demo on the days after tomorrow: somebody waits, changes, calls off, is offered, has to agree."""

from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from transport.accounts import users
from transport.booking.clients import queries as client_queries
from transport.booking.clients.needs import Mobility
from transport.booking.rides import booking, changing, consents, drafts, offers, requests, rides, waiting
from transport.booking.rides.lifecycle import LIVE
from transport.booking.rides.models import Denial, Ride, TripRequest
from transport.bootstrap import Services
from transport.cli.demo import circle, orders
from transport.cli.demo.orders import Asked, Tally
from transport.cli.demo.people import People
from transport.kernel.actor import Actor
from transport.kernel.clock import parse_wall
from transport.kernel.db import reading, writing
from transport.operations.dispatch import plans

DAY = timedelta(days=1)
CONCERT, OTHERS, LATER, ANNAS = 2, 3, 4, 5
"""So many days from today."""

MOST = 40
"""So many people in wheelchairs want to hear the concert; long before, there is no vehicle left for the next."""

SPAN = 30 * 60
"""Seconds by which whoever waits would ride sooner or later than they asked."""

BOZENA = "Božena Klidná"
LISTENERS = (
    (BOZENA, "bozena"),
    ("Karel Mach", "lenka"),
    ("Růžena Pospíchalová", "jarmila"),
    ("Žofie Bílková", "jarmila"),
    ("Ema Horská", "vera"),
)
"""Who asks for the concert last, and by whom."""

CALLING = ("Emilie Šťastná", "Karel Mach", "Libuše Marková")


def live(services: Services, people: People, today: date, now: datetime) -> None:
    """All of it, each by those who would do it."""
    story = _Story(services, people, now)
    story.concert(today + CONCERT * DAY)
    story.change("Anna Veselá", "anna", today + ANNAS * DAY)
    story.change("Bohumil Jež", "jarmila", today + OTHERS * DAY)
    story.call_off("Antonín Straka", "jarmila", today + OTHERS * DAY)
    story.will_call("Anna Veselá", "cyril", today + OTHERS * DAY)
    for name in CALLING:
        story.will_call(name, "olga", today + OTHERS * DAY)
    story.offer("Naděžda Rybová", "lenka", today + LATER * DAY)
    story.prepare(BOZENA, "tomas", today + LATER * DAY)
    story.unconfirmed("Ludmila Horská", "vera", today + LATER * DAY)


def weekdays_of_anna(today: date) -> set[int]:
    """The days of the week on which Anna has other rides: tomorrow and those here."""
    return {(today + days * DAY).isoweekday() for days in (1, OTHERS, ANNAS)}


class _Story:
    """The demo's people and the moment in which all this is done."""

    def __init__(self, services: Services, people: People, now: datetime) -> None:
        self._services, self._people, self._now = services, people, now
        self._world = services.world
        self._clerk = self._actor("dana")

    def concert(self, day: date) -> None:
        """Many want to go to the theatre at the same time, until one is denied; those who ask then go on the list.

        Somebody who has a place calls off, until a place is free that one of those who wait can use.
        """
        placed = []
        for client in self._in_wheelchairs():
            made, _ = self._to_theatre(client, day, self._clerk)
            if not made:
                break
            placed.append(made)
        for name, login in LISTENERS:
            by = self._actor(login)
            made, key = self._to_theatre(self._people.known[name], day, by)
            if not made:
                self._wait(key, by)
        for made in placed[:3]:
            self._cancel(made, self._clerk)
            with writing(self._services.database) as session:
                if waiting.retest(session, day, world=self._world, now=self._now):
                    break

    def change(self, name: str, login: str, day: date) -> None:
        """Somebody books a ride, and then has it two hours later."""
        by = self._actor(login)
        [ride_id] = self._booked(name, by, day, "poliklinika-slovany", "10:00")
        with writing(self._services.database) as session:
            draft = changing.start(session, session.get_one(Ride, ride_id), by=by, now=self._now)
            drafts.note(session, draft, now=self._now, seconds=parse_wall(day, "12:00"))
            self._take(session, draft.key, by)

    def call_off(self, name: str, login: str, day: date) -> None:
        """Somebody books a ride there and back, and calls both off in time."""
        by = self._actor(login)
        self._cancel(self._booked(name, by, day, "olympia", "13:00", "15:30"), by)

    def will_call(self, name: str, login: str, day: date) -> None:
        """Somebody goes to hospital and will call for the way home."""
        self._booked(name, self._actor(login), day, "fn-bory", "8:45", "11:00", will_call=True)

    def offer(self, name: str, login: str, day: date) -> None:
        """The dispatcher offers another time for a booked ride; the client's side has not answered yet."""
        [ride_id] = self._booked(name, self._actor(login), day, "magistrat-martinska", "10:30")
        with writing(self._services.database) as session:
            ride = session.get_one(Ride, ride_id)
            party, options = plans.other_times(session, ride, world=self._world, now=self._now)
            if options:
                until = self._now + DAY
                offers.offer(
                    session,
                    ride,
                    party,
                    options[0],
                    version=ride.version,
                    until=until,
                    world=self._world,
                    by=self._clerk,
                    now=self._now,
                )

    def prepare(self, name: str, login: str, day: date) -> None:
        """A supporter has chosen the times; the client has still to agree."""
        by = self._actor(login)
        said = self._said(name, day, "vedecka-knihovna", "14:00", "16:00")
        with writing(self._services.database) as session:
            draft = drafts.start(session, client_id=self._people.known[name], by=by, now=self._now)
            drafts.note(session, draft, now=self._now, **said)
            found = booking.look(session, draft, world=self._world, by=by, now=self._now)
            booking.remember(session, draft, found, world=self._world, by=by, now=self._now)
            numbers = {answer.wish.leg: 0 for answer in found}
            booking.choose(session, draft, numbers, world=self._world, by=by, now=self._now)
            consents.ask(session, draft, world=self._world, by=by, now=self._now)

    def unconfirmed(self, name: str, login: str, day: date) -> None:
        """A booked ride that waits for the dispatcher's yes."""
        by = self._actor(login)
        said = self._said(name, day, "ustredni-hrbitov", "10:00")
        with writing(self._services.database) as session:
            draft = drafts.start(session, client_id=self._people.known[name], by=by, now=self._now)
            drafts.note(session, draft, now=self._now, **said)
            self._take(session, draft.key, by)

    def _actor(self, login: str) -> Actor:
        return users.actor(self._people.logins[login])

    def _said(self, name: str, day: date, to: str, at: str, back: str = "", **more: object) -> dict[str, object]:
        with reading(self._services.database) as session:
            home = client_queries.places(session, self._people.known[name])[0].place_id
            return orders.words(day, home, circle.place(session, to), at, back, **more)

    def _booked(self, name: str, by: Actor, day: date, to: str, at: str, back: str = "", **more: object) -> list[int]:
        asked = Asked(self._people.known[name], self._said(name, day, to, at, back, **more), by)
        return orders.booked(self._services, asked, self._clerk, self._now)

    def _take(self, session: Session, key: str, by: Actor) -> TripRequest:
        """The first of the times that can be had, booked."""
        draft = drafts.get(session, key, by=by, now=self._now)
        found = booking.look(session, draft, world=self._world, by=by, now=self._now)
        booking.remember(session, draft, found, world=self._world, by=by, now=self._now)
        numbers = {answer.wish.leg: 0 for answer in found}
        booking.choose(session, draft, numbers, world=self._world, by=by, now=self._now)
        return booking.book(session, draft, world=self._world, by=by, now=self._now)

    def _cancel(self, ride_ids: list[int], by: Actor) -> None:
        with writing(self._services.database) as session:
            for ride in (session.get_one(Ride, ride_id) for ride_id in ride_ids):
                if ride.status in LIVE:
                    rides.cancel(session, ride, version=ride.version, world=self._world, by=by, now=self._now)

    def _in_wheelchairs(self) -> list[int]:
        """Clients who stay in their wheelchair during the ride, in the order they were made; not Anna."""
        with reading(self._services.database) as session:
            found = []
            for client in self._people.clients[1:]:
                needs = client_queries.needs_now(session, client)
                if needs is not None and needs.mobility in {Mobility.WHEELCHAIR_STAYS, Mobility.ELECTRIC_WHEELCHAIR}:
                    found.append(client)
                if len(found) == MOST:
                    break
            return found

    def _to_theatre(self, client: int, day: date, by: Actor) -> tuple[list[int], str]:
        """The rides there and back, none if there was no place; and the key of what was written."""
        with reading(self._services.database) as session:
            home = client_queries.places(session, client)[0].place_id
            said = orders.words(day, home, circle.place(session, "velke-divadlo"), "18:45", "21:00")
        key = orders.arrive_one(self._services, Asked(client, said, by), self._clerk, self._now, Tally())
        with reading(self._services.database) as session:
            return orders.rides_of(session, key), key

    def _wait(self, key: str, by: Actor) -> None:
        """Every way of the order that was denied goes on the list, half an hour sooner or later."""
        with writing(self._services.database) as session:
            draft = drafts.get(session, key, by=by, now=self._now)
            asked = {requests.denial_key(drafts.order(draft), leg) for leg in drafts.order(draft).legs}
            for denial in session.exec(select(Denial).where(col(Denial.key).in_(asked))).all():
                waiting.join(
                    session,
                    draft,
                    denial,
                    earliest=denial.seconds - SPAN,
                    latest=denial.seconds + SPAN,
                    world=self._world,
                    by=by,
                    now=self._now,
                )
