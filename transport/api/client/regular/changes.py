"""Doors: a day is left out, the order is paused, ended, or gets other days and times."""

from datetime import date, datetime
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session

from transport.api.client.regular import hours, wizard, wording
from transport.api.client.regular.orders import OrderId, address, base
from transport.api.client.regular.steps import day_typed
from transport.api.deps import Me, Now, Plugged, csrf_checked
from transport.api.forms import Fields, FormData, one
from transport.api.render import errors_of, page, see_other
from transport.booking.rides import rides
from transport.booking.standing import drafts, queries, standing
from transport.booking.standing.queries import StandingView
from transport.booking.standing.recurrence import Times
from transport.booking.standing.regular import Answered
from transport.bootstrap import Services
from transport.kernel.actor import Actor
from transport.kernel.clock import local_day
from transport.kernel.db import reading, writing
from transport.kernel.errors import Invalid, NotFound
from transport.routing.planning.wishes import Anchor

router = APIRouter(dependencies=[Depends(csrf_checked)])

PATH = "/pravidelne/{order_id}"


@router.get(f"{PATH}/den/{{day}}/nejedu", name="client:regular.skip")
def ask_skip(request: Request, order_id: OrderId, day: date, me: Me, now: Now, services: Plugged) -> Response:
    """Say what would be called off that day, and whether it is late, before it is done."""
    with reading(services.database) as session:
        view, answer = _date(session, order_id, day, me, now, services)
        if answer.state.value == "dropped":
            return see_other(address(request, order_id))
        live = [each for each in answer.rides if each.status.value in {"requested", "confirmed"}]
        late = [
            each.code for each in live if rides.is_late(session, rides.coded(session, each.code), services.world, now)
        ]
        return page(request, "client/regular/skip.html", day=day, live=live, late=late, **base(request, view, me))


@router.post(f"{PATH}/den/{{day}}/nejedu", name="client:regular.skipped")
def skip(request: Request, order_id: OrderId, day: date, me: Me, now: Now, services: Plugged) -> Response:
    """No ride on this one day; twice is once."""
    with writing(services.database) as session:
        view, answer = _date(session, order_id, day, me, now, services)
        if answer.state.value != "dropped":
            standing.skip(session, view.order, day, world=services.world, by=me, now=now)
    return see_other(address(request, order_id))


@router.get(f"{PATH}/prerusit", name="client:regular.pause")
def ask_pause(request: Request, order_id: OrderId, me: Me, now: Now, services: Plugged) -> Response:
    """From when until when nobody comes."""
    with reading(services.database) as session:
        view = queries.visible(session, order_id, by=me, now=now)
        return page(request, "client/regular/pause.html", **base(request, view, me))


