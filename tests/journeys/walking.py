"""A walk through the service: chance books, changes, cancels, waits, plans, drives; what was promised is remembered.

Every move is one use case in one transaction, as a door would call it; a refusal leaves nothing behind.
"""

from datetime import date, timedelta

from sqlmodel import Session, col, select

from tests.builders.booking import a_draft, chosen, looked
from tests.builders.clients import a_client
from tests.builders.town import a_town, another_day
from tests.cast import gather
from tests.journeys.ground import Ground
from transport.booking.clients.needs import Mobility
from transport.booking.contracts import capacity
from transport.booking.contracts.balance import ContractUnit
from transport.booking.rides import alternatives, booking, changing, denials, drafts, offers, returns, rides, waiting
from transport.booking.rides.lifecycle import LIVE, Status
from transport.booking.rides.models import Denial, WaitingState, WaitingWish
from transport.booking.standing import allocation, batch, standing
from transport.booking.standing.recurrence import Times
from transport.booking.standing.regular import Wanted
from transport.kernel.actor import SYSTEM
from transport.kernel.clock import at, local_day
from transport.operations.dispatch import closing, plans
from transport.operations.driving import execution, stranded
from transport.routing import engine
from transport.routing.planning import day as days
from transport.routing.planning import promises, proposals
from transport.routing.planning.models import (
    Promise,
    PromiseKind,
    StopKind,
    VisitAction,
)
from transport.routing.planning.wishes import Anchor

PLACES = ("home", "hospital", "station", "school", "zbuch")
WALLS = [f"{hour}:{minute:02}" for hour in range(6, 22) for minute in (0, 10, 35)]


class Walk(Ground):
    """All that people and the service do, one method each; chance says with which number."""

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
            if offers.pending(self.session, ride):
                self._decide(offers.accept if number % 2 else offers.refuse, ride)
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
        if ride is None or offers.pending(self.session, ride):
            return
        party, others = plans.other_times(self.session, ride, world=self.town.world, now=self.now)
        if others:
            offers.offer(
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
        offers.lapse(self.session, self.now)
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
