"""What we remember of orders, rides, answers and standing orders."""

from transport.booking.rides.models.answers import (
    CaseState,
    Consent,
    ConsentOf,
    ConsentOutcome,
    Denial,
    Excuse,
    NoShowCase,
    WaitingState,
    WaitingWish,
)
from transport.booking.rides.models.orders import (
    BookingDraft,
    Channel,
    Companion,
    Offer,
    OfferOutcome,
    Ride,
    TripRequest,
    Wish,
)
from transport.booking.rides.models.standing import (
    DateState,
    OnHolidays,
    StandingChange,
    StandingDate,
    StandingOrder,
    StandingPause,
    StandingState,
    StandingTime,
)
from transport.booking.rides.wishing import KindOfPlace, Leg

__all__ = [
    "BookingDraft",
    "CaseState",
    "Channel",
    "Companion",
    "Consent",
    "ConsentOf",
    "ConsentOutcome",
    "DateState",
    "Denial",
    "Excuse",
    "KindOfPlace",
    "Leg",
    "NoShowCase",
    "Offer",
    "OfferOutcome",
    "OnHolidays",
    "Ride",
    "StandingChange",
    "StandingDate",
    "StandingOrder",
    "StandingPause",
    "StandingState",
    "StandingTime",
    "TripRequest",
    "WaitingState",
    "WaitingWish",
    "Wish",
]
