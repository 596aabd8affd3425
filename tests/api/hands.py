"""Somebody who has only a keyboard: Tab, arrows, Space, Enter. English texts are said in the page's language."""

import pytest
from playwright.sync_api import Page

from transport.api.render import CATALOGUES
from transport.kernel.i18n import Lang

MOST = 80
FOCUSED = """() => {
    const here = document.activeElement;
    const box = here.getBoundingClientRect();
    const words = here.labels?.length ? here.labels[0].innerText : here.innerText;
    return [here.tagName, here.type ?? '', words?.trim() ?? '', box.bottom > 0 && box.top < innerHeight];
}"""


class Hands:
    """The keyboard, the page, and how many keys were pressed so far."""

    def __init__(self, page: Page, lang: Lang) -> None:
        self.page, self.lang, self.keys = page, lang, 0

    def said(self, text: str) -> str:
        """An English text in the language of the page, up to its first gap."""
        return CATALOGUES[self.lang].text(text).split("{")[0].replace("\u00a0", " ").strip()

    @property
    def heading(self) -> str:
        """The first heading of the page."""
        return self.page.locator("h1").inner_text().replace("\u00a0", " ")

    def key(self, name: str) -> None:
        """Press one key."""
        self.keys += 1
        self.page.keyboard.press(name)

    def go_to(self, text: str) -> None:
        """Tab until this is focused; whatever is focused on the way can be seen."""
        words = self.said(text)
        for _ in range(MOST):
            self.key("Tab")
            tag, _kind, found, seen = self.page.evaluate(FOCUSED)
            assert seen or tag == "BODY", f"{found!r} is focused outside the screen"
            if plain(found).startswith(plain(words)):
                return
        pytest.fail(f"{words!r} cannot be reached on {self.page.url}")

    def skip(self) -> None:
        """Leave out the header, as people do who press these keys every day."""
        self.key("Tab")
        self.key("Enter")

    def press(self, text: str) -> None:
        """Go to a link or a button and press Enter."""
        self.go_to(text)
        self.enter()

    def enter(self) -> None:
        """Press Enter and wait for the next page."""
        with self.page.expect_navigation():
            self.key("Enter")

    def choose(self, text: str, *, again: bool = False) -> None:
        """Reach the (next, if `again`) group of radios and go down to the one with these words."""
        words = self.said(text)
        if again:
            self.key("Tab")
        while self.page.evaluate(FOCUSED)[1] != "radio":
            self.key("Tab")
        self.key("Space")
        for _ in range(MOST):
            if plain(self.page.evaluate(FOCUSED)[2]).startswith(plain(words)):
                return
            self.key("ArrowDown")
        pytest.fail(f"{words!r} is no choice on {self.page.url}")

    def write(self, text: str, typed: str) -> None:
        """Go to a field and type into it."""
        self.go_to(text)
        self.keys += len(typed)
        self.page.keyboard.type(typed)


def plain(text: str) -> str:
    """As a person compares words: without hard spaces and capitals."""
    return text.replace("\u00a0", " ").casefold()
