"""All places for one request in all runs, each with what it costs and the times it allows (compiled)."""

from typing import NamedTuple

import numpy as np

from transport.routing.engine.compiled import compiled
from transport.routing.engine.exploring import Place, Scratch, spread, sweep
from transport.routing.engine.network import Floats, Ints, Net
from transport.routing.engine.resting import MOST_BREAKS, strip, with_rests
from transport.routing.engine.routes import BARE, Routes, layouts_with, refresh, rests
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
def detail(  # noqa: PLR0917 - called from compiled code, positions only
    net: Net,
    routes: Routes,
    row: int,
    request: int,
    scratch: Scratch,
    place: Place,
    source: int,
    found: Found,
    index: int,
) -> bool:
    """Time the run with the request at the place `source`, and write at `index` all that is to be known about it.

    `row` is the run the place was found in. False when the timing does not bear the place out.
    """
    duty, on = row % net.duties, 2 * request
    p, q = place.at[source]
    size = routes.size[row]
    spread(routes.nodes[row], size, on, p, q, scratch.longer)
    route, desk = scratch.longer, scratch.desk
    length = size + 2
    if place.again[source]:
        route = scratch.rested
        length = with_rests(net, duty, scratch.longer, length, route, desk, scratch.choice)
        if length == 0:
            return False
    elif not least(net, route, length, length, desk):
        return False
    latest(net, route, length, scratch.by, desk)
    breaks = 0
    for taken in range(found.breaks.shape[1]):
        found.breaks[index, taken] = 0
    for at in range(length):
        if route[at] >= net.parts:
            found.breaks[index, breaks] = at
            breaks += 1
        elif route[at] // 2 == request:
            side = route[at] % 2
            found.at[index, side] = at
            found.time[index, 2 * side], found.time[index, 2 * side + 1] = desk.start[at], scratch.by[at]
    fits = routes.fits[row] & net.allowed[request, duty]
    for at in range(p, q + 1):
        fits = layouts_with(net.most[duty], fits, routes.load[row], at, net.load, on)
    found.duty[index], found.fits[index] = duty, fits
    found.cost[index] = cost(net, route, length, desk) - routes.cost[duty]
    return True


@compiled
def explore(net: Net, routes: Routes, request: int, scratch: Scratch, place: Place, found: Found) -> int:
    """Write all places for the request in all runs and give their count; more than there are rows if they overflow."""
    count = 0
    for duty in range(net.duties):
        if net.allowed[request, duty] == 0:
            continue
        resting = rests(net, duty)
        if resting:
            for gap_p in range(routes.size[duty]):
                for gap_q in range(routes.size[duty]):
                    scratch.known[gap_p, gap_q] = False
        for layer in range(BARE + 1 if resting else 1):
            row = duty + layer * net.duties
            first = count
            count = sweep(net, routes, row, request, scratch, place, count, np.inf)
            if count > len(place.price):
                return count
            kept = first
            for source in range(first, count):
                if detail(net, routes, row, request, scratch, place, source, found, kept):
                    kept += 1
            count = kept
    return count


@compiled
def prepare(net: Net, routes: Routes, desk: Desk) -> None:
    """Time all routes, with and without their breaks; an impossible one gets no layout and thus no places."""
    for duty in range(net.duties):
        if refresh(net, routes, duty, desk) and rests(net, duty):
            bare = duty + BARE * net.duties
            routes.size[bare] = strip(net, routes.nodes[duty], routes.size[duty], routes.nodes[bare])
            refresh(net, routes, bare, desk)
