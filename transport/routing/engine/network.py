"""The problem as arrays for the compiled functions.

A route is a row of node numbers. Request i has the nodes 2i (pickup) and 2i + 1 (drop-off); one more pair is
free for a request that is tried out. Then come every duty's start, every duty's end, every duty's rest parts.
Riders on board of a duty under way are picked up, in thought, where and when it becomes free: at the head of its
route.
"""

from itertools import combinations
from math import inf
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from transport.routing.engine.plan import Plan, PlannedRun, PlannedStop, StopKind
from transport.routing.engine.problem import Duty, Layout, Problem, Request

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Nodes = NDArray[np.int32]


# columns of Net.node: bounds and length of the service; a node that closes a span (a drop-off, the last part of a
# rest, the end of a duty with a rest rule) starts at most `reach` after the begin of the span, which is `lead` after
# the start of the node that opened it; the end of the window as promised
# and for a pickup the free-flow drive to the drop-off
EARLIEST, LATEST, SERVICE, REACH, LEAD, CLOSES, DIRECT = range(7)
# indices of Net.costs
DISTANCE, TIME, EXCESS, STRANGER, TIGHT, MARGIN = range(6)
COMPANY = 1 << 20  # how many riders a solo ride counts for, and the most a vehicle carries

Groups = tuple[frozenset[str], ...]


class Terms(NamedTuple):
    """Who may ride where, as far as it is decided before any compiled function runs."""

    groups: Groups
    duties: tuple[Duty, ...]
    bears: Floats  # duty x layout: the heaviest chair
    known: dict[object, Nodes]  # what was found out for a kind of request


class Net(NamedTuple):
    """Few arrays, because every one makes every call between compiled functions slower."""

    rides: int  # nodes below this one are pickups and drop-offs
    duties: int
    parts: int  # nodes from this one on are parts of a rest
    location: Ints  # by node
    node: Floats  # node x the columns above
    load: Nodes  # node x group of rider kinds: change of load; the last group counts company
    allowed: Nodes  # request x duty: the layouts it may ride in, as bits
    taste: Floats  # request x duty: the price of a driver who is not preferred
    most: Nodes  # duty x layout x group: the greatest load; missing layouts hold -1
    held: NDArray[np.bool_]  # by request: on board when its duty starts
    first_part: Ints  # by duty, one more at the end: where its rest parts begin
    durations: Floats  # location x location
    distances: Floats
    pace: Floats  # (start, factor) x band
    fastest: float  # the least factor
    grain: float
    costs: Floats


def network(problem: Problem) -> tuple[Net, Terms]:
    """The arrays of a problem, with one free pair of nodes at the end of the requests; and the terms to fill it."""
    requests, duties = problem.requests, problem.duties
    rows, columns = len(requests) + 1, len(duties)
    rides, parts = 2 * rows, 2 * (rows + columns)
    first_part = np.array([parts] * (columns + 1), np.int64)
    first_part[1:] += np.cumsum([len(duty.rest.parts) if duty.rest else 0 for duty in duties], dtype=np.int64)
    count = int(first_part[-1])
    terms = _terms(problem)
    groups = terms.groups
    net = Net(
        rides=rides,
        duties=columns,
        parts=parts,
        location=np.zeros(count, np.int64),
        node=np.tile([-inf, inf, 0, inf, 0, inf, 0], (count, 1)),
        load=np.zeros((count, len(groups) + 1), np.int32),
        allowed=np.zeros((rows, columns), np.int32),
        taste=np.zeros((rows, columns)),
        most=np.full((columns, max((len(duty.layouts) for duty in duties), default=1), len(groups) + 1), -1, np.int32),
        held=np.zeros(rows, np.bool_),
        first_part=first_part,
        durations=problem.durations,
        distances=problem.distances,
        pace=np.array([problem.pace.starts, problem.pace.factors], np.float64),
        fastest=float(min(problem.pace.factors)),
        grain=float(problem.grain),
        costs=np.array(
            [
                problem.costs.distance,
                problem.costs.time,
                problem.costs.excess_ride,
                problem.costs.stranger,
                problem.costs.tight,
                problem.costs.margin,
            ],
            np.float64,
        ),
    )
    for row, duty in enumerate(duties):
        _write_duty(net, row, duty, groups)
    for row, request in enumerate(requests):
        write_request(net, terms, row, request)
    return net, terms


