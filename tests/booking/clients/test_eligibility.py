"""Who may ride on which day."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from transport.booking.clients import eligibility
from transport.booking.clients.eligibility import Ground, Person
from transport.booking.clients.models import Eligibility
from transport.kernel import policy
from transport.kernel.policy import Card, Policy

RULES = policy.load(Path("data/service.toml")).on(date(2026, 11, 22))
DAY = date(2026, 11, 24)
YOUNG = date(1990, 1, 1)


def held(ground: Ground, valid_from: date = date(2020, 1, 1), valid_until: date | None = None) -> Eligibility:
    return Eligibility(
        client_id=1,
        ground=ground,
        valid_from=valid_from,
        valid_until=valid_until,
        verified=True,
        recorded_on=valid_from,
    )


def reasons(evidence: list[Eligibility], born: date, day: date, rules: Policy = RULES, **of: Any) -> list[str]:
    """Why somebody who lives in Plzeň may not ride on the day."""
    person = Person(born, of.pop("municipality", "Plzeň"), tuple(evidence))
    return eligibility.reasons(person, day, rules, **of)


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
    assert reasons([], date(1956, 11, 24), DAY, RULES) == []
    assert reasons([], date(1956, 11, 25), DAY, RULES) == ["eligibility.none"]


def test_a_recorded_ground_of_age_does_not_make_anybody_older() -> None:
    assert reasons([held(Ground.AGE)], YOUNG, DAY, RULES) == ["eligibility.none"]


@pytest.mark.parametrize("ground", [Ground.ZTP, Ground.ZTP_P, Ground.OTHER])
def test_a_valid_ground_is_enough_at_any_age(ground: Ground) -> None:
    assert reasons([held(ground)], YOUNG, DAY, RULES) == []


def test_a_card_counts_on_its_last_day_and_not_after_it() -> None:
    last_day = [held(Ground.ZTP, valid_until=DAY)]
    assert reasons(last_day, YOUNG, DAY, RULES) == []
    assert reasons(last_day, YOUNG, date(2026, 11, 25), RULES) == ["eligibility.card_expired"]


def test_a_card_that_starts_later_does_not_count_yet() -> None:
    later = [held(Ground.ZTP, valid_from=date(2026, 11, 25))]
    assert reasons(later, YOUNG, DAY, RULES) == ["eligibility.card_not_yet_valid"]


def test_a_new_card_replaces_an_expired_one() -> None:
    cards = [held(Ground.ZTP, valid_until=date(2025, 12, 31)), held(Ground.ZTP, date(2026, 1, 1))]
    assert reasons(cards, YOUNG, DAY, RULES) == []


def test_a_card_the_policy_does_not_name_does_not_count() -> None:
    only_heavy = RULES.model_copy(update={"eligibility": RULES.eligibility.model_copy(update={"cards": ("ZTP/P",)})})
    assert reasons([held(Ground.ZTP)], YOUNG, DAY, only_heavy) == ["eligibility.none"]


def test_the_stronger_card_is_the_one_that_is_told() -> None:
    assert eligibility.card_on([held(Ground.ZTP), held(Ground.ZTP_P)], DAY) is Card.ZTP_P
    assert eligibility.card_on([held(Ground.ZTP, valid_until=date(2026, 1, 1))], DAY) is None
    assert eligibility.card_on([held(Ground.OTHER)], DAY) is None


def test_somebody_who_lives_elsewhere_is_not_carried_where_the_city_pays_for_its_own() -> None:
    card = [held(Ground.ZTP)]
    assert reasons(card, YOUNG, DAY, municipality="Rokycany") == ["eligibility.residence"]
    in_2014 = policy.load(Path("data/service.toml")).on(date(2014, 6, 1))
    old_card = [held(Ground.ZTP, date(2010, 1, 1))]
    assert reasons(old_card, YOUNG, date(2014, 6, 1), in_2014, municipality="Rokycany") == []


def test_a_child_under_fifteen_needs_a_companion() -> None:
    card = [held(Ground.ZTP)]
    assert reasons(card, date(2011, 11, 25), DAY) == ["eligibility.child_alone"]
    assert reasons(card, date(2011, 11, 25), DAY, companions=1) == []
    assert reasons(card, date(2011, 11, 24), DAY) == []


@pytest.mark.parametrize(("days_ago", "found"), [(0, []), (59, []), (60, ["eligibility.unverified"])])
def test_a_card_that_nobody_has_seen_counts_for_sixty_days(days_ago: int, found: list[str]) -> None:
    told = held(Ground.ZTP)
    told.verified, told.recorded_on = False, DAY - timedelta(days=days_ago)
    assert reasons([told], YOUNG, DAY) == found


def test_a_card_that_nobody_has_seen_counted_for_nothing_before_2026() -> None:
    in_2023 = policy.load(Path("data/service.toml")).on(date(2023, 6, 1))
    told = held(Ground.ZTP)
    told.verified, told.recorded_on = False, date(2023, 6, 1)
    assert reasons([told], YOUNG, date(2023, 6, 1), in_2023) == ["eligibility.unverified"]
