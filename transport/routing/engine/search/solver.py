"""A day's plan: large-neighbourhood search and set partitioning in turns, from cold start or a given plan.

First every required request, then the sum of weights of the others, then cost. The result is never worse than
the plan it started from. The same seed and number of iterations give the same plan.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from transport.routing.engine.plan import Plan
from transport.routing.engine.problem import Problem
from transport.routing.engine.search.partition import Budget
from transport.routing.engine.search.state import Search

TURN = 3000  # iterations between two set partitionings
HOT = 0.3  # the temperature at the beginning, in the cost of an average ride


@dataclass(frozen=True, slots=True)
class Progress:
    """How the search stands: share of the budget used, requests unserved, cost of the best plan."""

    done: float
    unserved: int
    cost: float


def solve(
    problem: Problem,
    *,
    seconds: float | None = None,
    iterations: int | None = None,
    seed: int = 0,
    start: Plan | None = None,
    progress: Callable[[Progress], object] | None = None,
) -> Plan:
    """A plan within the budget: `seconds` of thinking or `iterations` of search (default: 10 seconds).

    `start` is improved; runs of it that cannot be driven as they are, are dissolved first. ValueError when it
    names requests or duties the problem does not know.
    """
    if seconds is None and iterations is None:
        seconds = 10.0
    begin = time.monotonic()
    search = Search(problem, seed, start)
    done = 0
    while problem.requests and problem.duties:
        spent = time.monotonic() - begin
        share = max(done / iterations if iterations else 0.0, spent / seconds if seconds else 0.0)
        if share >= 1 or iterations == 0:
            break
        turn = TURN if iterations is None else min(TURN, iterations - done)
        if seconds is not None:
            pace = done / search.thought if done else 0.0  # iterations per second
            turn = min(turn, max(50, int(pace * min(seconds / 5, 0.7 * (seconds - spent)))))
        search.improve(turn, HOT * max(1 - share, 0.1))
        done += turn
        if seconds is None:
            search.combine(Budget())
        else:
            search.combine(Budget(seconds=max(0.05, min(0.1 * seconds, seconds - (time.monotonic() - begin)))))
        if progress is not None:
            progress(Progress(min(1.0, share), search.unserved(), search.cost()))
    return search.plan()
