"""The day without scripts: the list filtered, the board as lanes, who has no place, the table to take along."""

import csv
import io

import pytest
from sqlmodel import select

from tests.builders.booking import a_confirmed_ride, a_draft, a_ride, looked
from transport.booking.rides.models import Ride
from transport.kernel.db import writing
from transport.routing.planning.models import Promise


@pytest.fixture
def day(house):
    return f"/disp/{house.town.day}"


@pytest.fixture
def rides(house):
    """Anna's at nine in the van, Bedřich's at noon, and one of Anna's that waits for a yes."""
    cast, town = house.cast, house.town
    with writing(house.database) as session:
        return [
            a_confirmed_ride(session, town, cast.anna, "9:00", by=cast.hana).code,
            a_confirmed_ride(session, town, cast.bedrich, "12:00", by=cast.hana, to="station").code,
            a_ride(session, town, cast.anna, "16:00", by=cast.cyril).code,
        ]


@pytest.fixture
def dana(house):
    return house.visit(house.cast.dana)


def codes(page):
    return [each.get("id", "")[2:] for each in page.root.iterfind(".//tbody[@id='radky']/tr")]


def test_the_list_has_every_ride_by_time(day, rides, dana):
    assert codes(dana.get(day)) == rides


def test_the_list_is_filtered_by_state_and_by_vehicle(day, rides, dana):
    assert codes(dana.get(f"{day}?stav=promised")) == rides[2:]
    assert codes(dana.get(f"{day}?vuz=van&stav=confirmed"))[0] == rides[0]
    assert codes(dana.get(f"{day}?vuz=none")) == []


def test_the_table_for_a_spreadsheet_says_what_the_list_says(day, rides, dana):
    text = dana.get(f"{day}/jizdy.csv?stav=confirmed").shown.content.decode("utf-8-sig")
    assert [row["code"] for row in csv.DictReader(io.StringIO(text))] == rides[:2]


def test_the_board_has_a_lane_for_each_vehicle_with_its_rides_in_order(house, day, rides, dana):
    root = dana.get(f"{day}?pohled=deska").root
    lanes = root.findall(".//section[@class='aid-lane']")
    assert [lane.get("data-vehicle") for lane in lanes] == ["vůz car", "vůz van"]
    links = [each.get("href", "") for each in root.iterfind(".//a[@data-panel]")]
    on_board = [each.get("id", "")[2:] for each in lanes[1].iterfind(".//li")]
    assert all(f"{day}/jizda/{code}" in links for code in rides)
    assert [code for code in on_board if code in rides] == [rides[0], *rides[2:]]


def test_a_promise_that_cannot_be_kept_is_said_in_words_and_found_by_the_filter(house, day, rides, dana):
    with writing(house.database) as session:
        ride = session.exec(select(Ride).where(Ride.code == rides[0])).one()
        promise = session.get_one(Promise, ride.promise_id)
        promise.at_risk = True
        session.add(promise)
    page = dana.get(f"{day}?stav=late")
    assert codes(page) == rides[:1]
    assert page.root.find(".//tbody//span[@class='aid-level aid-level--no']") is not None


def test_whoever_has_no_place_is_shown_with_the_reason(house, day, dana):
    cast, town = house.cast, house.town
    with writing(house.database) as session:
        draft = a_draft(session, town, cast.anna, "20:00", by=cast.anna_herself, companions=("wheelchair",))
        looked(session, town, draft, by=cast.anna_herself)
    for path in (day, f"{day}/nezarazene"):
        waiting = dana.get(path).root.findall(".//ul[@class='aid-queue']/li")
        assert any(cast.anna.last_name in "".join(each.itertext()) for each in waiting)


def test_what_is_said_wrongly_in_the_address_is_as_if_it_were_not_said(day, rides, dana):
    assert codes(dana.get(f"{day}?pohled=mapa&meritko=17&jizda=nic&hotovo=nic")) == rides


def test_the_stream_of_the_day_is_for_dispatchers(house, day):
    for who in (house.cast.hana, house.cast.emil, house.cast.anna_herself):
        house.visit(who).get(f"{day}/zive", 403)
