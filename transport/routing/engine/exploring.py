"""All feasible places for one request in one run (compiled).

Cheap necessary tests come first: the load, the earliest arrival here, the latest start at the next stop. What
passes them is timed exactly. A second sweep looks at the run without its breaks and places them anew, for the
pairs of gaps the first sweep found impossible.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from transport.routing.engine.compiled import compiled
from transport.routing.engine.network import (
    CHAIRS,
    DIRECT,
    EARLIEST,
    LATEST,
    MASS,
    SEATS,
    SERVICE,
    Floats,
    Ints,
    Net,
    Nodes,
)
from transport.routing.engine.resting import MOST_BREAKS, strip, with_rests
from transport.routing.engine.routes import Routes, layouts_for, refresh
from transport.routing.engine.timing import SLACK, Desk, arrive, cost, least


class Found(NamedTuple):
    """One row per place: where the stops and breaks stand in the run with the request, and what it then is."""

    at: NDArray[np.int64]  # pickup, drop-off: positions in the resulting run, the depot being 0
    breaks: NDArray[np.int64]  # positions of the breaks, then zeros
    fits: Ints  # layouts, as bits
    guess: Floats  # roughly what the request adds
    cost: Floats  # of the whole resulting run
    time: Floats  # start of boarding, start of alighting


def room_for(rows: int) -> Found:
    """Space for so many places."""
    return Found(
        np.zeros((rows, 2), np.int64),
        np.zeros((rows, MOST_BREAKS), np.int64),
        np.zeros(rows, np.int64),
        np.zeros(rows),
        np.zeros(rows),
        np.zeros((rows, 2)),
    )


@compiled
def spread(route: Nodes, size: int, on: int, p: int, q: int, longer: Nodes) -> None:
    """Write the route with pickup `on` after position p and its drop-off after old position q >= p."""
    length = 0
    for at in range(size):
        longer[length] = route[at]
        length += 1
        if at == p:
            longer[length] = on
            length += 1
        if at == q:
            longer[length] = on + 1
            length += 1


@compiled
def note(net: Net, route: Nodes, size: int, on: int, fits: int, desk: Desk, found: Found, row: int) -> None:
    """Write the route just timed as one row of places."""
    breaks = 0
    for taken in range(found.breaks.shape[1]):
        found.breaks[row, taken] = 0
    for at in range(size):
        if route[at] == on:
            found.at[row, 0], found.time[row, 0] = at, desk.start[at]
        elif route[at] == on + 1:
            found.at[row, 1], found.time[row, 1] = at, desk.start[at]
        elif route[at] >= net.parts:
            found.breaks[row, breaks] = at
            breaks += 1
    found.fits[row] = fits
    found.cost[row] = cost(net, route, size, desk)


@compiled
def guess(net: Net, routes: Routes, duty: int, on: int, p: int, q: int, begin: float, off: float) -> float:
    """Roughly what it costs to board after position p at `begin` and alight after position q at `off`."""
    route, start, where, size = routes.nodes[duty], routes.start[duty], routes.where[duty], routes.size[duty]
    home, goal = net.location[on], net.location[on + 1]
    then = p + 1
    while route[then] >= net.parts:
        then += 1
    last = q + 1
    while route[last] >= net.parts:
        last += 1
    if p == q:
        distance = net.distances[where[p], home] + net.distances[home, goal] + net.distances[goal, where[last]]
        distance -= net.distances[where[p], where[last]]
    else:
        distance = net.distances[where[p], home] + net.distances[home, where[then]]
        distance += net.distances[where[q], goal] + net.distances[goal, where[last]]
        distance -= net.distances[where[p], where[then]] + net.distances[where[q], where[last]]
    if net.costs[1] + net.costs[2] == 0:
        return float(net.costs[0] * distance)
    back = arrive(net, net.durations[goal, where[last]], off + net.node[on + 1, SERVICE])
    lead = begin - net.durations[where[0], home]
    if size == 2:
        time = back - lead
    else:
        time = max(0.0, back - start[last] - (routes.wait[duty, last + 1] if last < size - 1 else 0.0))
        if p == 0:
            time += max(0.0, start[1] - net.durations[where[0], where[1]] - lead)
    excess = off - begin - net.node[on, SERVICE] - net.request[on // 2, DIRECT]
    return float(net.costs[0] * distance + net.costs[1] * time + net.costs[2] * excess)


@compiled
def sweep(  # noqa: C901, PLR0912, PLR0917 - the innermost loop of everything, positions only
    net: Net,
    routes: Routes,
    duty: int,
    request: int,
    desk: Desk,
    found: Found,
    count: int,
    known: NDArray[np.bool_],
    again: bool,  # noqa: FBT001 - machine code knows no keywords
    one: bool,  # noqa: FBT001
) -> int:
    """Add the places in the route of the duty from row `count` on, and give the row after them.

    With `one` only the one with the least guess is written, into row `count`. `known` marks pairs of gaps between
    rides that need no second sweep; `again` says this is it.
    """
    best = np.inf
    on = 2 * request
    size = routes.size[duty]
    route, start, by, where = routes.nodes[duty], routes.start[duty], routes.by[duty], routes.where[duty]
    seats, chairs, mass = net.node[on, SEATS], net.node[on, CHAIRS], net.request[request, MASS]
    longer = np.empty(size + 2, np.int32)
    rested = np.empty(size + 2 + MOST_BREAKS, np.int32)
    able = layouts_for(net, duty, routes.fits[duty], seats, chairs, mass)
    gap_p = -1
    for p in range(size - 1):
        if able == 0 or start[p] + net.node[route[p], SERVICE] > net.node[on, LATEST] + SLACK:
            break
        if route[p] < net.parts:
            gap_p += 1
        fits = layouts_for(net, duty, able, routes.seats[duty, p] + seats, routes.chairs[duty, p] + chairs, mass)
        come = arrive(net, net.durations[where[p], net.location[on]], start[p] + net.node[route[p], SERVICE])
        if fits == 0 or come > net.node[on, LATEST] + SLACK:
            continue
        begin = max(come, net.node[on, EARLIEST])
        clock = begin + net.node[on, SERVICE]
        here = net.location[on]
        gap_q = gap_p
        for q in range(p, size - 1):
            if q > p:
                node = route[q]
                if node >= net.parts:
                    break
                gap_q += 1
                clock = max(arrive(net, net.durations[here, where[q]], clock), start[q])
                fits = layouts_for(
                    net, duty, fits, routes.seats[duty, q] + seats, routes.chairs[duty, q] + chairs, mass
                )
                if clock > by[q] + SLACK or fits == 0:
                    break
                clock += net.node[node, SERVICE]
                here = where[q]
            off = max(arrive(net, net.durations[here, net.location[on + 1]], clock), net.node[on + 1, EARLIEST])
            if off > net.node[on + 1, LATEST] + SLACK:
                continue
            ahead = where[q + 1] if route[q + 1] < net.parts else net.location[on + 1]
            drive = net.durations[net.location[on + 1], ahead]
            follow = arrive(net, drive, off + net.node[on + 1, SERVICE])
            if follow > by[q + 1] + SLACK or (again and known[gap_p, gap_q]):
                continue
            price = guess(net, routes, duty, on, p, q, begin, off)
            if one and price >= best:
                continue
            spread(route, size, on, p, q, longer)
            if again:
                length = with_rests(net, duty, longer, size + 2, rested, desk)
                feasible = length > 0
            else:
                length = size + 2
                feasible = least(net, longer, length, desk, False)
                for at in range(length):
                    rested[at] = longer[at]
            if feasible:
                known[gap_p, gap_q] = not one
                note(net, rested, length, on, fits, desk, found, count)
                found.guess[count] = price
                best = price
                count += 0 if one else 1
    return count + 1 if one and best < np.inf else count


@compiled
def explore(
    net: Net,
    routes: Routes,
    bare: Routes,
    duty: int,
    request: int,
    desk: Desk,
    found: Found,
    known: NDArray[np.bool_],
) -> int:
    """Write all places for the request in the run of the duty, and give their count.

    `bare` holds the routes without breaks, timed as if a rest could still be added.
    """
    for gap_p in range(routes.size[duty]):
        for gap_q in range(routes.size[duty]):
            known[gap_p, gap_q] = False
    count = 0
    for again in (False, True):
        if net.allowed[request, duty] and (not again or net.first_part[duty + 1] > net.first_part[duty]):
            runs = bare if again else routes
            count = sweep(net, runs, duty, request, desk, found, count, known, again, False)
    return count


@compiled
def prepare(net: Net, routes: Routes, bare: Routes, desk: Desk) -> None:
    """Time all routes, with and without their breaks; an impossible one gets no layout and thus no places."""
    for duty in range(net.duties):
        if refresh(net, routes, duty, desk, False):
            bare.size[duty] = strip(net, routes.nodes[duty], routes.size[duty], bare.nodes[duty])
            refresh(net, bare, duty, desk, True)
