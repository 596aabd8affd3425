"""The exceptions as their page prints them: each matter with the people, the vehicle and the words it needs. Reads."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from transport.accounts import users
from transport.booking.clients import calls
from transport.booking.clients.calls import CallView
from transport.booking.clients.models import ContactPreferences
from transport.booking.rides import queries
from transport.booking.rides.queries import RideView, WaitingView
from transport.kernel.events import EventFailure
from transport.kernel.policy import Policy
from transport.operations.dispatch import exceptions
from transport.operations.dispatch.exceptions import Listed
from transport.operations.dispatch.matters import ABOUT_RIDES, Matter, MatterKind
from transport.operations.driving import problems
from transport.operations.driving.problems import Trouble
from transport.routing.fleet.models import Driver, Shift, Vehicle
from transport.routing.planning.models import StopKind


@dataclass(frozen=True, slots=True)
class Crew:
    """A shift with its vehicle and driver: whom to call."""

    shift: Shift
    vehicle: Vehicle
    driver: Driver


@dataclass(frozen=True, slots=True)
class Row:
    """One matter on the page; what it is not about is None. `taken_by` and `done_by` are names, "" for nobody."""

    listed: Listed
    view: RideView | None
    crew: Crew | None
    wait: WaitingView | None
    failure: EventFailure | None
    calls: bool
    """Whether the client may be called; otherwise we write."""
    taken_by: str
    done_by: str
    said: Trouble | None = None
    """What a driver wrote to the problem, and whether it was none."""
    wanted: CallView | None = None
    """Who asked for help."""

    @property
    def matter(self) -> Matter:
        """What it is."""
        return self.listed.matter

    @property
    def limit(self) -> int:
        """The promised second that a late ride misses: the end of its window, or the latest arrival."""
        if self.view is None:
            return 0
        promise = self.view.promise
        return promise.arrive_by if self.arrival else promise.window_end

    @property
    def arrival(self) -> bool:
        """Whether it is about being there in time, not about the pickup."""
        return self.matter.key.endswith(f":{StopKind.DROPOFF}")


def rows(session: Session, day: date, *, policy: Policy, now: datetime) -> list[Row]:
    """All matters of a day, the most urgent first, those that are dealt with at the end."""
    listed = exceptions.listed(session, day, policy=policy, now=now)
    about = {each.matter.subject for each in listed if each.matter.kind in ABOUT_RIDES}
    views = queries.numbered(session, about)
    crews = crews_of(session, day)
    waits = {view.wish.id: view for view in queries.waits_offered(session) if view.wish.day == day}
    failures = {
        f"{MatterKind.REACTION_FAILED}:{row.event_id}:{row.reaction}": row for row in session.exec(select(EventFailure))
    }
    silent = not_called(session, views)
    wanted = {asked.call.id or 0: asked for asked in calls.for_help(session)}
    said = {each.report.id or 0: each for each in problems.of_day(session, day)}
    people = {who for each in listed if each.mark for who in (each.mark.taken_by, each.mark.done_by) if who}
    names = users.names(session, people)
    found = []
    for each in listed:
        kind, subject = each.matter.kind, each.matter.subject
        view = views.get(subject) if kind in ABOUT_RIDES else None
        shift = subject if kind in (MatterKind.VEHICLE_OUT, MatterKind.SILENT) else view.shift_id if view else None
        shift = each.matter.shift or shift
        found.append(
            Row(
                listed=each,
                view=view,
                crew=crews.get(shift or 0),
                wait=waits.get(subject) if kind is MatterKind.FREED else None,
                failure=failures.get(each.matter.key),
                calls=view is None or view.client.id not in silent,
                taken_by=names.get(each.mark.taken_by or 0, "") if each.mark else "",
                done_by=names.get(each.mark.done_by or 0, "") if each.mark else "",
                said=said.get(subject) if kind is MatterKind.DRIVER_SAID else None,
                wanted=wanted.get(subject) if kind is MatterKind.HELP_ASKED else None,
            )
        )
    return found


def crews_of(session: Session, day: date, *, dropped: bool = False) -> dict[int, Crew]:
    """Who drives what on a day, by shift; with `dropped` also who was to drive until the shift was taken out."""
    on_duty = (
        select(Shift, Vehicle, Driver)
        .join(Vehicle, col(Vehicle.id) == Shift.vehicle_id)
        .join(Driver, col(Driver.id) == Shift.driver_id)
        .where(Shift.day == day)
        .order_by(col(Vehicle.code), col(Shift.starts))
    )
    if not dropped:
        on_duty = on_duty.where(col(Shift.dropped_at).is_(None))
    return {shift.id or 0: Crew(shift, vehicle, driver) for shift, vehicle, driver in session.exec(on_duty)}


def not_called(session: Session, views: dict[int, RideView]) -> set[int | None]:
    """Clients who must not be called: deaf, or they have said so."""
    clients = {view.client.id for view in views.values()}
    said = select(ContactPreferences.client_id).where(
        col(ContactPreferences.client_id).in_(clients), col(ContactPreferences.no_calls)
    )
    return {*session.exec(said), *(view.client.id for view in views.values() if view.needs.deaf)}
