"""A plan in figures, for people."""

from dataclasses import dataclass

from transport.routing.engine.plan import Plan, PlannedRun, StopKind
from transport.routing.engine.problem import Problem


@dataclass(frozen=True, slots=True)
class Score:
    """Sums over all runs, in the problem's units.

    `duty_time` runs from leaving to returning and contains `driving`, service, breaks and `waiting`;
    `excess_ride` is riders' time on board beyond the direct free-flow drive; `shared` counts the requests that
    were on board together with another.
    """

    served: int
    unserved: int
    distance: float
    duty_time: float
    driving: float
    waiting: float
    excess_ride: float
    shared: int


def score(problem: Problem, plan: Plan) -> Score:
    """The figures of a plan that the judge accepts."""
    duties = {duty.id: duty for duty in problem.duties}
    direct = {each.id: float(problem.durations[each.pickup, each.dropoff]) for each in problem.requests}
    distance = driving = waiting = excess = 0.0
    shared: set[str] = set()
    served = 0
    for run in plan.runs:
        at, left = duties[run.duty].start, run.leaves
        boarded: dict[str, float] = {}
        for stop in run.stops:
            distance += float(problem.distances[at, stop.location])
            driving += stop.arrival - left
            waiting += stop.start - stop.arrival
            at, left = stop.location, stop.departure
            if stop.kind is StopKind.PICKUP and stop.request is not None:
                boarded[stop.request] = stop.departure
                if len(boarded) > 1:
                    shared |= boarded.keys()
            elif stop.kind is StopKind.DROPOFF and stop.request is not None:
                excess += stop.start - boarded.pop(stop.request) - direct[stop.request]
                served += 1
        distance += float(problem.distances[at, duties[run.duty].end])
        driving += run.returns - left
    duty_time = sum(_length(run) for run in plan.runs)
    return Score(served, len(plan.unserved), distance, duty_time, driving, waiting, excess, len(shared))


def _length(run: PlannedRun) -> float:
    return run.returns - run.leaves
