"""Decisions about a ride: each a move of the lifecycle, with promise, plan and ledger in the same transaction.

Order of locks: ride, day, contract.
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from transport.booking.clients import mandates
from transport.booking.clients.models import Power
from transport.booking.contracts import capacity, postings
from transport.booking.rides import absences, homeward, offers, taking
from transport.booking.rides.lifecycle import DECLINE_REASONS, Move, Status
from transport.booking.rides.models import Leg, OfferOutcome, Ride
from transport.kernel.actor import STAFF, Actor
from transport.kernel.clock import at, local_day
from transport.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from transport.routing.planning import day as days
from transport.routing.planning import promises
from transport.routing.planning.day import World
from transport.routing.planning.models import Promise

CHANGED = "changed"
HOME_OTHERWISE = "home_otherwise"
"""Why a ride ended that another one has taken the place of."""


def confirm(session: Session, ride: Ride, *, version: int, by: Actor, now: datetime) -> Ride:
    """The dispatcher (or the service by itself) says yes; the promise was firm since it was booked."""
    taking.take(session, ride, version=version)
    taking.step(ride, Move.CONFIRM, by)
    taking.save(session, ride, "ride_confirmed", by, now)
    return ride


def decline(session: Session, ride: Ride, *, version: int, reason: str, world: World, by: Actor, now: datetime) -> Ride:
    """The dispatcher says no, for a reason of the rules: not entitled, unsafe, wrong data. Never for lack of room.

    Without its way back nobody is taken out: the way there ends with it.
    """
    if reason not in DECLINE_REASONS:
        raise Invalid("ride.no_such_reason", field="reason", reason=reason)
    _lock_both(session, ride)
    taking.take(session, ride, version=version)
    _require_way_home(session, ride)
    there = _taken_with(session, ride)
    taking.step(ride, Move.DECLINE, by)
    _off_the_road(session, ride, "declined", world, by, now)
    ride.ended_by, ride.end_reason = "service", reason
    taking.save(session, ride, "ride_declined", by, now, reason=reason)
    _stay_at_home(session, there, reason, world, by, now)
    return ride


def cancel(
    session: Session,
    ride: Ride,
    *,
    version: int,
    reason: str = "",
    world: World,
    by: Actor,
    now: datetime,
    for_service: bool = False,
) -> Ride:
    """Called off by the client's side, or by the service itself (`for_service`), which needs a reason.

    Late, it costs the client what the rules of the day say. The service cannot call off the only way home of somebody
    who is out: Conflict("ride.would_strand"); before that, the way there ends with it.
    """
    client = mandates.require(session, ride.client_id, by, Power.CANCEL, on=local_day(now))
    if for_service and by.role not in STAFF:
        raise Forbidden("role.missing")
    by = by if for_service else mandates.acting_for(client, by)
    if for_service and not reason.strip():
        raise Invalid("ride.reason_missing", field="reason")
    if for_service:
        _lock_both(session, ride)
    taking.take(session, ride, version=version)
    if for_service:
        _require_way_home(session, ride)
    there = _taken_with(session, ride) if for_service else None
    taking.step(ride, Move.CANCEL, by)
    ride.late = not for_service and is_late(session, ride, world, now)
    ride.fee = world.policies.named(ride.policy_id).cancel.late_fee if ride.late else 0
    _off_the_road(session, ride, "cancelled", world, by, now, broken=for_service)
    ride.ended_by = "service" if for_service else "client"
    ride.end_reason = reason.strip()[:160]
    taking.save(session, ride, "ride_cancelled", by, now, late=ride.late, fee=ride.fee, by_service=for_service)
    _stay_at_home(session, there, ride.end_reason, world, by, now)
    return ride


def not_needed(session: Session, ride: Ride, *, ours: bool, world: World, by: Actor, now: datetime) -> bool:
    """End a way home that nobody waits for any more, as our staff have made sure how the person gets home.

    `ours`: somebody else does what we had promised, so that the promise is broken; otherwise it is withdrawn. The way
    there goes on. Whoever sits in our vehicle stays there: False, as for a ride that is over.
    """
    session.refresh(ride)
    if ride.status not in (Status.REQUESTED, Status.CONFIRMED):
        return False
    taking.take(session, ride, version=ride.version)
    taking.step(ride, Move.CANCEL, by)
    _off_the_road(session, ride, HOME_OTHERWISE, world, by, now, broken=ours)
    ride.ended_by, ride.end_reason = "service", HOME_OTHERWISE
    taking.save(session, ride, "ride_cancelled", by, now, late=False, fee=0, by_service=True)
    return True


def replace(
    session: Session,
    ride: Ride,
    *,
    version: int,
    also: Collection[date],
    world: World,
    by: Actor,
    now: datetime,
) -> Ride:
    """End a ride that another one takes the place of, in this transaction: never late, and free of charge.

    `also` are the days on which the other one may be; they are locked too, in date order.
    """
    taking.take(session, ride, version=version)
    for day in sorted({ride.day, *also}):
        days.lock(session, day)
    taking.step(ride, Move.CANCEL, by)
    _off_the_road(session, ride, CHANGED, world, by, now)
    ride.ended_by, ride.end_reason = "client", CHANGED
    taking.save(session, ride, "ride_changed", by, now)
    return ride


def is_late(session: Session, ride: Ride, world: World, now: datetime) -> bool:
    """Whether cancelling now comes after the policy's limit: said to the client before, not after."""
    promise = session.get_one(Promise, ride.promise_id)
    limit = timedelta(minutes=world.policies.named(ride.policy_id).cancel.free_until_minutes)
    return now > at(ride.day, promise.window_start) - limit


