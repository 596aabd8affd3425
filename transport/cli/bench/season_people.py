"""A made-up city with its standing orders: who rides when and where, and what drives. The same seed, the same week.

People live around the middle of the city; seven in ten ride to one of a few day centres and schools in the morning
and home in the afternoon, the others to a therapy and back. Fewer rides and vehicles at the weekend.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import numpy as np
from sqlmodel import Session, SQLModel

from transport import schema  # noqa: F401 - all tables
from transport.booking.clients import clients
from transport.booking.clients.models import Client
from transport.booking.clients.needs import Mobility
from transport.booking.contracts import capacity, contracts
from transport.booking.contracts.balance import ContractUnit, Period
from transport.booking.standing import standing
from transport.booking.standing.recurrence import Times
from transport.booking.standing.regular import Wanted
from transport.kernel.actor import SYSTEM
from transport.kernel.clock import wall_seconds
from transport.kernel.db import connect, writing
from transport.routing.fleet.models import Depot, Driver, Layout, Provider, Vehicle
from transport.routing.geo import versions
from transport.routing.geo.models import Place, PlaceKind, TravelVersion
from transport.routing.geo.travel import AirLine
from transport.routing.planning import day as days
from transport.routing.planning.day import World
from transport.routing.planning.wishes import Anchor

NOW = datetime(2026, 8, 28, 9, 0, tzinfo=UTC)
MONDAY = date(2026, 9, 7)
WEEK = tuple(MONDAY + timedelta(days=ahead) for ahead in range(7))
UNTIL = MONDAY + timedelta(days=27)

SPREAD_KM = 5.0
SITES = 24
CENTRES = 10
DEPOTS = 3
REACH_KM = 4.0  # how readily one goes farther: one in e for each of these
WEEKDAYS = np.array([0.19, 0.19, 0.19, 0.19, 0.19, 0.03, 0.02])
MOBILITY = (
    (Mobility.WALKS, 0.4),
    (Mobility.WALKER, 0.2),
    (Mobility.WHEELCHAIR_TRANSFER, 0.1),
    (Mobility.WHEELCHAIR_STAYS, 0.2),
    (Mobility.ELECTRIC_WHEELCHAIR, 0.1),
)
FLEET = (
    ("", ((4, 0, 0),)),
    ("ramp", ((3, 1, 250),)),
    ("ramp lift", ((7, 0, 0), (4, 2, 350), (2, 3, 350))),
    ("ramp", ((3, 1, 250), (1, 2, 250))),
)
SHIFTS = ((6, 0), (6, 30), (7, 30), (8, 30), (10, 0))
SHIFT_HOURS = 8.5
SATURDAY = 6  # in ISO 8601
AT_WEEKENDS = 3  # one vehicle in so many is on duty


def build(url: str, world: World, requesters: int, rides: int, vehicles: int, seed: int) -> int:
    """Write the week into a new database; says how many rides are asked for in it."""
    database = connect(url)
    SQLModel.metadata.create_all(database)
    source = np.random.default_rng(seed)
    with writing(database) as session:
        places = _places(session, world, source, requesters)
        _fleet(session, world, places[:DEPOTS], vehicles)
        sites, homes = places[DEPOTS : DEPOTS + SITES], places[DEPOTS + SITES :]
        asked = 0
        for number, weekdays in enumerate(_weekdays(source, requesters, rides)):
            wish = _wanted(session, source, number, homes[number], sites, weekdays)
            standing.ask(session, wish, world=world, by=SYSTEM, now=NOW)
            asked += 2 * len(weekdays)
    database.dispose()
    return asked


def _places(session: Session, world: World, source: np.random.Generator, requesters: int) -> list[Place]:
    """Depots, then sites, then homes."""
    count = DEPOTS + SITES + requesters
    area = world.policies.on(MONDAY).area
    offsets = source.normal(0, SPREAD_KM, (count, 2))
    made = []
    for number, (east, north) in enumerate(offsets.tolist()):
        name = f"place {number}"
        made.append(
            Place(
                kind=PlaceKind.KNOWN,
                key=name,
                name=name,
                category="other",
                address=name,
                municipality=area.city,
                lat=area.centre_lat + north / 111.2,
                lon=area.centre_lon + east / 71.9,
                in_city=True,
                source="made up",
            )
        )
    session.add_all(made)
    session.flush()
    return made


def _fleet(session: Session, world: World, depots: Sequence[Place], vehicles: int) -> None:
    driving = world.policies.on(MONDAY).travel
    version = versions.register_air_line(session, AirLine(driving.detour_factor, driving.speed_kmh), now=NOW)
    provider = Provider(name="made up")
    session.add(provider)
    session.flush()
    contracts.sign(
        session,
        code="season",
        provider_id=provider.id or 0,
        purchaser="made up",
        unit=ContractUnit.METRES,
        period=Period.MONTH,
        allotment=10**9,
        rate_haler=0,
        valid_from=MONDAY,
        valid_until=UNTIL,
        by=SYSTEM,
        now=NOW,
    )
    garages = [Depot(provider_id=provider.id or 0, name=place.name, place_id=place.id or 0) for place in depots]
    session.add_all(garages)
    session.flush()
    crews = [_vehicle(session, provider, garages[number % DEPOTS], number) for number in range(vehicles)]
    for day in WEEK:
        _open(session, day, version, crews if day.isoweekday() < SATURDAY else crews[::AT_WEEKENDS])


def _vehicle(session: Session, provider: Provider, depot: Depot, number: int) -> tuple[Vehicle, Driver, int]:
    features, layouts = FLEET[number % len(FLEET)]
    vehicle = Vehicle(
        code=f"V{number}", provider_id=provider.id or 0, depot_id=depot.id or 0, kind=features, features=features
    )
    driver = Driver(provider_id=provider.id or 0, name=f"driver {number}")
    session.add_all((vehicle, driver))
    session.flush()
    for turn, (seats, wheelchairs, mass) in enumerate(layouts):
        session.add(
            Layout(
                vehicle_id=vehicle.id or 0, name=str(turn), seats=seats, wheelchairs=wheelchairs, max_chair_mass=mass
            )
        )
    session.flush()
    return vehicle, driver, number


def _open(session: Session, day: date, version: TravelVersion, crews: Sequence[tuple[Vehicle, Driver, int]]) -> None:
    days.open_day(session, day, version, now=NOW, by=SYSTEM)
    for vehicle, driver, turn in crews:
        starts = wall_seconds(day, *SHIFTS[turn % len(SHIFTS)])
        ends = starts + round(3600 * SHIFT_HOURS)
        capacity.open_shift(
            session, day=day, vehicle=vehicle, driver=driver, starts=starts, ends=ends, by=SYSTEM, now=NOW
        )


def _weekdays(source: np.random.Generator, requesters: int, rides: int) -> list[list[int]]:
    """On which weekdays (1 Monday) each of them rides: at least one each, as many in all as rides there and back."""
    chosen: list[set[int]] = [{int(source.choice(7, p=WEEKDAYS)) + 1} for _ in range(requesters)]
    left = min(rides // 2, 7 * requesters) - requesters
    while left > 0:
        mine = chosen[int(source.integers(requesters))]
        day = int(source.choice(7, p=WEEKDAYS)) + 1
        left -= day not in mine
        mine.add(day)
    return [sorted(mine) for mine in chosen]


def _wanted(
    session: Session, source: np.random.Generator, number: int, home: Place, sites: Sequence[Place], weekdays: list[int]
) -> Wanted:
    centre = bool(source.random() < 0.7)
    among = sites[:CENTRES] if centre else sites[CENTRES:]
    away = np.array([111.2 * np.hypot(home.lat - site.lat, 0.647 * (home.lon - site.lon)) for site in among])
    nearness = np.exp(-away / REACH_KM)
    goal = among[int(source.choice(len(among), p=nearness / nearness.sum()))]
    there = 15 * int(source.integers(30, 37) if centre else source.integers(34, 53))  # from 7:30, from 8:30
    stay = 15 * int(source.integers(22, 33) if centre else source.integers(6, 13))
    times = Times(Anchor.ARRIVE_BY, there, there + stay)
    return Wanted(
        key=f"order {number}",
        client_id=_client(session, source, number).id or 0,
        origin=home.id or 0,
        destination=goal.id or 0,
        first=MONDAY,
        last=UNTIL,
        times=dict.fromkeys(weekdays, times),
    )


def _client(session: Session, source: np.random.Generator, number: int) -> Client:
    client = clients.register(
        session,
        first_name="Vymyšlený",
        last_name=f"Cestující {number}",
        born=date(1945, 1, 1),
        municipality="Plzeň",
        by=SYSTEM,
        now=NOW,
    )
    mobility = MOBILITY[int(source.choice(len(MOBILITY), p=[share for _, share in MOBILITY]))][0]
    mass = {Mobility.WHEELCHAIR_STAYS: (80, 130), Mobility.ELECTRIC_WHEELCHAIR: (150, 240)}.get(mobility)
    clients.record_needs(
        session,
        client,
        mobility=mobility,
        chair_mass_kg=None if mass is None else int(source.integers(*mass)),
        by=SYSTEM,
        now=NOW,
    )
    return client
