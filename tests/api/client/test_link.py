"""A link to one ride: for somebody without a login; it shows that ride, calls it off, and nothing else."""

from datetime import timedelta

import pytest
from sqlmodel import select

from tests.api.client.conftest import House, Visit
from tests.builders.booking import a_confirmed_ride
from tests.builders.clients import a_mandate, a_user, acting
from tests.builders.driving import planned, reported
from transport.booking.clients import mandates
from transport.booking.clients.models import Client, Mandate, Power
from transport.booking.rides import links, rides
from transport.booking.rides.lifecycle import Status
from transport.booking.rides.models import Ride, RideLink
from transport.kernel.actor import SYSTEM, Actor, Role
from transport.kernel.clock import at
from transport.kernel.db import reading, writing
from transport.kernel.events import Event
from transport.routing.planning.models import StopKind, VisitAction


@pytest.fixture
def ride(house: House) -> Ride:
    with writing(house.database) as session:
        return a_confirmed_ride(session, house.town, house.cast.anna, "9:00", by=house.cast.hana)


def made(house: House, ride: Ride, by: Actor | None = None) -> str:
    """The address of a new link, as its maker reads it."""
    visit = house.visit(by or house.cast.cyril).get(f"/en/jizdy/{ride.code}/odkaz").send(what="make")
    return f"/j/{visit.text.split('/j/')[1].split()[0]}"


def opened(house: House, link: str, status: int = 200) -> Visit:
    return house.visit(None).get(f"{link}?lang=en", status=status)


def status(house: House, ride: Ride) -> Status:
    with reading(house.database) as session:
        return rides.coded(session, ride.code).status


def test_whoever_has_the_link_sees_the_ride_without_a_login_and_without_a_surname(house: House, ride: Ride):
    visit = opened(house, made(house, ride))
    assert visit.heading == "Ride of Anna"
    assert "between 9:00 and" in visit.text
    assert "Status: confirmed" in visit.text
    assert "tel:+420800000000" in visit.html
    assert "Vozk" not in visit.text
    assert "wheelchair" not in visit.text


def test_the_link_is_shown_once_and_only_its_hash_is_kept(house: House, ride: Ride):
    visit = house.visit(house.cast.cyril).get(f"/en/jizdy/{ride.code}/odkaz").send(what="make")
    token = visit.text.split("/j/")[1].split()[0]
    assert token not in visit.get(f"/en/jizdy/{ride.code}/odkaz").text
    assert token not in visit.get(f"/en/jizdy/{ride.code}").text
    with reading(house.database) as session:
        kept = session.exec(select(RideLink)).one()
        told = "".join(f"{event.facts}{event.key}" for event in session.exec(select(Event)))
    assert token not in kept.token_hash
    assert token not in told


def test_the_page_speaks_the_language_of_the_client_or_the_one_that_was_asked_for(house: House, ride: Ride):
    with writing(house.database) as session:
        session.get_one(Client, house.cast.anna.id).language = "uk"
    link = made(house, ride)
    visit = house.visit(None).get(link)
    assert str(visit.shown.url).endswith("?lang=uk")
    assert visit.follow("Deutsch").root.get("lang") == "de"


def test_looking_calls_nothing_off_and_the_button_does(house: House, ride: Ride):
    visit = opened(house, made(house, ride)).follow("Cancel this ride")
    assert "You are in time. You pay nothing." in visit.text
    assert status(house, ride) is Status.CONFIRMED
    visit.post()
    assert "The ride is cancelled. You pay nothing." in visit.text
    assert status(house, ride) is Status.CANCELLED


def test_the_story_of_the_ride_says_that_it_was_the_link(house: House, ride: Ride):
    opened(house, made(house, ride)).follow("Cancel this ride").post()
    text = house.visit(house.cast.anna_herself).get(f"/en/jizdy/{ride.code}").text
    assert "A link to the ride was made (the representative) · Cyril Vozka for Anna Vozková" in text
    assert "The link was used to cancel" in text


def test_a_second_click_changes_nothing_more(house: House, ride: Ride):
    link = made(house, ride)
    visit = opened(house, link).follow("Cancel this ride")
    page = visit.page
    visit.post()
    visit.page = page
    visit.post(status=409)
    with reading(house.database) as session:
        assert len(session.exec(select(Event).where(Event.kind == "ride_cancelled")).all()) == 1


