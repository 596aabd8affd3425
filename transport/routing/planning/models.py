"""Tables of the day's book. Times are seconds of the service day, distances metres."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from transport.kernel.db import UtcDateTime, one_of


class DayState(StrEnum):
    """Whether the day still takes promises."""

    OPEN = "open"
    CLOSED = "closed"


class PromiseKind(StrEnum):
    """A fixed window, or a ride home that the client calls for when ready."""

    FIXED = "fixed"
    WILL_CALL = "will_call"


class PromiseState(StrEnum):
    """Held while the client decides; firm once booked, or handed on to a taxi; then kept, broken or withdrawn."""

    HELD = "held"
    FIRM = "firm"
    HANDED_ON = "handed_on"
    KEPT = "kept"
    BROKEN = "broken"
    WITHDRAWN = "withdrawn"


LIVE = (PromiseState.HELD, PromiseState.FIRM)
"""Promises that the live plan must contain."""


class StopKind(StrEnum):
    """What happens at a stop of a run."""

    PICKUP = "pickup"
    DROPOFF = "dropoff"
    BREAK = "break"


class VisitAction(StrEnum):
    """What the driver reports of a stop: there, done (on board or got off), nobody here."""

    ARRIVED = "arrived"
    DONE = "done"
    ABSENT = "absent"


class ProposalState(StrEnum):
    """The way of a proposed plan."""

    ASKED = "asked"
    THINKING = "thinking"
    READY = "ready"
    APPLIED = "applied"
    DISCARDED = "discarded"
    FAILED = "failed"


class EditKind(StrEnum):
    """What a dispatcher did to the live plan by hand."""

    MOVED = "moved"
    PINNED = "pinned"
    UNPINNED = "unpinned"


class AgreedHow(StrEnum):
    """How our staff were told that somebody agrees to another time."""

    TELEPHONE = "telephone"
    IN_PERSON = "in_person"
    WRITTEN = "written"


class ServiceDay(SQLModel, table=True):
    """A day of promising and planning; its row is the lock under which the day is decided."""

    __tablename__ = "service_day"

    day: date = Field(primary_key=True)
    state: DayState = Field(default=DayState.OPEN, sa_type=one_of(DayState))
    version: int = 0
    published: int = 0
    travel_version_id: int = Field(foreign_key="travel_version.id")
    opened_at: datetime = Field(sa_type=UtcDateTime)


class Promise(SQLModel, table=True):
    """What we bind ourselves to: the pickup window, the latest arrival, the longest ride. Never overwritten."""

    __table_args__ = (
        CheckConstraint("window_end >= window_start AND arrive_by >= window_start", name="windows_in_order"),
    )

    id: int | None = Field(default=None, primary_key=True)
    day: date = Field(foreign_key="service_day.day", index=True)
    kind: PromiseKind = Field(default=PromiseKind.FIXED, sa_type=one_of(PromiseKind))
    state: PromiseState = Field(default=PromiseState.HELD, sa_type=one_of(PromiseState), index=True)
    held_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    supersedes: int | None = Field(default=None, foreign_key="promise.id")
    pickup_place_id: int = Field(foreign_key="place.id")
    dropoff_place_id: int = Field(foreign_key="place.id")
    window_start: int
    window_end: int
    arrive_by: int
    max_ride: int
    pickup_service: int
    dropoff_service: int
    seats: int
    wheelchairs: int
    chair_mass: int = 0
    features: str = ""
    solo: bool = False
    apart: str = ""
    """Numbers parted by spaces: a promise with 7 and one with -7 are never on board together."""
    not_drivers: str = ""
    """Ids of drivers, parted by spaces, who must not drive it."""
    prefers_driver: int | None = Field(default=None, foreign_key="driver.id")
    arrive_from: int = 0
    """Before this second of the day nobody opens the door at the destination."""
    at_risk: bool = False
    pinned: bool = False
    """Stays with the vehicle it has in the live plan when the planner thinks."""
    made_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    end_reason: str = ""


class Run(SQLModel, table=True):
    """The ordered stops of one shift, in one layout of its vehicle."""

    id: int | None = Field(default=None, primary_key=True)
    day: date = Field(foreign_key="service_day.day", index=True)
    shift_id: int = Field(foreign_key="shift.id", unique=True)
    layout_id: int = Field(foreign_key="layout.id")
    leaves: int
    returns: int
    metres: int = 0


class Stop(SQLModel, table=True):
    """One pickup, drop-off or break of a run. The vehicle arrives, the stop starts, the vehicle departs."""

    __table_args__ = (UniqueConstraint("run_id", "seq"), UniqueConstraint("promise_id", "kind"))

    id: int | None = Field(default=None, primary_key=True)
    run_id: int = Field(foreign_key="run.id", index=True)
    seq: int
    kind: StopKind = Field(sa_type=one_of(StopKind))
    promise_id: int | None = Field(default=None, foreign_key="promise.id")
    place_id: int = Field(foreign_key="place.id")
    arrival: int
    start: int
    departure: int


class PlanEdit(SQLModel, table=True):
    """One change of the live plan by hand: who, when, and the runs it touched as they were before and after."""

    __tablename__ = "plan_edit"

    id: int | None = Field(default=None, primary_key=True)
    day: date = Field(foreign_key="service_day.day", index=True)
    made_by: int = Field(foreign_key="user.id", index=True)
    at: datetime = Field(sa_type=UtcDateTime)
    kind: EditKind = Field(sa_type=one_of(EditKind))
    promise_id: int = Field(foreign_key="promise.id", index=True)
    from_shift: int = Field(foreign_key="shift.id")
    to_shift: int = Field(foreign_key="shift.id")
    before: str = "{}"
    after: str = "{}"
    agreed_how: AgreedHow | None = Field(default=None, sa_type=one_of(AgreedHow))
    """Only of a move outside the promise: how we were told of the consent, which the event `consent_recorded` names."""
    signed: str = ""
    """The name under which a dispatcher answers for such a move."""
    undone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Visit(SQLModel, table=True):
    """What really happened at a stop and when; the same report sent twice is one row."""

    __table_args__ = (UniqueConstraint("promise_id", "kind", "action"),)

    id: int | None = Field(default=None, primary_key=True)
    promise_id: int = Field(foreign_key="promise.id", index=True)
    kind: StopKind = Field(sa_type=one_of(StopKind))
    action: VisitAction = Field(sa_type=one_of(VisitAction))
    shift_id: int | None = Field(default=None, foreign_key="shift.id", index=True)
    """With which vehicle and driver it happened, whatever is planned; None where nobody said."""
    occurred_at: datetime = Field(sa_type=UtcDateTime)
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    actor: str
    note: str = ""


class Estimate(SQLModel, table=True):
    """When a stop was expected to begin, as of a moment of the day under way; each new expectation is a new row."""

    id: int | None = Field(default=None, primary_key=True)
    promise_id: int = Field(foreign_key="promise.id", index=True)
    kind: StopKind = Field(sa_type=one_of(StopKind))
    expected_at: datetime = Field(sa_type=UtcDateTime)
    made_at: datetime = Field(sa_type=UtcDateTime)


class Proposal(SQLModel, table=True):
    """A plan thought of, not yet in force; thought of outside any transaction, on a snapshot of the day.

    With `assumptions` it is a what-if. None of them touches anything before it is applied.
    """

    id: int | None = Field(default=None, primary_key=True)
    day: date = Field(foreign_key="service_day.day", index=True)
    state: ProposalState = Field(default=ProposalState.ASKED, sa_type=one_of(ProposalState), index=True)
    assumptions: str = "[]"
    """What is assumed, as JSON; empty: a better plan of the day as it is."""
    urgent: bool = False
    """People stand in the street: thought about before anything else."""
    stop_asked: bool = False
    progress: float = 0.0
    unserved_now: int | None = None
    cost_now: float | None = None
    changes: str = "[]"
    """The promises that get other terms, and who is left out with the proven reason, as JSON."""
    budget_seconds: int
    asked_by: str
    asked_at: datetime = Field(sa_type=UtcDateTime)
    leased_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    base_version: int | None = None
    base: str = "{}"
    """By promise the shift that carried it when the plan was thought of, as JSON."""
    plan: str = ""
    before: str = ""
    after: str = ""
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    error: str = ""


class PublishedPlan(SQLModel, table=True):
    """Version n of a day's plan as the drivers see it."""

    __tablename__ = "published_plan"
    __table_args__ = (UniqueConstraint("day", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    day: date = Field(foreign_key="service_day.day")
    version: int
    published_at: datetime = Field(sa_type=UtcDateTime)
    actor: str
    reason: str
    metres: int


class PublishedStop(SQLModel, table=True):
    """One stop of a published version; never changed afterwards."""

    __tablename__ = "published_stop"
    __table_args__ = (UniqueConstraint("plan_id", "shift_id", "seq"),)

    id: int | None = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="published_plan.id", index=True)
    shift_id: int = Field(foreign_key="shift.id")
    seq: int
    kind: StopKind = Field(sa_type=one_of(StopKind))
    promise_id: int | None = Field(default=None, foreign_key="promise.id")
    place_id: int = Field(foreign_key="place.id")
    arrival: int
    start: int
    departure: int
