"""Every page of every door, as people with different screens, eyes and hands meet it."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi.routing import iter_route_contexts
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from tests.api.client.conftest import House
from tests.api.served import served
from tests.builders.booking import a_confirmed_ride, a_draft, booked, chosen, looked
from tests.builders.circle import a_circle
from tests.builders.driving import absent
from tests.builders.entering import VISIT, a_visit
from tests.builders.letters import a_complaint
from tests.builders.registrations import KEY, a_registration
from tests.builders.standing import a_written
from tests.chromium import barriers
from transport.api import deps, security
from transport.api.client import needing
from transport.api.public import easy
from transport.api.public.registration import REGISTRATION
from transport.booking.clients import queries as clients
from transport.booking.rides import drafts, links, requests
from transport.booking.standing import drafts as standing_drafts
from transport.kernel.actor import Actor, Role
from transport.kernel.db import writing
from transport.operations.dispatch import plans
from transport.routing.planning import proposals

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WIDE, NARROW = ViewportSize(width=1366, height=768), ViewportSize(width=320, height=640)
REGULAR_STEPS = ("odkud", "kam", "dny", "cas", "zpet", "odkdy", "svatky", "pomoc")
STEPS = ("odkud", "kam", "den", "cas", "zpet", "pomoc")
ROLES = ("public", Role.CLIENT, Role.OPERATOR, Role.DISPATCHER, Role.DRIVER, Role.MANAGER)
QUESTIONS = {
    "client:book.find": "?pro=kam&q=hospital",
    "client:regular.find": "?pro=kam&q=hospital",
    "client:profile.place.new": "?q=hospital",
    "client:organisation": "?den={day}",
    "client:organisation.ask": "?den={day}&jizdy={leaving}",
    "client:organisation.print": "?den={day}",
    "link:ride": "?lang=cs",
    "link:cancel": "?lang=cs",
    "op:desk": "?q=Anna",
}
ONWARD = re.compile(r"/|/disp|/ridic|/smlouva|/cs/(objednat|pravidelne/nova)/[\w-]+|/cs/registrace/hotovo")
"""Addresses that lead to the page meant: by language, by day, by what is not answered yet."""
LEAST, COMFORTABLE = 24, 44
"""Pixels of anything that is pressed (WCAG 2.2, 2.5.8), and of the buttons of an order."""

SMALL = """least => [...document.querySelectorAll('a[href], button, input, select, textarea, summary')].filter(each => {
    if (each.type === 'hidden' || !each.checkVisibility()) return false;
    const inline = getComputedStyle(each).display === 'inline';
    const around = each.parentElement.textContent.trim().length > each.textContent.trim().length;
    const box = each.getBoundingClientRect();
    if (box.right <= 1 || box.bottom + scrollY <= 1) return false;
    return !(inline && around) && Math.min(box.width, box.height) < least;
}).map(each => each.outerHTML.slice(0, 160) + ' ' + JSON.stringify(each.getBoundingClientRect()))"""
BUTTONS = """least => [...document.querySelectorAll('.govuk-button, .govuk-input, .govuk-radios__input')]
    .filter(each => each.checkVisibility() && each.getBoundingClientRect().height < least)
    .map(each => each.outerHTML.slice(0, 160))"""
TOO_WIDE = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
    [...document.querySelectorAll('body *')]
    .filter(each => each.getBoundingClientRect().right > innerWidth + 1 && !each.closest('.aid-scroll, .aid-board'))
    .map(each => each.outerHTML.slice(0, 160)).slice(0, 5).concat('the page scrolls sideways')"""


@dataclass
class Scene:
    """A day with something on every page: what the parameters of addresses may be."""

    house: House
    values: dict[str, list[str]]

    def addresses(self, role: str) -> list[str]:
        """Every page for this role; a page with a parameter nobody has thought of is a KeyError."""
        return sorted({path for route in iter_route_contexts(self.house.app.routes) for path in self._of(route, role)})

    def _of(self, route: Any, role: str) -> Iterator[str]:
        if "GET" not in (route.methods or ()) or audience(route) != role:
            return
        paths = [route.path + QUESTIONS.get(route.name, "")]
        for name in re.findall(r"\{(\w+)(?::\w+)?\}", paths[0]):
            values = self.values.get(f"{route.name} {name}") or self.values[name]
            paths = [re.sub(rf"\{{{name}(:\w+)?\}}", value, path) for path in paths for value in values]
        yield from paths


def audience(route: Any) -> str:
    """The role that visits a page: the first one it is meant for, a client for pages of one's own."""
    calls: list[Any] = []

    def below(dependant: Any) -> None:
        calls.append(dependant.call)
        for each in dependant.dependencies:
            below(each)

    if not hasattr(route.original_route, "dependant"):
        return "nobody"
    below(route.dependant)
    for call in calls:
        if getattr(call, "__qualname__", "") == "require.<locals>.audience":
            roles: tuple[Role, ...] = call.__closure__[0].cell_contents
            return roles[0]
    return Role.CLIENT if deps.me in calls else "public"


