"""A vehicle drops out on a random day: the repair never does more harm than putting everybody in by turns."""

import random
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.routing.planning.test_rest_properties import a_day
from transport.routing import engine
from transport.routing.planning import repair, resting
from transport.routing.planning.whatif import Displaced

FEW = settings(max_examples=max(8, settings().max_examples // 5))
WIDTH = 900


def a_breakdown(seed: int) -> tuple[int, engine.Problem, engine.Plan, list[Displaced]] | None:
    """The rest of a day without one of its vehicles, and whom that vehicle carried or would have fetched."""
    problem, plan = a_day(seed)
    dice = random.Random(seed)
    if not plan.runs or len(problem.duties) < 2:
        return None
    second = round(dice.choice([stop.start for run in plan.runs for stop in run.stops]))
    rest = resting.of(problem, plan, second)
    left = rest.plan.runs
    if not left:
        return None
    broken = dice.choice(left)
    names = {stop.request for stop in broken.stops if stop.request}
    where = next(duty.start for duty in rest.problem.duties if duty.id == broken.duty)
    lost = [each for each in rest.problem.requests if each.id in names and (each.aboard_since is None or seed % 2)]
    displaced = [
        Displaced(replace(each, duty=None))
        if each.aboard_since is None
        else Displaced(_off_board(each, where, second), aboard=True)
        for each in lost
    ]
    others = replace(
        rest.problem,
        requests=tuple(each for each in rest.problem.requests if each.id not in names),
        duties=tuple(duty for duty in rest.problem.duties if duty.id != broken.duty),
    )
    return second, others, engine.Plan(tuple(run for run in left if run.duty != broken.duty)), displaced


def _off_board(request: engine.Request, where: int, second: int) -> engine.Request:
    by = max(float(second), request.dropoff_window[1])
    return replace(
        request,
        pickup=where,
        aboard_since=None,
        duty=None,
        pickup_window=(second, by),
        dropoff_window=(max(float(second), min(request.dropoff_window[0], by)), by),
    )


def harmed_by_turns(problem: engine.Problem, plan: engine.Plan, displaced: list[Displaced]) -> int:
    """How many have no place within their promise if each in turn is put where it costs least."""
    harmed = 0
    for request in sorted((each.request for each in displaced), key=lambda one: (one.pickup_window, one.id)):
        places = engine.insert(problem, plan, request)
        if places:
            problem, plan = engine.place(problem, plan, request, places[0])
        else:
            harmed += 1
    return harmed


@FEW
@given(st.integers(0, 100_000))
def test_no_more_promises_change_than_by_putting_everybody_in_by_turns(seed):
    found = a_breakdown(seed)
    if found is None:
        return
    second, problem, plan, displaced = found
    made = repair.repaired((problem, plan), displaced, second=second, width=WIDTH, seconds=0.1)
    assert engine.judge(made.problem, made.plan) == []
    waiting = [each.request for each in displaced if not each.aboard]
    changed = [each for each in waiting if made.asked.get(each.id) is None or repair.changed(each, made.asked[each.id])]
    if len(waiting) == len(displaced):  # who is on board has another promise in any case
        assert len(changed) <= harmed_by_turns(problem, plan, displaced)
    assert {each.request.id for each in displaced} == made.asked.keys() | {each.id for each in made.left_out}
    for each in problem.requests:
        assert next(one for one in made.problem.requests if one.id == each.id) == each
