"""A walk through the service: chance books, changes, cancels, waits, plans, drives; what was promised is remembered.

Every move is one use case in one transaction, as a door would call it; a refusal leaves nothing behind.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from tests.builders.booking import a_draft, chosen, looked
from tests.builders.clients import a_client
from tests.builders.town import NOW, Town, a_town, another_day
from tests.cast import gather
from transport.booking.clients.models import Client
from transport.booking.clients.needs import Mobility
from transport.booking.contracts import capacity
from transport.booking.contracts.balance import ContractUnit
from transport.booking.rides import (
    allocation,
    alternatives,
    batch,
    booking,
    changing,
    denials,
    drafts,
    returns,
    rides,
    standing,
    waiting,
)
from transport.booking.rides.lifecycle import LIVE, Status
from transport.booking.rides.models import Denial, Ride, StandingOrder, StandingState, WaitingState, WaitingWish
from transport.booking.rides.recurrence import Times
from transport.booking.rides.regular import Wanted
from transport.kernel.actor import SYSTEM, Actor
from transport.kernel.clock import at, local_day
from transport.kernel.errors import ServiceError
from transport.operations.dispatch import closing, execution, plans, stranded
from transport.operations.quality import invariants
from transport.routing import engine
from transport.routing.planning import day as days
from transport.routing.planning import promises, proposals
from transport.routing.planning.models import (
    DayState,
    Promise,
    PromiseKind,
    PromiseState,
    ServiceDay,
    Stop,
    StopKind,
    VisitAction,
)
from transport.routing.planning.wishes import Anchor

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
class Walk:
    """The town under the feet of chance; `now` only goes forward.

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

    # what people do

    def book(self, number: int) -> None:
        client = self.people[number % len(self.people)]
        origin, to = PLACES[number % 5], PLACES[(number + 1 + number // 5 % 4) % 5]
        draft = a_draft(
            self.session,
            self.town,
            client,
            WALLS[number * 7 % len(WALLS)],
            origin=origin,
            to=to,
            back=WALLS[(number * 7 + 9) % len(WALLS)] if number % 3 == 0 else None,
            day=self._day(number // 3),
            by=self.dana,
            now=self.now,
        )
        if number % 6 == 0:
            drafts.note(self.session, draft, now=self.now, will_call=True)
        found = looked(self.session, self.town, draft, by=self.dana, now=self.now)
        if all(answer.shown for answer in found):
            chosen(self.session, self.town, draft, by=self.dana, now=self.now)
            if number % 5:  # one in five thinks until it is too late
                booking.book(self.session, draft, world=self.town.world, by=self.dana, now=self.now)

    def instead(self, number: int) -> None:
        """A wish that may be denied, and what is offered instead."""
        draft = a_draft(
            self.session,
            self.town,
            self.people[number % len(self.people)],
            "9:00",
            day=self._day(0),
            by=self.dana,
            now=self.now,
        )
        found = looked(self.session, self.town, draft, by=self.dana, now=self.now)
        if any(answer.alternatives for answer in found):
            alternatives.take(self.session, draft, 0, now=self.now)
            chosen(self.session, self.town, draft, by=self.dana, now=self.now)
            booking.book(self.session, draft, world=self.town.world, by=self.dana, now=self.now)

    def change(self, number: int) -> None:
        ride = self._pick(number, Status.REQUESTED, Status.CONFIRMED)
        if ride is None:
            return
        draft = changing.start(self.session, ride, by=self.dana, now=self.now)
        later = int(drafts.answers(draft)["seconds"]) + (number % 5 - 2) * 900
        drafts.note(
            self.session,
            draft,
            now=self.now,
            seconds=later,
            day=(self._day(number) if number % 4 == 0 else ride.day).isoformat(),
        )
        found = looked(self.session, self.town, draft, by=self.dana, now=self.now)
        if all(answer.shown for answer in found):
            chosen(self.session, self.town, draft, by=self.dana, now=self.now)
            booking.book(self.session, draft, world=self.town.world, by=self.dana, now=self.now)

    def cancel(self, number: int) -> None:
        ride = self._pick(number, Status.REQUESTED, Status.CONFIRMED)
        if ride:
            self._decide(rides.cancel, ride, reason="porucha", for_service=number % 2 == 0)

    def answer(self, number: int) -> None:
        for ride in self._rides(*LIVE):
            if rides.pending_offer(self.session, ride):
                self._decide(rides.accept if number % 2 else rides.refuse, ride)
                return

    def join(self, number: int) -> None:
        """A denied wish goes on the waiting list."""
        denied = self.session.exec(
            select(Denial).where(col(Denial.ride_id).is_(None), Denial.day >= local_day(self.now))
        )
        for denial in sorted(denied, key=lambda each: (each.id or 0) * 7919 % 101 + number % 3):
            draft = drafts.get(self.session, denial.key.split(":")[0], by=self.dana, now=self.now)
            waiting.join(
                self.session,
                draft,
                denial,
                earliest=max(0, denial.seconds - 7200),
                latest=denial.seconds + 7200,
                world=self.town.world,
                by=self.dana,
                now=self.now,
            )
            return

    def respond(self, number: int) -> None:
        """Somebody who waited answers to the place that is offered."""
        offered = select(WaitingWish).where(WaitingWish.state == WaitingState.OFFERED).order_by(col(WaitingWish.id))
        wish = self.session.exec(offered).first()
        if wish:
            move = waiting.accept if number % 3 else waiting.refuse
            move(self.session, wish, world=self.town.world, by=self.dana, now=self.now)

    def call(self, number: int) -> None:
        """Somebody is ready to go home."""
        for ride in self._rides(Status.REQUESTED, Status.CONFIRMED):
            promise = self.session.get_one(Promise, ride.promise_id)
            if promise.kind is PromiseKind.WILL_CALL and at(ride.day, promise.window_start) <= self.now:
                self._decide(returns.call, ride)
                return

    def ask(self, number: int) -> None:
        """A standing order for some weeks, for times that differ."""
        first = self._day(1)
        weekday = self._day(number).isoweekday()
        minute = 6 * 60 + number * 37 % (14 * 60)
        times = Times(list(Anchor)[number % 2], minute, minute + 120 if number % 2 else None)
        wanted = Wanted(
            f"standing {number} {len(self.done)}",
            self.people[number % len(self.people)].id or 0,
            self.town.places["home"],
            self.town.places[PLACES[1 + number % 3]],
            first,
            max(self.days[-1], first + timedelta(weeks=5)),
            {weekday: times},
        )
        standing.ask(self.session, wanted, world=self.town.world, by=self.dana, now=self.now)

    def skip(self, number: int) -> None:
        order = self._order(number)
        if order:
            standing.skip(self.session, order, self._day(number), world=self.town.world, by=self.dana, now=self.now)

    def pause(self, number: int) -> None:
        order = self._order(number)
        if order:
            first = self._day(number)
            last = first + timedelta(days=number % 5)
            standing.pause(self.session, order, first, last, world=self.town.world, by=self.dana, now=self.now)

    # what the service does

    def confirm(self, number: int) -> None:
        ride = self._pick(number, Status.REQUESTED)
        if ride:
            rides.confirm(self.session, ride, version=ride.version, by=self.dana, now=self.now)

    def decline(self, number: int) -> None:
        ride = self._pick(number, Status.REQUESTED)
        if ride:
            self._decide(rides.decline, ride, reason="unsafe")

    def offer(self, number: int) -> None:
        ride = self._pick(number, Status.REQUESTED, Status.CONFIRMED)
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
                by=self.dana,
                now=self.now,
            )

    def publish(self, number: int) -> None:
        plans.publish(self.session, self._day(number), by=self.dana, now=self.now)

    def improve(self, number: int) -> None:
        day = self._day(number)
        book = days.load(self.session, day, world=self.town.world, now=self.now)
        plan = engine.solve(book.problem, iterations=60, seed=number, start=book.plan)
        row = days.lock(self.session, day)
        assert plan.unserved == ()
        proposals.improve(self.session, book, plan, row=row, by=SYSTEM, now=self.now)
        capacity.settle(self.session, day, by=SYSTEM, now=self.now)

    def allocate(self, number: int) -> None:
        """The night's batch answers the standing orders of one day."""
        asked = [day for day in allocation.waiting(self.session, self.now) if day in self.days]
        if asked:
            today = allocation.gather(self.session, asked[number % len(asked)], world=self.town.world, now=self.now)
            allocation.apply(self.session, today, batch.think(today, effort=20), world=self.town.world, now=self.now)

    def wait(self, number: int) -> None:
        self.now += timedelta(minutes=number % 50)

    def sleep(self, number: int) -> None:
        """Everything planned for today is driven, the day is closed, and the next morning comes."""
        today = local_day(self.now)
        if number % 2 == 0:
            for _ in range(60):
                if not self._next_stop(today):
                    break
                self.drive(1)
            self._settle_today(today)
            self.now = at(today + timedelta(days=1), 5 * 3600)
            if today in self.days:
                closing.close(self.session, today, world=self.town.world, by=self.dana, now=self.now)

    def work(self) -> None:
        """As time has passed, the worker takes back what nobody answered, and looks after those who are out."""
        for day in self._open_days():
            days.lock(self.session, day)
            promises.lapse(self.session, day, world=self.town.world, now=self.now)
            capacity.settle(self.session, day, by=SYSTEM, now=self.now)
        rides.lapse_offers(self.session, self.now)
        for day in waiting.due(self.session, now=self.now, world=self.town.world):
            waiting.retest(self.session, day, world=self.town.world, now=self.now)
        today = local_day(self.now)
        if today in self._open_days():
            for ride in returns.uncalled(self.session, today, now=self.now):
                returns.postpone(self.session, ride, world=self.town.world, now=self.now)
            stranded.raise_alarms(self.session, today, now=self.now)

    def retest(self, number: int) -> None:
        """What became possible again is found and offered in turn."""
        day = self._day(number)
        denials.possible(self.session, day, world=self.town.world, now=self.now)
        waiting.retest(self.session, day, world=self.town.world, now=self.now)

    def drive(self, number: int) -> None:
        """The next stop that is planned happens; the clock goes there."""
        found = self._next_stop(local_day(self.now)) or self._next_stop(self._day(0))
        if found is None:
            return
        stop, ride = found
        self.now = max(self.now, at(ride.day, stop.start))
        self._report(stop, VisitAction.ARRIVED)
        if stop.kind is StopKind.PICKUP and number % 6 == 0:
            self.now += timedelta(minutes=15)
            self._report(stop, VisitAction.ABSENT)
            self._decide(execution.no_show, ride)
        elif stop.kind is StopKind.PICKUP and number % 7 == 0:
            self._decide(rides.miss, ride, reason="porucha")
        else:
            self._report(stop, VisitAction.DONE)

    # how a walk goes on

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
            stranded.resolve(self.session, ride, way="taxi", by=self.dana, now=self.now)

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


MOVES = ("book",) * 6 + ("confirm",) * 3 + ("drive",) * 4 + ("change",) * 3 + (
    "cancel", "cancel", "decline", "offer", "answer", "publish", "improve", "wait", "instead", "join", "join", "retest",
    "respond", "respond", "call", "ask", "skip", "pause", "allocate", "allocate", "sleep",
)  # fmt: skip


def a_walk(session: Session, unit: ContractUnit, allotment: int, first: date, count: int = 1) -> Walk:
    """The town with five people and `count` open days; it is two hours before the first of them."""
    cast = gather(session)
    town = a_town(session, emil=cast.emil, unit=unit, allotment=allotment, day=first)
    open_days = [first + timedelta(days=ahead) for ahead in range(count)]
    for day in open_days[1:]:
        another_day(session, town, day)
    people = [
        cast.anna,
        cast.bedrich,
        a_client(session, "Olga Jiná", mobility=Mobility.WHEELCHAIR_STAYS),
        a_client(session, "Petr Chodec"),
        a_client(session, "Rita Hůlková", mobility=Mobility.WALKER),
    ]
    return Walk(session, town, people, cast.dana, open_days, now=at(first, 0) - timedelta(hours=2))
