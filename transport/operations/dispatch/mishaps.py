"""What goes wrong on the street, each with up to three plans that are asked for by one press.

Nothing is touched before one of them is used. Order of locks: rides, day, contract.
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import Session, col, select

from transport.booking.clients.needs import RAMP
from transport.kernel.actor import Actor
from transport.kernel.clock import seconds_of
from transport.kernel.errors import Conflict, Invalid
from transport.kernel.events import record
from transport.routing.fleet import availability, fleet
from transport.routing.fleet.models import Driver, Shift, Vehicle
from transport.routing.planning import day as days
from transport.routing.planning import proposals
from transport.routing.planning.day import World
from transport.routing.planning.models import Promise, Proposal
from transport.routing.planning.whatif import (
    Assumption,
    Delayed,
    DrivenOn,
    DriverOut,
    FeatureLost,
    Gone,
    LeastChange,
    Mishap,
    OneMore,
    OtherDriver,
    TaxiAllowed,
    VehicleOut,
)

SECONDS = 4
"""How long one plan is thought about: three of them take twelve seconds at most."""
NO_LATER = 14 * 3600
"""One more vehicle is asked for until the broken one would have come home, but for so long at most."""
WAYS = 3
"""More plans than this nobody compares while the telephone rings."""
MINUTES = (10, 20, 30, 45, 60)
"""By how much a shift may be late, as people say it."""
ON_THE_WAY = 30
"""Minutes until another driver stands at the vehicle, unless somebody knows better."""

Way = tuple[Assumption, ...]


def break_down(
    session: Session, shift_id: int, *, since: int, place: int, world: World, by: Actor, now: datetime
) -> list[Proposal]:
    """The vehicle of a shift cannot go on: least change, with one more vehicle or a taxi, everything anew.

    Raises Invalid("scenario.shift_gone").
    """
    shift = _on_duty(session, shift_id)
    ways = _without(session, shift, VehicleOut(shift_id, since, place), world, now)
    facts = {"day": shift.day, "since": since}
    record(session, "vehicle_broke_down", subject=("shift", shift_id), by=by, now=now, facts=facts)
    return _asked(session, shift.day, ways, by, now)


def driver_out(
    session: Session,
    shift_id: int,
    *,
    since: int,
    place: int,
    minutes: int = ON_THE_WAY,
    world: World,
    by: Actor,
    now: datetime,
) -> list[Proposal]:
    """The driver cannot go on: another one takes the vehicle over after some minutes, or the others take the rides."""
    shift = _on_duty(session, shift_id)
    ways = _without(session, shift, DriverOut(shift_id, since, place), world, now)
    others = free_drivers(session, shift, world=world, now=now)
    if others:
        over = (OtherDriver(shift_id, others[0].id or 0), Delayed(shift_id, minutes, since))
        ways = [(*over, *_taxi(world), LeastChange()), *ways]
    record(session, "driver_dropped_out", subject=("shift", shift_id), by=by, now=now, facts={"day": shift.day})
    return _asked(session, shift.day, ways[:WAYS], by, now)


def lift_out(session: Session, shift_id: int, *, since: int, world: World, by: Actor, now: datetime) -> list[Proposal]:
    """The ramp or lift does not work: the shift goes on with its seats, and nobody in a wheelchair gets on any more."""
    shift = _on_duty(session, shift_id)
    lost = FeatureLost(shift_id, RAMP, since)
    record(
        session, "lift_failed", subject=("shift", shift_id), by=by, now=now, facts={"day": shift.day, "since": since}
    )
    return _asked(session, shift.day, _around(session, shift, lost, world, now), by, now)


def delay(
    session: Session,
    shift_ids: Sequence[int],
    *,
    minutes: int,
    since: int,
    why: str,
    world: World,
    by: Actor,
    now: datetime,
) -> list[Proposal]:
    """Shifts lose minutes from now on (`why`: late, road, unwell, absent): whose promise holds no more gets another.

    Raises Invalid("delay.minutes") for none or more than the longest of MINUTES, Invalid("scenario.must_rest").
    """
    if not 0 < minutes <= max(MINUTES):
        raise Invalid("delay.minutes", field="minutes", most=max(MINUTES))
    shifts = [_on_duty(session, each) for each in shift_ids]
    if not shifts:
        raise Invalid("scenario.shift_gone", field="shift")
    slow = tuple(Delayed(shift.id or 0, minutes, since) for shift in shifts)
    for shift in shifts:
        facts = {"day": shift.day, "minutes": minutes, "why": why}
        record(session, "shift_delayed", subject=("shift", shift.id), by=by, now=now, facts=facts)
    taxi = _taxi(world)
    ways: list[Way] = [(*slow, LeastChange())]
    proposals.look(session, shifts[0].day, ways[0], world=world, now=now)
    if taxi:
        ways.append((*slow, *taxi, LeastChange()))
    return _asked(session, shifts[0].day, [*ways, slow], by, now)


def drive_on(
    session: Session, promise_id: int, *, since: int, back: int, world: World, by: Actor, now: datetime
) -> list[Proposal]:
    """Nobody is at the door: the vehicle drives on, and somebody comes back after `back` minutes.

    Raises Invalid("scenario.shift_gone") for a ride without a vehicle, Conflict("drive_on.on_board").
    """
    promise = session.get_one(Promise, promise_id)
    book = days.load(session, promise.day, world=world, now=now)
    carrying = proposals.carried(book.plan).get(str(promise_id))
    if carrying is None:
        raise Invalid("scenario.shift_gone", field="shift")
    done = {name for name, _ in proposals.reported(session, book)}
    if str(promise_id) in done:
        raise Conflict("drive_on.on_board")
    shift = _on_duty(session, int(carrying))
    left = DrivenOn(shift.id or 0, promise_id, since, back)
    facts = {"day": shift.day, "promise": promise_id}
    record(session, "door_left", subject=("shift", shift.id), by=by, now=now, facts=facts)
    return _asked(session, shift.day, _around(session, shift, left, world, now), by, now)


def free_drivers(session: Session, shift: Shift, *, world: World, now: datetime) -> list[Driver]:
    """Who could take a shift over with its rides: free until its end, of the same provider, and banned by nobody on it.

    Whoever has learnt what the vehicle needs comes first.
    """
    book = days.load(session, shift.day, world=world, now=now)
    riding = {stop.request for run in book.plan.runs if run.duty == str(shift.id) for stop in run.stops}
    banned = {driver for name in riding - {None} for driver in book.promises[int(name or 0)].not_drivers.split()}
    vehicle = session.get_one(Vehicle, shift.vehicle_id)
    found = []
    for driver in session.exec(select(Driver).where(col(Driver.active)).order_by(col(Driver.id))):
        if driver.provider_id != vehicle.provider_id or driver.id == shift.driver_id or str(driver.id) in banned:
            continue
        try:
            fleet.require_possible(session, fleet.changed(shift, driver=driver))
        except (Conflict, Invalid):
            continue
        found.append(driver)
    cautions = availability.cautions(session, [fleet.changed(shift, driver=driver) for driver in found])
    return [driver for _, driver in sorted(zip(map(len, cautions), found, strict=True), key=lambda pair: pair[0])]


def _on_duty(session: Session, shift_id: int) -> Shift:
    shift = session.get(Shift, shift_id)
    if shift is None or shift.dropped_at is not None:
        raise Invalid("scenario.shift_gone", field="shift")
    return shift


def _without(session: Session, shift: Shift, out: Gone, world: World, now: datetime) -> list[Way]:
    """Ways without a vehicle: what is cheapest for people first."""
    more, taxi = _spare(session, shift, out.since, now), _taxi(world)
    ways: list[Way] = [(out, LeastChange())]
    if more:
        ways.append((out, *more, LeastChange()))
    if taxi:
        ways.append((out, *taxi, LeastChange()))
    return [*ways, (out,)][:WAYS]


def _around(session: Session, shift: Shift, what: Mishap, world: World, now: datetime) -> list[Way]:
    """Ways in which the shift goes on."""
    ways: list[Way] = [(what, LeastChange())]
    if taxi := _taxi(world):
        ways.append((what, *taxi, LeastChange()))
    if more := _spare(session, shift, seconds_of(shift.day, now), now):
        ways.append((what, *more, LeastChange()))
    return [*ways, (what,)][:WAYS]


def _spare(session: Session, shift: Shift, since: int, now: datetime) -> tuple[OneMore, ...]:
    begin = max(since, seconds_of(shift.day, now)) + proposals.REACTION
    ends = min(shift.ends, begin + NO_LATER)
    if begin >= ends:
        return ()
    pairs = (pair for pair in proposals.spare(session, shift.day, begin, ends) if pair[0].id != shift.vehicle_id)
    return tuple(OneMore(begin, ends, vehicle.id, driver.id) for vehicle, driver in pairs)[:1]


def _taxi(world: World) -> tuple[TaxiAllowed, ...]:
    taxi = world.policies.taxi
    if not taxi.providers:
        return ()
    has = " ".join(sorted(frozenset().union(*(each.features for each in taxi.providers))))
    return (TaxiAllowed(taxi.max_price, taxi.start_price, taxi.km_price, 60 * taxi.comes_minutes, has),)


def _asked(session: Session, day: date, ways: Sequence[Way], by: Actor, now: datetime) -> list[Proposal]:
    return [proposals.ask(session, day, seconds=SECONDS, assumptions=way, by=by, now=now) for way in ways]
