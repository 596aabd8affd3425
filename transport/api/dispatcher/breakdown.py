"""Doors: something has gone wrong on the street. One press asks for plans; who is in the vehicle comes first."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from sqlmodel import Session

from transport.api.deps import Me, Now, Plugged, Reading
from transport.api.dispatcher.asked import Day, ride_of
from transport.api.dispatcher.scenario import second_of, shift_of
from transport.api.forms import Fields, FormData, one
from transport.api.render import page, say, see_other
from transport.bootstrap import Services
from transport.kernel.actor import Actor
from transport.kernel.clock import seconds_of, wall
from transport.kernel.db import reading, writing
from transport.kernel.errors import Conflict, Invalid
from transport.operations.dispatch import incidents, mishaps, trials

router = APIRouter()
BREAKDOWN = "/disp/{day}/porucha"
WHAT = ("vehicle", "driver", "lift", "road", "unwell", "absent")
"""What may happen; the first is the worst, and what is asked about if nothing is said."""
LOST_MINUTES = {"road": "20", "unwell": "30", "absent": "10"}
"""How long it takes as a rule, until somebody says otherwise."""


@router.get(BREAKDOWN, name="disp:breakdown")
def breakdown_page(
    request: Request,
    day: Day,
    session: Reading,
    now: Now,
    services: Plugged,
    smena: Annotated[str, Query()] = "",
    co: Annotated[str, Query()] = "",
    minut: Annotated[str, Query()] = "",
) -> Response:
    """Which vehicle, what has happened, since when, and who is on board."""
    what = co if co in WHAT else WHAT[0]
    values: Fields = {"shift": smena, "at": _now(day, now), "co": what, "minutes": minut or LOST_MINUTES.get(what, "")}
    return _page(request, day, session, now, services, values, {})


@router.post(BREAKDOWN, name="disp:broken")
def break_down(request: Request, day: Day, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """Look for plans in which as little as can be changes for people."""
    try:
        with writing(services.database) as session:
            found = _asked(session, day, me, now, services, data)
    except (Invalid, Conflict) as error:
        fields = ("shift", "at", "place", "co", "minutes", "scope", "code", "how")
        values: Fields = {name: one(data, name) for name in fields}
        with reading(services.database) as session:
            errors = {error.field or "shift": say(request, error)}
            return _page(request, day, session, now, services, values, errors)
    return see_other(f"/disp/{day}/zkouska/{found[0].id}")


def _asked(
    session: Session, day: date, me: Actor, now: datetime, services: Services, data: Fields
) -> list[trials.Proposal]:
    """The plans for what the form says; Invalid names the field that must be mended."""
    what, world = one(data, "co") or WHAT[0], services.world
    if what == "absent" and one(data, "how") == "back":
        if not one(data, "code"):
            raise Invalid("drive_on.whose", field="code")
        ride = ride_of(session, day, one(data, "code"), me, now).ride
        back = _minutes(data)
        second = max(seconds_of(day, now), 0)
        return mishaps.drive_on(session, ride.promise_id, since=second, back=back, world=world, by=me, now=now)
    shift, since = shift_of(session, day, data), second_of(day, data, "at")
    if what in LOST_MINUTES:
        late = [each.id or 0 for each, *_ in trials.crews(session, day) if each.starts <= since < each.ends]
        ids = late if one(data, "scope") == "all" else [shift.id or 0]
        minutes = _minutes(data)
        return mishaps.delay(session, ids, minutes=minutes, since=since, why=what, world=world, by=me, now=now)
    if what == "lift":
        return mishaps.lift_out(session, shift.id or 0, since=since, world=world, by=me, now=now)
    stands = incidents.where(session, shift, since, world=world, now=now)
    chosen = [place for place in stands if str(place) == one(data, "place")]
    happened = mishaps.driver_out if what == "driver" else mishaps.break_down
    return happened(session, shift.id or 0, since=since, place=(chosen or stands)[0], world=world, by=me, now=now)


def _minutes(data: Fields) -> int:
    if one(data, "minutes") not in {str(each) for each in mishaps.MINUTES}:
        raise Invalid("delay.minutes", field="minutes", most=max(mishaps.MINUTES))
    return int(one(data, "minutes"))


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
    places, aboard, ahead = [], [], []
    if chosen is not None:
        places = trials.places(session, incidents.where(session, chosen, second, world=world, now=now))
        aboard = trials.on_board(session, chosen, second, world=world, now=now)
        ahead = trials.ahead(session, chosen, world=world, now=now)
    return page(
        request,
        "dispatcher/breakdown.html",
        status_code=422 if errors else 200,
        errors=errors,
        values={name: one(values, name) for name in ("shift", "at", "place", "co", "minutes", "scope", "code", "how")},
        day=day,
        crews=crews,
        chosen=chosen,
        places=places,
        aboard=aboard,
        ahead=ahead,
        minutes=mishaps.MINUTES,
        what=WHAT,
    )
