"""Adding users, changing their passwords, shutting them out."""

import re
import secrets
from collections.abc import Collection
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete, select

from transport.accounts import contacts, passwords
from transport.accounts import events as happened
from transport.accounts.models import LoginDevice, LoginSession, User
from transport.kernel import events
from transport.kernel.actor import Actor, Role
from transport.kernel.errors import Conflict, Invalid, NotFound

__all__ = ["User", "actor", "add", "change_password", "disable", "everybody", "named", "of", "open", "reach"]

_LOGIN = re.compile(r"[^\s@]+(@[^\s@]+\.[^\s@]+)?")


def add(
    session: Session,
    login: str,
    name: str,
    role: Role,
    password: str,
    *,
    by: Actor,
    now: datetime,
    language: str = "cs",
) -> User:
    """Let somebody log in. Refuses a login that is taken, empty or has spaces, and a short password."""
    login = login.strip().casefold()
    if not _LOGIN.fullmatch(login) or len(login) > 100:
        raise Invalid("user.login_unusable", field="login")
    if not name.strip():
        raise Invalid("user.name_missing", field="name")
    if role is Role.SYSTEM:
        raise Invalid("user.role_not_for_people", field="role")
    user = User(
        login=login,
        name=name.strip()[:100],
        role=role,
        password_hash=passwords.hashed(password),
        language=language,
        created_at=now,
    )
    try:
        with session.begin_nested():
            session.add(user)
    except IntegrityError as error:
        raise Conflict("user.login_taken", field="login", login=login) from error
    events.record(session, happened.USER_ADDED, subject=("user", user.id), by=by, now=now, facts={"role": role.value})
    return user


def open(  # noqa: A001 - an account is opened; nobody here opens files
    session: Session,
    *,
    name: str,
    phone: str = "",
    email: str = "",
    role: Role,
    language: str,
    by: Actor,
    now: datetime,
) -> User:
    """Let somebody log in by a code sent to their phone or e-mail, without a password.

    Refuses somebody without a name (`user.name_missing`), a contact nobody can be reached at (`user.phone_unusable`,
    `user.email_unusable`) and having neither (`user.contact_missing`). Others may have the same contact.
    """
    if not name.strip():
        raise Invalid("user.name_missing", field="name")
    if role is Role.SYSTEM:
        raise Invalid("user.role_not_for_people", field="role")
    number, address = _reachable(phone, email)
    user = User(
        login=f"u-{secrets.token_hex(8)}",
        name=name.strip()[:100],
        role=role,
        phone=number,
        email=address,
        language=language,
        created_at=now,
    )
    session.add(user)
    session.flush()
    events.record(session, happened.USER_ADDED, subject=("user", user.id), by=by, now=now, facts={"role": role.value})
    return user


def reach(session: Session, user: User, *, phone: str = "", email: str = "", by: Actor, now: datetime) -> None:
    """Write down where codes for somebody go from now on; refuses contacts as `open` does."""
    user.phone, user.email = _reachable(phone, email)
    session.add(user)
    events.record(session, happened.CONTACT_CHANGED, subject=("user", user.id), by=by, now=now)


def change_password(session: Session, user: User, password: str, *, by: Actor, now: datetime) -> None:
    """Give a new password; every session and remembered device of the user ends, also those of a thief."""
    user.password_hash = passwords.hashed(password)
    session.add(user)
    _end_sessions(session, user)
    events.record(session, happened.PASSWORD_CHANGED, subject=("user", user.id), by=by, now=now)


def disable(session: Session, user: User, *, by: Actor, now: datetime) -> None:
    """Shut somebody out at once; what they did stays. Disabling twice changes nothing."""
    if not user.active:
        return
    user.active = False
    session.add(user)
    _end_sessions(session, user)
    events.record(session, happened.USER_DISABLED, subject=("user", user.id), by=by, now=now)


def named(session: Session, login: str) -> User:
    """The user with this login; refuses an unknown one (`user.unknown`)."""
    user = session.exec(select(User).where(User.login == login.strip().casefold())).first()
    if user is None:
        raise NotFound("user.unknown", login=login)
    return user


def names(session: Session, ids: Collection[int]) -> dict[int, str]:
    """What the users with these numbers are called."""
    found = session.exec(select(User).where(col(User.id).in_(ids)))
    return {user.id or 0: user.name for user in found}


def of(session: Session, by: Actor) -> User:
    """The account of whoever is asking."""
    return session.get_one(User, by.user)


def everybody(session: Session) -> list[User]:
    """All users in alphabetical order of their logins, disabled ones too."""
    return list(session.exec(select(User).order_by(User.login)))


def actor(user: User) -> Actor:
    """The user as the one who is asking."""
    return Actor(user=user.id, role=user.role, name=user.name)


def _reachable(phone: str, email: str) -> tuple[str, str]:
    """Both contacts as they are kept; one of them may be missing."""
    number = contacts.phone(phone) if phone.strip() else ""
    address = contacts.email(email) if email.strip() else ""
    if number is None:
        raise Invalid("user.phone_unusable", field="phone")
    if address is None:
        raise Invalid("user.email_unusable", field="email")
    if not number and not address:
        raise Invalid("user.contact_missing", field="phone")
    return number, address


def _end_sessions(session: Session, user: User) -> None:
    session.exec(delete(LoginSession).where(col(LoginSession.user_id) == user.id))
    session.exec(delete(LoginDevice).where(col(LoginDevice.user_id) == user.id))
    session.flush()
