"""Problems that were none: taken back they leave nothing behind, unless dispatch has acted upon them already."""

import pytest

from tests.builders.booking import a_confirmed_ride
from tests.builders.phones import Phone
from tests.builders.town import NOW
from transport.kernel.clock import seconds_of
from transport.kernel.events import record
from transport.operations.dispatch import exceptions, plans
from transport.operations.dispatch.matters import MatterKind
from transport.operations.driving import duties, problems, reports
from transport.operations.driving.models import Outcome
from transport.operations.driving.said import PROBLEMS
from transport.routing.planning.assuming import Delayed, LeastChange, OneMore, VehicleOut, written
from transport.routing.planning.models import Proposal, ProposalState


@pytest.fixture
def phone(session, town, cast):
    """Emil's; he fetches Bedřich at nine."""
    ride = a_confirmed_ride(session, town, cast.bedrich, "9:00", by=cast.dana)
    plans.publish(session, town.day, by=cast.dana, now=NOW)
    return Phone(session, town, ride, town.car_shift, cast.emil)


def matters(session, town, now, *kinds):
    found = exceptions.found(session, town.day, policy=town.world.policies.on(town.day), now=now)
    return [each.why for each in found if each.kind in (kinds or (MatterKind.DRIVER_SAID,))]


def a_plan(session, town, asked_at, *assumptions, state=ProposalState.APPLIED):
    session.add(
        Proposal(
            day=town.day,
            state=state,
            assumptions=written(assumptions),
            urgent=True,
            budget_seconds=4,
            asked_by="dispatcher:1",
            asked_at=asked_at,
        )
    )
    session.flush()


def test_each_problem_that_is_taken_back_is_gone_for_dispatch(session, town, phone):
    for minute, word in enumerate(PROBLEMS, 1):
        problem = phone("problem", minute=minute, problem=word, minutes=20)
        now = problem.recorded_at
        assert matters(session, town, now) == [word]
        for _ in range(2):
            assert phone("undone", minute=minute + 0.5, about=problem.key).outcome is Outcome.TAKEN
        assert matters(session, town, now, MatterKind.DRIVER_SAID, MatterKind.REPORTS_ASIDE) == []
        assert not duties.of_day(session, town.day, now=now).broken.get(town.car_shift)
    assert problems.of_shift(session, town.car_shift) == []


def test_a_vehicle_that_did_not_break_down_drives_also_if_dispatch_was_looking_for_another_one(
    session, town, cast, phone
):
    def stands(problem):
        found = duties.of_day(session, town.day, now=problem.recorded_at)
        return "breakdown" in found.broken.get(town.car_shift, ())

    first = phone("problem", minute=1, problem="breakdown")
    record(session, "vehicle_broke_down", subject=("shift", town.car_shift), by=cast.dana, now=first.recorded_at)
    phone("undone", minute=2, about=first.key)
    assert not stands(first)
    second = phone("problem", minute=3, problem="breakdown")
    phone("undone", minute=5, about=phone("problem", minute=4, problem="breakdown").key)
    assert stands(second), "one of two is taken back"


@pytest.mark.parametrize("word", ["breakdown", "lift", "late"])
def test_dispatch_decides_about_a_problem_for_which_a_plan_is_in_force(session, town, phone, word):
    problem = phone("problem", minute=1, problem=word)
    now = problem.recorded_at
    second, place = seconds_of(town.day, now), town.places["home"]
    a_plan(session, town, now, VehicleOut(town.van_shift, second, place), LeastChange())
    a_plan(session, town, now, OneMore(second, second + 3600, town.van, 1))
    a_plan(session, town, now, Delayed(town.car_shift, 20, second), state=ProposalState.READY)
    assert not problems.acted_upon(session, problem, now=now), "another vehicle, nothing that happened, not used"
    a_plan(session, town, now, Delayed(town.car_shift, 20, second), LeastChange())
    back = phone("undone", minute=2, about=problem.key)
    assert (back.outcome, back.why) == (Outcome.ASIDE, "report.decided")
    assert [each.back for each in problems.of_shift(session, town.car_shift)] == [back]
    assert matters(session, town, now) == [word]
    assert len(matters(session, town, now, MatterKind.REPORTS_ASIDE)) == 1


def test_what_takes_a_problem_back_may_come_before_it(session, town, phone):
    problem = phone.said("problem", minute=1, problem="breakdown")
    back = phone("undone", minute=2, about=problem.key)
    assert back.why == "report.about_unknown"
    phone.receive(problem, received=back.recorded_at)
    session.refresh(back)
    assert back.outcome is Outcome.TAKEN
    assert reports.last(session, town.car_shift) is None
    assert matters(session, town, back.recorded_at) == []
