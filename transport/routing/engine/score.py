"""A plan in figures, for people."""

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass

from transport.routing.engine.plan import Plan, PlannedStop, StopKind
from transport.routing.engine.problem import Problem, Request


@dataclass(frozen=True, slots=True)
class Score:
    """Sums over all runs, in the problem's units, what matters most first.

    1. `promises_unserved` counts the promises, people on board among them, that the plan leaves out;
    2. `wishes_served` and `wishes_unserved` are the weights of all other requests;
    3. `distance`, and `duty_time` from leaving to returning: `driving`, service, breaks and `waiting`;
    4. `excess_ride` is riders' time on board beyond the direct free-flow drive; `strangers` counts the rides with
       another driver than the preferred;
    5. `tightness` adds up by how much stops fall short of the margin before their windows close.

    `cost` is what the search makes small among plans equal in 1 and 2: these sums at the problem's prices.
    `served` and `unserved` count requests, `shared` those that were on board together with another.
    """

    served: int
    unserved: int
    promises_unserved: int
    wishes_served: float
    wishes_unserved: float
    distance: float
    duty_time: float
    driving: float
    waiting: float
    excess_ride: float
    strangers: int
    tightness: float
    cost: float
    shared: int


def score(problem: Problem, plan: Plan) -> Score:
    """The figures of a plan that the judge accepts."""
    requests = {request.id: request for request in problem.requests}
    duties = {duty.id: duty for duty in problem.duties}
    already: dict[str | None, dict[str, float]] = defaultdict(dict)
    for each in problem.requests:
        if each.aboard_since is not None:
            already[each.duty][each.id] = each.aboard_since
    distance = driving = waiting = excess = tightness = 0.0
    strangers = 0
    served: set[str] = set()
    shared: set[str] = set()
    for run in plan.runs:
        at, clock = duties[run.duty].start, run.leaves
        aboard = dict(already[run.duty])  # request -> when it left its pickup
        for stop in run.stops:
            if len(aboard) > 1:
                shared |= aboard.keys()
            distance += float(problem.distances[at, stop.location])
            driving += stop.arrival - clock
            waiting += stop.start - stop.arrival
            at, clock = stop.location, stop.departure
            if stop.request is None:
                continue
            request = requests[stop.request]
            tightness += _tightness(problem, request, stop)
            if stop.kind is StopKind.PICKUP:
                aboard[request.id] = stop.departure
            else:
                direct = float(problem.durations[request.pickup, request.dropoff])
                excess += stop.start - aboard.pop(request.id) - direct
                strangers += bool(request.prefers) and run.duty not in request.prefers
                served.add(request.id)
        distance += float(problem.distances[at, duties[run.duty].end])
        driving += run.returns - clock
    duty_time = sum(run.returns - run.leaves for run in plan.runs)
    promised = {each.id for each in problem.requests if each.required or each.aboard_since is not None}
    wishes = [each for each in problem.requests if each.id not in promised]
    costs = problem.costs
    return Score(
        served=len(served),
        unserved=len(problem.requests) - len(served),
        promises_unserved=len(promised - served),
        wishes_served=sum(each.weight for each in wishes if each.id in served),
        wishes_unserved=sum(each.weight for each in wishes if each.id not in served),
        distance=distance,
        duty_time=duty_time,
        driving=driving,
        waiting=waiting,
        excess_ride=excess,
        strangers=strangers,
        tightness=tightness,
        cost=costs.distance * distance
        + costs.time * duty_time
        + costs.excess_ride * excess
        + costs.stranger * strangers
        + costs.tight * tightness,
        shared=len(shared),
    )


def _tightness(problem: Problem, request: Request, stop: PlannedStop) -> float:
    """By how much the stop falls short of the margin, which is as much longer as the traffic is slower then."""
    window = request.pickup_window if stop.kind is StopKind.PICKUP else request.dropoff_window
    band = max(bisect_right(problem.pace.starts, stop.start) - 1, 0)
    return max(0.0, problem.costs.margin * problem.pace.factors[band] - (window[1] - stop.start))
