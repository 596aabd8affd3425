"""What we remember of contracts: the contract itself and the append-only ledger of its capacity."""

from datetime import date, datetime

from sqlmodel import CheckConstraint, Field, SQLModel, UniqueConstraint

from transport.booking.contracts.balance import ContractUnit, EntryKind, Period
from transport.kernel.db import UtcDateTime, one_of

__all__ = ["Contract", "ContractUnit", "EntryKind", "LedgerEntry", "Period"]


class Contract(SQLModel, table=True):
    """What the purchaser bought from a provider: `allotment` units in each period, at `rate_haler` per unit.

    For metres the rate is per kilometre, for vehicle minutes per hour: the way such contracts are written.
    """

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True, max_length=40)
    provider_id: int = Field(foreign_key="provider.id", index=True)
    purchaser: str = Field(max_length=120)
    unit: ContractUnit = Field(sa_type=one_of(ContractUnit))
    period: Period = Field(sa_type=one_of(Period))
    allotment: int = 0
    valid_from: date
    valid_until: date
    rate_haler: int = 0
    version: int = 0
    """Counted up by whoever works on the ledger: the update is the lock."""


class LedgerEntry(SQLModel, table=True):
    """One line, never changed. `source`: `ride:12`, `shift:3`, `day:2026-11-22` or `contract:1`."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        UniqueConstraint("contract_id", "period", "source", "kind", "revision"),
        CheckConstraint("quantity >= 0 OR kind = 'correct'", name="quantity"),
    )

    id: int | None = Field(default=None, primary_key=True)
    contract_id: int = Field(foreign_key="contract.id", index=True)
    period: str = Field(max_length=10)
    kind: EntryKind = Field(sa_type=one_of(EntryKind))
    quantity: int
    unit: ContractUnit = Field(sa_type=one_of(ContractUnit))
    source: str = Field(index=True, max_length=60)
    revision: int
    at: datetime = Field(sa_type=UtcDateTime)
    actor: str = Field(max_length=40)
    reason: str = Field(default="", max_length=200)
    override_by: str | None = Field(default=None, max_length=100)
