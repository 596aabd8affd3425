"""Doors: what drivers report, in parcels from the app and one by one as forms."""

import json
import logging
import re
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response
from sqlalchemy import exc

from transport.api.deps import Me, Now, Plugged, csrf_checked, require
from transport.api.driver import frame, shift
from transport.api.forms import BodyTooLarge, Fields, FormData, SmallBody, one, several
from transport.api.render import errors_of, see_other
from transport.bootstrap import Services
from transport.kernel import clock
from transport.kernel.actor import Actor, Role
from transport.kernel.db import reading, writing
from transport.kernel.errors import Conflict, Forbidden, Invalid, ServiceError
from transport.operations.driving import closing_data, manifest, reporting, reports
from transport.operations.driving import said as saying
from transport.operations.driving.said import FORM, Said

log = logging.getLogger(__name__)
router = APIRouter(prefix="/ridic")
MOST = 200
"""Reports of one parcel; an app that has more sends several."""
ONCE = ("handed_to", "paid", "problem", "minutes", "note", "odometer", "cash", "lost", "happened")
"""Facts of a form that are sent once."""
OFTEN = ("evidence", "checks")
MENDABLE = {
    "report.time_missing": "happened",
    "report.in_future": "happened",
    "report.out_of_order": "happened",
    "report.odometer": "odometer",
}
"""What whoever filled in a form can put right at once, and in which field."""


def device_checked(request: Request) -> str:
    """A parcel names the device that sends it in a header that another site cannot make a browser send."""
    device = request.headers.get("x-device", "")
    if not device:
        raise Forbidden("report.device_missing")
    return saying.uuid(device)


@router.post("/hlaseni", name="driver:reports", dependencies=[require(Role.DRIVER)])
def parcel(
    me: Me, now: Now, services: Plugged, device: Annotated[str, Depends(device_checked)], body: SmallBody
) -> Response:
    """Take a parcel of reports; each is kept by itself, so that what cannot be read stops nothing else."""
    if isinstance(body, BodyTooLarge):
        return _no(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "report.too_large")
    try:
        sent_at, found = _opened(body)
        device = saying.uuid(device)
    except Invalid as error:
        return _no(HTTPStatus.BAD_REQUEST, error.code)
    if len(found) > MOST:
        return _no(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "report.too_many")
    answers = [_taken(services, raw, device, sent_at, me, now) for raw in found]
    return JSONResponse({"now": now.isoformat(), "reports": answers})


@router.post(
    "/smena/{shift_id}",
    name="driver:report",
    dependencies=[require(Role.DRIVER), Depends(csrf_checked)],
)
def form(request: Request, shift_id: int, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """Write down what happened at a stop; the same form sent twice is one report."""
    errors: list[Invalid] = []
    laid_aside = False
    with writing(services.database) as session:
        row = reporting.own_shift(session, shift_id, me)
        said = _said(data, shift_id, now)
        if row.day > clock.local_day(now):
            raise Conflict("ride.not_possible")
        if reports.keyed(session, said.key) is None:
            errors = reporting.missing(session, said, world=services.world, now=now)
        if not errors:
            report = reporting.receive(session, said, world=services.world, by=me, now=now)
            laid_aside = report.outcome.value == "aside"
            if report.why in MENDABLE:
                session.rollback()
                errors = [Invalid(report.why, field=MENDABLE[report.why])]
    if errors:
        with reading(services.database) as session:
            found = manifest.of(session, shift_id, by=me)
            words = {field: text for each in errors for field, text in errors_of(request, each, "kind").items()}
            shown = frame.shown if said.kind in frame.KINDS else shift.shown
            return shown(request, session, found, services, me, now, errors=words, values=data)
    onward = _onward(data, shift_id)
    aside = f"{'&' if '?' in onward else '?'}odlozeno=1" if laid_aside else ""
    return see_other(onward + aside)


def _opened(body: bytes) -> tuple[datetime, list[object]]:
    """When a parcel was sent by the clock of the device, and its reports; Invalid("report.unreadable")."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise Invalid("report.unreadable") from None
    if not isinstance(data, dict) or not isinstance(data.get("reports"), list):
        raise Invalid("report.unreadable")
    return saying.instant(data.get("sent_at")), data["reports"]


def _taken(services: Services, raw: object, device: str, sent_at: datetime, me: Actor, now: datetime) -> dict[str, str]:
    """The answer to one report. What cannot be kept says why, so that the app keeps it until somebody has seen it."""
    key = str(raw.get("key", ""))[:36] if isinstance(raw, dict) else ""
    try:
        with writing(services.database) as session:
            said = saying.read(raw, device=device, sent_at=sent_at)
            report = reporting.receive(session, said, world=services.world, by=me, now=now)
            return {"key": key, "outcome": report.outcome.value, "why": report.why}
    except ServiceError as refusal:
        if refusal.code == "database.busy":
            raise  # nothing is wrong with the report: the app sends the parcel again
        return {"key": key, "outcome": "refused", "why": _why(services, refusal, now)}
    except (exc.OperationalError, exc.InterfaceError, exc.TimeoutError):
        raise
    except Exception:
        log.exception("a report of a driver could not be taken")
        return {"key": key, "outcome": "refused", "why": "fault"}


def _why(services: Services, refusal: ServiceError, now: datetime) -> str:
    """Why a report was refused. `shift`: its own driver may still come and send it, so that it waits until then."""
    if refusal.code != "shift":
        return refusal.code
    with reading(services.database) as session:
        waits = closing_data.may_wait(session, refusal.facts["shift"], policies=services.policies, now=now)
    return "shift" if waits else "shift.over"


def _said(data: Fields, shift_id: int, now: datetime) -> Said:
    promise = one(data, "promise")
    facts: dict[str, Any] = {name: one(data, name) for name in ONCE if one(data, name)}
    if one(data, "handed_other"):
        facts["handed_to"] = one(data, "handed_other")
    facts |= {name: several(data, name) for name in ("evidence", "checks")}
    return Said(
        key=saying.uuid(one(data, "key")),
        device=FORM,
        seq=0,
        shift=shift_id,
        kind=saying.kind(one(data, "kind")),
        promise=int(promise) if promise.isascii() and promise.isdecimal() and len(promise) < 10 else None,
        stop=one(data, "stop") or None,
        at=now,
        sent_at=now,
        about=one(data, "about"),
        facts=facts | {name: several(data, name) for name in OFTEN},
    )


def _onward(data: Fields, shift_id: int) -> str:
    """Where the driver goes on after a form: a page of this shift."""
    here = f"/ridic/smena/{shift_id}"
    wanted = one(data, "dal")
    return wanted if re.fullmatch(rf"{here}(/[a-z]+(\?hlaseno=[a-z]+)?)?", wanted) else here


def _no(status: HTTPStatus, code: str) -> Response:
    content = {"type": "about:blank", "status": status.value, "code": code}
    return JSONResponse(content, status_code=status, media_type="application/problem+json")
