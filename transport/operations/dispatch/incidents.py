"""A plan that was thought of is put in force, with all that follows from it for shifts, vehicles, people and taxis.

Order of locks: rides, day, contract.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from sqlmodel import Session, col

from transport.booking.contracts import capacity, postings
from transport.booking.contracts.ledger import Override
from transport.booking.rides import taking, taxis
from transport.booking.rides.lifecycle import Status
from transport.booking.rides.models import Ride
from transport.kernel.actor import Actor
from transport.kernel.clock import at, local_day
from transport.kernel.errors import Conflict, Invalid
from transport.kernel.events import record
from transport.operations.dispatch import trials
from transport.operations.driving import stranded
from transport.routing.fleet import availability, fleet
from transport.routing.fleet.models import AwayKind, Driver, OutReason, Shift, Vehicle
from transport.routing.planning import applying, proposals, thinking
from transport.routing.planning import day as days
from transport.routing.planning.applying import Replaced
from transport.routing.planning.day import World
from transport.routing.planning.models import Proposal, ProposalState
from transport.routing.planning.whatif import (
    Assumption,
    Delayed,
    DrivenOn,
    DriverOut,
    FeatureLost,
    OneMore,
    OtherDriver,
    ShiftShortened,
    VehicleOut,
    read,
    stands,
)


def apply(
    session: Session,
    proposal_id: int,
    *,
    world: World,
    by: Actor,
    now: datetime,
    reason: str = "",
    override: Override | None = None,
    homes: Mapping[str, str] | None = None,
) -> list[Replaced]:
    """Put a plan in force with what it assumes: shifts end or begin, promises are replaced, drivers get a new version.

    `reason` is what people read who are left out. Raises NotFound("proposal"), Conflict("plan.not_ready"),
    Conflict("plan.day_has_moved_on"), Conflict("plan.hypothetical") if no real vehicle and driver are chosen,
    Invalid("plan.breaks_promises"), Conflict("shift.somebody_out") (see `roster.apply`), and what the contract says.
    """
    proposal = applying.ready(session, proposal_id)
    assumptions = read(proposal.assumptions)
    touched = _take_rides(session, [each.promise for each in thinking.read(proposal.changes)], homes or {})
    row = days.lock(session, proposal.day)
    proposal = applying.ready(session, proposal_id)
    if applying.collisions(session, proposal, world=world, now=now):
        raise Conflict("plan.day_has_moved_on", day=proposal.day)
    ending = {each.shift: _shortened(session, each) for each in assumptions if isinstance(each, ShiftShortened)}
    if ending:
        stranded.require_nobody_out(session, proposal.day, ending, homes or {}, world=world, by=by, now=now)
    opened = _rostered(session, proposal, assumptions, by=by, now=now, override=override)
    for each in assumptions:
        if isinstance(each, VehicleOut | FeatureLost):
            _out_of_service(session, proposal.day, each, now)
    replaced = applying.put_in_force(session, proposal, row, opened=opened, world=world, by=by, now=now)
    for promise in replaced:
        ride = touched.get(promise.old.id or 0)
        if ride is not None:
            _tell(session, ride, promise, reason, world=world, by=by, now=now)
    capacity.settle(session, proposal.day, by=by, now=now, override=override)
    stranded.end(session, homes or {}, world=world, by=by, now=now)
    for other in trials.beside(session, proposal):
        if proposal.urgent and other.id != proposal.id and other.state is ProposalState.READY:
            proposals.discard(session, other.id or 0, by=by, now=now)
    stranded.raise_alarms(session, proposal.day, now=now)
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


def _take_rides(session: Session, promises: Collection[int], homes: Mapping[str, str]) -> dict[int, Ride]:
    """Lock the rides whose promises the plan changes, and those of which is said how their people get home; the former
    by promise.
    """
    found = taking.lock(session, col(Ride.promise_id).in_(promises), col(Ride.code).in_(homes))
    touched = [ride for ride in found if ride.promise_id in promises]
    return {ride.promise_id: taking.take(session, ride, version=ride.version) for ride in touched}


def _rostered(
    session: Session,
    proposal: Proposal,
    assumptions: Sequence[Assumption],
    *,
    by: Actor,
    now: datetime,
    override: Override | None,
) -> int | None:
    """Make the shifts what the plan assumes; answers the number of the one more, if there is one."""
    opened = None
    for each in assumptions:
        if isinstance(each, OneMore):
            opened = _open(session, proposal.day, each, by=by, now=now, override=override)
        elif isinstance(each, VehicleOut | DriverOut | ShiftShortened):
            _end_shift(session, proposal, each, by=by, now=now, override=override)
        elif isinstance(each, OtherDriver | Delayed | DrivenOn):
            _go_on(session, proposal, each, by=by, now=now, override=override)
    return opened


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


def _shortened(session: Session, what: ShiftShortened) -> Shift:
    return fleet.changed(session.get_one(Shift, what.shift), ends=what.ends)


def _end_shift(
    session: Session,
    proposal: Proposal,
    what: VehicleOut | DriverOut | ShiftShortened,
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
            ends = shift.ends
        else:
            ends = max(what.since, shift.starts + 60, home or 0)
    if ends < shift.ends:
        new = fleet.changed(shift, ends=ends)
        capacity.change_shift(session, shift, new, by=by, now=now, override=override)
    if isinstance(what, DriverOut):
        _away(session, proposal.day, shift.driver_id)


def _go_on(
    session: Session,
    proposal: Proposal,
    what: OtherDriver | Delayed | DrivenOn,
    *,
    by: Actor,
    now: datetime,
    override: Override | None,
) -> None:
    """The shift goes on with another driver, or longer than planned, so that whoever is on board gets home."""
    shift = session.get_one(Shift, what.shift)
    before = shift.driver_id
    if isinstance(what, OtherDriver):
        new = fleet.changed(shift, driver=session.get_one(Driver, what.driver))
    else:
        new = fleet.changed(shift, ends=max(shift.ends, applying.comes_home(proposal, what.shift) or 0))
    if (new.driver_id, new.ends) != (before, shift.ends):
        capacity.change_shift(session, shift, new, by=by, now=now, override=override)
    if new.driver_id != before:
        _away(session, proposal.day, before)


def _away(session: Session, day: date, driver_id: int) -> None:
    """Whoever cannot go on takes no other shift on that day."""
    if not availability.absences(session, {driver_id}, day, day):
        availability.be_away(session, session.get_one(Driver, driver_id), first=day, last=day, kind=AwayKind.ILL)


def _out_of_service(session: Session, day: date, what: VehicleOut | FeatureLost, now: datetime) -> None:
    """From then on the vehicle, or its lift, cannot be used until somebody says that it can; in a day to come for that
    day.
    """
    feature = what.feature if isinstance(what, FeatureLost) else ""
    shift = session.get_one(Shift, what.shift)
    vehicle, since = session.get_one(Vehicle, shift.vehicle_id), at(day, what.since)
    ends = None if local_day(now) == day else at(day, 24 * 3600)
    if not availability.outs(session, {vehicle.id or 0}, since, ends, feature=feature):
        availability.take_out(
            session, vehicle, starts=since, ends=ends, reason=OutReason.BREAKDOWN, feature=feature, now=now
        )


def _tell(session: Session, ride: Ride, each: Replaced, reason: str, *, world: World, by: Actor, now: datetime) -> None:
    """What the new plan means to one ride, and the event from which a message follows."""
    if each.terms.harm is thinking.Harm.TAXI:
        _by_taxi(session, ride, each, world=world, by=by, now=now)
        return
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


def _by_taxi(session: Session, ride: Ride, each: Replaced, *, world: World, by: Actor, now: datetime) -> None:
    """A taxi is asked for, from where the person is."""
    provider = taxis.provider_for(world.policies.taxi, each.old)
    if provider is None:
        raise Conflict("plan.day_has_moved_on", day=ride.day)
    taxis.confirmed(session, ride, by=by, now=now)
    taxis.ask(
        session,
        ride,
        provider,
        place=each.terms.pickup_place,
        pickup_at=max(now, at(ride.day, each.terms.window_start)),
        price=each.terms.price,
        by=by,
        now=now,
    )
