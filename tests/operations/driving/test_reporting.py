"""What drivers' devices say: each report once, by our clock, in its order; what has happened beats what was planned."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlmodel import select

from tests.builders.booking import a_confirmed_ride
from tests.builders.phones import EVIDENCE, Phone
from tests.builders.town import NOW
from transport.booking.rides import rides
from transport.booking.rides.lifecycle import Status
from transport.kernel.errors import Invalid, NotFound
from transport.kernel.events import Event
from transport.operations.dispatch import plans
from transport.operations.driving import positions, reporting, reports, tally
from transport.operations.driving.models import DriverReport, Outcome
from transport.operations.driving.said import Said
from transport.operations.quality import invariants
from transport.routing.fleet.models import Shift
from transport.routing.planning import runs
from transport.routing.planning.models import Promise, PromiseState, Visit


@pytest.fixture
def ride(session, town, cast):
    """Bedřich at nine, in Emil's car, published."""
    ride = a_confirmed_ride(session, town, cast.bedrich, "9:00", by=cast.dana)
    plans.publish(session, town.day, by=cast.dana, now=NOW)
    assert runs.shift_of(session, ride.promise_id) == town.car_shift
    return ride


@pytest.fixture
def phone(session, town, cast, ride):
    return Phone(session, town, ride, town.car_shift, cast.emil)


def visits(session):
    return {(each.kind.value, each.action.value): each.occurred_at for each in session.exec(select(Visit))}


def newest(session, town) -> str:
    found = reports.last(session, town.car_shift)
    assert found is not None
    return found.key


@pytest.mark.parametrize("wrong", [-600, 0, 600, 86400])
def test_a_wrong_clock_cancels_out(session, town, cast, ride, wrong):
    phone = Phone(session, town, ride, town.car_shift, cast.emil, wrong=timedelta(seconds=wrong))
    report = phone("arrived", "pickup", 3, after=40)
    assert phone.minute(report.occurred_at) == 3
    assert report.recorded_at == report.occurred_at + timedelta(minutes=40)
    assert report.device_at == report.occurred_at + timedelta(seconds=wrong)
    assert visits(session) == {("pickup", "arrived"): report.occurred_at}


def test_a_clock_set_back_in_between_turns_no_report_around(session, town, cast, ride, phone):
    phone("arrived", "pickup", 5)
    phone.wrong = timedelta(hours=-3)
    early = reporting.receive(
        session,
        Said(
            str(uuid4()), phone.device, 9, town.car_shift, "done", ride.promise_id, "pickup", phone.start, phone.start
        ),
        world=town.world,
        by=cast.emil,
        now=phone.start + timedelta(minutes=1),
    )
    assert phone.minute(early.occurred_at) == 5


def test_the_same_key_is_the_same_report(session, town, ride, phone):
    key = str(uuid4())
    first = phone("arrived", "pickup", key=key)
    assert phone("arrived", "pickup", key=key.upper()).id == first.id
    assert phone("arrived", "pickup", 1).outcome is Outcome.KNOWN
    assert len(session.exec(select(Event).where(Event.kind == "report_taken")).all()) == 1


def test_what_is_no_report_of_this_driver_is_refused(session, town, cast, phone):
    with pytest.raises(Invalid, match=r"report\.unreadable"):
        phone("arrived", "pickup", key="one")
    with pytest.raises(Invalid, match=r"report\.unreadable"):
        phone("flown", "pickup")
    with pytest.raises(NotFound, match="shift"):
        phone("arrived", "pickup", shift=town.van_shift)
    assert session.exec(select(DriverReport)).all() == []


def test_who_drove_until_another_took_over_still_says_what_happened_before(session, town, phone):
    assert phone("arrived", "pickup").outcome is Outcome.TAKEN
    shift = session.get_one(Shift, town.car_shift)
    shift.driver_id = session.get_one(Shift, town.van_shift).driver_id
    assert phone("done", "pickup", 4, after=30).outcome is Outcome.TAKEN
    assert phone.minute(visits(session)["pickup", "done"]) == 4


def test_a_stop_of_nobody_here_is_laid_aside(session, town, cast, phone):
    annas = a_confirmed_ride(session, town, cast.anna, "14:00", by=cast.dana)
    assert runs.shift_of(session, annas.promise_id) == town.van_shift
    for promise in (annas.promise_id, 10**6):
        report = phone("arrived", "pickup", promise=promise)
        assert (report.outcome, report.why) == (Outcome.ASIDE, "stop")
    assert visits(session) == {}


def test_reports_that_come_in_backwards_end_the_same(session, town, ride, phone):
    off = phone("done", "dropoff", 30)
    assert (off.outcome, off.why) == (Outcome.ASIDE, "visit.not_on_board")
    on = phone("done", "pickup", 5, after=30, seq=-1)
    assert on.outcome is Outcome.TAKEN
    assert ride.status is Status.COMPLETED
    there = phone("arrived", "pickup", 1, after=40, seq=-2)
    assert there.outcome is Outcome.TAKEN
    assert {each: phone.minute(when) for each, when in visits(session).items()} == {
        ("pickup", "arrived"): 1,
        ("pickup", "done"): 5,
        ("dropoff", "done"): 30,
    }


