"""The capacity ledger: append-only entries under the lock of the contract's row.

Each use case first touches the contract row (which waits for whoever else does), then looks at the balance,
then adds an entry. The allotment of a period is posted by the first entry in it, so nobody can forget to open
one.
"""

from datetime import date, datetime
from typing import NamedTuple

from sqlmodel import Session, col, func, select, update

from transport.booking.contracts import balance
from transport.booking.contracts import events as happened
from transport.booking.contracts.balance import Balance, ContractUnit, EntryKind, Move
from transport.booking.contracts.models import Contract, LedgerEntry
from transport.kernel import events
from transport.kernel.actor import SYSTEM, Actor
from transport.kernel.errors import Conflict, Exhausted, Invalid, NotFound


class Override(NamedTuple):
    """Somebody answers by name for going beyond what was bought."""

    name: str
    reason: str


def lock(session: Session, contract: Contract) -> None:
    """Be the only one at this contract's ledger until the transaction ends. Locks go ride, day, contract."""
    touch = (
        update(Contract)
        .where(col(Contract.id) == contract.id)
        .values(version=Contract.version + 1)
        .execution_options(synchronize_session=False)
    )
    if session.exec(touch).rowcount != 1:
        raise NotFound("contract.unknown")
    session.refresh(contract, ["version"])


def balance_on(session: Session, contract: Contract, day: date) -> Balance:
    """Where the contract stands in the period of the day, before or after the period has been opened."""
    period = contract.period.label(day)
    posted = _sum(session, contract, period)
    if _opened(session, contract, period):
        return posted
    return Balance(posted.allotted + contract.allotment, posted.reserved, posted.consumed)


def open_period(session: Session, contract: Contract, day: date, *, now: datetime) -> None:
    """Post the allotment of the day's period; doing it again does nothing."""
    lock(session, contract)
    if not contract.valid_from <= day <= contract.valid_until:
        raise Invalid("contract.not_on_that_day", day=day)
    if not _opened(session, contract, contract.period.label(day)):
        _post(session, contract, day, EntryKind.ALLOT, contract.allotment, _own(contract), by=SYSTEM, now=now)


def allot(
    session: Session, contract: Contract, day: date, quantity: int, *, by: Actor, now: datetime, reason: str
) -> LedgerEntry:
    """Add to what the contract gives in the day's period, as an amendment says (`reason`)."""
    _not_negative(quantity)
    _needs_reason(reason)
    open_period(session, contract, day, now=now)
    return _post(session, contract, day, EntryKind.ALLOT, quantity, _own(contract), by=by, now=now, reason=reason)


def reserve(
    session: Session,
    contract: Contract,
    day: date,
    source: str,
    quantity: int,
    *,
    by: Actor,
    now: datetime,
    override: Override | None = None,
) -> LedgerEntry:
    """Set capacity aside for a source that has none set aside yet (`contract.already_reserved`)."""
    _not_negative(quantity)
    open_period(session, contract, day, now=now)
    if _sum(session, contract, contract.period.label(day), source).reserved:
        raise Conflict("contract.already_reserved", source=source)
    return _take(session, contract, day, EntryKind.RESERVE, quantity, source, by=by, now=now, override=override)


def release(
    session: Session,
    contract: Contract,
    day: date,
    source: str,
    *,
    by: Actor,
    now: datetime,
    quantity: int | None = None,
) -> LedgerEntry | None:
    """Give back what the source has set aside, or `quantity` of it; None if there is nothing to give back."""
    open_period(session, contract, day, now=now)
    outstanding = _sum(session, contract, contract.period.label(day), source).reserved
    back = outstanding if quantity is None else quantity
    _not_negative(back)
    if back > outstanding:
        raise Invalid("contract.released_beyond", source=source, reserved=outstanding, released=back)
    if not back:
        return None
    return _post(session, contract, day, EntryKind.RELEASE, back, source, by=by, now=now)


def consume(
    session: Session,
    contract: Contract,
    day: date,
    source: str,
    quantity: int,
    *,
    by: Actor,
    now: datetime,
    override: Override | None = None,
) -> LedgerEntry:
    """Use up capacity, once: what the source had set aside is given back, `quantity` is taken for good.

    What is used up cannot be used up again (`contract.already_consumed`), only corrected.
    """
    _not_negative(quantity)
    lock(session, contract)
    if _sum(session, contract, contract.period.label(day), source).consumed:
        raise Conflict("contract.already_consumed", source=source)
    release(session, contract, day, source, by=by, now=now)
    return _take(session, contract, day, EntryKind.CONSUME, quantity, source, by=by, now=now, override=override)


def give_back(session: Session, contract: Contract, day: date, source: str, *, by: Actor, now: datetime) -> None:
    """Undo what a source used up, by counter-entries: nothing is used, and what it had set aside before is again.

    Without anything used up nothing happens.
    """
    lock(session, contract)
    period = contract.period.label(day)
    used = _sum(session, contract, period, source).consumed
    if not used:
        return
    mine = select(LedgerEntry).where(
        LedgerEntry.contract_id == contract.id, LedgerEntry.period == period, LedgerEntry.source == source
    )
    entries = list(session.exec(mine.order_by(col(LedgerEntry.id))))
    last = max(at for at, entry in enumerate(entries) if entry.kind is EntryKind.CONSUME)
    before = entries[last - 1] if last else None
    correct(session, contract, day, source, -used, by=by, now=now, reason="taken back")
    # using up first releases all that is set aside, in the same moment: that is what is set aside anew
    if before is not None and before.kind is EntryKind.RELEASE and before.at == entries[last].at:
        free = balance_on(session, contract, day).free
        signed = Override(by.name or by.label, "taken back") if before.quantity > max(free, 0) else None
        _post(
            session,
            contract,
            day,
            EntryKind.RESERVE,
            before.quantity,
            source,
            by=by,
            now=now,
            reason="taken back",
            override=signed,
        )


