"""The demo's provider: seven vehicles of three kinds, their drivers, two shifts a day; one contract in kilometres."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, select

from transport.accounts.models import User
from transport.booking.contracts import capacity, contracts
from transport.booking.contracts.balance import ContractUnit, Period
from transport.kernel import clock
from transport.kernel.actor import SYSTEM
from transport.routing.fleet.models import (
    Depot,
    Driver,
    Layout,
    Provider,
    Qualification,
    QualificationKind,
    Vehicle,
    VehicleClass,
)
from transport.routing.geo.models import Place

DEPOT = "klatovska"
HISTORY = timedelta(days=60)
"""So long the contract has been in force already, and from the beginning of that year."""
MONTHLY_KM = 31_000
RATE_HALER = 2650
"""26.50 Kč a kilometre, as the city pays from 2026; ten million crowns a year buy about 31,000 km a month."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What the demo's provider owns: name, how many, rules of rest, features, layouts (name, seats, chairs, kg)."""

    name: str
    count: int
    vehicle_class: VehicleClass
    features: str
    layouts: tuple[tuple[str, int, int, int], ...]


KINDS = (
    Kind("osobní elektromobil", 2, VehicleClass.CAR, "", (("4 místa", 4, 0, 0),)),
    Kind("vůz s rampou", 4, VehicleClass.CAR, "ramp", (("vozík a 2 místa", 2, 1, 250),)),
    Kind(
        "minibus",
        1,
        VehicleClass.BUS,
        "ramp lift",
        (("2 vozíky a 8 míst", 8, 2, 350), ("4 vozíky a 3 místa", 3, 4, 350)),
    ),
)

MORNING = (
    (6, 0, 14, 0),
    (6, 0, 14, 0),
    (6, 30, 14, 30),
    (6, 30, 14, 30),
    (7, 0, 15, 0),
    (7, 0, 15, 0),
    (6, 30, 14, 30),
)
NAMES = (
    *("Jana Malá", "Karel Pokorný", "Hana Šimková", "Jan Fiala", "Eva Králová"),
    *("Petr Mareš", "Ivan Bartoš", "Milan Jelínek", "Pavel Kolář", "Olga Hájková"),
)
"""Of drivers without a log-in; those after them are only numbered."""
AFTERNOON = ((15, 0, 22, 0), None, (14, 30, 22, 0), (15, 0, 21, 0), None, None, None)
"""When each vehicle is out, hours and minutes of the local day; None: it stays in after the morning."""


def build(
    session: Session,
    drivers: list[User | None],
    today: date,
    horizon: int,
    now: datetime,
    fleets: int = 1,
    *,
    afternoons: bool = False,
) -> None:
    """Provider, depot, vehicles, drivers, the contract, and shifts for every open day; `fleets` times all of it.

    `afternoons`: of a vehicle with two crews the drivers with a log-in have the later shift.
    """
    provider = Provider(name="Dopravce Ukázka, s. r. o.", phone="+420 690 000 001")
    session.add(provider)
    session.flush()
    place = session.exec(select(Place).where(Place.key == DEPOT)).one()
    depot = Depot(provider_id=provider.id or 0, name="Garáže Bory", place_id=place.id or 0)
    session.add(depot)
    session.flush()
    contracts.sign(
        session,
        code="OSS-2026-01",
        provider_id=provider.id or 0,
        purchaser="Statutární město Plzeň",
        unit=ContractUnit.METRES,
        period=Period.MONTH,
        allotment=MONTHLY_KM * 1000 * fleets,
        rate_haler=RATE_HALER,
        valid_from=date((today - HISTORY).year, 1, 1),
        valid_until=date(today.year + 1, 12, 31),
        by=SYSTEM,
        now=now,
    )
    vehicles = [_vehicle(session, provider, depot, kind, number) for number, kind in enumerate(_each() * fleets, 1)]
    people = [_driver(session, provider, drivers, number) for number in range(len(vehicles) + 3 * fleets)]
    spare = iter(people[len(vehicles) :])
    late = {index: next(spare) for index, hours in enumerate(AFTERNOON * fleets) if hours}
    for ahead in range(horizon + 1):
        day = today + timedelta(days=ahead)
        for index, vehicle in enumerate(vehicles):
            crews = (people[index], late.get(index, people[index]))
            morning, evening = reversed(crews) if afternoons else crews
            _shift(session, day, vehicle, morning, MORNING[index % len(MORNING)], now)
            if index in late:
                _shift(session, day, vehicle, evening, AFTERNOON[index % len(AFTERNOON)], now)


def _each() -> list[Kind]:
    return [kind for kind in KINDS for _ in range(kind.count)]


def _vehicle(session: Session, provider: Provider, depot: Depot, kind: Kind, number: int) -> Vehicle:
    vehicle = Vehicle(
        code=f"P{number}",
        provider_id=provider.id or 0,
        depot_id=depot.id or 0,
        kind=kind.name,
        vehicle_class=kind.vehicle_class,
        features=kind.features,
        low_emission=not kind.features,
    )
    session.add(vehicle)
    session.flush()
    for name, seats, wheelchairs, mass in kind.layouts:
        session.add(
            Layout(vehicle_id=vehicle.id or 0, name=name, seats=seats, wheelchairs=wheelchairs, max_chair_mass=mass)
        )
    session.flush()
    return vehicle


def _driver(session: Session, provider: Provider, users: list[User | None], number: int) -> Driver:
    user = users[number] if number < len(users) else None
    name = user.name if user else NAMES[number] if number < len(NAMES) else f"Řidič {number + 1}"
    driver = Driver(
        provider_id=provider.id or 0,
        user_id=user.id if user else None,
        name=name,
        phone=f"+420 690 000 {100 + number}",
    )
    session.add(driver)
    session.flush()
    for kind in (QualificationKind.WHEELCHAIR_LASHING, QualificationKind.FIRST_AID, QualificationKind.BUS):
        session.add(Qualification(driver_id=driver.id or 0, kind=kind))
    return driver


def _shift(
    session: Session,
    day: date,
    vehicle: Vehicle,
    driver: Driver,
    hours: tuple[int, int, int, int] | None,
    now: datetime,
) -> None:
    if hours is None:
        return
    capacity.open_shift(
        session,
        day=day,
        vehicle=vehicle,
        driver=driver,
        starts=clock.wall_seconds(day, hours[0], hours[1]),
        ends=clock.wall_seconds(day, hours[2], hours[3]),
        by=SYSTEM,
        now=now,
    )
