"""Our staff see what was said to whom and what became of it, and print the letters that wait."""

import pytest

from tests.api.client.conftest import House
from tests.builders.booking import a_confirmed_ride
from tests.builders.telling import some_messages
from transport.booking.rides.models import Ride
from transport.kernel.db import reading, writing
from transport.operations.messages.models import Message, MessageState

SAID = "Jízda je potvrzená"


@pytest.fixture
def ride(house: House) -> Ride:
    """Anna's, told of by text message; a letter to her waits as well."""
    with writing(house.database) as session:
        ride = a_confirmed_ride(session, house.town, house.cast.anna, "9:00", by=house.cast.hana)
        some_messages(session, ride, SAID, now=house.clock())
    return ride


def letter_state(house: House) -> MessageState:
    with reading(house.database) as session:
        return session.get_one(Message, 2).state


def test_messages_are_listed_without_their_words_and_chosen_by_state_and_person(house: House, ride: Ride):
    hana = house.visit(house.cast.hana).get("/op/zpravy")
    assert "Anna Vozková" in hana.text
    assert SAID not in hana.html
    assert f"/jizda/{ride.code}" in hana.html
    assert f"/jizda/{ride.code}" not in hana.get("/op/zpravy?stav=queued").html
    assert f"/jizda/{ride.code}" in hana.get(f"/op/zpravy?klient={house.cast.anna.code}&druh=ride_confirmed").html
    assert "/jizda/" not in hana.get("/op/zpravy?klient=K000000").html
    (head, *rows) = hana.get("/op/zpravy.csv?stav=sent").html.splitlines()
    assert "text" not in head
    assert len(rows) == 1
    assert SAID not in rows[0]


def test_the_page_of_a_ride_says_what_was_told_and_when(house: House, ride: Ride):
    assert SAID in house.visit(house.cast.dana).get(f"/disp/{ride.day}/jizda/{ride.code}").text
    assert SAID in house.visit(house.cast.anna_herself).get(f"/en/jizdy/{ride.code}").text


def test_letters_are_printed_and_noted_once(house: House, ride: Ride):
    hana = house.visit(house.cast.hana).get("/op/dopisy/tisk")
    assert "Jede naposledy." in hana.text
    assert "Slovanská 1, Plzeň" in hana.text
    hana.get("/op/dopisy").post("/op/dopisy/vytisteno", letter="2")
    assert letter_state(house) is MessageState.PRINTED
    assert 'name="letter"' not in hana.html
