"""Random days in the town: book, answer, cancel, offer, publish, plan, drive; after every step nothing is impossible.

The walk is drawn by Hypothesis, the same walks every time; a failing one prints its steps.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from tests.builders.booking import a_draft, chosen, looked
from tests.builders.clients import a_client
from tests.builders.town import DAY, NOW, Town, a_town
from tests.cast import Cast, gather
from transport.booking.clients.models import Client
from transport.booking.clients.needs import Mobility
from transport.booking.contracts import capacity
from transport.booking.contracts.balance import ContractUnit
from transport.booking.rides import booking, rides
from transport.booking.rides.lifecycle import LIVE, Status
from transport.booking.rides.models import Ride
from transport.kernel.actor import SYSTEM
from transport.kernel.clock import at
from transport.kernel.errors import ServiceError
from transport.operations.dispatch import execution, plans
from transport.operations.quality import invariants
from transport.routing import engine
from transport.routing.planning import day as days
from transport.routing.planning import promises, proposals
from transport.routing.planning.models import Stop, StopKind, VisitAction

PLACES = ("home", "hospital", "station", "school", "zbuch")
WALLS = [f"{hour}:{minute:02}" for hour in range(6, 22) for minute in (0, 10, 35)]


@dataclass
class Walk:
    """The town under the feet of chance; `now` only goes forward."""

    session: Session
    town: Town
    cast: Cast
    people: list[Client]
    now: datetime = NOW
    done: list[str] = field(default_factory=list)

    def pick(self, number: int, *statuses: Status) -> Ride | None:
        found = self.session.exec(select(Ride).where(col(Ride.status).in_(statuses)).order_by(col(Ride.id))).all()
        return found[number % len(found)] if found else None

    def book(self, number: int) -> None:
        client = self.people[number % len(self.people)]
        origin, to = PLACES[number % 5], PLACES[(number + 1 + number // 5 % 4) % 5]
        when = WALLS[number * 7 % len(WALLS)]
        back = WALLS[(number * 7 + 9) % len(WALLS)] if number % 3 == 0 else None
        draft = a_draft(
            self.session, self.town, client, when, origin=origin, to=to, back=back, by=self.cast.dana, now=self.now
        )
        found = looked(self.session, self.town, draft, by=self.cast.dana, now=self.now)
        if all(answer.shown for answer in found):
            chosen(self.session, self.town, draft, by=self.cast.dana, now=self.now)
            if number % 5:  # one in five thinks until it is too late
                booking.book(self.session, draft, world=self.town.world, by=self.cast.dana, now=self.now)

    def confirm(self, number: int) -> None:
        ride = self.pick(number, Status.REQUESTED)
        if ride:
            rides.confirm(self.session, ride, version=ride.version, by=self.cast.dana, now=self.now)

    def decline(self, number: int) -> None:
        ride = self.pick(number, Status.REQUESTED)
        if ride:
            rides.decline(
                self.session,
                ride,
                version=ride.version,
                reason="unsafe",
                world=self.town.world,
                by=self.cast.dana,
                now=self.now,
            )

    def cancel(self, number: int) -> None:
        ride = self.pick(number, Status.REQUESTED, Status.CONFIRMED)
        if ride:
            service = number % 2 == 0
            rides.cancel(
                self.session,
                ride,
                version=ride.version,
                reason="porucha",
                world=self.town.world,
                by=self.cast.dana,
                now=self.now,
                for_service=service,
            )

    def offer(self, number: int) -> None:
        ride = self.pick(number, Status.REQUESTED, Status.CONFIRMED)
        if ride is None or rides.pending_offer(self.session, ride):
            return
        party, others = plans.other_times(self.session, ride, world=self.town.world, now=self.now)
        if others:
            rides.offer(
                self.session,
                ride,
                party,
                others[number % len(others)],
                version=ride.version,
                until=self.now + timedelta(hours=2),
                world=self.town.world,
                by=self.cast.dana,
                now=self.now,
            )

    def answer(self, number: int) -> None:
        for ride in self.session.exec(select(Ride).where(col(Ride.status).in_(LIVE))).all():
            if rides.pending_offer(self.session, ride):
                move = rides.accept if number % 2 else rides.refuse
                move(self.session, ride, version=ride.version, world=self.town.world, by=self.cast.dana, now=self.now)
                return

    def publish(self, number: int) -> None:
        plans.publish(self.session, self.town.day, by=self.cast.dana, now=self.now)

    def improve(self, number: int) -> None:
        book = days.load(self.session, self.town.day, world=self.town.world, now=self.now)
        plan = engine.solve(book.problem, iterations=60, seed=number, start=book.plan)
        row = days.lock(self.session, self.town.day)
        assert plan.unserved == ()
        proposals.improve(self.session, book, plan, row=row, by=SYSTEM, now=self.now)
        capacity.settle(self.session, self.town.day, by=SYSTEM, now=self.now)

    def wait(self, number: int) -> None:
        self.now += timedelta(minutes=number % 50)

    def work(self) -> None:
        """As time has passed, the worker takes back what nobody answered."""
        days.lock(self.session, self.town.day)
        promises.lapse(self.session, self.town.day, world=self.town.world, now=self.now)
        capacity.settle(self.session, self.town.day, by=SYSTEM, now=self.now)
        rides.lapse_offers(self.session, self.now)

    def drive(self, number: int) -> None:
        """The next stop that is planned happens; the clock goes there."""
        over = select(Ride.promise_id).where(col(Ride.status).not_in([Status.CONFIRMED, Status.ON_BOARD]))
        planned = select(Stop).where(col(Stop.promise_id).is_not(None), col(Stop.promise_id).not_in(over))
        for stop in self.session.exec(planned.order_by(col(Stop.start))).all():
            ride = self.session.exec(select(Ride).where(Ride.promise_id == stop.promise_id)).first()
            if ride is None or (ride.status is Status.ON_BOARD) != (stop.kind is StopKind.DROPOFF):
                continue
            self.now = max(self.now, at(self.town.day, stop.start))
            self._report(stop, VisitAction.ARRIVED)
            if stop.kind is StopKind.PICKUP and number % 6 == 0:
                self.now += timedelta(minutes=15)
                self._report(stop, VisitAction.ABSENT)
                execution.no_show(
                    self.session, ride, version=ride.version, world=self.town.world, by=self.cast.dana, now=self.now
                )
            elif stop.kind is StopKind.PICKUP and number % 7 == 0:
                rides.miss(
                    self.session,
                    ride,
                    version=ride.version,
                    reason="porucha",
                    world=self.town.world,
                    by=self.cast.dana,
                    now=self.now,
                )
            else:
                self._report(stop, VisitAction.DONE)
            return

    def _report(self, stop: Stop, action: VisitAction) -> None:
        execution.report(
            self.session,
            stop.promise_id or 0,
            stop.kind,
            action,
            world=self.town.world,
            by=self.cast.dana,
            now=self.now,
        )

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
            if refusal.code == "plan.breaks_promises":  # no use case may ever try that
                raise
            self.now = now
            self.done.append(f"{name}: {refusal.code}")


MOVES = ("book",) * 6 + ("confirm",) * 3 + ("drive",) * 5 + (
    "cancel", "decline", "offer", "answer", "publish", "improve", "wait",
)  # fmt: skip


def walked(session: Session, steps: list[tuple[str, int]], unit: ContractUnit, allotment: int) -> Walk:
    cast = gather(session)
    town = a_town(session, emil=cast.emil, unit=unit, allotment=allotment)
    people = [
        cast.anna,
        cast.bedrich,
        a_client(session, "Olga Jiná", mobility=Mobility.WHEELCHAIR_STAYS),
        a_client(session, "Petr Chodec"),
        a_client(session, "Rita Hůlková", mobility=Mobility.WALKER),
    ]
    walk = Walk(session, town, cast, people, now=at(DAY, 0) - timedelta(hours=2))
    for name, number in steps:
        walk.step(name, number)
        found = invariants.faults(session, world=town.world, now=walk.now)
        assert found == [], (walk.done, found)
    return walk


UNITS = {
    ContractUnit.METRES: 120_000,
    ContractUnit.RIDES: 9,
    ContractUnit.PERSONS: 9,
    ContractUnit.VEHICLE_MINUTES: 2 * 16 * 60,
}


@pytest.mark.slow
@pytest.mark.parametrize("unit", UNITS)
@settings(
    max_examples=3,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),  # shrinking a walk takes an hour; its steps are printed
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(steps=st.lists(st.tuples(st.sampled_from(MOVES), st.integers(0, 10_000)), min_size=25, max_size=40))
def test_nothing_becomes_impossible_whatever_people_do(session, unit, steps):
    connection = session.connection()
    with Session(connection, expire_on_commit=False, join_transaction_mode="create_savepoint") as own:
        walked(own, steps, unit, UNITS[unit])
        own.rollback()


@pytest.mark.slow
def test_a_walk_really_gets_somewhere(session):
    """The walk would prove nothing if chance were always refused."""
    steps = [(name, number) for number in range(1, 9) for name in ("book", "confirm", "confirm", "drive", "drive")]
    walk = walked(session, steps, ContractUnit.METRES, 1_000_000)
    statuses = set(session.exec(select(Ride.status)))
    assert Status.COMPLETED in statuses, walk.done
    assert sum(not step.count(":") for step in walk.done) > len(walk.done) // 2
