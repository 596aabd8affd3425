"""When a route can happen: every rule is "this starts at least so long after that".

Lower bounds rise until nothing moves: the least schedule, the earliest possible one, which exists exactly when
the route is feasible. A ride or a stretch of work that would last too long raises the start of the node that
opened it, and the pass resumes there. That is why waiting may appear before a pickup.
"""

from typing import NamedTuple

import numpy as np

from transport.routing.engine.compiled import compiled
from transport.routing.engine.network import DIRECT, EARLIEST, LATEST, REACH, SERVICE, Floats, Ints, Net, Nodes

SLACK = 1e-7  # comparisons of times
ROUNDING = 1e-9  # an arrival this little above a grain still counts as on it
RAISES = 200  # after so many raised bounds a route counts as impossible: what cannot converge creeps up for ever


class Desk(NamedTuple):
    """What one timing writes: by position, except `seen` (by request: the position of the pickup)."""

    start: Floats
    where: Ints  # location
    opener: Ints
    closer: Ints
    seen: Ints


def new_desk(net: Net, size: int) -> Desk:
    """Room to time routes of up to `size` positions."""
    where, opener, closer = np.zeros((3, size), np.int64)
    return Desk(np.zeros(size), where, opener, closer, np.zeros(len(net.request), np.int64))


@compiled
def arrive(net: Net, base: float, depart: float) -> float:
    """When a drive of `base` free-flow units that begins at `depart` ends."""
    last = net.pace.shape[1] - 1
    band = 0
    while band < last and net.pace[0, band + 1] <= depart:
        band += 1
    now = depart
    while band < last and now + base * net.pace[1, band] > net.pace[0, band + 1]:
        base -= (net.pace[0, band + 1] - now) / net.pace[1, band]
        band += 1
        now = net.pace[0, band]
    now += base * net.pace[1, band]
    if net.grain > 0:
        now = np.ceil(now / net.grain - ROUNDING) * net.grain
    return float(now)


@compiled
def depart(net: Net, base: float, by: float) -> float:
    """The latest departure of a drive of `base` free-flow units that arrives no later than `by`."""
    now = by
    if net.grain > 0:
        now = np.floor(now / net.grain + ROUNDING) * net.grain
    band = net.pace.shape[1] - 1
    while band > 0 and net.pace[0, band] >= now:
        band -= 1
    while band > 0 and now - base * net.pace[1, band] < net.pace[0, band]:
        base -= (now - net.pace[0, band]) / net.pace[1, band]
        now = net.pace[0, band]
        band -= 1
    return float(now - base * net.pace[1, band])


@compiled
def locate(net: Net, route: Nodes, size: int, where: Ints) -> None:
    """Write the location of every position; a rest part happens where the stop before it was."""
    for at in range(size):
        node = route[at]
        where[at] = where[at - 1] if node >= net.parts else net.location[node]


@compiled
def link(net: Net, route: Nodes, size: int, opener: Ints, seen: Ints, open_end: bool) -> None:  # noqa: FBT001 - compiled functions know positions only
    """Write, for every position that closes a ride or a stretch of work, the position that opened it (else -1).

    With `open_end` the last stretch of work is not closed: a rest is still to be added.
    """
    rested = 0
    for at in range(size):
        node = route[at]
        opener[at] = -1
        if node < net.rides:
            if node % 2 == 0:
                seen[node // 2] = at
            else:
                opener[at] = seen[node // 2]
        elif net.node[node, REACH] < np.inf:
            if not (open_end and at == size - 1):
                opener[at] = rested
            rested = at


@compiled
def least(net: Net, route: Nodes, size: int, desk: Desk, open_end: bool) -> bool:  # noqa: FBT001 - compiled functions know positions only
    """Write the least schedule (start of service by position) on the desk; False when the route is impossible."""
    start, where, opener = desk.start, desk.where, desk.opener
    locate(net, route, size, where)
    link(net, route, size, opener, desk.seen, open_end)
    for at in range(size):
        start[at] = net.node[route[at], EARLIEST]
    at = 1
    raises = 0
    while at < size:
        node = route[at]
        before = route[at - 1]
        base = net.durations[where[at - 1], where[at]]
        start[at] = max(start[at], arrive(net, base, start[at - 1] + net.node[before, SERVICE]))
        if start[at] > net.node[node, LATEST] + SLACK:
            return False
        back = opener[at]
        if back >= 0:
            need = start[at] - net.node[node, REACH] - net.node[route[back], SERVICE]
            if start[back] < need - SLACK:
                raises += 1
                if need > net.node[route[back], LATEST] + SLACK or raises > RAISES:
                    return False
                start[back] = need
                at = max(back, 1)  # it may itself close a stretch of work
                continue
        at += 1
    return True


@compiled
def latest(net: Net, route: Nodes, size: int, by: Floats, desk: Desk) -> None:
    """Write the latest start of service at every position that still lets the route just timed happen."""
    where, opener, closer = desk.where, desk.opener, desk.closer
    for at in range(size):
        by[at] = net.node[route[at], LATEST]
        closer[at] = -1
        if opener[at] >= 0:
            closer[opener[at]] = at
    at = size - 2
    lowered = 0
    while at >= 0:
        node = route[at]
        base = net.durations[where[at], where[at + 1]]
        by[at] = min(by[at], depart(net, base, by[at + 1]) - net.node[node, SERVICE])
        ahead = closer[at]
        if ahead >= 0:
            limit = by[at] + net.node[node, SERVICE] + net.node[route[ahead], REACH]
            if by[ahead] > limit + SLACK and lowered < RAISES:
                lowered += 1
                by[ahead] = limit
                at = min(ahead, size - 2)
                continue
        at -= 1


@compiled
def leaving(net: Net, desk: Desk) -> float:
    """When the vehicle leaves its depot: as late as the start of service at the first stop allows."""
    leave = depart(net, net.durations[desk.where[0], desk.where[1]], desk.start[1])
    if net.grain > 0:
        leave = np.floor(leave / net.grain + ROUNDING) * net.grain
    return float(max(desk.start[0], leave))


@compiled
def cost(net: Net, route: Nodes, size: int, desk: Desk) -> float:
    """What the route just timed costs; an idle duty costs nothing."""
    if size == 2:
        return 0.0
    start, where, opener = desk.start, desk.where, desk.opener
    distance = 0.0
    excess = 0.0
    for at in range(1, size):
        distance += net.distances[where[at - 1], where[at]]
        node = route[at]
        if node < net.rides and node % 2 == 1:
            back = opener[at]
            excess += start[at] - start[back] - net.node[route[back], SERVICE] - net.request[node // 2, DIRECT]
    time = start[size - 1] - leaving(net, desk)
    return float(net.costs[0] * distance + net.costs[1] * time + net.costs[2] * excess)


def schedule(net: Net, nodes: list[int]) -> Floats | None:
    """The least schedule of a route as rows (arrival, start, departure), one per node; None when impossible."""
    route = np.array(nodes, np.int32)
    size = len(nodes)
    work = new_desk(net, size)
    if not least(net, route, size, work, open_end=False):
        return None
    times = np.column_stack([work.start, work.start, work.start + net.node[route, SERVICE]])
    times[0] = leaving(net, work)
    for at in range(1, size):
        base = float(net.durations[work.where[at - 1], work.where[at]])
        times[at, 0] = min(arrive(net, base, float(times[at - 1, 2])), times[at, 1])
    times[-1, 1:] = times[-1, 0]
    return times
