"""Somebody registers on the web, step by step; whatever goes wrong is said where it can be mended."""

from typing import Any

import pytest
from sqlmodel import select

from tests.api.client.conftest import House, Visit
from tests.builders.registrations import KEY, a_registration
from transport.api.public.registering import CHECK, SEARCH, STEPS
from transport.api.public.registration import REGISTRATION
from transport.booking.clients import registering
from transport.booking.clients.models import Client, Eligibility, Needs, Registration
from transport.kernel.db import reading, writing
from transport.kernel.i18n import LANGUAGES

SAID: dict[str, dict[str, str]] = {
    "jmeno": {"first_name": "jan", "last_name": "NOVÁK", "born": "17. května 1950"},
    "adresa": {"address": "station"},
    SEARCH: {},
    "dvere": {"bell": "Novák", "floor": "3. patro", "lift": "yes", "stairs": "3"},
    "kontakt": {"phone": "777 123 456", "channel": "sms"},
    "narok": {"resident": "yes", "ground": "age"},
    "pohyb": {"mobility": "cane", "assistance": "door"},
    "vnimani": {"senses": "low_vision", "elbow": "left"},
    "dalsi": {"companions": "1", "note": "Zvonit dlouze."},
    "zastupce": {"representative": "nobody"},
}
"""A good answer to every step, in their order."""


def begun(house: House, lang: str = "en") -> Visit:
    return house.visit(None).get(f"/{lang}/registrace").send(f"/{lang}/registrace")


def answer(visit: Visit, step: str, status: int = 200, **other: str) -> Visit:
    said = {**SAID[step], **other}
    if step == SEARCH and "pick" not in said:
        said["pick"] = visit.options("pick")[0]
    return visit.send(visit.path, status, said=said)


def until(visit: Visit, step: str) -> Visit:
    """Answer whatever is asked until this step is."""
    for _ in SAID:
        asked = visit.path.rpartition("/")[2]
        if asked == step:
            break
        answer(visit, asked)
    assert visit.path.endswith(f"/registrace/{step}"), visit.path
    return visit


def written_out(house: House, **said: Any) -> Visit:
    """A device on which everything is answered and nothing sent."""
    with writing(house.database) as session:
        a_registration(session, house.town, **said)
    visit = house.visit(None)
    visit.client.cookies.set(REGISTRATION, KEY)
    return visit


def clients_of(house: House) -> list[Client]:
    with reading(house.database) as session:
        return list(session.exec(select(Client).where(Client.last_name == "Novák")))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_somebody_registers_from_beginning_to_end_in_every_language(house: House, lang: str):
    visit = until(begun(house, lang), CHECK)
    for word in ("Jan Novák", "station, Plzeň", "Novák", "+420777123456"):
        assert word in visit.text
    visit.send()
    assert visit.path == f"/{lang}/registrace/hotovo"
    assert f"/{lang}/prihlaseni" in visit.html
    [jan] = clients_of(house)
    assert jan.language == lang
    with reading(house.database) as session:
        [needs] = session.exec(select(Needs).where(Needs.client_id == jan.id)).all()
        assert (needs.mobility.value, needs.elbow.value, needs.note) == ("cane", "left", "Zvonit dlouze.")


def test_whoever_has_registered_logs_in_without_writing_the_contact_again(house: House):
    visit = written_out(house).get("/en/registrace/kontrola").send()
    visit.send("/en/prihlaseni")
    assert visit.path.startswith("/en/prihlaseni/")
    assert visit.errors == []
    house.clock.forward(hours=2)
    assert "777123456" not in visit.get("/en/registrace/hotovo").html, "the device may be somebody else's"


def test_a_click_twice_and_the_back_button_register_once(house: House):
    visit = written_out(house).get("/en/registrace/kontrola")
    token = visit.root.find(".//main//input[@name='csrf']")
    assert token is not None
    for _ in range(2):
        visit.client.post("/en/registrace/kontrola", data={"csrf": token.get("value", "")})
    assert visit.get("/en/registrace/kontrola").path == "/en/registrace/hotovo"
    assert visit.get("/en/registrace/jmeno").path == "/en/registrace/hotovo"
    assert len(clients_of(house)) == 1


def test_what_was_written_waits_on_the_device(house: House):
    visit = until(begun(house), "narok")
    house.clock.forward(days=29)
    visit.get("/en/registrace")
    assert "You have begun a registration on this device." in visit.text
    assert visit.send("/en/registrace").path == "/en/registrace/narok"
    assert visit.get("/en/registrace/jmeno").value("born") == "17. 5. 1950"
    house.clock.forward(days=31)
    assert visit.get("/en/registrace/narok").path == "/en/registrace"


