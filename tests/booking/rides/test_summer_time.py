"""Rides on the days on which the clocks change: the wall shows what was promised, the vehicle drives real seconds."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from tests.builders.booking import a_confirmed_ride, a_ride
from tests.builders.town import a_town, a_world
from tests.cast import gather
from transport.kernel.clock import at, wall, wall_seconds
from transport.operations.dispatch import plans
from transport.operations.quality import invariants
from transport.routing.planning.models import Promise
from transport.routing.planning.promises import stops

SPRING, AUTUMN, NEXT_SPRING = date(2026, 3, 29), date(2026, 10, 25), date(2027, 3, 28)


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 23), (AUTUMN, 25), (NEXT_SPRING, 23), (date(2026, 11, 24), 24)])
def test_the_day_is_as_long_as_it_is(day, hours):
    assert wall_seconds(day, 24) == hours * 3600


@pytest.mark.parametrize("day", [SPRING, AUTUMN, NEXT_SPRING])
def test_a_ride_at_nine_is_at_nine_by_the_clock_on_the_wall(session, day):
    cast = gather(session)
    now = at(day, 0) - timedelta(days=3)
    town = a_town(session, day=day)
    ride = a_confirmed_ride(session, town, cast.anna, "9:00", by=cast.dana, now=now)
    promise = session.get_one(Promise, ride.promise_id)
    assert f"{wall(day, promise.window_start):%H:%M}" == "09:00"
    pickup, dropoff = stops(session, promise.id)
    assert dropoff.start - pickup.departure >= 300
    plans.publish(session, day, by=cast.dana, now=now)
    assert invariants.faults(session, world=town.world, now=now) == []


def test_in_the_night_of_the_change_ten_minutes_are_ten_minutes(session):
    """The service that drives at night promises 1:50 before the gap, and arrives after it on the wall."""
    cast = gather(session)
    now = at(SPRING, 0) - timedelta(days=3)
    world = a_world(booking={"opens": time(0), "closes": time(6)})
    town = a_town(session, day=SPRING, hours=("0:00", "6:00"), world=world)
    ride = a_ride(session, town, cast.anna, "1:50", to="zbuch", by=cast.cyril, now=now)
    pickup, dropoff = stops(session, ride.promise_id)
    assert (dropoff.start - pickup.departure) < 1200
    assert f"{wall(SPRING, pickup.start):%H}" == "01"
    assert f"{wall(SPRING, dropoff.start):%H}" == "03"
    assert invariants.faults(session, world=town.world, now=now) == []


def test_the_repeated_hour_of_autumn_is_there_twice():
    first = wall_seconds(AUTUMN, 2, 30)
    assert wall(AUTUMN, first).hour == wall(AUTUMN, first + 3600).hour == 2
    assert at(AUTUMN, first) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
