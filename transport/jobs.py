"""The timetable of background work, and what follows from what has happened.

APScheduler is only the clock; that each thing happens once is decided by claims in the database, so one worker or
three make no difference. Row work drains what is waiting, slot work is claimed once per day.
"""

import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from apscheduler.schedulers.base import BaseScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy import Engine
from sqlmodel import Session

from transport.accounts import codes, devices, login, passkeys
from transport.api.render import CATALOGUES
from transport.booking.clients import registering
from transport.booking.contracts import capacity
from transport.booking.rides import consents, denials, drafts, offers, returns, waiting
from transport.booking.rides.models import Ride
from transport.booking.standing import allocation, batch, overview
from transport.booking.standing.batch import Batch, Outcome
from transport.bootstrap import Services
from transport.kernel import claims, clock, events
from transport.kernel.actor import SYSTEM
from transport.kernel.clock import LOCAL, local_day
from transport.kernel.db import reading, writing
from transport.kernel.errors import Conflict, Exhausted
from transport.operations.dispatch import closing, stranded
from transport.operations.messages import outbox
from transport.routing.engine import Plan, Progress
from transport.routing.geo import versions
from transport.routing.geo.models import TravelVersion
from transport.routing.planning import day as days
from transport.routing.planning import promises, proposals, risk, thinking
from transport.routing.planning.day import World
from transport.routing.planning.models import DayState, Promise, Proposal, ServiceDay

log = logging.getLogger(__name__)

AT_ONCE = 50
"""Messages handed on in one go; the rest a few seconds later."""
PROPOSAL_SECONDS = 60
"""How long the worker thinks about tomorrow when nobody has asked."""
TELLING = 1.0
"""Seconds between two words of how the thinking stands."""


@dataclass(frozen=True, slots=True)
class Job:
    """One line of the timetable: row work has an interval, slot work an hour of the local day and a slot to claim."""

    name: str
    work: Callable[[Services, datetime], int]
    every_seconds: int = 0
    at_hour: int = -1
    at_minute: int = 0


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
    """Keep a later place for whoever has not called yet, and raise the alarm for whoever has no way home."""
    today, done = local_day(now), 0
    with reading(services.database) as session:
        row = session.get(ServiceDay, today)
        if row is None or row.state is not DayState.OPEN:
            return 0
        waiting = [ride.id for ride in returns.uncalled(session, today, now=now)]
    for ride_id in waiting:
        try:
            with writing(services.database) as session:
                ride = session.get_one(Ride, ride_id)
                done += returns.postpone(session, ride, world=services.world, now=now) is not None
        except Conflict as refusal:  # called, cancelled or driven meanwhile
            log.info("ride %s is not postponed: %s", ride_id, refusal)
    with writing(services.database) as session:
        return done + stranded.raise_alarms(session, today, now=now)


def think(services: Services, now: datetime) -> int:
    """Answer every question for a plan, the most urgent first; says how many were answered."""
    done = 0
    while _think_once(services, now):
        done += 1
    return done


def react(services: Services, now: datetime) -> int:
    """Carry out what follows from events, each reaction once; a failure is counted and tried again."""
    done = 0
    for kind, reactions in REACTIONS.items():
        for reaction in reactions:
            with reading(services.database) as session:
                waiting = events.pending(session, kind, reaction.__name__)
            for event_id in waiting:
                try:
                    done += reaction(services, event_id, now)
                except Exception as error:  # counted, shown on the health page, tried again
                    log.exception("reaction %s to event %s failed", reaction.__name__, event_id)
                    events.failed(services.database, event_id, reaction.__name__, error, now)
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


def look_again(services: Services, event_id: int, now: datetime) -> int:
    """Something became free on a day: say which denied wishes are possible by now, and serve the waiting list.

    Most of the thinking is done before anything is locked; a list with nobody on it locks nothing.
    """
    with reading(services.database) as session:
        day = _day_of(session, event_id)
        found = denials.openings(session, day, world=services.world, now=now) if day >= local_day(now) else {}
        news = denials.is_news(session, day, found)
    with writing(services.database) as session:
        if events.take(session, event_id, look_again.__name__, now) is None:
            return 0
        if news:
            denials.note(session, day, found, now=now)
        waiting.retest(session, day, world=services.world, now=now)
    return 1


def wait(services: Services, now: datetime) -> int:
    """Offer to the next what nobody has answered, and tell those who waited until the evening before."""
    with reading(services.database) as session:
        over = waiting.due(session, world=services.world, now=now)
    for day in over:
        with writing(services.database) as session:
            waiting.retest(session, day, world=services.world, now=now)
    return len(over)


def tell(services: Services, event_id: int, now: datetime) -> int:
    """Write down what the person concerned is told of an event, to be sent by `send`."""
    with writing(services.database) as session:
        if events.take(session, event_id, tell.__name__, now) is None:
            return 0
        phone = services.policies.service.phone
        return int(outbox.tell(session, event_id, words=CATALOGUES, phone=phone, now=now) is not None)


def send(services: Services, now: datetime) -> int:
    """Hand on the messages that wait to leave, each under its own key; says how many were taken over."""
    done = 0
    for _ in range(AT_ONCE):
        with writing(services.database) as session:
            message = outbox.take(session, now)
        if message is None:
            break
        contents = (message.to, message.text, message.subject, message.language, message.key)
        try:
            services.channels.send(message.way, *contents)
        except Exhausted as refusal:
            with writing(services.database) as session:
                outbox.not_taken(session, message.id or 0, for_good=refusal.code == "message.refused", now=now)
            continue
        with writing(services.database) as session:
            outbox.handed_on(session, message.id or 0, now=now)
        done += 1
    return done


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


