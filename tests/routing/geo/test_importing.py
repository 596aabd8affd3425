"""An operator's list of places becomes known places; an address in a list is never guessed."""

import pytest
from sqlmodel import Session, select

from tests.builders.town import a_place
from transport.kernel.errors import Invalid
from transport.kernel.sheets import Sheet
from transport.kernel.values import Point
from transport.routing.geo import importing
from transport.routing.geo.models import Place
from transport.routing.geo.places import Hit

CENTRE = Point(49.7475, 13.3776)
HEADINGS = ("číslo", "název", "adresa", "obec", "šířka", "délka", "vchod")
CENTRE_ROW = ("7", "Denní stacionář", "Nová 1", "Plzeň", "49,75", "13.38", "ze dvora")


class Register:
    """Two houses in two towns."""

    def find(self, text: str, limit: int) -> list[Hit]:
        towns = ("Plzeň", "Rokycany")
        return [Hit(f"Nová {n}", f"Nová {n}", town, CENTRE, ruian=n) for n, town in enumerate(towns, 1)][:limit]


def bring(session: Session, *rows: tuple[str, ...], addresses=None):
    sheet = Sheet(HEADINGS, tuple(enumerate(rows, 2)))
    batch, points = importing.prepare(session, sheet, addresses=addresses, near=CENTRE)
    return importing.bring(session, batch, points, source="a list")


def faults(session: Session, *rows: tuple[str, ...], addresses=None):
    return [(each.row, each.column, each.error.code) for each in bring(session, *rows, addresses=addresses).faults]


def test_a_row_becomes_a_known_place_in_its_town(session):
    a_place(session, "Radnice", 0, 0)
    assert bring(session, CENTRE_ROW).added == 1
    place = session.exec(select(Place).where(Place.name == "Denní stacionář")).one()
    assert (place.lat, place.lon, place.entrance, place.in_city) == (49.75, 13.38, "ze dvora", True)


def test_the_same_list_of_places_again_changes_nothing(session):
    bring(session, CENTRE_ROW)
    again = bring(session, ("7", "Stacionář Nová", *CENTRE_ROW[2:]), ("", *CENTRE_ROW[1:]))
    assert (again.added, again.known) == (0, 2)
    assert len(session.exec(select(Place)).all()) == 1


def test_a_place_without_coordinates_is_where_its_address_is(session):
    assert bring(session, ("", "Dům", "Nová 1", "Plzeň", "", "", ""), addresses=Register()).added == 1
    assert session.exec(select(Place)).one().point == CENTRE


@pytest.mark.parametrize(
    ("lat", "lon", "column", "code"),
    [
        ("13.38", "49.75", "šířka", "sheet.far_away"),
        ("49.75", "", "délka", "sheet.degrees_half"),
        ("north", "13.38", "šířka", "sheet.degrees_unclear"),
        ("", "", "adresa", "sheet.place_unclear"),
    ],
)
def test_coordinates_that_cannot_be_meant_are_faults(session, lat, lon, column, code):
    assert faults(session, ("", "Dům", "Neznámá 5", "Plzeň", lat, lon, ""), addresses=Register()) == [(2, column, code)]


@pytest.mark.parametrize("said", ["Nová 3", "Nová 1, Praha", ""])
def test_an_address_that_is_not_found_for_certain_is_refused(session, said):
    with pytest.raises(Invalid, match=r"sheet\.place_unclear"):
        importing.place_meant(session, Register(), said)


def test_a_place_of_an_earlier_list_is_meant_by_its_number(session):
    bring(session, CENTRE_ROW)
    assert importing.place_meant(session, None, "7").name == "Denní stacionář"
