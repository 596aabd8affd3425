"""The day as drivers report it: each report once, in order, by the one who drives."""

from datetime import timedelta

import pytest
from sqlmodel import select

from tests.builders.booking import a_confirmed_ride, a_ride
from tests.builders.clients import a_client, acting
from tests.builders.town import NOW
from transport.accounts.models import User
from transport.booking.contracts.models import LedgerEntry
from transport.booking.rides import queries, rides
from transport.booking.rides.lifecycle import Status
from transport.kernel.clock import at
from transport.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from transport.kernel.events import Event
from transport.operations.dispatch import plans
from transport.operations.driving import execution, manifest
from transport.operations.quality import invariants
from transport.routing.fleet.models import Driver, Shift
from transport.routing.planning import estimates, runs
from transport.routing.planning.models import Estimate, Promise, PromiseState, Stop, StopKind, Visit, VisitAction

PICKUP, DROPOFF = StopKind.PICKUP, StopKind.DROPOFF
ARRIVED, DONE, ABSENT = VisitAction.ARRIVED, VisitAction.DONE, VisitAction.ABSENT


@pytest.fixture
def ride(session, town, cast):
    """Bedřich at nine, published; and Emil drives the vehicle, whichever it is."""
    ride = a_confirmed_ride(session, town, cast.bedrich, "9:00", by=cast.dana)
    plans.publish(session, town.day, by=cast.dana, now=NOW)
    return ride


@pytest.fixture
def driver(session, town, cast, ride):
    """The actor who drives the shift of the ride."""
    shift = session.get_one(Shift, runs.shift_of(session, ride.promise_id))
    return acting(session.get_one(User, session.get_one(Driver, shift.driver_id).user_id))


def planned(session, town, ride, kind):
    stop = session.exec(select(Stop).where(Stop.promise_id == ride.promise_id, Stop.kind == kind)).one()
    return at(town.day, stop.start)


def report(session, town, ride, kind, action, *, by, now=None, **said):
    now = now or planned(session, town, ride, kind)
    execution.report(session, ride.promise_id, kind, action, world=town.world, by=by, now=now, **said)
    session.refresh(ride)


def test_a_ride_is_driven_from_door_to_door(session, town, ride, driver):
    for kind, action, status in (
        (PICKUP, ARRIVED, Status.CONFIRMED),
        (PICKUP, DONE, Status.ON_BOARD),
        (DROPOFF, ARRIVED, Status.ON_BOARD),
        (DROPOFF, DONE, Status.COMPLETED),
    ):
        report(session, town, ride, kind, action, by=driver)
        assert ride.status is status
        now = planned(session, town, ride, kind)
        assert invariants.faults(session, world=town.world, now=now) == []
    assert session.get_one(Promise, ride.promise_id).state is PromiseState.KEPT


def test_a_report_sent_twice_changes_nothing(session, town, ride, driver):
    for _ in range(2):
        report(session, town, ride, PICKUP, ARRIVED, by=driver)
        report(session, town, ride, PICKUP, DONE, by=driver)
    report(session, town, ride, DROPOFF, DONE, by=driver)
    for _ in range(2):
        report(session, town, ride, PICKUP, DONE, by=driver)
        report(session, town, ride, DROPOFF, DONE, by=driver)
    assert len(session.exec(select(Visit)).all()) == 3
    assert len(session.exec(select(Event).where(Event.kind == "ride_completed")).all()) == 1
    assert ride.status is Status.COMPLETED


def test_a_report_may_come_late_and_says_when_it_happened(session, town, ride, driver):
    happened = planned(session, town, ride, PICKUP)
    report(session, town, ride, PICKUP, DONE, by=driver, now=happened + timedelta(hours=2), occurred_at=happened)
    visit = session.exec(select(Visit)).one()
    assert (visit.occurred_at, visit.recorded_at) == (happened, happened + timedelta(hours=2))


def test_nobody_gets_off_before_getting_on(session, town, ride, driver):
    with pytest.raises(Conflict, match=r"visit\.not_on_board"):
        report(session, town, ride, DROPOFF, DONE, by=driver)


def test_a_driver_reports_only_about_the_own_vehicle(session, town, cast, ride, driver):
    other = next(actor for actor in (cast.emil, cast.gustav) if actor.user != driver.user)
    with pytest.raises(NotFound, match="stop"):
        report(session, town, ride, PICKUP, ARRIVED, by=other)
    with pytest.raises(NotFound, match="shift"):
        manifest.of(session, town.van_shift if driver == cast.emil else town.car_shift, by=driver)


def test_a_stop_of_a_cancelled_ride_is_not_reported(session, town, cast, ride, driver):
    rides.cancel(session, ride, version=ride.version, world=town.world, by=cast.dana, now=NOW)
    with pytest.raises((Conflict, NotFound)):
        report(session, town, ride, PICKUP, DONE, by=cast.dana, now=at(town.day, 9 * 3600))


