"""The shell of the driver's app: light enough for a bad line, readable in the sun and at night, the same everywhere."""

import gzip
import re
from urllib.parse import urljoin, urlsplit

import pytest

from tests.api.test_contrast import MARK, MARKS, TEXT, WORDS, contrast
from tests.builders.booking import a_confirmed_ride
from tests.builders.clients import a_client
from transport.api import render, security
from transport.api.driver import shell
from transport.kernel.clock import at
from transport.kernel.db import writing
from transport.operations.dispatch import plans

MOST = 60_000
"""Bytes of everything a telephone loads to show its shift for the first time."""
NAMED = re.compile(r"--([a-z-]+): ?(#[0-9a-f]{3,6})\b")
OWN = [("bar-ink", "bar"), ("ink", "warn"), ("ink", "good"), ("paper", "link")]
"""Pairs that meet only here."""


@pytest.fixture
def visit(house):
    """Emil looks at a full day of his: twelve people."""
    town, dana = house.town, house.cast.dana
    with writing(house.database) as session:
        for hour in range(7, 19):
            client = a_client(session, f"Jan Novák {hour}", blind=True, deaf=True, speaks_hard=True, guide_dog=True)
            a_confirmed_ride(session, town, client, f"{hour}:00", by=dana)
        plans.publish(session, town.day, by=dana, now=house.clock())
    house.clock.now = at(town.day, town.second("6:30"))
    return house.visit(house.cast.emil).get(f"/ridic/smena/{town.car_shift}")


def test_the_whole_shell_is_at_most_sixty_kilobytes(visit, capsys):
    page = visit.shown.text
    assert page.count('class="aid-stop__body"') >= 20
    sizes = {"page": packed(visit.shown.content)}
    manifest = visit.root.find(".//link[@rel='manifest']").get("href")
    icons = [each["src"] for each in visit.client.get(manifest).json()["icons"]]
    for address in {*shell.shell(), *linked(visit), manifest, *icons, "/ridic/sw.js"}:
        answer = visit.client.get(urljoin(manifest, address))
        assert answer.status_code == 200, address
        sizes[address] = packed(answer.content)
    with capsys.disabled():
        print(f"\ndriver shell: {sum(sizes.values())} bytes in {len(sizes)} files, page {sizes['page']}")  # noqa: T201
    assert sum(sizes.values()) <= MOST, sizes


def packed(content: bytes) -> int:
    """As a server sends it that compresses what becomes smaller."""
    return min(len(content), len(gzip.compress(content, 6)))


def linked(visit):
    links = [each.get("href") for each in visit.root.iter("link")]
    return [each for each in [*links, *(script.get("src") for script in visit.root.iter("script"))] if each]


def test_the_worker_keeps_everything_the_page_loads(visit):
    kept = set(shell.shell())
    assert {each for each in linked(visit) if "webmanifest" not in each} <= kept
    imports = [
        urljoin(address, name)
        for address in kept
        if address.endswith(".js")
        for name in re.findall(r'from "(\./[\w.]+)"', visit.client.get(address).text)
    ]
    assert imports
    assert set(imports) <= kept
    worker = visit.client.get("/ridic/sw.js")
    assert worker.headers["service-worker-allowed"] == "/ridic"
    assert all(each in worker.text for each in kept)


def test_no_font_is_loaded_and_only_drivers_may_be_asked_where_they_are(visit, house):
    sheet = (render.STATIC / urlsplit(render.static("css/driver.css")).path.removeprefix("/static/")).read_text()
    assert "@font-face" not in sheet
    assert "url(" not in sheet
    assert "geolocation=(self)" in visit.shown.headers["permissions-policy"]
    assert security.HEADERS["Permissions-Policy"].startswith("geolocation=()")


def themes():
    """The names and values of each theme, as the stylesheet has them; what a theme does not name stays as by day."""
    sheet = (render.STATIC / "css" / "driver.css").read_text()
    day = dict(NAMED.findall(" ".join(re.findall(r":root\{([^}]*)\}", sheet))))
    marked = dict(re.findall(r":root\[data-theme=\"?(night|sun)\"?\]\{([^}]*)\}", sheet))
    return {"day": day, **{name: day | dict(NAMED.findall(body)) for name, body in marked.items()}}


@pytest.mark.parametrize("theme", ["day", "sun", "night"])
def test_every_theme_can_be_read(theme):
    named = themes()[theme]
    words = [pair for pair in [*WORDS, *OWN] if set(pair) <= set(named) and pair != ("ink", "focus")]
    marks = [pair for pair in MARKS if set(pair) <= set(named) and not set(pair) & {"focus", "bar"}]
    assert len(words) > 20
    assert [pair for pair in words if contrast(named[pair[0]], named[pair[1]]) < TEXT] == []
    assert [pair for pair in marks if contrast(named[pair[0]], named[pair[1]]) < MARK] == []
    assert contrast(named["focus"], named["ring"]) >= TEXT
