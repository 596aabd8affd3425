"""Doors: the checklist gone through in the afternoon for the day after."""

from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import Response

from transport.api.deps import Me, Now, Plugged, Reading
from transport.api.dispatcher.asked import Day
from transport.api.forms import FormData, one
from transport.api.render import page, see_other
from transport.kernel.db import writing
from transport.operations.dispatch import checklist, inbox

router = APIRouter()
TOMORROW = "/disp/{day}/zitra"


@router.get(TOMORROW, name="disp:tomorrow")
def tomorrow(request: Request, day: Day, session: Reading, now: Now, services: Plugged, hotovo: str = "") -> Response:
    """What has to be sure about the day after this one."""
    target = day + timedelta(days=1)
    return page(
        request,
        "dispatcher/tomorrow.html",
        day=day,
        target=target,
        list=checklist.of(session, target, world=services.world, now=now),
        crews=inbox.crews_of(session, target),
        by_person=checklist.BY_PERSON,
        said=hotovo if hotovo in ("ticked", "unticked") else "",
    )


@router.post(TOMORROW, name="disp:tomorrow.tick")
def tick(day: Day, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """A person has made sure of a point, or has not after all."""
    done = one(data, "done") == "yes"
    with writing(services.database) as session:
        checklist.tick(session, day + timedelta(days=1), one(data, "point"), done=done, by=me, now=now)
    return see_other(f"/disp/{day}/zitra?hotovo={'ticked' if done else 'unticked'}")
