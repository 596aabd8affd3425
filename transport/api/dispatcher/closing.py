"""Doors: the end of a day. What still stands in its way, each with its answer; then closed, and the day in figures."""

import csv
import io
from datetime import date, datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from transport.api.client import spoken
from transport.api.deps import Me, Now, Plugged, Reading
from transport.api.dispatcher import exceptions
from transport.api.dispatcher.asked import Day, ride_of, version
from transport.api.forms import Fields, FormData, one
from transport.api.render import errors_of, page, see_other, words_of
from transport.booking.rides import queries
from transport.kernel.clock import local_day, wall_seconds
from transport.kernel.db import reading, writing
from transport.kernel.errors import Invalid
from transport.operations.dispatch import closing, inbox, results
from transport.operations.driving import execution, stranded

router = APIRouter()
CLOSING = "/disp/{day}/uzaverka"
SAID = ("result", "home", "closed")
COLUMNS = (
    "ride",
    "vehicle",
    "driver",
    "window_start",
    "window_end",
    "arrive_by",
    "pickup_planned",
    "dropoff_planned",
    "arrived",
    "on_board",
    "off_board",
    "result",
    "reason",
    "persons",
    "direct_km",
    "price_kc",
)


@router.get(CLOSING, name="disp:closing")
def closing_page(request: Request, day: Day, session: Reading, now: Now, hotovo: str = "") -> Response:
    """What still stands in the way of closing the day, and the day in figures."""
    said = hotovo if hotovo in SAID else ""
    return page(request, "dispatcher/closing.html", **_context(session, day, now), said=said)


@router.post(CLOSING, name="disp:close")
def close(day: Day, me: Me, now: Now, services: Plugged) -> Response:
    """Close the day for good."""
    with writing(services.database) as session:
        closing.close(session, day, world=services.world, by=me, now=now)
    return see_other(f"/disp/{day}/uzaverka?hotovo=closed")


@router.post(f"{CLOSING}/jizda", name="disp:closing.result")
def result(request: Request, day: Day, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """Say what became of one ride."""
    code = one(data, "code")
    try:
        with writing(services.database) as session:
            results.settle(
                session,
                ride_of(session, day, code, me, now).ride,
                one(data, "result"),
                (_second(day, data, "first"), _second(day, data, "second")),
                one(data, "reason"),
                version=version(data),
                world=services.world,
                by=me,
                now=now,
            )
    except Invalid as error:
        return _again(request, day, services, data, error, now)
    return see_other(f"/disp/{day}/uzaverka?hotovo=result")


@router.post(f"{CLOSING}/domu", name="disp:closing.home")
def home(day: Day, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """Say how somebody without a way back got home."""
    exceptions.resolve(me, now, services, data)
    return see_other(f"/disp/{day}/uzaverka?hotovo=home")


@router.get("/disp/{day}/uzaverka.csv", name="disp:closing.csv")
def as_csv(request: Request, day: Day, session: Reading) -> Response:
    """The rides of the day as they were promised, planned and driven, for a spreadsheet."""
    words = words_of(request)
    crews = inbox.crews_of(session, day)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for view in queries.on_day(session, day):
        crew = crews.get(view.shift_id or 0)
        promise = view.promise
        planned = (view.pickup_planned, view.dropoff_planned)
        seconds = (promise.window_start, promise.window_end, promise.arrive_by, *planned)
        writer.writerow(
            [
                view.ride.code,
                crew.vehicle.code if crew else "",
                crew.driver.name if crew else "",
                *("" if each is None else words.time(each, day) for each in seconds),
                *("" if each is None else words.instant(each) for each in results.times(view)),
                view.word,
                view.ride.end_reason,
                view.ride.persons,
                round(view.ride.metres / 1000, 1),
                view.ride.price / 100,
            ]
        )
    headers = {"Content-Disposition": f'attachment; filename="uzaverka-{day}.csv"'}
    return Response("\ufeff" + text.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


def _context(session: Session, day: date, now: datetime) -> dict[str, Any]:
    views = queries.on_day(session, day)
    waiting = results.without(session, day)
    alarms = queries.numbered(session, {ride.id or 0 for ride in stranded.alarms(session, day)})
    return {
        "day": day,
        "now": now,
        "begun": day <= local_day(now),
        "waiting": waiting,
        "absent": {view.ride.code: execution.absent(session, view.ride) for view in waiting},
        "alarms": list(alarms.values()),
        "ways": stranded.WAYS,
        "state": closing.state(session, day),
        "summary": results.summary(session, day, views),
    }


def _again(request: Request, day: date, services: Plugged, data: Fields, error: Invalid, now: datetime) -> Response:
    """The page as it was, with what was written for this ride and what is wrong with it."""
    code = one(data, "code")
    field, text = errors_of(request, error, "result").popitem()
    with reading(services.database) as session:
        return page(
            request,
            "dispatcher/closing.html",
            status_code=422,
            **_context(session, day, now),
            said="",
            errors={f"{field}-{code}": text},
            values={name: one(data, name) for name in ("code", "result", "first", "second", "reason")},
        )


def _second(day: date, data: Fields, name: str) -> int | None:
    """A time of the wall as a second of the day; None if nothing is written. What is unreadable is refused."""
    text = one(data, name)
    if not text:
        return None
    clock = spoken.time_of_day(text)
    if clock is None:
        raise Invalid("book.time_unclear", field=name)
    return wall_seconds(day, *clock)
