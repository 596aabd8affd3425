"""What is made sure of the afternoon before a day: worked out where it can be, ticked by somebody where it cannot."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlmodel import Session, col, select

from transport.accounts import users
from transport.booking.clients import intake
from transport.booking.clients.models import ContactPreferences
from transport.booking.rides import queries
from transport.booking.rides.lifecycle import LIVE, Status
from transport.booking.rides.models import Ride
from transport.booking.rides.queries import RideView
from transport.kernel.actor import Actor
from transport.kernel.errors import Conflict, NotFound
from transport.operations.dispatch import exceptions, marks, unplaced
from transport.operations.dispatch.models import DayMark
from transport.routing import engine
from transport.routing.fleet import availability, fleet
from transport.routing.planning import day as days
from transport.routing.planning import publishing
from transport.routing.planning.day import World

LATELY = timedelta(days=60)
"""Who was not there so lately is called the day before."""


class CheckPoint(StrEnum):
    """The points of the checklist, in the order in which they are gone through."""

    UNPLACED = "unplaced"
    UNANSWERED = "unanswered"
    EXCEPTIONS = "exceptions"
    BREAKS = "breaks"
    FIRST_AND_LAST = "first_and_last"
    CALLS = "calls"
    VEHICLES = "vehicles"
    REGISTRATIONS = "registrations"
    PUBLISHED = "published"
    PRINTED = "printed"


BY_PERSON = frozenset({CheckPoint.FIRST_AND_LAST, CheckPoint.CALLS, CheckPoint.PRINTED})
"""Nobody but a person can say that these are done."""


@dataclass(frozen=True, slots=True)
class Point:
    """One point: how many things stand against it, and who has ticked it. `fine`: nothing is left to do."""

    check: CheckPoint
    count: int
    key: str
    mark: DayMark | None
    ticked_by: str

    @property
    def fine(self) -> bool:
        """Nothing is left to do: a person has said so, or there is nothing."""
        if self.check in BY_PERSON:
            return (self.mark is not None and self.mark.done_at is not None) or self.count == 0
        return self.count == 0


@dataclass(frozen=True, slots=True)
class Ends:
    """The first and the last ride of one shift."""

    shift_id: int
    first: RideView
    last: RideView


@dataclass(frozen=True, slots=True)
class Call:
    """Somebody to speak with the day before: new, or not there lately. `calls` is False for whom we write to."""

    view: RideView
    new: bool
    calls: bool


@dataclass(frozen=True, slots=True)
class Checklist:
    """All points of a day, and the lists behind those that a person goes through."""

    points: tuple[Point, ...]
    ends: tuple[Ends, ...]
    calls: tuple[Call, ...]

    @property
    def left(self) -> int:
        """How many points are still open."""
        return sum(not point.fine for point in self.points)


def of(session: Session, day: date, *, world: World, now: datetime) -> Checklist:
    """The checklist of a day as it stands at this moment."""
    policy = world.policies.on(day)
    views = [view for view in queries.on_day(session, day) if view.ride.status in LIVE]
    shifts = fleet.on_duty(session, day)
    ends, calls = _ends(views), _calls(session, day, views)
    plan = publishing.latest(session, day)
    out = availability.out_on_duty(session, shifts)
    counts = {
        CheckPoint.UNPLACED: len(unplaced.of_day(session, day)) + sum(view.pickup_planned is None for view in views),
        CheckPoint.UNANSWERED: sum(view.ride.status is Status.REQUESTED for view in views),
        CheckPoint.EXCEPTIONS: exceptions.count(session, day, policy=policy, now=now),
        CheckPoint.BREAKS: _violations(session, day, world, now),
        CheckPoint.FIRST_AND_LAST: len(ends),
        CheckPoint.CALLS: len(calls),
        CheckPoint.VEHICLES: fleet.short_by(session, day, policy, world.calendar) + len(out),
        CheckPoint.REGISTRATIONS: intake.count(session),
        CheckPoint.PUBLISHED: int(plan is None),
        CheckPoint.PRINTED: len({view.shift_id for view in views}),
    }
    version = 0 if plan is None else plan.version
    said = marks.of_day(session, day)
    names = users.names(session, {mark.done_by for mark in said.values() if mark.done_by})
    points = []
    for check, count in counts.items():
        key = _key(check, version)
        mark = said.get(key)
        points.append(Point(check, count, key, mark, names.get(mark.done_by or 0, "") if mark else ""))
    return Checklist(tuple(points), ends, calls)


def tick(session: Session, day: date, point: str, *, done: bool, by: Actor, now: datetime) -> None:
    """A person says that a point is done, or that it is not after all.

    What is ticked of a published plan counts for that version only: a new one is looked at and printed anew.
    Raises NotFound("page") for a point that is worked out, Conflict("plan.not_published") for a print of no plan.
    """
    if point not in BY_PERSON:
        raise NotFound("page")
    plan = publishing.latest(session, day)
    if plan is None and point == CheckPoint.PRINTED:
        raise Conflict("plan.not_published")
    say = marks.finish if done else marks.reopen
    say(session, day, _key(CheckPoint(point), 0 if plan is None else plan.version), by=by, now=now)


def _key(check: CheckPoint, version: int) -> str:
    return f"check:{check}" if check is CheckPoint.CALLS else f"check:{check}:{version}"


def _violations(session: Session, day: date, world: World, now: datetime) -> int:
    """What the judge finds wrong with the live plan, the breaks of the drivers included."""
    try:
        book = days.load(session, day, world=world, now=now)
    except NotFound:  # a day that is not open has no plan
        return 0
    return len(engine.judge(book.problem, book.plan))


def _ends(views: list[RideView]) -> tuple[Ends, ...]:
    by_shift: dict[int, list[RideView]] = {}
    for view in sorted(views, key=lambda view: view.pickup_planned or 0):
        if view.shift_id is not None:
            by_shift.setdefault(view.shift_id, []).append(view)
    return tuple(Ends(shift_id, mine[0], mine[-1]) for shift_id, mine in sorted(by_shift.items()))


def _calls(session: Session, day: date, views: list[RideView]) -> tuple[Call, ...]:
    """Who rides with us for the first time, or was not there lately; each once, with their first ride of the day."""
    ids = {view.client.id for view in views}
    before = set(session.exec(select(Ride.client_id).where(Ride.day < day, col(Ride.client_id).in_(ids)).distinct()))
    lately = select(Ride.client_id).where(
        Ride.day < day, Ride.day >= day - LATELY, col(Ride.client_id).in_(ids), Ride.status == Status.NO_SHOW
    )
    volatile = set(session.exec(lately.distinct()))
    said = select(ContactPreferences.client_id).where(
        col(ContactPreferences.client_id).in_(ids), col(ContactPreferences.no_calls)
    )
    written = set(session.exec(said))
    found: dict[int | None, Call] = {}
    for view in views:
        new = view.client.id not in before
        if new or view.client.id in volatile:
            calls = view.client.id not in written and not view.needs.deaf
            found.setdefault(view.client.id, Call(view, new, calls))
    return tuple(found.values())
