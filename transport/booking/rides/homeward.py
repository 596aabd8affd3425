"""The way there and the way back belong together, even when one of them was changed: nobody is left out. Reads."""

import json
from datetime import date

from sqlalchemy import func
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from transport.booking.rides.lifecycle import LIVE, Status
from transport.booking.rides.models import Leg, Ride, TaxiOrder, TaxiState
from transport.kernel.events import Event
from transport.routing.planning.models import Promise, PromiseState, Stop, StopKind

OUT = (Status.ON_BOARD, Status.COMPLETED)
"""A ride there that has begun: from now on the client needs a way home."""

BOTH = frozenset({StopKind.PICKUP, StopKind.DROPOFF})

RESOLVED = "return_resolved"
"""The event that says: this person is not waiting for us any more, though the ride back was not driven."""


def current(session: Session, ride: Ride) -> Ride:
    """The ride that has taken the place of this one, or the ride itself."""
    while ride.replaced_by is not None:
        ride = session.get_one(Ride, ride.replaced_by)
    return ride


def first(session: Session, ride: Ride) -> Ride:
    """The ride as it was ordered first, before any change."""
    while (before := session.exec(select(Ride).where(Ride.replaced_by == ride.id)).first()) is not None:
        ride = before
    return ride


def other_way(session: Session, ride: Ride) -> Ride | None:
    """The other leg of the order, as it is now; None if it was ordered one way."""
    ordered = first(session, ride)
    other = session.exec(select(Ride).where(Ride.request_id == ordered.request_id, Ride.leg != ordered.leg)).first()
    return None if other is None else current(session, other)


def left_out(session: Session, day: date) -> list[Ride]:
    """Ways back that nobody can rely on, of people whom we took out that day: each of them is an alarm.

    A way back is well if it was driven, or is promised and has its stops in the plan, or was ended by the client's
    side, or somebody has said how the person gets home instead.
    """
    fine = _plainly_well(session, day)
    found = []
    for there in _begun(session, day):
        back = None if there.id in fine else other_way(session, there)
        if back is not None and not _is_well(session, back):
            found.append(back)
    return found


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


def ways_home(session: Session, ride: Ride, there: Ride) -> list[Ride]:
    """The way back and every other ride from there that begins after the way there; whether they are driven or not."""
    return [ride, *_others_from_there(session, ride, there)]


def _is_only_way_back(session: Session, ride: Ride, there: Ride) -> bool:
    return not any(takes_home(session, other) for other in _others_from_there(session, ride, there))


def _others_from_there(session: Session, ride: Ride, there: Ride) -> list[Ride]:
    taken = session.get_one(Promise, there.promise_id)
    later = (Promise.day > taken.day) | ((Promise.day == taken.day) & (Promise.window_start > taken.window_start))
    others = (
        select(Ride)
        .join(Promise, col(Promise.id) == Ride.promise_id)
        .where(Ride.client_id == ride.client_id, Ride.origin_place_id == ride.origin_place_id)
        .where(Ride.leg == Leg.OUTBOUND, Ride.id != there.id, later)
    )
    return list(session.exec(others.order_by(col(Ride.id))))


def _is_well(session: Session, back: Ride) -> bool:
    if takes_home(session, back) or (back.status not in LIVE and back.ended_by == "client"):
        return True
    if not would_strand(session, back):
        return True
    said = select(Event.id).where(
        Event.kind == RESOLVED, Event.subject_type == "ride", Event.subject_id == str(back.id)
    )
    return session.exec(said).first() is not None


def way_said(event: Event) -> str:
    """How the person gets home instead, as the event RESOLVED remembers it."""
    return str(json.loads(event.facts)["way"])


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


def takes_home(session: Session, ride: Ride) -> bool:
    """Driven, under way, promised with its stops in the plan, or handed on to a taxi that is thought to come."""
    if ride.status in OUT:
        return True
    promise = session.get_one(Promise, ride.promise_id)
    if promise.state is PromiseState.HANDED_ON:
        return ride.status in LIVE and ride.id in by_taxi(session, ride.day)
    kinds = set(session.exec(select(Stop.kind).where(Stop.promise_id == promise.id)))
    return ride.status in LIVE and promise.state is PromiseState.FIRM and kinds == BOTH
