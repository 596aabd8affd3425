"""Calling off: one leg or both, late or not, and never the only way home of somebody who is out."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from tests.builders.booking import a_confirmed_ride, a_draft, a_ride, an_order, booked, looked
from tests.builders.driving import boarded, driven
from tests.builders.town import NOW, a_town, a_world
from transport.booking.contracts.balance import ContractUnit
from transport.booking.contracts.models import LedgerEntry
from transport.booking.rides import changing, drafts, requests, rides
from transport.booking.rides.lifecycle import Status
from transport.kernel.clock import at
from transport.kernel.errors import Conflict
from transport.operations.quality import invariants
from transport.routing.planning.models import Promise, PromiseState


def call_off(session, town, ride, *, by, now=NOW, **said):
    return rides.cancel(session, ride, version=ride.version, world=town.world, by=by, now=now, **said)


@pytest.fixture
def both(session, town, cast):
    return an_order(session, town, cast.anna, "9:00", back="12:00", by=cast.hana)


@pytest.mark.parametrize(("before", "late"), [(120, False), (119, True)])
def test_calling_off_later_than_two_hours_before_the_window_is_late(session, town, cast, before, late):
    ride = a_confirmed_ride(session, town, cast.anna, by=cast.dana)
    window = at(town.day, session.get_one(Promise, ride.promise_id).window_start)
    call_off(session, town, ride, by=cast.cyril, now=window - timedelta(minutes=before))
    assert (ride.late, ride.fee) == (late, 0)


def test_what_a_late_cancellation_costs_stands_in_the_rules(session, cast):
    town = a_town(session, world=a_world(cancel={"late_fee": 3000}))
    ride = a_confirmed_ride(session, town, cast.anna, by=cast.dana)
    call_off(session, town, ride, by=cast.cyril, now=at(town.day, town.second("8:30")))
    assert (ride.late, ride.fee) == (True, 3000)


@pytest.mark.parametrize("confirmed", [False, True])
def test_without_a_way_back_nobody_is_taken_out(session, town, cast, confirmed):
    there, back = an_order(session, town, cast.anna, "9:00", back="12:00", by=cast.cyril)
    if confirmed:
        rides.confirm(session, there, version=there.version, by=cast.dana, now=NOW)
    rides.decline(session, back, version=back.version, reason="unsafe", world=town.world, by=cast.dana, now=NOW)
    assert back.status is Status.DECLINED
    assert there.status is (Status.CANCELLED if confirmed else Status.DECLINED)
    assert (there.ended_by, there.end_reason) == ("service", "unsafe")
    assert invariants.faults(session, world=town.world, now=NOW) == []


def test_a_way_back_that_the_service_cancels_takes_the_way_there_with_it(session, town, cast, both):
    there, back = both
    call_off(session, town, back, by=cast.dana, for_service=True, reason="porucha")
    assert there.status is Status.CANCELLED
    assert session.get_one(Promise, there.promise_id).state is PromiseState.BROKEN


def test_a_client_may_keep_the_way_there_alone(session, town, cast, both):
    there, back = both
    call_off(session, town, back, by=cast.cyril)
    assert there.status is Status.CONFIRMED


def test_when_the_service_cancels_nobody_pays(session, cast):
    town = a_town(session, world=a_world(cancel={"late_fee": 3000}))
    ride = a_confirmed_ride(session, town, cast.anna, by=cast.dana)
    soon = at(town.day, town.second("8:30"))
    call_off(session, town, ride, by=cast.dana, now=soon, reason="porucha", for_service=True)
    assert (ride.late, ride.fee) == (False, 0)


@pytest.mark.parametrize("out", [boarded, driven])
def test_the_service_does_not_call_off_the_only_way_home(session, town, cast, both, out):
    there, back = both
    out(session, town, there, by=cast.dana)
    with pytest.raises(Conflict, match=r"ride\.would_strand"), session.begin_nested():
        call_off(session, town, back, by=cast.dana, reason="porucha", for_service=True)
    session.refresh(back)
    assert back.status is Status.CONFIRMED
    assert call_off(session, town, back, by=cast.cyril).status is Status.CANCELLED


def test_the_way_home_of_somebody_who_is_out_is_not_declined(session, town, cast):
    there, back = an_order(session, town, cast.anna, "9:00", back="12:00", by=cast.cyril)
    rides.confirm(session, there, version=there.version, by=cast.dana, now=NOW)
    driven(session, town, there, by=cast.dana)
    with pytest.raises(Conflict, match=r"ride\.would_strand"), session.begin_nested():
        rides.decline(session, back, version=back.version, reason="unsafe", world=town.world, by=cast.dana, now=NOW)


def test_with_another_way_home_promised_the_service_may_call_off(session, town, cast, both):
    there, back = both
    driven(session, town, there, by=cast.dana)
    a_confirmed_ride(session, town, cast.anna, "14:00", origin="hospital", to="home", by=cast.dana)
    call_off(session, town, back, by=cast.dana, reason="porucha", for_service=True)
    assert session.get_one(Promise, back.promise_id).state is PromiseState.BROKEN


def test_before_anybody_is_out_the_service_may_call_off_the_way_back(session, town, cast, both):
    call_off(session, town, both[1], by=cast.dana, reason="porucha", for_service=True)
    assert both[1].status is Status.CANCELLED


def test_a_change_gives_one_ride_back_to_the_contract_and_sets_one_aside(session, cast):
    town = a_town(session, unit=ContractUnit.RIDES, allotment=1)
    old = a_ride(session, town, cast.anna, "9:00", by=cast.hana)
    draft = changing.start(session, old, by=cast.hana, now=NOW)
    drafts.note(session, draft, now=NOW, seconds=town.second("14:00"))
    new = requests.of_request(session, booked(session, town, draft, by=cast.hana))[0]
    of_rides = select(LedgerEntry).where(col(LedgerEntry.source).startswith("ride:")).order_by(col(LedgerEntry.id))
    assert [(entry.source, entry.kind.value) for entry in session.exec(of_rides)] == [
        (f"ride:{old.id}", "reserve"),
        (f"ride:{old.id}", "release"),
        (f"ride:{new.id}", "reserve"),
    ]
    assert invariants.faults(session, world=town.world, now=NOW) == []


def test_a_contract_that_is_used_up_still_lets_a_ride_be_changed(session, cast):
    town = a_town(session, unit=ContractUnit.RIDES, allotment=1)
    old = a_ride(session, town, cast.anna, "9:00", by=cast.hana)
    new = a_draft(session, town, cast.bedrich, "9:00", by=cast.hana)
    assert looked(session, town, new, by=cast.hana)[0].reason == "contract"
    assert looked(session, town, changing.start(session, old, by=cast.hana, now=NOW), by=cast.hana)[0].near
