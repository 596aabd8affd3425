"""Each impossibility is planted behind the back of the software, and found."""

import pytest
from sqlmodel import Session, select

from tests.builders.booking import a_confirmed_ride, an_order
from tests.builders.town import NOW, Town, a_town, a_world
from tests.cast import Cast
from tests.operations.quality.planted import Healthy, a_held_place, an_offer
from tests.operations.quality.planted_answers import PLANTED
from transport.booking.contracts.balance import ContractUnit
from transport.booking.contracts.models import LedgerEntry
from transport.operations.dispatch import plans
from transport.operations.quality import invariants
from transport.routing.fleet.models import Shift
from transport.routing.planning.models import Promise


@pytest.fixture
def day(session: Session, town: Town, cast: Cast) -> Healthy:
    there, back = an_order(session, town, cast.anna, "9:00", back="12:00", by=cast.hana)
    bedrichs = a_confirmed_ride(session, town, cast.bedrich, "10:00", to="station", by=cast.dana)
    plans.publish(session, town.day, by=cast.dana, now=NOW)
    return Healthy(session, town, cast, there, back, bedrichs)


def test_nothing_is_impossible_on_a_healthy_day(day):
    assert day.faults() == []


def test_nothing_is_impossible_while_people_are_deciding(day):
    an_offer(day)
    a_held_place(day)
    assert day.faults() == []


@pytest.mark.parametrize(("late", "found"), [(-60, set()), (60, {"ride.overlaps"})])
def test_who_calls_for_the_way_home_may_arrive_until_the_last_pickup(day, late, found):
    back, there = (day.session.get_one(Promise, ride.promise_id) for ride in (day.back, day.there))
    day.change(back, kind="will_call", window_start=there.window_start + 60)
    day.change(there, arrive_by=back.window_end + late)
    assert {fault.code for fault in day.faults()} & {"ride.overlaps"} == found


def test_nothing_is_impossible_in_an_empty_database(session):
    assert invariants.faults(session, world=a_world(), now=NOW) == []


@pytest.mark.parametrize("code", PLANTED)
def test_a_planted_fault_is_found_and_nothing_else(day, code):
    plant, expected = PLANTED[code]
    plant(day)
    found = day.faults()
    assert {fault.code for fault in found} == expected
    assert all(fault.subject and fault.sentence for fault in found)


def test_every_invariant_has_been_broken_once():
    elsewhere = {"ledger.rides", "ledger.shifts"}
    assert {invariant.code for invariant in invariants.INVARIANTS} == {*PLANTED, *elsewhere}


@pytest.mark.parametrize("unit", [ContractUnit.RIDES, ContractUnit.PERSONS])
def test_a_ride_that_set_nothing_aside_is_found(session, cast, unit):
    town = a_town(session, unit=unit)
    ride = a_confirmed_ride(session, town, cast.bedrich, by=cast.dana)
    assert invariants.faults(session, world=town.world, now=NOW) == []
    for entry in session.exec(select(LedgerEntry).where(LedgerEntry.source == f"ride:{ride.id}")).all():
        session.delete(entry)
    session.flush()
    assert [fault.code for fault in invariants.faults(session, world=town.world, now=NOW)] == ["ledger.rides"]


def test_a_shift_that_set_no_minutes_aside_is_found(session, cast):
    town = a_town(session, unit=ContractUnit.VEHICLE_MINUTES)
    assert invariants.faults(session, world=town.world, now=NOW) == []
    shift = session.get_one(Shift, town.car_shift)
    shift.ends += 600
    session.add(shift)
    session.flush()
    assert [fault.code for fault in invariants.faults(session, world=town.world, now=NOW)] == ["ledger.shifts"]
