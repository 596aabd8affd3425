"""Doors: how long people really take at the door, with the rides that say so, and whether we plan with it."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from transport.api.deps import Me, Now, Plugged, Reading
from transport.api.dispatcher import pictures
from transport.api.forms import FormData, one
from transport.api.lists import as_csv
from transport.api.render import page, see_other
from transport.kernel.db import writing
from transport.kernel.errors import NotFound
from transport.operations.driving import learning
from transport.operations.driving.learning import Shown

router = APIRouter()
TIMES = "/disp/casy-nastupu"
DEEDS = {"accept": learning.accept, "reject": learning.reject}
SAID = ("accept", "reject")
COLUMNS = ("of", "client", "aid", "place", "stop", "present", "proposed", "rides", "low", "middle", "high")


@router.get(TIMES, name="disp:boarding")
def boarding(request: Request, session: Reading, hotovo: str = "") -> Response:
    """What is proposed: of persons, to be decided here; of aids and places, for whoever looks after the rules."""
    return page(
        request,
        "dispatcher/boarding.html",
        groups=_groups(learning.shown(session)),
        said=hotovo if hotovo in SAID else "",
    )


@router.get(f"{TIMES}.csv", name="disp:boarding.csv")
def boarding_csv(session: Reading) -> Response:
    """The same for a spreadsheet, clients by their codes; minutes, and seconds that 3, 5, 7 of ten took at most."""
    return as_csv("casy-nastupu", COLUMNS, (_row(each) for each in learning.shown(session)))


@router.post(TIMES, name="disp:boarding.decide")
def decide(me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """Plan with the proposed time from now on, or put it away."""
    deed, number = one(data, "deed"), one(data, "proposal")
    if deed not in DEEDS or not number.isdecimal():
        raise NotFound("boarding")
    with writing(services.database) as session:
        DEEDS[deed](session, int(number), by=me, now=now)
    return see_other(f"{TIMES}?hotovo={deed}")


def _groups(rows: list[Shown]) -> list[tuple[str, list[tuple[Shown, pictures.Dots]]]]:
    found: dict[str, list[tuple[Shown, pictures.Dots]]] = {}
    for each in rows:
        dots = pictures.dots(each.seconds, each.proposal.present, each.proposal.proposed)
        found.setdefault(each.proposal.whose.value, []).append((each, dots))
    return list(found.items())


def _row(each: Shown) -> tuple[Any, ...]:
    row = each.proposal
    return (
        row.whose.value,
        each.client.code if each.client else "",
        row.mobility.value if row.mobility else "",
        each.place.name if each.place else "",
        *(row.stop.value, row.present, row.proposed, row.rides, row.low, row.middle, row.high),
    )
