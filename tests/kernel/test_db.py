"""One use case, one transaction; and what differs between the two databases is not seen above."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy.exc import DBAPIError, StatementError
from sqlmodel import select

from transport.kernel import claims, events
from transport.kernel.actor import SYSTEM, Actor, Role
from transport.kernel.claims import JobRun
from transport.kernel.db import reading, writing
from transport.kernel.errors import Conflict, Invalid
from transport.kernel.events import Event, EventHandled

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def a_note(session, **values):
    return events.record(session, "noted", subject=("test", 1), by=SYSTEM, now=NOW, **values)


def refuse_after(event: Event) -> None:
    raise Invalid("test", event=event.id)


def count(database) -> int:
    with reading(database) as session:
        return len(session.exec(select(Event.id)).all())


def test_returning_commits_and_raising_rolls_back_everything(database):
    with writing(database) as session:
        a_note(session)
    with pytest.raises(Invalid), writing(database) as session:
        refuse_after(a_note(session))
    assert count(database) == 1


def test_a_reading_session_cannot_write(database):
    with pytest.raises(DBAPIError), reading(database) as session:
        a_note(session)
    assert count(database) == 0


def test_a_reader_sees_one_moment_and_does_not_wait_for_the_writer(database):
    with writing(database) as writer:
        a_note(writer)
        assert count(database) == 0
    assert count(database) == 1


def test_instants_come_back_as_utc_whatever_zone_they_had(database):
    elsewhere = NOW.astimezone(timezone(timedelta(hours=5)))
    with writing(database) as session:
        a_note(session, occurred_at=elsewhere)
    with reading(database) as session:
        kept = session.exec(select(Event.occurred_at)).one()
    assert kept == NOW
    assert kept.tzinfo is UTC


def test_a_naive_instant_is_a_programming_error(session):
    with pytest.raises(StatementError, match="naive"), session.begin_nested():
        a_note(session, occurred_at=datetime(2026, 1, 1))  # noqa: DTZ001 - that is the point


def test_an_event_names_roles_and_ids_never_people(session):
    dana = Actor(user=7, role=Role.DISPATCHER, name="Dana Dispečerová", on_behalf_of=3)
    event = events.record(session, "noted", subject=("ride", 12), by=dana, now=NOW, facts={"day": NOW.date()})
    assert (event.actor, event.on_behalf_of, event.subject_id) == ("dispatcher:7", 3, "12")
    assert event.facts == '{"day": "2026-11-20"}'


def test_the_same_key_is_told_once(session):
    a_note(session, key="same")
    with pytest.raises(DBAPIError), session.begin_nested():
        a_note(session, key="same")


def test_a_reaction_is_claimed_once_and_waits_until_then(database):
    with writing(database) as session:
        event_id = a_note(session).id
    with reading(database) as session:
        assert events.pending(session, "noted", "tell") == [event_id]
    with writing(database) as session:
        mine = events.take(session, event_id, "tell", NOW)
        assert mine is not None
        assert mine.id == event_id
        assert events.take(session, event_id, "tell", NOW) is None
        assert events.take(session, event_id, "another", NOW) is not None
    with reading(database) as session:
        assert events.pending(session, "noted", "tell") == []
        assert len(session.exec(select(EventHandled)).all()) == 2


def test_failures_are_counted_until_the_reaction_succeeds(database):
    with writing(database) as session:
        event_id = a_note(session).id
    for _ in range(2):
        events.failed(database, event_id, "tell", ValueError("no"), NOW)
    assert events.failures(database) == 1
    with writing(database) as session:
        events.take(session, event_id, "tell", NOW)
    assert events.failures(database) == 0


def test_a_slot_is_taken_once(session):
    assert claims.take(session, "forget", "2026-11-20", NOW)
    assert not claims.take(session, "forget", "2026-11-20", NOW)
    assert claims.take(session, "forget", "2026-11-21", NOW)


def test_after_its_lease_a_slot_goes_to_another_and_the_slow_worker_cannot_finish(session):
    assert claims.take(session, "forget", "2026-11-20", NOW)
    later = NOW + claims.LEASE + timedelta(seconds=1)
    assert claims.take(session, "forget", "2026-11-20", later)
    assert not claims.finish(session, "forget", "2026-11-20", NOW, later)
    assert claims.finish(session, "forget", "2026-11-20", later, later)
    assert not claims.take(session, "forget", "2026-11-20", later + claims.LEASE * 2)
    assert session.exec(select(JobRun.finished_at)).one() == later


def test_a_refusal_has_a_code_a_field_and_facts():
    refusal = Conflict("ride.changed_meanwhile", field="version", ride="123456")
    assert (refusal.code, refusal.field, refusal.facts) == ("ride.changed_meanwhile", "version", {"ride": "123456"})
    assert str(refusal) == "ride.changed_meanwhile (ride=123456)"
