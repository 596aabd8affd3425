"""Whatever happens to a ledger by its use cases, its laws hold."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import Engine
from sqlmodel import Session

from tests.builders.contracts import NOW, a_contract
from transport.booking.contracts import balance, ledger, queries
from transport.booking.contracts.balance import EntryKind, Move
from transport.booking.contracts.ledger import Override
from transport.kernel.actor import Actor, Role
from transport.kernel.errors import Conflict, Exhausted, Invalid

DAY = date(2026, 11, 24)
DANA = Actor(user=7, role=Role.DISPATCHER, name="Dana")
SOURCES = st.sampled_from(["ride:1", "ride:2", "ride:3", "day:2026-11-24"])
QUANTITIES = st.integers(0, 120)


class Ledger(RuleBasedStateMachine):
    """Random moves on one contract; the sums are kept a second time, in the simplest way."""

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self.engine = engine

    @initialize(allotment=st.integers(0, 200))
    def sign(self, allotment: int) -> None:
        self.connection = self.engine.connect()
        self.everything = self.connection.begin()
        self.session = Session(self.connection, join_transaction_mode="create_savepoint")
        self.contract = a_contract(self.session, allotment=allotment)
        self.reserved: dict[str, int] = {}
        self.consumed: dict[str, int] = {}
        self.allotted = allotment
        self.signed = False

    def free(self) -> int:
        return self.allotted - sum(self.reserved.values()) - sum(self.consumed.values())

    @rule(source=SOURCES, quantity=QUANTITIES, sign=st.booleans())
    def reserve(self, source: str, quantity: int, *, sign: bool) -> None:
        override = Override("Dana", "urgent") if sign else None
        try:
            ledger.reserve(self.session, self.contract, DAY, source, quantity, by=DANA, now=NOW, override=override)
        except Conflict:
            assert self.reserved.get(source)
        except Exhausted:
            assert quantity > self.free()
            assert not sign
        else:
            assert not self.reserved.get(source)
            self.signed |= quantity > self.free() and quantity > 0
            self.reserved[source] = quantity

    @rule(source=SOURCES, quantity=st.none() | QUANTITIES)
    def release(self, source: str, quantity: int | None) -> None:
        outstanding = self.reserved.get(source, 0)
        try:
            entry = ledger.release(self.session, self.contract, DAY, source, by=DANA, now=NOW, quantity=quantity)
        except Invalid:
            assert quantity is not None
            assert quantity > outstanding
        else:
            self.reserved[source] = outstanding - (entry.quantity if entry else 0)

    @rule(source=SOURCES, quantity=QUANTITIES)
    def consume(self, source: str, quantity: int) -> None:
        outstanding = self.reserved.get(source, 0)
        with self.session.begin_nested() as attempt:
            try:
                ledger.consume(self.session, self.contract, DAY, source, quantity, by=DANA, now=NOW)
            except Conflict:
                assert self.consumed.get(source)
                attempt.rollback()
            except Exhausted:
                assert quantity > self.free() + outstanding
                attempt.rollback()
            else:
                self.reserved[source] = 0
                self.consumed[source] = quantity

    @rule(metres=QUANTITIES)
    def plan(self, metres: int) -> None:
        source = f"day:{DAY}"
        more = metres - self.reserved.get(source, 0)
        try:
            ledger.post_planned(self.session, self.contract, DAY, metres, by=DANA, now=NOW)
        except Exhausted:
            assert more > self.free()
        else:
            self.reserved[source] = metres

    @rule(source=SOURCES, quantity=st.integers(-50, 50))
    def correct(self, source: str, quantity: int) -> None:
        used = self.consumed.get(source, 0)
        try:
            ledger.correct(self.session, self.contract, DAY, source, quantity, by=DANA, now=NOW, reason="recount")
        except Invalid:
            assert used + quantity < 0
        else:
            self.signed |= quantity > max(self.free(), 0)
            self.consumed[source] = used + quantity

    @invariant()
    def the_books_agree(self) -> None:
        if not hasattr(self, "contract"):
            return
        now = ledger.balance_on(self.session, self.contract, DAY)
        assert now == balance.Balance(self.allotted, sum(self.reserved.values()), sum(self.consumed.values()))
        assert now.free >= 0 or self.signed
        assert queries.faults(self.session) == []

    def teardown(self) -> None:
        if hasattr(self, "session"):
            self.session.close()
            self.everything.rollback()
            self.connection.close()


@pytest.mark.slow
def test_no_sequence_of_moves_breaks_a_law_of_the_ledger(engine: Engine) -> None:
    walks = settings(max_examples=settings().max_examples // 4, stateful_step_count=20)
    # It takes any function that makes a machine, as its documentation says; its types say a class.
    run_state_machine_as_test(lambda: Ledger(engine), settings=walks)  # type: ignore[arg-type]


@given(st.permutations([Move(kind, 10 * number) for number, kind in enumerate(EntryKind)]))
def test_the_balance_does_not_depend_on_the_order_of_entries(moves: list[Move]) -> None:
    assert balance.of(moves) == balance.Balance(0, -10, 70)