def answer_standing_orders(services: Services, now: datetime) -> int:
    """Answer what standing orders ask of the open days, one day a transaction; says how many days were answered."""
    with reading(services.database) as session:
        to_answer = allocation.waiting(session, now)
    done = 0
    for day in to_answer:
        try:
            answer_day(services.database, services.world, day, now)
            done += 1
        except Conflict as refusal:
            log.warning("standing orders of %s wait for the next round: %s", day, refusal)
    return done


def answer_asked_days(services: Services, now: datetime) -> int:
    """Answer the days that somebody at the desk wants answered now; one that is too busy is tried again."""
    with reading(services.database) as session:
        waiting_events = events.pending(session, overview.ASKED, answer_asked_days.__name__)
        asked = [(event_id, _day_of(session, event_id)) for event_id in waiting_events]
    done = 0
    for event_id, day in asked:
        try:
            answer_day(services.database, services.world, day, now)
        except Conflict as refusal:
            log.warning("standing orders of %s wait for the next round: %s", day, refusal)
            continue
        with writing(services.database) as session:
            done += events.take(session, event_id, answer_asked_days.__name__, now) is not None
    return done


def answer_day(
    database: Engine, world: World, day: date, now: datetime, *, seconds: float | None = None
) -> tuple[Batch, Outcome]:
    """Answer all standing orders of a day together: what was asked and what came of it.

    Thinks outside any transaction, for `seconds` or as long as it takes. Raises Conflict if the day is so busy that
    it moved on three times meanwhile.
    """
    for _ in range(2):
        try:
            return _answer_once(database, world, day, now, seconds)
        except Conflict:  # somebody decided about the day meanwhile: think again
            continue
    return _answer_once(database, world, day, now, seconds)


def forget(services: Services, now: datetime) -> int:
    """Delete what need not be kept: drafts and registrations nobody touched for 30 days, log-ins that are over."""
    with writing(services.database) as session:
        for room in (login, codes, devices, passkeys):
            room.forget(session, now=now)
        return drafts.forget(session, now) + registering.forget(session, now)


REACTIONS: dict[str, tuple[Callable[[Services, int, datetime], int], ...]] = {
    "travel_times_imported": (judge_open_days,),
    "promise_withdrawn": (look_again,),
    "promise_lapsed": (look_again,),
    "promise_broken": (look_again,),
    "proposal_applied": (look_again,),
    "plan_improved": (look_again,),
    "shift_opened": (look_again,),
    "shift_changed": (look_again,),
    "waiting_began": (look_again,),
    **dict.fromkeys(outbox.FOLLOWS, (tell,)),
}
"""What follows from which event. All other kinds are the audit trail."""

TIMETABLE = (
    Job("react", react, every_seconds=5),
    Job("think", think, every_seconds=2),
    Job("answer_asked_days", answer_asked_days, every_seconds=5),
    Job("lapse", lapse, every_seconds=30),
    Job("wait", wait, every_seconds=30),
    Job("send", send, every_seconds=5),
    Job("watch_returns", watch_returns, every_seconds=60),
    Job("open_days", open_days, at_hour=0, at_minute=10),
    Job("close_days", close_days, at_hour=3),
    Job("ask_for_tomorrow", ask_for_tomorrow, at_hour=16),
    Job("answer_standing_orders", answer_standing_orders, at_hour=1),
    Job("forget", forget, at_hour=4),
)


def run(services: Services, job: Job, now: datetime) -> int:
    """Do one job now: row work as it is, slot work if this process wins the day's slot (0 if it does not)."""
    if job.every_seconds:
        return job.work(services, now)
    slot = local_day(now).isoformat()
    with writing(services.database) as session:
        mine = claims.take(session, job.name, slot, now)
    if not mine:
        return 0
    done = job.work(services, now)
    with writing(services.database) as session:
        claims.finish(session, job.name, slot, now, clock.utc_now())
    return done


def schedule(scheduler: BaseScheduler, services: Services) -> None:
    """Put the timetable on a scheduler's clock. No job store is shared; who works is decided by the claims."""
    for job in TIMETABLE:
        trigger = (
            IntervalTrigger(seconds=job.every_seconds)
            if job.every_seconds
            else CronTrigger(hour=job.at_hour, minute=job.at_minute, timezone=LOCAL)
        )
        scheduler.add_job(_safely, trigger, args=(services, job), id=job.name, max_instances=1, coalesce=True)


def _safely(services: Services, job: Job) -> None:
    """A failed job is written down and tried at its next time; it must not stop the others."""
    try:
        run(services, job, clock.utc_now())
    except Exception:
        log.exception("job %s failed", job.name)


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


def _day_of(session: Session, event_id: int) -> date:
    """The service day an event is about: that of its promise, or the one it names."""
    event = session.get_one(events.Event, event_id)
    if event.subject_type == "promise":
        return session.get_one(Promise, int(event.subject_id)).day
    return date.fromisoformat(json.loads(event.facts)["day"])


def _answer_once(
    database: Engine, world: World, day: date, now: datetime, seconds: float | None
) -> tuple[Batch, Outcome]:
    with reading(database) as session:
        asked = allocation.gather(session, day, world=world, now=now)
    thought = batch.think(asked, seconds=seconds)
    with writing(database) as session:
        allocation.apply(session, asked, thought, world=world, now=now)
    return asked, thought


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
