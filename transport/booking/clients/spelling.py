"""How names and telephone numbers are written so that they are found again. Pure."""

import re
import unicodedata

_NOT_SPOKEN = re.compile(r"[\W_]+")
_PHONE = re.compile(r"\+[1-9][0-9]{7,14}")


def plain(text: str) -> str:
    """Small letters without diacritics, words parted by one space: `Dvořák-Němcová` is `dvorak nemcova`."""
    letters = unicodedata.normalize("NFKD", text.replace("ł", "l").replace("Ł", "L"))
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return _NOT_SPOKEN.sub(" ", bare.casefold()).strip()


def phone(text: str) -> str | None:
    """A number as `+420777123456`; nine digits are Czech. None if it cannot be a telephone number."""
    digits = re.sub(r"[\s().\-/]", "", text)
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    if re.fullmatch(r"[1-9][0-9]{8}", digits):
        digits = "+420" + digits
    return digits if _PHONE.fullmatch(digits) else None
