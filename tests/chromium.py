"""A real browser for the tests that need one: what it shows, what assistive technology would meet."""

from collections.abc import Iterator
from contextlib import contextmanager

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from tools import browser

AXE = Axe()
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
"""WCAG 2.2 AA, and what axe-core recommends besides."""


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


def barriers(page: Page) -> list[str]:
    """What axe-core finds on the page as it stands: one line for each rule, with the first place."""
    return [
        f"{found['id']} ({found['impact']}), {len(found['nodes'])}x: {found['help']}: {found['nodes'][0]['html']}"
        for found in AXE.run(page, options=RULES).response["violations"]
    ]
