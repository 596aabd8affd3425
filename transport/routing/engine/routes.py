"""The runs of a plan as arrays, with what an insertion test needs to know about every position."""

from typing import NamedTuple

import numpy as np

from transport.routing.engine.compiled import compiled, inlined
from transport.routing.engine.network import SERVICE, Floats, Ints, Net, Nodes
from transport.routing.engine.timing import Desk, cost, latest, least

BARE, KEPT = 1, 2  # layers of routes, see below


class Routes(NamedTuple):
    """By row, mostly by position too. A row is a duty's number plus the number of duties for every layer below.

    The lowest layer holds the runs as they are; above it the same BARE, without breaks, timed as if a rest could
    still be added; and on a board that is changed, what both were before, KEPT.
    """

    nodes: Nodes
    size: Ints
    start: Floats  # the least schedule
    by: Floats  # the latest start that keeps the route possible
    where: Ints
    opener: Ints  # the position that opened what this one closes, or -1
    load: Nodes  # x group: when leaving the position
    wait: Floats  # waiting at this position and all later ones
    fits: Ints  # the layouts the run fits into, as bits
    cost: Floats


def empty_routes(net: Net, room: int, layers: int) -> Routes:
    """Routes of up to `room` positions each."""
    rows = layers * net.duties
    return Routes(
        np.zeros((rows, room), np.int32),
        np.zeros(rows, np.int64),
        np.zeros((rows, room)),
        np.zeros((rows, room)),
        np.zeros((rows, room), np.int64),
        np.zeros((rows, room), np.int64),
        np.zeros((rows, room, net.load.shape[1]), np.int32),
        np.zeros((rows, room)),
        np.zeros(rows, np.int64),
        np.zeros(rows),
    )


@inlined
def rests(net: Net, duty: int) -> bool:
    """Has the duty a rest in parts, so that its run may have breaks?"""
    return bool(net.first_part[duty + 1] > net.first_part[duty])


@compiled
def copy_run(routes: Routes, source: int, target: int) -> None:
    """Copy all that is known about one run to another row."""
    size = routes.size[source]
    routes.size[target], routes.fits[target], routes.cost[target] = size, routes.fits[source], routes.cost[source]
    for at in range(size):
        routes.nodes[target, at] = routes.nodes[source, at]
        routes.start[target, at] = routes.start[source, at]
        routes.by[target, at] = routes.by[source, at]
        routes.where[target, at] = routes.where[source, at]
        routes.opener[target, at] = routes.opener[source, at]
        routes.wait[target, at] = routes.wait[source, at]
        for group in range(routes.load.shape[2]):
            routes.load[target, at, group] = routes.load[source, at, group]


@inlined
def layouts_with(most: Nodes, mask: int, load: Nodes, at: int, more: Nodes, node: int) -> int:
    """Those layouts among `mask` (bits) that hold the load at a position and that of a node together.

    `most` is layout x group: the greatest load.
    """
    for layout in range(most.shape[0]):
        if mask >> layout & 1:
            for group in range(most.shape[1]):
                if load[at, group] + more[node, group] > most[layout, group]:
                    mask ^= 1 << layout
                    break
    return mask


@compiled
def refresh(net: Net, routes: Routes, row: int, desk: Desk) -> bool:
    """Time one route again after a change; False (and no layout fits) when it is impossible."""
    duty, layer = row % net.duties, row // net.duties
    size = routes.size[row]
    route = routes.nodes[row]
    routes.fits[row] = 0
    if not least(net, route, size, size - 1 if layer % KEPT == BARE else size, desk):
        return False
    latest(net, route, size, routes.by[row], desk)
    routes.cost[row] = cost(net, route, size, desk)
    start, where, opener, load = routes.start[row], routes.where[row], routes.opener[row], routes.load[row]
    wait, most, more, rides = routes.wait[row], net.most[duty], net.load, net.rides
    fits = 0
    for layout in range(most.shape[0]):
        if most[layout, 0] >= 0:
            fits |= 1 << layout
    for at in range(size):
        node = route[at]
        start[at], where[at], opener[at] = desk.start[at], desk.where[at], desk.opener[at]
        if at == 0:
            load[at] = 0
            continue
        if node < rides and node % 2 == 0:
            fits = layouts_with(most, fits & net.allowed[node // 2, duty], load, at - 1, more, node)
        for group in range(load.shape[1]):
            load[at, group] = load[at - 1, group] + more[node, group]
    routes.fits[row] = fits
    facts, durations = net.node, net.durations
    total = 0.0
    wait[size - 1] = 0.0
    for at in range(size - 2, 0, -1):
        drive = durations[where[at - 1], where[at]]
        total += max(0.0, start[at] - (start[at - 1] + facts[route[at - 1], SERVICE] + drive))
        wait[at] = total
    return fits != 0


def lay(net: Net, plan_nodes: list[list[int]]) -> Routes:
    """The routes of a plan, to be timed, and a layer for the bare ones."""
    routes = empty_routes(net, max(map(len, plan_nodes), default=2), 2)
    for duty, nodes in enumerate(plan_nodes):
        routes.nodes[duty, : len(nodes)] = np.array(nodes, np.int32)
        routes.size[duty] = len(nodes)
    return routes
