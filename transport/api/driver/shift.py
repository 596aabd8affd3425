"""Doors: the driver's shifts, one shift with its next stop, what is reported from a door, the paper."""

from datetime import date, datetime, timedelta
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from transport.api.deps import Me, Now, Plugged, Reading, csrf_checked, require
from transport.api.driver import card
from transport.api.forms import Fields, FormData, one, several
from transport.api.render import page, see_other
from transport.bootstrap import Services
from transport.kernel import clock
from transport.kernel.actor import Actor, Role
from transport.kernel.db import writing
from transport.kernel.errors import Conflict, Invalid, NotFound
from transport.operations.driving import execution, instructions, manifest
from transport.operations.driving.manifest import Manifest, ManifestStop

router = APIRouter(
    prefix="/ridic",
    dependencies=[require(Role.DRIVER, Role.DISPATCHER, Role.ADMIN), Depends(csrf_checked)],
)
DAYS_AHEAD = 14
EVIDENCE = ("rang", "called")
"""What a driver must have tried before saying that nobody is there."""


@router.get("", name="driver:shifts")
def shifts(request: Request, session: Reading, me: Me, now: Now, datum: date | None = None) -> Response:
    """Own shifts of today and of the coming days that are published; a single one is opened at once."""
    today = clock.local_day(now)
    days = [datum] if datum else [today + timedelta(days=ahead) for ahead in range(DAYS_AHEAD)]
    found = [
        manifest.of(session, shift.id or 0, by=me) for day in days for shift in manifest.shifts_of(session, me, day)
    ]
    shown = [each for each in found if each.plan is not None or each.shift.day in (today, datum)]
    if len(shown) == 1:
        return see_other(_address(shown[0].shift.id))
    return page(request, "driver/shifts.html", shifts=shown, day=datum, today=today)


@router.get("/smena/{shift_id}", name="driver:shift")
def shift(request: Request, shift_id: int, session: Reading, me: Me, now: Now, services: Plugged) -> Response:
    """The next stop first, everything that follows below it."""
    found = manifest.of(session, shift_id, by=me)
    return page(request, "driver/shift.html", **_context(found, services, me, now))


@router.get("/smena/{shift_id}/tisk", name="driver:print")
def paper(request: Request, shift_id: int, session: Reading, me: Me, now: Now, services: Plugged) -> Response:
    """The whole run on paper, with boxes to tick when the telephone is flat."""
    found = manifest.of(session, shift_id, by=me)
    return page(request, "driver/print.html", **_context(found, services, me, now))


@router.post("/smena/{shift_id}", name="driver:report", dependencies=[require(Role.DRIVER)])
def report(request: Request, shift_id: int, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """Write down what happened at a stop; the same report sent twice changes nothing."""
    with writing(services.database) as session:
        found = manifest.of(session, shift_id, by=me)
        stop = _stop(found, data)
        action = instructions.understood(one(data, "action"))
        if found.shift.day > clock.local_day(now):
            raise Conflict("ride.not_possible")
        evidence = [each for each in EVIDENCE if each in several(data, "evidence")]
        if action.value == "absent":
            _waited(found, stop, services, now)
            if len(evidence) < len(EVIDENCE):
                context = _context(found, services, me, now)
                return page(request, "driver/shift.html", 422, errors={"evidence": "missing"}, **context)
        assert stop.promise is not None
        execution.report(
            session,
            stop.promise.id or 0,
            stop.kind,
            action,
            world=services.world,
            by=me,
            now=now,
            note=" ".join(evidence) if action.value == "absent" else "",
        )
    return see_other(_address(shift_id))


def _context(found: Manifest, services: Services, me: Actor, now: datetime) -> dict[str, Any]:
    day = found.shift.day
    cards = card.cards(found, wait=_wait(services, day))
    first = card.next_of(cards)
    coming = day > clock.local_day(now)
    seconds = clock.seconds_of(day, now)
    window = first.stop.promise if first and first.pickup else None
    return {
        "manifest": found,
        "day": day,
        "cards": cards,
        "next": first,
        "coming": coming,
        "may_report": me.role is Role.DRIVER and not coming,
        "early": window is not None and not coming and seconds < window.window_start,
        "may_be_absent": first is not None and first.absent_from is not None and now >= first.absent_from,
        "now": now,
    }


def _stop(found: Manifest, data: Fields) -> ManifestStop:
    """The stop of this shift that the form is about; NotFound("stop") if the shift has none such."""
    asked = one(data, "promise"), one(data, "stop")
    for stop in found.stops:
        if stop.promise is not None and (str(stop.promise.id), stop.kind.value) == asked:
            return stop
    raise NotFound("stop")


def _waited(found: Manifest, stop: ManifestStop, services: Services, now: datetime) -> None:
    """Whoever comes early waits from the beginning of the promised window."""
    wait = _wait(services, found.shift.day)
    own = next(each for each in card.cards(found, wait=wait) if each.stop is stop)
    if own.absent_from is not None and now < own.absent_from:
        raise Invalid("visit.too_soon", minutes=int(wait.total_seconds()) // 60)


def _wait(services: Services, day: date) -> timedelta:
    return timedelta(minutes=services.policies.on(day).no_show.wait_minutes)


def _address(shift_id: int | None) -> str:
    return f"/ridic/smena/{shift_id}"
