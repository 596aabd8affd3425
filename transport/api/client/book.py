"""Doors: the questions of an order, one page each. A refusal is shown where it can be mended."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from transport.api.client import acting, finding, steps
from transport.api.client.sheet import ONE_QUESTION, STEPS, Sheet
from transport.api.deps import Me, Now, Plugged, csrf_checked
from transport.api.forms import FormData
from transport.api.render import errors_of, page, say, see_other
from transport.kernel.db import reading, writing
from transport.kernel.errors import Invalid, NotFound

router = APIRouter(dependencies=[Depends(csrf_checked)])

Posted = Mapping[str, str | list[str]]


@router.get("/objednat/{key}", name="client:book")
def resume(request: Request, key: str, services: Plugged, me: Me, now: Now) -> Response:
    """Go on where the order was left."""
    with reading(services.database) as session:
        sheet = Sheet(session, key, by=me, now=now)
        if sheet.asked is not None:
            return see_other(question_at(request, sheet.asked))
        return see_other(address(request, key, _where(sheet)))


@router.get("/objednat/{key}/misto", name="client:book.find")
def find(request: Request, key: str, services: Plugged, me: Me, now: Now) -> Response:
    """Search for a place by name or address."""
    with reading(services.database) as session:
        sheet = Sheet(session, key, by=me, now=now)
        if sheet.draft.request_id is not None:
            return see_other(address(request, key, "hotovo"))
        shown = finding.shown(sheet, services, request.query_params)
        return page(request, "client/book/find.html", **shown, **acting.of_order(request, sheet))


@router.post("/objednat/{key}/misto", name="client:book.found")
def found(request: Request, key: str, services: Plugged, me: Me, now: Now, data: FormData) -> Response:
    """Take the place that was found."""
    with writing(services.database) as session:
        sheet = Sheet(session, key, by=me, now=now)
        if sheet.draft.request_id is not None:
            return see_other(address(request, key, "hotovo"))
        try:
            finding.take(sheet, services, data)
        except Invalid as error:
            session.rollback()
            said = say(request, error)
        else:
            return see_other(address(request, key, sheet.open_step()))
        sheet = Sheet(session, key, by=me, now=now)
        context = {**finding.shown(sheet, services, data), **acting.of_order(request, sheet)}
    errors = {"pick" if context["exact"] else "q": said}
    return page(request, "client/book/find.html", status_code=422, errors=errors, values=data, **context)


@router.get("/objednat/{key}/{step}", name="client:book.step")
def show(request: Request, key: str, step: str, services: Plugged, me: Me, now: Now) -> Response:
    """Ask one question."""
    with reading(services.database) as session:
        sheet = Sheet(session, key, by=me, now=now)
        if step not in STEPS:
            raise NotFound("page")
        if sheet.draft.request_id is not None or not sheet.may_see(step):
            return see_other(address(request, key, _where(sheet)))
        return question(request, sheet, step, services)


@router.post("/objednat/{key}/{step}", name="client:book.answer")
def answer(request: Request, key: str, step: str, services: Plugged, me: Me, now: Now, data: FormData) -> Response:
    """Keep one answer and go on; what cannot be is said at once, and nothing is kept."""
    if step not in STEPS:
        raise NotFound("page")
    with writing(services.database) as session:
        sheet = Sheet(session, key, by=me, now=now)
        if sheet.draft.request_id is not None or not sheet.may_see(step):
            return see_other(address(request, key, _where(sheet)))
        try:
            onward = steps.ANSWERS[step](sheet, services, data)
        except Invalid as error:
            session.rollback()
            errors = errors_of(request, error, steps.FIELDS[step])
        else:
            return see_other(address(request, key, onward or sheet.open_step()))
        sheet = Sheet(session, key, by=me, now=now)
        return question(request, sheet, step, services, errors=errors, values=data)


def question(
    request: Request,
    sheet: Sheet,
    step: str,
    services: Plugged,
    *,
    errors: Mapping[str, str] | None = None,
    values: Posted | None = None,
) -> Response:
    """The page of one step; with errors it is answered 422 and shows what was typed."""
    return page(
        request,
        f"client/book/{steps.TEMPLATES[step]}.html",
        status_code=422 if errors else 200,
        errors=errors or {},
        values=values or {},
        **frame(request, sheet, step),
        **steps.shown(sheet, step, services),
    )


def frame(request: Request, sheet: Sheet, step: str) -> dict[str, Any]:
    """What every page of an order shows: which step of how many, the way back, who it is for."""
    all_steps = sheet.steps()
    before, old = sheet.before(step), sheet.changes
    lang = request.path_params["lang"]
    outside = f"/{lang}/moje" if old is None else f"/{lang}/jizdy/{old.ride.code}/{ONE_QUESTION}"
    return {
        "key": sheet.key,
        "step": step,
        "here": address(request, sheet.key, step),
        "number": all_steps.index(step) + 1 if step in all_steps else 1,
        "total": len(all_steps),
        "back_href": address(request, sheet.key, before) if before and before != ONE_QUESTION else outside,
        "changes": old,
        **acting.of_order(request, sheet),
    }


def address(request: Request, key: str, step: str) -> str:
    """The address of a step in the language of the page."""
    return f"/{request.path_params['lang']}/objednat/{key}/{step}"


def question_at(request: Request, consent_id: int | None) -> str:
    """The address of what waits for somebody's yes."""
    return f"/{request.path_params['lang']}/souhlas/{consent_id}"


def _where(sheet: Sheet) -> str:
    return "hotovo" if sheet.draft.request_id is not None else sheet.open_step()
