"""A problem that was none is taken back on a telephone: with a signal, in a garage, and without scripts."""

import json

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.api.client.conftest import House
from tests.api.driver.telephones import WAITING, device, reports, telephone, until
from tests.api.served import served
from transport.api import security
from transport.operations.driving.models import DriverReport, Outcome, ReportKind

pytestmark = [pytest.mark.browser, pytest.mark.slow]

KEPT_HERE = "async () => (await (await caches.match(location.pathname))?.text()) ?? ''"
SAID = "main .aid-notice--success"


def tell(page: Page, problem: str, minutes: int = 0) -> None:
    """Press the one button for it."""
    chosen = page.locator("main form", has=page.locator(f"[name=problem][value={problem}]"))
    if minutes:
        chosen = chosen.filter(has=page.locator(f"[name=minutes][value='{minutes}']"))
    chosen.locator("button").click()


def holding(page: Page) -> Locator:
    return page.locator("#potize li:visible")


def told(house: House) -> list[tuple[ReportKind, Outcome, str]]:
    return [(each.kind, each.outcome, json.loads(each.facts).get("problem", "")) for each in reports(house)]


def came(house: House, count: int) -> DriverReport:
    until(lambda: len(reports(house)) == count)
    return reports(house)[-1]


def test_a_problem_is_taken_back_with_a_signal_and_in_a_garage(chromium: Browser, house: House, run: str):
    with (
        served(house.app) as address,
        device(chromium) as context,
        telephone(house, context, address, run) as emil,
    ):
        page = emil.page
        page.locator("#nyni .aid-stop__trouble a").click()
        expect(holding(page)).to_have_count(0)
        tell(page, "late", 20)
        expect(page.locator(SAID)).to_be_visible()
        late = came(house, 1)
        expect(holding(page)).to_have_attribute("data-problem", late.key)
        until(lambda: late.key in page.evaluate(KEPT_HERE))

        context.set_offline(True)
        page.goto(f"{address}{run}/problem")
        expect(holding(page)).to_have_attribute("data-problem", late.key)
        emil.drive(1)
        tell(page, "breakdown")
        expect(page.locator("#cestou")).to_be_visible()
        expect(holding(page)).to_have_count(2)
        emil.drive(1)
        holding(page).nth(1).locator("button").click()
        expect(holding(page)).to_have_count(1)
        page.goto(f"{address}{run}/problem")
        expect(holding(page)).to_have_attribute("data-problem", late.key)
        assert page.evaluate(WAITING) == 3, "the first one stays until a page of the stops knows it"
        assert len(reports(house)) == 1

        page.goto(f"{address}{run}")
        emil.back()
        assert told(house) == [
            (ReportKind.PROBLEM, Outcome.TAKEN, "late"),
            (ReportKind.PROBLEM, Outcome.TAKEN, "breakdown"),
            (ReportKind.UNDONE, Outcome.TAKEN, ""),
        ]
        assert reports(house)[2].about == reports(house)[1].key
        page.goto(f"{address}{run}/problem")
        holding(page).locator("button").click()
        expect(page.locator(SAID)).to_be_visible()
        expect(holding(page)).to_have_count(0)
        assert came(house, 4).about == late.key


def test_a_problem_is_taken_back_without_scripts(chromium: Browser, house: House, run: str):
    token = house.visit(house.cast.emil).client.cookies[security.SESSION]
    with served(house.app) as address, chromium.new_context(java_script_enabled=False) as context:
        context.add_cookies([{"name": security.SESSION, "value": token, "url": address}])
        page = context.new_page()
        page.goto(f"{address}{run}/problem")
        tell(page, "lift")
        holding(page).locator("button").click()
        expect(page.locator(SAID)).to_be_visible()
        expect(holding(page)).to_have_count(0)
    assert [kind for kind, *_ in told(house)] == [ReportKind.PROBLEM, ReportKind.UNDONE]
