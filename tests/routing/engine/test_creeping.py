"""Bounds that creep: where the traffic eases slowly, a ride that is a little too long starts later second by second."""

import numpy as np

from transport.routing.engine import SEATED, Duty, Inserter, Layout, Pace, Problem, Request, judge, place, solve

PACE = Pace((0.0, 3600.0, 7200.0, 10800.0), (1.2, 1.19, 1.2, 1.19))
DRIVE = 1200.0


def ride(name: str, opens: float, longest: float) -> Request:
    return Request(
        id=name,
        pickup=1,
        dropoff=2,
        pickup_window=(opens, opens + 1200),
        dropoff_window=(opens, opens + 9000),
        pickup_service=0,
        dropoff_service=0,
        max_ride=longest,
        riders={SEATED: 1},
    )


def test_a_place_that_is_offered_can_be_taken_however_slowly_its_bounds_rise():
    ways = np.array([[0.0, 0.0, DRIVE], [0.0, 0.0, DRIVE], [DRIVE, DRIVE, 0.0]])
    duty = Duty("d", 0, 0, 0.0, 40_000.0, (Layout.of(2, 0),))
    offered = 0
    for longest in np.arange(1428.0, 1440.0):
        first, second = ride("first", 2400, longest), ride("second", 9600, longest)
        problem = Problem((first,), (duty,), ways, ways, pace=PACE, grain=1.0)
        plan = solve(problem, iterations=20)
        if plan.unserved:
            continue
        for found in Inserter(problem, plan).insert(second):
            offered += 1
            assert judge(*place(problem, plan, second, found)) == []
    assert offered > 0
