"""The words by which a text message asks for something, in four languages and however they are typed. Pure.

A message is a keyword, perhaps with a number of a ride, a time and words of courtesy, and nothing else: whatever says
more than that is read by a person. Only a call for help is heard wherever it begins a message.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from transport.kernel.i18n import Lang

LONGEST = 160
"""Characters of a message that can be a keyword; nobody writes a longer one to say a single word."""
MOST_MINUTES = 300
_RIDE = 6
"""Digits of the number of a ride."""


class Keyword(StrEnum):
    """What a text message can ask for by itself."""

    CANCEL = "cancel"
    YES = "yes"
    NO = "no"
    READY = "ready"
    LATER = "later"
    WHERE = "where"
    HELP = "help"
    BOTHERS = "bothers"


ACTS = frozenset({Keyword.CANCEL, Keyword.YES, Keyword.NO, Keyword.READY, Keyword.LATER})
"""Words that change something; the others only ask."""

WORDS: dict[Lang, dict[Keyword, tuple[str, ...]]] = {
    "cs": {
        Keyword.CANCEL: ("ZRUS", "ZRUSIT", "ZRUSTE", "ZRUSTO", "STORNO", "STORNOVAT", "NEJEDU", "NEPOJEDU"),
        Keyword.YES: ("ANO", "SOUHLASIM", "BERU"),
        Keyword.NO: ("NE", "NECHCI", "NESOUHLASIM"),
        Keyword.READY: ("HOTOVO", "PRIPRAVEN", "PRIPRAVENA", "CHCIDOMU", "UZMUZETE"),
        Keyword.LATER: ("POZDEJI", "POZDEJ"),
        Keyword.WHERE: ("KDE", "KDEJE", "KDEJSTE", "KDEJEAUTO", "KDYPRIJEDETE"),
        Keyword.HELP: ("POMOC", "POMOZTE", "POMOZTEMI"),
        Keyword.BOTHERS: ("VADI", "VADIMITO", "VADITO", "ZAVOLEJTE", "ZAVOLEJTEMI"),
    },
    "en": {
        Keyword.CANCEL: ("CANCEL", "CANCELRIDE"),
        Keyword.YES: ("YES", "AGREE"),
        Keyword.NO: ("NO",),
        Keyword.READY: ("READY", "IAMREADY", "IMREADY"),
        Keyword.LATER: ("LATER",),
        Keyword.WHERE: ("WHERE", "WHEREAREYOU", "WHEREISTHECAR", "WHEREISIT"),
        Keyword.HELP: ("HELP", "HELPME"),
        Keyword.BOTHERS: ("PROBLEM", "CALLME"),
    },
    "de": {
        Keyword.CANCEL: ("STORNO", "STORNIEREN", "ABSAGEN", "ABSAGE"),
        Keyword.YES: ("JA",),
        Keyword.NO: ("NEIN",),
        Keyword.READY: ("FERTIG", "BEREIT"),
        Keyword.LATER: ("SPAETER", "SPATER"),
        Keyword.WHERE: ("WO", "WOSINDSIE", "WOISTDASAUTO"),
        Keyword.HELP: ("HILFE",),
        Keyword.BOTHERS: ("PROBLEM", "STOERT", "STORT", "ANRUFEN"),
    },
    "uk": {
        Keyword.CANCEL: ("СКАСУВАТИ", "СКАСУЙ", "СКАСУЙТЕ", "ВІДМІНА", "ВІДМІНИТИ"),
        Keyword.YES: ("ТАК", "ЗГОДА"),
        Keyword.NO: ("НІ",),
        Keyword.READY: ("ГОТОВО", "ГОТОВА", "ГОТОВИЙ"),
        Keyword.LATER: ("ПІЗНІШЕ",),
        Keyword.WHERE: ("ДЕ", "ДЕВИ", "ДЕМАШИНА", "ДЕАВТО"),
        Keyword.HELP: ("ДОПОМОГА", "ДОПОМОЖІТЬ", "ДОПОМОЖІТЬМЕНІ"),
        Keyword.BOTHERS: ("ПРОБЛЕМА", "ЗАВАЖАЄ", "ПОДЗВОНІТЬ"),
    },
}
"""The first word of each is the one that our messages print."""

AMBIGUOUS: dict[str, Lang] = {"no": "cs"}
"""Letters that say no in one language and `well, yes` to whoever speaks this one: then a person asks."""

_COURTESY = frozenset(
    re.findall(
        r"\w+",
        """prosim prosimvas dekuji dekuju diky dobryden den dobry jizdu jizda jizdy cislo c min minut minuty minutu
        hod hodin h v ve o k az za mi to
        please thanks thank you ride number the my minutes minute at in by
        bitte danke fahrt nummer nr die meine minuten um uhr
        будь ласка дякую поіздку поіздка номер хв хвилин хвилини о об на""",
    )
)


@dataclass(frozen=True, slots=True)
class Understood:
    """A keyword with what was said besides. `minutes` from now on or `clock` (hour, minute) belong to `LATER`.

    `languages`: in which of them this word is used.
    """

    keyword: Keyword
    languages: tuple[Lang, ...]
    ride: str = ""
    minutes: int | None = None
    clock: tuple[int, int] | None = None
    word: str = ""


def canonical(keyword: Keyword, language: Lang) -> str:
    """The word as our messages print it."""
    return WORDS[language][keyword][0]


def understood(text: str) -> Understood | None:
    """The keyword of a message; None if it says anything else, or more."""
    if len(text) > LONGEST:
        return None
    plain = _plain(text)
    numbers, letters = re.findall(r"\d+(?: ?[:.] ?\d+)?", plain), re.findall(r"[^\W\d_]+", plain)
    if letters and letters[0] in _HELP:
        return Understood(Keyword.HELP, _HELP[letters[0]], word=letters[0])
    for word in _candidates(letters):
        for keyword in Keyword:
            languages = _KNOWN.get((word, keyword))
            if languages is not None:
                return _with_numbers(Understood(keyword, languages, word=word), numbers)
    return None


def _with_numbers(found: Understood, numbers: list[str]) -> Understood | None:
    """The same with the number of a ride and a time; None if there are numbers that can be neither."""
    for amount, ride in _readings(numbers, found.keyword):
        if ride and len(ride) != _RIDE:
            continue
        if amount is None:
            return Understood(found.keyword, found.languages, ride, word=found.word)
        clock, minutes = _clock(amount), _minutes(amount)
        if clock is not None or minutes is not None:
            return Understood(found.keyword, found.languages, ride, minutes, clock, found.word)
    return None


def _readings(numbers: list[str], keyword: Keyword) -> Iterator[tuple[str | None, str]]:
    """What the numbers may be: all of them the number of a ride, or a time before or after it."""
    if keyword is Keyword.LATER and numbers:
        for amount, ride in ((numbers[0], numbers[1:]), (numbers[-1], numbers[:-1])):
            yield amount, _digits(ride)
    yield None, _digits(numbers)


def _digits(numbers: list[str]) -> str:
    return "".join(letter for number in numbers for letter in number if letter.isdecimal())


def _clock(amount: str) -> tuple[int, int] | None:
    """`15:30`, `15.30` or `1530` as hour and minute."""
    found = re.fullmatch(r"(\d{1,2}) ?[:.] ?(\d{2})|(\d{2})(\d{2})", amount)
    if found is None:
        return None
    hour, minute = (int(each) for each in found.groups() if each is not None)
    return (hour, minute) if hour < 24 and minute < 60 else None


def _minutes(amount: str) -> int | None:
    return int(amount) if amount.isdecimal() and len(amount) <= 3 and 0 < int(amount) <= MOST_MINUTES else None


def _candidates(letters: list[str]) -> Iterator[str]:
    """All letters as one word, as some type with spaces between them; then without words of courtesy."""
    yield "".join(letters)
    yield "".join(word for word in letters if word not in _COURTESY)


def _plain(text: str) -> str:
    """Small letters without marks; digits of any script as ours; what is neither, but for signs of a time, a space."""
    found = []
    for letter in unicodedata.normalize("NFKD", text.casefold()):
        if unicodedata.combining(letter):
            continue
        digit = unicodedata.decimal(letter, None)
        if digit is not None:
            found.append(str(digit))
        else:
            found.append(letter if letter.isalpha() or letter in ":." else " ")
    return "".join(found)


def _known() -> dict[tuple[str, Keyword], tuple[Lang, ...]]:
    found: dict[tuple[str, Keyword], tuple[Lang, ...]] = {}
    for language, table in WORDS.items():
        for keyword, words in table.items():
            for word in words:
                key = (_plain(word), keyword)
                found[key] = (*found.get(key, ()), language)
    return found


_KNOWN = _known()
_HELP = {word: languages for (word, keyword), languages in _KNOWN.items() if keyword is Keyword.HELP}
