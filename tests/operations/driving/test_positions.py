"""Where vehicles are: kept while they are on duty, once, if it can be true, and not for long."""

from contextlib import suppress
from datetime import timedelta
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders.booking import a_confirmed_ride
from tests.builders.driving import planned
from tests.builders.town import NOW
from transport.kernel.clock import at
from transport.kernel.errors import Forbidden, Invalid, NotFound
from transport.operations.dispatch import exceptions
from transport.operations.driving import positions, trackers
from transport.operations.driving.models import DriverReport, Outcome, ReportKind, VehiclePosition
from transport.operations.driving.positions import Kept
from transport.operations.driving.trackers import Fix
from transport.routing.fleet.models import Shift, Vehicle
from transport.routing.planning.models import StopKind

LAT, LON = 49.7475, 13.3776
METRE = 1 / 111_195
"""Degrees of latitude."""


@pytest.fixture
def van(session, town):
    return session.get_one(Vehicle, town.van)


@pytest.fixture
def clock(town):
    return lambda wall, **more: at(town.day, town.second(wall)) + timedelta(**more)


@pytest.fixture
def told(session, town, van, cast):
    """A device of the van says where it is; what became of it."""
    token = positions.make_device(session, van, by=cast.dana, now=NOW)

    def tell(moment, metres=0.0, *, now=None, accuracy=10):
        device = positions.device(session, token)
        assert device is not None
        followed = positions.followed(session, device, now=now or moment)
        if followed is None:
            return Kept.OFF_DUTY
        return positions.keep(session, followed, Fix(LAT + metres * METRE, LON, moment, accuracy), now=now or moment)

    return tell


def last(session, town) -> VehiclePosition:
    found = positions.latest(session, town.van_shift)
    assert found is not None
    return found


def test_a_position_is_kept_once_and_one_in_ten_seconds(session, town, told, clock):
    first = clock("9:00")
    assert [told(first + timedelta(seconds=second)) for second in (0, 0, 4, 10)] == [
        *(Kept.KEPT, Kept.KNOWN, Kept.KNOWN, Kept.KEPT)
    ]
    assert [row.at for row in positions.trail(session, town.van_shift)] == [first, first + timedelta(seconds=10)]
    assert last(session, town).at == first + timedelta(seconds=10)
    assert positions.latest(session, town.car_shift) is None


def test_off_duty_nothing_is_listened_to(session, town, told, clock):
    shift = session.get_one(Shift, town.van_shift)
    begins, ends = at(town.day, shift.starts), at(town.day, shift.ends)
    early, late = begins - timedelta(minutes=31), ends + timedelta(minutes=31)
    assert told(early) is told(late) is Kept.OFF_DUTY
    assert told(early, now=begins) is Kept.OFF_DUTY
    assert told(begins - timedelta(minutes=29)) is Kept.KEPT
    assert told(ends + timedelta(minutes=29)) is Kept.KEPT
    shift.dropped_at = NOW
    assert told(clock("9:00")) is Kept.OFF_DUTY


def test_whoever_has_ended_the_shift_is_followed_no_more(session, town, told, clock):
    now = clock("9:00")
    said = {"device": "form", "device_at": now, "occurred_at": now, "recorded_at": now, "actor": "driver:1"}
    ended = DriverReport(key="e", shift_id=town.van_shift, kind=ReportKind.ENDED, seq=1, outcome=Outcome.TAKEN, **said)
    session.add(ended)
    assert told(now - timedelta(seconds=30), now=now - timedelta(seconds=30)) is Kept.KEPT
    assert told(now + timedelta(minutes=1)) is Kept.OFF_DUTY


def test_what_cannot_be_true_is_kept_out(session, town, told, clock):
    now = clock("9:00")
    assert told(now, accuracy=501) is Kept.ROUGH
    assert told(now + timedelta(minutes=3), now=now) is Kept.IN_THE_FUTURE
    assert told(now + timedelta(minutes=1), now=now) is Kept.KEPT
    assert told(now, now=now) is Kept.OVERTAKEN
    assert len(positions.trail(session, town.van_shift)) == 1


def test_a_jump_is_doubted_until_it_is_said_again(session, town, told, clock):
    now = clock("9:00")
    assert told(now) is Kept.KEPT
    assert told(now + timedelta(seconds=60), 2500) is Kept.KEPT  # 150 km/h
    assert told(now + timedelta(seconds=70), 12_500) is Kept.DOUBTFUL
    assert last(session, town).lat == pytest.approx(LAT + 2500 * METRE)
    assert told(now + timedelta(seconds=90), 2600) is Kept.KEPT
    assert told(now + timedelta(seconds=100), 22_500) is Kept.DOUBTFUL
    assert told(now + timedelta(seconds=110), 22_700) is Kept.KEPT


