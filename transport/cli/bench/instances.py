"""The public dial-a-ride instances as problems: Cordeau's format and the multi-depot heterogeneous one.

A first row of five numbers (vehicles, requests, longest run, places, longest ride) begins Cordeau's format, one of
two (vehicles, requests) the other, with a row for every vehicle: its longest run and its places of four kinds. Then
both have one row per node: 0 the depot, i the pickup and i + n the drop-off of request i, and sometimes 2n + 1, the
depot again. Driving takes the Euclidean distance in double precision and costs it; every request must be served.
"""

from dataclasses import dataclass
from math import isfinite
from pathlib import Path

import numpy as np

from transport.routing.engine import (
    SEATED,
    WHEELCHAIR,
    Costs,
    Duty,
    Layout,
    Places,
    Plan,
    Problem,
    Request,
    Rest,
    StopKind,
)

STAFF, LYING = "staff", "lying"
HOLDS = {
    STAFF: frozenset({STAFF}),
    SEATED: frozenset({STAFF, SEATED}),
    LYING: frozenset({STAFF, SEATED, LYING}),
    WHEELCHAIR: frozenset({WHEELCHAIR}),
}
"""Upgrading: whoever comes along may take a patient's seat or a stretcher, and a patient a stretcher."""

CORNERS = ((-5.0, -5.0), (5.0, 5.0), (-5.0, 5.0), (5.0, -5.0))
"""The depots of the multi-depot instances, in turn from vehicle to vehicle. Their files do not name them."""


class Unreadable(ValueError):
    """A file that is no instance: which one, in which line (counted from 1), and why."""

    def __init__(self, path: Path, line: int, why: str) -> None:
        super().__init__(f"{path}, line {line}: {why}")


@dataclass(frozen=True, slots=True)
class Instance:
    """A file, called by its stem, as a problem: requests bear the number of their pickup, duties that of their row."""

    name: str
    problem: Problem

    def routes(self, plan: Plan) -> list[list[int]]:
        """The nodes of every vehicle, in the file's order and numbering; depots are left out, idle vehicles empty."""
        stops = {run.duty: run.stops for run in plan.runs}
        requests = len(self.problem.requests)
        return [
            [int(str(stop.request)) + requests * (stop.kind is StopKind.DROPOFF) for stop in stops.get(duty.id, ())]
            for duty in self.problem.duties
        ]


def read(path: Path) -> Instance:
    """The instance in a file of either format; Unreadable when it is neither."""
    head, *rows = _rows(path)
    if len(head.numbers) not in (2, 5):
        raise Unreadable(path, head.line, f"an instance begins with 2 numbers or 5, not {len(head.numbers)}")
    try:
        return Instance(path.stem, _cordeau(head, rows) if len(head.numbers) == 5 else _several_depots(head, rows))
    except Unreadable:
        raise
    except ValueError as error:  # the problem itself refused
        raise Unreadable(path, head.line, str(error)) from error


@dataclass(frozen=True, slots=True)
class _Row:
    """The numbers of one line."""

    path: Path
    line: int
    numbers: tuple[float, ...]

    def need(self, right: bool, why: str) -> None:
        """Unless it is right, the file cannot be read."""
        if not right:
            raise Unreadable(self.path, self.line, why)

    def width(self, columns: int) -> None:
        self.need(len(self.numbers) == columns, f"{columns} numbers are expected here, not {len(self.numbers)}")

    def count(self, column: int) -> int:
        number = self.numbers[column]
        self.need(number >= 0 and number.is_integer(), f"{number:g} counts nothing")
        return int(number)


@dataclass(frozen=True, slots=True)
class _Node:
    """One node's row: where it is, how long the stop takes, how many get on, when it may start."""

    row: _Row
    x: float
    y: float
    service: float
    change: tuple[float, ...]
    window: tuple[float, float]


def _rows(path: Path) -> list[_Row]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise Unreadable(path, 1, error.strerror or "the file cannot be opened") from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise Unreadable(path, line, "this is no text in UTF-8") from error
    rows = []
    for line, text in enumerate(lines, 1):
        try:
            row = _Row(path, line, tuple(map(float, text.split())))
        except ValueError as error:
            raise Unreadable(path, line, f"“{text.strip()[:40]}” is no row of numbers") from error
        row.need(all(map(isfinite, row.numbers)), "every number must be finite")
        if row.numbers:
            rows.append(row)
    if not rows:
        raise Unreadable(path, 1, "the file is empty")
    return rows


