"""Contracts themselves: signing one, finding the one that counts on a day."""

from datetime import date, datetime

from sqlmodel import Session, col, select

from transport.booking.contracts import events as happened
from transport.booking.contracts.balance import ContractUnit, Period
from transport.booking.contracts.models import Contract
from transport.kernel import events
from transport.kernel.actor import Actor
from transport.kernel.errors import Conflict, Invalid, NotFound


def sign(
    session: Session,
    *,
    code: str,
    provider_id: int,
    purchaser: str,
    unit: ContractUnit,
    period: Period,
    allotment: int,
    rate_haler: int,
    valid_from: date,
    valid_until: date,
    by: Actor,
    now: datetime,
) -> Contract:
    """Record what was bought: `allotment` units of each period. On any day one contract counts, never two."""
    if valid_until < valid_from:
        raise Invalid("contract.ends_before_start", field="valid_until")
    if allotment < 0 or rate_haler < 0:
        raise Invalid("contract.negative", field="allotment" if allotment < 0 else "rate_haler")
    overlaps = select(Contract).where(Contract.valid_from <= valid_until, col(Contract.valid_until) >= valid_from)
    other = session.exec(overlaps.order_by(Contract.code)).first()
    if other is not None:
        raise Conflict("contract.overlaps", field="valid_from", other=other.code)
    contract = Contract(
        code=code,
        provider_id=provider_id,
        purchaser=purchaser,
        unit=unit,
        period=period,
        allotment=allotment,
        rate_haler=rate_haler,
        valid_from=valid_from,
        valid_until=valid_until,
    )
    session.add(contract)
    session.flush()
    events.record(session, happened.CONTRACT_SIGNED, subject=("contract", contract.id), by=by, now=now)
    return contract


def for_day(session: Session, day: date) -> Contract:
    """The contract under which the day is driven; refuses a day that none covers (`contract.none`)."""
    covers = select(Contract).where(Contract.valid_from <= day, col(Contract.valid_until) >= day)
    contract = session.exec(covers).first()
    if contract is None:
        raise NotFound("contract.none", day=day)
    return contract
