"""The best plan that can be put together from runs met so far: set partitioning by OR-Tools.

A linear relaxation prices every request; runs that cannot pay at those prices are left out before CP-SAT chooses.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.linear_solver import pywraplp
from ortools.sat.python import cp_model

from transport.routing.engine.network import Floats

MOST_COLUMNS = 6000  # offered to CP-SAT
MOST_PRICED = 40_000  # offered to the relaxation
UNITS = 1_000_000  # the dearest plan in whole units of the integer objective


@dataclass(frozen=True, slots=True)
class Column:
    """A run that could be driven: by which kind of duty, for whom, at what cost."""

    kind: int
    requests: tuple[int, ...]
    cost: float


@dataclass(frozen=True, slots=True)
class Budget:
    """How long CP-SAT may think: by the clock, or in its own repeatable measure."""

    seconds: float | None = None
    effort: float = 2.0


def partition(
    columns: list[Column], duties: NDArray[np.int64], penalty: Floats, hint: set[int], budget: Budget
) -> list[int] | None:
    """The columns of the best choice: every request at most once, per kind no more runs than `duties[kind]`.

    `hint` are the columns of a known choice. None when nothing was found in time.
    """
    chosen = _promising(columns, duties, penalty, hint)
    top = max(sum(columns[index].cost for index in hint), *(columns[index].cost for index in chosen), 1e-9)
    # costs are rounded, penalties keep their order: optional requests outweigh any cost, required ones all of them
    unit = top / UNITS
    model = cp_model.CpModel()
    take = [model.new_bool_var("") for _ in chosen]
    left = [model.new_bool_var("") for _ in penalty]
    by_request: list[list[cp_model.IntVar]] = [[] for _ in penalty]
    by_kind: list[list[cp_model.IntVar]] = [[] for _ in duties]
    for variable, index in zip(take, chosen, strict=True):
        by_kind[columns[index].kind].append(variable)
        for request in columns[index].requests:
            by_request[request].append(variable)
        model.add_hint(variable, index in hint)
    for runs, alone in zip(by_request, left, strict=True):
        model.add_exactly_one([*runs, alone])
    for runs, most in zip(by_kind, duties.tolist(), strict=True):
        model.add(sum(runs) <= most)
    prices = [round(columns[index].cost / unit) for index in chosen]
    losses = _whole(penalty, 2 * max(sum(sorted(prices)[-int(duties.sum()) :]), UNITS))
    model.minimize(cp_model.LinearExpr.weighted_sum(take, prices) + cp_model.LinearExpr.weighted_sum(left, losses))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    if budget.seconds is not None:
        solver.parameters.max_time_in_seconds = budget.seconds
    else:
        solver.parameters.max_deterministic_time = budget.effort
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    return [index for variable, index in zip(take, chosen, strict=True) if solver.boolean_value(variable)]


def _whole(penalty: Floats, scale: int) -> list[int]:
    """Penalties as whole numbers in the same order of magnitude to one another, the least positive one `scale`.

    Extreme weights are cut off, so that all of them together fit into 60 bits.
    """
    least = min((each for each in penalty.tolist() if each > 0), default=1.0)
    most = 2**60 // (scale * max(1, len(penalty)))
    return [round(scale * min(each / least, most)) for each in penalty.tolist()]


def _promising(columns: list[Column], duties: NDArray[np.int64], penalty: Floats, hint: set[int]) -> list[int]:
    """The hinted columns and those with the least reduced cost."""
    if len(columns) <= MOST_COLUMNS // 4:
        return list(range(len(columns)))
    priced = columns[:MOST_PRICED]
    solver = pywraplp.Solver.CreateSolver("GLOP")
    serve = [solver.Constraint(1.0, 1.0) for _ in penalty]
    drive = [solver.Constraint(0.0, float(most)) for most in duties]
    objective = solver.Objective()
    cap = 10 * max(column.cost for column in priced) + 1
    for row, lost in zip(serve, penalty.tolist(), strict=True):
        alone = solver.NumVar(0.0, 1.0, "")
        row.SetCoefficient(alone, 1.0)
        objective.SetCoefficient(alone, min(lost, cap))
    for column in priced:
        variable = solver.NumVar(0.0, 1.0, "")
        objective.SetCoefficient(variable, column.cost)
        drive[column.kind].SetCoefficient(variable, 1.0)
        for request in column.requests:
            serve[request].SetCoefficient(variable, 1.0)
    if solver.Solve() != pywraplp.Solver.OPTIMAL:
        return sorted({*range(min(len(columns), MOST_COLUMNS)), *hint})
    worth = [row.dual_value() for row in serve]
    fee = [row.dual_value() for row in drive]
    reduced = [column.cost - fee[column.kind] - sum(worth[each] for each in column.requests) for column in priced]
    order = sorted(range(len(priced)), key=lambda index: (reduced[index], index))
    return sorted({*order[:MOST_COLUMNS], *hint})
