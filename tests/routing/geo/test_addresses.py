import gzip
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.routing.geo.towns import HOUSES, House, corner, publish, register
from transport.kernel.errors import Invalid, NotFound, ServiceError
from transport.routing.geo import addresses, ruian
from transport.routing.geo.gazetteer import Gazetteer


@pytest.fixture(scope="module")
def gazetteer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gazetteer]:
    folder = tmp_path_factory.mktemp("register")
    path = folder / "gazetteer.sqlite"
    addresses.build([publish(folder / "plzen.csv", HOUSES)], path)
    with closing(Gazetteer(path)) as gazetteer:
        yield gazetteer


@pytest.mark.parametrize("name", ["plzen.csv", "plzen.csv.gz"])
def test_the_published_file_is_read_with_positions_to_the_metre(tmp_path: Path, name: str):
    (found,) = ruian.read(publish(tmp_path / name, HOUSES[:3]))
    assert [each.street for each in found] == ["Klatovská třída"] * 3
    assert (found[2].house, found[2].number, found[2].letter) == (455, 12, "a")
    assert found[0].lat == pytest.approx(corner(1, 1).lat, abs=1e-5)
    assert found[0].lon == pytest.approx(corner(1, 1).lon, abs=1e-5)


def test_a_point_without_a_position_is_left_out(tmp_path: Path):
    text = register(HOUSES[:2]).splitlines(keepends=True)
    cells = text[1].split(";")
    cells[16:18] = ["", ""]
    path = tmp_path / "plzen.csv"
    path.write_bytes("".join([text[0], ";".join(cells), text[2]]).encode(ruian.ENCODING))
    (found,) = ruian.read(path)
    assert [each.code for each in found] == [1001]


def broken(tmp_path: Path, text: str, encoding: str = ruian.ENCODING) -> Path:
    path = tmp_path / "broken.csv"
    path.write_bytes(text.encode(encoding))
    return path


