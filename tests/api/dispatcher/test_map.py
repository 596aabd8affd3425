"""The map of a day: its list says everything, the roads come in squares, pictures of nobody else unless set."""

import gzip
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.api.client.conftest import House
from tests.builders.booking import a_confirmed_ride
from tests.routing.geo.towns import draw, grid
from transport.kernel.clock import at
from transport.kernel.db import writing
from transport.kernel.settings import Settings
from transport.operations.driving import positions
from transport.operations.driving.trackers import Fix
from transport.routing.fleet.models import Vehicle
from transport.routing.geo import versions
from transport.routing.geo.travel import AirLine

SQUARE = "14/8800/5572"
"""Where the invented town of the tests lies."""


@pytest.fixture
def ridden(house: House) -> list[str]:
    """Two rides of two vehicles: a wheelchair in the van, a walk in the car."""
    with writing(house.database) as session:
        return [
            a_confirmed_ride(session, house.town, house.cast.anna, "9:00", by=house.cast.hana).code,
            a_confirmed_ride(session, house.town, house.cast.bedrich, "9:00", by=house.cast.hana, origin="zbuch").code,
        ]


@pytest.fixture
def roads(house: House, tmp_path) -> str:
    """Roads are imported: where their squares are."""
    built = versions.build_roads(draw(tmp_path / "town.osm.pbf", grid(40)), Settings(local_dir=tmp_path).geo_dir)
    with writing(house.database) as session:
        version = versions.register_roads(session, built, fallback=AirLine(1.3, 40), now=house.clock())
        return f"/disp/silnice/{version.id}"


def rows(page) -> list[str]:
    return [each.get("href", "") for each in page.root.iterfind(".//ol//*[@data-lat]")]


def test_every_stop_of_every_run_has_its_row_with_where_it_is(house, ridden):
    page = house.visit(house.cast.dana).get(f"/disp/{house.town.day}/mapa")
    listed = rows(page)
    for code in ridden:
        assert listed.count(f"/disp/{house.town.day}/jizda/{code}") == 2
    assert len(page.root.findall(".//*[@data-depot]")) == 2
    assert {run.get("data-run") for run in page.root.iterfind(".//section[@data-run]")} == {"1", "2"}


def test_a_vehicle_is_shown_where_it_was_last_and_how_long_ago_that_was(house, ridden):
    first = at(house.town.day, house.town.second("9:00"))
    fix = Fix(lat=49.75, lon=13.38, at=first, accuracy=9)
    with writing(house.database) as session:
        token = positions.make_device(session, session.get_one(Vehicle, house.town.van), by=house.cast.dana, now=first)
        device = positions.device(session, token)
        assert device is not None
        followed = positions.followed(session, device, now=first)
        assert followed is not None
        positions.keep(session, followed, fix, now=first)
    for minutes, old in ((3, False), (6, True)):
        house.clock.now = first + timedelta(minutes=minutes)
        page = house.visit(house.cast.dana).get(f"/disp/{house.town.day}/mapa")
        (row,) = page.root.findall(".//section[@data-run='2']//*[@data-here]")
        assert (row.get("data-lat"), "data-old" in row.attrib) == ("49.750000", old)
        said = "".join(row.itertext())
        assert "9:00" in said
        assert str(minutes) in said
    house.clock.forward(days=1)
    assert house.visit(house.cast.dana).get(f"/disp/{house.town.day}/mapa").root.findall(".//*[@data-here]") == []


def test_one_vehicle_is_shown_alone_with_the_number_it_has_among_all(house, ridden):
    page = house.visit(house.cast.dana).get(f"/disp/{house.town.day}/mapa?vuz=van")
    assert [run.get("data-run") for run in page.root.iterfind(".//section[@data-run]")] == ["2"]
    assert ridden[0] in page.html
    assert ridden[1] not in page.html
    assert "?vuz=car" in page.html


def test_a_day_without_runs_says_so(house):
    assert rows(house.visit(house.cast.dana).get(f"/disp/{house.town.day}/mapa")) == []


def test_the_map_is_for_staff_alone(house, ridden, roads):
    for who in (house.cast.anna_herself, house.cast.emil, house.cast.frantiska):
        house.visit(who).get(f"/disp/{house.town.day}/mapa", 403)
        house.visit(who).get(f"{roads}/{SQUARE}.json", 403)


def test_the_roads_of_a_square_are_sent_once_and_kept(house, roads):
    browser = house.visit(house.cast.dana).client
    sent = browser.get(f"{roads}/{SQUARE}.json", headers={"accept-encoding": "identity"})
    square = json.loads(sent.content)
    assert square["roads"]
    assert all(len(road) >= 4 and len(road) % 2 == 0 for road in square["roads"])
    assert "private" in sent.headers["cache-control"]
    again = browser.get(f"{roads}/{SQUARE}.json", headers={"if-none-match": sent.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    small = browser.get(f"{roads}/{SQUARE}.json", headers={"accept-encoding": "gzip"})
    assert small.headers["content-encoding"] == "gzip"
    assert small.content == sent.content
    assert len(gzip.compress(sent.content)) < len(sent.content)


@pytest.mark.parametrize("square", ["14/20000/5572", "7/1/1", "14/x/1"])
def test_a_square_that_is_none_is_not_found(house, roads, square):
    assert house.visit(house.cast.dana).client.get(f"{roads}/{square}.json").status_code == 404


def test_from_far_away_only_the_main_roads_are_drawn(house, roads):
    got = house.visit(house.cast.dana).client.get(f"{roads}/10/550/348.json").json()
    assert got == {"across": 1024, "roads": []}


def test_the_day_says_whose_roads_they_are(house, ridden, roads):
    page = house.visit(house.cast.dana).get(f"/disp/{house.town.day}/mapa")
    mapping = page.root.find(".//*[@id='mapa']")
    assert mapping is not None
    assert mapping.get("data-roads") == roads
    assert "OpenStreetMap" in page.text


def test_pictures_of_one_other_site_are_allowed_where_they_are_set(house, ridden, tmp_path):
    services = house.app.state.services
    settings = Settings(
        local_dir=tmp_path, tiles_url="https://tiles.example.org/{z}/{x}/{y}.png", tiles_attribution="© Somebody"
    )
    house.app.state.services = replace(services, settings=settings)
    dana = house.visit(house.cast.dana).client
    shown = dana.get(f"/disp/{house.town.day}/mapa")
    assert "img-src 'self' https://tiles.example.org data:;" in shown.headers["content-security-policy"]
    assert "© Somebody" in shown.text
    assert "tiles.example.org" not in dana.get("/disp/" + house.town.day.isoformat()).headers["content-security-policy"]
