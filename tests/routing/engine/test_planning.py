"""Timing, insertion, search and explanations on the small instance."""

from dataclasses import replace

import numpy as np
import pytest

from tests.routing.engine.instances import (
    CLINIC,
    DEPOT,
    FOUR_MINUTES,
    HOME,
    MARKET,
    SCHOOL,
    four_requests,
    random_problem,
    ride,
)
from transport.routing.engine import (
    WHEELCHAIR,
    Costs,
    Duty,
    Inserter,
    Layout,
    Pace,
    Plan,
    Problem,
    Progress,
    Rest,
    StopKind,
    judge,
    place,
    reason,
    retime,
    score,
    solve,
)

CAR = Duty("car", DEPOT, DEPOT, 0, 600, (Layout.of(2, 0),))
ALICE = ride("Alice", HOME, CLINIC)


def alone(problem: Problem, **changes: object) -> tuple[Problem, Plan]:
    """Alice, in her cheapest place in an empty plan."""
    alice = replace(ALICE, **changes)  # type: ignore[arg-type]
    empty = replace(problem, requests=())
    return place(empty, Plan(), alice, Inserter(empty, Plan()).insert(alice)[0])


def test_the_vehicle_leaves_just_in_time() -> None:
    _, plan = alone(four_requests(duties=(CAR,)))
    assert [(run.leaves, run.returns) for run in plan.runs] == [(50, 91)]


def test_a_short_ride_limit_makes_the_vehicle_wait_before_the_pickup() -> None:
    _, plan = alone(four_requests(duties=(CAR,)), dropoff_window=(110, 120), max_ride=20)
    assert [(stop.start, stop.departure) for stop in plan.runs[0].stops] == [(88, 90), (110, 112)]


def test_driving_slows_down_where_the_traffic_changes() -> None:
    pace = Pace((0, 70), (1, 2))
    _, plan = alone(four_requests(duties=(CAR,), pace=pace))
    # leaves at 62, eight minutes before the boundary; the other seven take twice as long
    assert plan.runs[0].stops[1].start == pytest.approx(84)


def test_arrivals_are_rounded_up_to_the_grain() -> None:
    problem = replace(four_requests(duties=(CAR,), pace=Pace((0,), (1.03,))), grain=1)
    grown, plan = alone(problem)
    assert plan.runs[0].stops[1].start == 78
    assert judge(grown, plan) == []


def test_a_run_changes_its_layout_when_all_its_riders_fit_the_other() -> None:
    problem, plan = alone(four_requests(), duty="bus")
    assert plan.runs[0].layout == 0
    cyril = replace(four_requests().requests[2], pickup_window=(110, 200))
    found = Inserter(problem, plan).insert(cyril)
    assert {offered.layout for offered in found} == {1}
    assert judge(*place(problem, plan, cyril, found[0])) == []


def test_a_long_day_gets_its_break_between_rides() -> None:
    duty = replace(CAR, rest=Rest(100, (30,)))
    problem, plan = alone(four_requests(duties=(duty,)))
    dana = ride("Dana", CLINIC, SCHOOL, (190, 300))
    grown, plan = place(problem, plan, dana, Inserter(problem, plan).insert(dana)[0])
    assert [stop.kind for stop in plan.runs[0].stops].count(StopKind.BREAK) == 1
    assert judge(grown, plan) == []


def test_a_pinned_request_stays_on_its_duty() -> None:
    problem = four_requests(requests=())
    places = Inserter(problem, Plan()).insert(replace(ALICE, duty="car"))
    assert {offered.duty for offered in places} == {"car"}


def test_an_insertion_of_another_plan_is_refused() -> None:
    problem, plan = alone(four_requests(duties=(CAR,)))
    bob = ride("Bob", SCHOOL, MARKET, (118, 120))
    stale = Inserter(replace(problem, requests=()), Plan()).insert(bob)[0]
    with pytest.raises(ValueError, match="does not belong to this plan"):
        place(problem, plan, bob, stale)
    with pytest.raises(ValueError, match="in the plan already"):
        place(problem, plan, ALICE, Inserter(problem, plan).insert(replace(ALICE, id="other"))[0])


def test_an_order_that_has_become_impossible_cannot_be_timed_anew() -> None:
    problem, plan = alone(four_requests(duties=(CAR,)))
    assert retime(problem, plan) == plan
    assert retime(replace(problem, durations=FOUR_MINUTES * 5), plan) is None


