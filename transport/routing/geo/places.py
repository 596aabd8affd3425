"""Places known by name: the hand-written file, the search over it and over addresses, keeping a find."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from rapidfuzz import fuzz
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from transport.kernel.errors import Invalid, NotFound
from transport.kernel.values import Point
from transport.routing.geo.models import Place, PlaceKind
from transport.routing.geo.texts import spelt_out

COLUMNS = (
    "key", "name", "category", "address", "municipality", "district", "lat", "lon",
    "in_city", "entrance", "verified", "aliases", "source",
)  # fmt: skip
ALIKE = 72
"""Below this likeness (0 to 100) a known place is not shown: it would only be noise among the addresses."""
SURE = 88
"""From this likeness on a known place stands above the addresses, below it after them."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One find of a search.

    `place_id` is set when the service already keeps the place; `ruian` is the register's code of an address.
    `precise` is False for a street without a house number: good to show, not good enough to drive to.
    """

    name: str
    address: str
    municipality: str
    point: Point
    place_id: int | None = None
    ruian: int | None = None
    precise: bool = True
    district: str = ""
    source: str = ""


class Addresses(Protocol):
    """A register of addresses that can be searched (the gazetteer, a geocoder, both, none)."""

    def find(self, text: str, limit: int) -> list[Hit]:
        """The best finds first; empty when nothing is alike."""


def load(path: Path) -> list[Place]:
    """Read the known places of a city; raises Invalid naming file, line and column."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise NotFound("places.file_missing", file=str(path)) from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise Invalid("places.not_utf8", file=path.name, line=line) from error
    rows = csv.DictReader(text.splitlines(), strict=True)
    missing = [column for column in COLUMNS if column not in (rows.fieldnames or ())]
    if missing:
        raise Invalid("places.column_missing", file=path.name, line=1, column=missing[0])
    places: dict[str, Place] = {}
    for line, row in _numbered(rows, path.name):
        place = _place(row, path.name, line)
        if place.key in places:
            raise Invalid("places.key_twice", file=path.name, line=line, column="key", value=place.key)
        places[str(place.key)] = place
    return list(places.values())


def seed(session: Session, path: Path) -> int:
    """Bring the known places into the database; rows are recognised by key, so it may be repeated.

    An entrance that somebody has verified is not overwritten. Returns the number of places in the file.
    """
    known = {place.key: place for place in session.exec(select(Place).where(Place.kind == PlaceKind.KNOWN))}
    fresh = load(path)
    for place in fresh:
        old = known.get(place.key)
        if old is None:
            session.add(place)
            continue
        keep = {"entrance", "verified"} if old.verified else set()
        for column in set(COLUMNS) - {"key"} - keep:
            setattr(old, column, getattr(place, column))
        session.add(old)
    session.flush()
    return len(fresh)


def search(session: Session, addresses: Addresses | None, text: str, limit: int = 10) -> list[Hit]:
    """Places and addresses for what somebody typed: known names and aliases first, then addresses.

    Accents, capitals, abbreviations and small slips do not matter. An empty text finds nothing.
    """
    wanted = spelt_out(text)
    if not wanted:
        return []
    known = select(Place).where(Place.kind == PlaceKind.KNOWN)
    scored = [(_likeness(wanted, place), place) for place in session.exec(known)]
    alike = sorted((pair for pair in scored if pair[0] >= ALIKE), key=lambda pair: (-pair[0], pair[1].name))
    found = _recognised(session, addresses.find(text, limit)) if addresses else []
    if found:  # a street's anchor gives way to the street's own houses
        alike = [pair for pair in alike if pair[1].category != "street"]
    sure = [_hit(place) for likeness, place in alike if likeness >= SURE]
    unsure = [_hit(place) for likeness, place in alike if likeness < SURE]
    return [*sure, *found, *unsure][:limit]


def of_place(session: Session, place_id: int) -> Hit:
    """A place we keep, as a find; NotFound("place")."""
    place = session.get(Place, place_id)
    if place is None:
        raise NotFound("place", id=place_id)
    return _hit(place)


