"""Signing a contract and finding the one that counts."""

from datetime import date

import pytest
from sqlmodel import Session

from tests.builders.contracts import a_contract
from transport.booking.contracts import contracts
from transport.kernel.errors import Conflict, Invalid, NotFound


def test_the_contract_of_a_day_is_the_one_in_force(session: Session) -> None:
    old = a_contract(session, code="S-2025", valid_from=date(2025, 1, 1), valid_until=date(2025, 12, 31))
    new = a_contract(session)
    assert contracts.for_day(session, date(2025, 12, 31)) is old
    assert contracts.for_day(session, date(2026, 1, 1)) is new
    assert contracts.for_day(session, date(2026, 12, 31)) is new


def test_a_day_without_a_contract_is_refused(session: Session) -> None:
    a_contract(session)
    with pytest.raises(NotFound, match=r"contract\.none"):
        contracts.for_day(session, date(2027, 1, 1))


def test_two_contracts_never_count_on_the_same_day(session: Session) -> None:
    a_contract(session)
    with pytest.raises(Conflict, match=r"contract\.overlaps \(other=S-2026\)"):
        a_contract(session, code="other", valid_from=date(2026, 12, 31), valid_until=date(2027, 12, 31))


def test_an_impossible_contract_is_refused(session: Session) -> None:
    with pytest.raises(Invalid, match=r"contract\.ends_before_start"):
        a_contract(session, valid_until=date(2025, 12, 31))
    with pytest.raises(Invalid, match=r"contract\.negative"):
        a_contract(session, allotment=-1)
