"""`transport import` at the terminal: all of a list or nothing of it, and every fault with its row."""

import json
from pathlib import Path

import pytest
from sqlmodel import Session, select
from typer.testing import CliRunner, Result

from tests.builders.town import a_place, a_town
from transport.booking.clients.models import Client
from transport.booking.standing.models import StandingOrder
from transport.cli import app
from transport.kernel import db
from transport.kernel.events import Event

GOOD = "Jméno;Příjmení;Datum narození;Obec;Adresa\nAnna;Vozková;17. 5. 1950;Plzeň;Blok 7\n"
BAD = GOOD + "Bedřich;Tma;31. 2. 1944;Plzeň;Blok 7\n"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, database, database_url: str, tmp_path: Path):
    monkeypatch.setenv("TRANSPORT_DATABASE_URL", database_url)
    monkeypatch.setenv("TRANSPORT_LOCAL_DIR", str(tmp_path))
    with db.writing(database) as session:
        a_town(session)
        a_place(session, "Blok 7", 1, 1)

    def run(kind: str, text: str, *words: str) -> Result:
        path = tmp_path / "list.csv"
        path.write_text(text, encoding="utf-8")
        return CliRunner().invoke(app, ["import", kind, str(path), *words])

    return run


def count(database, table) -> int:
    with Session(database) as session:
        return len(session.exec(select(table)).all())


def test_a_list_without_faults_is_written(run, database):
    result = run("clients", GOOD)
    assert result.exit_code == 0, result.output
    assert "1 added, 0 known before, 0 rows with faults." in result.output
    assert count(database, Client) == 1


def test_nothing_is_written_while_a_row_has_a_fault(run, database):
    result = run("clients", BAD)
    assert result.exit_code == 2
    assert "This is not a date" in result.output
    assert count(database, Client) == 0


def test_rows_that_are_well_are_written_when_asked_to_skip_the_others(run, database):
    result = run("clients", BAD, "--skip-bad", "--json")
    assert result.exit_code == 0
    said = json.loads(result.stdout)
    assert (said["written"], said["added"], [fault["row"] for fault in said["faults"]]) == (True, 1, [3])
    assert count(database, Client) == 1


@pytest.mark.parametrize(("text", "code"), [(GOOD, 0), (BAD, 2)])
def test_a_dry_run_checks_all_and_writes_nothing(run, database, text, code):
    result = run("clients", text, "--dry-run", "--skip-bad" if code == 0 else "--json")
    assert result.exit_code == code
    assert count(database, Client) == 0


def test_a_second_import_changes_nothing(run, database):
    run("clients", GOOD)
    events = count(database, Event)
    assert json.loads(run("clients", GOOD, "--json").stdout)["known"] == 1
    assert count(database, Event) == events


def test_a_file_that_cannot_be_read_is_refused_in_one_line(run):
    result = run("clients", "")
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)


def test_places_clients_and_regular_rides_come_in_one_after_the_other(run, database):
    places = "number,name,address,municipality,lat,lon\n7,Stacionář,Nová 1,Plzeň,49.75,13.38\n"
    orders = (
        "client,from,to,days,arrive by,back at,first day,last day\n"
        "Anna Vozková,home,7,tue,8:00,15:00,2099-01-01,2099-12-01\n"
    )
    for kind, text in (("places", places), ("clients", GOOD), ("standing-orders", orders)):
        result = run(kind, text)
        assert result.exit_code == 0, result.output
    assert count(database, StandingOrder) == 1


def test_regular_rides_need_their_clients_first(run, database):
    result = run(
        "standing-orders", "client,from,to,days,leave at,first day,last day\nA B,home,7,tue,8:00,1.1.2099,1.6.2099\n"
    )
    assert result.exit_code == 2
    assert "Bring in the clients first" in result.output.replace("\n", " ")
