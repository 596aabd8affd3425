"""One thing that people have to be told, with all that is filled into its words."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from transport.booking.clients.models import Mandate
from transport.booking.rides.models import Ride
from transport.kernel.clock import at
from transport.kernel.events import Event
from transport.kernel.policy import Policies
from transport.operations.messages.models import MessageKind as Kind
from transport.routing.planning.models import Promise, Run, Stop, StopKind, Visit, VisitAction


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """One thing to be told: of whom and what, and what is filled into its words. Seconds are those of the day."""

    kind: Kind
    client_id: int
    ride: Ride | None = None
    promise_id: int | None = None
    day: date | None = None
    start: int | None = None
    end: int | None = None
    arrive_by: int | None = None
    origin_id: int | None = None
    destination_id: int | None = None
    minute: int | None = None
    """The planned minute within the promised window."""
    shift_id: int | None = None
    expected: datetime | None = None
    arrival: datetime | None = None
    until: datetime | None = None
    last: date | None = None
    minutes: int = 0
    who: str = ""
    taxi_phone: str = ""
    begins: datetime | None = None
    """When what it is about begins."""
    needed_by: datetime | None = None
    """After this it helps nobody."""
    after: datetime | None = None
    """It does not leave before."""
    mandate: Mandate | None = None
    by: str = ""
    """Who did it, as the trail names them: they need not be told."""
    on_behalf_of: int | None = None
    """The client for whom the system itself did it, asked by a text message of theirs."""
    asked_by: int | None = None
    """One of two joint representatives asks: the other is meant, and not the client."""


Follows = Callable[[Session, Event, Policies], Iterable[News]]
"""What is to be told of an event, read when it is told."""


def of_ride(session: Session, ride: Ride, kind: Kind) -> News:
    """A ride as it is promised now."""
    promise = session.get_one(Promise, ride.promise_id)
    return News(
        kind=kind,
        client_id=ride.client_id,
        ride=ride,
        promise_id=promise.id,
        day=ride.day,
        start=promise.window_start,
        end=promise.window_end,
        arrive_by=promise.arrive_by,
        origin_id=promise.pickup_place_id,
        destination_id=promise.dropoff_place_id,
        begins=at(ride.day, promise.window_start),
        needed_by=at(ride.day, promise.window_end),
    )


def facts_of(event: Event) -> dict[str, Any]:
    """What the event remembers."""
    found: dict[str, Any] = json.loads(event.facts)
    return found


def shift_of(session: Session, promise_id: int) -> int | None:
    """Who drives the pickup, by the plan as it is now."""
    mine = select(Run.shift_id).join(Stop, col(Stop.run_id) == Run.id)
    return session.exec(mine.where(Stop.promise_id == promise_id, Stop.kind == StopKind.PICKUP)).first()


def visited(session: Session, promise_id: int, kind: StopKind, *actions: VisitAction) -> bool:
    """Whether the driver has reported one of these of the stop, and not taken it back."""
    mine = select(Visit.action).where(Visit.promise_id == promise_id, Visit.kind == kind)
    return any(action in actions for action in session.exec(mine))
