"""Doors: the standing orders of a person, one of them with its next dates, and every date with its answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import Response
from sqlmodel import Session

from transport.api.client import acting, history
from transport.api.client.regular import wording
from transport.api.client.sheet import chosen
from transport.api.deps import Me, Now, Plugged, Reading, csrf_checked
from transport.api.render import page, see_other, words_of
from transport.booking.clients import mandates
from transport.booking.standing import drafts, queries
from transport.booking.standing.queries import StandingView
from transport.booking.standing.regular import Answered
from transport.bootstrap import Services
from transport.kernel.actor import STAFF, Actor
from transport.kernel.clock import local_day

router = APIRouter(dependencies=[Depends(csrf_checked)])

OrderId = Annotated[int, Path(ge=1, le=2**31 - 1)]
NEXT = 8
"""Dates on the page of an order; all are on the page for printing."""


@dataclass(frozen=True, slots=True)
class Told:
    """One date as it is told: `asked` are the wished times in words, `on` the day by which the answer comes."""

    answer: Answered
    asked: str
    on: date | None


@router.get("/pravidelne", name="client:regular")
def orders(request: Request, session: Reading, me: Me, now: Now, services: Plugged) -> Response:
    """The standing orders of the person one acts for; whom, if that has to be said first."""
    if me.role in STAFF:
        return see_other("/op")
    people = mandates.people(session, me, on=local_day(now))
    if not people:
        return page(request, "client/nobody.html")
    person = chosen(people, request.query_params.get("klient"))
    if person is None:
        return page(request, "client/regular/people.html", people=people)
    client_id = person.client.id or 0
    views = queries.of_client(session, client_id, by=me, now=now)
    return page(
        request,
        "client/regular/list.html",
        person=person,
        many=len(people) > 1,
        orders=[(view, wording.rule(words_of(request), view.wanted)) for view in views],
        unfinished=drafts.unfinished(session, client_id, by=me, now=now) if "book" in person.powers else None,
        may_book="book" in person.powers,
        weeks=services.policies.on(local_day(now)).regular.min_weeks,
        **acting.banner(request, session, person.client.code, me, now),
    )


@router.get("/pravidelne/{order_id}", name="client:regular.order")
def order(request: Request, order_id: OrderId, session: Reading, me: Me, now: Now, services: Plugged) -> Response:
    """What the order asks for, what is promised on the next dates, and what can be changed."""
    view = queries.visible(session, order_id, by=me, now=now)
    return order_page(request, session, view, me, now, services)


@router.get("/pravidelne/{order_id}/terminy", name="client:regular.dates")
def dates(request: Request, order_id: OrderId, session: Reading, me: Me, now: Now, services: Plugged) -> Response:
    """The whole answer, date by date, to be printed."""
    view = queries.visible(session, order_id, by=me, now=now)
    told = _told(request, session, view, now, services)
    return page(
        request,
        "client/regular/dates.html",
        view=view,
        rule=wording.rule(words_of(request), view.wanted),
        told=told,
        counts={
            state: sum(each.answer.state == state for each in told)
            for state in ("placed", "denied", "asked", "dropped")
        },
        **acting.banner(request, session, view.client.code, me, now),
    )


def order_page(
    request: Request, session: Session, view: StandingView, me: Actor, now: datetime, services: Services
) -> Response:
    """The page of one order."""
    told = _told(request, session, view, now, services)
    return page(
        request,
        "client/regular/order.html",
        view=view,
        rule=wording.rule(words_of(request), view.wanted),
        first=wording.day_typed(view.wanted.first),
        last=wording.day_typed(view.wanted.last),
        pauses=[(wording.day_typed(first), wording.day_typed(last)) for first, last in _to_come(view, now)],
        told=told[:NEXT],
        more=len(told) > NEXT,
        today=local_day(now),
        goes_on=view.order.valid_until + timedelta(days=1),
        happened=history.of_standing(session, queries.line(session, view.order), reader=me),
        may_book="book" in view.powers and view.word != "over",
        may_cancel="cancel" in view.powers and view.word != "over",
        **acting.banner(request, session, view.client.code, me, now),
    )


def address(request: Request, order_id: int | None, rest: str = "") -> str:
    """The page of an order, or one below it, in the language of the page."""
    return f"/{request.path_params['lang']}/pravidelne/{order_id}{rest}"


def base(request: Request, session: Session, view: StandingView, me: Actor, now: datetime) -> dict[str, Any]:
    """What the pages of one order have in common."""
    return {
        "view": view,
        "rule": wording.rule(words_of(request), view.wanted),
        "back_href": address(request, view.order.id),
        "here": request.url.path,
        **acting.banner(request, session, view.client.code, me, now),
    }


def _to_come(view: StandingView, now: datetime) -> Sequence[tuple[date, date]]:
    """The pauses that are not over, each once."""
    return sorted({(each.first, each.last) for each in view.pauses if each.last >= local_day(now)})


def _told(request: Request, session: Session, view: StandingView, now: datetime, services: Services) -> list[Told]:
    today, words = local_day(now), words_of(request)
    asked_on = local_day(view.order.asked_at)
    found = []
    for each in queries.answers(session, view.order, world=services.world, since=today):
        on = queries.answered_on(each.day, asked_on, services.policies) if each.state.value == "asked" else None
        asked = wording.asked(words, each.times) if each.times else ""
        found.append(Told(each, asked, on if on is not None and on > today else None))
    return found