def test_nobody_here_needs_an_arrival_and_fifteen_minutes(session, town, ride, driver):
    arrived = planned(session, town, ride, PICKUP)
    with pytest.raises(Conflict, match=r"visit\.not_arrived"):
        report(session, town, ride, PICKUP, ABSENT, by=driver)
    report(session, town, ride, PICKUP, ARRIVED, by=driver)
    with pytest.raises(Invalid, match=r"visit\.too_soon"):
        report(session, town, ride, PICKUP, ABSENT, by=driver, now=arrived + timedelta(minutes=14))
    report(session, town, ride, PICKUP, ABSENT, by=driver, now=arrived + timedelta(minutes=15), note="nikdo neotvírá")
    assert ride.status is Status.CONFIRMED


def test_a_no_show_is_the_dispatchers_word_on_the_drivers_evidence(session, town, cast, ride, driver):
    arrived = planned(session, town, ride, PICKUP)
    with pytest.raises(Conflict, match=r"ride\.no_evidence"):
        execution.no_show(session, ride, version=ride.version, world=town.world, by=cast.dana, now=arrived)
    report(session, town, ride, PICKUP, ARRIVED, by=driver)
    later = arrived + timedelta(minutes=16)
    report(session, town, ride, PICKUP, ABSENT, by=driver, now=later, note="nikdo neotvírá")
    with pytest.raises(Forbidden), session.begin_nested():
        execution.no_show(session, ride, version=ride.version, world=town.world, by=driver, now=later)
    session.refresh(ride)
    execution.no_show(session, ride, version=ride.version, world=town.world, by=cast.dana, now=later)
    assert (ride.status, ride.end_reason) == (Status.NO_SHOW, "nikdo neotvírá")
    assert session.exec(select(Stop)).all() == []
    assert invariants.faults(session, world=town.world, now=later) == []


def test_the_manifest_shows_who_where_and_when_and_what_is_done(session, town, cast, ride, driver):
    shift_id = town.car_shift if driver == cast.emil else town.van_shift
    shown = manifest.of(session, shift_id, by=driver)
    assert [stop.kind for stop in shown.stops] == [PICKUP, DROPOFF]
    assert {stop.client.id for stop in shown.stops if stop.client} == {cast.bedrich.id}
    assert shown.plan is not None
    assert shown.plan.version == 1
    assert [stop.done for stop in shown.stops] == [False, False]
    report(session, town, ride, PICKUP, ARRIVED, by=driver)
    report(session, town, ride, PICKUP, DONE, by=driver)
    again = manifest.of(session, shift_id, by=driver)
    assert [stop.done for stop in again.stops] == [True, False]


def test_the_word_people_read_follows_the_day(session, town, cast, driver):
    asked = a_ride(session, town, a_client(session, "Olga Jiná"), "15:00", by=cast.dana)
    assert queries.visible(session, asked.code, cast.dana, now=NOW).word == "promised"


def test_arrival_is_seen_before_boarding(session, town, cast, ride, driver):
    report(session, town, ride, PICKUP, ARRIVED, by=driver)
    assert queries.visible(session, ride.code, cast.dana, now=NOW).word == "arrived"
    rides.cancel(
        session,
        ride,
        version=ride.version,
        reason="porucha",
        world=town.world,
        by=cast.dana,
        now=NOW,
        for_service=True,
    )
    assert queries.visible(session, ride.code, cast.dana, now=NOW).word == "cancelled_service"


def test_riding_on_changes_no_ledger_of_metres_twice(session, town, ride, driver):
    before = len(session.exec(select(LedgerEntry)).all())
    report(session, town, ride, PICKUP, DONE, by=driver)
    report(session, town, ride, DROPOFF, DONE, by=driver)
    assert len(session.exec(select(LedgerEntry)).all()) == before


def test_a_day_half_driven_still_takes_orders(session, town, cast, ride, driver):
    """The past is pinned: a new order in the afternoon moves nothing that has happened."""
    report(session, town, ride, PICKUP, DONE, by=driver)
    report(session, town, ride, DROPOFF, DONE, by=driver)
    noon = at(town.day, town.second("12:00"))
    past = {stop.id: stop.start for stop in session.exec(select(Stop))}
    later = a_ride(session, town, cast.anna, "14:00", by=cast.hana, now=noon)
    assert later.status is Status.CONFIRMED
    starts = [stop.start for stop in session.exec(select(Stop).where(Stop.promise_id == ride.promise_id))]
    assert sorted(starts) == sorted(past.values())
    assert invariants.faults(session, world=town.world, now=noon) == []


def test_lateness_is_estimated_for_the_stops_to_come_and_every_estimate_is_kept(session, town, ride, driver):
    arrives = planned(session, town, ride, PICKUP)
    getting_off = planned(session, town, ride, DROPOFF)
    report(session, town, ride, PICKUP, ARRIVED, by=driver, now=arrives + timedelta(minutes=10))
    first = estimates.latest(session, ride.promise_id, DROPOFF)
    assert first is not None
    assert first.expected_at == getting_off + timedelta(minutes=10)
    report(session, town, ride, PICKUP, DONE, by=driver, now=arrives + timedelta(minutes=30))
    second = estimates.latest(session, ride.promise_id, DROPOFF)
    assert second is not None
    assert second.expected_at > first.expected_at
    assert len(session.exec(select(Estimate)).all()) == 2
    promise = session.get_one(Promise, ride.promise_id)
    assert planned(session, town, ride, DROPOFF) == getting_off, "the plan is another thing"
    assert at(town.day, promise.window_start) <= arrives, "and the promise a third"
