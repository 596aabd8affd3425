"""Recording what we can drive with."""

from datetime import date, datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from transport.kernel.calendar import Calendar
from transport.kernel.clock import at, second_at
from transport.kernel.errors import Conflict, Invalid
from transport.kernel.policy import Policy
from transport.routing.fleet import availability
from transport.routing.fleet.models import Driver, Layout, Shift, Vehicle


def open_shift(
    session: Session, *, day: date, vehicle: Vehicle, driver: Driver, starts: int, ends: int, crew: int = 1
) -> Shift:
    """Put a vehicle and a driver on duty.

    Neither can be on two shifts at the same time: Conflict("shift.vehicle_busy" | "shift.driver_busy"), nor on one
    while the vehicle is out of service or the driver away: Conflict("shift.vehicle_out" | "shift.driver_away").
    """
    shift = Shift(day=day, vehicle_id=_id(vehicle.id), driver_id=_id(driver.id), starts=starts, ends=ends, crew=crew)
    require_possible(session, shift)
    session.add(shift)
    session.flush()
    return shift


def changed(
    shift: Shift,
    *,
    starts: int | None = None,
    ends: int | None = None,
    driver: Driver | None = None,
    crew: int | None = None,
) -> Shift:
    """The shift as it would be, to look at: a copy that belongs to no session."""
    new = {"starts": starts, "ends": ends, "driver_id": None if driver is None else driver.id, "crew": crew}
    return Shift(**{**shift.model_dump(), **{name: value for name, value in new.items() if value is not None}})


def change(session: Session, shift: Shift, new: Shift) -> None:
    """Make a shift what `changed` says, if it is possible. Who calls it has to see to the plan and the contract.

    Raises Conflict("shift.dropped") for a shift that was taken out, and whatever `open_shift` raises.
    """
    if shift.dropped_at is not None:
        raise Conflict("shift.dropped")
    require_possible(session, new)
    shift.starts, shift.ends, shift.driver_id, shift.crew = new.starts, new.ends, new.driver_id, new.crew
    session.add(shift)
    session.flush()


def drop_shift(session: Session, shift: Shift, *, now: datetime) -> None:
    """Take a shift out of the roster; its row stays. Who calls it has to see to the plan and the contract.

    Raises Conflict("shift.dropped") if that was done before.
    """
    if shift.dropped_at is not None:
        raise Conflict("shift.dropped")
    shift.dropped_at = now
    session.add(shift)
    session.flush()


def require_possible(session: Session, shift: Shift) -> None:
    """Refuse a shift (new, or as it is to be) that cannot be: see `open_shift`."""
    vehicle, driver = session.get_one(Vehicle, shift.vehicle_id), session.get_one(Driver, shift.driver_id)
    day, starts, ends = shift.day, shift.starts, shift.ends
    if ends <= starts:
        raise Invalid("shift.ends_before_start", field="ends", starts=starts, ends=ends)
    if not vehicle.active:
        raise Invalid("shift.vehicle_not_active", field="vehicle", vehicle=vehicle.code)
    if not driver.active:
        raise Invalid("shift.driver_not_active", field="driver")
    same_time = select(Shift).where(
        Shift.day == day, Shift.starts < ends, Shift.ends > starts, col(Shift.dropped_at).is_(None)
    )
    if shift.id is not None:
        same_time = same_time.where(Shift.id != shift.id)
    if session.exec(same_time.where(Shift.vehicle_id == vehicle.id)).first() is not None:
        raise Conflict("shift.vehicle_busy", field="vehicle", vehicle=vehicle.code, day=day)
    if session.exec(same_time.where(Shift.driver_id == driver.id)).first() is not None:
        raise Conflict("shift.driver_busy", field="driver", driver=driver.id, day=day)
    if availability.outs(session, {_id(vehicle.id)}, at(day, starts), at(day, ends)):
        raise Conflict("shift.vehicle_out", field="vehicle", vehicle=vehicle.code)
    if availability.absences(session, {_id(driver.id)}, day, day):
        raise Conflict("shift.driver_away", field="driver")


def on_duty(session: Session, first: date, last: date | None = None) -> list[Shift]:
    """The shifts of a day, or of all days to `last`, in the order in which they were put on duty."""
    days = (col(Shift.day) >= first, col(Shift.day) <= (last or first), col(Shift.dropped_at).is_(None))
    return list(session.exec(select(Shift).where(*days).order_by(col(Shift.id))))


def short_by(session: Session, day: date, policy: Policy, calendar: Calendar) -> int:
    """How many vehicles are missing at the emptiest moment of the busy hours that the purchaser pays for.

    0 on days that are no working days.
    """
    wanted = policy.fleet
    if not calendar.is_working(day):
        return 0
    first, last = second_at(day, wanted.busy_from), second_at(day, wanted.busy_until)
    shifts = on_duty(session, day)
    changes = {first, *(shift.ends for shift in shifts if first <= shift.ends < last)}
    busy = [len({s.vehicle_id for s in shifts if s.starts <= moment < s.ends}) for moment in changes]
    return max(0, wanted.min_vehicles - min(busy))


def layouts(session: Session, vehicle_ids: set[int]) -> dict[int, list[Layout]]:
    """The layouts of each vehicle, in a fixed order, so that an index into them means the same everywhere."""
    found: dict[int, list[Layout]] = {vehicle_id: [] for vehicle_id in vehicle_ids}
    for layout in session.exec(select(Layout).where(col(Layout.vehicle_id).in_(vehicle_ids)).order_by(col(Layout.id))):
        found[layout.vehicle_id].append(layout)
    return found


def strongest_ramp(session: Session) -> int:
    """The heaviest chair with its person, in kg, that any active vehicle can take; 0 if none takes chairs."""
    fitting = select(func.max(Layout.max_chair_mass)).join(Vehicle, col(Vehicle.id) == Layout.vehicle_id)
    return session.exec(fitting.where(col(Vehicle.active), Layout.wheelchairs > 0)).one() or 0


def _id(value: int | None) -> int:
    if value is None:
        message = "a row that was never saved"
        raise ValueError(message)
    return value
