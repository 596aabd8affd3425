"""The register of vehicles and drivers: entered, changed, retired. Every change leaves an event with ids only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from transport.kernel.actor import Actor
from transport.kernel.clock import local_day
from transport.kernel.errors import Conflict, Invalid, NotFound
from transport.kernel.events import record
from transport.routing.fleet import availability
from transport.routing.fleet.models import (
    AwayKind,
    Depot,
    Driver,
    DriverAbsence,
    Layout,
    OutOfService,
    Provider,
    Qualification,
    QualificationKind,
    Shift,
    Vehicle,
    VehicleClass,
)

__all__ = [
    "FEATURES",
    "HEAVIEST",
    "LONGEST_CODE",
    "MOST_PLACES",
    "Arranged",
    "AwayKind",
    "Described",
    "Driver",
    "DriverAbsence",
    "OutOfService",
    "Qualification",
    "QualificationKind",
    "Vehicle",
    "VehicleClass",
    "back_in_service",
    "be_away",
    "depots",
    "driver",
    "drivers",
    "not_away",
    "providers",
    "qualifications",
    "qualify",
    "save_driver",
    "save_vehicle",
    "to_come",
    "unqualify",
    "use_driver",
    "use_vehicle",
    "vehicle",
    "vehicles",
]

FEATURES = ("ramp", "lift", "large_chair", "child_seat", "stair_climber")
"""What a vehicle may have, in the words in which rides ask for it; a lift serves whoever asks for a ramp."""
LONGEST_CODE = 20
MOST_PLACES = 50
HEAVIEST = 1000
"""Kilograms of a chair with its person that no ramp takes."""


@dataclass(frozen=True, slots=True)
class Described:
    """What a form says of a vehicle."""

    code: str
    kind: str
    depot_id: int
    vehicle_class: VehicleClass
    features: frozenset[str]
    low_emission: bool


@dataclass(frozen=True, slots=True)
class Arranged:
    """One layout as a form says it; without `id` a new one."""

    id: int | None
    name: str
    seats: int
    wheelchairs: int
    max_chair_mass: int


def vehicles(session: Session) -> list[Vehicle]:
    """All vehicles, those that drive first, by code."""
    return list(session.exec(select(Vehicle).order_by(col(Vehicle.active).desc(), col(Vehicle.code))))


def vehicle(session: Session, code: str) -> Vehicle:
    """The vehicle with this code; NotFound("vehicle")."""
    found = session.exec(select(Vehicle).where(Vehicle.code == code)).first()
    if found is None:
        raise NotFound("vehicle", field="vehicle")
    return found


def drivers(session: Session) -> list[Driver]:
    """All drivers, those who drive first, by name."""
    return list(session.exec(select(Driver).order_by(col(Driver.active).desc(), col(Driver.name), col(Driver.id))))


def driver(session: Session, driver_id: int) -> Driver:
    """The driver with this number; NotFound("driver.unknown")."""
    found = session.get(Driver, driver_id)
    if found is None:
        raise NotFound("driver.unknown", field="driver")
    return found


def depots(session: Session) -> list[tuple[Depot, Provider]]:
    """Where vehicles stand, with whose they are."""
    both = select(Depot, Provider).join(Provider, col(Provider.id) == Depot.provider_id)
    return [(depot, provider) for depot, provider in session.exec(both.order_by(col(Provider.name), col(Depot.name)))]


def providers(session: Session) -> list[Provider]:
    """Who runs vehicles."""
    return list(session.exec(select(Provider).order_by(col(Provider.name))))


def save_vehicle(
    session: Session,
    known: Vehicle | None,
    said: Described,
    layouts: Sequence[Arranged],
    *,
    by: Actor,
    now: datetime,
) -> Vehicle:
    """Enter a vehicle with its layouts, or change one; layouts are changed and added, never taken away.

    Runs name the layout they used. Who changes a vehicle that is on duty asks `roster.require_promises_hold` after it.
    """
    code = " ".join(said.code.split())
    if not code or len(code) > LONGEST_CODE or "/" in code:
        raise Invalid("vehicle.code_unusable", field="code", most=LONGEST_CODE)
    same = session.exec(select(Vehicle).where(Vehicle.code == code)).first()
    if same is not None and (known is None or same.id != known.id):
        raise Conflict("vehicle.code_taken", field="code", name=code)
    depot = session.get(Depot, said.depot_id)
    if depot is None:
        raise Invalid("vehicle.depot_missing", field="depot")
    if not layouts:
        raise Invalid("vehicle.layout_missing", field="layouts")
    _require_sensible(layouts)
    row = known or Vehicle(code=code, provider_id=depot.provider_id, depot_id=said.depot_id, kind=said.kind)
    row.code, row.kind, row.depot_id, row.provider_id = code, said.kind.strip(), said.depot_id, depot.provider_id
    row.vehicle_class, row.low_emission = said.vehicle_class, said.low_emission
    features = said.features | ({"ramp"} if "lift" in said.features else frozenset())
    row.features = " ".join(word for word in FEATURES if word in features)
    session.add(row)
    session.flush()
    for each in layouts:
        layout = Layout(vehicle_id=row.id or 0, name="", seats=0, wheelchairs=0)
        if each.id is not None:
            layout = session.get_one(Layout, each.id)
            if layout.vehicle_id != row.id:
                raise NotFound("vehicle")
        layout.name, layout.seats, layout.wheelchairs = each.name.strip(), each.seats, each.wheelchairs
        layout.max_chair_mass = each.max_chair_mass if each.wheelchairs else 0
        session.add(layout)
    session.flush()
    kind = "vehicle_entered" if known is None else "vehicle_changed"
    record(session, kind, subject=("vehicle", row.id), by=by, now=now)
    return row


def use_vehicle(session: Session, row: Vehicle, *, active: bool, by: Actor, now: datetime) -> None:
    """Retire a vehicle, or use it again. Raises Conflict("vehicle.on_duty") while it is on a shift to come."""
    coming = next((shift for shift in to_come(session, now) if shift.vehicle_id == row.id), None)
    if not active and coming is not None:
        raise Conflict("vehicle.on_duty", day=coming.day)
    row.active = active
    session.add(row)
    session.flush()
    record(session, "vehicle_used_again" if active else "vehicle_retired", subject=("vehicle", row.id), by=by, now=now)


def back_in_service(session: Session, out: OutOfService, *, by: Actor, now: datetime) -> None:
    """The vehicle can be used again from now on, or the entry was wrong if its time has not begun."""
    facts = {"vehicle": out.vehicle_id}
    record(session, "vehicle_back", subject=("out_of_service", out.id), by=by, now=now, facts=facts)
    if out.starts >= now:
        session.delete(out)
    else:
        out.ends = now
        session.add(out)
    session.flush()


def save_driver(
    session: Session,
    known: Driver | None,
    *,
    name: str,
    phone: str,
    provider_id: int,
    by: Actor,
    now: datetime,
) -> Driver:
    """Enter a driver, or change one."""
    name = " ".join(name.split())
    if not name:
        raise Invalid("driver.name_missing", field="name")
    if session.get(Provider, provider_id) is None:
        raise Invalid("driver.provider_missing", field="provider")
    row = known or Driver(provider_id=provider_id, name=name)
    row.name, row.phone, row.provider_id = name, phone.strip()[:40], provider_id
    session.add(row)
    session.flush()
    kind = "driver_entered" if known is None else "driver_changed"
    record(session, kind, subject=("driver", row.id), by=by, now=now)
    return row


def use_driver(session: Session, row: Driver, *, active: bool, by: Actor, now: datetime) -> None:
    """A driver has left, or is back. Raises Conflict("driver.on_duty") while a shift to come is theirs."""
    coming = next((shift for shift in to_come(session, now) if shift.driver_id == row.id), None)
    if not active and coming is not None:
        raise Conflict("driver.on_duty", day=coming.day)
    row.active = active
    session.add(row)
    session.flush()
    record(session, "driver_back" if active else "driver_left", subject=("driver", row.id), by=by, now=now)


def qualify(
    session: Session, row: Driver, kind: QualificationKind, *, valid_until: date | None, by: Actor, now: datetime
) -> Qualification:
    """What a driver can prove from now on; telling it again changes until when."""
    same = select(Qualification).where(Qualification.driver_id == row.id, Qualification.kind == kind)
    found = session.exec(same).first() or Qualification(driver_id=row.id or 0, kind=kind)
    found.valid_until = valid_until
    session.add(found)
    session.flush()
    facts = {"kind": kind.value, "until": valid_until}
    record(session, "driver_qualified", subject=("driver", row.id), by=by, now=now, facts=facts)
    return found


def unqualify(session: Session, row: Driver, kind: QualificationKind, *, by: Actor, now: datetime) -> None:
    """The entry is gone; a driver without it can still be put on duty, and whoever does so reads it."""
    for found in session.exec(
        select(Qualification).where(Qualification.driver_id == row.id, Qualification.kind == kind)
    ):
        session.delete(found)
    session.flush()
    facts = {"kind": kind.value}
    record(session, "driver_unqualified", subject=("driver", row.id), by=by, now=now, facts=facts)


def be_away(
    session: Session, row: Driver, *, first: date, last: date, kind: AwayKind, by: Actor, now: datetime
) -> DriverAbsence:
    """A driver is away on these days; the event does not say why. The shifts stand until somebody takes them."""
    absence = availability.be_away(session, row, first=first, last=last, kind=kind)
    facts = {"first": first, "last": last}
    record(session, "driver_away", subject=("driver", row.id), by=by, now=now, facts=facts)
    return absence


def not_away(session: Session, absence: DriverAbsence, *, by: Actor, now: datetime) -> None:
    """The driver is there after all."""
    facts = {"first": absence.first, "last": absence.last}
    record(session, "driver_not_away", subject=("driver", absence.driver_id), by=by, now=now, facts=facts)
    session.delete(absence)
    session.flush()


def qualifications(session: Session) -> dict[int, list[Qualification]]:
    """What each driver can prove, by driver."""
    found: dict[int, list[Qualification]] = {}
    for each in session.exec(select(Qualification).order_by(col(Qualification.kind))):
        found.setdefault(each.driver_id, []).append(each)
    return found


def to_come(session: Session, now: datetime) -> list[Shift]:
    """The shifts of today and of all days after it, in the order of the days."""
    coming = select(Shift).where(Shift.day >= local_day(now), col(Shift.dropped_at).is_(None))
    return list(session.exec(coming.order_by(col(Shift.day), col(Shift.starts), col(Shift.id))))


def _require_sensible(layouts: Sequence[Arranged]) -> None:
    names = [each.name.strip() for each in layouts]
    for each, name in zip(layouts, names, strict=True):
        if not name or names.count(name) > 1:
            raise Invalid("vehicle.layout_name", field="layouts")
        if not (
            0 <= each.seats <= MOST_PLACES and 0 <= each.wheelchairs <= MOST_PLACES and each.seats + each.wheelchairs
        ):
            raise Invalid("vehicle.layout_places", field="layouts", most=MOST_PLACES)
        if each.wheelchairs and not 0 < each.max_chair_mass <= HEAVIEST:
            raise Invalid("vehicle.layout_mass", field="layouts", most=HEAVIEST)
