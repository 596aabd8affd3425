"""The day under way is watched, and the nights learn from the days."""

from datetime import datetime

from transport.bootstrap import Services
from transport.kernel.clock import local_day
from transport.kernel.db import reading, writing
from transport.operations.driving import accuracy, expecting, learning
from transport.routing.planning.models import DayState, ServiceDay


def watch_progress(services: Services, now: datetime) -> int:
    """Look anew at when today's vehicles will be where, and tell of rides that will be late."""
    today = local_day(now)
    with reading(services.database) as session:
        row = session.get(ServiceDay, today)
        if row is None or row.state is not DayState.OPEN:
            return 0
    with writing(services.database) as session:
        return expecting.watch(session, today, world=services.world, now=now)


def learn(services: Services, now: datetime) -> int:
    """Learn from the days that are over how sure expected times are, and how long people take at the door."""
    today = local_day(now)
    with reading(services.database) as session:
        seen, measured = accuracy.recent(session, today), learning.recent(session, today)
    with writing(services.database) as session:
        accuracy.learn(session, seen, now=now)
        return learning.propose(session, measured, now=now)