def test_a_day_after_the_ride_the_link_is_over_and_says_what_to_do(house: House, ride: Ride):
    link = made(house, ride)
    house.clock.now = at(ride.day, house.town.second("9:30")) + timedelta(hours=20)
    opened(house, link)
    house.clock.now += timedelta(hours=10)
    visit = opened(house, link, status=404)
    assert visit.heading == "This link does not open any ride now"
    assert "800" in visit.text


@pytest.mark.parametrize("token", ["x", "%3Cscript%3E", "a" * 3000, "%00", "%E2%80%AE"])
def test_what_never_was_a_link_looks_like_one_that_is_over(house: House, token: str):
    visit = house.visit(None).get(f"/j/{token}?lang=en", status=404)
    assert "script>" not in visit.html.split("<main")[1].split("</main>")[0]


def test_a_link_taken_back_opens_nothing(house: House, ride: Ride):
    link = made(house, ride)
    page = opened(house, link).follow("Cancel this ride")
    house.visit(house.cast.anna_herself).get(f"/en/jizdy/{ride.code}/odkaz").send(what="revoke")
    page.post(status=404)
    opened(house, link, status=404)
    assert status(house, ride) is Status.CONFIRMED


def test_a_link_is_worth_no_more_than_the_mandate_of_its_maker(house: House, ride: Ride):
    link = made(house, ride)
    page = opened(house, link).follow("Cancel this ride")
    with writing(house.database) as session:
        for mandate in session.exec(select(Mandate).where(Mandate.user_id == house.cast.cyril.user)):
            mandates.revoke(session, mandate, by=SYSTEM, now=house.clock.now)
    page.post(status=404)
    assert "Cancel this ride" not in opened(house, link).text
    assert status(house, ride) is Status.CONFIRMED


def test_after_a_change_the_same_link_shows_the_ride_as_it_is_now(house: House, ride: Ride):
    link = made(house, ride)
    visit = house.visit(house.cast.anna_herself).get(f"/en/jizdy/{ride.code}/zmenit").send(what="time")
    visit.send(anchor="leave_at", time="14:00").send(outbound="50400").send()
    assert "between 14:00 and" in opened(house, link).text
    with reading(house.database) as session:
        new = session.get_one(Ride, rides.coded(session, ride.code).replaced_by)
        assert len(links.of_ride(session, new, now=house.clock.now)) == 1


def test_when_the_driver_is_there_the_link_says_call(house: House, ride: Ride):
    page = opened(house, made(house, ride)).follow("Cancel this ride")
    with writing(house.database) as session:
        there = rides.coded(session, ride.code)
        reported(session, house.town, there, StopKind.PICKUP, VisitAction.ARRIVED, by=house.cast.dana)
        house.clock.now = planned(session, there, StopKind.PICKUP)
    page.post(status=409)
    visit = opened(house, page.path.removesuffix("/zrusit"))
    assert "Status: the driver has arrived" in visit.text
    assert "/zrusit" not in visit.html


def test_who_may_only_look_makes_no_link(house: House, ride: Ride):
    with writing(house.database) as session:
        user = a_user(session, Role.REPRESENTATIVE, "Iva Hledící")
        a_mandate(session, house.cast.anna, user, Power.SEE)
    visit = house.visit(acting(user)).get(f"/en/jizdy/{ride.code}")
    assert "/odkaz" not in visit.html
    visit.get("/en/moje/za-koho").send(f"/en/jizdy/{ride.code}/odkaz", status=403, what="make")
    house.visit(house.cast.gustav).get(f"/en/jizdy/{ride.code}/odkaz", status=404)


def test_the_operator_makes_one_for_a_client_on_the_phone(house: House, ride: Ride):
    link = made(house, ride, house.cast.hana)
    opened(house, link).follow("Cancel this ride").post()
    assert status(house, ride) is Status.CANCELLED


def test_a_form_of_another_site_calls_nothing_off(house: House, ride: Ride):
    visit = opened(house, made(house, ride)).follow("Cancel this ride")
    answer = visit.client.post(visit.path, data={"version": "2", "csrf": "of another site"})
    assert answer.status_code == 403
    assert status(house, ride) is Status.CONFIRMED
