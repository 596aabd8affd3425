"""Doors: an order that somebody prepared waits for the yes of somebody else."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import Response
from sqlmodel import Session

from transport.api.client import acting
from transport.api.deps import Me, Now, Plugged, Reading, csrf_checked
from transport.api.forms import FormData, one
from transport.api.render import errors_of, page, see_other
from transport.booking.rides import consent_views, consents
from transport.booking.rides.consent_views import ConsentView
from transport.kernel.actor import Actor
from transport.kernel.db import reading, writing
from transport.kernel.errors import Conflict, Exhausted, Invalid, ServiceError

ConsentId = Annotated[int, Path(ge=1)]
router = APIRouter(dependencies=[Depends(csrf_checked)])


@router.get("/souhlas/{consent_id}", name="client:consent")
def show(request: Request, consent_id: ConsentId, session: Reading, me: Me, now: Now) -> Response:
    """The whole order, to decide on or to wait for; or what became of it."""
    return _page(request, session, consent_id, me, now)


@router.post("/souhlas/{consent_id}", name="client:consent.answer")
def answer(request: Request, consent_id: ConsentId, services: Plugged, me: Me, now: Now, data: FormData) -> Response:
    """Say yes or no, or take the question back. What has happened meanwhile is said on the page."""
    decide = {"yes": consents.agree, "no": consents.refuse}.get(one(data, "answer"))
    here = f"/{request.path_params['lang']}/souhlas/{consent_id}"
    if decide is None:
        return see_other(here)
    try:
        with writing(services.database) as session:
            consent = consents.get(session, consent_id, by=me, now=now)
            decide(session, consent, world=services.world, by=me, now=now)
    except Conflict:
        return see_other(here)
    except (Exhausted, Invalid) as error:
        with reading(services.database) as session:
            return _page(request, session, consent_id, me, now, error=error)
    return see_other(here)


def waiting(session: Session, client_id: int, me: Actor, now: datetime) -> list[ConsentView]:
    """What `client/consents/waiting.html` shows of one client: prepared orders that wait for somebody's yes."""
    return consent_views.waiting(session, client_id, by=me, now=now)


def _page(
    request: Request, session: Session, consent_id: int, me: Actor, now: datetime, *, error: ServiceError | None = None
) -> Response:
    consent = consents.get(session, consent_id, by=me, now=now)
    view = consent_views.view(session, consent, by=me, now=now)
    return page(
        request,
        "client/consents/consent.html",
        status_code=422 if error else 200,
        errors=errors_of(request, error, "answer") if error else {},
        view=view,
        mine=consent.asked_by == me.user,
        **acting.banner(request, session, view.client.code, me, now),
    )
