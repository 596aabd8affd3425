"""Somebody may ride after all: what became free is offered to those who wait."""

import json
from datetime import date, datetime

from sqlmodel import Session

from transport.booking.rides import denials, waiting
from transport.bootstrap import Services
from transport.kernel import events
from transport.kernel.clock import local_day
from transport.kernel.db import reading, writing
from transport.routing.planning.models import Promise


def look_again(services: Services, event_id: int, now: datetime) -> int:
    """Something became free on a day: say which denied wishes are possible by now, and serve the waiting list.

    Most of the thinking is done before anything is locked; a list with nobody on it locks nothing.
    """
    with reading(services.database) as session:
        day = day_of(session, event_id)
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


def day_of(session: Session, event_id: int) -> date:
    """The service day an event is about: that of its promise, or the one it names."""
    event = session.get_one(events.Event, event_id)
    if event.subject_type == "promise":
        return session.get_one(Promise, int(event.subject_id)).day
    return date.fromisoformat(json.loads(event.facts)["day"])
