"""A day is cut into near and even pieces, each time elsewhere."""

import numpy as np
import pytest

from transport.routing.engine.cuts import Points, alike, areas, dealt, drawn, groups


@pytest.fixture
def source() -> np.random.Generator:
    return np.random.default_rng(5)


def apart(points: Points) -> Points:
    return np.asarray(np.hypot(*(points[:, None] - points).T))


def test_a_map_is_drawn_from_the_distances_alone(source: np.random.Generator):
    distances = apart(source.uniform(0, 1000, (40, 2)))
    assert apart(drawn(distances)) == pytest.approx(distances)


def test_a_map_is_drawn_of_one_way_streets_of_one_place_and_of_none(source: np.random.Generator):
    distances = np.ceil(apart(source.uniform(0, 1000, (40, 2))) + source.uniform(0, 300, (40, 40)))
    assert np.isfinite(drawn(distances)).all()
    assert drawn(np.zeros((1, 1))).tolist() == [[0, 0]]
    assert drawn(np.zeros((3, 3))).tolist() == [[0, 0]] * 3
    assert drawn(np.zeros((0, 0))).shape == (0, 2)


def test_everybody_is_in_one_group_and_the_groups_weigh_the_same(source: np.random.Generator):
    points, weights = source.uniform(0, 1000, (60, 3)), source.uniform(0.5, 1.5, 60)
    others = source.uniform(0, 1000, (45, 3))
    found = groups(points, weights, others, 7, source)
    assert sorted(np.concatenate([movers for movers, _ in found]).tolist()) == list(range(60))
    assert sorted(np.concatenate([waiting for _, waiting in found]).tolist()) == list(range(45))
    shares = [weights[movers].sum() / weights.sum() for movers, _ in found]
    assert shares == pytest.approx([1 / 7] * 7, abs=0.05)


def test_the_members_of_a_group_are_near_one_another_and_so_is_who_waits_there(source: np.random.Generator):
    places = source.uniform(0, 1000, (80, 2))
    found = groups(places, np.ones(80), places, 8, source)
    distances = apart(places)
    within = np.mean([distances[np.ix_(movers, movers)].mean() for movers, _ in found])
    assert within < 0.6 * distances.mean()
    assert [movers.tolist() for movers, _ in found] == [waiting.tolist() for _, waiting in found]


def test_another_cut_makes_other_neighbours(source: np.random.Generator):
    points = source.uniform(0, 1000, (40, 2))
    once = groups(points, np.ones(40), points[:0], 8, source)
    met = np.zeros((40, 40), bool)
    for _ in range(40):
        for movers, _waiting in groups(points, np.ones(40), points[:0], 8, source):
            met[np.ix_(movers, movers)] = True
    assert met.mean() > 4 * sum(len(movers) ** 2 for movers, _ in once) / 40**2


def test_nobody_goes_without_when_all_weight_is_with_one(source: np.random.Generator):
    weights = np.zeros(6)
    weights[2] = 1
    found = groups(source.uniform(0, 9, (6, 2)), weights, np.zeros((0, 2)), 6, source)
    assert sorted(movers.tolist() for movers, _ in found) == [[row] for row in range(6)]


def test_areas_are_equally_full(source: np.random.Generator):
    found = areas(source.uniform(0, 1000, (103, 2)), 4, source)
    assert sorted(np.concatenate(found).tolist()) == list(range(103))
    assert {len(rows) for rows in found} <= {25, 26, 27}


def test_every_centre_gets_its_share_of_every_kind_from_near_homes():
    kinds = ["bus", "bus", "car", "car", "bus", "car"]
    homes = np.array([[0, 0], [9, 9], [9, 8], [0, 1], [1, 0], [9, 9]], float)
    west, east = dealt(alike(kinds), homes, np.array([[0, 0], [10, 10]], float))
    assert [kinds[row] for row in west] == ["bus", "car", "bus"]
    assert [kinds[row] for row in east] == ["bus", "car", "car"]
    assert 0 in west
    assert 3 in west
    assert {1, 2, 5} == set(east.tolist())
