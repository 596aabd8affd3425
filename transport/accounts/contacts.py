"""Telephone numbers and e-mail addresses as people write them, and as they are kept. Pure."""

import re

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

HOME = "CZ"
"""A number without a country is Czech."""

_CZECH = 420
_CZECH_DIGITS = 9

_DIALLED = re.compile(r"[\s().\-\u2013/]")
_NUMBER = re.compile(r"(\+|00)?[0-9]{5,17}")
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_LANDLINE = frozenset({PhoneNumberType.FIXED_LINE})


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


def is_landline(number: str) -> bool:
    """Whether a message would get lost there: a landline is called and never sent an SMS."""
    parsed = _parsed(number)
    return parsed is not None and phonenumbers.number_type(parsed) in _LANDLINE


def _parsed(written: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(written, HOME)
    except phonenumbers.NumberParseException:
        return None
