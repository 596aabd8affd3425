"""The run as the driver needs it: stops of the published plan with names, doors and instructions; nothing more."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlmodel import Session, col, select

from transport.booking.clients.models import Client, ClientPlace, ContactPreferences, Needs
from transport.booking.rides.lifecycle import Status
from transport.booking.rides.models import Companion, Ride
from transport.kernel.actor import STAFF, Actor, Role
from transport.kernel.errors import NotFound
from transport.operations.driving import whereabouts
from transport.routing.fleet.models import Driver, Layout, Shift, Vehicle
from transport.routing.geo.models import Place
from transport.routing.planning import publishing
from transport.routing.planning.models import (
    Promise,
    PublishedPlan,
    PublishedStop,
    Run,
    Stop,
    StopKind,
    Visit,
    VisitAction,
)


@dataclass(frozen=True, slots=True)
class ManifestStop:
    """One stop as the driver reads it. `client` and `ride` are None for a break."""

    kind: StopKind
    place: Place
    door: ClientPlace | None
    arrival: int
    start: int
    departure: int
    promise: Promise | None
    ride: Ride | None
    client: Client | None
    needs: Needs | None
    companions: int
    visits: tuple[Visit, ...]
    no_calls: bool = False
    """The client wants to be written to, never called."""

    @property
    def done(self) -> bool:
        """Nothing more to do here: done, or reported absent, or the ride is over."""
        if self.ride is None:
            return False
        actions = {visit.action for visit in self.visits}
        over = {Status.CANCELLED, Status.DECLINED, Status.MISSED, Status.NO_SHOW, Status.COMPLETED}
        return bool(actions & {VisitAction.DONE, VisitAction.ABSENT}) or self.ride.status in over

    @property
    def door_note(self) -> str:
        """How to find the door, in the client's words."""
        return "" if self.door is None else self.door.door_note

    @property
    def arrived(self) -> bool:
        """The driver has said that the vehicle is there."""
        return any(visit.action is VisitAction.ARRIVED for visit in self.visits)


@dataclass(frozen=True, slots=True)
class Manifest:
    """One shift's run in the published version."""

    shift: Shift
    vehicle: Vehicle
    driver: Driver
    layout: Layout | None
    plan: PublishedPlan | None
    stops: tuple[ManifestStop, ...]


def shifts_of(session: Session, by: Actor, day: date) -> list[Shift]:
    """The shifts of the day this person may drive or look at: a driver's own, all of them for staff."""
    all_day = (
        select(Shift)
        .where(Shift.day == day, col(Shift.dropped_at).is_(None))
        .order_by(col(Shift.starts), col(Shift.id))
    )
    if by.role in {*STAFF, Role.SYSTEM}:
        return list(session.exec(all_day))
    driver = session.exec(select(Driver).where(Driver.user_id == by.user)).first()
    if driver is None or by.role is not Role.DRIVER:
        return []
    return list(session.exec(all_day.where(Shift.driver_id == driver.id)))


def of(session: Session, shift_id: int, *, by: Actor) -> Manifest:
    """The manifest of one shift; NotFound("shift") for somebody else's."""
    return _manifests(session, [_own(session, shift_id, by)])[0]


def of_day(session: Session, day: date, *, by: Actor) -> list[Manifest]:
    """The manifests of all shifts of the day this person may drive or look at, in a fixed number of queries."""
    return _manifests(session, shifts_of(session, by, day))


def live(session: Session, shift_id: int, *, by: Actor) -> Manifest:
    """The same of the live plan, as the dispatcher works on it, published or not."""
    found = of(session, shift_id, by=by)
    planned = select(Stop).join(Run, col(Run.id) == Stop.run_id).where(Run.shift_id == shift_id)
    return replace(found, stops=tuple(_stops(session, list(session.exec(planned.order_by(col(Stop.seq)))))))


def as_published(session: Session, shift: Shift, version: int) -> tuple[ManifestStop, ...]:
    """The stops of a shift in a version of its day that may be out of force, in their order."""
    rows = select(PublishedStop).join(PublishedPlan, col(PublishedPlan.id) == PublishedStop.plan_id)
    mine = rows.where(PublishedPlan.day == shift.day, PublishedPlan.version == version)
    mine = mine.where(PublishedStop.shift_id == shift.id).order_by(col(PublishedStop.seq))
    return tuple(_stops(session, list(session.exec(mine))))


