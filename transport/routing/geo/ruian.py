"""Reading the Czech register of addresses (RÚIAN) as it is published.

One CSV per municipality: windows-1250, semicolons, S-JTSK (EPSG:5514) with both coordinates written positive and
in the order Y, X. `.csv` or `.csv.gz`.
"""

from __future__ import annotations

import csv
import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

import numpy as np
from pyproj import Transformer

from transport.kernel.errors import Invalid, NotFound

ENCODING = "cp1250"
CODE, MUNICIPALITY, PART, STREET = "Kód ADM", "Název obce", "Název části obce", "Název ulice"
KIND, HOUSE, NUMBER, LETTER = "Typ SO", "Číslo domovní", "Číslo orientační", "Znak čísla orientačního"
POSTCODE, Y, X = "PSČ", "Souřadnice Y", "Souřadnice X"
COLUMNS = (CODE, MUNICIPALITY, PART, STREET, KIND, HOUSE, NUMBER, LETTER, POSTCODE, Y, X)
KINDS = {"č.p.": True, "č.ev.": False}
COUNTRY = (48.4, 51.2, 12.0, 19.0)  # lat from, to, lon from, to: a position outside is a broken row
BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Address:
    """One address point. `registered` tells č.p. from č.ev. (weekend houses); `number` is what callers say."""

    code: int
    municipality: str
    part: str
    street: str
    registered: bool
    house: int
    number: int | None
    letter: str
    postcode: str
    lat: float
    lon: float


@dataclass(slots=True)
class _Row:
    line: int
    cells: dict[str, str]
    x: float
    y: float


def read(file: Path) -> Iterator[list[Address]]:
    """The addresses of one file in batches; points without a position are left out.

    Raises NotFound or Invalid naming the file, the line and the column.
    """
    to_wgs84 = Transformer.from_crs("EPSG:5514", "EPSG:4326", always_xy=True)
    batch: list[_Row] = []
    for line, cells in _rows(file):
        if not cells[X] or not cells[Y]:
            continue
        batch.append(_Row(line, cells, -_number(cells, Y, file, line), -_number(cells, X, file, line)))
        if len(batch) == BATCH:
            yield _addresses(batch, to_wgs84, file)
            batch = []
    if batch:
        yield _addresses(batch, to_wgs84, file)


def _rows(file: Path) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        with _open(file) as raw:
            lines = csv.reader(_decoded(raw, file), delimiter=";")
            header = next(lines, [])
            _check_header(header, file)
            for cells in lines:
                if len(cells) != len(header):
                    column = header[min(len(cells), len(header) - 1)]
                    raise Invalid("addresses.row_broken", file=file.name, line=lines.line_num, column=column)
                yield lines.line_num, dict(zip(header, cells, strict=True))
    except FileNotFoundError as error:
        raise NotFound("geo.file_missing", file=str(file)) from error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise Invalid("addresses.gzip_broken", file=file.name, reason=str(error)) from error
    except OSError as error:
        raise Invalid("geo.file_unreadable", file=str(file), reason=error.strerror) from error


def _open(file: Path) -> IO[bytes]:
    with file.open("rb") as probe:
        packed = probe.read(2) == b"\x1f\x8b"
    return cast("IO[bytes]", gzip.open(file, "rb")) if packed else file.open("rb")


def _decoded(raw: IO[bytes], file: Path) -> Iterator[str]:
    for line, content in enumerate(raw, start=1):
        try:
            yield content.decode(ENCODING)
        except UnicodeDecodeError as error:
            raise Invalid("addresses.encoding", file=file.name, line=line, expected="windows-1250") from error


def _check_header(header: list[str], file: Path) -> None:
    missing = [column for column in COLUMNS if column not in header]
    if not missing:
        return
    # the commonest mistake: somebody has opened the file and saved it as UTF-8
    as_utf8 = ";".join(header).encode(ENCODING, "replace").decode("utf-8", "replace")
    if missing[0] in as_utf8:
        raise Invalid("addresses.encoding", file=file.name, line=1, expected="windows-1250")
    raise Invalid("addresses.column_missing", file=file.name, line=1, column=missing[0])


def _number(cells: dict[str, str], column: str, file: Path, line: int) -> float:
    try:
        return float(cells[column])
    except ValueError as error:
        raise Invalid(
            "addresses.value_broken", file=file.name, line=line, column=column, value=cells[column]
        ) from error


def _whole(cells: dict[str, str], column: str, file: Path, line: int) -> int:
    try:
        return int(cells[column])
    except ValueError as error:
        raise Invalid(
            "addresses.value_broken", file=file.name, line=line, column=column, value=cells[column]
        ) from error


def _addresses(batch: list[_Row], to_wgs84: Transformer, file: Path) -> list[Address]:
    lon, lat = to_wgs84.transform(np.array([row.x for row in batch]), np.array([row.y for row in batch]))
    south, north, west, east = COUNTRY
    result: list[Address] = []
    for row, at_lat, at_lon in zip(batch, lat.tolist(), lon.tolist(), strict=True):
        cells = row.cells
        if not (south <= at_lat <= north and west <= at_lon <= east):
            raise Invalid(
                "addresses.value_broken", file=file.name, line=row.line, column=Y, value=cells[Y] + " / " + cells[X]
            )
        if cells[KIND] not in KINDS:
            raise Invalid("addresses.value_broken", file=file.name, line=row.line, column=KIND, value=cells[KIND])
        result.append(
            Address(
                code=_whole(cells, CODE, file, row.line),
                municipality=cells[MUNICIPALITY],
                part=cells[PART],
                street=cells[STREET],
                registered=KINDS[cells[KIND]],
                house=_whole(cells, HOUSE, file, row.line),
                number=_whole(cells, NUMBER, file, row.line) if cells[NUMBER] else None,
                letter=cells[LETTER].lower(),
                postcode=cells[POSTCODE],
                lat=round(at_lat, 6),
                lon=round(at_lon, 6),
            )
        )
    return result
