"""Public dial-a-ride instances at the terminal: both formats, the routes they are answered with, broken files."""

import json
from itertools import pairwise
from math import dist
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.house.code import HOME
from transport.cli import app
from transport.cli.bench import instances
from transport.routing.engine import SEATED, WHEELCHAIR, Rest

PUBLISHED = HOME.parent / "shared" / "data" / "darp"

NODES = """\
  0   0.000   0.000   0   0    0  480
  1   0.000   3.000   2   1    0 1440
  2  -6.000   0.000   3   2   10   20
  3   4.000   3.000   2  -1   10   20
  4  -6.000   8.000   3  -2    0 1440
"""
CORDEAU = f"2 2 480 3 30\n{NODES}  5   0.000   0.000   0   0    0  480\n"
WITHOUT_LAST_DEPOT = f"2 4 300 3 30\n{NODES}"
"""Two rides whose windows meet, so that each of the two vehicles carries one: 3 + 4 + 5 and 6 + 8 + 10 to drive."""

SEVERAL_DEPOTS = """\
2 1
480 0 1 1 0
300 0 1 0 1
0\t0.0\t0.0\t0\t0\t0\t0\t0\t0\t0\t480
1\t5.0\t9.0\t3\t40\t1\t1\t0\t0\t0\t1440
2\t9.0\t5.0\t3\t0\t-1\t-1\t0\t0\t0\t1440
"""
"""A patient and a companion: only the first vehicle has a stretcher for one of them to sit on."""


@pytest.fixture
def write(tmp_path: Path):
    def write(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def solve(*words: object) -> Result:
    return CliRunner().invoke(app, ["bench", "darp", "--iterations", "60", *map(str, words)])


def test_an_instance_is_answered_with_its_cost_and_its_routes(write):
    result = solve(write("two-2.txt", CORDEAU), "--json")
    assert result.exit_code == 0, result.output
    (answer,) = json.loads(result.stdout)
    assert set(answer) == {"instance", "cost", "vehicles", "feasible", "seconds", "routes"}
    assert answer["instance"] == "two-2"
    assert answer["cost"] == pytest.approx(36)
    assert answer["vehicles"] == 2
    assert answer["feasible"] is True
    assert sorted(answer["routes"]) == [[1, 3], [2, 4]]


def test_an_idle_vehicle_keeps_its_place_among_the_routes(write):
    one_ride = CORDEAU.splitlines()
    del one_ride[5], one_ride[3]
    nodes = [f"{number} {row.split(maxsplit=1)[1]}" for number, row in enumerate(one_ride[1:])]
    result = solve(write("idle", "\n".join(["3 1 480 3 30", *nodes])), "--json")
    (answer,) = json.loads(result.stdout)
    assert sorted(answer["routes"]) == [[], [], [1, 2]]
    assert answer["vehicles"] == 1


def test_both_ways_of_counting_in_the_head_mean_the_same(write):
    longer = instances.read(write("a", CORDEAU)).problem
    shorter = instances.read(write("pr", WITHOUT_LAST_DEPOT)).problem
    assert longer.requests == shorter.requests
    assert [(duty.start, duty.end, duty.earliest, duty.latest) for duty in shorter.duties] == [(0, 0, 0, 480)] * 2
    assert [duty.rest for duty in shorter.duties] == [Rest(300, ())] * 2
    assert [duty.rest for duty in longer.duties] == [None] * 2, "the depot's hours say it already"


def test_the_ride_is_as_the_file_describes_it(write):
    ride = instances.read(write("a", CORDEAU)).problem.requests[1]
    assert (ride.pickup_window, ride.dropoff_window) == ((10, 20), (0, 1440))
    assert (ride.pickup_service, ride.dropoff_service, ride.max_ride) == (3, 3, 30)
    assert ride.riders == {SEATED: 2}
    assert ride.required


def test_vehicles_of_several_depots_take_turns_at_the_corners(write):
    problem = instances.read(write("md", SEVERAL_DEPOTS)).problem
    first, second = problem.duties
    assert problem.distances[first.start, 0] == problem.distances[second.start, 0] == pytest.approx(50**0.5)
    assert problem.distances[first.start, second.end] == pytest.approx(200**0.5)
    assert (first.rest, second.rest) == (None, Rest(300, ()))
    assert problem.requests[0].max_ride == 40
    assert problem.requests[0].riders == {instances.STAFF: 1, SEATED: 1}


def test_everybody_may_take_a_better_place_and_nobody_a_worse_one(write):
    layout = instances.read(write("md", SEVERAL_DEPOTS)).problem.duties[0].layouts[0]
    seats = {kind: sum(p.count for p in layout.places if kind in p.holds) for kind in instances.HOLDS}
    assert seats == {instances.STAFF: 2, SEATED: 2, instances.LYING: 1, WHEELCHAIR: 0}


def test_a_plan_that_leaves_somebody_behind_is_not_feasible(write):
    result = solve(write("late", CORDEAU.replace("2 2 480", "0 2 480")), "--json")
    (answer,) = json.loads(result.stdout)
    assert answer["feasible"] is False
    assert answer["routes"] == []


def test_an_empty_day_is_an_instance_too(write):
    result = solve(write("empty", "2 0 480 3 30\n0 1.5 2.5 0 0 0 480\n"), "--json")
    (answer,) = json.loads(result.stdout)
    assert (answer["feasible"], answer["cost"], answer["routes"]) == (True, 0, [[], []])


def test_without_json_a_table_is_printed(write):
    result = solve(write("two-2.txt", CORDEAU))
    assert result.exit_code == 0, result.output
    for shown in ("two-2", "36.00", "feasible", "yes"):
        assert shown in result.stdout


def test_a_broken_file_is_named_with_its_line_and_the_others_are_solved(write):
    broken = write("broken.txt", CORDEAU.replace("-6.000   8.000", "-6.000   8,000"))
    result = solve(broken, write("two-2.txt", CORDEAU), "--json")
    assert result.exit_code == 2
    assert f"{broken}, line 6: " in result.stderr
    assert [answer["instance"] for answer in json.loads(result.stdout)] == ["two-2"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ("\n\n2 2 480 3\n", 3),
        (CORDEAU.replace("2 2 480", "2 9 480"), 1),
        (CORDEAU.replace("2 2 480", "2 2.5 480"), 1),
        (CORDEAU.replace("2 2 480", "2 2 0"), 1),
        (CORDEAU.replace("  2  -6.000", "  7  -6.000"), 4),
        (CORDEAU.replace("0 1440\n  2", "0\n  2"), 3),
        (CORDEAU.replace("   1    0 1440", "   1    0  nan"), 3),
        (CORDEAU.replace("   2   10   20", "   2   30   20"), 4),
        (CORDEAU.replace("   2   10   20", "   0   10   20"), 4),
        (CORDEAU.replace("  -1   10   20", "  -3   10   20"), 5),
        (CORDEAU.replace("  2   1    0", " -2   1    0"), 3),
        (SEVERAL_DEPOTS.replace("300 0 1 0 1", "300 0 1 0"), 3),
        (SEVERAL_DEPOTS.replace("480 0 1 1 0", "480 0 1 -1 0"), 2),
        (SEVERAL_DEPOTS.replace("300 0 1 0 1", "-3 0 1 0 1"), 3),
        ("9 1\n480 0 1 1 0\n", 1),
    ],
)
def test_every_fault_is_found_in_its_line(write, text: str, line: int):
    path = write("broken", text)
    with pytest.raises(instances.Unreadable) as fault:
        instances.read(path)
    assert str(fault.value).startswith(f"{path}, line {line}: ")


