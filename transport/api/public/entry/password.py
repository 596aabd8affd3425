"""Logging in with a name and a password, for our staff, and out. A wrong try is remembered though nobody is let in."""

from datetime import timedelta

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from transport.accounts import login as accounts
from transport.api import render, security
from transport.api.deps import Now, Plugged, Visitor, csrf_checked
from transport.api.forms import FormData, one
from transport.api.public.entry import welcome
from transport.kernel.db import writing
from transport.kernel.errors import ServiceError
from transport.kernel.i18n import Lang

router = APIRouter()


@router.get("/{lang}/prihlaseni/heslo", name="public:login.password")
def ask(request: Request, lang: Lang, me: Visitor, dal: str = "") -> Response:
    """The form; whoever is logged in already goes on."""
    if me is not None:
        return render.see_other(welcome.onward(me.role, lang, dal))
    return render.page(request, "public/login/password.html", onward=dal, values={"login": ""})


@router.post("/{lang}/prihlaseni/heslo", name="public:login.password.try", dependencies=[Depends(csrf_checked)])
def try_(request: Request, lang: Lang, form: FormData, services: Plugged, now: Now) -> Response:
    """Log in, or say at the form what to do; too many tries say until when to wait."""
    name, onward = one(form, "login"), one(form, "dal")
    lasts = timedelta(hours=services.settings.session_hours)
    with writing(services.database) as session:
        outcome = accounts.sign_in(session, name, one(form, "password"), now=now, lasts=lasts)
    try:
        user, token = outcome.granted()
    except ServiceError as error:
        errors = render.errors_of(request, error, "login")
        values = {"login": name}
        return render.page(request, "public/login/password.html", 422, onward=onward, errors=errors, values=values)
    return welcome.seat(request, welcome.Entry(user.role, token, lasts), welcome.onward(user.role, lang, onward))


@router.post("/{lang}/odhlasit", name="public:logout", dependencies=[Depends(csrf_checked)])
def out(request: Request, lang: Lang, services: Plugged) -> Response:
    """End this session on the server, not only in the browser."""
    with writing(services.database) as session:
        accounts.sign_out(session, request.cookies.get(security.SESSION, ""))
    response = render.see_other(f"/{lang}/")
    response.delete_cookie(security.SESSION)
    return response


@router.post("/{lang}/zustat", name="public:stay", dependencies=[Depends(csrf_checked)])
def stay(request: Request, lang: Lang, form: FormData, services: Plugged, me: Visitor, now: Now) -> Response:
    """Go on for half an hour and back to the page; whoever was logged out meanwhile logs in."""
    token = request.cookies.get(security.SESSION, "")
    with writing(services.database) as session:
        lasts = accounts.stay(session, token, now=now)
    if lasts is None or me is None:
        return render.see_other(f"/{lang}/prihlaseni")
    return welcome.seat(request, welcome.Entry(me.role, token, lasts), welcome.onward(me.role, lang, one(form, "dal")))
