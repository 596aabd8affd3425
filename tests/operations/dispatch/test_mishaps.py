"""Everything that goes wrong on the street: what is asked for, and what is true after a plan is put in force."""

from dataclasses import replace

import pytest
from sqlmodel import select

from tests.builders.booking import a_confirmed_ride, an_order
from tests.builders.driving import boarded, driven, planned, reported
from tests.builders.planning import thought
from tests.builders.town import a_driver
from transport.booking.rides import taxis
from transport.booking.rides.lifecycle import Status
from transport.booking.rides.models import TaxiOrder, TaxiState
from transport.kernel.clock import at, seconds_of
from transport.kernel.errors import Conflict, Invalid
from transport.kernel.policy import Taxi, TaxiProvider
from transport.operations.dispatch import exceptions, incidents, mishaps, plans, results, trials
from transport.operations.dispatch.matters import MatterKind
from transport.operations.driving import stranded
from transport.operations.quality import invariants
from transport.routing.fleet.models import Depot, DriverAbsence, Shift, Vehicle
from transport.routing.planning import day as days
from transport.routing.planning import promises, runs
from transport.routing.planning.models import Promise, PromiseState, StopKind, Visit, VisitAction
from transport.routing.planning.thinking import Harm

TAXI = Taxi(
    max_price=50_000,
    start_price=5_000,
    km_price=3_600,
    comes_minutes=20,
    providers=(TaxiProvider(name="Taxi Plzeň", phone="+420 377 000 000"),),
)


@pytest.fixture
def taxi_town(town):
    """The town where taxis may be called."""
    policies = town.world.policies.model_copy(update={"taxi": TAXI})
    return replace(town, world=replace(town.world, policies=policies))


def shift_of(session, ride):
    return runs.shift_of(session, ride.promise_id)


def least_harm(session, town, asked, now):
    """All plans thought of; the one that does the least harm."""
    thought(session, town, asked, now)
    assert [each.error for each in asked] == [""] * len(asked)
    assert 1 <= len(asked) <= 3
    found = [trials.of(session, each, world=town.world, now=now) for each in asked]
    return min(found, key=lambda each: each.harm)


def used(session, town, cast, asked, now):
    """The least harm put in force; nothing is impossible afterwards."""
    best = least_harm(session, town, asked, now)
    incidents.apply(session, best.proposal.id or 0, world=town.world, by=cast.dana, now=now, reason="porucha")
    assert invariants.faults(session, world=town.world, now=now) == []
    return [each.terms.harm for each in best.changed]


def on_the_road(session, town, cast, ride):
    """Anna is on board; a minute later something happens."""
    boarded(session, town, ride, by=cast.dana)
    second = seconds_of(town.day, planned(session, ride, StopKind.PICKUP)) + 600
    return second, at(town.day, second)


def test_another_driver_takes_the_vehicle_over_with_whom_it_has_on_board(session, town, cast, day):
    riding, waiting = day
    depot = session.exec(select(Depot)).one()
    other = a_driver(session, depot.provider_id, name="Karel Záložní")
    second, now = on_the_road(session, town, cast, riding)
    shift, ill = shift_of(session, riding), session.get_one(Shift, shift_of(session, riding)).driver_id
    asked = mishaps.driver_out(
        session, shift, since=second, place=town.places["home"], minutes=10, world=town.world, by=cast.dana, now=now
    )
    assert Harm.LEFT_OUT not in used(session, town, cast, asked, now)
    assert session.get_one(Shift, shift).driver_id == other.id
    assert (shift_of(session, riding), shift_of(session, waiting)) == (shift, shift)
    assert [each.driver_id for each in session.exec(select(DriverAbsence))] == [ill]
    reported(session, town, riding, StopKind.DROPOFF, VisitAction.DONE, by=cast.dana)
    assert riding.status is Status.COMPLETED


def test_without_its_lift_a_vehicle_goes_on_with_its_seats_and_who_is_on_board(session, town, cast, second_van, day):
    riding, waiting = day
    second, now = on_the_road(session, town, cast, riding)
    shift = shift_of(session, riding)
    asked = mishaps.lift_out(session, shift, since=second, world=town.world, by=cast.dana, now=now)
    assert used(session, town, cast, asked, now) == []
    assert shift_of(session, riding) == shift
    assert shift_of(session, waiting) != shift
    book = days.load(session, town.day, world=town.world, now=now)
    assert "ramp" not in next(duty.features for duty in book.problem.duties if duty.id == str(shift))


