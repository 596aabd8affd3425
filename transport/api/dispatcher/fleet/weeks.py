"""Doors: a week copied to another, a list of shifts brought from a spreadsheet."""

from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import Response

from transport.api.deps import Me, Now, Plugged, Reading
from transport.api.dispatcher.fleet import typed
from transport.api.forms import FormData, one
from transport.api.render import errors_of, page, say, see_other
from transport.bootstrap import Services
from transport.kernel.actor import Actor
from transport.kernel.clock import local_day
from transport.kernel.db import writing
from transport.kernel.errors import Invalid
from transport.kernel.sheets import Fault, Sheet
from transport.operations.dispatch import weeks

router = APIRouter()


class _Refused(Exception):
    """A list with faults: nothing of it is kept."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__()
        self.faults = faults


@router.get("/disp/smeny/kopirovat", name="fleet:week.copy")
def copy_page(
    request: Request, session: Reading, now: Now, z: str = "", na: str = "", hotovo: str = "", pocet: str = ""
) -> Response:
    """What copying one week to another would do: which shifts are new, which cannot be, and why."""
    source = weeks.monday(typed.asked_day(z, local_day(now)))
    target = weeks.monday(typed.asked_day(na, source + weeks.WEEK))
    if source == target:
        target = source + weeks.WEEK
    found = weeks.prepare(session, source, target, now=now)
    return page(
        request,
        "dispatcher/fleet/copy.html",
        source=source,
        target=target,
        new=[each for each in found if not each.there and each.refusal is None],
        there=[each for each in found if each.there],
        refused=[(each, say(request, each.refusal)) for each in found if each.refusal is not None],
        done=hotovo,
        count=int(pocet) if pocet.isdecimal() and len(pocet) < 6 else 0,
    )


@router.post("/disp/smeny/kopirovat", name="fleet:week.copied")
def copied(me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """Copy what can be copied; the page then lists what could not."""
    source, target = (typed.asked_day(one(data, name), local_day(now)) for name in ("source", "target"))
    with writing(services.database) as session:
        count = weeks.copy(session, source, target, by=me, now=now)
    return see_other(f"/disp/smeny/kopirovat?z={source}&na={target}&hotovo=zkopirovano&pocet={count}")


@router.get("/disp/smeny/vlozit", name="fleet:week.bring")
def bring_page(request: Request) -> Response:
    """A field for rows from a spreadsheet."""
    return page(request, "dispatcher/fleet/bring.html", faults=[], values={"rows": ""})


@router.post("/disp/smeny/vlozit", name="fleet:week.brought")
def brought(request: Request, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """Open all shifts of the list, or none: what is wrong is listed by row and column."""
    try:
        sheet = typed.pasted(one(data, "rows"))
        count = _all_or_none(sheet, me, now, services)
    except (Invalid, _Refused) as error:
        wrong = error.faults if isinstance(error, _Refused) else []
        return page(
            request,
            "dispatcher/fleet/bring.html",
            status_code=422,
            errors=errors_of(request, error, "rows") if isinstance(error, Invalid) else {},
            faults=[(fault, say(request, fault.error)) for fault in wrong],
            values={"rows": one(data, "rows")},
        )
    return see_other(f"/disp/smeny?hotovo=vlozeno&pocet={count}")


def _all_or_none(sheet: Sheet, me: Actor, now: datetime, services: Services) -> int:
    with writing(services.database) as session:
        count, faults = weeks.bring(session, sheet, by=me, now=now)
        if faults:
            raise _Refused(faults)
    return count
