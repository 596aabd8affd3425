"""The arithmetic and the laws of the ledger."""

from datetime import date

import pytest

from transport.booking.contracts import balance
from transport.booking.contracts.balance import Balance, EntryKind, Move, Period

ALLOT, RESERVE, RELEASE, CONSUME, CORRECT = EntryKind


def test_free_is_what_was_bought_less_what_is_set_aside_and_used_up() -> None:
    moves = [Move(ALLOT, 100), Move(RESERVE, 40), Move(RELEASE, 10), Move(CONSUME, 20), Move(CORRECT, -5)]
    assert balance.of(moves) == Balance(allotted=100, reserved=30, consumed=15)
    assert balance.of(moves).free == 55
    assert balance.of([]) == Balance()


def test_a_day_belongs_to_a_period() -> None:
    assert Period.DAY.label(date(2026, 11, 2)) == "2026-11-02"
    assert Period.MONTH.label(date(2026, 11, 2)) == "2026-11"


def test_a_lawful_history_has_no_faults() -> None:
    moves = [
        Move(ALLOT, 100, "contract:1"),
        Move(RESERVE, 60, "ride:1"),
        Move(RELEASE, 60, "ride:1"),
        Move(CONSUME, 100, "ride:1"),
        Move(CORRECT, -100, "ride:1"),
    ]
    assert balance.faults(moves) == []


@pytest.mark.parametrize(
    ("last", "fault"),
    [
        (Move(RESERVE, -1, "ride:2"), "ledger.negative ride:2"),
        (Move(RELEASE, 61, "ride:1"), "ledger.released_beyond ride:1"),
        (Move(RELEASE, 1, "ride:2"), "ledger.released_beyond ride:2"),
        (Move(CORRECT, -1, "ride:1"), "ledger.consumed_below_zero ride:1"),
        (Move(CONSUME, 41, "ride:2"), "ledger.overdrawn ride:2"),
    ],
)
def test_each_broken_law_is_named_with_its_source(last: Move, fault: str) -> None:
    moves = [Move(ALLOT, 100, "contract:1"), Move(RESERVE, 60, "ride:1"), last]
    assert fault in balance.faults(moves)


def test_going_beyond_is_lawful_when_somebody_signed_and_coming_back_is_never_a_fault() -> None:
    moves = [
        Move(ALLOT, 10, "contract:1"),
        Move(RESERVE, 15, "ride:1", overridden=True),
        Move(RELEASE, 2, "ride:1"),
    ]
    assert balance.faults(moves) == []
