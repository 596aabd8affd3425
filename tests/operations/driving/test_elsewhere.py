"""What has happened beats what was planned since: somebody on board of another vehicle than the plan says."""

import pytest
from sqlmodel import select

from tests.builders.booking import a_confirmed_ride
from tests.builders.clients import a_client, acting
from tests.builders.phones import Phone
from tests.builders.town import NOW
from transport.accounts.models import User
from transport.booking.rides import rides
from transport.booking.rides.lifecycle import Status
from transport.kernel.events import Event
from transport.operations.dispatch import exceptions, plans, reported, steering
from transport.operations.dispatch.matters import MatterKind
from transport.operations.driving import manifest
from transport.operations.driving.models import Outcome
from transport.operations.quality import invariants
from transport.routing.fleet import availability
from transport.routing.fleet.models import Driver, OutReason, Shift, Vehicle
from transport.routing.planning import publishing, runs
from transport.routing.planning.models import StopKind, Visit
from transport.routing.planning.targets import Wanted


@pytest.fixture
def filip(session, town):
    """Who drives the van."""
    driver = session.get_one(Driver, session.get_one(Shift, town.van_shift).driver_id)
    return acting(session.get_one(User, driver.user_id))


@pytest.fixture
def ride(session, town, cast):
    """Bedřich at nine: Emil has seen him in his car, and then the ride has been moved to the van."""
    ride = a_confirmed_ride(session, town, cast.bedrich, "9:00", by=cast.dana)
    plans.publish(session, town.day, by=cast.dana, now=NOW)
    assert runs.shift_of(session, ride.promise_id) == town.car_shift
    moved(session, town, cast, ride, town.van_shift)
    return ride


def moved(session, town, cast, ride, shift):
    steering.move(session, ride, Wanted(shift), version=ride.version, world=town.world, by=cast.dana, now=NOW)
    session.refresh(ride)
    assert runs.shift_of(session, ride.promise_id) == shift


@pytest.fixture
def phone(session, town, cast, ride):
    return Phone(session, town, ride, town.car_shift, cast.emil)


def kinds(session, town, phone, minute=20):
    now = phone.start.replace(minute=minute)
    return {each.kind for each in exceptions.found(session, town.day, policy=town.world.policies.on(town.day), now=now)}


def stops(session, shift, by):
    return [stop.kind for stop in manifest.of(session, shift, by=by).stops]


def test_the_plan_follows_whoever_has_the_client_on_board(session, town, cast, filip, ride, phone):
    assert phone("done", "pickup", 3, after=20).outcome is Outcome.TAKEN
    assert ride.status is Status.ON_BOARD
    assert runs.shift_of(session, ride.promise_id) == town.car_shift
    assert session.exec(select(Visit.shift_id)).one() == town.car_shift
    assert stops(session, town.car_shift, cast.emil) == [StopKind.PICKUP, StopKind.DROPOFF]
    assert stops(session, town.van_shift, filip) == []
    plan = publishing.latest(session, town.day)
    assert plan is not None
    assert plan.reason == "driven_elsewhere"
    assert MatterKind.ELSEWHERE not in kinds(session, town, phone)
    assert phone("done", "dropoff", 40).outcome is Outcome.TAKEN
    assert invariants.faults(session, world=town.world, now=phone.start.replace(hour=12)) == []


def test_without_a_place_the_fact_stands_and_a_person_looks(session, town, cast, filip, ride, phone):
    """For us the car is out of service: nothing is planned for it, and it drives all the same."""
    car = session.get_one(Vehicle, town.car)
    availability.take_out(session, car, starts=phone.start, ends=None, reason=OutReason.BREAKDOWN, now=NOW)
    assert phone("done", "pickup", 3, after=2).outcome is Outcome.TAKEN
    aboard = ride.status
    assert aboard is Status.ON_BOARD
    assert runs.shift_of(session, ride.promise_id) == town.van_shift, "no plan that holds"
    seen = {
        (stop.ride.code, stop.kind) for stop in manifest.of(session, town.car_shift, by=cast.emil).stops if stop.ride
    }
    assert (ride.code, StopKind.DROPOFF) in seen
    assert stops(session, town.van_shift, filip) == []
    assert MatterKind.ELSEWHERE in kinds(session, town, phone)
    assert phone("done", "dropoff", 40).outcome is Outcome.TAKEN
    assert ride.status is Status.COMPLETED
    assert MatterKind.ELSEWHERE not in kinds(session, town, phone, 50)


def test_a_vehicle_at_the_door_takes_the_ride_back(session, town, ride, phone):
    assert phone("arrived", "pickup", 1).outcome is Outcome.TAKEN
    assert runs.shift_of(session, ride.promise_id) == town.car_shift


def test_a_promise_made_anew_is_kept_by_a_report_about_the_old_one(session, town, cast, ride, phone):
    """The client has agreed to another time, and the vehicle without a signal has come at the old one."""
    old = ride.promise_id
    phone.promise = old
    agreed = steering.Agreed(None, steering.AgreedHow.TELEPHONE, "Dana")
    goal = Wanted(town.van_shift, pickup=town.second("10:00"))
    steering.move(session, ride, goal, version=ride.version, agreed=agreed, world=town.world, by=cast.dana, now=NOW)
    session.refresh(ride)
    assert ride.promise_id != old
    assert phone("arrived", "pickup", 1, after=10).outcome is Outcome.KNOWN, "nobody is waited for an hour too early"
    assert phone("done", "pickup", 3, after=10).outcome is Outcome.TAKEN
    assert ride.status is Status.ON_BOARD
    assert {visit.promise_id for visit in session.exec(select(Visit))} == {ride.promise_id}
    assert stops(session, town.car_shift, cast.emil) == [StopKind.PICKUP, StopKind.DROPOFF]
    assert phone("done", "dropoff", 40).outcome is Outcome.TAKEN
    assert invariants.faults(session, world=town.world, now=phone.start.replace(hour=12)) == []


def test_whoever_is_driven_on_a_cancelled_ride_is_a_loud_matter(session, town, cast, ride, phone):
    rides.cancel(session, ride, version=ride.version, world=town.world, by=cast.dana, now=NOW)
    report = phone("done", "pickup", 3)
    found = [each for each in reported.matters(session, town.day) if each.kind is MatterKind.CONTRADICTS]
    assert [(each.subject, each.shift, each.loud) for each in found] == [(ride.id, town.car_shift, True)]
    assert phone("undone", "", 4, about=report.key).outcome is Outcome.TAKEN
    assert list(reported.matters(session, town.day)) == []


def test_whoever_must_not_be_left_alone_is_asked_after(session, town, cast):
    olga = a_client(session, "Olga Sama", never_alone=True)
    ride = a_confirmed_ride(session, town, olga, "9:00", by=cast.dana)
    plans.publish(session, town.day, by=cast.dana, now=NOW)
    phone = Phone(session, town, ride, town.car_shift, cast.emil)
    phone("done", "pickup", 3)
    off = phone("done", "dropoff", 30)
    assert off.outcome is Outcome.TAKEN, "she has got off, whoever was there"
    assert MatterKind.NOT_HANDED_OVER in kinds(session, town, phone, 40)
    phone("undone", "", 31, about=off.key)
    phone("done", "dropoff", 32, handed_to="paní Nová")
    assert MatterKind.NOT_HANDED_OVER not in kinds(session, town, phone, 40)
    told = session.exec(select(Event).where(Event.kind == "report_taken")).all()
    assert not any("Nov" in event.facts for event in told)
