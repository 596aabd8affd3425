"""What could still be promised? All feasible places for one more request in a plan, cheapest first."""

from dataclasses import dataclass, replace

import numpy as np

from transport.routing.engine.exploring import Found, explore, prepare, room_for
from transport.routing.engine.network import network, nodes_of, run_of, write_request
from transport.routing.engine.plan import Plan, PlannedRun
from transport.routing.engine.problem import Problem, Request, check_request
from transport.routing.engine.resting import MOST_BREAKS
from transport.routing.engine.routes import lay
from transport.routing.engine.timing import new_desk, schedule


@dataclass(frozen=True, slots=True)
class Insertion:
    """One feasible place. Positions count the stops of the resulting run, breaks included, from 0.

    `cost` is how much dearer the plan becomes; `pickup_start` and `dropoff_start` are the earliest times that
    boarding and alighting can begin there.
    """

    duty: str
    layout: int
    pickup_at: int
    dropoff_at: int
    breaks: tuple[int, ...]
    cost: float
    pickup_start: float
    dropoff_start: float


class Inserter:
    """A plan prepared for many questions. It changes nothing; after a change of plan, make a new one.

    A run that cannot be driven in its order at all takes no further request.
    """

    def __init__(self, problem: Problem, plan: Plan) -> None:
        """Time every run; ValueError when the plan names requests or duties the problem does not know."""
        self._problem = problem
        self._net = network(problem)
        nodes = nodes_of(problem, self._net, plan)
        self._routes = lay(self._net, nodes, 0)
        self._bare = lay(self._net, nodes, 0)
        longest = self._routes.nodes.shape[1] + 2 + MOST_BREAKS
        self._desk = new_desk(self._net, longest)
        self._found = room_for(longest * longest)
        self._known = np.zeros((longest, longest), np.bool_)
        self._layouts = {run.duty: run.layout for run in plan.runs}
        prepare(self._net, self._routes, self._bare, self._desk)

    def insert(self, request: Request) -> list[Insertion]:
        """All feasible places, cheapest first; the request need not be part of the problem.

        ValueError when it cannot belong to the problem, for example with a location outside the matrix.
        """
        check_request(request, self._problem)
        row = len(self._problem.requests)
        write_request(self._net, row, request, self._problem.duties)
        places: list[Insertion] = []
        for duty in range(self._net.duties):
            count = explore(self._net, self._routes, self._bare, duty, row, self._desk, self._found, self._known)
            if count:
                places += self._places(duty, count, self._found)
        return sorted(places, key=lambda place: (place.cost, place.pickup_start))

    def _places(self, duty: int, count: int, found: Found) -> list[Insertion]:
        name = self._problem.duties[duty].id
        present, before = self._layouts.get(name, 0), float(self._routes.cost[duty])
        rows = zip(
            found.at[:count].tolist(),
            found.breaks[:count].tolist(),
            found.fits[:count].tolist(),
            found.cost[:count].tolist(),
            found.time[:count].tolist(),
            strict=True,
        )
        return [
            Insertion(
                name,
                layout_among(fits, present),
                on - 1,
                off - 1,
                tuple(at - 1 for at in breaks if at),
                cost - before,
                pickup,
                dropoff,
            )
            for (on, off), breaks, fits, cost, (pickup, dropoff) in rows
        ]


def layout_among(fits: int, present: int) -> int:
    """The present layout if it is among the bits, else the first that is."""
    return present if fits >> present & 1 else (fits & -fits).bit_length() - 1


def place(problem: Problem, plan: Plan, request: Request, insertion: Insertion) -> tuple[Problem, Plan]:
    """The problem with the request, and the plan with it at this place, times by the least schedule.

    ValueError when the insertion was not made for this plan.
    """
    others = tuple(each for each in problem.requests if each.id != request.id)
    grown = replace(problem, requests=(*others, request))
    net = network(grown)
    duty = next(row for row, each in enumerate(grown.duties) if each.id == insertion.duty)
    old = nodes_of(grown, net, plan)[duty]
    on, first = 2 * len(others), int(net.first_part[duty])
    if on in old:
        raise ValueError(f"request {request.id} is in the plan already")
    parts = int(net.first_part[duty + 1]) - first
    nodes = [node for node in old[1:-1] if node < net.rides]
    added = {insertion.pickup_at: on, insertion.dropoff_at: on + 1}
    added |= {at: first + index % max(parts, 1) for index, at in enumerate(insertion.breaks)}
    for at in sorted(added):
        nodes.insert(at, added[at])
    nodes = [old[0], *nodes, old[-1]]
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
    net = network(problem)
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
