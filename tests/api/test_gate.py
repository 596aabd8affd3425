"""Every page of every door, as people with different screens, eyes and hands meet it.

Each run looks at every page once; `make prove` looks in all contexts and in all languages.
"""

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from tests.api import eyes
from tests.api.client.conftest import House
from tests.api.eyes import Findings
from tests.api.scene import ONWARD, ROLES, Scene, cookies
from tests.api.served import served
from transport.kernel.actor import Role
from transport.kernel.i18n import LANGUAGES, Lang

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WHOLE = os.environ.get("TRANSPORT_TEST_GATE") == "whole"
FIGURES = os.environ.get("TRANSPORT_TEST_FIGURES", "")
"""A file for the number of pages and checks."""
LANGS = LANGUAGES if WHOLE else ("cs",)
UNSURE = Path(__file__).with_name("unsure.json")
"""What axe-core could not decide and a person has looked at: rules by route. Anything new fails."""
FOR_EVERYBODY = ("public", Role.CLIENT, Role.DRIVER)
"""Whose pages are for trembling hands and small screens."""
FORM = re.compile(r'<form\b[^>]*\bmethod="post"')
FILE = re.compile(r"\.\w+(\?|$)")
"""The address of what a browser keeps and does not show."""
MENDED = ("status of 422", "status of 409")
"""The browser calls it an error when a form is to be mended, or decided on anew; it is an answer."""
A4 = 700
"""Pixels of the width of a printed page."""
LEAST_ERRORS = {"public": 4, Role.CLIENT: 10}
"""So many pages at least must have answered with errors, or nothing was looked at."""
EMPTIED = """number => {
    const form = document.querySelectorAll('main form[method=post]')[number];
    const fields = [...form.querySelectorAll('input:not([type=hidden]), textarea, select')];
    for (const field of fields) {
        if (field.matches('[type=radio], [type=checkbox]')) field.checked = false;
        else field.value = '';
    }
    return fields.length;
}"""


@contextmanager
def visiting(chromium: Browser, house: House, role: str, address: str, **options: Any) -> Iterator[BrowserContext]:
    """Somebody's browser, logged in; whatever it complains about fails the test."""
    context = chromium.new_context(
        locale="cs-CZ", timezone_id="Europe/Prague", viewport=eyes.WIDE, base_url=address, **options
    )
    complaints: list[str] = []
    context.on("weberror", lambda error: complaints.append(str(error.error)))

    def heard(said: ConsoleMessage) -> None:
        if said.type == "error" and not any(each in said.text for each in MENDED):
            complaints.append(said.text)

    context.on("console", heard)
    context.on(
        "request", lambda sent: complaints.append(sent.url) if not sent.url.startswith((address, "data:")) else None
    )
    for name, value in cookies(house, role).items():
        context.add_cookies([{"name": name, "value": value, "url": address}])
    yield context
    context.close()
    assert complaints == []


def is_a_page(page: Page, path: str) -> bool:
    """Go there; False for what is no page of HTML. A page that sends its visitor elsewhere would go unseen."""
    if FILE.search(path):
        assert page.request.get(path).ok, path
        return False
    answer = page.goto(path)
    assert answer is not None
    assert answer.ok, f"{answer.status} {path}"
    if not answer.headers.get("content-type", "").startswith("text/html"):
        return False
    assert page.url.endswith(path) or ONWARD.fullmatch(path), f"{path} leads to {page.url}"
    return True


