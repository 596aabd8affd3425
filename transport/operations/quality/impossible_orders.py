"""What cannot be true of orders, rides, offers and denials."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from itertools import combinations

from transport.booking.rides import homeward
from transport.booking.rides.lifecycle import LIVE, Status
from transport.booking.rides.models import Leg, OfferOutcome, Ride, WaitingState
from transport.booking.standing.models import DateState
from transport.kernel.clock import local_day
from transport.operations.quality.impossible_plans import PATIENCE, Finding
from transport.operations.quality.snapshot import Snapshot
from transport.routing.planning.models import LIVE as LIVE_PROMISES
from transport.routing.planning.models import DayState, Promise, PromiseKind, PromiseState, StopKind, VisitAction


def live_without_promise(look: Snapshot) -> Iterator[Finding]:
    """Who still waits for a vehicle has a firm promise, kept by us or handed on to a taxi."""
    for ride in look.rides.values():
        state = look.promises[ride.promise_id].state
        if ride.status in LIVE and state not in (PromiseState.FIRM, PromiseState.HANDED_ON):
            yield f"ride {ride.id}", {"status": ride.status.value, "promise": state.value}


def over_with_promise(look: Snapshot) -> Iterator[Finding]:
    """A ride that is over takes no place in any plan."""
    for ride in look.rides.values():
        state = look.promises[ride.promise_id].state
        if ride.status not in LIVE and state in (*LIVE_PROMISES, PromiseState.HANDED_ON):
            yield f"ride {ride.id}", {"status": ride.status.value, "promise": state.value}


def wrongly_ended(look: Snapshot) -> Iterator[Finding]:
    """Driven means kept and not driven by our fault means broken: the two books say the same."""
    for ride in look.rides.values():
        state = look.promises[ride.promise_id].state
        kept, missed = ride.status is Status.COMPLETED, ride.status is Status.MISSED
        if kept != (state is PromiseState.KEPT) or (missed and state is not PromiseState.BROKEN):
            yield f"ride {ride.id}", {"status": ride.status.value, "promise": state.value}


def rides_elsewhere(look: Snapshot) -> Iterator[Finding]:
    """The promise is about the day and the places of its ride."""
    for ride in look.rides.values():
        promise = look.promises[ride.promise_id]
        ordered = (ride.day, ride.origin_place_id, ride.destination_place_id)
        promised = (promise.day, promise.pickup_place_id, promise.dropoff_place_id)
        if ordered != promised:
            yield f"ride {ride.id}", {"promise": promise.id, "day": ride.day, "promised_day": promise.day}


def firm_without_ride(look: Snapshot) -> Iterator[Finding]:
    """Somebody has booked every firm promise."""
    for promise in look.promises.values():
        if promise.state is PromiseState.FIRM and promise.id not in look.ride_of:
            yield f"promise {promise.id}", {"day": promise.day}


def shared_promises(look: Snapshot) -> Iterator[Finding]:
    """A place is kept for one ride only, be it booked or offered."""
    owners: dict[int, set[int]] = defaultdict(set)
    for ride in look.rides.values():
        owners[ride.promise_id].add(ride.id or 0)
    for offer in look.offers:
        if offer.promise_id is not None:
            owners[offer.promise_id].add(offer.ride_id)
    for promise_id, rides in owners.items():
        if len(rides) > 1:
            yield f"promise {promise_id}", {"rides": sorted(rides)}


def clients_twice(look: Snapshot) -> Iterator[Finding]:
    """Nobody sits in two vehicles at once. Who calls for a ride calls when they are there: it binds them from its
    latest pickup on, also when a breakdown has moved the way there into the time in which they may call.
    """
    together: dict[tuple[int, object], list[tuple[Promise, Ride]]] = defaultdict(list)
    for ride in look.rides.values():
        promise = look.promises[ride.promise_id]
        if ride.status in LIVE and promise.state in LIVE_PROMISES:
            together[ride.client_id, ride.day].append((promise, ride))
    for rides in together.values():
        for (one, first), (other, second) in combinations(rides, 2):
            if _binds_from(one) < other.arrive_by and _binds_from(other) < one.arrive_by:
                yield f"ride {second.id}", {"other": first.id, "day": second.day}


def _binds_from(promise: Promise) -> int:
    return promise.window_end if promise.kind is PromiseKind.WILL_CALL else promise.window_start


def back_before_there(look: Snapshot) -> Iterator[Finding]:
    """The way back begins after the way there."""
    legs: dict[int, dict[Leg, Ride]] = defaultdict(dict)
    for ride in look.rides.values():
        if ride.status in LIVE:
            legs[ride.request_id][ride.leg] = ride
    for request_id, both in legs.items():
        if len(both) < len(Leg):
            continue
        there, back = (look.promises[both[leg].promise_id] for leg in (Leg.OUTBOUND, Leg.RETURN))
        if (back.day, back.window_start) <= (there.day, there.window_start):
            yield f"ride {both[Leg.RETURN].id}", {"request": request_id, "outbound": both[Leg.OUTBOUND].id}


def left_out(look: Snapshot) -> Iterator[Finding]:
    """Whom we took out today gets home."""
    for day, row in sorted(look.days.items()):
        if row.state is DayState.OPEN:
            for back in homeward.left_out(look.session, day):
                yield f"ride {back.id}", {"day": day, "status": back.status.value}


def _heirs(look: Snapshot) -> dict[int, int]:
    """By promise the one that binds us instead, to the end: of who changed vehicles, both drivers have reported."""
    after = {promise.supersedes: key for key, promise in look.promises.items() if promise.supersedes is not None}
    last = {}
    for key in look.promises:
        heir = key
        while heir in after and look.promises[heir].state in (PromiseState.BROKEN, PromiseState.WITHDRAWN):
            heir = after[heir]
        last[key] = heir
    return last


def driven_without_reports(look: Snapshot) -> Iterator[Finding]:
    """Somebody is on board because a driver said so, and got off for the same reason."""
    heirs = _heirs(look)
    visited = {(heirs[promise], kind, action) for promise, kind, action in look.visited}
    for ride in look.rides.values():
        needed = {Status.ON_BOARD: (StopKind.PICKUP,), Status.COMPLETED: (StopKind.PICKUP, StopKind.DROPOFF)}
        missing = [
            kind.value
            for kind in needed.get(ride.status, ())
            if (ride.promise_id, kind, VisitAction.DONE) not in visited
        ]
        if missing:
            yield f"ride {ride.id}", {"status": ride.status.value, "missing": missing}


def reports_ahead(look: Snapshot) -> Iterator[Finding]:
    """Who is reported on board is on board or has been; nobody gets off without getting on."""
    heirs = _heirs(look)
    for promise_id, kind, action in look.visited:
        if action is not VisitAction.DONE or look.promises[heirs[promise_id]].state is PromiseState.BROKEN:
            continue
        ride = look.ride_of.get(heirs[promise_id])
        after = (Status.COMPLETED,) if kind is StopKind.DROPOFF else (Status.ON_BOARD, Status.COMPLETED)
        if ride is None or ride.status not in after:
            facts: dict[str, object] = {"stop": kind.value, "status": None if ride is None else ride.status.value}
            yield f"promise {promise_id}", facts


def empty_requests(look: Snapshot) -> Iterator[Finding]:
    """An order is about at least one ride."""
    filled = {ride.request_id for ride in look.rides.values()}
    for request_id in look.requests.keys() - filled:
        yield f"trip_request {request_id}", {}


def mixed_requests(look: Snapshot) -> Iterator[Finding]:
    """All rides of an order are of the client who ordered."""
    for ride in look.rides.values():
        if ride.client_id != look.requests[ride.request_id].client_id:
            yield f"ride {ride.id}", {"request": ride.request_id}


def offers_without_place(look: Snapshot) -> Iterator[Finding]:
    """While an offer waits for its answer, a place is held for it; and no offer waits for ever."""
    for offer in look.offers:
        if offer.outcome is not OfferOutcome.PENDING:
            continue
        promise = look.promises.get(offer.promise_id or 0)
        waiting = offer.until is not None and offer.until >= look.now
        held = promise is not None and promise.state is PromiseState.HELD
        if (waiting and not held) or offer.until is None or offer.until < look.now - PATIENCE:
            yield f"offer {offer.id}", {"ride": offer.ride_id, "until": offer.until}


def dates_without_rides(look: Snapshot) -> Iterator[Finding]:
    """A placed date of a standing order has rides on that day, of the client who asked."""
    rides: dict[int | None, set[tuple[date, int]]] = {}
    for ride in look.rides.values():
        rides.setdefault(ride.request_id, set()).add((ride.day, ride.client_id))
    for row, client_id in look.standing:
        if row.state is DateState.PLACED and rides.get(row.request_id) != {(row.day, client_id)}:
            yield f"standing_date {row.id}", {"request": row.request_id, "day": row.day}


def waiting_for_ever(look: Snapshot) -> Iterator[Finding]:
    """Who is on the waiting list hears of it: an offer ends with its time, and waiting with the day of the ride."""
    for wish in look.waiting:
        unanswered = wish.answer_by is not None and wish.answer_by < look.now - PATIENCE
        forgotten = wish.state is WaitingState.WAITING and wish.day < local_day(look.now)
        if (wish.state is WaitingState.OFFERED and unanswered) or forgotten:
            yield f"waiting wish {wish.id}", {"state": wish.state.value, "day": wish.day}


def foreign_denials(look: Snapshot) -> Iterator[Finding]:
    """Who took another time is the one who was denied."""
    for denial in look.denials:
        if denial.ride_id is not None and look.rides[denial.ride_id].client_id != denial.client_id:
            yield f"denial {denial.id}", {"ride": denial.ride_id}