@pytest.fixture
def scene(house: House) -> Scene:
    """Rides, orders half done, waiting and done, a wish that was not met; one plan in force, another asked for."""
    cast, town = house.cast, house.town
    with writing(house.database) as session:
        a_registration(session, town)
        anna, hana = cast.anna_herself, cast.hana
        rides = [
            a_confirmed_ride(session, town, cast.anna, "9:00", by=hana),
            a_confirmed_ride(session, town, cast.bedrich, "9:00", by=hana, origin="zbuch", to="station"),
        ]
        plans.publish(session, town.day, by=cast.dana, now=house.clock())
        proposal = proposals.ask(session, town.day, seconds=10, by=cast.dana, now=house.clock())
        looked(session, town, a_draft(session, town, cast.anna, "20:00", by=anna, companions=("wheelchair",)), by=anna)
        order = a_draft(session, town, cast.anna, "13:00", by=anna, back="15:00")
        waiting = requests.of_request(session, booked(session, town, order, by=anna))
        missed = a_confirmed_ride(session, town, cast.anna, "7:00", by=hana, to="station")
        absent(session, town, missed, by=cast.dana)
        link = links.make(session, rides[0], by=anna, now=house.clock())
        asked, held = (a_draft(session, town, cast.anna, at, by=anna) for at in ("17:00", "19:00"))
        for draft in (asked, held):
            drafts.note(session, draft, now=house.clock(), back="no", help=True)
        chosen(session, town, held, by=anna)
        circle = a_circle(session, town, cast.anna, member=anna)
        regular, done = (a_written(session, town, cast.anna, by=anna, to=to) for to in ("school", "station"))
        standing = standing_drafts.ask(session, done, world=town.world, by=anna, now=house.clock())
        values = {
            "order_id": [str(standing.id)],
            "consent_id": [circle.consent],
            "organisation_id": [circle.organisation],
            "mandate_id": [circle.invitation],
            "leaving": [rides[0].code],
            "part": list(needing.PARTS),
            "own_id": [str(clients.places(session, cast.anna.id or 0)[0].id)],
            **{f"client:regular.{name} key": [regular.key] for name in ("resume", "find", "step", "check")},
            "client:regular.done key": [done.key],
            "client:regular.step step": list(REGULAR_STEPS),
            "lang": ["cs"],
            "day": [town.day.isoformat()],
            "code": [rides[0].code],
            "op:client code": [cast.anna.code],
            "disp:decline code": [waiting[0].code],
            "key": [asked.key],
            "client:ride.back code": [waiting[1].code],
            "client:ride.objection code": [missed.code],
            "token": [link],
            "link": [a_visit(session)],
            "client:book.check key": [held.key],
            "client:book.done key": [order.key],
            "step": list(STEPS),
            "public:easy.page name": [page.slug for page in easy.PAGES],
            "public:check.result result": ["ano+dite+vozik", "ne+bydliste+vek-a-prukaz+vleze"],
            "public:complaint.done letter": [a_complaint(session).key],
            "public:error number": ["404", "500", "503"],
            "shift_id": [str(town.car_shift)],
            "proposal_id": [str(proposal.id)],
        }
    return Scene(house, values)


def who(house: House, role: str) -> Actor | None:
    cast = house.cast
    people: dict[str, Actor] = {
        Role.CLIENT: cast.anna_herself,
        Role.OPERATOR: cast.hana,
        Role.DISPATCHER: cast.dana,
        Role.DRIVER: cast.emil,
        Role.MANAGER: cast.frantiska,
    }
    return people.get(role)


@contextmanager
def visiting(chromium: Browser, house: House, role: str, address: str, **options: Any) -> Iterator[BrowserContext]:
    """Somebody's browser, logged in; whatever it complains about fails the test."""
    context = chromium.new_context(
        locale="cs-CZ", timezone_id="Europe/Prague", viewport=WIDE, base_url=address, **options
    )
    complaints: list[str] = []
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    context.on("console", lambda said: complaints.append(f"{said.type}: {said.text}") if said.type == "error" else None)
    context.on(
        "request", lambda sent: complaints.append(sent.url) if not sent.url.startswith((address, "data:")) else None
    )
    actor = who(house, role)
    if actor is not None:
        token = house.visit(actor).client.cookies[security.SESSION]
        context.add_cookies([{"name": security.SESSION, "value": token, "url": address}])
    else:
        context.add_cookies([{"name": REGISTRATION, "value": KEY, "url": address}])
        context.add_cookies([{"name": security.VISIT, "value": VISIT, "url": address}])
    yield context
    context.close()
    assert complaints == []


def is_a_page(page: Page, path: str) -> bool:
    """Go there; False for what is no page of HTML. A page that sends its visitor elsewhere would go unseen."""
    answer = page.request.get(path)
    assert answer.ok, f"{answer.status} {path}"
    if not answer.headers.get("content-type", "").startswith("text/html"):
        return False
    page.goto(path)
    assert page.url.endswith(path) or ONWARD.fullmatch(path), f"{path} leads to {page.url}"
    return True


