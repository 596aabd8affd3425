"""Faults to plant on the waiting list."""

from datetime import timedelta

from tests.builders.town import NOW
from tests.operations.quality.planted import PLANTED, plants
from transport.booking.rides.models import Denial, Leg, WaitingState, WaitingWish
from transport.routing.planning.wishes import Anchor

__all__ = ["PLANTED"]


@plants("waiting.for_ever")
def offer_a_place_without_end(day):
    denial = Denial(
        key="planted",
        client_id=day.cast.anna.id,
        leg=Leg.OUTBOUND,
        day=day.town.day,
        anchor=Anchor.LEAVE_AT,
        seconds=0,
        origin_place_id=day.town.places["home"],
        destination_place_id=day.town.places["school"],
        seats=0,
        wheelchairs=1,
        reason="no_room",
        at=NOW,
    )
    day.session.add(denial)
    day.session.flush()
    wish = WaitingWish(
        denial_id=denial.id or 0,
        client_id=day.cast.anna.id,
        day=day.town.day,
        earliest=0,
        latest=3600,
        state=WaitingState.OFFERED,
        asked_at=NOW,
        answer_by=NOW - timedelta(hours=2),
    )
    day.session.add(wish)
    day.session.flush()
