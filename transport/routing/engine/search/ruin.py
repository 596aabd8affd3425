"""Which rides to take out of the plan before putting them back better (compiled)."""

import numpy as np
from numpy.typing import NDArray

from transport.routing.engine.compiled import compiled
from transport.routing.engine.network import EARLIEST, LATEST, SERVICE, Floats, Ints, Net
from transport.routing.engine.routes import Routes

Bits = NDArray[np.uint64]
Flags = NDArray[np.bool_]
NEAREST = 60  # related rides known for each ride
CHUNK = 500  # rides compared with all others at a time
FAR = 1e3


@compiled
def chance(state: Bits) -> float:
    """The next number in [0, 1) of this generator (xorshift); its state must not be 0."""
    x = state[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    state[0] = x
    return float((x * np.uint64(2685821657736338717)) >> np.uint64(11)) / 9007199254740992.0


def related(net: Net, requests: int) -> Ints:
    """For every request the others that best stand next to it in a run, then those alike in places and times; -1
    where there are fewer. After Shaw's relatedness, with what two stops in a row cost in driving and waiting.
    """
    on, off = np.arange(0, 2 * requests, 2), np.arange(1, 2 * requests, 2)
    middle = np.clip(net.node[:, :2], -1e9, 1e9).mean(axis=1)
    nearest = np.full((requests, NEAREST), -1, np.int64)
    width = min(NEAREST, requests - 1)
    for begin in range(0, requests, CHUNK):
        rows = slice(begin, begin + CHUNK)
        beside = np.full((len(on[rows]), requests), np.inf)
        for mine in (on[rows], off[rows]):
            for other in (on, off):
                beside = np.minimum(beside, _in_a_row(net, mine, other))
                beside = np.minimum(beside, _in_a_row(net, other, mine).T)
        unlike = np.zeros_like(beside)
        for side in (on, off):
            places = net.location[side]
            unlike += net.durations[np.ix_(places[rows], places)] / 2
            unlike += 0.05 * np.abs(middle[side[rows]][:, None] - middle[side][None, :])
        unlike = 0.6 * np.minimum(beside, FAR * (1 + unlike.max(initial=0.0))) + 0.4 * unlike
        unlike[np.arange(len(unlike)), np.arange(begin, begin + len(unlike))] = np.inf
        nearest[rows, :width] = np.argsort(unlike, axis=1, kind="stable")[:, :width]
    return nearest


def _in_a_row(net: Net, first: Ints, then: Ints) -> NDArray[np.float64]:
    """Driving from one stop to the next, and a fifth of the waiting that cannot be avoided."""
    drive = net.durations[np.ix_(net.location[first], net.location[then])]
    done = net.node[first, SERVICE][:, None] + drive
    wait = np.maximum(0, net.node[then, EARLIEST][None, :] - (net.node[first, LATEST][:, None] + done))
    never = net.node[first, EARLIEST][:, None] + done > net.node[then, LATEST][None, :]
    return np.where(never, np.inf, drive + 0.2 * wait)


@compiled
def take(request: int, duty_of: Ints, out: Flags, removed: Ints, count: int) -> int:
    """Mark one request for removal unless it is marked or unserved already; give the new count."""
    if out[request] or duty_of[request] < 0:
        return count
    out[request] = True
    removed[count] = request
    return count + 1


@compiled
def take_related(seed: int, wanted: int, near: Ints, duty_of: Ints, out: Flags, removed: Ints, state: Bits) -> int:
    """Rides like the seed, or like one already taken."""
    count = 0
    count = take(seed, duty_of, out, removed, count)
    for _ in range(6 * wanted):
        if count >= wanted:
            break
        anchor = seed if count == 0 or chance(state) < 0.5 else removed[int(chance(state) * count)]
        other = near[anchor, int(chance(state) ** 3 * near.shape[1])]
        if other >= 0:
            count = take(other, duty_of, out, removed, count)
    return count


@compiled
def take_strings(  # noqa: PLR0917 - compiled functions know positions only
    net: Net,
    routes: Routes,
    seed: int,
    wanted: int,
    near: Ints,
    duty_of: Ints,
    out: Flags,
    removed: Ints,
    state: Bits,
) -> int:
    """Neighbouring stretches of several runs around the seed."""
    count = 0
    strings = 1 + int(chance(state) * 4)
    each = max(1, wanted // strings)
    used = 0  # duties, as bits
    for rank in range(-1, near.shape[1]):
        request = seed if rank < 0 else near[seed, rank]
        if strings == 0 or request < 0:
            break
        duty = duty_of[request]
        if duty < 0 or used >> (duty % 63) & 1:
            continue
        used |= 1 << (duty % 63)
        strings -= 1
        size = routes.size[duty]
        low = 1
        while routes.nodes[duty, low] != 2 * request:
            low += 1
        high = low
        enough = min(count + 1 + int(chance(state) * each * 1.5), len(duty_of))
        while count < enough and (low >= 1 or high <= size - 2):
            down = low >= 1 and (high > size - 2 or chance(state) < 0.5)
            node = routes.nodes[duty, low if down else high]
            low -= 1 if down else 0
            high += 0 if down else 1
            if node < net.rides:
                count = take(node // 2, duty_of, out, removed, count)
    return count


@compiled
def saving(net: Net, routes: Routes, duty: int, request: int) -> float:
    """The distance this run would not drive without the request (free-flow time where distance is free)."""
    matrix = net.distances if net.costs[0] > 0 else net.durations
    saved = 0.0
    for at in range(1, routes.size[duty] - 1):
        if routes.nodes[duty, at] // 2 == request and routes.nodes[duty, at] < net.rides:
            before, here, ahead = routes.where[duty, at - 1], routes.where[duty, at], routes.where[duty, at + 1]
            saved += matrix[before, here] + matrix[here, ahead] - matrix[before, ahead]
    return saved


@compiled
def take_worst(net: Net, routes: Routes, wanted: int, duty_of: Ints, out: Flags, removed: Ints, state: Bits) -> int:
    """Rides that cost much where they are: the dearest of a few drawn at random, again and again."""
    count = 0
    for _ in range(wanted):
        dearest = -1
        most = -1.0
        for _ in range(6):
            request = int(chance(state) * len(duty_of))
            if not out[request] and duty_of[request] >= 0:
                saved = saving(net, routes, duty_of[request], request)
                if saved > most:
                    most = saved
                    dearest = request
        if dearest >= 0:
            count = take(dearest, duty_of, out, removed, count)
    return count


@compiled
def ruin(  # noqa: PLR0917 - compiled functions know positions only
    net: Net,
    routes: Routes,
    near: Ints,
    penalty: Floats,
    duty_of: Ints,
    out: Flags,
    removed: Ints,
    most: int,
    state: Bits,
) -> int:
    """Choose up to `most` rides by a way drawn at random, write them to `removed` and give their count."""
    requests = len(duty_of)
    seed = int(chance(state) * requests)
    if chance(state) < 0.5:  # better near somebody who is unserved
        for _ in range(requests):
            other = int(chance(state) * requests)
            if duty_of[other] < 0 and penalty[other] > 0:
                seed = other
                break
    small = chance(state) if chance(state) < 0.5 else 1.0
    wanted = 2 + int(chance(state) * small * (most - 1))
    way = chance(state)
    count = 0
    if way < 0.45:
        count = take_related(seed, wanted, near, duty_of, out, removed, state)
    elif way < 0.80:
        count = take_strings(net, routes, seed, wanted, near, duty_of, out, removed, state)
    elif way < 0.88:
        for _ in range(wanted):
            count = take(int(chance(state) * requests), duty_of, out, removed, count)
    elif way < 0.95 or duty_of[seed] < 0:
        count = take_worst(net, routes, wanted, duty_of, out, removed, state)
    else:
        for request in range(requests):
            if duty_of[request] == duty_of[seed]:
                count = take(request, duty_of, out, removed, count)
    return count
