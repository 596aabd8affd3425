"""Doors: my rides, the beginning of an order."""

from datetime import datetime

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session

from transport.api import security
from transport.api.client.sheet import Sheet, bookable, chosen, for_whom
from transport.api.deps import Me, Now, Plugged, Reading, csrf_checked
from transport.api.forms import FormData
from transport.api.render import page, see_other
from transport.booking.clients import mandates
from transport.booking.rides import drafts, queries
from transport.kernel.actor import STAFF, Actor
from transport.kernel.clock import local_day
from transport.kernel.db import writing
from transport.kernel.errors import NotFound

ORDER = "order"
"""Cookie with the key of the order begun last on this device: “finish later” finds it again."""

router = APIRouter(dependencies=[Depends(csrf_checked)])


@router.get("/moje", name="client:home")
def home(request: Request, session: Reading, me: Me, now: Now) -> Response:
    """The next ride, those to come and those that are over, of the person one acts for."""
    if me.role in STAFF:
        return see_other("/op")
    people = mandates.people(session, me, on=local_day(now))
    if not people:
        return page(request, "client/nobody.html")
    person = chosen(people, request.query_params.get("klient"))
    if person is None:
        return see_other(f"/{request.path_params['lang']}/moje/za-koho")
    coming, over = queries.of_client(session, person.client.id or 0, now=now)
    return page(
        request,
        "client/home.html",
        person=person,
        many=len(people) > 1,
        coming=coming,
        waiting=queries.waits_of(session, person.client.id or 0),
        over=over,
        may_book="book" in person.powers,
        unfinished=_unfinished(session, request, person.client.id, me, now),
        acting_for=None if person.oneself else person.client.name,
    )


@router.get("/objednat", name="client:order")
def order(request: Request, session: Reading, me: Me, now: Now) -> Response:
    """What happens next, and a button to begin."""
    if me.role in STAFF:
        return see_other("/op")
    may = bookable(session, me, now)
    return page(request, "client/order.html" if may else "client/nobody.html", people=may)


@router.post("/objednat", name="client:start")
def start(request: Request, services: Plugged, me: Me, now: Now, data: FormData) -> Response:
    """Begin an order and go to its first question."""
    with writing(services.database) as session:
        client_id = for_whom(session, me, str(data.get("client", "")), now)
        draft = drafts.start(session, client_id=client_id, by=me, now=now)
        sheet = Sheet(session, draft.key, by=me, now=now)
        again = str(data.get("again", ""))
        if again:
            _like_last_time(session, sheet, again, me, now)
        key, step = sheet.key, sheet.open_step()
    response = see_other(f"/{request.path_params['lang']}/objednat/{key}/{step}")
    https = services.settings.https
    security.set_cookie(response, ORDER, key, https=https, seconds=int(drafts.KEPT.total_seconds()))
    return response


def _unfinished(session: Session, request: Request, client_id: int | None, me: Actor, now: datetime) -> str | None:
    """The key of the order begun on this device for this client, if it is still being written."""
    try:
        draft = drafts.get(session, request.cookies.get(ORDER, ""), by=me, now=now)
    except NotFound:
        return None
    return draft.key if draft.request_id is None and draft.client_id == client_id else None


def _like_last_time(session: Session, sheet: Sheet, code: str, me: Actor, now: datetime) -> None:
    """The same places as an earlier ride of the same client."""
    earlier = queries.visible(session, code, me, now=now)
    if earlier.ride.client_id == sheet.draft.client_id:
        sheet.note(origin=earlier.ride.origin_place_id, destination=earlier.ride.destination_place_id)
