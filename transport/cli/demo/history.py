"""The demo's yesterday: ordered the day before, driven to its end, one report of a driver after the other.

One client is not there, one calls off too late, one calls for the way home, one vehicle is late.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from sqlmodel import Session, col, select

from transport.accounts import users
from transport.booking.clients import queries as client_queries
from transport.booking.rides import returns, rides
from transport.booking.rides.models import Ride
from transport.bootstrap import Services
from transport.cli.demo import circle, orders
from transport.cli.demo.orders import Asked, Tally
from transport.cli.demo.people import People
from transport.kernel.actor import SYSTEM, Actor
from transport.kernel.clock import at, parse_wall
from transport.kernel.db import reading, writing
from transport.operations.dispatch import closing, plans
from transport.operations.driving import execution
from transport.operations.quality import feedback
from transport.operations.quality.letters import AnswerBy, Grievance, Opinion, Rating
from transport.routing.fleet.models import Driver, Shift
from transport.routing.geo import versions
from transport.routing.planning import day as days
from transport.routing.planning.models import Promise, Run, Stop, StopKind, Visit, VisitAction

ORDERS = 16
LATE = 9 * 60
"""Seconds by which one vehicle is behind its plan all day."""

ANNA, ABSENT, TOO_LATE = "Anna Veselá", "Šimon Havel", "Ludmila Horská"


@dataclass(slots=True)
class _Day:
    """The day as it goes: whose rides are not like the others, and how far behind each shift is.

    `leaves`: when the driver gives up waiting for the one who is not there.
    """

    day: date
    calls: int
    absent: int
    too_late: int
    behind: dict[int, int] = field(default_factory=dict)
    leaves: datetime | None = None


def live(services: Services, people: People, day: date, random: Random) -> None:
    """Order, publish, drive and close the day; then two letters about it."""
    clerk = users.actor(people.logins["dana"])
    eve = day - timedelta(days=1)
    ordered, published = at(eve, parse_wall(eve, "13:00")), at(eve, parse_wall(eve, "16:00"))
    with writing(services.database) as session:
        days.open_day(session, day, versions.current(session), now=ordered, by=SYSTEM)
    here = _order(services, people, day, random, ordered)
    with writing(services.database) as session:
        plans.publish(session, day, by=clerk, now=published)
    _drive(services, people, here, random, clerk)
    with writing(services.database) as session:
        closing.close(session, day, world=services.world, by=clerk, now=at(day, parse_wall(day, "22:45")))
        _letters(services, session, people, here, at(day, parse_wall(day, "23:00")))


def _order(services: Services, people: People, day: date, random: Random, now: datetime) -> _Day:
    clerk, tally = users.actor(people.logins["dana"]), Tally()
    cyril, vera = users.actor(people.logins["cyril"]), users.actor(people.logins["vera"])
    with reading(services.database) as session:
        homes = {name: client_queries.places(session, key)[0].place_id for name, key in people.known.items()}
        clinic, club, friends = (circle.place(session, key) for key in ("fn-lochotin", "totem", "dps-partyzanska"))
        others = [
            each for each in orders.invent(session, people, day, ORDERS, random) if each.client_id != people.known[ANNA]
        ]
    called = orders.words(day, homes[ANNA], clinic, "9:30", "11:30", will_call=True, companions=["seat"])
    alone = orders.words(day, homes[ABSENT], club, "10:00")
    visit = orders.words(day, homes[TOO_LATE], friends, "15:00")
    wanted = ((ANNA, called, cyril), (ABSENT, alone, vera), (TOO_LATE, visit, vera))
    made = {name: orders.booked(services, Asked(people.known[name], said, by), clerk, now) for name, said, by in wanted}
    for each in others:
        orders.arrive_one(services, each, clerk, now, tally)
    return _Day(day, calls=made[ANNA][-1], absent=made[ABSENT][0], too_late=made[TOO_LATE][0])


def _drive(services: Services, people: People, here: _Day, random: Random, clerk: Actor) -> None:
    """Whatever comes next in time happens next: a word of a client, or a driver's report."""
    with reading(services.database) as session:
        shifts = list(session.exec(select(Run.shift_id).where(Run.day == here.day).order_by(col(Run.id))))
        punctual = _shift(session, here.absent)
        here.behind = {shift: random.randrange(0, 4) * 60 for shift in shifts}
        here.behind[next(shift for shift in shifts if shift != punctual)] = LATE
        here.behind[punctual] = 0
        said = _said(services, session, people, here)
    while True:
        with writing(services.database) as session:
            report = _next(session, here)
            if said and (report is None or said[0][0] <= report.at):
                instant, speak = said.pop(0)
                speak(session, instant)
            elif report is not None:
                _report(services, session, people, here, report, clerk)
            else:
                return


Word = tuple[datetime, Callable[[Session, datetime], object]]