def _terms(problem: Problem) -> Terms:
    duties = problem.duties
    bears = np.full((len(duties), max((len(duty.layouts) for duty in duties), default=1)), -1.0)
    for row, duty in enumerate(duties):
        bears[row, : len(duty.layouts)] = [layout.max_chair_mass for layout in duty.layouts]
    return Terms(groups_of(problem), duties, bears, {})


def groups_of(problem: Problem) -> Groups:
    """The groups of rider kinds that must be counted: a load fits a layout when no group outnumbers its places.

    Hall's marriage theorem asks it of every group; those that follow from others are left out.
    """
    layouts = {layout.places for duty in problem.duties for layout in duty.layouts}
    kinds = {kind for places in layouts for each in places for kind in each.holds}
    kinds |= {kind for request in problem.requests for kind in request.riders}
    every = [frozenset(group) for size in range(1, len(kinds) + 1) for group in combinations(sorted(kinds), size)]
    needed: set[frozenset[str]] = set()
    for places in layouts:
        room = {group: sum(each.count for each in places if each.holds & group) for group in every}
        left = set(every)
        for group in every:
            wider = any(group < other and room[other] == room[group] for other in left)
            split = any(p < group and group - p in left and room[p] + room[group - p] == room[group] for p in left)
            if wider or split:
                left.remove(group)
        needed |= left
    return tuple(group for group in every if group in needed)


def write_request(net: Net, terms: Terms, row: int, request: Request) -> None:
    """Put a request on its pair of nodes."""
    on, off = 2 * row, 2 * row + 1
    begin, end = net.node[on], net.node[off]
    net.location[on], net.location[off] = request.pickup, request.dropoff
    service, direct = request.pickup_service, float(net.durations[request.pickup, request.dropoff])
    begin[:] = *request.pickup_window, service, inf, service, request.pickup_window[1], direct
    end[:] = *request.dropoff_window, request.dropoff_service, request.max_ride, 0, request.dropoff_window[1], 0
    net.held[row] = request.aboard_since is not None
    if request.aboard_since is None:
        # what one window and the longest ride imply for the other window: more places fail a cheap test
        fastest = direct * net.fastest
        begin[EARLIEST] = max(begin[EARLIEST], end[EARLIEST] - request.max_ride - request.pickup_service)
        begin[LATEST] = min(begin[LATEST], end[LATEST] - fastest - request.pickup_service)
        end[LATEST] = min(end[LATEST], begin[LATEST] + request.pickup_service + request.max_ride)
        end[EARLIEST] = max(end[EARLIEST], begin[EARLIEST] + request.pickup_service + fastest)
    else:
        duty = next(duty for duty in terms.duties if duty.id == request.duty)
        net.location[on] = duty.start
        begin[:] = duty.earliest, duty.earliest, 0, inf, request.aboard_since - duty.earliest, inf, direct
    for column, group in enumerate(terms.groups):
        net.load[on, column] = sum(count for kind, count in request.riders.items() if kind in group)
    net.load[on, -1] = COMPANY if request.solo else 1
    net.load[off] = -net.load[on]
    net.allowed[row] = _allowed(net, terms, request, net.load[on])
    net.taste[row] = 0.0
    if request.prefers and net.costs[STRANGER] > 0:
        net.taste[row] = [0.0 if duty.id in request.prefers else net.costs[STRANGER] for duty in terms.duties]


