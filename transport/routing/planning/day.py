"""The service day: opened ahead, locked by whoever decides, loaded as a Problem and a Plan.

This module is the only translator between rows (dates, ids, seconds) and the engine's unit-free world.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

import numpy as np
from sqlalchemy import and_, or_, update
from sqlmodel import Session, col, select

from transport.kernel.actor import Actor
from transport.kernel.calendar import Calendar
from transport.kernel.clock import seconds_of
from transport.kernel.errors import Conflict, NotFound
from transport.kernel.events import record
from transport.kernel.policy import Policies, Policy
from transport.kernel.values import Point
from transport.routing import engine
from transport.routing.fleet import availability, fleet
from transport.routing.fleet.models import Depot, Layout, Shift, Vehicle
from transport.routing.geo.models import Place, TravelVersion
from transport.routing.geo.travel import TravelTimes
from transport.routing.planning import apart
from transport.routing.planning.models import (
    LIVE,
    DayState,
    Promise,
    PromiseState,
    Run,
    ServiceDay,
    Stop,
    StopKind,
)

Travel = Callable[[TravelVersion], TravelTimes]
"""Opens the travel times of one version; a service day pins one."""


@dataclass(frozen=True, slots=True)
class World:
    """What the house plans with: the rules of the service, the roads, and which days are holidays."""

    policies: Policies
    travel: Travel
    calendar: Calendar = field(default_factory=Calendar)


COSTS = engine.Costs(distance=1.0, time=0.5, excess_ride=0.2, stranger=2000.0)
"""What the planner prefers, per metre driven, per second on the road, per second of detour for somebody on board; and
two kilometres of detour for a driver whom the client knows."""

NEVER = 7 * 86_400.0
"""Seconds of work after which somebody would have to rest who does not drive any more."""

OUT = "out_of_service"
"""What duties are known by whose vehicle is out of service: who rides in them stays, until somebody decides; nobody
else is promised a place there."""


@dataclass(frozen=True, slots=True)
class DayBook:
    """A day as the engine sees it, with the way back to the rows: the snapshot everything is decided on."""

    day: date
    version: int
    policy: Policy
    problem: engine.Problem
    plan: engine.Plan
    promises: dict[int, Promise]
    shifts: dict[int, Shift]
    layouts: dict[int, list[Layout]]
    """Layouts by shift, in the order in which the engine counts them."""
    places: tuple[int, ...]
    """Place id of each location of the problem."""
    runs: dict[int, Run]
    past: int = 0
    """The second of the day up to which all stops are over."""

    def location(self, place_id: int) -> int:
        """Index of a place among the problem's locations."""
        return self.places.index(place_id)

    def kept_apart(self, numbers: frozenset[int]) -> bool:
        """Whether somebody who rides on this day must never meet a party with these numbers."""
        return bool(numbers) and any(apart.never_meet(numbers, promise) for promise in self.promises.values())

    def duties_of(self, driver: int | None) -> frozenset[str]:
        """The shifts of a driver, as the engine names them."""
        return _shifts_of(driver, self.shifts)

    def driving(self, origin: int, destination: int) -> tuple[int, int]:
        """Free-flow seconds and metres between two places of the book."""
        a, b = self.location(origin), self.location(destination)
        return int(self.problem.durations[a, b]), int(self.problem.distances[a, b])


def open_day(session: Session, day: date, version: TravelVersion, *, now: datetime, by: Actor) -> ServiceDay:
    """Make a day ready for promises; opening an open day changes nothing."""
    row = session.get(ServiceDay, day)
    if row is None:
        if version.id is None:
            raise NotFound("travel_version")
        row = ServiceDay(day=day, travel_version_id=version.id, opened_at=now)
        session.add(row)
        session.flush()
        record(session, "day_opened", subject=("service_day", day.isoformat()), by=by, now=now)
    return row


def lock(session: Session, day: date) -> ServiceDay:
    """Take the day until the end of the transaction: from here on one writer decides. Days in date order.

    Raises NotFound("day.not_open") for a day that was never opened, Conflict("day.closed") for a closed one.
    """
    taken = (
        update(ServiceDay)
        .where(col(ServiceDay.day) == day)
        .values(version=ServiceDay.version + 1)
        .execution_options(synchronize_session=False)
    )
    if session.connection().execute(taken).rowcount != 1:
        raise NotFound("day.not_open", day=day)
    row = session.exec(select(ServiceDay).where(ServiceDay.day == day).execution_options(populate_existing=True)).one()
    if row.state is not DayState.OPEN:
        raise Conflict("day.closed", day=day)
    return row


def get(session: Session, day: date) -> ServiceDay:
    """The day's row, without taking it; NotFound("day.not_open") if the day was never opened."""
    row = session.get(ServiceDay, day)
    if row is None:
        raise NotFound("day.not_open", day=day)
    return row


