"""On the way through the pages of logging in: who is remembered between two of them, and for how long."""

from datetime import datetime, timedelta

from sqlmodel import Session, select

from transport.accounts import secret
from transport.accounts.contacts import Way
from transport.accounts.models import LoginVisit

__all__ = ["LASTS", "LoginVisit", "begin", "end", "found", "goes_by", "is_proven", "prove"]

LASTS = timedelta(hours=1)
"""Time to find the telephone, to be called, to try another way."""
PROVEN_FOR = timedelta(minutes=15)
"""Time to say which of the people at a contact one is."""
_LONGEST_ADDRESS = 300


def begin(session: Session, contact: str, *, onward: str, now: datetime) -> tuple[LoginVisit, str]:
    """Somebody has told their contact: the visit, and the token for their cookie, which is not kept."""
    token = secret.token()
    visit = LoginVisit(
        token_hash=secret.digest(token),
        contact=contact,
        onward=onward if len(onward) <= _LONGEST_ADDRESS else "",
        created_at=now,
        expires_at=now + LASTS,
    )
    session.add(visit)
    session.flush()
    return visit, token


def found(session: Session, token: str, *, now: datetime) -> LoginVisit | None:
    """The visit of this cookie; None if there is none or its time is over."""
    mine = select(LoginVisit).where(LoginVisit.token_hash == secret.digest(token), LoginVisit.expires_at > now)
    return session.exec(mine).first()


def goes_by(session: Session, visit: LoginVisit, way: Way) -> None:
    """Remember how the code was sent."""
    visit.way = way
    session.add(visit)


def prove(session: Session, visit: LoginVisit, *, remember: bool, shared: bool, now: datetime) -> None:
    """They reach the contact. A computer that is not theirs is never remembered."""
    visit.proven_at, visit.shared, visit.remember = now, shared, remember and not shared
    session.add(visit)


def is_proven(visit: LoginVisit, *, now: datetime) -> bool:
    """Whether it was shown lately that they reach the contact."""
    return visit.proven_at is not None and now < visit.proven_at + PROVEN_FOR


def end(session: Session, visit: LoginVisit, *, now: datetime) -> None:
    """They are in: nobody goes on from these pages."""
    visit.expires_at = now
    session.add(visit)
