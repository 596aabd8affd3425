"""A place that is closed or has moved: all rides it touches, and one decision for all of them."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from tests.builders.booking import a_confirmed_ride, a_draft, an_order, looked
from tests.builders.clients import a_client
from tests.builders.town import DAY, NOW, Town, a_place, another_day
from tests.cast import Cast
from transport.booking.rides import closures, offers, rides, taking
from transport.booking.rides.closures import Choice, Prepared, Remedy
from transport.booking.rides.models import Offer, OfferOutcome, Ride
from transport.booking.standing import regular
from transport.booking.standing.models import OnHolidays, StandingOrder
from transport.kernel.errors import Conflict, Forbidden, Invalid
from transport.kernel.events import Event
from transport.operations.quality import invariants
from transport.routing.geo.models import PlaceClosure
from transport.routing.planning.models import Promise, PromiseState

LATER = NOW + timedelta(hours=4)
WEDNESDAY = DAY + timedelta(days=1)


@pytest.fixture(autouse=True)
def nothing_impossible_in_the_end(session, town):
    yield
    assert invariants.faults(session, world=town.world, now=NOW) == []


def close(session: Session, town: Town, cast: Cast, **fields) -> PlaceClosure:
    wanted: dict[str, Any] = {
        "first": DAY,
        "last": WEDNESDAY,
        "moved_to": town.places["station"],
        "reason": "malování",
    } | fields
    return closures.close_place(session, town.places["hospital"], by=cast.dana, now=NOW, **wanted)


def prepare(session: Session, town: Town, closure: PlaceClosure) -> list[Prepared]:
    return closures.prepare(session, closure, world=town.world, now=NOW)


def decide(session: Session, town: Town, cast: Cast, closure: PlaceClosure, prepared: list[Prepared], **fields):
    choices = [
        Choice(each.ride.id or 0, each.version, each.remedy, each.option.window.start if each.option else None)
        for each in prepared
    ]
    wanted: dict[str, Any] = {"choices": choices, "by": cast.dana} | fields
    return closures.decide(session, closure, answer_by=LATER, world=town.world, now=NOW, **wanted)


def far_away(session: Session) -> int:
    """Too far to be reached within the promises for the hospital."""
    return a_place(session, "Daleko", 0, 25).id or 0


def promise_of(session: Session, ride: Ride) -> Promise:
    return session.get_one(Promise, ride.promise_id, populate_existing=True)


def times(promise: Promise) -> tuple[int, int, int, int]:
    return promise.window_start, promise.window_end, promise.arrive_by, promise.max_ride


def test_a_closure_lists_the_rides_it_touches_and_no_others(session, town, cast):
    another_day(session, town, WEDNESDAY)
    another_day(session, town, WEDNESDAY + timedelta(days=1))
    there, back = an_order(session, town, cast.anna, "9:00", back="12:00", by=cast.dana)
    a_confirmed_ride(session, town, cast.bedrich, "9:00", to="school", by=cast.dana)
    next_day = a_confirmed_ride(session, town, cast.bedrich, "9:00", day=WEDNESDAY, by=cast.dana)
    a_confirmed_ride(session, town, cast.bedrich, "9:00", day=WEDNESDAY + timedelta(days=1), by=cast.dana)
    cancelled = a_confirmed_ride(session, town, cast.bedrich, "15:00", by=cast.dana)
    rides.cancel(session, cancelled, version=cancelled.version, world=town.world, by=cast.dana, now=NOW)
    found = closures.touched(session, close(session, town, cast), now=NOW)
    assert found == [there, back, next_day]


@pytest.mark.parametrize(("last", "listed"), [(date(2026, 12, 31), True), (date(2026, 11, 23), False)])
def test_a_closure_lists_the_standing_orders_it_touches(session, town, cast, last, listed):
    order = StandingOrder(
        key="k",
        client_id=cast.anna.id or 0,
        origin_place_id=town.places["home"],
        destination_place_id=town.places["hospital"],
        valid_from=date(2026, 11, 2),
        valid_until=last,
        public_holidays=OnHolidays.PAUSE,
        school_holidays=OnHolidays.PAUSE,
        asked_at=NOW,
    )
    session.add(order)
    session.flush()
    closure = close(session, town, cast)
    found = regular.going_to(session, closure.place_id, closure.first, closure.last)
    assert found == ([order] if listed else [])


def test_rides_move_to_the_new_place_with_the_same_promise(session, town, cast):
    there, back = an_order(session, town, cast.anna, "9:00", back="12:00", by=cast.dana)
    old = [promise_of(session, ride) for ride in (there, back)]
    closure = close(session, town, cast)
    prepared = prepare(session, town, closure)
    assert [each.remedy for each in prepared] == [Remedy.MOVE, Remedy.MOVE]
    assert decide(session, town, cast, closure, prepared) == [there, back]
    new = [promise_of(session, ride) for ride in (there, back)]
    assert [times(promise) for promise in new] == [times(promise) for promise in old]
    assert [promise.state for promise in old] == [PromiseState.WITHDRAWN] * 2
    assert [promise.state for promise in new] == [PromiseState.FIRM] * 2
    assert (there.destination_place_id, back.origin_place_id) == (town.places["station"],) * 2
    told = session.exec(select(Event).where(Event.kind == "ride_moved")).all()
    assert {event.subject_id for event in told} == {str(there.id), str(back.id)}


def test_looking_at_what_could_be_done_changes_nothing(session, town, cast):
    ride = a_confirmed_ride(session, town, cast.anna, by=cast.dana)
    before = promise_of(session, ride).model_dump()
    prepare(session, town, close(session, town, cast))
    assert promise_of(session, ride).model_dump() == before
    assert ride.destination_place_id == town.places["hospital"]


def test_a_ride_that_cannot_keep_its_promise_at_the_new_place_is_offered_another_time(session, town, cast):
    ride = a_confirmed_ride(session, town, cast.bedrich, by=cast.dana)
    far = far_away(session)
    closure = close(session, town, cast, moved_to=far)
    [prepared] = prepare(session, town, closure)
    assert prepared.remedy is Remedy.OTHER_TIME
    decide(session, town, cast, closure, [prepared])
    assert promise_of(session, ride).state is PromiseState.FIRM
    assert promise_of(session, ride).dropoff_place_id == town.places["hospital"]
    offers.accept(session, ride, version=ride.version, world=town.world, by=cast.hana, now=NOW)
    assert promise_of(session, ride).dropoff_place_id == ride.destination_place_id == far


def test_the_old_promise_stands_while_the_client_thinks(session, town, cast):
    ride = a_confirmed_ride(session, town, cast.bedrich, by=cast.dana)
    old = promise_of(session, ride)
    closure = close(session, town, cast, moved_to=far_away(session))
    decide(session, town, cast, closure, prepare(session, town, closure))
    offers.refuse(session, ride, version=ride.version, world=town.world, by=cast.hana, now=NOW)
    assert (ride.promise_id, promise_of(session, ride).state) == (old.id, PromiseState.FIRM)


def test_a_place_that_is_simply_closed_means_a_call(session, town, cast):
    ride = a_confirmed_ride(session, town, cast.bedrich, by=cast.dana)
    closure = close(session, town, cast, moved_to=None)
    [prepared] = prepare(session, town, closure)
    assert (prepared.remedy, prepared.option) == (Remedy.CALL, None)
    assert decide(session, town, cast, closure, [prepared]) == []
    assert promise_of(session, ride).state is PromiseState.FIRM


def test_a_ride_whose_client_is_thinking_about_an_offer_means_a_call(session, town, cast):
    ride = a_confirmed_ride(session, town, cast.bedrich, by=cast.dana)
    first = close(session, town, cast, moved_to=far_away(session))
    decide(session, town, cast, first, prepare(session, town, first))
    assert [each.remedy for each in prepare(session, town, first)] == [Remedy.CALL]
    [offer] = session.exec(select(Offer).where(Offer.ride_id == ride.id, Offer.outcome == OfferOutcome.PENDING)).all()
    assert offer.promise_id != ride.promise_id


def test_all_that_is_proposed_fits_together(session, town, cast):
    for number in range(5):
        client = a_client(session, f"Osoba Číslo{number}")
        a_confirmed_ride(session, town, client, f"9:{number * 5:02d}", by=cast.dana)
    closure = close(session, town, cast, moved_to=town.places["school"])
    prepared = prepare(session, town, closure)
    assert {each.remedy for each in prepared} >= {Remedy.MOVE}
    decided = decide(session, town, cast, closure, prepared)
    assert len(decided) == sum(each.remedy is not Remedy.CALL for each in prepared)


def test_one_ride_that_has_changed_stops_the_whole_decision(session, town, cast):
    first = a_confirmed_ride(session, town, cast.bedrich, "9:00", by=cast.dana)
    second = a_confirmed_ride(session, town, cast.anna, "12:00", by=cast.dana)
    closure = close(session, town, cast)
    prepared = prepare(session, town, closure)
    taking.take(session, second, version=second.version)
    with pytest.raises(Conflict, match=r"ride\.changed_meanwhile"), session.begin_nested():
        decide(session, town, cast, closure, prepared)
    session.expire_all()
    assert first.destination_place_id == town.places["hospital"]


def test_a_ride_that_the_closure_does_not_touch_stops_the_decision(session, town, cast):
    ride = a_confirmed_ride(session, town, cast.bedrich, to="school", by=cast.dana)
    choice = Choice(ride.id or 0, ride.version, Remedy.MOVE)
    with pytest.raises(Conflict, match=r"closure\.changed_meanwhile"):
        decide(session, town, cast, close(session, town, cast), [], choices=[choice])


def test_another_time_than_the_one_shown_is_not_offered(session, town, cast):
    ride = a_confirmed_ride(session, town, cast.bedrich, by=cast.dana)
    closure = close(session, town, cast, moved_to=far_away(session))
    choice = Choice(ride.id or 0, ride.version, Remedy.OTHER_TIME, start=1)
    with pytest.raises(Conflict, match=r"closure\.changed_meanwhile"), session.begin_nested():
        decide(session, town, cast, closure, [], choices=[choice])


def test_new_orders_to_a_closed_place_are_told_where_it_is(session, town, cast):
    close(session, town, cast)
    with pytest.raises(Invalid, match=r"ride\.place_moved"):
        looked(session, town, a_draft(session, town, cast.bedrich, by=cast.dana), by=cast.dana)


def test_a_place_that_opens_again_is_served(session, town, cast):
    closure = close(session, town, cast, last=None)
    closures.reopen(session, closure, last=DAY - timedelta(days=1), by=cast.dana, now=NOW)
    a_confirmed_ride(session, town, cast.bedrich, by=cast.dana)
    assert closures.touched(session, closure, now=NOW) == []


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"last": DAY - timedelta(days=1)}, r"span\.ends_before_start"),
        ({"reason": " "}, r"closure\.reason_missing"),
        ({"moved_to": 999_999}, r"place\.unknown"),
    ],
)
def test_a_closure_that_makes_no_sense_is_refused(session, town, cast, fields, code):
    with pytest.raises(Invalid, match=code):
        close(session, town, cast, **fields)


def test_a_place_is_closed_once_at_a_time(session, town, cast):
    close(session, town, cast)
    with pytest.raises(Conflict, match=r"closure\.already"):
        close(session, town, cast, first=WEDNESDAY, last=None)


@pytest.mark.parametrize("who", ["cyril", "emil", "frantiska"])
def test_only_staff_close_places_and_decide(session, town, cast, who):
    by = getattr(cast, who)
    with pytest.raises(Forbidden, match=r"role\.missing"):
        closures.close_place(
            session, town.places["hospital"], first=DAY, last=None, moved_to=None, reason="x", by=by, now=NOW
        )
    with pytest.raises(Forbidden, match=r"role\.missing"):
        decide(session, town, cast, close(session, town, cast), [], by=by)
