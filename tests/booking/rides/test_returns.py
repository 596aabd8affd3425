"""The way home that follows the person: called for, sooner, later, and never given up by us."""

from datetime import timedelta

import pytest
from sqlmodel import select

from tests.builders.booking import a_confirmed_ride, a_draft, an_order, chosen, looked
from tests.builders.clients import a_client
from tests.builders.driving import driven
from tests.builders.town import NOW, a_world
from transport.booking.clients.needs import Mobility
from transport.booking.contracts import contracts, ledger
from transport.booking.rides import booking, returns, rides
from transport.booking.rides.lifecycle import Status
from transport.booking.rides.models import Leg
from transport.kernel.clock import at, seconds_of
from transport.kernel.errors import Conflict, Exhausted, Invalid, NotFound
from transport.kernel.events import Event
from transport.kernel.values import Window
from transport.operations.quality import invariants
from transport.routing.planning import promises
from transport.routing.planning.models import Promise, PromiseKind, PromiseState


@pytest.fixture
def both(session, town, cast):
    """Anna to hospital at nine, back from eleven on when she calls."""
    return an_order(session, town, cast.anna, "9:00", back="11:00", will_call=True, by=cast.hana)


@pytest.fixture
def back(session, town, cast, both):
    """The way back, while Anna is in hospital."""
    driven(session, town, both[0], by=cast.dana)
    return both[1]


@pytest.fixture
def clock(town):
    """An instant of the town's day."""
    return lambda wall: at(town.day, town.second(wall))


def promise_of(session, ride):
    return session.get_one(Promise, ride.promise_id, populate_existing=True)


def pickup(session, ride):
    return promises.stops(session, ride.promise_id)[0].start


def call(session, town, ride, *, by, now):
    return returns.call(session, ride, version=ride.version, world=town.world, by=by, now=now)


def healthy(session, town, now):
    return invariants.faults(session, world=town.world, now=now) == []


def kinds(session, ride):
    return set(session.exec(select(Event.kind).where(Event.subject_type == "ride", Event.subject_id == str(ride.id))))


def test_a_return_to_be_called_for_is_a_wide_window_with_a_place_in_the_plan(session, town, both):
    promise = promise_of(session, both[1])
    ready = town.second("11:00")
    assert (promise.kind, promise.state) == (PromiseKind.WILL_CALL, PromiseState.FIRM)
    assert (promise.window_start, promise.window_end) == (ready, ready + 3600)
    assert len(promises.stops(session, promise.id)) == 2
    assert healthy(session, town, NOW)


def test_a_return_to_be_called_for_costs_what_a_return_costs(session, town, cast, both):
    fixed = an_order(session, town, cast.bedrich, "9:00", back="11:00", by=cast.hana)
    assert [ride.price for ride in both] == [ride.price for ride in fixed]


def test_calling_is_not_for_sale_where_the_rules_do_not_offer_it(session, town, cast):
    world = a_world(will_call={"offered": False})
    draft = a_draft(session, town, cast.anna, "9:00", back="11:00", will_call=True, by=cast.hana)
    with pytest.raises(Invalid, match=r"ride\.no_will_call"):
        booking.look(session, draft, world=world, by=cast.hana, now=NOW)


def test_who_calls_is_fetched_as_soon_as_a_vehicle_can_be_there(session, town, cast, back, clock):
    old = promise_of(session, back)
    new = call(session, town, back, by=cast.anna_herself, now=clock("11:00"))
    assert (new.kind, new.state, new.supersedes) == (PromiseKind.FIXED, PromiseState.FIRM, old.id)
    assert old.state is PromiseState.WITHDRAWN
    assert back.promise_id == new.id
    assert new.window_start == town.second("11:00"), "the van that brought her waits at the door"
    assert new.window_end <= old.window_end
    assert healthy(session, town, clock("11:00"))


def test_a_vehicle_does_not_set_out_before_it_was_called(session, town, cast, both, clock):
    """Somebody else brought her; the van stands in its garage, six minutes from the hospital on the empty road."""
    there, back = both
    rides.cancel(session, there, version=there.version, world=town.world, by=cast.cyril, now=NOW)
    call(session, town, back, by=cast.anna_herself, now=clock("10:30"))
    assert town.second("10:36") <= pickup(session, back) <= town.second("10:45")


@pytest.mark.parametrize("wall", ["10:20", "11:00", "11:20", "11:40"])
def test_a_call_in_time_is_answered_by_the_guaranteed_pickup(session, town, cast, back, clock, wall):
    guaranteed = promise_of(session, back).window_end
    planned = pickup(session, back)
    new = call(session, town, back, by=cast.cyril, now=clock(wall))
    assert new.window_end <= guaranteed
    assert new.window_start >= town.second(wall)
    assert pickup(session, back) <= max(planned, town.second(wall) + 1200)


