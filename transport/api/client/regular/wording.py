"""A standing order in sentences: on which days, at what times."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date

from babel.lists import format_list

from transport.booking.standing.recurrence import Times
from transport.booking.standing.regular import Wanted
from transport.kernel.i18n import Catalogue
from transport.kernel.i18n import mark as _

WEEKDAYS = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))
"""As they stand beside a box to tick."""

EVERY = (
    _("every Monday"),
    _("every Tuesday"),
    _("every Wednesday"),
    _("every Thursday"),
    _("every Friday"),
    _("every Saturday"),
    _("every Sunday"),
)
EVERY_OTHER = (
    _("every other Monday"),
    _("every other Tuesday"),
    _("every other Wednesday"),
    _("every other Thursday"),
    _("every other Friday"),
    _("every other Saturday"),
    _("every other Sunday"),
)
WORKING_DAYS = (1, 2, 3, 4, 5)


def weekday(words: Catalogue, number: int) -> str:
    """`Monday` for 1."""
    return words.text(WEEKDAYS[number - 1])


def rule(words: Catalogue, wanted: Wanted) -> list[str]:
    """`Every Monday and every Wednesday: there by 8:00, way back from 14:30.`; days with the same times together."""
    groups: dict[Times, list[int]] = {}
    for number, times in sorted(wanted.times.items()):
        groups.setdefault(times, []).append(number)
    return [
        words.nb(_beginning(f"{_days(words, days, wanted.every_weeks)}: {asked(words, times)}."))
        for times, days in groups.items()
    ]


def asked(words: Catalogue, times: Times) -> str:
    """`there by 8:00, way back from 14:30`: what is asked for on one day."""
    by_then = times.anchor.value == "arrive_by"
    if times.back is None:
        text = _("there by {time}") if by_then else _("leaving from {time}")
    else:
        text = _("there by {time}, way back from {back}") if by_then else _("leaving from {time}, way back from {back}")
    return words.text(text).format(time=clock(times.minute), back=clock(times.back or 0))


def there(words: Catalogue, wanted: Wanted) -> str:
    """All that is asked for the ways there, each time once."""
    ways = [asked(words, replace(times, back=None)) for __, times in sorted(wanted.times.items())]
    return "; ".join(dict.fromkeys(ways))


def back(words: Catalogue, wanted: Wanted) -> str:
    """All times of the ways back; empty if there are none."""
    times = sorted({each.back for each in wanted.times.values() if each.back is not None})
    named = format_list([clock(minute) for minute in times], locale=words.lang)
    return words.text(_("from {times}")).format(times=named) if times else ""


def dates(words: Catalogue, days: Iterable[date]) -> list[str]:
    """Dates for a list; the year with those of another one than the first."""
    found: list[str] = []
    before: int | None = None
    for day in days:
        shown = words.day(day)
        found.append(_beginning(shown if before in {None, day.year} else f"{shown}\u00a0{day.year}"))
        before = before or day.year
    return found


def clock(minute: int) -> str:
    """`8:00`: a minute of the day as the clock on the wall."""
    return f"{minute // 60}:{minute % 60:02}"


def day_typed(day: date | None) -> str:
    """`26. 11. 2026`: a date as it stands in a field to be typed over."""
    return f"{day.day}. {day.month}. {day.year}" if day else ""


def _days(words: Catalogue, days: Collection[int], every_weeks: int) -> str:
    if every_weeks == 1 and tuple(days) == WORKING_DAYS:
        return words.text(_("Monday to Friday"))
    if every_weeks == 1 and len(days) == len(WEEKDAYS):
        return words.text(_("every day"))
    named = EVERY if every_weeks == 1 else EVERY_OTHER
    return format_list([words.text(named[number - 1]) for number in days], locale=words.lang)


def _beginning(text: str) -> str:
    return text[:1].upper() + text[1:]
