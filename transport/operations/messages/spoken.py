"""A message as a voice reads it out: numbers of rides and telephones digit by digit, times in words. Pure.

A voice reads "8:30-8:45" and "472180" in ways that nobody understands at the first hearing. Commas between groups of
digits make it pause.
"""

import re
from dataclasses import dataclass, field

from transport.kernel.i18n import DEFAULT, Lang


@dataclass(frozen=True, slots=True)
class _Tongue:
    """How a language counts: 0 to 19, 20 to 50 in tens, a word for hours (of one, of two to four, of more)."""

    small: str
    tens: str
    hour: tuple[str, str, str]
    until: str
    hours: dict[int, str] = field(default_factory=dict)
    """Hours whose number has another form than when counting."""
    ones_first: str = ""
    """What joins the ones to the tens where the ones come first."""

    def number(self, number: int) -> str:
        """A number below 60 in words."""
        small, tens = self.small.split(), self.tens.split()
        if number < len(small):
            return small[number]
        ten, one = divmod(number, 10)
        if not one:
            return tens[ten - 2]
        if self.ones_first:
            return f"{small[one].removesuffix('s') if one == 1 else small[one]}{self.ones_first}{tens[ten - 2]}"
        return f"{tens[ten - 2]} {small[one]}"

    def time(self, hour: int, minute: int) -> str:
        """`8:30` as „osm hodin třicet“."""
        last = hour % 10 if hour > 20 and "дцять" in self.tens else hour
        word = self.hour[0 if last == 1 else 1 if 2 <= last <= 4 else 2]
        spoken = [self.hours.get(hour) or self.number(hour)]
        if word and not (minute and word == "o'clock"):
            spoken.append(word)
        if minute:
            spoken.append(self.number(minute) if minute > 9 or word != "o'clock" else f"oh {self.number(minute)}")
        return " ".join(spoken)

    def digits(self, number: str) -> str:
        """One digit after the other, with a pause after every three."""
        small = self.small.split()
        said = [small[int(each)] for each in number if each.isdecimal()]
        return ", ".join(" ".join(said[at : at + 3]) for at in range(0, len(said), 3))


_TONGUES: dict[Lang, _Tongue] = {
    "cs": _Tongue(
        "nula jedna dva tři čtyři pět šest sedm osm devět deset jedenáct dvanáct třináct čtrnáct patnáct šestnáct "
        "sedmnáct osmnáct devatenáct",
        "dvacet třicet čtyřicet padesát",
        ("hodina", "hodiny", "hodin"),
        "až",
        {2: "dvě"},
    ),
    "en": _Tongue(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen",
        "twenty thirty forty fifty",
        ("o'clock", "o'clock", "o'clock"),
        "to",
    ),
    "de": _Tongue(
        "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn "
        "siebzehn achtzehn neunzehn",
        "zwanzig dreißig vierzig fünfzig",
        ("Uhr", "Uhr", "Uhr"),
        "bis",
        {1: "ein"},
        "und",
    ),
    "uk": _Tongue(
        "нуль один два три чотири п'ять шість сім вісім дев'ять десять одинадцять дванадцять тринадцять "
        "чотирнадцять п'ятнадцять шістнадцять сімнадцять вісімнадцять дев'ятнадцять",
        "двадцять тридцять сорок п'ятдесят",
        ("година", "години", "годин"),
        "до",
        {1: "одна", 2: "дві", 21: "двадцять одна", 22: "двадцять дві"},
    ),
}

_TIME = r"(?<![\d:])([01]?\d|2[0-3]):([0-5]\d)(?![\d:])"
_SPAN = re.compile(_TIME + r"\s*[-\u2013]\s*" + _TIME)
_ALONE = re.compile(_TIME)
_DIGITS = re.compile(r"\+?(?<!\d)\d{3}(?:[ \u00a0]?\d{3}){1,3}(?!\d)|(?<!\d)\d{5}(?!\d)")
"""Numbers of rides (five or six digits) and telephone numbers."""


def of(text: str, language: str) -> str:
    """The text as it is spoken in its language."""
    tongue = _TONGUES[next((each for each in _TONGUES if each == language), DEFAULT)]

    def time(hour: str, minute: str) -> str:
        return tongue.time(int(hour), int(minute))

    said = _SPAN.sub(lambda found: f"{time(found[1], found[2])} {tongue.until} {time(found[3], found[4])}", text)
    said = _ALONE.sub(lambda found: time(found[1], found[2]), said)
    return _DIGITS.sub(lambda found: tongue.digits(found[0]), said)
