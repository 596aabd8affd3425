"""Where to cut a big day: geometry of places that are known only by the travel times between them."""

from collections.abc import Hashable, Iterator, Sequence
from itertools import cycle

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from transport.routing.engine.problem import Matrix

Rows = NDArray[np.int64]
Points = NDArray[np.float64]  # a row each: coordinates in the unit of the travel times


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
    movers: Points, weights: NDArray[np.float64], others: Points, pieces: int, source: np.random.Generator
) -> list[tuple[Rows, Rows]]:
    """The movers in `pieces` groups of about equal weight, near one another, each with the others on its side.

    Everything is halved again and again, each time across another direction. `pieces` is at most the number of movers.
    """

    def halved(moving: Rows, waiting: Rows, pieces: int) -> Iterator[tuple[Rows, Rows]]:
        if pieces == 1:
            yield np.sort(moving), waiting
            return
        direction = source.normal(size=movers.shape[1])
        along = movers[moving] @ direction
        order = np.argsort(along, kind="stable")
        heavy = np.cumsum(weights[moving[order]])
        left = pieces // 2
        at = int(np.searchsorted(heavy, heavy[-1] * left / pieces)) + 1
        at = min(max(at, left), len(moving) - (pieces - left))  # everyone gets something
        near = others[waiting] @ direction < along[order[at - 1 : at + 1]].mean()
        yield from halved(moving[order[:at]], waiting[near], left)
        yield from halved(moving[order[at:]], waiting[~near], pieces - left)

    return list(halved(np.arange(len(movers)), np.arange(len(others)), pieces))


def areas(points: Points, pieces: int, source: np.random.Generator) -> list[Rows]:
    """Points in `pieces` groups of equal size, near one another; `pieces` is at most their number."""
    return [rows for rows, _ in groups(points, np.ones(len(points)), points[:0], pieces, source)]


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
