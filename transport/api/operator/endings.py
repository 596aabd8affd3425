"""Doors: calls that are prepared: cards and mandates that end, freed places that nobody has answered."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from sqlmodel import Session

from transport.api.deps import Me, Now, Plugged, Reading, Writing, csrf_checked, require
from transport.api.forms import FormData, one
from transport.api.lists import as_csv
from transport.api.operator import calls as call_doors
from transport.api.render import page
from transport.booking.clients import calls, eligibility, expiring
from transport.booking.clients.calls import CallReason
from transport.booking.clients.expiring import Ending
from transport.booking.rides import queries as rides
from transport.booking.rides.queries import WaitingView
from transport.kernel.actor import Actor, Role
from transport.kernel.clock import local_day
from transport.kernel.errors import NotFound

router = APIRouter(dependencies=[require(Role.OPERATOR, Role.DISPATCHER, Role.ADMIN), Depends(csrf_checked)])
SPANS = (60, 30, 7)
"""So many days ahead one may look."""

Days = Annotated[int, Query(alias="dni")]


@router.get("/op/konci", name="op:endings")
def endings(request: Request, session: Reading, services: Plugged, now: Now, days: Days = SPANS[1]) -> Response:
    """What ends soon or has just ended, each with its call."""
    days = _span(days)
    found = expiring.ending(session, on=local_day(now), days=days)
    min_age = services.policies.on(local_day(now)).eligibility.min_age
    asked = calls.asked_for(session, [each.source for each in found])
    return page(
        request,
        "operator/endings.html",
        rows=[
            (each, asked.get(each.source), eligibility.age_on(each.client.born, each.last) >= min_age) for each in found
        ],
        days=days,
        spans=SPANS,
    )


@router.get("/op/konci.csv", name="op:endings.csv")
def endings_csv(session: Reading, now: Now, days: Days = SPANS[0]) -> Response:
    """The same list for a spreadsheet, by codes of clients."""
    found = expiring.ending(session, on=local_day(now), days=_span(days))
    rows = [(each.client.code, each.reason.value, each.last, each.days) for each in found]
    return as_csv("konci", ("client", "what", "last_day", "days_left"), rows)


@router.post("/op/konci/volat", name="op:endings.call")
def call_about(session: Writing, me: Me, now: Now, data: FormData) -> Response:
    """Telephone about what ends; a second press finds the first call."""
    found = expiring.ending(session, on=local_day(now), days=SPANS[0])
    each = next((each for each in found if each.source == one(data, "source")), None)
    if each is None:
        raise NotFound("call")
    made = calls.ask(
        session,
        reason=each.reason,
        client=each.client,
        note=_about(each),
        source=each.source,
        due_at=now,
        by=me,
        now=now,
    )
    return call_doors.begin(session, made.id or 0, me=me, now=now)


@router.get("/op/uvolnena", name="op:freed")
def freed(request: Request, session: Reading, now: Now) -> Response:
    """Freed places that are kept for somebody who has not answered, the shortest time first."""
    found = rides.waits_offered(session)
    asked = calls.asked_for(session, [_source(view) for view in found])
    return page(request, "operator/freed.html", rows=[(view, asked.get(_source(view))) for view in found], now=now)


@router.post("/op/uvolnena/volat", name="op:freed.call")
def call_freed(session: Writing, me: Me, now: Now, data: FormData) -> Response:
    """Telephone about a freed place."""
    found = {_source(view): view for view in rides.waits_offered(session)}
    view = found.get(one(data, "source"))
    if view is None:
        raise NotFound("call")
    return _called(session, view, me, now)


def _called(session: Session, view: WaitingView, me: Actor, now: datetime) -> Response:
    reason, source = CallReason.WAITING, _source(view)
    made = calls.ask(session, reason=reason, client=view.client, source=source, due_at=now, by=me, now=now)
    return call_doors.begin(session, made.id or 0, me=me, now=now)


def _source(view: WaitingView) -> str:
    return f"waiting:{view.wish.id}:{view.wish.promise_id}"


def _about(ending: Ending) -> str:
    return f"{ending.last.day}. {ending.last.month}. {ending.last.year}"


def _span(days: int) -> int:
    return days if days in SPANS else SPANS[1]
