"""Fakes that are citizens: real implementations of a protocol, small enough to know the answer by heart."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians

import numpy as np

from transport.kernel.values import Point
from transport.routing.geo.travel import Legs

CENTRE = Point(49.7475, 13.3776)
KM_PER_DEGREE = 111.2


@dataclass(frozen=True, slots=True)
class FlatEarth:
    """Straight roads on a plane: each kilometre takes `seconds_per_km`, whatever the hour."""

    seconds_per_km: float = 100.0

    @property
    def label(self) -> str:
        return f"flat earth, {self.seconds_per_km:g} s/km"

    def legs(self, points: Sequence[Point]) -> Legs:
        x = np.array([(p.lon - CENTRE.lon) * KM_PER_DEGREE * cos(radians(CENTRE.lat)) for p in points])
        y = np.array([(p.lat - CENTRE.lat) * KM_PER_DEGREE for p in points])
        km = np.hypot(x[:, None] - x[None, :], y[:, None] - y[None, :]).round(6)
        whole = np.ceil(km * 1000).astype(np.int32)
        seconds = np.ceil(km * self.seconds_per_km).astype(np.int32)
        return Legs(seconds, whole, np.zeros(km.shape, dtype=np.bool_))


def on_the_plane(x_km: float, y_km: float) -> Point:
    """The point so many kilometres east and north of the centre."""
    return Point(
        CENTRE.lat + y_km / KM_PER_DEGREE,
        CENTRE.lon + x_km / (KM_PER_DEGREE * cos(radians(CENTRE.lat))),
    )
