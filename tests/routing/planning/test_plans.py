"""Versions for the drivers, proposals of the planner, and what new travel times mean."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from tests.builders.booking import a_confirmed_ride, a_draft, a_ride, chosen
from tests.builders.clients import a_client
from tests.builders.town import NOW, a_version
from transport.booking.contracts import capacity
from transport.booking.rides import rides
from transport.booking.rides.models import Leg
from transport.kernel.actor import SYSTEM
from transport.kernel.clock import at
from transport.kernel.errors import Conflict, Invalid, NotFound
from transport.operations.dispatch import incidents, plans
from transport.operations.quality import invariants
from transport.routing import engine
from transport.routing.planning import day as days
from transport.routing.planning import promises, proposals, publishing, risk, runs, thinking
from transport.routing.planning.models import (
    Promise,
    Proposal,
    ProposalState,
    PublishedStop,
    ServiceDay,
    Stop,
)


def no_fault(session, town, now=NOW):
    assert invariants.faults(session, world=town.world, now=now) == []


def version_of(session, town):
    return session.get_one(ServiceDay, town.day).published


def shown(session, town) -> set[int]:
    plan = publishing.latest(session, town.day)
    assert plan is not None
    return set(session.exec(select(PublishedStop.promise_id).where(PublishedStop.plan_id == plan.id)))


def test_drivers_see_nothing_before_the_first_version(session, town, cast):
    a_confirmed_ride(session, town, cast.anna, by=cast.dana)
    assert publishing.latest(session, town.day) is None


def test_a_plan_is_not_published_while_orders_wait_for_an_answer(session, town, cast):
    a_ride(session, town, cast.anna, by=cast.cyril)
    with pytest.raises(Conflict, match=r"plan\.rides_wait"), session.begin_nested():
        plans.publish(session, town.day, by=cast.dana, now=NOW)


def test_each_change_after_publishing_is_the_next_version(session, town, cast):
    first = a_confirmed_ride(session, town, cast.anna, by=cast.dana)
    assert plans.publish(session, town.day, by=cast.dana, now=NOW).version == 1
    second = a_ride(session, town, cast.bedrich, "10:00", by=cast.hana)
    assert version_of(session, town) == 2
    assert shown(session, town) == {first.promise_id, second.promise_id}
    rides.cancel(session, first, version=first.version, world=town.world, by=cast.cyril, now=NOW)
    assert version_of(session, town) == 3
    assert shown(session, town) == {second.promise_id}
    no_fault(session, town)


def test_a_published_version_never_changes(session, town, cast):
    a_confirmed_ride(session, town, cast.anna, by=cast.dana)
    first = plans.publish(session, town.day, by=cast.dana, now=NOW)
    before = session.exec(select(PublishedStop).where(PublishedStop.plan_id == first.id)).all()
    a_ride(session, town, cast.bedrich, "9:00", by=cast.hana)
    assert session.exec(select(PublishedStop).where(PublishedStop.plan_id == first.id)).all() == before


def test_drivers_do_not_see_places_that_are_only_held(session, town, cast):
    ride = a_confirmed_ride(session, town, cast.anna, by=cast.dana)
    plans.publish(session, town.day, by=cast.dana, now=NOW)
    draft = a_draft(session, town, cast.bedrich, "9:00", by=cast.hana)
    held = chosen(session, town, draft, by=cast.hana)[Leg.OUTBOUND]
    assert shown(session, town) == {ride.promise_id}
    other = a_client(session, "Olga Jiná")
    booked = a_ride(session, town, other, "12:00", by=cast.hana)
    assert shown(session, town) == {ride.promise_id, booked.promise_id}
    later = NOW + timedelta(minutes=11)
    days.lock(session, town.day)
    assert promises.lapse(session, town.day, world=town.world, now=later) == 1
    capacity.settle(session, town.day, by=SYSTEM, now=later)
    assert held.id not in shown(session, town)
    no_fault(session, town, later)


def a_busy_day(session, town, cast):
    """Five rides booked so that a better order can be found."""
    others = [a_client(session, f"Klient {name}") for name in ("Alfa", "Beta", "Gama")]
    rides_of_day = [a_confirmed_ride(session, town, cast.anna, "9:00", by=cast.dana)]
    for client, when, to in zip(others, ("9:10", "9:40", "10:00"), ("station", "school", "zbuch"), strict=True):
        rides_of_day.append(a_confirmed_ride(session, town, client, when, to=to, by=cast.dana))
    return rides_of_day


def thought(session, town, now=NOW):
    """Asked for, claimed, thought about and stored, as the worker does."""
    asked = proposals.ask(session, town.day, seconds=1, by=SYSTEM, now=now)
    taken = proposals.take(session, now)
    assert taken is not None
    assert taken.id == asked.id
    case = proposals.gather(session, asked, world=town.world, now=now)
    answer = thinking.think(case, 0.3)
    proposals.store(session, asked.id or 0, case, answer, error="", now=now)
    session.refresh(asked)
    return asked, case.book, answer.plan


def test_a_proposal_keeps_every_promise_and_costs_no_more(session, town, cast):
    a_busy_day(session, town, cast)
    before = {p.id: (p.window_start, p.window_end, p.arrive_by) for p in session.exec(select(Promise))}
    asked, book, plan = thought(session, town)
    assert asked.state is ProposalState.READY
    assert plan.unserved == ()
    old, new = engine.score(book.problem, book.plan), engine.score(book.problem, plan)
    assert new.served == old.served == 4
    incidents.apply(session, asked.id, world=town.world, by=cast.dana, now=NOW)
    assert session.get_one(Proposal, asked.id).state is ProposalState.APPLIED
    after = {p.id: (p.window_start, p.window_end, p.arrive_by) for p in session.exec(select(Promise))}
    assert after == before
    no_fault(session, town)


def test_asking_twice_is_one_question(session, town):
    first = proposals.ask(session, town.day, seconds=1, by=SYSTEM, now=NOW)
    assert proposals.ask(session, town.day, seconds=9, by=SYSTEM, now=NOW).id == first.id
    taken = proposals.take(session, NOW)
    assert taken is not None
    assert taken.id == first.id
    assert proposals.take(session, NOW) is None


def test_a_question_whose_thinker_died_is_taken_by_another(session, town):
    proposals.ask(session, town.day, seconds=1, by=SYSTEM, now=NOW)
    proposals.take(session, NOW)
    assert proposals.take(session, NOW + timedelta(minutes=1)) is None
    assert proposals.take(session, NOW + timedelta(minutes=3)) is not None


def test_thinking_that_is_told_to_end_answers_with_the_best_so_far(session, town, cast):
    a_busy_day(session, town, cast)
    asked = proposals.ask(session, town.day, seconds=60, by=SYSTEM, now=NOW)
    case = proposals.gather(session, asked, world=town.world, now=NOW)
    heard: list[float] = []

    def enough(how: engine.Progress) -> bool:
        heard.append(how.done)
        return len(heard) < 2

    answer = thinking.think(case, 60, enough)
    assert len(heard) == 2
    assert engine.judge(answer.problem, answer.plan) == []


def test_a_proposal_is_refused_when_the_day_has_moved_on(session, town, cast):
    a_busy_day(session, town, cast)
    asked, _, _ = thought(session, town)
    a_ride(session, town, cast.bedrich, "15:00", by=cast.dana)
    with pytest.raises(Conflict, match=r"plan\.day_has_moved_on"), session.begin_nested():
        incidents.apply(session, asked.id, world=town.world, by=cast.dana, now=NOW)
    no_fault(session, town)


def test_a_proposal_is_applied_once_and_only_when_ready(session, town, cast):
    a_busy_day(session, town, cast)
    asked, _, _ = thought(session, town)
    incidents.apply(session, asked.id, world=town.world, by=cast.dana, now=NOW)
    with pytest.raises(Conflict, match=r"plan\.not_ready"):
        incidents.apply(session, asked.id, world=town.world, by=cast.dana, now=NOW)
    with pytest.raises(NotFound, match="proposal"):
        incidents.apply(session, 987_654, world=town.world, by=cast.dana, now=NOW)


def test_a_failed_thought_says_why(session, town):
    asked = proposals.ask(session, town.day, seconds=1, by=SYSTEM, now=NOW)
    proposals.take(session, NOW)
    proposals.store(session, asked.id or 0, None, None, error="ValueError: no", now=NOW)
    session.refresh(asked)
    assert (asked.state, asked.error) == (ProposalState.FAILED, "ValueError: no")


def test_a_plan_that_breaks_a_promise_is_never_written(session, town, cast):
    a_busy_day(session, town, cast)
    days.lock(session, town.day)
    book = days.load(session, town.day, world=town.world, now=NOW)
    before = session.exec(select(Stop.id)).all()
    run = book.plan.runs[0]
    for broken in (engine.Plan(), engine.Plan(runs=(replace(run, stops=run.stops[2:]), *book.plan.runs[1:]))):
        with pytest.raises(Invalid, match=r"plan\.breaks_promises"):
            runs.save(session, book, book.problem, broken)
    assert session.exec(select(Stop.id)).all() == before


def test_an_improvement_is_dropped_when_the_day_has_moved_on(session, town, cast):
    a_busy_day(session, town, cast)
    book = days.load(session, town.day, world=town.world, now=NOW)
    row = days.lock(session, town.day)
    assert proposals.improve(session, book, book.plan, row=row, by=SYSTEM, now=NOW)
    row = days.lock(session, town.day)
    assert not proposals.improve(session, book, book.plan, row=row, by=SYSTEM, now=NOW)


def resettled(session, town, label):
    version = a_version(session, label)
    book = days.load(session, town.day, world=town.world, now=NOW, version=version)
    plan = risk.mend(book)
    endangered = risk.settle(session, book, version, plan, now=NOW)
    capacity.settle(session, town.day, by=SYSTEM, now=NOW)
    return version, plan, endangered


def test_slower_roads_are_driven_by_when_every_promise_still_holds(session, town, cast):
    ride = a_confirmed_ride(session, town, cast.anna, by=cast.dana)
    before = [stop.start for stop in promises.stops(session, ride.promise_id)]
    version, plan, endangered = resettled(session, town, "slow")
    assert plan is not None
    assert endangered == 0
    assert session.get_one(ServiceDay, town.day).travel_version_id == version.id
    assert [stop.start for stop in promises.stops(session, ride.promise_id)] != before
    no_fault(session, town)


@pytest.mark.slow
def test_hopeless_roads_mark_the_promises_at_risk_and_change_nothing_else(session, town, cast):
    ride = a_confirmed_ride(session, town, cast.anna, by=cast.dana)
    before = [stop.start for stop in promises.stops(session, ride.promise_id)]
    _, plan, endangered = resettled(session, town, "hopeless")
    assert plan is None
    assert endangered == 1
    assert session.get_one(Promise, ride.promise_id).at_risk
    assert session.get_one(ServiceDay, town.day).travel_version_id == town.version
    assert [stop.start for stop in promises.stops(session, ride.promise_id)] == before
    no_fault(session, town)


@pytest.mark.slow
def test_better_roads_take_the_mark_away_again(session, town, cast):
    ride = a_confirmed_ride(session, town, cast.anna, by=cast.dana)
    resettled(session, town, "hopeless")
    resettled(session, town, "slow")
    assert not session.get_one(Promise, ride.promise_id, populate_existing=True).at_risk


def test_new_roads_are_refused_when_somebody_booked_meanwhile(session, town, cast):
    a_confirmed_ride(session, town, cast.anna, by=cast.dana)
    version = a_version(session, "slow")
    book = days.load(session, town.day, world=town.world, now=NOW, version=version)
    plan = risk.mend(book)
    a_ride(session, town, cast.bedrich, "15:00", by=cast.dana)
    with pytest.raises(Conflict, match=r"plan\.day_has_moved_on"):
        risk.settle(session, book, version, plan, now=NOW)


def test_new_roads_are_told_to_the_drivers(session, town, cast):
    a_confirmed_ride(session, town, cast.anna, by=cast.dana)
    plans.publish(session, town.day, by=cast.dana, now=NOW)
    resettled(session, town, "slow")
    assert version_of(session, town) == 2
    no_fault(session, town)


def test_only_open_days_to_come_are_judged_again(session, town):
    assert risk.open_days(session, NOW) == [town.day]
    assert risk.open_days(session, at(town.day, 25 * 3600)) == []
