"""Doors: one ride, calling it off, answering the offer of another time."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session

from transport.api.client import history
from transport.api.deps import Me, Now, Plugged, Reading, csrf_checked
from transport.api.forms import FormData
from transport.api.render import errors_of, page, see_other
from transport.booking.clients import mandates
from transport.booking.rides import lifecycle, queries, rides
from transport.booking.rides.queries import RideView
from transport.bootstrap import Services
from transport.kernel.actor import Actor
from transport.kernel.clock import local_day
from transport.kernel.db import writing
from transport.kernel.errors import Conflict, Invalid

router = APIRouter(dependencies=[Depends(csrf_checked)])


@router.get("/jizdy/{code}", name="client:ride")
def ride(request: Request, code: str, session: Reading, me: Me, now: Now, services: Plugged) -> Response:
    """All about one ride: when, where, what it costs, what happened to it."""
    view = queries.visible(session, code, me, now=now)
    return page(request, "client/ride/ride.html", **_context(session, view, me, now, services))


@router.get("/jizdy/{code}/zrusit", name="client:ride.cancel")
def ask_cancel(request: Request, code: str, session: Reading, me: Me, now: Now, services: Plugged) -> Response:
    """Say what would be called off, and whether it is late, before it is done."""
    view = queries.visible(session, code, me, now=now)
    if not _can_cancel(view, me) or "cancel" not in _powers(session, view, me, now):
        return see_other(_address(request, view.ride.code))
    return _cancel_page(request, session, view, me, now, services)


@router.post("/jizdy/{code}/zrusit", name="client:ride.cancelled")
def cancel(request: Request, code: str, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """Call off this ride, or both ways of the order."""
    with writing(services.database) as session:
        view = queries.visible(session, code, me, now=now)
        both = _both(session, view, me)
        which = str(data.get("which", "" if len(both) > 1 else "one"))
        if which not in {"one", "both"}:
            error = Invalid("ride.which_way", field="which")
            return _cancel_page(request, session, view, me, now, services, error=error)
        for each in both if which == "both" else [view]:
            if str(each.ride.version) != data.get(f"version_{each.ride.code}"):
                raise Conflict("ride.changed_meanwhile", ride=each.ride.code)
            rides.cancel(session, each.ride, version=each.ride.version, world=services.world, by=me, now=now)
    return see_other(_address(request, view.ride.code))


@router.post("/jizdy/{code}/jiny-cas", name="client:ride.answer")
def answer(request: Request, code: str, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """Take the other time the dispatcher offers, or keep the one that was promised."""
    with writing(services.database) as session:
        view = queries.visible(session, code, me, now=now)
        decide = {"yes": rides.accept, "no": rides.refuse}.get(str(data.get("answer", "")))
        version = str(data.get("version", ""))
        if decide is None or not version.isdecimal():
            raise Invalid("offer.choose", field="answer")
        decide(session, view.ride, version=int(version), world=services.world, by=me, now=now)
    return see_other(_address(request, view.ride.code))


def _context(session: Session, view: RideView, me: Actor, now: datetime, services: Services) -> dict[str, Any]:
    powers = _powers(session, view, me, now)
    offer = view.pending if view.pending and view.pending.until and view.pending.until >= now else None
    others = [each for each in queries.of_request(session, view.ride.request_id) if each.ride.id != view.ride.id]
    return {
        "view": view,
        "other_way": others[0] if others else None,
        "happened": history.of_ride(session, view.ride.id or 0, reader=me),
        "offer": offer,
        "may_book": "book" in powers,
        "can_cancel": "cancel" in powers and _can_cancel(view, me),
        "policy": services.policies.named(view.ride.policy_id),
        "acting_for": _acting_for(view, me),
    }


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
    return page(
        request,
        "client/ride/cancel.html",
        status_code=422 if error else 200,
        errors=errors_of(request, error, "which") if error else {},
        view=view,
        both=both,
        late=[each.ride.code for each in both if rides.is_late(session, each.ride, services.world, now)],
        free_until=services.policies.named(view.ride.policy_id).cancel.free_until_minutes,
        acting_for=_acting_for(view, me),
    )


def _both(session: Session, view: RideView, me: Actor) -> list[RideView]:
    """The ways of the order that can still be called off; this one is always among them, in its place."""
    return [
        each
        for each in queries.of_request(session, view.ride.request_id)
        if each.ride.id == view.ride.id or _can_cancel(each, me)
    ]


def _can_cancel(view: RideView, me: Actor) -> bool:
    return lifecycle.Move.CANCEL in lifecycle.possible(view.ride.status, me.role)


def _powers(session: Session, view: RideView, me: Actor, now: datetime) -> frozenset[str]:
    """What this person may do for the client of the ride."""
    return frozenset(mandates.powers(session, view.ride.client_id, me, on=local_day(now)))


def _acting_for(view: RideView, me: Actor) -> str | None:
    return None if view.client.user_id == me.user else view.client.name


def _address(request: Request, code: str) -> str:
    return f"/{request.path_params['lang']}/jizdy/{code}"
