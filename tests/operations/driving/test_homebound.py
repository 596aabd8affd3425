"""Before a way home fails there is an alarm, and no shift ends while somebody needs it to get home."""

import json
import random
from datetime import timedelta

import pytest
from sqlmodel import col, select

from tests.builders.booking import an_order
from tests.builders.clients import a_client
from tests.builders.driving import driven, planned, reported
from tests.builders.town import NOW, a_world
from transport.booking.contracts import capacity
from transport.booking.rides import returns, rides
from transport.booking.rides.lifecycle import Status
from transport.booking.rides.models import Ride
from transport.kernel.clock import at
from transport.kernel.errors import Conflict, ServiceError
from transport.kernel.events import Event, record
from transport.operations.dispatch import exceptions, roster
from transport.operations.dispatch.matters import MatterKind
from transport.operations.driving import stranded
from transport.operations.driving.homebound import NEAR, Danger
from transport.operations.driving.models import DriverReport, Outcome, ReportKind
from transport.routing.fleet import availability, fleet
from transport.routing.fleet.models import OutReason, Shift, Vehicle
from transport.routing.planning import runs
from transport.routing.planning.models import Estimate, Promise, Stop, StopKind, VisitAction


@pytest.fixture
def out(session, town, cast):
    """Anna is in hospital, her way back is promised for noon."""
    there, back = an_order(session, town, cast.anna, "9:00", back="12:00", by=cast.hana)
    driven(session, town, there, by=cast.dana)
    return back


@pytest.fixture
def calls(session, town, cast):
    """Anna is in hospital and will call when she is ready."""
    there, back = an_order(session, town, cast.anna, "9:00", back="11:00", will_call=True, by=cast.hana)
    driven(session, town, there, by=cast.dana)
    return back


def ten(town, clock="10:00"):
    return at(town.day, town.second(clock))


def way(session, town, now, world=None):
    [found] = stranded.guaranteed(session, town.day, world=world or town.world, now=now)
    return found


def says(session, town, back, kind, now, facts=None, key="a"):
    session.add(
        DriverReport(
            key=key,
            shift_id=runs.shift_of(session, back.promise_id),
            kind=kind,
            facts=json.dumps(facts or {}),
            device="form",
            seq=1,
            device_at=now,
            occurred_at=now,
            recorded_at=now,
            actor="driver:1",
            outcome=Outcome.TAKEN,
        )
    )
    session.flush()


def expects(session, back, moment):
    session.add(Estimate(promise_id=back.promise_id, kind=StopKind.PICKUP, expected_at=moment, made_at=NOW))
    session.flush()


def vehicle_fails(session, town, back, now):
    shift = session.get_one(Shift, runs.shift_of(session, back.promise_id))
    vehicle = session.get_one(Vehicle, shift.vehicle_id)
    availability.take_out(session, vehicle, starts=now, ends=None, reason=OutReason.BREAKDOWN, now=now)


def over(session, back):
    promise = session.get_one(Promise, back.promise_id)
    return at(promise.day, promise.window_end)


def test_who_is_out_is_told_which_vehicle_comes_and_when(session, town, out):
    found = way(session, town, ten(town))
    assert found.sure
    assert (found.back, found.shift) == (out.id, runs.shift_of(session, out.promise_id))
    assert found.expected_at == planned(session, out, StopKind.PICKUP)


def test_what_stops_a_vehicle_is_an_alarm_hours_before(session, town, out):
    now = ten(town)
    says(session, town, out, ReportKind.PROBLEM, now, {"problem": "breakdown"})
    assert way(session, town, now).danger is Danger.BREAKDOWN
    says(session, town, out, ReportKind.ARRIVED, now + timedelta(minutes=5), key="b")
    assert way(session, town, now).sure
    says(session, town, out, ReportKind.PROBLEM, now + timedelta(minutes=6), {"problem": "lift"}, key="c")
    assert way(session, town, now).danger is Danger.LIFT
    says(session, town, out, ReportKind.ENDED, now + timedelta(minutes=7), key="d")
    assert way(session, town, now).danger is Danger.SHIFT_ENDED
    vehicle_fails(session, town, out, now)
    assert way(session, town, now).fails_at == over(session, out)


