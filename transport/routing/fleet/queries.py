"""What pages show of the roster: vehicles by days, who drives, what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlmodel import Session, select

from transport.kernel.clock import at
from transport.routing.fleet import availability, fleet, keeping
from transport.routing.fleet.availability import Caution
from transport.routing.fleet.models import Driver, DriverAbsence, Layout, OutOfService, Shift, Vehicle

__all__ = ["Duty", "Grid", "Shift", "away_on", "duty", "grid", "layouts_of"]


@dataclass(frozen=True, slots=True)
class Duty:
    """One shift with who drives it and what is to be known of it."""

    shift: Shift
    vehicle: Vehicle
    driver: Driver
    cautions: tuple[Caution, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """Some days of the roster. Vehicles are those that drive, and others that have a shift in these days."""

    days: tuple[date, ...]
    vehicles: tuple[Vehicle, ...]
    duties: Mapping[tuple[int, date], tuple[Duty, ...]]
    outs: Mapping[tuple[int, date], OutOfService]
    absences: tuple[tuple[Driver, DriverAbsence], ...]

    @property
    def conflicts(self) -> list[Duty]:
        """Shifts with something that is to be known, in the order of the days; what a driver lacks is told once."""
        duties = [duty for found in self.duties.values() for duty in found if duty.cautions]
        told: set[tuple[int | None, str]] = set()
        conflicts = []
        for duty in sorted(duties, key=lambda duty: (duty.shift.day, duty.vehicle.code, duty.shift.starts)):
            lacking = {
                (duty.driver.id, str(each.facts["kind"])): each for each in duty.cautions if "kind" in each.facts
            }
            known = [each for key, each in lacking.items() if key in told]
            told |= lacking.keys()
            news = tuple(each for each in duty.cautions if each not in known)
            if news:
                conflicts.append(replace(duty, cautions=news))
        return conflicts


def grid(session: Session, first: date, count: int) -> Grid:
    """The roster from a day on."""
    days = tuple(first + timedelta(days=ahead) for ahead in range(count))
    shifts = fleet.on_duty(session, days[0], days[-1])
    drivers = {driver.id or 0: driver for driver in session.exec(select(Driver))}
    cars = {vehicle.id or 0: vehicle for vehicle in keeping.vehicles(session)}
    duties: dict[tuple[int, date], tuple[Duty, ...]] = {}
    for shift, cautions in sorted(
        zip(shifts, availability.cautions(session, shifts), strict=True), key=lambda pair: pair[0].starts
    ):
        key = (shift.vehicle_id, shift.day)
        duty = Duty(shift, cars[shift.vehicle_id], drivers[shift.driver_id], tuple(cautions))
        duties[key] = (*duties.get(key, ()), duty)
    used = {shift.vehicle_id for shift in shifts}
    out = availability.outs(session, set(cars), at(days[0], 0), at(days[-1], 24 * 3600))
    away = availability.absences(session, set(drivers), days[0], days[-1])
    return Grid(
        days=days,
        vehicles=tuple(vehicle for vehicle in cars.values() if vehicle.active or vehicle.id in used),
        duties=duties,
        outs={
            (each.vehicle_id, day): each
            for each in out
            for day in days
            if each.starts < at(day, 24 * 3600) and (each.ends is None or each.ends > at(day, 0))
        },
        absences=tuple((drivers[each.driver_id], each) for each in away),
    )


def duty(session: Session, shift: Shift) -> Duty:
    """One shift as a page shows it."""
    return Duty(
        shift,
        session.get_one(Vehicle, shift.vehicle_id),
        session.get_one(Driver, shift.driver_id),
        tuple(availability.cautions(session, [shift])[0]),
    )


def layouts_of(session: Session, vehicles: list[Vehicle]) -> dict[int, list[Layout]]:
    """The layouts of vehicles, in their fixed order."""
    return fleet.layouts(session, {vehicle.id or 0 for vehicle in vehicles})


def away_on(session: Session, day: date) -> list[DriverAbsence]:
    """Who is away on a day."""
    return list(session.exec(select(DriverAbsence).where(DriverAbsence.first <= day, DriverAbsence.last >= day)))
