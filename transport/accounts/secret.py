"""Secrets that travel in cookies, links and messages: made here, and kept as hashes only."""

import hashlib
import hmac
import os
import secrets
from pathlib import Path


def token() -> str:
    """A secret nobody can guess."""
    return secrets.token_urlsafe(32)


def digits(count: int) -> str:
    """A code of so many digits, to be read out and typed."""
    return f"{secrets.randbelow(10**count):0{count}d}"


def digest(text: str) -> str:
    """What is kept of a secret. A token is random and long: a plain hash is enough, it need not be slow."""
    return hashlib.sha256(text.encode()).hexdigest()


def derived(key: bytes, what: str) -> bytes:
    """A secret that belongs to `what` and that nobody finds who has not the key."""
    return hmac.digest(key, what.encode(), "sha256")


def kept(file: Path) -> bytes:
    """The key of this installation, made when it is first needed: it stands beside the database and never in it."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_name(f"{file.name}.{token()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as made:
            made.write(secrets.token_bytes(32))
        try:
            file.hardlink_to(draft)  # whole or not at all, and the first of several processes wins
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return file.read_bytes()
