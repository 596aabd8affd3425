"""A driver reads of a shift what the day needs: not before its eve, initials after a stop, nothing when it is over."""

from datetime import timedelta

import pytest

from tests.builders.booking import a_confirmed_ride
from tests.builders.driving import boarded, planned
from transport.booking.rides import rides
from transport.kernel.clock import at
from transport.operations.dispatch import plans
from transport.operations.driving import closing_data, manifest
from transport.routing.fleet.models import Shift
from transport.routing.planning.models import StopKind

SECOND = timedelta(seconds=1)


@pytest.fixture
def rules(town):
    return town.world.policies.on(town.day).driving


def pickup_of(session, town, cast, ride):
    run = manifest.of(session, town.car_shift, by=cast.dana)
    return next(stop for stop in run.stops if stop.ride and stop.ride.id == ride.id and stop.kind is StopKind.PICKUP)


@pytest.fixture
def ride(session, town, cast):
    """Bedřich's, published, in Emil's car."""
    found = a_confirmed_ride(session, town, cast.bedrich, "9:00", by=cast.dana)
    plans.publish(session, town.day, by=cast.dana, now=planned(session, found, StopKind.PICKUP) - timedelta(days=1))
    return found


def test_a_shift_opens_on_its_eve_and_closes_after_its_end_for_drivers_only(session, town, cast, rules):
    shift = session.get_one(Shift, town.car_shift)
    opens, closes = at(shift.day, 0) - timedelta(hours=6), at(shift.day, shift.ends) + timedelta(hours=12)
    seen = [
        closing_data.sight(shift, by=cast.emil, rules=rules, now=now)
        for now in (opens - SECOND, opens, closes - SECOND, closes)
    ]
    assert seen == ["early", "open", "open", "over"]
    assert closing_data.sight(shift, by=cast.dana, rules=rules, now=closes) == "open"


def test_a_stop_that_is_done_shows_initials_a_quarter_of_an_hour_later(session, town, cast, rules, ride):
    def closed(now, by=cast.emil):
        stop = pickup_of(session, town, cast, ride)
        return closing_data.closed(stop, by=by, rules=rules, now=now)

    before = planned(session, ride, StopKind.PICKUP)
    assert not closed(before + timedelta(hours=3)), "it is still to be done"
    boarded(session, town, ride, by=cast.dana)
    assert not closed(before + timedelta(minutes=15) - SECOND)
    assert closed(before + timedelta(minutes=15))
    assert not closed(before + timedelta(minutes=15), by=cast.dana)
    assert closing_data.initials("Bedřich Tma") == "B. T."


def test_a_stop_that_is_not_driven_closes_at_once(session, town, cast, rules, ride):
    now = planned(session, ride, StopKind.PICKUP) - timedelta(hours=4)
    stop = pickup_of(session, town, cast, ride)
    rides.cancel(session, ride, version=ride.version, world=town.world, by=cast.dana, now=now)
    assert closing_data.closed(stop, by=cast.emil, rules=rules, now=now)