@router.post(f"{PATH}/prerusit", name="client:regular.paused")
def pause(request: Request, order_id: OrderId, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """No rides between two days; the same pause twice is once."""
    with writing(services.database) as session:
        view = queries.visible(session, order_id, by=me, now=now)
        try:
            first, last = _span(data, local_day(now))
            if (first, last) not in {(each.first, each.last) for each in view.pauses}:
                standing.pause(session, view.order, first, last, world=services.world, by=me, now=now)
        except Invalid as error:
            session.rollback()
            return _again(
                request,
                "pause",
                errors_of(request, error, "first"),
                queries.visible(session, order_id, by=me, now=now),
                me,
                data,
            )
    return see_other(address(request, order_id))


@router.get(f"{PATH}/ukoncit", name="client:regular.end")
def ask_end(request: Request, order_id: OrderId, me: Me, now: Now, services: Plugged) -> Response:
    """Which day is to be the last."""
    with reading(services.database) as session:
        view = queries.visible(session, order_id, by=me, now=now)
        return page(request, "client/regular/end.html", **base(request, view, me))


@router.post(f"{PATH}/ukoncit", name="client:regular.ended")
def end(request: Request, order_id: OrderId, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """Ride on a day for the last time."""
    with writing(services.database) as session:
        view = queries.visible(session, order_id, by=me, now=now)
        try:
            last = _last(data, local_day(now))
            standing.end(session, view.order, last, world=services.world, by=me, now=now)
        except Invalid as error:
            session.rollback()
            return _again(
                request,
                "end",
                errors_of(request, error, "last"),
                queries.visible(session, order_id, by=me, now=now),
                me,
                data,
            )
    return see_other(address(request, order_id))


@router.get(f"{PATH}/zmenit", name="client:regular.change")
def ask_change(
    request: Request, order_id: OrderId, me: Me, now: Now, services: Plugged, den: date | None = None
) -> Response:
    """What is to be different: one day, that day and all later ones, or everything."""
    with reading(services.database) as session:
        view = queries.visible(session, order_id, by=me, now=now)
        return page(request, "client/regular/change.html", day=wording.day_typed(den), **base(request, view, me))


@router.post(f"{PATH}/zmenit", name="client:regular.changed")
def change(request: Request, order_id: OrderId, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """Go on to the times of that day, or to the days and times of the order."""
    with writing(services.database) as session:
        view = queries.visible(session, order_id, by=me, now=now)
        try:
            scope, day = _scope(data, local_day(now))
            if scope == "day" and day is not None:
                drafts.require_to_come(view.order, day, now)
                return see_other(address(request, order_id, f"/den/{day}/cas"))
            draft = drafts.begin_change(session, order_id, day, by=me, now=now)
        except Invalid as error:
            session.rollback()
            return _again(
                request,
                "change",
                errors_of(request, error, "scope"),
                queries.visible(session, order_id, by=me, now=now),
                me,
                data,
            )
    return see_other(wizard.address(request, draft.key, "dny"))


@router.get(f"{PATH}/den/{{day}}/cas", name="client:regular.day")
def ask_times(request: Request, order_id: OrderId, day: date, me: Me, now: Now, services: Plugged) -> Response:
    """Other times on this one day."""
    with reading(services.database) as session:
        return _times_page(request, session, order_id, day, me, now, services)


@router.post(f"{PATH}/den/{{day}}/cas", name="client:regular.timed")
def change_times(
    request: Request, order_id: OrderId, day: date, me: Me, now: Now, services: Plugged, data: FormData
) -> Response:
    """Ask for these times on the one day; what was promised stands until the new times are."""
    with writing(services.database) as session:
        view = queries.visible(session, order_id, by=me, now=now)
        try:
            drafts.require_to_come(view.order, day, now)
            times = _times(session, view, day, me, now, services, data)
            standing.change_day(session, view.order, day, times, world=services.world, by=me, now=now)
        except Invalid as error:
            session.rollback()
            field = error.field if error.field in {"anchor", "time", "back", "return_time"} else "time"
            said = errors_of(request, Invalid(error.code, field=field, **error.facts), field)
            return _times_page(request, session, order_id, day, me, now, services, errors=said, values=data)
    return see_other(address(request, order_id))


def _span(data: Fields, today: date) -> tuple[date, date]:
    """The first and the last day of a pause; rides of today are cancelled one by one."""
    first = day_typed(data, "first", today)
    if first <= today:
        raise Invalid("standing.pause_too_soon", field="first")
    return first, day_typed(data, "last", today)


def _last(data: Fields, today: date) -> date:
    last = day_typed(data, "last", today)
    if last < today:
        raise Invalid("ride.day_in_the_past", field="last")
    return last


def _scope(data: Fields, today: date) -> tuple[str, date | None]:
    """What is to be different: a `day`, that day and those `following`, or `all` to come."""
    scope = one(data, "scope")
    if scope not in {"day", "following", "all"}:
        raise Invalid("standing.scope_missing", field="scope")
    return scope, None if scope == "all" else day_typed(data, "day", today)


def _times(
    session: Session, view: StandingView, day: date, me: Actor, now: datetime, services: Services, data: Fields
) -> Times:
    anchor, back = one(data, "anchor"), one(data, "back")
    if anchor not in set(Anchor):
        raise Invalid("book.anchor_missing", field="anchor")
    times = Times(Anchor(anchor), hours.heard(data, "time"))
    hours.refuse(_against(session, view, day, times, me, now, services), "time")
    if back not in {"yes", "no"}:
        raise Invalid("book.back_missing", field="back")
    if back == "no":
        return times
    both = Times(times.anchor, times.minute, hours.heard(data, "return_time"))
    hours.refuse(_against(session, view, day, both, me, now, services), "return_time")
    return both


def _against(
    session: Session, view: StandingView, day: date, times: Times, me: Actor, now: datetime, services: Services
) -> Any:  # noqa: ANN401 - refusals
    return drafts.about_day(session, view.order, day, times, world=services.world, by=me, now=now)


def _times_page(
    request: Request,
    session: Session,
    order_id: int,
    day: date,
    me: Actor,
    now: datetime,
    services: Services,
    *,
    errors: dict[str, str] | None = None,
    values: Fields | None = None,
) -> Response:
    view = queries.visible(session, order_id, by=me, now=now)
    drafts.require_to_come(view.order, day, now)
    known = next((each for each in _answers(session, view, day, services) if each.times), None)
    usual = view.wanted.times.get(day.isoweekday()) or next(iter(view.wanted.times.values()))
    times = known.times if known is not None and known.times is not None else usual
    return page(
        request,
        "client/regular/day.html",
        status_code=422 if errors else 200,
        errors=errors or {},
        values=values or {},
        day=day,
        said={"anchor": times.anchor.value, "back": "no" if times.back is None else "yes"},
        time=wording.clock(times.minute),
        back_time="" if times.back is None else wording.clock(times.back),
        **base(request, view, me),
    )


def _answers(session: Session, view: StandingView, day: date, services: Services) -> list[Answered]:
    return [each for each in queries.answers(session, view.order, world=services.world, since=day) if each.day == day]


def _date(
    session: Session, order_id: int, day: date, me: Actor, now: datetime, services: Services
) -> tuple[StandingView, Answered]:
    """A date of the order from today on; NotFound("standing_order") for any other day."""
    view = queries.visible(session, order_id, by=me, now=now)
    found = _answers(session, view, day, services) if day >= local_day(now) else []
    if not found:
        raise NotFound("standing_order")
    return view, found[0]


def _again(
    request: Request, form: str, errors: dict[str, str], view: StandingView, me: Actor, data: Fields
) -> Response:
    """The form once more, with what was typed and what is to be mended."""
    context = {"day": "", **base(request, view, me)}
    return page(request, f"client/regular/{form}.html", status_code=422, errors=errors, values=data, **context)
