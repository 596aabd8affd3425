"""Words in the reader's language: catalogues straight from .po files, dates, times, prices and plurals.

Message ids are English sentences. A message that a catalogue does not have is shown in English.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Literal, get_args

from babel import Locale
from babel.dates import format_date, format_time
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.plural import PluralRule, to_python

from transport.kernel.clock import LOCAL, wall

Lang = Literal["cs", "en", "uk", "de"]
LANGUAGES: tuple[Lang, ...] = get_args(Lang)
DEFAULT: Lang = "cs"

_WORD_BEFORE: dict[Lang, frozenset[str]] = {
    "cs": frozenset("kKsSvVzZoOuUaAiI"),
    "uk": frozenset("вВзЗуУіІйЙаАоО"),
    "en": frozenset(),
    "de": frozenset(),
}
"""One-letter words that must not stand at the end of a line."""


def mark(message: str) -> str:
    """Mark a text for the catalogues, under the name `_`; it is translated when it is shown."""
    return message


@dataclass(frozen=True)
class Catalogue:
    """One language: what a door or template says in it."""

    lang: Lang
    messages: dict[str, str | tuple[str, ...]]

    def text(self, message: str) -> str:
        """The message in this language, English if it is not translated."""
        found = self.messages.get(message)
        return found if isinstance(found, str) and found else message

    def plural(self, one: str, many: str, count: float) -> str:
        """The form for a count: Czech has three, Ukrainian too, English and German two."""
        forms = self.messages.get(one)
        if isinstance(forms, tuple) and all(forms):
            return forms[min(self._form(count), len(forms) - 1)]
        return one if count == 1 else many

    def day(self, day: date) -> str:
        """`čtvrtek 26. listopadu`: a date in words."""
        pattern = {"cs": "EEEE d. MMMM", "uk": "EEEE, d MMMM", "de": "EEEE, d. MMMM", "en": "EEEE d MMMM"}[self.lang]
        return self.nb(format_date(day, pattern, locale=self._locale))

    def day_short(self, day: date) -> str:
        """`čt 26. 11.`: for lists."""
        pattern = {"cs": "EEE d. M.", "uk": "EEE d.MM.", "de": "EEE d.M.", "en": "EEE d MMM"}[self.lang]
        return format_date(day, pattern, locale=self._locale).replace(" ", "\u00a0")

    def day_full(self, day: date) -> str:
        """`31. 12. 2026`: with the year, for what lasts long."""
        pattern = {"cs": "d. M. y", "uk": "dd.MM.y", "de": "d.M.y", "en": "d MMM y"}[self.lang]
        return format_date(day, pattern, locale=self._locale).replace(" ", "\u00a0")

    def month(self, day: date) -> str:
        """`listopad 2026`: the month of the day."""
        return format_date(day, "LLLL y", locale=self._locale).replace(" ", "\u00a0")

    def time(self, seconds: int, day: date) -> str:
        """`8:30`: a second of the service day as the clock on the wall."""
        shown = wall(day, seconds)
        return f"{shown.hour}:{shown.minute:02d}"

    def instant(self, moment: datetime) -> str:
        """`14:32`: an instant as the clock on the wall."""
        return format_time(moment.astimezone(LOCAL), "H:mm", locale=self._locale)

    def price(self, haler: int) -> str:
        """`50 Kč`."""
        crowns = format_decimal(haler / 100, "#,##0.##", locale=self._locale)
        return f"{crowns}\u00a0Kč"

    def number(self, value: float, digits: int = 0) -> str:
        """`12 345,6` with the language's own signs."""
        return format_decimal(value, "#,##0" + ("." + "0" * digits if digits else ""), locale=self._locale)

    def nb(self, text: str) -> str:
        """No line ends after a one-letter word or between a number and its unit."""
        words = text.split(" ")
        joined = words[0]
        for before, word in pairwise(words):
            glued = before in _WORD_BEFORE[self.lang] or before.rstrip(".").isdigit()
            joined += ("\u00a0" if glued else " ") + word
        return joined

    @cached_property
    def _locale(self) -> Locale:
        return Locale.parse(self.lang)

    @cached_property
    def _form(self) -> Callable[[float], int]:
        rule: PluralRule = self._locale.plural_form
        tags = [tag for tag in ("one", "two", "few", "many", "other") if tag in {*rule.tags, "other"}]
        # gettext has no form for Czech and Slovak fractions ("many"), which its "other" form covers
        names = {"cs": ("one", "few", "other"), "uk": ("one", "few", "many")}.get(self.lang, tuple(tags))
        choose = to_python(rule)

        def form(count: float) -> int:
            tag = choose(count)
            return names.index(tag) if tag in names else len(names) - 1

        return form


def load(folder: Path) -> dict[Lang, Catalogue]:
    """Read all catalogues; a language without a file speaks English."""
    return {lang: Catalogue(lang, _messages(folder / f"{lang}.po")) for lang in LANGUAGES}


def _messages(path: Path) -> dict[str, str | tuple[str, ...]]:
    if not path.is_file():
        return {}
    with path.open("rb") as file:
        catalogue = read_po(file)
    found: dict[str, str | tuple[str, ...]] = {}
    for message in catalogue:
        if message.id and message.string and not message.fuzzy:
            key = message.id if isinstance(message.id, str) else message.id[0]
            found[key] = message.string if isinstance(message.string, str) else tuple(message.string)
    return found
