"""Drawings of a day as numbers: how full a vehicle is, where it drives, the whole board. Templates write the shapes.

Pure. Everything is told by shape, pattern and word, so that it can be read on black-and-white paper.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from transport.kernel.values import Point
from transport.operations.dispatch.board import Board, Lane, Load
from transport.operations.dispatch.lines import Line as Ride
from transport.routing.geo.lines import Box, Line

HOUR = 3600
MOST_NUMBERS = 4
"""So many numbers of stops stand on one pin of the map."""


@dataclass(frozen=True, slots=True)
class Bar:
    """So many places are taken for so long."""

    x: float
    y: float
    width: float
    height: float
    count: int


@dataclass(frozen=True, slots=True)
class Places:
    """One kind of place over the day: how many there are, the frame of the drawing, and what is taken of them."""

    kind: str
    places: int
    y: float
    height: float
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Strip:
    """How full a vehicle is over its shift: seats above, wheelchair places below, hours under both."""

    width: int
    height: int
    left: int
    hours: tuple[tuple[float, int], ...]
    rows: tuple[Places, ...]


def strip(loads: Sequence[Load], seats: int, wheelchairs: int, span: tuple[int, int]) -> Strip:
    """The strip of a run, from–until in seconds of the day."""
    width, left, unit, gap = 720, 20, 9, 8
    start, end = span[0] // HOUR * HOUR, -(-span[1] // HOUR) * HOUR
    scale = (width - left) / max(end - start, 1)

    def x(second: int) -> float:
        return round(left + (second - start) * scale, 1)

    rows, y = [], 4.0
    for kind, places in (("seats", seats), ("wheelchairs", wheelchairs)):
        if not places:
            continue
        high = places * unit
        taken = [(load, load.seats if kind == "seats" else load.wheelchairs) for load in loads]
        bars = tuple(
            Bar(x(load.start), y + high - count * unit, round(x(load.end) - x(load.start), 1), count * unit, count)
            for load, count in taken
            if count
        )
        rows.append(Places(kind, places, y, high, bars))
        y += high + gap
    hours = tuple((x(second), second) for second in range(start, end, HOUR))
    return Strip(width, round(y + 14), left, hours, tuple(rows))


@dataclass(frozen=True, slots=True)
class Pin:
    """A place where the run stops, with the numbers of its stops."""

    x: float
    y: float
    label: str


@dataclass(frozen=True, slots=True)
class RunMap:
    """A run seen from above, north up: roads and the way between the stops as paths, the stops, and a scale."""

    width: int
    height: int
    roads: str
    way: str
    pins: tuple[Pin, ...]
    scale: float
    metres: int


def framed(points: Sequence[Point]) -> Box:
    """The box to draw the points in: some air around them, neither a line nor a tower."""
    tight = Box.around(points, 0)
    box = Box.around(points, max(400.0, max(tight.metres) * 0.07))
    wide, high = box.metres
    more_high, more_wide = max(0.0, wide * 0.5 - high) / 2 / high, max(0.0, high * 1.25 - wide) / 2 / wide
    tall, broad = (box.north - box.south) * more_high, (box.east - box.west) * more_wide
    return Box(box.south - tall, box.west - broad, box.north + tall, box.east + broad)


def run_map(points: Sequence[Point], box: Box, roads: Iterable[Line], *, width: int = 640) -> RunMap:
    """The map of the stops at these points, in their order."""
    wide, high = box.metres
    height = round(width * high / wide)

    def place(lat: float, lon: float) -> tuple[float, float]:
        east, north = (lon - box.west) / (box.east - box.west), (lat - box.south) / (box.north - box.south)
        return round(width * east, 1), round(height * (1 - north), 1)

    numbers: dict[tuple[float, float], list[int]] = {}
    for number, point in enumerate(points, start=1):
        numbers.setdefault(place(point.lat, point.lon), []).append(number)
    fitting = max(1.0, wide / 4)
    metres = next(m for m in (20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 1) if m <= fitting)
    return RunMap(
        width=width,
        height=height,
        roads="".join(_path([place(*point) for point in line]) for line in roads),
        way=_path([place(point.lat, point.lon) for point in points]),
        pins=tuple(Pin(x, y, _numbers(stops)) for (x, y), stops in numbers.items()),
        scale=round(width * metres / wide, 1),
        metres=metres,
    )


@dataclass(frozen=True, slots=True)
class Cell:
    """One ride or break on the printed board: where it stands, how long it is, how much room its words have."""

    key: str
    x: float
    y: float
    width: float
    start: int
    end: int
    line: Ride | None
    is_break: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One vehicle on the printed board."""

    lane: Lane
    y: float
    height: float
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of the printed board: as many vehicles as fit on the paper, under one axis of hours."""

    width: int
    height: int
    left: int
    hours: tuple[tuple[float, int], ...]
    rows: tuple[Row, ...]


PAPERS = {"a3": (1500, 960), "a4": (1060, 660)}
"""Width and height of the drawing on each paper, so that the letters are as large on both."""
HEAD, AXIS = 130, 24
CELL_HEIGHT, CELL_WORDS = 34, 92
"""A block of the printed board with its words is so high, and the words take so much room, in units of the drawing."""


def sheets(board: Board, paper: str) -> list[Sheet]:
    """The board on as many sheets as it needs; no two blocks lie on each other, nor on each other's words."""
    width, most = PAPERS[paper]
    scale = (width - HEAD) / max(board.end - board.start, 1)

    def x(second: int) -> float:
        return round(HEAD + (second - board.start) * scale, 1)

    hours = tuple((x(second), second) for second in board.hours)
    found: list[Sheet] = []
    rows: list[Row] = []
    y = float(AXIS)
    for lane in board.lanes:
        row = _row(lane, y, x)
        if rows and y + row.height > most:
            found.append(Sheet(width, round(y), HEAD, hours, tuple(rows)))
            rows, y = [], float(AXIS)
            row = _row(lane, y, x)
        rows.append(row)
        y += row.height
    if rows:
        found.append(Sheet(width, round(y), HEAD, hours, tuple(rows)))
    return found


