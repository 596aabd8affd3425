"""Tables of orders and rides. Times are seconds of the service day, prices haléře."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from transport.booking.rides.lifecycle import Status
from transport.booking.rides.wishing import KindOfPlace as KindOfPlace
from transport.booking.rides.wishing import Leg as Leg
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


class Denial(SQLModel, table=True):
    """Nothing within the negotiation window of a wish could be offered: kept even if another time is taken.

    `key` names the wish (draft, leg, day, time), so that asking twice is one denial. `ride_id`: taken all the same.
    """

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    client_id: int = Field(foreign_key="client.id", index=True)
    leg: Leg = Field(sa_type=one_of(Leg))
    day: date = Field(index=True)
    anchor: Anchor = Field(sa_type=one_of(Anchor))
    seconds: int
    origin_place_id: int = Field(foreign_key="place.id")
    destination_place_id: int = Field(foreign_key="place.id")
    seats: int
    wheelchairs: int
    reason: str
    alternatives: int = 0
    solo: bool = False
    channel: Channel = Field(default=Channel.WEB, sa_type=one_of(Channel))
    need: str = Field(default="", max_length=40)
    """The mobility for which a place was sought, to compare groups of people."""
    changes: str = "[]"
    """The smallest changes proven to help, as JSON: kind, amount, detail."""
    possible_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """Since when the wish would have a place after all."""
    ride_id: int | None = Field(default=None, foreign_key="ride.id")
    at: datetime = Field(sa_type=UtcDateTime)


class ConsentOf(StrEnum):
    """Who has to agree to a prepared order: the client, or the other of two joint representatives."""

    CLIENT = "client"
    REPRESENTATIVE = "representative"


class ConsentOutcome(StrEnum):
    """What became of the question."""

    PENDING = "pending"
    GIVEN = "given"
    REFUSED = "refused"
    LAPSED = "lapsed"


class Consent(SQLModel, table=True):
    """A prepared order waits for somebody to agree; its places are held until then."""

    id: int | None = Field(default=None, primary_key=True)
    draft_key: str = Field(foreign_key="booking_draft.key", index=True)
    client_id: int = Field(foreign_key="client.id", index=True)
    wanted_of: ConsentOf = Field(sa_type=one_of(ConsentOf))
    asked_by: int = Field(foreign_key="user.id")
    asked_at: datetime = Field(sa_type=UtcDateTime)
    until: datetime = Field(sa_type=UtcDateTime)
    outcome: ConsentOutcome = Field(default=ConsentOutcome.PENDING, sa_type=one_of(ConsentOutcome))
    answered_by: str = ""
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class WaitingState(StrEnum):
    """The way of a wish on the waiting list."""

    WAITING = "waiting"
    OFFERED = "offered"
    TAKEN = "taken"
    REFUSED = "refused"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
    MISSED = "missed"


class WaitingWish(SQLModel, table=True):
    """A denied wish whose client wants to be told when a place becomes free.

    `earliest`, `latest`: the span in which the pickup (or arrival, as the wish says) may lie, in seconds of the day.
    """

    __tablename__ = "waiting_wish"

    id: int | None = Field(default=None, primary_key=True)
    denial_id: int = Field(foreign_key="denial.id", unique=True)
    client_id: int = Field(foreign_key="client.id", index=True)
    day: date = Field(index=True)
    draft_key: str = Field(foreign_key="booking_draft.key")
    earliest: int
    latest: int
    state: WaitingState = Field(default=WaitingState.WAITING, sa_type=one_of(WaitingState), index=True)
    asked_at: datetime = Field(sa_type=UtcDateTime)
    asked_by: int | None = Field(default=None, foreign_key="user.id")
    promise_id: int | None = Field(default=None, foreign_key="promise.id")
    answer_by: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ride_id: int | None = Field(default=None, foreign_key="ride.id")


class CaseState(StrEnum):
    """The way of an absence: reported, objected to, decided by the city."""

    OPEN = "open"
    OBJECTED = "objected"
    UPHELD = "upheld"
    DROPPED = "dropped"


class Excuse(StrEnum):
    """Why an absence does not count."""

    ILLNESS = "illness"
    EMERGENCY = "emergency"
    OPERATOR_LATE = "operator_late"
    OTHER = "other"


class NoShowCase(SQLModel, table=True):
    """What is known of one absence, what the client says to it, and what the city decided."""

    __tablename__ = "no_show_case"

    id: int | None = Field(default=None, primary_key=True)
    ride_id: int = Field(foreign_key="ride.id", unique=True)
    client_id: int = Field(foreign_key="client.id", index=True)
    arrived_at: datetime = Field(sa_type=UtcDateTime)
    left_at: datetime = Field(sa_type=UtcDateTime)
    opened_at: datetime = Field(sa_type=UtcDateTime)
    object_by: datetime = Field(sa_type=UtcDateTime)
    state: CaseState = Field(default=CaseState.OPEN, sa_type=one_of(CaseState), index=True)
    objection: str = Field(default="", max_length=500)
    excuse: Excuse | None = Field(default=None, sa_type=one_of(Excuse))
    decided_by: int | None = Field(default=None, foreign_key="user.id")
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    decision: str = Field(default="", max_length=500)


class OnHolidays(StrEnum):
    """What a standing order does on days that are not like the others."""

    RIDE = "ride"
    PAUSE = "pause"


class StandingState(StrEnum):
    """The way of a standing order."""

    ASKED = "asked"
    ANSWERED = "answered"
    ENDED = "ended"


class StandingOrder(SQLModel, table=True):
    """A pattern of rides: from where to where, on which days of which weeks, from–until (both days included).

    `every_weeks` 2: every other week, counted from the week of `valid_from`.
    """

    __tablename__ = "standing_order"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    client_id: int = Field(foreign_key="client.id", index=True)
    origin_place_id: int = Field(foreign_key="place.id")
    destination_place_id: int = Field(foreign_key="place.id")
    valid_from: date
    valid_until: date
    every_weeks: int = 1
    public_holidays: OnHolidays = Field(sa_type=one_of(OnHolidays))
    school_holidays: OnHolidays = Field(sa_type=one_of(OnHolidays))
    companions: str = ""
    """Kinds of place of those who travel along, parted by spaces."""
    state: StandingState = Field(default=StandingState.ASKED, sa_type=one_of(StandingState), index=True)
    follows_id: int | None = Field(default=None, foreign_key="standing_order.id")
    """The order this one continues with other times from a day on."""
    channel: Channel = Field(default=Channel.WEB, sa_type=one_of(Channel))
    asked_by: int | None = Field(default=None, foreign_key="user.id")
    asked_at: datetime = Field(sa_type=UtcDateTime)
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class StandingTime(SQLModel, table=True):
    """The times of a standing order on one weekday (1 Monday to 7), in minutes of the wall clock."""

    __tablename__ = "standing_time"
    __table_args__ = (UniqueConstraint("standing_order_id", "weekday"),)

    id: int | None = Field(default=None, primary_key=True)
    standing_order_id: int = Field(foreign_key="standing_order.id", index=True)
    weekday: int
    anchor: Anchor = Field(sa_type=one_of(Anchor))
    minute: int
    return_minute: int | None = None


class StandingPause(SQLModel, table=True):
    """Days (both included) on which the client does not ride."""

    __tablename__ = "standing_pause"

    id: int | None = Field(default=None, primary_key=True)
    standing_order_id: int = Field(foreign_key="standing_order.id", index=True)
    first: date
    last: date


class StandingChange(SQLModel, table=True):
    """One day that is not like the pattern: other times, or (with `minute` None) no ride."""

    __tablename__ = "standing_change"
    __table_args__ = (UniqueConstraint("standing_order_id", "day"),)

    id: int | None = Field(default=None, primary_key=True)
    standing_order_id: int = Field(foreign_key="standing_order.id", index=True)
    day: date
    anchor: Anchor = Field(default=Anchor.LEAVE_AT, sa_type=one_of(Anchor))
    minute: int | None = None
    return_minute: int | None = None


class DateState(StrEnum):
    """The answer for one date of a standing order."""

    ASKED = "asked"
    PLACED = "placed"
    DENIED = "denied"
    DROPPED = "dropped"


class StandingDate(SQLModel, table=True):
    """One date of a standing order and what we answered for it; `reason` says why not."""

    __tablename__ = "standing_date"
    __table_args__ = (UniqueConstraint("standing_order_id", "day"),)

    id: int | None = Field(default=None, primary_key=True)
    standing_order_id: int = Field(foreign_key="standing_order.id", index=True)
    day: date = Field(index=True)
    state: DateState = Field(default=DateState.ASKED, sa_type=one_of(DateState), index=True)
    reason: str = Field(default="", max_length=40)
    request_id: int | None = Field(default=None, foreign_key="trip_request.id")
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
