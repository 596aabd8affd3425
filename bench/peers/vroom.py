"""VROOM: fast construction and local search, which end by themselves. It knows neither longest rides nor runs."""

from datetime import timedelta

import numpy as np
import vroom

from bench.model import Route, planned
from bench.peers.whole import Call, day
from transport.routing.engine import Plan, Problem, StopKind

EXPLORATION = 5  # the most it does
KINDS = {"pickup": StopKind.PICKUP, "delivery": StopKind.DROPOFF}


def solve(problem: Problem, seconds: float) -> Plan:
    """The plan it ends with, within the time; nobody served when a run of it cannot be driven."""
    today = day(problem)
    asked = vroom.Input()
    asked.set_durations_matrix("car", today.durations.astype(np.uint32))
    asked.set_distances_matrix("car", today.distances.astype(np.uint32))
    asked.set_costs_matrix("car", today.distances.astype(np.uint32))
    for number, van in enumerate(today.vans):
        hours = vroom.TimeWindow(*van.window)
        asked.add_vehicle(vroom.Vehicle(number, van.start, van.end, capacity=van.load, time_window=hours))
    for number, ride in enumerate(today.rides):
        asked.add_shipment(_step(number, ride.pickup), _step(number, ride.dropoff), vroom.Amount(ride.load))
    found = asked.solve(EXPLORATION, nb_threads=1, timeout=timedelta(seconds=seconds)).to_dict()
    routes: dict[int, Route] = {
        route["vehicle"]: [
            (today.rides[step["id"]].row, KINDS[step["type"]]) for step in route["steps"] if step["type"] in KINDS
        ]
        for route in found["routes"]
    }
    return planned(problem, routes)


def _step(number: int, call: Call) -> vroom.ShipmentStep:
    windows = [vroom.TimeWindow(*call.window)]
    return vroom.ShipmentStep(number, call.location, default_service=call.service, time_windows=windows)
