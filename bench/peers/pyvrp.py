"""PyVRP: iterated local search for pickups and deliveries. It knows everything here but the longest ride."""

from pyvrp import ActivityType, Model
from pyvrp.stop import MaxRuntime

from bench.model import Route, planned
from bench.peers.whole import day
from transport.routing.engine import Plan, Problem, StopKind

KINDS = {ActivityType.PICKUP: StopKind.PICKUP, ActivityType.DELIVERY: StopKind.DROPOFF}


def solve(problem: Problem, seconds: float) -> Plan:
    """The best plan found in time; nobody served when that one breaks a rule."""
    today = day(problem)
    model = Model()
    places = [model.add_location(0, 0) for _ in today.durations]
    for origin, drives in enumerate(today.durations.tolist()):
        for target, drive in enumerate(drives):
            model.add_edge(places[origin], places[target], int(today.distances[origin, target]), drive)
    depots = {place: model.add_depot(places[place]) for van in today.vans for place in (van.start, van.end)}
    for van in today.vans:
        earliest, latest = van.window
        start, end = depots[van.start], depots[van.end]
        model.add_vehicle_type(1, van.load, start, end, 0, earliest, latest, van.longest)
    for ride in today.rides:
        on, off = ride.pickup, ride.dropoff
        model.add_shipment(
            places[on.location], places[off.location], *on.window, on.service, *off.window, off.service, ride.load
        )
    best = model.solve(MaxRuntime(seconds), display=False).best
    routes: dict[int, Route] = {}
    if best.is_feasible():
        for route in best.routes():
            stops = [(today.rides[each.idx].row, KINDS[each.type]) for each in route.schedule() if each.type in KINDS]
            routes[route.vehicle_type()] = stops
    return planned(problem, routes)
