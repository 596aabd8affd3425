"""Where to cut a big day: geometry of places that are known only by the travel times between them."""

from collections.abc import Hashable, Iterator, Sequence
from itertools import cycle

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from transport.routing.engine.problem import Matrix

Rows = NDArray[np.int64]
Points = NDArray[np.float64]  # a row each: two coordinates in the unit of the travel times
Tracks = NDArray[np.float64]  # moving things by moments of the day by two coordinates

GLANCE = 0.15  # of the day: how far around its moment a cut looks


def drawn(durations: Matrix) -> Points:
    """A map on which straight lines are about as long as the drives: FastMap (Faloutsos and Lin 1995), which needs
    a few rows of the matrix only.
    """
    points = np.zeros((len(durations), 2))

    def squares(place: int) -> NDArray[np.float64]:
        """From one place to all others, less what the coordinates drawn so far explain."""
        drives = (durations[place] + durations[:, place]) / 2
        return np.asarray(np.maximum(drives**2 - ((points - points[place]) ** 2).sum(axis=1), 0.0))

    for axis in (0, 1):
        west = int(squares(0).argmax()) if len(points) else 0
        east = int(squares(west).argmax()) if len(points) else 0
        width = squares(west)[east] if len(points) else 0.0
        if width > 0:
            points[:, axis] = (squares(west) + width - squares(east)) / (2 * np.sqrt(width))
    return points


def groups(
    tracks: Tracks, weights: NDArray[np.float64], others: Points, pieces: int, source: np.random.Generator
) -> list[tuple[Rows, Rows]]:
    """Moving things in `pieces` groups of about equal weight, each with the standing `others` on its side.

    The day is halved again and again, each time across another direction as things stand at another hour.
    `pieces` is at most the number of moving things.
    """

    def halved(movers: Rows, standing: Rows, pieces: int) -> Iterator[tuple[Rows, Rows]]:
        if pieces == 1:
            yield np.sort(movers), standing
            return
        axis, glance = _direction(source), _glance(tracks.shape[1], source)
        along = np.einsum("mtx,t,x->m", tracks[movers], glance, axis)
        order = np.argsort(along, kind="stable")
        heavy = np.cumsum(weights[movers[order]])
        left = pieces // 2
        at = int(np.searchsorted(heavy, heavy[-1] * left / pieces)) + 1
        at = min(max(at, left), len(movers) - (pieces - left))  # everyone gets something
        near = others[standing] @ axis < along[order[at - 1 : at + 1]].mean()
        yield from halved(movers[order[:at]], standing[near], left)
        yield from halved(movers[order[at:]], standing[~near], pieces - left)

    return list(halved(np.arange(len(tracks)), np.arange(len(others)), pieces))


def areas(points: Points, pieces: int, source: np.random.Generator) -> list[Rows]:
    """Points in `pieces` groups of equal size, near one another; `pieces` is at most their number."""
    return [rows for rows, _ in groups(points[:, None], np.ones(len(points)), points[:0], pieces, source)]


def alike(kinds: Sequence[Hashable]) -> list[Rows]:
    """The rows of each kind."""
    found: dict[Hashable, list[int]] = {}
    for row, kind in enumerate(kinds):
        found.setdefault(kind, []).append(row)
    return [np.array(rows, np.int64) for rows in found.values()]


def dealt(kinds: Sequence[Rows], homes: Points, centres: Points) -> list[Rows]:
    """For every centre its share of every kind of thing, those with near homes."""
    hands: list[list[int]] = [[] for _ in centres]
    turn = cycle(range(len(centres)))
    for rows in kinds:
        takers = [next(turn) for _ in rows]
        apart = np.hypot(*(homes[rows][:, None] - centres[takers]).T).T
        for row, taker in zip(*linear_sum_assignment(apart), strict=True):
            hands[takers[taker]].append(int(rows[row]))
    return [np.sort(np.array(hand, np.int64)) for hand in hands]


def _direction(source: np.random.Generator) -> NDArray[np.float64]:
    angle = source.uniform(0, 2 * np.pi)
    return np.array([np.cos(angle), np.sin(angle)])


def _glance(moments: int, source: np.random.Generator) -> NDArray[np.float64]:
    """Weights of the moments around a random one."""
    away = (np.arange(moments) - source.integers(moments)) / (GLANCE * moments)
    weights = np.exp(-(away**2) / 2)
    return np.asarray(weights / weights.sum())
