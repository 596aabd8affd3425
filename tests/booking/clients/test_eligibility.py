"""Who may ride on which day."""

from datetime import date
from pathlib import Path

import pytest

from transport.booking.clients import eligibility
from transport.booking.clients.eligibility import Ground
from transport.booking.clients.models import Eligibility
from transport.kernel import policy

RULES = policy.load(Path("data/service.toml")).on(date(2026, 11, 22))
DAY = date(2026, 11, 24)
YOUNG = date(1990, 1, 1)


def held(ground: Ground, valid_from: date = date(2020, 1, 1), valid_until: date | None = None) -> Eligibility:
    return Eligibility(client_id=1, ground=ground, valid_from=valid_from, valid_until=valid_until)


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(1956, 11, 24), DAY, 70),
        (date(1956, 11, 25), DAY, 69),
        (date(1956, 2, 29), date(2026, 2, 28), 69),
        (date(1956, 2, 29), date(2026, 3, 1), 70),
        (date(2026, 11, 24), DAY, 0),
    ],
)
def test_a_year_is_completed_on_the_birthday(born: date, day: date, age: int) -> None:
    assert eligibility.age_on(born, day) == age


def test_age_alone_is_enough_from_the_seventieth_birthday() -> None:
    assert eligibility.reasons([], date(1956, 11, 24), DAY, RULES) == []
    assert eligibility.reasons([], date(1956, 11, 25), DAY, RULES) == ["eligibility.none"]


def test_a_recorded_ground_of_age_does_not_make_anybody_older() -> None:
    assert eligibility.reasons([held(Ground.AGE)], YOUNG, DAY, RULES) == ["eligibility.none"]


@pytest.mark.parametrize("ground", [Ground.ZTP, Ground.ZTP_P, Ground.OTHER])
def test_a_valid_ground_is_enough_at_any_age(ground: Ground) -> None:
    assert eligibility.reasons([held(ground)], YOUNG, DAY, RULES) == []


def test_a_card_counts_on_its_last_day_and_not_after_it() -> None:
    last_day = [held(Ground.ZTP, valid_until=DAY)]
    assert eligibility.reasons(last_day, YOUNG, DAY, RULES) == []
    assert eligibility.reasons(last_day, YOUNG, date(2026, 11, 25), RULES) == ["eligibility.card_expired"]


def test_a_card_that_starts_later_does_not_count_yet() -> None:
    later = [held(Ground.ZTP, valid_from=date(2026, 11, 25))]
    assert eligibility.reasons(later, YOUNG, DAY, RULES) == ["eligibility.card_not_yet_valid"]


def test_a_new_card_replaces_an_expired_one() -> None:
    cards = [held(Ground.ZTP, valid_until=date(2025, 12, 31)), held(Ground.ZTP, date(2026, 1, 1))]
    assert eligibility.reasons(cards, YOUNG, DAY, RULES) == []


def test_a_card_the_policy_does_not_name_does_not_count() -> None:
    only_heavy = RULES.model_copy(update={"eligibility": RULES.eligibility.model_copy(update={"cards": ("ZTP/P",)})})
    assert eligibility.reasons([held(Ground.ZTP)], YOUNG, DAY, only_heavy) == ["eligibility.none"]


def test_the_stronger_card_is_the_one_that_is_told() -> None:
    assert eligibility.card_on([held(Ground.ZTP), held(Ground.ZTP_P)], DAY) is Ground.ZTP_P
    assert eligibility.card_on([held(Ground.ZTP, valid_until=date(2026, 1, 1))], DAY) is None
    assert eligibility.card_on([held(Ground.OTHER)], DAY) is None