def test_what_was_written_can_be_thrown_away(house: House):
    visit = until(begun(house), "kontakt").get("/en/registrace")
    visit.send("/en/registrace/zahodit")
    assert visit.get("/en/registrace/kontakt").path == "/en/registrace"
    with reading(house.database) as session:
        assert session.exec(select(Registration)).all() == []


def test_no_step_can_be_skipped(house: House):
    visit = begun(house)
    for step in (*list(STEPS)[1:], SEARCH, CHECK):
        assert visit.get(f"/en/registrace/{step}").path == "/en/registrace/jmeno"


def test_nothing_personal_stands_in_an_address(house: House):
    visit = begun(house)
    seen = []
    for step in SAID:
        answer(visit, step)
        seen.append(str(visit.shown.url))
    assert not [url for url in seen if "?" in url]


def test_another_device_cannot_read_what_is_written(house: House):
    written_out(house)
    other = house.visit(None)
    other.client.cookies.set(REGISTRATION, "guessed")
    assert other.get("/en/registrace/kontrola").path == "/en/registrace"


WRONG = [
    ("jmeno", {"first_name": ""}, "first_name", "Write the first name, at most 80 characters."),
    ("jmeno", {"last_name": "😀"}, "last_name", "Write the last name, at most 80 characters."),
    ("jmeno", {"last_name": "x" * 10_000}, "last_name", "Write the last name, at most 80 characters."),
    ("jmeno", {"born": "v máji"}, "born", "Write the date of birth, for example 17. 5. 1950."),
    ("jmeno", {"born": "17.5.2030"}, "born", "Check the date of birth."),
    ("jmeno", {"born": "17.5.1850"}, "born", "Check the date of birth."),
    ("adresa", {"address": ""}, "address", "Write the street and the number, for example Slovanská 12."),
    (SEARCH, {"pick": "p999"}, "pick", "Choose your address, or say that it is not here."),
    ("dvere", {"floor": "nahoře"}, "floor", "Write the floor, for example 3. The ground floor is 0."),
    ("dvere", {"floor": "99"}, "floor", "Write the floor, for example 3. The ground floor is 0."),
    ("dvere", {"stairs": "hodně"}, "stairs", "Write the number of steps, for example 3."),
    ("dvere", {"door_note": "x" * 161}, "door_note", "Shorten it to 160 characters."),
    ("kontakt", {"phone": ""}, "phone", "Write a telephone number or an e-mail address."),
    ("kontakt", {"phone": "12"}, "phone", "Write the phone number, for example 777 123 456."),
    ("kontakt", {"email": "jan"}, "email", "Write the e-mail address, for example name@example.cz."),
    ("kontakt", {"channel": ""}, "channel", "Choose how our messages should come."),
    ("kontakt", {"phone": "377 222 333"}, "channel", "An SMS needs a mobile."),
    ("kontakt", {"channel": "email"}, "channel", "Write an e-mail address, or choose another way."),
    ("kontakt", {"channel": "voice", "speaking": "no_calls"}, "channel", "You do not want to be called."),
    ("narok", {"resident": ""}, "resident", "Choose whether your permanent address is in Plzeň."),
    ("narok", {"ground": ""}, "ground", "Choose what applies to you."),
    ("narok", {"ground": "TP"}, "ground", "Choose what applies to you."),
    ("narok", {"ground": "ZTP"}, "card_number", "Write the number of the card"),
    ("narok", {"ground": "ZTP", "card_number": "1", "valid_until": "brzy"}, "valid_until", "Write until when"),
    ("pohyb", {"mobility": ""}, "mobility", "Choose how you move."),
    ("pohyb", {"assistance": "carry"}, "assistance", "Choose how far we help you."),
    ("pohyb", {"mobility": "scooter", "chair_mass_kg": "tuna"}, "chair_mass_kg", "Write a number between 5 and 500"),
    ("pohyb", {"mobility": "scooter", "chair_width_cm": "7"}, "chair_width_cm", "Write a number between 30 and 250"),
    ("vnimani", {"hand_over_to": "x" * 81}, "hand_over_to", "Shorten the name to 80 characters."),
    ("dalsi", {"companions": "9"}, "companions", "At most 2 people can travel along."),
    ("dalsi", {"companions": "²"}, "companions", "Choose how many people travel along."),
    ("dalsi", {"note": "x" * 161}, "note", "Shorten the note to 160 characters."),
    ("zastupce", {"representative": ""}, "representative", "Choose whether somebody should order rides for you."),
    ("zastupce", {"representative": "person", "other_contact": "1"}, "other_contact", "Write the telephone or"),
    ("zastupce", {"representative": "person", "other_contact": "777123456"}, "other_contact", "not your own"),
]
"""The step, what is written there, the field and what is said at it."""


CHOSEN = {"pick", "assistance", "companions", "ground"}
"""What is chosen, not written: a choice that was never offered is not shown again."""


