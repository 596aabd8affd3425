"""Times by weekday: one field for all the days, and one for each day that is different."""

from collections.abc import Mapping, Sequence
from typing import Any

from transport.api.client import spoken
from transport.api.client.regular import wording
from transport.api.forms import Fields, one
from transport.kernel.errors import Invalid, ServiceError

TIME_FIELDS = frozenset({"time", "return_time"})


def heard(data: Fields, field: str) -> int:
    """The minute of the day that was typed; Invalid at its field if nothing was, or nothing that is a time."""
    text = one(data, field)
    if not text:
        raise Invalid("book.time_missing", field=field)
    found = spoken.time_of_day(text)
    if found is None:
        raise Invalid("book.time_unclear", field=field)
    return 60 * found[0] + found[1]


def taken(data: Fields, field: str, weekdays: Sequence[int]) -> dict[int, tuple[int, str]]:
    """The minute for each weekday, and the field in which it was said."""
    found = {}
    for number in weekdays:
        own = f"{field}_{number}"
        said_in = own if one(data, own) else field
        found[number] = heard(data, said_in), said_in
    return found


def fields(field: str, minutes: Mapping[str, Any], weekdays: Sequence[int]) -> dict[str, str]:
    """What stands in the fields: the most usual time once, beside the days that have another one."""
    usual = common(minutes)
    if usual is None:
        return {}
    others = {
        f"{field}_{number}": wording.clock(int(minutes[str(number)]))
        for number in weekdays
        if minutes.get(str(number)) not in {None, usual}
    }
    return {field: wording.clock(usual), **others}


def common(minutes: Mapping[str, Any]) -> int | None:
    """The time of most days, the earliest of equals; None if there is none."""
    values = sorted(int(value) for value in minutes.values() if value is not None)
    return max(values, key=values.count) if values else None


def refuse(found: Sequence[ServiceError], field: str) -> None:
    """Raise the first refusal that is about a time, at the field where it was typed."""
    for error in found:
        if error.field in TIME_FIELDS:
            raise Invalid(error.code, field=field, **error.facts)
