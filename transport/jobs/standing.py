"""Standing orders are answered day by day, each night and whenever somebody at the desk wants it."""

import logging
from datetime import date, datetime

from sqlalchemy import Engine

from transport.booking.standing import allocation, batch, overview
from transport.booking.standing.batch import Batch, Outcome
from transport.bootstrap import Services
from transport.jobs.waiting import day_of
from transport.kernel import events
from transport.kernel.db import reading, writing
from transport.kernel.errors import Conflict
from transport.routing.planning.day import World

log = logging.getLogger(__name__)


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
        asked = [(event_id, day_of(session, event_id)) for event_id in waiting_events]
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


def _answer_once(
    database: Engine, world: World, day: date, now: datetime, seconds: float | None
) -> tuple[Batch, Outcome]:
    with reading(database) as session:
        asked = allocation.gather(session, day, world=world, now=now)
    thought = batch.think(asked, seconds=seconds)
    with writing(database) as session:
        allocation.apply(session, asked, thought, world=world, now=now)
    return asked, thought
