"""What a change of plan or roster takes from the contract of its day, in the transaction that makes the change."""

from datetime import date, datetime

from sqlmodel import Session

from transport.booking.contracts import contracts, ledger, postings
from transport.booking.contracts.balance import ContractUnit
from transport.booking.contracts.ledger import Override
from transport.kernel.actor import Actor
from transport.routing.fleet import fleet
from transport.routing.fleet.models import Driver, Shift, Vehicle
from transport.routing.planning import publishing


def has_room(session: Session, day: date) -> bool:
    """Whether the contract of the day has anything left that one more ride would need.

    Vehicle minutes are taken by the shift, not by the ride, so riding in an open shift always has room.
    """
    contract = contracts.for_day(session, day)
    return contract.unit is ContractUnit.VEHICLE_MINUTES or ledger.balance_on(session, contract, day).free > 0


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
    return shift