def load(
    session: Session,
    day: date,
    *,
    world: World,
    now: datetime,
    also: Sequence[int] = (),
    version: TravelVersion | None = None,
    roster: Mapping[int, Shift | None] | None = None,
) -> DayBook:
    """The day's promises, shifts and live plan as one value; `also` adds places of a wish to the matrix.

    Stops that lie before `now` are pinned where the plan has them: the past is not planned again. `version`
    looks at the day with other travel times than those it pins, `roster` with other shifts (by id; None: without it).
    """
    row = get(session, day)
    policy = world.policies.on(day)
    pinned = version or session.get_one(TravelVersion, row.travel_version_id)
    promises = _in_plan(session, day)
    everyday = {_key(shift.id): shift for shift in fleet.on_duty(session, day)}
    shifts = {key: shift for key, shift in {**everyday, **(roster or {})}.items() if shift is not None}
    runs = {r.shift_id: r for r in session.exec(select(Run).where(Run.day == day))}
    stops: dict[int, list[Stop]] = {}
    for stop in session.exec(
        select(Stop)
        .join(Run, col(Run.id) == Stop.run_id)
        .where(Run.day == day)
        .order_by(col(Stop.run_id), col(Stop.seq))
    ):
        stops.setdefault(stop.run_id, []).append(stop)
    vehicles = {
        _key(v.id): v
        for v in session.exec(select(Vehicle).where(col(Vehicle.id).in_({s.vehicle_id for s in shifts.values()})))
    }
    depots = {
        _key(d.id): d
        for d in session.exec(select(Depot).where(col(Depot.id).in_({v.depot_id for v in vehicles.values()})))
    }
    by_vehicle = fleet.layouts(session, set(vehicles))
    layouts = {key: by_vehicle[shift.vehicle_id] for key, shift in shifts.items()}

    wanted = [d.place_id for d in depots.values()] + list(also)
    wanted += [place for p in promises.values() for place in (p.pickup_place_id, p.dropoff_place_id)]
    places = tuple(dict.fromkeys(wanted))
    points = _points(session, places)
    legs = world.travel(pinned).legs(points)
    index = {place: i for i, place in enumerate(places)}

    broken = availability.out_on_duty(session, shifts.values())
    lost = availability.lost_on_duty(session, shifts.values())
    away = {each.driver_id for each in availability.absences(session, {s.driver_id for s in shifts.values()}, day, day)}
    stranded = {
        stop.promise_id for run in runs.values() if run.shift_id in broken for stop in stops.get(_key(run.id), [])
    }
    past = seconds_of(day, now)
    pins = _pins(runs, stops, past)
    carried = _carried({key: run for key, run in runs.items() if key in shifts}, stops)
    alone = apart.alone(promises.values())
    problem = engine.Problem(
        requests=tuple(
            _request(
                p,
                index,
                pins,
                shifts,
                alone=p.id in alone,
                stays=p.id in stranded,
                duty=carried.get(_key(p.id)) if p.pinned else None,
                lost=lost.get(int(carried.get(_key(p.id), "0")), frozenset()),
            )
            for p in promises.values()
        ),
        duties=tuple(
            _duty(
                shift,
                vehicles[shift.vehicle_id],
                layouts[key],
                index[depots[vehicles[shift.vehicle_id].depot_id].place_id],
                policy,
                broken=key in broken,
                lost=lost.get(key, frozenset()),
                over=key in broken or shift.driver_id in away,
            )
            for key, shift in shifts.items()
            if layouts[key]
        ),
        durations=np.asarray(legs.seconds, dtype=np.float64),
        distances=np.asarray(legs.metres, dtype=np.float64),
        pace=pace(policy),
        costs=COSTS,
        grain=1.0,
    )
    plan = engine.Plan(
        runs=tuple(
            _planned_run(run, stops.get(_key(run.id), []), index, layouts[run.shift_id])
            for run in runs.values()
            if run.shift_id in shifts and stops.get(_key(run.id))
        ),
        unserved=(),
    )
    return DayBook(day, row.version, policy, problem, plan, promises, shifts, layouts, places, runs, past)


def pace(policy: Policy) -> engine.Pace:
    """How much slower than on the empty road one drives, by hour of the day (policy: travel.hour_factors)."""
    factors = policy.travel.hour_factors
    return engine.Pace(starts=tuple(3600.0 * hour for hour in range(len(factors))), factors=tuple(factors))


def _pins(runs: dict[int, Run], stops: dict[int, list[Stop]], past: int) -> dict[int, dict[StopKind, tuple[int, int]]]:
    """For each promise begun before `past`: the stops that are over, with shift and start."""
    pins: dict[int, dict[StopKind, tuple[int, int]]] = {}
    for shift_id, run in runs.items():
        for stop in stops.get(_key(run.id), []):
            if stop.start <= past and stop.promise_id is not None:
                pins.setdefault(stop.promise_id, {})[stop.kind] = (shift_id, stop.start)
    return pins


def _carried(runs: dict[int, Run], stops: dict[int, list[Stop]]) -> dict[int | None, str]:
    """The shift that carries each promise of the live plan, as the engine names it."""
    return {stop.promise_id: str(shift_id) for shift_id, run in runs.items() for stop in stops.get(_key(run.id), [])}


def _shifts_of(driver: int | None, shifts: dict[int, Shift]) -> frozenset[str]:
    if driver is None:
        return frozenset()
    return frozenset(str(key) for key, shift in shifts.items() if shift.driver_id == driver)


