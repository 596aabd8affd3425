from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Barrier, Thread

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, func, select

from tests.routing.geo.towns import HOUSES, publish
from transport.kernel import db
from transport.kernel.errors import Invalid, NotFound
from transport.kernel.values import Point
from transport.routing.geo import addresses, places
from transport.routing.geo.gazetteer import Gazetteer
from transport.routing.geo.models import Place, PlaceKind

SHIPPED = Path(__file__).parents[3] / "data" / "plzen" / "places.csv"
HEADER = ",".join(places.COLUMNS)
ROW = "zoo,Zoo,leisure,Pod Vinicemi 9,Plzeň,Lochotín,49.7595,13.3612,yes,pokladny,no,zahrada|ZOO,RÚIAN"


@pytest.fixture(scope="module")
def gazetteer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gazetteer]:
    folder = tmp_path_factory.mktemp("register")
    path = folder / "gazetteer.sqlite"
    addresses.build([publish(folder / "plzen.csv", HOUSES)], path)
    with closing(Gazetteer(path)) as gazetteer:
        yield gazetteer


def written(tmp_path: Path, *rows: str, header: str = HEADER) -> Path:
    path = tmp_path / "places.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def test_the_shipped_places_cover_the_city_and_its_neighbours():
    shipped = places.load(SHIPPED)
    assert len(shipped) >= 150
    assert all(49.60 < place.lat < 49.85 and 13.1 < place.lon < 13.65 for place in shipped)
    districts = {place.district for place in shipped if place.category == "street"}
    assert districts >= {
        "Bory", "Slovany", "Doubravka", "Lochotín", "Bolevec", "Vinice", "Skvrňany", "Nová Hospoda", "Křimice",
        "Lobzy", "Letná", "Újezd", "Bílá Hora", "Černice", "Radobyčice", "Litice", "Koterov", "Božkov", "Roudná",
        "centrum",
    }  # fmt: skip
    outside = {place.municipality for place in shipped if not place.in_city}
    assert len(outside) >= 15
    assert not any(place.verified for place in shipped)
    assert all(place.source for place in shipped)


def test_street_anchors_carry_no_house_number_and_no_exact_door():
    for place in places.load(SHIPPED):
        if place.category == "street":
            assert not any(letter.isdigit() for letter in place.name.replace("28. října", ""))
            assert (place.lat, place.lon) == (round(place.lat, 4), round(place.lon, 4))


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        (ROW.replace("49.7595", "north"), r"value_broken \(file=places\.csv, line=2, column=lat, value=north"),
        (ROW.replace("13.3612", "1333"), r"value_broken .*line=2, column=lon"),
        (ROW.replace("49.7595", "nan"), r"value_broken .*line=2, column=lat"),
        (ROW.replace(",yes,", ",ano,"), r"value_broken .*line=2, column=in_city, value=ano"),
        (ROW.replace("Zoo,", ","), r"value_missing .*line=2, column=name"),
        ("zoo,Zoo", r"value_missing .*line=2, column=category"),
        (ROW + "\n" + ROW, r"key_twice .*line=3, column=key, value=zoo"),
        (ROW.replace("Zoo", '"Zoo'), r"places\.broken .*line=2"),
        (ROW + ",surplus", r"places\.broken .*line=2"),
    ],
)
def test_a_broken_row_is_refused_with_line_and_column(tmp_path: Path, row: str, complaint: str):
    with pytest.raises(Invalid, match=complaint):
        places.load(written(tmp_path, row))


def test_a_missing_file_or_column_or_a_wrong_encoding_is_named(tmp_path: Path):
    with pytest.raises(NotFound, match=r"file_missing .*none\.csv"):
        places.load(tmp_path / "none.csv")
    with pytest.raises(Invalid, match=r"column_missing .*column=lat"):
        places.load(written(tmp_path, header=HEADER.replace("lat", "latitude")))
    path = tmp_path / "places.csv"
    path.write_bytes(f"{HEADER}\n{ROW}\n".encode("cp1250"))
    with pytest.raises(Invalid, match=r"not_utf8 \(file=places\.csv, line=2"):
        places.load(path)


def test_seeding_again_changes_nothing_but_what_the_file_changed(session: Session, tmp_path: Path):
    assert places.seed(session, written(tmp_path, ROW)) == 1
    assert places.seed(session, written(tmp_path, ROW.replace("Zoo,", "Zoologická zahrada,"))) == 1
    (place,) = session.exec(select(Place)).all()
    assert (place.name, place.kind, place.aliases) == ("Zoologická zahrada", PlaceKind.KNOWN, "zahrada|ZOO")


