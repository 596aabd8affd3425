"""Doors: a driver logs in by the code of the shift, scanned or typed, and a PIN; and what a telephone installs."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response

from transport.accounts import users
from transport.accounts.login import SignedIn
from transport.api import render, security
from transport.api.deps import Now, Plugged, Reading, Visitor, csrf_checked
from transport.api.driver import speaking
from transport.api.forms import FormData, one
from transport.api.public.entry import welcome
from transport.kernel.actor import Role
from transport.kernel.db import reading, writing
from transport.kernel.errors import NotFound, ServiceError
from transport.kernel.i18n import mark as _
from transport.operations.driving import passes
from transport.routing.fleet import logins, queries
from transport.routing.fleet.queries import Duty

router = APIRouter(prefix="/ridic")
HOME = "/ridic"
ICONS = (("driver-192.png", 192, "any"), ("driver-512.png", 512, "any"), ("driver-maskable-512.png", 512, "maskable"))
BRAND = "#0b3d6b"


@router.get("/prihlaseni", name="driver:login")
def ask(request: Request, me: Visitor) -> Response:
    """Scan the code of the shift, or type it; whoever is logged in already goes on."""
    if me is not None and me.role is Role.DRIVER:
        return render.see_other("/ridic")
    return _code_page(request)


@router.post("/prihlaseni", name="driver:login.code", dependencies=[Depends(csrf_checked)])
def by_code(request: Request, services: Plugged, now: Now, form: FormData) -> Response:
    """The typed code leads where the scanned one would have."""
    source, policies = security.source(request), services.policies
    with writing(services.database) as session:
        found = passes.typed(session, one(form, "code"), source=source, key=services.key, policies=policies, now=now)
    if isinstance(found, ServiceError):
        return _code_page(request, found, 422)
    return render.see_other(f"/ridic/s/{found}{_asked(request)}")


@router.get("/s/{token}", name="driver:login.shift")
def ask_pin(request: Request, token: str, session: Reading, me: Visitor, services: Plugged, now: Now) -> Response:
    """The PIN of whoever drives the shift; its driver who is logged in already is led there."""
    try:
        shift = passes.opened(session, token, key=services.key, policies=services.policies, now=now)
    except NotFound as error:
        return _code_page(request, error, 404)
    driver = None if me is None or me.role is not Role.DRIVER else logins.driver_of(session, me.user or 0)
    if driver is not None and driver.id == shift.driver_id:
        return render.see_other(f"/ridic/smena/{shift.id}")
    return _pin_page(request, queries.duty(session, shift), token)


@router.post("/s/{token}", name="driver:login.pin", dependencies=[Depends(csrf_checked)])
def by_pin(request: Request, token: str, services: Plugged, now: Now, form: FormData) -> Response:
    """Log in until the shift has closed; a language chosen on these pages stays the driver's."""
    key, policies = services.key, services.policies
    try:
        with writing(services.database) as session:
            shift, answer = passes.sign_in(session, token, one(form, "pin"), key=key, policies=policies, now=now)
            if isinstance(answer, SignedIn) and _asked(request):
                users.speak(session, answer.user, request.query_params["lang"])
    except NotFound as error:
        return _code_page(request, error, 404)
    try:
        user, secret = answer.granted()
    except ServiceError as error:
        with reading(services.database) as session:
            return _pin_page(request, queries.duty(session, shift), token, error)
    lasts = passes.of(shift, key=key, policies=policies).closes_at - now
    return welcome.seat(request, welcome.Entry(user.role, secret, lasts), f"/ridic/smena/{shift.id}")


@router.get("/app.webmanifest", name="driver:app")
def app(request: Request, services: Plugged) -> Response:
    """What a telephone needs to know to put these pages on its first screen."""
    words = render.words_of(request)
    described: dict[str, object] = {
        "id": HOME,
        "start_url": HOME,
        "scope": f"{HOME}/",
        "display": "standalone",
        "lang": words.lang,
        "name": words.text(_("Driver – {service}")).format(service=services.policies.service.name),
        "short_name": words.text(_("Driver")),
        "theme_color": BRAND,
        "background_color": "#ffffff",
        "icons": [
            {"src": render.static(f"img/{file}"), "sizes": f"{side}x{side}", "type": "image/png", "purpose": purpose}
            for file, side, purpose in ICONS
        ],
    }
    return JSONResponse(described, media_type="application/manifest+json", headers={"Cache-Control": "no-cache"})


def _code_page(request: Request, error: ServiceError | None = None, status: int = 200) -> Response:
    errors = {} if error is None else {"code": render.say(request, error)}
    return render.page(
        request, "driver/login.html", status, errors=errors, languages=speaking.LANGUAGES, asked=_asked(request)
    )


def _pin_page(request: Request, duty: Duty, token: str, error: ServiceError | None = None) -> Response:
    return render.page(
        request,
        "driver/pin.html",
        200 if error is None else 422,
        errors={} if error is None else {"pin": render.say(request, error)},
        duty=duty,
        token=token,
        languages=speaking.LANGUAGES,
        asked=_asked(request),
    )


def _asked(request: Request) -> str:
    """The language that was chosen on these pages, as the end of an address; empty while none was."""
    wanted = request.query_params.get("lang", "")
    return f"?lang={wanted}" if wanted in dict(speaking.LANGUAGES) else ""
