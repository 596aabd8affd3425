"""A picture of where we drive, drawn from the known places: the city as their outline, the places outside as dots."""

from dataclasses import dataclass
from functools import cache
from math import cos, radians
from pathlib import Path

from transport.kernel.policy import Policy
from transport.kernel.values import Point
from transport.routing.geo import places

WIDE, EDGE = 260, 26
"""Width of the picture, and what is left free around the drawing, in units of the picture."""
KM_PER_DEGREE = 111.2


@dataclass(frozen=True, slots=True)
class Dot:
    """A served place outside the city."""

    name: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Sketch:
    """What the picture shows: `outline` of the city as points of a polygon, its centre, a circle if a radius is."""

    width: int
    height: int
    outline: str
    centre: Dot
    dots: tuple[Dot, ...]
    radius: int


@dataclass(frozen=True, slots=True)
class _Known:
    name: str
    municipality: str
    in_city: bool
    point: Point


def sketch(policy: Policy, file: Path) -> Sketch:
    """The area of a policy, north up; `file` is the list of known places."""
    area, known = policy.area, _known(file)
    middle = Point(area.centre_lat, area.centre_lon)
    outside = {
        name: _middle([each.point for each in known if name in (each.name, each.municipality)])
        for name in area.outside_places
        if area.outside_mode == "list" and any(name in (each.name, each.municipality) for each in known)
    }
    hull = _hull([_flat(each.point, middle) for each in known if each.in_city])
    reach = area.radius_km if area.outside_mode == "radius" else 0.0
    flat = {name: _flat(point, middle) for name, point in outside.items()}
    shown = [*hull, *flat.values(), (-reach, -reach), (reach, reach)]
    left, right = min(x for x, _ in shown), max(x for x, _ in shown)
    bottom, top = min(y for _, y in shown), max(y for _, y in shown)
    scale = (WIDE - 2 * EDGE) / max(right - left, 0.1)

    def place(x: float, y: float) -> tuple[int, int]:
        return round(EDGE + (x - left) * scale), round(EDGE + (top - y) * scale)

    return Sketch(
        width=WIDE,
        height=round(2 * EDGE + (top - bottom) * scale),
        outline=" ".join(f"{x},{y}" for x, y in (place(*corner) for corner in hull)),
        centre=Dot(area.city, *place(0, 0)),
        dots=tuple(Dot(name, *place(*point)) for name, point in flat.items()),
        radius=round(reach * scale),
    )


@cache
def _known(file: Path) -> tuple[_Known, ...]:
    return tuple(
        _Known(each.name, each.municipality, each.in_city, Point(each.lat, each.lon)) for each in places.load(file)
    )


def _flat(point: Point, middle: Point) -> tuple[float, float]:
    """Kilometres east and north of the middle; flat enough for a city."""
    east = (point.lon - middle.lon) * KM_PER_DEGREE * cos(radians(middle.lat))
    return east, (point.lat - middle.lat) * KM_PER_DEGREE


def _middle(points: list[Point]) -> Point:
    return Point(sum(each.lat for each in points) / len(points), sum(each.lon for each in points) / len(points))


def _hull(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """The corners of the smallest convex shape around the points (Andrew's monotone chain)."""

    def half(ordered: list[tuple[float, float]]) -> list[tuple[float, float]]:
        chain: list[tuple[float, float]] = []
        for point in ordered:
            while len(chain) > 1 and _turn(chain[-2], chain[-1], point) <= 0:
                chain.pop()
            chain.append(point)
        return chain[:-1]

    ordered = sorted(set(points))
    return half(ordered) + half(ordered[::-1])


def _turn(first: tuple[float, float], second: tuple[float, float], third: tuple[float, float]) -> float:
    return (second[0] - first[0]) * (third[1] - first[1]) - (second[1] - first[1]) * (third[0] - first[0])
