"""Doors: calling a ride off. What it costs is said before, and the driver who comes hears a voice."""

from datetime import datetime

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session

from transport.api.client import acting, whose
from transport.api.deps import Me, Now, Plugged, Reading, csrf_checked
from transport.api.forms import FormData, one
from transport.api.render import errors_of, page, see_other
from transport.booking.rides import homeward, queries, rides, trips, underway
from transport.booking.rides.queries import RideView
from transport.bootstrap import Services
from transport.kernel.actor import STAFF, Actor
from transport.kernel.db import writing
from transport.kernel.errors import Conflict, Invalid

router = APIRouter(dependencies=[Depends(csrf_checked)])


@router.get("/jizdy/{code}/zrusit", name="client:ride.cancel")
def ask_cancel(request: Request, code: str, session: Reading, me: Me, now: Now, services: Plugged) -> Response:
    """Say what would be called off, and whether it is late, before it is done."""
    view = queries.visible(session, code, me, now=now)
    if not whose.can_cancel(view, me) or "cancel" not in whose.powers(session, view, me, now):
        return see_other(whose.address(request, view.ride.code))
    if me.role not in STAFF and underway.on_the_way(session, view.ride, now=now):
        return _driver_comes(request, session, view, me, now)
    return _cancel_page(request, session, view, me, now, services)


@router.post("/jizdy/{code}/zrusit", name="client:ride.cancelled")
def cancel(request: Request, code: str, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """Call off this ride, or both ways of the order."""
    with writing(services.database) as session:
        view = queries.visible(session, code, me, now=now)
        both = _both(session, view, me)
        which = one(data, "which") if "which" in data or len(both) > 1 else "one"
        if which not in {"one", "both"}:
            error = Invalid("ride.which_way", field="which")
            return _cancel_page(request, session, view, me, now, services, error=error)
        for each in both if which == "both" else [view]:
            if str(each.ride.version) != data.get(f"version_{each.ride.code}"):
                raise Conflict("ride.changed_meanwhile", ride=each.ride.code)
            underway.require_at_rest(session, each.ride, by=me, now=now)
            rides.cancel(session, each.ride, version=each.ride.version, world=services.world, by=me, now=now)
    return see_other(whose.address(request, view.ride.code))


def _cancel_page(
    request: Request,
    session: Session,
    view: RideView,
    me: Actor,
    now: datetime,
    services: Services,
    *,
    error: Invalid | None = None,
) -> Response:
    both = _both(session, view, me)
    rules = services.policies.named(view.ride.policy_id).cancel
    return page(
        request,
        "client/ride/cancel.html",
        status_code=422 if error else 200,
        errors=errors_of(request, error, "which") if error else {},
        view=view,
        both=both,
        late=[each.ride.code for each in both if rides.is_late(session, each.ride, services.world, now)],
        strands=homeward.would_strand(session, view.ride),
        standing=trips.standing_order_of(session, view.ride) is not None,
        free_until=rules.free_until_minutes,
        late_fee=rules.late_fee,
        **acting.banner(request, session, view.client.code, me, now),
    )


def _driver_comes(request: Request, session: Session, view: RideView, me: Actor, now: datetime) -> Response:
    banner = acting.banner(request, session, view.client.code, me, now)
    return page(request, "client/ride/driver_comes.html", view=view, **banner)


def _both(session: Session, view: RideView, me: Actor) -> list[RideView]:
    """The ways of the order that can still be called off; this one is always among them, in its place."""
    return [
        each
        for each in trips.both_ways(session, view.ride)
        if each.ride.id == view.ride.id or whose.can_cancel(each, me)
    ]
