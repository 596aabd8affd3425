"""The fares of Plzeň as they were published: 50, 100, 30, 480; and those of 2026."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transport.booking.contracts import tariffs
from transport.booking.contracts.tariffs import Journey
from transport.kernel import policy
from transport.kernel.errors import Invalid
from transport.kernel.policy import Card, Policy
from transport.kernel.policy.groups import Tier

POLICIES = policy.load(Path("data/service.toml"))
IN_2014 = POLICIES.on(date(2014, 6, 1))
IN_2023 = POLICIES.on(date(2023, 6, 1))
IN_2026 = POLICIES.on(date(2026, 11, 24))


def crowns(rules: Policy, **changed: Any) -> float:
    party: dict[str, Any] = {
        "age": 75,
        "card": None,
        **changed,
    }
    return tariffs.price(rules, Journey(**party)) / 100


@pytest.mark.parametrize(
    ("party", "fare"),
    [
        ({}, 50),
        ({"card": Card.ZTP, "age": 40, "companions": 1}, 100),
        ({"age": 10}, 30),
        ({"age": 6}, 30),
        ({"age": 17}, 30),
        ({"age": 18}, 50),
        ({"age": 5}, 0),
        ({"age": 5, "companions": 1}, 50),
        ({"in_city": False, "metres": 12_000, "returns": False}, 480),
        ({"in_city": False, "metres": 12_000, "returns": True}, 240),
        ({"in_city": False, "metres": 12_000, "returns": True, "companions": 1}, 240),
        ({"in_city": False, "metres": 12_340}, 247),
        ({"in_city": False, "metres": 12_320}, 246),
    ],
)
def test_fares_from_2023_to_2025(party: dict[str, Any], fare: float) -> None:
    assert crowns(IN_2023, **party) == fare


@pytest.mark.parametrize(
    ("party", "fare"),
    [
        ({}, 50),
        ({"solo": True}, 100),
        ({"solo": True, "companions": 1}, 150),
        ({"age": 10, "card": Card.ZTP}, 30),
        ({"age": 10, "card": None}, 50),
        ({"age": 3, "card": Card.ZTP}, 0),
        ({"companions": 2}, 150),
    ],
)
def test_fares_of_2026(party: dict[str, Any], fare: float) -> None:
    assert crowns(IN_2026, **party) == fare


@pytest.mark.parametrize(
    ("party", "fare"),
    [
        ({}, 30),
        ({"age": 10}, 30),
        ({"age": 3}, 30),
        ({"companions": 1}, 60),
        ({"in_city": False, "metres": 10_000, "returns": False}, 110),
    ],
)
def test_fares_from_2014_to_2022(party: dict[str, Any], fare: float) -> None:
    assert crowns(IN_2014, **party) == fare


def changed(**tariff: Any) -> Policy:
    return IN_2026.model_copy(update={"tariff": IN_2026.tariff.model_copy(update=tariff)})


def test_a_companion_of_a_card_may_ride_free_where_the_policy_says_so() -> None:
    rules = changed(companions_free=1, free_with=(Card.ZTP_P,))
    assert crowns(rules, card=Card.ZTP_P, companions=2) == 100
    assert crowns(rules, card=Card.ZTP, companions=2) == 150


def test_a_dog_pays_what_the_policy_says_and_usually_nothing() -> None:
    assert crowns(IN_2026, dog=True) == 50
    assert crowns(changed(dog=1500), dog=True) == 65


@pytest.mark.parametrize(("rides_before", "fare"), [(0, 50), (7, 50), (8, 75), (15, 75), (16, 100)])
def test_many_rides_in_a_month_may_cost_more(rides_before: int, fare: float) -> None:
    rules = changed(tiers=(Tier(from_ride=9, percent=150), Tier(from_ride=17, percent=200)))
    assert crowns(rules, rides_before=rides_before) == fare


def test_riding_alone_is_refused_where_it_is_not_sold() -> None:
    with pytest.raises(Invalid, match=r"tariff\.no_solo"):
        crowns(IN_2023, solo=True)


@given(
    rules=st.sampled_from([IN_2014, IN_2023, IN_2026]),
    age=st.integers(0, 110),
    card=st.sampled_from([None, *Card]),
    companions=st.integers(0, 5),
    in_city=st.booleans(),
    metres=st.integers(0, 60_000),
    returns=st.booleans(),
)
def test_a_price_is_whole_crowns_and_the_sum_of_its_lines(rules: Policy, **party: Any) -> None:
    lines = tariffs.items(rules, Journey(**party))
    total = tariffs.price(rules, Journey(**party))
    assert total == sum(line.haler for line in lines)
    assert total % 100 == 0
    assert total >= 0
