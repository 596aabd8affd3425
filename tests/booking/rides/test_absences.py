"""Absences with due process: evidence, objection, the city's decision, and only then steps."""

from datetime import date, timedelta

import pytest
from sqlmodel import select

from tests.builders.booking import a_confirmed_ride
from tests.builders.driving import driven, planned, reported
from tests.builders.town import NOW, a_world, another_day
from transport.booking.clients import clients
from transport.booking.clients.models import Suspension
from transport.booking.rides import absences, rides
from transport.booking.rides.conduct import Step
from transport.booking.rides.lifecycle import Status
from transport.booking.rides.models import CaseState, Excuse, NoShowCase
from transport.kernel.clock import at, day_start
from transport.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from transport.operations.driving import execution
from transport.operations.quality import invariants
from transport.routing.planning.models import Promise, StopKind, VisitAction

PICKUP = StopKind.PICKUP


def absent(session, town, cast, ride):
    """The driver came in time, waited, and the dispatcher has taken note."""
    came = planned(session, ride, PICKUP)
    reported(session, town, ride, PICKUP, VisitAction.ARRIVED, by=cast.dana, now=came)
    left = came + timedelta(minutes=20)
    reported(session, town, ride, PICKUP, VisitAction.ABSENT, by=cast.dana, now=left)
    execution.no_show(session, ride, version=ride.version, world=town.world, by=cast.dana, now=left)
    return absences.of_ride(session, ride)


@pytest.fixture
def ride(session, town, cast):
    return a_confirmed_ride(session, town, cast.anna, "9:00", by=cast.dana)


@pytest.fixture
def case(session, town, cast, ride):
    return absent(session, town, cast, ride)


def object_to(session, case, *, by, now, text="Nikdo nezvonil.", **said):
    return absences.object_to(session, case, text=text, by=by, now=now, **said)


def decide(session, town, case, *, by, now, upheld=True, reason="Doloženo hlášením řidiče.", **said):
    return absences.decide(session, case, upheld=upheld, reason=reason, world=town.world, by=by, now=now, **said)


def of_client(session, town, client, now):
    return absences.of_client(session, client.id, world=town.world, now=now)


def test_a_no_show_opens_a_case_with_the_drivers_evidence(session, town, case, ride):
    assert (ride.status, case.state, ride.fee) == (Status.NO_SHOW, CaseState.OPEN, 0)
    assert case.left_at - case.arrived_at == timedelta(minutes=20)
    assert case.object_by - case.opened_at == timedelta(days=14)
    assert invariants.faults(session, world=town.world, now=case.left_at) == []


def test_without_the_drivers_evidence_there_is_no_absence(session, town, cast, ride):
    with pytest.raises(Conflict, match=r"ride\.no_evidence"), session.begin_nested():
        rides.no_show(session, ride, version=ride.version, reason="", world=town.world, by=cast.dana, now=NOW)
    session.refresh(ride)
    assert ride.status is Status.CONFIRMED


def test_when_we_came_too_late_it_is_a_ride_we_missed_and_never_an_absence(session, town, cast, ride):
    late = at(town.day, session.get_one(Promise, ride.promise_id).window_end) + timedelta(minutes=1)
    gone = late + timedelta(minutes=30)
    reported(session, town, ride, PICKUP, VisitAction.ARRIVED, by=cast.dana, now=late)
    reported(session, town, ride, PICKUP, VisitAction.ABSENT, by=cast.dana, now=gone)
    with pytest.raises(Conflict, match=r"absence\.we_were_late"), session.begin_nested():
        execution.no_show(session, ride, version=ride.version, world=town.world, by=cast.dana, now=gone)
    session.refresh(ride)
    rides.miss(session, ride, version=ride.version, reason="pozdě", world=town.world, by=cast.dana, now=gone)
    assert session.exec(select(NoShowCase)).all() == []
    seen = of_client(session, town, cast.anna, gone)
    assert (seen.mine.absences, seen.missed_by_us) == (0, 1)


