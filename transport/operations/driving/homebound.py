"""How everybody who is out, or goes out today, gets home; and what will go wrong with it before it does. Reads.

Nobody is certain to get home by a promise alone. Looked at is what the street says: when the vehicle would really
come, whether its shift lasts that long, whether the vehicle and its driver are still there. All in a fixed number of
queries: it is read every minute, and for every page of the desk.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Executable, Select
from sqlalchemy import select as columns_of
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from transport.booking.rides import homeward, rules
from transport.booking.rides.lifecycle import LIVE, Status
from transport.booking.rides.models import Leg, Ride
from transport.kernel.clock import at
from transport.kernel.events import Event
from transport.kernel.policy import Policy
from transport.operations.driving import duties
from transport.operations.driving.duties import Duties
from transport.routing.planning.estimates import Door
from transport.routing.planning.models import Promise, PromiseKind, PromiseState, StopKind, VisitAction

NEAR = "stranding_near"
"""The event that warns of a way home before it fails."""
WAITS = (Status.REQUESTED, Status.CONFIRMED)


class Danger(StrEnum):
    """Why a way home cannot be relied on."""

    NO_WAY = homeward.NO_WAY
    SHIFT_GONE = "shift_gone"
    SHIFT_ENDED = "shift_ended"
    BREAKDOWN = "breakdown"
    VEHICLE_OUT = "vehicle_out"
    DRIVER_AWAY = "driver_away"
    LIFT = "lift"
    AFTER_SHIFT = "after_shift"
    AFTER_CLOSING = "after_closing"
    TOO_LATE = "too_late"
    NO_LATER_VEHICLE = "no_later_vehicle"
    AT_RISK = "at_risk"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class WayHome:
    """How one person gets home as far as is known now. Ids of rides; `back` is the ride that takes them home.

    `said`: what our staff have said instead of a ride of ours (one of `stranded.WAYS`). `danger`: why it cannot be
    relied on, `fails_at`: when it would fail; with neither `said` nor `danger` it is certain.
    """

    there: int
    back: int
    promise: int
    out: bool
    """The way there has begun, or should have: the person is not at home, or we do not know it."""
    calls: bool = False
    """Has not called for the way home yet."""
    shift: int | None = None
    expected_at: datetime | None = None
    """When the vehicle comes; None without one, and on another day."""
    said: str = ""
    danger: Danger | None = None
    fails_at: datetime | None = None
    until: int = 0
    """The second of the day at which the last shift ends; who is on duty later may still come."""
    begun: bool = True
    """The way there has begun: somebody has said so."""

    @property
    def sure(self) -> bool:
        """A ride that can be relied on, or something else that our staff have made sure of."""
        return self.danger is None


@dataclass(frozen=True, slots=True)
class _Back:
    """A way home with its promise."""

    there: int
    there_status: Status
    there_promise: int
    there_due: datetime
    """When they were to be fetched for the way there at the latest."""
    ride: int
    day: date
    status: Status
    promise: int
    kind: PromiseKind
    state: PromiseState
    window_end: int
    at_risk: bool
    wheelchairs: int
    features: str

    @property
    def begun(self) -> bool:
        return self.there_status in homeward.OUT


def of_day(session: Session, day: date, *, policy: Policy, now: datetime) -> list[WayHome]:
    """Everybody who is out or goes out on a day and ordered both ways, until they are home; in the order of rides."""
    plain = [
        _Back(there, status, promise, at(day, due), *back)
        for there, status, promise, due, *back in _rows(session, _pairs(day))
    ]
    seen = {each.there for each in plain}
    waiting = [each for each in plain if each.status is not Status.COMPLETED]
    changed = [there for there in _going(session, day) if there.id not in seen]
    earlier = (*homeward.OUT, *LIVE)
    changed += [there for _, there in homeward.from_earlier(session, day) if there.status in earlier]
    if not waiting and not changed:
        return []
    street = duties.of_day(session, day, now=now)
    judge = _Judge(street, policy, now, told=_told(session, street, now), said=_said(session, day, now))
    found = [judge.way(each) for each in waiting if _on_the_day(each, day)]
    otherwise = {each.there for each in waiting if not _on_the_day(each, day)}
    theirs = select(Ride).where(col(Ride.id).in_(otherwise))
    found += _otherwise(session, judge, [*session.exec(theirs), *changed])
    return sorted(found, key=lambda each: each.there)


@dataclass(frozen=True, slots=True)
class _Judge:
    street: Duties
    policy: Policy
    now: datetime
    told: dict[int, datetime | None]
    """Promises of which is known that nobody can come later; from when on, where that is known."""
    said: dict[int, homeward.Said]

    def is_out(self, status: Status, promise: int, due: datetime) -> bool:
        """Whether somebody may be away from home: taken there, or to have been, by a taxi or out of our hearing."""
        absent = VisitAction.ABSENT in self.street.visits.get((promise, StopKind.PICKUP), {})
        return status in homeward.OUT or (due < self.now and not absent)

    def way(self, back: _Back) -> WayHome:
        """What is known of one way home whose stops are in the plan of the day."""
        door = (back.promise, StopKind.PICKUP)
        shift = self.street.shift_of.get(door)
        second = self.street.expected.get(door)
        way = WayHome(
            there=back.there,
            back=back.ride,
            promise=back.promise,
            out=self.is_out(back.there_status, back.there_promise, back.there_due),
            begun=back.begun,
            calls=back.kind is PromiseKind.WILL_CALL and back.status in WAITS,
            shift=shift,
            expected_at=None if second is None else at(self.street.day, second),
            until=self.street.until,
        )
        for danger, fails in self._dangers(back, way):
            return self._answered(replace(way, danger=danger, fails_at=fails))
        return self._answered(way)

    def _answered(self, way: WayHome) -> WayHome:
        """The same with what our staff have said of it, as long as that holds."""
        word = self.said.get(way.back)
        if word is None or not word.holds(way.promise, way.danger):
            return way
        return replace(way, said=word.way, danger=None, fails_at=None)

    def nobody(self, there: Ride, ways: Sequence[Ride], promise: Promise, *, out: bool) -> WayHome:
        """No ride of ours takes this person home, the first of `ways` was to; it fails when they are to be fetched, or
        go out at all.
        """
        back, word = ways[0], homeward.answer(ways, self.said)
        fails, leaves = at(promise.day, promise.window_end), self.leaves(there.promise_id)
        if not out and leaves is not None:
            fails = at(self.street.day, leaves)
        way = WayHome(there.id or 0, back.id or 0, back.promise_id, out, begun=there.status in homeward.OUT)
        if word is not None:
            return replace(way, said=word.way)
        return replace(way, danger=Danger.NO_WAY, fails_at=fails)

    def leaves(self, promise: int) -> int | None:
        """When somebody who is still at home is to be fetched."""
        return self.street.expected.get((promise, StopKind.PICKUP))

    def _dangers(self, back: _Back, way: WayHome) -> Iterator[tuple[Danger, datetime]]:
        """What is wrong with a way home, the worst first."""
        street, day, shift = self.street, self.street.day, way.shift
        over = at(day, back.window_end)
        on_board = back.status is Status.ON_BOARD
        door: Door = (back.promise, StopKind.PICKUP)
        if shift is None or (back.promise, StopKind.DROPOFF) not in street.shift_of:
            leaves = None if way.out else self.leaves(back.there_promise)
            # whoever sits in a vehicle has a way home, though no plan says where they get off
            yield Danger.AT_RISK if on_board else Danger.NO_WAY, over if leaves is None else at(day, leaves)
            return
        chair, features = back.wheelchairs > 0, frozenset(back.features.split())
        for kind in [StopKind.DROPOFF] if on_board else [StopKind.PICKUP, StopKind.DROPOFF]:
            second = street.expected[back.promise, kind]
            hard = street.stopped(shift, wheelchair=chair, features=features, second=second)
            if hard is not None:
                yield Danger(hard), self.now if on_board else over
        if on_board or not back.begun:  # whoever is still at home can be told, and is not stranded
            return
        yield from self._late(back, street.expected[door], shift, over)
        if back.kind is PromiseKind.WILL_CALL and back.promise in self.told:
            yield Danger.NO_LATER_VEHICLE, self.told[back.promise] or over
        if back.at_risk:
            yield Danger.AT_RISK, over
        rules_of = self.policy.homeward
        silent = street.silence(shift, self.now) >= timedelta(minutes=rules_of.silence_minutes)
        if silent and at(day, street.expected[door]) <= self.now + timedelta(minutes=rules_of.notice_minutes):
            yield Danger.SILENT, over

    def _late(self, back: _Back, expected: int, shift: int, over: datetime) -> Iterator[tuple[Danger, datetime]]:
        street, day = self.street, self.street.day
        if street.arrived((back.promise, StopKind.PICKUP)):
            return
        ends, closes = street.shifts[shift].ends, rules.opening(self.policy, day).end
        if expected >= ends:
            yield Danger.AFTER_SHIFT, min(over, at(day, ends))
        if expected >= closes:
            yield Danger.AFTER_CLOSING, min(over, at(day, closes))
        borne = timedelta(minutes=self.policy.homeward.late_minutes)
        if at(day, expected) > over + borne:
            yield Danger.TOO_LATE, over + borne


def _pairs(day: date) -> Select[Any]:
    """Ways there of a day with the way back of the same order, where neither was ever changed."""
    there, back, going = aliased(Ride), aliased(Ride), aliased(Promise)
    changed = select(Ride.replaced_by).where(col(Ride.replaced_by).is_not(None))
    columns: list[Any] = [
        *(there.id, there.status, there.promise_id, going.window_end),
        *(back.id, back.day, back.status, back.promise_id),
        *(Promise.kind, Promise.state, Promise.window_end, Promise.at_risk),
        *(Promise.wheelchairs, Promise.features),
    ]
    return (
        columns_of(*columns)
        .join(back, (col(back.request_id) == col(there.request_id)) & (col(back.leg) == Leg.RETURN))
        .join(Promise, col(Promise.id) == col(back.promise_id))
        .join(going, col(going.id) == col(there.promise_id))
        .where(col(there.day) == day, col(there.leg) == Leg.OUTBOUND, _goes(there))
        .where(col(back.replaced_by).is_(None), col(there.id).not_in(changed))
    )


def _goes(there: Any) -> Any:  # noqa: ANN401 - a condition on an alias
    return col(there.status).in_({*homeward.OUT, *LIVE})


def _going(session: Session, day: date) -> list[Ride]:
    going = select(Ride).where(Ride.day == day, Ride.leg == Leg.OUTBOUND, _goes(Ride))
    return list(session.exec(going.order_by(col(Ride.id))))


def _on_the_day(back: _Back, day: date) -> bool:
    """Whether the way home is one of this day and stands in the book."""
    return back.day == day and back.status in LIVE and back.state is PromiseState.FIRM


def _otherwise(session: Session, judge: _Judge, theirs: Sequence[Ride]) -> list[WayHome]:
    """The ways home of orders that were changed, are of another day, or are no rides of the order any more."""
    backs = homeward.other_ways(session, theirs)
    pairs = [(back, there) for there in theirs if (back := backs.get(there.id)) is not None]
    pairs = [(back, there) for back, there in pairs if back.status is not Status.COMPLETED]
    ways = homeward.ways_home(session, pairs)
    every = [ride for each in ways.values() for ride in each]
    homes = homeward.Homes.of(session, [*every, *(there for _, there in pairs)])
    found = [_changed(judge, there, back, ways[there.id], homes) for back, there in pairs]
    return [each for each in found if each is not None]


def _changed(judge: _Judge, there: Ride, back: Ride, rides: list[Ride], homes: homeward.Homes) -> WayHome | None:
    due = at(there.day, homes.promises[there.promise_id].window_end)
    out = judge.is_out(there.status, there.promise_id, due)
    ways = [each for each in rides if homes.takes(each)]
    if any(each.status is Status.COMPLETED for each in ways):
        return None
    doubtful = []
    for each in sorted(ways, key=lambda each: each.day):
        if each.day != judge.street.day:
            return WayHome(there.id or 0, each.id or 0, each.promise_id, out, begun=there.status in homeward.OUT)
        doubtful.append(judge.way(_back(there, due, each, homes.promises[each.promise_id])))
        if doubtful[-1].sure:
            return doubtful[-1]
    if doubtful:
        return doubtful[0]
    if back.status not in LIVE and back.ended_by == "client":
        return None
    return judge.nobody(there, rides, homes.promises[back.promise_id], out=out)


def _back(there: Ride, due: datetime, back: Ride, promise: Promise) -> _Back:
    return _Back(
        there=there.id or 0,
        there_status=there.status,
        there_promise=there.promise_id,
        there_due=due,
        ride=back.id or 0,
        day=back.day,
        status=back.status,
        promise=back.promise_id,
        kind=promise.kind,
        state=promise.state,
        window_end=promise.window_end,
        at_risk=promise.at_risk,
        wheelchairs=promise.wheelchairs,
        features=promise.features,
    )


def _said(session: Session, day: date, now: datetime) -> dict[int, homeward.Said]:
    """What our staff have said of a way home, by ride: also by having called a taxi for it."""
    since = now - timedelta(days=14)
    by_taxi = dict.fromkeys(homeward.by_taxi(session, day), homeward.Said("taxi"))
    return homeward.said(session, col(Event.recorded_at) > since) | by_taxi


def _told(session: Session, street: Duties, now: datetime) -> dict[int, datetime | None]:
    """Promises of which was said that nobody can come later; a warning holds until somebody is on duty for longer."""
    since = now - timedelta(days=2)
    told = select(Event).where(col(Event.kind).in_(("return_at_risk", NEAR)), Event.recorded_at > since)
    found: dict[int, datetime | None] = {}
    for event in session.exec(told.order_by(col(Event.id))):
        facts = json.loads(event.facts)
        if event.kind != NEAR:
            found.setdefault(facts["promise"], None)
        elif facts["reason"] == Danger.NO_LATER_VEHICLE and facts["until"] >= street.until:
            found[facts["promise"]] = datetime.fromisoformat(facts["fails_at"])
    return found


def _rows(session: Session, statement: Executable) -> list[Any]:
    session.flush()
    return list(session.connection().execute(statement).all())
