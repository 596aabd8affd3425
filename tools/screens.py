"""Photograph the main pages of the demo, as each person sees them, into docs/screens/.

    python -m tools.screens                     builds a demo in a folder of its own
    python -m tools.screens --local-dir FOLDER  uses the demo that is in that folder
    python -m tools.screens --roads FILE        draws the map over an extract of OpenStreetMap: tools/elsewhere.py
    python -m tools.screens --only NAME …       takes these pictures alone

Pages that depend on the day (tomorrow is the demo's) are reached as people reach them: by links and buttons. The day
under way is photographed by day: nobody is on the road at night.
"""

import argparse
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tools import browser, elsewhere, street
from tools.bench import build
from tools.camera import HOME, SCREENS, SIZES, log_in, opened, take
from transport.kernel import clock


@dataclass(frozen=True, slots=True)
class Shot:
    """One page: its name, who looks, where they begin, on which screens, and the links they follow from there.

    `ready`: what the scripts of the page make, to be waited for; `focus`: what has the focus on the picture; `seen`:
    only what is on the screen, not all of it.
    """

    name: str
    login: str | None
    path: str
    screens: tuple[str, ...] = ("desk", "phone")
    follow: tuple[str, ...] = ()
    status: int = 200
    ready: str = ""
    focus: str = ""
    seen: bool = False


DESK, PHONE = ("desk",), ("phone",)
TODAY = clock.local_day(clock.utc_now()).isoformat()
TOMORROW = (clock.local_day(clock.utc_now()) + timedelta(days=1)).isoformat()
RIDE = "main .aid-next a[href*='/jizdy/']:not([href$='/zmenit'], [href$='/zrusit'])"
A_RUN = "#mapa [data-run='2'] a[data-lat]"
SHOTS = (
    Shot("start", None, "/cs/"),
    Shot("start-uk", None, "/uk/", PHONE),
    Shot("prices", None, "/cs/kdo-a-za-kolik"),
    Shot("eligibility", None, "/cs/narok"),
    Shot("easy-to-read", None, "/cs/snadne-cteni/co-to-je"),
    Shot("registration", None, "/cs/registrace"),
    Shot("complaint", None, "/cs/stiznost"),
    Shot("log-in", None, "/cs/prihlaseni"),
    Shot("error", None, "/cs/tuto-stranku-nemame", status=404),
    Shot("client", "anna", "/cs/moje"),
    Shot("ride", "anna", "/cs/moje", follow=(RIDE,)),
    Shot("change", "anna", "/cs/moje", follow=(RIDE, "main a[href$='/zmenit']")),
    Shot("regular", "anna", "/cs/pravidelne"),
    Shot("history", "anna", "/cs/historie"),
    Shot("profile", "anna", "/cs/profil"),
    Shot("mandates", "anna", "/cs/profil/zastupci"),
    Shot("representative", "cyril", "/cs/moje"),
    Shot("people", "vera", "/cs/moje/za-koho"),
    Shot("organisation", "jarmila", "/cs/organizace", follow=("main a[href*='/organizace/']",)),
    Shot("operator", "olga", "/op", DESK),
    Shot("operator-queue", "olga", "/op/fronta", DESK),
    Shot("dispatcher", "dana", "/disp", DESK, seen=True),
    Shot("dispatcher-day", "dana", f"/disp/{TOMORROW}?pohled=deska", DESK, ready=".aid-board--placed", seen=True),
    Shot("dispatcher-list", "dana", f"/disp/{TOMORROW}?pohled=seznam", DESK, seen=True),
    Shot("map", "dana", f"/disp/{TOMORROW}/mapa", DESK, ready="#mapa[data-drawn]", focus=A_RUN, seen=True),
    Shot("difference", "dana", f"/disp/{TOMORROW}/navrh", DESK),
    Shot("checklist", "dana", f"/disp/{TOMORROW}/zitra", DESK),
    Shot("roster", "dana", "/disp/smeny", DESK, seen=True),
    Shot("vehicles", "dana", "/disp/vozy", DESK),
    Shot("boarding-times", "dana", "/disp/casy-nastupu", DESK),
    Shot("driver-log-in", None, "/ridic/prihlaseni", PHONE),
    Shot("reports", "dana", f"/disp/{TODAY}/hlaseni", DESK, seen=True),
    Shot("exceptions", "dana", f"/disp/{TODAY}/vyjimky", DESK, seen=True),
    Shot("papers", "dana", f"/disp/{TODAY}/papir", DESK, seen=True),
    Shot("told", "olga", "/op/zpravy", DESK, seen=True),
    Shot("letters", "olga", "/op/dopisy", DESK),
    Shot("contract", "frantiska", "/smlouva", DESK),
    Shot("administration", "iva", "/sprava", DESK),
    Shot("log-ins", "iva", "/sprava/uzivatele", DESK),
    Shot("rules-difference", "iva", "/sprava/pravidla/porovnani?z=2023&na=2026", DESK),
    Shot("messages", "iva", "/sprava/texty", DESK, seen=True),
    Shot("trail", "iva", "/sprava/audit", DESK, seen=True),
)

