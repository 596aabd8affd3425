"""The importers on the real city. The files are not part of the project; without them these tests are skipped."""

import csv
import gzip
import random
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from transport.kernel.values import Point
from transport.routing.geo import addresses, osm, places
from transport.routing.geo.gazetteer import Gazetteer
from transport.routing.geo.network import build
from transport.routing.geo.roads import Roads
from transport.routing.geo.travel import AirLine, Cached, air_metres

ROOT = Path(__file__).parents[3]
GEO = ROOT.parent / "shared" / "data" / "geo"
REGISTER = GEO / "20231231_OB_554791_ADR.csv.gz"
ROADS = GEO / "plzen-derived.osm.pbf"
OTHER_CITY = GEO / "heidelberg.test.osm.pbf"
AIR = AirLine(1.34, 38)

pytestmark = pytest.mark.skipif(
    not GEO.is_dir(), reason=f"the real addresses and roads are not on this machine ({GEO} is missing)"
)


@pytest.fixture(scope="module")
def gazetteer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gazetteer]:
    path = tmp_path_factory.mktemp("plzen") / "gazetteer.sqlite"
    assert addresses.build([REGISTER], path) == 27_207
    with closing(Gazetteer(path)) as gazetteer:
        yield gazetteer


@pytest.fixture(scope="module")
def roads() -> Roads:
    return Roads(build(osm.read_streets(ROADS)), fallback=AIR)


def real_doors(count: int) -> list[dict[str, str]]:
    with gzip.open(REGISTER, "rt", encoding="cp1250") as file:
        rows = [row for row in csv.DictReader(file, delimiter=";") if row["Název ulice"] and row["Číslo orientační"]]
    return random.Random(11).sample(rows, count)


def test_the_town_hall_of_real_plzen_is_where_it_is(gazetteer: Gazetteer):
    hit = gazetteer.find("náměstí Republiky 1/1")[0]
    assert hit.ruian == 24570222
    assert air_metres([hit.point], [Point(49.74812, 13.37771)]).item() < 5


def test_doors_of_real_plzen_are_found_by_street_and_number_even_misspelt(gazetteer: Gazetteer):
    dice = random.Random(5)
    missed = []
    for row in real_doors(150):
        street, number = row["Název ulice"], row["Číslo orientační"] + row["Znak čísla orientačního"]
        k = dice.randrange(1, len(street))
        misspelt = street[:k] + dice.choice("aeiouvkst") + street[k + 1 :]
        missed += [
            typed
            for typed in (f"{street} {number}", f"{misspelt} {number}")
            if int(row["Kód ADM"]) not in [hit.ruian for hit in gazetteer.find(typed)[:5]]
        ]
    assert len(missed) <= 6, missed


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("klatowska 12", "Klatovská třída"),
        ("klatovska 12", "Klatovská třída"),
        ("namesti rebubliky", "náměstí Republiky"),
        ("masarikova 5", "Masarykova"),
        ("Radčická 2", "Radčická 2861/2"),
        ("elisky krasnohorske 10", "Elišky Krásnohorské 814/10"),
        ("frantiskanska", "Františkánská"),
    ],
)
def test_misspelt_streets_of_real_plzen_are_found_first(gazetteer: Gazetteer, typed: str, found: str):
    assert gazetteer.find(typed)[0].name.startswith(found)


def test_real_roads_of_plzen_reach_nearly_every_door(roads: Roads, gazetteer: Gazetteer):
    doors = []
    for row in real_doors(120):
        doors += [hit.point for hit in gazetteer.find(f"{row['Název ulice']} {row['Číslo orientační']}", 1)]
    legs = roads.legs(doors)
    assert legs.guessed.mean() < 0.02
    different = ~np.eye(len(doors), dtype=bool) & ~legs.guessed & (air_metres(doors, doors) > 300)
    detour = (legs.metres / np.maximum(air_metres(doors, doors), 1))[different]
    assert detour.min() > 0.99
    assert 1.2 < np.median(detour) < 1.6
    assert 30 < 3.6 * legs.metres.sum() / legs.seconds.sum() < 55


def test_every_shipped_place_of_the_city_is_on_real_roads(roads: Roads):
    city = [place.point for place in places.load(ROOT / "data" / "plzen" / "places.csv") if place.in_city]
    legs = roads.legs(city)
    assert not legs.guessed.any()
    assert (Cached(roads).legs(city).seconds == legs.seconds).all()


@pytest.mark.slow
def test_another_real_city_with_stray_pieces_is_flagged_where_it_has_no_roads():
    streets = osm.read_streets(OTHER_CITY)
    roads = Roads(build(streets), fallback=AIR)
    dice = random.Random(1)
    inside = np.flatnonzero(np.isfinite(streets.lat))
    nodes = [inside[dice.randrange(len(inside))] for _ in range(150)]
    doors = [Point(float(streets.lat[k]), float(streets.lon[k])) for k in nodes]
    legs = roads.legs(doors)
    apart = ~np.eye(len(doors), dtype=bool) & (air_metres(doors, doors) > 1)
    assert (legs.seconds[apart] > 0).all()
    assert 0 < legs.guessed.mean() < 0.4
