"""What a dispatcher sees around a ride: its vehicle, who rides along, what was changed by hand, and by whom."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from transport.accounts import users
from transport.booking.rides import queries
from transport.booking.rides.lifecycle import LIVE
from transport.booking.rides.models import Ride
from transport.booking.rides.queries import RideView
from transport.kernel.actor import Actor
from transport.kernel.events import Event
from transport.routing.fleet import fleet
from transport.routing.fleet.models import Driver, Shift, Vehicle
from transport.routing.planning import journal
from transport.routing.planning.models import PlanEdit, Promise, Run, Stop

CHANGES_PLAN = (
    "proposal_applied",
    "plan_improved",
    "vehicle_broke_down",
    "ride_cancelled",
    "ride_changed",
    "ride_moved",
)
"""Events of a day that may stand in the way of taking something back; their facts name the day."""


@dataclass(frozen=True, slots=True)
class Crew:
    """A shift with its vehicle and who drives it."""

    shift: Shift
    vehicle: Vehicle
    driver: Driver


@dataclass(frozen=True, slots=True)
class EditView:
    """One change by hand as people read it; the ride is None once it has gone on under another number."""

    edit: PlanEdit
    view: RideView | None
    who: str
    from_vehicle: str
    to_vehicle: str


@dataclass(frozen=True, slots=True)
class Change:
    """Who changed something, when, and what: the kind of the event or of the edit."""

    at: datetime
    who: str
    what: str


def crews(session: Session, day: date) -> dict[int, Crew]:
    """All shifts on duty that day, by their numbers, in the order of the vehicles' codes."""
    shifts = fleet.on_duty(session, day)
    of_shifts = {shift.vehicle_id for shift in shifts}, {shift.driver_id for shift in shifts}
    cars = {each.id: each for each in session.exec(select(Vehicle).where(col(Vehicle.id).in_(of_shifts[0])))}
    drivers = {each.id: each for each in session.exec(select(Driver).where(col(Driver.id).in_(of_shifts[1])))}
    found = [Crew(shift, cars[shift.vehicle_id], drivers[shift.driver_id]) for shift in shifts]
    return {each.shift.id or 0: each for each in sorted(found, key=lambda each: (each.vehicle.code, each.shift.starts))}


def along(session: Session, view: RideView) -> list[RideView]:
    """Who is on board at the same time, by when they get on."""
    if view.pickup_planned is None or view.dropoff_planned is None:
        return []
    run = select(Run.id).where(Run.shift_id == view.shift_id, Run.day == view.ride.day)
    mates = select(Stop.promise_id).where(col(Stop.run_id).in_(run), Stop.promise_id != view.promise.id)
    found = of_promises(session, {each for each in session.exec(mates) if each is not None}).values()
    return sorted(
        (
            other
            for other in found
            if other.pickup_planned is not None
            and other.dropoff_planned is not None
            and other.pickup_planned < view.dropoff_planned
            and view.pickup_planned < other.dropoff_planned
        ),
        key=lambda other: other.pickup_planned or 0,
    )


def of_promises(session: Session, promise_ids: Collection[int]) -> dict[int, RideView]:
    """The rides for which these promises stand, by promise."""
    rides = session.exec(select(Ride).where(col(Ride.promise_id).in_(promise_ids), col(Ride.status).in_(LIVE)))
    return {view.ride.promise_id: view for view in queries.views(session, list(rides))}


def edits_of_day(session: Session, day: date) -> list[EditView]:
    """Everything changed by hand on a day, by whomever, the latest first."""
    return _views(session, journal.of_day(session, day))


def edits_of_ride(session: Session, ride: Ride) -> list[EditView]:
    """What was changed by hand about one ride, under this promise and those it supersedes, the latest first."""
    line, promise = [ride.promise_id], session.get(Promise, ride.promise_id)
    while promise is not None and promise.supersedes is not None:
        line.append(promise.supersedes)
        promise = session.get(Promise, promise.supersedes)
    return _views(session, [edit for edit in journal.of_day(session, ride.day) if edit.promise_id in line])


def last_own(session: Session, day: date, by: Actor) -> EditView | None:
    """The edit that taking back would take back."""
    edit = journal.last_own(session, day, by.user)
    return None if edit is None else _views(session, [edit])[0]


def in_the_way(session: Session, edit: PlanEdit) -> Change | None:
    """Who last changed the plan after this edit, so that it cannot be taken back; None if that is not recorded."""
    other = journal.in_the_way(journal.of_day(session, edit.day), edit)
    if other is not None:
        return Change(other.at, _name(session, f"user:{other.made_by}"), f"ride_{other.kind.value}")
    after = (
        select(Event)
        .where(Event.recorded_at >= edit.at, col(Event.kind).in_(CHANGES_PLAN))
        .where(col(Event.facts).contains(f'"{edit.day}"'))
        .order_by(col(Event.id).desc())
    )
    mine = f'"edit": {edit.id}'
    return next((_change(session, event) for event in session.exec(after) if mine not in event.facts), None)


def last_change(session: Session, ride: Ride, shift: int, by: Actor) -> Change | None:
    """The latest thing somebody else did to a ride or, by hand, to a vehicle on its day."""
    theirs = select(Event).where(Event.subject_type == "ride", Event.subject_id == str(ride.id))
    event = session.exec(theirs.where(Event.actor != by.label).order_by(col(Event.id).desc())).first()
    touching = (
        edit
        for edit in journal.of_day(session, ride.day)
        if edit.made_by != by.user and shift in {edit.from_shift, edit.to_shift}
    )
    edit = next(touching, None)
    if edit is not None and (event is None or edit.at >= event.recorded_at):
        return Change(edit.at, _name(session, f"user:{edit.made_by}"), f"ride_{edit.kind.value}")
    return None if event is None else _change(session, event)


def _change(session: Session, event: Event) -> Change:
    return Change(event.recorded_at, _name(session, event.actor), event.kind)


def _name(session: Session, label: str) -> str:
    """The name of whoever an event or an edit names; the word of the role for the service itself."""
    role, _, number = label.partition(":")
    return users.names(session, {int(number)}).get(int(number), role) if number else role


def _views(session: Session, edits: Sequence[PlanEdit]) -> list[EditView]:
    names = users.names(session, {edit.made_by for edit in edits})
    touched = {shift for edit in edits for shift in (edit.from_shift, edit.to_shift)}
    codes = select(Shift.id, Vehicle.code).join(Vehicle, col(Vehicle.id) == Shift.vehicle_id)
    code = dict(session.exec(codes.where(col(Shift.id).in_(touched))).all())
    newest = {edit.promise_id: _standing(session, edit.promise_id) for edit in edits}
    rides = session.exec(select(Ride).where(col(Ride.promise_id).in_(set(newest.values()))))
    views = {view.ride.promise_id: view for view in queries.views(session, list(rides))}
    return [
        EditView(
            edit,
            views.get(newest[edit.promise_id]),
            names.get(edit.made_by, ""),
            code[edit.from_shift],
            code[edit.to_shift],
        )
        for edit in edits
    ]


def _standing(session: Session, promise_id: int) -> int:
    """The promise under which the ride goes on, if this one was superseded."""
    found: int | None = promise_id
    while found is not None and session.exec(select(Ride.id).where(Ride.promise_id == found)).first() is None:
        later = select(Promise.id).where(Promise.supersedes == found).order_by(col(Promise.id).desc())
        found = session.exec(later).first()
    return found or promise_id
