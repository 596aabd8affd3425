"""Doors: a standing order is written, one question a page, read with its next dates, and asked for."""

from collections.abc import Mapping
from datetime import timedelta
from itertools import islice
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from transport.api.client import acting, finding
from transport.api.client.regular import steps, wording
from transport.api.client.regular.sheet import STEP_OF_FIELD, RegularSheet
from transport.api.client.sheet import CHECK, for_whom
from transport.api.deps import Me, Now, Plugged, csrf_checked
from transport.api.forms import FormData, one
from transport.api.render import errors_of, page, say, see_other, words_of
from transport.booking.rides import drafts as orders
from transport.booking.standing import drafts, queries
from transport.bootstrap import Services
from transport.kernel.db import reading, writing
from transport.kernel.errors import Conflict, Invalid, NotFound, ServiceError

router = APIRouter(dependencies=[Depends(csrf_checked)])

PATH = "/pravidelne/nova/{key}"
DONE, FIND = "hotovo", "misto"
DATES_SHOWN = 10


@router.post("/pravidelne", name="client:regular.start")
def start(request: Request, services: Plugged, me: Me, now: Now, data: FormData) -> Response:
    """Begin to write a standing order, or go on with the one begun before."""
    with writing(services.database) as session:
        client_id = for_whom(session, me, one(data, "client"), now, RegularSheet.power)
        begun = drafts.unfinished(session, client_id, by=me, now=now) if client_id is not None else None
        draft = begun or orders.start(session, client_id=client_id, by=me, now=now, standing=True)
        sheet = RegularSheet(session, draft.key, by=me, now=now)
        return see_other(address(request, sheet.key, sheet.open_step()))


@router.get(PATH, name="client:regular.resume")
def resume(request: Request, key: str, services: Plugged, me: Me, now: Now) -> Response:
    """Go on where it was left."""
    with reading(services.database) as session:
        return see_other(address(request, key, _where(RegularSheet(session, key, by=me, now=now))))


@router.get(f"{PATH}/{FIND}", name="client:regular.find")
def find(request: Request, key: str, services: Plugged, me: Me, now: Now) -> Response:
    """Search for a place by name or address."""
    with reading(services.database) as session:
        sheet = RegularSheet(session, key, by=me, now=now)
        if not _takes(sheet, str(request.query_params.get("pro", ""))):
            return see_other(address(request, key, _where(sheet)))
        shown = finding.shown(sheet, services, request.query_params)
        return page(request, "client/book/find.html", **shown, **acting.of_order(request, sheet))


@router.post(f"{PATH}/{FIND}", name="client:regular.found")
def found(request: Request, key: str, services: Plugged, me: Me, now: Now, data: FormData) -> Response:
    """Take the place that was found."""
    with writing(services.database) as session:
        sheet = RegularSheet(session, key, by=me, now=now)
        if not _takes(sheet, one(data, "pro")):
            return see_other(address(request, key, _where(sheet)))
        try:
            finding.take(sheet, services, data)
        except Invalid as error:
            session.rollback()
            said = say(request, error)
        else:
            return see_other(address(request, key, sheet.open_step()))
        sheet = RegularSheet(session, key, by=me, now=now)
        context = {**finding.shown(sheet, services, data), **acting.of_order(request, sheet)}
    errors = {"pick" if context["exact"] else "q": said}
    return page(request, "client/book/find.html", status_code=422, errors=errors, values=data, **context)


@router.get(f"{PATH}/{CHECK}", name="client:regular.check")
def check(request: Request, key: str, services: Plugged, me: Me, now: Now) -> Response:
    """The whole order once more, with the next real dates and a way to change each answer."""
    with reading(services.database) as session:
        sheet = RegularSheet(session, key, by=me, now=now)
        if sheet.became is not None or not sheet.may_see(CHECK):
            return see_other(address(request, key, _where(sheet)))
        return _check_page(request, sheet, services)


@router.post(f"{PATH}/{CHECK}", name="client:regular.ask")
def ask(request: Request, key: str, services: Plugged, me: Me, now: Now, data: FormData) -> Response:
    """Ask for it. A page that shows something else than what is written now is shown anew; twice is once."""
    with writing(services.database) as session:
        sheet = RegularSheet(session, key, by=me, now=now)
        seen = _seen(sheet)
        orders.lock(session, sheet.draft, now=now)
        if sheet.became is not None:
            return see_other(address(request, key, DONE))
        if one(data, "seen") != seen or not sheet.may_see(CHECK):
            return see_other(address(request, key, _where(sheet)))
        try:
            drafts.ask(session, sheet.draft, world=services.world, by=sheet.by, now=now)
        except (Invalid, Conflict) as error:
            session.rollback()
            return _check_page(request, RegularSheet(session, key, by=me, now=now), services, refused=error)
    return see_other(address(request, key, DONE))


@router.get(f"{PATH}/{DONE}", name="client:regular.done")
def done(request: Request, key: str, services: Plugged, me: Me, now: Now) -> Response:
    """It is asked for: when the answers come, and what to do until then."""
    with reading(services.database) as session:
        sheet = RegularSheet(session, key, by=me, now=now)
        if sheet.became is None:
            return see_other(address(request, key, sheet.open_step()))
        view = queries.visible(session, sheet.became, by=me, now=now)
        waiting = [
            each.day
            for each in queries.answers(session, view.order, world=services.world, since=sheet.today)
            if each.state.value == "asked"
        ]
        answered_on = [queries.answered_on(day, sheet.today, services.policies) for day in waiting]
        return page(
            request,
            "client/regular/done.html",
            view=view,
            is_change=sheet.change is not None,
            first_day=waiting[0] if waiting else None,
            answered_on=answered_on[0] if waiting else None,
            together=[day for day, on in zip(waiting, answered_on, strict=True) if on == answered_on[0]],
            later=bool(waiting) and answered_on[-1] != answered_on[0],
            ahead=services.policies.on(sheet.today).booking.horizon_days,
            **acting.of_order(request, sheet),
        )