def test_the_clients_side_may_object_for_two_weeks(session, town, cast, case):
    object_to(session, case, by=cast.anna_herself, now=case.object_by, excuse=Excuse.ILLNESS)
    assert (case.state, case.excuse) == (CaseState.OBJECTED, Excuse.ILLNESS)


def test_after_two_weeks_it_is_too_late_to_object(session, town, cast, case):
    with pytest.raises(Conflict, match=r"absence\.objection_over"):
        object_to(session, case, by=cast.anna_herself, now=case.object_by + timedelta(seconds=1))


def test_an_objection_says_what_happened(session, cast, case):
    with pytest.raises(Invalid, match=r"absence\.text_missing"):
        object_to(session, case, by=cast.anna_herself, now=case.opened_at, text="  ")


def test_strangers_do_not_object(session, cast, case):
    with pytest.raises(NotFound, match=r"client\.unknown"):
        object_to(session, case, by=cast.gustav, now=case.opened_at)


@pytest.mark.parametrize("who", ["dana", "hana", "emil", "anna_herself", "cyril"])
def test_only_the_city_decides(session, town, cast, case, who):
    with pytest.raises(Forbidden, match=r"absence\.city_decides"):
        decide(session, town, case, by=getattr(cast, who), now=case.object_by + timedelta(days=1))


def test_nothing_is_upheld_before_the_client_could_object(session, town, cast, case):
    with pytest.raises(Conflict, match=r"absence\.hearing_open"):
        decide(session, town, case, by=cast.frantiska, now=case.object_by)
    object_to(session, case, by=cast.anna_herself, now=case.opened_at)
    decide(session, town, case, by=cast.frantiska, now=case.opened_at + timedelta(days=1))
    assert case.state is CaseState.UPHELD


def test_a_case_may_be_dropped_at_once_and_is_decided_once(session, town, cast, case):
    decide(session, town, case, by=cast.frantiska, now=case.opened_at, upheld=False)
    assert case.state is CaseState.DROPPED
    with pytest.raises(Conflict, match=r"absence\.decided"):
        decide(session, town, case, by=cast.frantiska, now=case.object_by + timedelta(days=1))
    with pytest.raises(Conflict, match=r"absence\.decided"):
        object_to(session, case, by=cast.anna_herself, now=case.opened_at)


def test_an_absence_costs_something_only_when_the_city_upholds_it(session, town, cast, case, ride):
    world = a_world(no_show={"fee": 5000})
    later = case.object_by + timedelta(days=1)
    absences.decide(session, case, upheld=True, reason="ano", world=world, by=cast.frantiska, now=later)
    assert ride.fee == 5000


@pytest.mark.parametrize(
    ("happens", "counts"),
    [
        ("nothing yet", 0),
        ("nothing in two weeks", 1),
        ("objected", 0),
        ("upheld", 1),
        ("upheld and excused", 0),
        ("dropped", 0),
    ],
)
def test_an_absence_counts_when_it_stands_and_is_not_excused(session, town, cast, case, happens, counts):
    now = case.object_by + timedelta(days=1)
    if happens == "nothing yet":
        now = case.object_by
    elif happens == "objected":
        object_to(session, case, by=cast.anna_herself, now=case.opened_at)
    elif happens == "upheld":
        decide(session, town, case, by=cast.frantiska, now=now)
    elif happens == "upheld and excused":
        decide(session, town, case, by=cast.frantiska, now=now, excuse=Excuse.ILLNESS)
    elif happens == "dropped":
        decide(session, town, case, by=cast.frantiska, now=now, upheld=False)
    assert of_client(session, town, cast.anna, now).mine.absences == counts


