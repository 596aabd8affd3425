"""Two drivers with one telephone: what one has tapped waits there for them, and the other one is not bothered by it."""

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.api.client.conftest import House
from tests.api.driver.telephones import WAITING, device, reports, same_times, telephone, until
from tests.api.served import served
from tests.builders.clients import a_user, acting
from transport.api import security
from transport.kernel.actor import Actor, Role
from transport.kernel.db import writing
from transport.operations.driving.models import Outcome
from transport.routing.fleet.models import Driver, Shift

pytestmark = [pytest.mark.browser, pytest.mark.slow]

KEPT_OF = "async (run) => (await (await caches.open('ridic-pages')).keys()).some((each) => each.url.includes(run))"
"""Whether a page of this shift can be read without a signal."""


@pytest.fixture
def filip(house: House) -> Actor:
    """He drives the van."""
    with writing(house.database) as session:
        filip = acting(a_user(session, Role.DRIVER, "Filip Řidič"))
        shift = session.get_one(Shift, house.town.van_shift)
        session.get_one(Driver, shift.driver_id).user_id = filip.user
    return filip


def seat(house: House, context: BrowserContext, actor: Actor, address: str) -> None:
    """Somebody else logs in on this telephone."""
    token = house.visit(actor).client.cookies[security.SESSION]
    context.add_cookies([{"name": security.SESSION, "value": token, "url": address}])


def refused(page: Page) -> int:
    return page.locator("#odlozene button").count()


def test_what_one_driver_tapped_waits_for_them_and_is_sent_once(
    chromium: Browser, house: House, run: str, filip: Actor
):
    van = f"/ridic/smena/{house.town.van_shift}"
    with (
        served(house.app) as address,
        device(chromium) as context,
        telephone(house, context, address, run) as emil,
    ):
        page = emil.page
        context.set_offline(True)
        said = emil.stops(1)
        expect(page.locator("#neodeslano")).to_contain_text("2")
        expect(page.locator("#cizi")).to_be_hidden()

        seat(house, context, filip, address)
        context.set_offline(False)
        page.goto(f"{address}{van}/zacatek")
        page.locator("main form button").click()
        until(lambda: len(reports(house)) == 1)
        page.goto(f"{address}{van}")
        expect(page.locator("#cizi")).to_contain_text("2")
        expect(page.locator("#neodeslano")).to_be_hidden()
        assert page.locator("#odlozene").is_hidden()
        assert "Emil" not in page.locator("main").inner_text()
        until(lambda: page.evaluate(WAITING) == 2)
        until(lambda: not page.evaluate(KEPT_OF, run))

        seat(house, context, house.cast.emil, address)
        page.goto(f"{address}{run}")
        emil.sent()
        expect(page.locator("#cizi")).to_be_hidden()
        expect(page.locator("#bylo > li")).to_have_count(1)
        assert [each.outcome for each in reports(house)] == [Outcome.TAKEN] * 3
        assert same_times([each.occurred_at for each in reports(house)[1:]], said)

        context.set_offline(True)
        emil.stops(1)
        seat(house, context, filip, address)
        context.set_offline(False)
        page.goto(f"{address}{van}")
        expect(page.locator("#cizi")).to_be_visible()
        assert refused(page) == 0
        house.clock.forward(hours=30)
        page.clock.fast_forward(30 * 3_600_000)
        page.goto(f"{address}/ridic")
        expect(page.locator("#odlozene button")).to_have_count(2)
        expect(page.locator("#cizi")).to_be_hidden()
    assert len(reports(house)) == 3
