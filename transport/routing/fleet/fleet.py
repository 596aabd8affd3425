"""Recording what we can drive with."""

from datetime import date

from sqlalchemy import func
from sqlmodel import Session, col, select

from transport.kernel.calendar import Calendar
from transport.kernel.clock import second_at
from transport.kernel.errors import Conflict, Invalid
from transport.kernel.policy import Policy
from transport.routing.fleet.models import Driver, Layout, Shift, Vehicle


def open_shift(
    session: Session, *, day: date, vehicle: Vehicle, driver: Driver, starts: int, ends: int, crew: int = 1
) -> Shift:
    """Put a vehicle and a driver on duty.

    Neither can be on two shifts at the same time: Conflict("shift.vehicle_busy" | "shift.driver_busy").
    """
    if ends <= starts:
        raise Invalid("shift.ends_before_start", starts=starts, ends=ends)
    if not vehicle.active:
        raise Invalid("shift.vehicle_not_active", vehicle=vehicle.code)
    same_time = select(Shift).where(Shift.day == day, Shift.starts < ends, Shift.ends > starts)
    if session.exec(same_time.where(Shift.vehicle_id == vehicle.id)).first() is not None:
        raise Conflict("shift.vehicle_busy", vehicle=vehicle.code, day=day)
    if session.exec(same_time.where(Shift.driver_id == driver.id)).first() is not None:
        raise Conflict("shift.driver_busy", driver=driver.id, day=day)
    shift = Shift(day=day, vehicle_id=_id(vehicle.id), driver_id=_id(driver.id), starts=starts, ends=ends, crew=crew)
    session.add(shift)
    session.flush()
    return shift


def short_by(session: Session, day: date, policy: Policy, calendar: Calendar) -> int:
    """How many vehicles are missing at the emptiest moment of the busy hours that the purchaser pays for.

    0 on days that are no working days.
    """
    wanted = policy.fleet
    if not calendar.is_working(day):
        return 0
    first, last = second_at(day, wanted.busy_from), second_at(day, wanted.busy_until)
    shifts = list(session.exec(select(Shift).where(Shift.day == day)))
    changes = {first, *(shift.ends for shift in shifts if first <= shift.ends < last)}
    on_duty = [len({s.vehicle_id for s in shifts if s.starts <= moment < s.ends}) for moment in changes]
    return max(0, wanted.min_vehicles - min(on_duty))


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