@pytest.mark.parametrize(("step", "said", "field", "sentence"), WRONG)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(
    house: House, step: str, said: dict[str, str], field: str, sentence: str
):
    visit = until(begun(house), step)
    answer(visit, step, 422, **said)
    assert [each for each in visit.errors if sentence in each]
    assert f'href="#{field}"' in visit.html
    assert f'id="{field}"' in visit.html
    assert visit.html.split("<title>")[1].startswith("Error:")
    for text in (text for name, text in said.items() if name not in CHOSEN):
        assert text in visit.html, "what was written is still there"
    assert visit.get(visit.path).path.endswith(step), "the question is still open"


def test_all_that_is_wrong_on_a_page_is_said_at_once(house: House):
    visit = begun(house).send(first_name="", last_name="", born="", status=422)
    assert len(visit.errors) == 3


def test_what_is_hostile_is_text(house: House):
    visit = until(begun(house), "dvere")
    answer(visit, "dvere", bell="<script>alert(1)</script>", door_note="\u202eعربى \0 ${7*7}")
    visit.get("/en/registrace/dvere")
    assert "<script>alert" not in visit.html
    assert "49" not in visit.value("door_note")


@pytest.mark.parametrize("contact", ["+420700000001", "+420777123456"])
def test_somebody_we_know_is_led_to_log_in_and_learns_nothing_else(house: House, contact: str):
    visit = begun(house)
    answer(visit, "jmeno", first_name="ANNA", last_name="vozkova", born="17.5.1950")
    for step in ("adresa", SEARCH, "dvere"):
        answer(visit, step)
    answer(visit, "kontakt", phone=contact)
    assert visit.path == "/en/registrace/zname"
    assert visit.heading == "We know you already"
    assert "Anna" not in visit.text
    assert contact[-6:] not in visit.text
    answer(visit.get("/en/registrace/jmeno"), "jmeno")
    assert visit.path == "/en/registrace/narok", "a slip can be mended"


def test_asking_for_many_people_gets_slow_and_says_until_when(house: House):
    visit = until(begun(house), "kontakt")
    for _ in range(registering.TRIES):
        answer(visit.get("/en/registrace/kontakt"), "kontakt")
    answer(visit.get("/en/registrace/kontakt"), "kontakt", 409)
    assert "Too many registrations from one place. Go on after 11:00" in visit.text
    house.clock.forward(hours=1)
    answer(visit.get("/en/registrace/kontakt"), "kontakt")
    assert visit.path == "/en/registrace/narok"


def test_an_address_nobody_finds_does_not_stop_anybody(house: House):
    visit = until(begun(house), "adresa")
    answer(visit, "adresa", address="U lesa 5")
    answer(visit, SEARCH, pick="not_here")
    assert visit.path == "/en/registrace/kontakt", "where nobody found a house, nobody is asked about its door"
    until(visit, CHECK)
    assert "U lesa 5 (we look for it)" in visit.text
    answer(visit.get("/en/registrace/adresa"), "adresa")
    answer(visit, SEARCH)
    assert visit.path == "/en/registrace/dvere", "a house found after all has a door"
    answer(visit.get("/en/registrace/adresa"), "adresa", address="U lesa 5")
    answer(visit, SEARCH, pick="not_here")
    assert "We look for your address and call you." in visit.send().text


def test_a_card_that_is_not_at_hand_is_shown_to_the_driver(house: House):
    visit = until(begun(house), "narok")
    answer(visit, "narok", ground="ZTP/P", card_to_driver="yes", valid_until="12/2028")
    until(visit, CHECK).send()
    assert "Show your card to the driver on the first ride." in visit.text
    with reading(house.database) as session:
        [card] = session.exec(select(Eligibility).where(Eligibility.client_id == clients_of(house)[0].id)).all()
        assert (card.verified, card.card_number, str(card.valid_until)) == (False, None, "2028-12-31")


def test_whoever_may_not_ride_yet_is_told_before_sending_and_may_send_all_the_same(house: House):
    visit = written_out(house, born="1980-01-01", ground="other", no_card=True).get("/en/registrace/kontrola")
    assert "You cannot order by yourself yet" in visit.text
    assert "We call you about what we have to settle together." in visit.send().text
    visit = written_out(house, key="other", first_name="Eva", municipality="Rokycany", resident="no")
    visit.client.cookies.set(REGISTRATION, "other")
    assert "for people who live in the city" in visit.get("/en/registrace/kontrola").text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_paper_form_needs_nothing_from_the_web(house: House, lang: str):
    visit = house.visit(None).get(f"/{lang}/registrace/papir")
    assert visit.html.count("aid-paper__line") >= 8
    assert "800\u00a0000\u00a0000" in visit.html
