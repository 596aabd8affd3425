"""Codes and links that prove somebody reaches a telephone or a mailbox. Each is kept as a hash and works once.

A code is sent to whatever contact was written, known to us or not, and only after it has come back is it said who is
there. So the page tells nobody which people we carry, and it takes the same time for everybody. The price is a message
to a stranger now and then, which the limits keep small.

The code belongs to the browser that asked for it: its hash is made together with the secret of that visit, so what was
read off somebody's screen is of no use elsewhere, and strangers cannot use up the tries of somebody else. The link is
long and works in any browser, as mail is often read on another device.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, delete, select, update

from transport.accounts import secret, visits
from transport.accounts.models import LoginCode, LoginVisit
from transport.kernel.errors import Conflict, Exhausted, Forbidden, Invalid, ServiceError

LASTS = timedelta(minutes=15)
AT_ONCE = 2
"""The last one sent and the one before it both work: a message may be late."""
TRIES = 5
DIGITS = 6
DAY = timedelta(days=1)
PER_CONTACT = ((3, timedelta(minutes=15)), (10, DAY))
"""Messages to one contact, from anybody, within a time: nobody is rung out of bed by a stranger."""
PER_SOURCE = ((40, timedelta(hours=1)),)
"""Messages asked for from one address: a home for old people has many residents and one connection."""

_LEFT_OUT = str.maketrans("", "", " -\u00a0\u2011\u2013.\t")


@dataclass(frozen=True, slots=True)
class Issued:
    """What goes into the message once the transaction is over, and nowhere else."""

    code: str
    link: str


def issue(session: Session, visit: LoginVisit, token: str, *, source: str, now: datetime) -> Issued:
    """A code and a link for the contact of a visit; `token` is the visit's secret, `source` where they ask from.

    Raises Exhausted("login.too_many_codes") with `until`, when the next one may be sent.
    """
    kept_source = secret.digest(source)
    until = max(
        _until(session, col(LoginCode.contact) == visit.contact, PER_CONTACT, now),
        _until(session, col(LoginCode.source) == kept_source, PER_SOURCE, now),
    )
    if until > now:
        raise Exhausted("login.too_many_codes", until=until)
    issued = Issued(secret.digits(DIGITS), secret.token())
    session.add(
        LoginCode(
            visit_id=visit.id or 0,
            contact=visit.contact,
            source=kept_source,
            code_hash=_bound(token, issued.code),
            link_hash=secret.digest(issued.link),
            issued_at=now,
            expires_at=now + LASTS,
        )
    )
    session.flush()
    return issued


def verify(session: Session, visit: LoginVisit, token: str, typed: str, *, now: datetime) -> ServiceError | None:
    """Whether this is a code of the visit, which is used up by it; None: it is. Spaces and dashes do not matter.

    A wrong code must be remembered, so the refusal is an answer, to be raised after the transaction:
    `login.code_missing` if it is no code at all, `login.code_wrong`, or `login.code_over` if none works any more.
    """
    code = typed.translate(_LEFT_OUT)
    if len(code) != DIGITS or not code.isdecimal():
        return Invalid("login.code_missing", field="code", digits=DIGITS)
    live = [each.id for each in _live(session, visit.id or 0, now) if each.tries < TRIES]
    # The try is counted before it is looked at, in one statement: whoever tries ten at once has used up ten.
    counted = update(LoginCode).where(col(LoginCode.id).in_(live), *_usable(now)).values(tries=LoginCode.tries + 1)
    if session.exec(counted).rowcount == 0:
        return Conflict("login.code_over", field="code")
    right = select(LoginCode.id).where(
        col(LoginCode.id).in_(live), *_unused(now), LoginCode.code_hash == _bound(token, str(int(code)).zfill(DIGITS))
    )
    if session.exec(right).first() is None:
        return Forbidden("login.code_wrong", field="code")
    _use_up(session, visit.id or 0, now)
    return None


def link_works(session: Session, link: str, *, now: datetime) -> bool:
    """Whether the link would prove something; looking at it uses nothing up, as programs look into mail."""
    return _of_link(session, link, now) is not None


def follow(session: Session, link: str, *, now: datetime) -> LoginVisit | None:
    """Use the link up: the visit in which it was asked for; None if it works no more."""
    found = _of_link(session, link, now)
    if found is None:
        return None
    mine = update(LoginCode).where(col(LoginCode.id) == found.id, *_unused(now)).values(used_at=now)
    if session.exec(mine).rowcount == 0:
        return None
    _use_up(session, found.visit_id, now)
    return session.get(LoginVisit, found.visit_id)


def forget(session: Session, *, now: datetime) -> None:
    """Drop codes that are no longer counted, and the visits they belong to."""
    session.exec(delete(LoginCode).where(col(LoginCode.issued_at) <= now - DAY))
    session.exec(delete(LoginVisit).where(col(LoginVisit.created_at) <= now - DAY - visits.LASTS))


def _live(session: Session, visit_id: int, now: datetime) -> list[LoginCode]:
    """The last codes of a visit, of those that are not used up."""
    mine = select(LoginCode).where(LoginCode.visit_id == visit_id).order_by(col(LoginCode.id).desc()).limit(AT_ONCE)
    return [each for each in session.exec(mine) if each.used_at is None and each.expires_at > now]


def _of_link(session: Session, link: str, now: datetime) -> LoginCode | None:
    found = session.exec(select(LoginCode).where(LoginCode.link_hash == secret.digest(link))).first()
    if found is None or found.id not in {each.id for each in _live(session, found.visit_id, now)}:
        return None
    return found


def _unused(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return col(LoginCode.used_at).is_(None), col(LoginCode.expires_at) > now


def _usable(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (*_unused(now), col(LoginCode.tries) < TRIES)


def _use_up(session: Session, visit_id: int, now: datetime) -> None:
    mine = col(LoginCode.visit_id) == visit_id
    session.exec(update(LoginCode).where(mine, col(LoginCode.used_at).is_(None)).values(used_at=now))


def _until(
    session: Session, whose: ColumnElement[bool], limits: tuple[tuple[int, timedelta], ...], now: datetime
) -> datetime:
    """When the limits allow another one; now if they do already."""
    latest = now
    for most, within in limits:
        recent = select(LoginCode.issued_at).where(whose, LoginCode.issued_at > now - within)
        last_that_counts = session.exec(recent.order_by(col(LoginCode.issued_at).desc()).offset(most - 1)).first()
        if last_that_counts is not None:
            latest = max(latest, last_that_counts + within)
    return latest


def _bound(token: str, code: str) -> str:
    return secret.digest(f"{token}:{code}")
