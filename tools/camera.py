"""The camera of the photographs: tabs of the two sizes, logging in, pictures into docs/screens/."""

from pathlib import Path

from playwright.sync_api import Browser, Page

from transport.cli.demo.people import PASSWORD

HOME = Path(__file__).resolve().parents[1]
SCREENS = HOME / "docs" / "screens"
SIZES = {"desk": (1280, 900), "phone": (390, 844)}


def opened(chromium: Browser, screen: str) -> Page:
    """A tab on a screen of that size."""
    width, height = SIZES[screen]
    context = chromium.new_context(
        viewport={"width": width, "height": height}, locale="cs-CZ", timezone_id="Europe/Prague"
    )
    return context.new_page()


def take(page: Page, name: str, screen: str, *, whole: bool = True) -> None:
    """The whole page on a desk, unless what is on the screen is meant; what is seen first on a phone."""
    file = name if screen == "desk" else f"{name}-{screen}"
    page.screenshot(path=SCREENS / f"{file}.png", full_page=whole and screen == "desk")
    print(f"{file:>24}  {page.title()}")


def log_in(page: Page, address: str, login: str) -> None:
    """Through the page for those who have a password."""
    page.goto(f"{address}/cs/prihlaseni/heslo")
    form = page.locator("form", has=page.locator("input[type=password]"))
    form.locator("input[type=text]").first.fill(login)
    form.locator("input[type=password]").fill(PASSWORD)
    form.locator("button").first.click()
    page.wait_for_load_state()
