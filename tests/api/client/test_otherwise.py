"""When it went otherwise: an absence one objects to, a ride we cancelled or missed, a place for one way only."""

from datetime import timedelta

import pytest
from sqlmodel import select

from tests.api.client.conftest import House, Visit
from tests.api.client.test_booking import answered, begun, chosen, rides_of
from tests.builders import driving
from tests.builders.booking import a_confirmed_ride
from tests.builders.clients import a_mandate, a_user, acting
from transport.booking.clients.models import Power
from transport.booking.rides import absences, rides
from transport.booking.rides.models import CaseState, NoShowCase, Ride
from transport.kernel.actor import Role
from transport.kernel.db import reading, writing
from transport.routing.fleet.models import Shift


@pytest.fixture
def ride(house: House) -> Ride:
    with writing(house.database) as session:
        return a_confirmed_ride(session, house.town, house.cast.anna, "9:00", by=house.cast.hana)


@pytest.fixture
def absent(house: House, ride: Ride) -> Ride:
    """The driver came in time, waited, and the dispatcher has taken note."""
    with writing(house.database) as session:
        here = rides.coded(session, ride.code)
        house.clock.now = driving.absent(session, house.town, here, by=house.cast.dana)
        return here


def case_of(house: House, ride: Ride) -> NoShowCase:
    with reading(house.database) as session:
        return absences.of_ride(session, session.get_one(Ride, ride.id))


def page_of(house: House, ride: Ride, page: str = "") -> Visit:
    return house.visit(house.cast.anna_herself).get(f"/en/jizdy/{ride.code}{page}")


def test_who_is_said_to_have_been_absent_reads_how_long_one_may_object_and_who_decides(house: House, absent: Ride):
    visit = page_of(house, absent)
    assert "The driver reports that you did not come." in visit.text
    visit.follow("Write what happened")
    assert "The city decides, not the driver." in visit.text


def test_an_objection_is_kept_and_shown(house: House, absent: Ride):
    visit = page_of(house, absent, "/namitka").send(text="Nikdo nezvonil.")
    assert "You wrote: Nikdo nezvonil." in visit.text
    assert "An objection was written (you)" in visit.text
    assert case_of(house, absent).state is CaseState.OBJECTED


def test_an_objection_without_words_is_asked_again(house: House, absent: Ride):
    visit = page_of(house, absent, "/namitka").send(status=422, text="  ")
    assert visit.errors == ["Write what happened."]
    assert case_of(house, absent).state is CaseState.OPEN


def test_a_very_long_objection_with_signs_of_other_worlds_is_kept_as_far_as_it_goes(house: House, absent: Ride):
    page_of(house, absent, "/namitka").send(text="\U0001f600 <script> שלום " * 1000)
    assert len(case_of(house, absent).objection) == absences.LONGEST_TEXT


def test_after_the_last_day_one_is_told_to_call(house: House, absent: Ride):
    page = page_of(house, absent, "/namitka")
    house.clock.now = case_of(house, absent).object_by + timedelta(hours=1)
    page.send(status=409, text="Nikdo nezvonil.")
    visit = page_of(house, absent)
    assert "/namitka" not in visit.html
    assert "+420 800 000 000" in visit.text


def test_who_may_not_complain_does_not_object(house: House, absent: Ride):
    with writing(house.database) as session:
        user = a_user(session, Role.REPRESENTATIVE, "Iva Hledící")
        a_mandate(session, house.cast.anna, user, Power.SEE)
    visit = house.visit(acting(user)).get(f"/en/jizdy/{absent.code}")
    assert "/namitka" not in visit.html
    visit.get(f"/en/jizdy/{absent.code}/namitka").send(status=403, text="Nikdo nezvonil.")


def test_a_ride_without_an_absence_has_nothing_to_object_to(house: House, ride: Ride):
    visit = page_of(house, ride, "/namitka")
    assert visit.path == f"/en/jizdy/{ride.code}"
    visit.send(f"/en/jizdy/{ride.code}/namitka", status=404, text="Nikdo nezvonil.")


def test_a_ride_we_cancelled_says_why_and_is_sorry(house: House, ride: Ride):
    with writing(house.database) as session:
        here = rides.coded(session, ride.code)
        rides.cancel(
            session, here, version=here.version, reason="porucha vozu", for_service=True, world=house.town.world,
            by=house.cast.dana, now=house.clock.now,
        )  # fmt: skip
    text = page_of(house, ride).text
    assert "We have cancelled this ride. We are sorry." in text
    assert "porucha vozu" in text
    assert "+420 800 000 000" in text


def test_a_ride_we_missed_says_what_to_do(house: House, ride: Ride):
    with writing(house.database) as session:
        here = rides.coded(session, ride.code)
        rides.miss(
            session, here, version=here.version, reason="pozdě", world=house.town.world, by=house.cast.dana,
            now=house.clock.now,
        )  # fmt: skip
    text = page_of(house, ride).text
    assert "We did not come. We are sorry." in text
    assert "We will arrange another ride" in text


def test_every_ride_leads_to_a_complaint_that_knows_its_number(house: House, ride: Ride):
    visit = page_of(house, ride)
    visit.follow("Something went wrong, or the driver did not come")
    assert visit.path == "/en/stiznost"
    assert ride.code in visit.html


@pytest.fixture
def half(house: House) -> Visit:
    """The van goes home at noon: there is a place for the way there, none for the way back at eight in the evening."""
    with writing(house.database) as session:
        van = session.exec(select(Shift).where(Shift.id == house.town.van_shift)).one()
        van.ends = house.town.second("12:00")
    return answered(
        begun(house, house.cast.anna_herself, "en"), house, until="nabidka", back="yes", return_time="20:00"
    )


def test_one_way_alone_is_booked_only_for_who_says_so(half: Visit, house: House):
    assert half.heading == "We have a place for one way only"
    checked = [each for each in half.root.iterfind(".//input[@name='half']") if each.get("checked") is not None]
    assert [each.get("value") for each in checked] == ["no"]
    half.send(take="half", half="no")
    assert half.path.endswith("/nevyslo")
    assert rides_of(house) == []


def test_who_wants_the_way_there_alone_gets_it(half: Visit, house: House):
    half.send(take="half", half="yes")
    assert half.path.endswith("/nabidka")
    half.send(said=chosen(half)).send()
    assert [ride.leg.value for ride in rides_of(house)] == ["outbound"]
