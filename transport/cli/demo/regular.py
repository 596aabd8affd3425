"""The demo's standing orders: asked for some weeks, answered together for the open days, with what happens to some."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from transport import jobs
from transport.accounts import users
from transport.booking.clients import queries as client_queries
from transport.booking.rides.models import Ride
from transport.booking.standing import recurrence, regular, standing
from transport.booking.standing.models import DateState, OnHolidays, StandingDate, StandingOrder
from transport.booking.standing.recurrence import Times
from transport.booking.standing.regular import Wanted
from transport.bootstrap import Services
from transport.cli.demo import circle, orders
from transport.cli.demo.orders import Asked, Tally
from transport.cli.demo.people import People
from transport.kernel.clock import at
from transport.kernel.db import reading, writing
from transport.routing.planning.day import World
from transport.routing.planning.wishes import Anchor

WEEK = timedelta(days=7)
WORKING = (1, 2, 3, 4, 5)


@dataclass(frozen=True, slots=True)
class Habit:
    """Who goes where on which weekdays (1 Monday), to be there by, home again at; for how many weeks; who asks."""

    name: str
    to: str
    weekdays: tuple[int, ...]
    there: str
    back: str
    weeks: int
    asker: str
    every_weeks: int = 1


ANNA = "Anna Veselá"
PAUSED, SKIPPED, CHANGED, OVERLAPPING = "Milada Tomková", ANNA, "Zdeněk Sova", "Rudolf Kos"
HABITS = (
    Habit(ANNA, "poliklinika-bory", WORKING, "9:30", "11:15", 8, "cyril"),
    Habit("Oldřich Bureš", circle.CENTRE_STREET, (1, 3, 5), "8:30", "14:30", 8, "jarmila"),
    Habit("Milada Tomková", circle.CENTRE_STREET, (1, 3, 5), "8:30", "14:30", 8, "jarmila"),
    Habit("Zdeněk Sova", circle.CENTRE_STREET, (2, 4), "8:45", "14:30", 8, "jarmila"),
    Habit("Růžena Pospíchalová", circle.CENTRE_STREET, (2, 4), "8:45", "14:30", 6, "jarmila"),
    Habit("Jiří Vaněček", circle.CENTRE_STREET, (1, 2, 3, 4, 5), "8:30", "15:00", 10, "jarmila"),
    Habit("Šimon Havel", "totem", (1, 2, 4), "9:00", "13:30", 12, "vera"),
    Habit("Ema Horská", "techmania", (3,), "15:00", "17:00", 8, "vera"),
    Habit("Rudolf Kos", "fn-lochotin", (2, 5), "10:00", "12:30", 6, "lenka"),
    Habit("Marie Poláčková", "domov-petrklic", (4,), "14:00", "16:00", 10, "lenka", every_weeks=2),
    Habit("Josef Hrabal", "poliklinika-doubravka", (1, 4), "7:45", "9:30", 5, "olga"),
)


def ask(services: Services, people: People, first: date, now: datetime, *, apart: Collection[int]) -> None:
    """Everybody asks from the first day on; Anna for two weekdays that are not among `apart`: then she rides anyway."""
    with writing(services.database) as session:
        for number, habit in enumerate(HABITS, 1):
            weekdays = [day for day in habit.weekdays if day not in apart][:2] if habit.name == ANNA else habit.weekdays
            there, back = (60 * int(hour) + int(minute) for hour, minute in map(_parts, (habit.there, habit.back)))
            wanted = Wanted(
                key=f"demo-{number}",
                client_id=people.known[habit.name],
                origin=_home(session, people.known[habit.name]),
                destination=circle.place(session, habit.to),
                first=first,
                last=first + habit.weeks * WEEK - timedelta(days=1),
                times=dict.fromkeys(weekdays, Times(Anchor.ARRIVE_BY, there, back)),
                every_weeks=habit.every_weeks,
                school_holidays=OnHolidays.RIDE,
            )
            standing.ask(session, wanted, world=services.world, by=users.actor(people.logins[habit.asker]), now=now)


def live(services: Services, people: People, today: date, now: datetime) -> None:
    """By night the open days are answered together; then a pause, a day without a ride, another time for one day.

    One client has a ride already at the time of a date: that date is denied, as nobody sits in two vehicles.
    """
    dana, cyril, jarmila, lenka = (users.actor(people.logins[login]) for login in ("dana", "cyril", "jarmila", "lenka"))
    evening = at(today, -4 * 3600)
    night = min(at(today, 3600), now - timedelta(minutes=1))
    jobs.open_days(services, evening)
    taken = _dates(services, people, OVERLAPPING)[2]
    with reading(services.database) as session:
        client = people.known[OVERLAPPING]
        said = orders.words(taken, _home(session, client), circle.place(session, "privamed"), "9:45", "11:30")
    orders.booked(services, Asked(client, said, lenka), dana, evening)
    jobs.open_days(services, night)
    jobs.answer_standing_orders(services, night)
    with writing(services.database) as session:
        order, (_, second, *_) = _order(session, people, SKIPPED), _dates(services, people, SKIPPED)
        standing.skip(session, order, second, world=services.world, by=cyril, now=now)
    with writing(services.database) as session:
        order, (first, *_) = _order(session, people, PAUSED), _dates(services, people, PAUSED)
        away = first + WEEK
        standing.pause(session, order, away, away + WEEK, world=services.world, by=jarmila, now=now)
    with writing(services.database) as session:
        order, (_, _, third, *_) = _order(session, people, CHANGED), _dates(services, people, CHANGED)
        later = Times(Anchor.ARRIVE_BY, 10 * 60, 15 * 60)
        standing.change_day(session, order, third, later, world=services.world, by=jarmila, now=now)
    jobs.answer_standing_orders(services, now)


def count(session: Session, tally: Tally, day: date, *, world: World) -> None:
    """Add what standing orders asked of the day, and what was promised to them."""
    for row in session.exec(select(StandingDate).where(StandingDate.day == day).order_by(col(StandingDate.id))):
        order = session.get_one(StandingOrder, row.standing_order_id)
        times = recurrence.times_on(regular.pattern_of(session, order), day, world.calendar)
        if times is None or row.state not in {DateState.PLACED, DateState.DENIED}:
            continue
        wanted = regular.wanted(session, order).on(day, times)
        tally.legs += len(wanted.legs)
        tally.wishes.append(wanted)
        tally.denied += len(wanted.legs) * (row.state is DateState.DENIED)
        for ride in session.exec(select(Ride).where(Ride.request_id == row.request_id)):
            orders.remember(session, tally, ride)


def _dates(services: Services, people: People, name: str) -> list[date]:
    with reading(services.database) as session:
        return [row.day for row in regular.dates(session, _order(session, people, name))]


def _order(session: Session, people: People, name: str) -> StandingOrder:
    return regular.of_client(session, people.known[name])[0]


def _home(session: Session, client_id: int) -> int:
    return client_queries.places(session, client_id)[0].place_id


def _parts(wall: str) -> tuple[str, str]:
    hour, _, minute = wall.partition(":")
    return hour, minute
