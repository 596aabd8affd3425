"""Doors: the roster of two weeks, what is missing in it, a new shift, lists in and out."""

from datetime import date, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from transport.api.deps import Me, Now, Plugged, Reading
from transport.api.dispatcher.fleet import shift, typed
from transport.api.forms import Fields, FormData, one
from transport.api.render import errors_of, page, say, see_other
from transport.booking.contracts.ledger import Override
from transport.kernel.clock import local_day
from transport.kernel.db import reading, writing
from transport.kernel.errors import Conflict, Exhausted, Invalid, NotFound, ServiceError
from transport.operations.dispatch import weeks
from transport.routing.fleet import availability, fleet, keeping, queries
from transport.routing.fleet.queries import Shift

router = APIRouter()
DAYS = 14
FIELDS = ("day", "vehicle", "driver", "starts", "ends", "crew")


@router.get("/disp/smeny", name="fleet:shifts")
def shifts_page(
    request: Request, session: Reading, now: Now, services: Plugged, od: str = "", hotovo: str = "", pocet: str = ""
) -> Response:
    """Two weeks: each vehicle with its shifts, and what is missing or wrong in words."""
    first = weeks.monday(typed.asked_day(od, local_day(now)))
    grid = queries.grid(session, first, DAYS)
    missing = {
        day: fleet.short_by(session, day, services.policies.on(day), services.world.calendar) for day in grid.days
    }
    return page(
        request,
        "dispatcher/fleet/shifts.html",
        first=first,
        today=local_day(now),
        before=first - timedelta(days=DAYS),
        after=first + timedelta(days=DAYS),
        next_week=first + weeks.WEEK,
        grid=grid,
        missing=missing,
        wanted=services.policies.on(first).fleet,
        done=hotovo,
        count=int(pocet) if pocet.isdecimal() and len(pocet) < 6 else 0,
    )


@router.get("/disp/smeny.csv", name="fleet:shifts.csv")
def as_csv(session: Reading, now: Now, od: str = "") -> Response:
    """The shifts of the two weeks as a list that can be brought back."""
    first = weeks.monday(typed.asked_day(od, local_day(now)))
    shifts = fleet.on_duty(session, first, first + timedelta(days=DAYS - 1))
    vehicles = {vehicle.id or 0: vehicle for vehicle in keeping.vehicles(session)}
    drivers = {driver.id or 0: driver for driver in keeping.drivers(session)}
    return typed.as_csv(f"shifts-{first}", weeks.rows(shifts, vehicles, drivers))


@router.get("/disp/smeny/nova", name="fleet:shift.new")
def new_shift(request: Request, session: Reading, now: Now, den: str = "", vuz: str = "") -> Response:
    """The form for a shift."""
    day = typed.asked_day(den, local_day(now))
    return _form(request, session, {"day": typed.shown_day(day), "vehicle": vuz}, day)


@router.post("/disp/smeny/nova", name="fleet:shift.opened")
def open_shift(request: Request, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """Put a vehicle and a driver on duty; what is to be known of it is said first."""
    day = local_day(now)
    try:
        day = typed.day(data, "day", now)
        with reading(services.database) as session:
            wanted = _wanted(session, data, day)
            cautions = availability.cautions(session, [wanted])[0]
            if cautions and one(data, "seen") != ",".join(each.word for each in cautions):
                weeks.require_open(session, day, now)
                fleet.require_possible(session, wanted)
                return _form(request, session, data, day, cautions=cautions)
        with writing(services.database) as session:
            weeks.open_shift(
                session,
                day=day,
                vehicle=session.get_one(keeping.Vehicle, wanted.vehicle_id),
                driver=session.get_one(keeping.Driver, wanted.driver_id),
                starts=wanted.starts,
                ends=wanted.ends,
                crew=wanted.crew,
                by=me,
                now=now,
                override=Override(one(data, "name"), one(data, "why")) if "name" in data else None,
            )
    except (Invalid, Conflict, NotFound, Exhausted) as error:
        with reading(services.database) as session:
            return _form(request, session, data, day, error=error)
    return see_other(f"/disp/smeny?od={weeks.monday(day)}&hotovo=otevrena")


def _wanted(session: Session, data: Fields, day: date) -> Shift:
    vehicle = keeping.vehicle(session, one(data, "vehicle"))
    driver = keeping.driver(session, typed.number(data, "driver"))
    starts, ends = (typed.second(data, name, day) for name in ("starts", "ends"))
    crew = typed.number(data, "crew", 1)
    return Shift(day=day, vehicle_id=vehicle.id or 0, driver_id=driver.id or 0, starts=starts, ends=ends, crew=crew)


def _form(
    request: Request,
    session: Session,
    data: Fields,
    day: date,
    *,
    error: ServiceError | None = None,
    cautions: list[availability.Caution] | None = None,
) -> Response:
    return page(
        request,
        "dispatcher/fleet/shift_new.html",
        status_code=200 if error is None and not cautions else 409 if isinstance(error, Conflict | Exhausted) else 422,
        errors={} if error is None else errors_of(request, error, "vehicle"),
        refusal="" if error is None else say(request, error),
        asks_for_name=error is not None and error.code.startswith("contract."),
        vehicles=[vehicle for vehicle in keeping.vehicles(session) if vehicle.active],
        drivers=shift.free_drivers(session, day),
        crews=shift.CREWS,
        cautions=cautions or [],
        seen=",".join(each.word for each in cautions or []),
        day=day,
        values={**{name: one(data, name) for name in (*FIELDS, "name", "why")}, "crew": one(data, "crew") or "1"},
    )
