"""Doors: places with opening hours or closures: looked for, and their hours written."""

import re
from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from transport.api.client import spoken
from transport.api.client.regular import wording
from transport.api.deps import Me, Now, Plugged, Reading
from transport.api.forms import Fields, FormData, one
from transport.api.render import errors_of, page, see_other, words_of
from transport.kernel.clock import local_day
from transport.kernel.db import reading, writing
from transport.kernel.errors import Invalid, NotFound, ServiceError
from transport.operations.dispatch import places as desk
from transport.operations.dispatch.places import Place
from transport.routing.geo import places
from transport.routing.geo.closures import Hours

router = APIRouter()
WEEKDAYS = range(1, 8)


@router.get("/disp/mista", name="fleet:places")
def places_page(request: Request, session: Reading, now: Now, q: str = "", hotovo: str = "") -> Response:
    """Places that are not always open, and a search for any other one."""
    found = [hit for hit in places.search(session, None, q) if hit.place_id is not None]
    return page(
        request,
        "dispatcher/fleet/places.html",
        q=q,
        found=found,
        listed=desk.listed(session, now),
        hours_words=_words,
        today=local_day(now),
        weekdays=_weekdays(request),
        done=hotovo,
    )


@router.get("/disp/mista/{place_id}", name="fleet:place")
def place_page(request: Request, place_id: int, session: Reading, now: Now, hotovo: str = "") -> Response:
    """One place: when it is open, when it is closed and where it is meanwhile."""
    return shown(request, session, place(session, place_id), now, done=hotovo)


@router.post("/disp/mista/{place_id}/hodiny", name="fleet:place.hours")
def set_hours(request: Request, place_id: int, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """When the place lets people in, weekday by weekday; all empty: always."""
    try:
        spans = [span for number in WEEKDAYS for span in _spans(one(data, f"hours_{number}"), number)]
        with writing(services.database) as session:
            desk.set_hours(session, place(session, place_id).id or 0, spans, by=me, now=now)
    except Invalid as error:
        with reading(services.database) as session:
            return shown(request, session, place(session, place_id), now, data=data, error=error)
    return see_other(f"/disp/mista/{place_id}?hotovo=hodiny")


def place(session: Session, place_id: int) -> Place:
    """The place with this number; NotFound("place")."""
    found = session.get(Place, place_id)
    if found is None:
        raise NotFound("place", id=place_id)
    return found


def shown(
    request: Request,
    session: Session,
    found: Place,
    now: datetime,
    *,
    data: Fields | None = None,
    error: ServiceError | None = None,
    done: str = "",
) -> Response:
    """The page of a place, also with what could not be taken of its forms."""
    known = desk.hours(session, found.id or 0)
    typed_hours = {number: one(data or {}, f"hours_{number}") or _words(known.get(number, [])) for number in WEEKDAYS}
    closures = desk.closures_of(session, found.id or 0)
    moved = {each.moved_to_id: place(session, each.moved_to_id) for each in closures if each.moved_to_id}
    q = one(data or {}, "moved")
    return page(
        request,
        "dispatcher/fleet/place.html",
        status_code=200 if error is None else 422 if isinstance(error, Invalid) else 409,
        errors={} if error is None else errors_of(request, error, "first"),
        place=found,
        hours=typed_hours,
        weekdays=_weekdays(request),
        closures=closures,
        moved=moved,
        choices=[hit for hit in places.search(session, None, q, 8) if hit.place_id not in (None, found.id)],
        today=local_day(now),
        values={name: one(data or {}, name) for name in ("first", "last", "moved", "moved_to", "why")},
        done=done,
    )


def _weekdays(request: Request) -> dict[int, str]:
    return {number: wording.weekday(words_of(request), number) for number in WEEKDAYS}


def _words(spans: list[Hours]) -> str:
    """`8:00–12:00, 13:00–15:00`."""
    return ", ".join(f"{_clock(span.opens)}–{_clock(span.closes)}" for span in spans)


def _clock(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02}"


def _spans(text: str, weekday: int) -> list[Hours]:
    found = []
    for part in filter(None, (each.strip() for each in re.split(r"[,;]", text))):
        ends = [_minute(each) for each in re.split(r"\s*(?:–|-|—|\bdo\b)\s*", part)]
        if len(ends) != 2 or None in ends:
            raise Invalid("place.hours_unclear", field=f"hours_{weekday}")
        found.append(Hours(weekday, ends[0] or 0, ends[1] or 0))
        if found[-1].opens >= found[-1].closes:
            raise Invalid("place.hours_unusable", field=f"hours_{weekday}")
    return found


def _minute(text: str) -> int | None:
    if text in {"24", "24:00"}:
        return 24 * 60
    found = spoken.time_of_day(text)
    return None if found is None else found[0] * 60 + found[1]
