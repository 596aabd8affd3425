"""Small invented towns: a road map as `.osm.pbf`, a register of addresses as it is published."""

import csv
import gzip
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import osmium
from osmium.osm.mutable import Node, Way
from pyproj import Transformer

from transport.kernel.values import Point
from transport.routing.geo import ruian

SOUTH, WEST = 49.70, 13.30
STEP = 0.002
"""A block of the town in degrees: 222 m to the north, 144 m to the east."""

HEADER = (
    "Kód ADM", "Kód obce", "Název obce", "Kód MOMC", "Název MOMC", "Kód obvodu Prahy", "Název obvodu Prahy",
    "Kód části obce", "Název části obce", "Kód ulice", "Název ulice", "Typ SO", "Číslo domovní",
    "Číslo orientační", "Znak čísla orientačního", "PSČ", "Souřadnice Y", "Souřadnice X", "Platí Od",
)  # fmt: skip
TO_KROVAK = Transformer.from_crs("EPSG:4326", "EPSG:5514", always_xy=True)


def corner(east: float, north: float) -> Point:
    """A point of the town, counted in blocks."""
    return Point(SOUTH + north * STEP, WEST + east * STEP)


@dataclass(frozen=True)
class Street:
    """A way through corners (east, north), with tags; a plain residential street by default."""

    corners: tuple[tuple[int, int], ...]
    tags: Mapping[str, str]


def street(*corners: tuple[int, int], **tags: str) -> Street:
    return Street(corners, {"highway": "residential", **tags})


def draw(path: Path, streets: Iterable[Street], *, posts: Iterable[tuple[int, int]] = ()) -> Path:
    """Write the map; `posts` are corners closed by a bollard."""
    streets = list(streets)
    corners = sorted({each for street in streets for each in street.corners})
    number = {each: k for k, each in enumerate(corners, start=1)}
    closed = set(posts)
    with osmium.SimpleWriter(str(path)) as writer:
        for each in corners:
            point = corner(*each)
            tags = {"barrier": "bollard"} if each in closed else {}
            writer.add_node(Node(id=number[each], version=1, location=(point.lon, point.lat), tags=tags))
        for k, each_street in enumerate(streets, start=1):
            nodes = [number[each] for each in each_street.corners]
            writer.add_way(Way(id=k, version=1, nodes=nodes, tags=dict(each_street.tags)))
    return path


def grid(size: int) -> list[Street]:
    """A town of `size` × `size` corners with streets both ways."""
    across = [street(*((east, north) for east in range(size))) for north in range(size)]
    up = [street(*((east, north) for north in range(size))) for east in range(size)]
    return across + up


@dataclass(frozen=True)
class House:
    street: str
    house: int
    number: int | None = None
    letter: str = ""
    part: str = "Bory"
    municipality: str = "Plzeň"
    kind: str = "č.p."
    at: tuple[float, float] = (0, 0)


def register(houses: Iterable[House], *, first: int = 1000) -> str:
    """The text of a register's file."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADER)
    for code, house in enumerate(houses, start=first):
        point = corner(*house.at)
        x, y = TO_KROVAK.transform(point.lon, point.lat)
        number = "" if house.number is None else house.number
        where = [code, 554791, house.municipality, "", "", "", "", 1, house.part, "", house.street, house.kind]
        door = [house.house, number, house.letter, "30100", f"{-x:.2f}", f"{-y:.2f}", "2013-12-16T00:00:00"]
        writer.writerow([*where, *door])
    return text.getvalue()


def publish(path: Path, houses: Iterable[House], *, first: int = 1000) -> Path:
    """Write the register as it is published; packed if the name says so."""
    content = register(houses, first=first).encode(ruian.ENCODING)
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


HOUSES = (
    House("Klatovská třída", 2761, 12, at=(1, 1)),
    House("Klatovská třída", 12, 120, at=(1, 2)),
    House("Klatovská třída", 455, 12, "a", at=(1, 3)),
    House("Klatovská třída", 1121, 24, at=(1, 4)),
    House("Klatovská", 7, 3, part="Litice", at=(2, 1)),
    House("náměstí Republiky", 1, 1, part="Vnitřní Město", at=(3, 1)),
    House("náměstí Republiky", 202, 30, part="Vnitřní Město", at=(3, 2)),
    House("Masarykova", 1084, 5, part="Doubravka", at=(4, 1)),
    House("Masarykova", 5, 77, part="Doubravka", at=(4, 2)),
    House("Radčická", 25, None, part="Radčice", kind="č.ev.", at=(5, 1)),
    House("Radčická", 2861, 2, part="Jižní Předměstí", at=(5, 2)),
    House("Radčická", 2, 40, part="Jižní Předměstí", at=(5, 3)),
    House("28. října", 147, 12, part="Bolevec", at=(6, 1)),
    House("Gen. Lišky", 33, 4, part="Černice", at=(6, 2)),
    House("Skvrňanská", 1, 9, part="Skvrňany", at=(6, 3)),
    House("Vejprnická", 663, 56, part="Skvrňany", at=(6, 4)),
    House("Sokolovská", 80, 8, part="Bolevec", at=(7, 1)),
    House("Sokolovská", 3, 8, part="Dobřany", municipality="Dobřany", at=(7, 2)),
    House("", 120, None, part="Losiná", municipality="Losiná", at=(8, 1)),
    House("", 7, None, part="Robčice", municipality="Útušice", at=(8, 2)),
)
