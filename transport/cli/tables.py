"""Files of lists: CSV as spreadsheets write it (`;` or `,`, UTF-8 or Central European Windows), and .xlsx."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from pathlib import Path

from transport.kernel.errors import Invalid, NotFound
from transport.kernel.sheets import Sheet

LARGEST = 50_000_000
"""Bytes: a list of a whole city has far fewer."""

SEPARATORS = ";,\t"

_Rows = Iterator[tuple[int, list[str]]]


def load(path: Path) -> Sheet:
    """The list in a file. Raises NotFound("table.file_missing") or Invalid saying what is wrong with the file."""
    try:
        if path.stat().st_size > LARGEST:
            raise Invalid("table.too_large", file=path.name, most=LARGEST // 1_000_000)
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise NotFound("table.file_missing", file=str(path)) from error
    except OSError as error:
        raise Invalid("table.unreadable", file=path.name) from error
    rows = _of_workbook(data, path.name) if path.suffix.casefold() == ".xlsx" else _of_text(data, path.name)
    filled = [(number, cells) for number, cells in rows if any(cells)]
    if len(filled) < 2:
        raise Invalid("table.empty", file=path.name)
    return Sheet(tuple(filled[0][1]), tuple((number, tuple(cells)) for number, cells in filled[1:]))


def _of_text(data: bytes, file: str) -> _Rows:
    text = _decoded(data, file)
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(SEPARATORS, key=first.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 0
    try:
        for number, cells in enumerate(rows, 1):
            yield number, [cell.strip() for cell in cells]
    except csv.Error as error:
        raise Invalid("table.row_broken", file=file, row=number + 1) from error


def _decoded(data: bytes, file: str) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        if _nearly_utf8(data):
            raise Invalid("table.bytes_broken", file=file, row=line) from error
        try:
            text = data.decode("cp1250")
        except UnicodeDecodeError as fault:
            line = data[: fault.start].count(b"\n") + 1
            raise Invalid("table.bytes_broken", file=file, row=line) from fault
    if "\0" in text:
        raise Invalid("table.bytes_broken", file=file, row=text[: text.index("\0")].count("\n") + 1)
    return text


def _nearly_utf8(data: bytes) -> bool:
    """Whether more letters are whole than broken when read as UTF-8: then it is a damaged file, not another code."""
    read = data.decode("utf-8", errors="replace")
    broken = read.count("\ufffd")
    return sum(not letter.isascii() for letter in read) - broken > broken


def _of_workbook(data: bytes, file: str) -> _Rows:
    try:
        import openpyxl  # noqa: PLC0415 - only who brings a workbook needs it
        from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise Invalid("table.no_workbooks", file=file) from error
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
        rows: Iterable[tuple[object, ...]] = book.worksheets[0].iter_rows(values_only=True)
        for number, cells in enumerate(rows, 1):
            yield number, [_shown(cell) for cell in cells]
    except (InvalidFileException, zipfile.BadZipFile, KeyError, IndexError, ValueError) as error:
        raise Invalid("table.workbook_broken", file=file) from error


def _shown(cell: object) -> str:
    """A cell of a workbook as one would type it: days as 2026-11-26, times as 7:30, whole numbers without a point."""
    match cell:
        case None:
            return ""
        case bool():
            return "ano" if cell else "ne"
        case datetime():
            return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
        case date():
            return cell.isoformat()
        case time():
            return f"{cell:%H:%M}"
        case float() if cell.is_integer():
            return str(int(cell))
    return str(cell).strip()
