"""Where somebody really is comes before where the plan has them: the plan follows, if it can and the judge agrees."""

from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from transport.booking.contracts import capacity
from transport.booking.rides.models import Ride
from transport.kernel.actor import Actor
from transport.kernel.clock import seconds_of
from transport.kernel.errors import ServiceError
from transport.kernel.events import record
from transport.routing import engine
from transport.routing.planning import day as days
from transport.routing.planning import publishing, runs
from transport.routing.planning.day import DayBook, World
from transport.routing.planning.models import Promise, VisitAction

TRIED = 8
"""So many places in the run are tried before it counts as having none."""


def follow(
    session: Session,
    ride: Ride,
    shift_id: int,
    action: VisitAction,
    happened: datetime,
    *,
    world: World,
    by: Actor,
    now: datetime,
) -> bool:
    """Put a ride into the run of the vehicle that stands at its door, or has the client on board. The ride is locked.

    False if that run has no place for it, or none that the contract bears: then the plan stays, and the fact stands.
    """
    try:
        with session.begin_nested():
            days.lock(session, ride.day)
            book = days.load(session, ride.day, world=world, now=now)
            second = seconds_of(ride.day, happened)
            day = _with(book, ride.promise_id, shift_id, second, aboard=action is VisitAction.DONE)
            if day is None:
                return False
            runs.save(session, book, *day)
            capacity.settle(session, ride.day, by=by, now=now)
            publishing.again(session, ride.day, by=by, now=now, reason="driven_elsewhere")
            facts = {"day": ride.day, "promise": ride.promise_id, "shift": shift_id}
            record(session, "ride_driven_elsewhere", subject=("ride", ride.id), by=by, now=now, facts=facts)
    except ServiceError:
        session.refresh(session.get_one(Promise, ride.promise_id))
        return False
    return True


def _with(
    book: DayBook, promise_id: int, shift_id: int, second: int, *, aboard: bool
) -> tuple[engine.Problem, engine.Plan] | None:
    """The day with the ride in this vehicle: picked up when it was, or from now on within its window."""
    key = str(promise_id)
    promise = book.promises[promise_id]
    asked = next(each for each in book.problem.requests if each.id == key)
    if str(shift_id) not in {duty.id for duty in book.problem.duties}:
        return None
    window = (float(second), float(second))
    if not aboard:
        window = (float(max(second, promise.window_start)), float(max(second, promise.window_end)))
    opens = min(max(promise.window_start, promise.arrive_from), promise.arrive_by)
    request = replace(
        asked,
        pickup_window=window,
        dropoff_window=(opens, promise.arrive_by),
        duty=str(shift_id),
        forbidden=asked.forbidden | {days.OUT},
    )
    problem, plan = runs.without(book, {key})
    for place in engine.Inserter(problem, plan).insert(request)[:TRIED]:
        try:
            found, grown = engine.place(problem, plan, request, place)
        except ValueError:  # times that the whole day allows, and this run by itself does not
            continue
        if not engine.judge(found, grown):
            return found, grown
    return None
