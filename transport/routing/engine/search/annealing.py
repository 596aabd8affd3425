"""Large-neighbourhood search: take some rides out, put them back, keep what is good enough (compiled).

What is good enough cools down. The value of a plan is its cost plus the penalties of the unserved, so large that
no saving in cost outweighs a request. Every run met in a good plan goes to the pool.
"""

from typing import NamedTuple

import numpy as np

from transport.routing.engine.compiled import compiled
from transport.routing.engine.network import Floats, Ints, Net, Nodes
from transport.routing.engine.search.recreate import Board, changed, drop, recreate, restore
from transport.routing.engine.search.ruin import Bits, Flags, chance, ruin

FULL = 0.7  # of the pool's rows
WORTH_KEEPING = 1.05  # runs of plans up to this much dearer than the best


class Pool(NamedTuple):
    """A hash table of runs by their set of requests and kind of duty; of equal ones the cheapest stays."""

    key: Bits  # 0 marks a free row
    cost: Floats
    duty: Ints
    size: Ints
    nodes: Nodes
    filled: Ints  # one number: how many rows


def new_pool(rows: int, room: int) -> Pool:
    """An empty pool; `rows` is a power of two."""
    return Pool(
        np.zeros(rows, np.uint64),
        np.zeros(rows),
        np.zeros(rows, np.int64),
        np.zeros(rows, np.int64),
        np.zeros((rows, room), np.int32),
        np.zeros(1, np.int64),
    )


class Memory(NamedTuple):
    """The best plan met so far, and the one to return to when a change is refused."""

    best: Nodes  # duty x position
    best_size: Ints
    best_value: Floats  # one number
    best_cost: Floats  # one number: the cost within the value
    nodes: Nodes
    size: Ints
    version: Ints
    touched: Flags
    duty_of: Ints  # by request; -1 is unserved


def new_memory(duties: int, requests: int, room: int) -> Memory:
    """A memory that knows no plan yet."""
    return Memory(
        np.zeros((duties, room), np.int32),
        np.zeros(duties, np.int64),
        np.full(1, np.inf),
        np.full(1, np.inf),
        np.zeros((duties, room), np.int32),
        np.zeros(duties, np.int64),
        np.zeros(duties, np.int64),
        np.zeros(duties, np.bool_),
        np.full(requests, -1, np.int64),
    )


