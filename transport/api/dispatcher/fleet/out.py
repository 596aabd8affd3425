"""Doors: a vehicle out of service, with its shifts and everybody who is promised a ride in them."""

from datetime import datetime
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from transport.api.deps import Me, Now, Plugged, Reading
from transport.api.dispatcher.fleet import shift, typed
from transport.api.forms import Fields, FormData, one
from transport.api.render import errors_of, page, say, see_other
from transport.bootstrap import Services
from transport.kernel.db import reading, writing
from transport.kernel.errors import Conflict, Invalid, NotFound, ServiceError
from transport.operations.dispatch import roster
from transport.operations.dispatch.roster import Effect
from transport.routing.fleet import availability, keeping
from transport.routing.fleet.availability import OutReason
from transport.routing.fleet.keeping import Vehicle

router = APIRouter()
FIELDS = ("starts", "starts_time", "ends", "ends_time", "reason")
HERE = "/disp/vozy/{code}/odstavka"


@router.get(HERE, name="fleet:out")
def out_page(request: Request, code: str, session: Reading, now: Now, services: Plugged) -> Response:
    """From when until when; with an answer in the address, what it would do to the promises of those days."""
    vehicle = keeping.vehicle(session, code)
    data: Fields = {name: request.query_params.get(name, "") for name in FIELDS}
    if not any(data.values()):
        return _form(request, vehicle, {"starts": typed.shown_day(now.date())}, None)
    try:
        effects = _effects(session, vehicle, data, now, services)
    except (Invalid, Conflict) as error:
        return _form(request, vehicle, data, error)
    return _check(request, session, vehicle, data, effects)


@router.post(HERE, name="fleet:out.told")
def told(request: Request, code: str, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """Take it out of service with a plan in which everybody has a place, or leave its shifts as conflicts to solve."""
    try:
        with reading(services.database) as session:
            vehicle = keeping.vehicle(session, code)
            effects = [] if one(data, "leave") else _effects(session, vehicle, data, now, services)
        seen = {name.removeprefix("seen_"): one(data, name) for name in data if name.startswith("seen_")}
        if any(not each.clean and seen.get(each.day.isoformat()) != str(each.version) for each in effects):
            return see_other(f"{request.url.path}?{urlencode({name: one(data, name) for name in FIELDS})}")
        with writing(services.database) as session:
            starts, ends, reason = _answer(data, now)
            roster.out_of_service(
                session,
                keeping.vehicle(session, code),
                effects,
                starts=starts,
                ends=ends,
                reason=reason,
                world=services.world,
                by=me,
                now=now,
            )
    except (Invalid, Conflict) as error:
        with reading(services.database) as session:
            return _form(request, keeping.vehicle(session, code), data, error)
    return see_other(request.url.path.removesuffix("/odstavka") + "?hotovo=odstaveno")


@router.post("/disp/vozy/{code}/odstavka/{out_id}/konec", name="fleet:out.over")
def over(request: Request, code: str, out_id: int, me: Me, now: Now, services: Plugged) -> Response:
    """The vehicle can be used again."""
    with writing(services.database) as session:
        vehicle = keeping.vehicle(session, code)
        found = session.get(availability.OutOfService, out_id)
        if found is None or found.vehicle_id != vehicle.id:
            raise NotFound("vehicle")
        keeping.back_in_service(session, found, by=me, now=now)
    return see_other(request.url_for("fleet:vehicle", code=code).path + "?hotovo=zpet")


def _answer(data: Fields, now: datetime) -> tuple[datetime, datetime | None, OutReason]:
    starts = typed.instant(data, "starts", now)
    ends = typed.instant(data, "ends", now) if one(data, "ends") else None
    if ends is not None and ends <= starts:
        raise Invalid("out.ends_before_start", field="ends")
    if one(data, "reason") not in list(OutReason):
        raise Invalid("out.reason_missing", field="reason")
    return starts, ends, OutReason(one(data, "reason"))


def _effects(session: Session, vehicle: Vehicle, data: Fields, now: datetime, services: Services) -> list[Effect]:
    starts, ends, _ = _answer(data, now)
    if availability.outs(session, {vehicle.id or 0}, starts, ends):
        raise Conflict("out.already", field="starts", vehicle=vehicle.code)
    found = roster.without_vehicle(session, vehicle, starts, ends, now=now)
    return [roster.consider(session, day, each, world=services.world, now=now) for day, each in sorted(found.items())]


def _form(request: Request, vehicle: Vehicle, data: Fields, error: ServiceError | None) -> Response:
    return page(
        request,
        "dispatcher/fleet/out.html",
        status_code=200 if error is None else 422 if isinstance(error, Invalid) else 409,
        errors={} if error is None else errors_of(request, error, "starts"),
        refusal="" if error is None else say(request, error),
        vehicle=vehicle,
        reasons=[each.value for each in OutReason],
        values={name: one(data, name) for name in FIELDS},
    )


def _check(request: Request, session: Session, vehicle: Vehicle, data: Fields, effects: list[Effect]) -> Response:
    return page(
        request,
        "dispatcher/fleet/out_check.html",
        vehicle=vehicle,
        effects=effects,
        duties=shift.duties_of(session, effects),
        lost=sum(len(each.lost) for each in effects),
        values={name: one(data, name) for name in FIELDS},
    )
