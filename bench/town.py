"""A made-up day of the town: 7 vehicles, 130 wishes, rush hours, rests, and what of it every solver can model."""

import random
from dataclasses import replace

import numpy as np

from transport.routing.engine import SEATED, WHEELCHAIR, Costs, Duty, Layout, Pace, Problem, Request, Rest

RUSH = Pace(tuple(3600.0 * hour for hour in (0, 6, 7, 9, 14, 17, 20)), (0.9, 1.0, 1.25, 1.05, 1.2, 1.05, 0.9))


def town_day(rides: int = 130, seed: int = 1) -> Problem:
    """A day in seconds and metres: 16 by 14 km at 38 km/h, three kinds of vehicles, a third in wheelchairs."""
    source = random.Random(seed)
    points = [(0.0, 0.0)] + [(source.gauss(0, 3500), source.gauss(0, 3000)) for _ in range(2 * rides)]
    clinics = points[1:13]
    ends = [source.choice(clinics) if row % 2 else point for row, point in enumerate(points[1:])]
    where = np.array([points[0], *ends])
    metres = np.round(np.hypot(*(where[:, None] - where[None, :]).transpose(2, 0, 1)) * 1.34)
    seconds = np.ceil(metres / (38 / 3.6))
    hour = 3600.0
    car = (Layout.of(3, 0, 0),), frozenset[str](), Rest(6 * hour, (1800.0,))
    van = (Layout.of(2, 1, 250), Layout.of(1, 2, 250)), frozenset({"lift"}), Rest(6 * hour, (1800.0,))
    bus = (Layout.of(8, 1, 300), Layout.of(4, 3, 300)), frozenset({"lift"}), Rest(4.5 * hour, (900.0, 1800.0))
    kinds = (car, car, car, van, van, van, bus)
    shifts = ((5.5, 14), (6, 14.5), (10, 19), (5.5, 14), (7, 16), (11, 20), (6, 16))
    duties = tuple(
        Duty(f"duty {row}", 0, 0, begin * hour, end * hour, *kind)
        for row, (kind, (begin, end)) in enumerate(zip(kinds, shifts, strict=True))
    )
    requests = tuple(_ride(source, row, seconds) for row in range(rides))
    return Problem(requests, duties, seconds, metres, RUSH, Costs(distance=0.001, time=0.005, excess_ride=0.001), 1)


def _ride(source: random.Random, row: int, seconds: np.ndarray) -> Request:
    drive = float(seconds[1 + 2 * row, 2 + 2 * row])
    begin = float(int(min(max(source.gauss(9.5, 2.3), 6.2), 17.5) * 12) * 300)
    width = source.choice([900.0, 900.0, 900.0, 2700.0, 8100.0])
    chair = source.random() < 0.33
    window = ((begin, begin + width), (begin, begin + 4 * 3600.0))
    if source.random() < 0.4:
        window = ((begin - 2 * 3600, begin + 3600.0), (begin + drive, begin + drive + width))
    return Request(
        f"ride {row}",
        1 + 2 * row,
        2 + 2 * row,
        *window,
        240 if chair else 90,
        180 if chair else 60,
        min(max(2 * drive, drive + 900), 3600),
        {WHEELCHAIR: 1} if chair else {SEATED: source.choice([1, 1, 1, 2])},
        140 if chair else 0,
        frozenset({"lift"}) if chair else frozenset(),
        required=False,
    )


def plain(day: Problem) -> Problem:
    """The day without what stock OR-Tools lacks: rush hours, rests, layouts to choose from, comfort."""
    duties = tuple(replace(duty, layouts=duty.layouts[-1:], rest=None) for duty in day.duties)
    costs = Costs(distance=day.costs.distance, time=day.costs.time)
    return replace(day, duties=duties, pace=Pace(), costs=costs)
