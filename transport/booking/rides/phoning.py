"""What is remembered of ordering by telephone beside the order itself: how long it took, why nothing was taken."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlmodel import Session

from transport.booking.rides import drafts
from transport.booking.rides.models import BookingDraft
from transport.kernel.actor import SYSTEM, Actor
from transport.kernel.clock import local_day
from transport.kernel.errors import Invalid
from transport.kernel.events import record

LONGEST = timedelta(minutes=30)
"""A call that is said to have taken longer was an open page."""


class Unsuited(StrEnum):
    """Why a caller takes none of the times we could offer."""

    TIME = "time"
    DAY = "day"
    PRICE = "price"
    OTHER = "other"


def took(session: Session, began: datetime, *, now: datetime) -> None:
    """Remember how many seconds lay between answering a call and the booked ride; never whose call, and who took it."""
    if timedelta() < now - began <= LONGEST:
        seconds = round((now - began).total_seconds())
        subject = ("service_day", local_day(now).isoformat())
        record(session, "phone_order_timed", subject=subject, by=SYSTEM, now=now, facts={"seconds": seconds})


def turned_down(session: Session, draft: BookingDraft, reason: str, *, by: Actor, now: datetime) -> None:
    """Remember why none of the offered times was taken; the same order turned down twice is one event.

    Raises Invalid("offer.reason_missing").
    """
    if reason not in set(Unsuited):
        raise Invalid("offer.reason_missing", field="reason")
    drafts.lock(session, draft, now=now)
    if drafts.answers(draft).get("turned_down") == reason:
        return
    order = drafts.order(draft)
    facts = {"reason": reason, "day": order.legs[0].day, "offered": sum(map(len, drafts.shown(draft).values()))}
    record(session, "offers_turned_down", subject=("client", order.client_id), by=by, now=now, facts=facts)
    drafts.note(session, draft, now=now, turned_down=reason)
