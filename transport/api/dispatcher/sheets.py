"""Doors: the day on paper."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from transport.api.deps import Me, Now, Reading
from transport.api.dispatcher.asked import Day
from transport.api.render import page
from transport.operations.dispatch import manifest

router = APIRouter()


@router.get("/disp/{day}/tisk", name="disp:print")
def sheets(request: Request, day: Day, session: Reading, me: Me, now: Now) -> Response:
    """What every driver of the day drives, as published: one sheet for each vehicle that leaves."""
    found = [manifest.of(session, shift.id or 0, by=me) for shift in manifest.shifts_of(session, me, day)]
    return page(
        request,
        "dispatcher/sheets.html",
        day=day,
        now=now,
        plan=next((each.plan for each in found if each.plan), None),
        sheets=[each for each in found if each.stops],
    )
