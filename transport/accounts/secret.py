"""Secrets that travel in cookies, links and messages: made here, and kept as hashes only."""

import hashlib
import secrets


def token() -> str:
    """A secret nobody can guess."""
    return secrets.token_urlsafe(32)


def digits(count: int) -> str:
    """A code of so many digits, to be read out and typed."""
    return f"{secrets.randbelow(10**count):0{count}d}"


def digest(text: str) -> str:
    """What is kept of a secret. A token is random and long: a plain hash is enough, it need not be slow."""
    return hashlib.sha256(text.encode()).hexdigest()
