"""Tables of what people write to us. Opinions stand apart from everything that says who wrote them."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from transport.kernel.db import UtcDateTime, one_of
from transport.operations.quality.letters import LONGEST, LONGEST_LINE, AnswerBy, ComplaintState, Rating


class Feedback(SQLModel, table=True):
    """An opinion as it was sent. `key` is of its form, so that a doubled click makes one; `ride` is what was typed."""

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True, max_length=64)
    sent_at: datetime = Field(sa_type=UtcDateTime, index=True)
    rating: Rating | None = Field(default=None, sa_type=one_of(Rating))
    text: str = Field(default="", max_length=LONGEST)
    ride: str = Field(default="", max_length=LONGEST_LINE)
    answer_by: AnswerBy = Field(default=AnswerBy.NONE, sa_type=one_of(AnswerBy))
    contact: str = Field(default="", max_length=LONGEST_LINE)
    language: str = Field(max_length=8)
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Complaint(SQLModel, table=True):
    """A complaint and the day by which it is answered. Its `id` is the number the writer is told."""

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True, max_length=64)
    """Of its form, so that a doubled click makes one; the address of its page, so that only the writer finds it."""
    received_at: datetime = Field(sa_type=UtcDateTime, index=True)
    due_on: date = Field(index=True)
    text: str = Field(default="", max_length=LONGEST)
    happened: str = Field(default="", max_length=LONGEST_LINE)
    ride: str = Field(default="", max_length=LONGEST_LINE)
    oral: bool = False
    answer_by: AnswerBy = Field(default=AnswerBy.NONE, sa_type=one_of(AnswerBy))
    contact: str = Field(default="", max_length=LONGEST_LINE)
    name: str = Field(default="", max_length=LONGEST_LINE)
    language: str = Field(max_length=8)
    state: ComplaintState = Field(default=ComplaintState.RECEIVED, sa_type=one_of(ComplaintState), index=True)
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    answered_by: int | None = Field(default=None, foreign_key="user.id")
    answer: str = Field(default="", max_length=LONGEST)
    """What we said to it."""


class Posting(SQLModel, table=True):
    """That something was sent from one browser, kept for an hour so that nobody floods us; not what was sent."""

    id: int | None = Field(default=None, primary_key=True)
    sender: str = Field(index=True, max_length=64)
    at: datetime = Field(sa_type=UtcDateTime, index=True)


class Announcement(SQLModel, table=True):
    """One line for today on the start page, such as snow, in as many languages as somebody wrote it in."""

    id: int | None = Field(default=None, primary_key=True)
    cs: str = Field(max_length=LONGEST_LINE)
    en: str = Field(default="", max_length=LONGEST_LINE)
    uk: str = Field(default="", max_length=LONGEST_LINE)
    de: str = Field(default="", max_length=LONGEST_LINE)
    starts_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime, index=True)
