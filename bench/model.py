"""What every other solver needs of our problem, and how its answer becomes a plan that our judge can judge."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from transport.routing.engine import (
    Duty,
    Layout,
    Plan,
    PlannedRun,
    PlannedStop,
    Problem,
    Request,
    StopKind,
    Unserved,
    retime,
)

Solver = Callable[[Problem, float], Plan]
"""Thinks about a problem for so many seconds."""

Route = Sequence[tuple[int, StopKind]]
"""Who gets on and off, in order: rows of the problem's requests."""


class Unfit(ValueError):
    """The problem asks for what this solver cannot model."""


@dataclass(frozen=True, slots=True)
class Room:
    """A test of a load: riders of the `kinds` together may be as many as there are places that hold any of them."""

    kinds: frozenset[str]

    def places(self, layout: Layout) -> int:
        """How many of these kinds a layout holds at once."""
        return sum(places.count for places in layout.places if places.holds & self.kinds)

    def riders(self, request: Request) -> int:
        """How many of these kinds a request brings."""
        return sum(count for kind, count in request.riders.items() if kind in self.kinds)


def rooms(problem: Problem) -> list[Room]:
    """The tests that together say whether a load fits (Hall's theorem), without those that follow from others."""
    layouts = [duty.layouts[0] for duty in problem.duties]
    kinds = sorted({kind for request in problem.requests for kind, count in request.riders.items() if count})
    every = [Room(frozenset(some)) for size in range(1, len(kinds) + 1) for some in combinations(kinds, size)]
    needed = list(every)
    for room in reversed(every):
        others = [other for other in needed if other != room]
        if _follows(room, others, layouts):
            needed = others
    return needed


def _follows(room: Room, others: Sequence[Room], layouts: Sequence[Layout]) -> bool:
    """Whether a wider room is no larger, or two parts of this one are no larger together."""
    bounds: list[tuple[Room, ...]] = [(other,) for other in others if other.kinds > room.kinds]
    bounds += [(a, b) for a, b in combinations(others, 2) if a.kinds | b.kinds == room.kinds]
    return any(all(sum(r.places(each) for r in bound) <= room.places(each) for each in layouts) for bound in bounds)


def may_ride(request: Request, duty: Duty, within: Sequence[Room]) -> bool:
    """Whether this duty could carry the request if it were alone."""
    layout = duty.layouts[0]
    return (
        request.features <= duty.features
        and not request.forbidden & duty.features
        and request.duty in (None, duty.id)
        and request.chair_mass <= layout.max_chair_mass
        and all(room.riders(request) <= room.places(layout) for room in within)
    )


def pace(problem: Problem) -> float:
    """The one factor of driving times. Unfit when there are several, or rules that no other solver here knows."""
    costs, requests = problem.costs, problem.requests
    if len(set(problem.pace.factors)) > 1:
        raise Unfit("driving times change")
    if any(len(duty.layouts) > 1 for duty in problem.duties):
        raise Unfit("layouts are to be chosen")
    if any(duty.rest and duty.rest.parts for duty in problem.duties):
        raise Unfit("drivers rest")
    if any(duty.worked for duty in problem.duties) or any(each.aboard_since is not None for each in requests):
        raise Unfit("the day is under way")
    if any(each.solo for each in requests) or costs.excess_ride or costs.stranger or costs.tight:
        raise Unfit("comfort counts")
    return problem.pace.factors[0]


def longest_run(duty: Duty) -> float:
    """How long a run may last."""
    return duty.rest.max_work if duty.rest else duty.latest - duty.earliest


def tightened(problem: Problem, request: Request) -> Request:
    """The request with the windows that driving and the longest ride leave of it; nothing possible is lost."""
    on, off, service = request.pickup_window, request.dropoff_window, request.pickup_service
    drive = float(problem.durations[request.pickup, request.dropoff]) * min(problem.pace.factors)
    on = max(on[0], off[0] - request.max_ride - service), min(on[1], off[1] - drive - service)
    off = max(off[0], on[0] + service + drive), min(off[1], on[1] + service + request.max_ride)
    return replace(request, pickup_window=on, dropoff_window=off)


def narrowed(problem: Problem, request: Request) -> Request:
    """The request with windows in which no ride can be too long: for solvers that know no longest ride.

    The wider window is cut, so that the one the rider asked for remains. Much that was possible is lost.
    """
    request = tightened(problem, request)
    on, off = request.pickup_window, request.dropoff_window
    over = off[1] - on[0] - request.pickup_service - request.max_ride
    if over <= 0:
        return request
    if on[1] - on[0] >= off[1] - off[0]:
        cut = min(over, max(on[1] - on[0], 0.0))
        on, over = (on[0] + cut, on[1]), over - cut
    return replace(request, pickup_window=on, dropoff_window=(off[0], off[1] - over))


def planned(problem: Problem, routes: Mapping[int, Route]) -> Plan:
    """The plan that drives these routes, by row of the duty; nobody is served when one of them cannot be timed."""
    runs = tuple(_run(problem, problem.duties[row], route) for row, route in sorted(routes.items()) if route)
    carried = {stop.request for run in runs for stop in run.stops}
    unserved = tuple(Unserved(each.id, "no_room") for each in problem.requests if each.id not in carried)
    return retime(problem, Plan(runs, unserved)) or planned(problem, {})


def _run(problem: Problem, duty: Duty, route: Route) -> PlannedRun:
    """The stops with no times yet."""
    stops = []
    for row, kind in route:
        request = problem.requests[row]
        location = request.pickup if kind is StopKind.PICKUP else request.dropoff
        stops.append(PlannedStop(kind, request.id, location, 0, 0, 0))
    return PlannedRun(duty.id, 0, duty.earliest, duty.latest, tuple(stops))
