"""What the service remembers about places, and about the versions of its travel times."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from transport.kernel.db import UtcDateTime, one_of
from transport.kernel.values import Point


class PlaceKind(StrEnum):
    """Why a place is remembered."""

    KNOWN = "known"  # comes with the service: a hospital, an office, the middle of a street
    ADDRESS = "address"  # kept because somebody ordered a ride from or to it


class TravelKind(StrEnum):
    """What travel times are computed from."""

    AIR_LINE = "air_line"
    ROADS = "roads"


class Place(SQLModel, table=True):
    """A point where a vehicle may stop, with what a driver needs to find the door.

    `key` names a known place in `places.csv` for ever; `ruian` is the code of an address point in the Czech
    register of addresses. `verified`: somebody has seen the entrance. `aliases` are separated by `|`.
    """

    __tablename__ = "place"
    __table_args__ = (
        CheckConstraint("lat BETWEEN -90 AND 90", name="lat"),
        CheckConstraint("lon BETWEEN -180 AND 180", name="lon"),
        CheckConstraint("kind <> 'known' OR key IS NOT NULL", name="known_has_key"),
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: PlaceKind = Field(sa_type=one_of(PlaceKind), index=True)
    key: str | None = Field(default=None, unique=True, max_length=60)
    name: str = Field(max_length=200)
    category: str = Field(max_length=30)
    address: str = Field(max_length=300)
    municipality: str = Field(max_length=100)
    district: str = Field(default="", max_length=100)
    lat: float
    lon: float
    in_city: bool
    entrance: str = Field(default="", max_length=300)
    verified: bool = False
    ruian: int | None = Field(default=None, unique=True)
    source: str = Field(max_length=200)
    aliases: str = Field(default="", max_length=500)

    @property
    def point(self) -> Point:
        """Where it is (WGS84)."""
        return Point(self.lat, self.lon)


class PlaceClosure(SQLModel, table=True):
    """Nobody can be brought to a place on these days (both included); `moved_to_id` is where it is meanwhile."""

    __tablename__ = "place_closure"

    id: int | None = Field(default=None, primary_key=True)
    place_id: int = Field(foreign_key="place.id", index=True)
    first: date
    last: date | None = None
    moved_to_id: int | None = Field(default=None, foreign_key="place.id")
    reason: str = Field(max_length=160)
    recorded_at: datetime = Field(sa_type=UtcDateTime)


class PlaceHours(SQLModel, table=True):
    """When a place lets people in on a weekday (1 Monday to 7), in minutes of the wall clock; no row: always."""

    __tablename__ = "place_hours"

    id: int | None = Field(default=None, primary_key=True)
    place_id: int = Field(foreign_key="place.id", index=True)
    weekday: int
    opens: int
    closes: int


class TravelVersion(SQLModel, table=True):
    """One state of the travel times.

    A service day pins one, so that offers, search and judge count with the same numbers.
    `digest` identifies the content, `file` is a name inside the geo directory, `parameters` are JSON.
    """

    __tablename__ = "travel_version"
    __table_args__ = (CheckConstraint("kind <> 'roads' OR file IS NOT NULL", name="roads_have_file"),)

    id: int | None = Field(default=None, primary_key=True)
    kind: TravelKind = Field(sa_type=one_of(TravelKind))
    label: str = Field(max_length=200)
    digest: str = Field(unique=True, max_length=64)
    file: str | None = Field(default=None, max_length=200)
    parameters: str = "{}"
    imported_at: datetime = Field(sa_type=UtcDateTime)
