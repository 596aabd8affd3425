"""Browsers that people asked us to remember: there one button logs them in, without a code."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, delete, select

from transport.accounts import events as happened
from transport.accounts import secret
from transport.accounts.models import LoginDevice, User
from transport.kernel import events
from transport.kernel.actor import Actor
from transport.kernel.errors import Forbidden, NotFound

__all__ = ["LASTS", "LoginDevice", "enter", "forget", "known", "of", "remember", "remove"]

LASTS = timedelta(days=90)
"""Since it was last used."""


def remember(session: Session, user: User, token: str, *, name: str, by: Actor, now: datetime) -> str:
    """Remember this browser for the user; the token for its cookie, its own one if it has one that is known."""
    theirs = session.exec(select(LoginDevice).where(*_alive(token, now))).all() if token else []
    token = token if theirs else secret.token()
    device = next((each for each in theirs if each.user_id == user.id), None)
    if device is None:
        digest = secret.digest(token)
        # What is over may still stand there until the night.
        session.exec(
            delete(LoginDevice).where(col(LoginDevice.token_hash) == digest, col(LoginDevice.user_id) == user.id)
        )
        device = LoginDevice(
            user_id=user.id or 0, token_hash=digest, created_at=now, used_at=now, expires_at=now + LASTS
        )
    device.name, device.used_at, device.expires_at = name[:80], now, now + LASTS
    session.add(device)
    session.flush()
    facts = {"device": device.id}
    events.record(session, happened.DEVICE_REMEMBERED, subject=("user", user.id), by=by, now=now, facts=facts)
    return token


def known(session: Session, token: str, *, now: datetime) -> list[User]:
    """Who may log in here by one button, by name; nobody on a browser that we do not remember."""
    statement = select(User).join(LoginDevice, col(LoginDevice.user_id) == col(User.id)).where(*_alive(token, now))
    return sorted(session.exec(statement.where(col(User.active))), key=lambda user: (user.name, user.id))


def enter(session: Session, token: str, user_id: int, *, now: datetime) -> User:
    """The user whom this browser remembers, for another ninety days; refuses anybody else."""
    user = next((each for each in known(session, token, now=now) if each.id == user_id), None)
    if user is None:
        raise Forbidden("login.device_unknown")
    device = session.exec(select(LoginDevice).where(*_alive(token, now), LoginDevice.user_id == user_id)).one()
    device.used_at, device.expires_at = now, now + LASTS
    session.add(device)
    return user


def of(session: Session, user_id: int, *, now: datetime) -> list[LoginDevice]:
    """The devices that remember a user, the one used last first."""
    mine = select(LoginDevice).where(LoginDevice.user_id == user_id, LoginDevice.expires_at > now)
    return list(session.exec(mine.order_by(col(LoginDevice.used_at).desc(), col(LoginDevice.id).desc())))


def remove(session: Session, user_id: int, device_id: int, *, by: Actor, now: datetime) -> None:
    """Forget one of the user's devices; somebody else's is not found."""
    device = session.get(LoginDevice, device_id)
    if device is None or device.user_id != user_id:
        raise NotFound("login.device")
    session.delete(device)
    facts = {"device": device_id}
    events.record(session, happened.DEVICE_FORGOTTEN, subject=("user", user_id), by=by, now=now, facts=facts)


def forget(session: Session, *, now: datetime) -> None:
    """Drop devices that nobody has used for long."""
    session.exec(delete(LoginDevice).where(col(LoginDevice.expires_at) <= now))


def _alive(token: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return col(LoginDevice.token_hash) == secret.digest(token), col(LoginDevice.expires_at) > now
