"""Standing orders: asked for once, answered date by date, changed for one day, from a day on, or as a whole."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.builders.clients import a_client
from tests.builders.standing import a_wish, answered, asked, at, every
from tests.builders.town import NOW, another_day
from transport.booking.rides import rides
from transport.booking.rides.lifecycle import Status
from transport.booking.rides.models import Leg, Ride, TripRequest
from transport.booking.standing import regular, standing
from transport.booking.standing.models import DateState, OnHolidays, StandingOrder, StandingState
from transport.kernel import clock
from transport.kernel.calendar import Calendar
from transport.kernel.errors import Invalid, NotFound
from transport.operations.quality import invariants
from transport.routing.planning.wishes import Anchor

WEEK = timedelta(days=7)
LATER = NOW + timedelta(hours=1)


def answers(session, town, order: StandingOrder):
    session.expire_all()
    return {each.day: each for each in regular.answer(session, order, calendar=town.world.calendar)}


def rides_on(session, town, order, day) -> list[Ride]:
    return [rides.coded(session, each.code) for each in answers(session, town, order)[day].rides]


def healthy(session, town, now=NOW) -> bool:
    return invariants.faults(session, world=town.world, now=now) == []


def test_every_date_of_the_calendar_gets_its_own_answer(session, town, cast):
    order = asked(session, town, cast.anna, by=cast.anna_herself)
    answered(session, town)
    told = answers(session, town, order)
    assert len(told) == 20
    today = told.pop(town.day)
    assert (today.state, [ride.leg for ride in today.rides]) == (DateState.PLACED, [Leg.OUTBOUND, Leg.RETURN])
    assert today.rides[0].arrive_by == town.second("8:00")
    assert today.rides[1].window.start >= town.second("15:00")
    assert {each.state for each in told.values()} == {DateState.ASKED}
    assert order.state is StandingState.ANSWERED
    assert healthy(session, town)


def test_placed_rides_are_confirmed_rides_of_the_order(session, town, cast):
    order = asked(session, town, cast.anna, by=cast.anna_herself)
    answered(session, town)
    for ride in rides_on(session, town, order, town.day):
        assert ride.status is Status.CONFIRMED
        assert session.get(TripRequest, ride.request_id).standing_order_id == order.id


def test_the_same_form_sent_twice_is_one_order(session, town, cast):
    first = asked(session, town, cast.anna, by=cast.anna_herself)
    assert asked(session, town, cast.anna, by=cast.anna_herself).id == first.id


def test_the_next_dates_are_read_before_asking(session, town, cast):
    wish = a_wish(town, cast.anna, every(2, 5))
    dates = [day for day, _ in standing.preview(wish, world=town.world, count=3)]
    assert dates == [date(2026, 11, 24), date(2026, 11, 27), date(2026, 12, 1)]


def test_holidays_are_ridden_only_if_the_order_says_so(session, town, cast):
    world = replace(town.world, calendar=Calendar(public=frozenset({town.day})))
    quiet = standing.preview(a_wish(town, cast.anna), world=world, count=1)
    loud = standing.preview(a_wish(town, cast.anna, holidays=OnHolidays.RIDE), world=world, count=1)
    assert (quiet[0][0], loud[0][0]) == (town.day + timedelta(days=1), town.day)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"last": date(2026, 12, 10)}, "standing.too_short"),
        ({"last": date(2027, 12, 10)}, "standing.too_long"),
        ({"first": date(2026, 11, 20)}, "standing.begins_too_soon"),
        ({"last": date(2026, 11, 1)}, "span.ends_before_start"),
        ({"every_weeks": 3}, "standing.weeks_unclear"),
        ({"times": {}}, "standing.no_dates"),
        ({"times": every(1, times=at("4:00"))}, "ride.outside_hours"),
        ({"times": every(1, times=at("8:00", "7:00"))}, "ride.return_before_outbound"),
        ({"times": every(1, times=at("25:00"))}, "book.time_unclear"),
    ],
)
def test_an_order_against_the_rules_is_refused_with_its_reason(session, town, cast, changes, code):
    wish = replace(a_wish(town, cast.anna), **changes)
    with pytest.raises(Invalid) as refusal:
        standing.ask(session, wish, world=town.world, by=cast.anna_herself, now=NOW)
    assert refusal.value.code == code


def test_who_is_not_entitled_on_the_first_day_cannot_ask(session, town, cast):
    young = a_client(session, "Mladá Zdravá", born=date(2000, 1, 1))
    with pytest.raises(Invalid, match="eligibility"):
        asked(session, town, young, by=cast.hana)


def test_a_stranger_neither_asks_nor_changes(session, town, cast):
    order = asked(session, town, cast.anna, by=cast.anna_herself)
    with pytest.raises(NotFound):
        asked(session, town, cast.anna, by=cast.gustav, key="another")
    with pytest.raises(NotFound):
        standing.skip(session, order, town.day, world=town.world, by=cast.gustav, now=NOW)


def test_a_skipped_day_cancels_its_rides_and_no_other(session, town, cast):
    another_day(session, town, town.day + WEEK)
    order = asked(session, town, cast.anna, by=cast.anna_herself)
    answered(session, town)
    answered(session, town, day=town.day + WEEK)
    standing.skip(session, order, town.day, world=town.world, by=cast.anna_herself, now=NOW)
    told = answers(session, town, order)
    assert (told[town.day].state, told[town.day].reason) == (DateState.DROPPED, "skipped")
    assert {ride.status for ride in told[town.day].rides} == {Status.CANCELLED}
    assert {ride.status for ride in told[town.day + WEEK].rides} == {Status.CONFIRMED}
    assert healthy(session, town)


def test_a_pause_that_is_said_twice_is_one_pause(session, town, cast):
    order = asked(session, town, cast.anna, by=cast.anna_herself)
    for _ in range(2):
        standing.pause(session, order, town.day, town.day, world=town.world, by=cast.anna_herself, now=NOW)
    assert len(regular.pauses(session, order)) == 1


def test_today_is_not_answered_anew(session, town, cast):
    order = asked(session, town, cast.anna, by=cast.anna_herself)
    that_day = clock.at(town.day, 12 * 3600)
    with pytest.raises(Invalid, match=r"standing\.not_on_that_day"):
        standing.change_day(session, order, town.day, at("9:00"), world=town.world, by=cast.anna_herself, now=that_day)


def test_a_pause_gives_up_its_days_even_those_changed_before(session, town, cast):
    order = asked(session, town, cast.anna, by=cast.anna_herself)
    standing.change_day(session, order, town.day, at("9:00"), world=town.world, by=cast.anna_herself, now=NOW)
    answered(session, town)
    last = town.day + timedelta(days=2)
    standing.pause(session, order, town.day, last, world=town.world, by=cast.anna_herself, now=NOW)
    told = answers(session, town, order)
    assert [told[day].state for day in sorted(told)[:4]] == [DateState.DROPPED] * 3 + [DateState.ASKED]
    assert told[town.day].times is None
    assert {ride.status for ride in told[town.day].rides} == {Status.CANCELLED}
    assert healthy(session, town)


def test_an_ended_order_rides_on_its_last_day_and_never_again(session, town, cast):
    order = asked(session, town, cast.anna, by=cast.anna_herself)
    answered(session, town)
    standing.end(session, order, town.day, world=town.world, by=cast.anna_herself, now=NOW)
    told = answers(session, town, order)
    assert told.pop(town.day).state is DateState.PLACED
    assert {(each.state, each.reason) for each in told.values()} == {(DateState.DROPPED, "ended")}


def test_other_times_on_one_day_leave_the_old_rides_until_the_new_ones_are_firm(session, town, cast):
    order = asked(session, town, cast.anna, by=cast.anna_herself)
    answered(session, town)
    old = rides_on(session, town, order, town.day)
    standing.change_day(session, order, town.day, at("9:00", "15:00"), world=town.world, by=cast.anna_herself, now=NOW)
    waits = answers(session, town, order)[town.day]
    assert (waits.state, {ride.status for ride in waits.rides}) == (DateState.ASKED, {Status.CONFIRMED})
    answered(session, town, now=LATER)
    told = answers(session, town, order)[town.day]
    assert (told.state, told.rides[0].arrive_by) == (DateState.PLACED, town.second("9:00"))
    for ride in old:
        session.refresh(ride)
        assert (ride.status, ride.end_reason, ride.late) == (Status.CANCELLED, "changed", False)
        assert session.get(Ride, ride.replaced_by).leg is ride.leg
    assert healthy(session, town, LATER)


def test_other_times_that_find_no_place_leave_the_old_rides_as_they_were(session, town, cast):
    order = asked(session, town, cast.anna, by=cast.anna_herself)
    answered(session, town)
    late = at("21:50", anchor=Anchor.LEAVE_AT)
    standing.change_day(session, order, town.day, late, world=town.world, by=cast.anna_herself, now=NOW)
    answered(session, town, now=LATER)
    told = answers(session, town, order)[town.day]
    assert (told.state, told.reason) == (DateState.DENIED, "hours")
    assert [ride.status for ride in told.rides] == [Status.CONFIRMED, Status.CONFIRMED]
    assert healthy(session, town, LATER)


def test_other_times_from_a_day_on_make_an_order_that_follows(session, town, cast):
    another_day(session, town, town.day + WEEK)
    order = asked(session, town, cast.anna, by=cast.anna_herself)
    answered(session, town)
    answered(session, town, day=town.day + WEEK)
    times = {**every(1, 3), 2: at("9:00", "15:00")}
    new = standing.change_from(
        session, order, town.day + WEEK, times, key="new", world=town.world, by=cast.anna_herself, now=NOW
    )
    assert (order.state, order.valid_until) == (StandingState.ENDED, town.day + WEEK - timedelta(days=1))
    assert (new.follows_id, new.valid_from) == (order.id, town.day + WEEK)
    assert answers(session, town, order)[town.day].state is DateState.PLACED
    waits = answers(session, town, new)[town.day + WEEK]
    assert (waits.state, {ride.status for ride in waits.rides}) == (DateState.ASKED, {Status.CONFIRMED})
    answered(session, town, day=town.day + WEEK, now=LATER)
    assert answers(session, town, new)[town.day + WEEK].rides[0].arrive_by == town.second("9:00")
    assert healthy(session, town, LATER)


def test_a_date_whose_times_stay_the_same_keeps_its_answer(session, town, cast):
    order = asked(session, town, cast.anna, by=cast.anna_herself)
    answered(session, town)
    before = [ride.code for ride in answers(session, town, order)[town.day].rides]
    new = standing.change_all(
        session, order, every(2), key="only Tuesdays", world=town.world, by=cast.anna_herself, now=NOW
    )
    told = answers(session, town, new)
    assert (told[town.day].state, [ride.code for ride in told[town.day].rides]) == (DateState.PLACED, before)
    assert {day.isoweekday() for day in told} == {2}


def test_a_day_not_ridden_any_more_is_given_up(session, town, cast):
    order = asked(session, town, cast.anna, by=cast.anna_herself)
    answered(session, town)
    standing.change_all(session, order, every(4), key="Thursdays", world=town.world, by=cast.anna_herself, now=NOW)
    told = answers(session, town, order)[town.day]
    assert (told.state, told.reason) == (DateState.DROPPED, "changed")
    assert {ride.status for ride in told.rides} == {Status.CANCELLED}


def test_every_other_week_stays_every_other_week_when_it_is_changed_in_between(session, town, cast):
    order = asked(session, town, cast.anna, every(1, 2), every_weeks=2, by=cast.anna_herself)
    before = [day for day in sorted(answers(session, town, order)) if day > town.day + WEEK]
    new = standing.change_from(
        session,
        order,
        town.day + WEEK,
        every(1, 2, times=at("9:00")),
        key="new",
        world=town.world,
        by=cast.anna_herself,
        now=NOW,
    )
    assert sorted(answers(session, town, new)) == before