def _allowed(net: Net, terms: Terms, request: Request, load: Nodes) -> Nodes:
    """By duty: the layouts the request may ride in, as bits."""
    aboard = request.aboard_since is not None
    kind = (request.features, request.forbidden, request.duty, request.chair_mass, aboard, load.tobytes())
    if kind not in terms.known:
        able = [_may_ride(request, duty) for duty in terms.duties]
        fits = (load <= net.most).all(axis=2) & (request.chair_mass <= terms.bears)
        bits = fits @ (1 << np.arange(terms.bears.shape[1]))
        terms.known[kind] = np.where(able, bits, 0).astype(np.int32)
    counted = {each for group in terms.groups for each in group}
    if any(count and each not in counted for each, count in request.riders.items()):
        return np.zeros(len(terms.duties), np.int32)  # a kind nobody reckoned with: no place holds it
    return terms.known[kind]


def _may_ride(request: Request, duty: Duty) -> bool:
    fits = duty.features >= request.features and not request.forbidden & duty.features
    return request.duty in {None, duty.id} and (fits or request.aboard_since is not None)  # who is in is in


def _write_duty(net: Net, row: int, duty: Duty, groups: Groups) -> None:
    start, end = net.rides + row, net.rides + net.duties + row
    net.location[start], net.location[end] = duty.start, duty.end
    net.node[start, :2] = net.node[end, :2] = duty.earliest, duty.latest
    for column, layout in enumerate(duty.layouts):
        net.most[row, column] = _room(layout, groups)
    if duty.worked:
        net.node[start, LATEST] = duty.earliest
        net.node[start, LEAD] = -duty.worked
    if duty.rest:
        net.node[end, REACH] = duty.rest.max_work
        first, beyond = int(net.first_part[row]), int(net.first_part[row + 1])
        net.node[first:beyond, SERVICE] = net.node[first:beyond, LEAD] = duty.rest.parts
        if beyond > first:
            net.node[beyond - 1, REACH] = duty.rest.max_work - duty.rest.parts[-1]


def _room(layout: Layout, groups: Groups) -> list[int]:
    return [sum(each.count for each in layout.places if each.holds & group) for group in groups] + [COMPANY]


def nodes_of(problem: Problem, net: Net, plan: Plan) -> list[list[int]]:
    """Every duty's route as nodes, start and end included; ValueError when the plan names strangers."""
    row_of = {request.id: row for row, request in enumerate(problem.requests)}
    duty_of = {duty.id: row for row, duty in enumerate(problem.duties)}
    routes = [[net.rides + row, net.rides + net.duties + row] for row in range(net.duties)]
    for run in plan.runs:
        if run.duty not in duty_of:
            raise ValueError(f"the plan has a run of the unknown duty {run.duty}")
        row = duty_of[run.duty]
        first, parts = int(net.first_part[row]), int(net.first_part[row + 1] - net.first_part[row])
        aboard, nodes, breaks = [], [], 0
        for stop in run.stops:
            if stop.request in row_of:
                request = row_of[stop.request]
                nodes.append(2 * request + (stop.kind is StopKind.DROPOFF))
                if problem.requests[request].aboard_since is not None:
                    aboard.append(2 * request)
            elif stop.kind is StopKind.BREAK and parts:
                nodes.append(first + breaks % parts)
                breaks += 1
            else:
                raise ValueError(f"the run of {run.duty} has a {stop.kind} the problem does not know: {stop.request}")
        routes[row][1:1] = [*aboard, *nodes]
    return routes


def run_of(problem: Problem, net: Net, duty: int, layout: int, nodes: list[int], times: Floats) -> PlannedRun:
    """The run with these nodes; `times` are rows of (arrival, start, departure), one per node."""
    stops: list[PlannedStop] = []
    location = problem.duties[duty].start
    for node, (arrival, start, departure) in zip(nodes[1:-1], times[1:-1].tolist(), strict=True):
        if node >= net.rides:
            stops.append(PlannedStop(StopKind.BREAK, None, location, arrival, start, departure))
            continue
        request = problem.requests[node // 2]
        location = int(net.location[node])
        if node % 2:
            stops.append(PlannedStop(StopKind.DROPOFF, request.id, location, arrival, start, departure))
        elif request.aboard_since is None:
            stops.append(PlannedStop(StopKind.PICKUP, request.id, location, arrival, start, departure))
    return PlannedRun(problem.duties[duty].id, layout, float(times[0, 2]), float(times[-1, 0]), tuple(stops))
