"""The day under way in the words of GTFS-Realtime, for programs: where vehicles are, when they will be at their stops.

Names of fields as in the reference of GTFS-Realtime 2.0, so that a program that reads it there reads it here; sent as
JSON. A trip is the run of a shift. Nothing personal is in it: no client, no address, no driver, no number of a ride.
Known places (a hospital, an office) have a stop id of their own; somebody's door is told apart from the other stops of
its trip and from nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from transport.booking.rides.lifecycle import Status
from transport.booking.rides.models import Ride
from transport.kernel.clock import at, day_start, wall
from transport.operations.driving import positions
from transport.operations.driving.models import VehiclePosition
from transport.routing.fleet.models import Shift, Vehicle
from transport.routing.geo.models import Place, PlaceKind
from transport.routing.planning import estimates
from transport.routing.planning.estimates import Door
from transport.routing.planning.models import Promise, Run, Stop, Visit, VisitAction

VERSION = "2.0"
SKIPPED = frozenset({Status.NO_SHOW, Status.CANCELLED, Status.MISSED, Status.DECLINED})
ROUGHLY = 3
"""Decimals of a degree that others are told: about a hundred metres, so that a door cannot be found by it."""
_KMH = 3.6

Entity = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Trip:
    """One run with everything that is told of it."""

    run: Run
    shift: Shift
    vehicle: Vehicle
    stops: list[tuple[Stop, Place]]


@dataclass(frozen=True, slots=True)
class _Street:
    """What is known of the stops of a day: expected seconds, reports, promises whose stops are left out."""

    expected: Mapping[Door, int]
    visits: Mapping[Door, Mapping[VisitAction, datetime]]
    skipped: frozenset[int]


def of_day(session: Session, day: date, *, now: datetime, for_others: bool = False) -> dict[str, Any]:
    """Everything of a day as one message. `for_others`: places of vehicles are rough, and none while at a door."""
    street = _street(session, day)
    trips = _trips(session, day)
    where = positions.latest_of(session, {trip.shift.id or 0 for trip in trips})
    entities = [_trip_update(trip, street, now) for trip in trips]
    for trip in trips:
        position = where.get(trip.shift.id or 0)
        if position is not None:
            entities.append(_vehicle(trip, street, position, for_others=for_others))
    header = {"gtfs_realtime_version": VERSION, "incrementality": "FULL_DATASET", "timestamp": _posix(now)}
    return {"header": header, "entity": entities}


def _trip_update(trip: _Trip, street: _Street, now: datetime) -> Entity:
    day = trip.run.day
    updates = []
    for stop, place in trip.stops:
        if stop.promise_id is None:
            continue
        update: Entity = {"stop_sequence": stop.seq, "stop_id": _stop_id(trip, stop, place)}
        if stop.promise_id in street.skipped:
            update["schedule_relationship"] = "SKIPPED"
            updates.append(update)
            continue
        arrives, leaves = _times(stop, day, street)
        update["arrival"] = {"time": _posix(arrives), "delay": _delay(arrives, day, stop.start)}
        update["departure"] = {"time": _posix(leaves), "delay": _delay(leaves, day, stop.departure)}
        update["schedule_relationship"] = "SCHEDULED"
        updates.append(update)
    return {
        "id": f"trip-{trip.shift.id}",
        "trip_update": {
            "trip": _descriptor(trip),
            "vehicle": _called(trip),
            "stop_time_update": updates,
            "timestamp": _posix(now),
        },
    }


def _vehicle(trip: _Trip, street: _Street, position: VehiclePosition, *, for_others: bool) -> Entity:
    going_to, at_stop = _current(trip, street)
    said: Entity = {
        "trip": _descriptor(trip),
        "vehicle": _called(trip),
        "timestamp": _posix(position.at),
    }
    if going_to is not None:
        stop, place = going_to
        said["current_stop_sequence"] = stop.seq
        said["stop_id"] = _stop_id(trip, stop, place)
        said["current_status"] = "STOPPED_AT" if at_stop else "IN_TRANSIT_TO"
    at_a_door = at_stop and going_to is not None and going_to[1].kind is not PlaceKind.KNOWN
    if not (for_others and at_a_door):
        digits = ROUGHLY if for_others else 6
        place_now: Entity = {"latitude": round(position.lat, digits), "longitude": round(position.lon, digits)}
        if position.heading is not None:
            place_now["bearing"] = position.heading
        if position.speed is not None:
            place_now["speed"] = round(position.speed / _KMH, 1)
        said["position"] = place_now
    return {"id": f"vehicle-{trip.vehicle.id}-{trip.shift.id}", "vehicle": said}


def _current(trip: _Trip, street: _Street) -> tuple[tuple[Stop, Place] | None, bool]:
    """The first stop with something left to do, and whether the vehicle is there."""
    for stop, place in trip.stops:
        if stop.promise_id is None or stop.promise_id in street.skipped:
            continue
        seen = street.visits.get((stop.promise_id, stop.kind), {})
        if VisitAction.DONE not in seen:
            return (stop, place), VisitAction.ARRIVED in seen
    return None, False


def _times(stop: Stop, day: date, street: _Street) -> tuple[datetime, datetime]:
    """When the stop begins and when the vehicle leaves it: as reported, else as expected, else as planned."""
    door = (stop.promise_id or 0, stop.kind)
    seen = street.visits.get(door, {})
    begins = at(day, street.expected.get(door, stop.start))
    begins = seen.get(VisitAction.ARRIVED) or min(begins, seen.get(VisitAction.DONE, begins))
    lasts = at(day, stop.departure) - at(day, stop.start)
    leaves = seen.get(VisitAction.DONE) or begins + lasts
    return begins, max(begins, leaves)


def _descriptor(trip: _Trip) -> Entity:
    starts = wall(trip.run.day, trip.run.leaves)
    return {
        "trip_id": f"{trip.run.day.isoformat()}-{trip.shift.id}",
        "start_date": f"{trip.run.day:%Y%m%d}",
        "start_time": f"{starts:%H:%M:%S}",
        "schedule_relationship": "SCHEDULED" if trip.shift.dropped_at is None else "CANCELED",
    }


def _called(trip: _Trip) -> Entity:
    return {"id": str(trip.vehicle.id), "label": trip.vehicle.code}


def _stop_id(trip: _Trip, stop: Stop, place: Place) -> str:
    return f"place-{place.key}" if place.kind is PlaceKind.KNOWN else f"door-{trip.shift.id}-{stop.seq}"


def _trips(session: Session, day: date) -> list[_Trip]:
    crews = session.exec(
        select(Run, Shift, Vehicle)
        .join(Shift, col(Shift.id) == Run.shift_id)
        .join(Vehicle, col(Vehicle.id) == Shift.vehicle_id)
        .where(Run.day == day)
        .order_by(col(Vehicle.code), col(Shift.starts))
    )
    planned = (
        select(Stop, Place)
        .join(Run, col(Run.id) == Stop.run_id)
        .join(Place, col(Place.id) == Stop.place_id)
        .where(Run.day == day)
        .order_by(col(Stop.run_id), col(Stop.seq))
    )
    stops: dict[int, list[tuple[Stop, Place]]] = {}
    for stop, place in session.exec(planned):
        stops.setdefault(stop.run_id, []).append((stop, place))
    return [_Trip(run, shift, vehicle, stops.get(run.id or 0, [])) for run, shift, vehicle in crews]


def _street(session: Session, day: date) -> _Street:
    seen = select(Visit).join(Promise, col(Promise.id) == Visit.promise_id).where(Promise.day == day)
    visits: dict[Door, dict[VisitAction, datetime]] = {}
    for visit in session.exec(seen):
        visits.setdefault((visit.promise_id, visit.kind), {})[visit.action] = visit.occurred_at
    over = select(Ride.promise_id).where(Ride.day == day, col(Ride.status).in_(SKIPPED))
    absent = {promise_id for (promise_id, _), actions in visits.items() if VisitAction.ABSENT in actions}
    return _Street(estimates.latest_of_day(session, day), visits, frozenset(session.exec(over)) | absent)


def _delay(moment: datetime, day: date, planned: int) -> int:
    return int((moment - day_start(day)).total_seconds()) - planned


def _posix(moment: datetime) -> int:
    return int(moment.timestamp())
