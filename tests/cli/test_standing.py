"""Standing orders answered at the terminal, and a made-up season of them."""

import json

import pytest
from typer.testing import CliRunner, Result

from tests.builders.standing import asked, every
from tests.builders.town import NOW, Town, a_town
from tests.cast import gather
from transport.cli import app
from transport.kernel import clock
from transport.kernel.db import writing


@pytest.fixture
def town(database, database_url, monkeypatch, tmp_path) -> Town:
    monkeypatch.setenv("TRANSPORT_DATABASE_URL", database_url)
    monkeypatch.setenv("TRANSPORT_LOCAL_DIR", str(tmp_path))
    monkeypatch.setattr(clock, "utc_now", lambda: NOW)
    with writing(database) as session:
        cast = gather(session)
        town = a_town(session, emil=cast.emil)
        asked(session, town, cast.bedrich, every(2), by=cast.hana)
    return town


def run(*words: str) -> Result:
    result = CliRunner().invoke(app, list(words))
    assert result.exit_code == 0, result.output
    return result


def test_each_day_is_told_with_what_was_placed_and_why_the_rest_was_not(town):
    told = json.loads(run("standing", "answer", "--seconds", "0.2", "--json").stdout)
    row = {"placed": 1, "denied": 0, "rides_asked": 2, "rides_placed": 2, "reasons": {}}
    assert told == {"days": [{"day": town.day.isoformat(), **row}]}
    assert json.loads(run("standing", "answer", "--json").stdout) == {"days": []}


def test_days_outside_the_span_asked_for_stay_unanswered(town):
    assert json.loads(run("standing", "answer", "--until", "2026-11-23", "--json").stdout) == {"days": []}
    assert json.loads(run("standing", "answer", "--from", "2026-11-25", "--json").stdout) == {"days": []}
    assert town.day.isoformat() in run("standing", "answer", "--seconds", "0.2").stdout


@pytest.mark.slow
def test_a_made_up_season_is_answered_under_the_quota_and_without_and_the_judge_agrees():
    words = ("--requesters", "8", "--rides", "40", "--vehicles", "3", "--seconds", "0.3", "--workers", "1", "--json")
    told = json.loads(run("bench", "season", *words).stdout)
    assert (told["requesters"], told["rides"]) == (8, 40)
    half, whole = told["results"]
    assert (half["share"], whole["share"]) == (0.5, 1.0)
    assert 0 < half["rides_placed"] <= whole["rides_placed"] <= 40
    for row in (half, whole):
        assert row["accepted"] is True
        assert row["dates_placed"] + row["dates_denied"] == 20
        assert sum(row["reasons"].values()) == row["dates_denied"]
        assert len(row["days"]) == 7
