"""Seconds of the service day and instants: one translation, exact also when the clocks change."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transport.kernel import clock

SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


@given(DAYS, st.integers(0, 82_799))
def test_there_and_back_is_the_same_second(day, seconds):
    assert clock.seconds_of(day, clock.at(day, seconds)) == seconds
    assert clock.local_day(clock.at(day, seconds)) == day


@given(DAYS, st.integers(0, 23), st.integers(0, 59))
def test_the_wall_shows_what_was_said_but_in_the_missing_hour(day, hour, minute):
    shown = clock.wall(day, clock.wall_seconds(day, hour, minute))
    if (shown.hour, shown.minute) != (hour, minute):
        assert (hour, shown.hour) == (2, 3)


def test_noon_is_eleven_or_thirteen_hours_after_midnight_when_the_clocks_change():
    assert clock.wall_seconds(SPRING, 12) == 11 * 3600
    assert clock.wall_seconds(AUTUMN, 12) == 13 * 3600


def test_the_day_begins_at_local_midnight():
    assert clock.day_start(date(2026, 11, 24)) == datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
    assert clock.day_start(date(2026, 7, 1)) == datetime(2026, 6, 30, 22, 0, tzinfo=UTC)


@pytest.mark.parametrize("text", ["25:00", "9:60", "nine", ""])
def test_what_is_no_time_of_day_is_refused(text):
    with pytest.raises(ValueError, match=r".+"):
        clock.parse_wall(SPRING, text)
