"""Doors: the manifests made in advance, as files; how old each is, and whether it can be handed out."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import Response

from transport.api import paper, shelf
from transport.api.deps import Now, Plugged, Reading
from transport.api.dispatcher.asked import Day
from transport.api.render import page, see_other
from transport.api.shelf import DAY, WHOLE, Paper, Shelf
from transport.kernel.errors import NotFound
from transport.operations.dispatch import inbox
from transport.operations.dispatch import paper as printed
from transport.operations.dispatch.inbox import Crew
from transport.routing.planning import publishing

router = APIRouter()
PAPERS = "/disp/{day}/papir"


@dataclass(frozen=True, slots=True)
class Row:
    """One vehicle that leaves, with its paper; None while there is none."""

    crew: Crew
    stops: int
    paper: Paper | None
    current: bool


@router.get(PAPERS, name="disp:papers")
def papers(request: Request, day: Day, session: Reading, now: Now, services: Plugged, hotovo: str = "") -> Response:
    """Which vehicle has which paper, and when somebody last made sure of it."""
    plan = publishing.latest(session, day)
    lying = Shelf(services.settings.paper_dir, day)
    known, crews = lying.papers(), inbox.crews_of(session, day)
    rows = []
    for shift_id, stops in printed.leaving(session, day).items():
        if shift_id in crews and plan is not None:
            lies = known.get(str(shift_id))
            rows.append(Row(crews[shift_id], stops, lies, lies is not None and lies.current(plan.version, now)))
    return page(
        request,
        "dispatcher/papers.html",
        day=day,
        now=now,
        plan=plan,
        rows=sorted(rows, key=lambda row: (row.crew.vehicle.code, row.crew.shift.starts)),
        table=known.get(DAY),
        whole=known.get(WHOLE),
        current=sum(row.current for row in rows),
        old=int(shelf.OLD.total_seconds()) // 60,
        kept=shelf.KEPT.days,
        asked=lying.asked,
        said=hotovo == "objednano",
    )


@router.post(PAPERS, name="disp:papers.ask")
def ask(day: Day, services: Plugged, session: Reading) -> Response:
    """Have the papers looked at now; the worker does it, and the page shows how far it has come."""
    if publishing.latest(session, day) is not None:
        Shelf(services.settings.paper_dir, day).ask()
    return see_other(f"/disp/{day}/papir?hotovo=objednano")


@router.get(f"{PAPERS}/vse.pdf", name="disp:papers.day.pdf")
def day_pdf(day: Day, services: Plugged) -> Response:
    """All vehicles in one file."""
    return _pdf(Shelf(services.settings.paper_dir, day), WHOLE, f"rozpisy-{day}")


@router.get(f"{PAPERS}/den.csv", name="disp:papers.day.csv")
def day_csv(day: Day, services: Plugged) -> Response:
    """The same as a table, to be read where there is no program for a PDF."""
    content = Shelf(services.settings.paper_dir, day).read(DAY, "csv")
    if content is None:
        raise NotFound("paper.none")
    headers = {"Content-Disposition": f'attachment; filename="rozpisy-{day}.csv"'}
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


@router.get(f"{PAPERS}/{{shift_id}}.pdf", name="disp:papers.pdf")
def vehicle_pdf(day: Day, shift_id: int, services: Plugged) -> Response:
    """The paper of one vehicle."""
    return _pdf(Shelf(services.settings.paper_dir, day), str(shift_id), f"rozpis-{day}-{shift_id}")


def _pdf(lying: Shelf, name: str, called: str) -> Response:
    content = lying.read(name, "pdf")
    if content is None:
        raise NotFound("paper.none")
    return paper.download(content, called)