def _row(lane: Lane, y: float, x: Callable[[int], float]) -> Row:
    free: list[float] = []
    cells = []
    for block in lane.blocks:
        begins, ends = x(block.start), x(block.end)
        level = next((at for at, until in enumerate(free) if until <= begins), len(free))
        if level == len(free):
            free.append(0.0)
        free[level] = max(ends, begins + CELL_WORDS) + 3
        top = y + 3 + level * (CELL_HEIGHT + 3)
        cells.append(
            Cell(block.key, begins, top, round(ends - begins, 1), block.start, block.end, block.line, block.is_break)
        )
    return Row(lane, y, max(1, len(free)) * (CELL_HEIGHT + 3) + 8, tuple(cells))


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:g},{y:g}" for x, y in points)


def _numbers(stops: Sequence[int]) -> str:
    """1, 2, 5 → “1–2, 5”: a pin has little room, and the table says the rest."""
    parts: list[list[int]] = []
    for stop in stops:
        if parts and stop == parts[-1][-1] + 1:
            parts[-1].append(stop)
        else:
            parts.append([stop])
    words = [str(part[0]) if len(part) == 1 else f"{part[0]}–{part[-1]}" for part in parts]
    return ", ".join(words if len(words) <= MOST_NUMBERS else [*words[: MOST_NUMBERS - 1], "…"])


@dataclass(frozen=True, slots=True)
class Dots:
    """Measured times as dots over an axis of minutes, with the time used so far and the one proposed."""

    width: int
    height: int
    floor: float
    dots: tuple[tuple[float, float], ...]
    minutes: tuple[tuple[float, int], ...]
    present: float
    proposed: float


def dots(seconds: Sequence[int], present: int, proposed: int) -> Dots:
    """The strip of these times; what lasted about as long stands one above the other."""
    width, edge, size = 360, 16, 9
    most = max(-(-max(seconds, default=0) // 60), present, proposed) + 1
    scale = (width - 2 * edge) / (most * 60)
    columns: dict[int, int] = {}
    levels = []
    for each in sorted(seconds):
        column = round(each * scale / size)
        levels.append((column, columns.get(column, 0)))
        columns[column] = columns.get(column, 0) + 1
    floor = 12 + size * max(columns.values(), default=1)
    step = 2 if most <= 16 else 5
    return Dots(
        width=width,
        height=floor + 22,
        floor=floor,
        dots=tuple((edge + column * size, floor - size * (level + 0.5)) for column, level in levels),
        minutes=tuple((round(edge + minute * 60 * scale, 1), minute) for minute in range(0, most + 1, step)),
        present=round(edge + present * 60 * scale, 1),
        proposed=round(edge + proposed * 60 * scale, 1),
    )
