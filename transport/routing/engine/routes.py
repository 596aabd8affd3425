"""The runs of a plan as arrays, with what an insertion test needs to know about every position."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from transport.routing.engine.compiled import compiled
from transport.routing.engine.network import CHAIRS, MASS, SEATS, SERVICE, Floats, Ints, Net
from transport.routing.engine.timing import Desk, cost, latest, least


class Routes(NamedTuple):
    """By duty, mostly by position too."""

    nodes: NDArray[np.int32]
    size: Ints
    start: Floats  # the least schedule
    by: Floats  # the latest start that keeps the route possible
    where: NDArray[np.int64]
    seats: NDArray[np.int64]  # load when leaving the position
    chairs: NDArray[np.int64]
    wait: Floats  # waiting at this position and all later ones
    fits: Ints  # the layouts the run fits into, as bits
    cost: Floats


def empty_routes(duties: int, room: int) -> Routes:
    """Routes of up to `room` positions each."""
    shape = (duties, room)
    return Routes(
        np.zeros(shape, np.int32),
        np.zeros(duties, np.int64),
        np.zeros(shape),
        np.zeros(shape),
        np.zeros(shape, np.int64),
        np.zeros(shape, np.int64),
        np.zeros(shape, np.int64),
        np.zeros(shape),
        np.zeros(duties, np.int64),
        np.zeros(duties),
    )


@compiled
def layouts_for(net: Net, duty: int, mask: int, seats: int, chairs: int, mass: float) -> int:
    """Those layouts among `mask` (bits) that hold this load."""
    fit = 0
    for layout in range(net.layouts.shape[1]):
        seated = seats <= net.layouts[duty, layout, 0] and chairs <= net.layouts[duty, layout, 1]
        if mask >> layout & 1 and seated and mass <= net.layouts[duty, layout, 2] + 1e-9:
            fit |= 1 << layout
    return fit


@compiled
def refresh(net: Net, routes: Routes, duty: int, desk: Desk, open_end: bool) -> bool:  # noqa: FBT001 - compiled functions know positions only
    """Time one route again after a change; False (and no layout fits) when it is impossible."""
    size = routes.size[duty]
    route = routes.nodes[duty]
    routes.fits[duty] = 0
    if not least(net, route, size, desk, open_end):
        return False
    latest(net, route, size, routes.by[duty], desk)
    routes.cost[duty] = cost(net, route, size, desk)
    seats = 0
    chairs = 0
    fits = layouts_for(net, duty, (1 << 16) - 1, 0, 0, 0.0)
    for at in range(size):
        node = route[at]
        routes.start[duty, at] = desk.start[at]
        routes.where[duty, at] = desk.where[at]
        seats += net.node[node, SEATS]
        chairs += net.node[node, CHAIRS]
        routes.seats[duty, at] = seats
        routes.chairs[duty, at] = chairs
        mass = net.request[node // 2, MASS] if node < net.rides else 0.0
        fits = layouts_for(net, duty, fits, seats, chairs, mass)
    routes.fits[duty] = fits
    start = routes.start[duty]
    wait = 0.0
    routes.wait[duty, size - 1] = 0.0
    for at in range(size - 2, 0, -1):
        drive = net.durations[desk.where[at - 1], desk.where[at]]
        wait += max(0.0, start[at] - (start[at - 1] + net.node[route[at - 1], SERVICE] + drive))
        routes.wait[duty, at] = wait
    return fits != 0


def lay(net: Net, plan_nodes: list[list[int]], spare: int) -> Routes:
    """The routes of a plan, with room for `spare` more positions each."""
    routes = empty_routes(net.duties, max(map(len, plan_nodes), default=2) + spare)
    for duty, nodes in enumerate(plan_nodes):
        routes.nodes[duty, : len(nodes)] = np.array(nodes, np.int32)
        routes.size[duty] = len(nodes)
    return routes
