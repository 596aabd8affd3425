"""Decisions about a ride, each with promise, plan and ledger in the same transaction."""

from datetime import timedelta

import pytest
from sqlmodel import select

from tests.builders.booking import a_confirmed_ride, a_ride, an_order
from tests.builders.clients import a_client
from tests.builders.town import NOW
from transport.booking.contracts.models import LedgerEntry
from transport.booking.rides import queries, rides
from transport.booking.rides.lifecycle import Status
from transport.kernel.clock import at
from transport.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from transport.operations.quality import invariants
from transport.routing.planning.models import Promise, PromiseState, Stop


@pytest.fixture(autouse=True)
def nothing_impossible_in_the_end(session, town):
    yield
    assert invariants.faults(session, world=town.world, now=NOW) == []


def promise_of(session, ride):
    return session.get_one(Promise, ride.promise_id, populate_existing=True)


def stops_of(session, ride):
    return session.exec(select(Stop).where(Stop.promise_id == ride.promise_id)).all()


def test_the_dispatcher_confirms(session, town, cast):
    ride = a_ride(session, town, cast.anna, by=cast.cyril)
    rides.confirm(session, ride, version=ride.version, by=cast.dana, now=NOW)
    assert ride.status is Status.CONFIRMED
    assert promise_of(session, ride).state is PromiseState.FIRM


def test_a_client_cannot_confirm(session, town, cast):
    ride = a_ride(session, town, cast.anna, by=cast.cyril)
    with pytest.raises(Forbidden, match=r"ride\.not_possible"), session.begin_nested():
        rides.confirm(session, ride, version=ride.version, by=cast.cyril, now=NOW)


def test_a_ride_is_confirmed_once(session, town, cast):
    ride = a_confirmed_ride(session, town, cast.anna, by=cast.dana)
    with pytest.raises(Conflict, match=r"ride\.not_possible"), session.begin_nested():
        rides.confirm(session, ride, version=ride.version, by=cast.dana, now=NOW)


def test_a_stale_page_decides_nothing(session, town, cast):
    ride = a_ride(session, town, cast.anna, by=cast.cyril)
    seen = ride.version
    rides.confirm(session, ride, version=seen, by=cast.dana, now=NOW)
    with pytest.raises(Conflict, match=r"ride\.changed_meanwhile"):
        rides.decline(session, ride, version=seen, reason="unsafe", world=town.world, by=cast.dana, now=NOW)
    assert ride.status is Status.CONFIRMED


@pytest.mark.parametrize("reason", ["not_entitled", "unsafe", "wrong_data"])
def test_the_dispatcher_declines_for_a_reason_of_the_rules(session, town, cast, reason):
    ride = a_ride(session, town, cast.anna, by=cast.cyril)
    rides.decline(session, ride, version=ride.version, reason=reason, world=town.world, by=cast.dana, now=NOW)
    assert (ride.status, ride.end_reason) == (Status.DECLINED, reason)
    assert promise_of(session, ride).state is PromiseState.WITHDRAWN
    assert stops_of(session, ride) == []


def test_lack_of_room_is_no_reason_to_decline(session, town, cast):
    ride = a_ride(session, town, cast.anna, by=cast.cyril)
    with pytest.raises(Invalid, match=r"ride\.no_such_reason"):
        rides.decline(session, ride, version=ride.version, reason="no_room", world=town.world, by=cast.dana, now=NOW)
    assert ride.status is Status.REQUESTED


def test_cancelling_empties_the_run_and_gives_the_metres_back(session, town, cast):
    ride = a_confirmed_ride(session, town, cast.anna, by=cast.dana)
    rides.cancel(session, ride, version=ride.version, world=town.world, by=cast.cyril, now=NOW)
    assert (ride.status, ride.ended_by) == (Status.CANCELLED, "client")
    assert stops_of(session, ride) == []
    entries = session.exec(select(LedgerEntry).where(LedgerEntry.source == f"day:{town.day}")).all()
    assert sum(entry.quantity if entry.kind == "reserve" else -entry.quantity for entry in entries) == 0


