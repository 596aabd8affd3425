"""One search worker: the plan on its board, the best plan it met, its pool of runs."""

import numpy as np
from numpy.typing import NDArray

from transport.routing.engine.network import Floats, Ints, Net, Nodes
from transport.routing.engine.resting import MOST_BREAKS
from transport.routing.engine.search.annealing import FULL, anneal, keep_best, new_memory, new_pool, value
from transport.routing.engine.search.recreate import NO_PLACE, ask, changed, new_board, put, settle
from transport.routing.engine.timing import new_desk

MOST_REMOVED = 16


class Worker:
    """Walks from plan to plan on its own; the outside world sees the best plan and the pool."""

    def __init__(self, net: Net, kind: Ints, near: Ints, penalty: Floats, room: int, pool_rows: int, seed: int) -> None:
        """Start with empty runs of up to `room` positions."""
        requests = len(penalty)
        self._net, self._near, self._penalty = net, near, penalty
        self._board = new_board(net, room, new_desk(net, room + 2 + MOST_BREAKS), requests, kind)
        self._memory = new_memory(net.duties, requests, room)
        self.pool = new_pool(pool_rows, room)
        marks = np.random.default_rng(7)  # the same for all workers: equal runs get equal keys
        self._mark = marks.integers(1, 2**63, requests + net.duties + 1, np.uint64)
        self._state = np.random.default_rng(seed).integers(1, 2**63, 1, np.uint64)

    @property
    def value(self) -> float:
        """The cost and penalties of the best plan."""
        return float(self._memory.best_value[0])

    @property
    def cost(self) -> float:
        """What the best plan costs."""
        return float(self._memory.best_cost[0])

    def best(self) -> list[Nodes]:
        """The routes of the best plan."""
        return [self._memory.best[duty, : self._memory.best_size[duty]].copy() for duty in range(self._net.duties)]

    def run_costs(self) -> NDArray[np.float64]:
        """What the runs on the board cost."""
        return self._board.routes.cost

    def fits(self, duty: int) -> int:
        """The layouts the run on the board fits into, as bits."""
        return int(self._board.routes.fits[duty])

    def walk(self, rounds: int, hot: float, cold: float, soft: Floats) -> None:
        """Search for so many rounds, cooling between two temperatures, with softer penalties on the way."""
        most = min(MOST_REMOVED, max(4, len(self._penalty) // 4))
        anneal(
            self._net,
            self._board,
            self._memory,
            self.pool,
            self._near,
            self._mark,
            self._penalty,
            soft,
            min(most, len(self._penalty)),
            rounds,
            float(hot),
            float(cold),
            self._state,
        )

    def take_aboard(self) -> None:
        """Plan the drop-off of everybody who is on board but in no run yet."""
        net, board, memory = self._net, self._board, self._memory
        for request in np.flatnonzero(net.held[: len(self._penalty)] & (memory.duty_of < 0)).tolist():
            for duty in np.flatnonzero(net.allowed[request]).tolist():
                cell = request * net.duties + duty
                if ask(net, board, request, duty, cell, NO_PLACE) < NO_PLACE and put(net, board, request, duty):
                    settle(net, board)
                    memory.duty_of[request] = duty
        worth, cost = value(net, board, memory.duty_of, self._penalty)
        if worth < memory.best_value[0] - 1e-9:
            keep_best(net, board, memory, worth, cost)

    def forget_runs(self) -> None:
        """Empty a pool that is nearly full."""
        if self.pool.filled[0] > 0.9 * FULL * len(self.pool.key):
            self.pool.key[:] = 0
            self.pool.filled[0] = 0

    def stand_on(self, routes: list[Nodes]) -> None:
        """Put these routes on the board, an impossible one empty; remember them if they are the best so far."""
        net, board, memory = self._net, self._board, self._memory
        memory.duty_of[:] = -1
        for duty, route in enumerate(routes):
            for nodes in (route, route[[0, -1]]):
                board.routes.nodes[duty, : len(nodes)] = nodes
                board.routes.size[duty] = len(nodes)
                if changed(net, board, duty):
                    break
            board.base[duty] = board.version[duty]
            rides = board.routes.nodes[duty, 1 : board.routes.size[duty] - 1]
            memory.duty_of[rides[rides < net.rides] // 2] = duty
        worth, cost = value(net, board, memory.duty_of, self._penalty)
        if worth < memory.best_value[0] - 1e-9:
            keep_best(net, board, memory, worth, cost)
