"""A change of the roster says first what it does to promises, and never breaks one."""

from datetime import timedelta

import pytest
from sqlmodel import select

from tests.builders.booking import a_confirmed_ride
from tests.builders.town import NOW, a_driver, a_town, a_vehicle
from transport.booking.contracts import ledger
from transport.booking.contracts.balance import ContractUnit
from transport.booking.contracts.models import Contract
from transport.kernel.clock import at, parse_wall
from transport.kernel.errors import Conflict, Exhausted
from transport.operations.dispatch import roster
from transport.operations.quality import invariants
from transport.routing import engine
from transport.routing.fleet import availability, fleet
from transport.routing.fleet.models import Depot, Driver, OutReason, Provider, Shift, Vehicle
from transport.routing.planning import day as days
from transport.routing.planning import runs
from transport.routing.planning.models import Promise, Run


def looked(session, town, change, now=NOW):
    return roster.consider(session, town.day, change, world=town.world, now=now)


def shift_of(session, ride):
    return runs.shift_of(session, ride.promise_id)


def judged(session, town, now=NOW):
    book = days.load(session, town.day, world=town.world, now=now)
    assert engine.judge(book.problem, book.plan) == []
    assert invariants.faults(session, world=town.world, now=now) == []


def do(session, town, cast, effect):
    roster.apply(session, effect, world=town.world, by=cast.dana, now=NOW)


def another_van(session):
    """A second van and somebody who drives it."""
    van = a_vehicle(session, session.exec(select(Depot)).one(), "spare", (3, 1, 300), features="ramp")
    return van, a_driver(session, session.exec(select(Provider.id)).one() or 0, name="Gizela Řidičová")


def test_who_rides_in_a_shift_that_is_taken_out_is_listed_and_rides_in_another(session, town, cast):
    ride = a_confirmed_ride(session, town, cast.bedrich, "9:00", by=cast.hana)
    shift = shift_of(session, ride)
    other = ({town.car_shift, town.van_shift} - {shift}).pop()
    promise = session.get_one(Promise, ride.promise_id)
    promised = (promise.window_start, promise.window_end, promise.arrive_by)
    effect = looked(session, town, {shift: None})
    assert [(each.promise, each.was.shift, each.becomes.shift) for each in effect.touched] == [
        (ride.promise_id, shift, other)
    ]
    assert effect.touched[0].view.ride.id == ride.id
    do(session, town, cast, effect)
    assert shift_of(session, ride) == other
    assert (promise.window_start, promise.window_end, promise.arrive_by) == promised
    assert [each.id for each in fleet.on_duty(session, town.day)] == [other]
    gone = session.get_one(Shift, shift)
    van, driver = session.get_one(Vehicle, gone.vehicle_id), session.get_one(Driver, gone.driver_id)
    fleet.open_shift(session, day=town.day, vehicle=van, driver=driver, starts=gone.starts, ends=gone.ends)
    judged(session, town)


def test_nobody_loses_a_place_silently(session, town, cast):
    ride = a_confirmed_ride(session, town, cast.anna, "9:00", by=cast.hana)
    effect = looked(session, town, {town.van_shift: None})
    assert [each.promise for each in effect.lost] == [ride.promise_id]
    with pytest.raises(Conflict, match=r"roster\.no_place"):
        do(session, town, cast, effect)
    assert session.get_one(Shift, town.van_shift).dropped_at is None
    judged(session, town)


def test_the_price_is_the_difference_of_the_plans(session, town, cast):
    for wall in ("8:00", "9:00", "10:00"):
        a_confirmed_ride(session, town, cast.bedrich, wall, by=cast.hana, to="station")
    used = session.exec(select(Run.shift_id)).first()
    effect = looked(session, town, {used: None})
    before = days.load(session, town.day, world=town.world, now=NOW)
    do(session, town, cast, effect)
    after = days.load(session, town.day, world=town.world, now=NOW)
    found = tuple(runs.length(book.problem, book.plan) for book in (before, after))
    assert effect.metres == found
    assert effect.on_the_road == tuple(
        round(engine.score(book.problem, book.plan).duty_time) for book in (before, after)
    )


def test_shorter_hours_move_only_who_does_not_fit_into_them(session, town, cast):
    early, late = (a_confirmed_ride(session, town, cast.anna, wall, by=cast.hana) for wall in ("8:00", "14:00"))
    shift = session.get_one(Shift, town.van_shift)
    noon = fleet.changed(shift, ends=parse_wall(town.day, "12:00"))
    assert [each.promise for each in looked(session, town, {shift.id: noon}).lost] == [late.promise_id]
    van, driver = another_van(session)
    fleet.open_shift(session, day=town.day, vehicle=van, driver=driver, starts=0, ends=24 * 3600)
    effect = looked(session, town, {shift.id: noon})
    assert [each.promise for each in effect.touched] == [late.promise_id]
    do(session, town, cast, effect)
    assert (shift_of(session, early), shift_of(session, late) == shift.id) == (shift.id, False)
    assert shift.ends == parse_wall(town.day, "12:00")
    judged(session, town)


def test_a_driver_who_must_not_drive_somebody_does_not_get_them(session, town, cast):
    ride = a_confirmed_ride(session, town, cast.anna, "9:00", by=cast.hana)
    _, other = another_van(session)
    promise = session.get_one(Promise, ride.promise_id)
    promise.not_drivers = str(other.id)
    session.add(promise)
    session.flush()
    van = session.get_one(Shift, town.van_shift)
    assert looked(session, town, {town.van_shift: fleet.changed(van, driver=other)}).lost


