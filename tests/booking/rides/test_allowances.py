"""Entitlement in rides, kilometres or fares for a month or a year."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transport.booking.rides import allowances
from transport.booking.rides.allowances import Used
from transport.kernel.policy import Allowance, AllowancePeriod, AllowanceUnit

FOUR_A_MONTH = Allowance(unit=AllowanceUnit.RIDES, period=AllowancePeriod.MONTH, amount=4)
TEN_KM_A_YEAR = Allowance(unit=AllowanceUnit.KILOMETRES, period=AllowancePeriod.YEAR, amount=10)
CROWNS = Allowance(unit=AllowanceUnit.FARES, period=AllowancePeriod.YEAR, amount=10_000)


def on(day: int, month: int = 11, metres: int = 2_500, fare: int = 5_000) -> Used:
    return Used(date(2026, month, day), metres, fare)


def test_the_remaining_rides_of_the_month_are_known_before_booking():
    assert allowances.balance(FOUR_A_MONTH, date(2026, 11, 30), [on(1), on(2), on(1, month=10)]).left == 2


def test_every_begun_kilometre_of_the_year_counts():
    assert allowances.balance(TEN_KM_A_YEAR, date(2026, 1, 1), [on(1), on(2), on(1, month=10)]).left == 1


def test_fares_count_as_the_client_pays_them():
    assert allowances.balance(CROWNS, date(2026, 1, 1), [on(1)]).left == 5_000


@pytest.mark.parametrize(
    ("allowance", "wished", "refused"),
    [
        (FOUR_A_MONTH, [on(5), on(6)], []),
        (FOUR_A_MONTH, [on(5), on(6), on(7)], ["allowance.rides"]),
        (FOUR_A_MONTH, [on(5, month=12), on(6, month=12), on(7, month=12)], []),
        (TEN_KM_A_YEAR, [on(5, metres=4_000)], []),
        (TEN_KM_A_YEAR, [on(5, metres=4_001)], ["allowance.kilometres"]),
        (CROWNS, [on(5)], ["allowance.fares"]),
    ],
)
def test_an_order_beyond_the_allowance_is_refused_and_told_what_is_left(allowance, wished, refused):
    found = allowances.about_allowances([allowance], [on(1), on(2)], wished)
    assert [each.code for each in found] == refused
    assert all(each.facts["left"] >= 0 for each in found)


DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))
RIDES = st.lists(st.builds(Used, DAYS, st.integers(0, 40_000), st.integers(0, 20_000)), max_size=12)


@given(rides=RIDES, day=DAYS, period=st.sampled_from(AllowancePeriod), amount=st.integers(1, 20))
def test_what_is_accepted_never_exceeds_the_allowance(rides, day, period, amount):
    allowance = Allowance(unit=AllowanceUnit.RIDES, period=period, amount=amount)
    taken: list[Used] = []
    for ride in rides:
        if not allowances.about_allowances([allowance], taken, [ride]):
            taken.append(ride)
    assert allowances.balance(allowance, day, taken).used <= amount
