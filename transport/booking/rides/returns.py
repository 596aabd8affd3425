"""The way home that follows the person: called for when ready, sooner or later than thought, never given up by us.

Every new promise is looked for in the day without the old one, and the old one stands until the new one is firm.
Order of locks: ride, day, contract.
"""

from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from transport.booking.clients import mandates
from transport.booking.clients.models import Power
from transport.booking.contracts import capacity
from transport.booking.rides import asking, offers, rules, taking, underway
from transport.booking.rides.lifecycle import Status
from transport.booking.rides.models import Leg, Ride
from transport.kernel.actor import SYSTEM, Actor
from transport.kernel.clock import at, local_day, seconds_of
from transport.kernel.errors import Conflict, Exhausted, Invalid
from transport.kernel.events import Event, record
from transport.kernel.values import Window
from transport.routing.planning import day as days
from transport.routing.planning import promises, soonest, swaps
from transport.routing.planning.day import DayBook, World
from transport.routing.planning.models import Promise, PromiseKind, Run, Visit
from transport.routing.planning.soonest import Place

WAITS = (Status.REQUESTED, Status.CONFIRMED)

MARGIN = timedelta(minutes=2)
"""A vehicle is stopped so long before it would set out in vain; the watch looks every minute."""


def call(session: Session, ride: Ride, *, version: int, world: World, by: Actor, now: datetime) -> Promise:
    """The client is ready: the vehicle comes as soon as one can, by the guaranteed pickup if the call came in time.

    The call may come from the client, a representative, or by phone from anybody who knows the number of the ride.
    A call that is too late gets the soonest pickup there is. If there is none at all, or the contract bears no
    other place, the old promise stands and the event `return_at_risk` alarms the dispatcher.
    Raises Conflict("return.not_waiting") if the ride does not wait for a call.
    """
    by = _acting(session, ride, by, now)
    old = _take(session, ride, PromiseKind.WILL_CALL, version)
    book = _without(session, ride, old, world, now)
    ready, closes = max(seconds_of(ride.day, now), 0), rules.opening(book.policy, ride.day).end
    who = swaps.party(old)
    place = None
    if ready <= old.window_end:
        window = Window(ready, old.window_end)
        place = soonest.soonest(book, who, book.policy, window, closes=closes, now=ready)
        place = _not_later_than_planned(session, book, old, place, ready, closes)
    if place is None and ready < closes:
        place = soonest.soonest(book, who, book.policy, Window(ready, closes), closes=closes, now=ready)
    new = _swap_or_stay(session, ride, old, place, PromiseKind.FIXED, "called", world=world, by=by, now=now)
    if new is None:
        _alarm(session, ride, old, by, now)
        return old
    facts = {"day": ride.day, "promise": new.id, "in_time": new.window_start <= old.window_end}
    record(session, "return_called", subject=("ride", ride.id), by=by, now=now, facts=facts)
    return new


def hasten(session: Session, ride: Ride, *, version: int, world: World, by: Actor, now: datetime) -> Promise:
    """The client is ready before the promised time: the soonest pickup before it, or the old promise stands.

    Raises Exhausted("return.not_sooner") if no vehicle can come before the promised window begins.
    """
    by = _acting(session, ride, by, now)
    old = _take(session, ride, PromiseKind.FIXED, version)
    book = _without(session, ride, old, world, now)
    ready, closes = max(seconds_of(ride.day, now), 0), rules.opening(book.policy, ride.day).end
    place = None
    if ready < old.window_start:
        window = Window(ready, old.window_start - 1)
        place = soonest.soonest(book, swaps.party(old), book.policy, window, closes=closes, now=ready)
    if place is None:
        raise Exhausted("return.not_sooner")
    return _swap(session, ride, old, place, PromiseKind.FIXED, "return_moved", world=world, by=by, now=now)


def later(session: Session, ride: Ride, ready: int, *, version: int, world: World, by: Actor, now: datetime) -> Promise:
    """The client will be ready only at the second `ready` of the day: the soonest pickup from then on.

    This is no absence and costs nothing. Raises Invalid("return.ready_in_the_past"),
    Exhausted("return.not_later") if nothing is left until we close: then the old promise stands.
    """
    by = _acting(session, ride, by, now)
    old = _take(session, ride, PromiseKind.FIXED, version)
    book = _without(session, ride, old, world, now)
    second, closes = seconds_of(ride.day, now), rules.opening(book.policy, ride.day).end
    if ready < second:
        raise Invalid("return.ready_in_the_past", field="ready")
    place = None
    if ready < closes:
        window = Window(ready, closes)
        place = soonest.soonest(book, swaps.party(old), book.policy, window, closes=closes, now=max(second, 0))
    if place is None:
        raise Exhausted("return.not_later")
    return _swap(session, ride, old, place, PromiseKind.FIXED, "return_moved", world=world, by=by, now=now)


