"""Problems for tests: a small one known by name, and random ones full of awkward rules."""

import random

import numpy as np

from transport.routing.engine import SEATED, WHEELCHAIR, Costs, Duty, Layout, Pace, Problem, Request, Rest
from transport.routing.engine.problem import Matrix

DEPOT, HOME, CLINIC, SCHOOL, MARKET = range(5)
FOUR_MINUTES = np.array(
    [[0, 10, 12, 8, 9], [10, 0, 15, 7, 11], [12, 15, 0, 9, 6], [8, 7, 9, 0, 10], [9, 11, 6, 10, 0]], float
)


def ride(
    name: str,
    pickup: int,
    dropoff: int,
    window: tuple[float, float] = (60, 120),
    *,
    needs: tuple[int, int] = (1, 0),
    max_ride: float = 30,
    chair_mass: float = 0,
    features: frozenset[str] = frozenset(),
    required: bool = True,
    duty: str | None = None,
) -> Request:
    """A ride of the small instance: two minutes to board and to alight, the arrival is free."""
    return Request(
        name,
        pickup,
        dropoff,
        window,
        (0, 1440),
        2,
        2,
        max_ride,
        {SEATED: needs[0], WHEELCHAIR: needs[1]},
        chair_mass,
        features,
        required=required,
        duty=duty,
    )


def four_requests(
    *, duties: tuple[Duty, ...] | None = None, requests: tuple[Request, ...] | None = None, pace: Pace | None = None
) -> Problem:
    """Minutes and kilometres; a bus with a lift in two layouts and a car.

    Alice goes home to clinic, Bob from school to market, Cyril (wheelchair, 150 kg, lift) from market home,
    Dana from clinic to school, three hours later.
    """
    bus = Duty("bus", DEPOT, DEPOT, 0, 600, (Layout.of(4, 0), Layout.of(1, 2, 200)), frozenset({"lift"}))
    car = Duty("car", DEPOT, DEPOT, 0, 600, (Layout.of(2, 0),))
    rides = (
        ride("Alice", HOME, CLINIC),
        ride("Bob", SCHOOL, MARKET),
        ride("Cyril", MARKET, HOME, needs=(0, 1), chair_mass=150, features=frozenset({"lift"})),
        ride("Dana", CLINIC, SCHOOL, (240, 300)),
    )
    return Problem(
        rides if requests is None else requests,
        (bus, car) if duties is None else duties,
        FOUR_MINUTES,
        FOUR_MINUTES,
        pace or Pace(),
        Costs(distance=1),
    )


def street_plan(source: random.Random, locations: int) -> Matrix:
    """Whole seconds between random points of a town; rounding up keeps the triangle inequality."""
    points = [(source.uniform(0, 900), source.uniform(0, 900)) for _ in range(locations)]
    return np.array([[np.ceil(np.hypot(a - c, b - d)) for c, d in points] for a, b in points])


def random_problem(seed: int) -> Problem:
    """A half day with mixed vehicles, chairs, features, rests, pins and traffic; times in whole seconds."""
    source = random.Random(seed)
    rides, locations = source.randint(3, 14), source.randint(5, 20)
    durations = street_plan(source, locations)
    duties = tuple(_random_duty(source, f"duty {row}", locations) for row in range(source.randint(1, 4)))
    requests = tuple(_random_request(source, f"ride {row}", durations, duties) for row in range(rides))
    pace = Pace()
    if source.random() < 0.8:
        starts = sorted(source.sample(range(0, 30_000, 600), source.randint(2, 6)))
        pace = Pace(tuple(map(float, starts)), tuple(source.uniform(0.8, 1.6) for _ in starts))
    costs = Costs(source.choice([0, 1]), source.choice([0, 0.5]), source.choice([0, 0.1]))
    return Problem(requests, duties, durations, durations * 9, pace, costs, grain=source.choice([0, 1, 1]))


def _random_duty(source: random.Random, name: str, locations: int) -> Duty:
    layouts = [Layout.of(source.randint(1, 4), 0, 0)]
    if source.random() < 0.7:
        layouts.append(Layout.of(source.randint(0, 2), source.randint(1, 2), source.choice([120, 250])))
    features = frozenset(feature for feature in ("lift", "second person") if source.random() < 0.6)
    rest = None
    if source.random() < 0.6:
        rest = Rest(source.choice([5400, 7200, 10800]), source.choice([(1200,), (1800,), (600, 1200)]))
    earliest = source.randrange(0, 7200, 60)
    start = source.randrange(locations)
    return Duty(
        name,
        start,
        source.choice([start, source.randrange(locations)]),
        earliest,
        earliest + source.randrange(9000, 28800, 60),
        tuple(layouts),
        features,
        rest,
    )


def _random_request(source: random.Random, name: str, durations: Matrix, duties: tuple[Duty, ...]) -> Request:
    pickup, dropoff = source.randrange(len(durations)), source.randrange(len(durations))
    begin = float(source.randrange(600, 25000, 60))
    width = source.choice([900, 1800, 7200])
    drive = float(durations[pickup, dropoff])
    if source.random() < 0.5:
        windows = ((begin, begin + width), (0.0, 60_000.0))
    else:
        windows = ((0.0, 60_000.0), (begin + drive, begin + drive + width))
    chair = source.random() < 0.35
    return Request(
        name,
        pickup,
        dropoff,
        windows[0],
        windows[1],
        source.choice([60, 180]),
        source.choice([60, 120]),
        drive * source.uniform(1, 2) + source.choice([0, 300]),
        {SEATED: source.randint(0 if chair else 1, 2), WHEELCHAIR: int(chair)},
        source.choice([90, 160, 240]) if chair else 0,
        frozenset({"lift"}) if chair and source.random() < 0.6 else frozenset(),
        required=source.random() < 0.3,
        weight=source.choice([1, 2]),
        duty=source.choice(duties).id if source.random() < 0.1 else None,
    )
