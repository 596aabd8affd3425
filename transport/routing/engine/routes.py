"""The runs of a plan as arrays, with what an insertion test needs to know about every position."""

from typing import NamedTuple

import numpy as np

from transport.routing.engine.compiled import compiled
from transport.routing.engine.network import SERVICE, Floats, Ints, Net, Nodes
from transport.routing.engine.timing import Desk, cost, latest, least


class Routes(NamedTuple):
    """By duty, mostly by position too.

    Flags are fields, not arguments: a compiled function is compiled once more for every constant it is called with.
    """

    bare: bool  # without breaks, timed as if a rest could still be added
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


def empty_routes(net: Net, room: int, *, bare: bool) -> Routes:
    """Routes of up to `room` positions each, with or without breaks."""
    shape = (net.duties, room)
    return Routes(
        bare,
        np.zeros(shape, np.int32),
        np.zeros(net.duties, np.int64),
        np.zeros(shape),
        np.zeros(shape),
        np.zeros(shape, np.int64),
        np.zeros(shape, np.int64),
        np.zeros((*shape, net.load.shape[1]), np.int32),
        np.zeros(shape),
        np.zeros(net.duties, np.int64),
        np.zeros(net.duties),
    )


@compiled
def copy_run(source: Routes, target: Routes, duty: int) -> None:
    """Copy all that is known about one run."""
    size = source.size[duty]
    target.size[duty], target.fits[duty], target.cost[duty] = size, source.fits[duty], source.cost[duty]
    for at in range(size):
        target.nodes[duty, at] = source.nodes[duty, at]
        target.start[duty, at] = source.start[duty, at]
        target.by[duty, at] = source.by[duty, at]
        target.where[duty, at] = source.where[duty, at]
        target.opener[duty, at] = source.opener[duty, at]
        target.wait[duty, at] = source.wait[duty, at]
        for group in range(source.load.shape[2]):
            target.load[duty, at, group] = source.load[duty, at, group]


@compiled
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
def refresh(net: Net, routes: Routes, duty: int, desk: Desk) -> bool:
    """Time one route again after a change; False (and no layout fits) when it is impossible."""
    size = routes.size[duty]
    route = routes.nodes[duty]
    routes.fits[duty] = 0
    if not least(net, route, size, size - 1 if routes.bare else size, desk):
        return False
    latest(net, route, size, routes.by[duty], desk)
    routes.cost[duty] = cost(net, route, size, desk)
    start, where, opener, load = routes.start[duty], routes.where[duty], routes.opener[duty], routes.load[duty]
    wait, most, more, rides = routes.wait[duty], net.most[duty], net.load, net.rides
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
    routes.fits[duty] = fits
    facts, durations = net.node, net.durations
    total = 0.0
    wait[size - 1] = 0.0
    for at in range(size - 2, 0, -1):
        drive = durations[where[at - 1], where[at]]
        total += max(0.0, start[at] - (start[at - 1] + facts[route[at - 1], SERVICE] + drive))
        wait[at] = total
    return fits != 0


def lay(net: Net, plan_nodes: list[list[int]], *, bare: bool) -> Routes:
    """The routes of a plan, to be timed."""
    routes = empty_routes(net, max(map(len, plan_nodes), default=2), bare=bare)
    for duty, nodes in enumerate(plan_nodes):
        routes.nodes[duty, : len(nodes)] = np.array(nodes, np.int32)
        routes.size[duty] = len(nodes)
    return routes
