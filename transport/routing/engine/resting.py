"""Where a run's breaks go: between rides, where nobody is on board, at the least cost found.

Rests are placed one after the other. For each, all gaps for its parts are tried: the cheapest that settles the
whole run, or else the one reaching furthest, after which the next rest is sought.
"""

from typing import NamedTuple

import numpy as np

from transport.routing.engine.compiled import compiled
from transport.routing.engine.network import REACH, SERVICE, Floats, Ints, Net, Nodes
from transport.routing.engine.timing import SLACK, Desk, arrive, cost, latest, least

MOST_BREAKS = 8  # in one run
MOST_TRIALS = 300  # for one rest


class Choice(NamedTuple):
    """Room to choose gaps for the breaks of a run: by position, by rank of a gap, by break."""

    early: Floats
    by: Floats
    gaps: Ints
    after: Ints
    pick: Ints
    keep: Ints


def new_choice(size: int) -> Choice:
    """Room for runs of up to `size` positions."""
    after, pick, keep = np.zeros((3, MOST_BREAKS), np.int64)
    return Choice(np.zeros(size), np.zeros(size), np.zeros(size, np.int64), after, pick, keep)


@compiled
def strip(net: Net, route: Nodes, size: int, rides: Nodes) -> int:
    """Write the route without its breaks and give its size."""
    kept = 0
    for at in range(size):
        if route[at] < net.parts:
            rides[kept] = route[at]
            kept += 1
    return kept


@compiled
def merge(rides: Nodes, size: int, after: Ints, count: int, first: int, parts: int, route: Nodes) -> int:
    """Write the rides with break b following position `after[b]`, and give the size."""
    length = 0
    taken = 0
    for at in range(size):
        route[length] = rides[at]
        length += 1
        while taken < count and after[taken] == at:
            route[length] = first + taken % parts
            length += 1
            taken += 1
    return length


@compiled
def idle_gaps(net: Net, rides: Nodes, size: int, part: float, early: Floats, by: Floats, gaps: Ints) -> int:
    """Write the positions after which nobody is on board, another ride follows and there is time for a part.

    `early` and `by` are the earliest and latest start at every position: breaks only narrow them.
    """
    aboard = 0
    count = 0
    for at in range(1, size - 2):
        aboard += 1 if rides[at] % 2 == 0 else -1
        if aboard == 0:
            drive = net.durations[net.location[rides[at]], net.location[rides[at + 1]]]
            if (
                arrive(net.pace, net.grain, drive, early[at] + net.node[rides[at], SERVICE] + part)
                <= by[at + 1] + SLACK
            ):
                gaps[count] = at
                count += 1
    return count


@compiled
def with_rests(  # noqa: C901, PLR0912 - one search in three nested choices
    net: Net, duty: int, rides: Nodes, size: int, route: Nodes, desk: Desk, choice: Choice
) -> int:
    """Write the rides with all breaks they need, timed on the desk, and give the size; 0 when none was found."""
    for at in range(size):
        route[at] = rides[at]
    if least(net, route, size, size, desk):
        return size
    first = net.first_part[duty]
    parts = net.first_part[duty + 1] - first
    if parts == 0 or not least(net, route, size, size - 1, desk):
        return 0
    early, by, gaps = choice.early, choice.by, choice.gaps
    after, pick, keep = choice.after, choice.pick, choice.keep
    for at in range(size):
        early[at] = desk.start[at]
    latest(net, rides, size, by, desk)
    shortest = net.node[first, SERVICE]
    for part in range(1, parts):
        shortest = min(shortest, net.node[first + part, SERVICE])
    choices = idle_gaps(net, rides, size, shortest, early, by, gaps)
    work = net.node[net.rides + net.duties + duty, REACH]
    first_by = by[1] + work - net.node[first + parts - 1, SERVICE]
    count = 0
    low = 0  # the first gap that may be used, as a rank in `gaps`
    while count + parts <= MOST_BREAKS and low < choices:
        for part in range(parts):
            pick[part] = low
        cheapest = np.inf
        furthest = -1
        for _ in range(MOST_TRIALS):
            for part in range(parts):
                after[count + part] = gaps[pick[part]]
            last = gaps[pick[parts - 1]]
            length = merge(rides, size, after, count + parts, first, parts, route)
            better = False
            if count == 0 and early[last] + net.node[rides[last], SERVICE] > first_by + SLACK:
                pass
            elif early[size - 1] - by[last + 1] <= work + SLACK and (least(net, route, length, length, desk)):
                price = cost(net, route, length, desk)
                better = price < cheapest
                cheapest = min(price, cheapest)
            elif cheapest == np.inf and last > furthest and least(net, route, length, length - 1, desk):
                better = True
                furthest = last
            for part in range(parts):
                keep[part] = after[count + part] if better else keep[part]
            turn = parts - 1
            while turn >= 0 and pick[turn] == choices - 1:
                turn -= 1
            if turn < 0:
                break
            nudged = pick[turn] + 1
            for part in range(turn, parts):
                pick[part] = nudged
        if cheapest == np.inf and furthest < 0:
            return 0
        for part in range(parts):
            after[count + part] = keep[part]
        count += parts
        while low < choices and gaps[low] <= keep[parts - 1]:
            low += 1
        if cheapest < np.inf:
            length = merge(rides, size, after, count, first, parts, route)
            least(net, route, length, length, desk)
            return length
    return 0