def test_a_driver_changes_where_nobody_minds(session, town, cast):
    ride = a_confirmed_ride(session, town, cast.anna, "9:00", by=cast.hana)
    _, other = another_van(session)
    van = session.get_one(Shift, town.van_shift)
    effect = looked(session, town, {town.van_shift: fleet.changed(van, driver=other)})
    assert effect.touched == ()
    do(session, town, cast, effect)
    assert van.driver_id == other.id
    assert shift_of(session, ride) == town.van_shift
    judged(session, town)


def test_who_asked_for_a_driver_is_named_when_another_comes(session, town, cast):
    ride = a_confirmed_ride(session, town, cast.anna, "9:00", by=cast.hana)
    _, other = another_van(session)
    van = session.get_one(Shift, town.van_shift)
    promise = session.get_one(Promise, ride.promise_id)
    promise.prefers_driver = van.driver_id
    session.add(promise)
    session.flush()
    effect = looked(session, town, {van.id: fleet.changed(van, driver=other)})
    assert [view.ride.id for view in effect.strangers] == [ride.id]
    assert not effect.clean


def test_a_day_that_moved_on_is_looked_at_again(session, town, cast):
    effect = looked(session, town, {town.car_shift: None})
    days.lock(session, town.day)
    with pytest.raises(Conflict, match=r"roster\.changed_meanwhile"):
        do(session, town, cast, effect)


def test_who_is_on_board_is_not_taken_out_of_the_vehicle(session, town, cast):
    ride = a_confirmed_ride(session, town, cast.bedrich, "9:00", by=cast.hana)
    begun = at(town.day, session.get_one(Promise, ride.promise_id).window_end + 600)
    shift = session.get_one(Shift, shift_of(session, ride))
    with pytest.raises(Conflict, match=r"shift\.begun"):
        looked(session, town, {shift.id: None}, now=begun)
    noticed = at(town.day, session.get_one(Promise, ride.promise_id).window_start + 60)
    shorter = fleet.changed(shift, ends=parse_wall(town.day, "9:01"))
    assert looked(session, town, {shift.id: shorter}, now=noticed).lost


def test_a_vehicle_out_of_service_leaves_its_shifts_shorter(session, town, cast):
    car = session.get_one(Vehicle, town.car)
    starts = at(town.day, parse_wall(town.day, "12:00"))
    found = roster.without_vehicle(session, car, starts, None, now=NOW)
    effects = [roster.consider(session, day, change, world=town.world, now=NOW) for day, change in found.items()]
    roster.out_of_service(
        session,
        car,
        effects,
        starts=starts,
        ends=None,
        reason=OutReason.REPAIR,
        world=town.world,
        by=cast.dana,
        now=NOW,
    )
    assert session.get_one(Shift, town.car_shift).ends == parse_wall(town.day, "12:00")
    with pytest.raises(Conflict, match=r"shift\.vehicle_out"):
        fleet.open_shift(
            session,
            day=town.day,
            vehicle=car,
            driver=session.exec(select(Driver)).first(),
            starts=parse_wall(town.day, "13:00"),
            ends=parse_wall(town.day, "14:00"),
        )


def test_nobody_is_promised_a_place_in_a_vehicle_out_of_service(session, town, cast):
    before = a_confirmed_ride(session, town, cast.anna, "9:00", by=cast.hana)
    van, starts = session.get_one(Vehicle, town.van), at(town.day, 0)
    availability.take_out(session, van, starts=starts, ends=starts + timedelta(days=1), reason=OutReason.OTHER, now=NOW)
    judged(session, town)
    after = a_confirmed_ride(session, town, cast.bedrich, "9:00", by=cast.hana)
    assert shift_of(session, before) == town.van_shift
    assert shift_of(session, after) == town.car_shift
    judged(session, town)


def test_the_minutes_set_aside_follow_the_shift(session, cast):
    town = a_town(session, unit=ContractUnit.VEHICLE_MINUTES, allotment=2 * 8 * 60, hours=("6:00", "14:00"))
    car = session.get_one(Shift, town.car_shift)
    longer = looked(session, town, {car.id: fleet.changed(car, ends=town.second("15:00"))})
    with pytest.raises(Exhausted, match=r"contract\.no_capacity"), session.begin_nested():
        do(session, town, cast, longer)
    session.expire_all()
    do(session, town, cast, looked(session, town, {car.id: fleet.changed(car, ends=town.second("13:00"))}))
    do(session, town, cast, looked(session, town, {town.van_shift: None}))
    contract = session.get_one(Contract, town.contract)
    assert ledger.balance_on(session, contract, town.day).free == 2 * 8 * 60 - 7 * 60


def test_others_move_together_for_whoever_would_be_left(session, town, cast):
    a_confirmed_ride(session, town, cast.anna, "9:00", by=cast.hana)
    car = session.get_one(Shift, town.car_shift)
    vehicle, emil = session.get_one(Vehicle, town.car), session.get_one(Driver, car.driver_id)
    do(session, town, cast, looked(session, town, {car.id: None}))
    spare, driver = another_van(session)
    hours = {"starts": car.starts, "ends": car.ends}
    second = fleet.open_shift(session, day=town.day, vehicle=spare, driver=driver, **hours)
    bedrichs = a_confirmed_ride(session, town, cast.bedrich, "9:00", by=cast.hana, origin="zbuch", to="school")
    assert shift_of(session, bedrichs) == second.id
    back = fleet.open_shift(session, day=town.day, vehicle=vehicle, driver=emil, **hours)
    effect = looked(session, town, {town.van_shift: None})
    assert {each.becomes.shift for each in effect.touched} == {second.id, back.id}
    do(session, town, cast, effect)
    judged(session, town)
