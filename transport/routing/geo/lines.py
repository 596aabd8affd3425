"""The roads as lines to draw: the network that was imported, within a box, with no more detail than the eye sees."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from math import cos, hypot, radians
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from transport.kernel.errors import ServiceError
from transport.kernel.values import Point
from transport.routing.geo.models import TravelVersion
from transport.routing.geo.network import Network

ATTRIBUTION = "© OpenStreetMap contributors, ODbL"
"""Whose the roads are: has to stand on every picture drawn from them. A proper name in all languages."""

METRES_PER_DEGREE = 111_200
AS_ONE_LOOKS = ((5_000.0, 0.0), (12_000.0, 34.0), (30_000.0, 42.0), (float("inf"), 55.0))
"""How wide a picture may be, in metres, for roads of at least this speed (km/h) to be worth a line on it."""

Line = list[tuple[float, float]]
"""Points of one road one after the other: latitude and longitude."""


@dataclass(frozen=True, slots=True)
class Box:
    """A part of the earth between two latitudes and two longitudes."""

    south: float
    west: float
    north: float
    east: float

    @classmethod
    def around(cls, points: Iterable[Point], margin: float = 300.0) -> "Box":
        """The smallest box with all points in it, and `margin` metres on each side."""
        lats, lons = zip(*((point.lat, point.lon) for point in points), strict=True)
        high = margin / METRES_PER_DEGREE
        wide = high / cos(radians(max(lats)))
        return cls(min(lats) - high, min(lons) - wide, max(lats) + high, max(lons) + wide)

    @property
    def metres(self) -> tuple[float, float]:
        """How wide and how high it is."""
        wide = (self.east - self.west) * METRES_PER_DEGREE * cos(radians((self.south + self.north) / 2))
        return wide, (self.north - self.south) * METRES_PER_DEGREE


def network_of(version: TravelVersion, geo_dir: Path) -> Network | None:
    """The roads behind a version of the travel times, read once; None for the air line, or if the file is gone."""
    return None if version.file is None else _opened(geo_dir / version.file)


def within(network: Network, box: Box, *, across: int = 800) -> list[Line]:
    """The roads that touch the box, for a picture `across` dots wide; what would be smaller than a dot is left out.

    The wider the box, the fewer small streets: a city's picture shows its main roads.
    """
    wide, high = box.metres
    dot = max(wide, high) / across
    slowest = next(speed for metres, speed in AS_ONE_LOOKS if max(wide, high) <= metres)
    ends = network.ends
    touches = (
        (np.minimum(ends[:, 0], ends[:, 2]) <= box.north)
        & (np.maximum(ends[:, 0], ends[:, 2]) >= box.south)
        & (np.minimum(ends[:, 1], ends[:, 3]) <= box.east)
        & (np.maximum(ends[:, 1], ends[:, 3]) >= box.west)
    )
    quick = 360.0 * network.dm / network.ms >= slowest
    chosen = np.flatnonzero(touches & quick[network.stretch])
    if not len(chosen):
        return []
    parted = np.flatnonzero((np.diff(chosen) != 1) | (np.diff(network.stretch[chosen]) != 0)) + 1
    drawn = (_thinned(ends[pieces], dot) for pieces in np.split(chosen, parted))
    return [line for line in drawn if len(line) > 1]


def _thinned(pieces: NDArray[np.float64], dot: float) -> Line:
    """The line without points that lie within a dot of the one before; nothing of a line that is a dot itself."""
    to_east = METRES_PER_DEGREE * cos(radians(float(pieces[0, 0])))
    points = [(float(pieces[0, 0]), float(pieces[0, 1])), *((float(lat), float(lon)) for lat, lon in pieces[:, 2:])]
    kept = points[:1]
    for lat, lon in points[1:-1]:
        if hypot((lat - kept[-1][0]) * METRES_PER_DEGREE, (lon - kept[-1][1]) * to_east) > dot:
            kept.append((lat, lon))
    first, last = points[0], points[-1]
    if len(kept) == 1 and hypot((last[0] - first[0]) * METRES_PER_DEGREE, (last[1] - first[1]) * to_east) < dot:
        return []
    return [(round(lat, 5), round(lon, 5)) for lat, lon in (*kept, last)]


@lru_cache(maxsize=2)
def _opened(file: Path) -> Network | None:
    try:
        return Network.load(file)
    except ServiceError:
        return None
