"""Tables of standing orders. Minutes of the wall clock: a Tuesday at nine is at nine in summer and in winter."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from transport.booking.rides.models.orders import Channel
from transport.kernel.db import UtcDateTime, one_of
from transport.routing.planning.wishes import Anchor


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
    version: int = 1
    """Counts decisions; taking it locks the order."""


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
