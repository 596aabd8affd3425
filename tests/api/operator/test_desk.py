"""The operator finds the client, sees the card, and books with the same steps; the ride is confirmed at once."""

import pytest
from sqlmodel import select

from tests.api.client.conftest import House
from tests.api.client.test_booking import answered, chosen, rides_of
from tests.builders.booking import a_ride
from transport.booking.clients.models import Client
from transport.booking.rides.lifecycle import Status
from transport.booking.rides.models import Channel, TripRequest
from transport.kernel.db import reading, writing


@pytest.mark.parametrize("words", ["vozk", "anna v", "700 000 001", "VOZKOVA"])
def test_a_client_is_found_by_name_or_telephone(house: House, words: str):
    visit = house.visit(house.cast.hana).get(f"/op?q={words}")
    assert f"/op/klient/{house.cast.anna.code}" in visit.html
    assert house.cast.bedrich.code not in visit.html


def test_a_client_is_found_by_the_code_and_by_the_number_of_a_ride(house: House):
    with writing(house.database) as session:
        code = a_ride(session, house.town, session.get_one(Client, house.cast.anna.id), by=house.cast.anna_herself).code
    visit = house.visit(house.cast.hana).get(f"/op?q={house.cast.anna.code}")
    assert "Anna Vozková" in visit.text
    assert f"/op/klient/{house.cast.anna.code}" in visit.get(f"/op?q={code[:3]} {code[3:]}").html


def test_nobody_found_says_what_to_try(house: House):
    assert "Try only a part of the surname" in house.visit(house.cast.hana).get("/op?q=zzzz&lang=en").text


def test_the_card_shows_needs_places_and_rides(house: House):
    visit = house.visit(house.cast.hana).get(f"/op/klient/{house.cast.anna.code}?lang=en")
    assert visit.heading == "Anna Vozková"
    for words in ("wheelchair, stays in it", "110 kg", "Domů: home", "ZTP/P", "No ride is booked."):
        assert words in visit.text


def test_the_operator_books_by_telephone_and_it_is_confirmed_at_once(house: House):
    visit = house.visit(house.cast.hana).get(f"/op/klient/{house.cast.anna.code}?lang=en").send("/en/objednat")
    assert "You are acting for: Anna Vozková" in visit.text
    answered(visit, house, until="nabidka")
    visit.send(said=chosen(visit)).send()
    assert "The ride is confirmed." in visit.text
    [ride] = rides_of(house)
    assert ride.status is Status.CONFIRMED
    with reading(house.database) as session:
        assert session.exec(select(TripRequest)).one().channel is Channel.PHONE


def test_the_operator_cancels_for_a_client(house: House):
    with writing(house.database) as session:
        anna = session.get_one(Client, house.cast.anna.id)
        code = a_ride(session, house.town, anna, by=house.cast.anna_herself).code
    visit = house.visit(house.cast.hana).get(f"/en/jizdy/{code}/zrusit").send()
    assert "cancelled" in visit.text
    assert [ride.status for ride in rides_of(house)] == [Status.CANCELLED]


def test_an_order_needs_a_client(house: House):
    visit = house.visit(house.cast.hana)
    assert visit.get("/cs/objednat").path == "/op"
    assert visit.get("/cs/moje").path == "/op"


def test_the_desk_is_for_staff_only(house: House):
    for person in (house.cast.anna_herself, house.cast.cyril, house.cast.emil, house.cast.frantiska):
        house.visit(person).get("/op", status=403)
        house.visit(person).get(f"/op/klient/{house.cast.anna.code}", status=403)


def test_an_unknown_client_is_no_page(house: House):
    house.visit(house.cast.dana).get("/op/klient/K000000", status=404)
