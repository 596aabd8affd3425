"""What the clock tells instead of an event: the ride of tomorrow, the vehicle that is near, the order that ends.

Each is told once, however often it is looked at.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import String, cast, literal
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, or_, select

from transport.booking.clients.models import ContactPreferences
from transport.booking.rides import underway
from transport.booking.rides.lifecycle import Status
from transport.booking.rides.models import Ride
from transport.booking.standing.models import StandingOrder, StandingState
from transport.kernel.actor import SYSTEM
from transport.kernel.clock import LOCAL, at, local_day, seconds_of
from transport.kernel.events import Event, record
from transport.kernel.policy import Policies
from transport.operations.driving.models import DriverReport, Outcome, ReportKind
from transport.operations.messages import news, outbox
from transport.operations.messages.models import Message
from transport.operations.messages.models import MessageKind as Kind
from transport.operations.messages.writing import Voice
from transport.routing.planning import publishing
from transport.routing.planning.estimates import latest
from transport.routing.planning.models import (
    PublishedStop,
    Run,
    Stop,
    StopKind,
    Visit,
    VisitAction,
)

LAST_MINUTES = timedelta(minutes=15)
"""So long before reminders must have left they leave with what is known, also of a plan that is not published."""
OVERDUE = timedelta(minutes=30)
"""A vehicle that should have come so long ago is late, not near."""


def may_remind(session: Session, now: datetime, *, policies: Policies) -> bool:
    """Whether it is time to remind people of tomorrow: once its plan is published, at the latest before the evening."""
    rules = policies.on(local_day(now)).messages
    here = now.astimezone(LOCAL)
    if not rules.remind_from <= here.time() < rules.quiet_from:
        return False
    latest_start = datetime.combine(here.date(), rules.remind_until, LOCAL) - LAST_MINUTES
    return here >= latest_start or publishing.latest(session, _tomorrow(now)) is not None


def to_remind(session: Session, now: datetime) -> list[int]:
    """Rides of tomorrow whose people have not been told of the day before, in the order of their numbers."""
    told = select(Message.id).where(Message.promise_id == Ride.promise_id, Message.kind == Kind.DAY_BEFORE)
    key = literal(f"untold:{Kind.DAY_BEFORE.value}:") + cast(Ride.promise_id, String)
    untold = select(Event.id).where(Event.key == key)
    wanted = or_(
        col(ContactPreferences.client_id).is_(None),
        col(ContactPreferences.optional) & col(ContactPreferences.day_before),
    )
    rides = (
        select(Ride.id)
        .outerjoin(ContactPreferences, col(ContactPreferences.client_id) == Ride.client_id)
        .where(Ride.day == _tomorrow(now), Ride.status == Status.CONFIRMED, wanted)
        .where(~told.exists(), ~untold.exists())
    )
    return [ride_id or 0 for ride_id in session.exec(rides.order_by(col(Ride.id)))]


def remind(session: Session, ride_ids: list[int], *, voice: Voice, now: datetime) -> int:
    """Tell the people of these rides that we come tomorrow, to the minute and by whom where the plan is published."""
    plan = publishing.latest(session, _tomorrow(now))
    done = 0
    for ride in session.exec(select(Ride).where(col(Ride.id).in_(ride_ids)).order_by(col(Ride.id))):
        told = news.of_ride(session, ride, Kind.DAY_BEFORE)
        stop = None if plan is None else _published(session, plan.id or 0, ride.promise_id)
        if stop is not None:
            start, end = told.start or 0, told.end or 0
            second = min(max(stop.start, start), end)
            told = replace(told, minute=max(second - second % 60, start), shift_id=stop.shift_id)
        done += len(outbox.write(session, told, f"{Kind.DAY_BEFORE.value}:{ride.promise_id}", voice=voice, now=now))
    return done


def notice_near(session: Session, *, policies: Policies, now: datetime) -> int:
    """The event `vehicle_near` for each ride whose vehicle is on its way and about to come; says how many are new."""
    today = local_day(now)
    ahead = timedelta(minutes=policies.on(today).messages.near_minutes)
    second = seconds_of(today, now)
    reported = select(Visit.id).where(Visit.promise_id == Ride.promise_id, Visit.kind == StopKind.PICKUP)
    coming = (
        select(Ride, Stop)
        .join(Stop, (col(Stop.promise_id) == Ride.promise_id) & (col(Stop.kind) == StopKind.PICKUP))
        .where(Ride.day == today, Ride.status == Status.CONFIRMED, ~reported.exists())
        .where(Stop.start <= second + ahead.total_seconds(), Stop.start > second - 4 * OVERDUE.total_seconds())
    )
    done = 0
    for ride, stop in session.exec(coming.order_by(col(Ride.id))).all():
        said = latest(session, ride.promise_id, StopKind.PICKUP)
        expected = at(today, stop.start) if said is None else said.expected_at
        if now - OVERDUE <= expected <= now + ahead and _on_the_way(session, ride, stop, now):
            facts = {"promise": ride.promise_id, "expected_at": expected.isoformat()}
            done += _once(session, f"vehicle_near:{ride.promise_id}", ("ride", ride.id or 0), facts, now)
    return done


def notice_endings(session: Session, *, policies: Policies, now: datetime) -> int:
    """The event `standing_order_ends` for each standing order that runs out soon; says how many are new."""
    today = local_day(now)
    last = today + timedelta(days=policies.on(today).messages.ending_days)
    ending = select(StandingOrder).where(StandingOrder.state != StandingState.ENDED)
    ending = ending.where(StandingOrder.valid_until >= today, StandingOrder.valid_until <= last)
    follows = select(StandingOrder.follows_id).where(col(StandingOrder.follows_id).is_not(None))
    done = 0
    for order in session.exec(
        ending.where(col(StandingOrder.id).not_in(follows)).order_by(col(StandingOrder.id))
    ).all():
        subject, facts = ("standing_order", order.id or 0), {"last": order.valid_until.isoformat()}
        done += _once(session, f"standing_order_ends:{order.id}", subject, facts, now)
    return done


def _once(session: Session, key: str, subject: tuple[str, int], facts: dict[str, Any], now: datetime) -> int:
    """Record the event that the key begins with, unless it has been recorded, also by somebody at the same moment."""
    if session.exec(select(Event.id).where(Event.key == key)).first() is not None:
        return 0
    try:
        with session.begin_nested():
            record(session, key.partition(":")[0], subject=subject, by=SYSTEM, now=now, facts=facts, key=key)
    except IntegrityError:
        return 0
    return 1


def _on_the_way(session: Session, ride: Ride, stop: Stop, now: datetime) -> bool:
    """Whether the vehicle has done its stop before and has set out; to the first one, whether its shift has begun."""
    if (underway.sets_out(session, ride.promise_id) or 0) > seconds_of(ride.day, now):
        return False
    before = select(Stop).where(Stop.run_id == stop.run_id, Stop.seq < stop.seq, col(Stop.promise_id).is_not(None))
    previous = session.exec(before.order_by(col(Stop.seq).desc())).first()
    if previous is not None:
        return news.visited(session, previous.promise_id or 0, previous.kind, VisitAction.DONE, VisitAction.ABSENT)
    shift_id = session.get_one(Run, stop.run_id).shift_id
    begun = select(DriverReport.id).where(DriverReport.shift_id == shift_id, DriverReport.kind == ReportKind.BEGUN)
    return session.exec(begun.where(DriverReport.outcome == Outcome.TAKEN)).first() is not None


def _published(session: Session, plan_id: int, promise_id: int) -> PublishedStop | None:
    mine = select(PublishedStop).where(PublishedStop.plan_id == plan_id, PublishedStop.promise_id == promise_id)
    return session.exec(mine.where(PublishedStop.kind == StopKind.PICKUP)).first()


def _tomorrow(now: datetime) -> date:
    return local_day(now) + timedelta(days=1)
