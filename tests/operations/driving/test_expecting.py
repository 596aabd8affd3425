"""The day under way, watched: expectations follow what is known, and lateness is told before the promise is broken."""

import json
from datetime import timedelta

import pytest
from sqlmodel import select

from tests.builders.booking import a_confirmed_ride
from tests.builders.driving import planned, reported
from tests.builders.town import NOW
from transport.booking.rides import rides
from transport.kernel.clock import at, seconds_of
from transport.kernel.events import Event
from transport.operations.dispatch import exceptions
from transport.operations.dispatch.matters import MatterKind
from transport.operations.driving import accuracy, expecting
from transport.operations.driving.accuracy import Pair, Spread
from transport.operations.driving.models import DriverReport, EstimateError, Outcome, ReportKind, VehiclePosition
from transport.routing.fleet.models import Shift
from transport.routing.geo.models import Place
from transport.routing.planning import runs
from transport.routing.planning.models import Estimate, Promise, Stop, StopKind, VisitAction

PICKUP, DROPOFF = StopKind.PICKUP, StopKind.DROPOFF
ARRIVED, DONE, ABSENT = VisitAction.ARRIVED, VisitAction.DONE, VisitAction.ABSENT
MINUTE = timedelta(minutes=1)


@pytest.fixture
def two(session, town, cast):
    """Anna at nine and Bedřich after her, in the same vehicle."""
    first = a_confirmed_ride(session, town, cast.anna, "9:00", by=cast.dana)
    second = a_confirmed_ride(session, town, cast.bedrich, "9:40", origin="hospital", to="station", by=cast.dana)
    assert runs.shift_of(session, first.promise_id) == runs.shift_of(session, second.promise_id)
    return first, second


def said(session, town, ride, kind, second, about="", **facts):
    """A report of the driver that is about the shift, not about a stop."""
    row = DriverReport(
        key=f"{kind}-{second}",
        shift_id=runs.shift_of(session, ride.promise_id),
        kind=kind,
        about=about,
        facts=json.dumps(facts),
        device="d",
        seq=1,
        device_at=at(town.day, second),
        occurred_at=at(town.day, second),
        recorded_at=at(town.day, second),
        actor="driver:1",
        outcome=Outcome.TAKEN,
    )
    session.add(row)
    session.flush()


def watch(session, town, now):
    expecting.watch(session, town.day, world=town.world, now=now)


def expected(session, town, ride, kind, now):
    found = expecting.outlook(session, town.day, world=town.world, now=now)
    return at(town.day, found.expected[ride.promise_id, kind])


def told(session):
    return [json.loads(each.facts) for each in session.exec(select(Event).where(Event.kind == expecting.LATE))]


def kinds(session, town, now):
    return {
        (each.kind, each.subject)
        for each in exceptions.found(session, town.day, policy=town.world.policies.on(town.day), now=now)
    }


def test_a_run_that_goes_as_planned_is_expected_as_planned(session, town, cast, two):
    begins = planned(session, two[0], PICKUP)
    said(session, town, two[0], ReportKind.BEGUN, town.second("6:00"))
    for now in (NOW, begins - 60 * MINUTE, begins):
        watch(session, town, now)
    reported(session, town, two[0], PICKUP, ARRIVED, by=cast.dana)
    stop = session.exec(select(Stop).where(Stop.promise_id == two[0].promise_id, Stop.kind == PICKUP)).one()
    reported(session, town, two[0], PICKUP, DONE, by=cast.dana, now=at(town.day, stop.departure))
    assert session.exec(select(Estimate)).all() == []
    assert told(session) == []


def test_who_has_not_begun_the_shift_is_not_on_the_way(session, town, two):
    begins = planned(session, two[0], PICKUP)
    assert expected(session, town, two[0], PICKUP, begins) > begins, "the way from the depot is still to be driven"
    said(session, town, two[0], ReportKind.BEGUN, town.second("6:00"))
    assert expected(session, town, two[0], PICKUP, begins) == begins


