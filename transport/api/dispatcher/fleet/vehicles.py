"""Doors: the vehicles, what each can carry, new ones and those that are retired."""

from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from transport.api.deps import Me, Now, Plugged, Reading
from transport.api.dispatcher.fleet import trackers, typed
from transport.api.forms import Fields, FormData, one, several
from transport.api.render import errors_of, page, see_other
from transport.bootstrap import Services
from transport.kernel.actor import Actor
from transport.kernel.db import reading, writing
from transport.kernel.errors import Conflict, Invalid, NotFound, ServiceError
from transport.operations.dispatch import roster
from transport.routing.fleet import availability, fleet, keeping, queries
from transport.routing.fleet.keeping import Arranged, Described, Vehicle, VehicleClass

router = APIRouter()
SPARE = 1
"""So many empty lines for layouts stand under those there are."""


@router.get("/disp/vozy", name="fleet:vehicles")
def vehicles_page(request: Request, session: Reading, now: Now, hotovo: str = "") -> Response:
    """All vehicles: what each can carry, where it stands, whether it can be used."""
    vehicles = keeping.vehicles(session)
    return page(
        request,
        "dispatcher/fleet/vehicles.html",
        vehicles=vehicles,
        layouts=queries.layouts_of(session, vehicles),
        depots={depot.id: (depot, provider) for depot, provider in keeping.depots(session)},
        outs={out.vehicle_id: out for out in reversed(_outs(session, vehicles, now))},
        now=now,
        done=hotovo,
    )


@router.get("/disp/vozy.csv", name="fleet:vehicles.csv")
def as_csv(session: Reading) -> Response:
    """The vehicles with a line for each layout."""
    vehicles = keeping.vehicles(session)
    layouts = queries.layouts_of(session, vehicles)
    rows: list[tuple[object, ...]] = [
        ("vehicle", "kind", "class", "features", "active", "layout", "seats", "wheelchairs", "chair_kg")
    ]
    rows += [
        (v.code, v.kind, v.vehicle_class.value, v.features, v.active, x.name, x.seats, x.wheelchairs, x.max_chair_mass)
        for v in vehicles
        for x in layouts[v.id or 0]
    ]
    return typed.as_csv("vehicles", rows)


@router.get("/disp/vozy/novy", name="fleet:vehicle.new")
def new_vehicle(request: Request, session: Reading) -> Response:
    """The form for a vehicle nobody has entered yet."""
    return _form(request, session, None, {})


