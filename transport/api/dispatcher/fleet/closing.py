"""Doors: a place is closed from–until: one decision for all rides it touches, and whom to call."""

from datetime import date, datetime, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import Response

from transport.api.deps import Me, Now, Plugged, Reading
from transport.api.dispatcher.fleet import places, typed
from transport.api.forms import Fields, FormData, one
from transport.api.render import page, see_other
from transport.booking.rides import closures
from transport.booking.rides.closures import Choice
from transport.kernel.clock import local_day
from transport.kernel.db import reading, writing
from transport.kernel.errors import Conflict, Invalid
from transport.operations.dispatch import places as desk
from transport.operations.dispatch.places import PlaceClosure, Remedy
from transport.routing.geo.places import of_place

router = APIRouter()
ANSWER = timedelta(hours=24)
"""How long another time waits for the client's answer."""
SEEN = "version_"


@router.post("/disp/mista/{place_id}/uzavrit", name="fleet:place.close")
def close(request: Request, place_id: int, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """Close the place for new orders; what becomes of the rides is decided on the next page."""
    try:
        with writing(services.database) as session:
            moved = None
            if one(data, "moved"):
                moved = of_place(session, typed.number(data, "moved_to")).place_id
            closure = closures.close_place(
                session,
                places.place(session, place_id).id or 0,
                first=typed.day(data, "first", now),
                last=typed.day_or_none(data, "last", now),
                moved_to=moved,
                reason=one(data, "why"),
                by=me,
                now=now,
            )
            number = closure.id
    except (Invalid, Conflict) as error:
        shown = error
        if error.code == "fleet.number_missing":
            shown = Invalid("closure.moved_missing", field="moved_to")
        elif error.code == "closure.reason_missing":
            shown = Invalid(error.code, field="why")
        with reading(services.database) as session:
            return places.shown(request, session, places.place(session, place_id), now, data=data, error=shown)
    return see_other(f"/disp/mista/uzavirka/{number}?hotovo=zavreno")


@router.get("/disp/mista/uzavirka/{closure_id}.csv", name="fleet:closure.csv")
def as_csv(closure_id: int, session: Reading, now: Now, services: Plugged) -> Response:
    """Whom to call, with the telephone numbers."""
    closure = closures.get(session, closure_id)
    rows: list[tuple[object, ...]] = [
        ("day", "from", "until", "ride", "client", "phone", "origin", "destination", "can")
    ]
    for each in desk.touched(session, closure, world=services.world, now=now):
        view, promise = each.view, each.view.promise
        times = (typed.shown_time(view.ride.day, second) for second in (promise.window_start, promise.window_end))
        places_ = (view.origin.name, view.destination.name)
        rows.append(
            (view.ride.day, *times, view.ride.code, view.client.name, view.client.phone, *places_, each.prepared.remedy)
        )
    return typed.as_csv(f"closure-{closure_id}", rows)


@router.get("/disp/mista/uzavirka/{closure_id}", name="fleet:closure")
def closure_page(
    request: Request, closure_id: int, session: Reading, now: Now, services: Plugged, hotovo: str = "", pocet: str = ""
) -> Response:
    """Every ride the closure touches with what can be done for it, proven in the plan of its day."""
    closure = closures.get(session, closure_id)
    return page(
        request,
        "dispatcher/fleet/closure.html",
        closure=closure,
        place=places.place(session, closure.place_id),
        moved=None if closure.moved_to_id is None else places.place(session, closure.moved_to_id),
        touched=desk.touched(session, closure, world=services.world, now=now),
        regular=desk.regular_ones(session, closure, today=local_day(now)),
        over=closure.last is not None and closure.last < local_day(now),
        today=local_day(now),
        answer_hours=round(ANSWER / timedelta(hours=1)),
        done=hotovo,
        count=int(pocet) if pocet.isdecimal() and len(pocet) < 6 else 0,
    )


@router.post("/disp/mista/uzavirka/{closure_id}", name="fleet:closure.decided")
def decide(closure_id: int, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """Carry out what was chosen for all rides, or for none."""
    with writing(services.database) as session:
        closure = closures.get(session, closure_id)
        choices = [_choice(name, data) for name in data if name.startswith(SEEN)]
        done = closures.decide(session, closure, choices, answer_by=now + ANSWER, world=services.world, by=me, now=now)
    return see_other(f"/disp/mista/uzavirka/{closure_id}?hotovo=rozhodnuto&pocet={len(done)}")


@router.post("/disp/mista/uzavirka/{closure_id}/konec", name="fleet:closure.over")
def reopen(closure_id: int, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """The place is closed until this day only."""
    with writing(services.database) as session:
        closure = closures.get(session, closure_id)
        last = _last(closure, data, now)
        closures.reopen(session, closure, last=last, by=me, now=now)
        number = closure.place_id
    return see_other(f"/disp/mista/{number}?hotovo=otevreno")


def _last(closure: PlaceClosure, data: Fields, now: datetime) -> date:
    """The last closed day: what was written, or the day before today."""
    if one(data, "last"):
        return typed.day(data, "last", now)
    return max(local_day(now), closure.first) - timedelta(days=1)


def _choice(name: str, data: Fields) -> Choice:
    number = name.removeprefix(SEEN)
    remedy, _, start = one(data, f"remedy_{number}").partition(":")
    if not (number.isdecimal() and remedy in list(Remedy)):
        raise Conflict("closure.changed_meanwhile")
    return Choice(
        ride_id=int(number),
        version=typed.number(data, name),
        remedy=Remedy(remedy),
        start=int(start) if start.isdecimal() else None,
    )
