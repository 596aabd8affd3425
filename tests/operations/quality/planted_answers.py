"""Faults to plant among the answers: denials, the waiting list, standing orders."""

from datetime import timedelta

from tests.builders.town import NOW
from tests.operations.quality.planted import PLANTED, plants
from transport.booking.rides.models import Denial, Leg, WaitingState, WaitingWish
from transport.booking.standing.models import DateState, OnHolidays, StandingDate, StandingOrder
from transport.routing.planning.wishes import Anchor

__all__ = ["PLANTED"]


def a_denial(day, ride_id: int | None = None) -> Denial:
    """Anna was denied a ride, and took this one instead."""
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
        ride_id=ride_id,
        at=NOW,
    )
    day.session.add(denial)
    day.session.flush()
    return denial


@plants("waiting.for_ever")
def offer_a_place_without_end(day):
    denial = a_denial(day)
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


@plants("standing.without_rides")
def place_a_date_of_anna_with_the_ride_of_bedrich(day):
    order = StandingOrder(
        key="planted",
        client_id=day.cast.anna.id,
        origin_place_id=day.town.places["home"],
        destination_place_id=day.town.places["school"],
        valid_from=day.town.day,
        valid_until=day.town.day,
        public_holidays=OnHolidays.PAUSE,
        school_holidays=OnHolidays.PAUSE,
        asked_at=NOW,
    )
    day.session.add(order)
    day.session.flush()
    placed = StandingDate(standing_order_id=order.id or 0, day=day.town.day, state=DateState.PLACED)
    placed.request_id = day.bedrichs.request_id
    day.session.add(placed)
    day.session.flush()


@plants("denial.of_another")
def let_bedrich_take_annas_denial(day):
    a_denial(day, day.bedrichs.id)
