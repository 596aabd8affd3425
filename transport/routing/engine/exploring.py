"""All feasible places for one request in one run (compiled).

Cheap necessary tests come first: the load, the earliest arrival here, the latest start at the next stop. What
passes them is timed exactly. A second sweep looks at the run without its breaks and places them anew, for the
pairs of gaps the first sweep found impossible.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from transport.routing.engine.compiled import compiled
from transport.routing.engine.network import Floats, Ints, Net, Nodes
from transport.routing.engine.resting import MOST_BREAKS, strip, with_rests
from transport.routing.engine.routes import Routes, layouts_for, refresh
from transport.routing.engine.timing import SLACK, Desk, arrive, cost, least


class Found(NamedTuple):
    """One row per place: where the stops and breaks stand in the run with the request, and what it then is."""

    at: NDArray[np.int64]  # pickup, drop-off: positions in the resulting run, the depot being 0
    breaks: NDArray[np.int64]  # positions of the breaks, then zeros
    fits: Ints  # layouts, as bits
    cost: Floats  # of the whole resulting run
    time: Floats  # start of boarding, start of alighting


def room_for(rows: int) -> Found:
    """Space for so many places."""
    return Found(
        np.zeros((rows, 2), np.int64), np.zeros((rows, MOST_BREAKS), np.int64), np.zeros(rows, np.int64),
        np.zeros(rows), np.zeros((rows, 2)),
    )


@compiled
def spread(route: Nodes, size: int, on: int, p: int, q: int, longer: Nodes) -> None:
    """Write the route with pickup `on` after position p and its drop-off after old position q >= p."""
    longer[: p + 1] = route[: p + 1]
    longer[p + 1] = on
    longer[p + 2 : q + 2] = route[p + 1 : q + 1]
    longer[q + 2] = on + 1
    longer[q + 3 : size + 2] = route[q + 1 : size]


@compiled
def note(net: Net, route: Nodes, size: int, on: int, fits: int, desk: Desk, found: Found, row: int) -> None:
    """Write the route just timed as one row of places."""
    breaks = 0
    found.breaks[row] = 0
    for at in range(size):
        if route[at] == on:
            found.at[row, 0], found.time[row, 0] = at, desk.start[at]
        elif route[at] == on + 1:
            found.at[row, 1], found.time[row, 1] = at, desk.start[at]
        elif route[at] >= net.first_part[0]:
            found.breaks[row, breaks] = at
            breaks += 1
    found.fits[row] = fits
    found.cost[row] = cost(net, route, size, desk)


@compiled
def sweep(
    net: Net, routes: Routes, duty: int, request: int, desk: Desk, found: Found, count: int,
    known: NDArray[np.bool_], again: bool,
) -> int:
    """Add all places in the route of the duty and give the new count.

    `known` marks pairs of gaps between rides that need no second sweep; `again` says this is it.
    """
    on = 2 * request
    size = routes.size[duty]
    route, start, by, where = routes.nodes[duty], routes.start[duty], routes.by[duty], routes.where[duty]
    seats, chairs, mass = net.seats[on], net.chairs[on], net.mass[request]
    longer = np.empty(size + 2, np.int32)
    rested = np.empty(size + 2 + MOST_BREAKS, np.int32)
    able = layouts_for(net, duty, routes.fits[duty], seats, chairs, mass)
    gap_p = -1
    for p in range(size - 1):
        if able == 0 or start[p] + net.service[route[p]] > net.latest[on] + SLACK:
            break
        if route[p] < net.first_part[0]:
            gap_p += 1
        fits = layouts_for(net, duty, able, routes.seats[duty, p] + seats, routes.chairs[duty, p] + chairs, mass)
        come = arrive(net, net.durations[where[p], net.location[on]], start[p] + net.service[route[p]])
        if fits == 0 or come > net.latest[on] + SLACK:
            continue
        clock = max(come, net.earliest[on]) + net.service[on]
        here = net.location[on]
        gap_q = gap_p
        for q in range(p, size - 1):
            if q > p:
                node = route[q]
                if node >= net.first_part[0]:
                    break
                gap_q += 1
                clock = max(arrive(net, net.durations[here, where[q]], clock), start[q])
                fits = layouts_for(
                    net, duty, fits, routes.seats[duty, q] + seats, routes.chairs[duty, q] + chairs, mass
                )
                if clock > by[q] + SLACK or fits == 0:
                    break
                clock += net.service[node]
                here = where[q]
            off = max(arrive(net, net.durations[here, net.location[on + 1]], clock), net.earliest[on + 1])
            if off > net.latest[on + 1] + SLACK:
                continue
            ahead = where[q + 1] if route[q + 1] < net.first_part[0] else net.location[on + 1]
            drive = net.durations[net.location[on + 1], ahead]
            if arrive(net, drive, off + net.service[on + 1]) > by[q + 1] + SLACK or (again and known[gap_p, gap_q]):
                continue
            spread(route, size, on, p, q, longer)
            if again:
                length = with_rests(net, duty, longer, size + 2, rested, desk)
                if length > 0:
                    note(net, rested, length, on, fits, desk, found, count)
                    count += 1
            elif least(net, longer, size + 2, desk, False):
                note(net, longer, size + 2, on, fits, desk, found, count)
                known[gap_p, gap_q] = True
                count += 1
    return count


@compiled
def explore(
    net: Net, routes: Routes, bare: Routes, duty: int, request: int, desk: Desk, found: Found,
    known: NDArray[np.bool_],
) -> int:
    """Write all places for the request in the run of the duty, and give their count.

    `bare` holds the routes without breaks, timed as if a rest could still be added.
    """
    if not net.allowed[request, duty]:
        return 0
    known[:] = False
    count = sweep(net, routes, duty, request, desk, found, 0, known, False)
    if net.first_part[duty + 1] > net.first_part[duty]:
        count = sweep(net, bare, duty, request, desk, found, count, known, True)
    return count


@compiled
def prepare(net: Net, routes: Routes, bare: Routes, desk: Desk) -> None:
    """Time all routes, with and without their breaks; an impossible one gets no layout and thus no places."""
    for duty in range(net.duties):
        if refresh(net, routes, duty, desk, False):
            bare.size[duty] = strip(net, routes.nodes[duty], routes.size[duty], bare.nodes[duty])
            refresh(net, bare, duty, desk, True)
