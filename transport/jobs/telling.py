"""People are told what happened: written down once for each event, handed on once by some worker."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError

from transport.accounts.contacts import Way
from transport.api.render import CATALOGUES
from transport.bootstrap import Services
from transport.kernel import events
from transport.kernel.db import reading, writing
from transport.kernel.errors import Exhausted
from transport.operations.messages import outbox, reminding, spoken
from transport.operations.messages.writing import Voice

AT_ONCE = 50
"""Messages handed on, or rides reminded of, in one go; the rest a few seconds later."""


def voice(services: Services) -> Voice:
    """In whose name messages speak."""
    login = f"{services.settings.public_url.rstrip('/')}/{{lang}}/prihlaseni"
    return Voice(CATALOGUES, services.policies, login)


def tell(services: Services, event_id: int, now: datetime) -> int:
    """Write down what the person concerned is told of an event, to be sent by `send`."""
    with writing(services.database) as session:
        if events.take(session, event_id, tell.__name__, now) is None:
            return 0
        return len(outbox.tell(session, event_id, voice=voice(services), now=now))


def remind(services: Services, now: datetime) -> int:
    """Tell the people of tomorrow's rides when we come and who drives; says how many messages were written."""
    with reading(services.database) as session:
        if not reminding.may_remind(session, now, policies=services.policies):
            return 0
        waiting = reminding.to_remind(session, now)
    done = 0
    for first in range(0, len(waiting), AT_ONCE):
        try:
            with writing(services.database) as session:
                done += reminding.remind(session, waiting[first : first + AT_ONCE], voice=voice(services), now=now)
        except IntegrityError:  # another worker is writing the same: what is left is looked at again in a minute
            return done
    return done


def notice_near(services: Services, now: datetime) -> int:
    """See which vehicles are about to come; says how many."""
    with writing(services.database) as session:
        return reminding.notice_near(session, policies=services.policies, now=now)


def notice_endings(services: Services, now: datetime) -> int:
    """See which standing orders run out soon; says how many."""
    with writing(services.database) as session:
        return reminding.notice_endings(session, policies=services.policies, now=now)


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
        text = spoken.of(message.text, message.language) if message.way is Way.CALL else message.text
        contents = (message.to, text, message.subject, message.language, message.key)
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
