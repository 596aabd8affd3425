"""My rides: the next one with what can be done, trips together, what was ridden lately, the estimate as of its time."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session

from tests.api.client.conftest import House, Visit
from tests.api.client.test_rides import another_time_offered
from tests.builders.booking import a_confirmed_ride, an_order
from tests.builders.clients import a_client, a_mandate, a_user, acting
from tests.builders.driving import boarded, driven, planned, reported
from transport.booking.clients.models import Power
from transport.booking.clients.needs import Mobility
from transport.booking.rides.models import Ride
from transport.kernel.actor import Role
from transport.kernel.clock import at
from transport.kernel.db import writing
from transport.routing.planning.models import Estimate, StopKind, VisitAction


def mine(house: House) -> Visit:
    return house.visit(house.cast.anna_herself).get("/en/moje")


def both(session: Session, house: House, at_time: str = "9:00", **wish: Any) -> list[Ride]:
    return an_order(session, house.town, house.cast.anna, at_time, back="12:00", by=house.cast.hana, **wish)


def again(visit: Visit) -> list[str]:
    return [each.get("value", "") for each in visit.root.iterfind(".//input[@name='again']")]


def test_a_trip_there_and_back_is_one_entry_with_both_ways(house: House):
    with writing(house.database) as session:
        both(session, house)
    visit = mine(house)
    [trip] = [each for each in visit.root.iter("li") if each.get("class") == "aid-ride"]
    words = "".join(trip.itertext())
    assert "and back" in words
    assert "The way there" in words
    assert "The way back" in words


def test_a_single_ride_is_not_told_twice(house: House):
    with writing(house.database) as session:
        a_confirmed_ride(session, house.town, house.cast.anna, "9:00", by=house.cast.hana)
    assert "All rides to come" not in mine(house).text


def test_the_next_ride_leads_to_changing_and_calling_it_off(house: House):
    with writing(house.database) as session:
        code = a_confirmed_ride(session, house.town, house.cast.anna, "9:00", by=house.cast.hana).code
    visit = mine(house)
    assert f"/en/jizdy/{code}/zmenit" in visit.html
    assert f"/en/jizdy/{code}/zrusit" in visit.html


def test_who_may_only_look_is_offered_nothing_to_press(house: House):
    with writing(house.database) as session:
        both(session, house)
        user = a_user(session, Role.REPRESENTATIVE, "Iva Hledící")
        a_mandate(session, house.cast.anna, user, Power.SEE)
    visit = house.visit(acting(user)).get("/en/moje")
    assert "/zmenit" not in visit.html
    assert "/zrusit" not in visit.html
    assert again(visit) == []


def test_five_different_trips_at_most_can_be_ordered_again_the_latest_first(house: House):
    trips = [("home", "hospital"), ("home", "station"), ("station", "home"), ("home", "school"), ("school", "station")]
    trips += [("hospital", "school")]
    with writing(house.database) as session:
        codes = [
            a_confirmed_ride(
                session, house.town, house.cast.anna, f"{7 + 2 * number}:00", origin=origin, to=to, by=house.cast.hana
            ).code
            for number, (origin, to) in enumerate(trips)
        ]
    assert again(mine(house)) == codes[:0:-1]


def test_the_same_trip_made_twice_is_one_button(house: House):
    with writing(house.database) as session:
        rides = [
            a_confirmed_ride(session, house.town, house.cast.anna, each, by=house.cast.hana)
            for each in ("9:00", "13:00")
        ]
    assert again(mine(house)) == [rides[1].code]


def test_the_estimate_is_told_with_the_time_at_which_it_was_made(house: House):
    with writing(house.database) as session:
        ride = a_confirmed_ride(session, house.town, house.cast.anna, "9:00", by=house.cast.hana)
        house.clock.now = at(ride.day, house.town.second("8:31"))
        expected = at(ride.day, house.town.second("9:06"))
        made = house.clock.now
        session.add(Estimate(promise_id=ride.promise_id, kind=StopKind.PICKUP, expected_at=expected, made_at=made))
    visit = mine(house)
    assert "We expect to be there at 9:06." in visit.text
    assert "As of 8:31." in visit.text
    assert "at 9:06, as of 8:31" in visit.get(f"/en/jizdy/{ride.code}").text


def test_a_driver_who_has_left_the_stop_before_is_on_the_way(house: House):
    with writing(house.database) as session:
        other = a_client(session, "Jiří Vozík", mobility=Mobility.WHEELCHAIR_STAYS, chair_mass_kg=100)
        first = a_confirmed_ride(session, house.town, other, "9:00", by=house.cast.hana, to="school")
        second = a_confirmed_ride(session, house.town, house.cast.anna, "10:00", by=house.cast.hana)
        driven(session, house.town, first, by=house.cast.dana)
        pickup = planned(session, second, StopKind.PICKUP)
    house.clock.now = pickup - timedelta(minutes=20)
    assert "Status: confirmed" in mine(house).text, "it still waits at the school"
    house.clock.now = pickup - timedelta(minutes=1)
    assert "Status: the driver is on the way to you" in mine(house).text


def test_on_board_the_page_says_so(house: House):
    with writing(house.database) as session:
        ride = a_confirmed_ride(session, house.town, house.cast.anna, "9:00", by=house.cast.hana)
        boarded(session, house.town, ride, by=house.cast.dana)
        house.clock.now = planned(session, ride, StopKind.PICKUP) + timedelta(minutes=1)
    visit = mine(house)
    assert "Status: on board" in visit.text
    assert "/zrusit" not in visit.html


def test_an_offer_of_another_time_is_announced(house: House):
    with writing(house.database) as session:
        codes = [ride.code for ride in both(session, house)]
    another_time_offered(house, codes[1])
    assert mine(house).text.count("We offer you another time. Please answer.") == 1


def test_what_is_over_is_found_in_the_history_by_month(house: House):
    with writing(house.database) as session:
        driven(session, house.town, both(session, house)[0], by=house.cast.dana)
        house.clock.now = at(house.town.day, house.town.second("10:00"))
    visit = mine(house)
    visit.follow("Rides that are over or cancelled")
    assert visit.path == "/en/historie"
    assert "done" in visit.text
    visit.get("/en/historie?mesic=2026-01")
    assert "There was no ride in this month." in visit.text
    assert "mesic=2026-11" in visit.html


@pytest.mark.parametrize("month", ["2026-13", "x", "'; drop", "2026", "0000-00", "２０２６-11"])
def test_a_month_that_is_none_is_a_page_that_does_not_exist(house: House, month: str):
    house.visit(house.cast.anna_herself).get(f"/en/historie?mesic={month}", status=404)


def test_an_empty_history_leads_back_to_the_rides(house: House):
    visit = house.visit(house.cast.anna_herself).get("/en/historie")
    assert "No ride is over yet." in visit.text
    assert visit.follow("Go to my rides").path == "/en/moje"


def test_nobodys_history_is_shown_to_a_stranger(house: House):
    with writing(house.database) as session:
        ride = a_confirmed_ride(session, house.town, house.cast.anna, "9:00", by=house.cast.hana)
        driven(session, house.town, ride, by=house.cast.dana)
    house.clock.forward(days=10)
    gustav = house.visit(house.cast.gustav)
    assert ride.code not in gustav.get("/en/historie").text
    gustav.get(f"/en/historie.csv?klient={house.cast.anna.code}", status=404)


def test_a_reported_arrival_is_told(house: House):
    with writing(house.database) as session:
        ride = a_confirmed_ride(session, house.town, house.cast.anna, "9:00", by=house.cast.hana)
        reported(session, house.town, ride, StopKind.PICKUP, VisitAction.ARRIVED, by=house.cast.dana)
        house.clock.now = planned(session, ride, StopKind.PICKUP)
    assert "Status: the driver has arrived" in mine(house).text
