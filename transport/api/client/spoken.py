"""Days and times as people say and type them. Pure: what is not understood is None, the door says what to do.

Digits typed with the Czech row of keys (`í+ř` for 915) count as digits.
"""

import re
import unicodedata
from datetime import date, timedelta

_KEYS = str.maketrans("+ěščřžýáíé", "1234567890")
_KEY_ROW = re.compile(r"[\d+ěščřžýáíé\s.:,/-]*[+ěščřžýáíé][\d+ěščřžýáíé\s.:,/-]*")

_HOURS = {
    "jedna": 1, "jednu": 1, "jedne": 1, "dve": 2, "druhe": 2, "tri": 3, "treti": 3, "ctyri": 4, "ctvrte": 4,
    "pet": 5, "pate": 5, "sest": 6, "seste": 6, "sedm": 7, "sedme": 7, "osm": 8, "osme": 8, "devet": 9,
    "devate": 9, "deset": 10, "desate": 10, "jedenact": 11, "jedenacte": 11, "dvanact": 12, "dvanacte": 12,
    "trinact": 13, "ctrnact": 14, "patnact": 15, "sestnact": 16, "sedmnact": 17, "osmnact": 18,
    "devatenact": 19, "dvacet": 20,
}  # fmt: skip
"""Hours in words, without diacritics: as counted, and as said after “půl” and “na”."""

_HOUR_WORD = "|".join(sorted(_HOURS, key=len, reverse=True))
_PART_OF_HOUR = re.compile(rf"(ctvrt|pul|(?:tri ?ctvrte|3/4|trictvrte)) ?(?:na )?({_HOUR_WORD}|\d\d?)")
_WHOLE_HOUR = re.compile(rf"({_HOUR_WORD})(?: hodin[ay]?)?")
_FIGURES = re.compile(r"(\d\d?)(?: ?(?:[.:,-]|h|hod|hodin[ay]?)? ?(\d\d) ?(?:min|minut)?| ?(?:h|hod|hodin[ay]?))?")
_AFTERNOON = ("odpoledne", "vecer", "pm")
_MORNING = ("rano", "dopoledne", "am", "v noci")

_WEEKDAYS = (
    ("pondeli", "po", "monday"),
    ("utery", "ut", "tuesday"),
    ("streda", "streda", "st", "stredu", "wednesday"),
    ("ctvrtek", "ct", "thursday"),
    ("patek", "pa", "friday"),
    ("sobota", "so", "sobotu", "saturday"),
    ("nedele", "ne", "nedeli", "sunday"),
)
_MONTHS = (
    ("ledna", "leden", "january"),
    ("unora", "unor", "february"),
    ("brezna", "brezen", "march"),
    ("dubna", "duben", "april"),
    ("kvetna", "kveten", "may"),
    ("cervna", "cerven", "june"),
    ("cervence", "cervenec", "july"),
    ("srpna", "srpen", "august"),
    ("zari", "september"),
    ("rijna", "rijen", "october"),
    ("listopadu", "listopad", "november"),
    ("prosince", "prosinec", "december"),
)
_AHEAD = {
    "d": 0, "dnes": 0, "dneska": 0, "today": 0, "z": 1, "zitra": 1, "zejtra": 1, "tomorrow": 1,
    "p": 2, "pozitri": 2, "pozejtri": 2,
}  # fmt: skip
_NUMERIC_DAY = re.compile(r"(\d\d?)(?: ?[./ ] ?(\d\d?)(?: ?[./ ] ?(\d{4}|\d\d))?)? ?\.?")
_ISO_DAY = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)")
_WORDED_DAY = re.compile(r"(\d\d?)\.? ([a-z]+)(?: (\d{4}))?")
_LONG_AGO = timedelta(days=183)
"""A date without a year that passed less than half a year ago is taken for past, an older one for next year's."""


def time_of_day(text: str) -> tuple[int, int] | None:
    """Hour and minute: 9, 915, 9.15, 9:15, 9,15, 9h, “9 hodin”, “čtvrt na deset”, “půl třetí”, “9:15 odpoledne”.

    Hours in words below six mean the afternoon, as nobody is driven at night: “půl třetí” is 14:30.
    """
    plain = plain_words(digits(text)).removeprefix("v ").removeprefix("ve ").removesuffix(".").strip()
    afternoon, morning = False, False
    for word in _AFTERNOON + _MORNING:
        if plain.endswith(word):
            plain = plain.removesuffix(word).strip()
            afternoon, morning = word in _AFTERNOON, word in _MORNING
            break
    if plain in {"poledne", "noon"}:
        return 12, 0
    found = _in_words(plain, night=morning) or _in_figures(plain)
    if found is None:
        return None
    hour, minute = found
    if afternoon and hour < 12:
        hour += 12
    return (hour, minute) if hour <= 23 and minute <= 59 else None


