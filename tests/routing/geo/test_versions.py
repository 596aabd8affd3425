from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, func, select

from tests.routing.geo.towns import corner, draw, grid, street
from transport.kernel.errors import Invalid, NotFound
from transport.routing.geo import versions
from transport.routing.geo.models import TravelKind, TravelVersion
from transport.routing.geo.travel import AirLine
from transport.routing.geo.versions import Travels

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
AIR = AirLine(1.34, 38)


def count(session: Session) -> int:
    return session.exec(select(func.count()).select_from(TravelVersion)).one()


def test_before_anything_is_registered_there_is_no_version(session: Session):
    with pytest.raises(NotFound, match=r"travel\.no_version"):
        versions.current(session)


def test_the_air_line_of_the_policy_is_the_first_version_and_is_registered_once(session: Session, tmp_path: Path):
    version = versions.register_air_line(session, AIR, now=NOW)
    assert versions.register_air_line(session, AIR, now=NOW + timedelta(days=1)) is version
    assert (version.kind, version.imported_at, count(session)) == (TravelKind.AIR_LINE, NOW, 1)
    places = [corner(0, 0), corner(3, 2)]
    opened = versions.open_version(version, tmp_path)
    assert (opened.legs(places).seconds == AIR.legs(places).seconds).all()


def test_other_numbers_in_the_policy_are_another_version(session: Session):
    first = versions.register_air_line(session, AIR, now=NOW)
    second = versions.register_air_line(session, AirLine(1.4, 30), now=NOW + timedelta(days=1))
    assert second.id != first.id
    again = versions.register_air_line(session, AIR, now=NOW + timedelta(days=2))
    assert again.id == first.id == versions.current(session).id
    assert count(session) == 2


def test_imported_roads_are_current_and_a_second_import_changes_nothing(session: Session, tmp_path: Path):
    versions.register_air_line(session, AIR, now=NOW)
    source = draw(tmp_path / "town.osm.pbf", grid(4))
    built = versions.build_roads(source, tmp_path / "geo")
    version = versions.register_roads(session, built, fallback=AIR, now=NOW)
    assert versions.current(session) is version
    assert versions.register_air_line(session, AIR, now=NOW) is version
    copy = tmp_path / "copy.osm.pbf"
    copy.write_bytes(source.read_bytes())
    again = versions.build_roads(copy, tmp_path / "geo")
    assert versions.register_roads(session, again, fallback=AIR, now=NOW + timedelta(days=1)) is version
    assert (version.imported_at, count(session)) == (NOW, 2)
    assert len(list((tmp_path / "geo").iterdir())) == 1


def test_older_roads_imported_again_are_used_again(session: Session, tmp_path: Path):
    old = versions.build_roads(draw(tmp_path / "old.osm.pbf", grid(3)), tmp_path / "geo")
    new = versions.build_roads(draw(tmp_path / "new.osm.pbf", grid(4)), tmp_path / "geo")
    first = versions.register_roads(session, old, fallback=AIR, now=NOW)
    versions.register_roads(session, new, fallback=AIR, now=NOW + timedelta(days=1))
    versions.register_roads(session, old, fallback=AIR, now=NOW + timedelta(days=2))
    assert versions.current(session).id == first.id
    assert count(session) == 2


def test_an_opened_version_drives_its_own_roads_and_is_opened_once(session: Session, tmp_path: Path):
    built = versions.build_roads(draw(tmp_path / "town.osm.pbf", grid(4)), tmp_path / "geo")
    version = versions.register_roads(session, built, fallback=AIR, now=NOW)
    travels = Travels(tmp_path / "geo")
    opened = travels.of(version)
    assert travels.of(version) is opened
    assert opened.label == "town.osm.pbf"
    legs = opened.legs([corner(0, 0), corner(3, 3), corner(40, 40)])
    assert not legs.guessed[0, 1]
    assert legs.guessed[0, 2]


def test_a_map_that_cannot_be_read_leaves_no_file(tmp_path: Path):
    path = draw(tmp_path / "park.osm.pbf", [street((0, 0), (1, 0), highway="footway")])
    with pytest.raises(Invalid, match=r"roads\.empty \(file=park\.osm\.pbf\)"):
        versions.build_roads(path, tmp_path / "geo")
    assert not (tmp_path / "geo").exists()
    with pytest.raises(NotFound, match=r"geo\.file_missing"):
        versions.build_roads(tmp_path / "none.osm.pbf", tmp_path / "geo")
    with pytest.raises(Invalid, match=r"geo\.file_unreadable"):
        versions.build_roads(tmp_path, tmp_path / "geo")


def test_a_version_whose_file_is_gone_says_so(session: Session, tmp_path: Path):
    built = versions.build_roads(draw(tmp_path / "town.osm.pbf", grid(4)), tmp_path / "geo")
    version = versions.register_roads(session, built, fallback=AIR, now=NOW)
    (tmp_path / "geo" / built.file).unlink()
    with pytest.raises(NotFound, match=r"roads\.file_missing"):
        versions.open_version(version, tmp_path / "geo")
    version.parameters = "{}"
    with pytest.raises(Invalid, match=r"travel\.parameters_broken"):
        versions.open_version(version, tmp_path / "geo")


def test_the_database_itself_refuses_roads_without_a_file(session: Session):
    session.add(TravelVersion(kind=TravelKind.ROADS, label="x", digest="y", imported_at=NOW))
    with pytest.raises(IntegrityError):
        session.flush()
