"""The judge on the small instance: one broken rule, one clear sentence."""

import ast
from dataclasses import replace
from pathlib import Path

import pytest

from tests.routing.engine.instances import DEPOT, four_requests, ride
from transport.routing.engine import (
    Duty,
    Layout,
    Plan,
    PlannedRun,
    PlannedStop,
    Problem,
    Rest,
    StopKind,
    Unserved,
    judge,
    solve,
)


def codes(problem: Problem, plan: Plan) -> set[str]:
    return {fault.code for fault in judge(problem, plan)}


def test_the_search_serves_all_four_and_the_judge_agrees() -> None:
    problem = four_requests()
    plan = solve(problem, iterations=50)
    assert plan.unserved == ()
    assert judge(problem, plan) == []


def test_an_empty_plan_leaves_promises_broken_and_nobody_listed() -> None:
    assert codes(four_requests(), Plan()) == {"required_unserved", "unserved_list"}


def test_a_stranger_in_the_plan_is_named() -> None:
    plan = Plan((), (Unserved("Zoe", "no_room"),))
    assert [fault.subject for fault in judge(four_requests(requests=()), plan)] == ["Zoe"]


def test_a_heavy_chair_is_refused_with_both_numbers() -> None:
    problem = four_requests()
    plan = solve(problem, iterations=50)
    heavy = tuple(replace(each, chair_mass=240) if each.id == "Cyril" else each for each in problem.requests)
    (fault,) = judge(replace(problem, requests=heavy), plan)
    assert (fault.code, fault.subject, fault.facts) == ("chair_too_heavy", "Cyril", {"mass": 240, "limit": 200})
    assert fault.sentence == "Request Cyril weighs 240 with the chair, duty bus lifts 200."


def test_a_break_with_somebody_on_board_is_refused() -> None:
    duty = Duty("bus", DEPOT, DEPOT, 0, 600, (Layout.of(4, 0),), rest=Rest(300, (30,)))
    problem = four_requests(duties=(duty,), requests=(ride("Alice", 1, 2, max_ride=90),))
    stops = (
        PlannedStop(StopKind.PICKUP, "Alice", 1, 60, 60, 62),
        PlannedStop(StopKind.BREAK, None, 1, 62, 62, 92),
        PlannedStop(StopKind.DROPOFF, "Alice", 2, 107, 107, 109),
    )
    plan = Plan((PlannedRun("bus", 0, 50, 121, stops),))
    assert codes(problem, plan) == {"break_with_riders"}
    off = replace(stops[2], arrival=77, start=77, departure=79)
    edge = (stops[0], off, replace(stops[1], location=2, arrival=79, start=79, departure=109))
    assert codes(problem, Plan((PlannedRun("bus", 0, 50, 121, edge),))) == {"break_at_the_edge"}


def test_work_without_a_rest_is_refused_from_the_end_of_the_last_one() -> None:
    duty = Duty("bus", DEPOT, DEPOT, 0, 600, (Layout.of(4, 0),), rest=Rest(100, (30,)))
    problem = four_requests(duties=(duty,), requests=(ride("Alice", 1, 2), ride("Dana", 2, 3, (240, 300))))
    stops = (
        PlannedStop(StopKind.PICKUP, "Alice", 1, 60, 60, 62),
        PlannedStop(StopKind.DROPOFF, "Alice", 2, 77, 77, 79),
        PlannedStop(StopKind.BREAK, None, 2, 79, 79, 109),
        PlannedStop(StopKind.PICKUP, "Dana", 2, 109, 240, 242),
        PlannedStop(StopKind.DROPOFF, "Dana", 3, 251, 251, 253),
    )
    (fault,) = judge(problem, Plan((PlannedRun("bus", 0, 50, 261, stops),)))
    assert (fault.code, fault.facts) == ("no_rest", {"work": 152, "max_work": 100})


@pytest.mark.parametrize("limit", [14.5, 14.999])
def test_a_ride_longer_than_its_limit_is_refused(limit: float) -> None:
    problem = four_requests()
    plan = solve(problem, iterations=50)
    hurried = tuple(replace(each, max_ride=limit) if each.id == "Alice" else each for each in problem.requests)
    assert "ride_too_long" in codes(replace(problem, requests=hurried), plan)


def test_the_judge_shares_no_code_with_what_it_judges() -> None:
    source = Path(judge.__code__.co_filename)
    imported = {
        node.module if isinstance(node, ast.ImportFrom) else alias.name
        for node in ast.walk(ast.parse(source.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    engine = {name.removeprefix("transport.routing.engine.") for name in imported if name and "transport" in name}
    assert engine == {"plan", "problem"}
    assert {name for name in imported if name and "transport" not in name} == {
        "collections",
        "collections.abc",
        "dataclasses",
    }
    for name in ("plan", "problem"):
        assert "engine.timing" not in source.with_name(f"{name}.py").read_text()