def test_a_file_that_is_not_there_or_no_text_is_said_like_any_other(tmp_path: Path):
    (tmp_path / "picture").write_bytes(b"1 2\n\xff\xfe")
    result = solve(tmp_path / "missing", tmp_path / "picture", tmp_path, "--json")
    assert result.exit_code == 2
    assert json.loads(result.stdout) == []
    assert [line.split(", line ")[1][0] for line in result.stderr.splitlines() if ", line " in line] == ["1", "2", "1"]


@pytest.mark.skipif(not PUBLISHED.is_dir(), reason="the published instances are not here")
def test_the_published_instances_are_read_where_they_are_present():
    for folder, sizes in {"cordeau2006": (16, 96), "cordeau_laporte2003": (24, 144), "mdhdarp": (72, 192)}.items():
        files = sorted((PUBLISHED / folder).iterdir())
        assert files
        for path in files:
            problem = instances.read(path).problem
            assert sizes[0] <= len(problem.requests) <= sizes[1]
            assert 2 <= len(problem.duties) <= 16


@pytest.mark.skipif(not PUBLISHED.is_dir(), reason="the published instances are not here")
def test_a_published_instance_is_solved_where_it_is_present():
    path = PUBLISHED / "cordeau2006" / "a2-16.txt"
    (answer,) = json.loads(solve(path, "--json").stdout)
    rows = [list(map(float, row.split())) for row in path.read_text(encoding="utf-8").splitlines()[1:]]
    where = [(row[1], row[2]) for row in rows]
    loops = [[0, *route, 0] for route in answer["routes"]]
    assert sorted(node for route in answer["routes"] for node in route) == list(range(1, 33))
    driven = sum(dist(where[a], where[b]) for loop in loops for a, b in pairwise(loop))
    assert answer["feasible"] is True
    assert answer["cost"] == pytest.approx(driven)
    assert answer["cost"] >= 294.24, "the proven optimum is 294.25"
