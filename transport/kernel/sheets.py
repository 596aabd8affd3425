"""Lists as people keep them in a spreadsheet: words under headings, read into values, with a fault for each wrong cell.

What is in a cell may be personal, so a fault names the row and the column and never repeats the cell.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlmodel import Session

from transport.kernel.errors import Invalid, ServiceError

LONGEST_CELL = 500
"""Characters; more than this is a slip of the mouse, not a cell."""

_WRITTEN_DATE = re.compile(r"(\d{1,2})\s*[./]\s*(\d{1,2})\s*[./]\s*(\d{4})(?:\s+0?0:00(?::00)?)?")
_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ]00:00:00)?")
_EXCEL_DATE = re.compile(r"[1-9]\d{4}")
_EXCEL_EPOCH = date(1899, 12, 30)
_CLOCK = re.compile(r"(\d{1,2})[:.](\d{2})(?::00)?")
_YES = frozenset({"ano", "a", "yes", "y", "x", "1", "true"})
_NO = frozenset({"", "ne", "n", "no", "0", "false"})


@dataclass(frozen=True, slots=True)
class Sheet:
    """A list as it was read: headings, and rows with the number the spreadsheet shows beside them."""

    headings: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column that a list may have: names people give it (English first), and how a cell becomes a value.

    `needed`: every list has it and no cell of it is empty. An empty cell of another column is read too.
    """

    field: str
    names: tuple[str, ...]
    read: Callable[[str], Any]
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in which row, and in which column, as its heading stands in the file (empty: the whole row)."""

    row: int
    column: str
    error: ServiceError


@dataclass(frozen=True, slots=True)
class Row:
    """One row that is well, as values by the field of the column; columns that the list does not have are absent."""

    number: int
    values: Mapping[str, Any]

    def __getitem__(self, field: str) -> Any:  # noqa: ANN401 - whatever the column reads
        """The value of a field that every list has."""
        return self.values[field]

    def get(self, field: str, otherwise: Any = None) -> Any:  # noqa: ANN401 - whatever the column reads
        """The value of a field, or `otherwise` if the list does not have the column."""
        return self.values.get(field, otherwise)


@dataclass(frozen=True, slots=True)
class Batch:
    """A list after reading: the rows that are well, the faults of the others, headings nobody knows."""

    rows: tuple[Row, ...]
    faults: tuple[Fault, ...]
    headings: Mapping[str, str]
    """Field of a column to its heading in the file."""
    unknown: tuple[str, ...]

    def fault(self, row: Row, error: ServiceError) -> Fault:
        """A refusal of a whole row, under the heading of the field it is about."""
        return Fault(row.number, self.headings.get(error.field or "", ""), error)

    def without(self, faults: Sequence[Fault]) -> "Batch":
        """The same list with more faults; rows that have one are not well."""
        wrong = {fault.row for fault in faults}
        rows = tuple(row for row in self.rows if row.number not in wrong)
        return Batch(rows, (*self.faults, *faults), self.headings, self.unknown)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a list: rows that are new, rows known before (left as they are), faults of the rest."""

    added: int
    known: int
    faults: tuple[Fault, ...]
    unknown: tuple[str, ...]


def read(sheet: Sheet, columns: Sequence[Column]) -> Batch:
    """Every row as values, or its faults. Raises Invalid for a list without the needed columns, or with one twice."""
    wanted = {heading(name): column for column in columns for name in column.names}
    where: dict[str, int] = {}
    unknown = []
    for at, written in enumerate(sheet.headings):
        column = wanted.get(heading(written))
        if column is None:
            unknown += [written] if written.strip() else []
        elif column.field in where:
            raise Invalid("sheet.column_twice", column=written)
        else:
            where[column.field] = at
    for column in columns:
        if column.needed and column.field not in where:
            raise Invalid("sheet.column_missing", column=" / ".join(column.names))
    headings = {field: sheet.headings[at] for field, at in where.items()}
    rows, faults = [], []
    present = [column for column in columns if column.field in where]
    for number, cells in sheet.rows:
        values, wrong = {}, []
        for column in present:
            cell = cells[where[column.field]] if where[column.field] < len(cells) else ""
            try:
                values[column.field] = _value(column, cell)
            except Invalid as error:
                wrong.append(Fault(number, headings[column.field], error))
        faults += wrong
        if not wrong:
            rows.append(Row(number, values))
    return Batch(tuple(rows), tuple(faults), headings, tuple(unknown))


