"""Photograph the main pages of the demo, as each person sees them, into docs/screens/.

    python -m tools.screens                     builds a demo in a folder of its own
    python -m tools.screens --local-dir FOLDER  uses the demo that is in that folder

Pages that depend on the day (tomorrow is the demo's) are reached as people reach them: by links and buttons.
"""

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tools import browser
from tools.bench import build
from transport.cli.demo.people import PASSWORD
from transport.kernel import clock

HOME = Path(__file__).resolve().parents[1]
SCREENS = HOME / "docs" / "screens"
DESK = (1280, 900)
PHONE = (390, 844)


@dataclass(frozen=True, slots=True)
class Shot:
    """One photograph: its name, who looks, at what, and how large their screen is."""

    name: str
    login: str | None
    path: str
    size: tuple[int, int] = DESK


TOMORROW = (clock.local_day(clock.utc_now()) + timedelta(days=1)).isoformat()
SHOTS = (
    Shot("start", None, "/cs/"),
    Shot("start-phone", None, "/cs/", PHONE),
    Shot("log-in", None, "/cs/prihlaseni"),
    Shot("client", "anna", "/cs/moje"),
    Shot("client-phone", "anna", "/cs/moje", PHONE),
    Shot("representative", "cyril", "/cs/moje"),
    Shot("operator", "olga", "/op"),
    Shot("dispatcher", "dana", "/disp"),
    Shot("dispatcher-day", "dana", f"/disp/{TOMORROW}"),
    Shot("driver-phone", "emil", f"/ridic?datum={TOMORROW}", PHONE),
    Shot("contract", "frantiska", "/smlouva"),
)

ORDER = {"odkud": "book-where", "nabidka": "book-offers", "kontrola": "book-check", "hotovo": "book-done"}
"""Steps of booking of which a picture is taken, and its name."""


def main() -> int:
    """Take all photographs; 1 when a page does not answer as it should."""
    parser = argparse.ArgumentParser(description="Photograph the main pages of the demo.")
    parser.add_argument("--local-dir", type=Path, help="folder of a demo that is there already")
    given: Path | None = parser.parse_args().local_dir
    path = browser.find()
    if path is None:
        print("screens: no Chromium found: run make browser", file=sys.stderr)
        return 1
    SCREENS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="transport-screens-") as made:
        if given is None:
            build(made)
        with served(str(given or made)) as address, sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=path, args=browser.flags())
            wrong = [fault for shot in SHOTS for fault in photograph(chromium, address, shot)]
            wrong += order(chromium, address)
            chromium.close()
    for fault in wrong:
        print(f"screens: {fault}", file=sys.stderr)
    return 1 if wrong else 0


@contextmanager
def served(folder: str) -> Iterator[str]:
    """The demo's pages on a free port of this machine, for as long as the photographs take."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    where = {
        **os.environ,
        "TRANSPORT_LOCAL_DIR": folder,
        "TRANSPORT_DATABASE_URL": "",
        "TRANSPORT_HOST": "127.0.0.1",
        "TRANSPORT_PORT": str(port),
    }
    server = subprocess.Popen([sys.executable, "-m", "transport", "serve"], cwd=HOME, env=where)
    try:
        address = f"http://127.0.0.1:{port}"
        wait_for(f"{address}/cs/", server)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)


def wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    """Until the page answers; a server that ends or stays silent is the end."""
    for _ in range(600):  # on a new machine the planner is compiled first
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310 - our own server, on this machine
                return
        except (urllib.error.URLError, TimeoutError):
            if server.poll() is not None:
                break
            time.sleep(0.25)
    raise SystemExit("screens: the pages are not served; the server says why above")


def photograph(chromium: Browser, address: str, shot: Shot) -> list[str]:
    """Go there as that person and take the picture; returns what was wrong."""
    width, height = shot.size
    context = chromium.new_context(
        viewport={"width": width, "height": height}, locale="cs-CZ", timezone_id="Europe/Prague"
    )
    page = context.new_page()
    if shot.login:
        log_in(page, address, shot.login)
    answer = page.goto(f"{address}{shot.path}")
    page.screenshot(path=SCREENS / f"{shot.name}.png", full_page=shot.size == DESK)
    title = page.title()
    context.close()
    print(f"{shot.name:>16}  {title}")
    return [] if answer and answer.ok else [f"{shot.path} answers {answer.status if answer else 'nothing'}"]


def order(chromium: Browser, address: str) -> list[str]:
    """Book a ride there and back as Cyril does for his mother, taking pictures of the offers and what follows."""
    context = chromium.new_context(viewport={"width": DESK[0], "height": DESK[1]}, locale="cs-CZ")
    page = context.new_page()
    log_in(page, address, "cyril")
    page.locator("main form button, main a.govuk-button").first.click()
    taken: list[str] = []
    for _ in range(12):
        step = page.url.rstrip("/").rsplit("/", 1)[-1]
        if step in ORDER:
            page.screenshot(path=SCREENS / f"{ORDER[step]}.png", full_page=True)
            print(f"{ORDER[step]:>16}  {page.title()}")
            taken.append(step)
        if step == "hotovo":
            break
        answer(page)
    context.close()
    return [f"booking never came to {step}" for step in ORDER if step not in taken]


def answer(page: Page) -> None:
    """Take the first answer to every question of the page (of the days the third, which is free) and go on."""
    for name in dict.fromkeys(radio.get_attribute("name") for radio in page.locator("main input[type=radio]").all()):
        choices = page.locator(f"main input[type=radio][name={name}]")
        choices.nth(2 if name == "day" else 0).check(force=True)
    for name, text in (("time", "10:15"), ("return_time", "13:30")):
        if page.locator(f"input[name={name}]").count():
            page.fill(f"input[name={name}]", text)
    page.locator("main form button").first.click()
    page.wait_for_load_state()


def log_in(page: Page, address: str, login: str) -> None:
    """Through the page of the service, as anybody does."""
    page.goto(f"{address}/cs/prihlaseni")
    form = page.locator("form", has=page.locator("input[type=password]"))
    form.locator("input[type=text], input[type=email], input:not([type])").first.fill(login)
    form.locator("input[type=password]").fill(PASSWORD)
    form.locator("button").first.click()
    page.wait_for_load_state()


if __name__ == "__main__":
    sys.exit(main())