def post_planned(
    session: Session,
    contract: Contract,
    day: date,
    metres: int,
    *,
    by: Actor,
    now: datetime,
    override: Override | None = None,
) -> LedgerEntry | None:
    """Set aside the metres of the day's published plan: only the difference to last time is posted.

    None if nothing changed, or if the contract does not count metres.
    """
    _not_negative(metres)
    if contract.unit is not ContractUnit.METRES:
        return None
    open_period(session, contract, day, now=now)
    source = f"day:{day.isoformat()}"
    more = metres - _sum(session, contract, contract.period.label(day), source).reserved
    if more > 0:
        return _take(session, contract, day, EntryKind.RESERVE, more, source, by=by, now=now, override=override)
    if more < 0:
        return _post(session, contract, day, EntryKind.RELEASE, -more, source, by=by, now=now)
    return None


def correct(
    session: Session,
    contract: Contract,
    day: date,
    source: str,
    quantity: int,
    *,
    by: Actor,
    now: datetime,
    reason: str,
) -> LedgerEntry:
    """Put right what a source used up, by `quantity` more or (negative) less; the person answers for it."""
    _needs_reason(reason)
    open_period(session, contract, day, now=now)
    used = _sum(session, contract, contract.period.label(day), source).consumed
    if used + quantity < 0:
        raise Invalid("contract.corrected_below_zero", source=source, consumed=used, quantity=quantity)
    free = balance_on(session, contract, day).free
    signed = Override(by.name or by.label, reason) if quantity > max(free, 0) else None
    entry = _post(
        session,
        contract,
        day,
        EntryKind.CORRECT,
        quantity,
        source,
        by=by,
        now=now,
        reason=reason,
        override=signed,
    )
    facts = {"entry": entry.id, "quantity": quantity}
    events.record(session, happened.LEDGER_CORRECTED, subject=("contract", contract.id), by=by, now=now, facts=facts)
    return entry


def _take(
    session: Session,
    contract: Contract,
    day: date,
    kind: EntryKind,
    quantity: int,
    source: str,
    *,
    by: Actor,
    now: datetime,
    override: Override | None,
) -> LedgerEntry:
    free = balance_on(session, contract, day).free
    beyond = quantity > 0 and quantity > free
    if beyond and override is None:
        raise Exhausted("contract.no_capacity", free=free, needed=quantity, unit=contract.unit.value)
    if override is not None and not (override.name.strip() and override.reason.strip()):
        raise Invalid("contract.override_needs_name_and_reason", field="override")
    # An override that was not needed is not written: it would look as if somebody had gone beyond.
    signed = override if beyond else None
    entry = _post(session, contract, day, kind, quantity, source, by=by, now=now, override=signed)
    if signed:
        facts = {"entry": entry.id, "free": free, "needed": quantity}
        events.record(
            session,
            happened.CAPACITY_OVERRIDDEN,
            subject=("contract", contract.id),
            by=by,
            now=now,
            facts=facts,
        )
    return entry


def _post(
    session: Session,
    contract: Contract,
    day: date,
    kind: EntryKind,
    quantity: int,
    source: str,
    *,
    by: Actor,
    now: datetime,
    reason: str = "",
    override: Override | None = None,
) -> LedgerEntry:
    period = contract.period.label(day)
    same = (
        LedgerEntry.contract_id == contract.id,
        LedgerEntry.period == period,
        LedgerEntry.source == source,
        LedgerEntry.kind == kind,
    )
    latest = session.exec(select(func.max(LedgerEntry.revision)).where(*same)).one()
    entry = LedgerEntry(
        contract_id=contract.id or 0,
        period=period,
        kind=kind,
        quantity=quantity,
        unit=contract.unit,
        source=source,
        revision=(latest or 0) + 1,
        at=now,
        actor=by.label,
        reason=(override.reason if override else reason)[:200],
        override_by=override.name[:100] if override else None,
    )
    session.add(entry)
    session.flush()
    return entry


def _sum(session: Session, contract: Contract, period: str, source: str | None = None) -> Balance:
    statement = (
        select(LedgerEntry.kind, func.sum(LedgerEntry.quantity))
        .where(LedgerEntry.contract_id == contract.id, LedgerEntry.period == period)
        .group_by(col(LedgerEntry.kind))
    )
    if source is not None:
        statement = statement.where(LedgerEntry.source == source)
    return balance.of(Move(EntryKind(kind), int(quantity)) for kind, quantity in session.exec(statement))


def _opened(session: Session, contract: Contract, period: str) -> bool:
    first = select(LedgerEntry.id).where(
        LedgerEntry.contract_id == contract.id,
        LedgerEntry.period == period,
        LedgerEntry.source == _own(contract),
        LedgerEntry.kind == EntryKind.ALLOT,
    )
    return session.exec(first).first() is not None


def _own(contract: Contract) -> str:
    return f"contract:{contract.id}"


def _not_negative(quantity: int) -> None:
    if quantity < 0:
        raise Invalid("contract.negative", field="quantity", quantity=quantity)


def _needs_reason(reason: str) -> None:
    if not reason.strip():
        raise Invalid("contract.reason_missing", field="reason")
