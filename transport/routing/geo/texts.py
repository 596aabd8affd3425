"""Comparing what people type with what registers write: no accents, small letters, nothing abbreviated."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

ABBREVIATIONS = {
    "nam": "namesti",
    "tr": "trida",
    "ul": "",
    "ulice": "",
    "nabr": "nabrezi",
    "gen": "generala",
    "dr": "doktora",
    "sv": "svateho",
    "cs": "ceskoslovenske",
}
"""Both forms are indexed, as the register itself writes now one, now the other; `ulice` says nothing."""

_NUMBER = re.compile(r"(?:c\.?\s?(?:p|ev)\.?\s*)?(\d{1,5})\s*([a-z]?)(?:\s*/\s*(\d{1,4})\s*([a-z]?))?")
_WORD = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class HouseNumber:
    """What a caller says: `12a` (usually the orientation number) or the full `2641/44`."""

    first: int
    first_letter: str = ""
    second: int | None = None
    second_letter: str = ""


def plain(text: str) -> str:
    """Small letters without accents: `Třída Gen. Píky` -> `trida gen. piky`."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def words(text: str) -> list[str]:
    """The plain words of a text, as written."""
    return _WORD.findall(plain(text))


def spelt_out(text: str) -> str:
    """The plain words of a text with abbreviations replaced by what they stand for."""
    return " ".join(filter(None, (ABBREVIATIONS.get(word, word) for word in words(text))))


def split_number(text: str) -> tuple[str, HouseNumber | None]:
    """Separate the house number from a typed address: `klatovska 12a, bory` -> (`klatovska bory`, 12a).

    A number at the very beginning belongs to a name (`28. října`), unless nothing else is there.
    """
    flat = plain(text).strip()
    found = [match for match in _NUMBER.finditer(flat) if _stands_alone(flat, match)]
    if not found:
        return " ".join(words(flat)), None
    last = found[-1]
    rest = " ".join(words(flat[: last.start()] + " " + flat[last.end() :]))
    if not rest:
        return " ".join(words(flat)), None
    second = int(last[3]) if last[3] else None
    return rest, HouseNumber(int(last[1]), last[2], second, last[4] or "")


def _stands_alone(flat: str, match: re.Match[str]) -> bool:
    before, after = flat[: match.start()], flat[match.end() :]
    whole_word = not (before[-1:].isalnum() or after[:1].isalnum())
    dated = after.startswith(".")  # 28. října, 17. listopadu: a name, not a house
    return bool(before.strip()) and whole_word and not dated