def test_a_driver_who_says_to_come_late_is_believed(session, town, two):
    said(session, town, two[0], ReportKind.BEGUN, town.second("6:00"))
    said(session, town, two[0], ReportKind.PROBLEM, town.second("8:30"), problem="late", minutes=20)
    now = at(town.day, town.second("8:31"))
    assert expected(session, town, two[0], PICKUP, now) == planned(session, two[0], PICKUP) + 20 * MINUTE
    late = session.exec(select(DriverReport).where(DriverReport.kind == ReportKind.PROBLEM)).one()
    said(session, town, two[0], ReportKind.UNDONE, town.second("8:31"), about=late.key)
    assert expected(session, town, two[0], PICKUP, now) == planned(session, two[0], PICKUP), "it was a mistake"


def test_a_fresh_position_counts_more_than_the_plan_and_an_old_one_nothing(session, town, two):
    said(session, town, two[0], ReportKind.BEGUN, town.second("6:00"))
    now = planned(session, two[0], PICKUP) - MINUTE
    shift = session.get_one(Shift, runs.shift_of(session, two[0].promise_id))
    far = session.get_one(Place, town.places["zbuch"])
    seen_at = now - MINUTE
    row = VehiclePosition(
        vehicle_id=shift.vehicle_id,
        shift_id=shift.id or 0,
        slot=1,
        lat=far.lat,
        lon=far.lon,
        at=seen_at,
        recorded_at=seen_at,
    )
    session.add(row)
    session.flush()
    assert expected(session, town, two[0], PICKUP, now) > now + 5 * MINUTE
    assert expected(session, town, two[0], PICKUP, now + 5 * MINUTE) == now + 5 * MINUTE


def test_after_somebody_who_was_not_there_the_way_goes_on_from_their_door(session, town, cast, two):
    came = planned(session, two[0], PICKUP)
    left = max(came, at(town.day, session.get_one(Promise, two[0].promise_id).window_start)) + 20 * MINUTE
    reported(session, town, two[0], PICKUP, ARRIVED, by=cast.dana, now=came)
    reported(session, town, two[0], PICKUP, ABSENT, by=cast.dana, now=left)
    before = expected(session, town, two[1], PICKUP, left)
    rides.no_show(session, two[0], version=two[0].version, reason="", world=town.world, by=cast.dana, now=left)
    assert expected(session, town, two[1], PICKUP, left) == before
    assert expected(session, town, two[1], PICKUP, left + 90 * MINUTE) >= left + 90 * MINUTE


def test_lateness_is_told_once_before_the_window_ends_and_again_only_when_it_gets_much_worse(session, town, cast, two):
    promise = session.get_one(Promise, two[1].promise_id)
    promise.window_end = seconds_of(town.day, planned(session, two[1], PICKUP)) + 60
    came = planned(session, two[0], PICKUP) + 35 * MINUTE
    reported(session, town, two[0], PICKUP, ARRIVED, by=cast.dana, now=came)
    for now in (came, came, came + MINUTE):
        watch(session, town, now)
    first = [each for each in told(session) if each["promise"] == two[1].promise_id]
    assert [(each["stop"], each["minutes"] >= 10) for each in first] == [("pickup", True)]
    assert came <= at(town.day, promise.window_end) - 5 * MINUTE
    assert (MatterKind.LATE, two[1].id) in kinds(session, town, came)
    later = came + 35 * MINUTE
    for now in (later, later):
        watch(session, town, now)
    again = [each["minutes"] for each in told(session) if each["promise"] == two[1].promise_id]
    assert len(again) == 2
    assert again[1] >= again[0] + 10


def test_who_is_already_fetched_is_not_told_of_the_pickup(session, town, cast, two):
    came = planned(session, two[0], PICKUP) + 40 * MINUTE
    for action in (ARRIVED, DONE):
        reported(session, town, two[0], PICKUP, action, by=cast.dana, now=came)
    watch(session, town, came)
    assert ("pickup", two[0].promise_id) not in {(each["stop"], each["promise"]) for each in told(session)}


