"""A driver as drivers are: follows the list that the device shows, helps, waits, taps, forgets, breaks down.

Each process of a day is a generator: it yields the second of the day at which it goes on.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any

from tests.simulation.devices import Device
from tests.simulation.truth import Person
from transport.kernel.actor import Actor
from transport.operations.driving.models import ReportKind
from transport.routing.planning.models import StopKind

if TYPE_CHECKING:
    from tests.simulation.street import Street

EVIDENCE = ["rang", "called"]
SLIPS, FORGETS = 0.04, 0.05
"""How often a driver taps by mistake and takes it back, and how often the tap comes late and the time is corrected."""
FORGOTTEN = 240


@dataclass(frozen=True, slots=True)
class Todo:
    """One stop of the list as it was when the device last had a network."""

    ride: int
    client: int
    promise: int
    kind: StopKind
    place: int
    window_start: int
    start: int
    help: int
    over: bool


@dataclass
class Car:
    """A vehicle on its shift. `place` is where it stands or last stood; `broken_at` when it will not go on."""

    street: "Street"
    shift: int
    driver: Actor
    starts: int
    ends: int
    place: int
    chance: Random
    device: Device
    assistant: Device | None
    broken_at: float | None = None
    broken: bool = False
    todo: list[Todo] = field(default_factory=list)
    did: set[tuple[int, StopKind]] = field(default_factory=set)
    home: bool = False

    def drive(self) -> Iterator[float]:
        """The shift from its beginning to its end."""
        yield self.starts
        self._tell(ReportKind.BEGUN, odometer=50_000)
        while not self._breaks():
            stop = self._next()
            if stop is None:
                if self.street.second >= self.ends:
                    break
                yield self.street.second + 60
                continue
            leaves = stop.start - self.street.roads.planned(self.place, stop.place) - 60
            if self.street.second < leaves:
                yield min(leaves, self.street.second + 60)
                continue
            arrives = self.street.second + self.street.roads.drive(
                self.place, stop.place, self.street.second, self.shift
            )
            yield arrives
            if self._breaks():
                break
            self.place = stop.place
            yield from self._pick_up(stop) if stop.kind is StopKind.PICKUP else self._set_down(stop)
        if not self.broken:
            self._tell(ReportKind.ENDED, odometer=50_180)
        self.home = True

    def people(self) -> list[Person]:
        """Who is on board, in truth."""
        return [person for person in self.street.people.values() if person.car == self.shift]

    def _breaks(self) -> bool:
        if self.broken_at is None or self.street.second < self.broken_at or self.broken:
            return self.broken
        self.broken = True
        for person in self.people():  # they get out and wait beside it
            person.car, person.place = None, self.place
        self._tell(ReportKind.PROBLEM, problem="breakdown")
        self.street.breakdowns.append(self)
        return True

    def _next(self) -> Todo | None:
        aboard = {person.client_id: self.street.boarded[person.client_id].ride for person in self.people()}
        for stop in self.todo:
            if stop.kind is StopKind.DROPOFF and aboard.get(stop.client) == stop.ride:
                return stop
            if stop.kind is StopKind.PICKUP and not stop.over and (stop.promise, stop.kind) not in self.did:
                return stop
        return self._forgotten(set(aboard))

    def _forgotten(self, clients: set[int]) -> Todo | None:
        """Somebody sits in the car of whom the list knows nothing any more: they are driven where they want to go."""
        for client in sorted(clients):
            known = self.street.boarded[client]
            return Todo(known.ride, client, known.promise, StopKind.DROPOFF, known.to, 0, 0, 60, over=False)
        return None

    def _pick_up(self, stop: Todo) -> Iterator[float]:
        street = self.street
        arrived = street.second
        self._tell(ReportKind.ARRIVED, stop)
        street.arrived(self, stop)
        person = street.people[stop.client]
        until = max(arrived, stop.window_start) + street.wait
        while person.place != self.place or not person.comes or street.second < stop.window_start:
            if street.second >= until:
                self.did.add((stop.promise, stop.kind))
                self._tell(ReportKind.ABSENT, stop, evidence=EVIDENCE)
                return
            yield min(until, street.second + 30)
            if self._breaks() or self._gone(stop):
                return
        street.gets_in(self, stop, person)
        yield street.second + street.roads.help(stop.help)
        self.did.add((stop.promise, stop.kind))
        yield from self._done(stop, paid="cash")

    def _set_down(self, stop: Todo) -> Iterator[float]:
        street = self.street
        self._tell(ReportKind.ARRIVED, stop)
        yield street.second + street.roads.help(stop.help)
        person = street.people[stop.client]
        street.gets_out(stop, person)
        self.did.add((stop.promise, stop.kind))
        yield from self._done(stop, handed_to="recepce")

    def _gone(self, stop: Todo) -> bool:
        """The list says meanwhile that nobody is to be picked up here, or that somebody else does it."""
        mine = [each for each in self.todo if each.promise == stop.promise and each.kind is stop.kind]
        return not mine or mine[0].over

    def _done(self, stop: Todo, **facts: Any) -> Iterator[float]:
        if self.chance.random() < FORGETS:
            truly = self.street.now
            yield self.street.second + FORGOTTEN
            late = self._tell(ReportKind.DONE, stop, **facts)
            happened = truly + self.device.wrong
            self.device.report(ReportKind.RETIMED, stop.promise, stop.kind, about=late, happened=happened.isoformat())
            self.street.truth[stop.ride, stop.kind, ReportKind.DONE][-1] = truly
        else:
            self._tell(ReportKind.DONE, stop, **facts)

    def _tell(self, kind: ReportKind, stop: Todo | None = None, **facts: Any) -> str:
        """Tap, sometimes by mistake first; the assistant's device says the same about every third time."""
        where = (None, None) if stop is None else (stop.promise, stop.kind)
        if stop is not None and kind is ReportKind.ARRIVED and self.chance.random() < SLIPS:
            wrong = self.device.report(kind, *where)
            self.device.report(ReportKind.UNDONE, *where, about=wrong.key)
        kept = self.device.report(kind, *where, **facts)
        if stop is not None:
            self.street.truth.setdefault((stop.ride, stop.kind, kind), []).append(kept.truly)
            if self.assistant is not None and self.chance.random() < 0.3:
                self.assistant.report(kind, *where, **facts)
        return kept.key
