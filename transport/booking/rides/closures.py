"""A place is closed or has moved: the rides it touches, and one decision for all of them.

Order of locks: rides, days in date order, contract. An old promise stands until the new one is firm.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from sqlmodel import Session, col, or_, select

from transport.booking.contracts import capacity
from transport.booking.rides import asking, taking
from transport.booking.rides import offers as asked
from transport.booking.rides.lifecycle import Status
from transport.booking.rides.models import Ride, Wish
from transport.kernel.actor import STAFF, Actor
from transport.kernel.clock import local_day
from transport.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from transport.kernel.events import record
from transport.kernel.values import Window
from transport.routing import engine
from transport.routing.geo import closures
from transport.routing.geo.models import PlaceClosure
from transport.routing.planning import day as days
from transport.routing.planning import offers, swaps, wishes
from transport.routing.planning.day import DayBook, World
from transport.routing.planning.models import Promise
from transport.routing.planning.soonest import Place

TO_COME = (Status.REQUESTED, Status.CONFIRMED)


class Remedy(StrEnum):
    """What is done with a ride whose place is closed: the same promise at the new place, another time, a call."""

    MOVE = "move"
    OTHER_TIME = "other_time"
    CALL = "call"


@dataclass(frozen=True, slots=True)
class Prepared:
    """What can be done with one ride, proven in the plan. `option` is the promise at the new place; None: only a call.

    All of them together fit into the plan, in the order given.
    """

    ride: Ride
    version: int
    remedy: Remedy
    option: wishes.Option | None


@dataclass(frozen=True, slots=True)
class Choice:
    """What the dispatcher decided for a ride, on what a page showed at `version`.

    `start` is the beginning of the other window, as it was shown.
    """

    ride_id: int
    version: int
    remedy: Remedy
    start: int | None = None


def close_place(
    session: Session,
    place_id: int,
    *,
    first: date,
    last: date | None,
    moved_to: int | None,
    reason: str,
    by: Actor,
    now: datetime,
) -> PlaceClosure:
    """Close a place for new orders from `first` to `last` (None: until further notice). Rides stand until decided."""
    _require_staff(by)
    closure = closures.close(session, place_id, first=first, last=last, moved_to=moved_to, reason=reason, now=now)
    record(session, "place_closed", subject=("place_closure", closure.id), by=by, now=now, facts={"place": place_id})
    return closure


def touched(session: Session, closure: PlaceClosure, *, now: datetime) -> list[Ride]:
    """The rides from or to the place on its closed days, soonest first."""
    here = or_(col(Ride.origin_place_id) == closure.place_id, col(Ride.destination_place_id) == closure.place_id)
    coming = select(Ride).where(here, col(Ride.status).in_(TO_COME), Ride.day >= max(closure.first, local_day(now)))
    if closure.last is not None:
        coming = coming.where(Ride.day <= closure.last)
    return list(session.exec(coming.order_by(col(Ride.day), col(Ride.id))))


def prepare(session: Session, closure: PlaceClosure, *, world: World, now: datetime) -> list[Prepared]:
    """One decision for all rides touched: move what keeps its promise, else another time, else a call. Reads only."""
    by_day: dict[date, list[Ride]] = {}
    for ride in touched(session, closure, now=now):
        by_day.setdefault(ride.day, []).append(ride)
    found = []
    for day, coming in by_day.items():
        book = _book(session, closure, day, world, now)
        for ride in coming:
            prepared, book = _prepared(session, closure, ride, book, world, now)
            found.append(prepared)
    return found


def decide(
    session: Session,
    closure: PlaceClosure,
    choices: Sequence[Choice],
    *,
    answer_by: datetime,
    world: World,
    by: Actor,
    now: datetime,
) -> list[Ride]:
    """Carry out the decision for all rides chosen, or for none; returns them, soonest first.

    A move is firm at once, as the client loses nothing; another time is offered and waits until `answer_by`; a call
    changes nothing. Raises Conflict("closure.changed_meanwhile") if anything is not possible any more.
    """
    _require_staff(by)
    concerned = {ride.id: ride for ride in touched(session, closure, now=now)}
    if any(choice.ride_id not in concerned for choice in choices):
        raise Conflict("closure.changed_meanwhile")
    chosen = {choice.ride_id: choice for choice in choices if choice.remedy is not Remedy.CALL}
    decided = [ride for ride in concerned.values() if ride.id in chosen]
    for ride in sorted(decided, key=lambda ride: ride.id or 0):
        taking.take(session, ride, version=chosen[ride.id or 0].version)
    for day in sorted({ride.day for ride in decided}):
        days.lock(session, day)
    for ride in decided:
        choice = chosen[ride.id or 0]
        book = _book(session, closure, ride.day, world, now)
        if choice.remedy is Remedy.MOVE:
            _move(session, closure, ride, book, world, by, now)
            continue
        option = _other_time(session, closure, ride, book, world, now)
        if option is None or option.window.start != choice.start:
            raise Conflict("closure.changed_meanwhile", ride=ride.code)
        party = _party(session, closure, ride)
        asked.offer(session, ride, party, option, version=ride.version, until=answer_by, world=world, by=by, now=now)
    for day in sorted({ride.day for ride in decided}):
        capacity.settle(session, day, by=by, now=now)
    return decided


def get(session: Session, closure_id: int) -> PlaceClosure:
    """The closure with this number; NotFound("closure")."""
    found = session.get(PlaceClosure, closure_id)
    if found is None:
        raise NotFound("closure")
    return found


def reopen(session: Session, closure: PlaceClosure, *, last: date, by: Actor, now: datetime) -> None:
    """The place is closed until `last` only; what was decided for its rides stands."""
    _require_staff(by)
    closures.reopen(session, closure, last=last)
    record(session, "place_reopened", subject=("place_closure", closure.id), by=by, now=now, facts={"last": last})


def _prepared(
    session: Session, closure: PlaceClosure, ride: Ride, book: DayBook, world: World, now: datetime
) -> tuple[Prepared, DayBook]:
    """What can be done with a ride, and the day as it will be then."""
    call = Prepared(ride, ride.version, Remedy.CALL, None)
    if closure.moved_to_id is None or asked.pending(session, ride) is not None:
        return call, book
    party = _party(session, closure, ride)
    same = _same(session, ride)
    without = swaps.without(book, {ride.promise_id})
    moved = swaps.with_ride(without, party, same, f"moved {ride.id}")
    if moved is not None:
        return replace(call, remedy=Remedy.MOVE, option=same), replace(moved, promises=book.promises)
    option = _other_time(session, closure, ride, book, world, now)
    offered = None if option is None else swaps.with_ride(book, party, option, f"offered {ride.id}")
    if option is None or offered is None:
        return call, book
    return replace(call, remedy=Remedy.OTHER_TIME, option=option), offered


def _move(
    session: Session, closure: PlaceClosure, ride: Ride, book: DayBook, world: World, by: Actor, now: datetime
) -> None:
    old = session.get_one(Promise, ride.promise_id, populate_existing=True)
    party, same = _party(session, closure, ride), _same(session, ride)
    without = swaps.without(book, {ride.promise_id})
    places = engine.Inserter(without.problem, without.plan).insert(offers.request(without, party, same, "new"))
    if not places or asked.pending(session, ride) is not None:
        raise Conflict("closure.changed_meanwhile", ride=ride.code)
    found = Place(same, places[0])
    new = swaps.swap(session, old, found, who=party, kind=old.kind, reason="moved", world=world, by=by, now=now)
    ride.promise_id = new.id or 0
    ride.origin_place_id, ride.destination_place_id = party.pickup_place, party.dropoff_place
    session.add(ride)
    session.flush()
    facts = {"day": ride.day, "closure": closure.id, "promise": new.id}
    record(session, "ride_moved", subject=("ride", ride.id), by=by, now=now, facts=facts)


def _other_time(
    session: Session, closure: PlaceClosure, ride: Ride, book: DayBook, world: World, now: datetime
) -> wishes.Option | None:
    """The time nearest to the wish that can be offered at the new place while the old promise still stands."""
    party = _party(session, closure, ride)
    wished = session.exec(select(Wish).where(Wish.ride_id == ride.id)).one()
    wish = wishes.Wish(wished.anchor, wished.seconds)
    open_hours = asking.hours(world, ride.day, now)
    found = offers.options(book, party, wish, world.policies.on(ride.day), hours=open_hours)
    for option in found.near or found.far:
        span = Window(option.window.start, option.arrive_by)
        try:
            asking.require_free(session, ride.client_id, ride.day, span, instead_of=ride.promise_id)
        except Invalid:  # the client sits in another of our vehicles then
            continue
        return option
    return None


def _party(session: Session, closure: PlaceClosure, ride: Ride) -> wishes.Party:
    """Who travels, to or from where the place is meanwhile."""
    party = swaps.party(session.get_one(Promise, ride.promise_id))
    moved_to = closure.moved_to_id or closure.place_id
    return replace(
        party,
        pickup_place=moved_to if party.pickup_place == closure.place_id else party.pickup_place,
        dropoff_place=moved_to if party.dropoff_place == closure.place_id else party.dropoff_place,
    )


def _same(session: Session, ride: Ride) -> wishes.Option:
    """The promise of the ride as an option: the same window, latest arrival and longest ride."""
    promise = session.get_one(Promise, ride.promise_id)
    window = Window(promise.window_start, promise.window_end)
    return wishes.Option(window, promise.arrive_by, promise.max_ride, ride=0, away=0, cost=0.0)


def _book(session: Session, closure: PlaceClosure, day: date, world: World, now: datetime) -> DayBook:
    also = () if closure.moved_to_id is None else (closure.moved_to_id,)
    return days.load(session, day, world=world, now=now, also=also)


def _require_staff(by: Actor) -> None:
    if by.role not in STAFF:
        raise Forbidden("role.missing")
