"""Doors: a day is left out, the order is paused, ended, or gets other days and times."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
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


@dataclass(frozen=True, slots=True)
class Asked:
    """What every page about one order needs: which, who asks, when."""

    request: Request
    order_id: int
    me: Actor
    now: datetime
    services: Services

    @property
    def today(self) -> date:
        """The present day in the city."""
        return local_day(self.now)

    def view(self, session: Session) -> StandingView:
        """The order; NotFound("standing_order") for whoever may not see it."""
        return queries.visible(session, self.order_id, by=self.me, now=self.now)

    def answer(self, session: Session, view: StandingView, day: date) -> Answered | None:
        """What was answered for the day; None if it is no date of the order."""
        found = queries.answers(session, view.order, world=self.services.world, since=day)
        return found[0] if found and found[0].day == day else None

    def date(self, session: Session, day: date) -> tuple[StandingView, Answered]:
        """A date of the order from today on; NotFound("standing_order") for any other day."""
        view = self.view(session)
        answer = self.answer(session, view, day) if day >= self.today else None
        if answer is None:
            raise NotFound("standing_order")
        return view, answer

    def back(self, rest: str = "") -> RedirectResponse:
        """To the page of the order, or one below it."""
        return see_other(address(self.request, self.order_id, rest))

    def page(
        self,
        session: Session,
        name: str,
        *,
        errors: Mapping[str, str] | None = None,
        values: Fields | None = None,
        **more: object,
    ) -> Response:
        """A page about the order; with errors it is answered 422 and shows what was typed."""
        context = {**base(self.request, session, self.view(session), self.me, self.now), **more}
        return page(
            self.request,
            f"client/regular/{name}.html",
            status_code=422 if errors else 200,
            errors=errors or {},
            values=values or {},
            **context,
        )


def asked(request: Request, order_id: OrderId, me: Me, now: Now, services: Plugged) -> Asked:
    """Which order, and who is there."""
    return Asked(request, order_id, me, now, services)


This = Annotated[Asked, Depends(asked)]


@router.get(f"{PATH}/den/{{day}}/nejedu", name="client:regular.skip")
def ask_skip(day: date, this: This) -> Response:
    """Say what would be called off that day, and whether it is late, before it is done."""
    with reading(this.services.database) as session:
        _, answer = this.date(session, day)
        if answer.state.value == "dropped":
            return this.back()
        live = [each for each in answer.rides if each.status.value in {"requested", "confirmed"}]
        known = {each.code: rides.coded(session, each.code) for each in live}
        late = [code for code, ride in known.items() if rides.is_late(session, ride, this.services.world, this.now)]
        return this.page(session, "skip", day=day, live=live, late=late)


@router.post(f"{PATH}/den/{{day}}/nejedu", name="client:regular.skipped")
def skip(day: date, this: This) -> Response:
    """No ride on this one day; twice is once."""
    with writing(this.services.database) as session:
        view, answer = this.date(session, day)
        if answer.state.value != "dropped":
            standing.skip(session, view.order, day, world=this.services.world, by=this.me, now=this.now)
    return this.back()


@router.get(f"{PATH}/prerusit", name="client:regular.pause")
def ask_pause(this: This) -> Response:
    """From when until when nobody comes."""
    with reading(this.services.database) as session:
        return this.page(session, "pause")


@router.post(f"{PATH}/prerusit", name="client:regular.paused")
def pause(data: FormData, this: This) -> Response:
    """No rides between two days; the same pause twice is once."""
    with writing(this.services.database) as session:
        view = this.view(session)
        try:
            first, last = _span(data, this.today)
            if (first, last) not in {(each.first, each.last) for each in view.pauses}:
                standing.pause(session, view.order, first, last, world=this.services.world, by=this.me, now=this.now)
        except Invalid as error:
            session.rollback()
            return this.page(session, "pause", errors=errors_of(this.request, error, "first"), values=data)
    return this.back()


@router.get(f"{PATH}/ukoncit", name="client:regular.end")
def ask_end(this: This) -> Response:
    """Which day is to be the last."""
    with reading(this.services.database) as session:
        return this.page(session, "end")


@router.post(f"{PATH}/ukoncit", name="client:regular.ended")
def end(data: FormData, this: This) -> Response:
    """Ride on a day for the last time."""
    with writing(this.services.database) as session:
        view = this.view(session)
        try:
            last = _last(data, this.today)
            standing.end(session, view.order, last, world=this.services.world, by=this.me, now=this.now)
        except Invalid as error:
            session.rollback()
            return this.page(session, "end", errors=errors_of(this.request, error, "last"), values=data)
    return this.back()


@router.get(f"{PATH}/zmenit", name="client:regular.change")
def ask_change(this: This, den: date | None = None) -> Response:
    """What is to be different: one day, that day and all later ones, or everything."""
    with reading(this.services.database) as session:
        return this.page(session, "change", day=wording.day_typed(den))


@router.post(f"{PATH}/zmenit", name="client:regular.changed")
def change(data: FormData, this: This) -> Response:
    """Go on to the times of that day, or to the days and times of the order."""
    with writing(this.services.database) as session:
        view = this.view(session)
        try:
            scope, day = _scope(data, this.today)
            if scope == "day" and day is not None:
                standing.require_to_come(view.order, day, this.now)
                return this.back(f"/den/{day}/cas")
            draft = drafts.begin_change(session, this.order_id, day, by=this.me, now=this.now)
        except Invalid as error:
            session.rollback()
            return this.page(session, "change", errors=errors_of(this.request, error, "scope"), values=data, day="")
    return see_other(wizard.address(this.request, draft.key, "dny"))


@router.get(f"{PATH}/den/{{day}}/cas", name="client:regular.day")
def ask_times(day: date, this: This) -> Response:
    """Other times on this one day."""
    with reading(this.services.database) as session:
        return _times_page(session, this, day)


@router.post(f"{PATH}/den/{{day}}/cas", name="client:regular.timed")
def change_times(day: date, data: FormData, this: This) -> Response:
    """Ask for these times on the one day; what was promised stands until the new times are."""
    with writing(this.services.database) as session:
        view = this.view(session)
        standing.require_to_come(view.order, day, this.now)
        try:
            times = _times(session, this, view, day, data)
            standing.change_day(session, view.order, day, times, world=this.services.world, by=this.me, now=this.now)
        except Invalid as error:
            session.rollback()
            field = error.field if error.field in {"anchor", "time", "back", "return_time"} else "time"
            errors = errors_of(this.request, Invalid(error.code, field=field, **error.facts), field)
            return _times_page(session, this, day, errors=errors, values=data)
    return this.back()


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


def _times(session: Session, this: Asked, view: StandingView, day: date, data: Fields) -> Times:
    """The times that were typed, if the rules allow them."""

    def allowed(times: Times, field: str) -> Times:
        world = this.services.world
        against = drafts.about_day(session, view.order, day, times, world=world, by=this.me, now=this.now)
        hours.refuse(against, field)
        return times

    anchor, back = one(data, "anchor"), one(data, "back")
    if anchor not in set(Anchor):
        raise Invalid("book.anchor_missing", field="anchor")
    there = allowed(Times(Anchor(anchor), hours.heard(data, "time")), "time")
    if back not in {"yes", "no"}:
        raise Invalid("book.back_missing", field="back")
    if back == "no":
        return there
    return allowed(Times(there.anchor, there.minute, hours.heard(data, "return_time")), "return_time")


def _times_page(
    session: Session,
    this: Asked,
    day: date,
    *,
    errors: Mapping[str, str] | None = None,
    values: Fields | None = None,
) -> Response:
    view = this.view(session)
    standing.require_to_come(view.order, day, this.now)
    known = this.answer(session, view, day)
    usual = view.wanted.times.get(day.isoweekday()) or next(iter(view.wanted.times.values()))
    times = known.times if known is not None and known.times is not None else usual
    return this.page(
        session,
        "day",
        errors=errors,
        values=values,
        day=day,
        said={"anchor": times.anchor.value, "back": "no" if times.back is None else "yes"},
        time=wording.clock(times.minute),
        back_time="" if times.back is None else wording.clock(times.back),
    )