def test_who_is_on_board_of_a_late_vehicle_is_promised_a_later_arrival_and_nobody_is_left(session, town, cast, day):
    riding, _ = day
    second, now = on_the_road(session, town, cast, riding)
    shift, old = shift_of(session, riding), session.get_one(Promise, riding.promise_id)
    asked = mishaps.delay(
        session, [shift], minutes=60, since=second, why="road", world=town.world, by=cast.dana, now=now
    )
    harms = used(session, town, cast, asked, now)
    session.refresh(riding)
    assert harms[0] is Harm.LATE
    new = session.get_one(Promise, riding.promise_id)
    assert (new.supersedes, session.get_one(Promise, old.id).state) == (old.id, PromiseState.BROKEN)
    assert new.arrive_by > old.arrive_by
    dropoff = next(stop for stop in promises.stops(session, new.id) if stop.kind is StopKind.DROPOFF)
    assert dropoff.start >= second + 1200
    assert {visit.promise_id for visit in session.exec(select(Visit))} == {new.id}
    reported(session, town, riding, StopKind.DROPOFF, VisitAction.DONE, by=cast.dana)
    assert invariants.faults(session, world=town.world, now=planned(session, riding, StopKind.DROPOFF)) == []


def test_a_small_delay_changes_nothing_for_people(session, town, cast, day):
    riding, _ = day
    second, now = on_the_road(session, town, cast, riding)
    asked = mishaps.delay(
        session,
        [shift_of(session, riding)],
        minutes=10,
        since=second,
        why="road",
        world=town.world,
        by=cast.dana,
        now=now,
    )
    assert used(session, town, cast, asked, now) == []
    with pytest.raises(Invalid, match=r"delay\.minutes"):
        mishaps.delay(session, [], minutes=90, since=second, why="road", world=town.world, by=cast.dana, now=now)


def test_a_door_nobody_opened_is_left_and_somebody_comes_back(session, town, cast, day):
    riding, waiting = day
    reported(session, town, riding, StopKind.PICKUP, VisitAction.ARRIVED, by=cast.dana)
    now = planned(session, riding, StopKind.PICKUP)
    second, old = seconds_of(town.day, now), riding.promise_id
    asked = mishaps.drive_on(session, old, since=second, back=60, world=town.world, by=cast.dana, now=now)
    assert used(session, town, cast, asked, now) == [Harm.MOVED]
    session.refresh(riding)
    assert riding.status is Status.CONFIRMED
    assert session.get_one(Promise, riding.promise_id).window_start >= second + 1800
    assert waiting.status is Status.CONFIRMED


def a_walker(session, town, cast, hour="10:00"):
    ride = a_confirmed_ride(session, town, cast.bedrich, hour, to="station", by=cast.dana)
    plans.publish(session, town.day, by=cast.dana, now=at(town.day, 0))
    return ride


def without_any_vehicle(session, town, cast, ride):
    """The only other shift is taken away as well: whoever is displaced has no vehicle of ours."""
    for shift in session.exec(select(Shift).where(Shift.id != shift_of(session, ride))):
        shift.ends = shift.starts + 60
        session.get_one(Vehicle, shift.vehicle_id).active = False
        session.add(shift)
    session.flush()


def test_whom_no_vehicle_of_ours_can_carry_rides_by_taxi_with_the_old_promise(session, taxi_town, cast):
    town = taxi_town
    ride = a_walker(session, town, cast)
    without_any_vehicle(session, town, cast, ride)
    now, promise = at(town.day, town.second("8:00")), ride.promise_id
    asked = mishaps.break_down(
        session,
        shift_of(session, ride),
        since=town.second("8:00"),
        place=town.places["depot"],
        world=town.world,
        by=cast.dana,
        now=now,
    )
    assert used(session, town, cast, asked, now) == [Harm.TAXI]
    session.refresh(ride)
    kept = session.get_one(Promise, promise)
    assert (ride.status, ride.promise_id, kept.state) == (Status.CONFIRMED, promise, PromiseState.HANDED_ON)
    assert promises.stops(session, promise) == []
    order = session.exec(select(TaxiOrder)).one()
    assert (order.state, order.provider) == (TaxiState.ASKED, "Taxi Plzeň")
    taxis.accept(session, order, by=cast.dana, now=now)
    arrived = at(town.day, kept.arrive_by)
    hours = (kept.window_start, kept.arrive_by)
    results.settle(
        session, ride, "driven", hours, "", version=ride.version, world=town.world, by=cast.dana, now=arrived
    )
    assert (ride.status, kept.state, order.state) == (Status.COMPLETED, PromiseState.KEPT, TaxiState.DRIVEN)
    assert invariants.faults(session, world=town.world, now=arrived) == []


