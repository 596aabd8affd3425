"""Nobody taken out is left out: an alarm before a way home fails, another when it has, until somebody says how they get
home; and no shift ends that somebody needs to get home.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, func, select

from transport.booking.rides import homeward, rides, rules, taking
from transport.booking.rides.models import Ride
from transport.kernel.actor import STAFF, SYSTEM, Actor
from transport.kernel.clock import at, seconds_of
from transport.kernel.errors import Conflict, Forbidden, Invalid
from transport.kernel.events import Event, record
from transport.kernel.values import Window
from transport.operations.driving import homebound
from transport.operations.driving.homebound import NEAR, Danger, WayHome
from transport.routing.fleet.models import Shift
from transport.routing.planning import day as days
from transport.routing.planning.day import World
from transport.routing.planning.fetching import Fetching
from transport.routing.planning.models import DayState, Promise, ServiceDay

ALARM = "client_stranded"
WAYS = (homeward.OUR_RIDE, "taxi", "family", "ambulance", "stays")
"""How somebody gets home after all; nobody is asked to say more."""
OURS = frozenset({"taxi", "family"})
"""Somebody else does what we had promised to do."""


Roster = Mapping[int, Shift | None]
"""Shifts by number as they are to be; None: taken out."""


def guaranteed(session: Session, day: date, *, world: World, now: datetime) -> list[WayHome]:
    """How everybody gets home who is out, or goes out on this day: by which vehicle and when, how else, or NOT.

    Whoever has not called yet is not sure of it any more when the last vehicle that could come, as the plan stands,
    can come only within the time of notice. Reads only. Whoever is not `sure` stands in `alarms` or in `near`.
    """
    policy = world.policies.on(day)
    ways = homebound.of_day(session, day, policy=policy, now=now)
    soon = now + timedelta(minutes=policy.homeward.notice_minutes)
    asked = [way for way in ways if way.out and way.calls and way.sure and not way.said]
    last = _last_pickups(
        session, day, [way for way in asked if way.expected_at and way.expected_at <= soon], soon, world, now
    )
    return [
        replace(way, danger=Danger.NO_LATER_VEHICLE, fails_at=last[way.back])
        if last.get(way.back, soon) < soon
        else way
        for way in ways
    ]


def near(ways: Iterable[WayHome]) -> list[WayHome]:
    """The ways home that are still there, or not needed yet, and cannot be relied on; the soonest to fail first."""
    found = [way for way in ways if not way.sure and not (way.begun and way.danger is Danger.NO_WAY)]
    return sorted(found, key=lambda way: (str(way.fails_at), way.back))


def alarms(session: Session, day: date) -> list[Ride]:
    """Ways back of the day's people that nobody can rely on. Reads only."""
    return homeward.left_out(session, day)


def warn(session: Session, day: date, *, world: World, now: datetime) -> int:
    """Tell of each way home that is about to fail, once for each reason: `stranding_near`; says how many are new.

    The facts of the event hold when it was told and when the way home would fail: what lies between is the time to act.
    """
    found = near(guaranteed(session, day, world=world, now=now))
    if len(_known(session, [near_key(way) for way in found])) == len(found):
        return 0
    days.lock(session, day)
    known = _known(session, [near_key(way) for way in found])
    told = 0
    for way in found:
        if near_key(way) in known or way.danger is None:
            continue
        facts: dict[str, object] = {
            "day": day,
            "promise": way.promise,
            "shift": way.shift,
            "reason": way.danger.value,
            **_times(now, way.fails_at),
        }
        if way.danger is Danger.NO_LATER_VEHICLE:
            facts["until"] = way.until
        record(session, NEAR, subject=("ride", way.back), by=SYSTEM, now=now, facts=facts, key=near_key(way))
        told += 1
    return told


def near_key(way: WayHome) -> str:
    """The name of one state of one way home: it is told once. When others are on duty for longer it is another one."""
    until = f":{way.until}" if way.danger is Danger.NO_LATER_VEHICLE else ""
    return f"{NEAR}:{way.back}:{way.promise}:{way.danger}{until}"


def raise_alarms(session: Session, day: date, *, now: datetime) -> int:
    """Tell of each of them once: the event `client_stranded`; says how many are new."""
    if all(_told(session, back) for back in alarms(session, day)):
        return 0
    days.lock(session, day)
    fresh = [back for back in alarms(session, day) if not _told(session, back)]
    for back in fresh:
        promise = session.get_one(Promise, back.promise_id)
        facts = {"day": day, "status": back.status.value, **_times(now, at(promise.day, promise.window_end))}
        record(session, ALARM, subject=("ride", back.id), by=SYSTEM, now=now, facts=facts, key=_key(back))
    return len(fresh)


