"""The rest of a day under way: planned anew from any moment on, the whole day is one that the judge accepts."""

import random
from dataclasses import replace
from math import ceil

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.routing.engine.instances import random_problem
from transport.routing import engine
from transport.routing.planning import resting

FEW = settings(max_examples=max(6, settings().max_examples // 10))
"""A day takes a quarter of a second."""
days = st.integers(0, 100_000)


def a_day(seed: int) -> tuple[engine.Problem, engine.Plan]:
    """A random day nobody has begun, in whole seconds, with the rides its plan carries, all of them promised."""
    drawn = random_problem(seed)
    requests = tuple(
        replace(each, max_ride=float(ceil(each.max_ride))) for each in drawn.requests if each.aboard_since is None
    )
    duties = tuple(replace(duty, worked=0.0) for duty in drawn.duties)
    problem = replace(drawn, requests=requests, duties=duties, grain=1.0)
    plan = engine.solve(problem, iterations=60)
    served = {stop.request for run in plan.runs for stop in run.stops}
    kept = tuple(replace(each, required=True) for each in requests if each.id in served)
    return replace(problem, requests=kept), engine.Plan(plan.runs)


def moments(plan: engine.Plan, dice: random.Random) -> list[int]:
    """Before the day, after it, and some moments between."""
    times = sorted(stop.start for run in plan.runs for stop in run.stops)
    return [-1, *(round(dice.choice(times)) for _ in range(3)), round(times[-1]) + 1] if times else []


@FEW
@given(days)
def test_the_rest_planned_anew_makes_a_whole_day_that_holds(seed):
    problem, plan = a_day(seed)
    assert engine.judge(problem, plan) == []
    for second in moments(plan, random.Random(seed)):
        rest = resting.of(problem, plan, second)
        found = engine.solve(rest.problem, iterations=40, seed=seed, start=rest.plan)
        assert found.unserved == ()
        whole = resting.stitched(rest, found)
        assert engine.judge(problem, whole) == []
        for run in whole.runs:
            before = rest.begun.get(run.duty)
            kept = run.stops[: len(before.stops)] if before else ()
            assert before is None or kept == before.stops[: len(kept)]
            assert all(stop.start >= second for stop in run.stops[len(kept) :])


@FEW
@given(days)
def test_left_as_it_is_the_day_is_what_it_was(seed):
    problem, plan = a_day(seed)
    for second in moments(plan, random.Random(seed)):
        rest = resting.of(problem, plan, second)
        same = resting.stitched(rest, rest.plan)
        assert [starts(run) for run in same.runs] == [starts(run) for run in plan.runs]


def starts(run: engine.PlannedRun) -> list[tuple[str | None, float]]:
    """Who is served when; a vehicle that is late to leave waits less at the door."""
    return [(stop.request, stop.start) for stop in run.stops]
