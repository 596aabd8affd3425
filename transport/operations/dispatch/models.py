"""Tables of the day as people deal with it."""

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from transport.kernel.db import UtcDateTime


class DayMark(SQLModel, table=True):
    """What people have said of one point of a day that the house works out itself: who has it, whether it is done.

    `key` names the point: a matter of the exceptions, or a point of the day's checklist.
    """

    __tablename__ = "day_mark"
    __table_args__ = (UniqueConstraint("day", "key"),)

    id: int | None = Field(default=None, primary_key=True)
    day: date = Field(index=True)
    key: str = Field(max_length=80)
    taken_by: int | None = Field(default=None, foreign_key="user.id")
    taken_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    done_by: int | None = Field(default=None, foreign_key="user.id")
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
