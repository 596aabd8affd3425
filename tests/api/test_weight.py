"""What a page costs on a slow line: its HTML, styles, fonts and scripts; nothing from anybody else."""

import gzip
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import html5lib
import pytest

from tests.api.scene import Scene, who
from transport.api import render
from transport.kernel.actor import Role

ROOT = Path(__file__).resolve().parents[2]
STYLES = {name: (render.STATIC / "css" / f"{name}.css").read_text() for name in ("app", "driver", "staff")}
MOST_HTML, MOST_STYLES, MOST_FONTS, MOST_SCRIPTS = 20_000, 12_000, 90_000, 5_000
"""Bytes: the HTML as it is sent, the styles compressed, fonts and scripts as files. No page needs its scripts."""

DRIVERS = "/ridic"
"""Where drivers log in; their app has a budget of its own (test_shell.py)."""
LOADING = {"img", "link", "script", "use"}
FACE = re.compile(r"@font-face\{[^}]*url\(\"?(/static/fonts/[^)\"]+)\"?\)[^}]*unicode-range:([^}]+)\}")


@pytest.mark.slow
@pytest.mark.parametrize("role", ["public", Role.CLIENT])
def test_no_page_for_clients_is_heavy(scene: Scene, role: str):
    visit = scene.house.visit(who(scene.house, role))
    seen, found = 0, []
    for address in scene.pages(role):
        if address.startswith(DRIVERS):
            continue
        answer = visit.client.get(address, follow_redirects=True)
        if answer.headers.get("content-type", "").startswith("text/html"):
            seen += 1
            root = html5lib.parse(answer.text, namespaceHTMLElements=False)
            found += [f"{address}: {each}" for each in too_heavy(root, len(answer.content))]
    assert seen > 1
    assert found == []


def too_heavy(root: Element, size: int) -> Iterator[str]:
    if size > MOST_HTML:
        yield f"{size} bytes of HTML"
    sheets = [each.get("href", "") for each in root.iter("link") if each.get("rel") == "stylesheet"]
    styles = sum(len(gzip.compress(stored(each))) for each in sheets)
    if styles > MOST_STYLES:
        yield f"{styles} bytes of styles"
    fonts = sum(len(stored(each)) for each in needed(root))
    if fonts > MOST_FONTS:
        yield f"{fonts} bytes of fonts"
    scripts = sum(len(stored(each.get("src", ""))) for each in root.iter("script"))
    if scripts > MOST_SCRIPTS:
        yield f"{scripts} bytes of scripts"
    loaded = [each.get("src") or each.get("href") or "" for each in root.iter() if each.tag in LOADING]
    yield from (f"something from elsewhere: {each}" for each in loaded if not re.match(r"/(?!/)|data:|#", each))


def stored(address: str) -> bytes:
    return (render.STATIC / urlsplit(address).path.removeprefix("/static/")).read_bytes()


def needed(root: Element) -> set[str]:
    """The fonts a browser loads for what is written on the page; a word in Ukrainian is left to the machine."""
    letters = {ord(letter) for letter in written(root.find("body"), root.get("lang") == "uk")}
    return {address for address, ranges in FACE.findall(STYLES["app"]) if letters & spanned(ranges)}


def written(element: Element | None, ukrainian: bool) -> Iterator[str]:
    assert element is not None
    if ukrainian or element.get("lang") != "uk":
        yield from element.text or ""
        for each in element:
            yield from written(each, ukrainian)
            yield from each.tail or ""


def spanned(ranges: str) -> set[int]:
    spans = [each.strip().removeprefix("U+").split("-") for each in ranges.split(",")]
    return {code for span in spans for code in range(int(span[0], 16), int(span[-1], 16) + 1)}


def test_a_font_is_loaded_only_for_its_letters():
    def files(body: str, lang: str = "cs") -> set[str]:
        page = f"<!DOCTYPE html><html lang='{lang}'><head><title>Ж</title></head><body>{body}</body></html>"
        faces = needed(html5lib.parse(page, namespaceHTMLElements=False))
        return {re.sub(r".*source-sans-3-|-wght.*", "", each) for each in faces}

    assert files("Taxi") == {"latin"}
    assert files("Plzeň <b lang='uk'>Українська</b>") == {"latin", "latin-ext"}
    assert files("Українська", "uk") == {"cyrillic"}


def test_text_is_there_before_its_font_and_the_fonts_keep_their_address():
    faces = re.findall(r"@font-face\{([^}]*)\}", STYLES["app"])
    assert len(faces) == 3
    assert all("font-display:swap" in each for each in faces)
    for address, _ in FACE.findall(STYLES["app"]):
        assert address == render.static(urlsplit(address).path.removeprefix("/static/"))


def test_styles_load_nothing_from_elsewhere():
    for text in STYLES.values():
        assert "@import" not in text
        assert re.findall(r"url\((?!\"?/static/)[^)]*\)", text) == []


@pytest.mark.parametrize("sheet", ["app", "driver", "staff"])
def test_the_committed_styles_are_made_from_the_committed_sources(sheet: str):
    """`make css` was run after the last change of scss/ or of a package; each sheet begins with the mark of both."""
    partials = sorted(each.name for each in (ROOT / "scss").iterdir())
    digest = hashlib.sha256()
    for each in [*(f"scss/{name}" for name in partials), "package-lock.json", "package.json"]:
        digest.update(f"{each}\0".encode() + (ROOT / each).read_bytes())
    assert STYLES[sheet].startswith(f"/* made from {digest.hexdigest()[:16]} */"), "run `make css`"
