"""The board in a real browser, by keyboard alone; and what happens to it while colleagues work (UX 9.2: K8, K14)."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page

from tests.api.client.conftest import House
from tests.api.served import served
from tests.api.test_gate import visiting
from tests.builders.booking import a_confirmed_ride, a_draft, a_ride, looked
from tests.builders.clients import a_user, acting
from transport.api import security
from transport.booking.rides import rides as deciding
from transport.booking.rides.lifecycle import Status
from transport.booking.rides.models import Ride
from transport.kernel.actor import Actor, Role
from transport.kernel.db import writing

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FOCUSED = "() => document.activeElement.closest('li, tr')?.id ?? document.activeElement.id"


@pytest.fixture
def rides(house: House) -> list[Ride]:
    """Bedřich at eight and at noon, Anna at nine, and an order of hers that waits."""
    cast, town = house.cast, house.town
    with writing(house.database) as session:
        return [
            a_confirmed_ride(session, town, cast.bedrich, "8:00", by=cast.hana, to="station"),
            a_confirmed_ride(session, town, cast.anna, "9:00", by=cast.hana),
            a_confirmed_ride(session, town, cast.bedrich, "12:00", by=cast.hana, to="station"),
            a_ride(session, town, cast.anna, "16:00", by=cast.cyril),
        ]


@contextmanager
def at_the_desk(chromium: Browser, house: House, address: str, who: Actor, view: str) -> Iterator[Page]:
    with visiting(chromium, house, Role.DISPATCHER, address) as context:
        token = house.visit(who).client.cookies[security.SESSION]
        context.add_cookies([{"name": security.SESSION, "value": token, "url": address}])
        page = context.new_page()
        page.goto(f"/disp/{house.town.day}?pohled={view}")
        yield page


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def focused_becomes(page: Page, element_id: str) -> None:
    page.wait_for_function(f"wanted => ({FOCUSED})() === wanted", arg=element_id)


def test_k8_a_ride_is_found_moved_and_moved_back_by_keyboard(chromium: Browser, house: House, rides: list[Ride]):
    with served(house.app) as address, at_the_desk(chromium, house, address, house.cast.dana, "deska") as page:
        press(page, "Tab", "Tab", "Enter", "Tab")
        start = page.evaluate(FOCUSED)
        press(page, "ArrowDown", "ArrowRight")
        assert page.evaluate(FOCUSED) not in {start, "deska", ""}
        press(page, "ArrowUp", "Home", "ArrowRight")
        focused_becomes(page, start)
        lane = page.locator(f".aid-lane:has(#{start})").get_attribute("id")
        press(page, "m")
        page.wait_for_selector("#panel input[name=target]")
        other = page.locator("#panel .govuk-radios__item:not(:has(strong)) input[name=target]").first
        assert not (other.get_attribute("value") or "").startswith(f"{(lane or '')[2:]}-")
        other.focus()
        press(page, "Space", "Enter")
        page.wait_for_selector("#panel", state="hidden")
        focused_becomes(page, start)
        assert page.locator(f".aid-lane:has(#{start})").get_attribute("id") != lane
        press(page, "Control+z")
        page.locator("#panel form[action$='/zpet'] button").focus()
        press(page, "Enter")
        page.wait_for_selector("#panel", state="hidden")
        focused_becomes(page, start)
        assert page.locator(f".aid-lane:has(#{start})").get_attribute("id") == lane
        assert page.locator("#sdeleni").inner_text() != ""


def test_a_ride_is_taken_into_the_hand_and_put_down_and_escape_drops_it(
    chromium: Browser, house: House, rides: list[Ride]
):
    with served(house.app) as address, at_the_desk(chromium, house, address, house.cast.dana, "deska") as page:
        page.locator(f"#j-{rides[1].code} a").focus()
        press(page, "x", "ArrowRight", "Escape")
        assert page.locator(".aid-board__place").count() == 0
        press(page, "x", "ArrowRight", "ArrowUp", "v")
        page.wait_for_selector("#panel h2")
        assert f"vuz={house.town.car_shift}&cas=9%3A05" in (page.locator("#panel").get_attribute("data-at") or "")
        press(page, "Escape")
        focused_becomes(page, f"j-{rides[1].code}")


def test_letters_do_nothing_once_they_are_switched_off(chromium: Browser, house: House, rides: list[Ride]):
    with served(house.app) as address, at_the_desk(chromium, house, address, house.cast.dana, "deska") as page:
        page.locator("#pismena input").uncheck()
        page.locator(f"#j-{rides[1].code} a").focus()
        press(page, "x", "m", "p", "ArrowLeft")
        assert page.locator("#panel").is_hidden()
        assert page.locator(".aid-block--held").count() == 0


def test_k14_what_colleagues_change_takes_nothing_from_under_the_hands(
    chromium: Browser, house: House, rides: list[Ride]
):
    """Somebody types in the panel while an order is confirmed and a wish is denied elsewhere."""
    waits, cast, town = rides[3], house.cast, house.town
    with served(house.app) as address, at_the_desk(chromium, house, address, cast.dana, "seznam") as page:
        page.locator(f"#r-{rides[0].code} a").click()
        page.locator("#panel summary").first.click()
        field = page.locator("#panel input[name=reason]")
        field.press_sequentially("sníh a led")
        press(page, "ArrowLeft", "ArrowLeft")
        with writing(house.database) as session:
            ride = session.get_one(Ride, waits.id)
            deciding.confirm(session, ride, version=ride.version, by=cast.hana, now=house.clock.now)
            draft = a_draft(session, town, cast.anna, "20:00", by=cast.anna_herself, companions=("wheelchair",))
            looked(session, town, draft, by=cast.anna_herself)
        page.wait_for_selector(f"#r-{waits.code} .aid-tag--confirmed")
        page.wait_for_selector("#nezarazene-seznam-nove")
        assert page.locator("#nezarazene-seznam > li").count() == 0
        assert field.input_value() == "sníh a led"
        assert field.evaluate("each => [each.selectionStart, document.activeElement === each]") == [8, True]
        page.locator("#nezarazene-seznam-nove").click()
        assert page.locator("#nezarazene-seznam > li").count() == 1


def test_two_dispatchers_see_each_other_s_work_and_a_stale_decision_is_refused(
    chromium: Browser, house: House, rides: list[Ride]
):
    waits = rides[3]
    with writing(house.database) as session:
        roman = acting(a_user(session, Role.DISPATCHER, "Roman Druhý"))
    with (
        served(house.app) as address,
        at_the_desk(chromium, house, address, house.cast.dana, "seznam") as danas,
        visiting(chromium, house, Role.DISPATCHER, address) as other,
    ):
        token = house.visit(roman).client.cookies[security.SESSION]
        other.add_cookies([{"name": security.SESSION, "value": token, "url": address}])
        romans = other.new_page()
        romans.goto(f"/disp/{house.town.day}?pohled=seznam")
        danas.locator(f"#c-{waits.code} a[href$='/odmitnout']").click()
        danas.wait_for_selector("#panel input[name=reason]")
        danas.locator(f"#r-{waits.code} a").focus()
        romans.locator(f"#c-{waits.code} button").click()
        mark = danas.wait_for_selector(f"#r-{waits.code} .aid-changed")
        assert mark is not None
        assert "Roman Druhý" in mark.inner_text()
        assert danas.evaluate(FOCUSED) == f"r-{waits.code}"
        assert danas.locator(f"#r-{waits.code} .aid-tag--promised").count() == 1
        danas.locator("#panel input[name=reason]").first.check(force=True)
        danas.wait_for_selector(f"#r-{waits.code} .aid-tag--confirmed")
        danas.locator("#panel form button").click()
        danas.wait_for_selector("#panel:not(:has(input[name=reason]))")
    with writing(house.database) as session:
        assert session.get_one(Ride, waits.id).status is Status.CONFIRMED
