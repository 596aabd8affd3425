"""How passwords are kept: as Argon2id hashes, which say themselves how they were made."""

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from transport.kernel.errors import Invalid

LEAST_CHARACTERS = 8
"""NIST SP 800-63B: at least eight characters, no rules about which ones."""

MOST_CHARACTERS = 128
"""Longer ones are refused, so that nobody keeps the machine busy with a megabyte of password."""

# The OWASP minimum for Argon2id (19 MiB, two passes, one lane): signing in must not keep other writers waiting.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_NOBODY = _hasher.hash("the password of nobody")


def hashed(password: str) -> str:
    """The hash to keep; refuses a password too short or too long (`user.password_short`, `…_long`)."""
    if len(password) < LEAST_CHARACTERS:
        raise Invalid("user.password_short", field="password", least=LEAST_CHARACTERS)
    if len(password) > MOST_CHARACTERS:
        raise Invalid("user.password_long", field="password", most=MOST_CHARACTERS)
    return _hasher.hash(password)


def hashed_pin(pin: str) -> str:
    """The hash of a PIN, which is short: what makes it safe is that few may be tried."""
    return _hasher.hash(pin)


def fits(password: str, kept: str | None) -> bool:
    """Whether it is the password; without a kept hash (None or empty) it takes as long and is never true.

    The same time for everybody tells a guesser nothing about which logins exist.
    """
    if len(password) > MOST_CHARACTERS:
        return False
    try:
        _hasher.verify(kept or _NOBODY, password)
    except VerifyMismatchError:
        return False
    return bool(kept)
