"""Another time that the dispatcher offers: held beside the promise until the client answers."""

from datetime import timedelta

import pytest
from sqlmodel import select

from tests.builders.booking import a_ride
from tests.builders.town import NOW
from transport.booking.rides import offers, rides
from transport.booking.rides.lifecycle import Status
from transport.booking.rides.models import OfferOutcome
from transport.kernel.clock import at
from transport.kernel.errors import Conflict, Invalid
from transport.operations.dispatch import plans
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


def an_offer(session, town, ride, *, by, now=NOW, number=0, hours=4):
    party, others = plans.other_times(session, ride, world=town.world, now=now)
    return offers.offer(
        session,
        ride,
        party,
        others[number],
        version=ride.version,
        until=now + timedelta(hours=hours),
        world=town.world,
        by=by,
        now=now,
    )


def test_an_offered_time_is_held_beside_the_promise_until_the_client_answers(session, town, cast):
    ride = a_ride(session, town, cast.anna, by=cast.cyril)
    first = promise_of(session, ride)
    made = an_offer(session, town, ride, by=cast.dana)
    held = session.get_one(Promise, made.promise_id)
    assert (first.state, held.state) == (PromiseState.FIRM, PromiseState.HELD)
    assert held.supersedes == first.id
    assert ride.status is Status.REQUESTED


def test_accepting_swaps_the_promises_and_confirms(session, town, cast):
    ride = a_ride(session, town, cast.anna, by=cast.cyril)
    first = promise_of(session, ride)
    made = an_offer(session, town, ride, by=cast.dana)
    offers.accept(session, ride, version=ride.version, world=town.world, by=cast.cyril, now=NOW)
    assert ride.status is Status.CONFIRMED
    assert ride.promise_id == made.promise_id
    assert (first.state, promise_of(session, ride).state) == (PromiseState.WITHDRAWN, PromiseState.FIRM)
    assert made.outcome is OfferOutcome.ACCEPTED


def test_refusing_keeps_the_old_time(session, town, cast):
    ride = a_ride(session, town, cast.anna, by=cast.cyril)
    made = an_offer(session, town, ride, by=cast.dana)
    offers.refuse(session, ride, version=ride.version, world=town.world, by=cast.cyril, now=NOW)
    assert made.outcome is OfferOutcome.REFUSED
    assert session.get_one(Promise, made.promise_id).state is PromiseState.WITHDRAWN
    assert promise_of(session, ride).state is PromiseState.FIRM


def test_an_unanswered_offer_lapses(session, town, cast):
    ride = a_ride(session, town, cast.anna, by=cast.cyril)
    made = an_offer(session, town, ride, by=cast.dana)
    later = NOW + timedelta(hours=5)
    assert offers.lapse(session, later) == 1
    assert made.outcome is OfferOutcome.LAPSED
    with pytest.raises(Conflict, match=r"ride\.no_offer"), session.begin_nested():
        offers.accept(session, ride, version=ride.version, world=town.world, by=cast.cyril, now=later)


def test_one_offer_at_a_time(session, town, cast):
    ride = a_ride(session, town, cast.anna, by=cast.cyril)
    an_offer(session, town, ride, by=cast.dana)
    with pytest.raises(Conflict, match=r"ride\.offer_pending"), session.begin_nested():
        an_offer(session, town, ride, by=cast.dana, number=1)


def test_no_other_time_is_offered_when_the_vehicle_is_due(session, town, cast):
    ride = a_ride(session, town, cast.anna, "9:00", by=cast.cyril)
    with pytest.raises(Conflict, match=r"ride\.not_possible"), session.begin_nested():
        an_offer(session, town, ride, by=cast.dana, now=at(town.day, town.second("9:00")))


def test_cancelling_drops_the_open_offer_too(session, town, cast):
    ride = a_ride(session, town, cast.anna, by=cast.cyril)
    made = an_offer(session, town, ride, by=cast.dana)
    rides.cancel(session, ride, version=ride.version, world=town.world, by=cast.cyril, now=NOW)
    assert made.outcome is OfferOutcome.LAPSED
    assert session.exec(select(Stop)).all() == []


def test_no_time_is_offered_at_which_the_client_sits_in_another_vehicle(session, town, cast):
    ride = a_ride(session, town, cast.bedrich, "9:00", by=cast.dana)
    party, others = plans.other_times(session, ride, world=town.world, now=NOW)
    later = max(others, key=lambda option: option.window.start)
    at_wall = f"{later.window.start // 3600}:{later.window.start % 3600 // 60:02}"
    a_ride(session, town, cast.bedrich, at_wall, origin="hospital", to="school", by=cast.dana)
    with pytest.raises(Invalid, match=r"ride\.overlaps"), session.begin_nested():
        offers.offer(
            session,
            ride,
            party,
            later,
            version=ride.version,
            until=NOW + timedelta(hours=1),
            world=town.world,
            by=cast.dana,
            now=NOW,
        )
