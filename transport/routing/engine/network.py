"""The problem as arrays for the compiled functions.

A route is a row of node numbers. Request i has the nodes 2i (pickup) and 2i + 1 (drop-off); one more pair is
free for a request that is tried out. Then come every duty's start, every duty's end, every duty's rest parts.
"""

from math import inf
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from transport.routing.engine.plan import Plan, PlannedRun, PlannedStop, StopKind
from transport.routing.engine.problem import Duty, Problem, Request

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Nodes = NDArray[np.int32]


class Net(NamedTuple):
    """Arrays by node unless said otherwise. `least`/`latest` bound the start of service, `service` is its length.

    A node that closes a span (a drop-off, the last part of a rest, the end of a duty with a rest rule) starts at
    most `reach` after the departure of the node that opened it.
    """

    rides: int  # nodes below this one are pickups and drop-offs
    duties: int
    location: Ints
    earliest: Floats
    latest: Floats
    service: Floats
    reach: Floats
    closes: NDArray[np.bool_]  # ends a stretch of work
    seats: Ints  # change of load
    chairs: Ints
    mass: Floats  # by request
    direct: Floats  # by request: free-flow drive
    allowed: NDArray[np.bool_]  # request x duty: features and pin
    layouts: Floats  # duty x layout x (seats, wheelchairs, chair mass); missing layouts hold -1
    first_part: Ints  # by duty, one more at the end: where its rest parts begin
    durations: Floats  # location x location
    distances: Floats
    starts: Floats  # pace
    factors: Floats
    grain: float
    costs: Floats  # distance, time, excess ride


def network(problem: Problem) -> Net:
    """The arrays of a problem, with one free pair of nodes at the end of the requests."""
    requests, duties = problem.requests, problem.duties
    rides = 2 * (len(requests) + 1)
    parts = [part for duty in duties if duty.rest for part in duty.rest.parts]
    first_part = rides + 2 * len(duties) + np.cumsum(
        [0, *(len(duty.rest.parts) if duty.rest else 0 for duty in duties)], dtype=np.int64
    )
    count = rides + 2 * len(duties) + len(parts)
    shape = (len(duties), max((len(duty.layouts) for duty in duties), default=1), 3)
    net = Net(
        rides, len(duties), np.zeros(count, np.int64), np.full(count, -inf), np.full(count, inf), np.zeros(count),
        np.full(count, inf), np.zeros(count, np.bool_), np.zeros(count, np.int64), np.zeros(count, np.int64),
        np.zeros(len(requests) + 1), np.zeros(len(requests) + 1), np.zeros((len(requests) + 1, len(duties)), np.bool_),
        np.full(shape, -1.0), first_part, problem.durations, problem.distances,
        np.array(problem.pace.starts, np.float64), np.array(problem.pace.factors, np.float64), float(problem.grain),
        np.array([problem.costs.distance, problem.costs.time, problem.costs.excess_ride], np.float64),
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
    net.earliest[on], net.latest[on] = request.pickup_window
    net.earliest[off], net.latest[off] = request.dropoff_window
    net.service[on], net.service[off] = request.pickup_service, request.dropoff_service
    net.reach[off] = request.max_ride
    net.seats[on], net.seats[off] = request.seats, -request.seats
    net.chairs[on], net.chairs[off] = request.wheelchairs, -request.wheelchairs
    net.mass[row] = request.chair_mass
    net.direct[row] = net.durations[request.pickup, request.dropoff]
    for column, duty in enumerate(duties):
        net.allowed[row, column] = request.features <= duty.features and request.duty in (None, duty.id)


def _write_duty(net: Net, row: int, duty: Duty) -> None:
    start, end = net.rides + row, net.rides + net.duties + row
    net.location[start], net.location[end] = duty.start, duty.end
    net.earliest[start] = net.earliest[end] = duty.earliest
    net.latest[start] = net.latest[end] = duty.latest
    for column, layout in enumerate(duty.layouts):
        net.layouts[row, column] = layout.seats, layout.wheelchairs, layout.max_chair_mass
    if duty.rest:
        net.closes[end], net.reach[end] = True, duty.rest.max_work
        first, last = net.first_part[row], net.first_part[row + 1] - 1
        net.service[first : last + 1] = duty.rest.parts
        net.closes[last], net.reach[last] = True, duty.rest.max_work - duty.rest.parts[-1]


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
