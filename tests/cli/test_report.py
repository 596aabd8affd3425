"""`transport report fairness`: the same figures on the screen, for a spreadsheet, for a program and as a picture."""

import csv
import json
from pathlib import Path

import html5lib
import pytest
from typer.testing import CliRunner

from transport.cli import app, intervals, report
from transport.operations.quality import fairness
from transport.operations.quality.fairness import MadeWish

SPAN = ("--from", "2026-11-01", "--until", "2026-11-30")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, database, database_url: str, tmp_path: Path):
    monkeypatch.setenv("TRANSPORT_DATABASE_URL", database_url)
    monkeypatch.setenv("TRANSPORT_LOCAL_DIR", str(tmp_path))
    return lambda *words: CliRunner().invoke(app, ["report", "fairness", *words])


@pytest.fixture
def found() -> fairness.Report:
    made = [MadeWish(n, "Bory & okolí", "walks", "web", 9, denied=n % 20 == 0) for n in range(300)]
    made += [MadeWish(300 + n, "Slovany", "walks", "web", 10, denied=n % 2 == 0) for n in range(100)]
    made += [MadeWish(999, district, "walks", "phone", 11, denied=True) for district in ("Lobzy", "Letná")]
    return fairness.of(made, below=5)


def test_an_empty_service_has_an_empty_report(run):
    assert json.loads(run(*SPAN, "--json").stdout)["total"]["of"] == 0
    assert run(*SPAN).exit_code == 0


def test_the_report_is_written_for_a_spreadsheet_and_drawn(run, tmp_path):
    table, plot = tmp_path / "f.csv", tmp_path / "f.svg"
    assert run(*SPAN, "--csv", str(table), "--plot", str(plot)).exit_code == 0
    assert next(csv.reader(table.read_text(encoding="utf-8").splitlines())) == list(report.HEADINGS)
    assert plot.read_text(encoding="utf-8").startswith("<svg")


def test_a_span_that_ends_before_it_begins_is_refused(run):
    result = run("--from", "2026-11-30", "--until", "2026-11-01")
    assert (result.exit_code, result.stderr) == (2, "The last day must not be before the first one.\n")


def test_a_hidden_group_shows_no_figure(found):
    rows = [row for row in report.lines(found) if row[1] == "Lobzy"]
    assert rows == [("district", "Lobzy", None, "", "", "", "", "", "")]


def test_the_picture_has_a_line_for_each_group_and_says_in_words_what_stands_out(found):
    picture = html5lib.parse(intervals.drawing(found, "Odmítnutí <2026>"), namespaceHTMLElements=False)
    words = [element.text or "" for element in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert {"Bory & okolí", "Slovany", "Lobzy", "too few people to show"} <= set(words)
    assert [word for word in words if "more often" in word]
