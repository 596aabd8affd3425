"""Where one request fits into one run (compiled).

Cheap necessary tests come first: the load, the earliest arrival here, the latest start at the next stop. What
passes them is timed exactly, by raising lower bounds in the present schedule and looking only at what moves. A
second sweep looks at the run without its breaks and places them anew, for the pairs of gaps the first sweep found
impossible.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from transport.routing.engine.compiled import inlined
from transport.routing.engine.network import (
    DIRECT,
    DISTANCE,
    EARLIEST,
    EXCESS,
    LATEST,
    LEAD,
    REACH,
    SERVICE,
    TIME,
    Floats,
    Ints,
    Net,
    Nodes,
)
from transport.routing.engine.resting import MOST_BREAKS, Choice, new_choice, with_rests
from transport.routing.engine.routes import Routes, layouts_with, rests
from transport.routing.engine.timing import RAISES, SLACK, Desk, arrive, least


class Scratch(NamedTuple):
    """Room for one test at a time."""

    desk: Desk
    longer: Nodes  # a route with the request
    rested: Nodes  # the same with its breaks placed anew
    second: Nodes  # another route
    moved: Ints  # positions whose start was raised, and
    former: Floats  # what it was before
    by: Floats
    choice: Choice
    known: NDArray[np.bool_]  # gap of pickup x gap of drop-off: needs no second sweep


def new_scratch(net: Net, room: int, desk: Desk) -> Scratch:
    """Room for routes of up to `room` positions."""
    longest = room + 2 + MOST_BREAKS
    return Scratch(
        desk,
        np.zeros(longest, np.int32),
        np.zeros(longest, np.int32),
        np.zeros(longest, np.int32),
        np.zeros((RAISES + 2) * longest, np.int64),
        np.zeros((RAISES + 2) * longest),
        np.zeros(longest),
        new_choice(longest),
        np.zeros((longest, longest) if net.first_part[-1] > net.first_part[0] else (1, 1), np.bool_),
    )


class Place(NamedTuple):
    """Places of requests in runs: all of them, or only the cheapest, then one row per question."""

    cheapest: bool
    price: Floats
    at: Ints  # the positions pickup and drop-off come after
    again: NDArray[np.bool_]  # positions in the run without its breaks, which are placed anew


def rows_of_places(rows: int, *, cheapest: bool) -> Place:
    """Space for so many places."""
    return Place(cheapest, np.zeros(rows), np.zeros((rows, 2), np.int64), np.zeros(rows, np.bool_))


@inlined
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


@inlined
def possible(  # noqa: C901, PLR0912, PLR0915, PLR0917 - the innermost loop of everything, positions only
    net: Net,
    route: Nodes,
    size: int,
    start: Floats,
    where: Ints,
    opener: Ints,
    on: int,
    p: int,
    q: int,
    begin: float,
    off: float,
    moved: Ints,
    former: Floats,
) -> bool:
    """Can the timed run be driven with pickup `on` after position p and its drop-off after position q?

    `begin` and `off` are lower bounds of the start of boarding and alighting. Bounds rise as in `least`, from the
    present schedule on; what was raised there is put back in the end. No break may follow position q.
    """
    facts, location, durations, pace, grain = net.node, net.location, net.durations, net.pace, net.grain
    home, goal = location[on], location[on + 1]
    into, out = p + 1, q + 2  # where the two stand in the route that contains them
    at = into + 1
    place = home
    clock = begin + facts[on, SERVICE]
    furthest = out
    count = 0
    raises = 0
    answer = True
    while at < size + 2:
        back = -1  # where to resume, if anything before here must start later
        if at == into:
            begin = max(begin, arrive(pace, grain, durations[place, home], clock))
            if begin > facts[on, LATEST] + SLACK:
                answer = False
                break
            place = home
            clock = begin + facts[on, SERVICE]
        elif at == out:
            off = max(off, arrive(pace, grain, durations[place, goal], clock))
            need = off - facts[on + 1, REACH] - facts[on, LEAD]
            if off > facts[on + 1, LATEST] + SLACK or need > facts[on, LATEST] + SLACK:
                answer = False
                break
            if begin < need - SLACK:
                begin = need
                back = into
            place = goal
            clock = off + facts[on + 1, SERVICE]
        else:
            old = at - (at > into) - (at > out)
            node = route[old]
            come = arrive(pace, grain, durations[place, where[old]], clock)
            if come > start[old]:
                moved[count], former[count] = old, start[old]
                count += 1
                start[old] = come
                if come > facts[node, LATEST] + SLACK:
                    answer = False
                    break
            elif at > furthest:
                break
            first = opener[old]
            if first >= 0:
                need = start[old] - facts[node, REACH] - facts[route[first], LEAD]
                if start[first] < need - SLACK:
                    if need > facts[route[first], LATEST] + SLACK:
                        answer = False
                        break
                    moved[count], former[count] = first, start[first]
                    count += 1
                    start[first] = need
                    back = first + (first > p) + (first > q)
            place = where[old]
            clock = start[old] + facts[node, SERVICE]
        at += 1
        if back >= 0:
            raises += 1
            if raises > RAISES:
                answer = False
                break
            furthest = max(furthest, at - 1)
            at = max(back, 1)
            before = at - 1
            if before == into:
                place = home
                clock = begin + facts[on, SERVICE]
            elif before == out:
                place = goal
                clock = off + facts[on + 1, SERVICE]
            else:
                old = before - (before > into) - (before > out)
                place = where[old]
                clock = start[old] + facts[route[old], SERVICE]
    while count > 0:
        count -= 1
        start[moved[count]] = former[count]
    return answer


@inlined
def comfort(net: Net, routes: Routes, row: int, on: int, p: int, last: int, begin: float, off: float) -> float:
    """Roughly what time on the road and detours for riders cost with boarding after position p at `begin`, alighting
    at `off`, and then position `last`.
    """
    facts, location, durations, pace, grain = net.node, net.location, net.durations, net.pace, net.grain
    start, where, size = routes.start[row], routes.where[row], routes.size[row]
    price = net.costs[EXCESS] * (off - begin - facts[on, LEAD] - facts[on, DIRECT])
    home, goal = location[on], location[on + 1]
    back = arrive(pace, grain, durations[goal, where[last]], off + facts[on + 1, SERVICE])
    lead = begin - durations[where[0], home]
    if size == 2:
        time = back - lead
    else:
        time = max(0.0, back - start[last] - (routes.wait[row, last + 1] if last < size - 1 else 0.0))
        if p == 0:
            time += max(0.0, start[1] - durations[where[0], where[1]] - lead)
    return float(price + net.costs[TIME] * time)


@inlined
def sweep(  # noqa: C901, PLR0912, PLR0915 - all pairs of gaps in one loop, positions only
    net: Net,
    routes: Routes,
    row: int,
    request: int,
    scratch: Scratch,
    place: Place,
    first: int,
    bound: float,
) -> int:
    """Write the possible places in a run from row `first` of places on, and give the row after the last.

    If only the cheapest is wanted, it must be cheaper than `bound`. In bare routes the breaks are placed anew, and
    `scratch.known` marks pairs of gaps that need no second sweep.
    """
    facts, location, durations, pace, grain = net.node, net.location, net.durations, net.pace, net.grain
    distances, costs, parts = net.distances, net.costs, net.parts
    duty = row % net.duties
    again, one = row != duty, place.cheapest
    on = 2 * request
    size = routes.size[row]
    route, start, by, where = routes.nodes[row], routes.start[row], routes.by[row], routes.where[row]
    opener, load, more, most = routes.opener[row], routes.load[row], net.load, net.most[duty]
    home, goal = location[on], location[on + 1]
    able = routes.fits[row] & net.allowed[request, duty]
    if able == 0:
        return first
    resting = rests(net, duty)
    fastest = net.fastest
    low = 0  # positions before this one end too early; the latest starts rise along the run
    soonest = facts[on, EARLIEST] + facts[on, SERVICE] - SLACK
    high = size - 2
    while low < high:
        middle = (low + high) // 2
        if by[middle + 1] < soonest:
            low = middle + 1
        else:
            high = middle
    end = size - 1
    if net.held[request]:
        low, end = 0, 1
    else:
        while route[low + 1] < net.rides and route[low + 1] % 2 == 0 and net.held[route[low + 1] // 2]:
            low += 1
    best = bound
    count = first
    found = False
    gap_p = -1
    if resting:
        for at in range(low):
            gap_p += 1 if route[at] < parts else 0
    for p in range(low, end):
        ready = start[p] + facts[route[p], SERVICE]
        if ready > facts[on, LATEST] + SLACK:
            break
        if resting and route[p] < parts:
            gap_p += 1
        fits = layouts_with(most, able, load, p, more, on)
        if fits == 0:
            continue
        come = arrive(pace, grain, durations[where[p], home], ready)
        if come > facts[on, LATEST] + SLACK:
            continue
        detour = 0.0
        if one:
            then = p + 1
            while route[then] >= parts:
                then += 1
            detour = distances[where[p], home] + distances[home, where[then]]
            detour -= distances[where[p], where[then]]
            if costs[DISTANCE] * detour >= best:
                continue
        begin = max(come, facts[on, EARLIEST])
        clock = begin + facts[on, SERVICE]
        here = home
        ridden = 0.0  # at least
        gap_q = gap_p
        for q in range(p, size - 1):
            if q > p:
                node = route[q]
                if node >= parts:
                    break
                gap_q += 1
                drive = durations[here, where[q]]
                clock = max(arrive(pace, grain, drive, clock), start[q])
                if clock > by[q] + SLACK:
                    break
                fits = layouts_with(most, fits, load, q, more, on)
                if fits == 0:
                    break
                clock += facts[node, SERVICE]
                ridden += drive * fastest + facts[node, SERVICE]
                here = where[q]
            drive = durations[here, goal]
            if ridden + drive * fastest > facts[on + 1, REACH] + SLACK:
                break
            off = max(arrive(pace, grain, drive, clock), facts[on + 1, EARLIEST])
            if off > facts[on + 1, LATEST] + SLACK:
                break
            pausing = route[q + 1] >= parts
            ahead = goal if pausing else where[q + 1]
            follow = arrive(pace, grain, durations[goal, ahead], off + facts[on + 1, SERVICE])
            if follow > by[q + 1] + SLACK or (again and scratch.known[gap_p, gap_q]):
                continue
            price = 0.0
            if one:
                last = q + 1
                while route[last] >= parts:
                    last += 1
                distance = distances[here, goal] + distances[goal, where[last]]
                if p == q:
                    distance += distances[where[p], home] - distances[where[p], where[last]]
                else:
                    distance += detour - distances[here, where[last]]
                price = costs[DISTANCE] * distance + net.taste[request, duty]
                if price < best and costs[TIME] + costs[EXCESS] > 0:
                    price += comfort(net, routes, row, on, p, last, begin, off)
                if price >= best:
                    continue
            if again or pausing:
                length = size + 2
                spread(route, size, on, p, q, scratch.longer)
                if again:
                    feasible = (
                        with_rests(net, duty, scratch.longer, length, scratch.rested, scratch.desk, scratch.choice) > 0
                    )
                else:
                    feasible = least(net, scratch.longer, length, length, scratch.desk)
            else:
                feasible = possible(
                    net, route, size, start, where, opener, on, p, q, begin, off, scratch.moved, scratch.former
                )
            if feasible:
                if resting and not one:
                    scratch.known[gap_p, gap_q] = True
                found = True
                if count == len(place.price):
                    return count + 1
                place.price[count], place.again[count] = price, again
                place.at[count, 0], place.at[count, 1] = p, q
                best = price
                count += 0 if one else 1
    return count + 1 if one and found else count
