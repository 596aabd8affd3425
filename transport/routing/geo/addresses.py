"""Building the gazetteer's file from the published register of addresses, whole or not at all."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from transport.kernel.errors import Invalid
from transport.routing.geo import ruian
from transport.routing.geo.progress import Progress, silent
from transport.routing.geo.texts import spelt_out, words

SCHEMA = """
CREATE TABLE street (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, named INTEGER NOT NULL, municipality TEXT NOT NULL,
    part TEXT NOT NULL, plain TEXT NOT NULL, around TEXT NOT NULL, doors INTEGER NOT NULL,
    lat REAL NOT NULL, lon REAL NOT NULL
);
CREATE TABLE address (
    ruian INTEGER PRIMARY KEY, street INTEGER NOT NULL REFERENCES street, part TEXT NOT NULL,
    registered INTEGER NOT NULL, house INTEGER NOT NULL, number INTEGER, letter TEXT NOT NULL,
    lat REAL NOT NULL, lon REAL NOT NULL
);
CREATE VIRTUAL TABLE street_words USING fts5(words, tokenize = "unicode61 remove_diacritics 2", prefix = "2 3");
"""


def build(files: Sequence[Path], path: Path, progress: Progress = silent) -> int:
    """Make the gazetteer anew from RÚIAN files; returns the number of addresses.

    The old one stays until the new one is complete. Raises NotFound or Invalid naming file, line and column.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.part")
    draft.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(draft)) as database:
            database.execute("PRAGMA journal_mode = OFF")
            database.execute("PRAGMA synchronous = OFF")
            database.executescript(SCHEMA)
            count = _fill(database, files, progress)
            database.commit()
        if not count:
            raise Invalid("addresses.empty", file=", ".join(file.name for file in files))
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return count


def _fill(database: sqlite3.Connection, files: Sequence[Path], progress: Progress) -> int:
    streets: dict[tuple[str, str, bool], int] = {}
    parts: dict[int, dict[str, int]] = {}
    done = 0
    for file in files:
        for batch in ruian.read(file):
            rows = []
            for each in batch:
                key = (each.municipality, each.street or each.part, bool(each.street))
                street = streets.setdefault(key, len(streets) + 1)
                counted = parts.setdefault(street, {})
                counted[each.part] = counted.get(each.part, 0) + 1
                rows.append(
                    (
                        each.code,
                        street,
                        each.part,
                        each.registered,
                        each.house,
                        each.number,
                        each.letter,
                        each.lat,
                        each.lon,
                    )
                )
            database.executemany("INSERT OR REPLACE INTO address VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
            done += len(rows)
            progress("addresses", done)
    database.execute("CREATE INDEX address_number ON address (street, number)")
    database.execute("CREATE INDEX address_house ON address (street, house)")
    middles = {
        row[0]: row[1:]
        for row in database.execute("SELECT street, count(*), avg(lat), avg(lon) FROM address GROUP BY street")
    }
    for (municipality, name, named), street in streets.items():
        counted = parts[street]
        around = spelt_out(" ".join([municipality, *counted]))
        plain = spelt_out(name)
        doors, lat, lon = middles[street]
        main = max(counted, key=lambda part: counted[part])
        database.execute(
            "INSERT INTO street VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (street, name, named, municipality, main, plain, around, doors, lat, lon),
        )
        both = " ".join([plain, *words(name), around])  # the register writes `Gen. Lišky`, people say it in full
        database.execute("INSERT INTO street_words (rowid, words) VALUES (?, ?)", (street, both))
    return int(database.execute("SELECT count(*) FROM address").fetchone()[0])
