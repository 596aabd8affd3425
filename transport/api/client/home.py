"""Doors: my rides. The next one first, the others by trip, what was ridden lately to be ordered again."""

from datetime import datetime

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session

from transport.api.client import acting, consent, way_home
from transport.api.client.people import is_over
from transport.api.client.sheet import chosen
from transport.api.client.start import ORDER
from transport.api.deps import Me, Now, Reading, csrf_checked
from transport.api.render import page, see_other
from transport.booking.clients import mandates
from transport.booking.rides import drafts, queries, trips, underway
from transport.kernel.actor import STAFF, Actor
from transport.kernel.clock import local_day
from transport.kernel.errors import NotFound

router = APIRouter(dependencies=[Depends(csrf_checked)])


@router.get("/moje", name="client:home")
def home(request: Request, session: Reading, me: Me, now: Now) -> Response:
    """The next ride, those to come, those to be ordered again, of the person one acts for."""
    if me.role in STAFF:
        return see_other("/op")
    people = mandates.people(session, me, on=local_day(now))
    code = request.query_params.get("klient")
    if not people or is_over(session, me, now, code):
        return see_other(f"/{request.path_params['lang']}/moje/za-koho")
    person = chosen(people, code)
    if person is None:
        return see_other(f"/{request.path_params['lang']}/moje/za-koho")
    client_id = person.client.id or 0
    coming, _ = queries.of_client(session, client_id, now=now)
    soon = coming[0] if coming else None
    return page(
        request,
        "client/home.html",
        person=person,
        many=len(people) > 1,
        next=soon,
        progress=None if soon is None else underway.progress(session, soon, now=now),
        calls=soon is not None and way_home.waits_for_call(soon, now),
        trips=trips.together(session, coming),
        lately=trips.lately(session, client_id),
        waiting=queries.waits_of(session, client_id),
        to_agree=consent.waiting(session, client_id, me, now),
        may_prepare="prepare" in person.powers,
        may_book="book" in person.powers,
        may_cancel="cancel" in person.powers,
        unfinished=_unfinished(session, request, client_id, me, now),
        now=now,
        **acting.banner(request, session, person.client.code, me, now),
    )


def _unfinished(session: Session, request: Request, client_id: int, me: Actor, now: datetime) -> str | None:
    """The key of the order begun on this device for this client, if it is still being written."""
    try:
        draft = drafts.get(session, request.cookies.get(ORDER, ""), by=me, now=now)
    except NotFound:
        return None
    return draft.key if draft.request_id is None and draft.client_id == client_id else None
