"""Doors: the day on one page, with the orders that wait for a yes."""

from collections import Counter
from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import Response

from transport.api.deps import Me, Now, Plugged, Reading
from transport.api.dispatcher.asked import Day, version
from transport.api.forms import FormData
from transport.api.render import page, see_other
from transport.booking.rides import queries, rides
from transport.kernel.clock import local_day
from transport.kernel.db import writing
from transport.kernel.errors import NotFound
from transport.operations.dispatch import board, plans
from transport.routing.fleet import fleet

router = APIRouter()
SEEN = "version_"


@router.get("/disp", name="disp:start")
def start(session: Reading, now: Now) -> Response:
    """Go to the day that has to be dealt with next."""
    return see_other(f"/disp/{board.nearest_day(session, now)}")


@router.get("/disp/{day}", name="disp:day")
def day_page(request: Request, day: Day, session: Reading, now: Now, services: Plugged) -> Response:
    """Figures, orders that wait, the vehicles with their rides, wishes nobody could meet, the plan."""
    views = queries.on_day(session, day)
    all_waiting = queries.waiting(session)
    today = local_day(now)
    elsewhere = Counter(view.ride.day for view in all_waiting if view.ride.day != day)
    return page(
        request,
        "dispatcher/day.html",
        day=day,
        today=today,
        begun=day <= today,
        days=[day + timedelta(days=step) for step in (-1, 1)],
        now=now,
        figures=board.figures(session, day, views),
        board=board.board(session, day, views),
        waiting=[view for view in all_waiting if view.ride.day == day],
        elsewhere=sorted(elsewhere.items()),
        off_the_road=[view for view in views if view.pickup_planned is None],
        unserved=plans.unserved(session, day, world=services.world, now=now),
        proposal=plans.latest_proposal(session, day),
        vehicles_missing=fleet.short_by(session, day, services.policies.on(day), services.world.calendar),
    )


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
    return see_other(f"/disp/{day}")