def test_an_entrance_somebody_verified_survives_the_next_seeding(session: Session, tmp_path: Path):
    places.seed(session, written(tmp_path, ROW))
    place = session.exec(select(Place)).one()
    place.entrance, place.verified = "boční brána s rampou", True
    session.flush()
    places.seed(session, written(tmp_path, ROW))
    session.refresh(place)
    assert (place.entrance, place.verified) == ("boční brána s rampou", True)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("fakultka", "Fakultní nemocnice Plzeň – Lochotín"),
        ("FN Bory", "Fakultní nemocnice Plzeň – Bory"),
        ("fn bory", "Fakultní nemocnice Plzeň – Bory"),
        ("poliklinyka bory", "Poliklinika Bory"),
        ("doubravka poliklinika", "Poliklinika Doubravka"),
        ("hlavni nadrazi", "Plzeň hlavní nádraží"),
        ("hlavák", "Plzeň hlavní nádraží"),
        ("olimpia", "Obchodní centrum Olympia"),
        ("bazén", "Plavecký bazén Slovany"),
        ("urad prace", "Úřad práce Plzeň"),
        ("Privamed", "Nemocnice Privamed"),
        ("ustredni hrbitov", "Ústřední hřbitov"),
        ("klatovska tr", "Klatovská třída"),
    ],
)
def test_known_places_are_found_as_people_call_them(session: Session, typed: str, found: str):
    places.seed(session, SHIPPED)
    hit = places.search(session, None, typed)[0]
    assert hit.name == found
    assert hit.place_id is not None


def test_known_places_come_first_then_addresses(session: Session, gazetteer: Gazetteer):
    places.seed(session, SHIPPED)
    assert places.search(session, gazetteer, "fakultka")[0].name == "Fakultní nemocnice Plzeň – Lochotín"
    first, *others = places.search(session, gazetteer, "Klatovská 12")
    assert first.name == "Klatovská třída 2761/12"
    assert "Klatovská třída" not in [hit.name for hit in others]  # the anchor gave way to the houses


@pytest.mark.parametrize("typed", ["", "  ", "qqqq", "%", "'; DROP TABLE place"])
def test_nonsense_finds_no_place(session: Session, typed: str):
    places.seed(session, SHIPPED)
    assert places.search(session, None, typed) == []


def test_a_kept_address_is_one_place_and_is_recognised_next_time(session: Session, gazetteer: Gazetteer):
    places.seed(session, SHIPPED)
    hit = places.search(session, gazetteer, "Masarykova 5")[0]
    place = places.keep(session, hit)
    assert (place.kind, place.ruian, place.in_city, place.verified) == (PlaceKind.ADDRESS, hit.ruian, True, False)
    assert places.keep(session, hit).id == place.id
    again = places.search(session, gazetteer, "masarikova 5")[0]
    assert again.place_id == place.id
    assert places.keep(session, again) is place
    kept = select(func.count()).select_from(Place).where(col(Place.kind) == PlaceKind.ADDRESS)
    assert session.exec(kept).one() == 1


def test_two_people_who_keep_the_same_address_at_once_get_the_same_place(database: Engine, gazetteer: Gazetteer):
    hit = gazetteer.find("Masarykova 5")[0]
    together = Barrier(4)
    kept: list[int | None] = []

    def keep() -> None:
        together.wait()
        with db.writing(database) as session:
            kept.append(places.keep(session, hit).id)

    threads = [Thread(target=keep) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(kept) == 4
    assert len(set(kept)) == 1


def test_an_address_out_of_the_city_is_kept_as_that(session: Session, gazetteer: Gazetteer):
    places.seed(session, SHIPPED)
    assert not places.keep(session, gazetteer.find("Losiná 120")[0]).in_city


def test_a_street_without_a_number_is_not_kept(session: Session, gazetteer: Gazetteer):
    with pytest.raises(Invalid, match=r"place\.house_number_missing"):
        places.keep(session, gazetteer.find("Vejprnická")[0])


def test_a_find_of_another_source_is_kept_once(session: Session):
    hit = places.Hit("Kavárna", "Kavárna, Praha", "Praha", Point(50.1, 14.4), source="Photon")
    assert places.keep(session, hit).id == places.keep(session, hit).id
    gone = places.Hit("x", "x", "x", Point(50.1, 14.4), place_id=987654)
    with pytest.raises(NotFound):
        places.keep(session, gone)