def test_what_the_desk_knows_of_a_driver_counts_until_the_shift_is_changed(session, town, cast, out):
    now, shift = ten(town), session.get_one(Shift, runs.shift_of(session, out.promise_id))
    record(session, "driver_dropped_out", subject=("shift", shift.id), by=cast.dana, now=now)
    assert way(session, town, now).danger is Danger.DRIVER_AWAY
    later = now + timedelta(minutes=5)
    capacity.change_shift(session, shift, fleet.changed(shift, ends=shift.ends - 60), by=cast.dana, now=later)
    assert way(session, town, later).sure


def test_who_needs_what_no_longer_works_in_the_vehicle_is_warned_of(session, town, out):
    van, now = session.get_one(Vehicle, town.van), ten(town)
    availability.take_out(
        session, van, starts=now, ends=None, reason=OutReason.BREAKDOWN, now=now, feature="stair_climber"
    )
    assert way(session, town, now).sure
    availability.take_out(session, van, starts=now, ends=None, reason=OutReason.BREAKDOWN, now=now, feature="ramp")
    assert way(session, town, now).danger is Danger.LIFT


def test_a_warning_is_told_once_and_says_how_much_time_is_left(session, town, cast, out):
    now = ten(town)
    vehicle_fails(session, town, out, now)
    assert [stranded.warn(session, town.day, world=town.world, now=now) for _ in range(2)] == [1, 0]
    [event] = session.exec(select(Event).where(Event.kind == NEAR)).all()
    facts = json.loads(event.facts)
    assert (event.subject_id, facts["reason"]) == (str(out.id), "vehicle_out")
    assert facts["minutes"] == (over(session, out) - now).total_seconds() // 60 > 60
    loud = exceptions.found(session, town.day, policy=town.world.policies.on(town.day), now=now)[0]
    assert (loud.kind, loud.loud, loud.minutes) == (MatterKind.STRANDING_NEAR, True, facts["minutes"])
    stranded.resolve(session, out, "family", world=town.world, by=cast.dana, now=now)
    assert way(session, town, now).said == "family"
    assert stranded.warn(session, town.day, world=town.world, now=now) == 0


@pytest.mark.parametrize(("late", "danger"), [(29, None), (31, Danger.TOO_LATE)])
def test_an_expected_time_far_beyond_the_promise_is_an_alarm(session, town, out, late, danger):
    expects(session, out, over(session, out) + timedelta(minutes=late))
    assert way(session, town, ten(town)).danger is danger


def test_a_vehicle_that_comes_after_its_shift_or_after_we_close_is_none(session, town, out):
    shift = session.get_one(Shift, runs.shift_of(session, out.promise_id))
    ends, shift.ends = shift.ends, town.second("12:05")
    expects(session, out, ten(town, "12:10"))
    assert way(session, town, ten(town)).danger is Danger.AFTER_SHIFT
    shift.ends = ends
    late = a_world(
        homeward={"late_minutes": 240}, booking={"closes": at(town.day, 0).replace(hour=12, minute=5).time()}
    )
    assert way(session, town, ten(town), late).danger is Danger.AFTER_CLOSING


def test_time_passes_also_when_nobody_reports_and_long_silence_is_an_alarm(session, town, out):
    due = planned(session, out, StopKind.PICKUP)
    patient = a_world(homeward={"late_minutes": 240})
    assert way(session, town, due + timedelta(minutes=44), patient).sure
    assert way(session, town, due + timedelta(minutes=46), patient).danger is Danger.SILENT
    assert way(session, town, over(session, out) + timedelta(minutes=31)).danger is Danger.TOO_LATE


