"""The driver's app in a garage: nothing a driver taps is lost, doubled, or written at another time than it happened."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlmodel import col, select

from tests.api.client.conftest import House
from tests.api.eyes import PHONE
from tests.api.hands import Hands
from tests.api.served import served
from tests.builders.booking import a_confirmed_ride
from tests.builders.clients import a_client
from tools import browser
from transport.api import security
from transport.kernel.clock import at
from transport.kernel.db import reading, writing
from transport.operations.dispatch import plans
from transport.operations.driving.models import DriverReport, Outcome
from transport.routing.planning import runs
from transport.routing.planning.models import Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PEOPLE = (("Adam První", "9:00"), ("Běla Druhá", "10:00"), ("Ctirad Třetí", "11:00"), ("Dora Malá", "12:00"))
PATIENCE = 20
"""Seconds."""
BIG = "#nyni .aid-stop__main form:not([hidden]) button"
WAITING = """() => new Promise((resolve) => {
    const asked = indexedDB.open("ridic", 1);
    asked.onsuccess = () => {
        const all = asked.result.transaction("outbox").objectStore("outbox").getAll();
        all.onsuccess = () => { asked.result.close(); resolve(all.result.length); };
    };
})"""
KEPT = """async () => {
    const kept = await (await caches.open("ridic-pages")).keys();
    return Boolean(navigator.serviceWorker.controller) && kept.length >= 3;
}"""
"""The worker has taken over, and the shift, its end and its problems are kept."""


@pytest.fixture
def run(house: House) -> str:
    """Four people ride with Emil one after the other: eight stops, published. The address of his shift."""
    town, dana = house.town, house.cast.dana
    with writing(house.database) as session:
        for name, time in PEOPLE:
            ride = a_confirmed_ride(session, town, a_client(session, name), time, by=dana)
            assert runs.shift_of(session, ride.promise_id) == town.car_shift
        plans.publish(session, town.day, by=dana, now=house.clock())
    house.clock.now = at(town.day, town.second("8:50"))
    return f"/ridic/smena/{town.car_shift}"


@dataclass
class Telephone:
    """One device of Emil's; its clock goes with that of the house, however wrong it is."""

    house: House
    page: Page

    def drive(self, minutes: int) -> None:
        """Time passes, on the road and here."""
        self.house.clock.forward(minutes=minutes)
        self.page.clock.fast_forward(minutes * 60_000)

    def tap(self) -> datetime:
        """Press the one big button without a signal, wait until it is written down; when that was."""
        before = self.page.evaluate(WAITING)
        self.page.dblclick(BIG, delay=80)  # a finger may tremble
        until(lambda: self.page.evaluate(WAITING) > before)
        return self.house.clock()

    def stops(self, count: int) -> list[datetime]:
        """Arrive at so many stops and be done there; when each was said."""
        said = []
        for _ in range(2 * count):
            self.drive(2)
            said.append(self.tap())
        return said

    def back(self) -> None:
        """There is a signal again; wait until nothing waits to be sent."""
        self.page.context.set_offline(False)
        self.sent()

    def sent(self) -> None:
        until(lambda: self.page.evaluate(WAITING) == 0)


def until(true: Callable[[], bool]) -> None:
    """Look again and again, as long as a driver would wait."""
    patience = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < patience
        time.sleep(0.03)


@contextmanager
def telephone(
    house: House, context: BrowserContext, address: str, run: str, wrong: timedelta = timedelta()
) -> Iterator[Telephone]:
    token = house.visit(house.cast.emil).client.cookies[security.SESSION]
    context.add_cookies([{"name": security.SESSION, "value": token, "url": address}])
    page = context.pages[0] if context.pages else context.new_page()
    page.clock.install(time=house.clock() + wrong)
    page.goto(f"{address}{run}")
    until(lambda: page.evaluate(KEPT))
    yield Telephone(house, page)


def device(chromium: Browser) -> BrowserContext:
    return chromium.new_context(locale="cs-CZ", timezone_id="Europe/Prague", viewport=PHONE)


def reports(house: House) -> list[DriverReport]:
    """As they came in."""
    with reading(house.database) as session:
        return list(session.exec(select(DriverReport).order_by(col(DriverReport.id))))


def visits(house: House) -> list[Visit]:
    with reading(house.database) as session:
        return list(session.exec(select(Visit).order_by(col(Visit.occurred_at))))


def same_times(found: list[datetime], said: list[datetime]) -> bool:
    """To a few seconds: a test is not as quick as its clock."""
    return len(found) == len(said) and all(abs(a - b) < timedelta(seconds=20) for a, b in zip(found, said, strict=True))