def looked_at(page: Page, route: str, role: str, found: Findings) -> None:
    """One page in one context after the other."""
    everybody = role in FOR_EVERYBODY
    found.look_with_axe(page, route, "wide")
    found.look(page, "wide", eyes.too_small, *([eyes.uncomfortable] if everybody else []), eyes.lost_focus)
    page.set_viewport_size(eyes.NARROW)
    found.look(page, "narrow", eyes.too_small, eyes.too_wide)
    if WHOLE:
        found.look_with_axe(page, route, "narrow")
    found.look(page, "narrow", eyes.too_wide_when_spaced)
    if WHOLE:
        page.set_viewport_size(eyes.PHONE)
        page.emulate_media(reduced_motion="reduce")
        page.reload()
        found.look_with_axe(page, route, "calm")
        found.look(page, "calm", eyes.moving)
        page.set_viewport_size(eyes.WIDE)
        page.emulate_media(forced_colors="active")
        found.look_with_axe(page, route, eyes.FORCED)
        page.emulate_media(media="print", forced_colors="none")
        page.set_viewport_size({"width": A4, "height": 1000})
        found.look(page, "printed", eyes.too_wide)
        page.emulate_media(media="screen", reduced_motion="no-preference")
    page.set_viewport_size(eyes.WIDE)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("role", ROLES)
def test_no_page_has_a_barrier(chromium: Browser, scene: Scene, role: str, lang: Lang):
    found = Findings()
    with served(scene.house.app) as address, visiting(chromium, scene.house, role, address) as context:
        page = context.new_page()
        for path, route in scene.pages(role, lang).items():
            if is_a_page(page, path):
                looked_at(page, route, role, found)
    known = {(route, rule) for route, rules in json.loads(UNSURE.read_text("utf-8")).items() for rule in rules}
    found.wrong += [f"{route}: axe-core is not sure of {rule}" for route, rule in sorted(found.unsure - known)]
    if FIGURES:
        kept = Path(FIGURES)
        figures = json.loads(kept.read_text("utf-8")) if kept.exists() else {}
        figures[f"{role} {lang}"] = {"pages": len(found.pages), "checks": found.checks, "barriers": len(found.wrong)}
        kept.write_text(json.dumps(figures, indent=2) + "\n", "utf-8")
    assert not found.wrong, "\n".join(dict.fromkeys(found.wrong))


@pytest.mark.parametrize("role", ["public", Role.CLIENT])
def test_a_page_that_says_what_is_missing_has_no_barrier(chromium: Browser, scene: Scene, role: str):
    """Every form sent empty: the page that answers is looked at like any other."""
    found = Findings()
    with served(scene.house.app) as address, visiting(chromium, scene.house, role, address) as context:
        page = context.new_page()
        for path, route in scene.pages(role).items():
            number = 0
            while number < _forms(page, path):
                page.goto(path)
                if _sent_empty(page, number) == 422:
                    found.look_with_axe(page, route, "with errors")
                    found.look(page, "with errors", eyes.too_small, eyes.lost_focus)
                    page.set_viewport_size(eyes.NARROW)
                    found.look(page, "with errors, narrow", eyes.too_wide)
                    page.set_viewport_size(eyes.WIDE)
                number += 1
    assert not found.wrong, "\n".join(dict.fromkeys(found.wrong))
    assert len(found.pages) >= LEAST_ERRORS[role]


@pytest.mark.parametrize("role", ROLES)
def test_every_page_stands_without_scripts(chromium: Browser, scene: Scene, role: str):
    found = Findings()
    with (
        served(scene.house.app) as address,
        visiting(chromium, scene.house, role, address, java_script_enabled=False) as context,
    ):
        page = context.new_page()
        for path in scene.pages(role):
            if is_a_page(page, path):
                found.look(page, "without scripts", eyes.bare)
    assert found.wrong == []


def _forms(page: Page, path: str) -> int:
    """How many forms the page has: none when a form sent before has ended what it was about."""
    answer = page.request.get(path)
    html = answer.ok and answer.headers.get("content-type", "").startswith("text/html")
    return len(FORM.findall(answer.text().partition("<main")[2])) if html else 0


def _sent_empty(page: Page, number: int) -> int | None:
    """Empty the form with this number and send it; the status of the answer, None for a form without fields."""
    if not page.evaluate(EMPTIED, number):
        return None
    form = page.locator("main form[method=post]").nth(number)
    with page.expect_navigation() as answer:
        form.locator("button").first.click()
    return answer.value.status
