"""What a change of plan or roster takes from the contract of its day, in the transaction that makes the change."""

from datetime import date, datetime

from sqlmodel import Session

from transport.booking.contracts import contracts, ledger, postings
from transport.booking.contracts.balance import ContractUnit
from transport.booking.contracts.ledger import Override
from transport.kernel.actor import Actor
from transport.kernel.events import record
from transport.routing.fleet import fleet
from transport.routing.fleet.models import Driver, Shift, Vehicle
from transport.routing.planning import publishing


def has_room(session: Session, day: date, persons: int = 1) -> bool:
    """Whether the contract of the day has anything left that one more ride of so many persons would need.

    Vehicle minutes are taken by the shift, not by the ride, so riding in an open shift always has room.
    """
    contract = contracts.for_day(session, day)
    if contract.unit is ContractUnit.VEHICLE_MINUTES:
        return True
    needed = persons if contract.unit is ContractUnit.PERSONS else 1
    return ledger.balance_on(session, contract, day).free >= needed


def longest_plan(session: Session, day: date) -> int | None:
    """How many metres the live plan of the day may have at most; None where metres are not what was bought."""
    contract = contracts.for_day(session, day)
    if contract.unit is not ContractUnit.METRES:
        return None
    return publishing.planned_metres(session, day) + ledger.balance_on(session, contract, day).free


def settle(session: Session, day: date, *, by: Actor, now: datetime, override: Override | None = None) -> None:
    """After any change of the (locked) day's live plan: post the difference of metres, where metres are bought.

    The ledger so always holds what the live plan drives, and neither a booking nor a plan exceeds the contract:
    Exhausted("contract.no_capacity") unless somebody overrides by name.
    """
    metres = publishing.planned_metres(session, day)
    postings.day_published(session, day, metres, by=by, now=now, override=override)


def open_shift(
    session: Session,
    *,
    day: date,
    vehicle: Vehicle,
    driver: Driver,
    starts: int,
    ends: int,
    crew: int = 1,
    by: Actor,
    now: datetime,
    override: Override | None = None,
) -> Shift:
    """Put a vehicle on duty and set its minutes aside, where vehicle minutes are bought."""
    shift = fleet.open_shift(session, day=day, vehicle=vehicle, driver=driver, starts=starts, ends=ends, crew=crew)
    postings.shift_opened(session, shift.id or 0, day, shift.minutes, by=by, now=now, override=override)
    record(session, "shift_opened", subject=("shift", shift.id), by=by, now=now, facts={"day": day})
    return shift


def change_shift(
    session: Session, shift: Shift, new: Shift, *, by: Actor, now: datetime, override: Override | None = None
) -> None:
    """Change a shift (see `fleet.changed`) and what is set aside for it. The plan is not touched."""
    fleet.change(session, shift, new)
    postings.shift_dropped(session, shift.id or 0, shift.day, by=by, now=now)
    postings.shift_opened(session, shift.id or 0, shift.day, shift.minutes, by=by, now=now, override=override)
    facts = {"day": shift.day, "driver": shift.driver_id, "starts": shift.starts, "ends": shift.ends}
    record(session, "shift_changed", subject=("shift", shift.id), by=by, now=now, facts=facts)


def drop_shift(session: Session, shift: Shift, *, by: Actor, now: datetime) -> None:
    """Take a shift out of the roster and give back what was set aside for it. The plan is not touched."""
    fleet.drop_shift(session, shift, now=now)
    postings.shift_dropped(session, shift.id or 0, shift.day, by=by, now=now)
    record(session, "shift_dropped", subject=("shift", shift.id), by=by, now=now, facts={"day": shift.day})
