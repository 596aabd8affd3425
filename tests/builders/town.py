"""A town small enough to know by heart: six places, two vehicles, one contract, one open day.

    car   four seats, no ramp                      driven by Emil
    van   three seats and one wheelchair place     driven by a colleague

Distances are straight (`FlatEarth`, 100 seconds a kilometre): depot 0|0, home 2|0, hospital 2|3, station 0|3,
school 4|0, and Zbůch 0|9, the only place outside the city that is served.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlmodel import Session

from tests.builders.clients import a_user
from tests.builders.contracts import a_contract
from tests.fakes import FlatEarth, on_the_plane
from transport.booking.contracts import capacity
from transport.booking.contracts.balance import ContractUnit, Period
from transport.booking.contracts.models import Contract
from transport.kernel import policy
from transport.kernel.actor import SYSTEM, Actor, Role
from transport.kernel.clock import parse_wall
from transport.kernel.policy import Policies
from transport.routing.fleet.models import Depot, Driver, Layout, Provider, Shift, Vehicle
from transport.routing.geo.models import Place, PlaceKind, TravelKind, TravelVersion
from transport.routing.planning import day as days
from transport.routing.planning.day import World

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
DAY = date(2026, 11, 24)
"""A Tuesday, four days ahead."""

WHERE = {
    "depot": (0, 0, "Plzeň"),
    "home": (2, 0, "Plzeň"),
    "hospital": (2, 3, "Plzeň"),
    "station": (0, 3, "Plzeň"),
    "school": (4, 0, "Plzeň"),
    "zbuch": (0, 9, "Zbůch"),
    "abroad": (9, 9, "Praha"),
}


@dataclass(frozen=True, slots=True)
class Town:
    """Ids of everything, so that it can be used in any session."""

    world: World
    day: date
    places: dict[str, int]
    version: int
    contract: int
    car: int
    van: int
    car_shift: int
    van_shift: int

    def second(self, wall: str) -> int:
        """`"9:00"` as a second of the town's day."""
        return parse_wall(self.day, wall)


@cache
def the_policies() -> Policies:
    """The rules as they are shipped."""
    return policy.load(Path(__file__).resolve().parents[2] / "data" / "service.toml")


def a_world(travel: FlatEarth | None = None, **changes: dict[str, Any]) -> World:
    """The shipped rules, with some groups of every policy changed: `a_world(booking={"confirm": "automatic"})`.

    Every version of travel times is the flat earth; one labelled `… s/km` by its parameters has that pace.
    """
    rules = the_policies()
    changed = tuple(
        each.model_copy(
            update={name: getattr(each, name).model_copy(update=values) for name, values in changes.items()}
        )
        for each in rules.policy
    )
    roads = travel or FlatEarth()
    paces = {"slow": FlatEarth(180.0), "hopeless": FlatEarth(1500.0)}
    return World(
        policies=rules.model_copy(update={"policy": changed}),
        travel=lambda version: paces.get(version.label, roads),
    )


def a_version(session: Session, label: str = "flat earth", now: datetime = NOW) -> TravelVersion:
    version = TravelVersion(
        kind=TravelKind.AIR_LINE,
        label=label,
        digest=f"digest of {label}",
        parameters='{"detour_factor": 1.0, "speed_kmh": 36.0}',
        imported_at=now,
    )
    session.add(version)
    session.flush()
    return version


def a_place(session: Session, name: str, x_km: float, y_km: float, municipality: str = "Plzeň") -> Place:
    point = on_the_plane(x_km, y_km)
    place = Place(
        kind=PlaceKind.KNOWN,
        key=name,
        name=name,
        category="other",
        address=f"{name}, {municipality}",
        municipality=municipality,
        lat=point.lat,
        lon=point.lon,
        in_city=municipality == "Plzeň",
        source="the tests",
    )
    session.add(place)
    session.flush()
    return place


def a_vehicle(session: Session, depot: Depot, code: str, *layouts: tuple[int, int, int], features: str = "") -> Vehicle:
    """Layouts are (seats, wheelchair places, kilograms of the heaviest chair)."""
    vehicle = Vehicle(code=code, provider_id=depot.provider_id, depot_id=depot.id or 0, kind=code, features=features)
    session.add(vehicle)
    session.flush()
    for number, (seats, chairs, mass) in enumerate(layouts):
        session.add(
            Layout(
                vehicle_id=vehicle.id or 0,
                name=f"layout {number}",
                seats=seats,
                wheelchairs=chairs,
                max_chair_mass=mass,
            )
        )
    session.flush()
    return vehicle


def a_driver(session: Session, provider_id: int, user: Actor | None = None, name: str = "Emil Řidič") -> Driver:
    user_id = a_user(session, Role.DRIVER, name).id if user is None else user.user
    driver = Driver(provider_id=provider_id, user_id=user_id, name=name)
    session.add(driver)
    session.flush()
    return driver


def a_shift(
    session: Session, vehicle: Vehicle, driver: Driver, day: date = DAY, hours: tuple[str, str] = ("6:00", "22:00")
) -> Shift:
    starts, ends = (parse_wall(day, text) for text in hours)
    return capacity.open_shift(
        session, day=day, vehicle=vehicle, driver=driver, starts=starts, ends=ends, by=SYSTEM, now=NOW
    )


def a_town(
    session: Session,
    *,
    day: date = DAY,
    emil: Actor | None = None,
    unit: ContractUnit = ContractUnit.METRES,
    allotment: int = 1_000_000,
    hours: tuple[str, str] = ("6:00", "22:00"),
    world: World | None = None,
) -> Town:
    version = a_version(session)
    places = {name: a_place(session, name, x, y, town) for name, (x, y, town) in WHERE.items()}
    provider = Provider(name="Dopravce")
    session.add(provider)
    session.flush()
    depot = Depot(provider_id=provider.id or 0, name="Garáž", place_id=places["depot"].id or 0)
    session.add(depot)
    session.flush()
    contract: Contract = a_contract(
        session,
        unit,
        allotment,
        Period.DAY,
        valid_until=date(2027, 12, 31),
        provider_id=provider.id,
    )
    car = a_vehicle(session, depot, "car", (4, 0, 0))
    van = a_vehicle(session, depot, "van", (3, 1, 300), features="ramp")
    days.open_day(session, day, version, now=NOW, by=SYSTEM)
    emils = a_driver(session, provider.id or 0, emil)
    colleagues = a_driver(session, provider.id or 0, name="Filip Řidič")
    return Town(
        world=world or a_world(),
        day=day,
        places={name: place.id or 0 for name, place in places.items()},
        version=version.id or 0,
        contract=contract.id or 0,
        car=car.id or 0,
        van=van.id or 0,
        car_shift=a_shift(session, car, emils, day, hours).id or 0,
        van_shift=a_shift(session, van, colleagues, day, hours).id or 0,
    )


def another_day(session: Session, town: Town, day: date, hours: tuple[str, str] = ("6:00", "22:00")) -> None:
    """Open one more day with the car and the van on duty, driven by the same people."""
    days.open_day(session, day, session.get_one(TravelVersion, town.version), now=NOW, by=SYSTEM)
    for shift_id in (town.car_shift, town.van_shift):
        shift = session.get_one(Shift, shift_id)
        vehicle, driver = session.get_one(Vehicle, shift.vehicle_id), session.get_one(Driver, shift.driver_id)
        a_shift(session, vehicle, driver, day, hours)
