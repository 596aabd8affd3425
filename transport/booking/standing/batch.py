"""All standing orders of one day thought about together: a plan in which each date has both its legs or none.

Nothing here depends on who asked first: trips come in an order of content, and weigh the same. With a fleet share
below one, wishes may go only to some of the vehicles, so that at every hour the others are left for single rides.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from math import ceil

from transport.booking.contracts.balance import ContractUnit
from transport.booking.rides.wishing import LegWish, Order
from transport.booking.standing.quota import regular_duties
from transport.kernel.policy import Policy
from transport.kernel.values import Window
from transport.routing import engine
from transport.routing.planning import offers, runs, wishes
from transport.routing.planning.day import DayBook

REGULAR = "regular"
"""What the engine knows vehicles by that take standing rides, and rides that may use no other."""

EFFORT = 100
"""Iterations of the search for each leg, when nobody says how many seconds to think."""

ROUNDS = 8
FIRST = 0.4
"""Share of the thinking for the first round; the others get the rest in equal parts."""


@dataclass(frozen=True, slots=True)
class TripLeg:
    """One direction of a date: `option` is the widest promise that answers the wish, narrowed once it is placed."""

    wish: LegWish
    party: wishes.Party
    option: wishes.Option
    price: int
    metres: int


@dataclass(frozen=True, slots=True)
class Trip:
    """What one standing order asks for on the day. `name` is made of content only: client code, times, places.

    `instead_of`: rides (promise by ride) that stand until this trip is firm. `denied_at`: when the client was denied
    something last, if that decides between equals.
    """

    name: str
    date_id: int
    order: Order
    legs: tuple[TripLeg, ...]
    instead_of: tuple[tuple[int, int], ...] = ()
    denied_at: datetime | None = None

    def key(self, leg: TripLeg) -> str:
        """Names a leg to the engine."""
        return f"{self.name} {leg.wish.leg.value}"


@dataclass(frozen=True, slots=True)
class Batch:
    """A day as it is, what is asked of it, and what the contract has left (`free` of `unit`)."""

    book: DayBook
    trips: tuple[Trip, ...]
    refused: tuple[tuple[int, str], ...]
    """Dates that the rules are against, with a word for why."""
    regular: frozenset[str]
    """Promises of standing rides placed before."""
    unit: ContractUnit
    free: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """The plan thought of: with `options` for each placed trip, and a proven word for each that has no place."""

    problem: engine.Problem
    plan: engine.Plan
    placed: tuple[tuple[Trip, tuple[wishes.Option, ...]], ...]
    denied: tuple[tuple[Trip, str], ...]


def think(batch: Batch, *, seconds: float | None = None, effort: int = EFFORT) -> Outcome:
    """The best answer found: within `seconds`, or with so many iterations per leg, which always gives the same."""
    desk = _Desk(batch)
    fresh = [trip for trip in desk.ranked if not trip.instead_of]
    began, half = time.monotonic(), set[str]()
    for number in range(ROUNDS):
        if number == ROUNDS // 2:
            half.clear()  # there may be room by now for what gave way
        trips = [trip for trip in fresh if trip.name not in half]
        if not trips or all(trip.name in desk.placed for trip in trips):
            break
        share = FIRST if number == 0 else (1 - FIRST) / (ROUNDS - 1)
        if seconds is None:
            desk.search(trips, iterations=ceil(share * effort * sum(len(trip.legs) for trip in trips)))
        else:
            desk.search(trips, seconds=max(0.0, min(share * seconds, seconds - (time.monotonic() - began))))
        halves = desk.settle(trips)
        # the lower half gives way, so that what it held may complete the others
        half |= {trip.name for trip in halves[len(halves) // 2 :]}
        if not halves and number >= ROUNDS // 2:
            break
    for trip in fresh:
        if trip.name not in desk.placed:
            desk.insert(trip)
    beyond = desk.keep_to_contract()
    for trip in desk.ranked:
        if trip.instead_of:
            desk.insert(trip)
    return desk.outcome(desk.reasons(beyond))


def widest(options: Sequence[wishes.Option]) -> wishes.Option:
    """The options for one time as one: picked up whenever any of them would."""
    first = options[0]
    window = Window(min(each.window.start for each in options), max(each.window.end for each in options))
    return replace(first, window=window)


def narrowed(option: wishes.Option, start: int, policy: Policy) -> wishes.Option:
    """A promise of the usual width around the planned start, within the widest one, on a full step if there is one."""
    width, step = policy.promise.window_minutes * 60, policy.promise.offer_step_minutes * 60
    if option.window.end - option.window.start <= width:
        return option
    begin = (start - width // 2) // step * step
    begin = min(max(begin, option.window.start, start - width), option.window.end - width, start)
    return replace(option, window=Window(begin, begin + width))


class _Room:
    """A plan that is asked what it has room for."""

    def __init__(self, problem: engine.Problem, plan: engine.Plan) -> None:
        self.problem, self.plan = problem, plan

    @cached_property
    def _inserter(self) -> engine.Inserter:
        return engine.Inserter(self.problem, self.plan)

    def with_all(self, requests: Sequence[engine.Request]) -> "_Room | None":
        """The plan with all these requests, each where it costs least; None if one of them has no place."""
        room = self
        for request in requests:
            places = room._inserter.insert(request)
            if not places:
                return None
            room = _Room(*engine.place(room.problem, room.plan, request, places[0]))
        return room


class _Desk:
    """The plan as it grows."""

    def __init__(self, batch: Batch) -> None:
        self._batch, self._book = batch, batch.book
        self.ranked = _ranked(batch.trips)
        self.placed: dict[str, Trip] = {}
        book = batch.book
        carried = {run.duty for run in book.plan.runs for stop in run.stops if stop.request in batch.regular}
        self._duties = regular_duties(book.problem.duties, book.policy.regular.max_share, frozenset(carried))
        self._weights = _weights(self.ranked)
        self._alone = _alone(batch.trips)
        self._room = _Room(self._marked(book.problem), engine.Plan(book.plan.runs))

    def search(self, trips: Sequence[Trip], *, seconds: float | None = None, iterations: int | None = None) -> None:
        """Look for a plan with as many legs as possible; whoever is placed stays placed."""
        wanted = [request for trip in trips if trip.name not in self.placed for request in self._requests(trip)]
        optional = (replace(each, required=False) for each in wanted)
        grown = replace(self._room.problem, requests=(*self._room.problem.requests, *optional))
        plan = engine.solve(grown, seconds=seconds, iterations=iterations, start=self._room.plan)
        self._room = _Room(grown, plan)

    def settle(self, trips: Sequence[Trip]) -> list[Trip]:
        """Keep the trips with all their legs, take out the others; gives back those that had a part, as ranked."""
        served = _served(self._room.plan)
        halves = []
        gone: set[str] = set()
        for trip in trips:
            keys = {trip.key(leg) for leg in trip.legs}
            if keys <= served:
                self.placed[trip.name] = trip
            else:
                gone |= keys
                halves += [trip] if keys & served else []
        self._room = self._without(gone)
        firm = {trip.key(leg) for trip in self.placed.values() for leg in trip.legs}
        requests = (replace(each, required=True) if each.id in firm else each for each in self._room.problem.requests)
        self._room = _Room(replace(self._room.problem, requests=tuple(requests)), self._room.plan)
        return halves

    def insert(self, trip: Trip) -> None:
        """Put all legs of a trip into the plan as it is, in place of the rides it replaces; all or nothing."""
        before, found = self._room, self._without(_old(trip)).with_all(self._requests(trip))
        if found is None:
            return
        self._room = found
        self.placed[trip.name] = trip
        if trip.instead_of and self._needed() > self._batch.free:
            self._room = before
            del self.placed[trip.name]

    def keep_to_contract(self) -> set[str]:
        """Take trips out, the last in rank first, until the contract has enough; their names."""
        beyond: set[str] = set()
        for trip in reversed(self.ranked):
            if self._needed() <= self._batch.free:
                break
            if self.placed.pop(trip.name, None):
                self._room = self._without({trip.key(leg) for leg in trip.legs})
                beyond.add(trip.name)
        return beyond

    def reasons(self, beyond: set[str]) -> list[tuple[Trip, str]]:
        """Why trips have no place, proven in the plan: the contract, want of a vehicle they may use, or of any."""
        whole = _Room(self._unmarked(self._room.problem), self._room.plan)
        left = [trip for trip in self._batch.trips if trip.name not in self.placed]
        return [(trip, "contract" if trip.name in beyond else self._reason(trip, whole)) for trip in left]

    def _reason(self, trip: Trip, whole: _Room) -> str:
        here = self._without(_old(trip))
        if here.with_all(self._requests(trip)) is not None:
            return "contract"
        room = whole if here is self._room else _Room(self._unmarked(here.problem), here.plan)
        requests = self._requests(trip, regular=False)
        if room.with_all(requests) is not None:
            return "quota"
        for request in requests:
            found = room.with_all([request])
            if found is None:
                return engine.reason(room.problem, room.plan, request)
            room = found
        return "no_room"

    def outcome(self, denied: Sequence[tuple[Trip, str]]) -> Outcome:
        """The plan with the promises as they will be made."""
        policy = self._book.policy
        pickups = [stop for run in self._room.plan.runs for stop in run.stops if stop.kind is engine.StopKind.PICKUP]
        starts = {stop.request: stop.start for stop in pickups}
        placed = tuple(
            (trip, tuple(narrowed(leg.option, round(starts[trip.key(leg)]), policy) for leg in trip.legs))
            for trip in self._batch.trips
            if trip.name in self.placed
        )
        made = {
            trip.key(leg): self._request(trip, replace(leg, option=option), regular=False)
            for trip, options in placed
            for leg, option in zip(trip.legs, options, strict=True)
        }
        problem = self._unmarked(self._room.problem)
        requests = tuple(made.get(each.id, each) for each in problem.requests)
        return Outcome(replace(problem, requests=requests), engine.Plan(self._room.plan.runs), placed, tuple(denied))

    def _requests(self, trip: Trip, *, regular: bool = True) -> list[engine.Request]:
        return [self._request(trip, leg, regular=regular) for leg in trip.legs]

    def _request(self, trip: Trip, leg: TripLeg, *, regular: bool) -> engine.Request:
        asked = offers.request(self._book, leg.party, leg.option, trip.key(leg))
        return replace(
            asked,
            features=asked.features | ({REGULAR} if regular else frozenset()),
            solo=asked.solo or trip.name in self._alone,
            weight=self._weights[trip.name],
        )

    def _needed(self) -> int:
        """What the placed trips take from the contract, in its unit."""
        more = {trip.name: len(trip.legs) - len(trip.instead_of) for trip in self.placed.values()}
        if self._batch.unit is ContractUnit.RIDES:
            return sum(more.values())
        if self._batch.unit is ContractUnit.PERSONS:
            return sum(more[trip.name] * (1 + len(trip.order.companions)) for trip in self.placed.values())
        if self._batch.unit is ContractUnit.VEHICLE_MINUTES:
            return self._batch.free  # taken by the shift, not by the ride
        return runs.length(self._room.problem, self._room.plan) - runs.length(self._room.problem, self._book.plan)

    def _without(self, gone: set[str]) -> _Room:
        """The plan without these requests."""
        if not gone:
            return self._room
        problem, plan = runs.without(replace(self._book, problem=self._room.problem, plan=self._room.plan), gone)
        return _Room(problem, engine.Plan(plan.runs))

    def _marked(self, problem: engine.Problem) -> engine.Problem:
        """The vehicles for standing rides known by a feature; rides placed in them before stay in them."""
        on = {stop.request for run in self._book.plan.runs if run.duty in self._duties for stop in run.stops}
        staying = self._batch.regular & on
        return replace(
            problem,
            duties=tuple(
                replace(duty, features=duty.features | {REGULAR}) if duty.id in self._duties else duty
                for duty in problem.duties
            ),
            requests=tuple(
                replace(each, features=each.features | {REGULAR}) if each.id in staying else each
                for each in problem.requests
            ),
        )

    def _unmarked(self, problem: engine.Problem) -> engine.Problem:
        return replace(
            problem,
            duties=self._book.problem.duties,
            requests=tuple(replace(each, features=each.features - {REGULAR}) for each in problem.requests),
        )


def _old(trip: Trip) -> set[str]:
    """The promises of the rides that a trip is to replace, as the engine names them."""
    return {str(promise) for _, promise in trip.instead_of}


def _served(plan: engine.Plan) -> set[str | None]:
    return {stop.request for run in plan.runs for stop in run.stops}


def _ranked(trips: Sequence[Trip]) -> list[Trip]:
    """Who was denied most recently first; then by content."""
    return sorted(trips, key=lambda trip: (-trip.denied_at.timestamp() if trip.denied_at else 0.0, trip.name))


def _weights(ranked: Sequence[Trip]) -> dict[str, float]:
    """One for every leg, and so little more for who was denied that all of it together is not worth one leg."""
    denied = sorted({trip.denied_at for trip in ranked if trip.denied_at is not None})
    most = 2.0 * len(denied) * sum(len(trip.legs) for trip in ranked)
    return {
        trip.name: 1.0 if trip.denied_at is None else 1.0 + (1 + denied.index(trip.denied_at)) / most for trip in ranked
    }


def _alone(trips: Sequence[Trip]) -> set[str]:
    """Trips of people who must never meet somebody who comes before them here: they ride alone."""
    seen: set[int] = set()
    found = set()
    for trip in trips:
        apart = {number for leg in trip.legs for number in leg.party.apart}
        if any(-number in seen for number in apart):
            found.add(trip.name)
        seen |= apart
    return found
