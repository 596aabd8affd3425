"""Where vehicles are while they are on duty: told by devices in them, kept for a few days, never asked for otherwise.

What a device says of the time before or after the duty is thrown away unread: where somebody is then is nobody's
business. What cannot be true is kept out or marked.
"""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from math import asin, cos, radians, sin, sqrt
from typing import Protocol

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete, func, select

from transport.kernel.actor import STAFF, Actor
from transport.kernel.clock import at, local_day
from transport.kernel.errors import Forbidden, NotFound
from transport.kernel.events import record
from transport.operations.driving import log
from transport.operations.driving.models import DriverReport, ReportKind, VehicleDevice, VehiclePosition
from transport.operations.driving.trackers import Fix
from transport.routing.fleet.models import Shift, Vehicle

__all__ = ["VehicleDevice", "VehiclePosition"]

AROUND = timedelta(minutes=30)
"""So long before a shift begins and after it ends its vehicle may be followed."""
SLOT = 10
"""Seconds of which one row is kept."""
ROUGHEST = 500
"""Metres: what is less exact says nothing."""
FASTEST = 160
"""Kilometres an hour between two places; whatever is faster did not happen."""
AHEAD = timedelta(minutes=2)
"""So much the clock of a device may be fast."""
STALE = timedelta(minutes=5)
"""After this a position is said to be old."""
_KNOWN = 20
"""Metres that two positions may be apart by chance."""


class Somewhere(Protocol):
    """Whatever is at a place on the earth."""

    @property
    def lat(self) -> float:
        """Degrees from the equator."""

    @property
    def lon(self) -> float:
        """Degrees from Greenwich."""


class Kept(StrEnum):
    """What became of a position: kept, known already, doubted, or thrown away and why."""

    KEPT = "kept"
    KNOWN = "known"
    DOUBTFUL = "doubtful"
    OFF_DUTY = "off_duty"
    ROUGH = "rough"
    IN_THE_FUTURE = "in_the_future"
    OVERTAKEN = "overtaken"


@dataclass(frozen=True, slots=True)
class Followed:
    """A vehicle on duty of which a device may tell."""

    vehicle_id: int
    shift: Shift


def make_device(session: Session, vehicle: Vehicle, *, by: Actor, now: datetime) -> str:
    """The secret of a new device of a vehicle, told this once. Raises Forbidden("role.missing")."""
    if by.role not in STAFF:
        raise Forbidden("role.missing")
    token = secrets.token_urlsafe(18)
    row = VehicleDevice(
        vehicle_id=vehicle.id or 0, token_hash=_hash(token), ending=token[-4:], made_at=now, made_by=by.user
    )
    session.add(row)
    session.flush()
    record(session, "tracker_made", subject=("vehicle", vehicle.id), by=by, now=now, facts={"device": row.id})
    return token


def devices(session: Session, vehicle: Vehicle) -> list[VehicleDevice]:
    """The devices whose word counts, the oldest first."""
    mine = select(VehicleDevice).where(VehicleDevice.vehicle_id == vehicle.id, col(VehicleDevice.revoked_at).is_(None))
    return list(session.exec(mine.order_by(col(VehicleDevice.id))))


def revoke_device(session: Session, vehicle: Vehicle, device_id: int, *, by: Actor, now: datetime) -> None:
    """Listen to a device no more; twice is once. Raises Forbidden("role.missing"), NotFound("tracker")."""
    if by.role not in STAFF:
        raise Forbidden("role.missing")
    row = session.get(VehicleDevice, device_id)
    if row is None or row.vehicle_id != vehicle.id:
        raise NotFound("tracker")
    if row.revoked_at is not None:
        return
    row.revoked_at = now
    session.add(row)
    session.flush()
    record(session, "tracker_revoked", subject=("vehicle", vehicle.id), by=by, now=now, facts={"device": row.id})


def device(session: Session, token: str) -> VehicleDevice | None:
    """The device with this secret; None if nobody listens to it (any more)."""
    mine = select(VehicleDevice).where(
        VehicleDevice.token_hash == _hash(token), col(VehicleDevice.revoked_at).is_(None)
    )
    return session.exec(mine).first() if token else None


def followed(session: Session, told_by: VehicleDevice, *, now: datetime) -> Followed | None:
    """The shift during which the vehicle may be followed now; None: whatever the device says is not even read."""
    days = [local_day(now + timedelta(days=ahead)) for ahead in (-1, 0, 1)]
    mine = select(Shift).where(Shift.vehicle_id == told_by.vehicle_id, col(Shift.day).in_(days))
    rows = [shift for shift in session.exec(mine.where(col(Shift.dropped_at).is_(None))) if _on_duty(shift, now)]
    rows = [shift for shift in rows if not _over(session, shift, now)]
    within = [shift for shift in rows if at(shift.day, shift.starts) <= now <= at(shift.day, shift.ends)]
    found = next(iter(within or rows), None)
    return None if found is None else Followed(told_by.vehicle_id, found)


def told_by_driver(session: Session, shift: Shift, fix: Fix, *, now: datetime) -> Kept:
    """A driver's telephone says with a report where it is; the same holds as for a device of the vehicle."""
    if shift.dropped_at is not None or _over(session, shift, fix.at):
        return Kept.OFF_DUTY
    return keep(session, Followed(shift.vehicle_id, shift), fix, now=now)


