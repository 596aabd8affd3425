"""From an OpenStreetMap extract to the streets a car may drive: classes, speeds, one-ways, barriers.

Not read: turn restrictions and conditional closures. A leg can therefore be a little too short at a forbidden
turn.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
import osmium
from numpy.typing import NDArray

from transport.kernel.errors import Invalid, NotFound
from transport.routing.geo.progress import Progress, silent

SPEEDS: dict[str, tuple[float, float]] = {
    "motorway": (105, 115),
    "motorway_link": (60, 80),
    "trunk": (80, 95),
    "trunk_link": (45, 60),
    "primary": (50, 80),
    "primary_link": (35, 50),
    "secondary": (45, 72),
    "secondary_link": (35, 50),
    "tertiary": (40, 60),
    "tertiary_link": (30, 45),
    "unclassified": (35, 50),
    "road": (30, 40),
    "residential": (27, 32),
    "living_street": (12, 15),
    "service": (14, 18),
}
"""Class of road -> km/h usually driven where no limit is written, and the most ever driven."""

OF_LIMIT = 0.85  # of a written speed limit is driven on average, crossings and bends included
ZONES = {"urban": 50.0, "rural": 90.0, "trunk": 110.0, "motorway": 130.0, "living_street": 20.0, "walk": 6.0}
MPH = 1.609344
CLOSED = frozenset({"no", "private", "agricultural", "forestry", "military", "emergency", "permit"})
BARRIERS = frozenset({"bollard", "block", "jersey_barrier", "debris", "log"})
REPORT_EVERY = 5_000

Ints = NDArray[np.int64]
Reals = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Streets:
    """Drivable ways laid end to end: `node` and `way` per position, positions of one way stand together.

    `lat`, `lon`, `barrier` are per node (NaN: the extract was cut and the node lies outside); `speed` in m/s,
    `forward` and `backward` are per way.
    """

    source: str  # name of the file, for complaints
    node: Ints
    way: Ints
    lat: Reals
    lon: Reals
    barrier: NDArray[np.bool_]
    speed: Reals
    forward: NDArray[np.bool_]
    backward: NDArray[np.bool_]


def read_streets(file: Path, progress: Progress = silent) -> Streets:
    """Read the drivable streets of a `.osm.pbf`; raises NotFound or Invalid with the file and the reason."""
    if not file.is_file():
        raise NotFound("geo.file_missing", file=str(file))
    try:
        return _read(file, progress)
    except RuntimeError as error:  # the only kind pyosmium raises
        raise Invalid("roads.broken", file=file.name, reason=str(error)) from error


def drivable(tags: Mapping[str, str]) -> bool:
    """Whether an ordinary car may use a way."""
    if tags.get("highway") not in SPEEDS or tags.get("area") == "yes":
        return False
    for key in ("motorcar", "motor_vehicle", "vehicle", "access"):  # the closest word counts
        value = tags.get(key)
        if value is not None:
            return value not in CLOSED
    return True


def directions(tags: Mapping[str, str]) -> tuple[bool, bool]:
    """Whether a way may be driven forward and backward, as it is drawn."""
    oneway = tags.get("oneway")
    if oneway in {"-1", "reverse"}:
        return False, True
    if oneway in {"yes", "true", "1"}:
        return True, False
    implied = tags.get("junction") in {"roundabout", "circular"} or tags.get("highway") in {
        "motorway",
        "motorway_link",
    }
    return True, not (implied and oneway is None)


def speed_kmh(tags: Mapping[str, str]) -> float:
    """Free-flow speed on a way, from its class and its written limit."""
    usual, most = SPEEDS[tags["highway"]]
    limit = _limit(tags.get("maxspeed", ""))
    return usual if limit is None else max(5.0, min(OF_LIMIT * limit, most))


def _limit(text: str) -> float | None:
    text = text.strip().lower()
    zone = text.rpartition(":")[2]
    if zone in ZONES:
        return ZONES[zone]
    number, _, unit = text.partition(" ")
    try:
        value = float(number.removesuffix("mph").removesuffix("km/h"))
    except ValueError:
        return None
    if not 0 < value < 300:
        return None
    return value * MPH if "mph" in (unit or text) else value


def _read(file: Path, progress: Progress) -> Streets:
    refs, way = array("q"), array("q")
    speed: list[float] = []
    forward: list[bool] = []
    backward: list[bool] = []
    source = osmium.io.File(str(file), "pbf")
    roads = osmium.FileProcessor(source, osmium.osm.WAY).with_filter(osmium.filter.KeyFilter("highway"))
    for number, road in enumerate(cast("Iterable[osmium.osm.Way]", roads)):
        if number % REPORT_EVERY == 0:
            progress("streets", number)
        tags = _Tags(road.tags)
        if not drivable(tags) or len(road.nodes) < 2:
            continue
        for node in road.nodes:
            refs.append(node.ref)
            way.append(len(speed))
        speed.append(speed_kmh(tags) / 3.6)
        there, back = directions(tags)
        forward.append(there)
        backward.append(back)
    if not speed:
        raise Invalid("roads.empty", file=file.name)
    ids, node_of = np.unique(np.frombuffer(refs, dtype=np.int64), return_inverse=True)
    lat, lon, barrier = _nodes(file, ids, progress)
    return Streets(
        source=file.name,
        node=node_of.astype(np.int64),
        way=np.frombuffer(way, dtype=np.int64),
        lat=lat,
        lon=lon,
        barrier=barrier,
        speed=np.array(speed),
        forward=np.array(forward),
        backward=np.array(backward),
    )


def _nodes(file: Path, ids: Ints, progress: Progress) -> tuple[Reals, Reals, NDArray[np.bool_]]:
    lat = np.full(len(ids), np.nan)
    lon = np.full(len(ids), np.nan)
    barrier = np.zeros(len(ids), dtype=np.bool_)
    row_of = {int(ref): row for row, ref in enumerate(ids)}
    source = osmium.io.File(str(file), "pbf")
    nodes = osmium.FileProcessor(source, osmium.osm.NODE).with_filter(osmium.filter.IdFilter(row_of))
    for number, node in enumerate(cast("Iterable[osmium.osm.Node]", nodes)):
        if number % REPORT_EVERY == 0:
            progress("crossings", number, len(ids))
        row = row_of[node.id]
        lat[row], lon[row] = node.location.lat, node.location.lon
        barrier[row] = node.tags.get("barrier") in BARRIERS and node.tags.get("motor_vehicle", "no") in CLOSED
    progress("crossings", len(ids), len(ids))
    return lat, lon, barrier


class _Tags(dict[str, str]):
    """The tags of one object, copied out of pyosmium's buffer."""

    def __init__(self, tags: Iterable[osmium.osm.Tag]) -> None:
        super().__init__((tag.k, tag.v) for tag in tags)
