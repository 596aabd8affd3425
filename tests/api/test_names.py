"""What a screen reader says of the pages that matter most: roles, names and order, compared with what was agreed.

`TRANSPORT_TEST_RECORD=1` writes the pages anew into `names/`; read the difference aloud before it is committed.
"""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.api.scene import Scene
from tests.api.served import served
from tests.api.test_gate import visiting
from transport.kernel.actor import Role

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NAMES = Path(__file__).with_name("names")
RECORD = bool(os.environ.get("TRANSPORT_TEST_RECORD"))
PAGES = {
    "start": ("public", "public:start"),
    "log-in": ("public", "public:login"),
    "my-rides": (Role.CLIENT, "client:home"),
    "where-from": (Role.CLIENT, "client:book.step"),
    "offers": (Role.CLIENT, "client:book.offer"),
    "check": (Role.CLIENT, "client:book.check"),
    "ride": (Role.CLIENT, "client:ride"),
    "cancel": (Role.CLIENT, "client:ride.cancel"),
}
CHANCE = (
    (re.compile(r"\d{3}[ \u00a0]\d{3}\b(?![ \u00a0]\d)"), "(number of the ride)"),
    (re.compile(r"/url: .*"), "/url: …"),
)
"""What is drawn by lot and differs from run to run."""


@pytest.mark.parametrize("name", PAGES)
def test_a_screen_reader_says_what_was_agreed(chromium: Browser, scene: Scene, name: str):
    role, route = PAGES[name]
    path = next(path for path, known in scene.pages(role).items() if known == route)
    with served(scene.house.app) as address, visiting(chromium, scene.house, role, address) as context:
        page = context.new_page()
        page.goto(path)
        said = page.locator("body").aria_snapshot()
    for pattern, words in CHANCE:
        said = pattern.sub(words, said)
    agreed = NAMES / f"{name}.yml"
    if RECORD:
        NAMES.mkdir(exist_ok=True)
        agreed.write_text(said + "\n", "utf-8")
    assert said + "\n" == agreed.read_text("utf-8")
