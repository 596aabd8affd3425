"""Rides of whose news somebody does not know: a message did not arrive, or no way leads to them. Reads."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from transport.booking.clients import calls
from transport.kernel.events import Event
from transport.operations.dispatch.matters import Matter, MatterKind
from transport.operations.dispatch.watching import LiveRide

KEPT = timedelta(days=30)
"""No ride is ordered further ahead."""


def matters(session: Session, rides: Sequence[LiveRide], *, now: datetime) -> Iterator[Matter]:
    """One for each piece of news, until somebody has been called, or has said that it is dealt with."""
    live = {ride.ride_id for ride in rides}
    happened = select(Event).where(
        col(Event.kind).in_(("client_unreachable", "message_failed")), Event.recorded_at > now - KEPT
    )
    found = [(event, json.loads(event.facts)) for event in session.exec(happened.order_by(col(Event.id)))]
    about = [(event, facts) for event, facts in found if facts.get("ride") in live]
    asked = calls.asked_for(session, [_call(facts) for _, facts in about])
    for event, facts in about:
        call = asked.get(_call(facts))
        if event.kind == "message_failed" and (call is None or call.done_at is not None):
            continue
        minutes = int((now - event.recorded_at).total_seconds() // 60)
        yield Matter(MatterKind.NOT_TOLD, facts["ride"], f"{MatterKind.NOT_TOLD}:{event.id}", minutes)


def _call(facts: dict[str, object]) -> str:
    """What a call is named by that was asked for instead of a message."""
    return f"message:{facts.get('message')}"
