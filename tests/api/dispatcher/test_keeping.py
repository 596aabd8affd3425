"""The day kept in order through the pages: exceptions dealt with, tomorrow checked, the day closed."""

from datetime import timedelta

import pytest
from sqlmodel import select

from tests.builders.booking import a_confirmed_ride, a_ride, an_order
from tests.builders.driving import driven, planned, reported
from transport.booking.rides import rides
from transport.booking.rides.lifecycle import Status
from transport.booking.rides.models import Ride
from transport.kernel.clock import at, day_start
from transport.kernel.db import reading, writing
from transport.operations.dispatch import plans
from transport.operations.dispatch.models import DayMark
from transport.operations.quality import invariants
from transport.routing.planning.models import DayState, Promise, ServiceDay, StopKind, VisitAction


@pytest.fixture
def day(house):
    return f"/disp/{house.town.day}"


@pytest.fixture
def dana(house):
    return house.visit(house.cast.dana)


def now_of(house, code):
    with reading(house.database) as session:
        return session.exec(select(Ride).where(Ride.code == code)).one()


def nothing_impossible(house):
    with reading(house.database) as session:
        assert invariants.faults(session, world=house.town.world, now=house.clock.now) == []


@pytest.fixture
def nobody_there(house):
    """The driver stood at Anna's door at nine, waited and found nobody."""
    with writing(house.database) as session:
        ride = a_confirmed_ride(session, house.town, house.cast.anna, "9:00", by=house.cast.dana)
        came = planned(session, ride, StopKind.PICKUP)
        house.clock.now = came + timedelta(minutes=20)
        for action, when in ((VisitAction.ARRIVED, came), (VisitAction.ABSENT, house.clock.now)):
            reported(session, house.town, ride, StopKind.PICKUP, action, by=house.cast.dana, now=when)
        return ride.code


@pytest.mark.parametrize(("accept", "end"), [("yes", Status.NO_SHOW), ("no", Status.CONFIRMED)])
def test_whether_a_client_was_there_is_decided_in_the_list(house, day, dana, nobody_there, accept, end):
    page = dana.get(f"{day}/vyjimky")
    decision = {"code": nobody_there, "version": str(now_of(house, nobody_there).version), "accept": accept}
    page.send(f"{day}/vyjimky/neprisel", **decision)
    assert now_of(house, nobody_there).status is end
    assert f"{day}/vyjimky/neprisel" not in dana.get(f"{day}/vyjimky").html
    dana.send(f"{day}/vyjimky/neprisel", 409, **decision)
    nothing_impossible(house)


def test_two_people_do_not_take_care_of_the_same_thing(house, day, dana):
    with writing(house.database) as session:
        ride = a_confirmed_ride(session, house.town, house.cast.anna, "9:00", by=house.cast.dana)
        session.get_one(Promise, ride.promise_id).at_risk = True
        key = f"at_risk:{ride.promise_id}"
    dana.get(f"{day}/vyjimky").send(f"{day}/vyjimky", key=key, deed="take")
    assert house.cast.dana.name in dana.get(f"{day}/vyjimky").text
    dana.send(f"{day}/vyjimky", 409, key="late:of another day", deed="done")
    dana.get(f"{day}/vyjimky").send(f"{day}/vyjimky", key=key, deed="done")
    with reading(house.database) as session:
        mark = session.exec(select(DayMark)).one()
    assert (mark.key, mark.taken_by, mark.done_by) == (key, house.cast.dana.user, house.cast.dana.user)


def test_what_a_person_has_to_say_of_tomorrow_is_ticked_until_a_new_plan_is_published(house, dana):
    town = house.town
    eve = f"/disp/{town.day - timedelta(days=1)}/zitra"
    with writing(house.database) as session:
        a_confirmed_ride(session, town, house.cast.anna, "9:00", by=house.cast.dana)
    dana.get(eve).send(eve, 409, point="printed", done="yes")
    for number in (1, 2):
        with writing(house.database) as session:
            plans.publish(session, town.day, by=house.cast.dana, now=house.clock.now)
        dana.get(eve).send(eve, point="printed", done="yes")
        with reading(house.database) as session:
            assert len(session.exec(select(DayMark)).all()) == number
    dana.send(eve, 404, point="breaks", done="yes")


def test_a_day_is_closed_once_every_ride_has_a_result_and_everybody_is_home(house, day, dana):
    town, cast = house.town, house.cast
    with writing(house.database) as session:
        there, back = an_order(session, town, cast.anna, "9:00", back="12:00", by=cast.hana)
        driven(session, town, there, by=cast.dana)
        noon = at(town.day, town.second("13:00"))
        rides.miss(session, back, version=back.version, reason="porucha", world=town.world, by=cast.dana, now=noon)
        unsaid, unheard = (a_ride(session, town, cast.bedrich, wall, by=cast.dana).code for wall in ("10:00", "16:00"))
    house.clock.now = day_start(town.day) + timedelta(hours=23)
    page = dana.get(f"{day}/uzaverka")
    assert f"{day}/uzaverka" not in {form.get("action") for form in page.root.iter("form")}
    version = str(now_of(house, unsaid).version)
    page.send(
        f"{day}/uzaverka/jizda", 422, code=unsaid, version=version, result="driven", first="10:10", second="10.00"
    )
    assert page.value(f"first-{unsaid}") == "10:10"
    page.send(f"{day}/uzaverka/jizda", code=unsaid, version=version, result="driven", first="1010", second="10:25")
    late = {"code": unheard, "version": str(now_of(house, unheard).version)}
    page.send(f"{day}/uzaverka/jizda", 422, **late, result="absent", first="16:00", second="16:01")
    page.send(f"{day}/uzaverka/jizda", 422, **late, result="missed")
    page.send(f"{day}/uzaverka/jizda", **late, result="missed", reason="porucha")
    page.send(f"{day}/uzaverka/domu", code=back.code, way="taxi")
    page.get(f"{day}/uzaverka").send(f"{day}/uzaverka")
    assert [now_of(house, each).status for each in (unsaid, unheard)] == [Status.COMPLETED, Status.MISSED]
    with reading(house.database) as session:
        assert session.get_one(ServiceDay, town.day).state is DayState.CLOSED
    nothing_impossible(house)
    table = dana.get(f"{day}/uzaverka.csv").html
    assert unsaid in table
    assert "porucha" in table


def test_a_day_still_to_come_cannot_be_closed(house, day, dana):
    dana.get(f"{day}/uzaverka").send(f"{day}/uzaverka", 409)
