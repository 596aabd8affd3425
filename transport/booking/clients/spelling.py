"""How names and telephone numbers are written so that they are found again. Pure."""

import re
import unicodedata

from transport.accounts.contacts import phone

__all__ = ["phone", "plain"]

_NOT_SPOKEN = re.compile(r"[\W_]+")


def plain(text: str) -> str:
    """Small letters without diacritics, words parted by one space: `Dvořák-Němcová` is `dvorak nemcova`."""
    letters = unicodedata.normalize("NFKD", text.replace("ł", "l").replace("Ł", "L"))
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return _NOT_SPOKEN.sub(" ", bare.casefold()).strip()