def test_who_may_still_call_is_warned_of_when_no_vehicle_comes_later(session, town, calls):
    for shift_id in (town.car_shift, town.van_shift):
        shift = session.get_one(Shift, shift_id)
        shift.ends = town.second("12:00")
    session.flush()
    assert way(session, town, ten(town, "10:20")).sure
    warned = way(session, town, ten(town, "11:00"))
    assert warned.danger is Danger.NO_LATER_VEHICLE
    assert ten(town, "11:30") < warned.fails_at < ten(town, "12:00")
    assert stranded.warn(session, town.day, world=town.world, now=ten(town, "11:00")) == 1
    assert MatterKind.STRANDING_NEAR in kinds(session, town, ten(town, "11:01"))
    session.get_one(Shift, town.van_shift).ends = town.second("20:00")
    session.flush()
    assert way(session, town, ten(town, "11:02")).sure
    assert MatterKind.STRANDING_NEAR not in kinds(session, town, ten(town, "11:02"))


def kinds(session, town, now):
    found = exceptions.found(session, town.day, policy=town.world.policies.on(town.day), now=now)
    return [each.kind for each in found]


def test_who_is_still_at_home_does_not_go_out_without_a_way_back(session, town, cast):
    there, back = an_order(session, town, cast.anna, "9:00", back="12:00", by=cast.hana)
    now = ten(town, "7:00")
    rides.miss(session, back, version=back.version, reason="porucha", world=town.world, by=cast.dana, now=now)
    found = way(session, town, now)
    assert (found.danger, found.out) == (Danger.NO_WAY, False)
    assert found.fails_at == planned(session, there, StopKind.PICKUP)
    assert stranded.alarms(session, town.day) == []


def changed(session, town, cast, shift_id, ends, now, **said):
    shift = session.get_one(Shift, shift_id)
    roster_of = {shift_id: fleet.changed(shift, ends=town.second(ends))}
    effect = roster.consider(session, town.day, roster_of, world=town.world, now=now)
    roster.apply(session, effect, world=town.world, by=cast.dana, now=now, **said)


def test_the_last_vehicle_for_somebody_who_may_still_call_does_not_end_its_shift(session, town, cast, calls):
    now = ten(town)
    assert [ride.id for ride in stranded.still_out(session, town.van_shift, world=town.world, now=now)] == [calls.id]
    assert stranded.still_out(session, town.car_shift, world=town.world, now=now) == []
    changed(session, town, cast, town.car_shift, "12:30", now)
    with pytest.raises(Conflict, match=r"shift\.somebody_out") as refusal, session.begin_nested():
        changed(session, town, cast, town.van_shift, "12:30", now)
    assert refusal.value.facts["rides"] == calls.code
    session.expire_all()
    changed(session, town, cast, town.van_shift, "12:30", now, homes={calls.code: "family"})
    assert way(session, town, now).said == "family"


def test_a_shift_may_end_before_anybody_has_gone_out(session, town, cast):
    an_order(session, town, cast.anna, "9:00", back="11:00", will_call=True, by=cast.hana)
    changed(session, town, cast, town.van_shift, "12:30", ten(town, "8:00"))
    assert session.get_one(Shift, town.van_shift).ends == town.second("12:30")


