"""The offline register of addresses: searched by what people type, in a file of its own.

Streets are found by full-text prefixes, with the words first mended against all words the register knows; then
ranked by likeness; then the house number is looked up in the best streets. It stands beside the database of the
service, whichever that is.
"""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from rapidfuzz import fuzz, process

from transport.kernel.errors import Invalid
from transport.kernel.values import Point
from transport.routing.geo.places import Hit
from transport.routing.geo.texts import HouseNumber, spelt_out, split_number

FILE = "gazetteer.sqlite"
SOURCE = "RÚIAN, ČÚZK"
CANDIDATES = 80
DEEP = 12  # so many of the best streets are searched for the house number
ALIKE = 70  # below this likeness (0 to 100) a street is not what was meant
BEHIND = 15  # what is so much less alike than the best find is noise beside it
SILENT_WORDS = frozenset({"trida", "namesti", "ulice", "nabrezi", "alej", "sady", "na", "u", "v", "k", "pod", "nad"})


@dataclass(frozen=True, slots=True)
class _Street:
    id: int
    name: str
    municipality: str
    part: str
    words: tuple[str, ...]
    around: tuple[str, ...]
    size: float
    point: Point


class Gazetteer:
    """The search over a built file. Until one is built it finds nothing; a newly built one is noticed at once.

    Safe to share between threads.
    """

    def __init__(self, path: Path) -> None:
        """Search in this file."""
        self._path = path
        self._lock = Lock()
        self._state: tuple[int, int] | None = None
        self._database: sqlite3.Connection | None = None

    def close(self) -> None:
        """Let go of the file; the next search opens it again."""
        with self._lock:
            if self._database is not None:
                self._database.close()
            self._database = None

    def __len__(self) -> int:
        """How many addresses there are."""
        with self._lock:
            database = self._open()
            return 0 if database is None else int(database.execute("SELECT count(*) FROM address").fetchone()[0])

    def find(self, text: str, limit: int = 10) -> list[Hit]:
        """The best finds first; streets are `precise=False`, as nobody can be picked up at a whole street."""
        name, number = split_number(text)
        wanted = spelt_out(name).split()
        if not wanted or limit < 1:
            return []
        with self._lock:
            database = self._open()
            if database is None:
                return []
            try:
                return self._find(database, wanted, number)[:limit]
            except sqlite3.DatabaseError as error:
                raise Invalid("gazetteer.broken", file=self._path.name, reason=str(error)) from error

    def _find(self, database: sqlite3.Connection, wanted: list[str], number: HouseNumber | None) -> list[Hit]:
        scored = [(self._likeness(wanted, street), street) for street in self._candidates(database, wanted)]
        least = max(ALIKE, max((likeness for likeness, _ in scored), default=0.0) - BEHIND)
        best = sorted((pair for pair in scored if pair[0] >= least), key=lambda pair: -pair[0])
        if number is None:
            return [_of_street(street) for _, street in best]
        doors: list[tuple[float, int, Hit]] = []
        for likeness, street in best[:DEEP]:
            found = _doors(database, street, number)
            doors.extend((likeness - away, len(doors), hit) for away, hit in found)
            if not found:
                doors.append((likeness - 25, len(doors), _of_street(street)))
        return [hit for _, _, hit in sorted(doors, key=lambda door: (-door[0], door[1]))]

    def _candidates(self, database: sqlite3.Connection, wanted: list[str]) -> list[_Street]:
        groups = [self._forms(word) for word in wanted]
        found: dict[int, None] = {}
        for joint in (" AND ", " OR "):
            query = joint.join("(" + " OR ".join(f'"{form}"*' for form in forms) + ")" for forms in groups)
            statement = "SELECT rowid FROM street_words WHERE words MATCH ? ORDER BY rank LIMIT ?"
            found.update((row[0], None) for row in database.execute(statement, (query, CANDIDATES)))
            if found:
                break
        whole = process.extract(" ".join(wanted), self._plain, scorer=fuzz.ratio, limit=10, score_cutoff=ALIKE)
        found.update((street, None) for _, _, street in whole)
        return [self._streets[street] for street in found]

    def _forms(self, word: str) -> list[str]:
        forms = {word: None}
        if len(word) >= 4:
            alike = process.extract(word, self._vocabulary, scorer=fuzz.ratio, limit=6, score_cutoff=68)
            forms.update((form, None) for form, _, _ in alike)
        return list(forms)

    def _likeness(self, wanted: list[str], street: _Street) -> float:
        points, named = 0.0, 0.0
        said: set[str] = set()
        for word in wanted:
            by_name, closest = max(((_alike(word, known), known) for known in street.words), default=(0.0, ""))
            by_place = max((_alike(word, known) for known in street.around), default=0.0)
            if by_name >= by_place:
                said.add(closest)
                named = max(named, by_name)
            points += max(by_name, by_place)
        whole = fuzz.ratio(" ".join(wanted), " ".join(street.words))  # `namestirepubliky`
        if max(named, whole) < ALIKE:
            return 0.0
        unsaid = [word for word in street.words if word not in said and word not in SILENT_WORDS]
        return max(points / len(wanted) - 5 * len(unsaid), whole - 5) + street.size

    def _open(self) -> sqlite3.Connection | None:
        try:
            stat = self._path.stat()
        except FileNotFoundError:
            return None
        state = (stat.st_ino, stat.st_mtime_ns)
        if state != self._state or self._database is None:
            if self._database is not None:
                self._database.close()
            self._database = self._read()
            self._state = state
        return self._database

    def _read(self) -> sqlite3.Connection:
        database = sqlite3.connect(f"{self._path.resolve().as_uri()}?mode=ro", uri=True, check_same_thread=False)
        try:
            rows = database.execute(
                "SELECT id, name, municipality, part, plain, around, doors, lat, lon FROM street"
            ).fetchall()
        except sqlite3.DatabaseError as error:
            database.close()
            raise Invalid("gazetteer.broken", file=self._path.name, reason=str(error)) from error
        towns: dict[str, int] = {}
        for row in rows:
            towns[row[2]] = towns.get(row[2], 0) + row[6]
        home = max(towns, key=lambda town: towns[town])  # the city the register is mostly about
        self._streets = {
            row[0]: _Street(
                id=row[0],
                name=row[1],
                municipality=row[2],
                part=row[3],
                words=tuple(row[4].split()),
                around=tuple(row[5].split()),
                size=math.log10(row[6]) + (4.0 if row[2] == home else 0.0),
                point=Point(row[7], row[8]),
            )
            for row in rows
        }
        self._plain = {row[0]: row[4] for row in rows}
        known = {word for street in self._streets.values() for word in (*street.words, *street.around)}
        self._vocabulary = sorted(word for word in known if len(word) >= 3)
        return database