@router.post("/disp/vozy/novy", name="fleet:vehicle.entered")
def enter_vehicle(request: Request, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """Enter a vehicle with its layouts."""
    return _save(request, None, me, now, services, data)


@router.get("/disp/vozy/{code}", name="fleet:vehicle")
def vehicle_page(
    request: Request, code: str, session: Reading, services: Plugged, now: Now, hotovo: str = ""
) -> Response:
    """One vehicle: what it carries, when it is out of service, its next shifts."""
    vehicle = keeping.vehicle(session, code)
    coming = [shift for shift in keeping.to_come(session, now) if shift.vehicle_id == vehicle.id]
    return page(
        request,
        "dispatcher/fleet/vehicle.html",
        vehicle=vehicle,
        layouts=fleet.layouts(session, {vehicle.id or 0})[vehicle.id or 0],
        depots={depot.id: (depot, provider) for depot, provider in keeping.depots(session)},
        outs=_outs(session, [vehicle], now),
        needed=sorted(kind.value for kind in availability.needed(vehicle)),
        coming=[queries.duty(session, shift) for shift in coming[:7]],
        now=now,
        done=hotovo,
        **trackers.shown(request, session, services, vehicle, now),
    )


@router.get("/disp/vozy/{code}/zmenit", name="fleet:vehicle.change")
def change_vehicle(request: Request, code: str, session: Reading) -> Response:
    """The form of a vehicle."""
    return _form(request, session, keeping.vehicle(session, code), {})


@router.post("/disp/vozy/{code}/zmenit", name="fleet:vehicle.changed")
def changed_vehicle(request: Request, code: str, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """Change a vehicle, unless a promise needs what is taken away."""
    return _save(request, code, me, now, services, data)


@router.post("/disp/vozy/{code}/pouzivat", name="fleet:vehicle.used")
def use(request: Request, code: str, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """Retire a vehicle, or use it again."""
    active = one(data, "active") == "yes"
    with writing(services.database) as session:
        keeping.use_vehicle(session, keeping.vehicle(session, code), active=active, by=me, now=now)
    return see_other(f"{request.url.path.removesuffix('/pouzivat')}?hotovo={'pouziva' if active else 'vyrazen'}")


def _outs(session: Session, vehicles: list[Vehicle], now: datetime) -> list[availability.OutOfService]:
    return availability.outs(session, {vehicle.id or 0 for vehicle in vehicles}, now, feature=None)


def _save(request: Request, code: str | None, me: Actor, now: datetime, services: Services, data: Fields) -> Response:
    try:
        with writing(services.database) as session:
            known = None if code is None else keeping.vehicle(session, code)
            row = keeping.save_vehicle(session, known, _described(data), _arranged(data), by=me, now=now)
            if known is not None:
                driven = {shift.day for shift in keeping.to_come(session, now) if shift.vehicle_id == row.id}
                roster.require_promises_hold(session, driven, world=services.world, now=now)
            saved = row.code
    except (Invalid, Conflict) as error:
        with reading(services.database) as session:
            return _form(request, session, None if code is None else keeping.vehicle(session, code), data, error)
    return see_other(request.url_for("fleet:vehicle", code=saved).path + "?hotovo=ulozeno")


def _form(
    request: Request, session: Session, vehicle: Vehicle | None, data: Fields, error: ServiceError | None = None
) -> Response:
    rows = [] if vehicle is None else fleet.layouts(session, {vehicle.id or 0})[vehicle.id or 0]
    lines = [
        {
            name: one(data, f"{name}_{at}") if data else str(getattr(rows[at], known)) if at < len(rows) else ""
            for name, known in (
                ("id", "id"),
                ("name", "name"),
                ("seats", "seats"),
                ("chairs", "wheelchairs"),
                ("kg", "max_chair_mass"),
            )
        }
        for at in range(len(rows) + SPARE + (vehicle is None))
    ]
    return page(
        request,
        "dispatcher/fleet/vehicle_form.html",
        status_code=200 if error is None else 422 if isinstance(error, Invalid) else 409,
        errors={} if error is None else errors_of(request, error, "code"),
        vehicle=vehicle,
        depots=keeping.depots(session),
        words=keeping.FEATURES,
        classes=[each.value for each in VehicleClass],
        lines=lines,
        values=_said(data) if data else _known(vehicle),
    )


def _said(data: Fields) -> dict[str, object]:
    names = ("code", "kind", "depot", "class", "low_emission")
    return {**{name: one(data, name) for name in names}, "features": several(data, "features")}


def _known(vehicle: Vehicle | None) -> dict[str, object]:
    if vehicle is None:
        return {"code": "", "kind": "", "depot": "", "class": "car", "low_emission": "", "features": []}
    return {
        "code": vehicle.code,
        "kind": vehicle.kind,
        "depot": str(vehicle.depot_id),
        "class": vehicle.vehicle_class.value,
        "low_emission": "yes" if vehicle.low_emission else "",
        "features": vehicle.features.split(),
    }


def _described(data: Fields) -> Described:
    if one(data, "class") not in list(VehicleClass):
        raise Invalid("vehicle.class_missing", field="class")
    return Described(
        code=one(data, "code"),
        kind=one(data, "kind")[:60],
        depot_id=typed.number(data, "depot", 0),
        vehicle_class=VehicleClass(one(data, "class")),
        features=frozenset(several(data, "features")),
        low_emission=one(data, "low_emission") == "yes",
    )


def _arranged(data: Fields) -> list[Arranged]:
    """The lines of layouts that say anything; one that was there stays, as runs name it."""
    found = []
    for at in range(20):
        known = one(data, f"id_{at}")
        if not known and not any(one(data, f"{name}_{at}") for name in ("name", "seats", "chairs", "kg")):
            continue
        if known and not (known.isascii() and known.isdecimal()):
            raise NotFound("vehicle")
        found.append(
            Arranged(
                int(known) if known else None,
                one(data, f"name_{at}")[:40],
                *(typed.number(data, f"{name}_{at}", 0) for name in ("seats", "chairs", "kg")),
            )
        )
    return found
