"""Doors: the day on paper and in pictures; each sheet as a page, and the same as PDF."""

from datetime import date, datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from transport.api import paper
from transport.api.deps import Me, Now, Plugged, Reading
from transport.api.dispatcher import manifests, pictures
from transport.api.dispatcher.asked import Day
from transport.api.render import page
from transport.operations.dispatch import paper as printed
from transport.routing.geo import lines

router = APIRouter()
PRINT, PAPER = "layouts/print.html", "layouts/paper.html"
"""The page on the screen, and what of it goes into a PDF."""


@router.get("/disp/{day}/tisk", name="disp:print")
def sheets(
    request: Request, day: Day, session: Reading, me: Me, now: Now, services: Plugged, vuz: int | None = None
) -> Response:
    """What every driver of the day drives, as published: one sheet for each vehicle that leaves."""
    return page(
        request,
        "dispatcher/sheets.html",
        layout=PRINT,
        **manifests.facts(session, day, services, me, now, shift_id=vuz),
    )


@router.get("/disp/{day}/tisk.pdf", name="disp:print.pdf")
def sheets_pdf(
    request: Request, day: Day, session: Reading, me: Me, now: Now, services: Plugged, vuz: int | None = None
) -> Response:
    """The same as one PDF."""
    shown = page(
        request,
        "dispatcher/sheets.html",
        layout=PAPER,
        **manifests.facts(session, day, services, me, now, shift_id=vuz),
    )
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
    _, strip, drawn = manifests.drawn(sheet, roads)
    return page(
        request,
        "dispatcher/vehicle.html",
        day=day,
        sheet=sheet,
        strip=strip,
        map=drawn,
        attribution=lines.ATTRIBUTION,
    )


def _board(session: Session, day: date, size: str, now: datetime) -> dict[str, Any]:
    drawn = pictures.sheets(printed.whole(session, day), size)
    return {"day": day, "now": now, "paper": size, "sheets": drawn}
