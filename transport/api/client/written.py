"""Names, dates of birth, storeys and numbers as people write them. Pure: what is not understood is None."""

import calendar
import re
from datetime import date
from functools import cache

from babel.dates import get_month_names

from transport.api.client.spoken import digits, plain_words
from transport.kernel.i18n import LANGUAGES

_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
_BORN = re.compile(r"^(?:\*|narozena?|nar\.?|born|geb\.?|geboren|нар\.?)\s*")
_DAY_FIRST = re.compile(r"(\d\d?)[ ./,-]{1,3}(\d\d?)[ ./,-]{1,3}(\d{4}|\d\d)")
_YEAR_FIRST = re.compile(r"(\d{4})[ ./-]{1,2}(\d\d?)[ ./-]{1,2}(\d\d?)")
_WORDED = re.compile(r"(\d\d?)[. ]*([^\W\d]+)[., ]*(\d{4}|\d\d)")
_MONTH_FIRST = re.compile(r"([^\W\d]+) (\d\d?)(?:st|nd|rd|th)?,? (\d{4})")
_MONTH_OF_YEAR = re.compile(r"(\d\d?|[^\W\d]+) ?[./ -] ?(\d{4})")
_UNLIMITED = ("neomez", "bez omez", "trval", "stal", "unlim", "without", "unbefrist", "безстр", "безтерм")
_GROUND_FLOOR = ("p", "prizemi", "ground", "ground floor", "erdgeschoss", "eg", "перший поверх")
_BASEMENT = ("suteren", "basement", "untergeschoss", "підвал")
_FLOOR = re.compile(r"(-?\d\d?)(?: ?\.? ?(?:patro|p|np|poschodi|floor|stock|og|поверх)?\.?)?")
_NUMBER = re.compile(r"(?:cca|asi|about|ca)?\.? ?(\d{1,4})(?:[.,](\d))? ?(?:cm|kg|mm|schod\w*|kil\w*)?\.?")
_ADDRESS_NUMBER = re.compile(r"(.*\s)([+ěščřžýáíé/]*[+ěščřžýáíé][+ěščřžýáíé/]*)")
_LABEL_OF_PHONE = re.compile(r"^[^\d+(ěščřžýáíé]{1,12}[.:]\s*|^(?:tel|mob|mobil|telefon|phone)\s+", re.IGNORECASE)
_KEYS_OF_FIGURES = frozenset("ěščřžýáíé")
_SAID_AFTER_PHONE = re.compile(r"\s*\([^\d]*\)\s*$")


def birth_date(text: str, today: date) -> date | None:
    """`17.5.1950`, `17. května 1950`, `17051950`, `1950-05-17`, `17. V. 1950`, the row of keys; 50 is 1950.

    A year of two figures is the last one that has begun.
    """
    plain = _BORN.sub("", plain_words(digits(text))).replace(" roku ", " ").strip(" .,")
    for pattern, order in ((_YEAR_FIRST, (3, 2, 1)), (_DAY_FIRST, (1, 2, 3)), (_WORDED, (1, 2, 3))):
        found = pattern.fullmatch(plain)
        if found:
            day, month, year = (found[each] for each in order)
            return _date(day, month, year, today)
    found = _MONTH_FIRST.fullmatch(plain)
    if found:
        return _date(found[2], found[1], found[3], today)
    figures = re.sub(r"\s", "", plain)
    if re.fullmatch(r"\d{8}", figures):
        by_day = _date(figures[:2], figures[2:4], figures[4:], today)
        return by_day or _date(figures[6:], figures[4:6], figures[:4], today)
    if re.fullmatch(r"\d{6}", figures):
        return _date(figures[:2], figures[2:4], figures[4:], today)
    return None


def last_day(text: str, today: date) -> date | None:
    """Until when a card is valid: a date as above, or a month (`12/2028`), of which the last day counts."""
    plain = plain_words(digits(text)).removeprefix("do ").strip(" .,")
    found = _MONTH_OF_YEAR.fullmatch(plain)
    month = _month(found[1]) if found else None
    if found and month:
        year = int(found[2])
        return date(year, month, calendar.monthrange(year, month)[1]) if year else None
    exact = birth_date(plain, today)
    if exact is not None and exact.year < 2000 and not re.search(r"\d{4}", plain):  # two figures: a card lies ahead
        return exact.replace(year=exact.year + 100)
    return exact


def unlimited(text: str) -> bool:
    """Whether a card is said to be valid for ever; nothing said means it too."""
    plain = plain_words(text)
    return not plain or plain.startswith(_UNLIMITED)


def name(text: str) -> str:
    """A name with single spaces; `NOVÁKOVÁ` and `nováková` begin with a capital, mixed letters stay as they are."""
    words = " ".join(text.split())
    if words != words.upper() and words != words.lower():
        return words
    return re.sub(r"[^\W\d_]+", lambda word: word[0].capitalize(), words)


def email(text: str) -> str:
    """An address without what people put around it; a comma in it is a point that was meant."""
    bare = "".join(text.split()).strip("<>.,;").removeprefix("mailto:")
    return bare.replace(",", ".")


def phone(text: str) -> str:
    """A number without the word before it (`tel.: 777…`) or whose it is (`777… (dcera)`)."""
    bare = _SAID_AFTER_PHONE.sub("", _LABEL_OF_PHONE.sub("", text.strip()))
    return digits(bare) if _KEYS_OF_FIGURES & set(bare.casefold()) else bare  # a plus alone begins +420


def address(text: str) -> str:
    """What was looked for, with a house number typed on the Czech row of keys as figures: `Slovanská +ě`."""
    words = " ".join(text.split())
    found = _ADDRESS_NUMBER.fullmatch(words)
    return found[1] + digits(found[2]) if found else words


def storey(text: str) -> int | None:
    """`3`, `3. patro`, `přízemí`: the storey, 0 for the ground floor."""
    plain = plain_words(digits(text)).strip(" .")
    if plain in _GROUND_FLOOR:
        return 0
    if plain in _BASEMENT:
        return -1
    found = _FLOOR.fullmatch(plain)
    return int(found[1]) if found else None


def number(text: str) -> int | None:
    """`120`, `120 cm`, `cca 62,5`: a whole number, rounded up; None if it is none."""
    found = _NUMBER.fullmatch(plain_words(digits(text)))
    return int(found[1]) + bool(int(found[2] or 0)) if found else None


def _date(day: str, month: str, year: str, today: date) -> date | None:
    number = _month(month)
    full = int(year)
    if len(year) == 2:
        full += 2000 if full <= today.year % 100 else 1900
    try:
        return date(full, number or 0, int(day))
    except ValueError:
        return None


def _month(text: str) -> int | None:
    if text.isdecimal():
        return int(text) if 1 <= int(text) <= 12 else None
    if text in _ROMAN:
        return _ROMAN.index(text) + 1
    return _months().get(text)


@cache
def _months() -> dict[str, int]:
    """Names of months in all our languages, as counted and as said after a day, without accents."""
    found: dict[str, int] = {}
    for language in LANGUAGES:
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                names = get_month_names(width, context, language)
                found.update({plain_words(names[each]).strip("."): each for each in range(1, 13)})
    return found
