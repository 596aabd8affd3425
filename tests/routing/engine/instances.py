"""Problems for tests: a small one known by name, and random ones full of awkward rules."""

import random
from dataclasses import replace
from math import ceil, inf
from typing import Any

import numpy as np

from transport.routing.engine import (
    SEATED,
    WHEELCHAIR,
    Costs,
    Duty,
    Layout,
    Pace,
    Places,
    PlannedRun,
    PlannedStop,
    Problem,
    Request,
    Rest,
    StopKind,
)
from transport.routing.engine.problem import Matrix

LYING = "lying"

DEPOT, HOME, CLINIC, SCHOOL, MARKET = range(5)
FOUR_MINUTES = np.array(
    [[0, 10, 12, 8, 9], [10, 0, 15, 7, 11], [12, 15, 0, 9, 6], [8, 7, 9, 0, 10], [9, 11, 6, 10, 0]], float
)


def ride(name: str, pickup: int, dropoff: int, window: tuple[float, float] = (60, 120), **changes: Any) -> Request:
    """A ride of the small instance: one seat, two minutes to board and to alight, at most 30 between, any arrival."""
    usual = Request(name, pickup, dropoff, window, (0, 1440), 2, 2, 30, {SEATED: 1})
    return replace(usual, **changes)


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
        ride("Cyril", MARKET, HOME, riders={WHEELCHAIR: 1}, chair_mass=150, features=frozenset({"lift"})),
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


def drive(problem: Problem, duty: str, order: str, *, layout: int = 0, leaves: float = 50) -> PlannedRun:
    """A run as early as can be: "+Alice -Alice" boards and alights her, "30" is a break that long."""
    requests = {request.id: request for request in problem.requests}
    vehicle = next(each for each in problem.duties if each.id == duty)
    stops: list[PlannedStop] = []
    at, clock = vehicle.start, leaves
    for word in order.split():
        if word.isdecimal():
            stops.append(PlannedStop(StopKind.BREAK, None, at, clock, clock, clock + int(word)))
        else:
            ride, on = requests[word[1:]], word[0] == "+"
            goal = ride.pickup if on else ride.dropoff
            arrival = arrive(problem, at, goal, clock)
            start = max(arrival, (ride.pickup_window if on else ride.dropoff_window)[0])
            leave = start + (ride.pickup_service if on else ride.dropoff_service)
            kind = StopKind.PICKUP if on else StopKind.DROPOFF
            stops.append(PlannedStop(kind, ride.id, goal, arrival, start, leave))
        at, clock = stops[-1].location, stops[-1].departure
    return PlannedRun(duty, layout, leaves, arrive(problem, at, vehicle.end, clock), tuple(stops))


def arrive(problem: Problem, origin: int, target: int, clock: float) -> float:
    """When a drive ends that begins at the clock: it is followed to the next change of pace, and so on."""
    left = float(problem.durations[origin, target])
    changes = [*problem.pace.starts[1:], inf]
    for until, factor in zip(changes, problem.pace.factors, strict=True):
        if clock < until:
            driven = min(left, (until - clock) / factor)
            left -= driven
            clock = until if left else clock + driven * factor
    return ceil(clock / problem.grain - 1e-9) * problem.grain if problem.grain else clock


def street_plan(source: random.Random, locations: int) -> Matrix:
    """Whole seconds between random points of a town; rounding up keeps the triangle inequality."""
    points = [(source.uniform(0, 900), source.uniform(0, 900)) for _ in range(locations)]
    return np.array([[np.ceil(np.hypot(a - c, b - d)) for c, d in points] for a, b in points])


def random_problem(seed: int) -> Problem:
    """A half day with everything a ride may ask, some of it impossible; times in whole seconds.

    Vehicles under way can always bring the people on board home: whoever leaves them out is wrong.
    """
    source = random.Random(seed)
    rides, locations = source.randint(3, 14), source.randint(5, 20)
    durations = street_plan(source, locations)
    count = 0 if source.random() < 0.03 else source.randint(1, 4)
    duties = tuple(_random_duty(source, f"duty-{row}", locations) for row in range(count))
    aboard = [each for duty in duties if duty.worked for each in _people_aboard(source, duty, durations)]
    wishes: list[Request] = []
    for row in range(rides):
        wish = _random_request(source, f"ride-{row}", durations, duties)
        if wishes and source.random() < 0.4:
            wish = _same_way(wish, source.choice(wishes))
        wishes.append(wish)
    pace = Pace()
    if source.random() < 0.8:
        starts = sorted(source.sample(range(0, 30_000, 600), source.randint(2, 6)))
        pace = Pace(tuple(map(float, starts)), tuple(source.uniform(0.8, 1.6) for _ in starts))
    costs = Costs(
        source.choice([0, 1]),
        source.choice([0, 0.5]),
        source.choice([0, 0.1]),
        stranger=source.choice([0, 2000]),
        tight=source.choice([0, 3]),
        margin=source.choice([300, 900]),
    )
    grain = source.choice([0, 1, 1])
    return Problem((*wishes, *aboard), duties, durations, durations * 9, pace, costs, grain)