def resolve(session: Session, back: Ride, way: str, *, world: World, by: Actor, now: datetime) -> None:
    """Our staff have made sure how the person gets home: one of WAYS. Saying it twice is saying it once.

    But for another ride of ours, the way back that we had promised ends with it: no vehicle comes for nobody.
    Raises Forbidden("role.missing"), Invalid("return.no_such_way"), Conflict("return.said_otherwise") if a colleague
    was quicker with another word, Conflict("return.not_stranded") if nothing is wrong: also for whoever has got on.
    """
    _require_may_say(way, by)
    take(session, {back.code: way})
    days.lock(session, back.day)
    ways = guaranteed(session, back.day, world=world, now=now)
    found = next((each for each in ways if each.back == back.id), None)
    if found is not None and not found.sure:
        _say(session, found, way, by=by, now=now)
    elif found is None or not found.said:
        raise Conflict("return.not_stranded", ride=back.code)
    else:
        _require_same(back, found.said, way)
    end(session, {back.code: way}, world=world, by=by, now=now)


def take(session: Session, homes: Mapping[str, str]) -> None:
    """Lock the rides of which is said how their people get home, before the day: the order of locks."""
    taking.lock(session, col(Ride.code).in_(homes))


def end(session: Session, homes: Mapping[str, str], *, world: World, by: Actor, now: datetime) -> None:
    """What we had promised to those of whom is said how they get home ends, once the roster or the plan has changed."""
    rows = session.exec(select(Ride).where(col(Ride.code).in_(homes)).order_by(col(Ride.id))).all()
    words = homeward.said(session, col(Event.subject_id).in_([str(back.id) for back in rows])) if rows else {}
    for back in rows:
        word = words.get(back.id or 0)
        if word is not None and word.way != homeward.OUR_RIDE:
            rides.not_needed(session, back, ours=word.way in OURS, world=world, by=by, now=now)


def _require_may_say(way: str, by: Actor) -> None:
    if by.role not in STAFF:
        raise Forbidden("role.missing")
    if way not in WAYS:
        raise Invalid("return.no_such_way", field="way")


def _require_same(back: Ride, said: str, way: str) -> None:
    """Two people must not send two vehicles, or each think that the other one's comes."""
    if said != way:
        raise Conflict("return.said_otherwise", ride=back.code)


def _say(session: Session, way: WayHome, how: str, *, by: Actor, now: datetime) -> None:
    """Remember how somebody gets home, and what was wrong when it was said; the ride and its day are locked."""
    same = select(func.count()).select_from(Event).where(Event.kind == homeward.RESOLVED, Event.subject_type == "ride")
    before = session.exec(same.where(Event.subject_id == str(way.back))).one()
    key = f"{homeward.RESOLVED}:{way.back}" + (f":{before + 1}" if before else "")
    day, danger = session.get_one(Ride, way.back).day, "" if way.danger is None else way.danger.value
    facts = {"day": day, "way": how, "promise": way.promise, "danger": danger}
    record(session, homeward.RESOLVED, subject=("ride", way.back), by=by, now=now, facts=facts, key=key)


def still_out(session: Session, shift_id: int, *, world: World, now: datetime) -> list[Ride]:
    """The ways home that need this shift: it is to drive them, or no other shift on duty could, as is proven.

    Whoever sits in its vehicle is among them; whoever has not gone out yet is not.
    """
    shift = session.get_one(Shift, shift_id)
    ways = [way for way in guaranteed(session, shift.day, world=world, now=now) if way.out]
    needed = {way.back for way in ways if way.shift == shift_id and not way.said}
    rest = [way for way in ways if way.back not in needed]
    needed |= _only_with(session, shift.day, {shift_id: None}, rest, world=world, now=now)
    return list(session.exec(select(Ride).where(col(Ride.id).in_(needed)).order_by(col(Ride.id))))


