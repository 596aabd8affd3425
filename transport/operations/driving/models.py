"""Tables of the street: what drivers' devices say, each report kept as it came."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel, Text

from transport.kernel.db import UtcDateTime, one_of
from transport.routing.planning.models import StopKind


class ReportKind(StrEnum):
    """What a driver says: of the shift, of a stop, or of an earlier report that was wrong."""

    BEGUN = "begun"
    ARRIVED = "arrived"
    DONE = "done"
    ABSENT = "absent"
    UNDONE = "undone"
    RETIMED = "retimed"
    PROBLEM = "problem"
    ENDED = "ended"


class Outcome(StrEnum):
    """What became of a report: done as said, known already, or laid aside for a person because it contradicts."""

    TAKEN = "taken"
    KNOWN = "known"
    ASIDE = "aside"


class DriverReport(SQLModel, table=True):
    """One report of a driver's device, once: `key` is made by the device, so that it may be sent many times.

    Nothing a driver said is lost: what cannot be true beside what else we know is kept as well (`ASIDE`, `why`).
    """

    __tablename__ = "driver_report"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True, max_length=36)
    shift_id: int = Field(foreign_key="shift.id", index=True)
    kind: ReportKind = Field(sa_type=one_of(ReportKind))
    promise_id: int | None = Field(default=None, foreign_key="promise.id", index=True)
    stop: StopKind | None = Field(default=None, sa_type=one_of(StopKind))
    about: str = Field(default="", max_length=36)
    """The key of the report that is taken back or gets another time."""
    facts: str = Field(default="{}", sa_type=Text)
    """What belongs to it, as JSON: evidence, who took over, what was paid, the problem, readings."""
    device: str = Field(max_length=36)
    seq: int
    device_at: datetime = Field(sa_type=UtcDateTime)
    """What the clock of the device said when it happened."""
    occurred_at: datetime = Field(sa_type=UtcDateTime, index=True)
    """When it happened by our clock."""
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    actor: str
    outcome: Outcome = Field(sa_type=one_of(Outcome))
    why: str = Field(default="", max_length=60)