def board(session: Session, ride: Ride, *, by: Actor, now: datetime) -> None:
    """The client is on board."""
    taking.step(taking.take(session, ride, version=ride.version), Move.BOARD, by)
    taking.save(session, ride, "ride_started", by, now)


def alight(session: Session, ride: Ride, *, by: Actor, now: datetime) -> None:
    """The client got off: the promise is kept, what was reserved is used up."""
    taking.step(taking.take(session, ride, version=ride.version), Move.ALIGHT, by)
    promises.keep(session, session.get_one(Promise, ride.promise_id), now=now)
    postings.ride_used(session, ride.id or 0, ride.day, ride.persons, by=by, now=now)
    taking.save(session, ride, "ride_completed", by, now)


def not_boarded(session: Session, ride: Ride, *, by: Actor, now: datetime) -> None:
    """The client is not on board after all: who said so has taken it back."""
    taking.step(taking.take(session, ride, version=ride.version), Move.NOT_BOARDED, by)
    taking.save(session, ride, "ride_not_started", by, now)


def not_alighted(session: Session, ride: Ride, *, by: Actor, now: datetime) -> None:
    """The client did not get off after all: the promise binds again, and what was used up is set aside again.

    Raises Conflict("day.closed") once the day is counted.
    """
    taking.step(taking.take(session, ride, version=ride.version), Move.NOT_ALIGHTED, by)
    days.lock(session, ride.day)
    promises.keep_on(session, session.get_one(Promise, ride.promise_id))
    postings.ride_not_used(session, ride.id or 0, ride.day, by=by, now=now)
    taking.save(session, ride, "ride_not_completed", by, now)


def no_show(session: Session, ride: Ride, *, version: int, reason: str, world: World, by: Actor, now: datetime) -> None:
    """We were there in time, the client was not: set by the dispatcher on the driver's evidence, which opens a case.

    The way back stays booked. Raises what `absences.report` does when it was not the client's absence.
    """
    taking.take(session, ride, version=version)
    taking.step(ride, Move.NO_SHOW, by)
    absences.report(session, ride, world=world, by=by, now=now)
    _off_the_road(session, ride, "no_show", world, by, now)
    ride.ended_by, ride.end_reason = "client", reason.strip()[:160]
    taking.save(session, ride, "ride_no_show", by, now)


def miss(session: Session, ride: Ride, *, version: int, reason: str, world: World, by: Actor, now: datetime) -> None:
    """We were not there: the promise is broken and counted as such. A reason is required."""
    if not reason.strip():
        raise Invalid("ride.reason_missing", field="reason")
    taking.take(session, ride, version=version)
    taking.step(ride, Move.MISS, by)
    _off_the_road(session, ride, "missed", world, by, now, broken=True)
    ride.ended_by, ride.end_reason = "service", reason.strip()[:160]
    taking.save(session, ride, "ride_missed", by, now)


def of_promise(session: Session, promise_id: int) -> Ride:
    """The ride for which a promise was made."""
    ride = session.exec(select(Ride).where(Ride.promise_id == promise_id)).first()
    if ride is None:
        raise NotFound("ride")
    return ride


def coded(session: Session, code: str) -> Ride:
    """The ride with the number people read over the phone; NotFound("ride")."""
    ride = session.exec(select(Ride).where(Ride.code == code.replace(" ", "").replace("\u00a0", ""))).first()
    if ride is None:
        raise NotFound("ride")
    return ride


def _require_way_home(session: Session, ride: Ride) -> None:
    """Nobody taken out is left out."""
    if homeward.would_strand(session, ride):
        raise Conflict("ride.would_strand", ride=ride.code)


def _lock_both(session: Session, ride: Ride) -> None:
    """Lock this way back together with the way there that may have to end with it: by id, as everybody does."""
    there = homeward.other_way(session, ride) if ride.leg is Leg.RETURN else None
    if there is not None:
        taking.lock(session, col(Ride.id).in_([ride.id, there.id]))


def _taken_with(session: Session, ride: Ride) -> Ride | None:
    """The way there that must not be driven without this way back; both rides are locked, then both days."""
    there = homeward.bound_to(session, ride)
    if there is not None:
        taking.take(session, there, version=there.version)
        for day in sorted({there.day, ride.day}):
            days.lock(session, day)
    return there


def _stay_at_home(session: Session, there: Ride | None, reason: str, world: World, by: Actor, now: datetime) -> None:
    """End a way there whose way back the service has ended: both ways or not at all."""
    if there is None:
        return
    promised = there.status is Status.CONFIRMED
    taking.step(there, Move.CANCEL if promised else Move.DECLINE, by)
    _off_the_road(session, there, "no_way_back", world, by, now, broken=promised)
    there.ended_by, there.end_reason = "service", reason
    taking.save(session, there, "ride_cancelled" if promised else "ride_declined", by, now, no_way_back=True)


def _off_the_road(
    session: Session,
    ride: Ride,
    reason: str,
    world: World,
    by: Actor,
    now: datetime,
    *,
    broken: bool = False,
) -> None:
    """Promise withdrawn (or `broken`, if it was our doing), stops gone, capacity given back, open offer dropped."""
    made = offers.pending(session, ride)
    if made is not None:
        offers.drop(session, ride, made, OfferOutcome.LAPSED, world, by, now)
    days.lock(session, ride.day)
    promise = session.get_one(Promise, ride.promise_id, populate_existing=True)
    end = promises.breach if broken else promises.withdraw
    end(session, promise, reason=reason, world=world, by=by, now=now)
    capacity.settle(session, ride.day, by=by, now=now)
    postings.ride_dropped(session, ride.id or 0, ride.day, by=by, now=now)
