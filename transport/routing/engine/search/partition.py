"""The best plan that can be put together from runs met so far: set partitioning by OR-Tools.

A linear relaxation, solved over few runs and then over those that its prices call for, values every request; runs
that cannot pay at those prices are left out before CP-SAT chooses.
"""

import time
from dataclasses import dataclass
from math import inf
from typing import Self

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model
from scipy.optimize import linprog
from scipy.sparse import csc_matrix, csr_matrix, hstack, identity, vstack

from transport.routing.engine.network import Floats, Ints

MOST_COLUMNS = 1500  # offered to CP-SAT
FEW_COLUMNS = 2000  # of the relaxation at first, and added at a time
MOST_PRICINGS = 8
UNITS = 10_000_000  # the dearest plan in whole units of the integer objective


@dataclass(frozen=True, slots=True)
class Columns:
    """Runs that could be driven: by which kind of duty, at what cost, for whom (run x request, 0 or 1)."""

    kind: Ints
    cost: Floats
    serves: csr_matrix

    def only(self, rows: NDArray[np.int64]) -> Self:
        """Some of them."""
        return type(self)(self.kind[rows], self.cost[rows], self.serves[rows])


@dataclass(frozen=True, slots=True)
class Budget:
    """How long it may take in all, by the clock; or how long CP-SAT may think, in its own repeatable measure."""

    seconds: float | None = None
    effort: float = 2.0
    workers: int = 1


def partition(
    columns: Columns, duties: NDArray[np.int64], penalty: Floats, hint: NDArray[np.int64], budget: Budget
) -> list[int] | None:
    """The columns of the best choice: every request at most once, per kind no more runs than `duties[kind]`.

    `hint` are the columns of a known choice. None when nothing was found in time.
    """
    if len(columns.cost) == 0:
        return None
    begin = time.monotonic()
    chosen = _promising(columns, duties, penalty, hint, inf if budget.seconds is None else begin + budget.seconds / 2)
    offered = columns.only(chosen)
    top = max(float(columns.cost[hint].sum()), float(offered.cost.max(initial=0.0)), 1e-9)
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
    known = set(hint.tolist())
    for variable, index in zip(take, chosen.tolist(), strict=True):
        model.add_hint(variable, index in known)
    total = cp_model.LinearExpr.weighted_sum(take, prices.tolist()) + cp_model.LinearExpr.weighted_sum(left, losses)
    model.minimize(total)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = budget.workers
    solver.parameters.random_seed = 1
    solver.parameters.linearization_level = 2
    solver.parameters.symmetry_level = 0
    solver.parameters.cp_model_probing_level = 0
    if budget.seconds is not None:
        solver.parameters.max_time_in_seconds = max(0.1, budget.seconds - (time.monotonic() - begin))
    else:
        solver.parameters.max_deterministic_time = budget.effort
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    return [index for variable, index in zip(take, chosen.tolist(), strict=True) if solver.boolean_value(variable)]


def _whole(penalty: Floats, scale: int) -> list[int]:
    """Penalties as whole numbers in the same order of magnitude to one another, the least positive one `scale`.

    Extreme weights are cut off, so that all of them together fit into 60 bits.
    """
    least = min((each for each in penalty.tolist() if each > 0), default=1.0)
    most = 2**60 // (scale * max(1, len(penalty)))
    return [round(scale * min(each / least, most)) for each in penalty.tolist()]


def _promising(
    columns: Columns, duties: NDArray[np.int64], penalty: Floats, hint: NDArray[np.int64], deadline: float
) -> NDArray[np.int64]:
    """The hinted columns and those with the least reduced cost, as far as it is known at the deadline."""
    count = len(columns.cost)
    if count <= FEW_COLUMNS // 10:
        return np.arange(count)
    lost = np.minimum(penalty, 10 * columns.cost.max() + 1)
    members = np.maximum(columns.serves.getnnz(axis=1), 1)
    active = np.zeros(count, np.bool_)
    active[np.argsort(columns.cost / members, kind="stable")[:FEW_COLUMNS]] = True
    active[hint] = True
    known = float(columns.cost[hint].sum()) + float(lost.sum()) - float((columns.serves[hint] @ lost).sum())
    reduced = columns.cost
    for _ in range(MOST_PRICINGS):
        priced = columns.only(np.flatnonzero(active))
        prices = _prices(priced, duties, lost)
        if prices is None:
            break
        worth, fee, bound = prices
        reduced = columns.cost + fee[columns.kind] - columns.serves @ worth
        wanted = np.flatnonzero((reduced < -1e-6) & ~active)
        if len(wanted) == 0 or time.monotonic() > deadline:
            if len(wanted) == 0:  # a run that costs more than the known choice is above the bound is in no better one
                reduced = np.where(reduced <= known - bound + 1e-6, reduced, np.inf)
            break
        active[wanted[np.argsort(reduced[wanted], kind="stable")[:FEW_COLUMNS]]] = True
    best = np.argsort(reduced, kind="stable")[:MOST_COLUMNS]
    return np.union1d(best[np.isfinite(reduced[best])], hint)


def _prices(columns: Columns, duties: NDArray[np.int64], lost: Floats) -> tuple[Floats, Floats, float] | None:
    """What each request is worth and what each kind of duty costs at the optimum of the relaxation; its value.

    None if the arithmetic fails: then the cheapest runs are offered as they are.
    """
    requests, kinds = len(lost), len(duties)
    runs = len(columns.cost)
    serve = hstack([-columns.serves.T, -identity(requests)])
    drive = csc_matrix((np.ones(runs), (columns.kind, np.arange(runs))), shape=(kinds, runs + requests))
    answer = linprog(
        np.concatenate([columns.cost, lost]),
        A_ub=vstack([serve, drive]).tocsc(),
        b_ub=np.concatenate([-np.ones(requests), duties.astype(np.float64)]),
        method="highs-ds",
    )
    if answer.status != 0:
        return None
    marginals = -answer.ineqlin.marginals
    return marginals[:requests], marginals[requests:], float(answer.fun)
