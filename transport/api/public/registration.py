"""Doors of registering: one question a page, kept on the server until it is sent; the paper form beside it."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session

from transport.api import security
from transport.api.deps import Now, Plugged, csrf_checked, visitor
from transport.api.forms import Fields, FormData
from transport.api.public import registering as steps
from transport.api.public.registering import CHECK, SEARCH, STEPS, Paper
from transport.api.render import lang_of, page, say, see_other, words_of
from transport.booking.clients import registering
from transport.kernel.clock import local_day
from transport.kernel.db import reading, writing
from transport.kernel.errors import Conflict, Invalid, NotFound, ServiceError
from transport.kernel.i18n import Lang
from transport.kernel.i18n import mark as _

REGISTRATION = "registration"
"""Cookie with the key of the registration begun on this device."""

router = APIRouter(dependencies=[Depends(visitor), Depends(csrf_checked)])


@router.get("/{lang}/registrace", name="public:registration")
def about(request: Request, lang: Lang, services: Plugged, now: Now) -> Response:
    """What is asked and what for, the other ways to register, and a button to begin or go on."""
    del lang
    with reading(services.database) as session:
        said, sent = _begun(session, request, now)
    return page(
        request,
        "public/registration/about.html",
        policy=services.policies.on(local_day(now)),
        working_days=registering.WORKING_DAYS,
        kept_days=registering.KEPT.days,
        begun=bool(said) and not sent,
    )


@router.post("/{lang}/registrace", name="public:registration.begin")
def begin(request: Request, lang: Lang, services: Plugged, now: Now) -> Response:
    """Begin, or go on where one stopped on this device."""
    with writing(services.database) as session:
        said, sent = _begun(session, request, now)
        if said is not None and not sent:
            return see_other(f"/{lang}/registrace/{steps.open_step(said)}")
        _new, key = registering.begin(session, now=now)
    response = see_other(f"/{lang}/registrace/jmeno")
    seconds = int(registering.KEPT.total_seconds())
    security.set_cookie(response, REGISTRATION, key, https=services.settings.https, seconds=seconds)
    return response


@router.post("/{lang}/registrace/zahodit", name="public:registration.discard")
def discard(request: Request, lang: Lang, services: Plugged) -> Response:
    """Throw away what was written on this device: for whoever used somebody else's."""
    with writing(services.database) as session:
        registering.discard(session, request.cookies.get(REGISTRATION, ""))
    response = see_other(f"/{lang}/registrace")
    response.delete_cookie(REGISTRATION)
    return response


@router.get("/{lang}/registrace/papir", name="public:registration.paper")
def paper(request: Request, lang: Lang, services: Plugged, now: Now) -> Response:
    """The same questions to print and fill in by hand."""
    del lang
    return page(request, "public/registration/paper.html", policy=services.policies.on(local_day(now)))


@router.get("/{lang}/registrace/zname", name="public:registration.known")
def known(request: Request, lang: Lang) -> Response:
    """Somebody who is with us already logs in; nothing else is said."""
    del lang
    return page(request, "public/registration/known.html")


@router.get("/{lang}/registrace/hotovo", name="public:registration.done")
def done(request: Request, lang: Lang, services: Plugged, now: Now) -> Response:
    """What happens next, and the way to log in."""
    with reading(services.database) as session:
        try:
            registration = registering.get(session, request.cookies.get(REGISTRATION, ""), now=now)
        except NotFound:
            return see_other(f"/{lang}/registrace")
        if registration.sent_at is None:
            return see_other(f"/{lang}/registrace/{steps.open_step(registering.answers(registration))}")
        said, sent = registering.answers(registration), local_day(registration.sent_at)
        contact = registering.contact(session, registration, now=now)
    until = registering.answered_by(sent, services.world.calendar)
    return page(request, "public/registration/done.html", said=said, until=until, contact=contact)


