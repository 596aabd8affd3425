"""One day of the service, played from the first shift to the last person home, with everything that goes wrong.

Only real use cases touch the database; what really happens (`truth`) is known here and nowhere else.
"""

import heapq
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from sqlmodel import select

from tests.builders.booking import an_order
from tests.builders.clients import a_client
from tests.builders.town import DAY, Town, a_driver, a_place, a_shift, a_town, a_vehicle
from tests.cast import Cast, gather
from tests.simulation.cars import Car, Todo
from tests.simulation.devices import Device
from tests.simulation.truth import HOUR, Person, Roads
from transport.booking.clients.needs import Mobility
from transport.booking.rides import rides
from transport.booking.rides.lifecycle import Status
from transport.bootstrap import Services
from transport.kernel.actor import Actor, Role
from transport.kernel.clock import at
from transport.kernel.db import reading, writing
from transport.kernel.errors import ServiceError
from transport.operations.dispatch import plans
from transport.operations.driving import manifest
from transport.operations.driving.models import ReportKind
from transport.routing.fleet.models import Depot, Driver, Shift
from transport.routing.geo.models import Place
from transport.routing.planning import publishing
from transport.routing.planning.models import StopKind

PEOPLE, SPOTS, ENDS, AFTERWARDS = 10, 14, 22 * HOUR, 2 * HOUR
MOBILITIES = (Mobility.WALKS, Mobility.WALKS, Mobility.WALKER, Mobility.CANE, Mobility.WHEELCHAIR_STAYS)
HOURS = ("6:00", "21:00")
OVER = {Status.CANCELLED, Status.DECLINED, Status.MISSED, Status.NO_SHOW, Status.COMPLETED}


@dataclass(frozen=True, slots=True)
class Boarded:
    """Where somebody who has got in wants to go, and by which promise."""

    ride: int
    promise: int
    to: int


@dataclass
class Street:
    """The day under way. `truth`: by ride when what was reported of a stop really happened, of each vehicle."""

    services: Services
    town: Town
    cast: Cast
    chance: Random
    people: dict[int, Person]
    roads: Roads
    wait: int
    cars: dict[int, Car] = field(default_factory=dict)
    second: float = 5.75 * HOUR
    truth: dict[tuple[int, StopKind, ReportKind], list[datetime]] = field(default_factory=dict)
    arrivals: dict[int, datetime] = field(default_factory=dict)
    """By promise when a vehicle was really at the door for it."""
    boarded: dict[int, Boarded] = field(default_factory=dict)
    breakdowns: list[Car] = field(default_factory=list)
    versions: dict[int, int] = field(default_factory=dict)
    _queue: list[tuple[float, int, Iterator[float]]] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    @property
    def day(self):
        """The day that is played."""
        return self.town.day

    @property
    def now(self) -> datetime:
        """The true time."""
        return at(self.day, 0) + timedelta(seconds=self.second)

    def start(self, process: Iterator[float]) -> None:
        """Let something go on beside everything else."""
        heapq.heappush(self._queue, (self.second, next(self._numbers), process))

    def run(self) -> None:
        """Let the day pass."""
        while self._queue:
            second, _, process = heapq.heappop(self._queue)
            if second > ENDS:
                continue
            self.second = max(self.second, second)
            if self._everybody_is_well():
                break
            following = next(process, None)
            if following is not None:
                heapq.heappush(self._queue, (max(following, self.second), next(self._numbers), process))

        for car in self.cars.values():  # in the evening every device finds a network
            for device in (car.device, car.assistant):
                while device is not None and device.outbox:
                    self.deliver(car, device)

    def _everybody_is_well(self) -> bool:
        """Nobody is out, nobody will go out any more, and drivers have had time to say so."""
        return all(
            self.second
            > (person.back + AFTERWARDS if person.out_since is None else (person.home_at or ENDS) + HOUR / 4)
            for person in self.people.values()
        )

    # what really happens

    def arrived(self, car: Car, stop: Todo) -> None:
        """A vehicle is at a door."""
        if stop.kind is StopKind.PICKUP and self.people[stop.client].comes:
            self.arrivals.setdefault(stop.promise, self.now)

    def gets_in(self, car: Car, stop: Todo, person: Person) -> None:
        """Somebody is on board."""
        goes_home = person.out_since is not None and person.place == person.target
        known = self.boarded.get(person.client_id)
        to = person.home if goes_home else person.target
        if person.place not in (person.home, person.target) and known is not None:
            to = known.to  # fetched from a vehicle that broke down
        if person.out_since is None:
            person.out_since = self.second
        person.place, person.car = None, car.shift
        self.boarded[person.client_id] = Boarded(stop.ride, stop.promise, to)

    def gets_out(self, stop: Todo, person: Person) -> None:
        """Somebody is where they wanted to be."""
        person.place, person.car = stop.place, None
        if stop.place == person.home:
            person.home_at = self.second

    # the network

    def network(self, car: Car) -> Iterator[float]:
        """What the device has goes to the house whenever it can; what is new comes back."""
        while True:
            yield self.second + self.chance.randint(60, 180)
            for device in (car.device, car.assistant):
                if device is not None and device.connected:
                    self.deliver(car, device)
            if car.device.connected:
                self.read(car)

    def deliver(self, car: Car, device: Device) -> None:
        """Hand over what waits; one answer in ten gets lost on the way back, and everything is sent again."""
        from transport.operations.driving import reporting  # noqa: PLC0415

        waiting = list(device.outbox)
        for said in device.batch():
            with writing(self.services.database) as session:
                reporting.receive(session, said, world=self.services.world, by=car.driver, now=self.now)
        if waiting and self.chance.random() < 0.1:
            device.outbox.extend(waiting)
        if waiting:
            self.versions.pop(car.shift, None)

    def read(self, car: Car) -> None:
        """The list of the driver as it is now, if something may have changed in it."""
        with reading(self.services.database) as session:
            plan = publishing.latest(session, self.day)
            if plan is None or self.versions.get(car.shift) == plan.version:
                return
            self.versions[car.shift] = plan.version
            found = manifest.of(session, car.shift, by=car.driver)
        car.todo = [
            Todo(
                ride=stop.ride.id or 0,
                client=stop.ride.client_id,
                promise=stop.promise.id or 0,
                kind=stop.kind,
                place=stop.place.id or 0,
                window_start=stop.promise.window_start,
                start=stop.start,
                help=stop.promise.pickup_service if stop.kind is StopKind.PICKUP else stop.promise.dropoff_service,
                over=stop.done or stop.ride.status in OVER,
            )
            for stop in found.stops
            if stop.ride is not None and stop.promise is not None
        ]


