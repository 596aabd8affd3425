"""A made-up city, and its day planned at the terminal."""

import json
from collections import Counter

import numpy as np
import pytest
from typer.testing import CliRunner

from transport.cli.bench import scale
from transport.cli.bench.city import city
from transport.routing.engine import WHEELCHAIR, Inserter, Plan, Problem
from transport.routing.engine.problem import Matrix


@pytest.fixture(scope="module")
def town() -> Problem:
    return city(1000, 60, 0)


def test_the_same_numbers_make_the_same_city(town: Problem):
    again, other = city(1000, 60, 0), city(1000, 60, 1)
    assert (again.requests, again.duties) == (town.requests, town.duties)
    assert (again.durations == town.durations).all()
    assert other.requests != town.requests


def test_it_has_the_rides_and_vehicles_asked_for():
    for rides, vehicles in ((1, 1), (7, 2), (300, 18)):
        made = city(rides, vehicles, 3)
        assert (len(made.requests), len(made.duties)) == (rides, vehicles)


def test_no_detour_is_shorter_than_the_straight_way(town: Problem):
    for matrix in (town.durations, town.distances):
        assert (matrix == np.ceil(matrix)).all()
        for between in range(0, len(matrix), 40):
            assert (matrix[:, between, None] + matrix[between] >= matrix).all()


def test_every_wish_would_be_served_by_an_empty_vehicle(town: Problem):
    empty = Inserter(town, Plan())
    assert [wish.id for wish in town.requests[:200] if not empty.insert(wish)] == []


def test_a_third_of_the_riders_sit_in_wheelchairs_and_most_go_there_and_back(town: Problem):
    chairs = sum(WHEELCHAIR in wish.riders for wish in town.requests)
    assert 280 < chairs < 390
    clients = Counter(wish.id.rsplit(" ", 1)[0] for wish in town.requests)
    assert set(clients.values()) == {2}


def test_every_depot_has_vehicles_of_all_models_and_shifts(town: Problem):
    for depot in {duty.start for duty in town.duties}:
        here = [duty for duty in town.duties if duty.start == depot]
        assert len({duty.layouts for duty in here}) == 4
        assert len({duty.earliest for duty in here}) == 3


def test_a_city_of_four_times_the_rides_is_larger_and_no_denser(town: Problem):
    large = city(4000, 240, 0)

    def direct(problem: Problem) -> float:
        return float(np.mean([problem.durations[wish.pickup, wish.dropoff] for wish in problem.requests]))

    def across(matrix: Matrix) -> float:
        return float(matrix.max())

    assert across(large.durations) > 1.6 * across(town.durations)
    assert direct(large) == pytest.approx(direct(town), rel=0.15)
    assert len(large.durations) / len(large.requests) == pytest.approx(
        len(town.durations) / len(town.requests), rel=0.05
    )


def test_a_day_is_planned_in_parts_and_told_as_json():
    words = ("--rides", "60", "--vehicles", "6", "--seconds", "2", "--workers", "1", "--part", "20", "--effort", "2")
    result = CliRunner().invoke(scale.app, (*words, "--json"))
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert (told["rides"], told["vehicles"], told["parts"], told["lost_parts"]) == (60, 6, 3, 0)
    assert told["accepted"] is True
    assert told["rounds"] == len(told["curve"]) > 0
    assert told["served"] >= told["construction"]["served"] > 0
    unserved = [point["unserved"] for point in told["curve"]]
    assert unserved == sorted(unserved, reverse=True)
    assert told["curve"][-1]["unserved"] == 60 - told["served"]
    assert 50 < told["peak_memory_mib"] < 8192


def test_the_same_day_undivided_is_a_table_of_the_same_figures():
    words = ("--rides", "60", "--vehicles", "6", "--seconds", "0.5", "--undivided")
    result = CliRunner().invoke(scale.app, words)
    assert result.exit_code == 0, result.output
    for name in ("served", "distance", "accepted", "peak memory mib"):
        assert name in result.output
