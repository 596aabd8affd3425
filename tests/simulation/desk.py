"""The people at the desk and the worker of the house: they know only what the house knows, and the telephone."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlmodel import Session, col, select

from tests.simulation.cars import Car
from tests.simulation.street import ENDS, Street
from tests.simulation.truth import HOUR, Person
from transport import jobs
from transport.booking.rides import returns, rides
from transport.booking.rides.lifecycle import LIVE, Status
from transport.booking.rides.models import Leg, Ride
from transport.kernel.clock import at, seconds_of
from transport.kernel.db import reading, writing
from transport.kernel.errors import ServiceError
from transport.operations.dispatch import closing, incidents, mishaps, results, trials
from transport.operations.driving import execution, stranded
from transport.routing.planning import proposals, thinking
from transport.routing.planning.models import Promise, PromiseKind, ProposalState

EVENING = 21 * HOUR
"""From then on nobody waits for a vehicle of which there is only hope."""
THINKING = 0.3
"""Seconds of machine time for one repair plan."""


@dataclass
class Desk:
    """What is done about the day."""

    street: Street
    repairs: list[tuple[int, int]] = field(default_factory=list)
    """Of each breakdown: promises changed, people left out."""
    refusals: list[str] = field(default_factory=list)
    asked_afterwards: int = 0
    """Rides that nobody had reported the end of."""

    def worker(self) -> Iterator[float]:
        """The jobs of the house, every three minutes, some every quarter of an hour."""
        street, rounds = self.street, 0
        while street.second < ENDS:
            yield street.second + 180
            rounds += 1
            if rounds % 5 == 0:
                jobs.lapse(street.services, street.now)
                jobs.react(street.services, street.now)
                jobs.send(street.services, street.now)
            jobs.watch_returns(street.services, street.now)
            jobs.watch_progress(street.services, street.now)

    def dispatcher(self) -> Iterator[float]:
        """Looks every five minutes: what broke down, who was not there, who has no way home."""
        street = self.street
        while street.second < ENDS - 60:
            yield street.second + 300
            while street.breakdowns:
                self.break_down(street.breakdowns.pop(0))
            self.absent()
            self.look_after()

    def client(self, person: Person) -> Iterator[float]:
        """Somebody who is ready to go home says so, and again if there was no answer."""
        street = self.street
        yield person.back
        while street.second < ENDS and person.will_call and not person.rescued:
            if person.place == person.target and person.comes:
                with reading(street.services.database) as session:
                    back = self.rides(session).get((person.client_id, Leg.RETURN))
                    kind = None if back is None else session.get_one(Promise, back.promise_id).kind
                if back is None or back.status not in LIVE or kind is not PromiseKind.WILL_CALL:
                    return
                self.ready(back.id or 0)
            yield street.second + 600

    def ready(self, ride_id: int) -> None:
        """The way home is called for."""
        street = self.street
        self.try_(
            lambda session: returns.call(
                session,
                (ride := session.get_one(Ride, ride_id)),
                version=ride.version,
                world=street.services.world,
                by=street.cast.hana,
                now=street.now,
            )
        )

    def break_down(self, car: Car) -> None:
        """By telephone: who is on board and what was driven; then the plan of least harm."""
        street = self.street
        for device in (car.device, car.assistant):
            if device is not None:
                street.deliver(car, device)
        second = seconds_of(street.day, street.now)
        with writing(street.services.database) as session:
            asked = mishaps.break_down(
                session,
                car.shift,
                since=second,
                place=car.place,
                world=street.services.world,
                by=street.cast.dana,
                now=street.now,
            )
            ids = [each.id or 0 for each in asked]
        for _ in ids:
            with writing(street.services.database) as session:
                proposal = proposals.take(session, street.now)
                assert proposal is not None
                case = proposals.gather(session, proposal, world=street.services.world, now=street.now)
                thought = thinking.think(case, THINKING)
                proposals.store(session, proposal.id or 0, case, thought, error="", now=street.now)
        with reading(street.services.database) as session:
            found = [
                trials.of(session, proposal, world=street.services.world, now=street.now)
                for proposal_id in ids
                if (proposal := session.get_one(trials.Proposal, proposal_id)).state is ProposalState.READY
            ]
            ways = sorted((each.harm, each.proposal.id or 0, len(each.changed)) for each in found)
        for harm, proposal_id, changed in ways:
            if self.try_(
                lambda session, number=proposal_id: incidents.apply(
                    session,
                    number,
                    world=street.services.world,
                    by=street.cast.dana,
                    now=street.now,
                    reason="porucha vozidla",
                )
            ):
                self.repairs.append((changed, harm[0]))
                return
        self.repairs.append((0, -1))

    def absent(self) -> None:
        """Whoever was really not there is a no-show; whoever sits in another vehicle is not."""
        street = self.street
        with reading(street.services.database) as session:
            today = select(Ride).where(Ride.day == street.day, Ride.status == Status.CONFIRMED)
            reported = [ride.id or 0 for ride in session.exec(today) if execution.absent(session, ride)]
        for ride_id in reported:
            with reading(street.services.database) as session:
                client = session.get_one(Ride, ride_id).client_id
            person = street.people[client]
            if person.car is not None or (person.comes and person.out_since is not None):
                continue
            self.try_(
                lambda session, number=ride_id: execution.no_show(
                    session,
                    (ride := session.get_one(Ride, number)),
                    version=ride.version,
                    world=street.services.world,
                    by=street.cast.dana,
                    now=street.now,
                )
            )

    def look_after(self) -> None:
        """People at home need no way back; people who are out and have none any more get a taxi."""
        street = self.street
        world, late = street.services.world, street.second > EVENING
        with reading(street.services.database) as session:
            alarms = {ride.client_id: ride.id or 0 for ride in stranded.alarms(session, street.day)}
            if late:
                for way in stranded.near(stranded.guaranteed(session, street.day, world=world, now=street.now)):
                    alarms.setdefault(session.get_one(Ride, way.back).client_id, way.back)
            now = self.rides(session)
        for client in (each.client_id for each in street.people.values() if each.out_since is None):
            there = now.get((client, Leg.OUTBOUND))
            if there is not None and there.status in {Status.NO_SHOW, Status.MISSED, Status.CANCELLED}:
                self.call_off(client, now.get((client, Leg.RETURN)))
        for client, ride_id in alarms.items():
            person = street.people[client]
            if person.car is None and person.place is not None and person.place != person.home:
                self.rescue(person, ride_id)

    def call_off(self, client: int, back: Ride | None) -> None:
        """Somebody who stays at home calls off the way back."""
        street = self.street
        if back is None or back.status not in (Status.REQUESTED, Status.CONFIRMED):
            return
        self.try_(
            lambda session: rides.cancel(
                session,
                (ride := session.get_one(Ride, back.id)),
                version=ride.version,
                world=street.services.world,
                by=street.cast.hana,
                now=street.now,
            )
        )

    def rescue(self, person: Person, ride_id: int) -> None:
        """A taxi, half an hour later at home."""
        street = self.street
        if self.try_(
            lambda session: stranded.resolve(
                session,
                session.get_one(Ride, ride_id),
                way="taxi",
                world=street.services.world,
                by=street.cast.dana,
                now=street.now,
            )
        ):
            person.rescued, person.place, person.home_at = "taxi", person.home, street.second + HOUR / 2

    def rides(self, session: Session) -> dict[tuple[int, Leg], Ride]:
        """By client and way the newest ride of the day."""
        today = select(Ride).where(Ride.day == self.street.day).order_by(col(Ride.id))
        return {(ride.client_id, ride.leg): ride for ride in session.exec(today)}

    def close(self) -> None:
        """In the evening every ride has a result, and the day is closed."""
        street = self.street
        with reading(street.services.database) as session:
            left = {view.ride.id or 0: view.ride.status for view in results.without(session, street.day)}
        for ride_id, status in left.items():
            self.asked_afterwards += status is Status.ON_BOARD
            driven = ("driven", (None, round(street.second)), "")
            result, times, reason = driven if status is Status.ON_BOARD else ("missed", (None, None), "porucha vozidla")
            with writing(street.services.database) as session:
                ride = session.get_one(Ride, ride_id)
                results.settle(
                    session,
                    ride,
                    result,
                    times,
                    reason,
                    version=ride.version,
                    world=street.services.world,
                    by=street.cast.dana,
                    now=at(street.day, ENDS),
                )
        self.look_after()
        with writing(street.services.database) as session:
            closing.close(
                session, street.day, world=street.services.world, by=street.cast.dana, now=at(street.day, ENDS)
            )

    def try_(self, deed) -> bool:
        """One use case in one transaction; a refusal is remembered."""
        try:
            with writing(self.street.services.database) as session:
                deed(session)
        except ServiceError as refusal:
            self.refusals.append(refusal.code)
            return False
        return True
