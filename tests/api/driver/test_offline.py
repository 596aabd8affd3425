"""The driver's app in a garage: nothing a driver taps is lost, doubled, or written at another time than it happened."""

import os
import signal
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect
from sqlmodel import select

from tests.api.client.conftest import House
from tests.api.driver.telephones import device, reports, same_times, telephone, until, visits
from tests.api.eyes import PHONE
from tests.api.hands import Hands
from tests.api.served import served
from tools import browser
from transport.kernel.clock import at
from transport.kernel.db import reading
from transport.operations.driving.models import Outcome
from transport.routing.planning.models import Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_half_an_hour_without_a_signal_arrives_once_in_order_and_at_its_times(
    chromium: Browser, house: House, run: str
):
    with (
        served(house.app) as address,
        device(chromium) as context,
        telephone(house, context, address, run, wrong=timedelta(minutes=10)) as emil,
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
