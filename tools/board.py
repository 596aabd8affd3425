"""Measure the board of a big day in a real browser: 60 vehicles, 1,200 rides, and changes that do not stop.

    python -m tools.board                       builds the day in a folder of its own; a minute
    python -m tools.board --json FILE           keeps the figures there

The rows are written directly, plan included, as planning such a day takes longer than looking at it.
"""

import argparse
import json
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests import chromium
from tests.api.client.conftest import House
from tests.api.served import served
from tools import bigday, browser
from transport.api import security
from transport.kernel.db import writing

SECONDS, EACH_SECOND = 20, 50
TARGETS = {"first_paint_ms": 1000, "tab_stops": 5, "arrow_p95_ms": 50, "late_frames_share": 0.1, "barriers": 0}
TO_THE_BOARD = """() => document.activeElement?.matches('a.aid-block') ?? false"""
PAINTED = """() => new Promise(done => new PerformanceObserver(list => done(list.getEntries()
    .find(each => each.name === 'first-contentful-paint').startTime)).observe({type: 'paint', buffered: true}))"""
READY = "() => performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"
ANSWERED = "() => performance.getEntriesByType('navigation')[0].responseStart"
TIMING = """() => {
    window.arrows = [];
    addEventListener('keydown', event => {
        const began = performance.now();
        requestAnimationFrame(() => setTimeout(() => window.arrows.push(performance.now() - began)));
    }, {capture: true});
}"""
FRAMES = """seconds => new Promise(done => {
    const began = performance.now(), frames = [], focused = document.activeElement.pathname;
    let before = began, lost = 0;
    const frame = now => {
        frames.push(now - before);
        before = now;
        if (document.activeElement?.pathname !== focused) lost += 1;
        if (now - began < seconds * 1000) requestAnimationFrame(frame);
        else done({frames: frames.length, late: frames.filter(each => each > 50).length, longest: Math.max(...frames),
            lost, focused});
    };
    requestAnimationFrame(frame);
})"""
SHOWN = "() => [...document.querySelectorAll('li[id^=j-]')].map(each => [each.id.slice(2), Number(each.dataset.s)])"


def main() -> int:
    """Build the day, look at it, print and keep the figures; 1 if a target is missed."""
    parser = argparse.ArgumentParser(description="Measure the board of a big day.")
    parser.add_argument("--json", type=Path, help="file for the figures")
    asked = parser.parse_args()
    path = browser.find()
    if path is None:
        print("board: no Chromium found: run make browser", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="transport-board-") as folder:
        house = bigday.build(Path(folder))
        with served(house.app) as address, sync_playwright() as playwright:
            started = playwright.chromium.launch(executable_path=path, args=browser.flags())
            figures = measured(started, house, address)
            started.close()
    missed = [name for name, target in TARGETS.items() if figures[name] > target]
    missed += ["focus"] if figures["focus_lost"] else []
    figures |= {"targets": TARGETS, "missed": missed}
    text = json.dumps(figures, indent=2)
    print(text)
    if asked.json:
        asked.json.write_text(f"{text}\n", "utf-8")
    return 1 if missed else 0


def measured(started: Browser, house: House, address: str) -> dict[str, Any]:
    """Everything that is promised of the board."""
    context = started.new_context(
        base_url=address, locale="cs-CZ", timezone_id="Europe/Prague", viewport={"width": 1366, "height": 768}
    )
    token = house.visit(house.cast.dana).client.cookies[security.SESSION]
    context.add_cookies([{"name": security.SESSION, "value": token, "url": address}])
    page = context.new_page()
    board = f"/disp/{house.town.day}?pohled=deska"
    page.goto("/disp/2026-12-24?pohled=deska")  # what is loaded once a day: styles, fonts, the first request
    paints = []
    for _ in range(5):
        page.goto(board)
        paints.append((page.evaluate(PAINTED), page.evaluate(ANSWERED), page.evaluate(READY)))
    paints.sort()
    found: dict[str, Any] = {
        "rides": page.locator("a.aid-block").count(),
        "lanes": page.locator(".aid-lane").count(),
        "first_paint_ms": round(paints[2][0]),
        "first_paints_ms": [round(each[0]) for each in paints],
        "answer_ms": round(paints[2][1]),
        "ready_ms": round(paints[2][2]),
        "tab_stops": stops(page),
    }
    found |= arrows(page)
    found |= live(page, house)
    page.goto(board)
    found["barriers"] = len(chromium.barriers(page))
    context.close()
    return found


def stops(page: Page) -> int:
    """Tabs from the top of the page to a ride of the board, by the skip link."""
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    for number in range(3, 50):
        page.keyboard.press("Tab")
        if page.evaluate(TO_THE_BOARD):
            return number
    return 50


def arrows(page: Page) -> dict[str, Any]:
    """How long after an arrow key the next picture stands."""
    page.evaluate(TIMING)
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "ArrowLeft", "ArrowDown", "PageDown") * 10:
        page.keyboard.press(key)
    page.wait_for_timeout(200)
    took = sorted(page.evaluate("() => window.arrows"))
    return {"arrows": len(took), "arrow_p50_ms": round(took[len(took) // 2]), "arrow_p95_ms": round(took[-3])}


def live(page: Page, house: House) -> dict[str, Any]:
    """Fifty rides a second are moved by somebody else, while somebody sits in one of them."""
    page.wait_for_timeout(2500)
    cost = time.process_time()
    mover = threading.Thread(target=_move, args=(house,))
    mover.start()
    frames = page.evaluate(FRAMES, SECONDS)
    mover.join()
    cost = time.process_time() - cost
    page.wait_for_timeout(4000)
    here = frames["focused"].rsplit("/", 1)[-1]
    planned = bigday.planned(house)
    shown = {code: second for code, second in page.evaluate(SHOWN) if code != here}
    return {
        "live_rides_each_second": EACH_SECOND,
        "frames": frames["frames"],
        "late_frames_share": round(frames["late"] / frames["frames"], 3),
        "longest_frame_ms": round(frames["longest"]),
        "focus_lost": frames["lost"],
        "not_up_to_date": sum(planned.get(code) != minute for code, minute in shown.items()),
        "python_cpu_share": round(cost / SECONDS, 2),
    }


def _move(house: House) -> None:
    for turn in range(SECONDS):
        began = time.monotonic()
        with writing(house.database) as session:
            bigday.move(session, house, turn, EACH_SECOND)
        time.sleep(max(0.0, 1.0 - (time.monotonic() - began)))


if __name__ == "__main__":
    sys.exit(main())
