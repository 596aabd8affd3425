"""The demo's weeks before yesterday: what two drivers drove for people who ride often, as rows of the past.

At the door most take about as long as the rules give them. One person does not, nor do people with a walker, and from
the gate of one hospital it is a long way in: so there is something to learn. The days are counted in the contract.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import cycle, groupby
from random import Random

from sqlmodel import Session, col, select

from transport.accounts import users
from transport.booking.clients import eligibility
from transport.booking.clients import queries as client_queries
from transport.booking.clients.models import Client, Needs
from transport.booking.clients.needs import Mobility
from transport.booking.contracts import postings, tariffs
from transport.bootstrap import Services
from transport.cli.demo import circle
from transport.cli.demo.driven import Book, Crew, Rider, Trip
from transport.cli.demo.people import People
from transport.kernel.clock import at, parse_wall
from transport.kernel.db import writing
from transport.routing.fleet import logins
from transport.routing.fleet.models import Depot, Layout, Shift, Vehicle
from transport.routing.geo import versions
from transport.routing.planning.models import DayState, ServiceDay, StopKind

DAYS = 28
SLOTS = (("7:30", "10:30"), ("8:30", "11:30"), ("9:30", "12:30"))
"""About when a driver fetches the people of a day, one after the other, and brings them home."""
DRIVERS = ("emil", "marta")
"""In their mornings; the others leave no trace but their shifts."""
CENTRE, HOSPITAL = circle.CENTRE_STREET, "fn-lochotin"
SLOW, SHE_GOES = "Růžena Pospíchalová", {2: CENTRE, 4: "privamed"}
"""Who takes longer than the rules say, and where she goes on which weekdays (1 Monday)."""
VISITS = frozenset({1, 3, 5})
"""Weekdays on which somebody goes to the hospital, each time somebody else."""
WITH_WALKER = (
    *("Hedvika Veselá", "Ludmila Horská", "Milada Tomková", "Vlasta Kopřivová"),
    *("Jiří Vaněček", "Emilie Šťastná", "Marie Poláčková"),
)
OUTINGS = ("velke-divadlo", "hlavni-posta", "knihovna-mesta", "hrbitov-zatisi", "plaza", "dps-suvorovova", "magistrat")
ON_FOOT = (
    *(("Oldřich Bureš", CENTRE), ("Čeněk Dub", CENTRE), ("Rudolf Kos", "poliklinika-doubravka")),
    *(("Zdeněk Sova", CENTRE), ("Libuše Marková", CENTRE), ("Josef Hrabal", "poliklinika-doubravka")),
    *(("Antonín Straka", CENTRE), ("Irena Lišková", CENTRE), ("Naděžda Rybová", "poliklinika-doubravka")),
)
IN_CHAIRS = (
    *(("Anna Veselá", "poliklinika-bory"), ("Karel Mach", "poliklinika-bory"), ("Božena Klidná", "tyflocentrum")),
    *(("Žofie Bílková", CENTRE), ("Bohumil Jež", CENTRE), ("Ema Horská", "skoly-vejprnicka")),
)
MORE_FOR_HER, MORE_WITH_WALKER, MORE_INSIDE = 310, 190, 310
"""Seconds beyond the usual: of the slow one and of people with a walker to get in; from the gate of the hospital in."""


@dataclass(frozen=True, slots=True)
class _Cast:
    """Clients in the order in which they ride: with a walker, on foot, in wheelchairs, each day others; visitors."""

    walkers: Iterator[tuple[int, str]]
    on_foot: Iterator[tuple[int, str]]
    in_chairs: Iterator[tuple[int, str]]
    visitors: Iterator[int]
    slow: int

    def morning(self, day: date) -> dict[str, list[tuple[int, str]]]:
        """Whom each of the two drives on a day, and where to."""
        weekday = day.isoweekday()
        visit = (next(self.visitors), HOSPITAL) if weekday in VISITS else next(self.on_foot)
        slow = (self.slow, SHE_GOES[weekday]) if weekday in SHE_GOES else next(self.in_chairs)
        return {
            "emil": [next(self.walkers), visit, next(self.on_foot)],
            "marta": [next(self.in_chairs), slow, next(self.in_chairs)],
        }


def live(services: Services, people: People, until: date) -> None:
    """Every working day of four weeks before `until`."""
    random = Random(DAYS)
    clerk = users.actor(people.logins["dana"])
    days = [until - timedelta(days=back) for back in range(DAYS, 0, -1)]
    with writing(services.database) as session:
        crews = {login: _crew(session, people, login) for login in DRIVERS}
        cast = _cast(session, people)
        plan = {day: cast.morning(day) for day in days if services.world.calendar.is_working(day)}
        going = {each for morning in plan.values() for trips in morning.values() for each in trips}
        places = {key: circle.place(session, key) for key in sorted({key for _, key in going})}
        riders = {client: _rider(session, services, client, until) for client in sorted({key for key, _ in going})}
        slow, hospital = people.known[SLOW], places[HOSPITAL]

        def takes(rider: Rider, kind: StopKind, place: int, by_rules: int) -> int:
            more = MORE_INSIDE if kind is StopKind.DROPOFF and place == hospital else 0
            if kind is StopKind.PICKUP and rider.client == slow:
                more = MORE_FOR_HER
            elif kind is StopKind.PICKUP and rider.needs.mobility is Mobility.WALKER:
                more = MORE_WITH_WALKER
            return max(60, round(random.gauss(0.92 * by_rules + more, 15 + 0.06 * by_rules)))

        known = {*places.values(), *(each.home for each in riders.values()), *(each.depot for each in crews.values())}
        book = Book(services, session, sorted(known), takes, random)
        shifts = _shifts(session, days, until, [crew.driver for crew in crews.values()])
        version = versions.current(session).id or 0
        for day, morning in plan.items():
            opened, closed = at(day - timedelta(days=14), 0), at(day, parse_wall(day, "22:45"))
            session.add(ServiceDay(day=day, state=DayState.CLOSED, travel_version_id=version, opened_at=opened))
            session.flush()
            metres = 0
            for login, trips in morning.items():
                ridden = [
                    Trip(riders[client], places[key], *slot) for (client, key), slot in zip(trips, SLOTS, strict=True)
                ]
                crew = crews[login]
                metres += book.morning(shifts[day, crew.driver], crew, ridden, services.policies.on(day))
            postings.day_closed(session, day, metres, by=clerk, now=closed)


def _cast(session: Session, people: People) -> _Cast:
    known = people.known
    chairs = _strangers(session, people, Mobility.WHEELCHAIR_STAYS, 3)
    walkers = [*(known[name] for name in WITH_WALKER), *_strangers(session, people, Mobility.WALKER, 5)]
    on_foot = [_strangers(session, people, mobility, DAYS // 2) for mobility in (Mobility.CANE, Mobility.WALKS)]
    return _Cast(
        walkers=zip(cycle(walkers), cycle(OUTINGS)),
        on_foot=cycle((known[name], to) for name, to in ON_FOOT),
        in_chairs=cycle([*((known[name], to) for name, to in IN_CHAIRS), *((each, "domovinka") for each in chairs)]),
        visitors=iter([each for pair in zip(*on_foot, strict=True) for each in pair]),
        slow=known[SLOW],
    )


def _strangers(session: Session, people: People, mobility: Mobility, count: int) -> list[int]:
    """Clients without a story who ride alone."""
    mine = select(Needs.client_id).where(
        Needs.mobility == mobility,
        Needs.companions == 0,
        col(Needs.client_id).in_(people.clients),
        col(Needs.client_id).not_in(people.known.values()),
    )
    return list(session.exec(mine.order_by(col(Needs.client_id)).limit(count)))


def _rider(session: Session, services: Services, client_id: int, on: date) -> Rider:
    client, policy = session.get_one(Client, client_id), services.policies.on(on)
    needs = client_queries.needs_now(session, client_id)
    if needs is None:
        raise LookupError(f"client {client_id} has no needs")
    journey = tariffs.Journey(
        age=eligibility.age_on(client.born, on),
        card=eligibility.card_on(client_queries.evidence(session, client_id), on),
        companions=needs.companions,
    )
    home = client_queries.places(session, client_id)[0].place_id
    return Rider(client=client_id, needs=needs, home=home, price=tariffs.price(policy, journey))


def _crew(session: Session, people: People, login: str) -> Crew:
    """With the vehicle that the driver has on every day."""
    user = people.logins[login]
    driver = logins.driver_of(session, user.id or 0)
    if driver is None:
        raise LookupError(f"{login} drives nothing")
    mine = select(Vehicle, Layout).join(Layout, col(Layout.vehicle_id) == Vehicle.id)
    mine = mine.join(Shift, col(Shift.vehicle_id) == Vehicle.id).where(Shift.driver_id == driver.id)
    vehicle, layout = session.exec(mine.order_by(col(Shift.id))).all()[0]
    depot = session.get_one(Depot, vehicle.depot_id)
    return Crew(users.actor(user).label, driver.id or 0, layout.id or 0, depot.place_id)


def _shifts(session: Session, days: list[date], like: date, first: list[int]) -> dict[tuple[date, int], Shift]:
    """The roster of a day on each of the days before, by driver; those named have the first shift of their vehicle."""
    made: dict[tuple[date, int], Shift] = {}
    rows = session.exec(select(Shift).where(Shift.day == like).order_by(col(Shift.vehicle_id), col(Shift.starts)))
    for _, group in groupby(rows, key=lambda row: row.vehicle_id):
        shifts = list(group)
        drivers = sorted((row.driver_id for row in shifts), key=lambda driver: driver not in first)
        for day in days:
            for row, driver in zip(shifts, drivers, strict=True):
                known = row.model_dump(exclude={"id", "day", "driver_id"})
                made[day, driver] = Shift(day=day, driver_id=driver, **known)
    session.add_all(made.values())
    session.flush()
    return made
