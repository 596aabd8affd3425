"""Exchanging the rest of two runs at moments when nobody is on board (compiled).

Large neighbourhoods rarely move so many rides at once; after Potvin and Rousseau's 2-opt*.
"""

from transport.routing.engine.compiled import compiled, inlined
from transport.routing.engine.network import DISTANCE, SERVICE, Ints, Net, Nodes
from transport.routing.engine.resting import MOST_BREAKS, with_rests
from transport.routing.engine.routes import Routes, rests
from transport.routing.engine.search.recreate import Board, changed, free_row, remember
from transport.routing.engine.timing import SLACK, arrive, cost, least

NO_GAIN = -1e-6


@inlined
def join(head: Nodes, a: int, tail: Nodes, b: int, size: int, end: int, joined: Nodes) -> int:
    """Write the head up to position a, the tail from after position b on, and the end of the head's duty."""
    length = a + 1
    for at in range(a + 1):
        joined[at] = head[at]
    for at in range(b + 1, size - 1):
        joined[length] = tail[at]
        length += 1
    joined[length] = end
    return length + 1


@inlined
def layouts_for_tail(net: Net, fits: int, routes: Routes, duty: int, other: int, b: int) -> int:
    """Those layouts of the duty among `fits` in which it could carry what row `other` carries after position b."""
    most, load = net.most[duty], routes.load[other]
    for at in range(b + 1, routes.size[other] - 1):
        node = routes.nodes[other, at]
        if node < net.rides and node % 2 == 0:
            fits &= net.allowed[node // 2, duty]
            for layout in range(most.shape[0]):
                for group in range(most.shape[1]):
                    if load[at, group] > most[layout, group]:
                        fits &= ~(1 << layout)
    return fits


@compiled
def timed(net: Net, board: Board, duty: int, size: int) -> float:
    """The cost of the joined run of the duty, with the breaks it needs, or infinity if it is impossible."""
    scratch = board.scratch
    if rests(net, duty):
        size = with_rests(net, duty, scratch.longer, size, scratch.rested, scratch.desk, scratch.choice)
        return cost(net, scratch.rested, size, scratch.desk) if size > 0 else 1e300
    return (
        cost(net, scratch.longer, size, scratch.desk) if least(net, scratch.longer, size, size, scratch.desk) else 1e300
    )


@compiled
def put_joined(net: Net, board: Board, duty: int, size: int, duty_of: Ints) -> None:
    """Make the joined run the run of the duty."""
    scratch, routes = board.scratch, board.routes
    if rests(net, duty):
        size = with_rests(net, duty, scratch.longer, size, scratch.rested, scratch.desk, scratch.choice)
        for at in range(size):
            routes.nodes[duty, at] = scratch.rested[at]
    else:
        for at in range(size):
            routes.nodes[duty, at] = scratch.longer[at]
    routes.size[duty] = size
    changed(net, board, duty)
    for at in range(1, size - 1):
        if routes.nodes[duty, at] < net.rides:
            duty_of[routes.nodes[duty, at] // 2] = duty


@compiled
def swap_tails(net: Net, board: Board, duty: int, duty_of: Ints) -> bool:  # noqa: C901, PLR0912, PLR0915 - all pairs of cuts in one loop
    """Make the exchange between this run and any other that saves most; False when none saves anything."""
    facts, location, durations, distances = net.node, net.location, net.durations, net.distances
    pace, grain = net.pace, net.grain
    routes = board.routes
    nodes, start, by, where, load = routes.nodes, routes.start, routes.by, routes.where, routes.load
    mine = free_row(net, duty)
    size = routes.size[mine]
    best = NO_GAIN
    partner, cut, other_cut = -1, 0, 0
    company = net.load.shape[1] - 1
    end = net.rides + net.duties + duty
    longer = board.scratch.longer
    room = nodes.shape[1] - MOST_BREAKS
    for other in range(net.duties):
        theirs = free_row(net, other)
        length = routes.size[theirs]
        if other == duty or (size == 2 and length == 2):
            continue
        other_end = net.rides + net.duties + other
        for a in range(size - 1):
            if load[mine, a, company] > 0:
                continue
            here, ready = where[mine, a], start[mine, a] + facts[nodes[mine, a], SERVICE]
            after = where[mine, a + 1]
            for b in range(length - 1):
                if load[theirs, b, company] > 0 or (a == size - 2 and b == length - 2):
                    continue
                leave = start[theirs, b] + facts[nodes[theirs, b], SERVICE]
                if a < size - 2 and leave > by[mine, a + 1] + SLACK:
                    break  # and so for all later cuts
                if b < length - 2 and ready > by[theirs, b + 1] + SLACK:
                    continue
                there, next_ = where[theirs, b], where[theirs, b + 1]
                into = location[end] if b == length - 2 else next_
                back = location[other_end] if a == size - 2 else after
                gain = distances[here, into] + distances[there, back] - distances[here, after] - distances[there, next_]
                if b < length - 2:
                    last = where[theirs, length - 2]
                    gain += distances[last, location[end]] - distances[last, location[other_end]]
                if a < size - 2:
                    last = where[mine, size - 2]
                    gain += distances[last, location[other_end]] - distances[last, location[end]]
                if net.costs[DISTANCE] * gain >= best or a + length - b > room or b + size - a > room:
                    continue
                if b < length - 2 and arrive(pace, grain, durations[here, into], ready) > by[theirs, b + 1] + SLACK:
                    continue
                if a < size - 2 and arrive(pace, grain, durations[there, back], leave) > by[mine, a + 1] + SLACK:
                    continue
                if not layouts_for_tail(net, routes.fits[duty], routes, duty, theirs, b) or not layouts_for_tail(
                    net, routes.fits[other], routes, other, mine, a
                ):
                    continue
                joined = join(nodes[mine], a, nodes[theirs], b, length, end, longer)
                price = timed(net, board, duty, joined)
                if price >= 1e300:
                    continue
                joined = join(nodes[theirs], b, nodes[mine], a, size, other_end, longer)
                price += timed(net, board, other, joined)
                saved = price - routes.cost[duty] - routes.cost[other]
                if saved < best:
                    best = saved
                    partner, cut, other_cut = other, a, b
    if partner < 0:
        return False
    remember(net, board, duty)
    remember(net, board, partner)
    theirs = free_row(net, partner)
    length = routes.size[theirs]
    other_end = net.rides + net.duties + partner
    second = join(nodes[theirs], other_cut, nodes[mine], cut, size, other_end, board.scratch.second)
    joined = join(nodes[mine], cut, nodes[theirs], other_cut, length, end, longer)
    put_joined(net, board, duty, joined, duty_of)
    for at in range(second):
        longer[at] = board.scratch.second[at]
    put_joined(net, board, partner, second, duty_of)
    return True
