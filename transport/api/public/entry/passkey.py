"""Logging in with a passkey. The page shows it only where a small script finds that the browser can."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from transport.accounts import passkeys
from transport.api import render, security
from transport.api.deps import Now, Plugged, Writing, csrf_checked
from transport.api.forms import FormData, one
from transport.api.public.entry import welcome
from transport.kernel.db import writing
from transport.kernel.i18n import Lang

router = APIRouter()


@router.post("/{lang}/prihlaseni/passkey/otazka", name="public:login.passkey.ask", dependencies=[Depends(csrf_checked)])
def ask(request: Request, lang: Lang, session: Writing, now: Now) -> Response:
    """A random question for the browser to have signed."""
    del lang
    options = passkeys.ask(session, security.site(request), now=now)
    return Response(options, media_type="application/json")


@router.post("/{lang}/prihlaseni/passkey", name="public:login.passkey", dependencies=[Depends(csrf_checked)])
def enter(request: Request, lang: Lang, form: FormData, services: Plugged, now: Now) -> Response:
    """Go in with a signature that fits; else back to the first page, where the other ways are."""
    with writing(services.database) as session:
        user = passkeys.recognise(session, one(form, "answer"), security.site(request), now=now)
        entry = None if user is None else welcome.enter_as(session, request, user, how="passkey", now=now)
    if entry is None:
        return render.page(request, "public/login/passkey_unknown.html", 422, path=f"/{lang}/prihlaseni")
    return welcome.seat(request, entry, welcome.onward(entry.role, lang, one(form, "dal")))