def bring(session: Session, batch: Batch, write: Callable[[Row], bool]) -> Outcome:
    """Write row by row: `write` says whether the row was new. A refused row leaves nothing behind but its fault."""
    added, known, faults = 0, 0, list(batch.faults)
    for row in batch.rows:
        try:
            with session.begin_nested():
                new = write(row)
        except ServiceError as error:
            faults.append(batch.fault(row, error))
        else:
            added, known = added + new, known + (not new)
    return Outcome(added, known, tuple(sorted(faults, key=lambda fault: fault.row)), batch.unknown)


def doubles(batch: Batch, key: Callable[[Row], object]) -> list[Fault]:
    """A fault for each row whose key (None: has none) stands in an earlier row of the same list."""
    first: dict[object, int] = {}
    faults = []
    for row in batch.rows:
        found = key(row)
        if found is not None and first.setdefault(found, row.number) != row.number:
            faults.append(batch.fault(row, Invalid("sheet.row_twice", first=first[found])))
    return faults


def heading(text: str) -> str:
    """A heading or a word of a list without capitals, diacritics and signs: `Datum narození:` is `datum narozeni`."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(re.findall(r"[a-z0-9]+", bare))


def text(most: int) -> Callable[[str], str]:
    """A cell of words, at most so many characters."""

    def words(cell: str) -> str:
        if len(cell) > most:
            raise Invalid("sheet.text_too_long", most=most)
        return cell

    return words


def day(cell: str) -> date | None:
    """`26. 11. 2026`, `2026-11-26`, or the number by which spreadsheets count days; None for an empty cell."""
    if not cell:
        return None
    try:
        if written := _WRITTEN_DATE.fullmatch(cell):
            return date(int(written[3]), int(written[2]), int(written[1]))
        if iso := _ISO_DATE.fullmatch(cell):
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
    except ValueError as error:
        raise Invalid("sheet.date_unclear") from error
    if _EXCEL_DATE.fullmatch(cell):
        return _EXCEL_EPOCH + timedelta(days=int(cell))
    raise Invalid("sheet.date_unclear")


def minute(cell: str) -> int | None:
    """`7:30` as minutes of the wall clock; None for an empty cell."""
    if not cell:
        return None
    clock = _CLOCK.fullmatch(cell)
    if clock is None or int(clock[1]) > 23 or int(clock[2]) > 59:
        raise Invalid("sheet.time_unclear")
    return int(clock[1]) * 60 + int(clock[2])


def whole(low: int, high: int) -> Callable[[str], int | None]:
    """A whole number within limits; None for an empty cell."""

    def number(cell: str) -> int | None:
        if not cell:
            return None
        if not re.fullmatch(r"\d{1,9}", cell) or not low <= int(cell) <= high:
            raise Invalid("sheet.number_unclear", low=low, high=high)
        return int(cell)

    return number


def degrees(cell: str) -> float | None:
    """A coordinate in degrees, with a decimal point or comma; None for an empty cell."""
    if not cell:
        return None
    if not re.fullmatch(r"-?\d{1,3}([.,]\d{1,12})?", cell):
        raise Invalid("sheet.degrees_unclear")
    return float(cell.replace(",", "."))


def flag(cell: str) -> bool:
    """`ano` or `ne`, `yes` or `no`, a cross; an empty cell is no."""
    word = heading(cell)
    if word not in _YES | _NO:
        raise Invalid("sheet.flag_unclear")
    return word in _YES


def choice(words: Mapping[str, Any]) -> Callable[[str], Any]:
    """One of some words (capitals and diacritics do not matter), as what it stands for; None for an empty cell."""
    plain = {heading(word): value for word, value in words.items()}

    def chosen(cell: str) -> Any:  # noqa: ANN401 - whatever the word stands for
        if not cell:
            return None
        if heading(cell) not in plain:
            raise Invalid("sheet.word_unknown", words=_shown(words))
        return plain[heading(cell)]

    return chosen


def _shown(words: Collection[str]) -> str:
    return ", ".join(f"“{word}”" for word in words)


def _value(column: Column, written: str) -> Any:  # noqa: ANN401 - whatever the column reads
    cell = " ".join(written.split())
    if len(cell) > LONGEST_CELL:
        raise Invalid("sheet.text_too_long", most=LONGEST_CELL)
    if cell.startswith("="):
        raise Invalid("sheet.formula")
    if column.needed and not cell:
        raise Invalid("sheet.value_missing")
    return column.read(cell)
