"""What orders and plans take from the contract of their day, whatever unit it was bought in.

Rides and persons are reserved by each ride, vehicle minutes by each shift when it opens, metres by the live plan
of each service day: every change of the plan posts the difference, so that neither a booking nor a plan can
exceed what was bought.
"""

from datetime import date, datetime

from sqlmodel import Session

from transport.booking.contracts import ledger
from transport.booking.contracts.balance import ContractUnit
from transport.kernel.actor import Actor
from transport.routing.fleet import fleet
from transport.routing.fleet.models import Driver, Shift, Vehicle
from transport.routing.planning import publishing


def has_room(session: Session, day: date) -> bool:
    """Whether the contract of the day has anything left that a ride would need."""
    contract = ledger.for_day(session, day)
    if contract.unit is ContractUnit.VEHICLE_MINUTES:
        return True
    return ledger.balance(session, contract, day).free > 0


def reserve_ride(session: Session, source: str, *, day: date, persons: int, by: Actor, now: datetime) -> None:
    """Take what one ride needs. Raises Exhausted("contract.no_capacity") if there is not enough."""
    contract = ledger.for_day(session, day)
    quantity = {ContractUnit.RIDES: 1, ContractUnit.PERSONS: persons}.get(contract.unit)
    if quantity is not None:
        ledger.reserve(session, contract, source=source, quantity=quantity, day=day, by=by, now=now)


def release_ride(session: Session, source: str, *, day: date, by: Actor, now: datetime) -> None:
    """Give back what a ride had reserved, as it will not be driven."""
    contract = ledger.for_day(session, day)
    held = ledger.of_source(session, contract, source)
    if held.reserved:
        ledger.release(session, contract, source=source, quantity=held.reserved, day=day, by=by, now=now)


def consume_ride(session: Session, source: str, *, day: date, by: Actor, now: datetime) -> None:
    """The ride was driven: what was reserved is used up."""
    contract = ledger.for_day(session, day)
    held = ledger.of_source(session, contract, source)
    if held.reserved:
        ledger.release(session, contract, source=source, quantity=held.reserved, day=day, by=by, now=now)
        ledger.consume(session, contract, source=source, quantity=held.reserved, day=day, by=by, now=now)


def settle(session: Session, day: date, *, by: Actor, now: datetime, override: tuple[str, str] | None = None) -> None:
    """After any change of the (locked) day's live plan: post the difference of metres, if metres are bought.

    Raises Exhausted("contract.no_capacity") unless `override` names who allows it and why.
    """
    contract = ledger.for_day(session, day)
    if contract.unit is ContractUnit.METRES:
        metres = publishing.planned_metres(session, day)
        ledger.post_planned(session, contract, day=day, metres=metres, by=by, now=now, override=override)


def open_shift(
    session: Session, *, day: date, vehicle: Vehicle, driver: Driver, starts: int, ends: int, crew: int = 1, by: Actor, now: datetime
) -> Shift:
    """Put a vehicle on duty and reserve its minutes, if vehicle minutes are bought."""
    shift = fleet.open_shift(session, day=day, vehicle=vehicle, driver=driver, starts=starts, ends=ends, crew=crew)
    contract = ledger.for_day(session, day)
    if contract.unit is ContractUnit.VEHICLE_MINUTES:
        ledger.reserve(session, contract, source=f"shift:{shift.id}", quantity=shift.minutes, day=day, by=by, now=now)
    return shift
