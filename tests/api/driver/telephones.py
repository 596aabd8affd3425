"""A driver with a telephone: what is pressed on it, what it keeps, what came of it on the server."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from playwright.sync_api import Browser, BrowserContext, Page
from sqlmodel import col, select

from tests.api.client.conftest import House
from tests.api.eyes import PHONE
from transport.api import security
from transport.kernel.db import reading
from transport.operations.driving.models import DriverReport
from transport.routing.planning.models import Visit

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