@pytest.mark.parametrize(
    ("expected", "changes"),
    [
        ("features", {"features": frozenset({"lift", "oxygen"})}),
        ("layout", {"riders": {WHEELCHAIR: 3}}),
        ("chair_mass", {"riders": {WHEELCHAIR: 1}, "chair_mass": 240}),
        ("hours", {"pickup_window": (590, 600)}),
        ("ride_time", {"max_ride": 10}),
    ],
)
def test_the_reason_for_no_place_is_the_rule_in_the_way(expected: str, changes: dict[str, object]) -> None:
    problem = four_requests(requests=())
    assert reason(problem, Plan(), replace(ALICE, **changes)) == expected  # type: ignore[arg-type]


def test_without_duties_everybody_is_left_out_for_the_hours() -> None:
    plan = solve(four_requests(duties=()), iterations=5)
    assert plan.runs == ()
    assert {left.reason for left in plan.unserved} == {"hours"}


def test_who_would_fit_alone_has_no_room() -> None:
    rides = tuple(ride(name, HOME, CLINIC, (60, 62), max_ride=20, required=False) for name in ("Ann", "Ben", "Cid"))
    problem = four_requests(duties=(CAR,), requests=rides)
    plan = solve(problem, iterations=30)
    assert [left.reason for left in plan.unserved] == ["no_room"]
    assert score(problem, plan).served == 2


def test_a_promise_comes_before_any_weight_and_weight_before_cost() -> None:
    rides = (
        ride("heavy", HOME, CLINIC, (60, 61), needs=(2, 0), required=False),
        ride("promised", SCHOOL, MARKET, (60, 61), needs=(2, 0)),
    )
    problem = four_requests(duties=(CAR,), requests=(replace(rides[0], weight=1000), rides[1]))
    assert [left.request for left in solve(problem, iterations=30).unserved] == ["heavy"]
    light = replace(problem, requests=(replace(rides[0], weight=1), replace(rides[1], required=False, weight=1.5)))
    assert [left.request for left in solve(light, iterations=30).unserved] == ["heavy"]


def test_the_search_never_loses_a_promise_it_was_given() -> None:
    for seed in range(30):
        whole = random_problem(seed)
        problem, plan = replace(whole, requests=()), Plan()
        for request in whole.requests:
            promise = replace(request, required=True)
            if places := Inserter(problem, plan).insert(promise):
                problem, plan = place(problem, plan, promise, places[0])
        better = solve(problem, iterations=40, start=plan)
        assert better.unserved == ()
        assert judge(problem, better) == []


def test_the_same_seed_and_iterations_give_the_same_plan() -> None:
    problem = random_problem(5)
    assert solve(problem, iterations=200, seed=3) == solve(problem, iterations=200, seed=3)


def test_a_budget_in_seconds_reports_its_progress_and_is_kept() -> None:
    seen: list[Progress] = []
    plan = solve(four_requests(), seconds=0.3, progress=seen.append)
    assert plan.unserved == ()
    assert seen[-1].unserved == 0


def test_a_plan_in_figures() -> None:
    problem, plan = alone(four_requests(duties=(CAR,)))
    figures = score(problem, plan)
    assert (figures.served, figures.distance, figures.duty_time, figures.driving) == (1, 37, 41, 37)
    assert (figures.waiting, figures.excess_ride, figures.shared) == (0, 0, 0)


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ({"pickup": 9}, "outside the matrix"),
        ({"pickup_window": (9, 8)}, "impossible window"),
        ({"riders": {}}, "carries nobody"),
        ({"max_ride": -1}, "negative"),
        ({"duty": "bike"}, "unknown duty bike"),
    ],
)
def test_a_contradictory_request_is_refused(fault: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        four_requests(requests=(replace(ALICE, **fault),))  # type: ignore[arg-type]


def test_a_contradictory_day_is_refused() -> None:
    with pytest.raises(ValueError, match="square"):
        Problem((), (), np.zeros((2, 3)), np.zeros((2, 3)))
    with pytest.raises(ValueError, match="appear twice: car"):
        four_requests(duties=(CAR, CAR))
    with pytest.raises(ValueError, match="must rise"):
        four_requests(pace=Pace((5, 5), (1, 1)))
    with pytest.raises(ValueError, match="rest"):
        four_requests(duties=(replace(CAR, rest=Rest(30, (30,))),))
    with pytest.raises(ValueError, match="not negative"):
        replace(four_requests(), costs=Costs(distance=-1))