def _random_duty(source: random.Random, name: str, locations: int) -> Duty:
    layouts = [Layout.of(source.randint(1, 4), 0, 0)]
    if source.random() < 0.7:
        mass = source.choice([120, 250])
        layouts.append(Layout.of(source.randint(0, 2), source.randint(0, 1), mass, either=source.randint(0, 2)))
    if source.random() < 0.3:
        bed = Places(1, frozenset(source.choice([{LYING}, {LYING, SEATED}, {LYING, SEATED, WHEELCHAIR}])))
        layouts.append(Layout((bed, Places(1, frozenset({SEATED, WHEELCHAIR}))), 160))
    if source.random() < 0.05:
        layouts = [Layout(())]
    odds = {"lift": 0.6, "second person": 0.6, "steep step": 0.3}
    features = frozenset(feature for feature, share in odds.items() if source.random() < share)
    under_way = source.random() < 0.25
    rest = None
    if source.random() < 0.7:
        work = source.choice([10800, 12600] if under_way else [5400, 7200, 10800])
        rest = Rest(work, source.choice([(1200,), (1800,), (600, 1200), (600, 1200), ()]))
    earliest = source.randrange(0, 7200, 60)
    start = source.randrange(locations)
    return Duty(
        name,
        start,
        source.choice([start, source.randrange(locations)]),
        earliest,
        earliest + source.randrange(9000, 32400, 60),
        tuple(layouts),
        features,
        rest,
        source.choice([60, 1800, 3600]) if under_way else 0,
    )


def _people_aboard(source: random.Random, duty: Duty, durations: Matrix) -> list[Request]:
    """Up to two riders who fit one layout. Brought home at once and in this order they are there in time, however
    slow the traffic; the second has the time that two drives across the town take.
    """
    layout = source.choice(duty.layouts)
    places = [places for places in layout.places for _ in range(places.count)]
    taken = source.sample(places, min(source.randint(0, 2), len(places)))
    people = []
    for row, place in enumerate(taken):
        kind = source.choice(sorted(place.holds))
        since = duty.earliest - source.randrange(60, 1200)
        goal = source.randrange(len(durations))
        within = 1.6 * float(durations[duty.start, goal]) + 60 if row == 0 else 4500.0
        people.append(
            Request(
                f"{row}-aboard-{duty.id}",
                source.randrange(len(durations)),
                goal,
                (since - 600, since),
                (0, duty.earliest + within + source.choice([0, 3600])),
                60,
                60,
                duty.earliest + within - since,
                {kind: 1},
                layout.max_chair_mass if kind == WHEELCHAIR else 0,
                solo=len(taken) == 1 and source.random() < 0.3,
                required=source.random() < 0.5,
                weight=source.choice([0, 1]),
                duty=duty.id,
                aboard_since=since,
            )
        )
    return people


def _same_way(request: Request, other: Request) -> Request:
    """Another rider of the same outing."""
    return replace(
        request,
        pickup=other.pickup,
        dropoff=other.dropoff,
        pickup_window=other.pickup_window,
        dropoff_window=other.dropoff_window,
        max_ride=other.max_ride + 600,
    )


def _random_request(source: random.Random, name: str, durations: Matrix, duties: tuple[Duty, ...]) -> Request:
    pickup, dropoff = source.randrange(len(durations)), source.randrange(len(durations))
    begin = float(source.randrange(600, 20000, 60))
    width = source.choice([900, 1800, 3600, 7200])
    drive = float(durations[pickup, dropoff])
    if source.random() < 0.5:
        windows = ((begin, begin + width), (0.0, 60_000.0))
    else:
        windows = ((0.0, 60_000.0), (begin + drive, begin + drive + width))
    chair = source.random() < 0.35
    riders = {SEATED: source.randint(0 if chair else 1, 2), WHEELCHAIR: int(chair)}
    if not chair and source.random() < 0.1:
        riders = {LYING: 1, SEATED: source.randint(0, 1)}
    return Request(
        name,
        pickup,
        dropoff,
        windows[0],
        windows[1],
        source.choice([60, 180]),
        source.choice([60, 120]),
        drive * source.uniform(1, 3) + source.choice([0, 300]),
        riders,
        source.choice([90, 160, 240]) if chair else 0,
        frozenset({"lift"}) if chair and source.random() < 0.6 else frozenset(),
        frozenset({"steep step"}) if source.random() < 0.2 else frozenset(),
        solo=source.random() < 0.15,
        required=source.random() < 0.3,
        weight=source.choice([1, 2]),
        duty=source.choice(duties).id if duties and source.random() < 0.1 else None,
        prefers=frozenset(duty.id for duty in duties if source.random() < 0.4)
        if source.random() < 0.3
        else frozenset(),
    )
