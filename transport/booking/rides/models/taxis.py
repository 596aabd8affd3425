"""Table of rides that somebody else drives for us. Prices in haléře."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel

from transport.kernel.db import UtcDateTime, one_of


class TaxiState(StrEnum):
    """The way of an order for a taxi: until somebody has answered it is only asked for."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    DRIVEN = "driven"
    CANCELLED = "cancelled"


class TaxiOrder(SQLModel, table=True):
    """A taxi called for one ride that no vehicle of ours can drive. The promise stays ours; the taxi keeps it."""

    __tablename__ = "taxi_order"

    id: int | None = Field(default=None, primary_key=True)
    ride_id: int = Field(foreign_key="ride.id", index=True)
    provider: str = Field(max_length=60)
    phone: str = Field(max_length=40)
    pickup_place_id: int = Field(foreign_key="place.id")
    """Where it fetches the person: not the place of the ride for somebody out of a vehicle that has broken down."""
    pickup_at: datetime = Field(sa_type=UtcDateTime)
    price: int
    """What it is reckoned to cost; once driven, what it did cost."""
    state: TaxiState = Field(default=TaxiState.ASKED, sa_type=one_of(TaxiState), index=True)
    ordered_at: datetime = Field(sa_type=UtcDateTime)
    ordered_by: str
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    answered_by: str = ""