def test_positions_are_deleted_after_the_days_of_the_policy(session, town, told, clock):
    now = clock("9:00")
    told(now)
    assert positions.forget(session, days=2, now=now + timedelta(days=2)) == 0
    assert positions.forget(session, days=2, now=now + timedelta(days=2, seconds=1)) == 1
    assert positions.trail(session, town.van_shift) == []


def test_a_device_is_known_by_its_secret_until_it_is_taken_back(session, town, van, cast):
    token = positions.make_device(session, van, by=cast.dana, now=NOW)
    (row,) = positions.devices(session, van)
    assert (positions.device(session, token), token.endswith(row.ending)) == (row, True)
    assert positions.device(session, "") is positions.device(session, "another") is None
    with pytest.raises(Forbidden):
        positions.make_device(session, van, by=cast.emil, now=NOW)
    with pytest.raises(NotFound):
        positions.revoke_device(session, session.get_one(Vehicle, town.car), row.id or 0, by=cast.dana, now=NOW)
    for _ in range(2):
        positions.revoke_device(session, van, row.id or 0, by=cast.dana, now=NOW)
    assert positions.device(session, token) is None
    assert positions.devices(session, van) == []


def test_a_vehicle_that_tells_where_it_is_is_not_silent(session, town, cast, told):
    ride = a_confirmed_ride(session, town, cast.anna, by=cast.hana)
    now = planned(session, ride, StopKind.PICKUP) + timedelta(minutes=25)
    policy = town.world.policies.on(town.day)

    def silent():
        found = exceptions.found(session, town.day, policy=policy, now=now)
        return [each.kind.value for each in found].count("silent")

    assert silent() == 1
    assert told(now - timedelta(minutes=2)) is Kept.KEPT
    assert silent() == 0


EPOCH = 1_764_000_000
JSON = (
    b'{"location": {"timestamp": "2025-11-24T16:00:00.000Z", "coords": {"latitude": 49.7, "longitude": 13.4, '
    b'"accuracy": 8.4, "speed": 10, "heading": 271.6}}, "device_id": "abc"}'
)


@pytest.mark.parametrize(
    ("query", "body"),
    [
        ({}, JSON),
        ({}, b'{"location": [{"coords": {}}, ' + JSON[13:].replace(b"}}, ", b"}}], ")),
        ({"id": "abc", "lat": "49.7", "lon": "13.4", "timestamp": str(EPOCH), "accuracy": "8.4"}, b""),
        ({"deviceid": "abc"}, b"location=49.7,13.4&timestamp=%d000&accuracy=8.4" % EPOCH),
        ({}, b"id=abc&lat=49.7&lon=13.4&timestamp=2025-11-24+16:00:00&accuracy=8.4"),
    ],
)
def test_traccar_is_understood_in_all_its_forms(query, body):
    fix = trackers.traccar(query, body)
    assert fix is not None
    assert (fix.lat, fix.lon, fix.accuracy, fix.at.timestamp()) == (49.7, 13.4, 8, EPOCH)
    assert trackers.device_of(query, body) == "abc"


def test_units_of_speed_are_told_apart():
    mine = b'{"_type": "location", "lat": 1, "lon": 2, "tst": 5, "vel": 50, "acc": -1}'
    knots = {"lat": "1", "lon": "2", "timestamp": "5", "speed": "10", "bearing": "-1"}
    fixes = [trackers.traccar({}, JSON), trackers.traccar(knots, b""), trackers.owntracks(mine)]
    assert [(fix.speed, fix.accuracy) for fix in fixes if fix] == [(36, 8), (19, None), (50, None)]


@pytest.mark.parametrize("body", [b"", b" ", b'{"_type": "transition"}', b'{"_type": "encrypted", "data": "x"}', b"{}"])
def test_what_owntracks_says_besides_is_no_position(body):
    assert trackers.owntracks(body) is None


@given(st.binary(max_size=60) | st.from_regex(r'\{"_type": "location", "(lat|lon|tst)": [^"]*\}').map(str.encode))
def test_no_message_of_a_device_is_too_strange(body):
    for read in (trackers.owntracks, partial(trackers.traccar, {}), partial(trackers.device_of, {})):
        with suppress(Invalid):
            read(body)