@router.get(f"{PATH}/{{step}}", name="client:regular.step")
def show(request: Request, key: str, step: str, services: Plugged, me: Me, now: Now) -> Response:
    """Ask one question."""
    with reading(services.database) as session:
        sheet = RegularSheet(session, key, by=me, now=now)
        if step not in sheet.questions:
            raise NotFound("page")
        if sheet.became is not None or not sheet.may_see(step):
            return see_other(address(request, key, _where(sheet)))
        return _question(request, sheet, step, services)


@router.post(f"{PATH}/{{step}}", name="client:regular.answer")
def answer(request: Request, key: str, step: str, services: Plugged, me: Me, now: Now, data: FormData) -> Response:
    """Keep one answer and go on; what cannot be is said at once, and nothing is kept."""
    with writing(services.database) as session:
        sheet = RegularSheet(session, key, by=me, now=now)
        if step not in sheet.questions:
            raise NotFound("page")
        if sheet.became is not None or not sheet.may_see(step):
            return see_other(address(request, key, _where(sheet)))
        try:
            onward = steps.answer(sheet, step, services, data)
        except Invalid as error:
            session.rollback()
            errors = errors_of(request, error, steps.FIELDS[step])
        else:
            return see_other(address(request, key, onward or sheet.open_step()))
        sheet = RegularSheet(session, key, by=me, now=now)
        return _question(request, sheet, step, services, errors=errors, values=data)


def address(request: Request, key: str, step: str) -> str:
    """The address of a step in the language of the page."""
    return f"/{request.path_params['lang']}/pravidelne/nova/{key}/{step}"


def _where(sheet: RegularSheet) -> str:
    return DONE if sheet.became is not None else sheet.open_step()


def _takes(sheet: RegularSheet, step: str) -> bool:
    """Whether a place may be looked for: not when only times are changed, nor when all is asked for."""
    if step not in finding.FIELD_OF:
        raise NotFound("page")
    return sheet.became is None and step in sheet.questions


def _question(
    request: Request,
    sheet: RegularSheet,
    step: str,
    services: Services,
    *,
    errors: Mapping[str, str] | None = None,
    values: Mapping[str, str | list[str]] | None = None,
) -> Response:
    return page(
        request,
        steps.TEMPLATES[step],
        status_code=422 if errors else 200,
        errors=errors or {},
        values=values or {},
        weekday=lambda number: wording.weekday(words_of(request), number),
        **_frame(request, sheet, step),
        **steps.shown(sheet, step, services),
    )


def _frame(request: Request, sheet: RegularSheet, step: str) -> dict[str, Any]:
    """What every page shows: which step of how many, the way back, who it is for."""
    all_steps, before = sheet.steps(), sheet.before(step)
    start = f"/{request.path_params['lang']}/pravidelne"
    if sheet.change is not None:
        start += f"/{sheet.change.order_id}"
    return {
        "key": sheet.key,
        "step": step,
        "here": address(request, sheet.key, step),
        "number": all_steps.index(step) + 1 if step in all_steps else 1,
        "total": len(all_steps),
        "back_href": address(request, sheet.key, before) if before else start,
        **acting.of_order(request, sheet),
    }


def _check_page(
    request: Request, sheet: RegularSheet, services: Services, *, refused: ServiceError | None = None
) -> Response:
    session, draft, words = sheet.session, sheet.draft, words_of(request)
    world, by, now = services.world, sheet.by, sheet.now
    against = drafts.check(session, draft, world=world, by=by, now=now) or ([refused] if refused else [])
    dates = list(islice(drafts.preview(session, draft, world=world, now=now), DATES_SHOWN))
    wanted = sheet.wanted(world)
    last = dates[-1][0] if dates else wanted.last
    missing = drafts.left_out(session, draft, last, world=world, now=now)
    return page(
        request,
        "client/regular/check.html",
        status_code=422 if refused else 200,
        errors={str(number): say(request, error) for number, error in enumerate(against)},
        mended=[_mended(request, sheet, error) for error in against],
        wanted=wanted,
        changed=sheet.changed,
        since=None if sheet.change is None else sheet.change.day or sheet.today + timedelta(days=1),
        rule=wording.rule(words, wanted),
        there=wording.there(words, wanted),
        back_at=wording.back(words, wanted),
        dates=[
            (shown, wording.asked(words, times))
            for shown, (_, times) in zip(wording.dates(words, (day for day, _ in dates)), dates, strict=True)
        ],
        missing=wording.dates(words, missing),
        first=wording.day_typed(wanted.first),
        last=wording.day_typed(wanted.last),
        origin=sheet.spot("origin"),
        destination=sheet.spot("destination"),
        seen=_seen(sheet),
        **_frame(request, sheet, CHECK),
    )


def _mended(request: Request, sheet: RegularSheet, error: ServiceError) -> str | None:
    """Where the refusal can be mended; None if not on these pages."""
    step = STEP_OF_FIELD.get(error.field or "", "")
    return address(request, sheet.key, step) if step in sheet.questions else None


def _seen(sheet: RegularSheet) -> str:
    """What a page has shown, to compare with what is written when it is sent."""
    return f"{sheet.draft.updated_at:%Y%m%dT%H%M%S.%f}"
