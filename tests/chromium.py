"""A real browser for the tests that need one: what it shows, what assistive technology would meet."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from tools import browser

AXE = Axe()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
BESIDES = (
    "target-size",
    "identical-links-same-purpose",
    "landmark-complementary-is-top-level",
    "focus-order-semantics",
    "css-orientation-lock",
    "p-as-heading",
    "table-fake-caption",
    "td-has-header",
)
"""Rules that axe-core leaves out unless asked."""
RULES: dict[str, Any] = {
    "runOnly": {"type": "tag", "values": TAGS},
    "rules": {name: {"enabled": True} for name in BESIDES},
    "resultTypes": ["violations", "incomplete"],
}
"""WCAG 2.2 AA, what axe-core recommends besides, and what it still tries out; of what is right it names one place."""


@contextmanager
def opened() -> Iterator[Browser]:
    """The browser that `make browser` found; its absence is a failure with one sentence, never a skip."""
    path = browser.find()
    assert path, "no Chromium found: run `make browser`"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=browser.flags())
        try:
            yield started
        finally:
            started.close()


@dataclass(frozen=True, slots=True)
class Look:
    """What axe-core says of a page: barriers in a line each, rules it could not decide, how many rules it tried."""

    barriers: list[str]
    unsure: list[str]
    rules: int


def looked_over(page: Page) -> Look:
    """Let axe-core look at the page as it stands."""
    answer = AXE.run(page, options=RULES).response
    found = [
        f"{each['id']} ({each['impact']}), {len(each['nodes'])}x: {each['help']}: {each['nodes'][0]['html']}"
        for each in answer["violations"]
    ]
    tried = sum(len(answer[kind]) for kind in ("violations", "passes", "incomplete"))
    return Look(found, [each["id"] for each in answer["incomplete"]], tried)


def barriers(page: Page) -> list[str]:
    """What axe-core finds wrong with the page as it stands: one line for each rule, with the first place."""
    return looked_over(page).barriers
