"""When a vehicle will really be at the doors still before it: worked out anew as the day goes, never overwritten.

Wished, offered, promised, planned, estimated and actual time are six different things. An estimate says when a stop
can begin, as far as is known at a moment: from the last report or position on, through the traffic of the hour, never
before the planned minute. Time passes also when nobody reports: who has not said that they have left has not left.
Waiting that the plan has in it makes up for lateness; breaks move, and stay as long as the law wants them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import ceil

from sqlalchemy import func
from sqlmodel import Session, col, select

from transport.kernel.clock import at, seconds_of
from transport.routing.planning.models import Estimate, Promise, StopKind

LEAST = 60
"""Seconds by which an estimate must differ from what was said before to be worth a word."""

Door = tuple[int, StopKind]
"""Where somebody gets on or off: a promise and the kind of its stop."""

Drive = Callable[[int, int, float], float]
"""When a drive from one place to another ends that begins at a second of the day."""


@dataclass(frozen=True, slots=True)
class Halt:
    """One stop of a run, in seconds of the day; a break has no promise.

    It does not begin before `earliest` and takes `service` seconds. `arrived` and `left`: what has been reported.
    """

    promise: int | None
    kind: StopKind
    place: int
    earliest: int
    service: int
    arrived: int | None = None
    left: int | None = None

    @property
    def last(self) -> int | None:
        """When we last heard of the stop."""
        return self.arrived if self.left is None else self.left


@dataclass(frozen=True, slots=True)
class Seen:
    """Where a vehicle was on the road at a second of the day."""

    place: int
    second: int


@dataclass(frozen=True, slots=True)
class Way:
    """What is known of a run: its stops in order, its depot, when it leaves it (`gone`: on duty, or out already)."""

    halts: Sequence[Halt]
    depot: int
    leaves: int
    gone: bool = False
    seen: Seen | None = None


def expected(way: Way, now: int, drive: Drive) -> dict[Door, int]:
    """From when each stop can begin that nobody has reported yet. Pure.

    First come those that were passed over: the driver's list shows them next.
    """
    heard = [(halt.last, number) for number, halt in enumerate(way.halts) if halt.last is not None]
    since, here = max(heard) if heard else (None, -1)
    place, clock, stands = _free(way, here, now)
    seen = None if stands or (way.seen and since is not None and way.seen.second < since) else way.seen
    found: dict[Door, int] = {}
    for halt in [*_passed_over(way.halts, here), *way.halts[here + 1 :]]:
        if halt.kind is StopKind.BREAK:
            clock = max(clock, halt.earliest) + halt.service
            continue
        if seen is not None:
            place, clock, seen = seen.place, max(clock, seen.second), None
        arrives = max(ceil(drive(place, halt.place, clock)), now)
        begins = max(arrives, halt.earliest)
        if halt.promise is not None:
            found[halt.promise, halt.kind] = begins
        place, clock = halt.place, begins + halt.service
    return found


def _passed_over(halts: Sequence[Halt], here: int) -> list[Halt]:
    """Stops before the last one we heard of that nobody has reported: put in while the vehicle was on its way there.

    Whoever was set down since has been fetched, whether that was reported or not.
    """
    set_down = {halt.promise for halt in halts if halt.kind is StopKind.DROPOFF and halt.last is not None}
    before = halts[: max(here, 0)]
    return [halt for halt in before if halt.promise not in {None, *set_down} and halt.last is None]


def _free(way: Way, here: int, now: int) -> tuple[int, int, bool]:
    """Where and from when the vehicle is free to drive on, and whether it stands at a stop until then."""
    if here < 0:
        gone = way.gone or way.seen is not None
        return way.depot, way.leaves if gone else max(way.leaves, now), False
    halt = way.halts[here]
    if halt.left is not None:
        return halt.place, halt.left, False
    return halt.place, max(max(halt.arrived or 0, halt.earliest) + halt.service, now), True


def remember(
    session: Session, day: date, found: Mapping[Door, int], known: Mapping[Door, int], *, now: datetime
) -> list[Estimate]:
    """Keep what is expected by now, where it differs by a minute or more from what is known of a stop."""
    made = []
    for (promise, kind), second in found.items():
        if abs(second - known[promise, kind]) >= LEAST:
            made.append(Estimate(promise_id=promise, kind=kind, expected_at=at(day, second), made_at=now))
    session.add_all(made)
    session.flush()
    return made


def latest(session: Session, promise_id: int, kind: StopKind) -> Estimate | None:
    """What was said last about a stop; None while everything goes as planned."""
    mine = select(Estimate).where(Estimate.promise_id == promise_id, Estimate.kind == kind)
    return session.exec(mine.order_by(col(Estimate.id).desc())).first()


def latest_of_day(session: Session, day: date) -> dict[Door, int]:
    """The same of all promises of a day, in seconds of the day."""
    newest = (
        select(func.max(Estimate.id))
        .join(Promise, col(Promise.id) == Estimate.promise_id)
        .where(Promise.day == day)
        .group_by(col(Estimate.promise_id), col(Estimate.kind))
    )
    columns = select(Estimate.promise_id, Estimate.kind, Estimate.expected_at)
    rows = session.exec(columns.where(col(Estimate.id).in_(newest)))
    return {(promise, StopKind(kind)): seconds_of(day, instant) for promise, kind, instant in rows}
