"""The fares of Plzeň as they were published: 50, 100, 30, 480; and those of 2026."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transport.booking.contracts import tariffs
from transport.kernel import policy
from transport.kernel.errors import Invalid
from transport.kernel.policy import Policy

POLICIES = policy.load(Path("data/service.toml"))
IN_2023 = POLICIES.on(date(2023, 6, 1))
IN_2026 = POLICIES.on(date(2026, 11, 24))


def crowns(rules: Policy, **changed: Any) -> float:
    party: dict[str, Any] = {
        "age": 75,
        "has_card": False,
        "companions": 0,
        "solo": False,
        "in_city": True,
        **changed,
    }
    return tariffs.price(rules, **party) / 100


@pytest.mark.parametrize(
    ("party", "fare"),
    [
        ({}, 50),
        ({"has_card": True, "age": 40, "companions": 1}, 100),
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
        ({"age": 10, "has_card": True}, 30),
        ({"age": 10, "has_card": False}, 50),
        ({"age": 3, "has_card": True}, 0),
        ({"companions": 2}, 150),
    ],
)
def test_fares_of_2026(party: dict[str, Any], fare: float) -> None:
    assert crowns(IN_2026, **party) == fare


def test_riding_alone_is_refused_where_it_is_not_sold() -> None:
    with pytest.raises(Invalid, match=r"tariff\.no_solo"):
        crowns(IN_2023, solo=True)


@given(
    rules=st.sampled_from([IN_2023, IN_2026]),
    age=st.integers(0, 110),
    has_card=st.booleans(),
    companions=st.integers(0, 5),
    in_city=st.booleans(),
    metres=st.integers(0, 60_000),
    returns=st.booleans(),
)
def test_a_price_is_whole_crowns_and_the_sum_of_its_lines(rules: Policy, **party: Any) -> None:
    lines = tariffs.items(rules, solo=False, **party)
    total = tariffs.price(rules, solo=False, **party)
    assert total == sum(line.haler for line in lines)
    assert total % 100 == 0
    assert total >= 0
