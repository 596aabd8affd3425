"""Doors: one ride for whoever has its link: seen and called off, without a login and without a surname."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session

from transport.api.deps import Now, Plugged, Reading, csrf_checked, visitor
from transport.api.forms import FormData, one
from transport.api.render import page, see_other
from transport.booking.rides import links, queries, rides, underway
from transport.bootstrap import Services
from transport.kernel.db import writing
from transport.kernel.errors import NotFound
from transport.kernel.i18n import LANGUAGES

router = APIRouter(prefix="/j/{token}", dependencies=[Depends(visitor)])


@router.get("", name="link:ride")
def ride(request: Request, token: str, session: Reading, now: Now) -> Response:
    """When we come, where to, what is happening; in the language of ?lang=, else in the client's."""
    try:
        [view] = queries.views(session, [links.opened(session, token, now=now)])
    except NotFound:
        return _over(request)
    if "lang" not in request.query_params:
        language = view.client.language if view.client.language in LANGUAGES else LANGUAGES[0]
        return see_other(f"/j/{token}?lang={language}")
    return page(
        request,
        "client/ride/link.html",
        view=view,
        token=token,
        progress=underway.progress(session, view, now=now),
        may_cancel=links.may_cancel(session, token, now=now),
    )


@router.get("/zrusit", name="link:cancel")
def ask_cancel(request: Request, token: str, session: Reading, now: Now, services: Plugged) -> Response:
    """Say what would be called off and what it costs, before it is done."""
    try:
        if not links.may_cancel(session, token, now=now):
            return see_other(_address(request, token))
        return _question(request, session, token, now, services)
    except NotFound:
        return _over(request)


@router.post("/zrusit", name="link:cancelled", dependencies=[Depends(csrf_checked)])
def cancel(request: Request, token: str, now: Now, services: Plugged, data: FormData) -> Response:
    """Call the ride off; a link that is over does nothing."""
    version = one(data, "version")
    try:
        with writing(services.database) as session:
            said = int(version) if version.isdecimal() else 0
            links.cancel(session, token, version=said, world=services.world, now=now)
    except NotFound:
        return _over(request)
    return see_other(_address(request, token))


def _question(request: Request, session: Session, token: str, now: Now, services: Services) -> Response:
    [view] = queries.views(session, [links.opened(session, token, now=now)])
    rules = services.policies.named(view.ride.policy_id).cancel
    return page(
        request,
        "client/ride/link_cancel.html",
        view=view,
        token=token,
        late=rides.is_late(session, view.ride, services.world, now),
        free_until=rules.free_until_minutes,
        late_fee=rules.late_fee,
    )


def _over(request: Request) -> Response:
    return page(request, "client/ride/link_over.html", 404)


def _address(request: Request, token: str) -> str:
    lang = request.query_params.get("lang", "")
    return f"/j/{token}" + (f"?lang={lang}" if lang in LANGUAGES else "")
