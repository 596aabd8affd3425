"""What a ride, a shift and a day mean under each unit a city may buy."""

from datetime import date

import pytest
from sqlmodel import Session

from tests.builders.contracts import NOW, a_contract
from transport.booking.contracts import ledger, postings
from transport.booking.contracts.balance import ContractUnit
from transport.kernel.actor import SYSTEM
from transport.kernel.errors import Exhausted

DAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("unit", "reserved"),
    [
        (ContractUnit.RIDES, 1),
        (ContractUnit.PERSONS, 3),
        (ContractUnit.VEHICLE_MINUTES, 480),
        (ContractUnit.METRES, 9000),
    ],
)
def test_each_unit_counts_its_own_source_and_nothing_else(session: Session, unit: ContractUnit, reserved: int) -> None:
    contract = a_contract(session, unit, 100_000)
    postings.ride_confirmed(session, 12, DAY, persons=3, by=SYSTEM, now=NOW)
    postings.shift_opened(session, 4, DAY, 480, by=SYSTEM, now=NOW)
    postings.day_published(session, DAY, 9000, by=SYSTEM, now=NOW)
    assert ledger.balance_on(session, contract, DAY).reserved == reserved
    postings.ride_used(session, 12, DAY, persons=2, by=SYSTEM, now=NOW)
    postings.shift_closed(session, 4, DAY, 500, by=SYSTEM, now=NOW)
    postings.day_closed(session, DAY, 8000, by=SYSTEM, now=NOW)
    balance = ledger.balance_on(session, contract, DAY)
    assert balance.reserved == 0
    assert balance.consumed == {1: 1, 3: 2, 480: 500, 9000: 8000}[reserved]


@pytest.mark.parametrize("unit", ContractUnit)
def test_what_is_dropped_is_given_back_and_dropping_again_does_nothing(session: Session, unit: ContractUnit) -> None:
    contract = a_contract(session, unit, 1000)
    postings.ride_confirmed(session, 12, DAY, persons=3, by=SYSTEM, now=NOW)
    postings.shift_opened(session, 4, DAY, 480, by=SYSTEM, now=NOW)
    postings.day_published(session, DAY, 900, by=SYSTEM, now=NOW)
    for _ in range(2):
        postings.ride_dropped(session, 12, DAY, by=SYSTEM, now=NOW)
        postings.shift_dropped(session, 4, DAY, by=SYSTEM, now=NOW)
        postings.day_published(session, DAY, 0, by=SYSTEM, now=NOW)
    assert ledger.balance_on(session, contract, DAY).free == 1000


def test_the_last_place_of_persons_is_for_one_not_for_two(session: Session) -> None:
    a_contract(session, ContractUnit.PERSONS, 1)
    with pytest.raises(Exhausted):
        postings.ride_confirmed(session, 1, DAY, persons=2, by=SYSTEM, now=NOW)
    assert postings.ride_confirmed(session, 2, DAY, persons=1, by=SYSTEM, now=NOW) is not None
