"""What a text message costs in characters, and how words are written so that it costs little. Pure."""

import unicodedata

_PLAIN = set("@£$¥\n\r_ !\"#%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ¿abcdefghijklmnopqrstuvwxyzÄÖÜäöüß")
_TWO = set("^{}\\[~]|€")
"""Take two places each."""
_WRITTEN = {"ß": "ss", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "–": "-", "—": "-", "‑": "-", "…": "..."}
_QUOTES = dict.fromkeys("„“”", '"') | dict.fromkeys("‚‘’", "'")


def without_diacritics(text: str) -> str:
    """Latin letters without their marks, spaces and quotes of a typewriter; other scripts stay as they are."""
    return "".join(_bare(letter) for letter in text)


def bare(text: str, language: str) -> str:
    """The same in a language; the letters of German cost nothing, and stay."""
    return "".join(letter if language == "de" and letter in _PLAIN else _bare(letter) for letter in text)


def segments(text: str) -> int:
    """How many text messages a telephone company counts: 160 characters, or 70 with any other letter in it."""
    if set(text) <= _PLAIN | _TWO:
        length, alone, joined = len(text) + sum(letter in _TWO for letter in text), 160, 153
    else:
        length, alone, joined = len(text.encode("utf-16-le")) // 2, 70, 67
    return 1 if length <= alone else -(-length // joined)


def _bare(letter: str) -> str:
    written = _WRITTEN.get(letter) or _QUOTES.get(letter)
    if written:
        return written
    base = unicodedata.normalize("NFKD", letter)
    bare = "".join(each for each in base if not unicodedata.combining(each))
    return bare if bare.isascii() else letter
