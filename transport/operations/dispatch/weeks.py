"""Shifts in bulk: a week copied to another, a list brought from a spreadsheet. All rules of a single shift hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, select

from transport.booking.contracts import capacity
from transport.booking.contracts.ledger import Override
from transport.kernel import sheets
from transport.kernel.actor import Actor
from transport.kernel.clock import local_day, wall, wall_seconds
from transport.kernel.errors import Conflict, Invalid, NotFound, ServiceError
from transport.kernel.sheets import Batch, Column, Fault, Row, Sheet
from transport.routing.fleet import fleet, keeping
from transport.routing.fleet.models import Driver, Shift, Vehicle
from transport.routing.planning.models import DayState, ServiceDay

WEEK = timedelta(days=7)
LARGEST_CREW = 4

COLUMNS = (
    Column("day", ("day", "den", "datum"), sheets.day, needed=True),
    Column("vehicle", ("vehicle", "vůz", "vozidlo"), sheets.text(keeping.LONGEST_CODE), needed=True),
    Column("driver", ("driver", "řidič"), sheets.text(120), needed=True),
    Column("starts", ("from", "od"), sheets.minute, needed=True),
    Column("ends", ("until", "to", "do"), sheets.minute, needed=True),
    Column("crew", ("crew", "posádka"), sheets.whole(1, LARGEST_CREW)),
)


@dataclass(frozen=True, slots=True)
class Copied:
    """One shift of the week copied: as it would be in the other week, and why it cannot be (None: it can).

    `there`: the other week has exactly this shift already.
    """

    shift: Shift
    vehicle: Vehicle
    driver: Driver
    refusal: ServiceError | None
    there: bool


def open_shift(
    session: Session,
    *,
    day: date,
    vehicle: Vehicle,
    driver: Driver,
    starts: int,
    ends: int,
    crew: int,
    by: Actor,
    now: datetime,
    override: Override | None = None,
) -> Shift:
    """Put a vehicle on duty on a day that is not over: Conflict("shift.over" | "day.closed")."""
    require_open(session, day, now)
    if not 1 <= crew <= LARGEST_CREW:
        raise Invalid("shift.crew", field="crew", most=LARGEST_CREW)
    return capacity.open_shift(
        session,
        day=day,
        vehicle=vehicle,
        driver=driver,
        starts=starts,
        ends=ends,
        crew=crew,
        by=by,
        now=now,
        override=override,
    )


def require_open(session: Session, day: date, now: datetime) -> None:
    """The day is not over, and nobody has closed it."""
    if day < local_day(now):
        raise Conflict("shift.over", field="day", day=day)
    row = session.get(ServiceDay, day)
    if row is not None and row.state is not DayState.OPEN:
        raise Conflict("day.closed", field="day", day=day)


def prepare(session: Session, source: date, target: date, *, now: datetime) -> list[Copied]:
    """What copying the week of one day to the week of another would do. Reads only."""
    first, to = monday(source), monday(target)
    if first == to:
        raise Invalid("week.same", field="target")
    there = {_content(shift) for shift in fleet.on_duty(session, to, to + WEEK - timedelta(days=1))}
    found = []
    for old in fleet.on_duty(session, first, first + WEEK - timedelta(days=1)):
        day = old.day + (to - first)
        new = Shift(
            day=day,
            vehicle_id=old.vehicle_id,
            driver_id=old.driver_id,
            starts=_same_wall(old.day, old.starts, day),
            ends=_same_wall(old.day, old.ends, day),
            crew=old.crew,
        )
        vehicle, driver = session.get_one(Vehicle, old.vehicle_id), session.get_one(Driver, old.driver_id)
        known = _content(new) in there
        found.append(Copied(new, vehicle, driver, None if known else _refusal(session, new, now), known))
    return sorted(found, key=lambda each: (each.shift.day, each.vehicle.code, each.shift.starts))


def copy(session: Session, source: date, target: date, *, by: Actor, now: datetime) -> int:
    """Copy what can be copied; says how many shifts are new. What could not be is what `prepare` says afterwards."""
    done = 0
    for each in prepare(session, source, target, now=now):
        if each.there or each.refusal is not None:
            continue
        _open(session, each.vehicle, each.driver, each.shift, by, now)
        done += 1
    return done


def rows(shifts: Sequence[Shift], vehicles: dict[int, Vehicle], drivers: dict[int, Driver]) -> list[tuple[object, ...]]:
    """Shifts as the lines of a list that `bring` reads again."""
    found: list[tuple[object, ...]] = [tuple(column.names[0] for column in COLUMNS)]
    for each in sorted(shifts, key=lambda shift: (shift.day, vehicles[shift.vehicle_id].code, shift.starts)):
        times = (f"{wall(each.day, second):%-H:%M}" for second in (each.starts, each.ends))
        found.append(
            (each.day, vehicles[each.vehicle_id].code, drivers[each.driver_id].name, *times, each.crew),
        )
    return found


def bring(session: Session, sheet: Sheet, *, by: Actor, now: datetime) -> tuple[int, list[Fault]]:
    """Open the shifts of a list: how many are new, and what is wrong. With a fault the caller gives back everything."""
    there = {_content(shift) for shift in fleet.on_duty(session, local_day(now), date.max)}
    names: dict[str, list[Driver]] = {}
    for driver in session.exec(select(Driver).where(Driver.active)):
        names.setdefault(sheets.heading(driver.name), []).append(driver)

    def write(row: Row) -> bool:
        vehicle, driver = keeping.vehicle(session, row["vehicle"]), _named(names, row["driver"])
        starts, ends = (wall_seconds(row["day"], *divmod(row[field], 60)) for field in ("starts", "ends"))
        shift = Shift(
            day=row["day"],
            vehicle_id=vehicle.id or 0,
            driver_id=driver.id or 0,
            starts=starts,
            ends=ends,
            crew=row.get("crew") or 1,
        )
        if _content(shift) in there:
            return False
        _open(session, vehicle, driver, shift, by, now)
        return True

    batch: Batch = sheets.read(sheet, COLUMNS)
    outcome = sheets.bring(session, batch, write)
    return outcome.added, list(outcome.faults)


def monday(day: date) -> date:
    """The Monday of the week of a day."""
    return day - timedelta(days=day.weekday())


def _named(names: dict[str, list[Driver]], written: str) -> Driver:
    found = names.get(sheets.heading(written), [])
    if not found:
        raise NotFound("driver.unknown", field="driver")
    if len(found) > 1:
        raise Invalid("driver.name_twice", field="driver")
    return found[0]


def _open(session: Session, vehicle: Vehicle, driver: Driver, shift: Shift, by: Actor, now: datetime) -> None:
    open_shift(
        session,
        day=shift.day,
        vehicle=vehicle,
        driver=driver,
        starts=shift.starts,
        ends=shift.ends,
        crew=shift.crew,
        by=by,
        now=now,
    )


def _refusal(session: Session, shift: Shift, now: datetime) -> ServiceError | None:
    try:
        require_open(session, shift.day, now)
        fleet.require_possible(session, shift)
    except ServiceError as error:
        return error
    return None


def _content(shift: Shift) -> tuple[object, ...]:
    return (shift.day, shift.vehicle_id, shift.driver_id, shift.starts, shift.ends)


def _same_wall(day: date, second: int, other: date) -> int:
    """The same time on the wall on another day, also when the clocks change; 24:00 stays the end of the day."""
    there = wall(day, second)
    return wall_seconds(other, 24 if there.date() > day else there.hour, there.minute)
