"""Photographs of the day under way: the driver's telephone, a vehicle that breaks down, whom to call, a taxi."""

import shutil
from pathlib import Path

from playwright.sync_api import Browser, Page

from tools.camera import HOME, log_in, opened, take
from transport.kernel import clock

TODAY = clock.local_day(clock.utc_now()).isoformat()
THINKS = 90
"""Seconds in which the worker has to answer."""
NEXT = "main .aid-stop a.govuk-button[href^='/ridic/smena/'], main .aid-links a[href^='/ridic/smena/']"
WHO = "Marta"
"""Whose vehicle breaks down."""
USE = "main form[action$='/pouzit'] button"


def allow_taxi(folder: Path) -> None:
    """Let the demo in this folder call a taxi of a made-up provider: its own copy of the rules says so."""
    data = folder / "data"
    shutil.copytree(HOME / "data", data, ignore=shutil.ignore_patterns("local"), dirs_exist_ok=True)
    rules = (data / "service.toml").read_text(encoding="utf-8")
    before, offered = rules.split("# [taxi]", 1)
    block, after = offered.split("\n\n", 1)
    said = "[taxi]" + block.replace("\n# ", "\n").replace('"..."', '"Taxi Ukázka"').replace(
        "+420 ...", "+420 690 000 900"
    )
    (data / "service.toml").write_text(f"{before}{said}\n\n{after}", encoding="utf-8")


def drive(chromium: Browser, address: str) -> list[str]:
    """Emil's next stop by day, in the sun and by night; then without a signal; then the page for problems."""
    page = opened(chromium, "phone")
    log_in(page, address, "emil")
    page.goto(f"{address}/ridic")
    shift = (page.locator(NEXT).first.get_attribute("href") or "").removesuffix("/zacatek")
    page.goto(f"{address}{shift}")
    if not page.locator("#nyni:visible").count():
        page.context.close()
        return ["driver-next: Emil has no next stop"]
    page.wait_for_timeout(1000)
    for theme, name in (("auto", "driver-next"), ("sun", "driver-next-sun"), ("night", "driver-next-night")):
        page.evaluate("theme => localStorage.setItem('vzhled', theme)", theme)
        page.reload()
        page.wait_for_timeout(500)
        take(page, name, "phone")
    page.evaluate("localStorage.removeItem('vzhled')")
    page.reload()
    page.wait_for_timeout(500)
    page.context.set_offline(True)
    page.locator("#nyni form[data-report] button:visible").first.click()
    page.wait_for_timeout(1500)
    take(page, "driver-offline", "phone")
    page.context.set_offline(False)
    page.goto(f"{address}{shift}/problem")
    take(page, "driver-problem", "phone")
    page.context.close()
    return []


def break_down(chromium: Browser, address: str) -> list[str]:
    """As Dana, ask for plans without the vehicle that is late anyway, put one in force, and see whom to call."""
    page = opened(chromium, "desk")
    log_in(page, address, "dana")
    page.goto(f"{address}/disp/{TODAY}/porucha")
    page.locator("#shift + ul a", has_text=WHO).last.click()
    page.locator("main form[action$='/porucha'] button").first.click()
    page.wait_for_load_state()
    if not _answered(page):
        page.context.close()
        return ["mishap: nobody answered"]
    take(page, "mishap", "desk", whole=False)
    page.locator(USE).first.click()
    page.wait_for_load_state()
    page.goto(f"{address}/disp/{TODAY}/obvolat")
    take(page, "call-list", "desk", whole=False)
    page.context.close()
    return []


def call_taxi(chromium: Browser, address: str) -> list[str]:
    """Whom to call for somebody who waits too long: the first of the exceptions for which there is a taxi."""
    page = opened(chromium, "desk")
    log_in(page, address, "dana")
    page.goto(f"{address}/disp/{TODAY}/vyjimky")
    links = page.locator("main a[href*='/jizda/'][href$='/taxi']").all()
    for path in dict.fromkeys(each.get_attribute("href") for each in links):
        page.goto(f"{address}{path}")
        if page.locator("main form[action$='/taxi']").count():
            take(page, "taxi", "desk", whole=False)
            page.context.close()
            return []
    page.context.close()
    return ["taxi: nobody is late, or no taxi is in the rules"]


def _answered(page: Page) -> bool:
    """Wait until the worker has thought of plans."""
    for _ in range(THINKS):
        if page.locator(USE).count():
            return True
        page.wait_for_timeout(1000)
        page.reload()
    return False
