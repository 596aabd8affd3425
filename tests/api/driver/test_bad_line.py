"""The driver's app on bad lines and in odd browsers: only our own answer counts, and the plain forms always work."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, BrowserContext, Geolocation, Page, expect
from sqlmodel import col, delete, select

from tests.api.client.conftest import House
from tests.api.driver.lines import INSTEAD, LOST, SLOW, Line
from tests.api.driver.telephones import BIG, Telephone, device, reports, same_times, telephone, until
from tests.api.served import served
from tests.builders.booking import a_confirmed_ride
from tests.builders.clients import a_client
from transport.accounts.models import LoginSession
from transport.api import security
from transport.booking.rides.lifecycle import Status
from transport.booking.rides.models import Ride
from transport.kernel.clock import at
from transport.kernel.db import reading, writing
from transport.operations.dispatch import plans
from transport.operations.driving import positions
from transport.operations.driving.models import Outcome

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PLZEN = Geolocation(latitude=49.7384, longitude=13.3736)
UNSENT = """() => new Promise((resolve) => {
    const asked = indexedDB.open("ridic", 1);
    asked.onsuccess = () => {
        const all = asked.result.transaction("outbox").objectStore("outbox").getAll();
        all.onsuccess = () => { asked.result.close(); resolve(all.result.filter((each) => !each.outcome)); };
    };
})"""
NOTE_WHAT_IS_ASKED = """
    window.asked = [];
    navigator.vibrate = (pattern) => asked.push("vibrate");
    const lock = { release: async () => asked.push("dark") };
    navigator.wakeLock.request = async (kind) => { asked.push(kind); return lock; };
