"""The problem as arrays for the compiled functions.

A route is a row of node numbers. Request i has the nodes 2i (pickup) and 2i + 1 (drop-off); one more pair is
free for a request that is tried out. Then come every duty's start, every duty's end, every duty's rest parts.
"""

from math import inf
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from transport.routing.engine.plan import Plan, PlannedRun, PlannedStop, StopKind
from transport.routing.engine.problem import SEATED, WHEELCHAIR, Duty, Problem, Request

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Nodes = NDArray[np.int32]


# columns of Net.node: bounds and length of the service; a node that closes a span (a drop-off, the last part of a
# rest, the end of a duty with a rest rule) starts at most `reach` after the departure of the node that opened it;
# change of load
EARLIEST, LATEST, SERVICE, REACH, SEATS, CHAIRS = range(6)
# columns of Net.request: heaviest chair, free-flow drive from pickup to drop-off
MASS, DIRECT = range(2)


class Net(NamedTuple):
    """Few arrays, because every one makes every call between compiled functions slower."""

    rides: int  # nodes below this one are pickups and drop-offs
    duties: int
    parts: int  # nodes from this one on are parts of a rest
    location: Ints  # by node
    node: Floats  # node x the columns above
    request: Floats  # request x the columns above
    allowed: NDArray[np.bool_]  # request x duty: features and pin
    layouts: Floats  # duty x layout x (seats, wheelchairs, chair mass); missing layouts hold -1
    first_part: Ints  # by duty, one more at the end: where its rest parts begin
    durations: Floats  # location x location
    distances: Floats
    pace: Floats  # (start, factor) x band
    grain: float
    costs: Floats  # distance, time, excess ride


def network(problem: Problem) -> Net:
    """The arrays of a problem, with one free pair of nodes at the end of the requests."""
    requests, duties, costs = problem.requests, problem.duties, problem.costs
    rides, parts = 2 * (len(requests) + 1), 2 * (len(requests) + 1 + len(duties))
    first_part = np.array([parts] * (len(duties) + 1), np.int64)
    first_part[1:] += np.cumsum([len(duty.rest.parts) if duty.rest else 0 for duty in duties], dtype=np.int64)
    count = int(first_part[-1])
    net = Net(
        rides=rides,
        duties=len(duties),
        parts=parts,
        location=np.zeros(count, np.int64),
        node=np.tile([-inf, inf, 0, inf, 0, 0], (count, 1)),
        request=np.zeros((len(requests) + 1, 2)),
        allowed=np.zeros((len(requests) + 1, len(duties)), np.bool_),
        layouts=np.full((len(duties), max((len(duty.layouts) for duty in duties), default=1), 3), -1.0),
        first_part=first_part,
        durations=problem.durations,
        distances=problem.distances,
        pace=np.array([problem.pace.starts, problem.pace.factors], np.float64),
        grain=float(problem.grain),
        costs=np.array([costs.distance, costs.time, costs.excess_ride], np.float64),
    )
    for row, duty in enumerate(duties):
        _write_duty(net, row, duty)
    for row, request in enumerate(requests):
        write_request(net, row, request, duties)
    return net


def write_request(net: Net, row: int, request: Request, duties: tuple[Duty, ...]) -> None:
    """Put a request on its pair of nodes."""
    on, off = 2 * row, 2 * row + 1
    net.location[on], net.location[off] = request.pickup, request.dropoff
    seats, chairs = request.riders.get(SEATED, 0), request.riders.get(WHEELCHAIR, 0)
    net.node[on] = (*request.pickup_window, request.pickup_service, inf, seats, chairs)
    net.node[off] = (
        *request.dropoff_window,
        request.dropoff_service,
        request.max_ride,
        -seats,
        -chairs,
    )
    direct = float(net.durations[request.pickup, request.dropoff])
    net.request[row] = request.chair_mass, direct
    # what one window and the longest ride imply for the other window: more places fail a cheap test
    fastest = direct * float(net.pace[1].min())
    begin, end = net.node[on], net.node[off]
    begin[EARLIEST] = max(begin[EARLIEST], end[EARLIEST] - request.max_ride - request.pickup_service)
    begin[LATEST] = min(begin[LATEST], end[LATEST] - fastest - request.pickup_service)
    end[LATEST] = min(end[LATEST], begin[LATEST] + request.pickup_service + request.max_ride)
    for column, duty in enumerate(duties):
        net.allowed[row, column] = request.features <= duty.features and request.duty in (None, duty.id)


def _write_duty(net: Net, row: int, duty: Duty) -> None:
    start, end = net.rides + row, net.rides + net.duties + row
    net.location[start], net.location[end] = duty.start, duty.end
    net.node[start, :2] = net.node[end, :2] = duty.earliest, duty.latest
    for column, layout in enumerate(duty.layouts):
        places = [sum(each.count for each in layout.places if kind in each.holds) for kind in (SEATED, WHEELCHAIR)]
        net.layouts[row, column] = *places, layout.max_chair_mass
    if duty.rest:
        net.node[end, REACH] = duty.rest.max_work
        first, beyond = int(net.first_part[row]), int(net.first_part[row + 1])
        net.node[first:beyond, SERVICE] = duty.rest.parts
        net.node[beyond - 1, REACH] = duty.rest.max_work - duty.rest.parts[-1]


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
        nodes, breaks = [], 0
        for stop in run.stops:
            if stop.request in row_of:
                nodes.append(2 * row_of[stop.request] + (stop.kind is StopKind.DROPOFF))
            elif stop.kind is StopKind.BREAK and parts:
                nodes.append(first + breaks % parts)
                breaks += 1
            else:
                raise ValueError(f"the run of {run.duty} has a {stop.kind} the problem does not know: {stop.request}")
        routes[row][1:1] = nodes
    return routes


def run_of(problem: Problem, net: Net, duty: int, layout: int, nodes: list[int], times: Floats) -> PlannedRun:
    """The run with these nodes; `times` are rows of (arrival, start, departure), one per node."""
    stops: list[PlannedStop] = []
    location = problem.duties[duty].start
    for node, (arrival, start, departure) in zip(nodes[1:-1], times[1:-1].tolist(), strict=True):
        if node < net.rides:
            location = int(net.location[node])
            kind = StopKind.DROPOFF if node % 2 else StopKind.PICKUP
            stops.append(PlannedStop(kind, problem.requests[node // 2].id, location, arrival, start, departure))
        else:
            stops.append(PlannedStop(StopKind.BREAK, None, location, arrival, start, departure))
    return PlannedRun(problem.duties[duty].id, layout, float(times[0, 2]), float(times[-1, 0]), tuple(stops))
