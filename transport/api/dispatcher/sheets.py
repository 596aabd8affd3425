"""Doors: the day on paper and in pictures; each sheet as a page, and the same as PDF."""

from datetime import date, datetime, timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from transport.api import paper
from transport.api.deps import Me, Now, Plugged, Reading
from transport.api.dispatcher import pictures
from transport.api.dispatcher.asked import Day
from transport.api.driver import card
from transport.api.render import page
from transport.bootstrap import Services
from transport.kernel.actor import Actor
from transport.operations.dispatch import paper as printed
from transport.operations.dispatch.paper import Sheet
from transport.routing.geo import lines
from transport.routing.geo.network import Network

router = APIRouter()
PRINT, PAPER = "layouts/print.html", "layouts/paper.html"
"""The page on the screen, and what of it goes into a PDF."""


@router.get("/disp/{day}/tisk", name="disp:print")
def sheets(
    request: Request, day: Day, session: Reading, me: Me, now: Now, services: Plugged, vuz: int | None = None
) -> Response:
    """What every driver of the day drives, as published: one sheet for each vehicle that leaves."""
    return page(request, "dispatcher/sheets.html", layout=PRINT, **_sheets(session, day, vuz, services, me, now))


@router.get("/disp/{day}/tisk.pdf", name="disp:print.pdf")
def sheets_pdf(
    request: Request, day: Day, session: Reading, me: Me, now: Now, services: Plugged, vuz: int | None = None
) -> Response:
    """The same as one PDF."""
    shown = page(request, "dispatcher/sheets.html", layout=PAPER, **_sheets(session, day, vuz, services, me, now))
    return paper.download(paper.pdf(bytes(shown.body).decode()), f"rozpisy-{day}")


@router.get("/disp/{day}/tisk/deska", name="disp:print.board")
def board(request: Request, day: Day, session: Reading, now: Now) -> Response:
    """The board as it hangs on a wall: readable in black and white."""
    return page(request, "dispatcher/board_print.html", layout=PRINT, **_board(session, day, "a3", now))


@router.get("/disp/{day}/tisk/deska.pdf", name="disp:print.board.pdf")
def board_pdf(request: Request, day: Day, session: Reading, now: Now, papir: str = "a3") -> Response:
    """The same as PDF, on A3 or A4."""
    size = papir if papir in pictures.PAPERS else "a3"
    shown = page(request, "dispatcher/board_print.html", layout=PAPER, **_board(session, day, size, now))
    return paper.download(paper.pdf(bytes(shown.body).decode()), f"deska-{day}")


@router.get("/disp/{day}/vuz/{shift_id}", name="disp:vehicle")
def vehicle(request: Request, day: Day, shift_id: int, session: Reading, me: Me, services: Plugged) -> Response:
    """One vehicle's day as it is planned now: how full it is, its stops, where it drives."""
    sheet = printed.vehicle(session, day, shift_id, by=me)
    roads = printed.network(session, day, services.settings.geo_dir)
    _, strip, drawn = _drawn(sheet, roads)
    return page(
        request,
        "dispatcher/vehicle.html",
        day=day,
        sheet=sheet,
        strip=strip,
        map=drawn,
        attribution=lines.ATTRIBUTION,
    )


def _sheets(
    session: Session, day: date, shift_id: int | None, services: Services, me: Actor, now: datetime
) -> dict[str, Any]:
    found = printed.sheets(session, day, by=me, shift_id=shift_id)
    leaving = [each for each in found if each.manifest.stops]
    roads = printed.network(session, day, services.settings.geo_dir) if leaving else None
    wait = timedelta(minutes=services.policies.on(day).no_show.wait_minutes)
    return {
        "day": day,
        "now": now,
        "only": shift_id,
        "plan": next((each.manifest.plan for each in found if each.manifest.plan), None),
        "drawn": [_drawn(each, roads) for each in leaving],
        "cards_of": {each.manifest.shift.id: card.cards(each.manifest, wait=wait) for each in leaving},
        "attribution": lines.ATTRIBUTION,
    }


def _drawn(sheet: Sheet, roads: Network | None) -> tuple[Sheet, pictures.Strip | None, pictures.RunMap | None]:
    """A sheet with its two pictures, where there is something to draw."""
    lane, points = sheet.lane, sheet.points
    strip = pictures.strip(lane.loads, lane.seats, lane.wheelchairs, (lane.starts, lane.ends)) if lane else None
    if not points:
        return sheet, strip, None
    box = pictures.framed(points)
    return sheet, strip, pictures.run_map(points, box, printed.around(roads, box))


def _board(session: Session, day: date, size: str, now: datetime) -> dict[str, Any]:
    drawn = pictures.sheets(printed.whole(session, day), size)
    return {"day": day, "now": now, "paper": size, "sheets": drawn}