"""
APPS = "async () => (await navigator.serviceWorker.getRegistrations()).length + (await caches.keys()).length"
KEPT_HERE = "async () => (await (await caches.match(location.pathname))?.text()) ?? ''"
LACKING = ("window, 'indexedDB'", "navigator, 'locks'")
NEXT = "#nyni h2"


@pytest.fixture
def shift(house: House) -> str:
    """A person to hand over, who pays; the address of the shift."""
    town, dana = house.town, house.cast.dana
    with writing(house.database) as session:
        anna = a_client(session, "Adam První", hand_over_to="paní Nová", never_alone=True)
        a_confirmed_ride(session, town, anna, "9:00", by=dana)
        a_confirmed_ride(session, town, a_client(session, "Běla Druhá"), "10:00", by=dana)
        plans.publish(session, town.day, by=dana, now=house.clock())
    house.clock.now = at(town.day, town.second("8:50"))
    return f"/ridic/smena/{town.car_shift}"


@pytest.fixture
def line(house: House) -> Line:
    return Line(house.app)


@pytest.fixture
def emil(chromium: Browser, house: House, shift: str, line: Line) -> Iterator[Telephone]:
    """His telephone is ten minutes slow, and he lets it say where he is."""
    with served(line) as address, device(chromium) as context:
        context.grant_permissions(["geolocation"])
        context.set_geolocation(PLZEN)
        context.add_init_script(NOTE_WHAT_IS_ASKED)
        with telephone(house, context, address, shift, wrong=-timedelta(minutes=10)) as found:
            yield found


def again(page: Page) -> None:
    """The app tries once more to send what waits."""
    page.evaluate("dispatchEvent(new Event('online'))")


def answered_twice(page: Page, line: Line) -> None:
    """The second time the app asks, it has done with the first answer."""
    before = line.answered
    soon(page, lambda: line.answered >= before + 2)


def unsent(page: Page) -> int:
    return len(page.evaluate(UNSENT))


def soon(page: Page, true: Callable[[], bool]) -> None:
    """Let the app try until it is so."""

    def so() -> bool:
        again(page)
        page.wait_for_timeout(50)
        return true()

    until(so)


def test_only_our_own_answer_counts(house: House, emil: Telephone, line: Line, shift: str):
    page = emil.page
    page.locator("#telefon summary").click()
    page.locator("#poloha").check(force=True)
    page.locator("#sviti").check(force=True)
    page.locator("#sviti").uncheck(force=True)
    assert page.evaluate("asked") == ["screen", "dark"]
    first = page.locator(NEXT).inner_text()
    line.way = "portal"
    page.locator(BIG).click()
    said = [house.clock()]
    until(lambda: "position" in page.evaluate(UNSENT)[0]["facts"])
    for way in INSTEAD:
        line.way = way
        answered_twice(page, line)
        assert unsent(page) == 1, way
        if way != "led away":
            page.reload()
            expect(page.locator(NEXT)).to_have_text(first)
    expect(page.locator("#prihlaseni")).to_be_visible()
    assert reports(house) == []

    line.way = ""
    with writing(house.database) as session:
        session.exec(delete(LoginSession))
    page.reload()
    assert "/prihlaseni" in page.url, "the session has ended"
    until(lambda: page.locator("#prihlaseni").is_visible())
    assert unsent(page) == 1
    house.visit(house.cast.emil)
    line.way = LOST
    page.goto(page.url.split("/ridic")[0] + shift, wait_until="commit")
    until(lambda: len(reports(house)) == 1)
    assert unsent(page) == 1
    line.way = ""
    page.reload()
    soon(page, lambda: unsent(page) == 0)
    (came,) = reports(house)
    assert same_times([came.occurred_at], said)
    with reading(house.database) as session:
        where = positions.latest(session, came.shift_id)
    assert where is not None
    assert where.lat == PLZEN["latitude"]

    line.way = SLOW
    page.goto(page.url, wait_until="commit")
    expect(page.locator(NEXT)).to_have_text(first)
    line.way = ""


def test_money_hands_a_new_plan_and_a_refusal(house: House, emil: Telephone, shift: str):
    page, context = emil.page, emil.page.context
    context.set_offline(True)
    emil.tap()
    emil.drive(1)
    page.locator("#nyni [name=paid][value=cash]").check(force=True)
    emil.tap()
    emil.drive(9)
    emil.tap()
    emil.drive(1)
    page.locator(BIG).click()
    expect(page.locator("#nyni .govuk-error-message:visible")).to_have_count(1)
    page.locator("#nyni [name=handed_other]").fill("soused Malý")
    emil.tap()
    expect(page.locator("#bylo > li")).to_have_count(2)
    context.set_offline(False)
    soon(page, lambda: len(reports(house)) == 4)
    facts = [json.loads(each.facts) for each in reports(house)]
    assert facts[1]["paid"] == "cash"
    assert facts[3]["handed_to"] == "soused Malý"

    going_to = page.locator(NEXT).inner_text()
    with writing(house.database) as session:
        nora = a_client(session, "Nora Nová")
        a_confirmed_ride(session, house.town, nora, "9:30", by=house.cast.dana, origin="station")
        plans.publish(session, house.town.day, by=house.cast.dana, now=house.clock())
    soon(page, lambda: page.locator("#zmeny").is_visible())
    assert "vibrate" in page.evaluate("asked")
    expect(page.locator(NEXT)).to_have_text(going_to)
    context.set_offline(True)
    emil.drive(1)
    page.locator("#videno button").click()
    for _ in range(2):
        expect(page.locator(NEXT)).to_have_text("Nora Nová")
        expect(page.locator("#zmeny")).to_be_hidden()
        page.reload()
    context.set_offline(False)
    soon(page, lambda: page.locator("#zmeny").count() == 0)

    page.evaluate("document.querySelector('#nyni form[data-when=arrive] [name=kind]').value = 'flown'")
    page.locator(BIG).click()
    soon(page, lambda: page.locator("#odlozene button").is_visible())
    emil.drive(1)
    page.locator("#odlozene button").click()
    expect(page.locator("#odlozene")).to_be_hidden()

    services = house.app.state.services
    assert page.evaluate(APPS) > 0
    without = services.settings.model_copy(update={"driver_app": False})
    house.app.state.services = replace(services, settings=without)
    soon(page, lambda: page.evaluate(APPS) == 0)
    page.reload()
    page.locator(BIG).click()
    soon(page, lambda: reports(house)[-1].outcome is Outcome.TAKEN and len(reports(house)) == 5)
    house.app.state.services = services
    page.reload()
    until(lambda: page.evaluate(APPS) > 0)
    house.clock.forward(hours=30)
    with writing(house.database) as session:
        for row in session.exec(select(LoginSession)):
            row.expires_at += timedelta(days=9)
    with page.expect_navigation():  # the app turns to the page without stops by itself
        again(page)
    until(lambda: "Nora" not in page.evaluate(KEPT_HERE))
    page.goto(page.url.split("/smena")[0] + "/sw-off")
    page.locator("#vypnout").click()
    expect(page.locator("#zapnout")).to_be_focused()
    assert page.evaluate(APPS) == 0


def test_odd_browsers_report_all_the_same(chromium: Browser, house: House, shift: str):
    """Without scripts; in a private window that keeps nothing; without locks, in two tabs that send at once."""
    token = house.visit(house.cast.emil).client.cookies[security.SESSION]
    private, unlocked = (f"Object.defineProperty({each}, {{ value: undefined }});" for each in LACKING)
    with served(house.app) as address:

        def opened(context: BrowserContext) -> Page:
            context.add_cookies([{"name": security.SESSION, "value": token, "url": address}])
            page = context.new_page()
            page.goto(f"{address}{shift}")
            return page

        def pressed(page: Page, count: int) -> None:
            house.clock.forward(minutes=1)
            page.locator(BIG).click()
            until(lambda: len(reports(house)) == count)

        with chromium.new_context(java_script_enabled=False) as context:
            page = opened(context)
            for count in (1, 2, 3):
                pressed(page, count)
            page.locator("#nyni [name=handed_other]").fill("soused Malý")
            pressed(page, 4)
            expect(page.locator(NEXT)).to_have_text("Běla Druhá")
        with chromium.new_context(service_workers="block") as context:
            context.add_init_script(private)
            pressed(opened(context), 5)
        with chromium.new_context(service_workers="block") as context:
            context.add_init_script(unlocked)
            tabs = [opened(context), opened(context)]
            context.set_offline(True)
            tabs[0].locator(BIG).click()
            until(lambda: unsent(tabs[0]) == 1)
            context.set_offline(False)
            for tab in tabs:
                again(tab)
            until(lambda: unsent(tabs[1]) == 0)
    assert [each.outcome for each in reports(house)] == [Outcome.TAKEN] * 6
    with reading(house.database) as session:
        statuses = session.exec(select(Ride.status).order_by(col(Ride.id))).all()
    assert statuses == [Status.COMPLETED, Status.ON_BOARD]
