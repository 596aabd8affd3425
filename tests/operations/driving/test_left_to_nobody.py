"""Ways in which somebody could be out without anybody being told: another day, another ride, an old word, no signal."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from tests.builders.booking import a_confirmed_ride, an_order
from tests.builders.driving import boarded, driven
from tests.builders.town import NOW, another_day
from transport.booking.rides import rides, taxis
from transport.booking.rides.models import Ride
from transport.kernel.clock import at, second_at
from transport.kernel.errors import Conflict
from transport.kernel.policy import TaxiProvider
from transport.operations.dispatch import plans, roster
from transport.operations.driving import stranded
from transport.operations.driving.homebound import Danger
from transport.routing.fleet import availability, fleet
from transport.routing.fleet.models import OutReason, Shift, Vehicle
from transport.routing.planning import runs
from transport.routing.planning.models import Promise


@pytest.fixture
def tomorrow(session, town):
    day = town.day + timedelta(days=1)
    another_day(session, town, day)
    return day


@pytest.fixture
def out(session, town, cast):
    """Anna is in hospital, her way back is promised for noon."""
    there, back = an_order(session, town, cast.anna, "9:00", back="12:00", by=cast.hana)
    driven(session, town, there, by=cast.dana)
    return back


def ten(town, clock="10:00"):
    return at(town.day, town.second(clock))


def fails(session, back, now):
    """The vehicle that is to fetch somebody drops out."""
    shift = session.get_one(Shift, runs.shift_of(session, back.promise_id))
    van = session.get_one(Vehicle, shift.vehicle_id)
    availability.take_out(session, van, starts=now, ends=None, reason=OutReason.BREAKDOWN, now=now)


def way(session: Session, town, day, now):
    [found] = stranded.guaranteed(session, day, world=town.world, now=now)
    return found


def miss(session, town, cast, ride, now):
    rides.miss(session, ride, version=ride.version, reason="porucha", world=town.world, by=cast.dana, now=now)


def says(session, town, cast, back, word, now):
    stranded.resolve(session, back, word, world=town.world, by=cast.dana, now=now)


def test_who_stays_overnight_is_watched_on_the_day_of_the_way_home(session, town, cast, tomorrow):
    there, back = an_order(session, town, cast.anna, "9:00", back="12:00", back_day=tomorrow, by=cast.hana)
    driven(session, town, there, by=cast.dana)
    now = at(tomorrow, second_at(tomorrow, ten(town).time()))
    assert way(session, town, tomorrow, now).sure
    fails(session, back, now)
    assert way(session, town, tomorrow, now).danger is Danger.VEHICLE_OUT
    assert stranded.warn(session, tomorrow, world=town.world, now=now) == 1
    miss(session, town, cast, back, now)
    assert stranded.alarms(session, tomorrow) == [back]
    assert stranded.raise_alarms(session, tomorrow, now=now) == 1
    says(session, town, cast, back, "family", now)
    assert stranded.alarms(session, tomorrow) == []


def test_a_ride_from_there_on_another_day_is_no_way_home_today(session, town, cast, out, tomorrow):
    a_confirmed_ride(session, town, cast.anna, "9:00", origin="hospital", to="school", day=tomorrow, by=cast.dana)
    miss(session, town, cast, out, ten(town))
    assert stranded.alarms(session, town.day) == [out]


def test_of_two_rides_from_there_that_both_fail_somebody_is_told(session, town, cast, out):
    miss(session, town, cast, out, ten(town))
    other = a_confirmed_ride(
        session, town, cast.anna, "13:00", origin="hospital", to="home", by=cast.dana, now=ten(town)
    )
    another = a_confirmed_ride(
        session, town, cast.anna, "15:00", origin="hospital", to="home", by=cast.dana, now=ten(town)
    )
    for ride in (other, another):
        session.get_one(Promise, ride.promise_id).at_risk = True
    session.flush()
    [told] = stranded.near([way(session, town, town.day, ten(town))])
    assert (told.back, told.danger) == (other.id, Danger.AT_RISK)
    says(session, town, cast, other, "family", ten(town))
    assert way(session, town, town.day, ten(town)).back == another.id, "it is still in the plan"


def test_another_ride_of_ours_that_fails_as_well_is_told_and_may_be_answered_anew(session, town, cast, out):
    session.get_one(Promise, out.promise_id).at_risk = True
    session.flush()
    says(session, town, cast, out, "our_ride", ten(town))
    assert way(session, town, town.day, ten(town)).said == "our_ride"
    with pytest.raises(Conflict, match=r"return\.said_otherwise"):
        says(session, town, cast, out, "taxi", ten(town))
    fails(session, out, ten(town))
    assert way(session, town, town.day, ten(town)).danger is Danger.VEHICLE_OUT
    miss(session, town, cast, out, ten(town))
    assert stranded.alarms(session, town.day) == [out]
    says(session, town, cast, out, "taxi", ten(town))
    assert stranded.alarms(session, town.day) == []


def test_a_taxi_that_is_refused_after_all_is_no_way_home(session, town, cast, out):
    miss(session, town, cast, out, ten(town))
    says(session, town, cast, out, "taxi", ten(town))
    provider = TaxiProvider(name="Taxi Plzeň", phone="+420 377 000 000", ramp=True)
    place = out.origin_place_id
    asked = taxis.ask(session, out, provider, place=place, pickup_at=ten(town), price=1, by=cast.dana, now=ten(town))
    assert stranded.alarms(session, town.day) == []
    taxis.refuse(session, asked, by=cast.dana, now=ten(town))
    assert stranded.alarms(session, town.day) == [out]
    says(session, town, cast, out, "family", ten(town))
    assert stranded.alarms(session, town.day) == []


def test_who_sits_in_the_vehicle_needs_no_other_way_home(session, town, cast, out):
    session.get_one(Promise, out.promise_id).at_risk = True
    session.flush()
    stranded.warn(session, town.day, world=town.world, now=ten(town))
    boarded(session, town, out, by=cast.dana)
    with pytest.raises(Conflict, match=r"return\.not_stranded"):
        says(session, town, cast, out, "taxi", ten(town, "12:10"))
    fails(session, out, ten(town, "12:15"))
    says(session, town, cast, out, "taxi", ten(town, "12:20"))


def shortened(session, town, cast, now, homes=None):
    shift = session.get_one(Shift, town.van_shift)
    plan = {town.van_shift: fleet.changed(shift, ends=town.second("12:30"))}
    effect = roster.consider(session, town.day, plan, world=town.world, now=now)
    roster.apply(session, effect, world=town.world, by=cast.dana, now=now, homes=homes)


@pytest.fixture
def unheard(session, town, cast):
    """Anna was to be fetched an hour ago, and the telephone in the van has no signal."""
    _, back = an_order(session, town, cast.anna, "9:00", back="11:00", will_call=True, by=cast.hana)
    plans.publish(session, town.day, by=cast.dana, now=NOW)
    return back


def test_whoever_may_be_out_without_our_hearing_of_it_is_taken_to_be_out(session, town, cast, unheard: Ride):
    now = ten(town)
    assert [ride.id for ride in stranded.still_out(session, town.van_shift, world=town.world, now=now)] == [unheard.id]
    with pytest.raises(Conflict, match=r"shift\.somebody_out"), session.begin_nested():
        shortened(session, town, cast, now)
    session.expire_all()
    shortened(session, town, cast, now, {unheard.code: "family"})
    assert way(session, town, town.day, now).said == "family"


def test_a_danger_makes_nobody_less_worth_a_vehicle(session, town, cast, unheard):
    session.get_one(Promise, unheard.promise_id).at_risk = True
    session.flush()
    with pytest.raises(Conflict, match=r"shift\.somebody_out"):
        shortened(session, town, cast, ten(town))
