"""Doors: waiting for a place that becomes free, and answering when one is offered."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import Response

from transport.api.client import acting, spoken
from transport.api.client.book import address
from transport.api.client.sheet import Sheet
from transport.api.deps import Me, Now, Plugged, csrf_checked
from transport.api.forms import FormData
from transport.api.render import page, say, see_other
from transport.booking.rides import drafts, queries, requests, waiting
from transport.bootstrap import Services
from transport.kernel.clock import wall, wall_seconds
from transport.kernel.db import reading, writing
from transport.kernel.errors import Conflict, Invalid, NotFound

router = APIRouter(dependencies=[Depends(csrf_checked)])

AROUND = 7200
"""Seconds before and after the wish that are proposed for waiting."""

WishId = Annotated[int, Path(ge=1)]


@router.get("/objednat/{key}/nevyslo", name="client:book.nothing")
def nothing(request: Request, key: str, services: Plugged, me: Me, now: Now) -> Response:
    """Nothing is ordered; what else can be done: wait for a place, another day, the phone."""
    with reading(services.database) as session:
        return _nothing(request, Sheet(session, key, by=me, now=now), services)


@router.post("/objednat/{key}/nevyslo", name="client:book.wait")
def wait(request: Request, key: str, services: Plugged, me: Me, now: Now, data: FormData) -> Response:
    """Put the wishes that were denied on the waiting list, within the times said."""
    with writing(services.database) as session:
        sheet = Sheet(session, key, by=me, now=now)
        denied = requests.denials_of(session, drafts.order(sheet.draft))
        if not denied:
            raise NotFound("denial")
        denial = denied[0]
        try:
            for denial in denied:
                first, last = (_second(data, f"{end}_{denial.leg.value}", denial.day) for end in ("from", "to"))
                waiting.join(
                    session,
                    sheet.draft,
                    denial,
                    earliest=first,
                    latest=last,
                    world=services.world,
                    by=sheet.by,
                    now=now,
                )
        except (Invalid, Conflict) as error:
            session.rollback()
            sheet = Sheet(session, key, by=me, now=now)
            field = f"to_{denial.leg.value}" if error.field == "latest" else error.field or "order"
            errors = {field: say(request, error)}
            return _nothing(request, sheet, services, errors=errors, values=data)
    return see_other(f"/{request.path_params['lang']}/moje")


@router.post("/moje/cekani/{wish_id}", name="client:waiting.answer")
def answer(request: Request, wish_id: WishId, services: Plugged, me: Me, now: Now, data: FormData) -> Response:
    """Take the place that is offered, say no to it, or wait no longer."""
    moves = {"yes": waiting.accept, "no": waiting.refuse, "stop": waiting.withdraw}
    move = moves.get(str(data.get("answer")))
    if move is None:
        raise NotFound("page")
    with writing(services.database) as session:
        wish = queries.wait_visible(session, wish_id, by=me, now=now)
        move(session, wish, world=services.world, by=me, now=now)
    return see_other(f"/{request.path_params['lang']}/moje")


def _nothing(
    request: Request,
    sheet: Sheet,
    services: Services,
    *,
    errors: dict[str, str] | None = None,
    values: Any = None,  # noqa: ANN401 - a form as it came
) -> Response:
    legs, first = [], ""
    old = sheet.changes  # a ride that is being changed is not waited for: it stands as it is
    if sheet.draft.request_id is None and sheet.draft.client_id is not None and old is None:
        for denial in requests.denials_of(sheet.session, drafts.order(sheet.draft)):
            rule = services.policies.on(denial.day).waiting_list
            if rule.kept:
                first = rule.first
                around = max(0, denial.seconds - AROUND), denial.seconds + AROUND
                clocks = [f"{wall(denial.day, each):%-H:%M}" for each in around]
                legs.append((denial, clocks))
    return page(
        request,
        "client/book/nothing.html",
        status_code=422 if errors else 200,
        errors=errors or {},
        values=values or {},
        change_day=address(request, sheet.key, "den"),
        change_time=address(request, sheet.key, "cas"),
        here=address(request, sheet.key, "nevyslo"),
        key=sheet.key,
        waiting_legs=legs,
        changes=old,
        first=first,
        **acting.of_order(request, sheet),
    )


def _second(data: Any, field: str, day: date) -> int:  # noqa: ANN401 - a form as it came
    found = spoken.time_of_day(str(data.get(field) or ""))
    if found is None:
        raise Invalid("book.time_unclear", field=field)
    return wall_seconds(day, *found)
