"""The same trip once more: places, company and the way back as last time; only the day and the time are asked."""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, select

from transport.booking.clients import mandates
from transport.booking.clients.models import Power
from transport.booking.rides import drafts, homeward, queries
from transport.booking.rides.lifecycle import Status
from transport.booking.rides.models import BookingDraft, Ride, Wish
from transport.kernel.actor import Actor
from transport.kernel.clock import local_day, wall
from transport.routing.planning.models import Promise, PromiseKind
from transport.routing.planning.wishes import Anchor

ENDED = (Status.CANCELLED, Status.DECLINED)


def start(session: Session, ride: Ride, *, by: Actor, now: datetime) -> BookingDraft:
    """A draft of the trip this ride was part of. What was said of times stands in `last`, to be used when the day is
    known: the time there is asked again, and the way back keeps its distance from it.
    """
    mandates.require(session, ride.client_id, by, Power.BOOK, on=local_day(now))
    draft = drafts.start(session, client_id=ride.client_id, by=by, now=now)
    drafts.note(session, draft, now=now, **answers(session, ride))
    return draft


def answers(session: Session, ride: Ride) -> dict[str, Any]:
    """What was answered for the trip this ride was part of, but for its day."""
    return {
        "origin": ride.origin_place_id,
        "destination": ride.destination_place_id,
        "companions": [kind.value for kind in queries.companions(session, ride)],
        "purpose": ride.purpose or None,
        "help": True,
        "last": _last(session, ride),
    }


def _last(session: Session, ride: Ride) -> dict[str, Any]:
    anchor, shown = _asked(session, ride)
    said: dict[str, Any] = {"anchor": anchor, "clock": f"{shown.hour}:{shown.minute:02}", "back": "no"}
    back = homeward.other_way(session, ride)
    if back is not None and back.id != ride.id and (back.status not in ENDED or ride.status in ENDED):
        called = session.get_one(Promise, back.promise_id).kind is PromiseKind.WILL_CALL
        apart = _asked(session, back)[1].replace(tzinfo=None) - shown.replace(tzinfo=None)
        if apart > timedelta():
            said |= {"back": "call" if called else "yes", "stay": round(apart.total_seconds() / 60)}
    return said


def _asked(session: Session, ride: Ride) -> tuple[str, datetime]:
    """What the time of the ride meant, and what the clock on the wall shows then."""
    wish = session.exec(select(Wish).where(Wish.ride_id == ride.id)).first()
    if wish is not None:
        return wish.anchor.value, wall(wish.day, wish.seconds)
    promise = session.get_one(Promise, ride.promise_id)
    return Anchor.LEAVE_AT.value, wall(promise.day, promise.window_start)
