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
from transport.kernel.clock import local_day
from transport.kernel.errors import NotFound
from transport.operations.dispatch.lines import Halt, Line, Lines
from transport.routing.fleet.models import Driver, Layout, Shift, Vehicle
from transport.routing.planning import publishing
from transport.routing.planning.models import Promise, PublishedPlan, Run, ServiceDay, StopKind

HOUR = 3600


@dataclass(frozen=True, slots=True)
class Block:
    """One ride, break or kept place on a lane, from–until in seconds of the day. `line` is None without a ride."""

    key: str
    start: int
    end: int
    line: Line | None
    is_break: bool


@dataclass(frozen=True, slots=True)
class Load:
    """How many seats and wheelchair places are taken, from–until in seconds of the day."""

    start: int
    end: int
    seats: int
    wheelchairs: int


@dataclass(frozen=True, slots=True)
class Lane:
    """A shift with what its vehicle does; the places are those of its layout, 0 if it does not leave."""

    shift_id: int
    vehicle: str
    driver: str
    starts: int
    ends: int
    seats: int
    wheelchairs: int
    metres: int
    blocks: tuple[Block, ...]
    loads: tuple[Load, ...]

    @property
    def most_seats(self) -> int:
        """Seats taken when most are."""
        return max((load.seats for load in self.loads), default=0)

    @property
    def most_wheelchairs(self) -> int:
        """Wheelchair places taken when most are."""
        return max((load.wheelchairs for load in self.loads), default=0)


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


def figures(session: Session, day: date, lines: Lines) -> Figures:
    """The day in figures; `lines` are its rides."""
    live = [line for line in lines.lines if line.status in LIVE]
    contract, balance = _contract(session, day)
    return Figures(
        rides=sum(line.status not in {Status.CANCELLED, Status.DECLINED} for line in lines.lines),
        waiting=sum(line.status is Status.REQUESTED for line in live),
        at_risk=sum(line.endangered for line in live),
        metres=publishing.planned_metres(session, day),
        contract=contract,
        balance=balance,
        plan=publishing.latest(session, day),
        opened=session.get(ServiceDay, day),
    )


def board(session: Session, day: date, lines: Lines) -> Board:
    """The live plan by shifts, in the order of the vehicles; `lines` are the rides of the day."""
    crews = session.exec(
        select(Shift, Vehicle, Driver)
        .join(Vehicle, col(Vehicle.id) == Shift.vehicle_id)
        .join(Driver, col(Driver.id) == Shift.driver_id)
        .where(Shift.day == day)
        .order_by(col(Vehicle.code), col(Shift.starts))
    ).all()
    if not crews:
        return Board(6 * HOUR, 22 * HOUR, ())
    start = min(shift.starts for shift, _, _ in crews) // HOUR * HOUR
    end = ceil(max(shift.ends for shift, _, _ in crews) / HOUR) * HOUR
    runs = select(Run, Layout).join(Layout, col(Layout.id) == Run.layout_id).where(Run.day == day)
    driven = {run.shift_id: (run, layout) for run, layout in session.exec(runs)}
    halts: dict[int, list[Halt]] = {}
    for halt in lines.halts:
        halts.setdefault(halt.shift_id, []).append(halt)
    by_promise = lines.by_promise
    unnamed = {halt.promise_id for halt in lines.halts if halt.promise_id} - by_promise.keys()
    kept = _loads_of(session, unnamed) | {line.promise_id: (line.seats, line.wheelchairs) for line in lines.lines}
    lanes = []
    for shift, vehicle, driver in crews:
        shift_id = shift.id or 0
        mine = halts.get(shift_id, [])
        run, layout = driven.get(shift_id, (None, None))
        lanes.append(
            Lane(
                shift_id=shift_id,
                vehicle=vehicle.code,
                driver=driver.name,
                starts=shift.starts,
                ends=shift.ends,
                seats=layout.seats if layout and mine else 0,
                wheelchairs=layout.wheelchairs if layout and mine else 0,
                metres=run.metres if run else 0,
                blocks=_blocks(shift_id, mine, by_promise),
                loads=_loads(mine, kept),
            )
        )
    return Board(start, end, tuple(lanes))


def _blocks(shift_id: int, halts: list[Halt], by_promise: dict[int, Line]) -> tuple[Block, ...]:
    found = []
    boarded: dict[int, int] = {}
    for halt in halts:
        promise_id = halt.promise_id or 0
        if halt.kind is StopKind.BREAK:
            found.append(Block(f"p{shift_id}-{halt.start}", halt.start, halt.departure, None, is_break=True))
        elif halt.kind is StopKind.PICKUP:
            boarded[promise_id] = halt.start
        else:
            line = by_promise.get(promise_id)
            key = line.code if line else f"x{promise_id}"
            start = boarded.get(promise_id, halt.start)
            found.append(Block(key, start, halt.departure, line, is_break=False))
    return tuple(sorted(found, key=lambda block: (block.start, block.end)))


def _loads(halts: list[Halt], taken: dict[int, tuple[int, int]]) -> tuple[Load, ...]:
    """How full the vehicle is between its stops, empty stretches left out."""
    found = []
    seats = wheelchairs = since = 0
    for halt in halts:
        if halt.kind is StopKind.BREAK:
            continue
        if (seats or wheelchairs) and halt.start > since:
            found.append(Load(since, halt.start, seats, wheelchairs))
        more = taken.get(halt.promise_id or 0, (0, 0))
        sign = 1 if halt.kind is StopKind.PICKUP else -1
        seats, wheelchairs, since = seats + sign * more[0], wheelchairs + sign * more[1], halt.start
    return tuple(found)


def _loads_of(session: Session, promise_ids: set[int]) -> dict[int, tuple[int, int]]:
    """What places kept for somebody who is still deciding take."""
    rows = session.exec(
        select(Promise.id, Promise.seats, Promise.wheelchairs).where(col(Promise.id).in_(promise_ids))
    ).all()
    return {promise_id or 0: (seats, wheelchairs) for promise_id, seats, wheelchairs in rows}


def _contract(session: Session, day: date) -> tuple[Contract | None, Balance | None]:
    try:
        contract = contracts.for_day(session, day)
    except NotFound:  # the board must be seen even of a day nobody pays for
        return None, None
    return contract, ledger.balance_on(session, contract, day)
