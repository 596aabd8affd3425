"""A vehicle breaks down, or somebody asks what if: plans asked for, and put in force with all that follows from them.

Order of locks: rides, day, contract.
"""

from collections.abc import Collection
from datetime import date, datetime

from sqlmodel import Session, col, select

from transport.booking.contracts import capacity, postings
from transport.booking.contracts.ledger import Override
from transport.booking.rides import taking
from transport.booking.rides.lifecycle import Status
from transport.booking.rides.models import Ride
from transport.kernel.actor import Actor
from transport.kernel.clock import at, local_day, seconds_of
from transport.kernel.errors import Conflict, Invalid
from transport.kernel.events import record
from transport.operations.dispatch import trials
from transport.routing.fleet import availability, fleet
from transport.routing.fleet.models import Driver, OutReason, Shift, Vehicle
from transport.routing.planning import applying, proposals, thinking
from transport.routing.planning import day as days
from transport.routing.planning.applying import Replaced
from transport.routing.planning.day import World
from transport.routing.planning.models import Proposal, ProposalState
from transport.routing.planning.whatif import (
    Assumption,
    LeastChange,
    OneMore,
    ShiftShortened,
    VehicleOut,
    read,
    stands,
)

SECONDS = 4
"""How long one plan for a broken vehicle is thought about: three of them take twelve seconds at most."""
NO_LATER = 14 * 3600
"""One more vehicle is asked for until the broken one would have come home, but for so long at most."""


def break_down(session: Session, shift_id: int, *, since: int, place: int, by: Actor, now: datetime) -> list[Proposal]:
    """Ask for plans without the vehicle of a shift: least change, everything anew, and with one more vehicle.

    Nothing is touched before one of them is used. Raises Invalid("scenario.shift_gone").
    """
    shift = session.get(Shift, shift_id)
    if shift is None or shift.dropped_at is not None:
        raise Invalid("scenario.shift_gone", field="shift")
    out = VehicleOut(shift_id, since, place)
    ways: list[tuple[Assumption, ...]] = [(out, LeastChange()), (out,)]
    begin = max(since, seconds_of(shift.day, now)) + proposals.REACTION
    ends = min(shift.ends, begin + NO_LATER)
    others = [pair for pair in proposals.spare(session, shift.day, begin, ends) if pair[0].id != shift.vehicle_id]
    if others and begin < ends:
        vehicle, driver = others[0]
        ways.insert(1, (out, OneMore(begin, ends, vehicle.id, driver.id), LeastChange()))
    facts = {"day": shift.day, "since": since}
    record(session, "vehicle_broke_down", subject=("shift", shift_id), by=by, now=now, facts=facts)
    return [proposals.ask(session, shift.day, seconds=SECONDS, assumptions=way, by=by, now=now) for way in ways]


def apply(
    session: Session,
    proposal_id: int,
    *,
    world: World,
    by: Actor,
    now: datetime,
    reason: str = "",
    override: Override | None = None,
) -> list[Replaced]:
    """Put a plan in force with what it assumes: shifts end or begin, promises are replaced, drivers get a new version.

    `reason` is what people read who are left out. Raises NotFound("proposal"), Conflict("plan.not_ready"),
    Conflict("plan.day_has_moved_on"), Conflict("plan.hypothetical") if no real vehicle and driver are chosen,
    Invalid("plan.breaks_promises"), and what the contract says.
    """
    proposal = applying.ready(session, proposal_id)
    assumptions = read(proposal.assumptions)
    touched = _take_rides(session, [each.promise for each in thinking.read(proposal.changes)])
    row = days.lock(session, proposal.day)
    proposal = applying.ready(session, proposal_id)
    if applying.collisions(session, proposal, world=world, now=now):
        raise Conflict("plan.day_has_moved_on", day=proposal.day)
    opened = None
    for each in assumptions:
        if isinstance(each, OneMore):
            opened = _open(session, proposal.day, each, by=by, now=now, override=override)
        elif isinstance(each, VehicleOut | ShiftShortened):
            _end_shift(session, proposal, each, by=by, now=now, override=override)
    replaced = applying.put_in_force(session, proposal, row, opened=opened, world=world, by=by, now=now)
    for promise in replaced:
        ride = touched.get(promise.old.id or 0)
        if ride is not None:
            _tell(session, ride, promise, reason, by=by, now=now)
    for each in assumptions:
        if isinstance(each, VehicleOut):
            _out_of_service(session, proposal.day, each, now)
    capacity.settle(session, proposal.day, by=by, now=now, override=override)
    for other in trials.beside(session, proposal):
        if proposal.urgent and other.id != proposal.id and other.state is ProposalState.READY:
            proposals.discard(session, other.id or 0, by=by, now=now)
    return replaced


