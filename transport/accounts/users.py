"""Adding users, giving them passwords and roles, shutting them out. Everything is an event."""

import re
import secrets
import unicodedata
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete, select, update

from transport.accounts import contacts, passwords
from transport.accounts import events as happened
from transport.accounts.models import LoginAttempt, LoginDevice, LoginPin, LoginSession, Passkey, User
from transport.kernel import events
from transport.kernel.actor import Actor, Role
from transport.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from transport.kernel.i18n import LANGUAGES

__all__ = [
    "EMPLOYED",
    "User",
    "actor",
    "add",
    "change_password",
    "change_role",
    "disable",
    "employ",
    "enable",
    "end_sessions",
    "everybody",
    "find",
    "named",
    "names",
    "numbered",
    "of",
    "open",
    "reach",
    "reset",
    "speak",
]

EMPLOYED = (Role.OPERATOR, Role.DISPATCHER, Role.DRIVER, Role.MANAGER, Role.ADMIN)
"""Roles of those who work for the service; they log in with a password. Whoever rides too has a second account."""

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
        login=_unguessable(),
        name=name.strip()[:100],
        role=role,
        phone=number,
        email=address,
        language=language,
        created_at=now,
    )
    return _opened(session, user, by, now)


def employ(session: Session, *, name: str, role: Role, by: Actor, now: datetime) -> User:
    """An account of somebody who works for us and has no way to log in yet; whoever calls it gives them one."""
    return _opened(session, User(login=_unguessable(), name=name.strip()[:100], role=role, created_at=now), by, now)


def speak(session: Session, user: User, language: str) -> None:
    """Show somebody our pages in another language; refuses one that we do not speak (`user.language_missing`)."""
    if language not in LANGUAGES:
        raise Invalid("user.language_missing", field="language")
    user.language = language
    session.add(user)


def reach(session: Session, user: User, *, phone: str = "", email: str = "", by: Actor, now: datetime) -> None:
    """Write down where codes for somebody go from now on; refuses contacts as `open` does."""
    user.phone, user.email = _reachable(phone, email)
    session.add(user)
    events.record(session, happened.CONTACT_CHANGED, subject=("user", user.id), by=by, now=now)


def change_password(session: Session, user: User, password: str, *, by: Actor, now: datetime) -> None:
    """Give a new password; every session and remembered device of the user ends, also those of a thief."""
    user.password_hash = passwords.hashed(password)
    session.add(user)
    end_sessions(session, user)
    events.record(session, happened.PASSWORD_CHANGED, subject=("user", user.id), by=by, now=now)


def reset(session: Session, user: User, password: str = "", *, by: Actor, now: datetime) -> None:
    """Take all ways to log in from somebody who has lost them, or whose telephone is in wrong hands.

    Those who work for the service get a new password; without one they would be shut out (`user.password_short`).
    """
    if user.role in EMPLOYED or password:
        user.password_hash = passwords.hashed(password)
        session.add(user)
    end_sessions(session, user)
    session.exec(delete(Passkey).where(col(Passkey.user_id) == user.id))
    session.exec(delete(LoginPin).where(col(LoginPin.user_id) == user.id))
    session.exec(delete(LoginAttempt).where(col(LoginAttempt.login) == user.login))
    events.record(session, happened.WAYS_RESET, subject=("user", user.id), by=by, now=now)


def change_role(session: Session, user: User, role: Role, *, by: Actor, now: datetime) -> None:
    """Let somebody do other work here from their next page on.

    Refuses one's own role (`user.oneself`), the last administrator (`user.last_admin`), and making staff of a client
    or the other way round (`user.role_not_for_them`).
    """
    if user.role not in EMPLOYED or role not in EMPLOYED:
        raise Invalid("user.role_not_for_them", field="role")
    if role is user.role:
        return
    _not_oneself(user, by)
    _keep_an_admin(session, user)
    facts = {"from": user.role.value, "to": role.value}
    user.role = role
    session.add(user)
    events.record(session, happened.ROLE_CHANGED, subject=("user", user.id), by=by, now=now, facts=facts)


def disable(session: Session, user: User, *, by: Actor, now: datetime) -> None:
    """Shut somebody out at once; what they did stays. Disabling twice changes nothing.

    Refuses oneself (`user.oneself`) and the last administrator (`user.last_admin`).
    """
    if not user.active:
        return
    _not_oneself(user, by)
    _keep_an_admin(session, user)
    user.active = False
    session.add(user)
    end_sessions(session, user)
    events.record(session, happened.USER_DISABLED, subject=("user", user.id), by=by, now=now)


def enable(session: Session, user: User, *, by: Actor, now: datetime) -> None:
    """Let somebody in again who was shut out; their password and passkeys are as they were."""
    if user.active:
        return
    user.active = True
    session.add(user)
    events.record(session, happened.USER_ENABLED, subject=("user", user.id), by=by, now=now)


def end_sessions(session: Session, user: User) -> None:
    """Log somebody out everywhere, and forget the browsers that remember them."""
    session.exec(delete(LoginSession).where(col(LoginSession.user_id) == user.id))
    session.exec(delete(LoginDevice).where(col(LoginDevice.user_id) == user.id))
    session.flush()


def find(session: Session, text: str = "", *, roles: Collection[Role] = (), limit: int = 100) -> list[User]:
    """Users whose name, log-in, telephone or e-mail has all the words, without diacritics; by name."""
    statement = select(User)
    if roles:
        statement = statement.where(col(User.role).in_(roles))
    words = _plain(text).split()
    found = [
        user
        for user in session.exec(statement)
        if all(word in _plain(f"{user.name} {user.login} {user.phone} {user.email}") for word in words)
    ]
    return sorted(found, key=lambda user: (_plain(user.name), user.id))[:limit]


def numbered(session: Session, user_id: int) -> User:
    """The user with this number; refuses an unknown one (`user.unknown`)."""
    user = session.get(User, user_id)
    if user is None:
        raise NotFound("user.unknown", login=user_id)
    return user


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


def _unguessable() -> str:
    """The log-in name of somebody who never types one."""
    return f"u-{secrets.token_hex(8)}"


def _opened(session: Session, user: User, by: Actor, now: datetime) -> User:
    session.add(user)
    session.flush()
    facts = {"role": user.role.value}
    events.record(session, happened.USER_ADDED, subject=("user", user.id), by=by, now=now, facts=facts)
    return user


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


def _not_oneself(user: User, by: Actor) -> None:
    if by.user is not None and by.user == user.id:
        raise Forbidden("user.oneself")


def _keep_an_admin(session: Session, user: User) -> None:
    """Somebody must be left to administer; two administrators who shut each other out wait for one another."""
    if user.role is not Role.ADMIN or not user.active:
        return
    admins = (col(User.role) == Role.ADMIN, col(User.active))
    session.exec(update(User).where(*admins).values(active=True))
    others = select(func.count()).select_from(User).where(*admins, col(User.id) != user.id)
    if session.exec(others).one() == 0:
        raise Conflict("user.last_admin")


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
