import heapq
import itertools
import random
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from tests.routing.geo.towns import corner, draw, grid, street
from transport.kernel.errors import Invalid, NotFound
from transport.kernel.values import Point
from transport.routing.geo import osm
from transport.routing.geo.network import Network, build
from transport.routing.geo.roads import Roads
from transport.routing.geo.travel import AirLine, air_metres

AIR = AirLine(1.34, 38)


def drive(path: Path) -> Roads:
    return Roads(build(osm.read_streets(path)), fallback=AIR)


@pytest.fixture
def town(tmp_path: Path) -> Roads:
    return drive(draw(tmp_path / "town.osm.pbf", grid(5)))


def test_a_drive_follows_the_streets_at_the_speed_of_their_class(town: Roads):
    legs = town.legs([corner(0, 0), corner(3, 2)])
    blocks = air_metres([corner(0, 0)], [corner(3, 0)]) + air_metres([corner(0, 0)], [corner(0, 2)])
    assert legs.metres[0, 1] == pytest.approx(blocks.item(), abs=3)
    assert legs.seconds[0, 1] == pytest.approx(blocks.item() / (27 / 3.6), abs=2)
    assert legs.seconds.dtype == legs.metres.dtype == np.int32
    assert not legs.guessed.any()


def test_a_place_is_at_no_distance_from_itself(town: Roads):
    beside = Point(corner(1, 1).lat + 0.0003, corner(1, 1).lon + 0.0003)
    legs = town.legs([beside, beside])
    assert (legs.seconds == 0).all()
    assert (legs.metres == 0).all()


def test_a_door_in_the_middle_of_a_block_is_reached_along_its_street_and_across_the_yard(town: Roads):
    door = Point(corner(0.5, 1).lat + 0.0002, corner(0.5, 1).lon)
    legs = town.legs([door, corner(0, 1), corner(1, 1)])
    half = air_metres([corner(0, 1)], [corner(0.5, 1)]).item()
    assert legs.metres[0, 1] == pytest.approx(half + 22, abs=3)
    assert legs.metres[0, 2] == pytest.approx(half + 22, abs=3)


def test_neighbours_in_one_street_do_not_drive_round_the_block(town: Roads):
    legs = town.legs([corner(0.2, 1), corner(0.8, 1)])
    assert legs.metres[0, 1] == pytest.approx(air_metres([corner(0.2, 1)], [corner(0.8, 1)]).item(), abs=3)


@pytest.mark.parametrize(
    ("tags", "open_ways"),
    [
        ({"oneway": "yes"}, (True, False)),
        ({"oneway": "-1"}, (False, True)),
        ({"junction": "roundabout"}, (True, False)),
        ({"junction": "roundabout", "oneway": "no"}, (True, True)),
        ({"highway": "motorway"}, (True, False)),
        ({}, (True, True)),
    ],
)
def test_a_one_way_street_is_driven_one_way(tags: dict[str, str], open_ways: tuple[bool, bool]):
    assert osm.directions({"highway": "residential", **tags}) == open_ways


def test_against_a_one_way_street_one_drives_round(tmp_path: Path):
    ring = [street((0, 0), (1, 0), oneway="yes"), street((1, 0), (1, 1), (0, 1), (0, 0))]
    legs = drive(draw(tmp_path / "ring.osm.pbf", ring)).legs([corner(0.3, 0), corner(0.7, 0)])
    assert legs.metres[1, 0] > 3 * legs.metres[0, 1]


@pytest.mark.parametrize(
    ("tags", "may"),
    [
        ({"highway": "residential"}, True),
        ({"highway": "footway"}, False),
        ({"highway": "residential", "access": "private"}, False),
        ({"highway": "service", "access": "no", "motor_vehicle": "destination"}, True),
        ({"highway": "living_street", "motorcar": "no"}, False),
        ({"highway": "service", "area": "yes"}, False),
        ({"building": "yes"}, False),
    ],
)
def test_only_ways_open_to_an_ordinary_car_are_driven(tags: dict[str, str], may: bool):
    assert osm.drivable(tags) is may


@pytest.mark.parametrize(
    ("tags", "kmh"),
    [
        ({"highway": "residential"}, 27),
        ({"highway": "residential", "maxspeed": "50"}, 32),
        ({"highway": "secondary", "maxspeed": "70"}, 59.5),
        ({"highway": "secondary", "maxspeed": "CZ:urban"}, 42.5),
        ({"highway": "secondary", "maxspeed": "30 mph"}, 41),
        ({"highway": "residential", "maxspeed": "walk"}, 5.1),
        ({"highway": "primary", "maxspeed": "signals"}, 50),
        ({"highway": "primary", "maxspeed": "nan"}, 50),
    ],
)
def test_speed_comes_from_the_class_and_the_written_limit(tags: dict[str, str], kmh: float):
    assert osm.speed_kmh(tags) == pytest.approx(kmh, abs=0.1)


def test_a_point_far_from_every_street_is_guessed_by_air_and_says_so(town: Roads):
    field = Point(49.78, 13.40)
    legs = town.legs([corner(1, 1), field, corner(2, 2)])
    assert legs.guessed.tolist() == [[False, True, False], [True, False, True], [False, True, False]]
    assert legs.seconds[0, 1] == AIR.legs([corner(1, 1), field]).seconds[0, 1] > 0


