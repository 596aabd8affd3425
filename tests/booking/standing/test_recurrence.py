"""The dates of a standing order: never where they must not be, whatever the pattern."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transport.booking.standing.recurrence import Pattern, Times, dates, times_on, wishes_on
from transport.kernel.calendar import Calendar
from transport.routing.planning.wishes import Anchor, Wish

MORNING = Times(Anchor.ARRIVE_BY, 8 * 60, 15 * 60 + 30)
FREE = Calendar()
MONDAY = date(2026, 9, 7)

days = st.dates(date(2026, 1, 1), date(2026, 12, 31))
times = st.builds(Times, st.sampled_from(Anchor), st.integers(0, 720), st.one_of(st.none(), st.integers(721, 1439)))
calendars = st.builds(Calendar, st.frozensets(days, max_size=20), st.frozensets(days, max_size=40))


@st.composite
def patterns(draw) -> Pattern:
    first = draw(days)
    spans = st.tuples(days, st.integers(0, 20)).map(lambda span: (span[0], span[0] + timedelta(days=span[1])))
    return Pattern(
        first=first,
        last=first + timedelta(days=draw(st.integers(0, 120))),
        weekdays=draw(st.dictionaries(st.integers(1, 7), times, max_size=7)),
        every_weeks=draw(st.integers(1, 2)),
        rides_on_public_holidays=draw(st.booleans()),
        rides_on_school_holidays=draw(st.booleans()),
        pauses=tuple(draw(st.lists(spans, max_size=3))),
        changes=draw(st.dictionaries(days, st.one_of(st.none(), times), max_size=10)),
    )


@given(patterns(), calendars)
def test_never_outside_its_days_never_on_a_pause_or_holiday_unless_that_day_was_changed(pattern, calendar):
    for day, _ in dates(pattern, calendar):
        assert pattern.first <= day <= pattern.last
        if day not in pattern.changes:
            assert not any(first <= day <= last for first, last in pattern.pauses)
            assert pattern.rides_on_public_holidays or day not in calendar.public
            assert pattern.rides_on_school_holidays or day not in calendar.school


@given(patterns(), calendars)
def test_a_change_of_one_day_wins_over_everything_but_from_and_until(pattern, calendar):
    ridden = dict(dates(pattern, calendar))
    for day, changed in pattern.changes.items():
        assert ridden.get(day) == (changed if pattern.first <= day <= pattern.last else None)


@given(patterns(), calendars, days)
def test_dates_come_in_order_and_only_after_the_day_asked_for(pattern, calendar, after):
    later = list(dates(pattern, calendar, after=after))
    assert later == [(day, asked) for day, asked in dates(pattern, calendar) if day > after]
    assert [day for day, _ in later] == sorted({day for day, _ in later})
    assert all(times_on(pattern, day, calendar) == asked for day, asked in later)


@given(patterns())
def test_every_other_week_is_counted_from_the_week_of_the_first_day(pattern):
    monday = pattern.first - timedelta(days=pattern.first.weekday())
    for day, _ in dates(pattern, FREE):
        if day not in pattern.changes:
            assert (day - monday).days // 7 % pattern.every_weeks == 0


def test_every_other_week_also_when_the_order_begins_on_a_friday():
    pattern = Pattern(date(2026, 9, 11), date(2026, 10, 2), {1: MORNING, 5: MORNING}, every_weeks=2)
    assert [day for day, _ in dates(pattern, FREE)] == [date(2026, 9, 11), date(2026, 9, 21), date(2026, 9, 25)]


def test_school_holidays_pause_a_school_ride_and_not_a_ride_to_work():
    autumn = Calendar(school=frozenset({MONDAY}))
    school = Pattern(MONDAY, MONDAY, {1: MORNING})
    work = Pattern(MONDAY, MONDAY, {1: MORNING}, rides_on_school_holidays=True)
    assert (list(dates(school, autumn)), len(list(dates(work, autumn)))) == ([], 1)


@pytest.mark.parametrize(
    ("day", "first"),
    [
        (date(2026, 3, 28), 8 * 3600),
        (date(2026, 3, 29), 7 * 3600),
        (date(2026, 10, 25), 9 * 3600),
    ],
    ids=["the day before", "clocks go forward", "clocks go back"],
)
def test_eight_on_the_wall_stays_eight_on_the_wall_when_the_clocks_change(day, first):
    back = first + (7 * 60 + 30) * 60
    assert wishes_on(day, MORNING) == (Wish(Anchor.ARRIVE_BY, first), Wish(Anchor.LEAVE_AT, back))
