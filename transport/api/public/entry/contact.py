"""The first two questions: where can we reach you, and how shall the code come. And the button of a known device."""

from datetime import datetime

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from transport.accounts import codes, contacts, devices, visits
from transport.accounts.contacts import Way
from transport.api import render, security
from transport.api.deps import Now, Plugged, Visitor, csrf_checked
from transport.api.forms import FormData, one
from transport.api.public.entry import welcome, wording
from transport.api.public.entry.visit import Visit
from transport.bootstrap import Services
from transport.kernel.db import reading, writing
from transport.kernel.errors import Exhausted, Invalid, ServiceError
from transport.kernel.i18n import Lang

router = APIRouter()


@router.get("/{lang}/prihlaseni", name="public:login")
def ask(request: Request, lang: Lang, me: Visitor, services: Plugged, now: Now, dal: str = "") -> Response:
    """Where we can reach you; whoever is logged in already goes on."""
    if me is not None:
        return render.see_other(welcome.onward(me.role, lang, dal))
    return _contact_page(request, services, now, onward=dal)


@router.post("/{lang}/prihlaseni", name="public:login.try", dependencies=[Depends(csrf_checked)])
def try_(request: Request, lang: Lang, form: FormData, services: Plugged, now: Now) -> Response:
    """Remember the contact, known to us or not, for the next page."""
    typed, onward = one(form, "contact"), one(form, "dal")
    contact = contacts.contact(typed)
    if contact is None:
        error = Invalid("login.contact_unusable", field="contact")
        return _contact_page(request, services, now, 422, onward=onward, typed=typed, error=error)
    with writing(services.database) as session:
        _, token = visits.begin(session, contact, onward=onward, now=now)
    response = render.see_other(f"/{lang}/prihlaseni/jak")
    seconds = round(visits.LASTS.total_seconds())
    security.set_cookie(response, security.VISIT, token, https=services.settings.https, seconds=seconds)
    return response


@router.post("/{lang}/prihlaseni/zarizeni", name="public:login.device", dependencies=[Depends(csrf_checked)])
def by_device(request: Request, lang: Lang, form: FormData, services: Plugged, now: Now) -> Response:
    """One button on a browser that is remembered."""
    token = request.cookies.get(security.DEVICE, "")
    number = one(form, "user")
    try:
        with writing(services.database) as session:
            user = devices.enter(session, token, int(number) if number.isdecimal() else 0, now=now)
            entry = welcome.enter_as(session, request, user, how="device", now=now, device=token)
    except ServiceError as error:
        return _contact_page(request, services, now, 422, onward=one(form, "dal"), error=error)
    return welcome.seat(request, entry, welcome.onward(user.role, lang, one(form, "dal")))


@router.get("/{lang}/prihlaseni/jak", name="public:login.how")
def ask_how(request: Request, lang: Lang, visit: Visit, services: Plugged) -> Response:
    """How the code shall come: only ways that this contact and this house have."""
    if visit is None:
        return render.see_other(f"/{lang}/prihlaseni")
    return _how_page(request, visit, services)


@router.post("/{lang}/prihlaseni/jak", name="public:login.send", dependencies=[Depends(csrf_checked)])
def send(request: Request, lang: Lang, visit: Visit, form: FormData, services: Plugged, now: Now) -> Response:
    """Make a code, and send it once it is kept; what cannot be sent says so, with the other ways."""
    if visit is None:
        return render.see_other(f"/{lang}/prihlaseni")
    way = next((each for each in _ways(visit, services) if each == one(form, "way")), None)
    if way is None:
        return _how_page(request, visit, services, 422, Invalid("login.way_missing", field="way"))
    token = request.cookies.get(security.VISIT, "")
    try:
        with writing(services.database) as session:
            issued = codes.issue(session, visit, token, source=security.source(request), now=now)
            visits.goes_by(session, visit, way)
        _send(request, lang, visit, way, issued, services)
    except Exhausted as error:
        return _how_page(request, visit, services, 422, error)
    return render.see_other(f"/{lang}/prihlaseni/kod")


def _send(
    request: Request, lang: Lang, visit: visits.LoginVisit, way: Way, issued: codes.Issued, services: Services
) -> None:
    link = f"{services.settings.public_url.rstrip('/')}/{lang}/prihlaseni/odkaz/{issued.link}"
    name = services.policies.service.name
    said = wording.message(way, issued.code, link, name, services.settings.public_url, render.words_of(request))
    services.channels.send(way, visit.contact, said.text, said.subject, lang)


def _ways(visit: visits.LoginVisit, services: Services) -> list[Way]:
    return [way for way in contacts.ways(visit.contact) if services.channels.by(way) is not None]


def _contact_page(
    request: Request,
    services: Services,
    now: datetime,
    status: int = 200,
    *,
    onward: str,
    typed: str = "",
    error: ServiceError | None = None,
) -> Response:
    token = request.cookies.get(security.DEVICE, "")
    with reading(services.database) as session:
        known = devices.known(session, token, now=now) if token else []
    return render.page(
        request,
        "public/login/contact.html",
        status,
        onward=onward,
        known=known,
        passkeys=security.site(request).can_have_passkeys,
        values={"contact": typed},
        errors={} if error is None else render.errors_of(request, error, "contact"),
    )


def _how_page(
    request: Request,
    visit: visits.LoginVisit,
    services: Services,
    status: int = 200,
    error: ServiceError | None = None,
) -> Response:
    return render.page(
        request,
        "public/login/how.html",
        status,
        contact=contacts.shown(visit.contact),
        ways=_ways(visit, services),
        before=visit.way,
        errors={} if error is None else render.errors_of(request, error, "way"),
    )
