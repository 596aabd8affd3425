"""A day's plan: large-neighbourhood search and set partitioning in turns, from cold start or a given plan.

First everybody on board, then every required request, then the sum of weights of the others, then cost. The result
is never worse than the plan it started from. The same seed, workers and number of iterations give the same plan.
"""

import time
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from transport.routing.engine.explain import reason
from transport.routing.engine.insertion import layout_among
from transport.routing.engine.network import Net, Nodes, network, nodes_of, run_of
from transport.routing.engine.plan import Plan, PlannedRun, Unserved
from transport.routing.engine.problem import Problem
from transport.routing.engine.resting import MOST_BREAKS
from transport.routing.engine.search.annealing import runs_met
from transport.routing.engine.search.partition import Budget, partition
from transport.routing.engine.search.pricing import Columns
from transport.routing.engine.search.ruin import related
from transport.routing.engine.search.state import Worker
from transport.routing.engine.search.weighing import alone, kinds, penalties, softly
from transport.routing.engine.timing import schedule

POOL_ROWS = 1 << 18  # of each worker, on long searches
TURN_SECONDS = 0.15
FIRST_ROUNDS = 50
CHOOSERS = 8  # ways CP-SAT thinks at once
TURNS = 100  # of a search by iterations
HOT, COLD = 0.8, 0.08  # temperature at the beginning and at the end, in the cost of an average ride
# when runs are combined, and how long that may take, in shares of the budget
COMBINE = ((0.25, 0.03), (0.4, 0.03), (0.55, 0.03), (0.7, 0.03), (0.8, 0.03), (0.9, 0.03), (0.97, 0.03))
WORTH_COMBINING = 3000  # rounds since the last time, where rounds are counted
EFFORT = 3e-7  # of CP-SAT, in its own measure, for each round and request
SOFT = 4.0  # what it costs to leave somebody out on the way, in the cost of driving there alone


@dataclass(frozen=True, slots=True)
class Progress:
    """How the search stands: share of the budget used, requests unserved, cost of the best plan."""

    done: float
    unserved: int
    cost: float


def solve(
    problem: Problem,
    *,
    seconds: float | None = None,
    iterations: int | None = None,
    seed: int = 0,
    workers: int = 1,
    start: Plan | None = None,
    progress: Callable[[Progress], object] | None = None,
) -> Plan:
    """A plan within the budget: `seconds` of thinking or `iterations` of every worker (default: 10 seconds).

    `workers` search side by side, in threads. `start` is improved; runs of it that cannot be driven as they are,
    are dissolved first. `progress` is told now and then how it stands; if it answers False, the search ends with the
    best plan so far. ValueError when `start` names requests or duties the problem does not know.
    """
    search = Search(problem, seed, workers, start)
    if problem.requests and problem.duties:
        if iterations is not None:
            search.by_iterations(iterations, progress)
        else:
            search.by_clock(10.0 if seconds is None else seconds, progress)
    return search.plan()