def test_undoing_goes_back_step_by_step(session, town, ride, phone):
    there = phone("arrived", "pickup", 0)
    on, off = phone("done", "pickup", 5), phone("done", "dropoff", 30)
    assert newest(session, town) == off.key
    early = phone("undone", "", 31, about=on.key)
    assert (early.outcome, early.why) == (Outcome.ASIDE, "report.overtaken")
    phone("undone", "", 32, about=off.key)
    again = ride.status
    assert again is Status.CONFIRMED, "what was said too early is done as soon as it can be"
    assert session.get_one(Promise, ride.promise_id).state is PromiseState.FIRM
    assert newest(session, town) == there.key
    phone("done", "pickup", 33), phone("done", "dropoff", 50)
    assert ride.status is Status.COMPLETED
    assert phone.minute(visits(session)["pickup", "done"]) == 33
    assert invariants.faults(session, world=town.world, now=phone.start + timedelta(hours=1)) == []


def test_a_time_is_corrected_between_what_was_before_and_after(session, town, ride, phone):
    there = phone("arrived", "pickup", 3)
    on = phone("done", "pickup", 8)
    happened = (phone.start + timedelta(minutes=1)).isoformat()
    assert phone("retimed", "", 10, about=there.key, happened=happened).outcome is Outcome.TAKEN
    assert phone.minute(visits(session)["pickup", "arrived"]) == 1
    for minute, why in ((0, "report.out_of_order"), (60, "report.in_future")):
        happened = (phone.start + timedelta(minutes=minute)).isoformat()
        assert phone("retimed", "", 12, about=on.key, happened=happened).why == why
    assert phone.minute(visits(session)["pickup", "done"]) == 8
    assert phone.minute(there.occurred_at) == 3, "both times are kept"


def test_a_later_arrival_takes_the_wait_from_a_no_show(session, town, ride, phone):
    there = phone("arrived", "pickup", 2)
    assert phone("absent", "pickup", 16, **EVIDENCE).why == "visit.too_soon"
    assert phone("absent", "pickup", 17).why == "report.evidence_missing"
    gone = phone("absent", "pickup", 18, **EVIDENCE)
    assert gone.outcome is Outcome.TAKEN
    happened = (phone.start + timedelta(minutes=10)).isoformat()
    phone("retimed", "", 20, about=there.key, happened=happened)
    session.refresh(gone)
    assert (gone.outcome, gone.why) == (Outcome.ASIDE, "visit.too_soon")
    assert set(visits(session)) == {("pickup", "arrived")}


def test_who_comes_early_waits_from_the_window_on(phone):
    phone("arrived", "pickup", -10)
    assert phone("absent", "pickup", 10, **EVIDENCE).why == "visit.too_soon"
    assert phone("absent", "pickup", 15, **EVIDENCE).outcome is Outcome.TAKEN


def test_somebody_driven_on_a_ride_that_is_over_is_laid_aside(session, town, cast, ride, phone):
    rides.cancel(session, ride, version=ride.version, world=town.world, by=cast.dana, now=NOW)
    report = phone("done", "pickup", 5)
    assert (report.outcome, report.why) == (Outcome.ASIDE, "report.contradicts")
    assert ride.status is Status.CANCELLED
    told = session.exec(select(Event).where(Event.kind == "report_aside")).one()
    assert '"why": "report.contradicts"' in told.facts


def test_the_dashboard_is_read_at_both_ends(session, town, phone):
    assert phone("ended", None, 60, odometer="52 120").outcome is Outcome.TAKEN
    assert phone("begun", None, -20, odometer=52_200).why == "report.odometer"
    assert phone("begun", None, -10, odometer=52_000).outcome is Outcome.TAKEN
    assert phone("begun", None, -9, odometer=52_000).outcome is Outcome.KNOWN
    assert phone("begun", None, -8, odometer=52_020, checks=["lift", "belts", "<b>"]).outcome is Outcome.TAKEN
    assert phone("ended", None, 61, odometer=52_120, cash="150,50", lost="deštník").outcome is Outcome.TAKEN
    course = tally.states(session, [town.car_shift])[town.car_shift]
    assert (course.odometer, course.cash, course.lost) == ((52_020, 52_120), 15_050, "deštník")
    assert {"lift", "belts"}.isdisjoint(course.unchecked)
    assert tally.driven_metres(session, [town.car_shift]) == 100_000
    assert tally.driven_metres(session, [town.car_shift, town.van_shift]) is None


def test_where_a_telephone_reports_from_is_a_position_of_the_vehicle_and_nothing_else(session, town, ride, phone):
    here = {"lat": 49.7475, "lon": 13.3776, "accuracy": 12.4}
    report = phone("arrived", "pickup", 1, after=5, position=here)
    [row] = positions.trail(session, town.car_shift)
    assert (row.vehicle_id, row.at, row.lat, row.accuracy) == (town.car, report.occurred_at, 49.7475, 12)
    assert "49.7" not in report.facts, "it is forgotten with the positions"
    phone("done", "pickup", 2, position={"lat": 50.7, "lon": 13.4})
    phone("done", "dropoff", 30, position={"lat": 49.75, "lon": 13.38, "accuracy": 5000})
    phone("ended", minute=60)
    phone("problem", minute=70, problem="other", position=here)
    assert positions.trail(session, town.car_shift) == [row], "neither too fast, nor too rough, nor after the shift"
