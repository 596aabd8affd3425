"""The pages of a wish that cannot be met, as a real browser shows them: without barriers, also on a small screen."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.api import eyes
from tests.api.client.conftest import House, Visit
from tests.api.client.test_booking import answered, begun
from tests.api.client.test_waiting import the_van_comes_back, without_the_van
from tests.api.served import served
from tests.api.test_gate import visiting
from tests.chromium import barriers
from transport.kernel.actor import Role

pytestmark = [pytest.mark.browser, pytest.mark.slow]

__all__ = ["without_the_van"]

PICTURES = os.environ.get("TRANSPORT_TEST_PICTURES", "")
"""A folder for photographs of the pages, for somebody to look at."""


def test_what_is_possible_instead_and_the_waiting_list_have_no_barriers(chromium: Browser, without_the_van: House):
    house = without_the_van
    visit: Visit = answered(begun(house, house.cast.anna_herself), house, until="nabidka")
    offer = visit.path
    nothing = offer.replace("nabidka", "nevyslo")
    with served(house.app) as address, visiting(chromium, house, Role.CLIENT, address) as context:
        page = context.new_page()

        def look(path: str, words: str, name: str) -> None:
            page.goto(path)
            assert words in page.inner_text("main").replace("\u00a0", " ")
            assert barriers(page) == []
            page.set_viewport_size(eyes.NARROW)
            assert [*eyes.too_wide(page), *eyes.too_small(page)] == []
            if PICTURES:
                page.screenshot(path=Path(PICTURES) / f"{name}-narrow.png", full_page=True)
            page.set_viewport_size({"width": 1366, "height": 900})
            if PICTURES:
                page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)

        look(offer, "Co je možné místo toho", "instead")
        look(nothing, "Čekat na volné místo", "nothing")
        page.get_by_role("button", name="Zapsat mezi čekající").click()
        look("/cs/moje", "Hledáme znovu, kdykoli se uvolní místo.", "waits")
        the_van_comes_back(house)
        look("/cs/moje", "Uvolnilo se místo.", "offered")
        look("/cs/kdo-a-za-kolik", "Služba je pro lidi s trvalým pobytem v obci Plzeň.", "rules")