def a_street(services: Services, seed: int) -> Street:
    """The evening before: everything ordered, confirmed and published; faults drawn by chance."""
    chance = Random(seed)
    with writing(services.database) as session:
        cast = gather(session)
        town = a_town(session, emil=cast.emil, allotment=10_000_000, hours=HOURS, world=services.world)
        depot = session.exec(select(Depot)).one()
        for number in (2, 3):
            vehicle = a_vehicle(session, depot, f"van {number}", (3, 1, 300), features="ramp")
            hours = ("6:00", "20:00") if number == 2 else ("7:00", "19:00")
            a_shift(session, vehicle, a_driver(session, depot.provider_id, name=f"Řidič {number}"), hours=hours)
        for number in range(SPOTS):
            name = f"spot {number}"
            town.places[name] = a_place(session, name, chance.uniform(-4, 5), chance.uniform(-3, 5)).id or 0
        points = {place.id or 0: place.point for place in session.exec(select(Place))}
        people = [
            a_client(
                session,
                f"Osoba Číslo{number}",
                mobility=chance.choice(MOBILITIES),
                phone=f"+4207770000{number:02}",
                hand_over_to="recepce" if number % 5 == 0 else "",
            )
            for number in range(PEOPLE)
        ]
    policy = services.policies.on(DAY)
    roads = Roads(points, policy, chance)
    street = Street(services, town, cast, chance, {}, roads, policy.no_show.wait_minutes * 60)
    for client in people:
        person = _order(street, client)
        if person is not None:
            street.people[person.client_id] = person
    with writing(services.database) as session:
        plans.publish(session, DAY, by=cast.dana, now=street.now)
        for shift in session.exec(select(Shift).where(Shift.day == DAY)):
            driver = session.get_one(Driver, shift.driver_id)
            _put_on_the_road(street, shift, Actor(driver.user_id, Role.DRIVER, driver.name))
    _faults(street)
    return street


def _order(street: Street, client) -> Person | None:
    chance, names = street.chance, [name for name in street.town.places if name not in ("abroad", "depot", "zbuch")]
    home, target = chance.sample(names, 2)
    there = chance.randrange(7 * 60, 10 * 60, 5)
    back = there + chance.randrange(90, 180, 5)
    will_call = chance.random() < 0.3
    try:
        with writing(street.services.database) as session:
            made = an_order(
                session,
                street.town,
                client,
                f"{there // 60}:{there % 60:02}",
                by=street.cast.dana,
                origin=home,
                to=target,
                back=f"{back // 60}:{back % 60:02}",
                will_call=will_call,
            )
            for ride in made:
                if ride.status is Status.REQUESTED:
                    rides.confirm(
                        session, ride, version=ride.version, by=street.cast.dana, now=at(DAY, 0) - timedelta(hours=9)
                    )
    except (ServiceError, IndexError):
        return None
    places = street.town.places
    return Person(
        client.id,
        client.last_name,
        places[home],
        places[target],
        there * 60,
        back * 60,
        will_call,
        comes=chance.random() > 0.05,
        place=places[home],
    )


def _put_on_the_road(street: Street, shift: Shift, driver: Actor) -> None:
    chance = street.chance
    dead = []
    for _ in range(chance.randint(0, 4)):
        begins = street.now + timedelta(minutes=chance.randint(30, 8 * 60))
        dead.append((begins, begins + timedelta(minutes=chance.randint(5, 45))))
    number = shift.id or 0
    device = Device(number, chance, lambda: street.now, dead)
    assistant = Device(number, chance, lambda: street.now, dead[:1]) if chance.random() < 0.3 else None
    street.cars[number] = Car(
        street, number, driver, shift.starts, shift.ends, street.town.places["depot"], chance, device, assistant
    )


def _faults(street: Street) -> None:
    """A breakdown on three days of five, two on one of ten; jams; the rest goes wrong by itself."""
    chance = street.chance
    for car in chance.sample(list(street.cars.values()), chance.choice((0, 0, 1, 1, 1, 1, 1, 1, 1, 2))):
        car.broken_at = chance.uniform(max(car.starts, 7 * HOUR), 13 * HOUR)
    for _ in range(chance.randint(0, 3)):
        begins = chance.uniform(7 * HOUR, 12 * HOUR)
        whose = chance.choice([None, *street.cars])
        street.roads.jams.append((begins, begins + chance.uniform(0.5, 1.5) * HOUR, chance.uniform(1.5, 2.5), whose))
