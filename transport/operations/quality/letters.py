"""What people write to us, an opinion or a complaint: what must be in it, and what makes it unreadable. Pure."""

import unicodedata
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any, TypeVar

from transport.kernel.errors import Invalid

LONGEST = 5000
"""Characters of the main text: three printed pages."""
LONGEST_LINE = 200
FEWEST_DIGITS = 9
"""Digits of a telephone number in Czechia, without the country."""


class Rating(StrEnum):
    """How a ride, or the service, was."""

    GOOD = "good"
    SO_SO = "so_so"
    BAD = "bad"


class AnswerBy(StrEnum):
    """How the writer wants to be answered; `NONE`: not at all, then nothing is kept of who it was."""

    NONE = "none"
    PHONE = "phone"
    EMAIL = "email"
    LETTER = "letter"


class ComplaintState(StrEnum):
    """Whether a complaint has been answered."""

    RECEIVED = "received"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class Opinion:
    """How somebody likes the service; everything may be left out but a word or a sentence."""

    rating: Rating | None = None
    text: str = ""
    ride: str = ""
    answer_by: AnswerBy = AnswerBy.NONE
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Grievance:
    """What somebody complains about. `oral`: they want to tell it on the phone, so we call `contact`."""

    text: str = ""
    happened: str = ""
    ride: str = ""
    oral: bool = False
    answer_by: AnswerBy = AnswerBy.NONE
    contact: str = ""
    name: str = ""


L = TypeVar("L", Opinion, Grievance)


def readable(letter: L) -> L:
    """The letter without what no database keeps and nobody reads, such as characters that steer a terminal."""
    texts: dict[str, Any] = {}
    for each in fields(letter):
        text = getattr(letter, each.name)
        if type(text) is str:  # a word of a list is a text too, and stays what it is
            texts[each.name] = _printable(text)
    return replace(letter, **texts)


def faults(letter: Opinion | Grievance) -> list[Invalid]:
    """All that is missing or too long, each at its field; empty for a letter we can take."""
    found = _faults_of_opinion(letter) if isinstance(letter, Opinion) else _faults_of_grievance(letter)
    if letter.answer_by is not AnswerBy.NONE and not letter.contact and all(each.field != "contact" for each in found):
        found.append(Invalid("letter.contact_missing", field="contact"))
    for each in fields(letter):
        text, most = getattr(letter, each.name), LONGEST if each.name == "text" else LONGEST_LINE
        if isinstance(text, str) and len(text) > most:
            found.append(Invalid("letter.too_long", field=each.name, most=most, has=len(text)))
    return found


def _faults_of_opinion(opinion: Opinion) -> list[Invalid]:
    empty = opinion.rating is None and not opinion.text
    return [Invalid("opinion.empty", field="rating")] if empty else []


def _faults_of_grievance(grievance: Grievance) -> list[Invalid]:
    if not grievance.oral:
        return [] if grievance.text else [Invalid("complaint.text_missing", field="text")]
    digits = sum(each.isdigit() for each in grievance.contact)
    return [] if digits >= FEWEST_DIGITS else [Invalid("complaint.phone_missing", field="contact")]


def _printable(text: str) -> str:
    return "".join(each for each in text if each in "\n\t" or unicodedata.category(each) not in {"Cc", "Cs"}).strip()
