"""On which dates a standing order rides, and at what times. Pure.

Times are minutes of the wall clock, so that half past seven stays half past seven when the clocks change; they
become seconds of the service day only here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from transport.kernel.calendar import Calendar
from transport.kernel.clock import wall_seconds
from transport.routing.planning.wishes import Anchor, Wish


@dataclass(frozen=True, slots=True)
class Times:
    """What is asked for on one date, in minutes of the wall clock; `back` None: no way back."""

    anchor: Anchor
    minute: int
    back: int | None = None


@dataclass(frozen=True, slots=True)
class Pattern:
    """Times by weekday (1 Monday to 7), from `first` to `last`, both included.

    `every_weeks` 2: every other week, counted from the week of `first`. `changes` are single days that are not like
    the others, None for no ride; they win over weekday, week, holiday and pause, as they were said of that very day.
    """

    first: date
    last: date
    weekdays: Mapping[int, Times]
    every_weeks: int = 1
    rides_on_public_holidays: bool = False
    rides_on_school_holidays: bool = False
    pauses: tuple[tuple[date, date], ...] = ()
    changes: Mapping[date, Times | None] = field(default_factory=dict)


def times_on(pattern: Pattern, day: date, calendar: Calendar) -> Times | None:
    """What is asked for on the day; None if the order does not ride then."""
    if not pattern.first <= day <= pattern.last:
        return None
    if day in pattern.changes:
        return pattern.changes[day]
    if any(first <= day <= last for first, last in pattern.pauses):
        return None
    if day in calendar.public and not pattern.rides_on_public_holidays:
        return None
    if day in calendar.school and not pattern.rides_on_school_holidays:
        return None
    weeks = (_monday(day) - _monday(pattern.first)).days // 7
    return pattern.weekdays.get(day.isoweekday()) if weeks % pattern.every_weeks == 0 else None


def dates(pattern: Pattern, calendar: Calendar, *, after: date = date.min) -> Iterator[tuple[date, Times]]:
    """Every date later than `after` on which the order rides, with what is asked for, in order."""
    day = pattern.first if after < pattern.first else after + timedelta(days=1)
    while day <= pattern.last:
        times = times_on(pattern, day, calendar)
        if times is not None:
            yield day, times
        day += timedelta(days=1)


def wishes_on(day: date, times: Times) -> tuple[Wish, ...]:
    """The wish for the way there and, if there is one, for the way back, in seconds of the service day."""
    there = Wish(times.anchor, _seconds(day, times.minute))
    return (there,) if times.back is None else (there, Wish(Anchor.LEAVE_AT, _seconds(day, times.back)))


def _seconds(day: date, minute: int) -> int:
    return wall_seconds(day, *divmod(minute, 60))


def _monday(day: date) -> date:
    return day - timedelta(days=day.isoweekday() - 1)
