"""What is known of the runs of a day under way: stops, reports, where each vehicle was last, and the roads. Reads."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Executable
from sqlalchemy import select as columns_of
from sqlmodel import Session, col, func

from transport.kernel.clock import seconds_of
from transport.kernel.policy import Policy
from transport.kernel.values import Point
from transport.operations.driving import positions
from transport.operations.driving.models import DriverReport, Outcome, ReportKind
from transport.routing.engine import Pace
from transport.routing.fleet.models import Depot, Shift, Vehicle, VehicleClass
from transport.routing.geo.models import Place, TravelVersion
from transport.routing.geo.travel import AirLine, Legs, TravelTimes
from transport.routing.planning import day as days
from transport.routing.planning import resting
from transport.routing.planning.day import World
from transport.routing.planning.estimates import Halt, Seen, Way
from transport.routing.planning.models import Promise, Run, Stop, StopKind, Visit, VisitAction

ON_THE_ROAD = -1
"""What the place of a vehicle between two stops is called."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One stop of the live plan. `opens`: before it nobody lets the client in at the destination."""

    shift: int
    leaves: int
    kind: StopKind
    promise: int | None
    place: int
    start: int
    departure: int
    opens: int


@dataclass(frozen=True, slots=True)
class Said:
    """One report of a stop: with which vehicle (its shift), at which second of the day, at which place."""

    promise: int
    kind: StopKind
    action: VisitAction
    shift: int | None
    second: int
    place: int


@dataclass(frozen=True, slots=True)
class Duty:
    """A shift, its kind of vehicle, and the place of its depot."""

    shift: int
    vehicle_class: VehicleClass
    depot: int


@dataclass(frozen=True, slots=True)
class Roads:
    """Drives between the places of one run through the traffic of the day, and from where its vehicle is now."""

    pace: Pace
    legs: Legs
    index: Mapping[int, int]
    here: Mapping[int, float]
    """Seconds on the empty road from the last position to each place."""

    def drive(self, origin: int, target: int, leaves: float) -> float:
        """When a drive ends that begins at this second."""
        known = origin != ON_THE_ROAD
        seconds = float(self.legs.seconds[self.index[origin], self.index[target]]) if known else self.here[target]
        return resting.driven(self.pace, seconds, leaves)


@dataclass(frozen=True, slots=True)
class UnderWay:
    """One run with all that is known of it."""

    way: Way
    roads: Roads
    stops: tuple[Planned, ...]


def of_day(session: Session, day: date, *, world: World, now: datetime, only: int | None = None) -> list[UnderWay]:
    """All runs of a day, or that of one shift; a fixed number of queries."""
    duties = _duties(session, day, only)
    planned = _planned(session, day, duties)
    if not planned:
        return []
    policy = world.policies.on(day)
    travel = world.travel(session.get_one(TravelVersion, days.get(session, day).travel_version_id))
    said = _said(session, day)
    begun, behind = _told(session, day, duties)
    last = _last(said, planned)
    where = positions.latest_of(session, planned.keys())
    heard: dict[int, list[Said]] = {}
    for each in said:
        heard.setdefault(each.promise, []).append(each)
    wanted = {row.place for stops in planned.values() for row in stops} | {seen.place for seen in last.values()}
    points = _points(session, wanted | {duty.depot for duty in duties.values()})
    found = []
    for shift_id, stops in planned.items():
        duty, seen = duties[shift_id], last.get(shift_id)
        halts = _halts(stops, heard, _parts(policy, duty.vehicle_class), behind.get(shift_id))
        leaves = max(stops[0].leaves, begun.get(shift_id, 0))
        way = Way(halts, duty.depot, leaves, gone=shift_id in begun, seen=seen)
        places = {halt.place for halt in halts} | {duty.depot} | ({seen.place} if seen else set())
        position = where.get(shift_id)
        if position is not None and now - position.at <= positions.STALE:
            second = seconds_of(day, position.at)
            way = way if seen is not None and seen.second > second else replace(way, seen=Seen(ON_THE_ROAD, second))
        here = None if position is None else Point(position.lat, position.lon)
        roads = _roads({place: points[place] for place in places}, here, travel, policy)
        found.append(UnderWay(way, roads, tuple(stops)))
    return found


def _roads(points: Mapping[int, Point], here: Point | None, travel: TravelTimes, policy: Policy) -> Roads:
    """The road from a position is the air line with its detour: no matrix knows every point of the way."""
    index = {place: number for number, place in enumerate(points)}
    places = list(points.values())
    away: dict[int, float] = {}
    if here is not None:
        line = AirLine(policy.travel.detour_factor, policy.travel.speed_kmh).between([here], places)
        away = {place: float(line.seconds[0, number]) for place, number in index.items()}
    return Roads(days.pace(policy), travel.legs(places), index, away)


