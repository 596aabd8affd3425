"""The day on a map: every run as a line from its depot over its numbered stops back, by where things are."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from transport.booking.rides.queries import RideView
from transport.kernel.errors import NotFound
from transport.kernel.values import Point
from transport.operations.driving import positions
from transport.operations.driving.positions import VehiclePosition
from transport.routing.fleet.models import Depot, Driver, Shift, Vehicle
from transport.routing.geo import lines, versions
from transport.routing.geo.lines import Box
from transport.routing.geo.models import Place, TravelVersion
from transport.routing.planning.models import Run, ServiceDay, Stop, StopKind

__all__ = ["Box", "Drawn", "Here", "Mark", "OnMap", "box_of", "day_map", "lines", "travel_of", "version", "where"]


@dataclass(frozen=True, slots=True)
class Mark:
    """One stop of a run where it is; `view` is its ride, None for a break or a place kept for an answer."""

    number: int
    kind: StopKind
    start: int
    place: Place
    view: RideView | None


@dataclass(frozen=True, slots=True)
class Drawn:
    """A vehicle on duty that leaves its depot, and the stops of its run in order; times in seconds of the day."""

    number: int
    shift: Shift
    vehicle: Vehicle
    driver: Driver
    depot: Depot
    home: Place
    leaves: int
    returns: int
    metres: int
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class OnMap:
    """The runs of a day in the order of their vehicles; `others` are vehicles with a run that are not shown."""

    runs: tuple[Drawn, ...]
    others: tuple[Vehicle, ...]


def day_map(session: Session, day: date, views: Collection[RideView], vehicles: Collection[str] = ()) -> OnMap:
    """The live plan of a day, of all vehicles or of those with these codes; `views` are the rides of the day.

    The number of a run is its place among all of the day, so that it is the same however many are shown.
    """
    crews = session.exec(
        select(Run, Shift, Vehicle, Driver)
        .join(Shift, col(Shift.id) == Run.shift_id)
        .join(Vehicle, col(Vehicle.id) == Shift.vehicle_id)
        .join(Driver, col(Driver.id) == Shift.driver_id)
        .where(Run.day == day)
        .order_by(col(Vehicle.code), col(Shift.starts))
    ).all()
    depots = {
        depot.id: (depot, place)
        for depot, place in session.exec(select(Depot, Place).join(Place, col(Place.id) == Depot.place_id))
    }
    marks = _marks(session, day, {view.ride.promise_id: view for view in views})
    runs = [
        Drawn(
            number,
            shift,
            vehicle,
            driver,
            *depots[vehicle.depot_id],
            run.leaves,
            run.returns,
            run.metres,
            marks.get(run.id or 0, ()),
        )
        for number, (run, shift, vehicle, driver) in enumerate(crews, 1)
    ]
    shown = tuple(run for run in runs if not vehicles or run.vehicle.code in vehicles)
    left_out = {run.vehicle.code: run.vehicle for run in runs if run not in shown}
    return OnMap(shown, tuple(left_out.values()))


@dataclass(frozen=True, slots=True)
class Here:
    """Where a vehicle was last: how many minutes ago, whether that is old, and the stop of its run nearest to it."""

    position: VehiclePosition
    minutes: int
    old: bool
    near: Mark | None
    metres: int


def where(session: Session, drawn: OnMap, *, now: datetime) -> dict[int, Here]:
    """The last known places of the vehicles that are shown, by the number of their run."""
    told = positions.latest_of(session, {run.shift.id or 0 for run in drawn.runs})
    found = {}
    for run in drawn.runs:
        position = told.get(run.shift.id or 0)
        if position is None:
            continue
        apart = [(positions.kilometres(position, mark.place), mark) for mark in run.marks]
        far, near = min(apart, key=lambda each: each[0], default=(0.0, None))
        age = now - position.at
        old = age > positions.STALE
        found[run.number] = Here(position, int(age.total_seconds() // 60), old, near, round(far * 10) * 100)
    return found


def box_of(drawn: OnMap, here: Collection[Here] = ()) -> Box | None:
    """The part of the earth on which everything lies; None if there is nothing."""
    points = [Point(each.position.lat, each.position.lon) for each in here]
    for run in drawn.runs:
        points += [run.home.point, *(mark.place.point for mark in run.marks)]
    return Box.around(points) if points else None


def travel_of(session: Session, day: date) -> TravelVersion | None:
    """The roads this day is planned with, else those in use; None where only the air line is known."""
    row = session.get(ServiceDay, day)
    planned_with = session.get(TravelVersion, row.travel_version_id) if row else None
    try:
        found = planned_with if planned_with and planned_with.file else versions.current(session)
    except NotFound:
        return None
    return found if found.file else None


def version(session: Session, version_id: int) -> TravelVersion | None:
    """The travel times with this number; None if there are none."""
    return session.get(TravelVersion, version_id)


def _marks(session: Session, day: date, by_promise: dict[int, RideView]) -> dict[int, tuple[Mark, ...]]:
    live = (
        select(Stop, Place)
        .join(Run, col(Run.id) == Stop.run_id)
        .join(Place, col(Place.id) == Stop.place_id)
        .where(Run.day == day)
        .order_by(col(Stop.run_id), col(Stop.seq))
    )
    found: dict[int, tuple[Mark, ...]] = {}
    for stop, place in session.exec(live):
        before = found.get(stop.run_id, ())
        mark = Mark(len(before) + 1, stop.kind, stop.start, place, by_promise.get(stop.promise_id or 0))
        found[stop.run_id] = (*before, mark)
    return found
