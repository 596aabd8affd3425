"""What the search needs to know about a problem before it starts: kinds of duties, what to leave out costs."""

import numpy as np

from transport.routing.engine.network import Floats, Ints
from transport.routing.engine.problem import Problem


def kinds(problem: Problem) -> Ints:
    """Number the kinds of duties: two of a kind can drive each other's runs."""
    named = {request.duty for request in problem.requests} | {
        each for request in problem.requests for each in request.prefers
    }
    numbers: dict[object, int] = {}
    kinds = []
    for duty in problem.duties:
        name = duty.id if duty.id in named else None
        kind = (
            name,
            duty.start,
            duty.end,
            duty.earliest,
            duty.latest,
            duty.layouts,
            duty.features,
            duty.rest,
            duty.worked,
        )
        kinds.append(numbers.setdefault(kind, len(numbers)))
    return np.array(kinds, np.int64)


def alone(problem: Problem) -> Floats:
    """Roughly what each ride costs for itself: from the first duty's depot and back there."""
    depot = problem.duties[0].start if problem.duties else 0
    on = np.array([request.pickup for request in problem.requests], np.int64)
    off = np.array([request.dropoff for request in problem.requests], np.int64)
    costs = problem.costs
    distance, time = (
        matrix[depot, on] + matrix[on, off] + matrix[off, depot] for matrix in (problem.distances, problem.durations)
    )
    return np.asarray(costs.distance * distance + costs.time * time)


def penalties(problem: Problem) -> Floats:
    """What an unserved request costs: optional ones outweigh every cost, required ones all optional ones, and people
    who are on board already all of them.
    """
    rides, costs = 2 * len(problem.requests), problem.costs
    hours = sum(duty.latest - duty.earliest for duty in problem.duties)
    legs = rides + len(problem.duties)
    top = 1.0 + costs.distance * legs * float(problem.distances.max(initial=0.0)) + costs.time * hours
    top += costs.excess_ride * hours * max(1.0, rides)
    top += rides * (costs.stranger + costs.tight * costs.margin * 2 * max(problem.pace.factors))
    level = _levels(problem)
    optional = np.where(level == 0, _weights(problem) * top, 0.0)
    promise = top + float(optional.sum())
    return np.choose(level, [optional, promise, promise * (1 + rides)])


def softly(problem: Problem) -> Floats:
    """The same on the way, where passing through a plan without somebody is no fault; in rides driven alone."""
    level = _levels(problem)
    mixed = 10.0 if (level == 0).any() else 1.0
    return np.choose(level, [np.minimum(_weights(problem), 10.0), mixed, 100.0])


def _levels(problem: Problem) -> Ints:
    """0 for a wish, 1 for a promise, 2 for people on board."""
    return np.array([2 if r.aboard_since is not None else int(r.required) for r in problem.requests], np.int64)


def _weights(problem: Problem) -> Floats:
    """Weights of wishes, the least positive one being 1."""
    weights = np.array([request.weight for request in problem.requests], np.float64)
    return weights / float(weights[weights > 0].min(initial=np.inf)) if (weights > 0).any() else weights
