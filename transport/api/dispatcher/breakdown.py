"""Doors: a vehicle cannot go on. One press asks for plans without it; who sits in it comes first."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from sqlmodel import Session

from transport.api.deps import Me, Now, Plugged, Reading
from transport.api.dispatcher.asked import Day
from transport.api.dispatcher.scenario import second_of, shift_of
from transport.api.forms import Fields, FormData, one
from transport.api.render import page, say, see_other
from transport.bootstrap import Services
from transport.kernel.clock import seconds_of, wall
from transport.kernel.db import reading, writing
from transport.kernel.errors import Invalid
from transport.operations.dispatch import incidents, trials

router = APIRouter()
BREAKDOWN = "/disp/{day}/porucha"


@router.get(BREAKDOWN, name="disp:breakdown")
def breakdown_page(
    request: Request,
    day: Day,
    session: Reading,
    now: Now,
    services: Plugged,
    smena: Annotated[str, Query()] = "",
) -> Response:
    """Which vehicle, since when, where it stands, and who is in it."""
    return _page(request, day, session, now, services, {"shift": smena, "at": _now(day, now)}, {})


@router.post(BREAKDOWN, name="disp:broken")
def break_down(request: Request, day: Day, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """Look for another vehicle for everybody whom this one carries or would have fetched."""
    try:
        with writing(services.database) as session:
            shift, since = shift_of(session, day, data), second_of(day, data, "at")
            stands = incidents.where(session, shift, since, world=services.world, now=now)
            chosen = [place for place in stands if str(place) == one(data, "place")]
            place = (chosen or stands)[0]
            found = incidents.break_down(session, shift.id or 0, since=since, place=place, by=me, now=now)
    except Invalid as error:
        values: Fields = {name: one(data, name) for name in ("shift", "at", "place")}
        with reading(services.database) as session:
            errors = {error.field or "shift": say(request, error)}
            return _page(request, day, session, now, services, values, errors)
    return see_other(f"/disp/{day}/zkouska/{found[0].id}")


def _now(day: date, now: datetime) -> str:
    return f"{wall(day, max(seconds_of(day, now), 0)):%-H:%M}"


def _page(
    request: Request,
    day: date,
    session: Session,
    now: datetime,
    services: Services,
    values: Fields,
    errors: dict[str, str],
) -> Response:
    crews = trials.crews(session, day)
    chosen = next((shift for shift, *_ in crews if str(shift.id) == one(values, "shift")), None)
    second = max(seconds_of(day, now), 0)
    world = services.world
    places, aboard = [], []
    if chosen is not None:
        places = trials.places(session, incidents.where(session, chosen, second, world=world, now=now))
        aboard = trials.on_board(session, chosen, second, world=world, now=now)
    return page(
        request,
        "dispatcher/breakdown.html",
        status_code=422 if errors else 200,
        errors=errors,
        values={name: one(values, name) for name in ("shift", "at", "place")},
        day=day,
        crews=crews,
        chosen=chosen,
        places=places,
        aboard=aboard,
    )
