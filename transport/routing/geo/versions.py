"""Versions of travel times: registered once, never changed, opened by whoever computes with them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from transport.kernel.errors import Invalid, NotFound
from transport.routing.geo.models import TravelKind, TravelVersion
from transport.routing.geo.network import Network, build
from transport.routing.geo.osm import read_streets
from transport.routing.geo.progress import Progress, silent
from transport.routing.geo.roads import Roads
from transport.routing.geo.travel import AirLine, Cached

REVISION = 1
"""Part of every digest; raised when speeds or the file's meaning change, so that a re-import counts."""

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class BuiltRoads:
    """A road network ready in the geo directory, to be registered: its origin and its size."""

    label: str
    digest: str
    file: str
    crossings: int
    stretches: int


def build_roads(source: Path, geo_dir: Path, progress: Progress = silent) -> BuiltRoads:
    """Make the network file of an `.osm.pbf`; one already made from the same content is used again.

    Touches no database, as it takes long. Raises NotFound or Invalid naming the file; leaves no half file.
    """
    digest = _content(source)
    name = f"roads-{digest[:16]}.npz"
    if (geo_dir / name).is_file():
        network = Network.load(geo_dir / name)
    else:
        streets = read_streets(source, progress)
        progress("network", 0)
        network = build(streets)
        network.save(geo_dir / name)
    return BuiltRoads(source.name, digest, name, int(network.nodes), len(network.a))


def register_roads(session: Session, built: BuiltRoads, *, fallback: AirLine, now: datetime) -> TravelVersion:
    """Make a built network the current version; where it has no road, `fallback` stands in."""
    return register(
        session,
        kind=TravelKind.ROADS,
        label=built.label,
        digest=built.digest,
        file=built.file,
        parameters=_of_air_line(fallback),
        now=now,
    )


def register_air_line(session: Session, air_line: AirLine, *, now: datetime) -> TravelVersion:
    """Make sure that there is a version: the air line of the policy, until roads are imported.

    Returns the current version, which is a road network if there is one.
    """
    newest = session.exec(_newest(TravelKind.AIR_LINE)).first()
    parameters = _of_air_line(air_line)
    digest = hashlib.sha256(f"air-line/{REVISION}/{_text(parameters)}".encode()).hexdigest()
    if newest is None or newest.digest != digest:
        register(
            session,
            kind=TravelKind.AIR_LINE,
            label=air_line.label,
            digest=digest,
            file=None,
            parameters=parameters,
            now=now,
        )
    return current(session)


def register(
    session: Session,
    *,
    kind: TravelKind,
    label: str,
    digest: str,
    file: str | None,
    parameters: Mapping[str, float],
    now: datetime,
) -> TravelVersion:
    """Remember a version as the newest of its kind; the same content stays the same version.

    Registering the newest one again changes nothing; an older one becomes the newest again.
    """
    known = session.exec(select(TravelVersion).where(TravelVersion.digest == digest)).first()
    if known is None:
        known = TravelVersion(
            kind=kind, label=label, digest=digest, file=file, parameters=_text(parameters), imported_at=now
        )
    elif session.exec(_newest(kind)).first() is not known:
        known.imported_at = now
    session.add(known)
    session.flush()
    return known


def current(session: Session) -> TravelVersion:
    """The version new service days are pinned to: the newest roads, else the newest air line.

    Raises NotFound when none was ever registered.
    """
    for kind in (TravelKind.ROADS, TravelKind.AIR_LINE):
        version = session.exec(_newest(kind)).first()
        if version is not None:
            return version
    raise NotFound("travel.no_version")


def open_version(version: TravelVersion, geo_dir: Path) -> Cached:
    """The travel times of a version, with a memory of their own; raises NotFound if its file is gone."""
    values = json.loads(version.parameters)
    try:
        air_line = AirLine(float(values["detour_factor"]), float(values["speed_kmh"]))
    except KeyError as error:
        raise Invalid("travel.parameters_broken", version=version.id, parameter=error.args[0]) from error
    if version.kind is TravelKind.AIR_LINE or version.file is None:
        return Cached(air_line)
    return Cached(Roads(Network.load(geo_dir / version.file), fallback=air_line, label=version.label))


class Travels:
    """The opened versions of one process: each is read once, its memory of legs is shared by all threads."""

    def __init__(self, geo_dir: Path) -> None:
        """Open versions from the directory the imports write to."""
        self._geo_dir = geo_dir
        self._opened: dict[str, Cached] = {}
        self._lock = Lock()

    def of(self, version: TravelVersion) -> Cached:
        """The travel times of a version."""
        with self._lock:
            if version.digest not in self._opened:
                self._opened[version.digest] = open_version(version, self._geo_dir)
            return self._opened[version.digest]


def _newest(kind: TravelKind) -> SelectOfScalar[TravelVersion]:
    return (
        select(TravelVersion)
        .where(TravelVersion.kind == kind)
        .order_by(col(TravelVersion.imported_at).desc(), col(TravelVersion.id).desc())
        .limit(1)
    )


def _of_air_line(air_line: AirLine) -> dict[str, float]:
    return {"detour_factor": air_line.detour_factor, "speed_kmh": air_line.speed_kmh}


def _text(parameters: Mapping[str, float]) -> str:
    return json.dumps(dict(parameters), sort_keys=True)


def _content(source: Path) -> str:
    digest = hashlib.sha256(f"roads/{REVISION}/".encode())
    try:
        with source.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    except FileNotFoundError as error:
        raise NotFound("geo.file_missing", file=str(source)) from error
    except OSError as error:
        raise Invalid("geo.file_unreadable", file=str(source), reason=error.strerror) from error
    return digest.hexdigest()
