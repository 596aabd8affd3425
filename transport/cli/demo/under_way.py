"""The demo's present day: ordered yesterday, published, and under way as far as the clock has come.

Drivers with a telephone report by it; the others say it over the radio. One vehicle is late, and its driver says so.
By night, when nobody is driven, nothing of it is made.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from uuid import NAMESPACE_URL, uuid5

from sqlmodel import Session, col, select

from transport.accounts import users
from transport.accounts.models import User
from transport.booking.clients import queries as client_queries
from transport.bootstrap import Services
from transport.cli.demo import orders
from transport.cli.demo.orders import Asked
from transport.cli.demo.people import PINS, People
from transport.jobs import watch_progress
from transport.kernel.actor import SYSTEM, Actor
from transport.kernel.clock import at, local_day, parse_wall
from transport.kernel.db import reading, writing
from transport.operations.dispatch import plans
from transport.operations.driving import execution, passes, positions, reporting
from transport.operations.driving.models import ReportKind
from transport.operations.driving.said import Said
from transport.operations.driving.trackers import Fix
from transport.routing.fleet import fleet, logins
from transport.routing.fleet.models import Driver, Shift, Vehicle
from transport.routing.geo import versions
from transport.routing.geo.models import Place
from transport.routing.planning import day as days
from transport.routing.planning.models import Run, Stop, StopKind, VisitAction
from transport.routing.planning.wishes import Anchor

BEFORE, AFTER, EVERY = timedelta(minutes=100), timedelta(minutes=170), timedelta(minutes=18)
"""Somebody wants to leave so often, from so long before now until so long after."""
MARGIN = 60 * 60
"""Seconds after the first and before the last hour of service in which nobody rides."""
LATE, FEW = timedelta(minutes=24), timedelta(minutes=1)
"""How far the late vehicle is behind its plan, and the others."""
ODOMETER = 61_200
"""Kilometres on each vehicle in the morning."""
KINDS = {VisitAction.ARRIVED: ReportKind.ARRIVED, VisitAction.DONE: ReportKind.DONE}


@dataclass(frozen=True, slots=True)
class _Step:
    """What happens at a door, and when."""

    at: datetime
    shift: int
    promise: int
    stop: StopKind
    action: VisitAction
    place: int


def live(services: Services, people: People, today: date, random: Random, now: datetime) -> None:
    """Order, publish and drive the day until now; say where vehicles are and when they will be where."""
    eve = today - timedelta(days=1)
    ordered, published = at(eve, parse_wall(eve, "13:00")), at(eve, parse_wall(eve, "16:00"))
    hours = services.policies.on(today).booking
    first = max(now - BEFORE, at(today, parse_wall(today, f"{hours.opens:%H:%M}") + MARGIN))
    last = min(now + AFTER, at(today, parse_wall(today, f"{hours.closes:%H:%M}") - MARGIN))
    if first >= last:
        return
    clerk = users.actor(people.logins["dana"])
    with writing(services.database) as session:
        days.open_day(session, today, versions.current(session), now=ordered, by=SYSTEM)
    with reading(services.database) as session:
        asked = _invent(session, people, today, first, last, random)
    for each in asked:
        orders.booked(services, each, clerk, ordered)
    with writing(services.database) as session:
        plans.publish(session, today, by=clerk, now=published)
    with reading(services.database) as session:
        drivers = _drivers(session, people, today)
        if not drivers:  # late in the evening nobody may have got a place
            return
        late = _late(people, drivers)
        steps = _steps(session, today, late, now)
        starts = {shift: at(today, session.get_one(Shift, shift).starts) for shift in drivers}
    for shift, user in drivers.items():
        if user is not None and starts[shift] < now:
            _say(services, user, shift, starts[shift], ReportKind.BEGUN, facts={"odometer": ODOMETER})
    for step in steps:
        _happens(services, clerk, drivers[step.shift], step)
    marta = drivers[late]
    if marta is not None and any(step.shift == late for step in steps):
        facts = {"problem": "late", "minutes": 20, "note": "Zácpa na Klatovské."}
        _say(services, marta, late, now, ReportKind.PROBLEM, facts=facts)
    with writing(services.database) as session:
        for shift, user in drivers.items():
            if user is not None:
                _whereabouts(session, clerk, shift, [step.place for step in steps if step.shift == shift], now)
    watch_progress(services, now)


def codes(services: Services, now: datetime) -> list[str]:
    """What each driver types to come to the shift that is under way or next."""
    said, today = [], local_day(now)
    with reading(services.database) as session:
        shifts = fleet.on_duty(session, today, today + timedelta(days=1))
        for login, pin in PINS.items():
            driver = logins.driver_of(session, users.named(session, login).id or 0)
            for shift in sorted(shifts, key=lambda each: (each.day, each.starts)):
                mine = driver is not None and shift.driver_id == driver.id
                its = passes.of(shift, key=services.key, policies=services.policies)
                if mine and its.opens_at <= now < at(shift.day, shift.ends):
                    said.append(f"{login}: code {its.code}, PIN {pin}")
                    break
    return said


def _invent(
    session: Session, people: People, today: date, first: datetime, last: datetime, random: Random
) -> list[Asked]:
    """One order after the other, every third there and back."""
    places = session.exec(
        select(Place).where(col(Place.in_city), Place.category != "street").order_by(col(Place.id))
    ).all()
    strangers = sorted(set(people.clients) - set(people.known.values()))
    clients = random.sample(strangers, int((last - first) / EVERY) + 1)
    asked = []
    for number, client in enumerate(clients):
        home = client_queries.places(session, client)[0].place_id
        leaves = int((first + number * EVERY - at(today, 0)).total_seconds()) // 300 * 300
        said: dict[str, object] = {
            "origin": home,
            "destination": random.choice(places).id,
            "day": today.isoformat(),
            "anchor": Anchor.LEAVE_AT.value,
            "seconds": leaves,
        }
        if number % 3 == 0:
            said["return_seconds"] = leaves + 90 * 60
        asked.append(Asked(client, said))
    return asked


def _drivers(session: Session, people: People, today: date) -> dict[int, User | None]:
    """The log-in of whoever drives each shift that has stops; None: they have no telephone of ours."""
    logins: dict[int | None, User] = {user.id: user for user in people.logins.values()}
    rows = session.exec(
        select(Run.shift_id, Driver.user_id)
        .join(Shift, col(Shift.id) == Run.shift_id)
        .join(Driver, col(Driver.id) == Shift.driver_id)
        .where(Run.day == today, col(Run.id).in_(select(Stop.run_id)))
        .order_by(col(Run.id))
    ).all()
    return {shift: logins.get(user) for shift, user in rows}


def _late(people: People, drivers: dict[int, User | None]) -> int:
    """Which shift is late: Marta's if she drives, else the last one."""
    martas = [shift for shift, user in drivers.items() if user is not None and user.id == people.logins["marta"].id]
    return [*drivers, *martas][-1]


