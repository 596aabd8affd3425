"""Days without a database: vehicles, promises and a plan that keeps them, as planning sees them."""

import random
from dataclasses import replace
from datetime import date

import numpy as np

from tests.builders.town import DAY, NOW, the_policies
from transport.routing import engine
from transport.routing.fleet.models import Shift
from transport.routing.planning import day as days
from transport.routing.planning.day import COSTS, DayBook
from transport.routing.planning.models import Promise

HOUR = 3600


def a_day(seed: int, *, vehicles: int = 3, rides: int = 8, day: date = DAY) -> DayBook:
    """A day of a town seven kilometres wide: every other vehicle takes a wheelchair, a quarter of the rides need one.

    Rides that find no place are not promised; drivers rest by law; some ask for a driver, some ride alone.
    """
    source, policy = random.Random(seed), the_policies().on(day)
    points = np.array([(0, 0), *((source.uniform(-3.5, 3.5), source.uniform(-3.5, 3.5)) for _ in range(2 * rides))])
    km = np.hypot(*(points[:, None] - points[None, :]).transpose(2, 0, 1))
    seconds = np.ceil(km * 120)
    shifts = {number: _shift(source, number, day) for number in range(1, vehicles + 1)}
    duties = tuple(_duty(shift) for shift in shifts.values())
    problem = engine.Problem((), duties, seconds, np.ceil(km * 1000), days.pace(policy), COSTS, 1.0)
    plan, promises = engine.Plan(), {}
    for number in range(1, rides + 1):
        promise = _promise(source, number, float(seconds[2 * number - 1, 2 * number]), day)
        asked = _request(promise, source.choice([frozenset(), frozenset(), frozenset({"1"})]))
        places = engine.Inserter(problem, plan).insert(asked)
        if places:
            problem, plan = engine.place(problem, plan, asked, source.choice(places))
            promises[number] = promise
    order = tuple(sorted(problem.requests, key=lambda each: int(each.id)))
    problem = replace(problem, requests=order)
    return DayBook(day, 1, policy, problem, plan, promises, shifts, {}, tuple(range(len(points))), {})


def _shift(source: random.Random, number: int, day: date) -> Shift:
    starts = source.choice([5, 6, 7]) * HOUR
    return Shift(id=number, day=day, vehicle_id=number, driver_id=number, starts=starts, ends=starts + 9 * HOUR)


def _duty(shift: Shift) -> engine.Duty:
    chairs = (shift.id or 0) % 2
    return engine.Duty(
        id=str(shift.id),
        start=0,
        end=0,
        earliest=shift.starts,
        latest=shift.ends,
        layouts=(engine.Layout.of(4 - chairs, chairs, 300),),
        features=frozenset({"ramp"} if chairs else ()),
        rest=engine.Rest(6 * HOUR, (1800,)),
    )


def _promise(source: random.Random, number: int, drive: float, day: date) -> Promise:
    start, longest, chair = source.randrange(7 * HOUR, 12 * HOUR, 300), int(drive * 2) + 600, source.random() < 0.25
    return Promise(
        id=number,
        day=day,
        pickup_place_id=2 * number - 1,
        dropoff_place_id=2 * number,
        window_start=start,
        window_end=start + 900,
        arrive_by=start + 1080 + longest,
        max_ride=longest,
        pickup_service=180,
        dropoff_service=120,
        seats=int(not chair),
        wheelchairs=int(chair),
        chair_mass=120 * chair,
        features="ramp" if chair else "",
        solo=source.random() < 0.2,
        made_at=NOW,
    )


def _request(promise: Promise, prefers: frozenset[str]) -> engine.Request:
    return engine.Request(
        id=str(promise.id),
        pickup=promise.pickup_place_id,
        dropoff=promise.dropoff_place_id,
        pickup_window=(promise.window_start, promise.window_end),
        dropoff_window=(promise.window_start, promise.arrive_by),
        pickup_service=promise.pickup_service,
        dropoff_service=promise.dropoff_service,
        max_ride=promise.max_ride,
        riders={engine.SEATED: promise.seats, engine.WHEELCHAIR: promise.wheelchairs},
        chair_mass=promise.chair_mass,
        features=frozenset(promise.features.split()),
        forbidden=frozenset({days.OUT}),
        solo=promise.solo,
        prefers=prefers,
    )
