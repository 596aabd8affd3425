"""The fixtures every other test stands on do what they promise, on both databases."""

from datetime import UTC, datetime

from sqlalchemy import Engine
from sqlmodel import Session, select

from transport.kernel.claims import JobRun
from transport.kernel.db import reading, writing

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)


def a_run() -> JobRun:
    return JobRun(job="watch", slot="2026-11-23", taken_at=NOW, leased_until=NOW)


def test_a_session_can_write_and_nest_savepoints(session: Session):
    session.add(a_run())
    session.commit()
    with session.begin_nested():
        session.add(JobRun(job="other", slot="2026-11-23", taken_at=NOW, leased_until=NOW))
    assert len(session.exec(select(JobRun)).all()) == 2


def test_a_session_finds_nothing_of_the_test_before(session: Session):
    assert session.exec(select(JobRun)).all() == []
    session.add(a_run())
    session.flush()


def test_code_that_commits_itself_leaves_rows_for_the_same_test(database: Engine):
    with writing(database) as session:
        session.add(a_run())
    with reading(database) as session:
        assert session.exec(select(JobRun)).one().taken_at == NOW


def test_what_was_committed_is_gone_in_the_next_test(database: Engine):
    with reading(database) as session:
        assert session.exec(select(JobRun)).all() == []
