"""The rules of the service at a terminal: checked, explained, compared."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from transport.cli import app

RULES = Path("data/service.toml")


def told(*words: str) -> str:
    result = CliRunner().invoke(app, ["policy", *words])
    assert result.exit_code == 0, result.output
    return result.output


def explained(*words: str) -> dict[str, dict[str, str]]:
    answer = json.loads(told("explain", *words, "--json"))
    return {rule["key"]: rule for rule in answer["rules"]}


def test_the_three_policies_of_plzen_follow_each_other():
    assert json.loads(told("check", "--json")) == [
        {"id": "2014", "from": "2014-04-01", "until": "2022-12-31"},
        {"id": "2023", "from": "2023-01-01", "until": "2025-12-31"},
        {"id": "2026", "from": "2026-01-01", "until": None},
    ]


def test_a_faulty_file_is_named_by_line_and_key_and_ends_with_an_error(tmp_path: Path):
    file = tmp_path / "service.toml"
    file.write_text(RULES.read_text("utf-8").replace("max_share = 0.5", "max_share = 5"), "utf-8")
    result = CliRunner().invoke(app, ["policy", "check", str(file)])
    assert result.exit_code == 2
    lines = result.output.splitlines()
    assert len(lines) == 3
    assert all("regular.max_share: Input should be less than or equal to 1" in line for line in lines)
    assert all(line.startswith("service.toml:") and line.split(":")[1].isdigit() for line in lines)


def test_every_rule_says_what_it_means():
    rules = explained("--on", "2026-11-24")
    assert [key for key, rule in rules.items() if not rule["meaning"]] == []
    assert rules["booking.horizon_days"]["value"] == "21"
    assert rules["eligibility.cards"]["value"] == "ZTP; ZTP/P"
    assert rules["rest.bus.parts_minutes"]["value"] == "15; 30"


def test_what_a_new_policy_changed_is_shown_beside_what_it_was():
    changed = explained("--on", "2026-11-24", "--changes")
    assert (changed["booking.horizon_days"]["before"], changed["booking.horizon_days"]["value"]) == ("7", "21")
    assert (changed["tariff.solo"]["before"], changed["tariff.solo"]["value"]) == ("–", "10000")
    assert "promise.window_minutes" not in changed


@pytest.mark.parametrize("day", ["2014-03-31", "yesterday"])
def test_a_day_without_rules_is_refused(day: str):
    assert CliRunner().invoke(app, ["policy", "explain", "--on", day]).exit_code == 2


def test_people_read_each_rule_in_two_lines():
    lines = told("explain", "--on", "2023-06-01").splitlines()
    at = lines.index("booking.horizon_days = 7 (before: 30)")
    assert lines[at + 1].strip() == "How many days ahead a ride may be ordered"
