"""A problem in whole numbers, with windows in which no ride can be too long: what every peer needs of it."""

from dataclasses import dataclass
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

from bench.model import Unfit, longest_run, narrowed, pace, rooms
from transport.routing.engine import Problem

TICKS = 1_000  # per unit of time and of distance
ROUNDING = 1e-6

Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Call:
    """One side of a ride: where, when it may start, how long it takes."""

    location: int
    window: tuple[int, int]
    service: int


@dataclass(frozen=True, slots=True)
class Ride:
    """A request by its row, with a load for every room."""

    row: int
    pickup: Call
    dropoff: Call
    load: list[int]


@dataclass(frozen=True, slots=True)
class Van:
    """A duty, with the load it takes in every room."""

    start: int
    end: int
    window: tuple[int, int]
    longest: int
    load: list[int]


@dataclass(frozen=True, slots=True)
class Day:
    """Rides whose windows allow them, a van for every duty, and driving between locations."""

    rides: list[Ride]
    vans: list[Van]
    durations: Whole
    distances: Whole


def day(problem: Problem) -> Day:
    """The problem in whole numbers, times rounded to the safe side. Unfit when a peer could not be asked."""
    factor = pace(problem)
    picky = any(
        each.features or each.forbidden or each.duty is not None or not each.required for each in problem.requests
    )
    if picky or problem.costs.time:
        raise Unfit("more than places and distance counts")
    if min((duty.earliest for duty in problem.duties), default=0) < 0:
        raise Unfit("the day begins before 0")
    within = rooms(problem)
    rides = []
    for row, each in enumerate(problem.requests):
        request = narrowed(problem, each)
        pickup = Call(request.pickup, _window(request.pickup_window), _up(request.pickup_service))
        dropoff = Call(request.dropoff, _window(request.dropoff_window), _up(request.dropoff_service))
        if pickup.window[0] <= pickup.window[1] and dropoff.window[0] <= dropoff.window[1]:
            rides.append(Ride(row, pickup, dropoff, [room.riders(each) for room in within]))
    vans = [
        Van(
            duty.start,
            duty.end,
            _window((duty.earliest, duty.latest)),
            floor(longest_run(duty) * TICKS + ROUNDING),
            [room.places(duty.layouts[0]) for room in within],
        )
        for duty in problem.duties
    ]
    durations = np.ceil(problem.durations * (factor * TICKS) - ROUNDING).astype(np.int64)
    return Day(rides, vans, durations, np.rint(problem.distances * TICKS).astype(np.int64))


def _up(time: float) -> int:
    return ceil(time * TICKS - ROUNDING)


def _window(window: tuple[float, float]) -> tuple[int, int]:
    return max(_up(window[0]), 0), floor(window[1] * TICKS + ROUNDING)
