"""Doors: one shift: another driver, other hours, taken out; and what that does to the promises it carries."""

from datetime import date, datetime
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from transport.api import scanning
from transport.api.deps import Me, Now, Plugged, Reading, plugged
from transport.api.dispatcher.fleet import typed
from transport.api.forms import Fields, FormData, one
from transport.api.render import errors_of, page, say, see_other
from transport.booking.contracts.ledger import Override
from transport.booking.rides import queries as rides
from transport.bootstrap import Services
from transport.kernel.actor import Actor
from transport.kernel.clock import local_day
from transport.kernel.db import reading, writing
from transport.kernel.errors import Conflict, Exhausted, Invalid, NotFound, ServiceError
from transport.operations.dispatch import roster, weeks
from transport.operations.dispatch.roster import Effect
from transport.operations.driving import passes, stranded
from transport.routing.fleet import fleet, keeping, queries
from transport.routing.fleet.queries import Duty, Shift

router = APIRouter()
FIELDS = ("driver", "starts", "ends", "crew", "out")
HOME = "home-"
"""Before the number of a ride: how somebody gets home whom only this shift could have taken."""
CREWS = range(1, weeks.LARGEST_CREW + 1)


@router.get("/disp/smeny/{shift_id}", name="fleet:shift")
def shift_page(request: Request, shift_id: int, session: Reading, now: Now, hotovo: str = "") -> Response:
    """Who drives what from when until when, with the form to change it."""
    return _form(request, session, _shift(session, shift_id), now, done=hotovo)


@router.get("/disp/smeny/{shift_id}/kontrola", name="fleet:shift.check")
def check(request: Request, shift_id: int, session: Reading, now: Now, services: Plugged, znovu: str = "") -> Response:
    """What the change would do: whom it touches, who would drive them, and the price. Nothing is changed here."""
    row = _shift(session, shift_id)
    data: Fields = {name: request.query_params.get(name, "") for name in FIELDS}
    if not any(data.values()):
        return _form(request, session, row, now)
    try:
        effect = _effect(session, row, data, now, services)
    except (Invalid, Conflict) as error:
        return _form(request, session, row, now, data, error)
    return _check_page(request, session, row, data, effect, again=bool(znovu))


