"""Tables of orders and rides. Times are seconds of the service day, prices haléře."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from transport.booking.rides.lifecycle import Status
from transport.booking.rides.wishing import KindOfPlace, Leg
from transport.kernel.db import UtcDateTime, one_of
from transport.routing.planning.wishes import Anchor


class Channel(StrEnum):
    """How the order came."""

    WEB = "web"
    PHONE = "phone"


class OfferOutcome(StrEnum):
    """What became of an offered window."""

    CHOSEN = "chosen"
    PASSED = "passed"
    PENDING = "pending"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    LAPSED = "lapsed"


class BookingDraft(SQLModel, table=True):
    """An order being written, kept on the server so that nothing is lost; answers are JSON, offers shown included."""

    __tablename__ = "booking_draft"

    key: str = Field(primary_key=True)
    user_id: int = Field(foreign_key="user.id", index=True)
    client_id: int | None = Field(default=None, foreign_key="client.id")
    answers: str = "{}"
    created_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime, index=True)
    request_id: int | None = Field(default=None, foreign_key="trip_request.id")
    standing: bool = False
    """Whether it is to become a standing order instead of single rides."""


class TripRequest(SQLModel, table=True):
    """One order: there, or there and back. `key` makes a doubled click find the first result."""

    __tablename__ = "trip_request"

    id: int | None = Field(default=None, primary_key=True)
    client_id: int = Field(foreign_key="client.id", index=True)
    requested_by: int | None = Field(default=None, foreign_key="user.id")
    channel: Channel = Field(sa_type=one_of(Channel))
    key: str = Field(unique=True)
    prepared_by: int | None = Field(default=None, foreign_key="user.id")
    """Who wrote it down, when somebody else had to agree."""
    standing_order_id: int | None = Field(default=None, foreign_key="standing_order.id", index=True)
    created_at: datetime = Field(sa_type=UtcDateTime, index=True)


class Ride(SQLModel, table=True):
    """One direction, one party, one status; judged and priced by the policy of its day.

    `version` counts decisions: whoever decided on what a stale page showed gets a Conflict.
    """

    __table_args__ = (UniqueConstraint("request_id", "leg"),)

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    request_id: int = Field(foreign_key="trip_request.id", index=True)
    leg: Leg = Field(sa_type=one_of(Leg))
    client_id: int = Field(foreign_key="client.id", index=True)
    day: date = Field(index=True)
    origin_place_id: int = Field(foreign_key="place.id")
    destination_place_id: int = Field(foreign_key="place.id")
    status: Status = Field(default=Status.REQUESTED, sa_type=one_of(Status), index=True)
    version: int = 1
    promise_id: int = Field(foreign_key="promise.id", unique=True)
    needs_id: int = Field(foreign_key="needs.id")
    policy_id: str
    price: int
    persons: int = 1
    metres: int = 0
    """Length of the direct way: what an allowance in kilometres counts."""
    solo: bool = False
    purpose: str = Field(default="", max_length=40)
    late: bool = False
    """Cancelled after the limit of the rules."""
    fee: int = 0
    """What the end of the ride cost the client (late cancellation, absence), in haléře."""
    replaced_by: int | None = Field(default=None, foreign_key="ride.id")
    confirm_by: datetime = Field(sa_type=UtcDateTime)
    ended_by: str = ""
    end_reason: str = ""
    created_at: datetime = Field(sa_type=UtcDateTime)


class Companion(SQLModel, table=True):
    """Somebody who travels along on a ride, and the kind of place taken."""

    id: int | None = Field(default=None, primary_key=True)
    ride_id: int = Field(foreign_key="ride.id", index=True)
    place: KindOfPlace = Field(sa_type=one_of(KindOfPlace))


class Wish(SQLModel, table=True):
    """What was asked for a ride: leave at, or be there by. Never changed by what was promised."""

    id: int | None = Field(default=None, primary_key=True)
    ride_id: int = Field(foreign_key="ride.id", unique=True)
    day: date
    anchor: Anchor = Field(sa_type=one_of(Anchor))
    seconds: int


class Offer(SQLModel, table=True):
    """A window that was offered for a ride, and what became of it; `promise_id` while a place is kept for it."""

    id: int | None = Field(default=None, primary_key=True)
    ride_id: int = Field(foreign_key="ride.id", index=True)
    rank: int
    window_start: int
    window_end: int
    arrive_by: int
    price: int
    outcome: OfferOutcome = Field(sa_type=one_of(OfferOutcome))
    promise_id: int | None = Field(default=None, foreign_key="promise.id")
    until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    made_by: str
    made_at: datetime = Field(sa_type=UtcDateTime)


class RideLink(SQLModel, table=True):
    """A link that shows one ride to whoever has it. Only a hash of its token is kept."""

    __tablename__ = "ride_link"

    id: int | None = Field(default=None, primary_key=True)
    ride_id: int = Field(foreign_key="ride.id", index=True)
    token_hash: str = Field(unique=True, max_length=64)
    made_by: int | None = Field(default=None, foreign_key="user.id")
    made_at: datetime = Field(sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
