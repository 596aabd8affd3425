"""What different eyes and hands find wrong with a page as it stands in a browser: one sentence for each finding."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page, ViewportSize

from tests.chromium import looked_over

WIDE = ViewportSize(width=1366, height=768)
PHONE = ViewportSize(width=390, height=844)
NARROW = ViewportSize(width=320, height=640)
"""A wide screen at 400 %."""
LEAST, COMFORTABLE = 24, 44
"""Pixels of anything that is pressed (WCAG 2.2, 2.5.8), and of all that clients and drivers press."""
MOST_STOPS = 250
FORCED, CONTRAST = "forced colours", "color-contrast"
"""In forced colours the contrast is what the reader has chosen, and no machine can know it."""

TARGETS = """least => [...document.querySelectorAll('a[href], button, input, select, textarea, summary')]
    .filter(each => {
    if (each.type === 'hidden' || !each.checkVisibility()) return false;
    const inline = getComputedStyle(each).display === 'inline';
    const around = each.parentElement.textContent.trim().length > each.textContent.trim().length;
    const box = each.getBoundingClientRect();
    if (box.right <= 1 || box.bottom + scrollY <= 1) return false;
    const label = each.matches('[type=radio], [type=checkbox]') ? each.labels[0].getBoundingClientRect() : box;
    const height = Math.max(box.height, label.height), width = Math.max(box.width, label.width);
    return !(inline && around) && Math.min(width, height) < least;
}).map(each => each.outerHTML.slice(0, 160) + ' ' + JSON.stringify(each.getBoundingClientRect()))"""
TOO_WIDE = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
    [...document.querySelectorAll('body *')]
    .filter(each => each.getBoundingClientRect().right > innerWidth + 1 && !each.closest('.aid-scroll, .aid-board'))
    .map(each => each.outerHTML.slice(0, 160)).slice(0, 5).concat('the page scrolls sideways')"""
SPACED = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('* { line-height: 1.5 !important; letter-spacing: .12em !important;'
        + ' word-spacing: .16em !important } p { margin-bottom: 2em !important }');
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}"""
"""Text as people space it who read with difficulty (WCAG 2.2, 1.4.12)."""
FOCUSED = """() => {
    const here = document.activeElement;
    if (!here || here === document.body) return null;
    const style = getComputedStyle(here), box = here.getBoundingClientRect();
    const shown = (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== 'none';
    const drawn = here.matches('[type=radio], [type=checkbox]');
    const met = window.met ??= [], again = met.at(-1) !== here && met.includes(here);
    met.push(here);
    const last = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]')]
        .findLast(each => each.tabIndex >= 0 && !each.disabled && each.type !== 'hidden' && each.checkVisibility());
    const top = document.elementFromPoint(box.left + box.width / 2, Math.min(Math.max(box.top + box.height / 2, 0),
        innerHeight - 1));
    return {what: here.outerHTML.slice(0, 120), ring: shown || drawn, seen: box.bottom > 0 && box.top < innerHeight,
        again, around: again && here === met[0] && met.includes(last),
        covered: top !== null && !drawn && box.width > 0 && !here.contains(top) && !top.contains(here)};
}"""
MOVING = "() => document.getAnimations().map(each => each.effect.target.outerHTML.slice(0, 120))"
BUTTONLESS = """() => [...document.querySelectorAll('form')]
    .filter(each => !each.querySelector('button:not([type=button]), input[type=submit]'))
    .map(each => each.outerHTML.slice(0, 160))"""


@dataclass
class Findings:
    """What was found on all pages of a walk, and how much was looked at."""

    wrong: list[str] = field(default_factory=list)
    unsure: set[tuple[str, str]] = field(default_factory=set)
    """Route and rule: what axe-core could not decide."""
    pages: set[str] = field(default_factory=set)
    checks: int = 0

    def look(self, page: Page, where: str, *checks: Callable[[Page], list[str]]) -> None:
        """Check the page as it stands; `where` names the context."""
        self.pages.add(page.url)
        for check in checks:
            self.checks += 1
            path = re.sub(r"^https?://[^/]+", "", page.url)
            self.wrong += [f"{where} {path}: {found}" for found in check(page)]

    def look_with_axe(self, page: Page, route: str, where: str) -> None:
        """Check the page with axe-core; what it is not sure of is kept by route and rule."""
        found = looked_over(page)
        self.checks += found.rules
        path = re.sub(r"^https?://[^/]+", "", page.url)
        self.wrong += [f"{where} {path}: {line}" for line in found.barriers]
        colours_are_theirs = where == FORCED
        self.unsure |= {(route, rule) for rule in found.unsure if not (colours_are_theirs and rule == CONTRAST)}


def too_small(page: Page) -> list[str]:
    """Anything pressed that is smaller than anybody can hit."""
    return _small(page, LEAST)


def uncomfortable(page: Page) -> list[str]:
    """Anything pressed that is smaller than a trembling hand can hit."""
    return _small(page, COMFORTABLE)


def too_wide(page: Page) -> list[str]:
    """Whatever makes the page scroll sideways."""
    found: list[str] = page.evaluate(TOO_WIDE)
    return [f"wider than the screen: {each}" for each in found]


def too_wide_when_spaced(page: Page) -> list[str]:
    """The same with spaced text; the page stays spaced."""
    page.evaluate(SPACED)
    return [f"spaced: {each}" for each in too_wide(page)]


def lost_focus(page: Page) -> list[str]:
    """Tab through the whole page: every stop is on the screen, uncovered, and can be seen to be the one.

    After the last stop the focus leaves the page, or starts anew at the first one: a browser without a
    window has nothing else to give it to. Whoever comes by a stop again in any other way is caught.
    """
    found: list[str] = []
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop: dict[str, Any] | None = page.evaluate(FOCUSED)
        if stop is None or stop["around"]:
            page.evaluate("document.activeElement?.blur()")
            return found
        if stop["again"]:
            return [*found, f"the keyboard goes in a circle: {stop}"]
        if not (stop["ring"] and stop["seen"]) or stop["covered"]:
            found.append(f"focus cannot be seen: {stop}")
    return [*found, "the keyboard does not come out of this page"]


def moving(page: Page) -> list[str]:
    """Whatever moves although the reader asked for rest."""
    found: list[str] = page.evaluate(MOVING)
    return [f"moves: {each}" for each in found]


def bare(page: Page) -> list[str]:
    """What is lost without scripts: one heading, the content, a button for every form."""
    found = []
    if page.locator("h1").count() != 1 or not page.locator("h1").is_visible() or not page.locator("main").is_visible():
        found.append("no heading or no content")
    forms: list[str] = page.evaluate(BUTTONLESS)
    return found + [f"a form without a button: {each}" for each in forms]


def _small(page: Page, least: int) -> list[str]:
    found: list[str] = page.evaluate(TARGETS, least)
    return [f"smaller than {least} px: {each}" for each in found]