def test_streets_cut_off_from_the_town_are_not_driven(tmp_path: Path):
    island = [street((20, 20), (21, 20), (21, 21), (20, 20)), street((0, 0), (0, -1), oneway="yes")]
    roads = drive(draw(tmp_path / "island.osm.pbf", [*grid(4), *island]))
    assert roads.legs([corner(0, 0), corner(20, 20)]).guessed[0, 1]
    assert not roads.legs([corner(0, -1), corner(3, 3)]).guessed[0, 1]  # from the dead end one goes to the corner


def test_nobody_drives_through_a_bollard(tmp_path: Path):
    ring = [street((0, 0), (1, 0), (2, 0)), street((2, 0), (2, 1), (0, 1), (0, 0))]
    free = drive(draw(tmp_path / "free.osm.pbf", ring)).legs([corner(0, 0), corner(2, 0)])
    shut = drive(draw(tmp_path / "shut.osm.pbf", ring, posts=[(1, 0)])).legs([corner(0, 0), corner(2, 0)])
    assert shut.metres[0, 1] > free.metres[0, 1] + 300
    assert not shut.guessed.any()


Corner = tuple[int, int]


def shortest(ways: dict[Corner, list[tuple[Corner, float]]], origin: Corner) -> dict[Corner, float]:
    """Dijkstra by the book."""
    best = {origin: 0.0}
    queue = [(0.0, origin)]
    while queue:
        cost, here = heapq.heappop(queue)
        for there, more in ways[here]:
            if cost + more < best.get(there, np.inf):
                best[there] = cost + more
                heapq.heappush(queue, (cost + more, there))
    return best


def test_drives_are_the_shortest_of_an_independent_search(tmp_path: Path):
    dice = random.Random(7)
    # a two-way ring keeps every corner within reach; inside, one-way streets and speeds as they come
    rim = [(0, k) for k in range(6)] + [(k, 5) for k in range(1, 6)]
    rim += [(5, k) for k in range(4, -1, -1)] + [(k, 0) for k in range(4, -1, -1)]
    streets = [street(*rim, maxspeed="30")]
    for east, north in itertools.product(range(1, 5), repeat=2):
        for way in ((east + 1, north), (east, north + 1), (east - 1, north)):
            tags = {"oneway": "yes"} if dice.random() < 0.6 else {}
            streets.append(street((east, north), way, maxspeed=str(dice.choice([20, 30, 40])), **tags))
    ways: dict[Corner, list[tuple[Corner, float]]] = {}
    for each in streets:
        for a, b in pairwise(each.corners):
            cost = air_metres([corner(*a)], [corner(*b)]).item() / (osm.speed_kmh(each.tags) / 3.6)
            ways.setdefault(a, []).append((b, cost))
            ways.setdefault(b, []).extend([] if "oneway" in each.tags else [(a, cost)])
    corners = sorted(ways)
    legs = drive(draw(tmp_path / "random.osm.pbf", streets)).legs([corner(*each) for each in corners])
    for row, origin in enumerate(corners):
        best = shortest(ways, origin)
        expected = [best[target] for target in corners]
        assert legs.seconds[row].tolist() == pytest.approx(expected, rel=0.002, abs=1.5)


def test_searching_forward_and_backward_gives_the_same(town: Roads):
    dice = random.Random(3)
    places = [corner(dice.uniform(0, 4), dice.uniform(0, 4)) for _ in range(30)]
    few, many = town.between(places[:4], places), town.legs(places)
    assert (few.seconds == many.seconds[:4]).all()
    assert (town.between(places, places[:4]).metres == many.metres[:, :4]).all()


def test_a_saved_network_drives_the_same(tmp_path: Path):
    network = build(osm.read_streets(draw(tmp_path / "town.osm.pbf", grid(4))))
    network.save(tmp_path / "deep" / "town.npz")
    again = Roads(Network.load(tmp_path / "deep" / "town.npz"), fallback=AIR)
    places = [corner(0.3, 0), corner(2, 2.6), corner(1, 1)]
    assert (again.legs(places).seconds == Roads(network, fallback=AIR).legs(places).seconds).all()
    assert [each.name for each in (tmp_path / "deep").iterdir()] == ["town.npz"]


def test_a_file_that_is_no_map_is_named(tmp_path: Path):
    text = tmp_path / "notes.osm.pbf"
    text.write_text("these are notes, not a map\n" * 50)
    with pytest.raises(Invalid, match=r"roads\.broken \(file=notes\.osm\.pbf"):
        osm.read_streets(text)


def test_half_a_map_is_refused(tmp_path: Path):
    path = draw(tmp_path / "town.osm.pbf", grid(30))
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(Invalid, match=r"roads\.broken"):
        osm.read_streets(path)


def test_a_missing_map_is_named(tmp_path: Path):
    with pytest.raises(NotFound, match=r"geo\.file_missing .*nowhere"):
        osm.read_streets(tmp_path / "nowhere.osm.pbf")


def test_a_map_of_footpaths_is_refused(tmp_path: Path):
    path = draw(tmp_path / "park.osm.pbf", [street((0, 0), (1, 0), highway="footway")])
    with pytest.raises(Invalid, match=r"roads\.empty"):
        build(osm.read_streets(path))


def test_a_damaged_saved_network_is_refused(tmp_path: Path):
    (tmp_path / "roads.npz").write_bytes(b"PK\x03\x04 not an archive")
    with pytest.raises(Invalid, match=r"roads\.broken"):
        Network.load(tmp_path / "roads.npz")
    with pytest.raises(NotFound, match=r"roads\.file_missing"):
        Network.load(tmp_path / "none.npz")
