"""Big days, small: a few dozen rides in parts of eighteen, so that there are seams."""

import multiprocessing
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from typing import Any, cast

import numpy as np
import pytest

from transport.cli.bench.city import city
from transport.kernel.executors import executor
from transport.routing.engine import Plan, PlannedRun, PlannedStop, Problem, StopKind, judge, reason, score
from transport.routing.engine.decompose import Round, excerpt, solve_large

RIDES, VEHICLES, PART = 72, 8, 18


@cache
def the_city() -> Problem:
    return city(RIDES, VEHICLES, 1)


def planned(
    problem: Problem, workers: Executor, *, rounds: int = 3, seed: int = 0, start: Plan | None = None, effort: int = 1
) -> tuple[Plan, list[Round]]:
    seen: list[Round] = []
    plan = solve_large(
        problem,
        executor=workers,
        rounds=rounds,
        seed=seed,
        start=start,
        part=PART,
        effort=effort,
        progress=seen.append,
    )
    return plan, seen


@pytest.fixture(scope="module")
def one() -> Any:
    with ThreadPoolExecutor(1) as thread:
        yield thread


class Unreliable(Executor):
    """Works itself, but every third worker is lost, each in another way."""

    def __init__(self) -> None:
        self.asked = 0

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.asked += 1
        if self.asked % 9 == 3:
            raise BrokenExecutor("the pool is broken")
        answer: Future[Any] = Future()
        if self.asked % 9 == 6:
            answer.set_exception(CancelledError())
        elif self.asked % 9 == 0:
            answer.set_exception(ConnectionResetError("the worker is gone"))
        else:
            answer.set_result(fn(*args, **kwargs))
        return answer


