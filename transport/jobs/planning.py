"""What is done about service days in the background: thinking, giving back, opening, watching, closing."""

import logging
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta

from sqlalchemy import Engine

from transport.booking.contracts import capacity
from transport.booking.rides import consents, offers, returns
from transport.booking.rides.models import Ride
from transport.bootstrap import Services
from transport.kernel import clock, events
from transport.kernel.actor import SYSTEM
from transport.kernel.clock import local_day
from transport.kernel.db import reading, writing
from transport.kernel.errors import Conflict
from transport.operations.dispatch import closing
from transport.operations.driving import stranded
from transport.routing.engine import Plan, Progress
from transport.routing.geo import versions
from transport.routing.geo.models import TravelVersion
from transport.routing.planning import day as days
from transport.routing.planning import promises, proposals, risk, thinking
from transport.routing.planning.models import DayState, Proposal, ServiceDay

log = logging.getLogger(__name__)

PROPOSAL_SECONDS = 60
"""How long the worker thinks about tomorrow when nobody has asked."""


TELLING = 1.0
"""Seconds between two words of how the thinking stands."""


def lapse(services: Services, now: datetime) -> int:
    """Take back places held for clients who did not decide in time, and offers and questions nobody answered."""
    done = 0
    with reading(services.database) as session:
        unanswered = consents.over(session, now=now)
        waiting = risk.open_days(session, now)
    for consent_id in unanswered:
        with writing(services.database) as session:
            done += consents.lapse(session, consent_id, world=services.world, now=now)
    for day in waiting:
        with writing(services.database) as session:
            if not promises.any_over(session, day, now):
                continue
            days.lock(session, day)
            done += promises.lapse(session, day, world=services.world, now=now)
            capacity.settle(session, day, by=SYSTEM, now=now)
    with writing(services.database) as session:
        done += offers.lapse(session, now)
    return done


def watch_returns(services: Services, now: datetime) -> int:
    """Keep a later place for whoever has not called yet, warn of ways home that will fail, raise the alarm for those
    that are gone.
    """
    today = local_day(now)  # who is still out at midnight is out on the day before
    return sum(_watch_returns(services, day, now) for day in (today - timedelta(days=1), today))


def _watch_returns(services: Services, day: date, now: datetime) -> int:
    done = 0
    with reading(services.database) as session:
        row = session.get(ServiceDay, day)
        if row is None or row.state is not DayState.OPEN:
            return 0
        waiting = [ride.id for ride in returns.uncalled(session, day, now=now)]
    for ride_id in waiting:
        try:
            with writing(services.database) as session:
                ride = session.get_one(Ride, ride_id)
                done += returns.postpone(session, ride, world=services.world, now=now) is not None
        except Conflict as refusal:  # called, cancelled or driven meanwhile
            log.info("ride %s is not postponed: %s", ride_id, refusal)
    with writing(services.database) as session:
        done += stranded.raise_alarms(session, day, now=now)
    with writing(services.database) as session:
        return done + stranded.warn(session, day, world=services.world, now=now)


def think(services: Services, now: datetime) -> int:
    """Answer every question for a plan, the most urgent first; says how many were answered."""
    done = 0
    while _think_once(services, now):
        done += 1
    return done


def judge_open_days(services: Services, event_id: int, now: datetime) -> int:
    """New travel times were imported: look at every open day with them, one day a transaction.

    The claim on the event is taken last: a worker that dies in between leaves days that are simply judged again.
    """
    with reading(services.database) as session:
        version = versions.current(session)
        waiting = [
            day for day in risk.open_days(session, now) if days.get(session, day).travel_version_id != version.id
        ]
    for day in waiting:
        _judge_day(services, day, version, now)
    with writing(services.database) as session:
        return int(events.take(session, event_id, judge_open_days.__name__, now) is not None)


def open_days(services: Services, now: datetime) -> int:
    """Open the service days up to the horizon, so that nobody has to create one while booking."""
    today = local_day(now)
    horizon = services.policies.on(today).booking.horizon_days
    done = 0
    with writing(services.database) as session:
        version = versions.current(session)
        for ahead in range(horizon + 1):
            day = today + timedelta(days=ahead)
            done += session.get(ServiceDay, day) is None
            days.open_day(session, day, version, now=now, by=SYSTEM)
    return done


def ask_for_tomorrow(services: Services, now: datetime) -> int:
    """Ask for a better plan of tomorrow, for the dispatcher to compare in the afternoon."""
    tomorrow = local_day(now) + timedelta(days=1)
    with writing(services.database) as session:
        proposals.ask(session, tomorrow, seconds=PROPOSAL_SECONDS, by=SYSTEM, now=now)
    return 1


def close_days(services: Services, now: datetime) -> int:
    """Close the days that are over; one with a ride without a result stays open and waits for a person."""
    today = local_day(now)
    with reading(services.database) as session:
        over = closing.open_before(session, today)
    done = 0
    for day in over:
        try:
            with writing(services.database) as session:
                closing.close(session, day, world=services.world, by=SYSTEM, now=now)
            done += 1
        except Conflict as refusal:
            log.warning("day %s stays open: %s", day, refusal)
    return done


def _think_once(services: Services, now: datetime) -> bool:
    """Answer one question, if there is one: look, think outside any transaction, write down what was found."""
    with writing(services.database) as session:
        asked = proposals.take(session, now)
        question = None if asked is None else (asked.id or 0, asked.day, asked.budget_seconds)
    if question is None:
        return False
    proposal_id, day, seconds = question
    case, answer, failure = None, None, ""
    try:
        with reading(services.database) as session:
            asked = session.get_one(Proposal, proposal_id)
            case = proposals.gather(session, asked, world=services.world, now=now)
        answer = thinking.think(case, seconds, _telling(services, proposal_id))
    except Exception as error:  # whatever it was, the dispatcher must see it on the page
        log.exception("thinking about %s failed", day)
        failure = f"{type(error).__name__}: {error}"
    with writing(services.database) as session:
        proposals.store(session, proposal_id, case, answer, error=failure, now=clock.utc_now())
    return True


def _telling(services: Services, proposal_id: int) -> Callable[[Progress], bool]:
    """Write down how the thinking stands, once a second; False when somebody wants it to end."""
    told = [0.0]

    def tell(how: Progress) -> bool:
        if time.monotonic() - told[0] < TELLING:
            return True
        told[0] = time.monotonic()
        with writing(services.database) as session:
            return proposals.tell(session, proposal_id, how, now=clock.utc_now())

    return tell


def _judge_day(services: Services, day: date, version: TravelVersion, now: datetime) -> None:
    for _ in range(3):
        with reading(services.database) as session:
            book = days.load(session, day, world=services.world, now=now, version=version)
        plan = risk.mend(book)
        try:
            _settle_day(services.database, book, version, plan, now)
        except Conflict:  # somebody booked meanwhile: look again
            continue
        return
    log.warning("day %s is too busy to be judged again; the next round will", day)


def _settle_day(database: Engine, book: days.DayBook, version: TravelVersion, plan: Plan | None, now: datetime) -> None:
    with writing(database) as session:
        risk.settle(session, book, version, plan, now=now)
        if plan is not None:
            capacity.settle(session, book.day, by=SYSTEM, now=now)
