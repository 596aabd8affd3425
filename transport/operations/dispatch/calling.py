"""Whom to call after changes: what each driver has to be told, and each client, between two versions of a day's plan.

The list that works when nothing else does: drivers without signal drive by what they last read or hold in their hands.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlmodel import Session, col, func, select

from transport.booking.rides import queries
from transport.booking.rides.lifecycle import LIVE, Status
from transport.booking.rides.models import Ride
from transport.booking.rides.queries import RideView
from transport.kernel.actor import Actor
from transport.kernel.clock import at, wall_seconds
from transport.kernel.errors import Conflict
from transport.operations.dispatch import inbox, marks
from transport.operations.dispatch.inbox import Crew
from transport.operations.dispatch.models import DayMark
from transport.operations.driving.models import DriverReport
from transport.routing.geo.models import Place
from transport.routing.planning.models import Promise, PublishedPlan, PublishedStop, StopKind, Visit, VisitAction

NOTICED = 300
"""Seconds by which a stop must have moved before anybody is called."""
EVENING = 20
"""At this hour of the evening before, drivers get their papers."""

Spot = tuple[int, StopKind]
"""A stop by the first promise of its ride and its kind, whatever was promised since."""


class Told(StrEnum):
    """What somebody has to be told of a stop or a ride."""

    ADDED = "added"
    REMOVED = "removed"
    TIME = "time"
    DOOR = "door"
    VEHICLE = "vehicle"
    PROMISE = "promise"


@dataclass(frozen=True, slots=True)
class StopChange:
    """One stop of a driver that is not as they know it; seconds of the day, None where there is none."""

    told: Told
    kind: StopKind
    view: RideView | None
    place: Place
    was: int | None
    becomes: int | None


@dataclass(frozen=True, slots=True)
class DriverCall:
    """One driver: which version they know, and what is not so any more."""

    crew: Crew
    version: int
    changes: tuple[StopChange, ...]
    key: str
    mark: DayMark | None


@dataclass(frozen=True, slots=True)
class ClientCall:
    """One ride whose vehicle, time or promise is not as it was. `was` and `becomes`: shift and second of the pickup."""

    view: RideView
    told: tuple[Told, ...]
    was: tuple[int, int]
    becomes: tuple[int, int] | None
    promised: tuple[int, int]
    """The pickup window that was promised before."""
    calls: bool
    """Whether the client may be called; otherwise we write."""
    key: str
    mark: DayMark | None


@dataclass(frozen=True, slots=True)
class CallList:
    """The whole list; `until` is the version that it leads to, `versions` all there are."""

    until: PublishedPlan | None
    versions: tuple[PublishedPlan, ...]
    drivers: tuple[DriverCall, ...]
    unchanged: tuple[Crew, ...]
    clients: tuple[ClientCall, ...]

    @property
    def calls(self) -> list[DriverCall | ClientCall]:
        """All of them."""
        return [*self.drivers, *self.clients]

    @property
    def left(self) -> int:
        """How many calls nobody has ticked yet."""
        return sum(call.mark is None or call.mark.done_at is None for call in self.calls)


def of(session: Session, day: date, *, now: datetime, first: int = 0, last: int = 0) -> CallList:
    """The calls between version `first` and `last` of a day.

    Without `first`: for each driver from what they last read or hold in their hands; without `last`: to the plan in
    force.
    """
    versions = tuple(
        session.exec(select(PublishedPlan).where(PublishedPlan.day == day).order_by(col(PublishedPlan.version)))
    )
    until = next((plan for plan in versions if plan.version == last), versions[-1] if versions else None)
    crews = inbox.crews_of(session, day, dropped=True)
    if until is None:
        return CallList(None, (), (), (), ())
    said = marks.of_day(session, day)
    known = dict.fromkeys(crews, first) if first else _known(session, day, crews, versions, said, now)
    look = _Look(session, day)
    becomes = look.stops(until)
    of_version = {version: look.stops(plan) for version, plan in _needed(versions, known.values()).items()}
    drivers, unchanged = [], []
    for shift_id, crew in crews.items():
        before, after = of_version.get(known[shift_id], {}).get(shift_id, {}), becomes.get(shift_id, {})
        changes = tuple(look.changes(before, after))
        key = f"said:s{shift_id}:{_digest(after.values())}"
        if changes:
            drivers.append(DriverCall(crew, known[shift_id], changes, key, said.get(key)))
        elif after:
            unchanged.append(crew)
    was: dict[Spot, PublishedStop] = {}
    for version in sorted(of_version, reverse=True):  # what was told first counts
        for stops in of_version[version].values():
            was |= stops
    clients = look.clients(was, {place: row for stops in becomes.values() for place, row in stops.items()}, said)
    return CallList(until, versions, tuple(drivers), tuple(unchanged), tuple(clients))


def tick(session: Session, day: date, key: str, *, done: bool, first: int, last: int, by: Actor, now: datetime) -> None:
    """Somebody has been told, or has not after all. Raises Conflict("mark.unknown") for what is not in the list."""
    found = of(session, day, now=now, first=first, last=last)
    if key not in {call.key for call in found.calls}:
        raise Conflict("mark.unknown")
    (marks.finish if done else marks.reopen)(session, day, key, by=by, now=now)


class _Look:
    """What has to be known of a day to compare two versions of its plan."""

    def __init__(self, session: Session, day: date) -> None:
        self.session, self.day = session, day
        self.promises = {row.id or 0: row for row in session.exec(select(Promise).where(Promise.day == day))}
        seen = select(Visit.promise_id, Visit.kind).join(Promise, col(Promise.id) == Visit.promise_id)
        over = seen.where(Promise.day == day, col(Visit.action).in_((VisitAction.DONE, VisitAction.ABSENT)))
        self.over = {(self.root(promise), kind) for promise, kind in session.exec(over)}
        rides = list(session.exec(select(Ride).where(Ride.day == day).order_by(col(Ride.id))))
        views = {view.ride.id: view for view in queries.views(session, rides)}
        self.views = {self.root(ride.promise_id): views[ride.id] for ride in rides}
        self.places = {row.id or 0: row for row in session.exec(select(Place))}
        self.silent = inbox.not_called(session, {view.ride.id or 0: view for view in views.values()})

    def root(self, promise: int) -> int:
        """The first promise of the ride that this one belongs to."""
        while (row := self.promises.get(promise)) is not None and row.supersedes is not None:
            promise = row.supersedes
        return promise

    def stops(self, plan: PublishedPlan) -> dict[int, dict[Spot, PublishedStop]]:
        """The stops of a version by shift, breaks left out."""
        rows = select(PublishedStop).where(PublishedStop.plan_id == plan.id).order_by(col(PublishedStop.seq))
        found: dict[int, dict[Spot, PublishedStop]] = {}
        for row in self.session.exec(rows):
            if row.promise_id is not None:
                found.setdefault(row.shift_id, {})[self.root(row.promise_id), row.kind] = row
        return found

    def changes(
        self, before: Mapping[Spot, PublishedStop], after: Mapping[Spot, PublishedStop]
    ) -> Iterable[StopChange]:
        """In the order of the new run, what is gone last; what is over is not told any more."""
        for place, row in after.items():
            old = before.get(place)
            if place in self.over:
                continue
            if old is None:
                yield self._change(Told.ADDED, place, row, None, row.start)
            elif old.place_id != row.place_id:
                yield self._change(Told.DOOR, place, row, old.start, row.start)
            elif abs(old.start - row.start) >= NOTICED:
                yield self._change(Told.TIME, place, row, old.start, row.start)
        for place, old in before.items():
            if place not in after and place not in self.over:
                yield self._change(Told.REMOVED, place, old, old.start, None)

    def _change(self, told: Told, place: Spot, row: PublishedStop, was: int | None, becomes: int | None) -> StopChange:
        return StopChange(told, place[1], self.views.get(place[0]), self.places[row.place_id], was, becomes)

    def clients(
        self,
        before: Mapping[Spot, PublishedStop],
        after: Mapping[Spot, PublishedStop],
        said: Mapping[str, DayMark],
    ) -> Iterable[ClientCall]:
        """Rides of people who know another vehicle, time or promise, by the time they know; new orders are known."""
        for place, old in sorted(before.items(), key=lambda item: (item[1].start, item[0][0])):
            view, row = self.views.get(place[0]), after.get(place)
            if view is None or place[1] is not StopKind.PICKUP or place in self.over:
                continue
            told = tuple(self._told(view, old, row))
            if not told:
                continue
            shift, start = (row.shift_id, row.start) if row else (0, 0)
            key = f"said:r{view.ride.id}:{view.ride.promise_id}:{shift}:{start // 60}"
            promised = self.promises[old.promise_id or 0]
            yield ClientCall(
                view=view,
                told=told,
                was=(old.shift_id, old.start),
                becomes=(shift, start) if row else None,
                promised=(promised.window_start, promised.window_end),
                calls=view.client.id not in self.silent,
                key=key,
                mark=said.get(key),
            )

    def _told(self, view: RideView, old: PublishedStop, row: PublishedStop | None) -> Iterable[Told]:
        if row is None:
            if view.ride.status in LIVE or view.ride.status is Status.MISSED:
                yield Told.REMOVED
            return
        before, after = self.promises[old.promise_id or 0], self.promises[row.promise_id or 0]
        if (before.window_start, before.window_end) != (after.window_start, after.window_end):
            yield Told.PROMISE
        if old.shift_id != row.shift_id:
            yield Told.VEHICLE
        if abs(old.start - row.start) >= NOTICED:
            yield Told.TIME
        if old.place_id != row.place_id:
            yield Told.DOOR


def _known(
    session: Session,
    day: date,
    crews: Mapping[int, Crew],
    versions: tuple[PublishedPlan, ...],
    said: Mapping[str, DayMark],
    now: datetime,
) -> dict[int, int]:
    """The version each driver knows: printed and ticked, in force when the shift began, or when they last reported."""
    printed = [key for key, mark in said.items() if key.startswith("check:printed:") and mark.done_at]
    ticked = [int(key.rpartition(":")[2]) for key in printed]
    heard = select(DriverReport.shift_id, func.max(DriverReport.recorded_at)).where(
        col(DriverReport.shift_id).in_(crews)
    )
    reported = dict(session.exec(heard.group_by(col(DriverReport.shift_id))).all())
    before = day - timedelta(days=1)
    evening = at(before, wall_seconds(before, EVENING))
    found = {}
    for shift_id, crew in crews.items():
        begins = at(day, crew.shift.starts)
        since = max(begins if begins <= now else evening, reported.get(shift_id, evening))
        in_force = [plan.version for plan in versions if plan.published_at <= since]
        found[shift_id] = max([*ticked, in_force[-1] if in_force else versions[0].version])
    return found


def _needed(versions: tuple[PublishedPlan, ...], wanted: Iterable[int]) -> dict[int, PublishedPlan]:
    asked = set(wanted)
    return {plan.version: plan for plan in versions if plan.version in asked}


def _digest(stops: Iterable[PublishedStop]) -> str:
    """What a run says, in short: whoever was told it need not be told again while it stays so."""
    content = [(row.promise_id, row.kind.value, row.place_id, row.start // 60) for row in stops]
    return hashlib.sha256(repr(content).encode()).hexdigest()[:16]