def day_named(text: str, today: date) -> date | None:
    """The day: “zítra”, “čt”, 26.11., 26. listopadu, 26, +3. A day of the week is the next one after today."""
    raw = text.strip()
    if re.fullmatch(r"\+\d{1,2}", raw):
        return today + timedelta(days=int(raw))
    plain = plain_words(digits(raw)).removeprefix("v ").removeprefix("ve ").strip(" .,")
    if plain in _AHEAD:
        return today + timedelta(days=_AHEAD[plain])
    for number, names in enumerate(_WEEKDAYS):
        if plain in names:
            return today + timedelta(days=(number - today.weekday() - 1) % 7 + 1)
    for names in _WEEKDAYS:  # “čtvrtek 26. listopadu”: the number decides
        for name in names:
            plain = plain.removeprefix(f"{name} ").strip(" ,.")
    return _iso(plain) or _worded(plain, today) or _numeric(plain, today)


def digits(text: str) -> str:
    """What was typed on the Czech row of keys as the figures that were meant; anything else as it is."""
    raw = unicodedata.normalize("NFC", text.strip().lower())
    return raw.translate(_KEYS) if _KEY_ROW.fullmatch(raw) else raw


def plain_words(text: str) -> str:
    """Small letters without accents, single spaces."""
    apart = unicodedata.normalize("NFKD", text.lower().replace("\u00a0", " "))
    return " ".join("".join(c for c in apart if not unicodedata.combining(c)).split())


def _in_words(plain: str, *, night: bool) -> tuple[int, int] | None:
    part = _PART_OF_HOUR.fullmatch(plain)
    if part:
        named = _HOURS.get(part[2]) or int(part[2])
        minute = {"ctvrt": 15, "pul": 30}.get(part[1], 45)
        hour = named - 1 if named > 1 or night else 12
    else:
        whole = _WHOLE_HOUR.fullmatch(plain)
        if whole is None:
            return None
        hour, minute = _HOURS[whole[1]], 0
    return (hour + 12 if hour < 6 and not night else hour), minute


def _in_figures(plain: str) -> tuple[int, int] | None:
    if re.fullmatch(r"\d{3,4}", plain):
        return int(plain[:-2]), int(plain[-2:])
    figures = _FIGURES.fullmatch(plain)
    return (int(figures[1]), int(figures[2] or 0)) if figures else None


def _iso(plain: str) -> date | None:
    found = _ISO_DAY.fullmatch(plain)
    return _day(int(found[1]), int(found[2]), int(found[3])) if found else None


def _worded(plain: str, today: date) -> date | None:
    found = _WORDED_DAY.fullmatch(plain)
    if found is None:
        return None
    month = next((number for number, names in enumerate(_MONTHS, 1) if found[2] in names), None)
    return _nearest(int(found[1]), month, int(found[3]) if found[3] else None, today) if month else None


def _numeric(plain: str, today: date) -> date | None:
    found = _NUMERIC_DAY.fullmatch(plain)
    if found is None:
        return None
    if found[2] is None:
        return _of_month(int(found[1]), today)
    year = int(found[3]) if found[3] else None
    return _nearest(int(found[1]), int(found[2]), year + 2000 if year is not None and year < 100 else year, today)


def _of_month(day: int, today: date) -> date | None:
    """The next month that has this day and in which it is not over."""
    first = today.replace(day=1)
    for _ in range(3):
        found = _day(first.year, first.month, day)
        if found is not None and found >= today:
            return found
        first = (first + timedelta(days=32)).replace(day=1)
    return None


def _nearest(day: int, month: int, year: int | None, today: date) -> date | None:
    if year is not None:
        return _day(year, month, day)
    found = _day(today.year, month, day)
    if found is not None and found < today - _LONG_AGO:
        return _day(today.year + 1, month, day)
    return found or _day(today.year + 1, month, day)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
