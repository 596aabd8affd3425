"""The day as it goes: what drivers report, in one line."""

from datetime import datetime, timedelta

from sqlmodel import Session

from tests.builders.town import Town
from transport.booking.rides.models import Ride
from transport.kernel.actor import Actor
from transport.kernel.clock import at
from transport.operations.driving import execution
from transport.routing.planning import promises
from transport.routing.planning.models import StopKind, VisitAction


def planned(session: Session, ride: Ride, kind: StopKind) -> datetime:
    """When the stop of the ride begins, as planned."""
    stop = next(stop for stop in promises.stops(session, ride.promise_id) if stop.kind is kind)
    return at(ride.day, stop.start)


def reported(
    session: Session,
    town: Town,
    ride: Ride,
    kind: StopKind,
    action: VisitAction,
    *,
    by: Actor,
    now: datetime | None = None,
) -> None:
    """One report, at the planned time unless said otherwise."""
    now = now or planned(session, ride, kind)
    execution.report(session, ride.promise_id, kind, action, world=town.world, by=by, now=now)
    session.refresh(ride)


def boarded(session: Session, town: Town, ride: Ride, *, by: Actor) -> Ride:
    reported(session, town, ride, StopKind.PICKUP, VisitAction.ARRIVED, by=by)
    reported(session, town, ride, StopKind.PICKUP, VisitAction.DONE, by=by)
    return ride


def absent(session: Session, town: Town, ride: Ride, *, by: Actor) -> datetime:
    """The driver came in time, waited twenty minutes, and the dispatcher has taken note; when that was."""
    came = planned(session, ride, StopKind.PICKUP)
    left = came + timedelta(minutes=20)
    reported(session, town, ride, StopKind.PICKUP, VisitAction.ARRIVED, by=by, now=came)
    reported(session, town, ride, StopKind.PICKUP, VisitAction.ABSENT, by=by, now=left)
    execution.no_show(session, ride, version=ride.version, world=town.world, by=by, now=left)
    return left


def driven(session: Session, town: Town, ride: Ride, *, by: Actor) -> Ride:
    """From door to door, as planned."""
    boarded(session, town, ride, by=by)
    reported(session, town, ride, StopKind.DROPOFF, VisitAction.DONE, by=by)
    return ride