def postpone(session: Session, ride: Ride, *, world: World, now: datetime) -> Promise | None:
    """Nobody has called and the vehicle is about to set out: keep a place as late as we can, still to be called for.

    None if there is no later place: the old promise stands, and the event `return_at_risk` alarms the dispatcher.
    """
    old = _take(session, ride, PromiseKind.WILL_CALL, ride.version)
    book = _without(session, ride, old, world, now)
    second, closes = max(seconds_of(ride.day, now), 0), rules.opening(book.policy, ride.day).end
    from_now = max(second, old.window_start)
    place = None
    if from_now < closes:
        place = soonest.latest(book, swaps.party(old), book.policy, Window(from_now, closes), closes=closes)
    if place is not None and place.option.window.end <= old.window_end:
        place = None
    new = _swap_or_stay(session, ride, old, place, PromiseKind.WILL_CALL, "not_called", world=world, by=SYSTEM, now=now)
    if new is None:
        _alarm(session, ride, old, SYSTEM, now)
        return None
    facts = {"day": ride.day, "promise": new.id}
    record(session, "return_postponed", subject=("ride", ride.id), by=SYSTEM, now=now, facts=facts)
    return new


def at_risk(session: Session, ride: Ride) -> bool:
    """Whether the dispatcher has been alarmed about the way home as it is promised now."""
    return session.exec(select(Event.id).where(Event.key == _alarm_key(ride.promise_id))).first() is not None


def uncalled(session: Session, day: date, *, now: datetime) -> list[Ride]:
    """Ways back nobody has called for, whose vehicle is about to set out, or whose window is over."""
    waiting = (
        select(Ride, Promise)
        .join(Promise, col(Promise.id) == Ride.promise_id)
        .where(Ride.day == day, col(Ride.status).in_(WAITS), Promise.kind == PromiseKind.WILL_CALL)
        .order_by(col(Ride.id))
    )
    found = []
    for ride, promise in session.exec(waiting):
        leaves = underway.sets_out(session, promise.id or 0)
        if at(day, promise.window_end if leaves is None else leaves) <= now + MARGIN:
            found.append(ride)
    return found


def _acting(session: Session, ride: Ride, by: Actor, now: datetime) -> Actor:
    return mandates.acting_for(mandates.require(session, ride.client_id, by, Power.BOOK, on=local_day(now)), by)


def _take(session: Session, ride: Ride, kind: PromiseKind, version: int) -> Promise:
    """Lock the ride for this decision, and say what is promised now."""
    taking.take(session, ride, version=version)
    days.lock(session, ride.day)
    old = session.get_one(Promise, ride.promise_id, populate_existing=True)
    there = session.exec(select(Visit.id).where(Visit.promise_id == old.id)).first() is not None
    if ride.leg is not Leg.RETURN or ride.status not in WAITS or old.kind is not kind or there:
        raise Conflict("return.not_waiting", status=ride.status.value)
    if offers.pending(session, ride) is not None:
        raise Conflict("ride.offer_pending", ride=ride.code)
    return old


def _without(session: Session, ride: Ride, old: Promise, world: World, now: datetime) -> DayBook:
    places = (ride.origin_place_id, ride.destination_place_id)
    promises.lapse(session, ride.day, world=world, now=now)
    return swaps.without(days.load(session, ride.day, world=world, now=now, also=places), {old.id or 0})


def _not_later_than_planned(
    session: Session, book: DayBook, old: Promise, place: Place | None, ready: int, closes: int
) -> Place | None:
    """The place the plan has for the ride, if that is sooner: its vehicle may be on the way already."""
    pickup = next(iter(promises.stops(session, old.id or 0)), None)
    if pickup is None or pickup.start < ready or (place and place.option.window.start <= pickup.start):
        return place
    duty = str(session.get_one(Run, pickup.run_id).shift_id)
    window = Window(pickup.start, max(pickup.start, old.window_end))
    return soonest.as_planned(book, swaps.party(old), book.policy, window, duty, closes=closes) or place


def _swap_or_stay(
    session: Session,
    ride: Ride,
    old: Promise,
    place: Place | None,
    kind: PromiseKind,
    reason: str,
    *,
    world: World,
    by: Actor,
    now: datetime,
) -> Promise | None:
    """The new promise; None if there is no place, or none that the contract bears: then nothing has changed."""
    if place is None:
        return None
    try:
        with session.begin_nested():
            return _swap(session, ride, old, place, kind, reason, world=world, by=by, now=now)
    except Exhausted:
        session.refresh(ride)
        session.refresh(old)
        return None


def _swap(
    session: Session,
    ride: Ride,
    old: Promise,
    place: Place,
    kind: PromiseKind,
    reason: str,
    *,
    world: World,
    by: Actor,
    now: datetime,
) -> Promise:
    span = Window(place.option.window.start, place.option.arrive_by)
    asking.require_free(session, ride.client_id, ride.day, span, instead_of=old.id)
    new = swaps.swap(session, old, place, kind=kind, reason=reason, world=world, by=by, now=now)
    ride.promise_id = new.id or 0
    session.add(ride)
    session.flush()
    capacity.settle(session, ride.day, by=by, now=now)
    facts = {"day": ride.day, "old": old.id, "new": new.id}
    record(session, "return_promised_anew", subject=("ride", ride.id), by=by, now=now, facts=facts)
    return new


def _alarm(session: Session, ride: Ride, old: Promise, by: Actor, now: datetime) -> None:
    """Tell it once for each promise, however often it is looked at."""
    key = _alarm_key(old.id or 0)
    if session.exec(select(Event.id).where(Event.key == key)).first() is None:
        facts = {"day": ride.day, "promise": old.id}
        record(session, "return_at_risk", subject=("ride", ride.id), by=by, now=now, facts=facts, key=key)


def _alarm_key(promise_id: int) -> str:
    return f"return_at_risk:{promise_id}"