def _halts(
    stops: list[Planned],
    heard: Mapping[int, list[Said]],
    parts: tuple[int, ...],
    behind: tuple[int, int] | None,
) -> tuple[Halt, ...]:
    """The stops with their reports, without those of people who were not there or whom another vehicle has fetched.

    A driver who says that they come late means the next stop.
    """
    found: list[Halt] = []
    late, since = (0, 0) if behind is None else (behind[1], behind[0])
    for row in stops:
        planned = row.departure - row.start
        if row.promise is None:
            length = max((part for part in parts if part <= planned), default=planned)
            found.append(Halt(None, row.kind, row.place, row.start, length))
            continue
        reports = heard.get(row.promise, [])
        absent = any(each.action is VisitAction.ABSENT for each in reports)
        if any(each.shift not in (None, row.shift) for each in reports) or (absent and row.kind is StopKind.DROPOFF):
            continue
        said = {each.action: each.second for each in reports if each.kind is row.kind}
        left = said.get(VisitAction.DONE, said.get(VisitAction.ABSENT))
        earliest = row.start if row.kind is StopKind.PICKUP else row.opens
        if late and not any(second <= since for second in said.values()):
            earliest, late = max(earliest, row.start + late), 0
        found.append(Halt(row.promise, row.kind, row.place, earliest, planned, said.get(VisitAction.ARRIVED), left))
    return tuple(found)


def _parts(policy: Policy, kind: VehicleClass) -> tuple[int, ...]:
    """The breaks the law asks for, in seconds: a planned one may be cut down to the longest of them that it holds."""
    rest = policy.rest.get(kind.value)
    return () if rest is None else tuple(minutes * 60 for minutes in rest.parts_minutes)


def _duties(session: Session, day: date, only: int | None) -> dict[int, Duty]:
    columns = (
        columns_of(col(Shift.id), col(Vehicle.vehicle_class), col(Depot.place_id))
        .join(Vehicle, col(Vehicle.id) == Shift.vehicle_id)
        .join(Depot, col(Depot.id) == Vehicle.depot_id)
        .where(col(Shift.day) == day)
    )
    if only is not None:
        columns = columns.where(col(Shift.id) == only)
    return {row[0]: Duty(*row) for row in _rows(session, columns)}


def _planned(session: Session, day: date, duties: Mapping[int, Duty]) -> dict[int, list[Planned]]:
    columns: list[Any] = [Run.shift_id, Run.leaves, Stop.kind, Stop.promise_id, Stop.place_id, Stop.start]
    columns += [Stop.departure, func.coalesce(Promise.arrive_from, 0)]
    live = (
        columns_of(*columns)
        .select_from(Run)
        .join(Stop, col(Stop.run_id) == Run.id)
        .outerjoin(Promise, col(Promise.id) == Stop.promise_id)
        .where(col(Run.day) == day, col(Run.shift_id).in_(duties))
        .order_by(col(Run.shift_id), col(Stop.seq))
    )
    found: dict[int, list[Planned]] = {}
    for row in _rows(session, live):
        found.setdefault(row[0], []).append(Planned(*row))
    return found


def _said(session: Session, day: date) -> list[Said]:
    columns: list[Any] = [Visit.promise_id, Visit.kind, Visit.action, Visit.shift_id, Visit.occurred_at]
    columns += [Promise.pickup_place_id, Promise.dropoff_place_id]
    seen = columns_of(*columns).join(Promise, col(Promise.id) == Visit.promise_id).where(col(Promise.day) == day)
    return [
        Said(promise, kind, action, shift, seconds_of(day, instant), pickup if kind is StopKind.PICKUP else dropoff)
        for promise, kind, action, shift, instant, pickup, dropoff in _rows(session, seen)
    ]


def _told(session: Session, day: date, shifts: Collection[int]) -> tuple[dict[int, int], dict[int, tuple[int, int]]]:
    """By shift: since when the driver is on duty, and when they last said that they come late, by how many seconds."""
    columns: list[Any] = [DriverReport.shift_id, DriverReport.kind, DriverReport.key, DriverReport.about]
    columns += [DriverReport.occurred_at, DriverReport.facts]
    said = columns_of(*columns).where(
        col(DriverReport.shift_id).in_(shifts),
        col(DriverReport.kind).in_((ReportKind.BEGUN, ReportKind.PROBLEM, ReportKind.UNDONE)),
        col(DriverReport.outcome) == Outcome.TAKEN,
    )
    begun: dict[int, int] = {}
    behind: dict[int, tuple[int, int]] = {}
    rows = _rows(session, said.order_by(col(DriverReport.id)))
    back = {about for _, kind, _, about, _, _ in rows if kind is ReportKind.UNDONE}
    for shift, kind, key, _, instant, facts in rows:
        second, told = seconds_of(day, instant), json.loads(facts)
        if kind is ReportKind.BEGUN:
            begun[shift] = second
        elif told.get("problem") == "late" and key not in back:
            behind[shift] = (second, int(told.get("minutes") or 0) * 60)
    return begun, behind


def _last(said: list[Said], planned: Mapping[int, list[Planned]]) -> dict[int, Seen]:
    """Where vehicles were last, if it was at the door of somebody who is not in their run: called off, or another's."""
    newest: dict[int, Said] = {}
    for each in said:
        if each.shift is not None and each.shift in planned and each.second >= newest.get(each.shift, each).second:
            newest[each.shift] = each
    return {
        shift: Seen(each.place, each.second)
        for shift, each in newest.items()
        if all(row.promise != each.promise for row in planned[shift])
    }


def _points(session: Session, places: set[int]) -> dict[int, Point]:
    columns = columns_of(col(Place.id), col(Place.lat), col(Place.lon)).where(col(Place.id).in_(places))
    return {place: Point(lat, lon) for place, lat, lon in _rows(session, columns)}


def _rows(session: Session, statement: Executable) -> list[Any]:
    session.flush()
    return list(session.connection().execute(statement).all())