def _own(session: Session, shift_id: int, by: Actor) -> Shift:
    shift = session.get(Shift, shift_id)
    if shift is None or shift_id not in {own.id for own in shifts_of(session, by, shift.day)}:
        raise NotFound("shift")
    return shift


def _manifests(session: Session, shifts: list[Shift]) -> list[Manifest]:
    """Of shifts of one day."""
    if not shifts:
        return []
    ids = {shift.id for shift in shifts}
    plan = publishing.latest(session, shifts[0].day)
    runs = {run.shift_id: run.layout_id for run in session.exec(select(Run).where(col(Run.shift_id).in_(ids)))}
    layouts = {row.id: row for row in session.exec(select(Layout).where(col(Layout.id).in_(set(runs.values()))))}
    used, driving = {shift.vehicle_id for shift in shifts}, {shift.driver_id for shift in shifts}
    vehicles = {row.id: row for row in session.exec(select(Vehicle).where(col(Vehicle.id).in_(used)))}
    drivers = {row.id: row for row in session.exec(select(Driver).where(col(Driver.id).in_(driving)))}
    stops: dict[int, list[ManifestStop]] = {}
    if plan is not None:
        mine = select(PublishedStop).where(PublishedStop.plan_id == plan.id, col(PublishedStop.shift_id).in_(ids))
        rows = list(session.exec(mine.order_by(col(PublishedStop.shift_id), col(PublishedStop.seq))))
        rows = whereabouts.as_driven(session, plan, rows, ids)
        for row, stop in zip(rows, _stops(session, rows), strict=True):
            stops.setdefault(row.shift_id, []).append(stop)
    return [
        Manifest(
            shift=shift,
            vehicle=vehicles[shift.vehicle_id],
            driver=drivers[shift.driver_id],
            layout=layouts.get(runs.get(shift.id or 0)),
            plan=plan,
            stops=tuple(stops.get(shift.id or 0, ())),
        )
        for shift in shifts
    ]


def _stops(session: Session, rows: Sequence[PublishedStop] | Sequence[Stop]) -> list[ManifestStop]:
    ids = {row.promise_id for row in rows if row.promise_id is not None}
    promises = {p.id: p for p in session.exec(select(Promise).where(col(Promise.id).in_(ids)))}
    rides = {r.promise_id: r for r in session.exec(select(Ride).where(col(Ride.promise_id).in_(ids)))}
    clients = {
        c.id: c for c in session.exec(select(Client).where(col(Client.id).in_({r.client_id for r in rides.values()})))
    }
    needs = {
        n.id: n for n in session.exec(select(Needs).where(col(Needs.id).in_({r.needs_id for r in rides.values()})))
    }
    places = {p.id: p for p in session.exec(select(Place).where(col(Place.id).in_({row.place_id for row in rows})))}
    doors = {
        (d.client_id, d.place_id): d
        for d in session.exec(select(ClientPlace).where(col(ClientPlace.client_id).in_(clients)))
    }
    written_to = set(
        session.exec(
            select(ContactPreferences.client_id)
            .where(col(ContactPreferences.client_id).in_(clients))
            .where(col(ContactPreferences.no_calls))
        )
    )
    companions: dict[int, int] = {}
    for companion in session.exec(select(Companion).where(col(Companion.ride_id).in_({r.id for r in rides.values()}))):
        companions[companion.ride_id] = companions.get(companion.ride_id, 0) + 1
    visits: dict[tuple[int, StopKind], list[Visit]] = {}
    for visit in session.exec(select(Visit).where(col(Visit.promise_id).in_(ids)).order_by(col(Visit.id))):
        visits.setdefault((visit.promise_id, visit.kind), []).append(visit)
    found = []
    for row in rows:
        ride = rides.get(row.promise_id or 0)
        client = clients.get(ride.client_id) if ride else None
        found.append(
            ManifestStop(
                kind=row.kind,
                place=places[row.place_id],
                door=doors.get((ride.client_id, row.place_id)) if ride else None,
                arrival=row.arrival,
                start=row.start,
                departure=row.departure,
                promise=promises.get(row.promise_id),
                ride=ride,
                client=client,
                needs=needs.get(ride.needs_id) if ride else None,
                companions=companions.get(ride.id or 0, 0) if ride else 0,
                visits=tuple(visits.get((row.promise_id or 0, row.kind), ())),
                no_calls=ride is not None and ride.client_id in written_to,
            )
        )
    return found


def as_of(manifest: Manifest) -> datetime | None:
    """When the version the driver reads was published."""
    return None if manifest.plan is None else manifest.plan.published_at
