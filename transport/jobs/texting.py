"""Text messages that came in are understood and answered, each once."""

from datetime import datetime

from transport.api.render import CATALOGUES
from transport.bootstrap import Services
from transport.kernel import events
from transport.kernel.db import writing
from transport.operations.messages import answering


def answer_text(services: Services, event_id: int, now: datetime) -> int:
    """Do what a text message asks for, and write the answer, to be sent by `send`."""
    with writing(services.database) as session:
        event = events.take(session, event_id, answer_text.__name__, now)
        if event is None:
            return 0
        phone, world = services.policies.service.phone, services.world
        answering.answer(session, int(event.subject_id), words=CATALOGUES, phone=phone, world=world, now=now)
    return 1
