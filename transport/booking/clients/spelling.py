"""How names and telephone numbers are written so that they are found again. Pure."""

import re
import unicodedata

from transport.accounts.contacts import phone

__all__ = ["phone", "plain", "sounds"]

_NOT_SPOKEN = re.compile(r"[\W_]+")
_CYRILLIC = str.maketrans(
    dict(zip("абвгґдезиіїйклмнопрстуфыэё", "abvhgdeziiiiklmnoprstufiee", strict=True))
    | {"є": "ie", "ж": "z", "х": "c", "ц": "c", "ч": "c", "ш": "s", "щ": "sc", "ю": "iu", "я": "ia", "ь": "", "ъ": ""}
)
_ALIKE = (
    ("shch", "sc"), ("sch", "s"), ("sh", "s"), ("ch", "c"), ("zh", "z"), ("kh", "c"), ("ts", "c"), ("tz", "c"),
    ("x", "ks"), ("y", "i"), ("j", "i"), ("w", "v"), ("g", "h"), ("ie", "e"),
)  # fmt: skip
"""What one letter of one language is in the letters of another, in the order in which it is looked for."""
_TWICE = re.compile(r"(\D)\1+")


def plain(text: str) -> str:
    """Small letters without diacritics, words parted by one space: `Dvořák-Němcová` is `dvorak nemcova`."""
    letters = unicodedata.normalize("NFKD", text.replace("ł", "l").replace("Ł", "L"))
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return _NOT_SPOKEN.sub(" ", bare.casefold()).strip()


def sounds(text: str) -> str:
    """The same name however it is written: `Шевченко`, `Ševčenko` and `Shevchenko` are `sevcenko`.

    Too many names may become one, so this finds people and never decides that two of them are the same.
    """
    latin = plain(unicodedata.normalize("NFC", text).casefold().translate(_CYRILLIC).replace("\u2019", ""))
    for written, heard in _ALIKE:
        latin = latin.replace(written, heard)
    return _TWICE.sub(r"\1", latin)