@compiled
def pool_run(net: Net, board: Board, duty: int, kind: Ints, mark: Bits, pool: Pool) -> None:
    """Remember one run."""
    routes = board.routes
    size = routes.size[duty]
    key = mark[len(mark) - 1 - kind[duty]]
    for at in range(1, size - 1):
        node = routes.nodes[duty, at]
        if node < net.rides and node % 2 == 0:
            key ^= mark[node // 2]
    last = np.uint64(len(pool.key) - 1)
    row = np.int64(key & last)
    while pool.key[row] != 0 and pool.key[row] != key:
        row = np.int64(np.uint64(row + 1) & last)
    if pool.key[row] == 0:
        if pool.filled[0] > FULL * len(pool.key):
            return
        pool.filled[0] += 1
    elif pool.cost[row] <= routes.cost[duty] + 1e-9:
        return
    pool.key[row] = key
    pool.cost[row] = routes.cost[duty]
    pool.duty[row] = duty
    pool.size[row] = size
    for at in range(size):
        pool.nodes[row, at] = routes.nodes[duty, at]


@compiled
def remember(board: Board, memory: Memory, duty: int) -> None:
    """Keep a run as it is before its first change in this round."""
    if not memory.touched[duty]:
        memory.touched[duty] = True
        memory.size[duty] = board.routes.size[duty]
        memory.version[duty] = board.version[duty]
        for at in range(board.routes.size[duty]):
            memory.nodes[duty, at] = board.routes.nodes[duty, at]


@compiled
def give_back(net: Net, board: Board, memory: Memory) -> None:
    """Undo the changes of this round."""
    for duty in range(net.duties):
        if memory.touched[duty] and board.version[duty] != memory.version[duty]:
            board.routes.size[duty] = memory.size[duty]
            for at in range(memory.size[duty]):
                board.routes.nodes[duty, at] = memory.nodes[duty, at]
            restore(net, board, duty)
            board.version[duty] = memory.version[duty]


@compiled
def value(net: Net, board: Board, duty_of: Ints, penalty: Floats) -> tuple[float, float]:
    """The value of the plan, and the cost within it."""
    cost = 0.0
    for duty in range(net.duties):
        cost += board.routes.cost[duty]
    lost = 0.0
    for request in range(len(duty_of)):
        if duty_of[request] < 0:
            lost += penalty[request]
    return cost + lost, cost


@compiled
def take_out(net: Net, board: Board, memory: Memory, out: Flags) -> bool:
    """Take the marked rides out of the touched runs; False when one is impossible without them.

    Every other run may be changed later, too; copying it is cheaper than asking first.
    """
    possible = True
    for duty in range(net.duties):
        if memory.touched[duty]:
            possible = possible and drop(net, board, duty, out)
        else:
            remember(board, memory, duty)
    return possible


@compiled
def pool_changed(net: Net, board: Board, memory: Memory, cost: float, kind: Ints, mark: Bits, pool: Pool) -> None:
    """Pool the changed runs of a plan that costs little enough."""
    if cost < WORTH_KEEPING * memory.best_cost[0]:
        for duty in range(net.duties):
            if board.version[duty] != memory.version[duty]:
                pool_run(net, board, duty, kind, mark, pool)


@compiled
def keep_best(net: Net, board: Board, memory: Memory, worth: float, cost: float) -> None:
    """Remember the plan on the board as the best."""
    memory.best_value[0], memory.best_cost[0] = worth, cost
    for duty in range(net.duties):
        memory.best_size[duty] = board.routes.size[duty]
        for at in range(board.routes.size[duty]):
            memory.best[duty, at] = board.routes.nodes[duty, at]


@compiled
def anneal(  # noqa: C901, PLR0917 - one round from ruin to verdict; compiled functions know positions only
    net: Net,
    board: Board,
    memory: Memory,
    pool: Pool,
    near: Ints,
    kind: Ints,
    mark: Bits,
    penalty: Floats,
    most: int,
    rounds: int,
    hot: float,
    cold: float,
    state: Bits,
) -> None:
    """Improve the plan on the board for so many rounds, cooling from `hot` to `cold`; the best is in the memory."""
    requests = len(memory.duty_of)
    duty_of = memory.duty_of.copy()
    out = np.zeros(requests, np.bool_)
    pending = np.zeros(requests, np.int64)
    key = np.zeros(requests)
    for duty in range(net.duties):
        changed(net, board, duty)
    current = value(net, board, duty_of, penalty)[0]
    temperature = hot
    for _ in range(rounds):
        temperature *= (cold / hot) ** (1.0 / rounds)
        count = ruin(net, board.routes, near, penalty, duty_of, out, pending, most, state)
        for duty in range(net.duties):
            memory.touched[duty] = False
        for rank in range(count):
            remember(board, memory, duty_of[pending[rank]])
            duty_of[pending[rank]] = -1
        possible = take_out(net, board, memory, out)
        for rank in range(count):
            out[pending[rank]] = False
        for request in range(requests):
            if memory.duty_of[request] < 0:
                pending[count] = request
                count += 1
        possible = possible and recreate(net, board, pending, count, penalty, temperature, duty_of, key, state)
        after, cost = value(net, board, duty_of, penalty)
        if possible and after - cost <= memory.best_value[0] - memory.best_cost[0]:
            pool_changed(net, board, memory, cost, kind, mark, pool)
        if possible and after < current - temperature * np.log(max(1e-12, chance(state))):
            current = after
            for request in range(requests):
                memory.duty_of[request] = duty_of[request]
            if after < memory.best_value[0] - 1e-7:
                keep_best(net, board, memory, after, cost)
        else:
            give_back(net, board, memory)
            for request in range(requests):
                duty_of[request] = memory.duty_of[request]