def cell(line: int, column: str, value: str) -> str:
    rows = [row.split(";") for row in register(HOUSES[:5]).splitlines()]
    rows[line - 1][rows[0].index(column)] = value
    return "\r\n".join(";".join(row) for row in rows)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", r"column_missing \(file=broken\.csv, line=1, column=Kód ADM\)"),
        ("a;b;c\n1;2;3\n", r"column_missing \(file=broken\.csv, line=1, column=Kód ADM\)"),
        (register(HOUSES).replace("Název ulice", "Ulice"), r"column_missing .*line=1, column=Název ulice"),
        (register(HOUSES)[:-60], r"row_broken .*line=21, column="),
        (cell(3, "Číslo domovní", "x"), r"value_broken .*line=3, column=Číslo domovní, value=x"),
        (cell(4, "Číslo orientační", "1.5"), r"value_broken .*line=4, column=Číslo orientační, value=1\.5"),
        (cell(5, "Souřadnice Y", "far"), r"value_broken .*line=5, column=Souřadnice Y, value=far"),
        (cell(5, "Souřadnice X", "10.0"), r"value_broken .*line=5, column=Souřadnice Y"),
        (cell(5, "Souřadnice X", "nan"), r"value_broken .*line=5, column=Souřadnice Y"),
        (cell(2, "Typ SO", "dům"), r"value_broken .*line=2, column=Typ SO, value=dům"),
        (register([]), r"addresses\.empty \(file=broken\.csv\)"),
    ],
)
def test_a_broken_register_is_refused_with_line_and_column(tmp_path: Path, text: str, complaint: str):
    with pytest.raises(Invalid, match=complaint):
        addresses.build([broken(tmp_path, text)], tmp_path / "gazetteer.sqlite")
    assert [each.name for each in tmp_path.iterdir()] == ["broken.csv"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_register_saved_as_utf_8_is_recognised_as_that(tmp_path: Path, encoding: str):
    with pytest.raises(Invalid, match=r"addresses\.encoding .*line=1, expected=windows-1250"):
        addresses.build([broken(tmp_path, register(HOUSES), encoding)], tmp_path / "gazetteer.sqlite")


def test_a_byte_that_the_encoding_does_not_know_is_found_by_line(tmp_path: Path):
    content = register(HOUSES).encode(ruian.ENCODING).splitlines(keepends=True)
    content[6] = content[6].replace(b"Republiky", b"Republ\x81ky")
    (tmp_path / "broken.csv").write_bytes(b"".join(content))
    with pytest.raises(Invalid, match=r"addresses\.encoding .*line=7"):
        list(ruian.read(tmp_path / "broken.csv"))


def test_half_of_a_packed_register_is_refused(tmp_path: Path):
    path = tmp_path / "plzen.csv.gz"
    path.write_bytes(gzip.compress(register(HOUSES).encode(ruian.ENCODING))[:-30])
    with pytest.raises(Invalid, match=r"addresses\.gzip_broken \(file=plzen\.csv\.gz"):
        list(ruian.read(path))


def test_a_missing_register_is_named(tmp_path: Path):
    with pytest.raises(NotFound, match="nowhere"):
        list(ruian.read(tmp_path / "nowhere.csv"))


def test_a_broken_file_leaves_the_old_addresses_in_place(tmp_path: Path):
    path = tmp_path / "gazetteer.sqlite"
    good = publish(tmp_path / "plzen.csv", HOUSES)
    addresses.build([good], path)
    with closing(Gazetteer(path)) as gazetteer:
        with pytest.raises(ServiceError):
            addresses.build([good, broken(tmp_path, cell(3, "Číslo domovní", "x"))], path)
        assert len(gazetteer) == len(HOUSES)
        assert gazetteer.find("klatovska 12")
    assert not list(tmp_path.glob("*.part"))


def test_a_new_import_is_noticed_by_a_search_already_open(tmp_path: Path):
    path = tmp_path / "gazetteer.sqlite"
    old = publish(tmp_path / "a.csv", HOUSES)
    new = publish(tmp_path / "b.csv.gz", [House("Nová", 1, 1)], first=5000)
    with closing(Gazetteer(path)) as gazetteer:
        assert gazetteer.find("Nová 1") == []  # nothing was ever imported
        addresses.build([old], path)
        assert gazetteer.find("Nová 1") == []
        assert addresses.build([old, new], path) == len(HOUSES) + 1
        assert gazetteer.find("Nová 1")[0].ruian == 5000


def test_the_same_file_given_twice_counts_once(tmp_path: Path):
    path = publish(tmp_path / "plzen.csv", HOUSES)
    assert addresses.build([path, path], tmp_path / "gazetteer.sqlite") == len(HOUSES)


def test_without_an_import_nothing_is_found(tmp_path: Path):
    nothing = Gazetteer(tmp_path / "none.sqlite")
    assert nothing.find("Klatovská 12") == []
    assert len(nothing) == 0


def test_a_damaged_gazetteer_says_so(tmp_path: Path):
    (tmp_path / "gazetteer.sqlite").write_bytes(b"this is no database, but it is long enough to be read" * 30)
    with pytest.raises(Invalid, match=r"gazetteer\.broken"):
        Gazetteer(tmp_path / "gazetteer.sqlite").find("Klatovská 12")


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Klatovská třída 12", "Klatovská třída 2761/12"),
        ("klatowska 12", "Klatovská třída 2761/12"),
        ("KLATOVSKA TR. 12", "Klatovská třída 2761/12"),
        ("klatovska 12a", "Klatovská třída 455/12a"),
        ("klatovska 12 A", "Klatovská třída 455/12a"),
        ("klatovska 455/12a", "Klatovská třída 455/12a"),
        ("klatovska 2761/12", "Klatovská třída 2761/12"),
        ("klatovska 2761", "Klatovská třída 2761/12"),
        ("klatovska 3 litice", "Klatovská 7/3"),
        ("klatovská 12, 301 00 Plzeň", "Klatovská třída 2761/12"),
        ("klatovská 12, Plzeň 3", "Klatovská třída 2761/12"),
        ("namesti rebubliky 1", "náměstí Republiky 1/1"),
        ("nám. Republiky 1", "náměstí Republiky 1/1"),
        ("namestirepubliky 1", "náměstí Republiky 1/1"),
        ("republiky 30", "náměstí Republiky 202/30"),
        ("masarikova 5", "Masarykova 1084/5"),
        ("masarykova 77 doubravka", "Masarykova 5/77"),
        ("Radčická 2", "Radčická 2861/2"),
        ("radcicka 25", "Radčická č.ev. 25"),
        ("28. října 12", "28. října 147/12"),
        ("28 rijna 12", "28. října 147/12"),
        ("generála Lišky 4", "Gen. Lišky 33/4"),
        ("gen lisky 4", "Gen. Lišky 33/4"),
        ("vejprnická 56 skvrňany", "Vejprnická 663/56"),
        ("skvrnany vejprnicka 56", "Vejprnická 663/56"),
        ("sokolovska 8", "Sokolovská 80/8"),
        ("sokolovska 8 dobrany", "Sokolovská 3/8"),
        ("Losiná 120", "Losiná 120"),
        ("losina 120", "Losiná 120"),
        ("robcice 7", "Robčice 7"),
    ],
)
def test_the_first_find_is_the_one_that_was_meant(gazetteer: Gazetteer, typed: str, found: str):
    hits = gazetteer.find(typed)
    assert hits[0].name == found
    assert hits[0].precise


def test_the_number_callers_say_comes_before_the_registered_one(gazetteer: Gazetteer):
    names = [hit.name for hit in gazetteer.find("klatovska 12")]
    assert names[:3] == ["Klatovská třída 2761/12", "Klatovská třída 455/12a", "Klatovská třída 12/120"]


def test_a_number_that_is_not_there_shows_the_street_but_no_door(gazetteer: Gazetteer):
    hit = gazetteer.find("vejprnická 9999")[0]
    assert (hit.name, hit.precise, hit.ruian) == ("Vejprnická", False, None)


def test_while_somebody_is_typing_the_street_is_already_there(gazetteer: Gazetteer):
    for typed in ("kla", "klat", "klatovs", "Klatovská tř"):
        assert gazetteer.find(typed)[0].name == "Klatovská třída"


def test_the_same_street_of_two_towns_shows_the_town(gazetteer: Gazetteer):
    shown = [hit.address for hit in gazetteer.find("sokolovska 8")]
    assert shown == ["Sokolovská 80/8, Plzeň – Bolevec", "Sokolovská 3/8, Dobřany"]


@pytest.mark.parametrize("typed", ["", "   ", "12", "?!", "xyzzy", '"', "a* OR b", "NEAR(x y)", "😀 5", "č.p. 5"])
def test_what_means_nothing_finds_nothing_and_breaks_nothing(gazetteer: Gazetteer, typed: str):
    assert gazetteer.find(typed) == []


def test_no_more_is_shown_than_was_asked_for(gazetteer: Gazetteer):
    assert len(gazetteer.find("klatovska 12", 2)) == 2
    assert gazetteer.find("klatovska 12", 0) == []
