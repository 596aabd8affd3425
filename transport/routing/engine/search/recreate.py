"""Putting rides into runs, one after the other, each at its cheapest place (compiled)."""

from typing import NamedTuple

import numpy as np

from transport.routing.engine.compiled import compiled, inlined
from transport.routing.engine.exploring import Place, Scratch, new_scratch, rows_of_places, spread, sweep
from transport.routing.engine.network import DIRECT, LATEST, Floats, Ints, Net
from transport.routing.engine.resting import MOST_BREAKS, strip, with_rests
from transport.routing.engine.routes import BARE, KEPT, Routes, copy_run, empty_routes, refresh, rests
from transport.routing.engine.search.ruin import Bits, Flags, chance
from transport.routing.engine.timing import Desk

NO_PLACE = 1e300
REGRET = 0.35  # how often


class Board(NamedTuple):
    """The plan being changed, and what it was when the round began.

    A version names the content of a run; a run has changed in this round when its version is not its base. What was
    asked about a run is kept twice, for the base and for the change, so that a refused round forgets nothing.
    """

    routes: Routes  # kept: the base of the changed ones
    version: Ints  # by duty; the last entry counts all versions given out
    base: Ints
    asked: Ints  # (base, change) x request x duty, flat: the version a place is known for
    place: Place
    kind: Ints  # by duty: those of a kind can drive each other's runs
    idle: Ints  # by kind: the last question that met an idle duty; the last entry counts questions
    scratch: Scratch


def new_board(net: Net, room: int, desk: Desk, requests: int, kind: Ints) -> Board:
    """A board for runs of up to `room` positions."""
    cells = 2 * requests * net.duties
    return Board(
        empty_routes(net, room, KEPT + BARE + 1),
        np.arange(1, net.duties + 2, dtype=np.int64),
        np.arange(1, net.duties + 1, dtype=np.int64),
        np.zeros(cells, np.int64),
        rows_of_places(cells, cheapest=True),
        kind,
        np.zeros(net.duties + 1, np.int64),
        new_scratch(net, room, desk),
    )


@compiled
def remember(net: Net, board: Board, duty: int) -> None:
    """Keep a run as it is before its first change in this round."""
    if board.version[duty] == board.base[duty]:
        copy_run(board.routes, duty, duty + KEPT * net.duties)
        if rests(net, duty):
            copy_run(board.routes, duty + BARE * net.duties, duty + (KEPT + BARE) * net.duties)


@compiled
def give_back(net: Net, board: Board) -> None:
    """Undo the changes of this round."""
    for duty in range(net.duties):
        if board.version[duty] != board.base[duty]:
            copy_run(board.routes, duty + KEPT * net.duties, duty)
            if rests(net, duty):
                copy_run(board.routes, duty + (KEPT + BARE) * net.duties, duty + BARE * net.duties)
            board.version[duty] = board.base[duty]


@compiled
def settle(net: Net, board: Board) -> None:
    """Make the changes of this round the base."""
    half = len(board.asked) // 2
    for duty in range(net.duties):
        if board.version[duty] != board.base[duty]:
            board.base[duty] = board.version[duty]
            for cell in range(duty, half, net.duties):
                if board.asked[half + cell] == board.version[duty]:
                    board.asked[cell] = board.version[duty]
                    board.place.price[cell] = board.place.price[half + cell]
                    board.place.again[cell] = board.place.again[half + cell]
                    board.place.at[cell, 0] = board.place.at[half + cell, 0]
                    board.place.at[cell, 1] = board.place.at[half + cell, 1]


@inlined
def free_row(net: Net, duty: int) -> int:
    """The row of the run to be rearranged: without its breaks, if it can have any."""
    return duty + BARE * net.duties if rests(net, duty) else duty


@compiled
def changed(net: Net, board: Board, duty: int) -> bool:
    """Time a run again after a change and give it a new version; False when it is impossible."""
    board.version[net.duties] += 1
    board.version[duty] = board.version[net.duties]
    routes, bare = board.routes, duty + BARE * net.duties
    possible = refresh(net, routes, duty, board.scratch.desk)
    if possible and rests(net, duty):
        routes.size[bare] = strip(net, routes.nodes[duty], routes.size[duty], routes.nodes[bare])
        possible = refresh(net, routes, bare, board.scratch.desk)
    return possible


