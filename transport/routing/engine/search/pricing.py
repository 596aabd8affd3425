"""What every request is worth to the runs met so far: the linear relaxation of set partitioning, by OR-Tools' GLOP.

It begins with few runs and goes on, from the solution it has, with those its prices call for.
"""

import time
from typing import NamedTuple, Self

import numpy as np
from ortools.linear_solver import pywraplp
from scipy.sparse import csr_matrix

from transport.routing.engine.network import Floats, Ints

FEW_COLUMNS = 300  # of the relaxation at first, and added at a time
MOST_PRICINGS = 40


class Columns(NamedTuple):
    """Runs that could be driven: by which kind of duty, at what cost, for whom (run x request, 0 or 1)."""

    kind: Ints
    cost: Floats
    serves: csr_matrix

    def only(self, rows: Ints) -> Self:
        """Some of them."""
        return type(self)(self.kind[rows], self.cost[rows], self.serves[rows])


class Relaxation:
    """Requests shared out among fractions of runs, at the least cost."""

    def __init__(self, columns: Columns, duties: Ints, lost: Floats) -> None:
        """Without any run yet; `lost` is the price of leaving a request out."""
        self._columns = columns
        self._solver = pywraplp.Solver.CreateSolver("GLOP")
        self._how = pywraplp.MPSolverParameters()
        self._how.SetIntegerParam(self._how.PRESOLVE, self._how.PRESOLVE_OFF)  # else the last solution is of no use
        endless = self._solver.infinity()
        self._served = [self._solver.Constraint(1.0, endless) for _ in lost]
        self._used = [self._solver.Constraint(-endless, float(most)) for most in duties]
        self._objective = self._solver.Objective()
        for row, price in zip(self._served, lost.tolist(), strict=True):
            self._add(price, [row])

    def _add(self, price: float, rows: list[pywraplp.Constraint]) -> None:
        variable = self._solver.NumVar(0.0, self._solver.infinity(), "")
        self._objective.SetCoefficient(variable, price)
        for row in rows:
            row.SetCoefficient(variable, 1.0)

    def add(self, runs: Ints) -> None:
        """Let these runs be used, too."""
        columns = self._columns.only(runs)
        bounds, requests = columns.serves.indptr.tolist(), columns.serves.indices.tolist()
        for at, (kind, price) in enumerate(zip(columns.kind.tolist(), columns.cost.tolist(), strict=True)):
            served = requests[bounds[at] : bounds[at + 1]]
            self._add(price, [self._used[kind], *(self._served[request] for request in served)])

    def reduced(self) -> tuple[Floats, float] | None:
        """What every run costs beyond what its requests are worth and its duty leaves, and the value of the optimum.

        None if the arithmetic fails.
        """
        if self._solver.Solve(self._how) != pywraplp.Solver.OPTIMAL:
            return None
        worth = np.array([row.dual_value() for row in self._served])
        fee = np.array([row.dual_value() for row in self._used])
        columns = self._columns
        return columns.cost - columns.serves @ worth - fee[columns.kind], float(self._objective.Value())


def promising(columns: Columns, duties: Ints, lost: Floats, known: Ints, deadline: float) -> tuple[Floats, float]:
    """What every run costs too much in the relaxation, and a lower bound of all choices (0 if it is not known).

    At the deadline (monotonic clock), or when the arithmetic fails, as far as it was found; without prices, costs
    per ride tell which runs are good.
    """
    reduced = columns.cost / np.maximum(columns.serves.getnnz(axis=1), 1)
    relaxation = Relaxation(columns, duties, lost)
    active = np.zeros(len(reduced), np.bool_)
    wanted = np.union1d(np.argsort(reduced, kind="stable")[:FEW_COLUMNS], known)
    for _ in range(MOST_PRICINGS):
        active[wanted] = True
        relaxation.add(wanted)
        priced = relaxation.reduced()
        if priced is None:
            break
        reduced, bound = priced
        calling: Ints = np.flatnonzero((reduced < -1e-6) & ~active)
        if len(calling) == 0:
            return reduced, bound
        if time.monotonic() > deadline:
            break
        wanted = calling[np.argsort(reduced[calling], kind="stable")[:FEW_COLUMNS]]
    return reduced, 0.0
