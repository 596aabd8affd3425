"""Two who must never meet are never on board together, in whatever order rides are booked, cancelled and planned."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from tests.builders.booking import a_confirmed_ride, a_draft, chosen
from tests.builders.clients import a_client
from tests.builders.town import NOW, Town
from tests.cast import Cast
from transport.booking.clients import incompatible
from transport.booking.contracts import capacity
from transport.booking.rides import parting, rides
from transport.booking.rides.lifecycle import Status
from transport.booking.rides.models import Leg, Ride
from transport.kernel.actor import SYSTEM
from transport.kernel.errors import Exhausted, Forbidden, Invalid
from transport.operations.quality import invariants
from transport.routing import engine
from transport.routing.fleet.models import Shift
from transport.routing.planning import day as days
from transport.routing.planning import proposals
from transport.routing.planning.models import Promise, Run, Stop, StopKind

TIMES = ("9:00", "9:10", "9:20", "10:00", "12:00")


def never_meet(session: Session, cast: Cast, **fields):
    wanted = {"other_client_id": cast.bedrich.id} | fields
    return incompatible.record(session, cast.anna.id or 0, reason="spor", by=cast.dana, now=NOW, **wanted)


def aboard(session: Session, client_id: int | None) -> list[tuple[int, int, int]]:
    """Run, boarding and alighting of every live ride of a client."""
    live = select(Ride).where(Ride.client_id == client_id, Ride.status == Status.CONFIRMED)
    found = []
    for ride in session.exec(live):
        stops = {s.kind: s for s in session.exec(select(Stop).where(Stop.promise_id == ride.promise_id))}
        found.append((stops[StopKind.PICKUP].run_id, stops[StopKind.PICKUP].start, stops[StopKind.DROPOFF].departure))
    return found


def meet(session: Session, cast: Cast) -> bool:
    together = ((a, b) for a in aboard(session, cast.anna.id) for b in aboard(session, cast.bedrich.id))
    return any(a[0] == b[0] and a[1] < b[2] and b[1] < a[2] for a, b in together)


def driver_of(session: Session, ride: Ride) -> int:
    run = session.exec(select(Run).join(Stop).where(Stop.promise_id == ride.promise_id)).first()
    assert run is not None
    return session.get_one(Shift, run.shift_id).driver_id


def plan_anew(session: Session, town: Town) -> None:
    book = days.load(session, town.day, world=town.world, now=NOW)
    better = engine.solve(book.problem, iterations=200, start=book.plan)
    row = days.lock(session, town.day)
    book = days.load(session, town.day, world=town.world, now=NOW)
    assert proposals.improve(session, book, better, row=row, by=SYSTEM, now=NOW) in (True, False)
    capacity.settle(session, town.day, by=SYSTEM, now=NOW)


def same_way(session: Session, town: Town, cast: Cast) -> list[Ride]:
    """Anna and Bedřich from home to the hospital at the same time: one van for both is the shortest way."""
    return [a_confirmed_ride(session, town, client, by=cast.dana) for client in (cast.anna, cast.bedrich)]


def no_car(session: Session, town: Town) -> None:
    session.delete(session.get_one(Shift, town.car_shift))
    session.flush()


def promised(session: Session, same: list[Ride]) -> list[dict[str, object]]:
    return [session.get_one(Promise, ride.promise_id).model_dump(exclude={"apart"}) for ride in same]


def test_two_who_may_meet_share_a_vehicle(session, town, cast):
    same_way(session, town, cast)
    assert meet(session, cast)


def test_two_who_must_not_meet_do_not_share_it(session, town, cast):
    never_meet(session, cast)
    same_way(session, town, cast)
    assert not meet(session, cast)


def test_a_new_rule_parts_rides_promised_before_it_and_keeps_their_promises(session, town, cast):
    same = same_way(session, town, cast)
    before = promised(session, same)
    assert parting.part(session, never_meet(session, cast), world=town.world, by=cast.dana, now=NOW) == []
    assert not meet(session, cast)
    assert promised(session, same) == before


def test_rides_that_one_vehicle_cannot_part_are_told_and_their_promises_stand(session, town, cast):
    no_car(session, town)
    same = same_way(session, town, cast)
    before = promised(session, same)
    assert parting.part(session, never_meet(session, cast), world=town.world, by=cast.dana, now=NOW) == same
    assert promised(session, same) == before
    assert invariants.faults(session, world=town.world, now=NOW) == []


def test_a_driver_who_must_not_drive_somebody_does_not(session, town, cast):
    ride = a_confirmed_ride(session, town, cast.bedrich, by=cast.dana)
    driver = driver_of(session, ride)
    entry = incompatible.record(session, cast.bedrich.id, driver_id=driver, reason="spor", by=cast.dana, now=NOW)
    assert parting.part(session, entry, world=town.world, by=cast.dana, now=NOW) == []
    assert driver_of(session, ride) != driver
    later = a_confirmed_ride(session, town, cast.bedrich, "14:00", by=cast.dana)
    assert driver_of(session, later) != driver


def test_a_ride_whose_only_driver_must_not_drive_it_is_told(session, town, cast):
    ride = a_confirmed_ride(session, town, cast.anna, by=cast.dana)
    entry = never_meet(session, cast, other_client_id=None, driver_id=driver_of(session, ride))
    assert parting.part(session, entry, world=town.world, by=cast.dana, now=NOW) == [ride]
    assert invariants.faults(session, world=town.world, now=NOW) == []


def test_only_staff_part_people(session, town, cast):
    entry = never_meet(session, cast)
    with pytest.raises(Forbidden, match=r"role\.missing"):
        parting.part(session, entry, world=town.world, by=cast.cyril, now=NOW)


def test_both_rides_of_one_person_may_be_shared_with_others(session, town, cast):
    never_meet(session, cast)
    a_confirmed_ride(session, town, cast.anna, by=cast.dana)
    draft = a_draft(session, town, cast.anna, "12:00", by=cast.dana, origin="hospital", to="home")
    promise = chosen(session, town, draft, by=cast.dana)[Leg.OUTBOUND]
    book = days.load(session, town.day, world=town.world, now=NOW)
    assert not next(each for each in book.problem.requests if each.id == str(promise.id)).solo


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("book"), st.sampled_from(["anna", "bedrich", "cilka"]), st.sampled_from(TIMES)),
        st.tuples(st.just("cancel"), st.integers(0, 9), st.none()),
        st.tuples(st.just("plan"), st.none(), st.none()),
    ),
    min_size=3,
    max_size=8,
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=STEPS)
def test_nobody_meets_whom_they_must_not_whatever_happens(session, town, cast, steps):
    with session.begin_nested() as everything:
        never_meet(session, cast)
        people = {"anna": cast.anna, "bedrich": cast.bedrich, "cilka": a_client(session, "Cilka Třetí")}
        booked: list[Ride] = []
        for step, what, at in steps:
            if step == "book":
                try:
                    with session.begin_nested():
                        booked.append(a_confirmed_ride(session, town, people[what], at, by=cast.dana))
                except (Invalid, Exhausted):
                    continue
            elif step == "cancel" and booked:
                ride = booked.pop(what % len(booked))
                rides.cancel(session, ride, version=ride.version, world=town.world, by=cast.dana, now=NOW)
            elif step == "plan":
                plan_anew(session, town)
            assert not meet(session, cast)
        assert invariants.faults(session, world=town.world, now=NOW) == []
        everything.rollback()
    session.expire_all()