@router.post("/{lang}/registrace/kontrola", name="public:registration.send")
def send(request: Request, lang: Lang, services: Plugged, now: Now) -> Response:
    """Become a client; a doubled click does it once."""
    with writing(services.database) as session:
        registration = registering.get(session, request.cookies.get(REGISTRATION, ""), now=now)
        said = registering.answers(registration)
        if registration.sent_at is None:
            if steps.open_step(said) != CHECK:
                return see_other(f"/{lang}/registrace/{steps.open_step(said)}")
            registering.note(session, registration, now=now, label=words_of(request).text(_("Home")))
            asked = registering.ask(session, registration, origin=_origin(request), now=now)
        else:
            asked = False
    refused = _refused(lang, asked)
    if refused is not None:
        return refused
    try:
        with writing(services.database) as session:
            registration = registering.get(session, request.cookies.get(REGISTRATION, ""), now=now)
            registering.send(session, registration, language=lang_of(request), now=now)
    except Conflict as error:
        if error.code != "registration.known":
            raise
        return see_other(f"/{lang}/registrace/zname")
    return see_other(f"/{lang}/registrace/hotovo")


def _shows(step: str) -> Callable[..., Response]:
    def show(request: Request, lang: Lang, services: Plugged, now: Now) -> Response:
        with reading(services.database) as session:
            said, sent = _begun(session, request, now)
            if said is None:
                return see_other(f"/{lang}/registrace")
            if sent or not steps.may_see(said, step):
                return see_other(f"/{lang}/registrace/{'hotovo' if sent else steps.open_step(said)}")
            return _question(request, Paper(session, said, services, now), step)

    show.__doc__ = "Ask one question of a registration."
    return show


def _takes(step: str) -> Callable[..., Response]:
    def take(request: Request, lang: Lang, services: Plugged, now: Now, data: FormData) -> Response:
        asked: bool | ServiceError = False
        with writing(services.database) as session:
            registration = registering.get(session, request.cookies.get(REGISTRATION, ""), now=now)
            said = registering.answers(registration)
            if registration.sent_at is not None or not steps.may_see(said, step):
                return see_other(f"/{lang}/registrace/{'hotovo' if registration.sent_at else steps.open_step(said)}")
            sheet = Paper(session, said, services, now)
            noted, wrong = steps.taken(sheet, step, data)
            if wrong:
                session.rollback()
                errors = {field: say(request, error) for field, error in wrong.items()}
                return _question(request, sheet, step, errors, data)
            registering.note(session, registration, now=now, **noted)
            if step == "kontakt":  # as early as it can be known, and before the long questions
                asked = registering.ask(session, registration, origin=_origin(request), now=now)
            onward = SEARCH if step == "adresa" else steps.open_step(registering.answers(registration))
        return _refused(lang, asked) or see_other(f"/{lang}/registrace/{onward}")

    take.__doc__ = "Keep one answer and go on; what is wrong is said at its field, and nothing is lost."
    return take


for _step in (*STEPS, SEARCH, CHECK):
    _address = f"/{{lang}}/registrace/{_step}"
    router.add_api_route(_address, _shows(_step), name=f"public:registration.{_step}")
    if _step != CHECK:
        _name = f"public:registration.{_step}.answer"
        router.add_api_route(_address, _takes(_step), methods=["POST"], name=_name)


def _question(
    request: Request, sheet: Paper, step: str, errors: dict[str, str] | None = None, data: Fields | None = None
) -> Response:
    order = [*STEPS, CHECK]
    lang = lang_of(request)
    back = "" if step == "jmeno" else f"/{steps.before(step)}"
    context: dict[str, Any] = {
        "step": step,
        "number": order.index("adresa" if step == SEARCH else step) + 1,
        "total": len(order),
        "here": f"/{lang}/registrace/{step}",
        "back_href": f"/{lang}/registrace{back}",
        **steps.shown(sheet, step, data),
    }
    if step == CHECK:
        context["reasons"] = [say(request, Invalid(code)) for code in context["reasons"]]
    template = "needs" if "part" in context else step
    status = 422 if errors else 200
    return page(request, f"public/registration/{template}.html", status, errors=errors or {}, **context)


def _begun(session: Session, request: Request, now: Now) -> tuple[dict[str, Any] | None, bool]:
    """What has been answered on this device, None if nothing was begun; and whether it has been sent."""
    try:
        registration = registering.get(session, request.cookies.get(REGISTRATION, ""), now=now)
    except NotFound:
        return None, False
    return registering.answers(registration), registration.sent_at is not None


def _refused(lang: Lang, asked: bool | ServiceError) -> Response | None:  # noqa: FBT001 - an answer, not a switch
    if isinstance(asked, ServiceError):
        raise asked
    return see_other(f"/{lang}/registrace/zname") if asked else None


def _origin(request: Request) -> str:
    return request.client.host if request.client else ""
