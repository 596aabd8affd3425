"""A vehicle drops out: who is on board first, the least harm for the others, and nothing before somebody says so."""

import json

import pytest
from sqlmodel import select

from tests.builders.booking import a_confirmed_ride
from tests.builders.clients import a_client
from tests.builders.driving import boarded, planned, reported
from tests.builders.town import a_driver, a_shift, a_vehicle
from transport.booking.clients.needs import Mobility
from transport.booking.rides.lifecycle import Status
from transport.kernel.clock import at, seconds_of
from transport.kernel.events import Event
from transport.operations.dispatch import incidents, plans
from transport.operations.quality import invariants
from transport.routing.fleet.models import Depot
from transport.routing.planning import proposals, runs, thinking
from transport.routing.planning.models import ProposalState, StopKind, VisitAction


def no_fault(session, town, now):
    assert invariants.faults(session, world=town.world, now=now) == []


@pytest.fixture
def second_van(session, town):
    """Another van that takes one wheelchair, on duty all day."""
    depot = session.exec(select(Depot)).one()
    van = a_vehicle(session, depot, "van 2", (3, 1, 300), features="ramp")
    return a_shift(session, van, a_driver(session, depot.provider_id, name="Gita Řidičová"))


@pytest.fixture
def day(session, town, cast):
    """Anna rides to the hospital at ten, somebody else in a wheelchair at eleven; the plan is with the drivers."""
    other = a_client(session, "Jana Druhá", mobility=Mobility.WHEELCHAIR_STAYS, chair_mass_kg=100)
    first = a_confirmed_ride(session, town, cast.anna, "10:00", by=cast.dana)
    second = a_confirmed_ride(session, town, other, "11:00", origin="station", to="school", by=cast.dana)
    plans.publish(session, town.day, by=cast.dana, now=at(town.day, 0))
    return first, second


def shift_of(session, ride):
    return runs.shift_of(session, ride.promise_id)


def thought(session, town, asked, now):
    """Every question answered, as the worker does."""
    for proposal in asked:
        proposals.take(session, now)
        case = proposals.gather(session, proposal, world=town.world, now=now)
        proposals.store(session, proposal.id, case, thinking.think(case, 0.2), error="", now=now)
        session.refresh(proposal)
    return asked


def test_who_is_on_board_is_fetched_and_everybody_else_keeps_the_promise(session, town, cast, second_van, day):
    riding, waiting = day
    driver = cast.dana
    boarded(session, town, riding, by=driver)
    broken = shift_of(session, riding)
    now = planned(session, riding, StopKind.PICKUP)
    second = seconds_of(town.day, now) + 60
    old = riding.promise_id
    asked = incidents.break_down(
        session,
        broken,
        since=second,
        place=town.places["home"],
        world=town.world,
        by=cast.dana,
        now=at(town.day, second),
    )
    least = thought(session, town, asked, at(town.day, second))[0]
    assert least.state is ProposalState.READY, least.error
    terms = thinking.read(least.changes)
    assert [each.harm for each in terms] == [thinking.Harm.TRANSFERRED]
    replaced = incidents.apply(session, least.id, world=town.world, by=cast.dana, now=at(town.day, second + 30))
    session.refresh(riding)
    session.refresh(waiting)
    assert [each.old.id for each in replaced] == [old]
    assert riding.status is Status.ON_BOARD
    assert riding.promise_id != old
    assert shift_of(session, riding) != broken
    assert shift_of(session, waiting) != broken
    told = session.exec(select(Event).where(Event.kind == "promise_changed")).one()
    assert json.loads(told.facts)["new"] == riding.promise_id
    no_fault(session, town, at(town.day, second + 30))
    for kind, action in (
        (StopKind.PICKUP, VisitAction.ARRIVED),
        (StopKind.PICKUP, VisitAction.DONE),
        (StopKind.DROPOFF, VisitAction.DONE),
    ):
        reported(session, town, riding, kind, action, by=driver)
    assert riding.status is Status.COMPLETED
    no_fault(session, town, planned(session, waiting, StopKind.PICKUP))
