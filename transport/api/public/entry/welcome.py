"""What happens once it is clear who is there: a session, the cookies, and the page to begin with."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import Request
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from transport.accounts import devices, login, users, visits
from transport.accounts.login import How
from transport.api import render, security
from transport.booking.clients import entering
from transport.kernel.actor import Role
from transport.kernel.i18n import Lang

HOME = {
    Role.OPERATOR: "/op",
    Role.DISPATCHER: "/disp",
    Role.ADMIN: "/disp",
    Role.DRIVER: "/ridic",
    Role.MANAGER: "/smlouva",
}
"""Where each role begins; clients and representatives at their rides."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody is in: what the cookies need to know, and whether it is their first time."""

    role: Role
    token: str
    lasts: timedelta
    device: str = ""
    first: bool = False


def enter(session: Session, request: Request, visit: visits.LoginVisit, key: str, now: datetime) -> Entry:
    """Let one of the people at a proven contact in, and remember the browser if they wished so."""
    user = entering.enter(session, visit.contact, key, now=now)
    lasts = login.SHARED_LASTS if visit.shared else lasting(request)
    first = login.is_new_here(session, user)
    device = ""
    if visit.remember:
        kept = request.cookies.get(security.DEVICE, "")
        device = devices.remember(session, user, kept, name=security.browser(request), by=users.actor(user), now=now)
    visits.end(session, visit, now=now)
    token = login.let_in(session, user, how="code", now=now, lasts=lasts)
    return Entry(user.role, token, lasts, device, first and not visit.shared)


def enter_as(
    session: Session, request: Request, user: users.User, *, how: How, now: datetime, device: str = ""
) -> Entry:
    """Let in somebody whom a device or a passkey has shown."""
    lasts = lasting(request)
    return Entry(user.role, login.let_in(session, user, how=how, now=now, lasts=lasts), lasts, device)


def lasting(request: Request) -> timedelta:
    """How long a log-in lasts on a computer of one's own."""
    return timedelta(hours=request.app.state.services.settings.session_hours)


def seat(request: Request, entry: Entry, onward: str) -> RedirectResponse:
    """The answer with which somebody is in."""
    https = request.app.state.services.settings.https
    response = render.see_other(onward)
    seconds = round(entry.lasts.total_seconds())
    security.set_cookie(response, security.SESSION, entry.token, https=https, seconds=seconds)
    if entry.device:
        ninety_days = round(devices.LASTS.total_seconds())
        security.set_cookie(response, security.DEVICE, entry.device, https=https, seconds=ninety_days)
    response.delete_cookie(security.GUEST)
    response.delete_cookie(security.VISIT)
    return response


def onward(role: Role, lang: Lang, wanted: str) -> str:
    """Where to after logging in: an address of ours that was asked for, else the role's own page."""
    if wanted.startswith("/") and not wanted.startswith(("//", "/\\")):
        return wanted
    return HOME.get(role, f"/{lang}/moje")
