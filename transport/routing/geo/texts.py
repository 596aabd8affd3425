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

_NUMBER = re.compile(
    r"(?:c\.?\s?(?:p|ev)\.?\s*)?"
    r"(\d{1,5})([a-z](?![a-z0-9]))?"
    r"(?:\s*/\s*(\d{1,4})([a-z](?![a-z0-9]))?)?"
)
_APART = re.compile(r"(\d) ([a-z])(?=\s*(?:$|[,/]))")  # `12 a`
_POSTCODE = re.compile(r"\b\d{3} ?\d{2}\b(?!\s*/)")
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
    """Separate the house number from a typed address: `Klatovská 12a, Bory` -> (`klatovska bory`, 12a).

    The first number counts that does not begin the text and is not a date (`28. října`); a postcode or the number
    of a city district after it is left out.
    """
    flat = _APART.sub(r"\1\2", _POSTCODE.sub(" ", plain(text)).strip())
    for match in _NUMBER.finditer(flat):
        if _is_house(flat, match):
            second = int(match[3]) if match[3] else None
            after = " ".join(word for word in words(flat[match.end() :]) if not word.isdigit())
            rest = " ".join(words(flat[: match.start()])) + " " + after
            return rest.strip(), HouseNumber(int(match[1]), match[2] or "", second, match[4] or "")
    return " ".join(words(flat)), None


def _is_house(flat: str, match: re.Match[str]) -> bool:
    before, after = flat[: match.start()], flat[match.end() :]
    whole_word = not (before[-1:].isalnum() or after[:1].isalnum())
    return bool(before.strip()) and whole_word and not after.startswith(".")
