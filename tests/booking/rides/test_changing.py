"""Another time, day, place or company: the old promise stands until the new one is firm."""

from datetime import timedelta

import pytest
from sqlmodel import select

from tests.builders.booking import a_confirmed_ride, a_draft, a_ride, an_order, booked, chosen, looked
from tests.builders.clients import a_client
from tests.builders.driving import boarded
from tests.builders.town import NOW, another_day
from transport.booking.clients.needs import Mobility
from transport.booking.rides import booking, changing, drafts, homeward, queries, requests, rides
from transport.booking.rides.lifecycle import Status
from transport.booking.rides.models import KindOfPlace, Leg
from transport.kernel.clock import at
from transport.kernel.errors import Conflict, Exhausted, Forbidden, Invalid, NotFound
from transport.operations.quality import invariants
from transport.routing.planning.models import Promise, PromiseState


@pytest.fixture(autouse=True)
def nothing_impossible_in_the_end(session, town):
    yield
    assert invariants.faults(session, world=town.world, now=NOW) == []


def promise_of(session, ride):
    return session.get_one(Promise, ride.promise_id, populate_existing=True)


def changed(session, town, ride, *, by, now=NOW, number=0, **said):
    """The ride that takes the place of `ride`, through the same steps as an order."""
    draft = changing.start(session, ride, by=by, now=now)
    drafts.note(session, draft, now=now, **said)
    leg = looked(session, town, draft, by=by, now=now)[0].wish.leg
    booking.choose(session, draft, {leg: number}, world=town.world, by=by, now=now)
    request = booking.book(session, draft, world=town.world, by=by, now=now)
    return requests.of_request(session, request)[0]


def test_a_change_begins_with_what_was_ordered(session, town, cast):
    ride = a_ride(session, town, cast.anna, "9:00", companions=("seat",), by=cast.cyril)
    order = drafts.order(changing.start(session, ride, by=cast.cyril, now=NOW))
    assert (order.replaces, order.companions) == (ride.id, (KindOfPlace.SEAT,))
    leg = order.legs[0]
    assert (leg.origin, leg.destination, leg.day) == (ride.origin_place_id, ride.destination_place_id, ride.day)
    assert leg.wish.seconds == town.second("9:00")


def test_the_old_ride_ends_free_of_charge_and_says_by_which_it_was_replaced(session, town, cast):
    old = a_confirmed_ride(session, town, cast.anna, "9:00", by=cast.dana)
    first = promise_of(session, old)
    new = changed(session, town, old, by=cast.cyril, seconds=town.second("14:00"))
    assert (old.status, old.ended_by, old.end_reason) == (Status.CANCELLED, "client", "changed")
    assert (old.late, old.fee, old.replaced_by) == (False, 0, new.id)
    assert first.state is PromiseState.WITHDRAWN
    assert (promise_of(session, new).state, promise_of(session, new).supersedes) == (PromiseState.FIRM, first.id)
    assert promise_of(session, new).window_start == town.second("14:00")


def test_a_change_is_never_late(session, town, cast):
    old = a_confirmed_ride(session, town, cast.anna, "9:00", by=cast.dana)
    soon = at(town.day, town.second("8:00"))
    assert rides.is_late(session, old, town.world, soon)
    changed(session, town, old, by=cast.cyril, seconds=town.second("15:00"), now=soon)
    assert (old.late, old.fee) == (False, 0)


def test_the_old_promise_stands_while_the_client_thinks(session, town, cast):
    old = a_ride(session, town, cast.anna, "9:00", by=cast.cyril)
    draft = changing.start(session, old, by=cast.cyril, now=NOW)
    drafts.note(session, draft, now=NOW, seconds=town.second("14:00"))
    assert chosen(session, town, draft, by=cast.cyril) == {}
    assert (old.status, promise_of(session, old).state) == (Status.REQUESTED, PromiseState.FIRM)
    assert len(session.exec(select(Promise)).all()) == 1


def test_on_a_full_day_a_ride_moves_by_a_quarter_of_an_hour(session, town, cast):
    """The one van drives Anna to Zbůch; beside that ride there is no second one fifteen minutes later."""
    old = a_ride(session, town, cast.anna, "9:00", to="zbuch", by=cast.hana)
    quarter = town.second("9:15")
    other = a_client(session, "Olga Jiná", mobility=Mobility.WHEELCHAIR_STAYS)
    draft = a_draft(session, town, other, "9:15", to="zbuch", by=cast.hana)
    found = looked(session, town, draft, by=cast.hana)[0]
    assert quarter not in [priced.option.window.start for priced in found.shown]
    new = changed(session, town, old, by=cast.hana, seconds=quarter)
    assert promise_of(session, new).window_start == quarter


