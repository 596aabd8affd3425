"""The capacity ledger: what may be set aside, given back, used up, and who must sign for more."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from tests.builders.contracts import NOW, a_contract
from transport.booking.contracts import balance, ledger, queries
from transport.booking.contracts.balance import Balance, ContractUnit, EntryKind, Move, Period
from transport.booking.contracts.ledger import Override
from transport.booking.contracts.models import Contract, LedgerEntry
from transport.kernel import db
from transport.kernel.actor import Actor, Role
from transport.kernel.errors import Conflict, Exhausted, Invalid
from transport.kernel.events import Event

DAY = date(2026, 11, 24)
DANA = Actor(user=7, role=Role.DISPATCHER, name="Dana")
SIGNED = Override("Dana", "funeral")


def reserve(
    session: Session, contract: Contract, quantity: int, source: str = "ride:1", override: Override | None = None
) -> LedgerEntry:
    return ledger.reserve(session, contract, DAY, source, quantity, by=DANA, now=NOW, override=override)


def consume(session: Session, contract: Contract, quantity: int, source: str = "ride:1") -> LedgerEntry:
    return ledger.consume(session, contract, DAY, source, quantity, by=DANA, now=NOW)


def release(
    session: Session, contract: Contract, source: str = "ride:1", quantity: int | None = None
) -> LedgerEntry | None:
    return ledger.release(session, contract, DAY, source, by=DANA, now=NOW, quantity=quantity)


def plan(session: Session, contract: Contract, metres: int, override: Override | None = None) -> LedgerEntry | None:
    return ledger.post_planned(session, contract, DAY, metres, by=DANA, now=NOW, override=override)


def test_a_period_opens_with_what_was_bought_and_only_once(session: Session) -> None:
    contract = a_contract(session, allotment=100)
    assert ledger.balance_on(session, contract, DAY) == Balance(100)
    for _ in range(2):
        ledger.open_period(session, contract, DAY, now=NOW)
    assert ledger.balance_on(session, contract, DAY) == Balance(100)
    assert len(queries.entries(session, contract, "2026-11-24")) == 1


def test_every_day_of_a_month_draws_on_the_same_allotment(session: Session) -> None:
    contract = a_contract(session, ContractUnit.RIDES, 2, Period.MONTH)
    reserve(session, contract, 1)
    ledger.reserve(session, contract, date(2026, 11, 1), "ride:2", 1, by=DANA, now=NOW)
    with pytest.raises(Exhausted):
        ledger.reserve(session, contract, date(2026, 11, 30), "ride:3", 1, by=DANA, now=NOW)
    ledger.reserve(session, contract, date(2026, 12, 1), "ride:3", 1, by=DANA, now=NOW)
    use = queries.use(session, contract)
    assert [(each.period, each.balance.free) for each in use] == [("2026-11", 0), ("2026-12", 1)]


def test_more_than_is_left_is_refused_with_the_figures(session: Session) -> None:
    contract = a_contract(session, allotment=100)
    reserve(session, contract, 60)
    with pytest.raises(Exhausted, match=r"contract\.no_capacity") as refused:
        reserve(session, contract, 41, "ride:2")
    assert refused.value.facts == {"free": 40, "needed": 41, "unit": "metres"}
    reserve(session, contract, 40, "ride:2")


def test_somebody_may_sign_for_more_and_the_trail_names_them(session: Session) -> None:
    contract = a_contract(session, allotment=100)
    entry = reserve(session, contract, 150, override=SIGNED)
    assert (entry.override_by, entry.reason) == ("Dana", "funeral")
    assert ledger.balance_on(session, contract, DAY).free == -50
    assert queries.overrides(session, contract) == [entry]
    assert queries.faults(session) == []
    assert "CapacityOverridden" in session.exec(select(Event.kind)).all()


def test_a_signature_that_was_not_needed_is_not_written(session: Session) -> None:
    contract = a_contract(session, allotment=100)
    assert reserve(session, contract, 10, override=SIGNED).override_by is None


@pytest.mark.parametrize("override", [Override("", "funeral"), Override("Dana", " ")])
def test_a_signature_needs_a_name_and_a_reason(session: Session, override: Override) -> None:
    contract = a_contract(session, allotment=100)
    with pytest.raises(Invalid, match=r"override_needs_name_and_reason"):
        reserve(session, contract, 150, override=override)


def test_nobody_is_refused_for_needing_nothing_after_an_override(session: Session) -> None:
    contract = a_contract(session, allotment=1)
    reserve(session, contract, 5, override=SIGNED)
    reserve(session, contract, 0, "ride:2")


def test_a_source_is_set_aside_once_and_again_after_it_was_given_back(session: Session) -> None:
    contract = a_contract(session, allotment=100)
    assert reserve(session, contract, 60).revision == 1
    with pytest.raises(Conflict, match=r"contract\.already_reserved"):
        reserve(session, contract, 10)
    release(session, contract)
    assert reserve(session, contract, 70).revision == 2


def test_a_source_cannot_give_back_more_than_it_has(session: Session) -> None:
    contract = a_contract(session, allotment=100)
    assert release(session, contract) is None
    reserve(session, contract, 60)
    with pytest.raises(Invalid, match=r"contract\.released_beyond"):
        release(session, contract, quantity=61)
    release(session, contract, quantity=20)
    entry = release(session, contract)
    assert entry is not None
    assert (entry.quantity, entry.revision) == (40, 2)
    assert release(session, contract) is None


def test_using_up_gives_back_what_was_set_aside(session: Session) -> None:
    contract = a_contract(session, allotment=100)
    reserve(session, contract, 60)
    consume(session, contract, 75)
    assert ledger.balance_on(session, contract, DAY) == Balance(100, 0, 75)


def test_what_is_used_up_is_used_up_once(session: Session) -> None:
    contract = a_contract(session, allotment=100)
    consume(session, contract, 60)
    with pytest.raises(Conflict, match=r"contract\.already_consumed"):
        consume(session, contract, 60)


def test_using_up_more_than_is_left_needs_a_signature(session: Session) -> None:
    contract = a_contract(session, allotment=100)
    reserve(session, contract, 90)
    with pytest.raises(Exhausted):
        consume(session, contract, 101)
    ledger.consume(session, contract, DAY, "ride:2", 101, by=DANA, now=NOW, override=SIGNED)


def test_a_plan_posts_only_the_difference_to_the_last_one(session: Session) -> None:
    contract = a_contract(session, allotment=100_000)
    posted = [plan(session, contract, metres) for metres in (60_000, 85_000, 85_000, 40_000)]
    assert [(entry.kind, entry.quantity) if entry else None for entry in posted] == [
        (EntryKind.RESERVE, 60_000),
        (EntryKind.RESERVE, 25_000),
        None,
        (EntryKind.RELEASE, 45_000),
    ]
    assert ledger.balance_on(session, contract, DAY).reserved == 40_000
    assert {entry.source for entry in posted if entry} == {"day:2026-11-24"}


def test_a_plan_longer_than_what_was_bought_is_refused_unless_signed(session: Session) -> None:
    contract = a_contract(session, allotment=100_000)
    plan(session, contract, 90_000)
    with pytest.raises(Exhausted) as refused:
        plan(session, contract, 120_000)
    assert refused.value.facts["needed"] == 30_000
    plan(session, contract, 120_000, override=SIGNED)
    assert ledger.balance_on(session, contract, DAY).free == -20_000


def test_metres_mean_nothing_to_a_contract_by_the_ride(session: Session) -> None:
    contract = a_contract(session, ContractUnit.RIDES, 10)
    assert plan(session, contract, 1_000_000) is None


def test_an_amendment_adds_to_the_period_and_says_why(session: Session) -> None:
    contract = a_contract(session, allotment=100)
    with pytest.raises(Invalid, match=r"contract\.reason_missing"):
        ledger.allot(session, contract, DAY, 50, by=DANA, now=NOW, reason=" ")
    ledger.allot(session, contract, DAY, 50, by=DANA, now=NOW, reason="amendment 1")
    assert ledger.balance_on(session, contract, DAY).allotted == 150


def test_a_correction_puts_right_what_was_used_up_but_not_below_zero(session: Session) -> None:
    contract = a_contract(session, allotment=100)
    consume(session, contract, 60)

    def correct(quantity: int, reason: str = "wrong odometer") -> LedgerEntry:
        return ledger.correct(session, contract, DAY, "ride:1", quantity, by=DANA, now=NOW, reason=reason)

    with pytest.raises(Invalid, match=r"contract\.reason_missing"):
        correct(-10, "")
    with pytest.raises(Invalid, match=r"contract\.corrected_below_zero"):
        correct(-61)
    assert correct(-60).override_by is None
    consume(session, contract, 30)
    assert correct(100).override_by == "Dana"
    assert ledger.balance_on(session, contract, DAY) == Balance(100, 0, 130)
    assert queries.faults(session) == []


@pytest.mark.parametrize("quantity", [-1, -1000])
def test_a_quantity_below_zero_is_refused(session: Session, quantity: int) -> None:
    contract = a_contract(session, allotment=100)
    for move in (reserve, consume, plan):
        with pytest.raises(Invalid, match=r"contract\.negative"):
            move(session, contract, quantity)


def test_a_day_outside_the_contract_has_no_ledger(session: Session) -> None:
    contract = a_contract(session)
    with pytest.raises(Invalid, match=r"contract\.not_on_that_day"):
        ledger.reserve(session, contract, date(2027, 1, 1), "ride:1", 1, by=DANA, now=NOW)


def test_locking_counts_up_so_that_it_really_writes(session: Session) -> None:
    contract = a_contract(session)
    ledger.lock(session, contract)
    ledger.lock(session, contract)
    assert contract.version == 2


def test_the_database_itself_refuses_the_same_entry_twice(session: Session) -> None:
    contract = a_contract(session)
    entry = reserve(session, contract, 10)
    with pytest.raises(IntegrityError), session.begin_nested():
        session.add(LedgerEntry(**entry.model_dump(exclude={"id"})))


def test_a_planted_fault_is_found_and_named(session: Session) -> None:
    contract = a_contract(session)
    entry = reserve(session, contract, 10)
    stolen = {**entry.model_dump(exclude={"id"}), "kind": EntryKind.RELEASE, "quantity": 11}
    session.add(LedgerEntry(**stolen))
    assert queries.faults(session) == ["S-2026/2026-11-24 ledger.released_beyond ride:1"]


def test_many_at_once_never_set_aside_more_than_was_bought(database: Engine) -> None:
    with db.writing(database) as session:
        contract_id = a_contract(session, ContractUnit.RIDES, 3).id

    def take(number: int) -> bool:
        try:
            with db.writing(database) as session:
                contract = session.get_one(Contract, contract_id)
                reserve(session, contract, 1, f"ride:{number}")
        except Exhausted:
            return False
        return True

    with ThreadPoolExecutor(8) as people:
        assert sum(people.map(take, range(12))) == 3
    with db.reading(database) as session:
        assert queries.faults(session) == []
        assert ledger.balance_on(session, session.get_one(Contract, contract_id), DAY) == Balance(3, 3, 0)


@pytest.mark.parametrize("aside", [0, 2, 3])
def test_what_was_used_up_is_set_aside_again_exactly(session: Session, aside: int) -> None:
    """Also where somebody had signed for going beyond: undoing a mistake takes nothing from anybody."""
    contract = a_contract(session, ContractUnit.PERSONS, 1)
    if aside:
        reserve(session, contract, aside, override=SIGNED)
    before = ledger.balance_on(session, contract, DAY)
    for _ in range(2):
        ledger.consume(session, contract, DAY, "ride:1", 2, by=DANA, now=NOW, override=SIGNED)
        assert ledger.balance_on(session, contract, DAY).consumed == 2
        for _ in range(2):
            ledger.give_back(session, contract, DAY, "ride:1", by=DANA, now=NOW)
            assert ledger.balance_on(session, contract, DAY).reserved == before.reserved
    entries = queries.entries(session, contract, DAY.isoformat())
    assert balance.faults(Move(each.kind, each.quantity, each.source, bool(each.override_by)) for each in entries) == []
