"""What could still be promised? All feasible places for one more request in a plan, cheapest first."""

from dataclasses import dataclass, replace

import numpy as np

from transport.routing.engine.exploring import new_scratch, rows_of_places
from transport.routing.engine.network import Net, network, nodes_of, run_of, write_request
from transport.routing.engine.plan import Plan, PlannedRun
from transport.routing.engine.problem import Problem, Request, check_request
from transport.routing.engine.resting import MOST_BREAKS
from transport.routing.engine.routes import lay
from transport.routing.engine.surveying import Found, explore, prepare, room_for
from transport.routing.engine.timing import new_desk, schedule

ROWS = 1000  # places found at once, unless there are more


@dataclass(frozen=True, slots=True)
class Insertion:
    """One feasible place. Positions count the stops of the resulting run, breaks included, from 0.

    `cost` is how much dearer the plan becomes; boarding can begin at any time from `pickup_start` to `pickup_by`,
    alighting from `dropoff_start` to `dropoff_by`, if the other stops give way within their own windows.
    """

    duty: str
    layout: int
    pickup_at: int
    dropoff_at: int
    breaks: tuple[int, ...]
    cost: float
    pickup_start: float
    pickup_by: float
    dropoff_start: float
    dropoff_by: float


class Inserter:
    """A plan prepared for many questions. It changes nothing; after a change of plan, make a new one.

    A run that cannot be driven in its order at all takes no further request.
    """

    def __init__(self, problem: Problem, plan: Plan) -> None:
        """Time every run; ValueError when the plan names requests or duties the problem does not know."""
        self._problem = problem
        self._net, self._terms = network(problem)
        nodes = nodes_of(problem, self._net, plan)
        self._routes = lay(self._net, nodes)
        desk = new_desk(self._net, self._routes.nodes.shape[1] + 2 + MOST_BREAKS)
        self._scratch = new_scratch(self._net, self._routes.nodes.shape[1], desk)
        self._place, self._found = rows_of_places(ROWS, cheapest=False), room_for(ROWS)
        self._layouts = [0] * self._net.duties
        self._held = [len(_held(self._net, route)) for route in nodes]
        rows = {duty.id: row for row, duty in enumerate(problem.duties)}
        for run in plan.runs:
            self._layouts[rows[run.duty]] = run.layout
        prepare(self._net, self._routes, desk)

    def insert(self, request: Request) -> list[Insertion]:
        """All feasible places, cheapest first; the request need not be part of the problem.

        ValueError when it cannot belong to the problem, for example with a location outside the matrix.
        """
        check_request(request, self._problem)
        row = len(self._problem.requests)
        write_request(self._net, self._terms, row, request)
        while True:
            count = explore(self._net, self._routes, row, self._scratch, self._place, self._found)
            if count <= len(self._place.price):
                break
            rows = 4 * len(self._place.price)
            self._place, self._found = rows_of_places(rows, cheapest=False), room_for(rows)
        return self._insertions(count, self._found)

    def _insertions(self, count: int, found: Found) -> list[Insertion]:
        duties = self._problem.duties
        order = np.lexsort((found.time[:count, 0], found.cost[:count]))
        rows = zip(
            found.duty[order].tolist(),
            found.at[order].tolist(),
            found.breaks[order].tolist(),
            found.fits[order].tolist(),
            found.cost[order].tolist(),
            found.time[order].tolist(),
            strict=True,
        )
        return [
            Insertion(
                duties[duty].id,
                layout_among(fits, self._layouts[duty]),
                on - 1 - self._held[duty],
                off - 1 - self._held[duty],
                tuple(at - 1 - self._held[duty] for at in breaks if at),
                cost,
                *times,
            )
            for duty, (on, off), breaks, fits, cost, times in rows
        ]


def insert(problem: Problem, plan: Plan, request: Request) -> list[Insertion]:
    """All feasible places for one request, cheapest first; for many questions make an `Inserter`."""
    return Inserter(problem, plan).insert(request)


def _held(net: Net, route: list[int]) -> list[int]:
    """The pickups that happen only in thought, of riders on board from the beginning."""
    return [node for node in route if node < net.rides and node % 2 == 0 and net.held[node // 2]]


def layout_among(fits: int, present: int) -> int:
    """The present layout if it is among the bits, else the first that is."""
    return present if fits >> present & 1 else (fits & -fits).bit_length() - 1


def place(problem: Problem, plan: Plan, request: Request, insertion: Insertion) -> tuple[Problem, Plan]:
    """The problem with the request, and the plan with it at this place, times by the least schedule.

    ValueError when the insertion was not made for this plan.
    """
    others = tuple(each for each in problem.requests if each.id != request.id)
    grown = replace(problem, requests=(*others, request))
    net, _ = network(grown)
    duty = next(row for row, each in enumerate(grown.duties) if each.id == insertion.duty)
    old = nodes_of(grown, net, plan)[duty]
    on, first = 2 * len(others), int(net.first_part[duty])
    if on in old:
        raise ValueError(f"request {request.id} is in the plan already")
    parts = int(net.first_part[duty + 1]) - first
    held = _held(net, old)
    nodes = [node for node in old[1:-1] if node < net.rides and node not in held]
    added = {insertion.pickup_at: on, insertion.dropoff_at: on + 1}
    added |= {at: first + index % max(parts, 1) for index, at in enumerate(insertion.breaks)}
    for at in sorted(added):
        nodes.insert(at, added[at])
    nodes = [old[0], *held, *nodes, old[-1]]
    times = schedule(net, nodes)
    if times is None:
        raise ValueError(f"the place for request {request.id} does not belong to this plan")
    changed = run_of(grown, net, duty, insertion.layout, nodes, times)
    return grown, Plan(_with_run(grown, plan, changed), tuple(u for u in plan.unserved if u.request != request.id))


def _with_run(problem: Problem, plan: Plan, changed: PlannedRun) -> tuple[PlannedRun, ...]:
    runs = {run.duty: run for run in plan.runs} | {changed.duty: changed}
    return tuple(runs[duty.id] for duty in problem.duties if duty.id in runs)


def retime(problem: Problem, plan: Plan) -> Plan | None:
    """The same stops in the same order, times by the least schedule; None when some run has become impossible."""
    net, _ = network(problem)
    duties = {duty.id: row for row, duty in enumerate(problem.duties)}
    routes = nodes_of(problem, net, plan)
    runs = []
    for run in plan.runs:
        row = duties[run.duty]
        times = schedule(net, routes[row])
        if times is None:
            return None
        runs.append(run_of(problem, net, row, run.layout, routes[row], times))
    return Plan(tuple(runs), plan.unserved)