class Search:
    """One search for one problem."""

    def __init__(self, problem: Problem, seed: int, workers: int, start: Plan | None) -> None:
        """Begin with the runs of `start` that can be driven; ValueError when it names strangers."""
        self._begin = time.monotonic()
        self._problem = problem
        self._net, _ = network(problem)
        net, requests = self._net, len(problem.requests)
        self._layouts = {run.duty: run.layout for run in start.runs} if start else {}
        nodes = [np.array(route, np.int32) for route in nodes_of(problem, net, start or Plan())]
        self._kind = kinds(problem)
        self._penalty = penalties(problem)
        self._alone = float(alone(problem).mean()) if requests else 0.0
        self._soft = SOFT * max(self._alone, 1e-6) * softly(problem)
        room = min(2 * requests, max(2 * max(map(len, nodes), default=0), 160)) + 2 * MOST_BREAKS + 4
        near = related(net, requests)
        sources = np.random.SeedSequence(seed).generate_state(workers).tolist()
        rows = POOL_ROWS
        self._workers = [Worker(net, self._kind, near, self._penalty, room, rows, each) for each in sources]
        routes = [route if _drivable(net, duty, route.tolist()) else route[[0, -1]] for duty, route in enumerate(nodes)]
        for worker in self._workers:
            worker.stand_on(routes)
            worker.take_aboard()
        self._best = self._workers[0].best()
        self._value = self._workers[0].value
        self._cost = self._workers[0].cost

    def by_clock(self, seconds: float, progress: Callable[[Progress], object] | None) -> None:
        """Search until the time is over."""
        rounds = [FIRST_ROUNDS] * len(self._workers)
        due = [(when * seconds, length * seconds) for when, length in COMBINE]
        with ThreadPoolExecutor(len(self._workers)) as executor:
            while (spent := self._spent()) < seconds:
                took = self._turn(executor, rounds, spent / seconds, (spent + TURN_SECONDS) / seconds)
                left = seconds - self._spent()
                rounds = [
                    max(FIRST_ROUNDS // 2, int(count * min(3.0, min(TURN_SECONDS, left) / max(each, 1e-4))))
                    for count, each in zip(rounds, took, strict=True)
                ]
                if due and self._spent() >= due[0][0]:
                    think = min(due.pop(0)[1], left)
                    if think > 0:
                        self.combine(Budget(seconds=think, workers=CHOOSERS), everybody=not due)
                if self._stopped(progress, min(1.0, self._spent() / seconds)):
                    return

    def by_iterations(self, iterations: int, progress: Callable[[Progress], object] | None) -> None:
        """Search for so many rounds of every worker."""
        most = max(1, -(-iterations // TURNS))
        due = list[float]()
        for when, _ in COMBINE:
            if when * iterations >= (due[-1] if due else 0) + WORTH_COMBINING:
                due.append(when * iterations)
        budget = Budget(effort=EFFORT * iterations * len(self._penalty))
        done = 0
        with ThreadPoolExecutor(len(self._workers)) as executor:
            while done < iterations:
                rounds = min(most, iterations - done)
                counts = [rounds] * len(self._workers)
                self._turn(executor, counts, done / iterations, (done + rounds) / iterations)
                done += rounds
                if due and done >= due[0]:
                    del due[0]
                    self.combine(budget, everybody=not due)
                if self._stopped(progress, done / iterations):
                    return

    def _stopped(self, progress: Callable[[Progress], object] | None, done: float) -> bool:
        """Say how the search stands; whether it is to end."""
        return progress is not None and progress(Progress(done, self.unserved(), self._cost)) is False

    def _spent(self) -> float:
        return time.monotonic() - self._begin

    def _turn(self, executor: Executor, rounds: list[int], share: float, then: float) -> list[float]:
        """Let every worker walk, cooling from one share of the budget to another; the seconds each took."""
        heat = self._heat(share), self._heat(then)

        def walk(worker: Worker, count: int) -> float:
            begin = time.monotonic()
            worker.walk(count, *heat, self._soft)
            return time.monotonic() - begin

        took = list(executor.map(walk, self._workers, rounds))
        self._look()
        return took

    def unserved(self) -> int:
        """How many requests the best plan leaves out."""
        served = sum(int((route < self._net.rides).sum()) for route in self._best) // 2
        return len(self._penalty) - served

    def _heat(self, share: float) -> float:
        served = max(1, len(self._penalty) - self.unserved())
        ride = self._cost / served if self._cost > 0 else self._alone / 3
        return float(max(1e-9, ride * HOT * (COLD / HOT) ** min(1.0, share)))

    def _look(self) -> None:
        """See whether a worker met a better plan."""
        for worker in self._workers:
            if worker.value < self._value - 1e-7:
                self._best, self._value, self._cost = worker.best(), worker.value, worker.cost

    def combine(self, budget: Budget, *, everybody: bool) -> None:
        """Choose the best plan made of runs in the pools and the best plan; one worker or all go on from there."""
        net = self._net
        for worker in self._workers if everybody else self._workers[:1]:
            worker.stand_on(self._best)
        used = [duty for duty in range(net.duties) if len(self._best[duty]) > 2]
        nodes, duty_of, prices = runs_met([worker.pool for worker in self._workers])
        own = np.full((len(used), nodes.shape[1]), -1, np.int32)
        for row, duty in enumerate(used):
            own[row, : len(self._best[duty])] = self._best[duty]
        nodes = np.concatenate([nodes, own])
        duty_of = np.concatenate([duty_of, np.array(used, np.int64)])
        prices = np.concatenate([prices, self._workers[0].run_costs()[used]])
        run, at = np.nonzero((nodes >= 0) & (nodes < net.rides) & (nodes % 2 == 0))
        served = (np.ones(len(run)), (run, nodes[run, at] // 2))
        columns = Columns(self._kind[duty_of], prices, csr_matrix(served, shape=(len(nodes), len(self._penalty))))
        hint = np.arange(len(nodes) - len(used), len(nodes))
        chosen = partition(columns, np.bincount(self._kind), self._penalty, hint, budget)
        if chosen is not None:
            routes = self._assign([(int(duty_of[index]), nodes[index][nodes[index] >= 0]) for index in chosen])
            for worker in self._workers if everybody else self._workers[:1]:
                worker.stand_on(routes)
            self._look()
        for worker in self._workers:
            worker.forget_runs()

    def plan(self) -> Plan:
        """The best plan, timed by the least schedule, with the reasons of the unserved."""
        net, problem = self._net, self._problem
        judge = self._workers[0]
        judge.stand_on(self._best)
        runs: list[PlannedRun] = []
        for duty in range(net.duties):
            nodes = self._best[duty].tolist()
            times = schedule(net, nodes) if len(nodes) > 2 else None
            if times is not None:
                layout = layout_among(judge.fits(duty), self._layouts.get(problem.duties[duty].id, 0))
                runs.append(run_of(problem, net, duty, layout, nodes, times))
        made = Plan(tuple(runs))
        served = {stop.request for run in runs for stop in run.stops}
        left = [request for request in problem.requests if request.id not in served]
        return Plan(made.runs, tuple(Unserved(each.id, reason(problem, made, each)) for each in left))

    def _assign(self, runs: list[tuple[int, Nodes]]) -> list[Nodes]:
        """Give every run to a duty of its kind, its own one if it is free."""
        net = self._net
        routes = [np.array([net.rides + duty, net.rides + net.duties + duty], np.int32) for duty in range(net.duties)]
        free = set(range(net.duties))
        waiting = []
        for duty, nodes in runs:
            if duty in free:
                free.remove(duty)
                routes[duty] = nodes
            else:
                waiting.append((duty, nodes))
        for duty, nodes in waiting:
            other = min(each for each in free if self._kind[each] == self._kind[duty])
            free.remove(other)
            shift = int(net.first_part[other] - net.first_part[duty])
            inner = np.where(nodes[1:-1] >= net.parts, nodes[1:-1] + shift, nodes[1:-1])
            routes[other] = np.concatenate([routes[other][:1], inner, routes[other][1:]]).astype(np.int32)
        return routes


def _drivable(net: Net, duty: int, nodes: list[int]) -> bool:
    """Everybody gets on once, then off; allowed on this duty; breaks only between rides. Times are another matter."""
    aboard: set[int] = set()
    done: set[int] = set()
    for at, node in enumerate(nodes[1:-1], start=1):
        if node >= net.rides:
            if aboard or at == 1 or all(later >= net.rides for later in nodes[at:]):
                return False
        elif node % 2 == 0:
            if node in aboard | done or not net.allowed[node // 2, duty]:
                return False
            aboard.add(node)
        else:
            if node - 1 not in aboard:
                return False
            aboard.remove(node - 1)
            done.add(node - 1)
    return not aboard
