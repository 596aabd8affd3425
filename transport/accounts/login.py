"""Sessions, and logging in with a password. A wrong one must be remembered, so signing in answers instead of raising.

with writing(engine) as session:
    answer = login.sign_in(session, name, password, now=now)
# the attempt is committed; only now the door says no
user, token = answer.granted()
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, delete, func, select

from transport.accounts import events as happened
from transport.accounts import passwords, secret, users
from transport.accounts.models import LoginAttempt, LoginSession, User
from transport.kernel import events
from transport.kernel.errors import Exhausted, Forbidden, ServiceError

TRIES = 5
"""Wrong passwords for one login within `PAUSE`; then the login rests, whoever asks."""
PAUSE = timedelta(minutes=15)
LASTS = timedelta(hours=24)
"""A day: nobody is thrown out while thinking about a ride (WCAG 2.2.1 asks for twenty hours)."""
SHARED_LASTS = timedelta(minutes=30)
"""On a computer that other people use."""

WARNED = timedelta(minutes=5)
"""So long before a session ends its pages say so."""

How = Literal["password", "code", "device", "passkey", "pin"]
"""What showed who it is; a link that was sent counts as a code."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Welcome: the token goes into the cookie and is not kept anywhere."""

    user: User
    token: str

    def granted(self) -> tuple[User, str]:
        """The user and the token."""
        return self.user, self.token


@dataclass(frozen=True, slots=True)
class Refused:
    """Not let in: `login.wrong` (Forbidden) or `login.too_many` with `until` (Exhausted)."""

    why: ServiceError

    def granted(self) -> tuple[User, str]:
        """Raise the refusal; call it after the transaction, or the attempt is forgotten."""
        raise self.why


def sign_in(
    session: Session, login: str, password: str, *, now: datetime, lasts: timedelta = LASTS
) -> SignedIn | Refused:
    """Check a login and password and open a session for `lasts`; remembers each wrong attempt."""
    login = login.strip().casefold()[:100]
    until = rests_until(session, login, now=now)
    if until is not None:
        return Refused(Exhausted("login.too_many", until=until))
    user = session.exec(select(User).where(User.login == login)).first()
    fits = passwords.fits(password, user.password_hash if user else None)
    if user is None or not fits or not user.active:
        missed(session, login, now=now)
        return Refused(Forbidden("login.wrong"))
    forgive(session, login)
    return SignedIn(user, let_in(session, user, how="password", now=now, lasts=lasts))


def let_in(session: Session, user: User, *, how: How, now: datetime, lasts: timedelta = LASTS) -> str:
    """Open a session for somebody who has shown who they are: the token for the cookie, which is not kept."""
    token = secret.token()
    session.add(
        LoginSession(
            token_hash=secret.digest(token),
            user_id=user.id or 0,
            csrf=secret.token(),
            created_at=now,
            expires_at=now + lasts,
        )
    )
    session.flush()
    by = users.actor(user)
    events.record(session, happened.LOGGED_IN, subject=("user", user.id), by=by, now=now, facts={"how": how})
    return token


def rests_until(session: Session, login: str, *, now: datetime, tries: int = TRIES) -> datetime | None:
    """Until when nobody is let in as this login after so many wrong tries within `PAUSE`; None: it does not rest."""
    recent = (LoginAttempt.login == login, LoginAttempt.at > now - PAUSE)
    order = col(LoginAttempt.at).desc()
    oldest_that_counts = session.exec(select(LoginAttempt.at).where(*recent).order_by(order).offset(tries - 1)).first()
    return None if oldest_that_counts is None else oldest_that_counts + PAUSE


def missed(session: Session, login: str, *, now: datetime) -> None:
    """Remember a wrong try."""
    session.add(LoginAttempt(login=login, at=now))
    session.flush()


def forgive(session: Session, login: str) -> None:
    """Forget the wrong tries."""
    session.exec(delete(LoginAttempt).where(col(LoginAttempt.login) == login))


def is_new_here(session: Session, user: User) -> bool:
    """Whether they have never been logged in before."""
    earlier = select(events.Event.id).where(
        events.Event.kind == happened.LOGGED_IN, events.Event.subject_id == str(user.id)
    )
    return session.exec(earlier).first() is None


def who(session: Session, token: str, *, now: datetime) -> User | None:
    """Whose cookie this is; None if unknown, expired, signed out or disabled."""
    statement = (
        select(User)
        .join(LoginSession, col(LoginSession.user_id) == col(User.id))
        .where(LoginSession.token_hash == secret.digest(token), LoginSession.expires_at > now, col(User.active))
    )
    return session.exec(statement).first()


def csrf(session: Session, token: str) -> str | None:
    """The secret that every form of this session carries; None without a session."""
    return session.exec(select(LoginSession.csrf).where(LoginSession.token_hash == secret.digest(token))).first()


def ends_at(session: Session, token: str) -> datetime | None:
    """When the session ends; None without a session."""
    mine = select(LoginSession.expires_at).where(LoginSession.token_hash == secret.digest(token))
    return session.exec(mine).first()


def stay(session: Session, token: str, *, now: datetime) -> timedelta | None:
    """Go on for as long as on a shared computer; says for how long, None if the session has ended."""
    mine = (LoginSession.token_hash == secret.digest(token), LoginSession.expires_at > now)
    found = session.exec(select(LoginSession).where(*mine)).first()
    if found is None:
        return None
    found.expires_at = max(found.expires_at, now + SHARED_LASTS)
    session.add(found)
    session.flush()
    return found.expires_at - now


def sign_out(session: Session, token: str) -> None:
    """End one session; an unknown token does nothing."""
    session.exec(delete(LoginSession).where(col(LoginSession.token_hash) == secret.digest(token)))


def others(session: Session, user_id: int, token: str, *, now: datetime) -> int:
    """How many other browsers the user is logged in on."""
    mine = select(func.count()).select_from(LoginSession).where(*_others(user_id, token))
    return session.exec(mine.where(LoginSession.expires_at > now)).one()


def end_others(session: Session, user_id: int, token: str) -> None:
    """End every session of the user but this one."""
    session.exec(delete(LoginSession).where(*_others(user_id, token)))


def forget(session: Session, *, now: datetime) -> None:
    """Drop what no longer matters: expired sessions, attempts older than the pause."""
    session.exec(delete(LoginSession).where(col(LoginSession.expires_at) <= now))
    session.exec(delete(LoginAttempt).where(col(LoginAttempt.at) <= now - PAUSE))


def _others(user_id: int, token: str) -> tuple[ColumnElement[bool], ...]:
    return col(LoginSession.user_id) == user_id, col(LoginSession.token_hash) != secret.digest(token)