class Gone(Executor):
    """A pool whose workers have all died."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        raise BrokenExecutor("nobody is left")


def test_the_parts_together_are_a_plan_that_gets_better(one: Executor):
    problem = the_city()
    plan, seen = planned(problem, one)
    assert [(each.number, each.parts, each.lost) for each in seen] == [(number, 4, 0) for number in range(4)]
    assert [judge(problem, each.plan) for each in seen] == [[], [], [], []]
    assert plan == seen[-1].plan
    figures = [score(problem, each.plan) for each in seen]
    assert figures[0].served > RIDES / 2
    worth = [(each.unserved, each.cost) for each in figures]
    assert worth == sorted(worth, reverse=True)
    assert worth[-1] < worth[0]


def test_the_same_seed_and_rounds_give_the_same_plan_whoever_works(one: Executor):
    problem = the_city()
    with ThreadPoolExecutor(2) as two:
        assert repr(planned(problem, one)[0]) == repr(planned(problem, two)[0])
    assert planned(problem, one)[0] != planned(problem, one, seed=1)[0]


def test_who_is_left_out_is_listed_once_with_a_reason_of_the_whole_day(one: Executor):
    """Half the vehicles, most without a lift, so that what a part calls impossible may only be full elsewhere."""
    problem = the_city()
    alien = replace(problem.requests[0], id="alien", features=frozenset({"wings"}))
    crowd = replace(problem, requests=(*problem.requests, alien), duties=problem.duties[::2])
    plan, _ = planned(crowd, one)
    assert judge(crowd, plan) == []
    served = {str(stop.request) for run in plan.runs for stop in run.stops if stop.kind is not StopKind.BREAK}
    names = [each.request for each in plan.unserved]
    assert names == [each.id for each in crowd.requests if each.id not in served]
    by_id = {each.id: each for each in crowd.requests}
    reasons = {each.request: each.reason for each in plan.unserved}
    assert reasons == {name: reason(crowd, plan, by_id[name]) for name in names}
    assert reasons["alien"] == "features"
    assert "no_room" in reasons.values()


def test_a_lost_worker_loses_nothing(one: Executor):
    problem = the_city()
    before, _ = planned(problem, one, rounds=0)
    plan, seen = planned(problem, Unreliable(), start=before)
    assert sum(each.lost for each in seen) == 4
    assert [judge(problem, each.plan) for each in seen] == [[], [], []]
    worth = [(each.unserved, each.cost) for each in (score(problem, p) for p in [before, *(r.plan for r in seen)])]
    assert worth == sorted(worth, reverse=True)
    assert plan == seen[-1].plan


def test_when_no_worker_is_left_this_process_goes_on_alone():
    problem = the_city()
    plan, seen = planned(problem, Gone(), rounds=1)
    assert [each.lost for each in seen] == [4, 0]
    assert judge(problem, plan) == []
    assert score(problem, plan).served > RIDES / 2


def test_a_fault_that_is_no_workers_is_raised(one: Executor):
    with pytest.raises(TypeError):
        planned(the_city(), one, rounds=2, effort=cast("int", "many"))


@pytest.mark.slow
def test_a_worker_that_is_killed_loses_nothing():
    problem = the_city()
    seen: list[Round] = []

    def kill_one(done: Round) -> None:
        seen.append(done)
        if done.number == 0:
            multiprocessing.active_children()[0].kill()

    with executor(workers=2) as processes:
        plan = solve_large(problem, executor=processes, rounds=3, part=PART, effort=1, progress=kill_one)
    assert sum(each.lost for each in seen) > 0
    assert seen[-1].lost == 0
    assert judge(problem, plan) == []
    first, last = score(problem, seen[0].plan), score(problem, plan)
    assert (last.unserved, last.cost) < (first.unserved, first.cost)


@pytest.mark.slow
def test_a_cluster_gives_the_same_plan_and_a_killed_worker_of_it_loses_nothing_where_dask_is_installed(one: Executor):
    distributed = pytest.importorskip("distributed")
    problem = the_city()

    def kill_one(done: Round) -> None:
        if done.number == 0:
            multiprocessing.active_children()[0].kill()

    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        executor(workers=1, cluster_url=cluster.scheduler_address) as workers,
    ):
        plan = solve_large(problem, executor=workers, rounds=3, part=PART, effort=1, progress=kill_one)
    assert repr(plan) == repr(planned(problem, one)[0])


def test_bound_rides_stay_with_their_duty(one: Executor):
    problem = the_city()
    duty = problem.duties[0]
    bound = tuple(replace(each, duty=duty.id) if row % 9 == 0 else each for row, each in enumerate(problem.requests))
    changed = replace(problem, requests=bound)
    plan, _ = planned(changed, one)
    assert judge(changed, plan) == []
    assert score(changed, plan).served > RIDES / 2


def test_a_part_carries_its_own_locations_only(one: Executor):
    problem = the_city()
    part, places = excerpt(problem, np.array([0, 3]), np.array([4, 5]))
    assert [duty.id for duty in part.duties] == [problem.duties[0].id, problem.duties[3].id]
    assert len(part.durations) == len(places) <= 2 * 2 + 2 * 2
    for small, big in zip(part.requests, problem.requests[4:6], strict=True):
        assert (places[small.pickup], places[small.dropoff]) == (big.pickup, big.dropoff)
    assert (part.durations == problem.durations[np.ix_(places, places)]).all()


def test_no_time_is_no_plan_and_no_crash(one: Executor):
    problem = the_city()
    plan = solve_large(problem, executor=one, seconds=0)
    assert judge(problem, plan) == []
    assert plan.runs == ()
    assert len(plan.unserved) == RIDES


def test_a_day_without_vehicles_or_without_wishes_is_answered(one: Executor):
    nobody = replace(the_city(), duties=())
    plan = solve_large(nobody, executor=one, rounds=2)
    assert {each.reason for each in plan.unserved} == {"hours"}
    assert solve_large(replace(the_city(), requests=()), executor=one, rounds=2) == Plan()


def test_contradictions_are_refused(one: Executor):
    problem = the_city()
    with pytest.raises(ValueError, match="limit"):
        solve_large(problem, executor=one)
    stranger = PlannedRun("nobody's", 0, 0, 0, ())
    with pytest.raises(ValueError, match="nobody's"):
        solve_large(problem, executor=one, rounds=1, start=Plan((stranger,)))
    unlawful = tuple(replace(duty, rest=None) for duty in problem.duties)
    pause = PlannedStop(StopKind.BREAK, None, 0, 30_000, 30_000, 32_000)
    idle = PlannedRun(problem.duties[0].id, 0, 25_000, 40_000, (pause,))
    with pytest.raises(ValueError, match="break"):
        solve_large(replace(problem, duties=unlawful), executor=one, rounds=1, start=Plan((idle,)))