def test_cancelling_one_leg_leaves_the_other(session, town, cast):
    there, back = an_order(session, town, cast.anna, "9:00", back="12:00", by=cast.cyril)
    rides.cancel(session, there, version=there.version, world=town.world, by=cast.cyril, now=NOW)
    assert back.status is Status.REQUESTED
    assert len(stops_of(session, back)) == 2


def test_cancelling_is_late_from_two_hours_before_the_window(session, town, cast):
    ride = a_confirmed_ride(session, town, cast.anna, by=cast.dana)
    window = at(town.day, promise_of(session, ride).window_start)
    assert not rides.is_late(session, ride, town.world, window - timedelta(hours=2))
    assert rides.is_late(session, ride, town.world, window - timedelta(hours=2) + timedelta(seconds=1))


def test_when_the_service_cancels_the_promise_is_broken_and_says_why(session, town, cast):
    ride = a_confirmed_ride(session, town, cast.anna, by=cast.dana)
    with pytest.raises(Invalid, match=r"ride\.reason_missing"):
        rides.cancel(session, ride, version=ride.version, world=town.world, by=cast.dana, now=NOW, for_service=True)
    rides.cancel(
        session,
        ride,
        version=ride.version,
        reason="paní Vozková: vozidlo v opravě",
        world=town.world,
        by=cast.dana,
        now=NOW,
        for_service=True,
    )
    assert (ride.status, ride.ended_by) == (Status.CANCELLED, "service")
    assert promise_of(session, ride).state is PromiseState.BROKEN


def test_a_client_cannot_cancel_in_the_name_of_the_service(session, town, cast):
    ride = a_ride(session, town, cast.anna, by=cast.cyril)
    with pytest.raises(Forbidden, match=r"role\.missing"):
        rides.cancel(
            session,
            ride,
            version=ride.version,
            reason="x",
            world=town.world,
            by=cast.cyril,
            now=NOW,
            for_service=True,
        )


def test_nobody_cancels_somebody_elses_ride(session, town, cast):
    ride = a_ride(session, town, cast.anna, by=cast.cyril)
    with pytest.raises(NotFound, match=r"client\.unknown"):
        rides.cancel(session, ride, version=ride.version, world=town.world, by=cast.gustav, now=NOW)


def test_a_missed_ride_needs_a_reason_which_stays_out_of_the_trail(session, town, cast):
    ride = a_confirmed_ride(session, town, cast.anna, by=cast.dana)
    with pytest.raises(Invalid, match=r"ride\.reason_missing"):
        rides.miss(session, ride, version=ride.version, reason=" ", world=town.world, by=cast.dana, now=NOW)
    rides.miss(
        session, ride, version=ride.version, reason="k Vozkové nikdo nejel", world=town.world, by=cast.dana, now=NOW
    )
    assert ride.status is Status.MISSED
    assert promise_of(session, ride).state is PromiseState.BROKEN


def test_a_ride_is_found_by_its_number_by_those_who_may_see_it(session, town, cast):
    ride = a_ride(session, town, cast.anna, by=cast.cyril)
    spoken = f"{ride.code[:3]} {ride.code[3:]}"
    for person in (cast.cyril, cast.anna_herself, cast.dana):
        assert queries.visible(session, spoken, person, now=NOW).ride.id == ride.id
    for person in (cast.gustav, cast.emil):
        with pytest.raises(NotFound):
            queries.visible(session, ride.code, person, now=NOW)


def test_waiting_orders_come_in_the_order_of_their_deadlines(session, town, cast):
    later = a_ride(session, town, cast.anna, "15:00", by=cast.cyril, now=NOW + timedelta(minutes=5))
    other = a_client(session, "Olga Jiná")
    sooner = a_ride(session, town, other, "16:00", by=cast.dana)
    assert [view.ride.id for view in queries.waiting(session)] == [sooner.id, later.id]
