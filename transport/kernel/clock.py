"""Time: UTC instants, the service day, and the only translation between them.

A service day is a local calendar day of Europe/Prague. Planning counts **whole seconds since the start of the
service day** (the instant of local midnight), elapsed seconds, so that a drive of ten minutes has 600 of them
also in the night when the clocks change.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Europe/Prague")


def utc_now() -> datetime:
    """The present instant; only doors may ask, rooms are told."""
    return datetime.now(UTC)


def day_start(day: date) -> datetime:
    """The instant of local midnight at which the service day begins."""
    return datetime.combine(day, time(0), LOCAL).astimezone(UTC)


def at(day: date, seconds: int) -> datetime:
    """The UTC instant `seconds` after the start of the service day."""
    return day_start(day) + timedelta(seconds=seconds)


def seconds_of(day: date, instant: datetime) -> int:
    """Whole seconds from the start of the service day to the instant (negative before it)."""
    return int((instant - day_start(day)).total_seconds())


def wall(day: date, seconds: int) -> datetime:
    """What a clock on the wall in Plzeň shows at that second of the service day."""
    return at(day, seconds).astimezone(LOCAL)


def wall_seconds(day: date, hour: int, minute: int = 0) -> int:
    """The second of the service day at which the wall clock shows hour:minute.

    In the hour that the spring change leaves out the clock shows one hour later; in the repeated hour of
    autumn the first one is meant. 24:00 is the end of the day.
    """
    if (hour, minute) == (24, 0):
        return seconds_of(day, day_start(day + timedelta(days=1)))
    return seconds_of(day, datetime.combine(day, time(hour, minute), LOCAL).astimezone(UTC))


def second_at(day: date, clock: time) -> int:
    """The second of the service day at which the wall clock shows this time."""
    return wall_seconds(day, clock.hour, clock.minute)


def parse_wall(day: date, text: str) -> int:
    """`"6:30"` as a second of the service day; ValueError if it is no time of day."""
    hour, _, minute = text.partition(":")
    return wall_seconds(day, int(hour), int(minute or 0))


def local_day(instant: datetime) -> date:
    """The service day in which the instant lies."""
    return instant.astimezone(LOCAL).date()
