"""What a walk stands on: the town, the clock, and the memory of every promise as it was made."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlmodel import Session, col, select

from tests.builders.town import NOW, Town
from transport.booking.clients.models import Client
from transport.booking.rides import rides
from transport.booking.rides.lifecycle import Status
from transport.booking.rides.models import Ride
from transport.booking.standing.models import StandingOrder, StandingState
from transport.kernel.actor import Actor
from transport.kernel.clock import local_day
from transport.kernel.errors import ServiceError
from transport.operations.driving import execution, stranded
from transport.operations.quality import invariants
from transport.routing.planning.models import (
    DayState,
    Promise,
    PromiseState,
    ServiceDay,
    Stop,
    StopKind,
    VisitAction,
)

PLACES = ("home", "hospital", "station", "school", "zbuch")
WALLS = [f"{hour}:{minute:02}" for hour in range(6, 22) for minute in (0, 10, 35)]
BOUND = (
    "day",
    "kind",
    "pickup_place_id",
    "dropoff_place_id",
    "window_start",
    "window_end",
    "arrive_by",
    "max_ride",
    "seats",
    "wheelchairs",
    "chair_mass",
    "features",
    "solo",
)
"""What a promise binds us to: never overwritten, whatever comes later."""


@dataclass
class Ground(ABC):
    """The town under the feet of whoever walks; `now` only goes forward.

    `days` are the open days, oldest first. `made` remembers each promise as it was made, and how it ended.
    """

    session: Session
    town: Town
    people: list[Client]
    dana: Actor
    days: list[date]
    now: datetime = NOW
    done: list[str] = field(default_factory=list)
    made: dict[int, tuple[object, ...]] = field(default_factory=dict)
    ended: dict[int, PromiseState] = field(default_factory=dict)

    @abstractmethod
    def work(self) -> None:
        """What the worker does when time has passed."""

    def step(self, name: str, number: int) -> None:
        """One use case in one transaction: a refusal leaves nothing behind."""
        now = self.now
        savepoint = self.session.begin_nested()
        try:
            getattr(self, name)(number)
            if self.now > now:
                self.work()
            savepoint.commit()
            self.done.append(name)
        except ServiceError as refusal:
            savepoint.rollback()
            self.session.expire_all()
            if refusal.code == "plan.breaks_promises":  # no use case may ever try that
                raise
            self.now = now
            self.done.append(f"{name}: {refusal.code}")

    def look(self) -> None:
        """Nothing is impossible, and every promise says what it said when it was made."""
        found = invariants.faults(self.session, world=self.town.world, now=self.now)
        assert found == [], (self.done[-12:], found)
        for promise in self.session.exec(select(Promise)):
            bound = tuple(getattr(promise, name) for name in BOUND)
            assert self.made.setdefault(promise.id or 0, bound) == bound, (self.done[-1], promise.id)
            assert promise.id not in self.ended or promise.state is self.ended[promise.id or 0], self.done[-1]
            if promise.state not in (PromiseState.HELD, PromiseState.FIRM):
                self.ended[promise.id or 0] = promise.state

    def broken(self) -> int:
        """Promises that we broke; a walk counts its own misses and cancellations by the service."""
        return sum(state is PromiseState.BROKEN for state in self.ended.values())

    def _day(self, number: int) -> date:
        """One of the next seven open days, today included."""
        ahead = [day for day in self.days if day >= local_day(self.now)][:7]
        return ahead[number % len(ahead)] if ahead else self.days[-1]

    def _open_days(self) -> list[date]:
        rows = self.session.exec(select(ServiceDay).where(ServiceDay.state == DayState.OPEN))
        return sorted(row.day for row in rows if row.day >= local_day(self.now))

    def _rides(self, *statuses: Status) -> Iterator[Ride]:
        yield from self.session.exec(select(Ride).where(col(Ride.status).in_(statuses)).order_by(col(Ride.id))).all()

    def _pick(self, number: int, *statuses: Status) -> Ride | None:
        found = list(self._rides(*statuses))
        return found[number % len(found)] if found else None

    def _order(self, number: int) -> StandingOrder | None:
        live = select(StandingOrder).where(StandingOrder.state != StandingState.ENDED).order_by(col(StandingOrder.id))
        found = self.session.exec(live).all()
        return found[number % len(found)] if found else None

    def _decide(self, move, ride: Ride, **said: object) -> None:
        move(self.session, ride, version=ride.version, world=self.town.world, by=self.dana, now=self.now, **said)

    def _next_stop(self, day: date) -> tuple[Stop, Ride] | None:
        over = select(Ride.promise_id).where(col(Ride.status).not_in([Status.CONFIRMED, Status.ON_BOARD]))
        planned = (
            select(Stop, Ride)
            .join(Ride, col(Ride.promise_id) == Stop.promise_id)
            .where(Ride.day == day, col(Stop.promise_id).not_in(over))
        )
        for stop, ride in self.session.exec(planned.order_by(col(Stop.start), col(Stop.id))).all():
            if (ride.status is Status.ON_BOARD) == (stop.kind is StopKind.DROPOFF):
                return stop, ride
        return None

    def _settle_today(self, today: date) -> None:
        """In the evening every ride has a result: what was not confirmed or not driven did not happen."""
        for ride in [each for each in self._rides(Status.REQUESTED, Status.CONFIRMED) if each.day == today]:
            if ride.status is Status.REQUESTED:
                rides.confirm(self.session, ride, version=ride.version, by=self.dana, now=self.now)
            self._decide(rides.miss, ride, reason="porucha")
        for ride in stranded.alarms(self.session, today):
            stranded.resolve(self.session, ride, way="taxi", world=self.town.world, by=self.dana, now=self.now)

    def _report(self, stop: Stop, action: VisitAction) -> None:
        execution.report(
            self.session,
            stop.promise_id or 0,
            stop.kind,
            action,
            world=self.town.world,
            by=self.dana,
            now=self.now,
        )
