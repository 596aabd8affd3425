"""Tables of the street: what drivers' devices say, each report kept as it came."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel, Text, UniqueConstraint

from transport.booking.clients.needs import Mobility
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


class EstimateError(SQLModel, table=True):
    """How far from the truth expectations were so long ahead, learned each night: quantiles of seconds, late positive.

    Of `count` stops one in ten began earlier than `early` after what was expected, half before `middle`, one in ten
    later than `late`.
    """

    __tablename__ = "estimate_error"

    ahead: int = Field(primary_key=True)
    """Minutes before the stop began."""
    count: int
    early: int
    middle: int
    late: int
    learned_at: datetime = Field(sa_type=UtcDateTime)


class BoardingOf(StrEnum):
    """Whose time at the door differs from the rules: a person's, that of everybody with an aid, that at a place."""

    PERSON = "person"
    AID = "aid"
    PLACE = "place"


class BoardingState(StrEnum):
    """The way of a proposal: it waits for a person, is used for promises from now on, or is put away."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class BoardingProposal(SQLModel, table=True):
    """What rides say of the time at the door, where it differs from the rules; nothing changes before a person says so.

    `present` and `proposed` are minutes, `measured` the seconds of each ride (JSON): what the picture shows.
    """

    __tablename__ = "boarding_proposal"

    id: int | None = Field(default=None, primary_key=True)
    whose: BoardingOf = Field(sa_type=one_of(BoardingOf))
    client_id: int | None = Field(default=None, foreign_key="client.id", index=True)
    mobility: Mobility | None = Field(default=None, sa_type=one_of(Mobility))
    """The aid it was measured with: a person who gets another one starts anew."""
    place_id: int | None = Field(default=None, foreign_key="place.id", index=True)
    stop: StopKind = Field(sa_type=one_of(StopKind))
    present: int
    proposed: int
    rides: int
    low: int
    middle: int
    high: int
    """Seconds within which 3, 5 and 7 of ten were done."""
    measured: str = Field(default="[]", sa_type=Text)
    state: BoardingState = Field(default=BoardingState.OPEN, sa_type=one_of(BoardingState), index=True)
    made_at: datetime = Field(sa_type=UtcDateTime)
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    decided_by: int | None = Field(default=None, foreign_key="user.id")


class VehicleDevice(SQLModel, table=True):
    """What tells us where a vehicle is: a telephone or a tracker in it, with a secret of its own.

    Only a hash of the secret is kept; `ending` are its last letters, by which people know it.
    """

    __tablename__ = "vehicle_device"

    id: int | None = Field(default=None, primary_key=True)
    vehicle_id: int = Field(foreign_key="vehicle.id", index=True)
    token_hash: str = Field(unique=True, max_length=64)
    ending: str = Field(max_length=4)
    made_at: datetime = Field(sa_type=UtcDateTime)
    made_by: int | None = Field(default=None, foreign_key="user.id")
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class VehiclePosition(SQLModel, table=True):
    """Where a vehicle on duty was at a moment; deleted after the days of the policy.

    `slot` counts spans of ten seconds, so that one vehicle has one row in each, however often it is told.
    `doubtful`: it cannot have got there so fast; such a row says nothing by itself.
    """

    __tablename__ = "vehicle_position"
    __table_args__ = (UniqueConstraint("vehicle_id", "slot"),)

    id: int | None = Field(default=None, primary_key=True)
    vehicle_id: int = Field(foreign_key="vehicle.id")
    shift_id: int = Field(foreign_key="shift.id", index=True)
    slot: int
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    lat: float
    lon: float
    accuracy: int | None = None
    """Metres; None: the device does not say."""
    speed: int | None = None
    """Kilometres an hour."""
    heading: int | None = None
    """Degrees from the north."""
    doubtful: bool = False
