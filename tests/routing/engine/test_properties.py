"""Over hundreds of random problems: the judge accepts every plan of the engine, and refuses it once it is spoiled."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from itertools import combinations
from math import nan
from typing import Any

import pytest

from tests.routing.engine.instances import drive, random_problem
from transport.routing.engine import (
    SEATED,
    Duty,
    Inserter,
    Plan,
    PlannedRun,
    PlannedStop,
    Problem,
    Request,
    Rest,
    StopKind,
    Unserved,
    judge,
    place,
    retime,
    score,
    solve,
)

SEEDS = range(200)
PROMISED = "required_unserved"  # a random problem may promise the impossible: the judge says so


Case = tuple[Problem, Plan]


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


def with_people_aboard(whole: Problem) -> Case:
    """The day before any wish: only who sits in a vehicle already."""
    problem = replace(whole, requests=tuple(each for each in whole.requests if each.aboard_since is not None))
    return problem, solve(problem, iterations=5)


@pytest.mark.slow
def test_the_judge_accepts_every_place_the_inserter_offers() -> None:
    breaks = 0
    for seed in SEEDS:
        whole = random_problem(seed)
        problem, plan = with_people_aboard(whole)
        assert judge(problem, plan) == [], seed
        for request in whole.requests:
            if request in problem.requests:
                continue
            places = Inserter(problem, plan).insert(request)
            for offered in places[:2] + places[-1:]:
                assert faults(*place(problem, plan, request, offered)) == [], (seed, request.id, offered)
            if places:
                problem, plan = place(problem, plan, request, places[0])
                again = retime(problem, plan)
                assert again is not None
                assert faults(problem, again) == [], seed
        breaks += sum(stop.kind is StopKind.BREAK for run in plan.runs for stop in run.stops)
    assert breaks > 30, "the random problems should need breaks"


def test_no_place_is_overlooked_that_is_plain_to_see() -> None:
    found = 0
    for seed in range(30):
        problem, plan = solved(seed)
        runs = {run.duty: run for run in plan.runs}
        inserter = Inserter(problem, plan)
        for newcomer in newcomers(seed):
            offered = {(each.duty, each.pickup_at, each.dropoff_at) for each in inserter.insert(newcomer)}
            for duty in problem.duties:
                stops = runs[duty.id].stops if duty.id in runs else ()
                if len(stops) <= 10 and all(stop.request for stop in stops):
                    places = plain_places(problem, duty, stops, newcomer)
                    assert places <= offered, (seed, duty.id, newcomer)
                    found += len(places)
    assert found > 50


def plain_places(
    problem: Problem, duty: Duty, stops: tuple[PlannedStop, ...], newcomer: Request
) -> set[tuple[str, int, int]]:
    """The places that need no break and no waiting but at the depot, tried one by one."""
    names = {stop.request for stop in stops}
    requests = tuple(each for each in problem.requests if each.id in names)
    alone = replace(problem, requests=(*requests, newcomer), duties=(duty,))
    words = [f"{'+' if stop.kind is StopKind.PICKUP else '-'}{stop.request}" for stop in stops]
    places = set()
    for on, off in combinations(range(len(words) + 2), 2):
        longer = [*words[:on], f"+{newcomer.id}", *words[on : off - 1], f"-{newcomer.id}", *words[off - 1 :]]
        order = " ".join(longer)
        first = drive(alone, duty.id, order, leaves=duty.earliest).stops[0]
        run = drive(alone, duty.id, order, leaves=duty.earliest + first.start - first.arrival)
        if any(judge(alone, Plan((replace(run, layout=layout),))) == [] for layout in range(len(duty.layouts))):
            places.add((duty.id, on, off))
    return places


def newcomers(seed: int) -> list[Request]:
    """Three rides of another day, each alone, with time for a detour."""
    return [
        replace(each, id="newcomer", pickup=0, dropoff=1, duty=None, aboard_since=None, max_ride=5000)
        for each in random_problem(seed + 1000).requests[:3]
    ]


def test_a_place_costs_what_it_says() -> None:
    for seed in range(40):
        problem, plan = solved(seed)
        for newcomer in newcomers(seed):
            for offered in Inserter(problem, plan).insert(newcomer)[:2]:
                grown, larger = place(problem, plan, newcomer, offered)
                dearer = score(grown, larger).cost - score(problem, plan).cost
                assert dearer == pytest.approx(offered.cost, abs=1e-5), (seed, newcomer)


def with_stops(plan: Plan, spoilt: PlannedRun, stops: list[PlannedStop]) -> Plan:
    return replace(plan, runs=tuple(replace(run, stops=tuple(stops)) if run is spoilt else run for run in plan.runs))


def too_early(problem: Problem, plan: Plan, run: PlannedRun, dice: random.Random) -> Iterator[Case]:
    at = dice.randrange(len(run.stops))
    stop = run.stops[at]
    earlier = replace(stop, arrival=stop.arrival - 7200, start=stop.start - 7200, departure=stop.departure - 7200)
    yield problem, with_stops(plan, run, [*run.stops[:at], earlier, *run.stops[at + 1 :]])


def too_late(problem: Problem, plan: Plan, run: PlannedRun, dice: random.Random) -> Iterator[Case]:
    at = dice.randrange(len(run.stops))
    stop = run.stops[at]
    later = replace(stop, start=stop.start + 60, departure=stop.departure + 60)
    follows = [*run.stops[at + 1 :]]
    if follows and follows[0].location != stop.location and follows[0].start - follows[0].arrival == 0:
        yield problem, with_stops(plan, run, [*run.stops[:at], later, *follows])


def swapped(problem: Problem, plan: Plan, run: PlannedRun, _: random.Random) -> Iterator[Case]:
    on = next((at for at, stop in enumerate(run.stops) if stop.kind is StopKind.PICKUP), None)
    if on is not None:
        stops = list(run.stops)
        off = next(at for at in range(on + 1, len(stops)) if stops[at].request == stops[on].request)
        stops[on], stops[off] = stops[off], stops[on]
        yield problem, with_stops(plan, run, stops)


def dropped(problem: Problem, plan: Plan, run: PlannedRun, dice: random.Random) -> Iterator[Case]:
    gone = dice.choice([stop for stop in run.stops if stop.kind is not StopKind.BREAK])
    yield problem, with_stops(plan, run, [stop for stop in run.stops if stop is not gone])


def left_out_silently(problem: Problem, plan: Plan, run: PlannedRun, _: random.Random) -> Iterator[Case]:
    yield problem, with_stops(plan, run, [stop for stop in run.stops if stop.request != run.stops[0].request])


def moved(problem: Problem, plan: Plan, run: PlannedRun, dice: random.Random) -> Iterator[Case]:
    for other in plan.runs:
        if other is not run:
            stop = dice.choice([stop for stop in run.stops if stop.request])
            short = with_stops(plan, run, [each for each in run.stops if each is not stop])
            yield problem, with_stops(short, other, [*other.stops, stop])


def in_a_wrong_layout(problem: Problem, plan: Plan, run: PlannedRun, _: random.Random) -> Iterator[Case]:
    duty = next(duty for duty in problem.duties if duty.id == run.duty)
    for index, layout in enumerate(duty.layouts):
        room = sum(places.count for places in layout.places)
        if any(sum(each.riders.values()) > room for each in passengers(problem, run)):
            runs = tuple(replace(each, layout=index) if each is run else each for each in plan.runs)
            yield problem, replace(plan, runs=runs)


def without_its_break(problem: Problem, plan: Plan, run: PlannedRun, _: random.Random) -> Iterator[Case]:
    rest = next(duty.rest for duty in problem.duties if duty.id == run.duty)
    stops = [stop for stop in run.stops if stop.kind is not StopKind.BREAK]
    if rest and len(stops) < len(run.stops) and run.returns - run.leaves > rest.max_work + 1:
        yield problem, with_stops(plan, run, stops)


def with_request(problem: Problem, name: str | None, **changes: Any) -> Problem:
    return replace(
        problem,
        requests=tuple(replace(each, **changes) if each.id == name else each for each in problem.requests),
    )


def with_duty(problem: Problem, name: str, **changes: Any) -> Problem:
    return replace(
        problem, duties=tuple(replace(each, **changes) if each.id == name else each for each in problem.duties)
    )


def passengers(problem: Problem, run: PlannedRun) -> list[Request]:
    return [each for each in problem.requests if any(stop.request == each.id for stop in run.stops)]


def overloaded(problem: Problem, plan: Plan, run: PlannedRun, dice: random.Random) -> Iterator[Case]:
    yield with_request(problem, dice.choice(passengers(problem, run)).id, riders={SEATED: 99}), plan


def for_nobody_of_its_kind(problem: Problem, plan: Plan, run: PlannedRun, dice: random.Random) -> Iterator[Case]:
    one = dice.choice(passengers(problem, run))
    yield with_request(problem, one.id, riders={**one.riders, "on a trapeze": 1}), plan


def too_heavy(problem: Problem, plan: Plan, run: PlannedRun, _: random.Random) -> Iterator[Case]:
    yield with_request(problem, run.stops[0].request, chair_mass=999), plan


def forbidden(problem: Problem, plan: Plan, run: PlannedRun, dice: random.Random) -> Iterator[Case]:
    features = next(duty.features for duty in problem.duties if duty.id == run.duty)
    boarding = [stop.request for stop in run.stops if stop.kind is StopKind.PICKUP]
    if features and boarding:
        yield with_request(problem, dice.choice(boarding), forbidden=features), plan


def not_alone(problem: Problem, plan: Plan, run: PlannedRun, _: random.Random) -> Iterator[Case]:
    aboard = {each.id for each in passengers(problem, run) if each.aboard_since is not None}
    for stop in run.stops:
        if aboard and stop.kind is StopKind.PICKUP:
            yield with_request(problem, stop.request, solo=True), plan
        aboard ^= {str(stop.request)} if stop.request else set()


def longer_than_a_run_without_rest(problem: Problem, plan: Plan, run: PlannedRun, _: random.Random) -> Iterator[Case]:
    yield with_duty(problem, run.duty, rest=Rest(run.returns - run.leaves - 1, ()), worked=0), plan


def worked_before(problem: Problem, plan: Plan, run: PlannedRun, _: random.Random) -> Iterator[Case]:
    rest = next(duty.rest for duty in problem.duties if duty.id == run.duty)
    if rest:
        yield with_duty(problem, run.duty, worked=rest.max_work), plan


def leaving_people_aboard(problem: Problem, plan: Plan, run: PlannedRun, _: random.Random) -> Iterator[Case]:
    for each in passengers(problem, run):
        if each.aboard_since is not None:
            short = with_stops(plan, run, [stop for stop in run.stops if stop.request != each.id])
            yield problem, replace(short, unserved=(*plan.unserved, Unserved(each.id, "no_room")))


def keeping_people_aboard(problem: Problem, plan: Plan, run: PlannedRun, _: random.Random) -> Iterator[Case]:
    for each in passengers(problem, run):
        if each.aboard_since is not None:
            yield with_request(problem, each.id, aboard_since=each.aboard_since - each.max_ride - 1), plan


def boarding_people_aboard(problem: Problem, plan: Plan, run: PlannedRun, _: random.Random) -> Iterator[Case]:
    for each in passengers(problem, run):
        if each.aboard_since is None:
            yield with_request(problem, each.id, aboard_since=each.pickup_window[0], duty=run.duty), plan


def resting_with_people_aboard(problem: Problem, plan: Plan, run: PlannedRun, _: random.Random) -> Iterator[Case]:
    if run.stops[0].kind is StopKind.DROPOFF:
        start = next(duty.start for duty in problem.duties if duty.id == run.duty)
        rest = PlannedStop(StopKind.BREAK, None, start, run.leaves, run.leaves, run.leaves)
        yield problem, with_stops(plan, run, [rest, *run.stops])


def timed_by_nobody(problem: Problem, plan: Plan, run: PlannedRun, dice: random.Random) -> Iterator[Case]:
    at = dice.randrange(len(run.stops))
    nowhen: dict[str, Any] = {dice.choice(["arrival", "start", "departure"]): nan}
    timeless = replace(run.stops[at], **nowhen)
    yield problem, with_stops(plan, run, [*run.stops[:at], timeless, *run.stops[at + 1 :]])


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
        for_nobody_of_its_kind,
        too_heavy,
        forbidden,
        not_alone,
        longer_than_a_run_without_rest,
        worked_before,
        leaving_people_aboard,
        keeping_people_aboard,
        boarding_people_aboard,
        resting_with_people_aboard,
        timed_by_nobody,
    ],
)
def test_the_judge_refuses_a_plan_that_is(
    spoil: Callable[[Problem, Plan, PlannedRun, random.Random], Iterator[Case]],
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
