"""K7: a known client's ride by keys alone, in a real browser, with scripts and without; the focus is never lost."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.api import eyes
from tests.api.client.conftest import House
from tests.api.client.test_booking import rides_of
from tests.api.served import served
from tests.api.test_gate import visiting
from tests.builders.booking import an_order
from tests.chromium import barriers
from transport.booking.clients.models import Client
from transport.booking.rides.lifecycle import Status
from transport.kernel.actor import Role
from transport.kernel.db import writing

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FEW_KEYS = 20
WHERE = "() => document.activeElement.id || document.activeElement.name || document.activeElement.tagName"


@contextmanager
def on_the_telephone(chromium: Browser, house: House, **how: object) -> Iterator[Page]:
    """The desk of the operator as the call of a client is put through who has ridden before."""
    with writing(house.database) as session:
        anna = session.get_one(Client, house.cast.anna.id)
        an_order(session, house.town, anna, "9:00", by=house.cast.hana, to="hospital", back="13:00", will_call=True)
    with served(house.app) as address, visiting(chromium, house, Role.OPERATOR, address, **how) as context:
        page = context.new_page()
        page.goto("/op?tel=700000001")
        yield page


def press(page: Page, *keys: str) -> int:
    """Press them one after the other: after each something holds the focus."""
    for key in keys:
        page.keyboard.press(key)
        assert page.evaluate(WHERE) not in {"BODY", "HTML"}, f"the focus is lost after {key}"
    return len(keys)


def test_k7_a_known_clients_ride_takes_at_most_twenty_keys(chromium: Browser, house: House):
    with on_the_telephone(chromium, house) as page:
        assert page.evaluate(WHERE) == "destination"
        used = press(page, *"sta", "Enter")
        expect(page.locator("#day")).to_be_focused()
        expect(page.locator("#destination")).to_have_value("station")
        used += press(page, *"24", "Tab", *"16", "Enter", "F8")
        expect(page.locator("[name=outbound]").first).to_be_focused()
        assert barriers(page) == []
        assert eyes.too_wide(page) == []
        used += press(page, "1")
        expect(page.locator("#potvrdit")).to_be_focused()
        assert page.evaluate("document.documentElement.scrollHeight") <= eyes.WIDE["height"], "all is in sight"
        used += press(page, "Control+Enter")
        expect(page.locator("#hotovo")).to_be_focused()
        assert used <= FEW_KEYS
        assert press(page, "F2") == 1
        assert page.evaluate(WHERE) == "q"
    assert [ride.status for ride in rides_of(house)] == [Status.CONFIRMED] * 4


def test_k7_every_step_can_be_taken_back_by_escape(chromium: Browser, house: House):
    with on_the_telephone(chromium, house) as page:
        press(page, *"sta", "Enter")
        expect(page.locator("#day")).to_be_focused()
        press(page, *"24", "Tab", *"16", "F8")
        expect(page.locator("[name=outbound]").first).to_be_focused()
        press(page, "2")
        expect(page.locator("#potvrdit")).to_be_focused()
        press(page, "Escape")
        expect(page.locator("[name=outbound]").first).to_be_focused()
        press(page, "0")
        expect(page.locator("[name=reason]").first).to_be_focused()
        press(page, "Escape")
        expect(page.locator("[name=outbound]").first).to_be_focused()
        press(page, "Escape")
        expect(page.locator("#time")).to_be_focused()
    assert len(rides_of(house)) == 2


def test_k7_without_scripts_enter_goes_on_to_the_booked_ride(chromium: Browser, house: House):
    with on_the_telephone(chromium, house, java_script_enabled=False) as page:
        for field, words in (("destination", "sta"), ("day", "24"), ("time", "16")):
            page.fill(f"#{field}", words)
        page.press("#time", "Enter")
        page.press("[name=outbound] >> nth=0", "Space")
        page.press("[name=outbound] >> nth=0", "Enter")
        page.press("#potvrdit", "Enter")
        expect(page.locator("#hotovo")).to_be_visible()
    assert len(rides_of(house)) == 4
