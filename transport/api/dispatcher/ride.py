"""Doors: one ride of the day, and what is decided about it with one press."""

from datetime import date, datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from transport.api.client import history
from transport.api.deps import Me, Now, Plugged, Reading
from transport.api.dispatcher.asked import Day, ride_of, version
from transport.api.forms import FormData, one
from transport.api.render import errors_of, page, see_other
from transport.booking.rides import lifecycle, queries, rides, trips, underway
from transport.booking.rides.lifecycle import Move, Status
from transport.booking.rides.queries import RideView
from transport.bootstrap import Services
from transport.kernel.actor import Actor
from transport.kernel.db import reading, writing
from transport.kernel.errors import Invalid
from transport.operations.dispatch import handwork
from transport.operations.driving import accuracy, execution
from transport.operations.messages import reviewing

router = APIRouter()
RIDE = "/disp/{day}/jizda/{code}"


@router.get(RIDE, name="disp:ride")
def ride_page(request: Request, day: Day, code: str, session: Reading, me: Me, now: Now) -> Response:
    """All about one ride, with the moves that are possible now."""
    view = ride_of(session, day, code, me, now)
    done = request.query_params.get("hotovo", "")[:40]
    return page(request, "dispatcher/ride.html", done=done, **_context(session, view, me, now))


@router.post(f"{RIDE}/potvrdit", name="disp:confirm")
def confirm(day: Day, code: str, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """Say yes; back to the day if that is where it was pressed."""
    with writing(services.database) as session:
        view = ride_of(session, day, code, me, now)
        rides.confirm(session, view.ride, version=version(data), by=me, now=now)
    if one(data, "back") == "day":
        return see_other(f"/disp/{day}?jizda={code}&hotovo=potvrzeno")
    return see_other(_address(day, code, "potvrzeno"))


@router.post(f"{RIDE}/zrusit", name="disp:cancel")
def cancel(request: Request, day: Day, code: str, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """The service calls the ride off, with a reason the client will read."""
    try:
        with writing(services.database) as session:
            view = ride_of(session, day, code, me, now)
            rides.cancel(
                session,
                view.ride,
                version=version(data),
                reason=one(data, "reason"),
                world=services.world,
                by=me,
                now=now,
                for_service=True,
            )
    except Invalid as error:
        return _again(request, day, code, me, now, services, errors_of(request, error, "reason"))
    return see_other(_address(day, code, "zruseno"))


@router.post(f"{RIDE}/neprisel", name="disp:no_show")
def no_show(day: Day, code: str, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """Accept the driver's report that nobody was there."""
    with writing(services.database) as session:
        view = ride_of(session, day, code, me, now)
        execution.no_show(session, view.ride, version=version(data), world=services.world, by=me, now=now)
    return see_other(_address(day, code, "zapsano"))


@router.post(f"{RIDE}/neprijeli", name="disp:missed")
def missed(request: Request, day: Day, code: str, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """Own up that we did not come, with a reason."""
    try:
        with writing(services.database) as session:
            ride = ride_of(session, day, code, me, now).ride
            rides.miss(
                session,
                ride,
                version=version(data),
                reason=one(data, "missed"),
                world=services.world,
                by=me,
                now=now,
            )
    except Invalid as error:
        return _again(request, day, code, me, now, services, {"missed": errors_of(request, error, "x").popitem()[1]})
    return see_other(_address(day, code, "zapsano"))


def _again(
    request: Request, day: date, code: str, me: Actor, now: datetime, services: Services, errors: dict[str, str]
) -> Response:
    with reading(services.database) as session:
        view = ride_of(session, day, code, me, now)
        context = _context(session, view, me, now)
        return page(request, "dispatcher/ride.html", status_code=422, errors=errors, done="", **context)


def _context(session: Session, view: RideView, me: Actor, now: datetime) -> dict[str, Any]:
    moves = set(lifecycle.possible(view.ride.status, me.role)) - lifecycle.CORRECTIONS
    absent = execution.absent(session, view.ride)
    deciding = view.ride.status in (Status.REQUESTED, Status.CONFIRMED)
    progress = underway.progress(session, view, now=now)
    others = [each for each in queries.of_request(session, view.ride.request_id) if each.ride.id != view.ride.id]
    return {
        "day": view.ride.day,
        "view": view,
        "other_way": others[0] if others else None,
        "happened": history.of_ride(session, trips.line(session, view.ride), reader=me),
        "told": reviewing.of_rides(session, trips.line(session, view.ride)),
        "moves": {move.value for move in moves if move is not Move.NO_SHOW or absent},
        "absent": absent,
        "late": now > view.pickup_at,
        "progress": progress,
        "around": accuracy.around(session, view.ride.day, progress.expected_at, now=now),
        "crew": handwork.crews(session, view.ride.day).get(view.shift_id or 0),
        "along": handwork.along(session, view),
        "edits": handwork.edits_of_ride(session, view.ride),
        "can_move": deciding and view.shift_id is not None,
        "can_offer": deciding and view.pending is None and now < view.pickup_at,
    }


def _address(day: date, code: str, done: str) -> str:
    return f"/disp/{day}/jizda/{code}?hotovo={done}"