def test_the_dispatcher_is_warned_while_the_window_is_still_open(session, town, two):
    """Planned a few minutes before the end and slipping: the alarm comes before the promise is broken."""
    promise = session.get_one(Promise, two[0].promise_id)
    stop = session.exec(select(Stop).where(Stop.promise_id == promise.id, Stop.kind == PICKUP)).one()
    promise.window_end = stop.start + 11 * 60
    session.add(promise)
    said(session, town, two[0], ReportKind.BEGUN, town.second("6:00"))
    said(session, town, two[0], ReportKind.PROBLEM, stop.start - 1800, problem="late", minutes=10)
    early = at(town.day, stop.start - 1500)
    assert (MatterKind.LATE_SOON, two[0].id) not in kinds(session, town, early)
    watch(session, town, early)
    assert (MatterKind.LATE_SOON, two[0].id) in kinds(session, town, early)
    assert at(town.day, promise.window_end) - early >= 10 * MINUTE


def test_how_far_expectations_were_from_the_truth_is_learned_by_how_long_ahead_they_were(session, town, cast, two):
    began = planned(session, two[0], PICKUP) + 20 * MINUTE
    for ahead, late in ((60, 0), (30, 5), (5, 18)):
        instant = began - 20 * MINUTE + late * MINUTE
        session.add(
            Estimate(
                promise_id=two[0].promise_id, kind=PICKUP, expected_at=instant, made_at=began - (ahead + 1) * MINUTE
            )
        )
    reported(session, town, two[0], PICKUP, ARRIVED, by=cast.dana, now=began)
    errors = {each.ahead: each.median / 60 for each in accuracy.errors(accuracy.pairs(session, town.day))}
    assert errors == {5: 2, 15: 15, 30: 15, 60: 20, 120: 20}
    assert accuracy.learn(session, accuracy.recent(session, town.day + timedelta(days=1)), now=began) == 5
    row = session.get_one(EstimateError, 5)
    assert (row.count, row.early, row.middle, row.late) == (1, 120, 120, 120)
    assert accuracy.spread(session).at(300)[2] == (120 + accuracy.PRIOR_WEIGHT * 300) / (1 + accuracy.PRIOR_WEIGHT)


def test_the_figures_of_errors_are_those_worked_out_by_hand():
    pairs = [Pair(15, NOW, NOW + timedelta(seconds=late)) for late in (-60, 0, 60, 120, 180)]
    (error,) = expecting.errors(pairs)
    assert (error.ahead, error.count, error.median, error.bias) == (15, 5, 60, 60)
    assert error.p90 == pytest.approx(156)


@pytest.mark.parametrize(
    ("expected", "now", "warned"),
    [
        (1750, 1000, True),  # 150 s before the limit: 60 + 180 * log(3) / log(9)
        (1749, 1000, False),
        (1930, 1000, True),  # half a minute after the limit, which is not late yet
        (1830, 1830, False),  # nobody has said anything, and it is not the end of the window yet
        (1850, 1850, True),
    ],
)
def test_a_warning_wants_a_chance_of_one_in_four_and_of_one_in_two_where_there_was_no_word(expected, now, warned):
    sure, limit = Spread({60: (0, 60, 240)}), 1900
    assert sure.soon(expected, limit, now) is warned
    assert not sure.soon(expected, limit, limit - accuracy.SOON - 1)


def test_a_few_minutes_too_late_are_said_when_they_are_near_and_many_at_once():
    limit = 10_000
    near, far = limit - accuracy.SOON, limit - accuracy.SOON - 1
    assert not accuracy.is_late(limit + 59, limit, near)
    assert accuracy.is_late(limit + 60, limit, near)
    assert not accuracy.is_late(limit + 599, limit, far)
    assert accuracy.is_late(limit + 600, limit, far)


def test_a_span_holds_the_expected_time_and_is_never_in_the_past():
    sure = Spread({5: (-180, 0, 300), 60: (60, 120, 900)})
    assert sure.around(1000, 900) == (900, 1300)
    assert sure.around(5000, 2000) == (5000, 5900)
