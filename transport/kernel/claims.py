"""Work that must happen once per slot (a day, a month) is taken by exactly one process.

The slot is a label (`2026-11-22`), not a clock reading, so skewed clocks do no harm. A lease lets another process
take over after a crash; the effect and `finished_at` are committed together.
"""

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, Session, SQLModel, col

from transport.kernel.db import UtcDateTime

LEASE = timedelta(minutes=10)


class JobRun(SQLModel, table=True):
    """One slot of one job: who took it, until when, and whether its effect is in the database."""

    __tablename__ = "job_run"

    job: str = Field(primary_key=True)
    slot: str = Field(primary_key=True)
    taken_at: datetime = Field(sa_type=UtcDateTime)
    leased_until: datetime = Field(sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


def take(session: Session, job: str, slot: str, now: datetime) -> bool:
    """Claim a slot; False if it is done or in somebody else's unexpired hands."""
    overdue = (
        update(JobRun)
        .where(col(JobRun.job) == job, col(JobRun.slot) == slot, col(JobRun.finished_at).is_(None))
        .where(col(JobRun.leased_until) < now)
        .values(taken_at=now, leased_until=now + LEASE)
    )
    if session.connection().execute(overdue).rowcount == 1:
        return True
    try:
        with session.begin_nested():
            session.add(JobRun(job=job, slot=slot, taken_at=now, leased_until=now + LEASE))
    except IntegrityError:
        return False
    return True


def finish(session: Session, job: str, slot: str, taken_at: datetime, now: datetime) -> bool:
    """Write down, together with the effect, that the slot is done; False if the lease was lost meanwhile."""
    done = (
        update(JobRun)
        .where(col(JobRun.job) == job, col(JobRun.slot) == slot)
        .where(col(JobRun.finished_at).is_(None), col(JobRun.taken_at) == taken_at)
        .values(finished_at=now)
    )
    return session.connection().execute(done).rowcount == 1
