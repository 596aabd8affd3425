"""Doors: the day on one page, as a board or as a list, with the orders that wait for a yes."""

import csv
import io
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from transport.api.deps import Me, Now, Plugged, Reading
from transport.api.dispatcher.asked import Day, version
from transport.api.forms import FormData
from transport.api.render import page, see_other, words_of
from transport.booking.rides import queries, rides
from transport.bootstrap import Services
from transport.kernel.clock import local_day, seconds_of
from transport.kernel.db import writing
from transport.kernel.errors import NotFound
from transport.kernel.i18n import Catalogue
from transport.operations.dispatch import board, changes, exceptions, lines, plans, unplaced
from transport.operations.dispatch.lines import Line, Lines
from transport.routing.fleet import fleet

router = APIRouter()
SEEN = "version_"
BOARD, LIST = "deska", "seznam"
ZOOMS = ("1", "2", "4")
"""Pixels of a minute on the board: the day, half of it, hours."""
COLUMNS = (
    "code",
    "window_start",
    "window_end",
    "arrive_by",
    "client",
    "client_code",
    "from",
    "to",
    "mobility",
    "companions",
    "vehicle",
    "pickup",
    "dropoff",
    "status",
    "warnings",
)
LATE = "late"
"""Not a status: the rides whose promise is in danger."""


@dataclass(frozen=True, slots=True)
class View:
    """What the address asks for: which view, which vehicle and state, how wide a minute, which ride is looked at."""

    name: str
    vehicle: str
    state: str
    zoom: str
    ride: str
    done: str
    chosen: bool
    """Whether somebody has chosen between board and list, or it is ours to choose."""

    @classmethod
    def of(cls, request: Request) -> "View":
        """As the address says; whatever it says wrongly is as if it said nothing."""
        said = request.query_params
        zoom = said.get("meritko", "")
        return cls(
            name=BOARD if said.get("pohled") == BOARD else LIST,
            vehicle=said.get("vuz", "")[:40],
            state=said.get("stav", "")[:40],
            zoom=zoom if zoom in ZOOMS else "2",
            ride=said.get("jizda", "")[:20],
            done=said.get("hotovo", "")[:40],
            chosen="pohled" in said,
        )

    def shows(self, line: Line) -> bool:
        """Whether the list, filtered as it is, has this ride."""
        of_state = line.endangered if self.state == LATE else line.word == self.state
        return (not self.vehicle or line.vehicle == self.vehicle) and (not self.state or of_state)


@router.get("/disp", name="disp:start")
def start(session: Reading, now: Now) -> Response:
    """Go to the day that has to be dealt with next."""
    return see_other(f"/disp/{board.nearest_day(session, now)}")


@router.get("/disp/{day}", name="disp:day")
def day_page(request: Request, day: Day, session: Reading, now: Now, services: Plugged) -> Response:
    """Figures, orders that wait, the vehicles with their rides, wishes nobody could meet, the plan."""
    mark = changes.mark(session, day)
    found = lines.of_day(session, day)
    view = View.of(request)
    today = local_day(now)
    elsewhere = Counter(each.ride.day for each in queries.waiting(session) if each.ride.day != day)
    return page(
        request,
        "dispatcher/day.html",
        **around(session, day, found, services, now),
        view=view,
        mark=mark,
        now_second=seconds_of(day, now) if day == today else None,
        today=today,
        elsewhere=sorted(elsewhere.items()),
        board=board.board(session, day, found) if view.name == BOARD else None,
        lines=[line for line in found.lines if view.shows(line)] if view.name == LIST else [],
        off_the_road=[line for line in found.lines if line.pickup is None],
        vehicles=sorted({line.vehicle for line in found.lines if line.vehicle}),
        proposal=plans.latest_proposal(session, day),
    )


def around(session: Session, day: date, found: Lines, services: Services, now: datetime) -> dict[str, Any]:
    """What stands around the board or the list, and changes with them."""
    missing = fleet.short_by(session, day, services.policies.on(day), services.world.calendar)
    waits = [line for line in found.lines if line.word == "promised"]
    without = unplaced.of_day(session, day)
    return {
        "day": day,
        "figures": board.figures(session, day, found),
        "waiting": sorted(waits, key=lambda line: (line.confirm_by, line.ride_id)),
        "without": without,
        "counts": {
            "nezarazene": len(without),
            "vyjimky": exceptions.count(session, day, policy=services.policies.on(day), now=now),
        },
        "vehicles_missing": missing,
        "now": now,
    }


@router.get("/disp/{day}/nezarazene", name="disp:unplaced")
def unplaced_page(request: Request, day: Day, session: Reading, now: Now, services: Plugged) -> Response:
    """Every wish without a place: why, what would help, and what is possible at this moment."""
    found = unplaced.tried(session, day, world=services.world, now=now)
    return page(request, "dispatcher/unplaced.html", day=day, without=found, counts={"nezarazene": len(found)})


@router.get("/disp/{day}/jizdy.csv", name="disp:csv")
def as_csv(request: Request, day: Day, session: Reading) -> Response:
    """The list as it is filtered, for a spreadsheet."""
    view, words = View.of(request), words_of(request)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for line in lines.of_day(session, day).lines:
        if view.shows(line):
            writer.writerow(_cells(line, day, words))
    headers = {"Content-Disposition": f'attachment; filename="jizdy-{day}.csv"'}
    return Response("\ufeff" + text.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


def _cells(line: Line, day: date, words: Catalogue) -> list[object]:
    times = (line.window_start, line.window_end, line.arrive_by, line.pickup, line.dropoff)
    window_start, window_end, arrive_by, pickup, dropoff = (
        "" if each is None else words.time(each, day) for each in times
    )
    return [
        line.code,
        window_start,
        window_end,
        arrive_by,
        line.client,
        line.client_code,
        line.origin,
        line.destination,
        line.help.mobility.value,
        line.companions,
        line.vehicle,
        pickup,
        dropoff,
        line.word,
        " ".join(concern.kind for concern in line.concerns),
    ]


@router.post("/disp/{day}/potvrdit-vse", name="disp:confirm_all")
def confirm_all(day: Day, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """Say yes to every order the page showed; if one of them has changed, to none."""
    with writing(services.database) as session:
        for name in data:
            if not name.startswith(SEEN):
                continue
            ride = rides.coded(session, name.removeprefix(SEEN))
            if ride.day != day:
                raise NotFound("ride")
            rides.confirm(session, ride, version=version(data, name), by=me, now=now)
    return see_other(f"/disp/{day}?hotovo=potvrzeno")
