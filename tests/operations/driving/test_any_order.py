"""A day's reports in any order, twice, by two telephones with wrong clocks: it ends the same, each key is kept once."""

import random
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from tests.builders.booking import a_confirmed_ride
from tests.builders.phones import EVIDENCE, Phone
from tests.builders.town import NOW, a_town
from transport.booking.contracts.balance import ContractUnit
from transport.booking.contracts.models import LedgerEntry
from transport.booking.rides.lifecycle import Status
from transport.operations.dispatch import plans
from transport.operations.driving.models import DriverReport
from transport.operations.quality import invariants
from transport.routing.planning.models import Promise, Visit

SHARED = settings(
    max_examples=settings().max_examples // 30,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
)
LATER = timedelta(hours=6)


def a_day(phone, other, wanted):
    """What a driver may say of a ride: slips are taken back, times corrected, a second telephone says it too."""
    said, minute = [], 0.0

    def say(kind, stop=None, who=phone, **more):
        nonlocal minute
        minute += 2
        said.append((who, who.said(kind, stop, minute, **more)))
        return said[-1][1]

    def step(kind, stop, slips, **more):
        first = say(kind, stop, **more)
        for _ in range(slips):
            say("undone", about=first.key)
            first = say(kind, stop, **more)
        return first

    there = step("arrived", "pickup", wanted["arrived"])
    if wanted["absent"]:
        minute += 20
        gone = say("absent", "pickup", **EVIDENCE)
        if wanted["undone"]:
            say("undone", about=gone.key)
    on = step("done", "pickup", wanted["on"])
    if wanted["twice"]:
        say("done", "pickup", other)
    if wanted["retimed"]:
        moment = phone.start + timedelta(minutes=1) + phone.wrong
        say("retimed", about=there.key, happened=moment.isoformat())
    say("problem", problem="late", minutes=20)
    minute += 20
    step("done", "dropoff", wanted["off"])
    if wanted["back"]:
        say("undone", about=said[-1][1].key)
        if not wanted["twice"] and not wanted["retimed"]:
            say("undone", about=on.key)
    return said


def told(session, ride):
    """The end of a day: where the ride is, what happened when, what of the contract is used."""
    session.refresh(ride)
    visits = {(each.kind, each.action): each.occurred_at for each in session.exec(select(Visit))}
    posted: dict[str, int] = {}
    for entry in session.exec(select(LedgerEntry).where(LedgerEntry.source == f"ride:{ride.id}")):
        posted[entry.kind] = posted.get(entry.kind, 0) + entry.quantity
    used = posted.get("consume", 0) + posted.get("correct", 0)
    aside = posted.get("reserve", 0) - posted.get("release", 0)
    assert (used, aside) == ((1, 0) if ride.status is Status.COMPLETED else (0, 1))
    return ride.status, session.get_one(Promise, ride.promise_id).state, visits, used, aside


few = st.integers(0, 2)
wishes = st.fixed_dictionaries(
    {
        **dict.fromkeys(("arrived", "on", "off"), few),
        **dict.fromkeys(("absent", "undone", "twice", "retimed", "back"), st.booleans()),
    }
)


@pytest.fixture
def told_by(session, cast):
    """A ride that the contract counts, in Emil's car."""
    town = a_town(session, emil=cast.emil, unit=ContractUnit.RIDES, allotment=5)
    ride = a_confirmed_ride(session, town, cast.bedrich, "9:00", by=cast.dana)
    plans.publish(session, town.day, by=cast.dana, now=NOW)
    return town, ride, cast.emil


def ending(session, town, ride, received, parcel):
    """How the day ends if reports come in like this; then it is as if nothing had come."""
    with session.begin_nested() as once:
        for phone, each in parcel:
            phone.receive(each, received=received)
        found = told(session, ride)
        assert len(session.exec(select(DriverReport)).all()) == len({each.key for _, each in parcel})
        assert invariants.faults(session, world=town.world, now=received) == []
        once.rollback()
    session.expire_all()
    return found


@SHARED
@given(wanted=wishes, wrong=st.tuples(*[st.integers(-600, 600)] * 2), seed=st.integers(0, 2**16))
def test_any_order_ends_the_same(session, told_by, wanted, wrong, seed):
    town, ride, emil = told_by
    phone, other = (Phone(session, town, ride, town.car_shift, emil, wrong=timedelta(seconds=each)) for each in wrong)
    said = a_day(phone, other, wanted)
    in_order = ending(session, town, ride, phone.start + LATER, said)
    anyhow = random.Random(seed).sample(said * 2, len(said) * 2)
    assert ending(session, town, ride, phone.start + LATER, anyhow) == in_order
