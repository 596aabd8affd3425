"""The questions of a standing order: what each page shows, and what each answer becomes. Refusals name their field."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from transport.api.client import spoken, steps
from transport.api.client.regular import hours, wording
from transport.api.client.regular.sheet import RegularSheet
from transport.api.forms import Fields, one, several
from transport.booking.standing import drafts
from transport.booking.standing.recurrence import Times
from transport.bootstrap import Services
from transport.kernel.errors import Invalid
from transport.routing.planning.wishes import Anchor

LIKE_ANY_ORDER = ("za-koho", "odkud", "kam", "pomoc")
"""Questions that are the same for single rides."""

TEMPLATES = {
    **{step: f"client/book/{steps.TEMPLATES[step]}.html" for step in LIKE_ANY_ORDER},
    "dny": "client/regular/days.html",
    "cas": "client/regular/times.html",
    "zpet": "client/regular/back.html",
    "odkdy": "client/regular/span.html",
    "svatky": "client/regular/holidays.html",
}
FIELDS = {
    **{step: steps.FIELDS[step] for step in LIKE_ANY_ORDER},
    "dny": "weekdays",
    "cas": "time",
    "zpet": "back",
    "odkdy": "first",
    "svatky": "school",
}
"""The field to which a refusal belongs that names none."""

LEAP_DAY = (2, 29)
_BY_DAY = ("minutes", "backs")
"""Answers that are times by weekday."""


def shown(sheet: RegularSheet, step: str, services: Services) -> dict[str, Any]:
    """What the page of a step has to show beside the answers."""
    if step in LIKE_ANY_ORDER:
        return steps.shown(sheet, step, services)
    return {"said": sheet.said, "weekdays": sheet.weekdays, **_SHOWN[step](sheet, services)}


def answer(sheet: RegularSheet, step: str, services: Services, data: Fields) -> str | None:
    """Keep the answer in the draft; the step to go to, if it is not the next open one."""
    if step in LIKE_ANY_ORDER:
        return steps.ANSWERS[step](sheet, services, data)
    _ANSWERS[step](sheet, services, data)
    return None


def _days(sheet: RegularSheet, _: Services) -> dict[str, Any]:
    return {"is_change": sheet.change is not None}


def _times(sheet: RegularSheet, _: Services) -> dict[str, Any]:
    return {"typed": hours.fields("time", sheet.said.get("minutes") or {}, sheet.weekdays)}


def _back(sheet: RegularSheet, _: Services) -> dict[str, Any]:
    return {"typed": hours.fields("return_time", sheet.said.get("backs") or {}, sheet.weekdays)}


def _span(sheet: RegularSheet, services: Services) -> dict[str, Any]:
    known = sheet.wanted(services.world)
    said = sheet.said
    last = known.last if said.get("last") else drafts.school_year_end(known.first, services.world.calendar)
    return {
        "first": wording.day_typed(known.first),
        "last": wording.day_typed(last),
        "weeks": services.policies.on(known.first).regular.min_weeks,
        "proposed": not said.get("last"),
    }


def _holidays(_: RegularSheet, __: Services) -> dict[str, Any]:
    return {}


def _take_days(sheet: RegularSheet, _: Services, data: Fields) -> None:
    days = sorted({int(each) for each in several(data, "weekdays") if re.fullmatch("[1-7]", each)})
    if not days:
        raise Invalid("standing.days_missing", field="weekdays")
    weeks = str(sheet.said["every_weeks"]) if sheet.change else one(data, "every_weeks")
    if weeks not in {"1", "2"}:
        raise Invalid("standing.weeks_unclear", field="every_weeks")
    sheet.note(weekdays=days, every_weeks=int(weeks), **{name: _filled(sheet, name, days) for name in _BY_DAY})


def _filled(sheet: RegularSheet, name: str, days: list[int]) -> dict[str, int] | None:
    """What was said for each of the days; a day that is new gets the usual time."""
    known: Mapping[str, int] = sheet.said.get(name) or {}
    usual = hours.common(known)
    return None if usual is None else {str(day): known.get(str(day), usual) for day in days}


def _take_times(sheet: RegularSheet, services: Services, data: Fields) -> None:
    anchor = one(data, "anchor")
    if anchor not in set(Anchor):
        raise Invalid("book.anchor_missing", field="anchor")
    minutes = hours.taken(data, "time", sheet.weekdays)
    for weekday, (minute, field) in minutes.items():
        _possible(sheet, services, weekday, Times(Anchor(anchor), minute), field)
    sheet.note(anchor=anchor, minutes={str(weekday): minute for weekday, (minute, _) in minutes.items()})


def _take_back(sheet: RegularSheet, services: Services, data: Fields) -> None:
    back = one(data, "back")
    if back == "no":
        sheet.note(back="no")
        return
    if back != "yes":
        raise Invalid("book.back_missing", field="back")
    backs = hours.taken(data, "return_time", sheet.weekdays)
    there = sheet.wanted(services.world).times
    for weekday, (minute, field) in backs.items():
        if weekday in there:
            asked = there[weekday]
            _possible(sheet, services, weekday, Times(asked.anchor, asked.minute, minute), field)
    sheet.note(back="yes", backs={str(weekday): minute for weekday, (minute, _) in backs.items()})


def _possible(sheet: RegularSheet, services: Services, weekday: int, times: Times, field: str) -> None:
    found = drafts.about_weekday(
        sheet.session, sheet.draft, weekday, times, world=services.world, by=sheet.by, now=sheet.now
    )
    hours.refuse(found, field)


def _take_span(sheet: RegularSheet, services: Services, data: Fields) -> None:
    first = day_typed(data, "first", sheet.today)
    last = _last_day(data, first)
    sheet.note(first=first.isoformat(), last=last.isoformat())
    found = drafts.check(sheet.session, sheet.draft, world=services.world, by=sheet.by, now=sheet.now)
    for error in found:
        if error.field in {"first", "last", "day"}:
            raise Invalid(error.code, field="last" if error.field == "last" else "first", **error.facts)


def day_typed(data: Fields, field: str, today: date) -> date:
    """The day that was typed; Invalid at its field if nothing was, or nothing that is a day."""
    words = one(data, field)
    found = spoken.day_named(words, today) if words else None
    if found is None:
        raise Invalid("book.day_unclear" if words else "book.day_missing", field=field)
    return found


def _last_day(data: Fields, first: date) -> date:
    """The last day; 30. 6. without a year is the next one after the first day."""
    found = day_typed(data, "last", first)
    if found >= first or re.search(r"\d{4}", one(data, "last")) or (found.month, found.day) == LEAP_DAY:
        return found
    return found.replace(year=found.year + 1)


def _take_holidays(sheet: RegularSheet, _: Services, data: Fields) -> None:
    said = {field: one(data, field) for field in ("school", "public")}
    for field, value in said.items():
        if value not in {"ride", "pause"}:
            raise Invalid("standing.holidays_missing", field=field)
    sheet.note(**said)


_SHOWN: dict[str, Callable[[RegularSheet, Services], dict[str, Any]]] = {
    "dny": _days,
    "cas": _times,
    "zpet": _back,
    "odkdy": _span,
    "svatky": _holidays,
}
_ANSWERS: dict[str, Callable[[RegularSheet, Services, Fields], None]] = {
    "dny": _take_days,
    "cas": _take_times,
    "zpet": _take_back,
    "odkdy": _take_span,
    "svatky": _take_holidays,
}
