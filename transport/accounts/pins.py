"""A driver's PIN: the second half of a log-in by the code of a shift, never enough by itself. Kept as a hash.

It is short, so guessing is made slow for each person, whoever asks and from wherever.
"""

import re
from datetime import datetime, timedelta

from sqlmodel import Session, col, select, update

from transport.accounts import events as happened
from transport.accounts import login, passwords, secret, users
from transport.accounts.models import LoginPin, User
from transport.kernel import events
from transport.kernel.actor import Actor, Role
from transport.kernel.errors import Exhausted, Forbidden, Invalid, ServiceError

__all__ = ["LEAST", "MOST", "LoginPin", "give", "lift", "of", "rests_until", "sign_in"]

LEAST, MOST = 4, 6
"""Digits of a PIN; one that we choose has six."""

_LEFT_OUT = str.maketrans("", "", " -\u00a0\u2011\u2013.\t")
_RUNS = "01234567890", "09876543210"


def give(session: Session, user: User, wished: str = "", *, by: Actor, now: datetime) -> str:
    """A new PIN for somebody, told this once: the digits they wish, or six that we choose; every log-in of theirs ends.

    Refuses what is no PIN (`pin.unusable`) or what everybody tries first (`pin.easy`).
    """
    pin = wished.translate(_LEFT_OUT) or _chosen()
    if not re.fullmatch(rf"[0-9]{{{LEAST},{MOST}}}", pin):
        raise Invalid("pin.unusable", field="wished", least=LEAST, most=MOST)
    if _is_easy(pin):
        raise Invalid("pin.easy", field="wished")
    kept = of(session, user) or LoginPin(user_id=user.id or 0, pin_hash="", set_at=now)
    kept.pin_hash, kept.set_at = passwords.hashed_pin(pin), now
    session.add(kept)
    users.end_sessions(session, user)
    login.forgive(session, _attempts_of(user))
    events.record(session, happened.PIN_SET, subject=("user", user.id), by=by, now=now)
    return pin


def of(session: Session, user: User) -> LoginPin | None:
    """What is kept of somebody's PIN; None if they have none."""
    return session.exec(select(LoginPin).where(LoginPin.user_id == user.id)).first()


def sign_in(
    session: Session, user: User | None, typed: str, *, lasts: timedelta, now: datetime
) -> login.SignedIn | login.Refused:
    """Open a session for a driver who has typed their PIN; each wrong one is remembered, as with a password.

    Nobody (None), somebody without a PIN, shut out or no driver any more gets the same answer in the same time:
    `login.pin_wrong` (Forbidden), after too many tries `login.too_many` with `until` (Exhausted).
    """
    if user is not None:
        # Whoever tries ten at once waits here for the one before.
        session.exec(update(LoginPin).where(col(LoginPin.user_id) == user.id).values(user_id=user.id))
    until = None if user is None else rests_until(session, user, now=now)
    if until is not None:
        return login.Refused(Exhausted("login.too_many", field="pin", until=until))
    kept = None if user is None else of(session, user)
    right = passwords.fits(typed.translate(_LEFT_OUT), kept.pin_hash if kept else None)
    if user is None or not right or not user.active or user.role is not Role.DRIVER:
        return login.Refused(_wrong(session, user, now))
    login.forgive(session, _attempts_of(user))
    return login.SignedIn(user, login.let_in(session, user, how="pin", now=now, lasts=lasts))


def rests_until(session: Session, user: User, *, now: datetime) -> datetime | None:
    """Until when no PIN of this person is taken after too many wrong ones; None: it is taken."""
    return login.rests_until(session, _attempts_of(user), now=now)


def lift(session: Session, user: User, *, by: Actor, now: datetime) -> None:
    """Let somebody try again at once."""
    login.forgive(session, _attempts_of(user))
    events.record(session, happened.PIN_LIFTED, subject=("user", user.id), by=by, now=now)


def _wrong(session: Session, user: User | None, now: datetime) -> ServiceError:
    if user is not None:
        login.missed(session, _attempts_of(user), now=now)
        if rests_until(session, user, now=now) is not None:
            events.record(session, happened.PIN_RESTS, subject=("user", user.id), by=users.actor(user), now=now)
    return Forbidden("login.pin_wrong", field="pin")


def _attempts_of(user: User) -> str:
    """How wrong PINs of a person are counted; no log-in name has a space."""
    return f"pin {user.id}"


def _chosen() -> str:
    while _is_easy(pin := secret.digits(MOST)):
        pass
    return pin


def _is_easy(pin: str) -> bool:
    return len(set(pin)) == 1 or any(pin in run for run in _RUNS)