def require_nobody_out(
    session: Session, day: date, roster: Roster, homes: Mapping[str, str], *, world: World, by: Actor, now: datetime
) -> None:
    """A roster may change when nobody is out who could be taken home only as it was.

    Raises Conflict("shift.somebody_out") with the numbers of the rides, unless `homes` says how each of these people
    gets home (one of WAYS, by the number of the ride); that is remembered. Whoever calls this has called `take` before
    the day was locked, and calls `end` when all is changed.
    """
    row = session.get(ServiceDay, day)
    if row is None or row.state is not DayState.OPEN:
        return
    ways = {way.back: way for way in guaranteed(session, day, world=world, now=now) if way.out}
    needed = _only_with(session, day, roster, ways.values(), world=world, now=now)
    known = session.exec(select(Ride).where(col(Ride.id).in_(needed) | col(Ride.code).in_(homes))).all()
    waiting = sorted((ride for ride in known if ride.id in needed), key=lambda ride: ride.id or 0)
    if any(not homes.get(ride.code) for ride in waiting):
        raise Conflict("shift.somebody_out", rides=", ".join(ride.code for ride in waiting))
    for ride in known:
        said = ways[ride.id or 0].said if ride.id in ways else ""
        if said and homes.get(ride.code):
            _require_same(ride, said, homes[ride.code])
    for ride in waiting:
        _require_may_say(homes[ride.code], by)
        _say(session, ways[ride.id or 0], homes[ride.code], by=by, now=now)


def _only_with(
    session: Session, day: date, roster: Roster, ways: Iterable[WayHome], *, world: World, now: datetime
) -> set[int]:
    """Ways home, by ride, that some vehicle could still drive, but none with this roster: of those that are in danger
    and those that are to be called for. Proven by the places that the plan has for them.

    Whoever has not called must still be fetched when they call a whole waiting time later than is promised now: some
    vehicle has to be left for that.
    """
    doubtful = [way for way in ways if not way.said and (not way.sure or way.calls)]
    rows = [(way, session.get_one(Promise, way.promise)) for way in doubtful]
    rows = [(way, promise) for way, promise in rows if promise.day == day]
    if not rows:
        return set()
    policy, second = world.policies.on(day), max(seconds_of(day, now), 0)
    closes = rules.opening(policy, day).end
    places = [place for _, promise in rows for place in (promise.pickup_place_id, promise.dropoff_place_id)]
    before = days.load(session, day, world=world, now=now, also=places)
    touched, gone = {str(key) for key in roster}, {str(key) for key, shift in roster.items() if shift is None}
    changed = {key: shift for key, shift in roster.items() if shift is not None}
    after = days.load(session, day, world=world, now=now, also=places, roster=changed) if changed else before
    was, will = Fetching(before, closes, second), Fetching(after, closes, second)
    left = [duty.id for duty in after.problem.duties if duty.id not in gone]
    found: set[int] = set()
    for way, promise in rows:
        first = max(second, promise.window_end + policy.will_call.max_wait_minutes * 60) if way.calls else second
        if first >= closes:
            continue
        window = Window(first, closes)
        if was.can(promise, window, touched) and not will.can(promise, window, left):
            found.add(way.back)
    return found


def _last_pickups(
    session: Session, day: date, ways: Sequence[WayHome], soon: datetime, world: World, now: datetime
) -> dict[int, datetime]:
    """Until when somebody could still be fetched, by ride home, whoever of the vehicles on duty comes; not more
    exactly than whether that is before `soon`.
    """
    rows = [(way, session.get_one(Promise, way.promise)) for way in ways]
    if not rows:
        return {}
    policy, second = world.policies.on(day), max(seconds_of(day, now), 0)
    closes = rules.opening(policy, day).end
    fetching = Fetching(days.load(session, day, world=world, now=now), closes, second)
    window = Window(second, max(closes, second + 1))
    last = {way.back: fetching.last(promise, window, enough=seconds_of(day, soon)) for way, promise in rows}
    return {back: at(day, second if until is None else until) for back, until in last.items()}


def _times(now: datetime, fails_at: datetime | None) -> dict[str, object]:
    """When it was told, when it fails, and the minutes between: less than nothing if it was told too late."""
    if fails_at is None:
        return {"alarm_at": now}
    minutes = int((fails_at - now).total_seconds() // 60)
    return {"alarm_at": now, "fails_at": fails_at, "minutes": minutes}


def _known(session: Session, keys: Collection[str]) -> set[str]:
    return {key for key in session.exec(select(Event.key).where(col(Event.key).in_(keys))) if key is not None}


def _told(session: Session, back: Ride) -> bool:
    return session.exec(select(Event.id).where(Event.key == _key(back))).first() is not None


def _key(back: Ride) -> str:
    return f"{ALARM}:{back.id}:{back.promise_id}"
