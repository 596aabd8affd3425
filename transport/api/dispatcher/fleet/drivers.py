"""Doors: the drivers, what each has learnt and until when, when they are away."""

from datetime import date, datetime, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from transport.accounts import pins
from transport.api.deps import Me, Now, Plugged, Reading
from transport.api.dispatcher.fleet import passes, typed
from transport.api.forms import Fields, FormData, one
from transport.api.render import errors_of, page, see_other
from transport.bootstrap import Services
from transport.kernel.actor import Actor
from transport.kernel.clock import local_day
from transport.kernel.db import reading, writing
from transport.kernel.errors import Conflict, Invalid, NotFound, ServiceError
from transport.routing.fleet import availability, keeping, logins, queries
from transport.routing.fleet.keeping import AwayKind, Driver, DriverAbsence, Qualification, QualificationKind

router = APIRouter()
FAR = timedelta(days=400)


@router.get("/disp/ridici", name="fleet:drivers")
def drivers_page(request: Request, session: Reading, now: Now, hotovo: str = "") -> Response:
    """All drivers: what they have learnt, what ends soon, who is away."""
    today = local_day(now)
    drivers = keeping.drivers(session)
    learnt = keeping.qualifications(session)
    away = availability.absences(session, {driver.id or 0 for driver in drivers}, today, today + FAR)
    return page(
        request,
        "dispatcher/fleet/drivers.html",
        drivers=drivers,
        learnt=learnt,
        ending=_ending(drivers, learnt, today),
        away={absence.driver_id: absence for absence in reversed(away)},
        today=today,
        done=hotovo,
    )


@router.get("/disp/ridici.csv", name="fleet:drivers.csv")
def as_csv(session: Reading) -> Response:
    """The drivers with a line for each qualification."""
    learnt = keeping.qualifications(session)
    rows: list[tuple[object, ...]] = [("id", "driver", "phone", "active", "qualification", "until")]
    for driver in keeping.drivers(session):
        mine = [(each.kind.value, each.valid_until or "") for each in learnt.get(driver.id or 0, [])]
        rows += [(driver.id, driver.name, driver.phone, driver.active, *each) for each in mine or [("", "")]]
    return typed.as_csv("drivers", rows)


@router.get("/disp/ridici/novy", name="fleet:driver.new")
def new_driver(request: Request, session: Reading) -> Response:
    """The form for a driver nobody has entered yet."""
    return _form(request, session, None, {})