class Street:
    """A day on which anything happens in any order; what cannot be is refused, as to anybody."""

    def __init__(self, session, town, cast, seed):
        self.session, self.town, self.cast = session, town, cast
        self.chance, self.now = random.Random(seed), ten(town, "7:00")
        orders = [(cast.anna, "8:00", "11:00", True), (cast.bedrich, "8:30", "10:30", False)]
        orders.append((a_client(session, "Cecílie Jiná"), "9:00", "12:00", True))
        for client, there, back, calling in orders:
            self.attempt(an_order, client, there, back=back, will_call=calling, by=cast.hana, town=True)

    def attempt(self, deed, *given, town=False, **named):
        try:
            with self.session.begin_nested():
                deed(self.session, *((self.town,) if town else ()), *given, **named)
        except ServiceError:
            self.session.expire_all()

    def a_ride(self, *legs):
        live = select(Ride).where(col(Ride.status).in_((Status.CONFIRMED, Status.ON_BOARD)))
        found = [ride for ride in self.session.exec(live).all() if not legs or ride.leg in legs]
        return self.chance.choice(found) if found else None

    def step(self):
        self.now += timedelta(minutes=self.chance.choice((5, 20, 45)))
        ride, dana = self.a_ride(), self.cast.dana
        if ride is None:
            return
        shift = self.chance.choice((self.town.car_shift, self.town.van_shift))
        ends = self.chance.choice(("12:00", "14:00", "18:00"))
        at_version = {"version": ride.version, "world": self.town.world, "by": dana, "now": self.now}
        drive = self.drives(ride)
        deeds = [drive, drive, drive, drive]
        deeds.append(lambda: self.attempt(lambda s: changed(s, self.town, self.cast, shift, ends, self.now)))
        deeds.append(lambda: self.attempt(rides.miss, ride, reason="porucha", **at_version))
        deeds.append(lambda: self.attempt(returns.call, ride, **at_version))
        deeds.append(lambda: self.attempt(vehicle_fails, self.town, ride, self.now))
        deeds.append(lambda: expects(self.session, ride, self.now + timedelta(hours=2)))
        self.chance.choice(deeds)()
        for back in returns.uncalled(self.session, self.town.day, now=self.now):
            self.attempt(returns.postpone, back, world=self.town.world, now=self.now)
        stranded.raise_alarms(self.session, self.town.day, now=self.now)
        stranded.warn(self.session, self.town.day, world=self.town.world, now=self.now)

    def drives(self, ride):
        kind = StopKind.PICKUP if ride.status is Status.CONFIRMED else StopKind.DROPOFF
        named = {"by": self.cast.dana, "now": self.now, "town": True}
        return lambda: [
            self.attempt(reported, ride, kind, each, **named) for each in (VisitAction.ARRIVED, VisitAction.DONE)
        ]

    def unguarded(self):
        """Who is out, has no vehicle that will come, and of whom nobody has been told."""
        found = []
        there = select(Ride).where(Ride.leg == "outbound", col(Ride.status).in_(("on_board", "completed")))
        for ride in self.session.exec(there).all():
            other = select(Ride).where(Ride.request_id == ride.request_id, Ride.id != ride.id)
            back = self.session.exec(other).one()
            told = select(Event.id).where(col(Event.kind).in_((stranded.ALARM, NEAR)), Event.subject_id == str(back.id))
            safe = back.status is Status.COMPLETED or self.session.exec(told).first() is not None
            if not safe and not self.will_come(back):
                found.append((back.id, self.now))
        return found

    def will_come(self, back):
        stops = select(Stop).where(Stop.promise_id == back.promise_id)
        planned_stops = self.session.exec(stops).all()
        if back.status not in (Status.CONFIRMED, Status.ON_BOARD) or len(planned_stops) != 2:
            return False
        shift = self.session.get_one(Shift, runs.shift_of(self.session, back.promise_id))
        first = min(planned_stops, key=lambda stop: stop.seq)
        fits = shift.dropped_at is None and max(stop.departure for stop in planned_stops) <= shift.ends
        away = availability.outs(self.session, {shift.vehicle_id}, at(self.town.day, first.start), None)
        return fits and not [out for out in away if out.starts <= at(self.town.day, first.start)]


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_somebody_comes_for_everybody_who_is_out_or_an_alarm_stands(session, town, cast, seed):
    street = Street(session, town, cast, seed)
    for _ in range(22):
        street.step()
        assert street.unguarded() == []
