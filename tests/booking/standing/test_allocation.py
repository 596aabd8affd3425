"""The batch answer of one day: nobody is first, both legs or none, half of the fleet is left for single rides."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import col, select

from tests.builders.booking import a_ride
from tests.builders.clients import a_client
from tests.builders.standing import answered, asked, at, every
from tests.builders.town import NOW, a_driver, a_shift, a_town, a_vehicle, a_world
from transport.booking.clients.models import Client
from transport.booking.clients.needs import Mobility
from transport.booking.contracts.balance import ContractUnit
from transport.booking.rides.models import Denial, Leg
from transport.booking.standing import allocation, batch, regular, standing
from transport.booking.standing.models import DateState, StandingDate, StandingOrder
from transport.booking.standing.quota import regular_duties
from transport.kernel.errors import Conflict
from transport.kernel.policy.groups import Allowance, AllowancePeriod, AllowanceUnit
from transport.operations.quality import invariants
from transport.routing import engine
from transport.routing.fleet.models import Depot, Shift
from transport.routing.planning import day as days
from transport.routing.planning.wishes import Anchor

CHAIR: dict[str, Any] = {"mobility": Mobility.WHEELCHAIR_STAYS, "chair_mass_kg": 90}
ALL = a_world(regular={"max_share": 1.0})
ROUTES = (("home", "school"), ("station", "hospital"), ("hospital", "home"), ("school", "station"))


@pytest.fixture
def crowd(session) -> list[Client]:
    """Eight people, two of them in wheelchairs."""
    walking = [a_client(session, f"Osoba Č{number}") for number in range(6)]
    sitting = [a_client(session, f"Osoba V{number}", **CHAIR) for number in range(2)]
    return [sitting[0], *walking[:3], sitting[1], *walking[3:]]


def ask_all(session, town, crowd, cast, *, last: bool = False) -> None:
    """Everybody wants to be somewhere at eight; `last`: asked in the other order."""
    for number, client in list(enumerate(crowd))[:: -1 if last else 1]:
        origin, to = ROUTES[number % 4]
        asked(session, town, client, every(2, times=at("8:00", "12:00")), origin=origin, to=to, by=cast.hana)


def states(session, town) -> dict[str, DateState]:
    """By client code."""
    rows = session.exec(
        select(Client.code, StandingDate.state)
        .join(StandingOrder, col(StandingOrder.id) == StandingDate.standing_order_id)
        .join(Client, col(Client.id) == StandingOrder.client_id)
        .where(StandingDate.day == town.day)
    )
    return dict(rows.all())


def healthy(session, town, now=NOW) -> bool:
    return invariants.faults(session, world=town.world, now=now) == []


def test_who_asked_first_makes_no_difference(session, town, cast, crowd):
    outcomes = []
    for last in (False, True):
        with session.begin_nested() as nested:
            ask_all(session, town, crowd, cast, last=last)
            _, thought = answered(session, town)
            outcomes.append((states(session, town), [(t.name, options) for t, options in thought.placed]))
            nested.rollback()
        session.expire_all()
    first, other = outcomes
    assert first == other
    assert set(first[0].values()) == {DateState.PLACED, DateState.DENIED}


def test_both_legs_are_placed_or_neither(session, town, cast, crowd):
    ask_all(session, town, crowd, cast)
    answered(session, town)
    for order in session.exec(select(StandingOrder)):
        today = regular.answer(session, order, calendar=town.world.calendar)[0]
        legs = [ride.leg for ride in today.rides]
        assert legs == ([Leg.OUTBOUND, Leg.RETURN] if today.state is DateState.PLACED else [])
    assert healthy(session, town)


def test_who_has_no_place_reads_why(session, town, cast, crowd):
    ask_all(session, town, crowd, cast)
    _, thought = answered(session, town)
    assert {word for _, word in thought.denied} <= {"quota", "no_room"}
    _, again = answered(session, town)
    assert (again.placed, again.denied) == ((), ())


def test_half_of_the_vehicles_are_left_for_single_rides(session, town, cast, crowd):
    ask_all(session, town, crowd, cast)
    answered(session, town)
    book = days.load(session, town.day, world=town.world, now=NOW)
    assert len(book.plan.runs) == 1
    single = a_client(session, "Jednou Jedoucí")
    assert a_ride(session, town, single, "7:30", by=cast.hana).id


def test_a_wish_that_only_the_quota_forbids_is_told_so(session, town, cast, crowd):
    ask_all(session, town, crowd, cast)
    _, half = answered(session, town)
    assert "quota" in {word for _, word in half.denied}


def test_without_a_quota_all_vehicles_are_used(session, town, cast, crowd):
    ask_all(session, town, crowd, cast)
    _, thought = answered(session, town, world=ALL)
    assert len(thought.plan.runs) == 2
    assert "quota" not in {word for _, word in thought.denied}


def test_no_vehicle_with_a_ramp_is_a_proven_reason(session, town, cast):
    heavy = a_client(session, "Dvoučlenná Posádka", stairs=True)
    asked(session, town, heavy, by=cast.hana)
    _, thought = answered(session, town)
    assert [word for _, word in thought.denied] == ["features"]


@pytest.mark.parametrize(("unit", "amount"), [("rides", 1), ("kilometres", 1), ("fares", 100)])
def test_a_date_beyond_the_allowance_is_refused_with_that_word(session, town, cast, unit, amount):
    allowance = Allowance(unit=AllowanceUnit(unit), period=AllowancePeriod.MONTH, amount=amount)
    sparing = a_world(eligibility={"allowances": (allowance,)})
    asked(session, town, cast.bedrich, by=cast.hana)
    found, thought = answered(session, town, world=sparing)
    assert ([word for _, word in found.refused], thought.placed) == (["allowance"], ())


def test_a_ride_of_the_same_client_at_that_time_is_a_reason(session, town, cast):
    a_ride(session, town, cast.bedrich, "7:30", by=cast.hana)
    asked(session, town, cast.bedrich, every(2, times=at("7:45")), by=cast.hana)
    found, _ = answered(session, town)
    assert [word for _, word in found.refused] == ["overlaps"]


def test_who_is_not_entitled_any_more_on_the_day_is_denied_for_it(session, town, cast):
    order = asked(session, town, cast.bedrich, every(2), by=cast.hana)
    cast.bedrich.born = town.day - timedelta(days=40 * 365)
    session.add(cast.bedrich)
    found, _ = answered(session, town)
    assert [word for _, word in found.refused] == ["not_entitled"]
    assert regular.answer(session, order, calendar=town.world.calendar)[0].reason == "not_entitled"


def test_nobody_is_denied_before_there_is_a_roster(session, town, cast):
    asked(session, town, cast.bedrich, by=cast.hana)
    assert allocation.waiting(session, NOW) == [town.day]
    for shift in session.exec(select(Shift)).all():
        session.delete(shift)
    session.flush()
    assert allocation.waiting(session, NOW) == []


def test_a_day_that_has_moved_on_is_thought_about_again(session, town, cast):
    asked(session, town, cast.bedrich, by=cast.hana)
    found = allocation.gather(session, town.day, world=town.world, now=NOW)
    thought = batch.think(found, effort=5)
    a_ride(session, town, cast.anna, "10:00", by=cast.hana)
    with pytest.raises(Conflict, match=r"plan\.day_has_moved_on"):
        allocation.apply(session, found, thought, world=town.world, now=NOW)


def test_a_date_given_up_meanwhile_is_not_placed(session, town, cast):
    order = asked(session, town, cast.bedrich, by=cast.hana)
    found = allocation.gather(session, town.day, world=town.world, now=NOW)
    thought = batch.think(found, effort=5)
    standing.skip(session, order, town.day, world=town.world, by=cast.hana, now=NOW)
    with pytest.raises(Conflict, match=r"plan\.day_has_moved_on"):
        allocation.apply(session, found, thought, world=town.world, now=NOW)


def test_promises_made_before_are_kept_and_planned_around(session, town, cast, crowd):
    single = a_ride(session, town, cast.anna, "7:40", by=cast.hana)
    before = (single.promise_id, single.status)
    ask_all(session, town, crowd, cast)
    answered(session, town, world=ALL)
    session.refresh(single)
    assert (single.promise_id, single.status) == before
    assert healthy(session, town)


def test_a_contract_that_is_nearly_used_up_places_as_many_as_it_pays_for(session, cast, crowd):
    town = a_town(session, emil=cast.emil, unit=ContractUnit.RIDES, allotment=5)
    ask_all(session, town, crowd, cast)
    _, thought = answered(session, town, world=ALL)
    assert len(thought.placed) == 2
    assert "contract" in {word for _, word in thought.denied}
    assert healthy(session, town)


def test_between_equals_who_was_denied_last_goes_first_if_the_rules_say_so(session, town, cast):
    first, second = (a_client(session, f"Stejná {name}", **CHAIR) for name in ("Adéla", "Blanka"))
    for client, origin, to in ((first, "station", "zbuch"), (second, "zbuch", "station")):
        times = every(2, times=at("8:00", anchor=Anchor.LEAVE_AT))
        asked(session, town, client, times, origin=origin, to=to, by=cast.hana)
    world = a_world(fairness={"denied_first": True}, promise={"window_minutes": 5}, regular={"max_share": 1.0})
    won = []
    for unlucky in (first, second):
        with session.begin_nested() as nested:
            session.add(a_denial(unlucky, town))
            session.flush()
            _, thought = answered(session, town, world=world)
            won.append([trip.order.client_id for trip, _ in thought.placed])
            nested.rollback()
        session.expire_all()
    assert won == [[first.id], [second.id]]


def a_denial(client: Client, town) -> Denial:
    return Denial(
        key=f"denied {client.id}",
        client_id=client.id or 0,
        leg=Leg.OUTBOUND,
        day=town.day,
        anchor=Anchor.LEAVE_AT,
        seconds=0,
        origin_place_id=town.places["home"],
        destination_place_id=town.places["school"],
        seats=1,
        wheelchairs=0,
        reason="no_room",
        at=NOW - timedelta(days=1),
    )


def test_standing_rides_placed_before_count_in_the_same_half(session, town, cast, crowd):
    provider = session.exec(select(Depot)).one()
    for number in range(2):
        vehicle = a_vehicle(session, provider, f"more {number}", (4, 0, 0))
        a_shift(session, vehicle, a_driver(session, provider.provider_id, name=f"Další {number}"), town.day)
    for client in crowd[1:4]:
        asked(session, town, client, every(2), by=cast.hana)
    answered(session, town)
    for client in crowd[5:8]:
        asked(session, town, client, every(2, times=at("9:00", "14:00")), origin="station", by=cast.hana)
    answered(session, town)
    book = days.load(session, town.day, world=town.world, now=NOW)
    assert len(book.plan.runs) <= 2
    assert healthy(session, town)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.tuples(st.integers(0, 20), st.integers(1, 12), st.integers(0, 2)), min_size=1, max_size=14),
    st.sampled_from((0.25, 0.5, 0.75, 1.0)),
)
def test_at_no_hour_more_than_the_share_of_vehicles_takes_standing_rides(shifts, share):
    layouts = (engine.Layout.of(4, 0), engine.Layout.of(3, 1, 200), engine.Layout.of(2, 2, 300))
    duties = tuple(
        engine.Duty(str(number), 0, 0, begin * 3600, (begin + long) * 3600, (layouts[kind],))
        for number, (begin, long, kind) in enumerate(shifts)
    )
    chosen = regular_duties(duties, share)
    for hour in range(33 * 2):
        on = [duty for duty in duties if duty.earliest <= hour * 1800 < duty.latest]
        here = sum(duty.id in chosen for duty in on)
        assert here <= -(-share * len(on) // 1)
    assert chosen or not duties


def test_the_half_has_wheelchair_places_as_the_whole():
    layouts = [(engine.Layout.of(4, 0),)] * 6 + [(engine.Layout.of(3, 1, 200),)] * 6
    duties = tuple(engine.Duty(str(n), 0, 0, 0, 9 * 3600, layout) for n, layout in enumerate(layouts))
    chosen = regular_duties(duties, 0.5)
    assert sum(int(each) >= 6 for each in chosen) == sum(int(each) < 6 for each in chosen) == 3
