"""Everything the search for the impossible looks at, read once: rows as they stand and the ways between them."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar

from sqlmodel import Session, SQLModel, col, select

from transport.booking.clients.models import Client, Mandate
from transport.booking.contracts.models import Contract, LedgerEntry
from transport.booking.rides.models import Denial, Offer, Ride, TaxiOrder, TaxiState, TripRequest, WaitingWish
from transport.booking.standing.models import StandingDate, StandingOrder
from transport.kernel.clock import local_day
from transport.kernel.errors import ServiceError
from transport.routing.fleet.models import Layout, Shift
from transport.routing.planning import day as days
from transport.routing.planning.day import DayBook, World
from transport.routing.planning.models import (
    DayState,
    Promise,
    PublishedPlan,
    PublishedStop,
    Run,
    ServiceDay,
    Stop,
    StopKind,
    Visit,
    VisitAction,
)

T = TypeVar("T", bound=SQLModel)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The database at one moment. Rows by id, lists in order; `visited` says which reports exist."""

    session: Session
    world: World
    now: datetime
    days: dict[date, ServiceDay]
    promises: dict[int, Promise]
    runs: dict[int, Run]
    stops: dict[int, list[Stop]]
    """Stops of each run by their number."""
    stops_of: dict[int, list[Stop]]
    """Stops of each promise."""
    loose_stops: list[Stop]
    shifts: dict[int, Shift]
    layouts: dict[int, Layout]
    rides: dict[int, Ride]
    ride_of: dict[int, Ride]
    """The ride of each promise that has one."""
    requests: dict[int, TripRequest]
    offers: list[Offer]
    denials: list[Denial]
    waiting: list[WaitingWish]
    standing: list[tuple[StandingDate, int]]
    """Dates of standing orders, each with its client."""
    visited: frozenset[tuple[int, StopKind, VisitAction]]
    plans: dict[date, list[PublishedPlan]]
    """Published versions of each day, oldest first."""
    clients: dict[int, Client]
    mandates: list[Mandate]
    contracts: list[Contract]
    entries: list[LedgerEntry]
    by_taxi: frozenset[int]
    """Rides that a taxi has driven for us."""
    books: dict[date, DayBook | str] = field(default_factory=dict)

    @property
    def on_duty(self) -> list[Shift]:
        """The shifts that nobody has taken out."""
        return [shift for shift in self.shifts.values() if shift.dropped_at is None]

    @property
    def days_to_come(self) -> list[date]:
        """Open days from today on, in date order."""
        today = local_day(self.now)
        return sorted(day for day, row in self.days.items() if row.state is DayState.OPEN and day >= today)

    def book(self, day: date) -> DayBook | str:
        """The day as the engine sees it, or why its rows make no sense as a problem at all."""
        if day not in self.books:
            try:
                self.books[day] = days.load(self.session, day, world=self.world, now=self.now)
            except (ServiceError, ValueError, KeyError) as error:
                self.books[day] = f"{type(error).__name__}: {error}"
        return self.books[day]

    def published_stops(self, plan: PublishedPlan) -> list[PublishedStop]:
        """The stops of one published version."""
        return list(self.session.exec(select(PublishedStop).where(PublishedStop.plan_id == plan.id)))

    def contract_on(self, day: date) -> Contract | None:
        """The contract under which the day is driven, None if nobody bought it."""
        return next((c for c in self.contracts if c.valid_from <= day <= c.valid_until), None)


def take(session: Session, *, world: World, now: datetime) -> Snapshot:
    """Read it all. The database of one city in one year fits into memory many times."""
    promises = _keyed(session, Promise)
    runs = _keyed(session, Run)
    stops: dict[int, list[Stop]] = defaultdict(list)
    stops_of: dict[int, list[Stop]] = defaultdict(list)
    loose = []
    for stop in sorted(session.exec(select(Stop)), key=lambda stop: (stop.run_id, stop.seq)):
        stops[stop.run_id].append(stop)
        if stop.promise_id is not None:
            stops_of[stop.promise_id].append(stop)
        elif stop.kind is not StopKind.BREAK:
            loose.append(stop)
    rides = _keyed(session, Ride)
    plans: dict[date, list[PublishedPlan]] = defaultdict(list)
    for plan in sorted(session.exec(select(PublishedPlan)), key=lambda plan: (plan.day, plan.version)):
        plans[plan.day].append(plan)
    return Snapshot(
        session=session,
        world=world,
        now=now,
        days={row.day: row for row in session.exec(select(ServiceDay))},
        promises=promises,
        runs=runs,
        stops=stops,
        stops_of=stops_of,
        loose_stops=loose,
        shifts=_keyed(session, Shift),
        layouts=_keyed(session, Layout),
        rides=rides,
        ride_of={ride.promise_id: ride for ride in rides.values()},
        requests=_keyed(session, TripRequest),
        offers=list(session.exec(select(Offer))),
        denials=list(session.exec(select(Denial))),
        waiting=list(session.exec(select(WaitingWish))),
        standing=list(
            session.exec(
                select(StandingDate, StandingOrder.client_id).join(
                    StandingOrder, col(StandingOrder.id) == StandingDate.standing_order_id
                )
            )
        ),
        visited=frozenset((v.promise_id, v.kind, v.action) for v in session.exec(select(Visit))),
        plans=plans,
        clients=_keyed(session, Client),
        mandates=list(session.exec(select(Mandate))),
        contracts=list(session.exec(select(Contract))),
        entries=list(session.exec(select(LedgerEntry))),
        by_taxi=frozenset(session.exec(select(TaxiOrder.ride_id).where(col(TaxiOrder.state) == TaxiState.DRIVEN))),
    )


def _keyed(session: Session, table: type[T]) -> dict[int, T]:
    return {row.id: row for row in session.exec(select(table))}  # type: ignore[attr-defined]
