"""The comparison is fair: no solver is asked for more than we ask of ourselves, and one judge decides."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from itertools import combinations_with_replacement
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching

from bench import page, stock
from bench.model import Unfit, narrowed, planned, rooms
from bench.published import FEW, SETS, known_as
from bench.runs import Outcome, run
from bench.town import plain, town_day
from tests.routing.engine.instances import four_requests
from transport.routing.engine import Costs, Layout, Pace, Places, Plan, Problem, Rest, StopKind, judge, score

KINDS = ("lying", "seated", "staff", "wheelchair")


def small(**changes: Any) -> Problem:
    """The four requests, in a form that every solver can model."""
    return replace(plain(four_requests()), **changes)


def test_the_rooms_say_exactly_which_loads_fit():
    source = Random(3)
    ride = small().requests[0]
    for _ in range(60):
        layouts = [a_layout(source) for _ in range(source.randint(1, 3))]
        duties = tuple(replace(small().duties[0], id=str(row), layouts=(each,)) for row, each in enumerate(layouts))
        problem = small(duties=duties, requests=(replace(ride, riders=dict.fromkeys(KINDS, 1)),))
        within = rooms(problem)
        for size in (1, 2, 3, 4):
            for load in combinations_with_replacement(KINDS, size):
                aboard = replace(ride, riders=Counter(load))
                for layout in layouts:
                    fits = all(room.riders(aboard) <= room.places(layout) for room in within)
                    assert fits == has_places(load, layout), (load, layout, within)


def a_layout(source: Random) -> Layout:
    some = [frozenset(source.sample(KINDS, source.randint(1, 3))) for _ in range(source.randint(1, 3))]
    return Layout(tuple(Places(source.randint(0, 2), holds) for holds in some))


def has_places(load: tuple[str, ...], layout: Layout) -> bool:
    """Seat everybody, one by one place."""
    seats = [places.holds for places in layout.places for _ in range(places.count)]
    suits = [[kind in holds for holds in seats] for kind in load]
    return bool(seats) and -1 not in maximum_bipartite_matching(csr_array(np.array(suits)), perm_type="column")


def test_upgrading_takes_four_rooms():
    holds = ({"staff"}, {"staff", "seated"}, {"staff", "seated", "lying"}, {"wheelchair"})
    layout = Layout(tuple(Places(1, frozenset(kinds)) for kinds in holds))
    problem = small()
    duty = replace(problem.duties[0], layouts=(layout,))
    ride = replace(problem.requests[0], riders=dict.fromkeys(KINDS, 1))
    found = {tuple(sorted(room.kinds)) for room in rooms(replace(problem, duties=(duty,), requests=(ride,)))}
    assert found == {("lying",), ("lying", "seated"), ("lying", "seated", "staff"), ("wheelchair",)}


def test_in_narrowed_windows_no_ride_can_be_too_long():
    day = plain(town_day())
    for request in day.requests:
        narrow = narrowed(day, request)
        (begin, early), (late, end) = narrow.pickup_window, narrow.dropoff_window
        assert end - begin - request.pickup_service <= request.max_ride + 1e-9
        assert request.pickup_window[0] <= begin <= early <= request.pickup_window[1]
        assert request.dropoff_window[0] <= late <= end <= request.dropoff_window[1]


def test_stock_answers_with_a_plan_that_the_judge_accepts():
    day = small()
    plan = stock.solve(day, 1)
    assert judge(day, plan) == []
    assert score(day, plan).served == len(day.requests)


def test_stock_leaves_out_what_cannot_be_and_serves_the_others():
    day = small()
    heavy = [replace(each, chair_mass=999.0) if each.id == "Cyril" else each for each in day.requests]
    plan = stock.solve(replace(day, requests=tuple(heavy)), 1)
    assert [each.request for each in plan.unserved] == ["Cyril"]


@pytest.mark.parametrize(
    "hard",
    [
        four_requests(),
        small(pace=Pace((0.0, 60.0), (1.0, 1.5))),
        small(costs=Costs(excess_ride=1)),
        small(duties=tuple(replace(duty, rest=Rest(300, (30,))) for duty in small().duties)),
        small(requests=tuple(replace(each, solo=True) for each in small().requests)),
    ],
    ids=["layouts", "rush hours", "comfort", "rests", "solo"],
)
def test_what_stock_cannot_model_it_is_not_asked(hard: Problem):
    with pytest.raises(Unfit):
        stock.solve(hard, 1)
    assert run(stock.solve, hard, 1).fault


def test_a_route_that_cannot_be_driven_serves_nobody():
    day = small()
    dana, alice = 3, 0
    too_late = [(row, kind) for row in (dana, alice) for kind in (StopKind.PICKUP, StopKind.DROPOFF)]
    plan = planned(day, {0: too_late})
    assert plan.runs == ()
    assert len(plan.unserved) == len(day.requests)


def test_an_outcome_says_what_is_wrong_with_a_plan():
    day = small()
    assert run(lambda problem, _: planned(problem, {}), day, 1).fault == "4 left out"
    assert run(lambda _problem, _seconds: Plan(), day, 1).fault == "unserved list"
    assert run(lambda problem, _: planned(problem, {}), replace(day, requests=()), 1) == Outcome()


def test_instances_are_called_as_in_the_literature():
    assert [known_as(stem) for stem in ("a2-16", "pr01", "pr10", "pr11", "a9-72hetIUY")] == [
        "a2-16",
        "R1a",
        "R10a",
        "R1b",
        "MD:a9-72",
    ]
    assert set(FEW) == set(SETS)


def test_what_is_written_by_hand_stays_on_the_page(tmp_path: Path):
    path = tmp_path / "page.md"
    path.write_text(f"By hand.\n\n{page.MEASURED}\n\nOld figures.\n", encoding="utf-8")
    table = page.Table("Title", "Note.", ["", "km"], [["day", "12"]])
    page.write(path, [table], {"ours": "1"}, datetime(2026, 3, 1, 12, tzinfo=UTC))
    written = path.read_text(encoding="utf-8")
    assert written.startswith(f"By hand.\n\n{page.MEASURED}\n\nMeasured on 2026-03-01, 12:00 UTC on ")
    assert "Old figures" not in written
    assert "## Title\n\nNote.\n\n|  | km |\n| --- | --: |\n| day | 12 |\n" in written
