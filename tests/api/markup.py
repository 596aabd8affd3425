"""What is wrong with a page, read from its HTML alone: the rules that every page of every door keeps."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from xml.etree.ElementTree import Element

import html5lib
from html5lib.constants import E as WORDING

from transport.kernel.i18n import LANGUAGES

LEFTOVER = re.compile(r"\{\{|\}\}|\{%|%\}|\{\w+\}|%\(\w+\)s|\bUndefined\b|<built-in|\bobject at 0x")
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
FILLED_IN = ("input", "select", "textarea")
NO_LABEL = ("hidden", "submit", "button", "reset", "image")
REFERENCES = ("aria-labelledby", "aria-describedby", "aria-controls", "for")

Known = Callable[[str], bool]
"""Whether the service has a page at this path."""


def faults(html: str, known: Known) -> list[str]:
    """Everything wrong with this page, in words; empty for a good one."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    root = parser.parse(html)
    found = [f"line {place[0]}: {WORDING[code] % facts}" for place, code, facts in parser.errors]
    for rule in (_language, _headings, _title, _ids, _labels, _forms, _inline, _leftovers):
        found += rule(root)
    return [*found, *_links(root, known)]


def words(element: Element) -> str:
    """The text inside, in one line, spaces as spaces."""
    return " ".join("".join(element.itertext()).replace("\u00a0", " ").split())


def _language(root: Element) -> Iterator[str]:
    if root.get("lang") not in LANGUAGES:
        yield f"the language of the page is {root.get('lang')!r}"


def _headings(root: Element) -> Iterator[str]:
    levels = [HEADINGS.index(each.tag) + 1 for each in root.iter() if each.tag in HEADINGS]
    if levels.count(1) != 1:
        yield f"{levels.count(1)} first headings"
    before = 0
    for level in levels:
        if level > before + 1 and before:
            yield f"a heading {level} follows a heading {before}"
        before = level
    yield from (f"an empty {each.tag}" for each in root.iter() if each.tag in HEADINGS and not words(each))


def _title(root: Element) -> Iterator[str]:
    title, first = root.find("head/title"), root.find(".//h1")
    if title is None or first is None or words(first) not in words(title):
        yield f"the title {words(title) if title is not None else None!r} does not say the first heading"


def _ids(root: Element) -> Iterator[str]:
    ids = Counter(each.get("id") for each in root.iter() if each.get("id"))
    yield from (f"the id {name!r} is there {count} times" for name, count in ids.items() if count > 1)
    for each in root.iter():
        for reference in REFERENCES:
            missing = set((each.get(reference) or "").split()) - set(ids)
            yield from (f"{each.tag} {reference}={name!r} leads nowhere" for name in missing)
    for link in root.iter("a"):
        href = link.get("href", "")
        if href.startswith("#") and href[1:] not in ids:
            yield f"the link {href!r} ({words(link)}) leads nowhere on this page"


def _labels(root: Element) -> Iterator[str]:
    labelled = {each.get("for") for each in root.iter("label") if words(each)}
    inside = {id(field) for label in root.iter("label") if words(label) for field in label.iter()}
    for each in root.iter():
        if each.tag not in FILLED_IN or each.get("type") in NO_LABEL:
            continue
        named = each.get("aria-label") or each.get("aria-labelledby") or each.get("id") in labelled
        if not named and id(each) not in inside:
            yield f"{each.tag} {each.get('name')!r} has no label"
    yield from ("a picture without alt" for each in root.iter("img") if each.get("alt") is None)
    for each in (*root.iter("button"), *root.iter("a")):
        if not (words(each) or each.get("aria-label") or each.find(".//img[@alt]") is not None):
            yield f"a {each.tag} without words"


def _forms(root: Element) -> Iterator[str]:
    for form in root.iter("form"):
        address = form.get("action")
        where = f"the form to {address!r}"
        if not address:
            yield f"{where} has no action"
        if not any(each.get("type", "submit") == "submit" for each in form.iter("button")):
            yield f"{where} has no button"
        tokens = [each.get("value") for each in form.iter("input") if each.get("name") == "csrf"]
        posts = form.get("method", "get").lower() == "post"
        if posts and not (len(tokens) == 1 and tokens[0]):
            yield f"{where} carries {len(tokens)} tokens"
        if not posts and tokens:
            yield f"{where} would put its token into the address"


def _inline(root: Element) -> Iterator[str]:
    for each in root.iter():
        yield from (f"{each.tag} has {name}" for name in each.keys() if name == "style" or name.startswith("on"))  # noqa: SIM118
        if each.tag == "style" or (each.tag == "script" and not each.get("src")):
            yield f"an inline {each.tag}"


def _leftovers(root: Element) -> Iterator[str]:
    meant = {"code", "textarea"}  # where a text is shown as it is written, before anything is filled in
    told = ((None if each.tag in meant else each.text, each.tail, *each.attrib.values()) for each in root.iter())
    texts = [text for three in told for text in three if text]
    yield from (f"a leftover in {text.strip()[:80]!r}" for text in texts if LEFTOVER.search(text))


def _links(root: Element, known: Known) -> Iterator[str]:
    for each in root.iter():
        address = each.get("href") or each.get("src") or (each.get("action") if each.tag == "form" else None)
        if address is None or address.startswith(("#", "tel:", "sms:", "geo:", "mailto:", "data:")):
            continue
        if not address.startswith("/") or address.startswith("//"):
            yield f"{each.tag} leads away: {address}"
        elif not known(address):
            yield f"{each.tag} leads to a page that does not exist: {address}"
