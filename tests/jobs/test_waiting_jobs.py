"""What becomes free is noticed by itself: possible denials are marked, the waiting list is served, offers lapse."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from tests.builders.booking import a_draft, a_ride, looked
from tests.builders.clients import a_client
from tests.builders.town import NOW, a_driver, a_shift, a_town, a_vehicle
from tests.cast import gather
from transport import jobs
from transport.booking.clients.needs import Mobility
from transport.booking.rides import rides, waiting
from transport.booking.rides.models import Denial, Ride, WaitingState, WaitingWish
from transport.kernel.clock import at
from transport.kernel.db import reading, writing
from transport.kernel.events import Event, EventHandled
from transport.operations.quality import invariants
from transport.routing.fleet.models import Depot


@pytest.fixture
def cast(services):
    with writing(services.database) as session:
        return gather(session)


@pytest.fixture
def town(services, cast):
    """The only wheelchair place is taken all morning; Anna and Olga wait for it, Anna first."""
    with writing(services.database) as session:
        town = a_town(session, emil=cast.emil)
        for wall in ("7:30", "8:10", "8:50", "9:30", "10:10", "10:50"):
            a_ride(session, town, somebody(session), wall, origin="zbuch", to="home", by=cast.dana)
        for client in (cast.anna, somebody(session)):
            draft = a_draft(session, town, client, "9:00", origin="zbuch", to="home", by=cast.dana)
            looked(session, town, draft, by=cast.dana)
            denial = session.exec(select(Denial).where(Denial.client_id == client.id)).one()
            span = {"earliest": town.second("8:00"), "latest": town.second("10:15")}
            waiting.join(session, draft, denial, **span, world=town.world, by=cast.dana, now=NOW)
    jobs.react(services, NOW)
    return town


def somebody(session):
    return a_client(session, "Olga Jiná", mobility=Mobility.WHEELCHAIR_STAYS)


def a_cancellation(services, cast, number=2):
    with writing(services.database) as session:
        ride = session.exec(select(Ride).order_by(col(Ride.id))).all()[number]
        rides.cancel(session, ride, version=ride.version, world=services.world, by=cast.dana, now=NOW)


def states(services) -> list[WaitingState]:
    with reading(services.database) as session:
        return list(session.exec(select(col(WaitingWish.state)).order_by(col(WaitingWish.id))))


def no_fault(services, now=NOW):
    with reading(services.database) as session:
        assert invariants.faults(session, world=services.world, now=now) == []


def test_a_cancellation_is_answered_with_an_offer_to_the_first(services, cast, town):
    a_cancellation(services, cast)
    assert jobs.react(services, NOW) == 2, "looked at again, and the one who gets the place is told"
    assert states(services) == [WaitingState.OFFERED, WaitingState.WAITING]
    with reading(services.database) as session:
        assert [each.possible_at for each in session.exec(select(Denial))] == [NOW, NOW]
    no_fault(services)


def test_one_more_vehicle_is_answered_with_offers_to_those_who_wait(services, cast, town):
    with writing(services.database) as session:
        van = a_vehicle(session, session.exec(select(Depot)).one(), "spare van", (2, 1, 200), features="ramp")
        a_shift(session, van, a_driver(session, van.provider_id, name="Gizela Řidičová"))
    assert jobs.react(services, NOW) == 2, "looked at again, and the one who gets the place is told"
    assert WaitingState.OFFERED in states(services)
    no_fault(services)


def test_one_cancellation_is_reacted_to_once(services, cast, town):
    a_cancellation(services, cast)
    jobs.react(services, NOW)
    with reading(services.database) as session:
        offered = session.exec(select(Event).where(Event.kind == "waiting_offered")).all()
        event = session.exec(select(Event.id).where(Event.kind == "promise_withdrawn")).one() or 0
        assert session.get(EventHandled, (event, "look_again")) is not None
    assert jobs.react(services, NOW) == 0
    assert jobs.look_again(services, event, NOW) == 0
    assert len(offered) == 1


def test_an_offer_nobody_answered_goes_to_the_next_by_itself(services, cast, town):
    a_cancellation(services, cast)
    jobs.react(services, NOW)
    late = NOW + timedelta(minutes=121)
    assert jobs.wait(services, NOW) == 0
    assert jobs.wait(services, late) == 1
    assert states(services) == [WaitingState.LAPSED, WaitingState.OFFERED]
    no_fault(services, late)


def test_an_offer_goes_to_the_next_also_when_its_hold_was_taken_back_before(services, cast, town):
    a_cancellation(services, cast)
    jobs.react(services, NOW)
    late = NOW + timedelta(minutes=121)
    assert jobs.lapse(services, late) == 1
    jobs.react(services, late)
    assert states(services) == [WaitingState.LAPSED, WaitingState.OFFERED]
    no_fault(services, late)


def test_whoever_waited_in_vain_is_told_the_evening_before(services, cast, town):
    evening = at(town.day - timedelta(days=1), town.second("18:01"))
    assert jobs.wait(services, evening) == 1
    assert states(services) == [WaitingState.MISSED, WaitingState.MISSED]
    with reading(services.database) as session:
        assert len(session.exec(select(Event).where(Event.kind == "waiting_given_up")).all()) == 2
    assert jobs.wait(services, evening) == 0
