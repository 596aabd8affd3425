"""Photographs of the day under way: the driver's telephone, a vehicle that breaks down, whom to call, a taxi."""

from playwright.sync_api import Browser, Page

from tools.camera import log_in, opened, take
from transport.kernel import clock

TODAY = clock.local_day(clock.utc_now()).isoformat()
THINKS = 90
"""Seconds in which the worker has to answer."""
NEXT = "main .aid-stop a.govuk-button[href^='/ridic/smena/'], main .aid-links a[href^='/ridic/smena/']"
WHO = "Marta"
"""Whose vehicle breaks down."""
USE = "main form[action$='/pouzit'] button"


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
    page.locator("#nyni form[data-report] button").first.click()
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
    """Whom to call when no vehicle of ours can: the page of a ride of today for which there is a taxi."""
    page = opened(chromium, "desk")
    log_in(page, address, "dana")
    page.goto(f"{address}/disp/{TODAY}?pohled=seznam")
    links = page.locator("main a[href*='/jizda/'], main a[href*='jizda=']").all()
    codes = [(each.get_attribute("href") or "").rstrip("/")[-6:] for each in links]
    for code in dict.fromkeys(codes):
        page.goto(f"{address}/disp/{TODAY}/jizda/{code}/taxi")
        if page.locator("main form").count():
            break
    take(page, "taxi", "desk", whole=False)
    page.context.close()
    return []


def _answered(page: Page) -> bool:
    """Wait until the worker has thought of plans."""
    for _ in range(THINKS):
        if page.locator(USE).count():
            return True
        page.wait_for_timeout(1000)
        page.reload()
    return False
