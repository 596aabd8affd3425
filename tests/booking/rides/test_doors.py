"""Nobody is brought before a door opens or after it closes."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders.booking import a_confirmed_ride, a_draft, looked
from tests.builders.town import DAY, NOW
from transport.booking.rides import doors, rules
from transport.kernel.clock import parse_wall
from transport.kernel.errors import Invalid
from transport.kernel.values import Window
from transport.routing.geo import closures
from transport.routing.geo.closures import Hours
from transport.routing.planning import promises
from transport.routing.planning.models import Promise, StopKind
from transport.routing.planning.wishes import Anchor, Wish

ALWAYS = rules.Door("home", None)


def at(wall: str) -> int:
    return parse_wall(DAY, wall)


SURGERY = rules.Door("surgery", (Window(at("8:00"), at("12:00")), Window(at("13:00"), at("15:00"))))


def codes(anchor: Anchor, wall: str, door: rules.Door = SURGERY, origin: rules.Door = ALWAYS) -> list[str]:
    return [error.code for error in rules.about_hours(DAY, Wish(anchor, at(wall)), origin, door)]


@pytest.mark.parametrize(("wall", "allowed"), [("7:59", False), ("8:00", True), ("12:30", False), ("15:01", False)])
def test_whoever_must_be_there_by_a_time_comes_while_the_door_is_open(wall, allowed):
    assert codes(Anchor.ARRIVE_BY, wall) == ([] if allowed else ["ride.place_closed"])


@pytest.mark.parametrize(("wall", "allowed"), [("6:00", True), ("12:30", True), ("14:59", True), ("15:00", False)])
def test_whoever_leaves_after_the_last_hour_finds_the_door_closed(wall, allowed):
    assert codes(Anchor.LEAVE_AT, wall) == ([] if allowed else ["ride.place_closed"])


def test_the_refusal_says_when_the_door_opens():
    [refusal] = rules.about_hours(DAY, Wish(Anchor.ARRIVE_BY, at("7:00")), ALWAYS, SURGERY)
    assert refusal.facts == {"place": "surgery", "hours": "08:00–12:00, 13:00–15:00"}


def test_a_door_that_stays_shut_that_day_is_another_refusal():
    assert codes(Anchor.LEAVE_AT, "9:00", rules.Door("surgery", ())) == ["ride.place_shut"]


def test_a_closed_place_neither_takes_nor_sends_anybody():
    away = rules.Door("surgery", (), closed=True)
    assert codes(Anchor.LEAVE_AT, "9:00", away) == ["ride.place_away"]
    assert codes(Anchor.LEAVE_AT, "9:00", ALWAYS, away) == ["ride.place_away"]


def test_a_place_that_has_moved_says_where_it_is():
    moved = rules.Door("surgery", (), closed=True, moved_to="school")
    [refusal] = rules.about_hours(DAY, Wish(Anchor.LEAVE_AT, at("9:00")), ALWAYS, moved)
    assert (refusal.code, refusal.facts["moved_to"]) == ("ride.place_moved", "school")


@given(st.sampled_from(Anchor), st.integers(0, 24 * 3600))
def test_a_wish_is_refused_just_when_no_span_is_meant(anchor, seconds):
    wish = Wish(anchor, seconds)
    refused = rules.about_hours(DAY, wish, ALWAYS, SURGERY) != []
    assert refused == (SURGERY.meant(wish) is None)


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25)])
def test_hours_are_those_of_the_clock_on_the_wall_when_the_clocks_change(session, town, day):
    closures.set_hours(session, town.places["hospital"], [Hours(7, 8 * 60, 12 * 60)])
    assert closures.open_on(session, town.places["hospital"], day) == (
        Window(parse_wall(day, "8:00"), parse_wall(day, "12:00")),
    )


def test_a_place_with_hours_is_shut_on_the_other_days(session, town):
    closures.set_hours(session, town.places["hospital"], [Hours(1, 8 * 60, 12 * 60)])
    assert doors.door(session, town.places["hospital"], DAY).spans == ()
    closures.set_hours(session, town.places["hospital"], [])
    assert doors.door(session, town.places["hospital"], DAY).spans is None


@pytest.mark.parametrize("hours", [Hours(8, 0, 60), Hours(1, 60, 60), Hours(1, -1, 60), Hours(1, 0, 1441)])
def test_hours_that_cannot_be_are_refused(session, town, hours):
    with pytest.raises(Invalid, match=r"place\.hours_unusable"):
        closures.set_hours(session, town.places["hospital"], [hours])


@pytest.mark.parametrize(
    "wish",
    [("7:50", Anchor.LEAVE_AT), ("8:15", Anchor.ARRIVE_BY), ("11:20", Anchor.LEAVE_AT), ("6:50", Anchor.LEAVE_AT)],
)
def test_the_vehicle_arrives_while_the_door_is_open(session, town, cast, wish):
    closures.set_hours(session, town.places["hospital"], [Hours(2, 8 * 60, 12 * 60)])
    ride = a_confirmed_ride(session, town, cast.bedrich, wish[0], anchor=wish[1], by=cast.dana)
    promise = session.get_one(Promise, ride.promise_id)
    [arrival] = [stop.start for stop in promises.stops(session, ride.promise_id) if stop.kind is StopKind.DROPOFF]
    assert at("8:00") <= arrival <= at("12:00")
    assert (promise.arrive_from, promise.arrive_by <= at("12:00")) == (at("8:00"), True)


def test_a_wish_for_a_closed_door_is_refused_before_a_vehicle_is_looked_for(session, town, cast):
    closures.set_hours(session, town.places["hospital"], [Hours(2, 8 * 60, 12 * 60)])
    draft = a_draft(session, town, cast.bedrich, "7:00", anchor=Anchor.ARRIVE_BY, by=cast.dana)
    with pytest.raises(Invalid, match=r"ride\.place_closed"):
        looked(session, town, draft, by=cast.dana, now=NOW)


def test_a_ride_that_would_end_at_a_closed_door_is_denied_for_that_reason(session, town, cast):
    closures.set_hours(session, town.places["hospital"], [Hours(2, 6 * 60 + 10, 6 * 60 + 30)])
    draft = a_draft(session, town, cast.bedrich, "6:20", by=cast.dana)
    [answer] = looked(session, town, draft, by=cast.dana)
    assert (answer.near, answer.reason) == ((), "door")
