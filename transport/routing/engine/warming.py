"""Compile before the first caller waits."""

import numpy as np

from transport.routing.engine.insertion import Inserter
from transport.routing.engine.problem import SEATED, Duty, Layout, Problem, Request
from transport.routing.engine.search import solve


def warm_up() -> None:
    """Compile the engine's functions and keep them on disk: about a minute once, then a second per process."""
    ride = Request("ride", 0, 1, (0, 10), (0, 20), 1, 1, 10, {SEATED: 1})
    duty = Duty("duty", 0, 0, 0, 30, (Layout.of(1, 0),))
    drive = np.array([[0.0, 1.0], [1.0, 0.0]])
    problem = Problem((ride,), (duty,), drive, drive)
    Inserter(problem, solve(problem, iterations=1)).insert(ride)
