"""All places for one request in all runs, each with what it costs and the times it allows (compiled)."""

from typing import NamedTuple

import numpy as np

from transport.routing.engine.compiled import compiled
from transport.routing.engine.exploring import Place, Scratch, spread, sweep
from transport.routing.engine.network import Floats, Ints, Net
from transport.routing.engine.resting import MOST_BREAKS, strip, with_rests
from transport.routing.engine.routes import Routes, layouts_with, refresh
from transport.routing.engine.timing import Desk, cost, latest, least


class Found(NamedTuple):
    """One row per place: where the stops and breaks stand in the run with the request, and what it then is."""

    duty: Ints
    at: Ints  # x pickup, drop-off: positions in the resulting run, the depot being 0
    breaks: Ints  # positions of the breaks, then zeros
    fits: Ints  # layouts, as bits
    cost: Floats  # what the run becomes dearer
    time: Floats  # x first and last start of boarding, first and last start of alighting


def room_for(rows: int) -> Found:
    """Space for so many places."""
    return Found(
        np.zeros(rows, np.int64),
        np.zeros((rows, 2), np.int64),
        np.zeros((rows, MOST_BREAKS), np.int64),
        np.zeros(rows, np.int64),
        np.zeros(rows),
        np.zeros((rows, 4)),
    )


@compiled
def detail(
    net: Net, routes: Routes, duty: int, request: int, scratch: Scratch, place: Place, found: Found, row: int
) -> None:
    """Time the run with the request at the place of this row, and write all that is to be known about it.

    `routes` are those the place was found in.
    """
    on = 2 * request
    p, q = place.at[row]
    size = routes.size[duty]
    spread(routes.nodes[duty], size, on, p, q, scratch.longer)
    route, desk = scratch.longer, scratch.desk
    length = size + 2
    if place.again[row]:
        route = scratch.rested
        length = with_rests(net, duty, scratch.longer, length, route, desk, scratch.choice)
    else:
        least(net, route, length, length, desk)
    latest(net, route, length, scratch.by, desk)
    breaks = 0
    for taken in range(found.breaks.shape[1]):
        found.breaks[row, taken] = 0
    for at in range(length):
        if route[at] >= net.parts:
            found.breaks[row, breaks] = at
            breaks += 1
        elif route[at] // 2 == request:
            side = route[at] % 2
            found.at[row, side] = at
            found.time[row, 2 * side], found.time[row, 2 * side + 1] = desk.start[at], scratch.by[at]
    fits = routes.fits[duty] & net.allowed[request, duty]
    for at in range(p, q + 1):
        fits = layouts_with(net.most[duty], fits, routes.load[duty], at, net.load, on)
    found.duty[row], found.fits[row] = duty, fits
    found.cost[row] = cost(net, route, length, desk)


@compiled
def explore(net: Net, routes: Routes, bare: Routes, request: int, scratch: Scratch, place: Place, found: Found) -> int:
    """Write all places for the request in all runs and give their count; more than there are rows if they overflow.

    `bare` holds the routes without breaks, timed as if a rest could still be added.
    """
    count = 0
    for duty in range(net.duties):
        if net.allowed[request, duty] == 0:
            continue
        rests = net.first_part[duty + 1] > net.first_part[duty]
        if rests:
            for gap_p in range(routes.size[duty]):
                for gap_q in range(routes.size[duty]):
                    scratch.known[gap_p, gap_q] = False
        for turn in range(2 if rests else 1):
            runs = routes if turn == 0 else bare
            first = count
            count = sweep(net, runs, duty, request, scratch, place, count, np.inf)
            if count > len(place.price):
                return count
            for row in range(first, count):
                detail(net, runs, duty, request, scratch, place, found, row)
                found.cost[row] -= routes.cost[duty]
    return count


@compiled
def prepare(net: Net, routes: Routes, bare: Routes, desk: Desk) -> None:
    """Time all routes, with and without their breaks; an impossible one gets no layout and thus no places."""
    for duty in range(net.duties):
        if refresh(net, routes, duty, desk) and net.first_part[duty + 1] > net.first_part[duty]:
            bare.size[duty] = strip(net, routes.nodes[duty], routes.size[duty], bare.nodes[duty])
            refresh(net, bare, duty, desk)
