"""Neither a booking nor a plan takes more than the city bought, unless somebody signs for it."""

import pytest
from sqlmodel import select

from tests.builders.booking import a_confirmed_ride, a_draft, a_ride, booked, looked
from tests.builders.clients import a_client
from tests.builders.town import NOW, a_driver, a_shift, a_town
from transport.booking.contracts import capacity, contracts, ledger
from transport.booking.contracts.balance import ContractUnit
from transport.booking.contracts.ledger import Override
from transport.booking.contracts.models import LedgerEntry
from transport.booking.rides import booking, rides
from transport.booking.rides.models import Denial, Leg
from transport.kernel import actor
from transport.kernel.errors import Exhausted, Invalid
from transport.operations.dispatch import plans
from transport.operations.quality import invariants
from transport.routing.fleet.models import Provider, Vehicle
from transport.routing.planning.models import Run, Stop


def balance(session, town):
    return ledger.balance_on(session, contracts.for_day(session, town.day), town.day)


def leave_only(session, town, metres, *, by):
    """Somebody else used up what the contract had, but for so many metres."""
    contract, gone = contracts.for_day(session, town.day), balance(session, town).free - metres
    ledger.correct(session, contract, town.day, "elsewhere", gone, reason="other days", by=by, now=NOW)


def no_fault(session, town) -> bool:
    return invariants.faults(session, world=town.world, now=NOW) == []


def test_metres_are_set_aside_as_the_plan_grows_and_given_back(session, town, cast):
    ride = a_ride(session, town, cast.anna, by=cast.cyril)
    planned = session.exec(select(Run.metres)).one()
    assert balance(session, town).reserved == planned > 0
    rides.cancel(session, ride, version=ride.version, world=town.world, by=cast.cyril, now=NOW)
    assert balance(session, town).reserved == 0


def test_nothing_is_offered_for_which_there_are_not_enough_metres(session, cast):
    town = a_town(session, allotment=5_000)
    draft = a_draft(session, town, cast.anna, by=cast.cyril)
    (answer,) = looked(session, town, draft, by=cast.cyril)
    assert (answer.shown, answer.reason) == ((), "contract")
    assert session.exec(select(Denial.reason)).one() == "contract"


@pytest.mark.parametrize("short", [0, 1])
def test_the_last_metre_is_offered_and_not_one_more(session, cast, short):
    town = a_town(session)
    draft = a_draft(session, town, cast.anna, by=cast.cyril)
    with session.begin_nested() as tried:
        booked(session, town, draft, by=cast.cyril)
        needed = session.exec(select(Run.metres)).one()
        tried.rollback()
    session.expire_all()
    leave_only(session, town, needed - short, by=cast.frantiska)
    (answer,) = looked(session, town, draft, by=cast.cyril)
    offered = [option for option in answer.shown if option.option.away == 0]
    assert len(offered) == 1 - short


def test_metres_that_are_gone_meanwhile_refuse_the_choice_and_leave_nothing(session, cast):
    town = a_town(session)
    draft = a_draft(session, town, cast.anna, by=cast.cyril)
    looked(session, town, draft, by=cast.cyril)
    leave_only(session, town, 5_000, by=cast.frantiska)
    with pytest.raises(Exhausted, match=r"contract\.no_capacity") as refusal, session.begin_nested():
        booking.choose(session, draft, {Leg.OUTBOUND: 0}, world=town.world, by=cast.cyril, now=NOW)
    assert refusal.value.facts["free"] == 5_000
    assert session.exec(select(Stop)).all() == []
    assert balance(session, town).reserved == 0
    assert no_fault(session, town)


@pytest.mark.parametrize(("unit", "of_two"), [(ContractUnit.RIDES, 1), (ContractUnit.PERSONS, 2)])
def test_rides_or_persons_run_out(session, cast, unit, of_two):
    town = a_town(session, unit=unit, allotment=2)
    a_ride(session, town, cast.anna, companions=("seat",), by=cast.cyril)
    assert balance(session, town).reserved == of_two
    other = a_client(session, "Olga Jiná")
    draft = a_draft(session, town, other, companions=("seat",), by=cast.dana)
    if unit is ContractUnit.PERSONS:
        (answer,) = looked(session, town, draft, by=cast.dana)
        assert (answer.denied, answer.reason) == (True, "contract")
        assert session.exec(select(Denial.reason)).one() == "contract"
    else:
        booked(session, town, draft, by=cast.dana)
        assert balance(session, town).free == 0
    assert no_fault(session, town)


def test_the_last_person_does_not_let_two_in(session, cast):
    town = a_town(session, unit=ContractUnit.PERSONS, allotment=1)
    draft = a_draft(session, town, cast.anna, companions=("seat",), by=cast.cyril)
    (answer,) = looked(session, town, draft, by=cast.cyril)
    assert (answer.shown, answer.reason) == ((), "contract")
    assert session.exec(select(LedgerEntry).where(LedgerEntry.kind == "reserve")).all() == []


def test_vehicle_minutes_are_taken_by_the_shift_and_not_by_the_ride(session, cast):
    town = a_town(session, unit=ContractUnit.VEHICLE_MINUTES, allotment=2 * 16 * 60)
    assert balance(session, town).free == 0
    a_ride(session, town, cast.anna, by=cast.cyril)
    assert no_fault(session, town)


def test_one_shift_more_than_was_bought_needs_a_name(session, cast):
    town = a_town(session, unit=ContractUnit.VEHICLE_MINUTES, allotment=2 * 16 * 60, hours=("6:00", "22:00"))
    car = session.get_one(Vehicle, town.car)
    third = Vehicle(code="third", provider_id=car.provider_id, depot_id=car.depot_id, kind="car")
    session.add(third)
    session.flush()
    driver = a_driver(session, session.exec(select(Provider.id)).one(), name="Gizela Řidičová")
    with pytest.raises(Exhausted, match=r"contract\.no_capacity"), session.begin_nested():
        a_shift(session, third, driver)
    with pytest.raises(Invalid, match=r"contract\.override_needs_name_and_reason"), session.begin_nested():
        _signed(session, town, third, driver, Override(" ", "festival"))
    _signed(session, town, third, driver, Override("Františka Úřední", "festival"))
    assert balance(session, town).free == -600
    assert no_fault(session, town)


def _signed(session, town, vehicle, driver, override):
    capacity.open_shift(
        session,
        day=town.day,
        vehicle=vehicle,
        driver=driver,
        starts=town.second("8:00"),
        ends=town.second("18:00"),
        by=actor.SYSTEM,
        now=NOW,
        override=override,
    )


def test_publishing_beyond_the_metres_needs_a_name(session, town, cast):
    """A longer plan than was booked, as an amendment took metres away meanwhile."""
    a_confirmed_ride(session, town, cast.anna, by=cast.dana)
    run = session.exec(select(Run)).one()
    run.metres += 1_000_000
    session.add(run)
    session.flush()
    with pytest.raises(Exhausted, match=r"contract\.no_capacity"), session.begin_nested():
        plans.publish(session, town.day, by=cast.dana, now=NOW)
    signed = Override("Františka Úřední", "objížďka")
    plans.publish(session, town.day, by=cast.dana, now=NOW, override=signed)
    assert balance(session, town).free < 0
