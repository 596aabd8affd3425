"""The rules of the service: what stands in `service.toml`, and what is said when it is wrong."""

from datetime import date, time
from pathlib import Path

import pytest

from transport.kernel import policy
from transport.kernel.errors import Invalid
from transport.kernel.policy import Policies, PolicyError, explaining

SHIPPED = Path("data/service.toml")


@pytest.fixture(scope="module")
def policies() -> Policies:
    return policy.load(SHIPPED)


def broken(folder: Path, old: str, new: str) -> str:
    """What loading says when each `old` in the shipped file is written as `new`."""
    text = SHIPPED.read_text(encoding="utf-8")
    assert old in text
    file = folder / "service.toml"
    file.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(PolicyError) as refused:
        policy.load(file)
    return str(refused.value)


def test_a_ride_is_judged_by_the_policy_of_its_own_day(policies: Policies) -> None:
    assert policies.on(date(2025, 12, 31)).id == "2023"
    assert policies.on(date(2026, 1, 1)).id == "2026"
    assert policies.on(date(2040, 1, 1)).id == "2026"


def test_a_day_before_the_first_policy_is_refused(policies: Policies) -> None:
    with pytest.raises(Invalid, match=r"policy\.none"):
        policies.on(date(2014, 3, 31))


def test_a_ride_finds_the_policy_it_was_booked_under_by_its_id(policies: Policies) -> None:
    assert policies.named("2023").booking.horizon_days == 7
    with pytest.raises(Invalid, match=r"policy\.unknown"):
        policies.named("1914")


def test_the_shipped_policy_says_what_the_city_announced_for_2026(policies: Policies) -> None:
    rules = policies.on(date(2026, 11, 22))
    assert rules.booking.horizon_days == 21
    assert (rules.booking.opens, rules.booking.closes) == (time(6), time(22))
    assert rules.eligibility.min_age == 70
    assert rules.eligibility.cards == ("ZTP", "ZTP/P")
    assert len(rules.travel.hour_factors) == 24
    assert rules.rest["bus"].parts_minutes == (15, 30)


def test_weekend_rides_of_2023_could_be_ordered_earlier(policies: Policies) -> None:
    booking = policies.named("2023").booking
    assert booking.horizon_on(date(2023, 6, 2)) == 7
    assert booking.horizon_on(date(2023, 6, 3)) == 9
    assert policies.named("2026").booking.horizon_on(date(2026, 11, 22)) == 21


@pytest.mark.parametrize(
    ("direct_minutes", "longest_minutes"),
    [(10, 35), (20, 55), (22, 59), (23, 60), (50, 60)],
)
def test_the_longest_ride_is_twice_the_direct_one_and_a_quarter_but_an_hour_at_most(
    policies: Policies, direct_minutes: int, longest_minutes: int
) -> None:
    promise = policies.named("2026").promise
    assert promise.max_ride_seconds(direct_minutes * 60) == longest_minutes * 60


def test_a_wrong_value_is_named_with_file_line_policy_and_key(tmp_path: Path) -> None:
    said = broken(tmp_path, "window_minutes = 15                   #", 'window_minutes = "wide" #')
    line = next(
        number
        for number, text in enumerate((tmp_path / "service.toml").read_text("utf-8").splitlines(), 1)
        if "wide" in text
    )
    assert said.startswith(f'service.toml:{line}: policy "2026": promise.window_minutes: ')
    assert "integer" in said


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("hold_minutes = 10  ", "hold_minuts = 10  ", 'policy "2026": booking.hold_minuts: '),
        ("hold_minutes = 10  ", "#", 'policy "2026": booking.hold_minutes: Field required'),
        ("valid_until = 2025-12-31", "valid_until = 2025-12-30", 'a gap between policy "2023"'),
        ("valid_until = 2025-12-31", "valid_until = 2026-01-01", 'an overlap between policy "2023"'),
        ("valid_until = 2025-12-31", "", "an overlap"),
        ("valid_until = 2025-12-31", "valid_until = 2022-12-31", "is before valid_from"),
        ('id = "2026"', 'id = "2023"', "two policies have the same id"),
        ('opens = "06:00"', 'opens = "23:00"', "opens 23:00 must be before closes 22:00"),
        ('outside_mode = "radius"', 'outside_mode = "list"', "needs outside_places"),
        ("radius_km = 27.0", "", "needs radius_km"),
        ("child_age_from = 6", "child_age_from = 19", "child_age_from must not be above"),
        ("    1.0, 1.0, 1.0,", "    1.0, 1.0,", "travel.hour_factors: "),
        ("speed_kmh = 38.0", "speed_kmh = ", "(at line"),
        ("[service]", "[servise]", "service: Field required"),
    ],
)
def test_a_mistake_in_the_file_is_said_clearly(tmp_path: Path, old: str, new: str, said: str) -> None:
    answer = broken(tmp_path, old, new)
    assert said in answer
    assert all(line.startswith("service.toml") for line in answer.splitlines())


def test_a_file_without_policies_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "service.toml"
    file.write_text("policy = []\n" + SHIPPED.read_text("utf-8").split("[[policy]]")[0], encoding="utf-8")
    with pytest.raises(PolicyError, match="at least one"):
        policy.load(file)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"service\.toml: .*No such file"):
        policy.load(tmp_path / "service.toml")


def test_a_policy_cannot_be_changed_while_the_service_runs(policies: Policies) -> None:
    with pytest.raises(ValueError, match="frozen"):
        policies.on(date(2026, 1, 1)).promise.window_minutes = 30  # type: ignore[misc]


def test_every_rule_of_the_newest_policy_has_its_line_on_the_page_of_rules(policies: Policies) -> None:
    page = Path("docs/policy.md").read_text("utf-8")
    keys = [rule.key for rule in explaining.rules(policies, policies.policy[-1])]
    assert [key for key in keys if f"`{key}`" not in page] == []