def wrong(page: Page, *checks: Callable[[Page], list[str]]) -> list[str]:
    return [f"{page.url}: {found}" for check in checks for found in check(page)]


def too_small(page: Page) -> list[str]:
    found: list[str] = page.evaluate(SMALL, LEAST)
    return [f"smaller than {LEAST} px: {each}" for each in found]


def uncomfortable(page: Page) -> list[str]:
    found: list[str] = page.evaluate(BUTTONS, COMFORTABLE)
    return [f"lower than {COMFORTABLE} px: {each}" for each in found]


def too_wide(page: Page) -> list[str]:
    found: list[str] = page.evaluate(TOO_WIDE)
    return [f"wider than the screen: {each}" for each in found]


@pytest.mark.parametrize("role", ROLES)
def test_no_page_has_a_barrier(chromium: Browser, scene: Scene, role: str):
    found: list[str] = []
    with served(scene.house.app) as address, visiting(chromium, scene.house, role, address) as context:
        page = context.new_page()
        for path in scene.addresses(role):
            page.emulate_media(forced_colors="none")
            page.set_viewport_size(WIDE)
            if not is_a_page(page, path):
                continue
            found += wrong(page, barriers, too_small, *([uncomfortable] if role in {"public", Role.CLIENT} else []))
            page.set_viewport_size(NARROW)
            found += [f"320 px: {each}" for each in wrong(page, barriers, too_small, too_wide)]
            page.emulate_media(forced_colors="active")
            found += [f"forced colours: {each}" for each in wrong(page, barriers)]
    assert not found, "\n".join(dict.fromkeys(found))


@pytest.mark.parametrize("role", ROLES)
def test_every_page_stands_without_scripts(chromium: Browser, scene: Scene, role: str):
    lost: list[str] = []
    with (
        served(scene.house.app) as address,
        visiting(chromium, scene.house, role, address, java_script_enabled=False) as context,
    ):
        page = context.new_page()
        for path in scene.addresses(role):
            if not is_a_page(page, path):
                continue
            if not (page.locator("h1").is_visible() and page.locator("main").is_visible()):
                lost.append(path)
            lost += [
                f"{path}: a form without a button"
                for form in page.locator("form").all()
                if not form.locator("button[type=submit], button:not([type])").count()
            ]
    assert lost == []


class Hands:
    """Somebody who has only a keyboard: Tab, arrows, Space and Enter."""

    MOST = 60
    FOCUSED = """() => {
        const here = document.activeElement;
        const box = here.getBoundingClientRect();
        const words = here.labels?.length ? here.labels[0].innerText : here.innerText;
        return [here.tagName, here.type ?? '', words?.trim() ?? '', box.bottom > 0 && box.top < innerHeight];
    }"""

    def __init__(self, page: Page) -> None:
        self.page = page

    def go_to(self, words: str) -> None:
        """Tab until this is focused; whatever is focused on the way can be seen."""
        for _ in range(self.MOST):
            self.page.keyboard.press("Tab")
            tag, _type, said, visible = self.page.evaluate(self.FOCUSED)
            assert visible or tag == "BODY", f"{said!r} is focused outside the screen"
            if said.replace("\u00a0", " ").startswith(words):
                return
        pytest.fail(f"{words!r} cannot be reached on {self.page.url}")

    def press(self, words: str) -> None:
        """Go to a link or a button and press Enter."""
        self.go_to(words)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def choose(self, words: str) -> None:
        """Reach the group of radios and go down to the one with these words."""
        while self.page.evaluate(self.FOCUSED)[1] != "radio":
            self.page.keyboard.press("Tab")
        self.page.keyboard.press("Space")
        for _ in range(self.MOST):
            if self.page.evaluate(self.FOCUSED)[2].replace("\u00a0", " ").startswith(words):
                return
            self.page.keyboard.press("ArrowDown")
        pytest.fail(f"{words!r} is no choice on {self.page.url}")

    def write(self, words: str, text: str) -> None:
        self.go_to(words)
        self.page.keyboard.type(text)


def test_anna_orders_a_ride_with_the_keyboard_alone(chromium: Browser, house: House):
    with served(house.app) as address, visiting(chromium, house, Role.CLIENT, address) as context:
        page = context.new_page()
        page.goto("/cs/")
        anna = Hands(page)
        anna.press("Objednat jízdu")
        assert page.url.endswith("/cs/objednat")
        anna.press("Začít")
        anna.choose("Domů")
        anna.press("Pokračovat")
        anna.write("Kam chcete jet?", "hospital")
        anna.press("Pokračovat")
        anna.choose("hospital")
        anna.press("Pokračovat")
        anna.choose("Úterý 24. listopadu")
        anna.press("Pokračovat")
        anna.choose("V tu dobu chci vyjet")
        anna.write("Čas", "9:00")
        anna.press("Pokračovat")
        anna.choose("Ne")
        anna.press("Pokračovat")
        anna.choose("nikdo")
        anna.press("Pokračovat")
        anna.choose("Vyzvedneme vás")
        anna.press("Pokračovat")
        anna.press("Objednat jízdu")
        assert page.locator("h1").inner_text() == "Jízda je objednaná"
