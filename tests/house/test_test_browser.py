"""The real browser and axe-core do find what they are there to find."""

import pytest
from playwright.sync_api import Page

from tests.chromium import barriers

pytestmark = pytest.mark.browser

GOOD = """<!doctype html><html lang="cs"><head><title>Jízdy</title></head>
<body><main><h1>Jízdy</h1><label for="when">Kdy</label><input id="when" name="when"></main></body></html>"""


def test_a_good_page_has_no_barriers(page: Page):
    page.set_content(GOOD)
    assert barriers(page) == []


def test_a_control_without_a_label_and_a_page_without_a_language_are_found(page: Page):
    page.set_content(GOOD.replace(' lang="cs"', "").replace('<label for="when">Kdy</label>', ""))
    assert {barrier.split()[0] for barrier in barriers(page)} == {"html-has-lang", "label"}
