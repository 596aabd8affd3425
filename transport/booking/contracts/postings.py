"""What a ride, a shift or a driven day means for the ledger, whatever unit the city buys.

Rooms above tell what happened; here it is decided whether the contract counts it. Rides and persons are
counted by the ride, vehicle minutes by the shift, metres by the day. What is not counted returns None.
"""

from datetime import date, datetime

from sqlmodel import Session

from transport.booking.contracts import contracts, ledger
from transport.booking.contracts.balance import ContractUnit
from transport.booking.contracts.ledger import Override
from transport.booking.contracts.models import Contract, LedgerEntry
from transport.kernel.actor import Actor


def ride_confirmed(
    session: Session,
    ride_id: int,
    day: date,
    persons: int,
    *,
    by: Actor,
    now: datetime,
    override: Override | None = None,
) -> LedgerEntry | None:
    """Set aside one ride, or its `persons` (the client and companions)."""
    contract = contracts.for_day(session, day)
    quantity = _of_ride(contract, persons)
    if quantity is None:
        return None
    source = f"ride:{ride_id}"
    return ledger.reserve(session, contract, day, source, quantity, by=by, now=now, override=override)


def ride_dropped(session: Session, ride_id: int, day: date, *, by: Actor, now: datetime) -> LedgerEntry | None:
    """Give back what was set aside for a ride that is not driven; None also if it had not been confirmed."""
    contract = contracts.for_day(session, day)
    if _of_ride(contract, persons=0) is None:
        return None
    return ledger.release(session, contract, day, f"ride:{ride_id}", by=by, now=now)


def ride_used(
    session: Session,
    ride_id: int,
    day: date,
    persons: int,
    *,
    by: Actor,
    now: datetime,
    override: Override | None = None,
) -> LedgerEntry | None:
    """Use up what the ride had set aside: it was driven, or it counts although nobody came."""
    contract = contracts.for_day(session, day)
    quantity = _of_ride(contract, persons)
    if quantity is None:
        return None
    source = f"ride:{ride_id}"
    return ledger.consume(session, contract, day, source, quantity, by=by, now=now, override=override)


def ride_not_used(session: Session, ride_id: int, day: date, *, by: Actor, now: datetime) -> None:
    """The ride was not driven to its end after all: what it had used up is set aside for it again."""
    contract = contracts.for_day(session, day)
    if _of_ride(contract, persons=0) is not None:
        ledger.give_back(session, contract, day, f"ride:{ride_id}", by=by, now=now)


def shift_opened(
    session: Session,
    shift_id: int,
    day: date,
    minutes: int,
    *,
    by: Actor,
    now: datetime,
    override: Override | None = None,
) -> LedgerEntry | None:
    """Set aside the vehicle minutes of a shift from its start to its end."""
    contract = contracts.for_day(session, day)
    if contract.unit is not ContractUnit.VEHICLE_MINUTES:
        return None
    source = f"shift:{shift_id}"
    return ledger.reserve(session, contract, day, source, minutes, by=by, now=now, override=override)


def shift_dropped(session: Session, shift_id: int, day: date, *, by: Actor, now: datetime) -> LedgerEntry | None:
    """Give back the minutes of a shift that is not driven."""
    contract = contracts.for_day(session, day)
    if contract.unit is not ContractUnit.VEHICLE_MINUTES:
        return None
    return ledger.release(session, contract, day, f"shift:{shift_id}", by=by, now=now)


def shift_closed(
    session: Session,
    shift_id: int,
    day: date,
    minutes: int,
    *,
    by: Actor,
    now: datetime,
    override: Override | None = None,
) -> LedgerEntry | None:
    """Use up the minutes the shift really took."""
    contract = contracts.for_day(session, day)
    if contract.unit is not ContractUnit.VEHICLE_MINUTES:
        return None
    source = f"shift:{shift_id}"
    return ledger.consume(session, contract, day, source, minutes, by=by, now=now, override=override)


def day_published(
    session: Session,
    day: date,
    metres: int,
    *,
    by: Actor,
    now: datetime,
    override: Override | None = None,
) -> LedgerEntry | None:
    """Set aside the metres of the published plan; only the difference to the last version is posted."""
    contract = contracts.for_day(session, day)
    return ledger.post_planned(session, contract, day, metres, by=by, now=now, override=override)


def day_closed(
    session: Session,
    day: date,
    metres: int,
    *,
    by: Actor,
    now: datetime,
    override: Override | None = None,
) -> LedgerEntry | None:
    """Use up the metres that were really driven on the day."""
    contract = contracts.for_day(session, day)
    if contract.unit is not ContractUnit.METRES:
        return None
    source = f"day:{day.isoformat()}"
    return ledger.consume(session, contract, day, source, metres, by=by, now=now, override=override)


def _of_ride(contract: Contract, persons: int) -> int | None:
    return {ContractUnit.RIDES: 1, ContractUnit.PERSONS: persons}.get(contract.unit)