def where(session: Session, shift: Shift, second: int, *, world: World, now: datetime) -> list[int]:
    """Places where the vehicle of a shift may stand: its last stop, its next one, its depot; the likeliest first.

    Raises Invalid("scenario.shift_gone") for a shift that is not on duty.
    """
    book = days.load(session, shift.day, world=world, now=now)
    last, following = stands(book, shift.id or 0, second, proposals.reported(session, book))
    duty = next((each for each in book.problem.duties if each.id == str(shift.id)), None)
    depot = None if duty is None else book.places[duty.start]
    found = list(dict.fromkeys(place for place in (last, following, depot) if place is not None))
    if not found:
        raise Invalid("scenario.shift_gone", field="shift")
    return found


def _take_rides(session: Session, promises: Collection[int]) -> dict[int, Ride]:
    found = session.exec(select(Ride).where(col(Ride.promise_id).in_(promises)).order_by(col(Ride.id))).all()
    return {ride.promise_id: taking.take(session, ride, version=ride.version) for ride in found}


def _open(session: Session, day: date, more: OneMore, *, by: Actor, now: datetime, override: Override | None) -> int:
    if more.vehicle is None or more.driver is None:
        raise Conflict("plan.hypothetical")
    shift = capacity.open_shift(
        session,
        day=day,
        vehicle=session.get_one(Vehicle, more.vehicle),
        driver=session.get_one(Driver, more.driver),
        starts=more.starts,
        ends=more.ends,
        by=by,
        now=now,
        override=override,
    )
    return shift.id or 0


def _end_shift(
    session: Session,
    proposal: Proposal,
    what: VehicleOut | ShiftShortened,
    *,
    by: Actor,
    now: datetime,
    override: Override | None,
) -> None:
    """The shift ends when its vehicle drops out; what it had driven until then stays, until it would be home."""
    shift = session.get_one(Shift, what.shift)
    if isinstance(what, ShiftShortened):
        ends = what.ends
    else:
        home = applying.comes_home(proposal, what.shift)
        if home is None and what.since <= shift.starts:
            capacity.drop_shift(session, shift, by=by, now=now)
            return
        ends = max(what.since, shift.starts + 60, home or 0)
    if ends < shift.ends:
        new = fleet.changed(shift, ends=ends)
        capacity.change_shift(session, shift, new, by=by, now=now, override=override)


def _out_of_service(session: Session, day: date, what: VehicleOut, now: datetime) -> None:
    """From then on the vehicle cannot be used, until somebody says that it can; in a day to come for that day."""
    shift = session.get_one(Shift, what.shift)
    vehicle, since = session.get_one(Vehicle, shift.vehicle_id), at(day, what.since)
    ends = None if local_day(now) == day else at(day, 24 * 3600)
    if not availability.outs(session, {vehicle.id or 0}, since, ends):
        availability.take_out(session, vehicle, starts=since, ends=ends, reason=OutReason.BREAKDOWN, now=now)


def _tell(session: Session, ride: Ride, each: Replaced, reason: str, *, by: Actor, now: datetime) -> None:
    """What the new plan means to one ride, and the event from which a message follows."""
    if each.new is None:
        ride.status, ride.ended_by, ride.end_reason = Status.MISSED, "service", reason[:160]
        session.add(ride)
        session.flush()
        postings.ride_dropped(session, ride.id or 0, ride.day, by=by, now=now)
        why = {"promise": each.old.id, "reason": each.terms.reason}
        record(session, "ride_missed", subject=("ride", ride.id), by=by, now=now, facts=why)
        return
    ride.promise_id = each.new.id or 0
    ride.origin_place_id = each.new.pickup_place_id
    session.add(ride)
    session.flush()
    facts = {
        "day": ride.day,
        "old": each.old.id,
        "new": each.new.id,
        "harm": each.terms.harm.value,
        "window_start": each.new.window_start,
        "window_end": each.new.window_end,
        "arrive_by": each.new.arrive_by,
    }
    record(session, "promise_changed", subject=("ride", ride.id), by=by, now=now, facts=facts)
