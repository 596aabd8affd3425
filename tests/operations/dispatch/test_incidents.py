"""A vehicle drops out: who is on board first, the least harm for the others, and nothing before somebody says so."""

import json

import pytest
from sqlmodel import select

from tests.builders.booking import a_confirmed_ride
from tests.builders.clients import a_client
from tests.builders.driving import boarded, planned, reported
from tests.builders.planning import thought
from tests.builders.town import NOW, a_driver, a_vehicle
from transport.booking.clients.needs import Mobility
from transport.booking.rides.lifecycle import Status
from transport.kernel.clock import at, seconds_of
from transport.kernel.errors import Conflict
from transport.kernel.events import Event
from transport.operations.dispatch import incidents, mishaps
from transport.operations.quality import invariants
from transport.routing.engine import Progress
from transport.routing.fleet.models import Depot, Shift
from transport.routing.planning import applying, proposals, runs, thinking
from transport.routing.planning.models import Promise, PromiseState, ProposalState, StopKind, VisitAction
from transport.routing.planning.whatif import LeastChange, OneMore, ShiftShortened, VehicleOut


def no_fault(session, town, now):
    assert invariants.faults(session, world=town.world, now=now) == []


def shift_of(session, ride):
    return runs.shift_of(session, ride.promise_id)


def test_who_is_on_board_is_fetched_and_everybody_else_keeps_the_promise(session, town, cast, second_van, day):
    riding, waiting = day
    driver = cast.dana
    boarded(session, town, riding, by=driver)
    broken = shift_of(session, riding)
    now = planned(session, riding, StopKind.PICKUP)
    second = seconds_of(town.day, now) + 60
    old = riding.promise_id
    asked = mishaps.break_down(
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
    replaced = incidents.apply(session, least.id or 0, world=town.world, by=cast.dana, now=at(town.day, second + 30))
    session.refresh(riding)
    session.refresh(waiting)
    assert [each.old.id for each in replaced] == [old]
    assert riding.status.value == "on_board"
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


def used(session, town, cast, assumptions, now=NOW):
    """Asked for, thought about and put in force."""
    asked = proposals.ask(session, town.day, seconds=1, assumptions=assumptions, by=cast.dana, now=now)
    thought(session, town, [asked], now)
    assert asked.state is ProposalState.READY, asked.error
    incidents.apply(session, asked.id or 0, world=town.world, by=cast.dana, now=now, reason="porucha")
    no_fault(session, town, now)
    return thinking.read(asked.changes)


def test_one_more_vehicle_is_put_on_duty_when_the_plan_is_used(session, town, cast, day):
    depot = session.exec(select(Depot)).one()
    spare = a_vehicle(session, depot, "spare", (3, 1, 300), features="ramp")
    driver = a_driver(session, depot.provider_id, name="Karel Záložní")
    hours = (town.second("8:00"), town.second("16:00"))
    free = [(vehicle.id, free.id) for vehicle, free in proposals.spare(session, town.day, *hours)]
    assert free == [(spare.id, driver.id)]
    broken = VehicleOut(town.van_shift, 0, town.places["depot"])
    more = OneMore(*hours, spare.id, driver.id)
    assert used(session, town, cast, [broken, more, LeastChange()]) == ()
    opened = session.exec(select(Shift).where(Shift.vehicle_id == spare.id)).one()
    assert {shift_of(session, ride) for ride in day} == {opened.id}


def test_a_shift_that_ends_sooner_gives_its_last_rides_to_others(session, town, cast, second_van, day):
    first, second = day
    ours = shift_of(session, second)
    ends = seconds_of(town.day, planned(session, second, StopKind.PICKUP))
    assert used(session, town, cast, [ShiftShortened(ours, ends), LeastChange()]) == ()
    assert session.get_one(Shift, ours).ends == ends
    assert shift_of(session, second) != ours
    assert first.status is Status.CONFIRMED


def test_who_cannot_be_served_is_left_out_with_a_proven_reason_and_told_so(session, town, cast, day):
    found = used(session, town, cast, [VehicleOut(town.van_shift, 0, town.places["depot"]), LeastChange()])
    assert [(each.harm, each.reason) for each in found] == [(thinking.Harm.LEFT_OUT, "features")] * 2
    for ride in day:
        session.refresh(ride)
        assert (ride.status, ride.end_reason) == (Status.MISSED, "porucha")
        assert session.get_one(Promise, ride.promise_id).state is PromiseState.BROKEN
    assert len(session.exec(select(Event).where(Event.kind == "ride_missed")).all()) == 2


def test_a_promise_that_no_vehicle_can_keep_is_moved_as_little_as_is_proven(session, town, cast, second_van):
    clients = [
        a_client(session, f"Klient {name}", mobility=Mobility.WHEELCHAIR_STAYS, chair_mass_kg=90) for name in "AB"
    ]
    rides = [a_confirmed_ride(session, town, one, "9:00", origin="home", to="zbuch", by=cast.dana) for one in clients]
    old = {ride.id: session.get_one(Promise, ride.promise_id).window_start for ride in rides}
    assert len({shift_of(session, ride) for ride in rides}) == 2
    (moved,) = used(session, town, cast, [VehicleOut(town.van_shift, 0, town.places["depot"]), LeastChange()])
    assert moved.harm is thinking.Harm.MOVED
    ride = next(ride for ride in rides if session.get_one(Promise, ride.promise_id).supersedes)
    new = session.get_one(Promise, ride.promise_id)
    assert new.window_start != old[ride.id]
    assert session.get_one(Promise, new.supersedes).state is PromiseState.BROKEN


def test_a_plan_is_refused_when_somebody_has_moved_a_ride_by_hand_meanwhile(session, town, cast, second_van, day):
    asked = proposals.ask(session, town.day, seconds=1, by=cast.dana, now=NOW)
    thought(session, town, [asked], NOW)
    asked.base = json.dumps({**json.loads(asked.base), str(day[0].promise_id): str(town.car_shift)})
    found = applying.collisions(session, asked, world=town.world, now=NOW)
    assert [(each.why, each.subject) for each in found] == [("moved", day[0].promise_id)]
    with pytest.raises(Conflict, match=r"plan\.day_has_moved_on"), session.begin_nested():
        incidents.apply(session, asked.id or 0, world=town.world, by=cast.dana, now=NOW)


def test_a_thinker_hears_when_it_is_to_end(session, town, cast, day):
    how = Progress(0.5, 0, 10.0)
    slow = proposals.ask(session, town.day, seconds=60, by=cast.dana, now=NOW)
    proposals.take(session, NOW)
    assert proposals.tell(session, slow.id or 0, how, now=NOW)
    session.refresh(slow)
    assert slow.progress == 0.5
    broken = VehicleOut(town.van_shift, 0, town.places["depot"])
    urgent = proposals.ask(session, town.day, seconds=1, assumptions=[broken], by=cast.dana, now=NOW)
    assert not proposals.tell(session, slow.id or 0, how, now=NOW)
    taken = proposals.take(session, NOW)
    assert taken is not None
    assert taken.id == urgent.id
    assert proposals.tell(session, slow.id or 0, how, now=NOW)
    proposals.stop(session, slow, by=cast.dana, now=NOW)
    assert not proposals.tell(session, slow.id or 0, how, now=NOW)
