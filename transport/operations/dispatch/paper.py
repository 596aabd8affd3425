"""The day as it is printed and drawn: the run of each vehicle with the roads around it. Reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlmodel import Session, col, func, select

from transport.kernel.actor import Actor
from transport.kernel.errors import NotFound
from transport.kernel.values import Point
from transport.operations.dispatch import board, lines
from transport.operations.dispatch.board import Board, Lane
from transport.operations.driving import manifest
from transport.operations.driving.manifest import Manifest
from transport.routing.geo import lines as roads
from transport.routing.geo.lines import Box, Line
from transport.routing.geo.models import TravelVersion
from transport.routing.geo.network import Network
from transport.routing.planning import publishing
from transport.routing.planning.models import PublishedStop, ServiceDay


@dataclass(frozen=True, slots=True)
class Sheet:
    """One vehicle's paper: its run as published, and how full it is."""

    manifest: Manifest
    lane: Lane | None

    @property
    def points(self) -> tuple[Point, ...]:
        """Where the run stops, in its order, breaks left out."""
        return tuple(stop.place.point for stop in self.manifest.stops if stop.ride is not None)


def sheets(session: Session, day: date, *, by: Actor, shift_id: int | None = None) -> list[Sheet]:
    """What every driver of the day drives, as published; or one of them only."""
    lanes = {lane.shift_id: lane for lane in whole(session, day).lanes}
    found = [each for each in manifest.of_day(session, day, by=by) if shift_id in (None, each.shift.id)]
    return [Sheet(each, lanes.get(each.shift.id or 0)) for each in found]


def vehicle(session: Session, day: date, shift_id: int, *, by: Actor) -> Sheet:
    """One vehicle's day as it is planned at this moment. NotFound("shift") for a shift of another day."""
    found = manifest.live(session, shift_id, by=by)
    if found.shift.day != day:
        raise NotFound("shift")
    lane = next((each for each in whole(session, day).lanes if each.shift_id == shift_id), None)
    return Sheet(found, lane)


def leaving(session: Session, day: date) -> dict[int, int]:
    """How many stops each vehicle makes by the plan in force, by shift; whoever makes none is left out."""
    plan = publishing.latest(session, day)
    if plan is None:
        return {}
    stops = select(PublishedStop.shift_id, func.count()).where(
        PublishedStop.plan_id == plan.id, col(PublishedStop.promise_id).is_not(None)
    )
    return dict(session.exec(stops.group_by(col(PublishedStop.shift_id))).all())


def whole(session: Session, day: date) -> Board:
    """The board of a day."""
    return board.board(session, day, lines.of_day(session, day))


def network(session: Session, day: date, geo_dir: Path) -> Network | None:
    """The roads on which the day is planned; None while only the air line is known, or for a day never opened."""
    row = session.get(ServiceDay, day)
    if row is None:
        return None
    return roads.network_of(session.get_one(TravelVersion, row.travel_version_id), geo_dir)


def around(found: Network | None, box: Box) -> Sequence[Line]:
    """The roads within a box, thin enough to print; none without a network."""
    return () if found is None else roads.within(found, box, across=500)
