"""Doors: one ride with its story, answering the offer of another time, saying what was otherwise."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session

from transport.api.client import acting, history, way_home, whose
from transport.api.deps import Me, Now, Plugged, Reading, csrf_checked
from transport.api.forms import FormData, one
from transport.api.render import errors_of, page, see_other
from transport.booking.rides import absences, homeward, offers, queries, trips, underway
from transport.booking.rides.queries import RideView
from transport.bootstrap import Services
from transport.kernel.actor import Actor
from transport.kernel.db import writing
from transport.kernel.errors import Invalid
from transport.operations.messages import reviewing

router = APIRouter(dependencies=[Depends(csrf_checked)])


@router.get("/jizdy/{code}", name="client:ride")
def ride(request: Request, code: str, session: Reading, me: Me, now: Now, services: Plugged) -> Response:
    """All about one ride: when, where, what it costs, what happened to it."""
    view = queries.visible(session, code, me, now=now)
    banner = acting.banner(request, session, view.client.code, me, now)
    return page(request, "client/ride/ride.html", **_context(session, view, me, now, services), **banner)


@router.get("/jizdy/{code}/tisk", name="client:ride.print")
def printed(request: Request, code: str, session: Reading, me: Me, now: Now, services: Plugged) -> Response:
    """Both ways on paper, in big letters, with what to do when something is otherwise."""
    view = queries.visible(session, code, me, now=now)
    policy = services.policies.named(view.ride.policy_id)
    return page(request, "client/ride/print.html", view=view, ways=trips.both_ways(session, view.ride), policy=policy)


@router.post("/jizdy/{code}/jiny-cas", name="client:ride.answer")
def answer(request: Request, code: str, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """Take the other time the dispatcher offers, or keep the one that was promised."""
    with writing(services.database) as session:
        view = queries.visible(session, code, me, now=now)
        decide = {"yes": offers.accept, "no": offers.refuse}.get(one(data, "answer"))
        version = one(data, "version")
        if decide is None or not version.isdecimal():
            raise Invalid("offer.choose", field="answer")
        decide(session, view.ride, version=int(version), world=services.world, by=me, now=now)
    return see_other(whose.address(request, view.ride.code))


@router.get("/jizdy/{code}/namitka", name="client:ride.objection")
def ask_objection(request: Request, code: str, session: Reading, me: Me, now: Now) -> Response:
    """What the driver reported, how long one may object, and who decides."""
    view = queries.visible(session, code, me, now=now)
    if absences.known(session, view.ride) is None:
        return see_other(whose.address(request, view.ride.code))
    return _objection(request, session, view, me, now)


@router.post("/jizdy/{code}/namitka", name="client:ride.object")
def object_to(request: Request, code: str, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """Say what happened: until the city has decided, the absence does not count."""
    with writing(services.database) as session:
        view = queries.visible(session, code, me, now=now)
        case = absences.of_ride(session, view.ride)
        try:
            absences.object_to(session, case, text=one(data, "text"), by=me, now=now)
        except Invalid as error:
            session.rollback()
            view = queries.visible(session, code, me, now=now)
            return _objection(request, session, view, me, now, errors=errors_of(request, error, "text"))
    return see_other(whose.address(request, view.ride.code))


def _objection(
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
        "client/ride/objection.html",
        status_code=422 if errors else 200,
        errors=errors or {},
        view=view,
        case=absences.of_ride(session, view.ride),
        most=absences.LONGEST_TEXT,
        **acting.banner(request, session, view.client.code, me, now),
    )


def _context(session: Session, view: RideView, me: Actor, now: datetime, services: Services) -> dict[str, Any]:
    powers = whose.powers(session, view, me, now)
    offer = view.pending if view.pending and view.pending.until and view.pending.until >= now else None
    others = [each for each in trips.both_ways(session, view.ride) if each.ride.id != view.ride.id]
    progress = underway.progress(session, view, now=now)
    current = homeward.current(session, view.ride)
    case = absences.known(session, view.ride)
    open_yet = whose.can_cancel(view, me)
    return {
        "view": view,
        "progress": progress,
        "other_way": others[0] if others else None,
        "current": None if current.id == view.ride.id else current.code,
        "happened": history.of_ride(session, trips.line(session, view.ride), reader=me),
        "told": reviewing.of_rides(session, trips.line(session, view.ride)),
        "offer": offer,
        "case": case,
        "may_object": case is not None and case.state.value in {"open", "objected"} and now <= case.object_by,
        "may_complain": "complain" in powers,
        "may_book": "book" in powers,
        "can_cancel": "cancel" in powers and open_yet,
        "can_change": "book" in powers and open_yet and progress.word in {"promised", "confirmed"},
        "can_link": "cancel" in powers and open_yet,
        "calls": "book" in powers and way_home.waits_for_call(view, now),
        "moves_back": "book" in powers and way_home.can_move(view, now),
        "policy": services.policies.named(view.ride.policy_id),
    }
