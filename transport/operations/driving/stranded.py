"""Nobody taken out is left out: whoever has no way home any more is an alarm, until somebody says how they get home."""

from datetime import date, datetime

from sqlmodel import Session, select

from transport.booking.rides import homeward
from transport.booking.rides.models import Ride
from transport.kernel.actor import STAFF, SYSTEM, Actor
from transport.kernel.errors import Conflict, Forbidden, Invalid
from transport.kernel.events import Event, record
from transport.routing.planning import day as days

ALARM = "client_stranded"
WAYS = ("our_ride", "taxi", "family", "ambulance", "stays")
"""How somebody gets home after all; nobody is asked to say more."""


def alarms(session: Session, day: date) -> list[Ride]:
    """Ways back of the day's people that nobody can rely on. Reads only."""
    return homeward.left_out(session, day)


def raise_alarms(session: Session, day: date, *, now: datetime) -> int:
    """Tell of each of them once: the event `client_stranded`; says how many are new."""
    if all(_told(session, back) for back in alarms(session, day)):
        return 0
    days.lock(session, day)
    fresh = [back for back in alarms(session, day) if not _told(session, back)]
    for back in fresh:
        facts = {"day": day, "status": back.status.value}
        record(session, ALARM, subject=("ride", back.id), by=SYSTEM, now=now, facts=facts, key=_key(back))
    return len(fresh)


def resolve(session: Session, back: Ride, way: str, *, by: Actor, now: datetime) -> None:
    """Our staff have made sure how the person gets home: one of WAYS. Saying it twice is saying it once.

    Raises Forbidden("role.missing"), Invalid("return.no_such_way"), Conflict("return.not_stranded").
    """
    if by.role not in STAFF:
        raise Forbidden("role.missing")
    if way not in WAYS:
        raise Invalid("return.no_such_way", field="way")
    days.lock(session, back.day)
    key = f"{homeward.RESOLVED}:{back.id}"
    if session.exec(select(Event.id).where(Event.key == key)).first() is not None:
        return
    there = homeward.other_way(session, back)
    if there is None or back.id not in {each.id for each in alarms(session, there.day)}:
        raise Conflict("return.not_stranded", ride=back.code)
    facts = {"day": back.day, "way": way}
    record(session, homeward.RESOLVED, subject=("ride", back.id), by=by, now=now, facts=facts, key=key)


def _told(session: Session, back: Ride) -> bool:
    return session.exec(select(Event.id).where(Event.key == _key(back))).first() is not None


def _key(back: Ride) -> str:
    return f"{ALARM}:{back.id}:{back.promise_id}"
