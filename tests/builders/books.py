"""Random days of a town as the planner sees them, without a database: vans with a ramp, cars, windows of a quarter."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import numpy as np

from transport.kernel.policy import Policy, load
from transport.routing import engine
from transport.routing.planning import day as days
from transport.routing.planning.day import DayBook
from transport.routing.planning.models import Promise, PromiseState

DAY = date(2026, 11, 24)
HOUR = 3600
SPREAD = 9_000
"""Metres from one edge of the town to the other."""
SPEED = 8.0
"""Metres in a second, on an empty road."""


@cache
def _policy() -> Policy:
    return load(Path(__file__).parents[2] / "data" / "service.toml").on(DAY)


def a_book(seed: int, *, vehicles: int = 5, rides: int = 50, iterations: int = 150) -> DayBook:
    """A day from seven to six with its plan; who found no place in it was never promised one."""
    dice = random.Random(seed)
    points = [(dice.uniform(0, SPREAD), dice.uniform(0, SPREAD)) for _ in range(2 * rides + 1)]
    metres = np.array([[np.ceil(1.3 * np.hypot(a - c, b - d)) for c, d in points] for a, b in points])
    seconds = np.ceil(metres / SPEED)
    problem = engine.Problem(
        requests=tuple(_ride(dice, number, seconds) for number in range(1, rides + 1)),
        duties=tuple(_duty(number) for number in range(1, vehicles + 1)),
        durations=seconds,
        distances=metres,
        pace=days.pace(_policy()),
        costs=days.COSTS,
        grain=1.0,
    )
    plan = engine.solve(
        replace(problem, requests=tuple(replace(r, required=False) for r in problem.requests)), iterations=iterations
    )
    served = {stop.request for run in plan.runs for stop in run.stops}
    kept = tuple(each for each in problem.requests if each.id in served)
    return DayBook(
        day=DAY,
        version=1,
        policy=_policy(),
        problem=replace(problem, requests=kept),
        plan=engine.Plan(plan.runs),
        promises={int(each.id): _promise(each) for each in kept},
        shifts={},
        layouts={},
        places=tuple(range(1, len(points) + 1)),
        runs={},
    )


def _ride(dice: random.Random, number: int, seconds: engine.problem.Matrix) -> engine.Request:
    pickup, dropoff = 2 * number - 1, 2 * number
    opens = dice.randrange(7 * HOUR, 16 * HOUR + 1, 300)
    chair = dice.random() < 0.3
    direct = float(seconds[pickup, dropoff]) * 1.3
    service = 480.0 if chair else 180.0
    longest = float(round(1.5 * direct) + 900)
    return engine.Request(
        id=str(number),
        pickup=pickup,
        dropoff=dropoff,
        pickup_window=(opens, opens + 900),
        dropoff_window=(opens, opens + 900 + service + longest),
        pickup_service=service,
        dropoff_service=service,
        max_ride=longest,
        riders={engine.WHEELCHAIR: 1} if chair else {engine.SEATED: 1},
        chair_mass=100.0 if chair else 0.0,
        features=frozenset({"ramp"} if chair else ()),
        solo=False,
    )


def _duty(number: int) -> engine.Duty:
    van = number % 2 == 1
    return engine.Duty(
        id=str(number),
        start=0,
        end=0,
        earliest=6.5 * HOUR,
        latest=18.5 * HOUR,
        layouts=(engine.Layout.of(4, 1, 300.0), engine.Layout.of(1, 2, 300.0)) if van else (engine.Layout.of(4, 0),),
        features=frozenset({"ramp"} if van else ()) | days.driven_by([number]),
        rest=engine.Rest(max_work=6.0 * HOUR, parts=(1800.0,)),
    )


def _promise(request: engine.Request) -> Promise:
    return Promise(
        id=int(request.id),
        day=DAY,
        state=PromiseState.FIRM,
        pickup_place_id=request.pickup + 1,
        dropoff_place_id=request.dropoff + 1,
        window_start=round(request.pickup_window[0]),
        window_end=round(request.pickup_window[1]),
        arrive_by=round(request.dropoff_window[1]),
        max_ride=round(request.max_ride),
        pickup_service=round(request.pickup_service),
        dropoff_service=round(request.dropoff_service),
        seats=request.riders.get(engine.SEATED, 0),
        wheelchairs=request.riders.get(engine.WHEELCHAIR, 0),
        features=" ".join(request.features),
        made_at=datetime(2026, 11, 20, tzinfo=UTC),
    )
