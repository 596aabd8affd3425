"""Doors: the way home that follows the person: called for, sooner or later than thought."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session

from transport.api.client import acting, spoken, whose
from transport.api.deps import Me, Now, Plugged, Reading, csrf_checked
from transport.api.forms import Fields, FormData, one
from transport.api.render import errors_of, page, see_other
from transport.booking.rides import queries, returns, underway
from transport.booking.rides.queries import RideView
from transport.bootstrap import Services
from transport.kernel.actor import Actor
from transport.kernel.clock import local_day, wall_seconds
from transport.kernel.db import writing
from transport.kernel.errors import Conflict, Exhausted, Invalid, ServiceError

router = APIRouter(dependencies=[Depends(csrf_checked)])


def waits_for_call(view: RideView, now: datetime) -> bool:
    """Whether the client can call for this way home today."""
    return view.promise.kind.value == "will_call" and _is_open(view) and _is_today(view, now)


def can_move(view: RideView, now: datetime) -> bool:
    """Whether this way home has a fixed time that can be moved today."""
    return view.promise.kind.value == "fixed" and _is_open(view) and _is_today(view, now)


@router.get("/jizdy/{code}/zpet", name="client:ride.back")
def ask(request: Request, code: str, session: Reading, me: Me, now: Now) -> Response:
    """What is promised for the way home, and how to have it now, sooner or later."""
    view = queries.visible(session, code, me, now=now)
    if not _is_open(view) or "book" not in whose.powers(session, view, me, now):
        return see_other(whose.address(request, view.ride.code))
    return _shown(request, session, view, me, now)


@router.post("/jizdy/{code}/zpet", name="client:ride.called")
def call(request: Request, code: str, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """“I want to go home now”, or “I will be ready only at …”; the old promise stands until there is another one."""
    with writing(services.database) as session:
        view = queries.visible(session, code, me, now=now)
        try:
            _move(session, view, services, data, me, now)
        except (Invalid, Exhausted) as error:
            session.rollback()
            view = queries.visible(session, code, me, now=now)
            return _shown(request, session, view, me, now, error=error, values=data)
    return see_other(whose.address(request, view.ride.code, "zpet"))


def _move(session: Session, view: RideView, services: Services, data: Fields, me: Actor, now: datetime) -> None:
    version = whose.version(data.get("version"))
    if not _is_today(view, now):  # the room would move a ride of any day
        raise Conflict("return.not_waiting")
    if one(data, "what") == "later":
        said = spoken.time_of_day(one(data, "ready"))
        if said is None:
            raise Invalid("book.time_unclear", field="ready")
        ready = wall_seconds(view.ride.day, *said)
        returns.later(session, view.ride, ready, version=version, world=services.world, by=me, now=now)
    elif waits_for_call(view, now):
        returns.call(session, view.ride, version=version, world=services.world, by=me, now=now)
    else:
        returns.hasten(session, view.ride, version=version, world=services.world, by=me, now=now)


def _shown(
    request: Request,
    session: Session,
    view: RideView,
    me: Actor,
    now: datetime,
    *,
    error: ServiceError | None = None,
    values: Any = None,  # noqa: ANN401 - a form as it came
) -> Response:
    return page(
        request,
        "client/ride/back.html",
        status_code=422 if error else 200,
        errors=errors_of(request, error, "now") if error else {},
        values=values or {},
        view=view,
        progress=underway.progress(session, view, now=now),
        calls=waits_for_call(view, now),
        today=_is_today(view, now),
        at_risk=returns.at_risk(session, view.ride),
        **acting.banner(request, session, view.client.code, me, now),
    )


def _is_open(view: RideView) -> bool:
    return view.ride.leg.value == "return" and view.word in {"promised", "confirmed"}


def _is_today(view: RideView, now: datetime) -> bool:
    return view.ride.day == local_day(now)
