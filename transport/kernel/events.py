"""What happened is a row: audit trail and outbox in one, written in the same transaction as the change.

An event is never updated. That a reaction has been carried out stands beside it (`EventHandled`), whose primary
key is the claim: whoever inserts it first does the work, in the same transaction. Facts hold ids and numbers,
never names or addresses.
"""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, func
from sqlmodel import Field, Session, SQLModel, col, select

from transport.kernel.actor import Actor
from transport.kernel.db import UtcDateTime, reading, writing


class Event(SQLModel, table=True):
    """Something that happened to a subject (`ride` 12, `service_day` 2026-11-22), and by whom."""

    id: int | None = Field(default=None, primary_key=True)
    occurred_at: datetime = Field(sa_type=UtcDateTime)
    recorded_at: datetime = Field(sa_type=UtcDateTime, index=True)
    actor: str
    on_behalf_of: int | None = Field(default=None, index=True)
    kind: str = Field(index=True)
    schema_version: int = Field(default=1, sa_column_kwargs={"name": "schema"})
    subject_type: str
    subject_id: str = Field(index=True)
    facts: str = "{}"
    key: str | None = Field(default=None, unique=True)


class EventHandled(SQLModel, table=True):
    """The claim that a reaction to an event has been carried out."""

    __tablename__ = "event_handled"

    event_id: int = Field(foreign_key="event.id", primary_key=True)
    reaction: str = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)


class EventFailure(SQLModel, table=True):
    """A reaction that raised: counted here, shown on the health page, tried again."""

    __tablename__ = "event_failure"

    event_id: int = Field(foreign_key="event.id", primary_key=True)
    reaction: str = Field(primary_key=True)
    attempts: int = 0
    error: str = ""
    at: datetime = Field(sa_type=UtcDateTime)


def record(
    session: Session,
    kind: str,
    *,
    subject: tuple[str, int | str | None],
    by: Actor,
    now: datetime,
    occurred_at: datetime | None = None,
    facts: dict[str, Any] | None = None,
    key: str | None = None,
) -> Event:
    """Remember that something happened; `key` makes a second telling of the same thing impossible."""
    event = Event(
        occurred_at=occurred_at or now,
        recorded_at=now,
        actor=by.label,
        on_behalf_of=by.on_behalf_of,
        kind=kind,
        subject_type=subject[0],
        subject_id=str(subject[1]),
        facts=json.dumps(facts or {}, sort_keys=True, default=str),
        key=key,
    )
    session.add(event)
    session.flush()
    return event


def pending(
    session: Session, kind: str, reaction: str, limit: int = 100, *, since: datetime | None = None
) -> list[int]:
    """Ids of the events of a kind to which the reaction has not been carried out yet, oldest first.

    `since`: what was recorded before calls for no reaction any more.
    """
    handled = select(EventHandled.event_id).where(EventHandled.reaction == reaction)
    statement = (
        select(Event.id).where(Event.kind == kind, col(Event.id).not_in(handled)).order_by(col(Event.id)).limit(limit)
    )
    if since is not None:
        statement = statement.where(Event.recorded_at >= since)
    return [event_id for event_id in session.exec(statement) if event_id is not None]


def take(session: Session, event_id: int, reaction: str, now: datetime) -> Event | None:
    """Claim the reaction to one event inside this transaction; None if somebody else has it."""
    statement = _insert_or_nothing(session, event_id, reaction, now)
    taken = session.connection().execute(statement).first() is not None
    return session.get(Event, event_id) if taken else None


def _insert_or_nothing(session: Session, event_id: int, reaction: str, now: datetime) -> Any:  # noqa: ANN401 - dialects' inserts share no public type
    if session.get_bind().dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert  # noqa: PLC0415 - one dialect or the other
    else:
        from sqlalchemy.dialects.sqlite import insert  # type: ignore[assignment]  # noqa: PLC0415
    table = SQLModel.metadata.tables["event_handled"]
    claim = insert(table).values(event_id=event_id, reaction=reaction, at=now).on_conflict_do_nothing()
    return claim.returning(table.c.event_id)  # a row comes back to the winner only; row counts differ by driver


def failed(engine: Engine, event_id: int, reaction: str, error: Exception, now: datetime) -> None:
    """Count a failed attempt in a transaction of its own; the reaction's own work has been rolled back."""
    with writing(engine) as session:
        row = session.get(EventFailure, (event_id, reaction)) or EventFailure(
            event_id=event_id, reaction=reaction, at=now
        )
        row.attempts += 1
        row.error = f"{type(error).__name__}: {error}"[:400]
        row.at = now
        session.add(row)


def failures(engine: Engine) -> int:
    """How many reactions have failed and have not been carried out since."""
    with reading(engine) as session:
        done = select(EventHandled.event_id).where(
            EventHandled.event_id == EventFailure.event_id, EventHandled.reaction == EventFailure.reaction
        )
        return session.exec(select(func.count()).select_from(EventFailure).where(~done.exists())).one()
