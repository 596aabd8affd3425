"""When a route can happen: every rule is "this starts at least so long after that".

Lower bounds rise until nothing moves: the least schedule, the earliest possible one, which exists exactly when
the route is feasible. A ride or a stretch of work that would last too long raises the start of the node that
opened it, and the pass resumes there. That is why waiting may appear before a pickup.
"""

from typing import NamedTuple

import numpy as np

from transport.routing.engine.compiled import compiled, inlined
from transport.routing.engine.network import (
    CLOSES,
    DIRECT,
    DISTANCE,
    EARLIEST,
    EXCESS,
    LATEST,
    LEAD,
    MARGIN,
    REACH,
    SERVICE,
    TIGHT,
    TIME,
    Floats,
    Ints,
    Net,
    Nodes,
)

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
    return Desk(np.zeros(size), where, opener, closer, np.zeros(net.rides // 2, np.int64))


@inlined
def band_at(pace: Floats, time: float) -> int:
    """The band of traffic at this time; quickly, where all bands but the last are of one length."""
    last = int(pace.shape[1] - 1)
    if last == 0 or time < pace[0, 1]:
        return 0
    if time >= pace[0, last]:
        return last
    band = int(last * (time - pace[0, 0]) / (pace[0, last] - pace[0, 0]))
    while pace[0, band] > time:
        band -= 1
    while pace[0, band + 1] <= time:
        band += 1
    return int(band)


@compiled
def through_bands(pace: Floats, base: float, depart: float) -> float:
    """When a drive of `base` free-flow units that begins at `depart` ends, if the pace changes."""
    last = pace.shape[1] - 1
    band = band_at(pace, depart)
    now = depart
    while band < last and now + base * pace[1, band] > pace[0, band + 1]:
        base -= (pace[0, band + 1] - now) / pace[1, band]
        band += 1
        now = pace[0, band]
    return float(now + base * pace[1, band])


@inlined
def arrive(pace: Floats, grain: float, base: float, depart: float) -> float:
    """When a drive of `base` free-flow units that begins at `depart` ends."""
    now = depart + base * pace[1, 0] if pace.shape[1] == 1 else through_bands(pace, base, depart)
    return float(np.ceil(now / grain - ROUNDING) * grain) if grain > 0 else now


@inlined
def depart(pace: Floats, grain: float, base: float, by: float) -> float:
    """The latest departure of a drive of `base` free-flow units that arrives no later than `by`."""
    now = by
    if grain > 0:
        now = np.floor(now / grain + ROUNDING) * grain
    if pace.shape[1] == 1:
        return float(now - base * pace[1, 0])
    band = band_at(pace, now)
    if band > 0 and pace[0, band] >= now:
        band -= 1
    while band > 0 and now - base * pace[1, band] < pace[0, band]:
        base -= (now - pace[0, band]) / pace[1, band]
        now = pace[0, band]
        band -= 1
    return float(now - base * pace[1, band])


@inlined
def locate(net: Net, route: Nodes, size: int, where: Ints) -> None:
    """Write the location of every position; a rest part happens where the stop before it was."""
    for at in range(size):
        node = route[at]
        where[at] = where[at - 1] if node >= net.parts else net.location[node]


@inlined
def link(net: Net, route: Nodes, size: int, closed: int, opener: Ints, seen: Ints) -> None:
    """Write, for every position that closes a ride or a stretch of work, the position that opened it (else -1).

    With `closed` less than `size` the last stretch of work is not closed: a rest is still to be added.
    """
    facts, rides = net.node, net.rides
    rested = 0
    for at in range(size):
        node = route[at]
        opener[at] = -1
        if node < rides:
            if node % 2 == 0:
                seen[node // 2] = at
            else:
                opener[at] = seen[node // 2]
        elif facts[node, REACH] < np.inf:
            if at < closed:
                opener[at] = rested
            rested = at


@compiled
def least(net: Net, route: Nodes, size: int, closed: int, desk: Desk) -> bool:
    """Write the least schedule (start of service by position) on the desk; False when the route is impossible.

    See `link` for `closed`.
    """
    facts, durations, pace, grain = net.node, net.durations, net.pace, net.grain
    start, where, opener = desk.start, desk.where, desk.opener
    locate(net, route, size, where)
    link(net, route, size, closed, opener, desk.seen)
    for at in range(size):
        start[at] = facts[route[at], EARLIEST]
    at = 1
    raises = 0
    while at < size:
        node = route[at]
        before = route[at - 1]
        base = durations[where[at - 1], where[at]]
        start[at] = max(start[at], arrive(pace, grain, base, start[at - 1] + facts[before, SERVICE]))
        if start[at] > facts[node, LATEST] + SLACK:
            return False
        back = opener[at]
        if back >= 0:
            need = start[at] - facts[node, REACH] - facts[route[back], LEAD]
            if start[back] < need - SLACK:
                raises += 1
                if need > facts[route[back], LATEST] + SLACK or raises > RAISES:
                    return False
                start[back] = need
                at = max(back, 1)  # it may itself close a stretch of work
                continue
        at += 1
    return True


@compiled
def latest(net: Net, route: Nodes, size: int, by: Floats, desk: Desk) -> None:
    """Write the latest start of service at every position that still lets the route just timed happen."""
    facts, durations, pace, grain = net.node, net.durations, net.pace, net.grain
    where, opener, closer = desk.where, desk.opener, desk.closer
    for at in range(size):
        by[at] = facts[route[at], LATEST]
        closer[at] = -1
        if opener[at] >= 0:
            closer[opener[at]] = at
    at = size - 2
    lowered = 0
    while at >= 0:
        node = route[at]
        base = durations[where[at], where[at + 1]]
        by[at] = min(by[at], depart(pace, grain, base, by[at + 1]) - facts[node, SERVICE])
        ahead = closer[at]
        if ahead >= 0:
            limit = by[at] + facts[node, LEAD] + facts[route[ahead], REACH]
            if by[ahead] > limit + SLACK and lowered < RAISES:
                lowered += 1
                by[ahead] = limit
                at = min(ahead, size - 2)
                continue
        at -= 1


@compiled
def leaving(net: Net, route: Nodes, desk: Desk) -> float:
    """When the vehicle leaves its depot: as late as the start of service at the first stop allows."""
    leave = depart(net.pace, net.grain, net.durations[desk.where[0], desk.where[1]], desk.start[1])
    if net.grain > 0:
        leave = np.floor(leave / net.grain + ROUNDING) * net.grain
    return float(max(desk.start[0], min(leave, net.node[route[0], LATEST])))


@compiled
def cost(net: Net, route: Nodes, size: int, desk: Desk) -> float:
    """What the route just timed costs; an idle duty costs nothing."""
    facts, distances, costs, rides = net.node, net.distances, net.costs, net.rides
    if size == 2:
        return 0.0
    start, where, opener = desk.start, desk.where, desk.opener
    distance = 0.0
    for at in range(1, size):
        distance += distances[where[at - 1], where[at]]
    total = costs[DISTANCE] * distance
    if costs[TIME] > 0:
        total += costs[TIME] * (start[size - 1] - leaving(net, route, desk))
    duty = route[0] - rides
    for at in range(1, size - 1):
        node = route[at]
        if node < rides:
            if node % 2 == 1:
                back = opener[at]
                aboard = start[at] - start[back] - facts[route[back], LEAD]
                total += costs[EXCESS] * (aboard - facts[route[back], DIRECT]) + net.taste[node // 2, duty]
            if costs[TIGHT] > 0 and facts[node, CLOSES] < np.inf:
                wanted = costs[MARGIN] * net.pace[1, band_at(net.pace, start[at])]
                total += costs[TIGHT] * max(0.0, wanted - (facts[node, CLOSES] - start[at]))
    return float(total)


def schedule(net: Net, nodes: list[int]) -> Floats | None:
    """The least schedule of a route as rows (arrival, start, departure), one per node; None when impossible."""
    route = np.array(nodes, np.int32)
    size = len(nodes)
    work = new_desk(net, size)
    if not least(net, route, size, size, work):
        return None
    times = np.column_stack([work.start, work.start, work.start + net.node[route, SERVICE]])
    times[0] = leaving(net, route, work)
    for at in range(1, size):
        base = float(net.durations[work.where[at - 1], work.where[at]])
        times[at, 0] = min(arrive(net.pace, net.grain, base, float(times[at - 1, 2])), times[at, 1])
    times[-1, 1:] = times[-1, 0]
    return times
