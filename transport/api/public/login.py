"""Logging in and out. A wrong try is remembered even though nobody is logged in by it."""

from datetime import timedelta

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from transport.accounts import login as accounts
from transport.api import render, security
from transport.api.deps import Now, Plugged, Visitor, csrf_checked, visitor
from transport.api.forms import FormData, one
from transport.kernel.actor import Role
from transport.kernel.db import writing
from transport.kernel.errors import ServiceError
from transport.kernel.i18n import Lang

router = APIRouter(dependencies=[Depends(visitor)])

HOME = {
    Role.OPERATOR: "/op",
    Role.DISPATCHER: "/disp",
    Role.ADMIN: "/disp",
    Role.DRIVER: "/ridic",
    Role.MANAGER: "/smlouva",
}
"""Where each role begins; clients and representatives at their rides."""


@router.get("/{lang}/prihlaseni", name="public:login")
def ask(request: Request, lang: Lang, me: Visitor, dal: str = "") -> Response:
    """The form; whoever is logged in already goes on."""
    if me is not None:
        return render.see_other(_onward(me.role, lang, dal))
    return render.page(request, "public/login.html", onward=dal, values={"login": ""})


@router.post("/{lang}/prihlaseni", name="public:login.try", dependencies=[Depends(csrf_checked)])
def try_(request: Request, lang: Lang, form: FormData, services: Plugged, now: Now) -> Response:
    """Log in, or say at the form what to do; too many tries say until when to wait."""
    name, onward, settings = one(form, "login"), one(form, "dal"), services.settings
    lasts = timedelta(hours=settings.session_hours)
    with writing(services.database) as session:
        outcome = accounts.sign_in(session, name, one(form, "password"), now=now, lasts=lasts)
    try:
        user, token = outcome.granted()
    except ServiceError as error:
        errors = render.errors_of(request, error, "login")
        return render.page(request, "public/login.html", 422, onward=onward, errors=errors, values={"login": name})
    response = render.see_other(_onward(user.role, lang, onward))
    seconds = round(lasts.total_seconds())
    security.set_cookie(response, security.SESSION, token, https=settings.https, seconds=seconds)
    response.delete_cookie(security.GUEST)
    return response


@router.post("/{lang}/odhlasit", name="public:logout", dependencies=[Depends(csrf_checked)])
def out(request: Request, lang: Lang, services: Plugged) -> Response:
    """End this session on the server, not only in the browser."""
    with writing(services.database) as session:
        accounts.sign_out(session, request.cookies.get(security.SESSION, ""))
    response = render.see_other(f"/{lang}/")
    response.delete_cookie(security.SESSION)
    return response


def _onward(role: Role, lang: Lang, wanted: str) -> str:
    """Where to after logging in: an address of ours that was asked for, else the role's own page."""
    if wanted.startswith("/") and not wanted.startswith(("//", "/\\")):
        return wanted
    return HOME.get(role, f"/{lang}/moje")
