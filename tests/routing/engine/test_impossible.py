"""Days that contradict themselves are refused; days that serve nobody, or are given no time, have a plan."""

from dataclasses import replace
from math import inf, nan
from typing import Any

import numpy as np
import pytest

from tests.routing.engine.instances import CLINIC, DEPOT, FOUR_MINUTES, HOME, four_requests, random_problem, ride
from transport.routing.engine import (
    SEATED,
    WHEELCHAIR,
    Costs,
    Duty,
    Inserter,
    Layout,
    Pace,
    Plan,
    Rest,
    Unserved,
    judge,
    solve,
)
from transport.routing.engine.problem import Matrix

CAR = Duty("car", DEPOT, DEPOT, 0, 600, (Layout.of(2, 0),))
ALICE = ride("Alice", HOME, CLINIC)


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ({"pickup": 9}, "outside the matrix"),
        ({"dropoff": -1}, "outside the matrix"),
        ({"pickup_window": (9, 8)}, "impossible window"),
        ({"dropoff_window": (0, nan)}, "impossible window"),
        ({"pickup_window": (-inf, 9)}, "impossible window"),
        ({"riders": {}}, "carries nobody"),
        ({"riders": {SEATED: 2, WHEELCHAIR: -1}}, "negative"),
        ({"max_ride": -1}, "negative"),
        ({"max_ride": nan}, "negative"),
        ({"pickup_service": inf}, "endless"),
        ({"weight": inf}, "endless"),
        ({"duty": "bike"}, "unknown duty bike"),
        ({"aboard_since": 0}, "of no duty"),
        ({"aboard_since": nan, "duty": "car"}, "since no time"),
    ],
)
def test_a_contradictory_request_is_refused(fault: dict[str, Any], message: str) -> None:
    wrong = replace(ALICE, **fault)
    with pytest.raises(ValueError, match=message):
        four_requests(requests=(wrong,))
    with pytest.raises(ValueError, match=message):
        Inserter(four_requests(requests=()), Plan()).insert(wrong)


def drives(minutes: float) -> Matrix:
    """The small town with one drive that takes so long."""
    matrix = FOUR_MINUTES.copy()
    matrix[HOME, CLINIC] = minutes
    return matrix


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ({"durations": np.zeros((2, 3))}, "square"),
        ({"distances": np.zeros((2, 2))}, "of one size"),
        ({"durations": drives(nan)}, "finite"),
        ({"durations": drives(inf)}, "finite"),
        ({"durations": drives(-1)}, "not negative"),
        ({"distances": drives(-1)}, "not negative"),
        ({"durations": FOUR_MINUTES + 1}, "0 from a location to itself"),
        ({"duties": (CAR, CAR)}, "appear twice: car"),
        ({"requests": (ALICE, ALICE)}, "appear twice: Alice"),
        ({"pace": Pace((5, 5), (1, 1))}, "must rise"),
        ({"pace": Pace((), ())}, "one factor"),
        ({"pace": Pace((0,), (nan,))}, "must be positive"),
        ({"pace": Pace((0,), (0,))}, "must be positive"),
        ({"costs": Costs(distance=-1)}, "not negative"),
        ({"costs": Costs(tight=nan)}, "not negative"),
        ({"grain": inf}, "not negative"),
        ({"duties": (replace(CAR, rest=Rest(30, (30,))),)}, "rest"),
        ({"duties": (replace(CAR, rest=Rest(30, (-1,))),)}, "rest"),
        ({"duties": (replace(CAR, worked=nan),)}, "worked"),
        ({"duties": (replace(CAR, earliest=601),)}, "impossible hours"),
        ({"duties": (replace(CAR, latest=nan),)}, "impossible hours"),
        ({"duties": (replace(CAR, start=5),)}, "outside the matrix"),
        ({"duties": (replace(CAR, layouts=()),)}, "between 1 and 16 layouts"),
        ({"duties": (replace(CAR, layouts=(Layout.of(1, -1),)),)}, "negative figure"),
        ({"duties": (replace(CAR, layouts=(Layout.of(1, 1, nan),)),)}, "negative figure"),
    ],
)
def test_a_contradictory_day_is_refused(fault: dict[str, Any], message: str) -> None:
    problem = four_requests()
    with pytest.raises(ValueError, match=message):
        replace(problem, **fault)


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"duties": ()}, "hours"),
        ({"duties": (replace(CAR, latest=0),)}, "hours"),
        ({"duties": (replace(CAR, layouts=(Layout(()),)),)}, "layout"),
        ({"duties": (replace(CAR, layouts=(Layout.of(0, 0),)),)}, "layout"),
        ({"durations": FOUR_MINUTES * 1e6}, "hours"),
        ({"pace": Pace((0,), (1e12,))}, "hours"),
    ],
)
@pytest.mark.parametrize("budget", [{"iterations": 0}, {"iterations": 20}, {"seconds": 0}])
def test_a_day_that_serves_nobody_says_why(changes: dict[str, Any], word: str, budget: dict[str, Any]) -> None:
    rides = tuple(replace(ALICE, id=name, required=name == "Ann", max_ride=1e9) for name in ("Ann", "Ben"))
    problem = replace(four_requests(duties=(CAR,), requests=rides), **changes)
    assert solve(problem, **budget) == Plan((), (Unserved("Ann", word), Unserved("Ben", word)))
    assert Inserter(replace(problem, requests=()), Plan()).insert(ALICE) == []


@pytest.mark.parametrize("budget", [{"iterations": 0}, {"iterations": 20}, {"seconds": 0}])
def test_an_empty_day_has_an_empty_plan(budget: dict[str, Any]) -> None:
    assert solve(four_requests(requests=()), **budget) == Plan()
    assert solve(four_requests(requests=(), duties=()), **budget) == Plan()


@pytest.mark.parametrize("budget", [{"iterations": 0}, {"seconds": 0}])
def test_without_a_budget_a_plan_may_serve_few_but_breaks_no_rule(budget: dict[str, Any]) -> None:
    for seed in range(10):
        problem = random_problem(seed)
        plan = solve(problem, **budget)
        assert {fault.code for fault in judge(problem, plan)} <= {"required_unserved"}
        assert all(left.reason for left in plan.unserved)
        assert len(solve(problem, start=plan, **budget).unserved) <= len(plan.unserved)


def test_too_many_kinds_of_rider_are_refused() -> None:
    with pytest.raises(ValueError, match="kinds of rider are too many"):
        four_requests(requests=(ride("Many", HOME, CLINIC, riders={f"kind {row}": 1 for row in range(9)}),))
