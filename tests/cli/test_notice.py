"""The line on the start page and the complaints, at the terminal."""

import json
from datetime import timedelta

import pytest
from typer.testing import CliRunner, Result

from tests.builders.letters import a_complaint
from tests.builders.town import NOW
from transport.cli import app
from transport.kernel import clock
from transport.kernel.actor import SYSTEM
from transport.kernel.db import reading, writing
from transport.operations.quality import announcements, feedback
from transport.operations.quality.letters import Opinion, Rating


@pytest.fixture
def run(database, database_url, monkeypatch, tmp_path):
    monkeypatch.setenv("TRANSPORT_DATABASE_URL", database_url)
    monkeypatch.setenv("TRANSPORT_LOCAL_DIR", str(tmp_path))
    monkeypatch.setattr("transport.cli.notice.utc_now", lambda: NOW)
    monkeypatch.setattr("transport.cli.complaints.utc_now", lambda: NOW)

    def command(*words: str, exit_code: int = 0) -> Result:
        result = CliRunner().invoke(app, list(words))
        assert result.exit_code == exit_code, result.output
        return result

    return command


def test_a_line_is_announced_on_the_clock_of_the_city_and_taken_back(run, database):
    run("notice", "set", "Sněží", "--until", "2026-11-20 18:00", "--de", "Es schneit")
    with reading(database) as session:
        said = announcements.current(session, "de", now=NOW)
        assert said == announcements.Said("Es schneit", "de")
        evening = clock.at(clock.local_day(NOW), 18 * 3600)
        assert announcements.current(session, "de", now=evening - timedelta(seconds=1)) is not None
        assert announcements.current(session, "de", now=evening) is None
    assert "withdrawn: 1" in run("notice", "clear").stdout
    with reading(database) as session:
        assert announcements.current(session, "de", now=NOW) is None


def test_a_line_that_nobody_would_read_is_refused_with_a_sentence(run):
    assert "later end" in run("notice", "set", "Sněží", "--until", "2026-11-20 08:00", exit_code=2).output


def test_a_complaint_is_listed_until_it_is_answered(run, database):
    with writing(database) as session:
        number = a_complaint(session).id
    [row] = json.loads(run("complaints", "list", "--json").stdout)
    assert (row["id"], row["due_on"], row["text"]) == (number, "2027-01-19", "The car came an hour late.")
    assert "key" not in row
    assert "2027-01-19" in run("complaints", "list").stdout
    run("complaints", "answered", str(number))
    assert json.loads(run("complaints", "list", "--json").stdout) == []


def test_a_complaint_nobody_sent_is_refused(run):
    run("complaints", "answered", "1", exit_code=3)


def test_opinions_are_read_with_their_day(run, database):
    said = {"key": "a-form", "sender": "a browser", "language": "cs"}
    with writing(database) as session:
        feedback.give(session, Opinion(Rating.GOOD, "Thank you"), **said, by=SYSTEM, now=NOW)
    assert run("complaints", "opinions").stdout == "2026-11-20  good  Thank you\n"
    [row] = json.loads(run("complaints", "opinions", "--json").stdout)
    assert row["rating"] == "good"