def test_late_cancellations_are_counted_apart_and_lead_to_nothing(session, town, cast, ride):
    for number in range(3):
        each = ride if number == 0 else a_confirmed_ride(session, town, cast.anna, f"{11 + number}:00", by=cast.dana)
        soon = at(town.day, town.second("8:55" if number == 0 else f"{10 + number}:30"))
        rides.cancel(session, each, version=each.version, world=town.world, by=cast.cyril, now=soon)
    now = day_start(town.day) + timedelta(days=20)
    seen = of_client(session, town, cast.anna, now)
    assert (seen.late_cancellations, seen.mine.absences, seen.pattern) == (3, 0, False)
    with pytest.raises(Conflict, match=r"absence\.no_pattern"):
        absences.follow(session, cast.anna.id, reason="pozdě", world=town.world, by=cast.frantiska, now=now)


@pytest.fixture
def often_absent(session, town, cast):
    """Anna was absent on five days; Bedřich rode on all of them and four times more."""
    cases = []
    for number in range(5):
        day = town.day + timedelta(days=number)
        if number:
            another_day(session, town, day)
        for wall in ("12:00", "14:00", "16:00", "18:00"):
            rode = a_confirmed_ride(session, town, cast.bedrich, wall, day=day, by=cast.dana)
            driven(session, town, rode, by=cast.dana)
        cases.append(absent(session, town, cast, a_confirmed_ride(session, town, cast.anna, day=day, by=cast.dana)))
    return cases


def follow(session, town, cast, now, **said):
    return absences.follow(
        session, cast.anna.id, reason="opakovaně", world=town.world, by=cast.frantiska, now=now, **said
    )


def test_a_notice_comes_first_then_a_warning_then_a_suspension(session, town, cast, often_absent):
    later = often_absent[-1].object_by + timedelta(days=1)
    third = often_absent[2].object_by + timedelta(hours=1)
    with pytest.raises(Conflict, match=r"absence\.no_pattern"):
        follow(session, town, cast, often_absent[1].object_by + timedelta(hours=1))
    assert follow(session, town, cast, third) is Step.NOTICE
    with pytest.raises(Conflict, match=r"absence\.no_pattern"):
        follow(session, town, cast, third)
    assert follow(session, town, cast, often_absent[3].object_by + timedelta(hours=1)) is Step.WARNING
    for days in (0, 15):
        with pytest.raises(Invalid, match=r"absence\.suspension_days"), session.begin_nested():
            follow(session, town, cast, later, days=days)
    assert follow(session, town, cast, later, days=14) is Step.SUSPENSION


@pytest.mark.parametrize("who", ["dana", "hana", "emil", "cyril"])
def test_only_the_city_takes_steps(session, town, cast, who):
    with pytest.raises(Forbidden, match=r"absence\.city_decides"):
        absences.follow(session, cast.anna.id, reason="x", world=town.world, by=getattr(cast, who), now=NOW)


@pytest.fixture
def suspension(session, town, cast, often_absent):
    for number in (2, 3):
        follow(session, town, cast, often_absent[number].object_by + timedelta(hours=1))
    follow(session, town, cast, often_absent[4].object_by + timedelta(hours=1), days=7)
    return session.exec(select(Suspension)).one()


def test_a_suspension_begins_after_the_time_to_object_and_ends_by_itself(session, cast, often_absent, suspension):
    hearing_ends: date = often_absent[4].object_by.date()
    assert suspension.valid_from > hearing_ends
    assert (suspension.valid_until - suspension.valid_from).days == 6
    for day, suspended in (
        (suspension.valid_from - timedelta(days=1), False),
        (suspension.valid_from, True),
        (suspension.valid_until, True),
        (suspension.valid_until + timedelta(days=1), False),
    ):
        assert clients.suspended_on(session, cast.anna.id, day) is suspended


def test_the_city_lifts_a_suspension(session, cast, suspension):
    with pytest.raises(Forbidden, match=r"absence\.city_decides"):
        absences.lift(session, suspension, by=cast.dana, now=NOW)
    absences.lift(session, suspension, by=cast.frantiska, now=NOW)
    assert not clients.suspended_on(session, cast.anna.id, suspension.valid_from)