def keep(session: Session, whose: Followed, fix: Fix, *, now: datetime) -> Kept:
    """Keep a position, or say why not. The same one twice is one row."""
    if not _on_duty(whose.shift, fix.at):
        return Kept.OFF_DUTY
    if fix.accuracy is not None and fix.accuracy > ROUGHEST:
        return Kept.ROUGH
    if fix.at > now + AHEAD:
        return Kept.IN_THE_FUTURE
    slot = int(fix.at.timestamp()) // SLOT
    mine = VehiclePosition.vehicle_id == whose.vehicle_id
    if session.exec(select(VehiclePosition.id).where(mine, VehiclePosition.slot == slot)).first() is not None:
        return Kept.KNOWN
    before = _newest(session, whose.vehicle_id, doubtful=False)
    if before is not None and fix.at < before.at:
        return Kept.OVERTAKEN
    row = VehiclePosition(
        vehicle_id=whose.vehicle_id,
        shift_id=whose.shift.id or 0,
        slot=slot,
        at=fix.at,
        recorded_at=now,
        lat=fix.lat,
        lon=fix.lon,
        accuracy=fix.accuracy,
        speed=fix.speed,
        heading=fix.heading,
        doubtful=before is not None and _too_fast(before, fix) and not _agreed(session, whose.vehicle_id, before, fix),
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:  # the same position came in twice at once
        return Kept.KNOWN
    return Kept.DOUBTFUL if row.doubtful else Kept.KEPT


def latest(session: Session, shift_id: int) -> VehiclePosition | None:
    """The last known position of a shift's vehicle; None: nothing was told."""
    return latest_of(session, {shift_id}).get(shift_id)


def latest_of(session: Session, shifts: Collection[int]) -> dict[int, VehiclePosition]:
    """The same of several shifts, by shift."""
    newest = (
        select(VehiclePosition.shift_id, func.max(VehiclePosition.slot).label("slot"))
        .where(col(VehiclePosition.shift_id).in_(shifts), col(VehiclePosition.doubtful).is_(False))
        .group_by(col(VehiclePosition.shift_id))
        .subquery()
    )
    same = (col(VehiclePosition.shift_id) == newest.c.shift_id) & (col(VehiclePosition.slot) == newest.c.slot)
    return {row.shift_id: row for row in session.exec(select(VehiclePosition).join(newest, same))}


def trail(session: Session, shift_id: int) -> list[VehiclePosition]:
    """Where the vehicle of a shift has been, the oldest first."""
    mine = select(VehiclePosition).where(VehiclePosition.shift_id == shift_id, col(VehiclePosition.doubtful).is_(False))
    return list(session.exec(mine.order_by(col(VehiclePosition.slot))))


def heard(session: Session, day: date) -> dict[int, datetime]:
    """When each shift of a day last told where it is: a sign of life, even if the driver reports nothing."""
    told = (
        select(VehiclePosition.shift_id, func.max(VehiclePosition.recorded_at))
        .join(Shift, col(Shift.id) == VehiclePosition.shift_id)
        .where(Shift.day == day)
        .group_by(col(VehiclePosition.shift_id))
    )
    return dict(session.exec(told).all())


def forget(session: Session, *, days: int, now: datetime) -> int:
    """Delete what is older than the rules allow; says how many positions."""
    old = delete(VehiclePosition).where(col(VehiclePosition.recorded_at) < now - timedelta(days=days))
    return session.connection().execute(old).rowcount


def kilometres(one: Somewhere, other: Somewhere) -> float:
    """As the crow flies (haversine)."""
    north, south = radians(one.lat), radians(other.lat)
    bow = sin((north - south) / 2) ** 2
    bow += cos(north) * cos(south) * sin(radians(one.lon - other.lon) / 2) ** 2
    return 2 * 6371.0 * asin(min(1.0, sqrt(bow)))


def _on_duty(shift: Shift, moment: datetime) -> bool:
    return at(shift.day, shift.starts) - AROUND <= moment <= at(shift.day, shift.ends) + AROUND


def _over(session: Session, shift: Shift, now: datetime) -> bool:
    """Whether the driver has said that the shift is over."""
    mine = select(DriverReport).where(
        DriverReport.shift_id == shift.id, col(DriverReport.kind).in_((ReportKind.ENDED, ReportKind.UNDONE))
    )
    return any(each.occurred_at <= now for each in log.standing(session.exec(mine), (ReportKind.ENDED, None)))


def _newest(session: Session, vehicle_id: int, *, doubtful: bool) -> VehiclePosition | None:
    mine = select(VehiclePosition).where(
        VehiclePosition.vehicle_id == vehicle_id, col(VehiclePosition.doubtful).is_(doubtful)
    )
    return session.exec(mine.order_by(col(VehiclePosition.slot).desc())).first()


def _too_fast(before: VehiclePosition, fix: Fix) -> bool:
    seconds = max((fix.at - before.at).total_seconds(), 1.0)
    roughly = (_KNOWN + (before.accuracy or 0) + (fix.accuracy or 0)) / 1000
    return max(0.0, kilometres(before, fix) - roughly) / seconds * 3600 > FASTEST


def _agreed(session: Session, vehicle_id: int, before: VehiclePosition, fix: Fix) -> bool:
    """Whether the doubtful position just before says the same: then the one that was believed was wrong."""
    other = _newest(session, vehicle_id, doubtful=True)
    return other is not None and before.at < other.at < fix.at and not _too_fast(other, fix)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
