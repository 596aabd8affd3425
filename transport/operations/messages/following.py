"""What people have to be told of what has happened: which message follows from which event.

Everything is read when the message is written, never taken from the event alone: what is told is the newest truth.
"""

from datetime import datetime, timedelta

from sqlmodel import Session

from transport.booking.clients import events as about_clients
from transport.kernel.events import Event
from transport.kernel.policy import Policies
from transport.operations.messages import news_of_people as people
from transport.operations.messages import news_of_rides as rides
from transport.operations.messages import news_of_taxis as taxis
from transport.operations.messages.models import MessageKind as Kind
from transport.operations.messages.news import Follows, News

STALE = timedelta(days=7)
"""What happened longer ago and was told to nobody is told to nobody any more."""

FOLLOWS: dict[str, Follows] = {
    "ride_confirmed": rides.live(Kind.RIDE_CONFIRMED),
    "promise_changed": rides.live(Kind.RIDE_CHANGED),
    "ride_cancelled": rides.cancelled,
    "ride_missed": rides.cancelled,
    "ride_declined": rides.cancelled,
    "ride_offered": rides.offered,
    "waiting_offered": people.place_free,
    "waiting_lapsed": people.waiting_over,
    "waiting_given_up": people.waiting_over,
    "stop_visited": rides.visited_stop,
    "vehicle_near": rides.near,
    "ride_late": rides.late,
    "taxi_accepted": taxis.comes,
    "taxi_refused": taxis.off,
    "taxi_cancelled": taxis.off,
    "return_postponed": rides.return_asked,
    "return_at_risk": rides.return_asked,
    "ride_completed": rides.how_was_it,
    "absence_reported": rides.absence(Kind.ABSENCE_NOTED),
    "absence_decided": rides.absence(Kind.ABSENCE_DECIDED),
    about_clients.REGISTRATION_DECIDED: people.registered,
    about_clients.MANDATE_GRANTED: people.mandate,
    about_clients.MANDATE_ACCEPTED: people.mandate,
    "consent_asked": people.consent,
    "standing_order_paused": people.standing(Kind.STANDING_PAUSED),
    "standing_order_ended": people.standing(Kind.STANDING_ENDS),
    "standing_order_ends": people.standing(Kind.STANDING_ENDS),
}
"""What follows from which event."""


def of_event(session: Session, event_id: int, *, policies: Policies, now: datetime) -> list[News]:
    """All that is to be told of an event and has not been overtaken."""
    event = session.get_one(Event, event_id)
    if event.recorded_at < now - STALE:
        return []
    found = FOLLOWS[event.kind](session, event, policies)
    return [news for news in found if news.needed_by is None or news.needed_by >= now]
