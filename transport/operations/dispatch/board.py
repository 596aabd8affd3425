"""The day as the dispatcher looks at it: one lane for each shift, and the figures over them."""

from dataclasses import dataclass
from datetime import date, datetime
from math import ceil

from sqlmodel import Session, col, select

from transport.booking.contracts import contracts, ledger
from transport.booking.contracts.balance import Balance
from transport.booking.contracts.models import Contract
from transport.booking.rides.lifecycle import LIVE, Status
from transport.booking.rides.models import Ride
from transport.booking.rides.queries import RideView
from transport.kernel.clock import local_day
from transport.kernel.errors import NotFound
from transport.routing.fleet.models import Driver, Layout, Shift, Vehicle
from transport.routing.planning import publishing
from transport.routing.planning.models import PublishedPlan, Run, ServiceDay, Stop, StopKind

HOUR = 3600
NARROWEST = 0.05
"""Part of the board's width that even the shortest block takes, so that its time can be read."""


@dataclass(frozen=True, slots=True)
class Block:
    """One ride, break or kept place on a lane, from–until in seconds of the day. `view` is None without a ride."""

    start: int
    end: int
    row: int
    view: RideView | None
    is_break: bool


@dataclass(frozen=True, slots=True)
class Lane:
    """A shift with what its vehicle does; `layout` and the times on the road are None if it does not leave."""

    shift: Shift
    vehicle: Vehicle
    driver: Driver
    layout: Layout | None
    metres: int
    blocks: tuple[Block, ...]

    @property
    def rows(self) -> int:
        """How many blocks lie above each other where most do; at least one."""
        return max((block.row + 1 for block in self.blocks), default=1)


@dataclass(frozen=True, slots=True)
class Board:
    """All lanes of a day; the hours shown go from `start` to `end`, whole hours in seconds of the day."""

    start: int
    end: int
    lanes: tuple[Lane, ...]

    @property
    def hours(self) -> range:
        """The seconds at which an hour begins on the board."""
        return range(self.start, self.end, HOUR)


@dataclass(frozen=True, slots=True)
class Figures:
    """What stands over the board. Without a contract `contract` and `balance` are None."""

    rides: int
    waiting: int
    at_risk: int
    metres: int
    contract: Contract | None
    balance: Balance | None
    plan: PublishedPlan | None
    opened: ServiceDay | None


def nearest_day(session: Session, now: datetime) -> date:
    """The day to begin with: the next one, today included, that still has rides to drive; today if none has."""
    today = local_day(now)
    coming = select(col(Ride.day)).where(Ride.day >= today, col(Ride.status).in_(LIVE)).order_by(col(Ride.day))
    return session.exec(coming).first() or today


def figures(session: Session, day: date, views: list[RideView]) -> Figures:
    """The day in figures; `views` are its rides."""
    live = [view for view in views if view.ride.status in LIVE]
    contract, balance = _contract(session, day)
    return Figures(
        rides=sum(view.ride.status not in {Status.CANCELLED, Status.DECLINED} for view in views),
        waiting=sum(view.ride.status is Status.REQUESTED for view in live),
        at_risk=sum(view.promise.at_risk for view in live),
        metres=publishing.planned_metres(session, day),
        contract=contract,
        balance=balance,
        plan=publishing.latest(session, day),
        opened=session.get(ServiceDay, day),
    )


def board(session: Session, day: date, views: list[RideView]) -> Board:
    """The live plan by shifts, in the order in which they begin; `views` are the rides of the day."""
    crews = session.exec(
        select(Shift, Vehicle, Driver)
        .join(Vehicle, col(Vehicle.id) == Shift.vehicle_id)
        .join(Driver, col(Driver.id) == Shift.driver_id)
        .where(Shift.day == day, col(Shift.dropped_at).is_(None))
        .order_by(col(Vehicle.code), col(Shift.starts))
    ).all()
    if not crews:
        return Board(6 * HOUR, 22 * HOUR, ())
    start = min(shift.starts for shift, _, _ in crews) // HOUR * HOUR
    end = ceil(max(shift.ends for shift, _, _ in crews) / HOUR) * HOUR
    runs = {run.shift_id: run for run in session.exec(select(Run).where(Run.day == day))}
    layouts = {
        layout.id: layout
        for layout in session.exec(select(Layout).where(col(Layout.id).in_({run.layout_id for run in runs.values()})))
    }
    stops: dict[int, list[Stop]] = {}
    live = select(Stop).join(Run, col(Run.id) == Stop.run_id).where(Run.day == day)
    for stop in session.exec(live.order_by(col(Stop.run_id), col(Stop.seq))):
        stops.setdefault(stop.run_id, []).append(stop)
    by_promise = {view.ride.promise_id: view for view in views}
    least = int((end - start) * NARROWEST)
    lanes = []
    for shift, vehicle, driver in crews:
        run = runs.get(shift.id or 0)
        planned = [] if run is None else stops.get(run.id or 0, [])
        layout = layouts.get(run.layout_id) if run and planned else None
        blocks = _in_rows(_spans(planned, by_promise), least)
        lanes.append(Lane(shift, vehicle, driver, layout, run.metres if run else 0, blocks))
    return Board(start, end, tuple(lanes))


def _spans(stops: list[Stop], by_promise: dict[int, RideView]) -> list[tuple[int, int, RideView | None, bool]]:
    spans: list[tuple[int, int, RideView | None, bool]] = []
    boarded: dict[int, int] = {}
    for stop in stops:
        promise_id = stop.promise_id or 0
        if stop.kind is StopKind.BREAK:
            spans.append((stop.start, stop.departure, None, True))
        elif stop.kind is StopKind.PICKUP:
            boarded[promise_id] = stop.start
        else:
            spans.append((boarded.get(promise_id, stop.start), stop.departure, by_promise.get(promise_id), False))
    return sorted(spans, key=lambda span: span[:2])


def _in_rows(spans: list[tuple[int, int, RideView | None, bool]], least: int) -> tuple[Block, ...]:
    """Each block in the first row in which nothing is in its way."""
    free_from: list[int] = []
    blocks = []
    for start, end, view, is_break in spans:
        row = next((number for number, free in enumerate(free_from) if free <= start), len(free_from))
        if row == len(free_from):
            free_from.append(0)
        free_from[row] = max(end, start + least)
        blocks.append(Block(start, end, row, view, is_break))
    return tuple(blocks)


def _contract(session: Session, day: date) -> tuple[Contract | None, Balance | None]:
    try:
        contract = contracts.for_day(session, day)
    except NotFound:  # the board must be seen even of a day nobody pays for
        return None, None
    return contract, ledger.balance_on(session, contract, day)
