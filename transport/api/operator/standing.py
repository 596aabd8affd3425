"""Doors: the regular rides of a client at the telephone: what there is, a pause, an end."""

from collections.abc import Mapping
from datetime import date, datetime

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session

from transport.api.client.regular import wording
from transport.api.client.regular.steps import day_typed
from transport.api.deps import Me, Now, Plugged, Reading, csrf_checked, require
from transport.api.forms import Fields, FormData, one
from transport.api.render import page, say, see_other, words_of
from transport.booking.clients import queries as clients
from transport.booking.standing import queries, standing
from transport.booking.standing.queries import StandingView
from transport.kernel.actor import Actor, Role
from transport.kernel.clock import local_day
from transport.kernel.db import reading, writing
from transport.kernel.errors import Invalid, NotFound

router = APIRouter(
    prefix="/op/klient/{code}/pravidelne",
    dependencies=[require(Role.OPERATOR, Role.DISPATCHER, Role.ADMIN), Depends(csrf_checked)],
)
FIELDS = ("first", "last", "end")


@router.get("", name="op:standing")
def listed(request: Request, code: str, session: Reading, me: Me, now: Now) -> Response:
    """Every regular ride of the client, those that still ride first."""
    return _page(request, session, code, me, now)


@router.post("/{order_id:int}/prerusit", name="op:standing.pause")
def pause(request: Request, code: str, order_id: int, services: Plugged, me: Me, now: Now, data: FormData) -> Response:
    """No rides between two days; the same pause twice is once."""
    try:
        with writing(services.database) as session:
            view = _order(session, code, order_id, me, now)
            first = _later(day_typed(data, f"first-{order_id}", local_day(now)), now)
            last = day_typed(data, f"last-{order_id}", local_day(now))
            standing.pause(session, view.order, first, last, world=services.world, by=me, now=now)
    except Invalid as error:
        with reading(services.database) as session:
            return _page(request, session, code, me, now, order_id, _wrong(request, error, order_id, "first"), data)
    return see_other(f"/op/klient/{code}/pravidelne?hotovo=pauza")


@router.post("/{order_id:int}/ukoncit", name="op:standing.end")
def end(request: Request, code: str, order_id: int, services: Plugged, me: Me, now: Now, data: FormData) -> Response:
    """Ride on a day for the last time."""
    try:
        with writing(services.database) as session:
            view = _order(session, code, order_id, me, now)
            last = _to_come(day_typed(data, f"end-{order_id}", local_day(now)), now)
            standing.end(session, view.order, last, world=services.world, by=me, now=now)
    except Invalid as error:
        with reading(services.database) as session:
            return _page(request, session, code, me, now, order_id, _wrong(request, error, order_id, "end"), data)
    return see_other(f"/op/klient/{code}/pravidelne?hotovo=konec")


def _order(session: Session, code: str, order_id: int, me: Actor, now: datetime) -> StandingView:
    view = queries.visible(session, order_id, by=me, now=now)
    if view.client.id != clients.coded(session, code).id:
        raise NotFound("standing_order")
    return view


def _later(day: date, now: datetime) -> date:
    """The first day of a pause: rides of today are cancelled one by one."""
    if day <= local_day(now):
        raise Invalid("standing.pause_too_soon", field="first")
    return day


def _to_come(day: date, now: datetime) -> date:
    if day < local_day(now):
        raise Invalid("ride.day_in_the_past", field="end")
    return day


def _wrong(request: Request, error: Invalid, order_id: int, default: str) -> dict[str, str]:
    """What is wrong, at the field of this order: every order of the page has its own."""
    field = (error.field or default).partition("-")[0]
    return {f"{field if field in FIELDS else default}-{order_id}": say(request, error)}


def _page(
    request: Request,
    session: Session,
    code: str,
    me: Actor,
    now: datetime,
    wrong_id: int = 0,
    errors: Mapping[str, str] | None = None,
    data: Fields | None = None,
) -> Response:
    client = clients.coded(session, code)
    words = words_of(request)
    orders = queries.of_client(session, client.id or 0, by=me, now=now)
    return page(
        request,
        "operator/standing.html",
        status_code=422 if errors else 200,
        errors=errors or {},
        values={name: one(data or {}, f"{name}-{wrong_id}") for name in FIELDS},
        wrong_id=wrong_id,
        client=client,
        orders=[(view, wording.rule(words, view.wanted)) for view in orders],
        done=request.query_params.get("hotovo", ""),
    )
