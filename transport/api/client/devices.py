"""Passkeys and remembered devices of whoever is logged in: what there is, and how to take it away."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from transport.accounts import devices, login, passkeys, users
from transport.api import render, security
from transport.api.deps import Me, Now, Plugged, Writing, csrf_checked
from transport.api.forms import FormData, one
from transport.kernel.db import reading, writing
from transport.kernel.errors import Forbidden, NotFound
from transport.kernel.i18n import Lang

router = APIRouter(prefix="/profil/zarizeni")


@router.get("", name="client:devices")
def look(request: Request, me: Me, services: Plugged, now: Now) -> Response:
    """Everything that logs one in without a code."""
    return _page(request, me, services, now)


@router.post("/odebrat", name="client:devices.remove", dependencies=[Depends(csrf_checked)])
def remove(me: Me, lang: Lang, form: FormData, session: Writing, now: Now) -> Response:
    """Take a passkey or a device away; it ends nothing that is open now."""
    passkey, device = one(form, "passkey"), one(form, "device")
    if passkey.isdecimal():
        passkeys.remove(session, me.user or 0, int(passkey), by=me, now=now)
    elif device.isdecimal():
        devices.remove(session, me.user or 0, int(device), by=me, now=now)
    else:
        raise NotFound("login.device")
    return render.see_other(f"/{lang}/profil/zarizeni")


@router.post("/odhlasit-jinde", name="client:devices.others", dependencies=[Depends(csrf_checked)])
def out_elsewhere(request: Request, me: Me, lang: Lang, session: Writing) -> Response:
    """End every other session."""
    login.end_others(session, me.user or 0, request.cookies.get(security.SESSION, ""))
    return render.see_other(f"/{lang}/profil/zarizeni")


@router.post("/passkey/otazka", name="client:devices.passkey.ask", dependencies=[Depends(csrf_checked)])
def offer(request: Request, me: Me, session: Writing, now: Now) -> Response:
    """What the browser needs to make a passkey."""
    options = passkeys.offer(session, users.of(session, me), security.site(request), now=now)
    return Response(options, media_type="application/json")


@router.post("/passkey", name="client:devices.passkey.add", dependencies=[Depends(csrf_checked)])
def add(request: Request, me: Me, lang: Lang, form: FormData, services: Plugged, now: Now) -> Response:
    """Keep the passkey that the browser has made."""
    answer, name, site = one(form, "answer"), one(form, "name"), security.site(request)
    with writing(services.database) as session:
        user = users.of(session, me)
        added = passkeys.add(session, user, answer, site, name=name, by=me, now=now)
    if added is None:
        return _page(request, me, services, now, 422, Forbidden("passkey.not_added"))
    return render.see_other(f"/{lang}/profil/zarizeni")


def _page(
    request: Request, me: Me, services: Plugged, now: Now, status: int = 200, error: Forbidden | None = None
) -> Response:
    number = me.user or 0
    with reading(services.database) as session:
        return render.page(
            request,
            "client/devices.html",
            status,
            passkeys=passkeys.of(session, number),
            devices=devices.of(session, number, now=now),
            others=login.others(session, number, request.cookies.get(security.SESSION, ""), now=now),
            can_have_passkeys=security.site(request).can_have_passkeys,
            browser=security.browser(request),
            problem="" if error is None else render.say(request, error),
        )
