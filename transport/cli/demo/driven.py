"""Rows of a morning that was driven long ago: what was ordered, promised, planned, and what happened at the doors."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from sqlmodel import Session, col, select

from transport.booking.clients import needs as needing
from transport.booking.clients.models import Needs
from transport.booking.rides.lifecycle import Status
from transport.booking.rides.models import Channel, Companion, KindOfPlace, Leg, Ride, TripRequest, Wish
from transport.bootstrap import Services
from transport.kernel.clock import at, parse_wall
from transport.kernel.policy import Policy
from transport.kernel.values import Point
from transport.routing.fleet.models import Shift
from transport.routing.geo import versions
from transport.routing.geo.models import Place
from transport.routing.planning.models import Promise, PromiseState, Run, Stop, StopKind, Visit, VisitAction
from transport.routing.planning.wishes import Anchor

MOST = 2000
"""Rides that can have a number of their own."""
QUARTER = 15 * 60


@dataclass(frozen=True, slots=True)
class Rider:
    """Somebody who rides often, with their needs as they are, their home, and what a ride in the city costs them."""

    client: int
    needs: Needs
    home: int
    price: int


@dataclass(frozen=True, slots=True)
class Crew:
    """A driver with a telephone, the layout of the vehicle they always have, and where it stands at night."""

    actor: str
    driver: int
    layout: int
    depot: int


@dataclass(frozen=True, slots=True)
class Trip:
    """There and back: who, to which place, about when they are fetched, and when to go home."""

    rider: Rider
    to: int
    there: str
    back: str


@dataclass(frozen=True, slots=True)
class _Way:
    """One ride as it was planned, in seconds of the day: at the door, away again, at the destination, done there."""

    rider: Rider
    leg: Leg
    origin: int
    target: int
    arrives: int
    leaves: int
    there: int
    left: int
    metres: int


Takes = Callable[[Rider, StopKind, int, int], int]
"""How many seconds somebody really took at a door: who, to get in or out, at which place, how long by the rules."""


class Book:
    """Writes mornings down; knows how far it is between the places."""

    def __init__(
        self, services: Services, session: Session, places: Sequence[int], takes: Takes, random: Random
    ) -> None:
        """All `places` that will be driven to."""
        rows = {row.id: row for row in session.exec(select(Place).where(col(Place.id).in_(places)))}
        legs = services.world.travel(versions.current(session)).legs(
            [Point(rows[place].lat, rows[place].lon) for place in places]
        )
        self._session, self._takes, self._random = session, takes, random
        self._legs, self._row = legs, {place: row for row, place in enumerate(places)}
        self._codes = iter(random.sample(range(100_000, 1_000_000), MOST))

    def morning(self, shift: Shift, crew: Crew, trips: Sequence[Trip], policy: Policy) -> int:
        """What one driver drove in a shift, one ride after the other; says how many metres."""
        day = shift.day
        ways = self._planned(day, crew, trips, policy)
        metres = sum(way.metres for way in ways)
        here, rows = crew.depot, self._ordered(day, trips, ways, policy)
        for way in ways:
            metres += self._drive(here, way.origin)[1]
            here = way.target
        seconds, empty = self._drive(here, crew.depot)
        leaves = ways[0].arrives - self._drive(crew.depot, ways[0].origin)[0]
        run = Run(
            day=day,
            shift_id=shift.id or 0,
            layout_id=crew.layout,
            leaves=leaves,
            returns=ways[-1].left + seconds,
            metres=metres + empty,
        )
        self._session.add(run)
        self._session.flush()
        self._stops(run, ways, rows)
        self._visits(day, crew, shift, ways, rows)
        return run.metres

    def _drive(self, start: int, end: int) -> tuple[int, int]:
        """Seconds and metres on the empty road."""
        leg = self._row[start], self._row[end]
        return int(self._legs.seconds[leg]), int(self._legs.metres[leg])

    def _planned(self, day: date, crew: Crew, trips: Sequence[Trip], policy: Policy) -> list[_Way]:
        wanted = [(trip, Leg.OUTBOUND, trip.rider.home, trip.to, trip.there) for trip in trips]
        wanted += [(trip, Leg.RETURN, trip.to, trip.rider.home, trip.back) for trip in trips]
        here, clock, found = crew.depot, 0, []
        for trip, leg, origin, target, about in wanted:
            boarding, alighting = needing.dwell(trip.rider.needs, policy, trip.rider.needs.companions)
            arrives = max(clock + self._drive(here, origin)[0], parse_wall(day, about))
            seconds, metres = self._drive(origin, target)
            there = arrives + boarding + seconds
            here, clock = target, there + alighting
            found.append(_Way(trip.rider, leg, origin, target, arrives, arrives + boarding, there, clock, metres))
        return found

    def _ordered(
        self, day: date, trips: Sequence[Trip], ways: Sequence[_Way], policy: Policy
    ) -> list[tuple[Promise, Ride]]:
        """Orders by telephone, three days before, with what was promised."""
        made = at(day - timedelta(days=3), parse_wall(day - timedelta(days=3), "10:00"))
        orders = {
            trip.rider.client: TripRequest(
                client_id=trip.rider.client,
                channel=Channel.PHONE,
                key=f"past {day} {trip.rider.client}",
                created_at=made,
            )
            for trip in trips
        }
        promises = [
            Promise(
                day=day,
                state=PromiseState.KEPT,
                pickup_place_id=way.origin,
                dropoff_place_id=way.target,
                window_start=way.arrives // 300 * 300,
                window_end=way.arrives // 300 * 300 + policy.promise.window_minutes * 60,
                arrive_by=way.there + QUARTER,
                max_ride=policy.promise.max_ride_seconds(way.there - way.leaves),
                pickup_service=way.leaves - way.arrives,
                dropoff_service=way.left - way.there,
                seats=(load := needing.load(way.rider.needs, way.rider.needs.companions)).seats,
                wheelchairs=load.wheelchairs,
                chair_mass=needing.chair_mass(way.rider.needs),
                features=" ".join(sorted(needing.features(way.rider.needs, policy))),
                made_at=made,
            )
            for way in ways
        ]
        self._session.add_all([*orders.values(), *promises])
        self._session.flush()
        rides = [
            Ride(
                code=str(next(self._codes)),
                request_id=orders[way.rider.client].id or 0,
                leg=way.leg,
                client_id=way.rider.client,
                day=day,
                origin_place_id=way.origin,
                destination_place_id=way.target,
                status=Status.COMPLETED,
                promise_id=promise.id or 0,
                needs_id=way.rider.needs.id or 0,
                policy_id=policy.id,
                price=way.rider.price,
                persons=1 + way.rider.needs.companions,
                metres=way.metres,
                confirm_by=made,
                created_at=made,
            )
            for way, promise in zip(ways, promises, strict=True)
        ]
        self._session.add_all(rides)
        self._session.flush()
        for way, ride in zip(ways, rides, strict=True):
            by = (way.there + QUARTER) // QUARTER * QUARTER
            anchor, second = (Anchor.ARRIVE_BY, by) if way.leg is Leg.OUTBOUND else (Anchor.LEAVE_AT, way.arrives)
            self._session.add(Wish(ride_id=ride.id or 0, day=day, anchor=anchor, seconds=second // 300 * 300))
            for _ in range(way.rider.needs.companions):
                self._session.add(Companion(ride_id=ride.id or 0, place=KindOfPlace.SEAT))
        return list(zip(promises, rides, strict=True))

    def _stops(self, run: Run, ways: Sequence[_Way], rows: Sequence[tuple[Promise, Ride]]) -> None:
        for number, (way, (promise, _)) in enumerate(zip(ways, rows, strict=True)):
            for seq, kind, place, arrival, departure in (
                (2 * number, StopKind.PICKUP, way.origin, way.arrives, way.leaves),
                (2 * number + 1, StopKind.DROPOFF, way.target, way.there, way.left),
            ):
                stop = Stop(
                    run_id=run.id or 0,
                    seq=seq,
                    kind=kind,
                    promise_id=promise.id,
                    place_id=place,
                    arrival=arrival,
                    start=arrival,
                    departure=departure,
                )
                self._session.add(stop)

    def _visits(
        self, day: date, crew: Crew, shift: Shift, ways: Sequence[_Way], rows: Sequence[tuple[Promise, Ride]]
    ) -> None:
        """What really happened: a little earlier or later than planned, never before the driver was done elsewhere."""
        clock = 0
        for way, (promise, _) in zip(ways, rows, strict=True):
            came = max(clock + 60, way.arrives + round(self._random.gauss(40, 100)))
            by_rules = way.leaves - way.arrives
            on_board = max(came, promise.window_start) + self._takes(way.rider, StopKind.PICKUP, way.origin, by_rules)
            there = on_board + round((way.there - way.leaves) * self._random.uniform(0.95, 1.2))
            clock = there + self._takes(way.rider, StopKind.DROPOFF, way.target, way.left - way.there)
            promise.ended_at = at(day, clock)
            for kind, action, second in (
                (StopKind.PICKUP, VisitAction.ARRIVED, came),
                (StopKind.PICKUP, VisitAction.DONE, on_board),
                (StopKind.DROPOFF, VisitAction.ARRIVED, there),
                (StopKind.DROPOFF, VisitAction.DONE, clock),
            ):
                visit = Visit(
                    promise_id=promise.id or 0,
                    kind=kind,
                    action=action,
                    shift_id=shift.id,
                    occurred_at=at(day, second),
                    recorded_at=at(day, second),
                    actor=crew.actor,
                )
                self._session.add(visit)