def driven_by(drivers: Iterable[int | str]) -> frozenset[str]:
    """What duties of these drivers are known by among the features: who must not be driven by them forbids it."""
    return frozenset(f"driver:{driver}" for driver in drivers)


def _request(
    promise: Promise,
    index: dict[int, int],
    pins: dict[int, dict[StopKind, tuple[int, int]]],
    shifts: dict[int, Shift],
    *,
    alone: bool,
    stays: bool,
    duty: str | None,
    lost: frozenset[str],
) -> engine.Request:
    """The promise as the engine sees it; `lost` is what does not work any more where it is planned: there it stays."""
    begun = pins.get(_key(promise.id), {})
    pickup: tuple[float, float] = (promise.window_start, promise.window_end)
    opens = min(max(promise.window_start, promise.arrive_from), promise.arrive_by)
    dropoff: tuple[float, float] = (opens, promise.arrive_by)
    if StopKind.PICKUP in begun:
        shift_id, start = begun[StopKind.PICKUP]
        pickup, duty = (start, start), str(shift_id)
    if StopKind.DROPOFF in begun:
        dropoff = (begun[StopKind.DROPOFF][1],) * 2
    return engine.Request(
        id=str(promise.id),
        pickup=index[promise.pickup_place_id],
        dropoff=index[promise.dropoff_place_id],
        pickup_window=pickup,
        dropoff_window=dropoff,
        pickup_service=promise.pickup_service,
        dropoff_service=promise.dropoff_service,
        max_ride=promise.max_ride,
        riders={engine.SEATED: promise.seats, engine.WHEELCHAIR: promise.wheelchairs},
        chair_mass=promise.chair_mass,
        features=frozenset(promise.features.split()) - lost,
        forbidden=driven_by(promise.not_drivers.split()) | (frozenset() if stays else {OUT}),
        solo=promise.solo or alone,
        required=True,
        duty=duty,
        prefers=_shifts_of(promise.prefers_driver, shifts),
    )


def _duty(
    shift: Shift,
    vehicle: Vehicle,
    layouts: list[Layout],
    depot: int,
    policy: Policy,
    *,
    broken: bool = False,
    lost: frozenset[str] = frozenset(),
    over: bool = False,
) -> engine.Duty:
    """The shift as the engine sees it; `over`: nobody drives it any more, and nobody has to rest in it any more."""
    rest = policy.rest.get(vehicle.vehicle_class.value)
    crew = frozenset({"second_person"} if shift.crew > 1 else ()) | frozenset({OUT} if broken else ())
    return engine.Duty(
        id=str(shift.id),
        start=depot,
        end=depot,
        earliest=shift.starts,
        latest=shift.ends,
        layouts=tuple(engine.Layout.of(x.seats, x.wheelchairs, float(x.max_chair_mass)) for x in layouts),
        features=(frozenset(vehicle.features.split()) - lost) | crew | driven_by([shift.driver_id]),
        rest=None
        if rest is None
        else engine.Rest(
            max_work=NEVER if over else rest.max_work_minutes * 60.0,
            parts=tuple(m * 60.0 for m in rest.parts_minutes),
        ),
    )


def duty(name: str, shift: Shift, vehicle: Vehicle, layouts: list[Layout], depot: int, policy: Policy) -> engine.Duty:
    """A shift that nobody has opened yet, as one more duty of a problem."""
    return replace(_duty(shift, vehicle, layouts, depot, policy), id=name)


def _planned_run(run: Run, stops: list[Stop], index: dict[int, int], layouts: list[Layout]) -> engine.PlannedRun:
    return engine.PlannedRun(
        duty=str(run.shift_id),
        layout=[x.id for x in layouts].index(run.layout_id),
        leaves=run.leaves,
        returns=run.returns,
        stops=tuple(
            engine.PlannedStop(
                kind=engine.StopKind(stop.kind.value),
                request=None if stop.promise_id is None else str(stop.promise_id),
                location=index[stop.place_id],
                arrival=stop.arrival,
                start=stop.start,
                departure=stop.departure,
            )
            for stop in stops
        ),
    )


def _points(session: Session, places: Sequence[int]) -> list[Point]:
    rows = {p.id: p for p in session.exec(select(Place).where(col(Place.id).in_(places)))}
    missing = [place for place in places if place not in rows]
    if missing:
        raise NotFound("place", place=missing[0])
    return [Point(rows[place].lat, rows[place].lon) for place in places]


def _in_plan(session: Session, day: date) -> dict[int, Promise]:
    """Live promises, and kept ones whose stops are the history of a run."""
    driven = select(Stop.promise_id).where(Stop.promise_id == Promise.id)
    rows = session.exec(
        select(Promise)
        .where(Promise.day == day)
        .where(or_(col(Promise.state).in_(LIVE), and_(col(Promise.state) == PromiseState.KEPT, driven.exists())))
        .order_by(col(Promise.id))
    )
    return {_key(row.id): row for row in rows}


def _key(value: int | None) -> int:
    if value is None:
        message = "a row that was never saved"
        raise ValueError(message)
    return value
