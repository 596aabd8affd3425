"""The code that came: one field, and what to do when it did not come."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from transport.accounts import codes, contacts, visits
from transport.api import render, security
from transport.api.deps import Now, Plugged, csrf_checked
from transport.api.forms import FormData, one, several
from transport.api.public.entry import people
from transport.api.public.entry.visit import Visit
from transport.bootstrap import Services
from transport.kernel.db import reading, writing
from transport.kernel.errors import ServiceError
from transport.kernel.i18n import Lang
from transport.operations.messages import demo

router = APIRouter()


@router.get("/{lang}/prihlaseni/kod", name="public:login.code")
def ask(request: Request, lang: Lang, visit: Visit, services: Plugged) -> Response:
    """The field for the code."""
    if visit is None or visit.way is None:
        return render.see_other(f"/{lang}/prihlaseni")
    return _page(request, visit, services)


@router.post("/{lang}/prihlaseni/kod", name="public:login.code.try", dependencies=[Depends(csrf_checked)])
def try_(request: Request, lang: Lang, visit: Visit, form: FormData, services: Plugged, now: Now) -> Response:
    """Go in with the right code; a wrong one is counted."""
    if visit is None or visit.way is None:
        return render.see_other(f"/{lang}/prihlaseni")
    token, here = request.cookies.get(security.VISIT, ""), several(form, "here")
    with writing(services.database) as session:
        refusal = codes.verify(session, visit, token, one(form, "code"), now=now)
        if refusal is None:
            visits.prove(session, visit, remember="remember" in here, shared="shared" in here, now=now)
            return people.go_on(session, request, lang, visit, now)
    return _page(request, visit, services, 422, refusal, here)


def _page(
    request: Request,
    visit: visits.LoginVisit,
    services: Services,
    status: int = 200,
    error: ServiceError | None = None,
    here: list[str] | None = None,
) -> Response:
    with reading(services.database) as session:
        simulated = demo.shown(session, services.channels, visit.contact)
    return render.page(
        request,
        "public/login/code.html",
        status,
        contact=contacts.shown(visit.contact),
        way=visit.way,
        other_ways=len(contacts.ways(visit.contact)) > 1,
        minutes=round(codes.LASTS.total_seconds() / 60),
        here=here or [],
        simulated=simulated,
        errors={} if error is None else render.errors_of(request, error, "code"),
    )