def test_on_a_full_day_the_place_that_was_kept_is_the_one_that_comes(session, town, cast, clock):
    """Everybody with a wheelchair wants the one van; the guarantee holds because the plan held its place."""
    there, back = an_order(session, town, cast.anna, "9:00", back="11:00", will_call=True, by=cast.hana)
    for number, wall in enumerate(("10:00", "10:30", "11:00", "11:30", "12:00", "12:30")):
        other = a_client(session, f"Klient {'ABCDEF'[number]}", mobility=Mobility.WHEELCHAIR_STAYS)
        draft = a_draft(session, town, other, wall, to="zbuch", by=cast.hana)
        if looked(session, town, draft, by=cast.hana)[0].shown:
            booking.choose(session, draft, {Leg.OUTBOUND: 0}, world=town.world, by=cast.hana, now=NOW)
            booking.book(session, draft, world=town.world, by=cast.hana, now=NOW)
    driven(session, town, there, by=cast.dana)
    guaranteed = promise_of(session, back).window_end
    ready = min(pickup(session, back) - 60, town.second("11:10"))
    new = call(session, town, back, by=cast.anna_herself, now=at(town.day, ready))
    assert new.window_end <= guaranteed
    assert pickup(session, back) <= guaranteed
    assert healthy(session, town, at(town.day, ready))


def test_anybody_may_call_for_the_client_through_the_operator(session, town, cast, back, clock):
    found = rides.coded(session, f"{back.code[:3]} {back.code[3:]}")
    assert call(session, town, found, by=cast.hana, now=clock("11:05")).kind is PromiseKind.FIXED


def test_a_stranger_cannot_call(session, town, cast, back, clock):
    with pytest.raises(NotFound, match=r"client\.unknown"):
        call(session, town, back, by=cast.gustav, now=clock("11:05"))


def test_one_calls_once(session, town, cast, back, clock):
    call(session, town, back, by=cast.anna_herself, now=clock("11:00"))
    with pytest.raises(Conflict, match=r"return\.not_waiting"), session.begin_nested():
        call(session, town, back, by=cast.anna_herself, now=clock("11:01"))


def test_a_stale_page_calls_nobody(session, town, cast, back, clock):
    with pytest.raises(Conflict, match=r"ride\.changed_meanwhile"):
        returns.call(
            session, back, version=back.version - 1, world=town.world, by=cast.anna_herself, now=clock("11:00")
        )


def test_who_calls_too_late_is_fetched_all_the_same(session, town, cast, back, clock):
    guaranteed = promise_of(session, back).window_end
    new = call(session, town, back, by=cast.anna_herself, now=clock("14:00"))
    assert guaranteed < new.window_start <= town.second("14:20")
    assert new.kind is PromiseKind.FIXED


def test_when_nothing_is_left_the_old_promise_stands_and_the_dispatcher_is_alarmed_once(
    session, town, cast, back, clock
):
    old = promise_of(session, back)
    late = clock("21:59")
    for _ in range(2):
        assert call(session, town, back, by=cast.anna_herself, now=late).id == old.id
    assert old.state is PromiseState.FIRM
    alarms = session.exec(select(Event).where(Event.kind == "return_at_risk")).all()
    assert [alarm.subject_id for alarm in alarms] == [str(back.id)]


def test_a_contract_that_bears_no_other_place_leaves_the_old_one(session, town, cast, back, clock):
    old, planned = promise_of(session, back), pickup(session, back)
    contract = contracts.for_day(session, town.day)
    free = ledger.balance_on(session, contract, town.day).free
    ledger.reserve(session, contract, town.day, "test", free, by=cast.dana, now=NOW)
    new = call(session, town, back, by=cast.anna_herself, now=clock("10:30"))
    assert new.state is PromiseState.FIRM
    assert new.id == old.id or pickup(session, back) <= planned
    assert len(promises.stops(session, new.id)) == 2


def test_a_vehicle_nobody_has_called_does_not_set_out_in_vain(session, town, back):
    due = at(town.day, pickup(session, back))  # the van that brought her waits at the door
    assert returns.uncalled(session, town.day, now=due - timedelta(minutes=3)) == []
    now = due - timedelta(minutes=2)
    assert returns.uncalled(session, town.day, now=now) == [back]
    old = promise_of(session, back)
    new = returns.postpone(session, back, world=town.world, now=now)
    assert new is not None
    assert (new.kind, new.state, new.supersedes) == (PromiseKind.WILL_CALL, PromiseState.FIRM, old.id)
    assert new.window_end > old.window_end
    assert new.arrive_by <= town.second("22:00")
    assert returns.uncalled(session, town.day, now=now) == []
    assert healthy(session, town, now)