@pytest.mark.parametrize("wrong", [0, 10])
def test_half_an_hour_without_a_signal_arrives_once_in_order_and_at_its_times(
    chromium: Browser, house: House, run: str, wrong: int
):
    with (
        served(house.app) as address,
        device(chromium) as context,
        telephone(house, context, address, run, timedelta(minutes=wrong)) as emil,
    ):
        context.set_offline(True)
        said = emil.stops(4)
        emil.page.reload()
        expect(emil.page.locator("#bylo > li")).to_have_count(4)
        expect(emil.page.locator("#stav")).to_contain_text("8")
        said += emil.stops(4)
        expect(emil.page.locator("#konec")).to_be_visible()
        assert reports(house) == []
        emil.back()
        expect(emil.page.locator("#bylo > li")).to_have_count(8)
    assert said[-1] - said[0] >= timedelta(minutes=30)
    came = reports(house)
    assert [each.outcome for each in came] == [Outcome.TAKEN] * 16
    assert all(one.seq < other.seq for one, other in pairwise(came))
    assert same_times([each.occurred_at for each in came], said)
    assert same_times([each.occurred_at for each in visits(house)], said)


def test_a_killed_browser_loses_nothing(chromium: Browser, house: House, run: str, tmp_path: Path):
    def started() -> BrowserContext:
        return chromium.browser_type.launch_persistent_context(
            tmp_path, executable_path=browser.find(), args=browser.flags(), viewport=PHONE
        )

    with served(house.app) as address:
        context = started()
        with telephone(house, context, address, run) as emil:
            context.set_offline(True)
            said = emil.stops(2)
            for process in processes(tmp_path):
                os.kill(process, signal.SIGKILL)
        context = started()
        with telephone(house, context, address, run) as emil:
            emil.sent()
            expect(emil.page.locator("#bylo > li")).to_have_count(2)
            context.set_offline(True)
            said += emil.stops(1)
            emil.back()
        context.close()
    assert same_times([each.occurred_at for each in reports(house)], said)
    assert len({each.device for each in reports(house)}) == 1


def processes(profile: Path) -> list[int]:
    """The browser with this profile, and nobody else's."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        words = entry.read_bytes().split(b"\0") if entry.exists() else []
        if f"--user-data-dir={profile}".encode() in words and not any(each.startswith(b"--type=") for each in words):
            found.append(int(entry.parent.name))
    assert found, "no browser has this profile"
    return found


def test_two_telephones_on_one_shift_double_nothing(chromium: Browser, house: House, run: str):
    with (
        served(house.app) as address,
        device(chromium) as one,
        device(chromium) as other,
        telephone(house, one, address, run) as emil,
        telephone(house, other, address, run) as helper,
    ):
        for context in (one, other):
            context.set_offline(True)
        said = [emil.tap(), helper.tap()]
        emil.drive(1)
        helper.page.clock.fast_forward(60_000)
        said += [emil.tap(), helper.tap()]
        emil.back()
        helper.back()
        expect(helper.page.locator("#bylo > li")).to_have_count(1)
    came = reports(house)
    assert len(came) == len(said)
    assert [each.outcome for each in came] == [Outcome.TAKEN] * 2 + [Outcome.KNOWN] * 2
    assert len(visits(house)) == 2


def test_k10_a_stop_an_undo_and_a_garage_by_keyboard_alone(chromium: Browser, house: House, run: str):
    with served(house.app) as address, device(chromium) as context, telephone(house, context, address, run) as emil:
        page, hands = emil.page, Hands(emil.page, "cs")
        first = page.locator("#nyni h2").inner_text()
        deed(hands, "I am here")
        emil.drive(6)
        context.set_offline(True)
        deed(hands, "Boarded")
        expect(page.locator("#bylo > li")).to_have_count(1)
        deed(hands, "Undo")
        expect(page.locator("#nyni h2")).to_have_text(first)
        deed(hands, "Boarded")
        hands.go_to("Correct the time")
        hands.key("Enter")
        hands.write("When it really was", "8:52")
        hands.key("Enter")
        emil.back()
        expect(page.locator("#bylo > li time")).to_have_text("8:52")
    with reading(house.database) as session:
        boarded = session.exec(select(Visit).where(Visit.action == "done")).one()
    assert boarded.occurred_at == at(house.town.day, house.town.second("8:52"))


def deed(hands: Hands, text: str) -> None:
    """Go to a button, press Enter, and find the focus at what comes next."""
    hands.go_to(text)
    hands.key("Enter")
    until(lambda: hands.page.evaluate("document.activeElement.matches('h1, h2')"))
