"""The best plan that can be put together from runs met so far: set partitioning by OR-Tools.

The linear relaxation tells how promising every run is. CP-SAT chooses among the most promising ones, then among
more of them, as long as there is time and a run is left that could belong to a better plan.
"""

import time
from dataclasses import dataclass
from math import inf

import numpy as np
from ortools.sat.python import cp_model

from transport.routing.engine.network import Floats, Ints
from transport.routing.engine.search.pricing import Columns, promising

OFFERED = 500  # columns for CP-SAT at first; then twice as many, and so on
MOST_OFFERED = 8000
UNITS = 10_000_000  # the dearest plan in whole units of the integer objective


@dataclass(frozen=True, slots=True)
class Budget:
    """How long it may take in all, by the clock; or how long CP-SAT may think, in its own repeatable measure."""

    seconds: float | None = None
    effort: float = 1.0
    workers: int = 1


class Thinking:
    """A budget being used up."""

    def __init__(self, budget: Budget) -> None:
        """Begin now. `halfway` is when half of the time is over, by the monotonic clock."""
        begin = time.monotonic()
        seconds = inf if budget.seconds is None else budget.seconds
        self.halfway, self._end = begin + seconds / 2, begin + seconds
        self._effort = budget.effort if budget.seconds is None else inf

    def over(self) -> bool:
        """Is nothing left?"""
        return self._effort <= 0 or time.monotonic() >= self._end

    def limit(self, solver: cp_model.CpSolver) -> None:
        """Let the solver use what is left."""
        solver.parameters.max_time_in_seconds = max(0.01, self._end - time.monotonic())
        solver.parameters.max_deterministic_time = self._effort

    def spent(self, solver: cp_model.CpSolver) -> None:
        """Count what the solver used."""
        self._effort -= solver.response_proto.deterministic_time


def partition(columns: Columns, duties: Ints, penalty: Floats, known: Ints, budget: Budget) -> list[int] | None:
    """The columns of the best choice: every request at most once, per kind no more runs than `duties[kind]`.

    `known` are the columns of a choice made before. None when no better one was found in time.
    """
    thinking = Thinking(budget)
    lost = np.minimum(penalty, 10 * float(columns.cost.max(initial=1.0)) + 1)
    reduced, bound = promising(columns, duties, lost, known, thinking.halfway)
    order = np.argsort(reduced, kind="stable")
    best = known
    offered = OFFERED
    while not thinking.over():
        # a run that costs more than the best choice is above the bound is in no better one
        value = float(columns.cost[best].sum()) + float(lost.sum()) - float((columns.serves[best] @ lost).sum())
        useful = order[reduced[order] < value - bound]
        chosen = np.union1d(useful[:offered], best)
        better, proven = _choose(columns, duties, penalty, chosen, best, budget.workers, thinking)
        best = better if better is not None else best
        if not proven or offered >= min(len(useful), MOST_OFFERED):
            break
        offered *= 2
    return None if best is known else best.tolist()


def _choose(
    columns: Columns, duties: Ints, penalty: Floats, chosen: Ints, known: Ints, workers: int, thinking: Thinking
) -> tuple[Ints | None, bool]:
    """The best choice among the chosen columns, if one was found; is it proven to be the best?"""
    offered = columns.only(chosen)
    top = max(float(columns.cost[known].sum()), float(offered.cost.max(initial=0.0)), 1e-9)
    # costs are rounded, penalties keep their order: optional requests outweigh any cost, required ones all of them
    prices = np.round(offered.cost * (UNITS / top)).astype(np.int64)
    dearest = int(np.sort(prices)[::-1][: int(duties.sum())].sum())
    losses = _whole(penalty, 2 * max(dearest, UNITS))
    model = cp_model.CpModel()
    take = [model.new_bool_var("") for _ in chosen]
    left = [model.new_bool_var("") for _ in penalty]
    by_request = offered.serves.tocsc()
    for request, alone in enumerate(left):
        runs = by_request.indices[by_request.indptr[request] : by_request.indptr[request + 1]].tolist()
        model.add_exactly_one([*(take[run] for run in runs), alone])
    for kind, most in enumerate(duties.tolist()):
        model.add(sum(take[run] for run in np.flatnonzero(offered.kind == kind).tolist()) <= most)
    taken = set(known.tolist())
    for variable, index in zip(take, chosen.tolist(), strict=True):
        model.add_hint(variable, index in taken)
    missed = np.asarray(columns.serves[known].sum(axis=0)).ravel() == 0
    for variable, alone in zip(left, missed.tolist(), strict=True):
        model.add_hint(variable, alone)
    total = cp_model.LinearExpr.weighted_sum(take, prices.tolist()) + cp_model.LinearExpr.weighted_sum(left, losses)
    model.minimize(total)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = workers
    solver.parameters.random_seed = 1
    solver.parameters.linearization_level = 2
    solver.parameters.cp_model_presolve = False  # it takes longer than it saves
    solver.parameters.symmetry_level = 0
    thinking.limit(solver)
    status = solver.solve(model)
    thinking.spent(solver)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None, False
    picked = chosen[[solver.boolean_value(variable) for variable in take]]
    better = set(picked.tolist()) != taken
    return picked if better else None, status == cp_model.OPTIMAL


def _whole(penalty: Floats, scale: int) -> list[int]:
    """Penalties as whole numbers in the same order of magnitude to one another, the least positive one `scale`.

    Extreme weights are cut off, so that all of them together fit into 60 bits.
    """
    least = min((each for each in penalty.tolist() if each > 0), default=1.0)
    most = 2**60 // (scale * max(1, len(penalty)))
    return [round(scale * min(each / least, most)) for each in penalty.tolist()]