def keep(session: Session, hit: Hit) -> Place:
    """The place of a find, made if it is not known yet; raises Invalid if the find has no house number."""
    if hit.place_id is not None:
        place = session.get(Place, hit.place_id)
        if place is None:
            raise NotFound("place", id=hit.place_id)
        return place
    if not hit.precise:
        raise Invalid("place.house_number_missing", field="address", address=hit.address)
    same = _same(session, hit)
    if same is not None:
        return same
    in_city = session.exec(
        select(Place.id).where(col(Place.in_city), Place.municipality == hit.municipality).limit(1)
    ).first()
    place = Place(
        kind=PlaceKind.ADDRESS,
        name=hit.name,
        category="address",
        address=hit.address,
        municipality=hit.municipality,
        district=hit.district,
        lat=hit.point.lat,
        lon=hit.point.lon,
        in_city=in_city is not None,
        ruian=hit.ruian,
        source=hit.source,
    )
    try:
        with session.begin_nested():
            session.add(place)
    except IntegrityError:  # somebody else kept the same address a moment ago
        same = _same(session, hit)
        if same is None:
            raise
        return same
    return place


def _same(session: Session, hit: Hit) -> Place | None:
    if hit.ruian is not None:
        return session.exec(select(Place).where(Place.ruian == hit.ruian)).first()
    return session.exec(
        select(Place).where(
            Place.kind == PlaceKind.ADDRESS,
            Place.address == hit.address,
            Place.lat == hit.point.lat,
            Place.lon == hit.point.lon,
        )
    ).first()


def _numbered(rows: csv.DictReader[str], file: str) -> Iterator[tuple[int, dict[str, str | None]]]:
    line = 1
    try:
        for row in rows:
            line = rows.line_num
            if None in row:
                raise Invalid("places.broken", file=file, line=line, reason="too many columns")
            yield line, row
    except csv.Error as error:
        raise Invalid("places.broken", file=file, line=line + 1, reason=str(error)) from error


def _place(row: dict[str, str | None], file: str, line: int) -> Place:
    def text(column: str, *, needed: bool = True) -> str:
        value = row[column]
        if value is None or (needed and not value.strip()):
            raise Invalid("places.value_missing", file=file, line=line, column=column)
        return value.strip()

    def degrees(column: str, low: float, high: float) -> float:
        value = text(column)
        try:
            number = float(value)
        except ValueError:
            number = float("nan")
        if not low <= number <= high:
            raise Invalid("places.value_broken", file=file, line=line, column=column, value=value)
        return number

    def flag(column: str) -> bool:
        value = text(column)
        if value not in {"yes", "no"}:
            raise Invalid("places.value_broken", file=file, line=line, column=column, value=value)
        return value == "yes"

    return Place(
        kind=PlaceKind.KNOWN,
        key=text("key"),
        name=text("name"),
        category=text("category"),
        address=text("address"),
        municipality=text("municipality"),
        district=text("district", needed=False),
        lat=degrees("lat", -90, 90),
        lon=degrees("lon", -180, 180),
        in_city=flag("in_city"),
        entrance=text("entrance", needed=False),
        verified=flag("verified"),
        aliases=text("aliases", needed=False),
        source=text("source"),
    )


def _likeness(wanted: str, place: Place) -> float:
    names = [place.name, *filter(None, place.aliases.split("|"))]
    best = 0.0
    for k, name in enumerate(names):
        known = spelt_out(name)
        if known == wanted:
            return 101 - k / 100
        if known.startswith(wanted):
            best = max(best, 96 - k / 100)
        elif len(wanted) >= 4 and f" {wanted}" in f" {known}":
            best = max(best, 92 - k / 100)
        best = max(best, 0.9 * fuzz.ratio(wanted, known), 0.88 * fuzz.token_sort_ratio(wanted, known))
    here = spelt_out(f"{place.name} {place.address} {place.aliases}")
    said, there = wanted.split(), here.split()
    by_word = sum(max(fuzz.ratio(word, other) for other in there) for word in said) / len(said)
    return max(best, 0.87 * by_word) if len(wanted) >= 4 else best


def _hit(place: Place) -> Hit:
    return Hit(
        name=place.name,
        address=place.address,
        municipality=place.municipality,
        point=place.point,
        place_id=place.id,
        ruian=place.ruian,
        district=place.district,
        source=place.source,
    )


def _recognised(session: Session, found: list[Hit]) -> list[Hit]:
    codes = [hit.ruian for hit in found if hit.ruian is not None]
    kept = dict(session.exec(select(Place.ruian, Place.id).where(col(Place.ruian).in_(codes))).all())
    return [replace(hit, place_id=kept.get(hit.ruian)) for hit in found]
