"""What the search knows between its turns: the plan on the board, the best plan, the pool of runs."""

import time

import numpy as np

from transport.routing.engine.explain import reason
from transport.routing.engine.insertion import layout_among
from transport.routing.engine.network import Floats, Ints, Net, Nodes, network, nodes_of, run_of
from transport.routing.engine.plan import Plan, PlannedRun, Unserved
from transport.routing.engine.problem import Problem
from transport.routing.engine.resting import MOST_BREAKS
from transport.routing.engine.routes import empty_routes
from transport.routing.engine.search.annealing import FULL, anneal, new_memory, new_pool, value
from transport.routing.engine.search.partition import Budget, Column, partition
from transport.routing.engine.search.recreate import changed, new_board
from transport.routing.engine.search.ruin import related
from transport.routing.engine.timing import new_desk, schedule

POOL_ROWS = 1 << 15
COLD = 0.01  # the last temperature, in the cost of an average ride
MOST_REMOVED = 40


class Search:
    """One search for one problem."""

    def __init__(self, problem: Problem, seed: int, start: Plan | None) -> None:
        """Begin with the runs of `start` that can be driven; ValueError when it names strangers."""
        self._problem = problem
        self._net = network(problem)
        requests, duties = len(problem.requests), self._net.duties
        self._layouts = {run.duty: run.layout for run in start.runs} if start else {}
        nodes = nodes_of(problem, self._net, start or Plan())
        room = min(2 * requests, max(2 * max(map(len, nodes), default=0), 160)) + 2 * MOST_BREAKS + 4
        routes, bare = empty_routes(duties, room), empty_routes(duties, room)
        self._board = new_board(self._net, routes, bare, new_desk(self._net, room), requests)
        self._memory = new_memory(duties, requests, room)
        self._pool = new_pool(POOL_ROWS, room)
        self._near = related(problem, self._net)
        source = np.random.default_rng(seed)
        self._mark = source.integers(1, 2**63, requests + duties + 1, np.uint64)
        self._state = source.integers(1, 2**63, 1, np.uint64)
        self._kind = _kinds(problem)
        self._penalty = _penalties(problem)
        self.thought = 0.0
        self._return_to(
            [route if _drivable(self._net, duty, route) else [route[0], route[-1]] for duty, route in enumerate(nodes)]
        )

    def unserved(self) -> int:
        """How many requests the best plan leaves out."""
        served = sum(int((self._best(duty) < self._net.rides).sum()) for duty in range(self._net.duties)) // 2
        return len(self._penalty) - served

    def cost(self) -> float:
        """What the best plan costs."""
        return float(self._memory.best_cost[0])

    def improve(self, turn: int, heat: float) -> None:
        """Search for `turn` iterations from the best plan; `heat` in the cost of an average ride."""
        begin = time.monotonic()
        self._return_to([self._best(duty).tolist() for duty in range(self._net.duties)])
        ride = max(self.cost() / max(1, len(self._penalty) - self.unserved()), 1e-6)
        most = min(MOST_REMOVED, max(4, len(self._penalty) // 3))
        anneal(
            self._net,
            self._board,
            self._memory,
            self._pool,
            self._near,
            self._kind,
            self._mark,
            self._penalty,
            most,
            turn,
            max(heat, COLD) * ride,
            COLD * ride,
            self._state,
        )
        self.thought += time.monotonic() - begin

    def combine(self, budget: Budget) -> None:
        """Choose the best plan made of runs in the pool and the best plan; the search goes on from there."""
        self._return_to([self._best(duty).tolist() for duty in range(self._net.duties)])
        pool, routes = self._pool, self._board.routes
        rows = np.flatnonzero(pool.key)
        runs = [
            (int(pool.duty[row]), pool.nodes[row, : pool.size[row]].tolist(), float(pool.cost[row])) for row in rows
        ]
        known = len(runs)
        runs += [
            (duty, self._best(duty).tolist(), float(routes.cost[duty]))
            for duty in range(self._net.duties)
            if routes.size[duty] > 2
        ]
        columns = [
            Column(int(self._kind[duty]), tuple(n // 2 for n in nodes if n < self._net.rides and not n % 2), cost)
            for duty, nodes, cost in runs
        ]
        chosen = partition(columns, np.bincount(self._kind), self._penalty, set(range(known, len(columns))), budget)
        if chosen is not None:
            self._return_to(self._assign([runs[index][:2] for index in chosen]))
        if pool.filled[0] > 0.9 * FULL * len(pool.key):
            pool.key[:] = 0
            pool.filled[0] = 0

    def plan(self) -> Plan:
        """The best plan, timed by the least schedule, with the reasons of the unserved."""
        net, problem = self._net, self._problem
        self._return_to([self._best(duty).tolist() for duty in range(net.duties)])
        runs: list[PlannedRun] = []
        for duty in range(net.duties):
            nodes = self._best(duty).tolist()
            times = schedule(net, nodes)
            if len(nodes) > 2 and times is not None:
                layout = layout_among(int(self._board.routes.fits[duty]), self._layouts.get(problem.duties[duty].id, 0))
                runs.append(run_of(problem, net, duty, layout, nodes, times))
        made = Plan(tuple(runs))
        served = {stop.request for run in runs for stop in run.stops}
        left = [request for request in problem.requests if request.id not in served]
        return Plan(made.runs, tuple(Unserved(each.id, reason(problem, made, each)) for each in left))

    def _best(self, duty: int) -> Nodes:
        return self._memory.best[duty, : self._memory.best_size[duty]]

    def _return_to(self, routes: list[list[int]]) -> None:
        """Put these routes on the board, an impossible one empty; remember them if they are the best so far."""
        net, board, memory = self._net, self._board, self._memory
        memory.duty_of[:] = -1
        for duty, route in enumerate(routes):
            for nodes in (route, [route[0], route[-1]]):
                board.routes.nodes[duty, : len(nodes)] = nodes
                board.routes.size[duty] = len(nodes)
                if changed(net, board, duty):
                    break
            rides = board.routes.nodes[duty, 1 : board.routes.size[duty] - 1]
            memory.duty_of[rides[rides < net.rides] // 2] = duty
        worth, cost = value(net, board, memory.duty_of, self._penalty)
        if worth < memory.best_value[0]:
            memory.best_value[0], memory.best_cost[0] = worth, cost
            memory.best[:] = board.routes.nodes
            memory.best_size[:] = board.routes.size

    def _assign(self, runs: list[tuple[int, list[int]]]) -> list[list[int]]:
        """Give every run to a duty of its kind, its own one if it is free."""
        net = self._net
        routes = [[net.rides + duty, net.rides + net.duties + duty] for duty in range(net.duties)]
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
            inner = [node + shift if node >= net.parts else node for node in nodes[1:-1]]
            routes[other][1:1] = inner
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


def _kinds(problem: Problem) -> Ints:
    """Number the kinds of duties: two of a kind can drive each other's runs."""
    pinned = {request.duty for request in problem.requests}
    numbers: dict[object, int] = {}
    kinds = []
    for duty in problem.duties:
        name = duty.id if duty.id in pinned else None
        kind = (name, duty.start, duty.end, duty.earliest, duty.latest, duty.layouts, duty.features, duty.rest)
        kinds.append(numbers.setdefault(kind, len(numbers)))
    return np.array(kinds, np.int64)


def _penalties(problem: Problem) -> Floats:
    """What an unserved request costs: optional ones outweigh every cost, required ones all optional ones."""
    rides, costs = 2 * len(problem.requests), problem.costs
    hours = sum(duty.latest - duty.earliest for duty in problem.duties)
    legs = rides + len(problem.duties)
    top = 1.0 + costs.distance * legs * float(problem.distances.max(initial=0.0)) + costs.time * hours
    top += costs.excess_ride * hours * max(1.0, rides)
    weights = np.array([request.weight for request in problem.requests], np.float64)
    least = float(weights[weights > 0].min(initial=np.inf))
    optional = weights / least * top if np.isfinite(least) else weights
    required = np.array([request.required for request in problem.requests], np.bool_)
    return np.where(required, top + float(optional[~required].sum()), optional)