def test_nobody_who_stays_in_a_wheelchair_is_put_into_a_taxi_without_a_ramp(session, taxi_town, cast, day):
    town = taxi_town
    asked = mishaps.break_down(
        session,
        town.van_shift,
        since=0,
        place=town.places["depot"],
        world=town.world,
        by=cast.dana,
        now=at(town.day, 0),
    )
    best = least_harm(session, town, asked, at(town.day, 0))
    assert [each.terms.harm for each in best.changed] == [Harm.LEFT_OUT] * 2


def test_a_ride_handed_on_by_hand_comes_back_when_the_taxi_refuses(session, taxi_town, cast):
    town = taxi_town
    ride, now = a_walker(session, town, cast), at(town.day, town.second("9:00"))
    provider = TAXI.providers[0]
    with pytest.raises(Invalid, match=r"taxi\.too_dear"), session.begin_nested():
        taxis.hand_over(
            session, ride, provider, version=ride.version, price=99_000, world=town.world, by=cast.dana, now=now
        )
    session.refresh(ride)
    order = taxis.hand_over(
        session, ride, provider, version=ride.version, price=30_000, world=town.world, by=cast.dana, now=now
    )
    with pytest.raises(Conflict, match=r"taxi\.not_possible"), session.begin_nested():
        taxis.hand_over(
            session, ride, provider, version=ride.version, price=30_000, world=town.world, by=cast.dana, now=now
        )
    session.refresh(ride)
    assert invariants.faults(session, world=town.world, now=now) == []
    taxis.refuse(session, order, by=cast.dana, now=now)
    taxis.take_back(session, order, world=town.world, by=cast.dana, now=now)
    assert session.get_one(Promise, ride.promise_id).state is PromiseState.FIRM
    assert len(promises.stops(session, ride.promise_id)) == 2
    assert invariants.faults(session, world=town.world, now=now) == []


def test_a_taxi_that_comes_is_a_way_home_and_one_that_does_not_is_an_alarm(session, taxi_town, cast):
    town = taxi_town
    there, back = an_order(session, town, cast.bedrich, "9:00", back="12:00", by=cast.hana)
    driven(session, town, there, by=cast.dana)
    now, provider = at(town.day, town.second("11:00")), TAXI.providers[0]
    order = taxis.hand_over(
        session, back, provider, version=back.version, price=30_000, world=town.world, by=cast.dana, now=now
    )
    assert stranded.alarms(session, town.day) == []
    [home] = stranded.guaranteed(session, town.day, world=town.world, now=now)
    assert home.sure
    taxis.refuse(session, order, by=cast.dana, now=now)
    assert stranded.alarms(session, town.day) == [back]
    taxis.again(session, order, provider, by=cast.dana, now=now)
    assert invariants.faults(session, world=town.world, now=now) == []


def test_who_sits_in_a_vehicle_that_stands_and_cannot_be_fetched_is_never_lost_from_sight(session, town, cast, day):
    riding, _ = day
    second, now = on_the_road(session, town, cast, riding)
    asked = mishaps.break_down(
        session,
        shift_of(session, riding),
        since=second,
        place=town.places["home"],
        world=town.world,
        by=cast.dana,
        now=now,
    )
    assert Harm.LEFT_OUT in used(session, town, cast, asked, now)
    found = exceptions.found(session, town.day, policy=town.world.policies.on(town.day), now=now)
    assert (found[0].kind, found[0].subject, found[0].loud) == (MatterKind.STUCK, riding.id, True)