@router.post("/disp/ridici/novy", name="fleet:driver.entered")
def enter_driver(request: Request, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """Enter a driver."""
    return _save(request, None, me, now, services, data)


@router.get("/disp/ridici/{driver_id}", name="fleet:driver")
def driver_page(request: Request, driver_id: int, session: Reading, now: Now, hotovo: str = "") -> Response:
    """One driver: telephone, qualifications, absences, the next shifts."""
    return _page(request, session, keeping.driver(session, driver_id), now, done=hotovo)


@router.get("/disp/ridici/{driver_id}/zmenit", name="fleet:driver.change")
def change_driver(request: Request, driver_id: int, session: Reading) -> Response:
    """The form of a driver."""
    return _form(request, session, keeping.driver(session, driver_id), {})


@router.post("/disp/ridici/{driver_id}/zmenit", name="fleet:driver.changed")
def changed_driver(request: Request, driver_id: int, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """Change a driver."""
    return _save(request, driver_id, me, now, services, data)


@router.post("/disp/ridici/{driver_id}/pouzivat", name="fleet:driver.used")
def use(driver_id: int, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """The driver has left, or is back."""
    active = one(data, "active") == "yes"
    with writing(services.database) as session:
        keeping.use_driver(session, keeping.driver(session, driver_id), active=active, by=me, now=now)
    return see_other(f"/disp/ridici/{driver_id}?hotovo={'zpet' if active else 'skoncil'}")


@router.post("/disp/ridici/{driver_id}/pin", name="fleet:driver.pin")
def give_pin(request: Request, driver_id: int, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """A new PIN, for a driver who forgot it or had none; the telephone that was logged in with the old one is out."""
    try:
        return passes.give(driver_id, me, now, services, data)
    except Invalid as error:
        with reading(services.database) as session:
            return _page(request, session, keeping.driver(session, driver_id), now, data=data, error=error)


@router.post("/disp/ridici/{driver_id}/kvalifikace", name="fleet:driver.qualified")
def qualify(request: Request, driver_id: int, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """What the driver can prove, and until when; or that the entry was wrong."""
    try:
        with writing(services.database) as session:
            driver, kind = keeping.driver(session, driver_id), one(data, "kind")
            if kind not in list(QualificationKind):
                raise Invalid("qualification.missing", field="kind")  # noqa: TRY301 - the form is below
            if one(data, "gone"):
                keeping.unqualify(session, driver, QualificationKind(kind), by=me, now=now)
            else:
                until = typed.day_or_none(data, "until", now)
                keeping.qualify(session, driver, QualificationKind(kind), valid_until=until, by=me, now=now)
    except Invalid as error:
        with reading(services.database) as session:
            return _page(request, session, keeping.driver(session, driver_id), now, data=data, error=error)
    return see_other(f"/disp/ridici/{driver_id}?hotovo=kvalifikace")


@router.post("/disp/ridici/{driver_id}/nepritomnost", name="fleet:driver.away")
def away(request: Request, driver_id: int, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """The driver is away from–until; nobody is asked why beyond the kind."""
    try:
        with writing(services.database) as session:
            if one(data, "away") not in list(AwayKind):
                raise Invalid("away.kind_missing", field="away")  # noqa: TRY301 - the form is below
            first = typed.day(data, "first", now)
            last = typed.day_or_none(data, "last", now) or first
            driver = keeping.driver(session, driver_id)
            keeping.be_away(session, driver, first=first, last=last, kind=AwayKind(one(data, "away")), by=me, now=now)
    except (Invalid, Conflict) as error:
        with reading(services.database) as session:
            return _page(request, session, keeping.driver(session, driver_id), now, data=data, error=error)
    return see_other(f"/disp/ridici/{driver_id}?hotovo=nepritomnost")


@router.post("/disp/ridici/{driver_id}/nepritomnost/{absence_id}/zrusit", name="fleet:driver.not_away")
def not_away(driver_id: int, absence_id: int, me: Me, now: Now, services: Plugged) -> Response:
    """The driver is there after all."""
    with writing(services.database) as session:
        absence = session.get(DriverAbsence, absence_id)
        if absence is None or absence.driver_id != driver_id:
            raise NotFound("driver.unknown")
        keeping.not_away(session, absence, by=me, now=now)
    return see_other(f"/disp/ridici/{driver_id}?hotovo=zruseno")


def _ending(
    drivers: list[Driver], learnt: dict[int, list[Qualification]], today: date
) -> list[tuple[Driver, Qualification, int]]:
    """Qualifications of those who drive that are over or end soon, the most urgent first; with the days left."""
    found = [
        (driver, each, (each.valid_until - today).days)
        for driver in drivers
        if driver.active
        for each in learnt.get(driver.id or 0, [])
        if each.valid_until is not None and (each.valid_until - today).days <= max(availability.WARNED)
    ]
    return sorted(found, key=lambda line: (line[2], line[0].name))


def _page(
    request: Request,
    session: Session,
    driver: Driver,
    now: datetime,
    *,
    data: Fields | None = None,
    error: ServiceError | None = None,
    done: str = "",
) -> Response:
    today = local_day(now)
    learnt = keeping.qualifications(session)
    coming = [shift for shift in keeping.to_come(session, now) if shift.driver_id == driver.id]
    user = logins.user_of(session, driver)
    kept, made = None if user is None else pins.of(session, user), passes.made(request, driver.id)
    shown = page(
        request,
        "dispatcher/fleet/driver.html",
        status_code=200 if error is None else 422 if isinstance(error, Invalid) else 409,
        errors={} if error is None else errors_of(request, error, "first"),
        driver=driver,
        provider=next(each for each in keeping.providers(session) if each.id == driver.provider_id),
        learnt=learnt.get(driver.id or 0, []),
        ending={each.kind: days for _, each, days in _ending([driver], learnt, today)},
        kinds=[each.value for each in QualificationKind],
        away=availability.absences(session, {driver.id or 0}, today, today + FAR),
        away_kinds=[each.value for each in AwayKind],
        coming=[queries.duty(session, shift) for shift in coming[:10]],
        today=today,
        pin_set_at=None if kept is None else kept.set_at,
        pin_rests_until=None if user is None else pins.rests_until(session, user, now=now),
        pin_made=made,
        values={name: one(data or {}, name) for name in ("kind", "until", "first", "last", "away", "wished")},
        done=done,
    )
    if made:
        shown.delete_cookie(passes.MADE)
    return shown


def _save(
    request: Request, driver_id: int | None, me: Actor, now: datetime, services: Services, data: Fields
) -> Response:
    try:
        with writing(services.database) as session:
            row = keeping.save_driver(
                session,
                None if driver_id is None else keeping.driver(session, driver_id),
                name=one(data, "name")[:120],
                phone=one(data, "phone"),
                provider_id=typed.number(data, "provider", 0),
                by=me,
                now=now,
            )
            saved = row.id
    except Invalid as error:
        with reading(services.database) as session:
            driver = None if driver_id is None else keeping.driver(session, driver_id)
            return _form(request, session, driver, data, error)
    return see_other(f"/disp/ridici/{saved}?hotovo=ulozeno")


def _form(
    request: Request, session: Session, driver: Driver | None, data: Fields, error: ServiceError | None = None
) -> Response:
    known = {} if driver is None else {"name": driver.name, "phone": driver.phone, "provider": str(driver.provider_id)}
    return page(
        request,
        "dispatcher/fleet/driver_form.html",
        status_code=200 if error is None else 422,
        errors={} if error is None else errors_of(request, error, "name"),
        driver=driver,
        providers=keeping.providers(session),
        values={name: one(data, name) if data else known.get(name, "") for name in ("name", "phone", "provider")},
    )
