"""Doors: the decisions about a ride that need a page of their own: a no, and another time."""

from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import Response

from transport.api.deps import Me, Now, Plugged, Reading
from transport.api.dispatcher.asked import Day, ride_of, version
from transport.api.forms import FormData, one
from transport.api.render import errors_of, page, see_other
from transport.booking.rides import lifecycle, offers, rides
from transport.booking.rides.queries import RideView
from transport.kernel.db import reading, writing
from transport.kernel.errors import Conflict, Invalid
from transport.operations.dispatch import plans
from transport.routing.planning.wishes import Option

router = APIRouter()
DECLINE = "/disp/{day}/jizda/{code}/odmitnout"
OTHER_TIMES = "/disp/{day}/jizda/{code}/jine-casy"
ANSWER = timedelta(hours=2)
"""How long another time waits for the client's answer."""


@router.get(DECLINE, name="disp:decline")
def ask_decline(request: Request, day: Day, code: str, session: Reading, me: Me, now: Now) -> Response:
    """Which of the reasons of the rules it is."""
    view = ride_of(session, day, code, me, now)
    if lifecycle.Move.DECLINE not in lifecycle.possible(view.ride.status, me.role):
        return see_other(f"/disp/{day}/jizda/{view.ride.code}")
    return _decline_page(request, view)


@router.post(DECLINE, name="disp:declined")
def decline(request: Request, day: Day, code: str, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """Say no for one of the reasons."""
    with writing(services.database) as session:
        view = ride_of(session, day, code, me, now)
        reason = one(data, "reason")
        if reason not in lifecycle.DECLINE_REASONS:
            return _decline_page(request, view, Invalid("ride.no_such_reason", field="reason"))
        rides.decline(session, view.ride, version=version(data), reason=reason, world=services.world, by=me, now=now)
    return see_other(f"/disp/{day}?jizda={code}&hotovo=odmitnuto")


@router.get(OTHER_TIMES, name="disp:other_times")
def other_times(
    request: Request, day: Day, code: str, session: Reading, me: Me, now: Now, services: Plugged
) -> Response:
    """Times near the promised one that could be promised instead."""
    view = ride_of(session, day, code, me, now)
    _, options = plans.other_times(session, view.ride, world=services.world, now=now)
    return _times_page(request, view, options)


@router.post(OTHER_TIMES, name="disp:offer")
def offer(request: Request, day: Day, code: str, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """Keep a place at the chosen time and let the client decide; the old promise stands meanwhile."""
    with reading(services.database) as session:
        view = ride_of(session, day, code, me, now)
        party, options = plans.other_times(session, view.ride, world=services.world, now=now)
        if not one(data, "option"):
            return _times_page(request, view, options, Invalid("offer.choose", field="option"))
    chosen = next((option for option in options if _key(option) == one(data, "option")), None)
    if chosen is None:
        raise Conflict("offer.changed")
    with writing(services.database) as session:
        ride = ride_of(session, day, code, me, now).ride
        offers.offer(
            session,
            ride,
            party,
            chosen,
            version=version(data),
            until=now + ANSWER,
            world=services.world,
            by=me,
            now=now,
        )
    return see_other(f"/disp/{day}?jizda={code}&hotovo=nabidnuto")


def _key(option: Option) -> str:
    """The option on the form: start of its window and latest arrival, which no two options share."""
    return f"{option.window.start}-{option.arrive_by}"


def _decline_page(request: Request, view: RideView, error: Invalid | None = None) -> Response:
    return page(
        request,
        "dispatcher/decline.html",
        status_code=422 if error else 200,
        errors=errors_of(request, error, "reason") if error else {},
        day=view.ride.day,
        view=view,
        reasons=lifecycle.DECLINE_REASONS,
    )


def _times_page(request: Request, view: RideView, options: list[Option], error: Invalid | None = None) -> Response:
    return page(
        request,
        "dispatcher/other_times.html",
        status_code=422 if error else 200,
        errors=errors_of(request, error, "option") if error else {},
        day=view.ride.day,
        view=view,
        options=[(_key(option), option) for option in options],
    )
