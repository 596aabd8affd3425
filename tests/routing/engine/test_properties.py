"""Over hundreds of random problems: the judge accepts every plan of the engine, and refuses it once it is spoiled."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from itertools import pairwise

import pytest

from tests.routing.engine.instances import random_problem
from transport.routing.engine import (
    SEATED,
    Inserter,
    Plan,
    PlannedRun,
    PlannedStop,
    Problem,
    StopKind,
    judge,
    place,
    retime,
    solve,
)

SEEDS = range(320)
PROMISED = "required_unserved"  # a random problem may promise the impossible: the judge says so


def faults(problem: Problem, plan: Plan) -> list[str]:
    return [fault.sentence for fault in judge(problem, plan) if fault.code != PROMISED]


@cache
def solved(seed: int) -> tuple[Problem, Plan]:
    problem = random_problem(seed)
    return problem, solve(problem, iterations=60, seed=seed)


@pytest.mark.slow
def test_the_judge_accepts_every_plan_of_the_search_and_its_times_anew() -> None:
    for seed in SEEDS:
        problem, plan = solved(seed)
        assert faults(problem, plan) == [], seed
        assert retime(problem, plan) == plan, seed


@pytest.mark.slow
def test_the_judge_accepts_every_place_the_inserter_offers() -> None:
    breaks = 0
    for seed in SEEDS:
        whole = random_problem(seed)
        problem, plan = replace(whole, requests=()), Plan()
        for request in whole.requests:
            places = Inserter(problem, plan).insert(request)
            for offered in places[:2] + places[-1:]:
                assert faults(*place(problem, plan, request, offered)) == [], (seed, request.id, offered)
            if places:
                problem, plan = place(problem, plan, request, places[0])
                again = retime(problem, plan)
                assert again is not None
                assert faults(problem, again) == [], seed
        breaks += sum(stop.kind is StopKind.BREAK for run in plan.runs for stop in run.stops)
    assert breaks > 100, "the random problems should need breaks"


def test_a_place_costs_what_it_says() -> None:
    for seed in range(40):
        problem, plan = solved(seed)
        for request in random_problem(seed + 1000).requests[:3]:
            newcomer = replace(request, id="newcomer", pickup=0, dropoff=1, duty=None)
            for offered in Inserter(problem, plan).insert(newcomer)[:2]:
                grown, larger = place(problem, plan, newcomer, offered)
                assert bill(grown, larger) - bill(problem, plan) == pytest.approx(offered.cost, abs=1e-5)


def bill(problem: Problem, plan: Plan) -> float:
    """The cost of a plan, added up from its stops."""
    duties = {duty.id: duty for duty in problem.duties}
    requests = {request.id: request for request in problem.requests}
    total = 0.0
    for run in plan.runs:
        places = [duties[run.duty].start, *(stop.location for stop in run.stops), duties[run.duty].end]
        total += problem.costs.time * (run.returns - run.leaves)
        total += problem.costs.distance * sum(float(problem.distances[leg]) for leg in pairwise(places))
        boarded = {stop.request: stop.departure for stop in run.stops if stop.kind is StopKind.PICKUP}
        for stop in run.stops:
            if stop.kind is StopKind.DROPOFF:
                ride = requests[str(stop.request)]
                direct = float(problem.durations[ride.pickup, ride.dropoff])
                total += problem.costs.excess_ride * (stop.start - boarded[stop.request] - direct)
    return total


Spoilt = tuple[Problem, Plan]


def with_stops(plan: Plan, spoilt: PlannedRun, stops: list[PlannedStop]) -> Plan:
    return replace(plan, runs=tuple(replace(run, stops=tuple(stops)) if run is spoilt else run for run in plan.runs))


def too_early(problem: Problem, plan: Plan, run: PlannedRun, dice: random.Random) -> Iterator[Spoilt]:
    at = dice.randrange(len(run.stops))
    stop = run.stops[at]
    earlier = replace(stop, arrival=stop.arrival - 7200, start=stop.start - 7200, departure=stop.departure - 7200)
    yield problem, with_stops(plan, run, [*run.stops[:at], earlier, *run.stops[at + 1 :]])


def too_late(problem: Problem, plan: Plan, run: PlannedRun, dice: random.Random) -> Iterator[Spoilt]:
    at = dice.randrange(len(run.stops))
    stop = run.stops[at]
    later = replace(stop, start=stop.start + 1, departure=stop.departure + 1)
    follows = [*run.stops[at + 1 :]]
    if follows and follows[0].location != stop.location and follows[0].start - follows[0].arrival == 0:
        yield problem, with_stops(plan, run, [*run.stops[:at], later, *follows])


def swapped(problem: Problem, plan: Plan, run: PlannedRun, _: random.Random) -> Iterator[Spoilt]:
    name = run.stops[0].request
    off = next(at for at, stop in enumerate(run.stops) if stop.request == name and stop.kind is StopKind.DROPOFF)
    stops = list(run.stops)
    stops[0], stops[off] = stops[off], stops[0]
    yield problem, with_stops(plan, run, stops)


def dropped(problem: Problem, plan: Plan, run: PlannedRun, dice: random.Random) -> Iterator[Spoilt]:
    gone = dice.choice([stop for stop in run.stops if stop.kind is not StopKind.BREAK])
    yield problem, with_stops(plan, run, [stop for stop in run.stops if stop is not gone])


def left_out_silently(problem: Problem, plan: Plan, run: PlannedRun, _: random.Random) -> Iterator[Spoilt]:
    yield problem, with_stops(plan, run, [stop for stop in run.stops if stop.request != run.stops[0].request])


def moved(problem: Problem, plan: Plan, run: PlannedRun, dice: random.Random) -> Iterator[Spoilt]:
    for other in plan.runs:
        if other is not run:
            stop = dice.choice([stop for stop in run.stops if stop.request])
            short = with_stops(plan, run, [each for each in run.stops if each is not stop])
            yield problem, with_stops(short, other, [*other.stops, stop])


def in_a_wrong_layout(problem: Problem, plan: Plan, run: PlannedRun, _: random.Random) -> Iterator[Spoilt]:
    duty = next(duty for duty in problem.duties if duty.id == run.duty)
    riders = [each for each in problem.requests if any(stop.request == each.id for stop in run.stops)]
    for index, layout in enumerate(duty.layouts):
        room = sum(places.count for places in layout.places)
        if any(sum(each.riders.values()) > room for each in riders):
            yield (
                problem,
                replace(plan, runs=tuple(replace(each, layout=index) if each is run else each for each in plan.runs)),
            )


def without_its_break(problem: Problem, plan: Plan, run: PlannedRun, _: random.Random) -> Iterator[Spoilt]:
    rest = next(duty.rest for duty in problem.duties if duty.id == run.duty)
    stops = [stop for stop in run.stops if stop.kind is not StopKind.BREAK]
    if rest and len(stops) < len(run.stops) and run.returns - run.leaves > rest.max_work + 1:
        yield problem, with_stops(plan, run, stops)


def overloaded(problem: Problem, plan: Plan, run: PlannedRun, _: random.Random) -> Iterator[Spoilt]:
    name = run.stops[0].request
    yield (
        replace(
            problem,
            requests=tuple(
                replace(each, riders={SEATED: 99}) if each.id == name else each for each in problem.requests
            ),
        ),
        plan,
    )


def too_heavy(problem: Problem, plan: Plan, run: PlannedRun, _: random.Random) -> Iterator[Spoilt]:
    name = run.stops[0].request
    yield (
        replace(
            problem,
            requests=tuple(replace(each, chair_mass=999) if each.id == name else each for each in problem.requests),
        ),
        plan,
    )


@pytest.mark.parametrize(
    "spoil",
    [
        too_early,
        too_late,
        swapped,
        dropped,
        left_out_silently,
        moved,
        in_a_wrong_layout,
        without_its_break,
        overloaded,
        too_heavy,
    ],
)
def test_the_judge_refuses_a_plan_that_is(
    spoil: Callable[[Problem, Plan, PlannedRun, random.Random], Iterator[Spoilt]],
) -> None:
    spoilt = 0
    dice = random.Random(7)
    for seed in range(120):
        problem, plan = solved(seed)
        for run in plan.runs:
            for wrong in spoil(problem, plan, run, dice):
                assert faults(*wrong), (seed, run.duty)
                spoilt += 1
    assert spoilt >= 20, "too few plans were spoilt to mean anything"
