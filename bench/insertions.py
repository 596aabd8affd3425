"""How long one wish takes to ask for on a planned day: the engine alone, without database and pages."""

import time
from dataclasses import replace

import numpy as np

from bench.town import town_day
from transport.routing.engine import Inserter, solve


def insertions(seconds: float) -> dict[str, float]:
    """Milliseconds per wish on a day of 7 vehicles and 130 wishes that was planned for so many seconds."""
    day = town_day()
    inserter = Inserter(day, solve(day, seconds=seconds))
    took, places = [], 0
    for request in town_day(seed=2).requests:
        begin = time.perf_counter()
        places += len(inserter.insert(replace(request, id="new")))
        took.append(1000 * (time.perf_counter() - begin))
    middle, late = np.percentile(took, [50, 95])
    figures = {"wishes": len(took), "places": places, "p50_ms": middle, "p95_ms": late, "slowest_ms": max(took)}
    return {name: round(float(figure), 2) for name, figure in figures.items()}
