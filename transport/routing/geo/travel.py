"""Travel times between points: the protocol, the air line, and a cache that grows by rows and columns.

Everything here is free-flow; how busy an hour is comes from the policy and is applied by the engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from transport.kernel.values import Point

EARTH_RADIUS = 6_371_008.8  # metres, mean
CACHED_POINTS = 3_000  # 3,000² legs take 81 MB; a city's service knows fewer points

Ints = NDArray[np.int32]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Legs:
    """Drives from every origin (row) to every destination (column).

    `seconds` and `metres` are whole and never negative; `guessed` marks legs for which there was no road and
    the air line stood in.
    """

    seconds: Ints
    metres: Ints
    guessed: Flags


class TravelTimes(Protocol):
    """Whatever can say how long drives take; `label` is what a person reads about it."""

    @property
    def label(self) -> str:
        """A short name for people."""

    def legs(self, points: Sequence[Point]) -> Legs:
        """Drives between all pairs of the points; the diagonal is zero."""


class Tabled(TravelTimes, Protocol):
    """Travel times that can also answer a part of the table."""

    def between(self, origins: Sequence[Point], destinations: Sequence[Point]) -> Legs:
        """Drives from each origin to each destination."""


def air_metres(origins: Sequence[Point], destinations: Sequence[Point]) -> NDArray[np.float64]:
    """Great-circle distances in metres, origins in rows."""
    start = np.radians(np.array([(p.lat, p.lon) for p in origins], dtype=float).reshape(-1, 2))
    end = np.radians(np.array([(p.lat, p.lon) for p in destinations], dtype=float).reshape(-1, 2))
    half = np.sin((end[None, :, :] - start[:, None, :]) / 2) ** 2
    bow = half[..., 0] + np.cos(start[:, None, 0]) * np.cos(end[None, :, 0]) * half[..., 1]
    result: NDArray[np.float64] = 2 * EARTH_RADIUS * np.arcsin(np.sqrt(np.minimum(bow, 1.0)))
    return result


@dataclass(frozen=True, slots=True)
class AirLine:
    """The great circle made longer by `detour_factor`, driven at `speed_kmh`; needs no data at all."""

    detour_factor: float
    speed_kmh: float

    @property
    def label(self) -> str:
        """A short name for people."""
        return f"air line × {self.detour_factor:g}, {self.speed_kmh:g} km/h"

    def between(self, origins: Sequence[Point], destinations: Sequence[Point]) -> Legs:
        """Drives from each origin to each destination; nothing is guessed, as this is the model itself."""
        metres = air_metres(origins, destinations) * self.detour_factor
        seconds = np.ceil(metres * 3.6 / self.speed_kmh)
        whole = np.ceil(metres)
        return Legs(seconds.astype(np.int32), whole.astype(np.int32), np.zeros(metres.shape, dtype=np.bool_))

    def legs(self, points: Sequence[Point]) -> Legs:
        """Drives between all pairs of the points."""
        return self.between(points, points)


class Cached:
    """Remembers every leg it was asked for, for the life of the process.

    A new point costs one row and one column of the inner table. When more than `limit` points have been seen,
    the memory starts afresh. Safe to share between threads.
    """

    def __init__(self, inner: Tabled, *, limit: int = CACHED_POINTS) -> None:
        """Remember the answers of `inner`, for about `limit` points."""
        self._inner = inner
        self._limit = limit
        self._lock = Lock()
        self._forget()

    @property
    def label(self) -> str:
        """The name of what is remembered."""
        return self._inner.label

    def legs(self, points: Sequence[Point]) -> Legs:
        """Drives between all pairs of the points."""
        with self._lock:
            rows = self._rows(points)
            grid = np.ix_(rows, rows)
            return Legs(self._known.seconds[grid], self._known.metres[grid], self._known.guessed[grid])

    def _forget(self) -> None:
        self._row: dict[Point, int] = {}
        self._known = _blank(0)

    def _rows(self, points: Sequence[Point]) -> list[int]:
        fresh = [point for point in dict.fromkeys(points) if point not in self._row]
        if fresh:
            if len(self._row) + len(fresh) > self._limit:
                self._forget()
                fresh = list(dict.fromkeys(points))
            self._learn(fresh)
        return [self._row[point] for point in points]

    def _learn(self, fresh: list[Point]) -> None:
        old, new = len(self._row), len(self._row) + len(fresh)
        seen = list(self._row)
        across = self._inner.between(fresh, [*seen, *fresh])
        down = self._inner.between(seen, fresh) if seen else None
        if new > len(self._known.seconds):
            grown = _blank(max(new, min(2 * old, self._limit), 64))
            for name in ("seconds", "metres", "guessed"):
                getattr(grown, name)[:old, :old] = getattr(self._known, name)[:old, :old]
            self._known = grown
        for name in ("seconds", "metres", "guessed"):
            table = getattr(self._known, name)
            table[old:new, :new] = getattr(across, name)
            if down is not None:
                table[:old, old:new] = getattr(down, name)
        # only now: had `inner` failed above, nothing would be half known
        self._row.update((point, old + k) for k, point in enumerate(fresh))


def _blank(size: int) -> Legs:
    shape = (size, size)
    return Legs(np.zeros(shape, np.int32), np.zeros(shape, np.int32), np.zeros(shape, np.bool_))
