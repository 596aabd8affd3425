"""The timetable of background work, and what follows from what has happened.

APScheduler is only the clock; that each thing happens once is decided by claims in the database, so one worker or
three make no difference. Row work drains what is waiting, slot work is claimed once per day.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from apscheduler.schedulers.base import BaseScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from transport.accounts import codes, devices, login, passkeys
from transport.booking.clients import registering
from transport.booking.rides import drafts
from transport.bootstrap import Services
from transport.jobs.papers import lay_papers
from transport.jobs.planning import (
    ask_for_tomorrow,
    close_days,
    judge_open_days,
    lapse,
    open_days,
    think,
    watch_returns,
)
from transport.jobs.progress import learn, watch_progress
from transport.jobs.standing import answer_asked_days, answer_day, answer_standing_orders
from transport.jobs.telling import call_instead, notice_endings, notice_near, remind, send, tell
from transport.jobs.texting import answer_text
from transport.jobs.waiting import look_again, wait
from transport.kernel import claims, clock, events
from transport.kernel.clock import LOCAL, local_day
from transport.kernel.db import reading, writing
from transport.operations.driving import positions
from transport.operations.messages import following

__all__ = [
    "REACTIONS",
    "TIMETABLE",
    "Job",
    "answer_asked_days",
    "answer_day",
    "answer_standing_orders",
    "answer_text",
    "close_days",
    "forget",
    "lapse",
    "lay_papers",
    "learn",
    "look_again",
    "notice_endings",
    "notice_near",
    "open_days",
    "react",
    "remind",
    "run",
    "schedule",
    "send",
    "tell",
    "think",
    "wait",
    "watch_progress",
    "watch_returns",
]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """One line of the timetable: row work has an interval, slot work an hour of the local day and a slot to claim."""

    name: str
    work: Callable[[Services, datetime], int]
    every_seconds: int = 0
    at_hour: int = -1
    at_minute: int = 0


def react(services: Services, now: datetime) -> int:
    """Carry out what follows from events, each reaction once; a failure is counted and tried again."""
    done = 0
    for kind, reactions in REACTIONS.items():
        for reaction in reactions:
            with reading(services.database) as session:
                since = now - following.STALE if reaction is tell else None
                waiting = events.pending(session, kind, reaction.__name__, since=since)
            for event_id in waiting:
                try:
                    done += reaction(services, event_id, now)
                except Exception as error:  # counted, shown on the health page, tried again
                    log.exception("reaction %s to event %s failed", reaction.__name__, event_id)
                    events.failed(services.database, event_id, reaction.__name__, error, now)
    return done


def forget(services: Services, now: datetime) -> int:
    """Delete what need not be kept: drafts and registrations nobody touched for 30 days, log-ins, old positions."""
    with writing(services.database) as session:
        for room in (login, codes, devices, passkeys):
            room.forget(session, now=now)
        kept = services.policies.on(clock.local_day(now)).driving.positions_days
        positions.forget(session, days=kept, now=now)
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
    **dict.fromkeys(following.FOLLOWS, (tell,)),
    "message_failed": (call_instead,),
    "sms_received": (answer_text,),
}
"""What follows from which event. All other kinds are the audit trail."""


TIMETABLE = (
    Job("react", react, every_seconds=5),
    Job("think", think, every_seconds=2),
    Job("answer_asked_days", answer_asked_days, every_seconds=5),
    Job("lapse", lapse, every_seconds=30),
    Job("wait", wait, every_seconds=30),
    Job("send", send, every_seconds=5),
    Job("notice_near", notice_near, every_seconds=30),
    Job("remind", remind, every_seconds=60),
    Job("watch_progress", watch_progress, every_seconds=30),
    Job("watch_returns", watch_returns, every_seconds=60),
    Job("papers", lay_papers, every_seconds=30),
    Job("open_days", open_days, at_hour=0, at_minute=10),
    Job("close_days", close_days, at_hour=3),
    Job("ask_for_tomorrow", ask_for_tomorrow, at_hour=16),
    Job("answer_standing_orders", answer_standing_orders, at_hour=1),
    Job("forget", forget, at_hour=4),
    Job("learn", learn, at_hour=5),
    Job("notice_endings", notice_endings, at_hour=10),
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