def _said(services: Services, session: Session, people: People, here: _Day) -> list[Word]:
    """What clients say that day, and when: `I am ready`, and `I do not ride`, an hour too late."""
    cyril, vera = users.actor(people.logins["cyril"]), users.actor(people.logins["vera"])
    back, visit = _window(session, here.calls), _window(session, here.too_late)

    def ready(session: Session, now: datetime) -> None:
        ride = session.get_one(Ride, here.calls)
        returns.call(session, ride, version=ride.version, world=services.world, by=cyril, now=now)

    def not_coming(session: Session, now: datetime) -> None:
        ride = session.get_one(Ride, here.too_late)
        rides.cancel(session, ride, version=ride.version, world=services.world, by=vera, now=now)

    return sorted(
        ((back + timedelta(minutes=5), ready), (visit - timedelta(hours=1), not_coming)), key=lambda word: word[0]
    )


@dataclass(frozen=True, slots=True)
class _Report:
    """What a driver reports next, and when."""

    at: datetime
    shift: int
    stop: Stop
    action: VisitAction


def _next(session: Session, here: _Day) -> _Report | None:
    """Of all vehicles the report that comes first; None when everybody is home."""
    stops = session.exec(
        select(Stop, Run.shift_id)
        .join(Run, col(Run.id) == Stop.run_id)
        .where(Run.day == here.day, col(Stop.promise_id).is_not(None))
        .order_by(col(Run.id), col(Stop.seq))
    ).all()
    seen = {(visit.promise_id, visit.kind, visit.action) for visit in session.exec(select(Visit))}
    vain = session.get_one(Ride, here.absent).promise_id
    found: dict[int, _Report] = {}
    for stop, shift in stops:
        if shift in found or (stop.promise_id, stop.kind, VisitAction.DONE) in seen:
            continue
        there = (stop.promise_id, stop.kind, VisitAction.ARRIVED) in seen
        instant = at(here.day, (stop.departure if there else stop.start) + here.behind.get(shift, 0))
        action = VisitAction.DONE if there else VisitAction.ARRIVED
        if there and stop.promise_id == vain:
            instant, action = here.leaves or instant, VisitAction.ABSENT
        found[shift] = _Report(instant, shift, stop, action)
    return min(found.values(), key=lambda report: (report.at, report.stop.id), default=None)


def _report(services: Services, session: Session, people: People, here: _Day, report: _Report, clerk: Actor) -> None:
    """The driver says it; of the one who is not there the dispatcher decides."""
    ride = rides.of_promise(session, report.stop.promise_id or 0)
    by = _driver(session, people, report.shift) or clerk
    kind, now, world = report.stop.kind, report.at, services.world
    nobody = report.action is VisitAction.ABSENT
    note = "zvonek nikdo nebere" if nobody else ""
    execution.report(session, ride.promise_id, kind, report.action, world=world, by=by, now=now, note=note)
    if nobody:
        here.behind[report.shift] += max(0, int((now - at(here.day, report.stop.departure)).total_seconds()))
        execution.no_show(session, ride, version=ride.version, world=world, by=clerk, now=now + timedelta(minutes=1))
    elif ride.id == here.absent:
        begins = max(now, _window(session, here.absent))
        here.leaves = begins + timedelta(minutes=services.policies.on(here.day).no_show.wait_minutes + 1)


def _driver(session: Session, people: People, shift_id: int) -> Actor | None:
    """Who drives the shift, if they have a log-in; the dispatcher writes down what the others say over the radio."""
    driver = session.get_one(Driver, session.get_one(Shift, shift_id).driver_id)
    return next((users.actor(user) for user in people.logins.values() if user.id == driver.user_id), None)


def _shift(session: Session, ride_id: int) -> int:
    promise = session.get_one(Ride, ride_id).promise_id
    mine = select(Run.shift_id).join(Stop, col(Stop.run_id) == Run.id).where(Stop.promise_id == promise)
    return session.exec(mine.where(Stop.kind == StopKind.PICKUP)).one()


def _window(session: Session, ride_id: int) -> datetime:
    """When the promised window begins."""
    ride = session.get_one(Ride, ride_id)
    return at(ride.day, session.get_one(Promise, ride.promise_id).window_start)


def _letters(services: Services, session: Session, people: People, here: _Day, now: datetime) -> None:
    anna, vera = users.actor(people.logins["anna"]), users.actor(people.logins["vera"])
    code = session.get_one(Ride, here.calls).code
    praise = Opinion(rating=Rating.GOOD, text="Pán řidič byl velmi ochotný a počkal u dveří.", ride=code)
    feedback.give(session, praise, key="demo-praise", sender="demo-anna", language="cs", by=anna, now=now)
    grievance = Grievance(
        text="Návštěvu maminky jsme odvolali, protože onemocněla. Prosím o vysvětlení, zda se za to něco platí.",
        happened="včera odpoledne",
        ride=session.get_one(Ride, here.too_late).code,
        answer_by=AnswerBy.EMAIL,
        contact="vera.horska@example.org",
        name="Věra Horská",
    )
    feedback.complain(
        session,
        grievance,
        key="demo-complaint",
        sender="demo-vera",
        language="cs",
        answer_within=timedelta(days=services.policies.service.complaint_days),
        by=vera,
        now=now,
    )
