import importlib
import json
from pathlib import Path

import pytest
from sqlmodel import SQLModel, select
from typer.testing import CliRunner, Result

from tests.routing.geo.towns import HOUSES, draw, grid, publish, register
from transport.cli.geo import SENTENCES, app
from transport.kernel import db
from transport.kernel.events import Event
from transport.routing.geo import places
from transport.routing.geo.models import TravelVersion

SHIPPED = Path(__file__).parents[3] / "data" / "plzen" / "places.csv"


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, empty_database_url: str) -> str:
    """A machine of its own: an empty folder and a database with tables and places."""
    monkeypatch.setenv("TRANSPORT_LOCAL_DIR", str(tmp_path / "local"))
    monkeypatch.setenv("TRANSPORT_DATABASE_URL", empty_database_url)
    importlib.import_module("transport.schema")
    engine = db.connect(empty_database_url)
    SQLModel.metadata.create_all(engine)
    with db.writing(engine) as session:
        places.seed(session, SHIPPED)
    engine.dispose()
    return empty_database_url


def geo(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def test_imported_addresses_are_found_at_once(house: str, tmp_path: Path):
    done = geo("import-addresses", publish(tmp_path / "plzen.csv", HOUSES), "--json")
    assert done.exit_code == 0
    assert json.loads(done.stdout)["addresses"] == len(HOUSES)
    assert "reading addresses" in done.stderr
    first = json.loads(geo("search", "klatowska 12", "--json").stdout)[0]
    assert (first["name"], first["precise"]) == ("Klatovská třída 2761/12", True)
    assert "Klatovská třída" in geo("search", "klatowska 12").stdout


def test_imported_roads_become_the_current_version_and_an_event_tells_it(house: str, tmp_path: Path):
    roads = draw(tmp_path / "town.osm.pbf", grid(4))
    first = json.loads(geo("import-roads", roads, "--json").stdout)
    assert first["changed"]
    assert first["crossings"] == 16
    second = json.loads(geo("import-roads", roads, "--json").stdout)
    assert (second["changed"], second["version"]) == (False, first["version"])
    engine = db.connect(house)
    with db.reading(engine) as session:
        assert session.exec(select(TravelVersion.label)).all() == ["town.osm.pbf"]
        (event,) = session.exec(select(Event)).all()
        assert (event.kind, event.subject_type, event.subject_id) == (
            "travel_times_imported",
            "travel_version",
            str(first["version"]),
        )
    engine.dispose()


def test_the_status_says_what_is_in_use(house: str, tmp_path: Path):
    assert geo("status").stdout == "Addresses: 0. Travel times: none yet.\n"
    geo("import-addresses", publish(tmp_path / "plzen.csv", HOUSES))
    geo("import-roads", draw(tmp_path / "town.osm.pbf", grid(4)))
    status = json.loads(geo("status", "--json").stdout)
    assert (status["addresses"], status["travel_times"]) == (len(HOUSES), "town.osm.pbf (roads)")


def test_a_broken_file_is_one_line_and_exit_code_2_and_changes_nothing(house: str, tmp_path: Path):
    geo("import-addresses", publish(tmp_path / "plzen.csv", HOUSES))
    geo("import-roads", draw(tmp_path / "town.osm.pbf", grid(4)))
    before = geo("status", "--json").stdout
    broken = tmp_path / "broken.csv"
    broken.write_text(register(HOUSES), encoding="utf-8")
    for command, file, complaint in (
        ("import-addresses", broken, "broken.csv, line 1: the text is not in windows-1250"),
        ("import-addresses", tmp_path / "none.csv", "There is no file"),
        ("import-roads", broken, "broken.csv: this is not a complete .osm.pbf file"),
        ("import-roads", tmp_path / "none.osm.pbf", "There is no file"),
        ("import-roads", tmp_path, "cannot be read"),
    ):
        refused = geo(command, file)
        assert refused.exit_code == 2
        assert refused.stdout == ""
        (line,) = [line for line in refused.stderr.splitlines() if not line.endswith("…")]
        assert complaint in line
    assert geo("status", "--json").stdout == before


def test_without_tables_the_database_is_named_as_the_trouble(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, empty_database_url: str
):
    monkeypatch.setenv("TRANSPORT_LOCAL_DIR", str(tmp_path / "local"))
    monkeypatch.setenv("TRANSPORT_DATABASE_URL", empty_database_url)
    refused = geo("import-roads", draw(tmp_path / "town.osm.pbf", grid(4)))
    assert refused.exit_code == 2
    assert "transport db upgrade" in refused.stderr


def test_every_refusal_of_an_import_has_its_sentence():
    rooms = Path(places.__file__).parent
    for name in ("addresses", "ruian", "gazetteer", "osm", "network", "versions"):
        for part in (rooms / f"{name}.py").read_text(encoding="utf-8").split("raise ")[1:]:
            code = part.split('"')[1]
            assert code in SENTENCES or code.startswith("travel."), f"{name}.py: {code}"
