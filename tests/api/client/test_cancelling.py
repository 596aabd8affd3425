"""Calling off: what it costs is said before and after; a driver who comes hears a voice."""

import pytest

from tests.api.client.conftest import House
from tests.builders.booking import a_confirmed_ride, an_order
from tests.builders.driving import driven, planned, reported
from transport.booking.rides import changing, rides
from transport.booking.rides.lifecycle import Status
from transport.booking.rides.models import Ride
from transport.kernel.clock import at
from transport.kernel.db import reading, writing
from transport.routing.planning.models import StopKind, VisitAction


def status(house: House, code: str) -> Status:
    with reading(house.database) as session:
        return rides.coded(session, code).status


@pytest.fixture
def ride(house: House) -> Ride:
    with writing(house.database) as session:
        return a_confirmed_ride(session, house.town, house.cast.anna, "9:00", by=house.cast.hana)


@pytest.fixture
def arrived(house: House, ride: Ride) -> Ride:
    """The driver stands at the door."""
    with writing(house.database) as session:
        reported(session, house.town, rides.coded(session, ride.code), StopKind.PICKUP, VisitAction.ARRIVED,
                 by=house.cast.dana)  # fmt: skip
        house.clock.now = planned(session, ride, StopKind.PICKUP)
    return ride


def test_afterwards_the_page_says_what_it_cost(house: House, ride: Ride):
    visit = house.visit(house.cast.anna_herself).get(f"/en/jizdy/{ride.code}/zrusit").send()
    assert "The ride is cancelled. You pay nothing." in visit.text


def test_when_the_driver_is_there_one_calls_instead(house: House, arrived: Ride):
    visit = house.visit(house.cast.anna_herself).get(f"/en/jizdy/{arrived.code}/zrusit")
    assert visit.heading == "The driver is on the way already"
    assert "tel:+420800000000" in visit.html
    assert "sms:+420700000000" in visit.html
    assert "<button" not in visit.html.split("<main")[1].split("</main>")[0]


def test_a_page_from_before_the_driver_came_calls_nothing_off(house: House, ride: Ride):
    visit = house.visit(house.cast.anna_herself).get(f"/en/jizdy/{ride.code}/zrusit")
    with writing(house.database) as session:
        reported(session, house.town, rides.coded(session, ride.code), StopKind.PICKUP, VisitAction.ARRIVED,
                 by=house.cast.dana)  # fmt: skip
    visit.send(visit.path, status=409)
    assert "Please call or write" in visit.text
    assert status(house, ride.code) is Status.CONFIRMED


def test_our_staff_can_call_off_what_somebody_tells_them_on_the_phone(house: House, arrived: Ride):
    house.visit(house.cast.hana).get(f"/cs/jizdy/{arrived.code}/zrusit").send()
    assert status(house, arrived.code) is Status.CANCELLED


def test_who_is_out_is_warned_before_giving_up_the_way_home(house: House):
    with writing(house.database) as session:
        there, back = an_order(session, house.town, house.cast.anna, "9:00", back="12:00", by=house.cast.hana)
        driven(session, house.town, there, by=house.cast.dana)
        house.clock.now = at(there.day, house.town.second("10:00"))
    visit = house.visit(house.cast.anna_herself).get(f"/en/jizdy/{back.code}/zrusit")
    assert "this is your way home" in visit.text
    assert "do not cancel: call" in visit.text


def test_both_ways_are_asked_for_also_after_one_was_changed(house: House):
    with writing(house.database) as session:
        there, back = an_order(session, house.town, house.cast.anna, "9:00", back="12:00", by=house.cast.hana)
    visit = house.visit(house.cast.anna_herself).get(f"/en/jizdy/{there.code}/zmenit").send(what="time")
    visit.send(anchor="leave_at", time="8:00")
    visit.send(outbound=visit.options("outbound")[0]).send()
    with reading(house.database) as session:
        new = session.get_one(Ride, rides.coded(session, there.code).replaced_by).code
    visit.get(f"/en/jizdy/{new}/zrusit")
    assert visit.options("which") == ["both", "one"]
    visit.send(which="both")
    assert [status(house, code) for code in (new, back.code)] == [Status.CANCELLED, Status.CANCELLED]


@pytest.mark.parametrize("which", ["", "all", "1", "bo th", "x" * 10_000, "оба"])
def test_anything_else_than_the_ways_that_were_asked_for_is_asked_again(house: House, which: str):
    with writing(house.database) as session:
        there, _ = an_order(session, house.town, house.cast.anna, "9:00", back="12:00", by=house.cast.hana)
    visit = house.visit(house.cast.anna_herself).get(f"/en/jizdy/{there.code}/zrusit").send(status=422, which=which)
    assert visit.errors == ["Choose what to cancel."]
    assert status(house, there.code) is Status.CONFIRMED


def test_a_changed_ride_leads_to_the_one_it_became(house: House, ride: Ride):
    with writing(house.database) as session:
        assert changing.of_draft(session, changing.start(session, ride, by=house.cast.cyril, now=house.clock.now))
    visit = house.visit(house.cast.cyril).get(f"/en/jizdy/{ride.code}/zmenit").send(what="time")
    visit.send(anchor="leave_at", time="14:00").send(outbound="50400").send()
    old = visit.get(f"/en/jizdy/{ride.code}")
    assert "This ride was changed." in old.text
    assert "/zrusit" not in old.html
    assert "The ride was changed" in old.follow("Go to the ride as it is now").text
