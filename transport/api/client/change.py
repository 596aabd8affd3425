"""Doors: changing a ride. The old one stays until the new one is booked, through the same questions as an order."""

from datetime import datetime

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session

from transport.api.client import acting, whose
from transport.api.client.start import begun
from transport.api.deps import Me, Now, Plugged, Reading, csrf_checked
from transport.api.forms import FormData, one
from transport.api.render import errors_of, page, see_other
from transport.booking.rides import changing, drafts, queries, underway
from transport.booking.rides.queries import RideView
from transport.kernel.actor import Actor
from transport.kernel.db import writing
from transport.kernel.errors import Invalid

QUESTIONS = {"time": "cas", "day": "den", "origin": "odkud", "destination": "kam", "companions": "pomoc"}
"""What may be changed, and the question of an order that asks it."""

router = APIRouter(dependencies=[Depends(csrf_checked)])


@router.get("/jizdy/{code}/zmenit", name="client:ride.change")
def ask(request: Request, code: str, session: Reading, me: Me, now: Now) -> Response:
    """What is to be different; that the ride stays as it is until the new one is booked."""
    view = queries.visible(session, code, me, now=now)
    coming = underway.on_the_way(session, view.ride, now=now)
    if not whose.can_cancel(view, me) or "book" not in whose.powers(session, view, me, now) or coming:
        return see_other(whose.address(request, view.ride.code))
    return _question(request, session, view, me, now)


@router.post("/jizdy/{code}/zmenit", name="client:ride.changed")
def change(request: Request, code: str, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """Begin an order that is to take the place of this ride, and go to the one question that was chosen."""
    with writing(services.database) as session:
        view = queries.visible(session, code, me, now=now)
        step = QUESTIONS.get(one(data, "what"))
        if step is None:
            error = Invalid("book.change_missing", field="what")
            return _question(request, session, view, me, now, errors=errors_of(request, error, "what"))
        underway.require_at_rest(session, view.ride, by=me, now=now)
        key = _draft(session, view, services, me, now)
    return begun(request, services, key, step)


def _draft(session: Session, view: RideView, services: Plugged, me: Actor, now: datetime) -> str:
    """The draft of the change: everything is answered as it was ordered, and of the other way nobody asks."""
    draft = changing.start(session, view.ride, by=me, now=now)
    asks = bool(services.policies.on(view.ride.day).booking.purposes)
    drafts.note(session, draft, now=now, back="no", help=True, asks_purpose=asks, purpose=view.ride.purpose or None)
    return draft.key


def _question(
    request: Request,
    session: Session,
    view: RideView,
    me: Actor,
    now: datetime,
    *,
    errors: dict[str, str] | None = None,
) -> Response:
    return page(
        request,
        "client/ride/change.html",
        status_code=422 if errors else 200,
        errors=errors or {},
        view=view,
        **acting.banner(request, session, view.client.code, me, now),
    )
