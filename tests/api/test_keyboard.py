"""Whole journeys by keyboard alone and without scripts: nothing needs a pointer, and focus is never lost (UX 9.2)."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from playwright.sync_api import Browser

from tests.api.client.conftest import House
from tests.api.hands import Hands
from tests.api.served import served
from tests.api.test_gate import visiting
from tests.builders.booking import a_draft, booked, chosen
from tests.builders.clients import a_client, a_mandate
from tests.builders.standing import asked
from transport.accounts.models import User
from transport.api import security
from transport.api.render import CATALOGUES
from transport.booking.clients.models import Power
from transport.booking.rides import drafts, queries
from transport.kernel.actor import Actor, Role
from transport.kernel.db import reading, writing
from transport.kernel.i18n import LANGUAGES, Lang

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FEW_KEYS = 60
"""So many keys at most for a ride like the last one, from one's own page on."""


@contextmanager
def at_the_keyboard(
    chromium: Browser, house: House, path: str, actor: Actor | None = None, lang: Lang = "cs"
) -> Iterator[Hands]:
    """Somebody without a pointer and without scripts: Anna, unless somebody else is named."""
    role = "public" if actor is None else Role.CLIENT
    with served(house.app) as address, visiting(chromium, house, role, address, java_script_enabled=False) as context:
        if actor is not None:
            token = house.visit(actor).client.cookies[security.SESSION]
            context.add_cookies([{"name": security.SESSION, "value": token, "url": address}])
        page = context.new_page()
        page.goto(f"/{lang}{path}")
        yield Hands(page, lang)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_k1_a_ride_there_and_back_is_booked_in_every_language(chromium: Browser, house: House, lang: Lang):
    with at_the_keyboard(chromium, house, "/", house.cast.anna_herself, lang) as hands:
        hands.press("Book a ride")
        hands.press("Start")
        hands.choose("Domů")
        hands.press("Continue")
        hands.write("Where are you going?", "hospital")
        hands.press("Continue")
        hands.choose("hospital")
        hands.press("Continue")
        hands.choose(CATALOGUES[lang].day(house.town.day))
        hands.press("Continue")
        hands.choose("I want to leave at that time")
        hands.write("Time", "9:00")
        hands.press("Continue")
        hands.choose("Yes, at the time written below")
        hands.write("When do you want to leave for the way back?", "13")
        hands.press("Continue")
        hands.choose("nobody")
        hands.press("Continue")
        hands.choose("We pick you up {window}.")
        hands.choose("We pick you up {window}.", again=True)
        hands.press("Continue")
        hands.press("Book the ride")
        assert hands.heading == hands.said("Your ride is booked")
    with reading(house.database) as session:
        coming, _ = queries.of_client(session, house.cast.anna.id or 0, now=house.clock())
    assert len(coming) == 2


def test_k1_a_ride_like_the_last_one_takes_at_most_sixty_keys(chromium: Browser, house: House):
    with writing(house.database) as session:
        draft = a_draft(session, house.town, house.cast.anna, "9:00", by=house.cast.anna_herself, back="13:00")
        booked(session, house.town, draft, by=house.cast.anna_herself)
    with at_the_keyboard(chromium, house, "/moje", house.cast.anna_herself) as hands:
        hands.skip()
        hands.press("Book again: {origin} → {destination}")
        hands.skip()
        hands.write("Another day", "út")
        hands.enter()
        hands.skip()
        hands.go_to("Time")
        hands.page.keyboard.press("Control+A")
        hands.page.keyboard.type("1500")
        hands.keys += 5
        hands.enter()
        hands.skip()
        hands.choose("We pick you up {window}.")
        hands.choose("We pick you up {window}.", again=True)
        hands.enter()
        hands.skip()
        hands.press("Book the ride")
        assert hands.heading == hands.said("Your ride is booked")
        assert hands.keys <= FEW_KEYS


def test_k2_an_error_is_mended_from_the_summary(chromium: Browser, house: House):
    with writing(house.database) as session:
        key = a_draft(session, house.town, house.cast.anna, "9:00", by=house.cast.anna_herself).key
    with at_the_keyboard(chromium, house, f"/objednat/{key}/cas", house.cast.anna_herself) as hands:
        hands.go_to("Time")
        hands.page.keyboard.press("Control+A")
        hands.page.keyboard.type("brzy")
        hands.enter()
        assert hands.page.title().startswith(hands.said("Error:"))
        hands.go_to("Write a time, for example 9:15.")
        hands.key("Enter")
        hands.page.keyboard.press("Control+A")
        hands.page.keyboard.type("915")
        hands.enter()
        assert "/zpet" in hands.page.url


