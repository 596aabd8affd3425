"""Putting rides into runs, one after the other, each at its cheapest place (compiled)."""

from typing import NamedTuple

import numpy as np

from transport.routing.engine.compiled import compiled
from transport.routing.engine.exploring import Found, room_for, sweep
from transport.routing.engine.network import LATEST, Floats, Ints, Net, Nodes
from transport.routing.engine.resting import MOST_BREAKS, strip, with_rests
from transport.routing.engine.routes import Routes, refresh
from transport.routing.engine.search.ruin import Bits, Flags, chance
from transport.routing.engine.timing import Desk

NO_PLACE = 1e300


class Board(NamedTuple):
    """The plan being changed. `version` names the content of every run, `asked` the version a place is known for."""

    routes: Routes
    bare: Routes  # the same without breaks
    version: Ints  # by duty; the last entry counts all versions given out
    asked: Ints  # request x duty, flat
    price: Floats  # of the cheapest place, or NO_PLACE
    places: Found  # one row per request and duty
    known: Flags
    desk: Desk
    longer: Nodes


def new_board(net: Net, routes: Routes, bare: Routes, desk: Desk, requests: int) -> Board:
    """A board for these routes."""
    cells, room = requests * net.duties, routes.nodes.shape[1]
    version = np.arange(1, net.duties + 2, dtype=np.int64)
    return Board(
        routes,
        bare,
        version,
        np.zeros(cells, np.int64),
        np.full(cells, NO_PLACE),
        room_for(cells),
        np.zeros((room, room), np.bool_),
        desk,
        np.zeros(room, np.int32),
    )


@compiled
def restore(net: Net, board: Board, duty: int) -> bool:
    """Time a run again whose nodes were put back as they were; False when it is impossible."""
    routes, bare = board.routes, board.bare
    possible = refresh(net, routes, duty, board.desk, False)
    bare.size[duty] = strip(net, routes.nodes[duty], routes.size[duty], bare.nodes[duty])
    if possible and net.first_part[duty + 1] > net.first_part[duty]:
        possible = refresh(net, bare, duty, board.desk, True)
    return possible


@compiled
def changed(net: Net, board: Board, duty: int) -> bool:
    """Time a run again after a change and give it a new version; False when it is impossible."""
    board.version[net.duties] += 1
    board.version[duty] = board.version[net.duties]
    return restore(net, board, duty)


@compiled
def drop(net: Net, board: Board, duty: int, out: Flags) -> bool:
    """Take the marked rides out of a run and place its breaks anew; False when that makes it impossible."""
    routes, bare = board.routes, board.bare
    board.version[duty] = 0  # half changed, until it is timed again
    kept = 0
    for at in range(bare.size[duty]):
        node = bare.nodes[duty, at]
        if node >= net.rides or not out[node // 2]:
            bare.nodes[duty, kept] = node
            kept += 1
    routes.size[duty] = with_rests(net, duty, bare.nodes[duty], kept, routes.nodes[duty], board.desk)
    return routes.size[duty] > 0 and changed(net, board, duty)


@compiled
def ask(net: Net, board: Board, request: int, duty: int) -> float:
    """The price of the cheapest place of a request in a run, remembered until the run changes."""
    cell = request * net.duties + duty
    if board.asked[cell] == board.version[duty]:
        return float(board.price[cell])
    board.asked[cell] = board.version[duty]
    board.price[cell] = NO_PLACE
    size = board.routes.size[duty]
    if not net.allowed[request, duty] or size + 2 + MOST_BREAKS > board.routes.nodes.shape[1]:
        return NO_PLACE
    for again in (False, True):
        if again and (board.price[cell] < NO_PLACE or net.first_part[duty + 1] == net.first_part[duty]):
            break
        runs = board.bare if again else board.routes
        if sweep(net, runs, duty, request, board.desk, board.places, cell, board.known, again, True) > cell:
            board.price[cell] = board.places.guess[cell]
    return float(board.price[cell])


@compiled
def put(net: Net, board: Board, request: int, duty: int) -> bool:
    """Put a request at the place `ask` found."""
    routes, bare, places = board.routes, board.bare, board.places
    cell = request * net.duties + duty
    first = net.first_part[duty]
    parts = net.first_part[duty + 1] - first
    length = 0
    taken = 0
    for at in range(bare.size[duty]):
        while True:
            if length > 0 and length == places.at[cell, 0]:
                board.longer[length] = 2 * request
            elif length > 0 and length == places.at[cell, 1]:
                board.longer[length] = 2 * request + 1
            elif length > 0 and taken < MOST_BREAKS and length == places.breaks[cell, taken]:
                board.longer[length] = first + taken % parts
                taken += 1
            else:
                break
            length += 1
        board.longer[length] = bare.nodes[duty, at]
        length += 1
    for at in range(length):
        routes.nodes[duty, at] = board.longer[at]
    routes.size[duty] = length
    return changed(net, board, duty)


@compiled
def order(net: Net, pending: Ints, count: int, penalty: Floats, key: Floats, state: Bits) -> None:
    """Sort the waiting requests in place by a rule drawn at random, the first to be put in first."""
    rule = int(chance(state) * 4)
    for rank in range(count):
        request = pending[rank]
        key[rank] = chance(state)
        if rule == 0:
            key[rank] -= penalty[request]  # who must be served, or weighs most
        elif rule == 1:
            key[rank] += net.node[2 * request, LATEST]
        elif rule == 2:
            key[rank] -= net.durations[net.location[2 * request], net.location[2 * request + 1]]
    for rank in range(1, count):
        request, own = pending[rank], key[rank]
        to = rank - 1
        while to >= 0 and key[to] > own:
            pending[to + 1], key[to + 1] = pending[to], key[to]
            to -= 1
        pending[to + 1], key[to + 1] = request, own


@compiled
def choose(net: Net, board: Board, request: int, blink: float, penalty: float, state: Bits) -> tuple[int, float, float]:
    """The duty with the cheapest place for a request (-1 for none), its price, and how much the second costs more."""
    duty = -1
    first = NO_PLACE
    second = NO_PLACE
    for other in range(net.duties):
        if blink > 0 and chance(state) < blink:
            continue
        price = ask(net, board, request, other)
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
    regret = chance(state) < 0.35
    blink = 0.0 if regret else (0.02 if chance(state) < 0.7 else 0.1)
    noise = noise if chance(state) < 0.5 else 0.0
    if not regret:
        order(net, pending, count, penalty, key, state)
    for rank in range(count):
        best = rank
        if regret:
            most = -np.inf
            duty = -1
            for other in range(rank, count):
                request = pending[other]
                target, price, loss = choose(net, board, request, blink, penalty[request], state)
                loss += noise * chance(state) - 1e-4 * price if target >= 0 else -NO_PLACE
                if loss > most:
                    most = loss
                    best = other
                    duty = target
        else:
            duty = choose(net, board, pending[rank], blink, penalty[pending[rank]], state)[0]
        pending[rank], pending[best] = pending[best], pending[rank]
        request = pending[rank]
        duty_of[request] = duty
        if duty >= 0 and not put(net, board, request, duty):
            return False
    return True
