"""What people type into the forms of these doors, and lists as files."""

import csv
import io
import re
from collections.abc import Iterable
from datetime import date, datetime

from fastapi.responses import Response

from transport.api.client import spoken
from transport.api.forms import Fields, one
from transport.kernel.clock import at, local_day, wall, wall_seconds
from transport.kernel.errors import Invalid, NotFound
from transport.kernel.sheets import Sheet

END_OF_DAY = 24 * 60
SEPARATORS = "\t;,"
LONGEST = 200_000
"""Characters of a list; the shifts of a year of a large fleet are fewer."""


def day(data: Fields, name: str, now: datetime) -> date:
    """The day in a field, as people write it."""
    if not one(data, name):
        raise Invalid("book.day_missing", field=name)
    found = spoken.day_named(one(data, name), local_day(now))
    if found is None:
        raise Invalid("book.day_unclear", field=name)
    return found


def day_or_none(data: Fields, name: str, now: datetime) -> date | None:
    """The day in a field that may stay empty."""
    return day(data, name, now) if one(data, name) else None


def second(data: Fields, name: str, on: date) -> int:
    """The time in a field, as a second of the day; 24:00 is its end."""
    text = one(data, name)
    if not text:
        raise Invalid("book.time_missing", field=name)
    found = (24, 0) if text in {"24", "24:00"} else spoken.time_of_day(text)
    if found is None:
        raise Invalid("book.time_unclear", field=name)
    return wall_seconds(on, *found)


def instant(data: Fields, name: str, now: datetime) -> datetime:
    """A day and a time in the fields `name` and `name_time`; without a time its midnight."""
    on = day(data, name, now)
    return at(on, second(data, f"{name}_time", on) if one(data, f"{name}_time") else 0)


def number(data: Fields, name: str, otherwise: int | None = None) -> int:
    """A whole number in a field; `otherwise` if it is empty."""
    text = one(data, name)
    if not text and otherwise is not None:
        return otherwise
    if not (text.isascii() and text.isdecimal() and len(text) < 8):
        raise Invalid("fleet.number_missing", field=name)
    return int(text)


def shown_day(on: date | None) -> str:
    """A day as it stands in a field."""
    return "" if on is None else f"{on.day}. {on.month}. {on.year}"


def shown_time(on: date, seconds: int) -> str:
    """A second of the day as it stands in a field."""
    there = wall(on, seconds)
    return "24:00" if there.date() > on else f"{there:%-H:%M}"


def asked_day(text: str, otherwise: date) -> date:
    """The day in a question of an address; NotFound("page") if it is none."""
    if not text:
        return otherwise
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise NotFound("page") from None
    if found.year not in range(2020, 2100):
        raise NotFound("page")
    return found


def as_csv(name: str, rows: Iterable[Iterable[object]]) -> Response:
    """A list as a file for a spreadsheet: UTF-8 with a mark, parted by semicolons."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response("\ufeff" + text.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


def pasted(text: str) -> Sheet:
    """A list copied from a spreadsheet: the first line are headings."""
    if len(text) > LONGEST:
        raise Invalid("sheet.too_long", field="rows", most=LONGEST)
    lines = text.lstrip("\ufeff").splitlines()
    first = next((line for line in lines if line.strip()), "")
    separator = max(SEPARATORS, key=first.count)
    read = [
        (number, tuple(cell.strip() for cell in cells))
        for number, cells in enumerate(csv.reader(lines, delimiter=separator), 1)
        if any(cell.strip() for cell in cells)
    ]
    if len(read) < 2:
        raise Invalid("sheet.nothing", field="rows")
    return Sheet(read[0][1], tuple(read[1:]))


def _harmless(cell: object) -> object:
    """A cell that a spreadsheet would compute is written as words."""
    return f"'{cell}" if isinstance(cell, str) and re.match(r"[=+\-@\t]", cell) else cell