def _alike(said: str, known: str) -> float:
    if said == known:
        return 100.0
    if known.startswith(said):  # still typing
        return 90.0 + 8.0 * len(said) / len(known)
    return 0.95 * fuzz.ratio(said, known) if min(len(said), len(known)) >= 3 else 0.0


def _doors(database: sqlite3.Connection, street: _Street, said: HouseNumber) -> list[tuple[float, Hit]]:
    """Doors that the number may mean, each with how far it is from the plainest meaning."""
    columns = "SELECT ruian, part, registered, house, number, letter, lat, lon FROM address WHERE street = ?"
    if said.second is not None:
        rows = database.execute(f"{columns} AND house = ? AND number = ?", (street.id, said.first, said.second))
        letter = said.second_letter
    else:
        rows = database.execute(f"{columns} AND (number = ? OR house = ?)", (street.id, said.first, said.first))
        letter = said.first_letter
    found = [(_away(row, said, letter), _of_door(street, row)) for row in rows]
    if not found and said.second is None:  # still typing
        begun = database.execute(
            f"{columns} AND CAST(coalesce(number, house) AS TEXT) LIKE ? ORDER BY coalesce(number, house) LIMIT 5",
            (street.id, f"{said.first}%"),
        )
        found = [(15.0 + k / 10, _of_door(street, row)) for k, row in enumerate(begun)]
    return sorted(found, key=lambda pair: (pair[0], pair[1].ruian or 0))


def _away(row: Sequence[object], said: HouseNumber, letter: str) -> float:
    registered, house, number, written = bool(row[2]), row[3], row[4], row[5]
    if number == (said.first if said.second is None else said.second):
        return 0.0 if written == letter else 2.0
    assert house == said.first
    if number is None and registered:
        return 0.0  # a village without orientation numbers
    return 6.0 if registered else 9.0


def _of_street(street: _Street) -> Hit:
    part = street.part if street.part not in {street.name, street.municipality} else ""
    return Hit(
        name=street.name,
        address=f"{street.name}, {street.municipality}" + (f" – {part}" if part else ""),
        municipality=street.municipality,
        point=street.point,
        precise=False,
        district=street.part,
        source=SOURCE,
    )


def _of_door(street: _Street, row: Sequence[object]) -> Hit:
    code, part, registered, house, number, letter, lat, lon = row
    written = f"{house}" if registered else f"č.ev. {house}"
    if number is not None:
        written += f"/{number}{letter}"
    name = f"{street.name} {written}"
    town = street.municipality if part in {street.name, street.municipality} else f"{street.municipality} – {part}"
    return Hit(
        name=name,
        address=name if street.name == street.municipality else f"{name}, {town}",
        municipality=street.municipality,
        point=Point(float(str(lat)), float(str(lon))),
        ruian=int(str(code)),
        district=str(part),
        source=SOURCE,
    )