def _steps(session: Session, today: date, late: int, now: datetime) -> list[_Step]:
    """What has happened at doors by now, in its order."""
    rows = session.exec(
        select(Stop, Run.shift_id)
        .join(Run, col(Run.id) == Stop.run_id)
        .where(Run.day == today, col(Stop.promise_id).is_not(None))
        .order_by(col(Run.id), col(Stop.seq))
    ).all()
    steps = []
    for stop, shift in rows:
        behind = LATE if shift == late else FEW
        for action, second in ((VisitAction.ARRIVED, stop.start), (VisitAction.DONE, stop.departure)):
            instant = at(today, second) + behind
            if instant < now:
                steps.append(_Step(instant, shift, stop.promise_id or 0, stop.kind, action, stop.place_id))
    return sorted(steps, key=lambda step: step.at)


def _happens(services: Services, clerk: Actor, driver: User | None, step: _Step) -> None:
    if driver is not None:
        _say(services, driver, step.shift, step.at, KINDS[step.action], step)
        return
    with writing(services.database) as session:
        execution.report(session, step.promise, step.stop, step.action, world=services.world, by=clerk, now=step.at)


def _say(
    services: Services,
    driver: User,
    shift: int,
    now: datetime,
    kind: ReportKind,
    step: _Step | None = None,
    facts: dict[str, object] | None = None,
) -> None:
    """A report of the driver's telephone, whose clock is right."""
    said = Said(
        key=str(uuid5(NAMESPACE_URL, f"demo {shift} {kind} {step} {now}")),
        device=str(uuid5(NAMESPACE_URL, f"demo {driver.login}")),
        seq=int(now.timestamp()),
        shift=shift,
        kind=kind,
        promise=step.promise if step else None,
        stop=step.stop if step else None,
        at=now,
        sent_at=now,
        facts=facts or {},
    )
    with writing(services.database) as session:
        reporting.receive(session, said, world=services.world, by=users.actor(driver), now=now)


def _whereabouts(session: Session, clerk: Actor, shift_id: int, places: list[int], now: datetime) -> None:
    """The vehicle has a tracker, which has told where the last stop was."""
    shift = session.get_one(Shift, shift_id)
    token = positions.make_device(session, session.get_one(Vehicle, shift.vehicle_id), by=clerk, now=now)
    device = positions.device(session, token)
    followed = None if device is None else positions.followed(session, device, now=now)
    if followed is not None and places:
        place = session.get_one(Place, places[-1])
        fix = Fix(lat=place.lat, lon=place.lon, at=now, accuracy=12, speed=0)
        positions.keep(session, followed, fix, now=now)
