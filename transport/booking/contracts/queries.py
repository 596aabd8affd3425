"""What the contract manager wants to see: bought, set aside, used, by period; and the ledger's faults."""

from dataclasses import dataclass
from itertools import groupby

from sqlmodel import Session, col, func, select

from transport.booking.contracts import balance
from transport.booking.contracts.balance import Balance, EntryKind, Move
from transport.booking.contracts.models import Contract, LedgerEntry


@dataclass(frozen=True, slots=True)
class PeriodUse:
    """One period of a contract: `2026-11` or `2026-11-22`."""

    period: str
    balance: Balance


def contracts(session: Session) -> list[Contract]:
    """All contracts, the newest first."""
    return list(session.exec(select(Contract).order_by(col(Contract.valid_from).desc())))


def use(session: Session, contract: Contract) -> list[PeriodUse]:
    """Bought, set aside and used in each period that has been opened, oldest first."""
    statement = (
        select(LedgerEntry.period, LedgerEntry.kind, func.sum(LedgerEntry.quantity))
        .where(LedgerEntry.contract_id == contract.id)
        .group_by(LedgerEntry.period, col(LedgerEntry.kind))
        .order_by(LedgerEntry.period)
    )
    rows = groupby(session.exec(statement), key=lambda row: row[0])
    return [
        PeriodUse(period, balance.of(Move(EntryKind(kind), int(quantity)) for _, kind, quantity in kinds))
        for period, kinds in rows
    ]


def entries(session: Session, contract: Contract, period: str) -> list[LedgerEntry]:
    """The ledger of one period, oldest entry first."""
    statement = select(LedgerEntry).where(LedgerEntry.contract_id == contract.id, LedgerEntry.period == period)
    return list(session.exec(statement.order_by(col(LedgerEntry.id))))


def overrides(session: Session, contract: Contract) -> list[LedgerEntry]:
    """Entries somebody signed for because they went beyond what was bought, newest first."""
    statement = select(LedgerEntry).where(
        LedgerEntry.contract_id == contract.id, col(LedgerEntry.override_by).is_not(None)
    )
    return list(session.exec(statement.order_by(col(LedgerEntry.id).desc())))


def faults(session: Session) -> list[str]:
    """Where any ledger breaks its laws, as `contract/period code source`; empty when all is well."""
    found = []
    statement = select(LedgerEntry, Contract.code).join(Contract, col(Contract.id) == LedgerEntry.contract_id)
    rows = session.exec(statement.order_by(Contract.code, LedgerEntry.period, col(LedgerEntry.id))).all()
    for (code, period), group in groupby(rows, key=lambda row: (row[1], row[0].period)):
        moves = [
            Move(entry.kind, entry.quantity, entry.source, overridden=entry.override_by is not None)
            for entry, _ in group
        ]
        found += [f"{code}/{period} {fault}" for fault in balance.faults(moves)]
    return found
