"""The timetable: row work drains what waits, slot work happens once, and a failure is seen and tried again."""

from datetime import UTC, datetime, timedelta

import pytest
from apscheduler.schedulers.background import BackgroundScheduler
from sqlmodel import col, func, select

from tests.builders.booking import a_confirmed_ride, a_draft, an_order, chosen
from tests.builders.clients import a_client, a_user, acting
from tests.builders.driving import driven
from tests.builders.town import DAY, NOW, a_town, a_version
from tests.cast import gather
from transport import jobs
from transport.booking.rides import rides
from transport.booking.rides.models import Ride
from transport.kernel import events
from transport.kernel.actor import SYSTEM, Role
from transport.kernel.clock import at
from transport.kernel.db import reading, writing
from transport.operations.quality import invariants
from transport.routing.planning import proposals
from transport.routing.planning.models import Promise, PromiseKind, PromiseState, Proposal, ProposalState, ServiceDay


@pytest.fixture
def town(services):
    with writing(services.database) as session:
        cast = gather(session)
        town = a_town(session, emil=cast.emil)
        a_confirmed_ride(session, town, cast.anna, by=cast.dana)
        chosen(session, town, a_draft(session, town, cast.bedrich, "12:00", by=cast.dana), by=cast.dana)
    jobs.react(services, NOW)
    return town


def no_fault(services, now=NOW):
    with reading(services.database) as session:
        assert invariants.faults(session, world=services.world, now=now) == []


def job(name: str) -> jobs.Job:
    return next(each for each in jobs.TIMETABLE if each.name == name)


def test_holds_lapse_by_themselves(services, town):
    assert jobs.lapse(services, NOW) == 0
    later = NOW + timedelta(minutes=11)
    assert jobs.lapse(services, later) == 1
    with reading(services.database) as session:
        assert session.exec(select(Promise.state).order_by(col(Promise.id))).all() == [
            PromiseState.FIRM,
            PromiseState.WITHDRAWN,
        ]
    no_fault(services, later)


def test_a_question_for_a_better_plan_is_answered(services, town):
    with writing(services.database) as session:
        proposals.ask(session, town.day, seconds=1, by=SYSTEM, now=NOW)
    assert jobs.think(services, NOW) == 1
    assert jobs.think(services, NOW) == 0
    with reading(services.database) as session:
        assert session.exec(select(Proposal.state)).all() == [ProposalState.READY]


def test_days_are_opened_to_the_horizon_once(services, town):
    now = datetime(2026, 11, 20, 0, 10, tzinfo=UTC)
    assert jobs.run(services, job("open_days"), now) == 21
    assert jobs.run(services, job("open_days"), now) == 0
    with reading(services.database) as session:
        assert session.exec(select(func.count()).select_from(ServiceDay)).one() == 22
    no_fault(services)


def test_tomorrow_is_asked_about_in_the_afternoon(services, town):
    day_before = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
    assert jobs.run(services, job("ask_for_tomorrow"), day_before) == 1
    with reading(services.database) as session:
        assert [each.day for each in session.exec(select(Proposal))] == [DAY]


def test_new_travel_times_are_answered_by_judging_the_open_days(services, town):
    with writing(services.database) as session:
        version = a_version(session, "slow", NOW + timedelta(minutes=1))
        events.record(session, "travel_times_imported", subject=("travel_version", version.id), by=SYSTEM, now=NOW)
    assert jobs.react(services, NOW) == 1
    assert jobs.react(services, NOW) == 0
    with reading(services.database) as session:
        assert session.get_one(ServiceDay, DAY).travel_version_id == version.id
    no_fault(services)


def test_a_reaction_that_fails_is_counted_and_left_for_the_next_time(services):
    """There is no version of travel times at all, so that nothing can be judged."""
    with writing(services.database) as session:
        events.record(session, "travel_times_imported", subject=("travel_version", 1), by=SYSTEM, now=NOW)
    assert jobs.react(services, NOW) == 0
    assert events.failures(services.database) == 1
    with reading(services.database) as session:
        assert len(events.pending(session, "travel_times_imported", "judge_open_days")) == 1


def test_old_drafts_are_forgotten(services, town):
    assert jobs.forget(services, NOW) == 0
    assert jobs.forget(services, NOW + timedelta(days=31)) == 2


def test_a_way_home_nobody_has_called_for_is_kept_later_by_the_watch(services, town):
    with writing(services.database) as session:
        hana = acting(a_user(session, Role.OPERATOR))
        other = a_client(session, "Olga Jiná")
        back = an_order(session, town, other, "13:00", back="15:00", will_call=True, by=hana)[1]
        promised = session.get_one(Promise, back.promise_id).window_end
    assert jobs.watch_returns(services, at(DAY, town.second("14:30"))) == 0
    too_late = at(DAY, promised)
    assert jobs.watch_returns(services, too_late) == 1
    assert jobs.watch_returns(services, too_late) == 0
    with reading(services.database) as session:
        again = session.get_one(Promise, session.get_one(Ride, back.id).promise_id)
        assert (again.kind, again.window_end > promised) == (PromiseKind.WILL_CALL, True)
    no_fault(services, too_late)


def test_the_watch_raises_the_alarm_for_whoever_is_left_out_once(services, town):
    noon = at(DAY, town.second("15:30"))
    with writing(services.database) as session:
        dana = acting(a_user(session, Role.DISPATCHER))
        other = a_client(session, "Olga Jiná")
        there, back = an_order(session, town, other, "13:00", back="15:00", by=dana)
        for ride in (there, back):
            rides.confirm(session, ride, version=ride.version, by=dana, now=NOW)
        driven(session, town, there, by=dana)
        rides.miss(session, back, version=back.version, reason="porucha", world=town.world, by=dana, now=noon)
    assert [jobs.watch_returns(services, noon) for _ in range(2)] == [1, 0]
    with reading(services.database) as session:
        assert len(events.pending(session, "client_stranded", "tell")) == 1


def test_every_line_of_the_timetable_gets_a_clock(services):
    scheduler = BackgroundScheduler()
    jobs.schedule(scheduler, services)
    assert {each.id for each in scheduler.get_jobs()} == {each.name for each in jobs.TIMETABLE}


def test_today_is_watched_and_the_night_learns(services, town):
    """A vehicle of which nobody hears anything is expected later and later, and somebody is told."""
    ride_at = at(DAY, town.second("9:30"))
    assert jobs.watch_progress(services, NOW) == 0, "no day is open today"
    assert jobs.watch_progress(services, ride_at) > 0
    assert jobs.watch_progress(services, ride_at) == 0
    with reading(services.database) as session:
        kinds = session.exec(select(events.Event.kind)).all()
    assert kinds.count("ride_late") == 1
    assert jobs.learn(services, ride_at + timedelta(days=1)) == 0