def test_who_was_postponed_may_still_call(session, town, cast, back, clock):
    returns.postpone(session, back, world=town.world, now=clock("11:30"))
    new = call(session, town, back, by=cast.anna_herself, now=clock("12:00"))
    assert new.window_start <= town.second("12:20")


def test_when_it_cannot_be_postponed_any_more_the_dispatcher_is_alarmed(session, town, back, clock):
    old = promise_of(session, back)
    assert returns.postpone(session, back, world=town.world, now=clock("21:58")) is None
    assert promise_of(session, back).id == old.id
    assert "return_at_risk" in kinds(session, back)


def test_a_fixed_return_may_be_later_when_the_doctor_is_late(session, town, cast, clock):
    there, back = an_order(session, town, cast.anna, "9:00", back="11:00", by=cast.hana)
    driven(session, town, there, by=cast.dana)
    old, ready = promise_of(session, back), town.second("12:00")
    new = returns.later(session, back, ready, version=back.version, world=town.world, by=cast.cyril, now=clock("10:50"))
    assert ready <= new.window_start <= ready + 900
    assert (old.state, new.state, new.supersedes) == (PromiseState.WITHDRAWN, PromiseState.FIRM, old.id)
    assert (back.status, back.late, back.fee) == (Status.CONFIRMED, False, 0)
    assert healthy(session, town, clock("10:50"))


def test_ready_in_the_past_is_a_mistake(session, town, cast, clock):
    _, back = an_order(session, town, cast.anna, "9:00", back="11:00", by=cast.hana)
    with pytest.raises(Invalid, match=r"return\.ready_in_the_past"):
        returns.later(session, back, 3600, version=back.version, world=town.world, by=cast.cyril, now=clock("10:50"))


def test_without_a_later_place_the_old_promise_stands(session, town, cast, clock):
    _, back = an_order(session, town, cast.anna, "9:00", back="11:00", by=cast.hana)
    with pytest.raises(Exhausted, match=r"return\.not_later"):
        returns.later(
            session,
            back,
            town.second("21:55"),
            version=back.version,
            world=town.world,
            by=cast.cyril,
            now=clock("10:50"),
        )
    assert promise_of(session, back).state is PromiseState.FIRM


def test_a_fixed_return_may_be_sooner(session, town, cast, clock):
    there, back = an_order(session, town, cast.anna, "9:00", back="12:00", by=cast.hana)
    driven(session, town, there, by=cast.dana)
    old = promise_of(session, back)
    new = returns.hasten(
        session, back, version=back.version, world=town.world, by=cast.anna_herself, now=clock("10:00")
    )
    assert town.second("10:00") <= new.window_start <= town.second("10:20")
    assert old.state is PromiseState.WITHDRAWN
    assert healthy(session, town, clock("10:00"))


def test_sooner_is_refused_when_the_vehicle_is_due_anyway(session, town, cast, clock):
    _, back = an_order(session, town, cast.anna, "9:00", back="12:00", by=cast.hana)
    with pytest.raises(Exhausted, match=r"return\.not_sooner"):
        returns.hasten(session, back, version=back.version, world=town.world, by=cast.cyril, now=clock("12:00"))


def test_only_the_way_back_is_called_for(session, town, cast, clock):
    ride = a_confirmed_ride(session, town, cast.bedrich, "15:00", by=cast.dana)
    with pytest.raises(Conflict, match=r"return\.not_waiting"):
        returns.hasten(session, ride, version=ride.version, world=town.world, by=cast.dana, now=clock("12:00"))


def test_the_offered_window_does_not_reach_beyond_the_hours_of_the_service(session, town, cast):
    draft = a_draft(session, town, cast.anna, "18:00", back="21:30", will_call=True, by=cast.hana)
    there, back = looked(session, town, draft, by=cast.hana)
    assert there.shown
    assert (back.shown, back.reason) == ((), "hours")


def test_a_held_return_keeps_its_window(session, town, cast):
    draft = a_draft(session, town, cast.anna, "9:00", back="11:00", will_call=True, by=cast.hana)
    held = chosen(session, town, draft, by=cast.hana)[Leg.RETURN]
    window = Window(held.window_start, held.window_end)
    assert (held.kind, window.end - window.start) == (PromiseKind.WILL_CALL, 3600)
    assert seconds_of(town.day, at(town.day, window.start)) == town.second("11:00")
