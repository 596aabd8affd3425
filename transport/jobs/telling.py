"""People are told what happened: written down once for each event, handed on once by some worker."""

from datetime import datetime

from transport.api.render import CATALOGUES
from transport.bootstrap import Services
from transport.kernel import events
from transport.kernel.db import writing
from transport.kernel.errors import Exhausted
from transport.operations.messages import outbox

AT_ONCE = 50
"""Messages handed on in one go; the rest a few seconds later."""


def tell(services: Services, event_id: int, now: datetime) -> int:
    """Write down what the person concerned is told of an event, to be sent by `send`."""
    with writing(services.database) as session:
        if events.take(session, event_id, tell.__name__, now) is None:
            return 0
        phone = services.policies.service.phone
        return int(outbox.tell(session, event_id, words=CATALOGUES, phone=phone, now=now) is not None)


def call_instead(services: Services, event_id: int, now: datetime) -> int:
    """Have somebody called to whom a message could not be sent."""
    with writing(services.database) as session:
        if events.take(session, event_id, call_instead.__name__, now) is None:
            return 0
        outbox.call_instead(session, event_id, now=now)
    return 1


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
