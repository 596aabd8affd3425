"""How much of what was bought is left, and the laws of the ledger. Pure.

Quantities are integers in the unit of the contract: minutes, metres, rides or persons.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class ContractUnit(StrEnum):
    """What the city buys."""

    VEHICLE_MINUTES = "vehicle_minutes"
    METRES = "metres"
    RIDES = "rides"
    PERSONS = "persons"


class Period(StrEnum):
    """How often an allotment opens; what is not used in a period does not pass to the next one."""

    DAY = "day"
    MONTH = "month"

    def label(self, day: date) -> str:
        """The period a day belongs to: `2026-11-22` or `2026-11`."""
        return day.isoformat() if self is Period.DAY else day.isoformat()[:7]


class EntryKind(StrEnum):
    """What an entry does: `ALLOT` adds room, `RESERVE` takes it, `RELEASE` returns it, `CONSUME` uses it up.

    `CORRECT` changes what was consumed, up or down, by a person with a reason.
    """

    ALLOT = "allot"
    RESERVE = "reserve"
    RELEASE = "release"
    CONSUME = "consume"
    CORRECT = "correct"


@dataclass(frozen=True, slots=True)
class Balance:
    """Where a contract stands in one period (or one source in it)."""

    allotted: int = 0
    reserved: int = 0
    consumed: int = 0

    @property
    def free(self) -> int:
        """What may still be reserved; below zero only after a named override."""
        return self.allotted - self.reserved - self.consumed


@dataclass(frozen=True, slots=True)
class Move:
    """One entry as far as arithmetic is concerned."""

    kind: EntryKind
    quantity: int
    source: str = ""
    overridden: bool = False


def of(moves: Iterable[Move]) -> Balance:
    """Add up the entries of one contract and period; order does not matter."""
    total = dict.fromkeys(EntryKind, 0)
    for move in moves:
        total[move.kind] += move.quantity
    return Balance(
        allotted=total[EntryKind.ALLOT],
        reserved=total[EntryKind.RESERVE] - total[EntryKind.RELEASE],
        consumed=total[EntryKind.CONSUME] + total[EntryKind.CORRECT],
    )


def faults(moves: Iterable[Move]) -> list[str]:
    """Where a history of entries, oldest first, breaks the laws; one code per fault, with its source.

    `ledger.negative`: a quantity below zero that is no correction; `ledger.released_beyond`: a source gave
    back more than it had reserved; `ledger.consumed_below_zero`: corrections took away more than was used;
    `ledger.overdrawn`: free went below zero by an entry nobody signed for.
    """
    found = []
    whole = Balance()
    sources: dict[str, Balance] = {}
    for move in moves:
        if move.quantity < 0 and move.kind is not EntryKind.CORRECT:
            found.append(f"ledger.negative {move.source}")
        before, whole = whole, _after(whole, move)
        own = sources[move.source] = _after(sources.get(move.source, Balance()), move)
        if own.reserved < 0:
            found.append(f"ledger.released_beyond {move.source}")
        if own.consumed < 0:
            found.append(f"ledger.consumed_below_zero {move.source}")
        if whole.free < 0 and whole.free < before.free and not move.overridden:
            found.append(f"ledger.overdrawn {move.source}")
    return found


def _after(balance: Balance, move: Move) -> Balance:
    added = of([move])
    return Balance(
        balance.allotted + added.allotted,
        balance.reserved + added.reserved,
        balance.consumed + added.consumed,
    )
