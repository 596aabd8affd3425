"""OR-Tools' routing library as it comes: parallel cheapest insertion, then guided local search.

It is the only other solver here that models a longest ride. Every request may be left out at a large penalty: with
requests that must be served it finds no first solution at all on many instances.
"""

from dataclasses import dataclass
from math import ceil, floor, isfinite

import numpy as np
from numpy.typing import NDArray
from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from bench.model import Room, Route, longest_run, may_ride, pace, planned, rooms, tightened
from transport.routing.engine import Duty, Plan, Problem, Request, StopKind

TICKS = 10_000  # per unit of time: the library counts in whole numbers
PRICE = 1_000 * TICKS  # per unit of cost
LEFT_OUT = 20  # leaving out an optional ride of weight 1 costs as much as so many of the dearest drives,
PROMISED = 100  # a promised one this many times more
ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request that some duty may carry: its row in the problem, itself with tight windows, rows of those duties."""

    row: int
    request: Request
    able: list[int]


def solve(problem: Problem, seconds: float) -> Plan:
    """The best plan found in time, nobody served when there is none; Unfit for a problem it cannot model."""
    factor, within = pace(problem), rooms(problem)
    asked = _asked(problem, within)
    routes: dict[int, Route] = {}
    if asked and seconds > 0:
        model = _model(problem, factor, within, asked)
        parameters = pywrapcp.DefaultRoutingSearchParameters()
        parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
        parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
        parameters.time_limit.FromMilliseconds(round(1000 * seconds))
        found = model.SolveWithParameters(parameters)
        if found:
            routes = {row: _route(model, found, row, asked) for row in range(len(problem.duties))}
    return planned(problem, routes)


def _asked(problem: Problem, within: list[Room]) -> list[_Asked]:
    asked = []
    for row, each in enumerate(problem.requests):
        request = tightened(problem, each)
        able = [number for number, duty in enumerate(problem.duties) if may_ride(each, duty, within)]
        if able and all(begin <= end for begin, end in (request.pickup_window, request.dropoff_window)):
            asked.append(_Asked(row, request, able))
    return asked


def _model(problem: Problem, factor: float, within: list[Room], asked: list[_Asked]) -> pywrapcp.RoutingModel:
    """Node 2i is a pickup, 2i + 1 its drop-off, in the order of `asked`; then starts and ends, duty by duty."""
    rides, fleet = 2 * len(asked), problem.duties
    starts, ends = list(range(rides, rides + 2 * len(fleet), 2)), list(range(rides + 1, rides + 2 * len(fleet), 2))
    manager = pywrapcp.RoutingIndexManager(rides + 2 * len(fleet), len(fleet), starts, ends)
    model = pywrapcp.RoutingModel(manager)
    where = [place for each in asked for place in (each.request.pickup, each.request.dropoff)]
    where += [place for each in fleet for place in (each.start, each.end)]
    service = [time for each in asked for time in (each.request.pickup_service, each.request.dropoff_service)]
    service += [0.0] * (2 * len(fleet))
    prices = np.rint(problem.distances[np.ix_(where, where)] * (problem.costs.distance * PRICE)).astype(int)
    model.SetArcCostEvaluatorOfAllVehicles(model.RegisterTransitMatrix(prices.tolist()))
    takes = problem.durations[np.ix_(where, where)] * factor + np.array(service)[:, None]
    _add_times(
        model,
        np.ceil(takes * TICKS - ROUNDING).astype(int),
        problem.costs.time,
        fleet,
        [each.request for each in asked],
    )
    for number, room in enumerate(within):
        change = [sign * room.riders(each.request) for each in asked for sign in (1, -1)] + [0] * (2 * len(fleet))
        places = [room.places(each.layouts[0]) for each in fleet]
        load = model.RegisterUnaryTransitVector(change)
        model.AddDimensionWithVehicleCapacity(load, 0, places, True, f"room {number}")
    for number, each in enumerate(asked):
        worth = LEFT_OUT * int(prices.max() + 1) * (PROMISED if each.request.required else 1) * each.request.weight
        for node in (2 * number, 2 * number + 1):
            model.AddDisjunction([node], round(worth))
            model.VehicleVar(node).SetValues([-1, *each.able])  # -1: left out
    return model


def _add_times(
    model: pywrapcp.RoutingModel,
    takes: NDArray[np.int64],
    price: float,
    fleet: tuple[Duty, ...],
    requests: list[Request],
) -> None:
    """Windows, longest rides, hours of duty and longest runs, in ticks since the first duty may begin."""
    origin = min(each.earliest for each in fleet)
    horizon = _down(max(each.latest for each in fleet) - origin)
    model.AddDimension(model.RegisterTransitMatrix(takes.tolist()), horizon, horizon, False, "time")
    time, solver = model.GetDimensionOrDie("time"), model.solver()
    time.SetSpanCostCoefficientForAllVehicles(round(price * PRICE / TICKS))
    for row, each in enumerate(fleet):
        earliest, latest = _up(each.earliest - origin), _down(each.latest - origin)
        time.CumulVar(model.Start(row)).SetRange(earliest, latest)
        time.CumulVar(model.End(row)).SetRange(earliest, latest)
        time.SetSpanUpperBoundForVehicle(_down(longest_run(each)), row)
    for number, request in enumerate(requests):
        pickup, dropoff = 2 * number, 2 * number + 1
        on, off = time.CumulVar(pickup), time.CumulVar(dropoff)
        for start, (begin, end) in ((on, request.pickup_window), (off, request.dropoff_window)):
            start.SetRange(max(_up(begin - origin), 0), min(_down(end - origin), horizon))
        model.AddPickupAndDelivery(pickup, dropoff)
        solver.Add(model.VehicleVar(pickup) == model.VehicleVar(dropoff))
        solver.Add(on <= off)
        if isfinite(request.max_ride):
            longest = _down(request.pickup_service + request.max_ride)
            solver.Add(off - on <= longest)
            time.SetPickupToDeliveryLimitFunctionForPair(lambda _on, _off, limit=longest: limit, number)


def _route(model: pywrapcp.RoutingModel, found: pywrapcp.Assignment, row: int, asked: list[_Asked]) -> Route:
    route = []
    node = found.Value(model.NextVar(model.Start(row)))
    while not model.IsEnd(node):
        route.append((asked[node // 2].row, StopKind.DROPOFF if node % 2 else StopKind.PICKUP))
        node = found.Value(model.NextVar(node))
    return route


def _up(time: float) -> int:
    """In ticks, not too early."""
    return ceil(time * TICKS - ROUNDING)


def _down(time: float) -> int:
    """In ticks, not too late."""
    return floor(time * TICKS + ROUNDING)
