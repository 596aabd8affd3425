"""Tables of what could not be, or not yet: denials, waiting wishes, consents, absences. Seconds of the service day."""

from datetime import date, datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel

from transport.booking.rides.conduct import Step
from transport.booking.rides.models.orders import Channel
from transport.booking.rides.wishing import Leg
from transport.kernel.db import UtcDateTime, one_of
from transport.routing.planning.wishes import Anchor


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
    draft_key: str | None = Field(default=None, foreign_key="booking_draft.key", index=True)
    """What was prepared; None once drafts that old are forgotten."""
    client_id: int = Field(foreign_key="client.id", index=True)
    wanted_of: ConsentOf = Field(sa_type=one_of(ConsentOf))
    asked_by: int = Field(foreign_key="user.id")
    asked_at: datetime = Field(sa_type=UtcDateTime)
    until: datetime = Field(sa_type=UtcDateTime)
    promises: str
    """Ids of the promises held for it, parted by spaces: another choice is another question."""
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
    draft_key: str | None = Field(default=None, foreign_key="booking_draft.key", index=True)
    """The order as it was written; None once that is forgotten."""
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
    step: Step | None = Field(default=None, sa_type=one_of(Step))
    """What followed, if it was one absence too many."""
