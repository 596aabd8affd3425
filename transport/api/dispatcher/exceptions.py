"""Doors: what needs a person on a day, and what can be done about it with one press."""

from datetime import date, datetime

from fastapi import APIRouter, Request
from fastapi.responses import Response

from transport.api.deps import Me, Now, Plugged, Reading
from transport.api.dispatcher.asked import Day, ride_of, version
from transport.api.forms import Fields, FormData, one
from transport.api.render import page, see_other
from transport.booking.rides import queries, rides, waiting
from transport.bootstrap import Services
from transport.kernel.actor import Actor
from transport.kernel.db import writing
from transport.kernel.errors import Conflict, NotFound
from transport.operations.dispatch import exceptions, inbox, marks
from transport.operations.driving import execution, stranded

router = APIRouter()
EXCEPTIONS = "/disp/{day}/vyjimky"
DEEDS = {"take": marks.take, "done": marks.finish, "reopen": marks.reopen}
SAID = ("taken", "done", "reopened", "decided", "confirmed", "home", "booked", "refused")
"""What a page may say that has just been done."""


@router.get(EXCEPTIONS, name="disp:exceptions")
def exceptions_page(
    request: Request, day: Day, session: Reading, now: Now, services: Plugged, hotovo: str = ""
) -> Response:
    """One list of everything that is not as it should be, the most urgent first, each with what can be done."""
    found = inbox.rows(session, day, policy=services.policies.on(day), now=now)
    return page(
        request,
        "dispatcher/exceptions.html",
        day=day,
        now=now,
        open_rows=[row for row in found if not row.listed.done],
        done_rows=[row for row in found if row.listed.done],
        ways=stranded.WAYS,
        taxi_offered=bool(services.policies.taxi.providers),
        said=hotovo if hotovo in SAID else "",
    )


@router.post(EXCEPTIONS, name="disp:exceptions.mark")
def mark(day: Day, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """I take care of this; it is dealt with; it is not after all."""
    deed, key = one(data, "deed"), one(data, "key")
    if deed not in DEEDS:
        raise NotFound("page")
    with writing(services.database) as session:
        listed = exceptions.listed(session, day, policy=services.policies.on(day), now=now)
        if key not in {row.matter.key for row in listed}:
            raise Conflict("mark.unknown")
        DEEDS[deed](session, day, key, by=me, now=now)
    return _back(day, {"take": "taken", "done": "done", "reopen": "reopened"}[deed])


@router.post(f"{EXCEPTIONS}/neprisel", name="disp:exceptions.absent")
def absent(day: Day, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """Accept that the client was not there, or send the driver to look once more."""
    with writing(services.database) as session:
        ride = ride_of(session, day, one(data, "code"), me, now).ride
        if one(data, "accept") == "yes":
            execution.no_show(session, ride, version=version(data), world=services.world, by=me, now=now)
        else:
            execution.not_absent(session, ride, version=version(data), by=me, now=now)
    return _back(day, "decided")


@router.post(f"{EXCEPTIONS}/potvrdit", name="disp:exceptions.confirm")
def confirm(day: Day, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """Say yes to an order that has waited too long."""
    with writing(services.database) as session:
        ride = ride_of(session, day, one(data, "code"), me, now).ride
        rides.confirm(session, ride, version=version(data), by=me, now=now)
    return _back(day, "confirmed")


@router.post(f"{EXCEPTIONS}/domu", name="disp:exceptions.home")
def home(day: Day, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """Say how somebody without a way back gets home."""
    resolve(me, now, services, data)
    return _back(day, "home")


@router.post(f"{EXCEPTIONS}/misto", name="disp:exceptions.place")
def place(day: Day, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """What the client said on the telephone about the place that became free."""
    wanted = one(data, "answer") == "yes"
    answer = waiting.accept if wanted else waiting.refuse
    with writing(services.database) as session:
        number = one(data, "wish")
        wish = queries.wait_visible(session, int(number) if number.isdecimal() else 0, by=me, now=now)
        if wish.day != day:
            raise NotFound("denial")
        answer(session, wish, world=services.world, by=me, now=now)
    return _back(day, "booked" if wanted else "refused")


def resolve(me: Actor, now: datetime, services: Services, data: Fields) -> None:
    """Keep how the person of this ride gets home."""
    with writing(services.database) as session:
        back = rides.coded(session, one(data, "code"))
        stranded.resolve(session, back, one(data, "way"), world=services.world, by=me, now=now)


def _back(day: date, said: str) -> Response:
    return see_other(f"/disp/{day}/vyjimky?hotovo={said}")