def test_who_loses_the_race_for_a_place_keeps_the_old_ride(session, town, cast):
    old = a_ride(session, town, cast.anna, "9:00", to="zbuch", by=cast.hana)
    draft = changing.start(session, old, by=cast.hana, now=NOW)
    drafts.note(session, draft, now=NOW, seconds=town.second("13:00"))
    chosen(session, town, draft, by=cast.hana)
    other = a_client(session, "Olga Jiná", mobility=Mobility.WHEELCHAIR_STAYS)
    a_ride(session, town, other, "13:00", to="zbuch", by=cast.hana)
    with pytest.raises(Exhausted, match=r"promise\.no_room"), session.begin_nested():
        booking.book(session, draft, world=town.world, by=cast.hana, now=NOW)
    session.refresh(old)
    assert (old.status, promise_of(session, old).state) == (Status.CONFIRMED, PromiseState.FIRM)


def test_a_ride_moves_to_another_day(session, town, cast):
    other_day = town.day + timedelta(days=1)
    another_day(session, town, other_day)
    old = a_confirmed_ride(session, town, cast.anna, "9:00", by=cast.dana)
    new = changed(session, town, old, by=cast.cyril, day=other_day.isoformat(), seconds=town.second("9:00"))
    assert (new.day, old.day) == (other_day, town.day)


def test_a_ride_gets_another_destination_and_company(session, town, cast):
    old = a_confirmed_ride(session, town, cast.anna, "9:00", by=cast.dana)
    new = changed(session, town, old, by=cast.cyril, destination=town.places["station"], companions=["seat"])
    assert new.destination_place_id == town.places["station"]
    assert queries.companions(session, new) == (KindOfPlace.SEAT,)
    assert new.persons == 2
    assert new.status is Status.REQUESTED, "another place is looked at anew"


def test_what_was_confirmed_stays_confirmed_at_another_time(session, town, cast):
    old = a_confirmed_ride(session, town, cast.anna, "9:00", by=cast.dana)
    assert changed(session, town, old, by=cast.cyril, seconds=town.second("14:00")).status is Status.CONFIRMED


def test_the_way_back_moves_alone_and_stays_the_way_back(session, town, cast):
    there, back = an_order(session, town, cast.anna, "9:00", back="11:00", by=cast.cyril)
    new = changed(session, town, back, by=cast.cyril, seconds=town.second("13:00"))
    assert (new.leg, new.price) == (Leg.RETURN, back.price)
    assert homeward.other_way(session, new) is there
    assert homeward.other_way(session, there) is new


def test_the_way_back_stays_after_the_way_there(session, town, cast):
    _, back = an_order(session, town, cast.anna, "9:00", back="11:00", by=cast.cyril)
    with pytest.raises(Invalid, match=r"ride\.return_before_outbound"), session.begin_nested():
        changed(session, town, back, by=cast.cyril, seconds=town.second("7:00"))
    session.refresh(back)
    assert back.status is Status.REQUESTED


def test_a_return_to_be_called_for_may_become_one_on_time(session, town, cast):
    _, back = an_order(session, town, cast.anna, "9:00", back="11:00", will_call=True, by=cast.cyril)
    new = changed(session, town, back, by=cast.cyril, will_call=False, seconds=town.second("12:00"))
    assert promise_of(session, new).kind == "fixed"


def test_a_ride_is_changed_once_by_two_forms(session, town, cast):
    old = a_ride(session, town, cast.anna, "9:00", by=cast.cyril)
    second = changing.start(session, old, by=cast.cyril, now=NOW)
    drafts.note(session, second, now=NOW, seconds=town.second("15:00"))
    chosen(session, town, second, by=cast.cyril)
    changed(session, town, old, by=cast.cyril, seconds=town.second("14:00"))
    with pytest.raises(Conflict, match=r"ride\.not_possible"), session.begin_nested():
        booking.book(session, second, world=town.world, by=cast.cyril, now=NOW)


def test_a_doubled_click_changes_once(session, town, cast):
    old = a_ride(session, town, cast.anna, "9:00", by=cast.cyril)
    draft = changing.start(session, old, by=cast.cyril, now=NOW)
    drafts.note(session, draft, now=NOW, seconds=town.second("14:00"))
    first = booked(session, town, draft, by=cast.cyril)
    assert booking.book(session, draft, world=town.world, by=cast.cyril, now=NOW).id == first.id


def test_who_is_on_board_changes_nothing(session, town, cast):
    ride = a_confirmed_ride(session, town, cast.bedrich, "9:00", by=cast.dana)
    boarded(session, town, ride, by=cast.dana)
    with pytest.raises(Conflict, match=r"ride\.not_possible"):
        changing.start(session, ride, by=cast.dana, now=NOW)


def test_nobody_changes_somebody_elses_ride(session, town, cast):
    ride = a_ride(session, town, cast.anna, "9:00", by=cast.cyril)
    with pytest.raises((NotFound, Forbidden)):
        changing.start(session, ride, by=cast.gustav, now=NOW)
    draft = a_draft(session, town, cast.bedrich, "14:00", by=cast.hana)
    drafts.note(session, draft, now=NOW, replaces=ride.id)
    looked(session, town, draft, by=cast.hana)
    booking.choose(session, draft, {Leg.OUTBOUND: 0}, world=town.world, by=cast.hana, now=NOW)
    with pytest.raises(NotFound, match="ride"), session.begin_nested():
        booking.book(session, draft, world=town.world, by=cast.hana, now=NOW)
