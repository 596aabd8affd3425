"""What every door may ask for: services, the time, a session, who is there."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request
from fastapi.params import Depends as DependsMark
from sqlmodel import Session

from transport.accounts import login, users
from transport.api import security
from transport.api.forms import FormData
from transport.bootstrap import Services
from transport.kernel import clock
from transport.kernel.actor import Actor, Role
from transport.kernel.db import reading, writing
from transport.kernel.errors import Forbidden


class LoginNeeded(Exception):
    """Nobody is logged in where somebody has to be; the page becomes the login page."""


def plugged(request: Request) -> Services:
    """The services this application was created with."""
    services: Services = request.app.state.services
    return services


Plugged = Annotated[Services, Depends(plugged)]


def now(request: Request) -> datetime:
    """The present instant; a test may set the application's clock."""
    tell = getattr(request.app.state, "clock", clock.utc_now)
    moment: datetime = tell()
    return moment


Now = Annotated[datetime, Depends(now)]


def reading_session(services: Plugged) -> Iterator[Session]:
    """A look at the database that cannot write."""
    with reading(services.database) as session:
        yield session


def writing_session(services: Plugged) -> Iterator[Session]:
    """One use case, one transaction: committed before the answer leaves."""
    with writing(services.database) as session:
        yield session


Reading = Annotated[Session, Depends(reading_session, scope="function")]
Writing = Annotated[Session, Depends(writing_session, scope="function")]


def visitor(request: Request, services: Plugged, now: Now) -> Actor | None:
    """Who is logged in on this browser, if anybody; looked up once per request, with the token of its forms."""
    if hasattr(request.state, "me"):
        known: Actor | None = request.state.me
        return known
    token = request.cookies.get(security.SESSION, "")
    request.state.me, request.state.csrf = None, request.cookies.get(security.GUEST) or security.fresh_token()
    if token:
        with reading(services.database) as session:
            user = login.who(session, token, now=now)
            if user is not None:
                request.state.me = users.actor(user)
                request.state.language = user.language if user.role is Role.DRIVER else ""
                request.state.csrf = login.csrf(session, token) or ""
                request.state.ends_at = login.ends_at(session, token)
    found: Actor | None = request.state.me
    return found


Visitor = Annotated[Actor | None, Depends(visitor)]


def me(actor: Visitor) -> Actor:
    """Who is logged in; LoginNeeded if nobody is."""
    if actor is None:
        raise LoginNeeded
    return actor


Me = Annotated[Actor, Depends(me)]


def require(*roles: Role) -> DependsMark:
    """The audience of a router: others get a page that says so (Forbidden("role.missing"))."""

    def audience(actor: Me) -> None:
        if actor.role not in roles:
            raise Forbidden("role.missing")

    mark: DependsMark = Depends(audience)
    return mark


def csrf_checked(request: Request, form: FormData, _: Visitor) -> None:
    """A form must carry the token of the page it was on; another site's form does not have it."""
    if request.method == "POST" and not security.same(str(form.get("csrf", "")), request.state.csrf):
        raise Forbidden("form.too_old")


def gateway_checked(request: Request, services: Plugged) -> None:
    """A program that hands something over shows its token; it comes with no cookie that another site could use."""
    _bearer_checked(request, services.inbound_token)


def feed_checked(request: Request, services: Plugged) -> None:
    """A program of somebody else that reads the day under way shows its token."""
    _bearer_checked(request, services.feed_token)


def _bearer_checked(request: Request, wanted: str) -> None:
    given = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
    if not given.isascii() or not security.same(wanted, given):
        raise Forbidden("gateway.token_wrong")