ORDER = {
    "odkud": "book-where",
    "kam": "book-to",
    "den": "book-day",
    "cas": "book-time",
    "zpet": "book-back",
    "pomoc": "book-help",
    "nabidka": "book-offers",
    "kontrola": "book-check",
    "hotovo": "book-done",
}
"""Steps of booking of which a picture is taken, and its name."""
MOST_PAGES = 16
THINKS = 90
"""Seconds in which the worker has to answer."""
DAY = {"desk": 2, "phone": 3}
"""Which of the days offered is ordered on each screen: the two orders must not meet."""


def main() -> int:
    """Take all photographs; 1 when a page does not answer as it should."""
    parser = argparse.ArgumentParser(description="Photograph the main pages of the demo.")
    parser.add_argument("--local-dir", type=Path, help="folder of a demo that is there already")
    parser.add_argument("--roads", type=Path, help="an extract of OpenStreetMap to draw the map over")
    parser.add_argument("--only", nargs="*", help="names of pictures, the others stay as they are")
    said = parser.parse_args()
    given: Path | None = said.local_dir
    path = browser.find()
    if path is None:
        print("screens: no Chromium found: run make browser", file=sys.stderr)
        return 1
    SCREENS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="transport-screens-") as made:
        if given is None and said.roads:
            elsewhere.build(Path(made), said.roads, elsewhere.HEIDELBERG)
        elif given is None:
            build(made)
            street.allow_taxi(Path(made))
        with served(str(given or made)) as address, sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=path, args=browser.flags())
            wrong = [
                fault
                for shot in SHOTS
                if not said.only or shot.name in said.only
                for screen in shot.screens
                for fault in photograph(chromium, address, shot, screen)
            ]
            for name, tour in TOURS.items():
                if not said.only or name in said.only:
                    wrong += tour(chromium, address)
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
    where = {**elsewhere.settings(Path(folder)), "TRANSPORT_HOST": "127.0.0.1", "TRANSPORT_PORT": str(port)}
    server = subprocess.Popen(
        [sys.executable, "-m", "transport", "serve", "--with-worker"], cwd=HOME, env=where, stdout=subprocess.DEVNULL
    )
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


def photograph(chromium: Browser, address: str, shot: Shot, screen: str) -> list[str]:
    """Go there as that person and take the picture; returns what was wrong."""
    page = opened(chromium, screen)
    if shot.login:
        log_in(page, address, shot.login)
    answer = page.goto(f"{address}{shot.path}")
    for link in shot.follow:
        if not page.locator(link).count():
            page.context.close()
            return [f"{shot.name}: no link {link} on {page.url}"]
        with page.expect_navigation() as gone:
            page.locator(link).first.click()
        answer = gone.value
    if shot.ready:
        page.wait_for_selector(shot.ready)
    if shot.focus:
        page.locator(shot.focus).first.focus()
    take(page, shot.name, screen, whole=not shot.seen)
    sent_away = shot.login is not None and "/prihlaseni" in page.url
    page.context.close()
    status = answer.status if answer else None
    if sent_away:
        return [f"{shot.name}: {shot.login} is not logged in"]
    return [] if status == shot.status else [f"{shot.path} answers {status or 'nothing'}"]


