"""Large-neighbourhood search: take some rides out, put them back, keep what is good enough (compiled).

What is good enough cools down. Two values are told apart: the plan kept as the best has the fewest penalties, so
large that no saving in cost outweighs a request; the walk itself uses softer ones, so that it may pass through
plans that leave somebody out. Every run met in a good plan goes to the pool.
"""

from typing import NamedTuple

import numpy as np

from transport.routing.engine.compiled import compiled
from transport.routing.engine.network import Floats, Ints, Net, Nodes
from transport.routing.engine.search.recreate import Board, drop, give_back, recreate, settle
from transport.routing.engine.search.ruin import Bits, Flags, chance, ruin
from transport.routing.engine.search.tails import swap_tails

FULL = 0.7  # of the pool's rows
WORTH_SWAPPING = 1.01  # plans up to this much dearer than the best are tried with other tails
MOST_SWAPS = 4  # of one run in one round
WORTH_KEEPING = 1.02  # runs of plans up to this much dearer than the best
MOST_WAITING = 20  # unserved requests tried in one round


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


def runs_met(pools: list[Pool]) -> tuple[Nodes, Ints, Floats]:
    """The runs of several pools, each once: nodes (-1 behind the end), duty, cost."""
    rows = [np.flatnonzero(pool.key) for pool in pools]
    key, cost, duty, size, nodes = (
        np.concatenate([getattr(pool, name)[row] for pool, row in zip(pools, rows, strict=True)])
        for name in ("key", "cost", "duty", "size", "nodes")
    )
    order = np.lexsort((cost, key))
    once = np.ones(len(order), np.bool_)
    once[1:] = key[order][1:] != key[order][:-1]
    order = order[once]
    nodes = np.where(np.arange(nodes.shape[1])[None, :] < size[order][:, None], nodes[order], np.int32(-1))
    return nodes, duty[order], cost[order]


class Memory(NamedTuple):
    """The best plan met so far, and who is in the present one."""

    best: Nodes  # duty x position
    best_size: Ints
    best_value: Floats  # one number
    best_cost: Floats  # one number: the cost within the value
    duty_of: Ints  # by request; -1 is unserved
    tried: Ints  # the same for the plan that is being tried
    out: Flags  # by request, and room for the others
    pending: Ints
    key: Floats


def new_memory(duties: int, requests: int, room: int) -> Memory:
    """A memory that knows no plan yet."""
    return Memory(
        np.zeros((duties, room), np.int32),
        np.zeros(duties, np.int64),
        np.full(1, np.inf),
        np.full(1, np.inf),
        np.full(requests, -1, np.int64),
        np.full(requests, -1, np.int64),
        np.zeros(requests, np.bool_),
        np.zeros(requests, np.int64),
        np.zeros(requests),
    )


@compiled
def pool_run(net: Net, board: Board, duty: int, mark: Bits, pool: Pool) -> None:
    """Remember one run."""
    routes = board.routes
    size = routes.size[duty]
    if size == 2:
        return
    key = mark[len(mark) - 1 - board.kind[duty]]
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
def keep_best(net: Net, board: Board, memory: Memory, worth: float, cost: float) -> None:
    """Remember the plan on the board as the best."""
    memory.best_value[0], memory.best_cost[0] = worth, cost
    for duty in range(net.duties):
        memory.best_size[duty] = board.routes.size[duty]
        for at in range(board.routes.size[duty]):
            memory.best[duty, at] = board.routes.nodes[duty, at]


@compiled
def wait_in_line(duty_of: Ints, pending: Ints, count: int, state: Bits) -> int:
    """Add the unserved, or some of them if they are many, to the requests to be put in; give the new count."""
    unserved = 0
    for request in range(len(duty_of)):
        unserved += duty_of[request] < 0
    share = MOST_WAITING / max(1, unserved - count)
    removed = count
    for request in range(len(duty_of)):
        if duty_of[request] == -1 and (share >= 1 or chance(state) < share):
            pending[count] = request
            count += 1
    for rank in range(removed):
        duty_of[pending[rank]] = -1
    return count


@compiled
def anneal(  # noqa: C901, PLR0912, PLR0917 - one round from ruin to verdict; compiled functions know positions only
    net: Net,
    board: Board,
    memory: Memory,
    pool: Pool,
    near: Ints,
    mark: Bits,
    penalty: Floats,
    soft: Floats,
    most: int,
    rounds: int,
    hot: float,
    cold: float,
    state: Bits,
) -> None:
    """Change the plan on the board for so many rounds, cooling from `hot` to `cold`; the best is in the memory."""
    duty_of, out, pending, key = memory.tried, memory.out, memory.pending, memory.key
    for request in range(len(duty_of)):
        duty_of[request] = memory.duty_of[request]
    current = value(net, board, duty_of, soft)[0]
    temperature = hot
    cooling = (cold / hot) ** (1.0 / rounds)
    for _ in range(rounds):
        temperature *= cooling
        count = ruin(net, board.routes, near, soft, duty_of, out, pending, most, state)
        possible = True
        for rank in range(count):
            duty = duty_of[pending[rank]]
            if board.version[duty] == board.base[duty]:
                possible = possible and drop(net, board, duty, out)
        for rank in range(count):
            out[pending[rank]] = False
            duty_of[pending[rank]] = -2
        count = wait_in_line(duty_of, pending, count, state)
        possible = possible and recreate(net, board, pending, count, soft, temperature, duty_of, key, state)
        after, cost = value(net, board, duty_of, soft)
        if possible and (after < current + 2 * temperature or cost < WORTH_SWAPPING * memory.best_cost[0]):
            for duty in range(net.duties):
                for _ in range(MOST_SWAPS):
                    if board.version[duty] == board.base[duty] or not swap_tails(net, board, duty, duty_of):
                        break
            after, cost = value(net, board, duty_of, soft)
        if possible and after < WORTH_KEEPING * current and cost < WORTH_KEEPING * memory.best_cost[0]:
            for duty in range(net.duties):
                if board.version[duty] != board.base[duty]:
                    pool_run(net, board, duty, mark, pool)
        if possible and after < current - temperature * np.log(max(1e-12, chance(state))):
            current = after
            for request in range(len(duty_of)):
                memory.duty_of[request] = duty_of[request]
            settle(net, board)
            worth = value(net, board, duty_of, penalty)[0]
            if worth < memory.best_value[0] - 1e-7:
                keep_best(net, board, memory, worth, cost)
        else:
            give_back(net, board)
            for request in range(len(duty_of)):
                duty_of[request] = memory.duty_of[request]
