"""What we remember of orders, rides and answers."""

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
    RideLink,
    TripRequest,
    Wish,
)
from transport.booking.rides.models.taxis import TaxiOrder, TaxiState
from transport.booking.rides.wishing import KindOfPlace, Leg

__all__ = [
    "BookingDraft",
    "CaseState",
    "Channel",
    "Companion",
    "Consent",
    "ConsentOf",
    "ConsentOutcome",
    "Denial",
    "Excuse",
    "KindOfPlace",
    "Leg",
    "NoShowCase",
    "Offer",
    "OfferOutcome",
    "Ride",
    "RideLink",
    "TaxiOrder",
    "TaxiState",
    "TripRequest",
    "WaitingState",
    "WaitingWish",
    "Wish",
]