def _cordeau(head: _Row, rows: list[_Row]) -> Problem:
    vehicles, named, places = head.count(0), head.count(1), head.count(3)
    longest, max_ride = head.numbers[2], head.numbers[4]
    head.need(longest > 0, "a run must last")
    # the a and b files name the requests at the top, the R files their pickups and drop-offs together
    requests = named if len(rows) > named + 2 or named < 2 else named // 2
    nodes = _nodes(head, rows, requests, 4, (SEATED,))
    fleet = [(0, longest, Layout.of(places, 0))] * vehicles
    return _problem(nodes, [(node.x, node.y) for node in nodes], fleet, (SEATED,), [max_ride] * requests)


def _several_depots(head: _Row, rows: list[_Row]) -> Problem:
    vehicles, requests = head.count(0), head.count(1)
    head.need(len(rows) > vehicles, f"{vehicles} vehicles are announced, but only {len(rows)} rows follow")
    nodes = _nodes(head, rows[vehicles:], requests, 5, tuple(HOLDS))
    fleet = []
    for number, row in enumerate(rows[:vehicles]):
        row.width(1 + len(HOLDS))
        row.need(row.numbers[0] > 0, "a run must last")
        places = tuple(Places(row.count(column), holds) for column, holds in enumerate(HOLDS.values(), 1))
        fleet.append((len(nodes) + number % len(CORNERS), row.numbers[0], Layout(places)))
    points = [(node.x, node.y) for node in nodes] + list(CORNERS)
    max_rides = [node.row.numbers[4] for node in nodes[1 : 1 + requests]]
    return _problem(nodes, points, fleet, tuple(HOLDS), max_rides)


def _nodes(head: _Row, rows: list[_Row], requests: int, change: int, kinds: tuple[str, ...]) -> list[_Node]:
    """Depot, pickups and drop-offs; from the column `change` on stands how many of each kind get on."""
    early = change + len(kinds)
    need = 2 * requests + 1
    head.need(len(rows) in (need, need + 1), f"{requests} requests have {need} nodes, but {len(rows)} rows follow")
    nodes = []
    for number, row in enumerate(rows[:need]):
        row.width(early + 2)
        row.need(row.numbers[0] == number, f"node {number} is expected here")
        _, x, y, service, *_, begin, end = row.numbers
        node = _Node(row, x, y, service, row.numbers[change:early], (begin, end))
        row.need(node.service >= 0, "the service takes less than no time")
        row.need(node.window[0] <= node.window[1], "the window ends before it begins")
        nodes.append(node)
    return nodes


def _problem(
    nodes: list[_Node],
    points: list[tuple[float, float]],
    fleet: list[tuple[int, float, Layout]],
    kinds: tuple[str, ...],
    max_rides: list[float],
) -> Problem:
    """All together; the fleet is a depot (an index of `points`), a longest run and a layout for every vehicle."""
    earliest, latest = nodes[0].window
    duties = []
    for row, (depot, longest, layout) in enumerate(fleet):
        # a limit that the hours imply anyway is left out: one rule less to search with
        rest = Rest(longest, ()) if longest < latest - earliest else None
        duties.append(Duty(str(row), depot, depot, earliest, latest, (layout,), rest=rest))
    requests = tuple(_request(nodes, number, kinds, max_ride) for number, max_ride in enumerate(max_rides, 1))
    where = np.array(points)
    metric = np.hypot(*(where[:, None] - where[None, :]).transpose(2, 0, 1))
    return Problem(requests, tuple(duties), metric, metric, costs=Costs(distance=1))


def _request(nodes: list[_Node], number: int, kinds: tuple[str, ...], max_ride: float) -> Request:
    there = number + len(nodes) // 2
    on, off = nodes[number], nodes[there]
    on.row.need(all(change >= 0 and change.is_integer() for change in on.change) and any(on.change), "nobody gets on")
    off.row.need(off.change == tuple(-change for change in on.change), f"who gets on at node {number} gets off here")
    on.row.need(max_ride >= 0, "the longest ride is shorter than none")
    riders = {kind: int(change) for kind, change in zip(kinds, on.change, strict=True) if change}
    return Request(str(number), number, there, on.window, off.window, on.service, off.service, max_ride, riders)
