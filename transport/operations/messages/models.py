"""Tables of what is said to people and by them: messages on their way, their wording, text messages that came."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel, Text

from transport.accounts.contacts import Way
from transport.kernel.db import UtcDateTime, one_of


class MessageKind(StrEnum):
    """What a message says: something about a ride, an order or a mandate, or an answer to what somebody wrote."""

    RIDE_CONFIRMED = "ride_confirmed"
    RIDE_CHANGED = "ride_changed"
    RIDE_CANCELLED = "ride_cancelled"
    RIDE_CALLED_OFF = "ride_called_off"
    TIME_OFFERED = "time_offered"
    PLACE_FREE = "place_free"
    DAY_BEFORE = "day_before"
    VEHICLE_NEAR = "vehicle_near"
    VEHICLE_ARRIVED = "vehicle_arrived"
    RIDE_LATE = "ride_late"
    ARRIVAL_LATE = "arrival_late"
    TAXI_COMES = "taxi_comes"
    TAXI_OFF = "taxi_off"
    DELIVERED = "delivered"
    RETURN_READY = "return_ready"
    RETURN_ASKED = "return_asked"
    WAITING_OVER = "waiting_over"
    OPINION_ASKED = "opinion_asked"
    REGISTRATION_VERIFIED = "registration_verified"
    REGISTRATION_REFUSED = "registration_refused"
    MANDATE_OFFERED = "mandate_offered"
    MANDATE_ACCEPTED = "mandate_accepted"
    CONSENT_ASKED = "consent_asked"
    ABSENCE_NOTED = "absence_noted"
    ABSENCE_DECIDED = "absence_decided"
    STANDING_PAUSED = "standing_paused"
    STANDING_ENDS = "standing_ends"
    COMPLAINT_ANSWERED = "complaint_answered"
    REPLY = "reply"


class MessageState(StrEnum):
    """Waiting to leave, handed on to the gateway or the mail server, at the receiver's as the gateway says, or not
    to be brought there: then a person must call. A letter is printed instead; what the world has overtaken is dropped.
    """

    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    PRINTED = "printed"
    DROPPED = "dropped"


class Message(SQLModel, table=True):
    """Words for one person, written when something happened and sent once; `key` keeps it from being written twice.

    `client_id` is None for an answer to a number that is nobody's whom we know, and to a complaint, whose words stay
    with the complaint (`text` is empty).
    """

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True, max_length=80)
    kind: MessageKind = Field(sa_type=one_of(MessageKind))
    client_id: int | None = Field(default=None, foreign_key="client.id", index=True)
    ride_id: int | None = Field(default=None, foreign_key="ride.id", index=True)
    promise_id: int | None = Field(default=None, foreign_key="promise.id", index=True)
    """The promise it speaks of: once another one holds, it must not be said any more."""
    user_id: int | None = Field(default=None, foreign_key="user.id")
    """The representative it is for; None: the client, or whoever answers the telephone there."""
    way: Way = Field(sa_type=one_of(Way))
    to: str = Field(max_length=200)
    language: str = Field(max_length=8)
    subject: str = Field(default="", max_length=120)
    text: str = Field(max_length=1000)
    state: MessageState = Field(default=MessageState.QUEUED, sa_type=one_of(MessageState), index=True)
    queued_at: datetime = Field(sa_type=UtcDateTime)
    not_before: datetime = Field(sa_type=UtcDateTime)
    """When it is tried next; while it is being sent, when another process may try instead."""
    due_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When it should leave first: after the quiet hours, if it can wait for their end."""
    needed_by: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """After this it helps nobody."""
    tries: int = 0
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    reported_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When the gateway says that it was brought to its receiver, or could not be."""
    trouble: str = Field(default="", max_length=60)
    """Why it could not, in the gateway's words; or by what it was overtaken."""


class MessageText(SQLModel, table=True):
    """How a kind of message is worded in one language, instead of the standard text; empty: the standard text again."""

    __tablename__ = "message_text"

    id: int | None = Field(default=None, primary_key=True)
    kind: MessageKind = Field(sa_type=one_of(MessageKind))
    language: str = Field(max_length=8)
    text: str = Field(default="", max_length=1000)
    since: datetime = Field(sa_type=UtcDateTime)
    actor: str


class InboundMessage(SQLModel, table=True):
    """A text message somebody sent us. `gateway_id` is the gateway's own name for it, so that it is kept once.

    `sender` is a number as we keep numbers, or whatever the gateway said. The text may be long. `keyword` is what was
    understood of it and `outcome` what came of that, both empty where nobody was meant to act by themselves;
    `ride_id` is the ride that it was about, or that we asked back about.
    """

    __tablename__ = "inbound_message"

    id: int | None = Field(default=None, primary_key=True)
    gateway_id: str = Field(unique=True, max_length=120)
    sender: str = Field(index=True, max_length=40)
    text: str = Field(sa_type=Text)
    received_at: datetime = Field(sa_type=UtcDateTime, index=True)
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    handled_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    handled_by: int | None = Field(default=None, foreign_key="user.id")
    keyword: str = Field(default="", max_length=20)
    outcome: str = Field(default="", max_length=40)
    ride_id: int | None = Field(default=None, foreign_key="ride.id")


class TextReply(SQLModel, table=True):
    """What one of us wrote to a number from the thread of its messages. `key`: of its form, so that it is sent once."""

    __tablename__ = "text_reply"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True, max_length=64)
    to: str = Field(index=True, max_length=40)
    text: str = Field(max_length=1000)
    language: str = Field(max_length=8)
    sent_at: datetime = Field(sa_type=UtcDateTime)
    sent_by: int | None = Field(default=None, foreign_key="user.id")