@router.post("/disp/smeny/{shift_id}", name="fleet:shift.changed")
def change(request: Request, shift_id: int, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """Change the shift together with the plan; who would be touched is shown first."""
    return _carry_out(request, shift_id, me, now, services, {**data, "out": ""})


@router.post("/disp/smeny/{shift_id}/zrusit", name="fleet:shift.out")
def take_out(request: Request, shift_id: int, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """Take the shift out of the roster, and put whoever rides in it elsewhere; they are shown first."""
    return _carry_out(request, shift_id, me, now, services, {**data, "out": "yes"})


def _carry_out(request: Request, shift_id: int, me: Actor, now: datetime, services: Services, data: Fields) -> Response:
    with reading(services.database) as session:
        row = _shift(session, shift_id)
        try:
            effect = _effect(session, row, data, now, services)
        except (Invalid, Conflict) as error:
            return _form(request, session, row, now, data, error)
    look = f"/disp/smeny/{shift_id}/kontrola?{urlencode({name: one(data, name) for name in FIELDS if one(data, name)})}"
    seen = one(data, "seen")
    if effect.lost or (not effect.clean and seen != str(effect.version)):
        return see_other(f"{look}&znovu=1" if seen else look)
    override = Override(one(data, "name"), one(data, "why")) if "name" in data else None
    try:
        with writing(services.database) as session:
            homes = {key.removeprefix(HOME): one(data, key) for key in data if key.startswith(HOME)}
            roster.apply(session, effect, world=services.world, by=me, now=now, override=override, homes=homes)
    except (Exhausted, Invalid) as error:
        if not error.code.startswith("contract."):
            raise
        with reading(services.database) as session:
            return _check_page(request, session, _shift(session, shift_id), data, effect, error=error)
    except Conflict as error:
        if error.code == "shift.somebody_out":
            with reading(services.database) as session:
                return _check_page(request, session, _shift(session, shift_id), data, effect, error=error)
        if error.code != "roster.changed_meanwhile":
            raise
        return see_other(f"{look}&znovu=1")
    return see_other(f"/disp/smeny?od={weeks.monday(effect.day)}&hotovo={'zrusena' if one(data, 'out') else 'zmenena'}")


def duties_of(session: Session, effects: list[Effect]) -> dict[int, Duty]:
    """The shifts that effects speak of, by number."""
    spots = [spot for each in effects for t in each.touched for spot in (t.was, t.becomes) if spot is not None]
    numbers = {spot.shift for spot in spots} | {key for each in effects for key in each.roster}
    return {key: queries.duty(session, _shift(session, key)) for key in sorted(numbers)}


def _shift(session: Session, shift_id: int) -> Shift:
    row = session.get(Shift, shift_id)
    if row is None or row.dropped_at is not None:
        raise NotFound("shift")
    return row


def _effect(session: Session, row: Shift, data: Fields, now: datetime, services: Services) -> Effect:
    new = None if one(data, "out") else _changed(session, row, data)
    return roster.consider(session, row.day, {row.id or 0: new}, world=services.world, now=now)


def _changed(session: Session, row: Shift, data: Fields) -> Shift:
    crew = typed.number(data, "crew", row.crew)
    if crew not in CREWS:
        raise Invalid("shift.crew", field="crew", most=weeks.LARGEST_CREW)
    return fleet.changed(
        row,
        driver=keeping.driver(session, typed.number(data, "driver", row.driver_id)),
        starts=typed.second(data, "starts", row.day),
        ends=typed.second(data, "ends", row.day),
        crew=crew,
    )


def _form(
    request: Request,
    session: Session,
    row: Shift,
    now: datetime,
    data: Fields | None = None,
    error: ServiceError | None = None,
    *,
    done: str = "",
) -> Response:
    services = plugged(request)
    code = passes.of(row, key=services.key, policies=services.policies)
    if data is None or not one(data, "starts"):
        values = {
            "driver": str(row.driver_id),
            "starts": typed.shown_time(row.day, row.starts),
            "ends": typed.shown_time(row.day, row.ends),
            "crew": str(row.crew),
        }
    else:
        values = {name: one(data, name) for name in FIELDS}
    return page(
        request,
        "dispatcher/fleet/shift.html",
        status_code=200 if error is None else 422 if isinstance(error, Invalid) else 409,
        errors={} if error is None else errors_of(request, error, "starts"),
        duty=queries.duty(session, row),
        drivers=free_drivers(session, row.day, row),
        crews=CREWS,
        over=row.day < local_day(now),
        values=values,
        code=code,
        address=scanning.address(services, code),
        done=done,
    )


def free_drivers(session: Session, day: date, row: Shift | None = None) -> list[tuple[keeping.Driver, str]]:
    """Who could drive, with a word for those who could not now: `away`, or `busy` on another shift of the day."""
    away = {absence.driver_id for absence in queries.away_on(session, day)}
    busy = {shift.driver_id for shift in fleet.on_duty(session, day) if row is None or shift.id != row.id}
    return [
        (driver, "away" if driver.id in away else "busy" if driver.id in busy else "")
        for driver in keeping.drivers(session)
        if driver.active
    ]


def _check_page(
    request: Request,
    session: Session,
    row: Shift,
    data: Fields,
    effect: Effect,
    *,
    again: bool = False,
    error: ServiceError | None = None,
) -> Response:
    numbers = [] if error is None else str(error.facts.get("rides", "")).split(", ")
    out = [view for view in rides.on_day(session, row.day) if view.ride.code in numbers]
    wrong = f"{HOME}{out[0].ride.code}" if out else "name"
    return page(
        request,
        "dispatcher/fleet/shift_check.html",
        status_code=200 if error is None else 409,
        errors={} if error is None else {wrong: say(request, error)},
        duty=queries.duty(session, row),
        new=effect.roster[row.id or 0],
        driver=None if one(data, "out") else keeping.driver(session, typed.number(data, "driver", row.driver_id)),
        effect=effect,
        duties=duties_of(session, [effect]),
        again=again,
        asks_for_name=error is not None and error.code.startswith("contract."),
        out=out,
        ways=stranded.WAYS,
        values={name: one(data, name) for name in (*FIELDS, "name", "why")},
    )