@compiled
def drop(net: Net, board: Board, duty: int, out: Flags) -> bool:
    """Take the marked rides out of a run and place its breaks anew; False when that makes it impossible."""
    routes = board.routes
    remember(net, board, duty)
    row = free_row(net, duty)
    size = 0
    for at in range(routes.size[row]):
        node = routes.nodes[row, at]
        if node >= net.rides or not out[node // 2]:
            routes.nodes[row, size] = node
            size += 1
    if row != duty:
        size = with_rests(
            net, duty, routes.nodes[row], size, routes.nodes[duty], board.scratch.desk, board.scratch.choice
        )
    routes.size[duty] = max(2, size)
    return changed(net, board, duty) and size > 0


@inlined
def ask(net: Net, board: Board, request: int, duty: int, cell: int, bound: float) -> float:
    """The price of the cheapest place of a request in a run; the bound if there is none cheaper than that.

    The cell remembers it until the run changes; position -1 marks a mere bound.
    """
    board.asked[cell] = board.version[duty]
    board.place.price[cell] = bound
    board.place.at[cell, 0] = -1
    if net.allowed[request, duty] and board.routes.size[duty] + 2 + MOST_BREAKS <= board.routes.nodes.shape[1]:
        for layer in range(BARE + 1 if rests(net, duty) else 1):
            row = duty + layer * net.duties
            if sweep(net, board.routes, row, request, board.scratch, board.place, cell, bound) > cell:
                break
    return float(board.place.price[cell])


@compiled
def put(net: Net, board: Board, request: int, duty: int) -> bool:
    """Put a request at the place `ask` found; False when the run became impossible."""
    cell = request * net.duties + duty
    if board.version[duty] != board.base[duty]:
        cell += len(board.asked) // 2
    remember(net, board, duty)
    p, q = board.place.at[cell]
    longer = board.scratch.longer
    routes = board.routes
    if board.place.again[cell]:
        bare = duty + BARE * net.duties
        size = routes.size[bare]
        spread(routes.nodes[bare], size, 2 * request, p, q, longer)
        routes.size[duty] = with_rests(
            net, duty, longer, size + 2, routes.nodes[duty], board.scratch.desk, board.scratch.choice
        )
    else:
        size = routes.size[duty]
        spread(routes.nodes[duty], size, 2 * request, p, q, longer)
        for at in range(p, size + 2):
            routes.nodes[duty, at] = longer[at]
        routes.size[duty] = size + 2
    return changed(net, board, duty)


@compiled
def order(net: Net, pending: Ints, count: int, penalty: Floats, key: Floats, state: Bits) -> None:
    """Sort the waiting requests in place by a rule drawn at random, the first to be put in first."""
    rule = int(chance(state) * 5)
    for rank in range(count):
        request = pending[rank]
        key[rank] = chance(state)
        if rule == 0:
            key[rank] -= penalty[request]  # who must be served, or weighs most
        elif rule == 1:
            key[rank] += net.node[2 * request, LATEST]
        elif rule == 2:
            key[rank] -= net.node[2 * request, DIRECT]
        elif rule == 3:
            depot = net.location[net.rides]
            key[rank] -= net.durations[depot, net.location[2 * request]]
            key[rank] -= net.durations[depot, net.location[2 * request + 1]]
    for rank in range(1, count):
        request, own = pending[rank], key[rank]
        to = rank - 1
        while to >= 0 and key[to] > own:
            pending[to + 1], key[to + 1] = pending[to], key[to]
            to -= 1
        pending[to + 1], key[to + 1] = request, own


@inlined
def choose(
    net: Net,
    board: Board,
    request: int,
    regret: bool,  # noqa: FBT001
    blink: float,
    penalty: float,
    state: Bits,
) -> tuple[int, float, float]:
    """The duty with the cheapest place for a request (-1 for none), its price, and how much the second costs more.

    The second is only looked for with `regret`. What is known comes first: it bounds what is worth asking.
    """
    duty = -1
    first = NO_PLACE
    second = NO_PLACE
    asked, prices, at, version, base = board.asked, board.place.price, board.place.at, board.version, board.base
    size, idle, kind, duties = board.routes.size, board.idle, board.kind, net.duties
    idle[duties] += 1
    for turn in range(2):
        for other in range(duties):
            cell = request * duties + other
            if version[other] != base[other]:
                cell += len(asked) // 2
            known = asked[cell] == version[other] and at[cell, 0] >= 0
            if known != (turn == 0):
                continue
            if size[other] == 2:  # of the idle duties of a kind one is enough
                if idle[kind[other]] == idle[duties]:
                    continue
                idle[kind[other]] = idle[duties]
            if blink > 0 and chance(state) < blink:
                continue
            price = prices[cell]
            if not known:
                bound = second if regret else first
                if asked[cell] == version[other] and price >= bound:
                    continue
                price = ask(net, board, request, other, cell, bound)
            if price < first:
                second = first
                first = price
                duty = other
            elif price < second:
                second = price
    return duty, first, min(second, first + penalty) - first


@compiled
def recreate(  # noqa: PLR0917 - compiled functions know positions only
    net: Net,
    board: Board,
    pending: Ints,
    count: int,
    penalty: Floats,
    noise: float,
    duty_of: Ints,
    key: Floats,
    state: Bits,
) -> bool:
    """Put the waiting requests in; who finds no place keeps duty -1. False when a run became impossible.

    Either in a random order, now and then overlooking a run, or always next the one with the most to lose.
    """
    regret = chance(state) < REGRET
    blink = 0.02 if chance(state) < 0.7 else 0.1
    noise = noise if regret and chance(state) < 0.5 else 0.0
    if regret:
        blink = 0.0
    else:
        order(net, pending, count, penalty, key, state)
    for rank in range(count):
        best = rank
        most = -np.inf
        duty = -1
        for other in range(rank, count if regret else rank + 1):
            request = pending[other]
            target, price, loss = choose(net, board, request, regret, blink, penalty[request], state)
            loss += noise * chance(state) - 1e-4 * price if target >= 0 else -NO_PLACE
            if loss > most:
                most = loss
                best = other
                duty = target
        pending[rank], pending[best] = pending[best], pending[rank]
        request = pending[rank]
        duty_of[request] = duty
        if duty >= 0 and not put(net, board, request, duty):
            return False
    return True
