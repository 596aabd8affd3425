"""Closing a day: nobody left on board, nothing without a result, and what was driven counted for good."""

from datetime import date, datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from transport.booking.contracts import postings
from transport.booking.contracts.ledger import Override
from transport.booking.rides.lifecycle import LIVE
from transport.booking.rides.models import Ride
from transport.kernel.actor import Actor
from transport.kernel.clock import local_day
from transport.kernel.errors import Conflict
from transport.kernel.events import record
from transport.operations.driving import stranded, tally
from transport.routing.fleet import fleet
from transport.routing.planning import day as days
from transport.routing.planning import promises, publishing
from transport.routing.planning.day import World
from transport.routing.planning.models import DayState, ServiceDay


def close(session: Session, day: date, *, world: World, by: Actor, now: datetime) -> ServiceDay:
    """Close a service day that is over.

    Raises Conflict("day.rides_open") while a ride of the day has no result: somebody must say what became of it
    (done, not there, missed by us) before the day can be counted. Conflict("day.somebody_out") while we do not know
    how somebody whom we took out got home, Conflict("day.not_begun") for a day that is still to come. Vehicle minutes
    are counted as planned, kilometres as read off the dashboards if every shift of the day has both readings, else as
    planned.
    """
    if day > local_day(now):
        raise Conflict("day.not_begun", day=day)
    row = days.lock(session, day)
    open_rides = session.exec(
        select(func.count()).select_from(Ride).where(Ride.day == day, col(Ride.status).in_(LIVE))
    ).one()
    if open_rides:
        raise Conflict("day.rides_open", day=day, count=open_rides)
    left_out = stranded.alarms(session, day)
    if left_out:
        raise Conflict("day.somebody_out", day=day, count=len(left_out))
    promises.lapse(session, day, world=world, now=now)
    driven = tally.driven_metres(session, [shift.id or 0 for shift in fleet.on_duty(session, day)])
    metres = publishing.planned_metres(session, day) if driven is None else driven
    signed = Override(by.name or by.label, "driven")  # what has been driven is counted, whatever was bought
    postings.day_closed(session, day, metres, by=by, now=now, override=signed)
    for shift in fleet.on_duty(session, day):
        postings.shift_closed(session, shift.id or 0, day, shift.minutes, by=by, now=now)
    row.state = DayState.CLOSED
    session.add(row)
    session.flush()
    facts = {"metres": metres, "counted": "planned" if driven is None else "driven"}
    record(session, "day_closed", subject=("service_day", day.isoformat()), by=by, now=now, facts=facts)
    return row


def state(session: Session, day: date) -> DayState | None:
    """Open or closed; None for a day that was never opened."""
    row = session.get(ServiceDay, day)
    return None if row is None else row.state


def open_before(session: Session, today: date) -> list[date]:
    """Days before today that nobody has closed yet, oldest first."""
    waiting = select(col(ServiceDay.day)).where(ServiceDay.state == DayState.OPEN, col(ServiceDay.day) < today)
    return list(session.exec(waiting.order_by(col(ServiceDay.day))))
