"""The day under way, watched: when each vehicle will be at the doors still before it, and who is told that it is late.

Asked after each report and every half minute, because time passes also when nobody reports anything.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select as columns_of
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from transport.booking.rides.lifecycle import LIVE, Status
from transport.booking.rides.models import Ride
from transport.kernel.actor import SYSTEM
from transport.kernel.clock import at, seconds_of
from transport.kernel.events import Event, record
from transport.operations.driving import ways
from transport.operations.driving.accuracy import errors, pairs
from transport.routing.planning import estimates, runs
from transport.routing.planning.day import World
from transport.routing.planning.estimates import Door
from transport.routing.planning.models import Estimate, Promise, PromiseKind, StopKind

__all__ = ["LATE", "Outlook", "after_report", "errors", "outlook", "pairs", "tell_late", "watch"]

LATE = "ride_late"
TOLD_FROM = 10
"""Minutes after the end of the window from which people are told, and by which it must get worse to be told again."""
TELL_AHEAD = 2 * 3600
"""Seconds: what is further away a dispatcher can still put right without alarming anybody."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is expected of the stops of a day that are still to come, and what was planned, in seconds of the day."""

    expected: dict[Door, int] = field(default_factory=dict)
    planned: dict[Door, int] = field(default_factory=dict)


def watch(session: Session, day: date, *, world: World, now: datetime) -> int:
    """Look at all runs of a day anew and tell of rides that will be late; says how many expectations changed."""
    seen = outlook(session, day, world=world, now=now)
    made = _remember(session, day, seen, now)
    tell_late(session, day, seen.expected, now=now)
    return len(made)


def after_report(session: Session, promise: Promise, *, world: World, now: datetime) -> list[Estimate]:
    """The same for the run that carries a promise, of which a driver has just reported something."""
    shift_id = runs.shift_of(session, promise.id or 0)
    return _remember(session, promise.day, outlook(session, promise.day, world=world, now=now, only=shift_id), now)


def outlook(session: Session, day: date, *, world: World, now: datetime, only: int | None = None) -> Outlook:
    """What follows for the stops still to come from all that is known at `now`, of a day or of one shift. Reads."""
    found = Outlook()
    for run in ways.of_day(session, day, world=world, now=now, only=only):
        found.expected.update(estimates.expected(run.way, seconds_of(day, now), run.roads.drive))
        found.planned.update({(row.promise, row.kind): row.start for row in run.stops if row.promise is not None})
    return found


def tell_late(session: Session, day: date, expected: Mapping[Door, int], *, now: datetime) -> int:
    """The event `ride_late`, once for each promise, and again only if it gets worse by TOLD_FROM; says how many.

    Told of a pickup TOLD_FROM minutes or more after the end of its window, else of an arrival later than promised.
    """
    late = list(_late(session, day, expected, seconds_of(day, now)))
    told = _told(session, {ride_id for ride_id, *_ in late}) if late else {}
    done = 0
    for ride_id, (promise, stop), second, minutes in late:
        before = told.get(promise, [])
        if before and minutes < max(each for _, each in before) + TOLD_FROM:
            continue
        again = sum(each == stop for each, _ in before)
        key = f"{LATE}:{promise}:{stop}" + (f":{again + 1}" if again else "")
        facts = {"promise": promise, "stop": stop.value, "expected_at": at(day, second).isoformat(), "minutes": minutes}
        try:
            with session.begin_nested():
                record(session, LATE, subject=("ride", ride_id), by=SYSTEM, now=now, facts=facts, key=key)
        except IntegrityError:  # another worker has just told the same
            continue
        done += 1
    return done


def _remember(session: Session, day: date, seen: Outlook, now: datetime) -> list[Estimate]:
    if not seen.expected:
        return []
    known = {**seen.planned, **estimates.latest_of_day(session, day)}
    return estimates.remember(session, day, seen.expected, known, now=now)


def _late(
    session: Session, day: date, expected: Mapping[Door, int], second: int
) -> Iterator[tuple[int, Door, int, int]]:
    """Rides still to be kept that will be late enough to be told of: ride, door, expected second, minutes late."""
    columns: list[Any] = [Ride.id, Ride.status, Promise.id, Promise.window_end, Promise.arrive_by]
    live = columns_of(*columns).join(Promise, col(Promise.id) == Ride.promise_id)
    live = live.where(col(Ride.day) == day, col(Ride.status).in_(LIVE), col(Promise.kind) == PromiseKind.FIXED)
    session.flush()
    for ride_id, status, promise, window_end, arrive_by in session.connection().execute(live.order_by(col(Ride.id))):
        doors = [((promise, StopKind.DROPOFF), arrive_by, 1)]
        if status is not Status.ON_BOARD:
            doors.insert(0, ((promise, StopKind.PICKUP), window_end, TOLD_FROM))
        for door, limit, least in doors:
            when = expected.get(door)
            if when is not None and when - second <= TELL_AHEAD and (when - limit) // 60 >= least:
                yield ride_id, door, when, (when - limit) // 60
                break


def _told(session: Session, rides: Collection[int]) -> dict[int, list[tuple[str, int]]]:
    """By promise what has been told of already: which stop, and how many minutes late."""
    of_rides = select(Event.facts).where(
        Event.kind == LATE, Event.subject_type == "ride", col(Event.subject_id).in_([str(each) for each in rides])
    )
    found: dict[int, list[tuple[str, int]]] = {}
    for facts in map(json.loads, session.exec(of_rides)):
        found.setdefault(facts["promise"], []).append((facts["stop"], facts["minutes"]))
    return found
