"""What is in the repository runs anywhere, names no machine, and leaves nothing for later."""

import re

from tests.house.code import HOME, HOUSE, texts, where

MACHINE = re.compile(r"(?<![\w.~}$-])/(?:work|root|home|Users)/\w")
LATER = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
LINK = re.compile(r"\]\(([^)#\s]+)")
INLINE = {
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "a script without a file": re.compile(r"<script(?![^>]*\bsrc\s*=)", re.IGNORECASE),
    "a handler in an attribute": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "a script as an address": re.compile(r"[\"']javascript:", re.IGNORECASE),
    "somebody else's host": re.compile(
        r"<(?:script|link|img)[^>]*(?:src|href)\s*=\s*[\"'](?:https?:)?//", re.IGNORECASE
    ),
}


def test_no_file_names_a_folder_of_one_machine():
    found = [
        f"{where(path)}: {match.group()}"
        for path, text in texts()
        for match in MACHINE.finditer(text)
        if path.suffix not in {".lock", ".json", ".csv"}
    ]
    assert found == []


def test_nothing_is_left_for_later():
    found = [
        where(path)
        for path, text in texts()
        if path.suffix in {".py", ".html", ".css", ".js", ".toml"}
        if LATER.search(text)
    ]
    assert found == []


def test_templates_carry_neither_style_nor_script():
    templates = sorted((HOUSE / "api" / "templates").rglob("*.html"))
    assert templates, "there are no templates where they should be"
    found = [
        f"{where(path)}: {what}"
        for path in templates
        for what, pattern in INLINE.items()
        if pattern.search(path.read_text(encoding="utf-8"))
    ]
    assert found == [], "the pages run under a policy that refuses what is inline"


def test_every_make_target_that_is_promised_exists_and_is_described():
    makefile = (HOME / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z0-9-]+):.*## ", makefile, re.MULTILINE))
    readme = (HOME / "README.md").read_text(encoding="utf-8")
    described = set(re.findall(r"^\| `make ([a-z0-9-]+)", readme, re.MULTILINE))
    assert described == targets - {"help"}, "the table of README.md and the Makefile disagree"
    for page in [HOME / "README.md", HOME / "CONTRIBUTING.md", *(HOME / "docs").rglob("*.md")]:
        named = set(re.findall(r"`make ([a-z0-9-]+)", page.read_text(encoding="utf-8")))
        assert named <= targets, f"{where(page)} names a target that does not exist"


def test_every_link_of_the_documents_leads_somewhere():
    pages = [*HOME.glob("*.md"), *(HOME / "docs").rglob("*.md")]
    links = [(page, link) for page in pages for link in LINK.findall(page.read_text(encoding="utf-8"))]
    inside = [(page, link) for page, link in links if not link.startswith(("http://", "https://", "mailto:"))]
    assert inside
    assert [f"{where(page)}: {link}" for page, link in inside if not (page.parent / link).exists()] == []
