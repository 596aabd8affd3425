"""When vehicles and drivers cannot be had: out of service, away, not qualified, not rested."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import true
from sqlmodel import Session, col, or_, select

from transport.kernel.clock import at
from transport.kernel.errors import Conflict, Invalid
from transport.routing.fleet.models import (
    AwayKind,
    Driver,
    DriverAbsence,
    OutOfService,
    OutReason,
    Qualification,
    QualificationKind,
    Shift,
    Vehicle,
    VehicleClass,
)

__all__ = [
    "FEATURE_NEEDS",
    "REST",
    "WARNED",
    "Caution",
    "OutOfService",
    "OutReason",
    "absences",
    "be_away",
    "cautions",
    "lost_on_duty",
    "needed",
    "out_on_duty",
    "outs",
    "take_out",
]

REST = timedelta(hours=11)
"""Between the shifts of two days a driver rests so long (Labour Code, section 90)."""
WARNED = (7, 30, 60)
"""So many days before a qualification ends somebody is told, the last call first."""
FEATURE_NEEDS = {
    "ramp": QualificationKind.WHEELCHAIR_LASHING,
    "lift": QualificationKind.WHEELCHAIR_LASHING,
    "stair_climber": QualificationKind.STAIR_CLIMBER,
}
"""What whoever drives a vehicle with such a feature has to have learnt."""


@dataclass(frozen=True, slots=True)
class Caution:
    """What somebody has to know of a shift: `vehicle_out`, `driver_away`, `short_rest` (with `hours`),
    `not_qualified` or `qualification_over` (with `kind`).
    """

    word: str
    facts: dict[str, Any] = field(default_factory=dict)


def take_out(
    session: Session,
    vehicle: Vehicle,
    *,
    starts: datetime,
    ends: datetime | None,
    reason: OutReason,
    now: datetime,
    feature: str = "",
) -> OutOfService:
    """Remember that a vehicle, or only a `feature` of it, cannot be used from–until (None: until further notice).

    Raises Invalid("out.ends_before_start") or Conflict("out.already"). Its shifts stand until somebody decides.
    """
    if ends is not None and ends <= starts:
        raise Invalid("out.ends_before_start", field="ends")
    if outs(session, {vehicle.id or 0}, starts, ends, feature=feature):
        raise Conflict("out.already", field="starts", vehicle=vehicle.code)
    out = OutOfService(
        vehicle_id=vehicle.id or 0, starts=starts, ends=ends, reason=reason, feature=feature, recorded_at=now
    )
    session.add(out)
    session.flush()
    return out


def outs(
    session: Session,
    vehicles: Collection[int],
    starts: datetime,
    ends: datetime | None = None,
    *,
    feature: str | None = "",
) -> list[OutOfService]:
    """The times out of service of these vehicles that touch a span, soonest first; of a `feature`, or of any (None)."""
    found = select(OutOfService).where(
        col(OutOfService.vehicle_id).in_(vehicles),
        true() if feature is None else OutOfService.feature == feature,
        or_(col(OutOfService.ends).is_(None), col(OutOfService.ends) > starts),
    )
    if ends is not None:
        found = found.where(OutOfService.starts < ends)
    return list(session.exec(found.order_by(col(OutOfService.starts))))


def absences(session: Session, drivers: Collection[int], first: date, last: date) -> list[DriverAbsence]:
    """When these drivers are away between two days, soonest first."""
    found = select(DriverAbsence).where(
        col(DriverAbsence.driver_id).in_(drivers), DriverAbsence.first <= last, DriverAbsence.last >= first
    )
    return list(session.exec(found.order_by(col(DriverAbsence.first))))


def be_away(session: Session, driver: Driver, *, first: date, last: date, kind: AwayKind) -> DriverAbsence:
    """Remember that a driver is away on these days. The shifts stand until somebody else takes them.

    Raises Invalid("span.ends_before_start") or Conflict("away.already").
    """
    if last < first:
        raise Invalid("span.ends_before_start", field="last")
    if absences(session, {driver.id or 0}, first, last):
        raise Conflict("away.already", field="first")
    absence = DriverAbsence(driver_id=driver.id or 0, first=first, last=last, kind=kind)
    session.add(absence)
    session.flush()
    return absence


def out_on_duty(session: Session, shifts: Collection[Shift]) -> set[int]:
    """Which of these shifts of one day (by number) are of a vehicle that is out of service for a part of it."""
    if not shifts:
        return set()
    day = next(iter(shifts)).day
    found = outs(session, {shift.vehicle_id for shift in shifts}, at(day, 0), at(day, 48 * 3600))
    return {shift.id or 0 for shift in shifts for out in found if _meets(shift, out)}


def lost_on_duty(session: Session, shifts: Collection[Shift]) -> dict[int, frozenset[str]]:
    """What does not work in the vehicles of these shifts of one day (by number) for a part of the shift."""
    if not shifts:
        return {}
    day = next(iter(shifts)).day
    vehicles = {shift.vehicle_id for shift in shifts}
    found = [out for out in outs(session, vehicles, at(day, 0), at(day, 48 * 3600), feature=None) if out.feature]
    lost = {shift.id or 0: frozenset(out.feature for out in found if _meets(shift, out)) for shift in shifts}
    return {shift: words for shift, words in lost.items() if words}


def needed(vehicle: Vehicle) -> frozenset[QualificationKind]:
    """What whoever drives this vehicle has to have learnt."""
    kinds = {FEATURE_NEEDS[word] for word in vehicle.features.split() if word in FEATURE_NEEDS}
    return frozenset(kinds | ({QualificationKind.BUS} if vehicle.vehicle_class is VehicleClass.BUS else set()))


def cautions(session: Session, shifts: Sequence[Shift]) -> list[list[Caution]]:
    """What is to be known of each of these shifts, saved or only thought of, in their order."""
    if not shifts:
        return []
    first, last = min(s.day for s in shifts), max(s.day for s in shifts)
    drivers, vehicles = {s.driver_id for s in shifts}, {s.vehicle_id for s in shifts}
    out = outs(session, vehicles, at(first, 0), at(last, 48 * 3600))
    away = absences(session, drivers, first, last)
    day = timedelta(days=1)
    near = select(Shift).where(col(Shift.driver_id).in_(drivers), col(Shift.dropped_at).is_(None))
    others = list(session.exec(near.where(Shift.day >= first - day, Shift.day <= last + day)))
    cars = {v.id: v for v in session.exec(select(Vehicle).where(col(Vehicle.id).in_(vehicles)))}
    learnt: dict[int, dict[QualificationKind, date | None]] = {driver: {} for driver in drivers}
    for each in session.exec(select(Qualification).where(col(Qualification.driver_id).in_(drivers))):
        learnt[each.driver_id][each.kind] = each.valid_until
    by_driver: dict[int, list[Shift]] = {}
    for other in others:
        by_driver.setdefault(other.driver_id, []).append(other)
    found = []
    for shift in shifts:
        here = []
        if any(_meets(shift, each) for each in out):
            here.append(Caution("vehicle_out"))
        if any(a.driver_id == shift.driver_id and a.first <= shift.day <= a.last for a in away):
            here.append(Caution("driver_away"))
        rest = _rest(shift, by_driver.get(shift.driver_id, []))
        if rest is not None and rest < REST:
            here.append(Caution("short_rest", {"hours": round(rest / timedelta(hours=1), 1)}))
        for kind in sorted(needed(cars[shift.vehicle_id])):
            until = learnt[shift.driver_id].get(kind)
            if kind not in learnt[shift.driver_id]:
                here.append(Caution("not_qualified", {"kind": kind.value}))
            elif until is not None and until < shift.day:
                here.append(Caution("qualification_over", {"kind": kind.value}))
        found.append(here)
    return found


def _meets(shift: Shift, out: OutOfService) -> bool:
    starts, ends = at(shift.day, shift.starts), at(shift.day, shift.ends)
    return out.vehicle_id == shift.vehicle_id and out.starts < ends and (out.ends is None or out.ends > starts)


def _rest(shift: Shift, others: Sequence[Shift]) -> timedelta | None:
    """The shortest rest to a shift of another day; two shifts of one day are one shift with a pause."""
    gaps = [
        at(shift.day, shift.starts) - at(other.day, other.ends)
        if other.day < shift.day
        else at(other.day, other.starts) - at(shift.day, shift.ends)
        for other in others
        if other.day != shift.day and other.id != shift.id
    ]
    return min(gaps, default=None)
