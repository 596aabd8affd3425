"""A made-up city of any size: its day of wishes, its vehicles, its streets. The same numbers and seed, the same day.

Area, towns, depots and destinations grow with the number of rides, so that twice the rides are twice the city and
not twice the crowd. Whole seconds and metres. Clients live at junctions, of which there are two for every five rides:
locations are shared, as stops and house numbers are, and the matrices of 20,000 rides are 8,000 by 8,000.
"""

from math import ceil, sqrt

import numpy as np
from numpy.typing import NDArray

from transport.routing.engine import SEATED, WHEELCHAIR, Costs, Duty, Layout, Pace, Problem, Request, Rest
from transport.routing.engine.problem import Matrix

Points = NDArray[np.float64]  # metres east and north, one row per location

KILOMETRE, MINUTE, HOUR = 1000.0, 60.0, 3600.0
SIDE = 20 * KILOMETRE  # of the city with a thousand rides
DETOUR = 1.3  # streets beside the air line
SPEED = 36 * KILOMETRE / HOUR
REACH = 4 * KILOMETRE  # how readily a client goes farther: one in e for each of these
TRAFFIC = Pace((0.0, 6.5 * HOUR, 9 * HOUR, 13 * HOUR, 16 * HOUR, 18 * HOUR), (1.0, 1.25, 1.1, 1.2, 1.1, 1.0))
BREAK = Rest(4.5 * HOUR, (30 * MINUTE,))
SHIFTS = ((6, 14), (7, 15), (9, 17))  # o'clock
FLEET = (
    ((Layout.of(4, 0),), frozenset[str]()),
    ((Layout.of(7, 0), Layout.of(4, 1, 200), Layout.of(2, 2, 200)), frozenset[str]()),
    ((Layout.of(8, 0), Layout.of(5, 2, 300), Layout.of(2, 3, 300)), frozenset({"lift"})),
    ((Layout.of(4, 1, 200), Layout.of(1, 2, 200)), frozenset({"lift"})),
)


def city(rides: int, vehicles: int, seed: int) -> Problem:
    """The day: `rides` wishes, most of them there and back, and `vehicles` duties of eight hours."""
    source = np.random.default_rng(seed)
    side = SIDE * sqrt(rides / 1000)
    towns = _towns(source, max(2, round(sqrt(rides / 250))), side)
    depots = _around(source, towns, side)
    goals = _around(source, np.repeat(towns, 4, axis=0), side)
    homes = _homes(source, towns, 2 * rides // 5 + 1, side)
    distances, durations = _streets(np.concatenate([depots, goals, homes]))
    duties = tuple(_duty(row, len(depots)) for row in range(vehicles))
    first_home = len(depots) + len(goals)
    requests: list[Request] = []
    for pair in range(ceil(rides / 2)):
        home = int(source.integers(first_home, len(distances)))
        wanted = np.exp(-distances[home, len(depots) : first_home] / REACH)
        goal = len(depots) + int(source.choice(len(goals), p=wanted / wanted.sum()))
        requests += _there_and_back(source, f"client {pair}", home, goal, durations)
    return Problem(tuple(requests[:rides]), duties, durations, distances, TRAFFIC, Costs(distance=1), grain=1)


def _towns(source: np.random.Generator, across: int, side: float) -> Points:
    """One in each square of a chessboard, so that they are equally dense in a city of any size."""
    corners = np.stack(np.meshgrid(np.arange(across), np.arange(across)), axis=-1).reshape(-1, 2)
    return (corners + source.uniform(0.2, 0.8, corners.shape)) * (side / across)


def _around(source: np.random.Generator, towns: Points, side: float) -> Points:
    return np.clip(source.normal(towns, 1.5 * KILOMETRE), 0, side)


def _homes(source: np.random.Generator, towns: Points, count: int, side: float) -> Points:
    """Three in ten anywhere, the others around the towns."""
    anywhere = source.uniform(0, side, (count, 2))
    in_town = np.clip(source.normal(towns[source.integers(0, len(towns), count)], 2.5 * KILOMETRE), 0, side)
    return np.where(source.random((count, 1)) < 0.3, anywhere, in_town)


def _streets(points: Points) -> tuple[Matrix, Matrix]:
    """Metres and free-flow seconds; rounding up keeps the triangle inequality."""
    east, north = points.T
    metres = np.hypot(east[:, None] - east, north[:, None] - north) * DETOUR
    durations = np.ceil(metres / SPEED)
    return np.ceil(metres, out=metres), durations


def _duty(row: int, depots: int) -> Duty:
    """Depot after depot gets a vehicle; each begins with another model and goes on through all models and shifts."""
    turn, depot = divmod(row, depots)
    begin, end = SHIFTS[turn % len(SHIFTS)]
    layouts, features = FLEET[(depot + turn) % len(FLEET)]
    return Duty(f"duty {row}", depot, depot, begin * HOUR, end * HOUR, layouts, features, BREAK)


def _there_and_back(
    source: np.random.Generator, client: str, home: int, goal: int, durations: Matrix
) -> tuple[Request, Request]:
    """To an appointment, most likely in the morning, and home again when it is over."""
    direct = float(durations[home, goal])
    max_ride = 1.5 * direct + 15 * MINUTE
    chair = source.random() < 1 / 3
    seated = int(source.random() < 0.3) if chair else int(source.choice([1, 2], p=[0.85, 0.15]))
    riders = {WHEELCHAIR: 1, SEATED: seated} if chair else {SEATED: seated}
    mass = float(source.integers(90, 260)) if chair else 0.0
    lift = frozenset({"lift"}) if mass > 180 else frozenset[str]()
    service = (4 if chair else 1.5) * MINUTE
    peak = source.normal(8.25 * HOUR, 0.75 * HOUR) if source.random() < 0.5 else source.uniform(8 * HOUR, 13 * HOUR)
    appointment = float(np.clip(round(peak / 300) * 300, 7 * HOUR, 13.5 * HOUR))
    over = min(appointment + float(source.integers(4, 17)) * 15 * MINUTE, 15.5 * HOUR)
    leave = appointment - 30 * MINUTE - max_ride - service, appointment - direct - service
    there = (leave, (appointment - 30 * MINUTE, appointment))
    back = ((over, over + 30 * MINUTE), (over, over + 30 * MINUTE + service + max_ride))

    def ride(name: str, start: int, end: int, windows: tuple[tuple[float, float], tuple[float, float]]) -> Request:
        return Request(
            f"{client} {name}",
            start,
            end,
            windows[0],
            windows[1],
            service,
            service,
            max_ride,
            riders,
            mass,
            lift,
            required=False,
        )

    return ride("there", home, goal, there), ride("back", goal, home, back)
