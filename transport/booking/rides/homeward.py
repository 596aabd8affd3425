"""The way there and the way back belong together, even when one of them was changed: nobody is left out. Reads."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from transport.booking.rides.lifecycle import LIVE, Status
from transport.booking.rides.models import Leg, Ride, TaxiOrder, TaxiState
from transport.kernel.events import Event
from transport.routing.planning.models import Promise, PromiseState, Stop, StopKind

OUT = (Status.ON_BOARD, Status.COMPLETED)
"""A ride there that has begun: from now on the client needs a way home."""

OTHER = {Leg.OUTBOUND: Leg.RETURN, Leg.RETURN: Leg.OUTBOUND}
Pair = tuple[Ride, Ride]
"""A way back with its way there."""

BOTH = frozenset({StopKind.PICKUP, StopKind.DROPOFF})

RESOLVED = "return_resolved"
"""The event that says: this person is not waiting for us any more, though the ride back was not driven."""

OUR_RIDE = "our_ride"
NO_WAY = "no_way"
"""What is wrong with a way home that no vehicle drives."""


@dataclass(frozen=True, slots=True)
class Said:
    """How our staff have said that somebody gets home, and of what they said it: of this promise, in this danger.

    Without a danger it was said whatever there was.
    """

    way: str
    promise: int | None = None
    danger: str | None = None

    def holds(self, promise: int, danger: str | None) -> bool:
        """Whether that still answers what is wrong: another ride of ours may fail as well, and then it does not."""
        return self.way != OUR_RIDE or self.danger is None or (self.promise, self.danger) == (promise, danger)


def current(session: Session, ride: Ride) -> Ride:
    """The ride that has taken the place of this one, or the ride itself."""
    return _followed(session, [ride])[ride.id]


def first(session: Session, ride: Ride) -> Ride:
    """The ride as it was ordered first, before any change."""
    return _ordered(session, [ride])[ride.id]


def other_way(session: Session, ride: Ride) -> Ride | None:
    """The other leg of the order, as it is now; None if it was ordered one way."""
    return other_ways(session, [ride]).get(ride.id)


def other_ways(session: Session, rides: Sequence[Ride]) -> dict[int | None, Ride]:
    """The same for many rides, by the id of each; as many queries as for one."""
    ordered = _ordered(session, rides)
    requests = {each.request_id for each in ordered.values()}
    legs: dict[tuple[int, Leg], Ride] = {}
    for each in session.exec(select(Ride).where(col(Ride.request_id).in_(requests)).order_by(col(Ride.id))):
        legs.setdefault((each.request_id, each.leg), each)
    others = {key: legs.get((each.request_id, OTHER[each.leg])) for key, each in ordered.items()}
    found = {key: other for key, other in others.items() if other is not None}
    now = _followed(session, list(found.values()))
    return {key: now[other.id] for key, other in found.items()}


def _ordered(session: Session, rides: Sequence[Ride]) -> dict[int | None, Ride]:
    """Each ride as it was ordered first, by the id of the ride; a query for each change of the one changed most."""
    found = {ride.id: ride for ride in rides}
    while True:
        before: dict[int | None, Ride] = {}
        changed = select(Ride).where(col(Ride.replaced_by).in_({each.id for each in found.values()}))
        for each in session.exec(changed.order_by(col(Ride.id))):
            before.setdefault(each.replaced_by, each)
        if not before:
            return found
        found = {key: before.get(each.id, each) for key, each in found.items()}


def _followed(session: Session, rides: Sequence[Ride]) -> dict[int | None, Ride]:
    """What has taken the place of each ride, by the id of the ride."""
    found = {ride.id: ride for ride in rides}
    while wanted := {each.replaced_by for each in found.values() if each.replaced_by is not None}:
        after = {each.id: each for each in session.exec(select(Ride).where(col(Ride.id).in_(wanted)))}
        found = {key: after.get(each.replaced_by, each) for key, each in found.items()}
    return found


def left_out(session: Session, day: date) -> list[Ride]:
    """Ways back that nobody can rely on, of people whom we took out that day: each of them is an alarm.

    A way back is well if it was driven, or is promised and has its stops in the plan, or was ended by the client's
    side, or somebody has said how the person gets home instead.
    """
    fine = _plainly_well(session, day)
    doubtful = [there for there in _begun(session, day) if there.id not in fine]
    backs = other_ways(session, doubtful)
    pairs = [(back, there) for there in doubtful if (back := backs.get(there.id)) is not None]
    earlier = [(back, there) for back, there in from_earlier(session, day) if there.status in OUT]
    return _not_well(session, [*pairs, *earlier])


def from_earlier(session: Session, day: date) -> list[Pair]:
    """The ways back of a day whose people went there on an earlier one: they are to get home on this day."""
    same = aliased(Ride)
    same_day = select(same.id).where(same.request_id == Ride.request_id, same.leg == Leg.OUTBOUND, same.day == Ride.day)
    backs = select(Ride).where(Ride.day == day, Ride.leg == Leg.RETURN, col(Ride.replaced_by).is_(None))
    found = list(session.exec(backs.where(~same_day.exists()).order_by(col(Ride.id))))
    went = other_ways(session, found) if found else {}
    pairs = [(back, there) for back in found if (there := went.get(back.id)) is not None]
    return [(back, there) for back, there in pairs if there.day < day]


def would_strand(session: Session, ride: Ride) -> bool:
    """Whether somebody who is out would have no way home left without this ride: no other ride from there."""
    there = other_way(session, ride) if ride.leg is Leg.RETURN else None
    return there is not None and there.status in OUT and _is_only_way_back(session, ride, there)


def bound_to(session: Session, ride: Ride) -> Ride | None:
    """The way there that must not be driven without this way back: still to come, and no other ride from there."""
    there = other_way(session, ride) if ride.leg is Leg.RETURN else None
    if there is None or there.status not in (Status.REQUESTED, Status.CONFIRMED):
        return None
    return there if _is_only_way_back(session, ride, there) else None


def _begun(session: Session, day: date) -> list[Ride]:
    begun = select(Ride).where(Ride.day == day, Ride.leg == Leg.OUTBOUND, col(Ride.status).in_(OUT))
    return list(session.exec(begun.order_by(col(Ride.id))))


def _plainly_well(session: Session, day: date) -> set[int | None]:
    """Rides there of the day whose order was never changed and whose way back is driven, or promised and planned.

    On a usual day that is nearly everybody, and they need not be looked at one by one.
    """
    there, back = aliased(Ride), aliased(Ride)
    changed = select(Ride.replaced_by).where(col(Ride.replaced_by).is_not(None))
    stops = (
        select(func.count())
        .select_from(Stop)
        .where(Stop.promise_id == back.promise_id, col(Stop.kind).in_(BOTH))
        .scalar_subquery()
    )
    pairs = (
        select(there.id)
        .join(back, (col(back.request_id) == there.request_id) & (back.leg == Leg.RETURN))
        .join(Promise, col(Promise.id) == back.promise_id)
        .where(there.day == day, there.leg == Leg.OUTBOUND, col(there.status).in_(OUT))
        .where(col(back.replaced_by).is_(None), col(there.id).not_in(changed))
        .where(
            col(back.status).in_(OUT)
            | (col(back.status).in_(LIVE) & (Promise.state == PromiseState.FIRM) & (stops == len(BOTH)))
        )
    )
    return set(session.exec(pairs))


def ways_home(session: Session, pairs: Sequence[Pair]) -> dict[int | None, list[Ride]]:
    """By the id of each way there: the way back and every other ride from there that begins after it, whether they are
    driven or not; and how each of them stands is read with `Homes`.
    """
    return {there.id: [back, *others] for (back, there), others in zip(pairs, _others(session, pairs), strict=True)}


def _is_only_way_back(session: Session, ride: Ride, there: Ride) -> bool:
    [others] = _others(session, [(ride, there)])
    homes = Homes.of(session, others)
    return not any(homes.takes(other) for other in others)


def _others(session: Session, pairs: Sequence[Pair]) -> list[list[Ride]]:
    """Of each way back: the other rides of that person from there that begin after the way there, by the day of the way
    back: who goes there every week has a ride from there next week, and must get home today.
    """
    if not pairs:
        return []
    taken = _promises(session, [there for _, there in pairs])
    clients = {back.client_id for back, _ in pairs}
    others = (
        select(Ride, Promise)
        .join(Promise, col(Promise.id) == Ride.promise_id)
        .where(col(Ride.client_id).in_(clients), Ride.leg == Leg.OUTBOUND)
        .where(Promise.day >= min(each.day for each in taken.values()))
    )
    theirs: dict[tuple[int, int], list[tuple[Ride, tuple[date, int]]]] = {}
    for ride, held in session.exec(others.order_by(col(Ride.id))):
        begins = (held.day, held.window_start)
        theirs.setdefault((ride.client_id, ride.origin_place_id), []).append((ride, begins))
    found = []
    for back, there in pairs:
        promise = taken[there.promise_id]
        after = (promise.day, promise.window_start)
        rows = theirs.get((back.client_id, back.origin_place_id), [])
        soon = [ride for ride, when in rows if when > after and when[0] <= back.day]
        found.append([ride for ride in soon if ride.id != there.id])
    return found


def _not_well(session: Session, pairs: Sequence[Pair]) -> list[Ride]:
    """Of ways back with their ways there: those that nobody can rely on."""
    homes = Homes.of(session, [back for back, _ in pairs])
    pairs = [
        (back, there)
        for back, there in pairs
        if not homes.takes(back) and (back.status in LIVE or back.ended_by != "client")
    ]
    ways = ways_home(session, pairs)
    homes = Homes.of(session, [ride for each in ways.values() for ride in each])
    lost = [(back, there) for back, there in pairs if not any(homes.takes(ride) for ride in ways[there.id])]
    words = said(session, col(Event.subject_id).in_({str(ride.id) for each in ways.values() for ride in each}))
    return [back for back, there in lost if answer(ways[there.id], words) is None]


def answer(ways: Sequence[Ride], words: Mapping[int, Said]) -> Said | None:
    """What our staff have said of somebody whom none of these rides takes home; None: nothing that holds."""
    found = (word for ride in ways if (word := words.get(ride.id or 0)) and word.holds(ride.promise_id, NO_WAY))
    return next(found, None)


def said(session: Session, *which: ColumnElement[bool]) -> dict[int, Said]:
    """What our staff have said last of ways home, by ride; `which` of the events are looked at.

    A taxi that has been refused since is no way home.
    """
    told = select(Event).where(Event.kind == RESOLVED, Event.subject_type == "ride", *which)
    found = {}
    for event in session.exec(told.order_by(col(Event.id))):
        facts = json.loads(event.facts)
        found[int(event.subject_id)] = Said(facts["way"], facts.get("promise"), facts.get("danger"))
    by_taxi = {ride for ride, word in found.items() if word.way == "taxi"}
    orders = select(TaxiOrder).where(col(TaxiOrder.ride_id).in_(by_taxi)).order_by(col(TaxiOrder.id))
    last = {order.ride_id: order.state for order in session.exec(orders)} if by_taxi else {}
    return {ride: word for ride, word in found.items() if last.get(ride) is not TaxiState.REFUSED}


def by_taxi(session: Session, day: date) -> set[int]:
    """Rides of a day handed on to a taxi that is thought to come: asked for and not refused."""
    orders = (
        select(TaxiOrder.ride_id)
        .join(Ride, col(Ride.id) == TaxiOrder.ride_id)
        .join(Promise, col(Promise.id) == Ride.promise_id)
        .where(Ride.day == day, Promise.state == PromiseState.HANDED_ON)
        .where(col(TaxiOrder.state).in_((TaxiState.ASKED, TaxiState.ACCEPTED)))
    )
    return set(session.exec(orders))


@dataclass(frozen=True, slots=True)
class Homes:
    """What is known of rides that may take somebody home."""

    promises: dict[int, Promise]
    stops: dict[int, set[str]]
    taxis: set[int]

    @classmethod
    def of(cls, session: Session, rides: Sequence[Ride]) -> "Homes":
        """A fixed number of queries, however many rides."""
        held = _promises(session, rides)
        stops: dict[int, set[str]] = {}
        for promise, kind in session.exec(select(Stop.promise_id, Stop.kind).where(col(Stop.promise_id).in_(held))):
            stops.setdefault(promise or 0, set()).add(kind)
        handed_on = {ride.day for ride in rides if held[ride.promise_id].state is PromiseState.HANDED_ON}
        return cls(held, stops, {ride for day in handed_on for ride in by_taxi(session, day)})

    def takes(self, ride: Ride) -> bool:
        """Driven, under way, promised with its stops in the plan, or handed on to a taxi that is thought to come."""
        if ride.status in OUT:
            return True
        promise = self.promises[ride.promise_id]
        if promise.state is PromiseState.HANDED_ON:
            return ride.status in LIVE and ride.id in self.taxis
        both = self.stops.get(ride.promise_id, set()) >= BOTH
        return ride.status in LIVE and promise.state is PromiseState.FIRM and both


def _promises(session: Session, rides: Sequence[Ride]) -> dict[int, Promise]:
    wanted = {ride.promise_id for ride in rides}
    return {each.id or 0: each for each in session.exec(select(Promise).where(col(Promise.id).in_(wanted)))}
