"""The demo, end to end on an empty database: the same use cases as the pages, measured and checked."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from transport.cli import app
from transport.kernel import clock

FIGURES = {
    "orders",
    "legs",
    "impossible",
    "promised",
    "denied",
    "hindsight",
    "planned",
    "vehicle_minutes",
    "km",
    "shared_rides",
    "contract_balance",
    "broken_promises",
    "judge_violations",
}


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, empty_database_url: str, tmp_path: Path):
    monkeypatch.setenv("TRANSPORT_DATABASE_URL", empty_database_url)
    monkeypatch.setenv("TRANSPORT_LOCAL_DIR", str(tmp_path))

    def run(*words: str) -> Result:
        return CliRunner().invoke(app, list(words))

    return run


@pytest.mark.slow
def test_the_demo_keeps_every_promise_and_leaves_nothing_impossible(run):
    result = run("demo", "--no-serve", "--no-hindsight", "--json", "--orders", "16")
    assert result.exit_code == 0, result.output
    figures = json.loads(result.stdout)
    assert set(figures) == FIGURES
    assert figures["orders"] == 16
    assert figures["broken_promises"] == 0
    assert figures["judge_violations"] == 0
    assert figures["planned"] == figures["promised"] > 0
    assert figures["legs"] >= figures["promised"] + figures["impossible"]

    checked = run("check", "--json")
    assert checked.exit_code == 0, checked.output
    assert json.loads(checked.stdout) == {"faults": []}

    again = run("demo", "--no-serve", "--json")
    assert json.loads(again.stdout) == figures


@pytest.mark.slow
def test_planning_by_hand_improves_the_day_and_breaks_nothing(run):
    run("demo", "--no-serve", "--no-hindsight", "--json", "--orders", "10")
    day = _tomorrow()
    result = run("plan", "--date", day, "--seconds", "1", "--json")
    assert result.exit_code == 0, result.output
    figures = json.loads(result.stdout)
    assert figures["after"]["served"] == figures["before"]["served"]
    assert run("check").exit_code == 0


def test_a_day_under_way_is_not_planned_anew(run):
    run("db", "upgrade")
    result = run("plan", "--date", "2020-01-01")
    assert result.exit_code == 5
    assert result.stderr.count("\n") == 1


def test_a_database_without_its_tables_is_said_in_one_line(run):
    result = run("check")
    assert result.exit_code != 0
    assert result.stderr.count("\n") == 1
    assert "Traceback" not in result.output


def test_seeding_twice_is_seeding_once(run):
    run("db", "upgrade")
    first = json.loads(run("seed", "--json").stdout)
    second = json.loads(run("seed", "--json").stdout)
    assert first["places"] == second["places"] > 100
    assert first["days_opened"] > 0
    assert second["days_opened"] == 0


def _tomorrow() -> str:
    return (clock.local_day(clock.utc_now()) + timedelta(days=1)).isoformat()
