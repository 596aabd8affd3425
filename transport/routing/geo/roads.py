"""Travel times on the road graph, by Dijkstra in process.

Costs are whole numbers that hold time and length together: milliseconds × 2²⁶ + decimetres. Adding two costs
adds both parts, comparing them compares the time first, and up to 37 hours and 6,700 km they are exact in a
float64. So one search gives the quickest way and its length.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

from transport.kernel.values import Point
from transport.routing.geo.network import Ints, Network, Reals
from transport.routing.geo.travel import EARTH_RADIUS, AirLine, Legs

PART = float(2**26)
FARTHEST_SNAP = 500.0  # metres: a point farther from every street is not on this map
CORNER = 15.0  # metres: a door this near to a crossing is served from the crossing, one-way street or not
YARD_SPEED = 15 / 3.6  # m/s between the street and the door
AT_ONCE = 250  # origins searched together; bounds the memory of one search


@dataclass(frozen=True, slots=True)
class _Snapped:
    """Points on stretches: `share` of the way from a to b, costs of leaving and coming, cost of the yard."""

    found: NDArray[np.bool_]
    stretch: Ints
    share: Reals
    to_a: Reals  # leaving the point towards a (inf: one-way)
    to_b: Reals
    from_a: Reals  # coming to the point from a
    from_b: Reals
    yard: Reals


class Roads:
    """Travel times on a road network; without a road the air line stands in and the leg is flagged."""

    def __init__(self, network: Network, *, fallback: AirLine, label: str = "roads") -> None:
        """Prepare the search; `fallback` serves points more than 500 m from every street."""
        self._network = network
        self._fallback = fallback
        self._label = label
        self._plane = np.array([1.0, np.cos(np.radians(network.ends[:, 0].mean()))]) * np.radians(1) * EARTH_RADIUS
        self._head = network.ends[:, :2] * self._plane
        self._along = network.ends[:, 2:] * self._plane - self._head
        self._squared = np.maximum((self._along**2).sum(axis=1), 1e-12)
        self._reach = np.sqrt(self._squared) / 2
        self._middles = cKDTree(self._head + self._along / 2)
        self._cost = network.ms * PART + network.dm
        self._graph = self._arcs(network.a, network.b)
        self._mirror = self._arcs(network.b, network.a)

    @property
    def label(self) -> str:
        """What a person reads about these travel times."""
        return self._label

    def legs(self, points: Sequence[Point]) -> Legs:
        """Drives between all pairs of the points."""
        return self.between(points, points)

    def between(self, origins: Sequence[Point], destinations: Sequence[Point]) -> Legs:
        """Drives from each origin to each destination; as many searches as the shorter side has points."""
        start, end = self._snap(origins), self._snap(destinations)
        if len(origins) <= len(destinations):
            cost = self._search(self._graph, start, (start.to_a, start.to_b), end, (end.from_a, end.from_b))
        else:
            cost = self._search(self._mirror, end, (end.from_a, end.from_b), start, (start.to_a, start.to_b)).T
        cost = np.minimum(cost, self._same_stretch(start, end))
        cost = cost + start.yard[:, None] + end.yard[None, :]
        known = np.isfinite(cost) & start.found[:, None] & end.found[None, :]
        whole = np.where(known, cost, 0.0)
        air = self._fallback.between(origins, destinations)
        seconds = np.where(known, np.ceil(np.floor(whole / PART) / 1000), air.seconds)
        metres = np.where(known, np.ceil(np.mod(whole, PART) / 10), air.metres)
        same = _grid(origins)[:, None, :] == _grid(destinations)[None, :, :]
        here = same.all(axis=2)
        return Legs(
            np.where(here, 0, seconds).astype(np.int32),
            np.where(here, 0, metres).astype(np.int32),
            ~(known | here),
        )

    def _arcs(self, a: Ints, b: Ints) -> tuple[Ints, Ints, Reals]:
        ahead, back = self._network.forward, self._network.backward
        tail = np.concatenate([a[ahead], b[back]])
        head = np.concatenate([b[ahead], a[back]])
        cost = np.concatenate([self._cost[ahead], self._cost[back]])
        order = np.lexsort((cost, head, tail))
        tail, head, cost = tail[order], head[order], cost[order]
        best = np.ones(len(tail), dtype=np.bool_)  # of parallel stretches the quickest
        best[1:] = (np.diff(tail) != 0) | (np.diff(head) != 0)
        tail, head, cost = tail[best], head[best], cost[best]
        rows = np.concatenate([[0], np.cumsum(np.bincount(tail, minlength=int(self._network.nodes)))])
        return rows, head, cost

    def _search(
        self,
        graph: tuple[Ints, Ints, Reals],
        start: _Snapped,
        leave: tuple[Reals, Reals],
        end: _Snapped,
        arrive: tuple[Reals, Reals],
    ) -> Reals:
        rows, heads, costs = graph
        count = len(rows) - 1
        result = np.full((len(start.stretch), len(end.stretch)), np.inf)
        for low in range(0, len(start.stretch), AT_ONCE):
            part = slice(low, min(low + AT_ONCE, len(start.stretch)))
            ends = np.column_stack([self._network.a[start.stretch[part]], self._network.b[start.stretch[part]]])
            exits = np.column_stack([leave[0][part], leave[1][part]])
            size = count + len(ends)  # every origin becomes a node with at most two ways out
            usable = np.isfinite(exits)
            joined = csr_array(
                (
                    np.concatenate([costs, exits[usable]]),
                    np.concatenate([heads, ends[usable]]),
                    np.concatenate([rows, rows[-1] + np.cumsum(usable.sum(axis=1))]),
                ),
                shape=(size, size),
            )
            reached = dijkstra(joined, directed=True, indices=np.arange(count, size))
            by_a = reached[:, self._network.a[end.stretch]] + arrive[0]
            by_b = reached[:, self._network.b[end.stretch]] + arrive[1]
            result[part] = np.minimum(by_a, by_b)
        return result

    def _same_stretch(self, start: _Snapped, end: _Snapped) -> Reals:
        same = start.stretch[:, None] == end.stretch[None, :]
        ahead = end.share[None, :] - start.share[:, None]
        allowed = np.where(
            ahead >= 0,
            self._network.forward[start.stretch][:, None],
            self._network.backward[start.stretch][:, None],
        )
        return np.where(same & allowed, self._part(start.stretch[:, None], np.abs(ahead)), np.inf)

    def _part(self, stretch: Ints, share: Reals) -> Reals:
        ms, dm = self._network.ms[stretch], self._network.dm[stretch]
        # never zero: a graph without an arc and an arc that costs nothing look the same to scipy
        return np.asarray(np.rint(ms * share) * PART + np.maximum(np.rint(dm * share), 1.0))

    def _snap(self, points: Sequence[Point]) -> _Snapped:
        here = _grid(points) * self._plane
        near, _ = self._middles.query(here)
        # the nearest street is at most this far, so its piece's middle at most half a piece farther
        candidates = self._middles.query_ball_point(
            here, np.minimum(near, 2 * FARTHEST_SNAP) + float(self._reach.max()) + 1e-6
        )
        many = np.array([len(each) for each in candidates], dtype=np.int64)
        point = np.repeat(np.arange(len(here)), many)
        piece = np.concatenate([np.asarray(each, dtype=np.int64) for each in candidates]) if len(here) else many
        offset = here[point] - self._head[piece]
        share = np.clip((offset * self._along[piece]).sum(axis=1) / self._squared[piece], 0.0, 1.0)
        distance = np.hypot(*(offset - share[:, None] * self._along[piece]).T)
        order = np.lexsort((piece, distance, point))
        chosen = np.full(len(here), -1, dtype=np.int64)
        chosen[point[order][::-1]] = order[::-1]  # the last writer, the nearest, stays
        found = (chosen >= 0) & (np.where(chosen >= 0, np.append(distance, np.inf)[chosen], np.inf) <= FARTHEST_SNAP)
        best = np.where(found, chosen, 0)
        return self._on_stretch(
            found, np.append(piece, 0)[best], np.append(share, 0.0)[best], np.append(distance, 0.0)[best]
        )

    def _on_stretch(self, found: NDArray[np.bool_], piece: Ints, share: Reals, distance: Reals) -> _Snapped:
        network = self._network
        stretch = network.stretch[piece]
        along = network.begin[piece] + share * (network.end - network.begin)[piece]
        from_start, to_end = self._part(stretch, along), self._part(stretch, 1 - along)
        ahead, back = network.forward[stretch] & found, network.backward[stretch] & found
        at_a = found & (along * network.dm[stretch] <= 10 * CORNER)
        at_b = found & ((1 - along) * network.dm[stretch] <= 10 * CORNER)
        yard = np.where(found, np.rint(1000 * distance / YARD_SPEED) * PART + np.rint(10 * distance), 0.0)
        return _Snapped(
            found=found,
            stretch=stretch,
            share=along,
            to_a=np.where(back | at_a, from_start, np.inf),
            to_b=np.where(ahead | at_b, to_end, np.inf),
            from_a=np.where(ahead | at_a, from_start, np.inf),
            from_b=np.where(back | at_b, to_end, np.inf),
            yard=yard,
        )


def _grid(points: Sequence[Point]) -> Reals:
    return np.array([(point.lat, point.lon) for point in points], dtype=float).reshape(-1, 2)