def orders(chromium: Browser, address: str) -> list[str]:
    """Book on each screen."""
    return [fault for screen in SIZES for fault in order(chromium, address, screen)]


def order(chromium: Browser, address: str, screen: str) -> list[str]:
    """Book a ride there and back as Cyril does for his mother, taking pictures of every step."""
    page = opened(chromium, screen)
    log_in(page, address, "cyril")
    page.goto(f"{address}/cs/moje")
    page.locator("main form[action$='/objednat'] button").first.click()
    taken: list[str] = []
    for _ in range(MOST_PAGES):
        step = page.url.split("?")[0].rstrip("/").rsplit("/", 1)[-1]
        if step in ORDER:
            take(page, ORDER[step], screen)
            taken.append(step)
        if step == "hotovo":
            break
        answer(page, DAY[screen])
    page.context.close()
    return [f"booking never came to {step}" for step in ORDER if step not in taken]


def call(chromium: Browser, address: str) -> list[str]:
    """Anna phones: as Olga, ask for a ride like her last one in five days, as far as the times to choose from."""
    page = opened(chromium, "desk")
    log_in(page, address, "olga")
    page.goto(f"{address}/op?tel=690100000")
    form = page.locator("form[action$='/op/nabidky']")
    form.locator("input[name=day]").fill("+5")
    form.locator("input[name=time]").fill("10:15")
    form.locator("button").first.click()
    page.locator(".aid-desk__offer").first.wait_for(timeout=60_000)
    take(page, "operator-call", "desk", whole=False)
    page.context.close()
    return []


def what_if(chromium: Browser, address: str) -> list[str]:
    """Ask as Dana what would be if the first vehicle dropped out tomorrow at eight, and wait for the answer."""
    page = opened(chromium, "desk")
    log_in(page, address, "dana")
    page.goto(f"{address}/disp/{TOMORROW}/zkousky")
    form = page.locator("main form", has=page.locator("input[name=what]"))
    form.locator("input[name=what]").first.check(force=True)
    form.locator("input[type=text]").first.fill("8:00")
    form.locator("button").first.click()
    page.wait_for_load_state()
    for _ in range(THINKS):
        if page.locator("main form[action$='/pouzit'], main form[action$='/zahodit']").count():
            take(page, "what-if", "desk", whole=False)
            page.context.close()
            return []
        page.wait_for_timeout(1000)
        page.reload()
    page.context.close()
    return ["nobody answered what would be if a vehicle dropped out"]


def answer(page: Page, day: int) -> None:
    """Take the first answer to every question of the page, of the days this one, and go on."""
    for name in dict.fromkeys(radio.get_attribute("name") for radio in page.locator("main input[type=radio]").all()):
        choices = page.locator(f"main input[type=radio][name={name}]")
        choices.nth(day if name == "day" else 0).check(force=True)
    for name, text in (("time", "10:15"), ("return_time", "13:30")):
        if page.locator(f"input[name={name}]").count():
            page.fill(f"input[name={name}]", text)
    page.locator("main form button").first.click()
    page.wait_for_load_state()


TOURS: dict[str, Callable[[Browser, str], list[str]]] = {
    "book": orders,
    "operator-call": call,
    "what-if": what_if,
    "driver-next": street.drive,
    "taxi": street.call_taxi,
    "mishap": street.break_down,
}
"""Pictures for which something is done first, by the name of one of them."""


if __name__ == "__main__":
    sys.exit(main())