def test_k3_one_way_is_cancelled_and_the_other_stays(chromium: Browser, house: House):
    with writing(house.database) as session:
        draft = a_draft(session, house.town, house.cast.anna, "9:00", by=house.cast.anna_herself, back="13:00")
        booked(session, house.town, draft, by=house.cast.anna_herself)
    with at_the_keyboard(chromium, house, "/moje", house.cast.anna_herself) as hands:
        hands.press("Cancel this ride")
        hands.choose("only the way there")
        hands.press("Cancel the ride")
    with reading(house.database) as session:
        coming, over = queries.of_client(session, house.cast.anna.id or 0, now=house.clock())
    assert (len(coming), len(over)) == (1, 1)


def test_k4_the_person_acted_for_is_changed_and_changed_back(chromium: Browser, house: House):
    with writing(house.database) as session:
        aunt = a_client(session, "Zdena Vozková", phone="+420700000009")
        a_mandate(session, aunt, session.get_one(User, house.cast.cyril.user), Power.SEE, Power.BOOK)
    with at_the_keyboard(chromium, house, "/moje/za-koho", house.cast.cyril) as hands:
        for name in ("Zdena Vozková", "Anna Vozková"):
            hands.press(name)
            assert name in hands.page.locator(".aid-acting").inner_text().replace("\u00a0", " ")
            hands.press("Change the person")


def test_k5_somebody_logs_in_by_a_code_that_came_at_the_second_try(chromium: Browser, house: House):
    kept = house.app.state.services.channels.kept
    with writing(house.database) as session:
        a_client(session, "Jana Nová", phone="+420777111222")
    with at_the_keyboard(chromium, house, "/prihlaseni") as hands:
        hands.write("Your telephone number or e-mail", "777 111 222")
        hands.enter()
        hands.choose("Text message with a code")
        hands.press("Continue")
        hands.press("Send it again")
        code = re.findall(r"\b\d{6}\b", kept.messages[-1].text)[-1]
        hands.write("Code from the message", f"{code[:3]} {code[3:]}")
        hands.enter()
        assert "/prihlaseni/vitejte" in hands.page.url


def test_k6_a_regular_ride_is_paused(chromium: Browser, house: House):
    with writing(house.database) as session:
        asked(session, house.town, house.cast.anna, by=house.cast.anna_herself)
    first = house.town.day + timedelta(days=7)
    with at_the_keyboard(chromium, house, "/pravidelne", house.cast.anna_herself) as hands:
        hands.press(CATALOGUES["cs"].text("From {origin} to {destination}").format(origin="home", destination="school"))
        hands.press("Pause the rides")
        hands.write("The first day without a ride", f"{first:%-d. %-m.}")
        hands.write("The last day without a ride", f"{first:%-d. %-m.}")
        hands.press("Pause the rides")
        assert hands.said("Paused") in hands.page.locator("main").inner_text()


def test_a_skip_link_leads_past_the_header(chromium: Browser, house: House):
    with at_the_keyboard(chromium, house, "/kdo-a-za-kolik") as hands:
        hands.go_to("Skip to the content")
        hands.key("Enter")
        assert hands.page.evaluate("document.activeElement.id") == "obsah"
        hands.key("Tab")
        assert hands.page.evaluate("document.activeElement.closest('main') !== null")


def test_the_back_button_and_a_second_window_book_nothing_twice(chromium: Browser, house: House):
    anna = house.cast.anna_herself
    with writing(house.database) as session:
        draft = a_draft(session, house.town, house.cast.anna, "9:00", by=anna)
        drafts.note(session, draft, now=house.clock(), back="no", help=True)
        chosen(session, house.town, draft, by=anna)
        check = f"/objednat/{draft.key}/kontrola"
    with at_the_keyboard(chromium, house, check, anna) as hands:
        other = Hands(hands.page.context.new_page(), "cs")
        other.page.goto(f"/cs{check}")
        hands.press("Book the ride")
        hands.page.go_back()
        for again in (hands, other):
            again.page.bring_to_front()
            if again.page.get_by_role("button", name=again.said("Book the ride"), exact=True).count():
                again.press("Book the ride")
            assert again.heading == again.said("Your ride is booked")
    with reading(house.database) as session:
        coming, _ = queries.of_client(session, house.cast.anna.id or 0, now=house.clock())
    assert len(coming) == 1
