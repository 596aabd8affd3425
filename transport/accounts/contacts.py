"""Telephone numbers and e-mail addresses as people write them, and as they are kept. Pure."""

import re
from enum import StrEnum

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType


class Way(StrEnum):
    """How words come to somebody: as a text message, by e-mail, told by a voice that calls; never a code: by post."""

    SMS = "sms"
    EMAIL = "email"
    CALL = "call"
    LETTER = "letter"


HOME = "CZ"
"""A number without a country is Czech."""

_CZECH = 420
_CZECH_DIGITS = 9

_DIALLED = re.compile(r"[\s().\-\u2013/]")
_NUMBER = re.compile(r"(\+|00)?[0-9]{5,17}")
_EMAIL = re.compile(r"[^\s@,;:<>()\[\]\\\"]+@[^\s@,;:<>()\[\]\\\"]+\.[^\s@,;:<>()\[\]\\\"]+")
_LANDLINE = frozenset({PhoneNumberType.FIXED_LINE})
_DEAR = frozenset({PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST})
"""Nobody lives at such a number; whoever writes it wants us to pay for the call."""


def phone(text: str) -> str | None:
    """A number as `+420777123456`; without a country it is Czech. None if nobody could be called there."""
    written = _DIALLED.sub("", text)
    if not _NUMBER.fullmatch(written):
        return None
    number = _parsed(written)
    if number is None or not phonenumbers.is_possible_number(number):
        return None
    kept = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return None if number.country_code == _CZECH and len(kept) != len("+420") + _CZECH_DIGITS else kept


def email(text: str) -> str | None:
    """An address in small letters; None if it cannot be one."""
    written = text.strip().casefold()
    return written if len(written) <= 200 and _EMAIL.fullmatch(written) else None


def contact(text: str) -> str | None:
    """What somebody typed into the one field for both: a number or an address as it is kept."""
    return email(text) if "@" in text else phone(text)


def ways(kept: str) -> tuple[Way, ...]:
    """How a code can come to this contact; a landline cannot read, so it is called."""
    if "@" in kept:
        return (Way.EMAIL,)
    number = _parsed(kept)
    if number is None or phonenumbers.number_type(number) in _DEAR:
        return ()
    return (Way.CALL,) if is_landline(kept) else (Way.SMS, Way.CALL)


def shown(kept: str) -> str:
    """The contact as people read it: `+420 777 123 456`."""
    number = None if "@" in kept else _parsed(kept)
    return kept if number is None else phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)


def is_landline(number: str) -> bool:
    """Whether a message would get lost there: a landline is called and never sent an SMS."""
    parsed = _parsed(number)
    return parsed is not None and phonenumbers.number_type(parsed) in _LANDLINE


def _parsed(written: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(written, HOME)
    except phonenumbers.NumberParseException:
        return None
