"""Doors: standing orders by days: what was asked and answered, the quota, answering a day now, lists."""

from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import Response

from transport.api.client.regular import wording
from transport.api.deps import Me, Now, Plugged, Reading
from transport.api.dispatcher.asked import Day
from transport.api.dispatcher.fleet import typed
from transport.api.manager import chart
from transport.api.render import page, see_other, words_of
from transport.booking.standing import overview, regular
from transport.booking.standing.overview import StandingState
from transport.kernel.clock import local_day
from transport.kernel.db import writing
from transport.kernel.errors import NotFound
from transport.operations.dispatch import weeks

router = APIRouter()
WEEKS = 4


@router.get("/disp/pravidelne", name="fleet:standing")
def standing_page(request: Request, session: Reading, now: Now, services: Plugged, od: str = "") -> Response:
    """Four weeks of standing orders, by weekday and by day, with the quota counted in vehicles."""
    first = typed.asked_day(od, weeks.monday(local_day(now)))
    figures = overview.by_days(session, first, overview.until(first, WEEKS), world=services.world, now=now)
    return page(
        request,
        "dispatcher/fleet/standing.html",
        first=first,
        last=overview.until(first, WEEKS),
        before=first - timedelta(weeks=WEEKS),
        after=first + timedelta(weeks=WEEKS),
        days=figures,
        weekdays=[(wording.weekday(words_of(request), number), total) for number, total in overview.weekdays(figures)],
        share=services.policies.on(first).regular.max_share,
    )


@router.get("/disp/pravidelne.csv", name="fleet:standing.csv")
def as_csv(session: Reading, now: Now, services: Plugged, od: str = "") -> Response:
    """The days of the page as lines."""
    first = typed.asked_day(od, weeks.monday(local_day(now)))
    rows: list[tuple[object, ...]] = [("day", "waiting", "placed", "denied", "dropped", "vehicles", "may_use")]
    rows += [
        (each.day, each.asked, each.placed, each.denied, each.dropped, each.vehicles, each.may_use)
        for each in overview.by_days(session, first, overview.until(first, WEEKS), world=services.world, now=now)
    ]
    return typed.as_csv(f"standing-{first}", rows)


@router.get("/disp/pravidelne/objednavky", name="fleet:standing.orders")
def orders_page(request: Request, session: Reading, now: Now, stav: str = "") -> Response:
    """All standing orders with days to come, with how their dates stand."""
    today, words = local_day(now), words_of(request)
    return page(
        request,
        "dispatcher/fleet/standing_orders.html",
        orders=[
            (view, wording.rule(words, regular.wanted(session, view.order)))
            for view in overview.orders(session, state=_state(stav), since=today)
        ],
        states=[each.value for each in StandingState],
        state=stav,
        today=today,
    )


@router.get("/disp/pravidelne/objednavky.csv", name="fleet:standing.orders.csv")
def orders_csv(request: Request, session: Reading, now: Now, stav: str = "") -> Response:
    """The standing orders as lines."""
    today, words = local_day(now), words_of(request)
    rows: list[tuple[object, ...]] = [
        ("order", "client", "name", "from", "to", "rule", "first", "last", "state", "waiting", "placed", "denied")
    ]
    for view in overview.orders(session, state=_state(stav), since=today):
        order, counts = view.order, view.counts
        rule = " ".join(wording.rule(words, regular.wanted(session, order)))
        rows.append(
            (
                *(order.id, view.client.code, view.client.name, view.origin.name, view.destination.name, rule),
                *(order.valid_from, order.valid_until, order.state.value),
                *(counts["asked"], counts["placed"], counts["denied"]),
            )
        )
    return typed.as_csv("standing-orders", rows)


@router.get("/disp/pravidelne/{day}", name="fleet:standing.day")
def day_page(request: Request, day: Day, session: Reading, now: Now, services: Plugged, hotovo: str = "") -> Response:
    """One day: who asked, who has a place, who was refused and why; the quota hour by hour."""
    found = overview.by_days(session, day, day, world=services.world, now=now)
    hours = overview.hours(session, day, world=services.world)
    return page(
        request,
        "dispatcher/fleet/standing_day.html",
        day=day,
        figures=found[0] if found else overview.DayFigures(day),
        dates=overview.of_day(session, day),
        hours=hours,
        bars=chart.bars([(str(each.hour), each.on_duty) for each in hours]),
        share=services.policies.on(day).regular.max_share,
        waits_since=overview.waits_since(session, day),
        done=hotovo,
    )


@router.post("/disp/pravidelne/{day}/odpovedet", name="fleet:standing.answer")
def answer(day: Day, me: Me, now: Now, services: Plugged) -> Response:
    """Have the day answered now; a worker does it in the next seconds."""
    with writing(services.database) as session:
        overview.ask_for_answer(session, day, by=me, now=now)
    return see_other(f"/disp/pravidelne/{day}?hotovo=odpovime")


def _state(word: str) -> StandingState | None:
    if word and word not in list(StandingState):
        raise NotFound("page")
    return StandingState(word) if word else None
