"""What happened is found and taken along; whoever reads the trail of one client leaves a trace."""

import csv
import io

import pytest
from sqlmodel import func, select

from tests.builders.booking import a_confirmed_ride
from transport.kernel.db import reading, writing
from transport.kernel.events import Event
from transport.operations.quality import audit

TRAIL = "/sprava/audit"


@pytest.fixture
def code(house) -> str:
    with writing(house.database) as session:
        return a_confirmed_ride(session, house.town, house.cast.anna, "9:00", by=house.cast.hana).code


@pytest.fixture
def iva(house):
    return house.visit(house.cast.iva)


def happened(page) -> list[str]:
    return [each.get("id", "") for each in page.root.iterfind(".//tbody/tr")]


def looks(house) -> list[tuple[str, str]]:
    with reading(house.database) as session:
        return [(each.actor, each.subject_id) for each in session.exec(select(Event).where(Event.kind == audit.LOOKED))]


def test_the_trail_is_read_page_by_page_and_misses_nothing(house, iva, code):
    with reading(house.database) as session:
        everything = session.exec(select(func.count()).select_from(Event)).one()
    page, seen = iva.get(TRAIL), 0
    while True:
        seen += len(happened(page))
        onward = page.root.find(".//nav//a[@rel='next']")
        if onward is None:
            break
        page.get(onward.get("href", ""))
    assert seen == everything > 0


@pytest.mark.parametrize("about", ["ride", "client"])
def test_reading_the_trail_of_a_client_is_recorded_before_it_is_shown(house, iva, code, about):
    anna = house.cast.anna
    wanted = code if about == "ride" else anna.code
    page = iva.get(f"{TRAIL}?o={wanted}")
    assert (happened(page), looks(house)) == ([], [])
    assert iva.get(f"{TRAIL}/vypis.csv?o={wanted}").path == TRAIL
    page.get(f"{TRAIL}?o={wanted}").send(f"{TRAIL}/otevrit")
    assert looks(house) == [(f"admin:{house.cast.iva.user}", str(anna.id))]
    assert happened(page)
    assert f"/jizda/{code}" in page.html
    house.clock.forward(hours=2)
    assert happened(iva.get(f"{TRAIL}?o={wanted}")) == []


def test_the_trail_of_one_client_has_nothing_of_another(house, iva, code):
    with writing(house.database) as session:
        other = a_confirmed_ride(session, house.town, house.cast.bedrich, "9:00", by=house.cast.hana, origin="zbuch")
    page = iva.get(f"{TRAIL}?o={house.cast.anna.code}").send(f"{TRAIL}/otevrit")
    assert code in page.html
    assert other.code not in page.html


def test_kind_person_and_days_narrow_what_is_found(house, iva, code):
    with reading(house.database) as session:
        requested = session.exec(select(Event).where(Event.kind == "ride_requested")).one()
    assert happened(iva.get(f"{TRAIL}?druh=ride_requested")) == [f"u{requested.id}"]
    assert happened(iva.get(f"{TRAIL}?druh=ride_requested&kdo=operator")) == [f"u{requested.id}"]
    assert happened(iva.get(f"{TRAIL}?druh=ride_requested&kdo=driver")) == []
    assert happened(iva.get(f"{TRAIL}?druh=ride_requested&od=20.11.2026&do=20.11.2026")) == [f"u{requested.id}"]
    assert happened(iva.get(f"{TRAIL}?druh=ride_requested&od=21.11.2026")) == []


@pytest.mark.parametrize("search", ["o=nobody", "o=K0", "o=99999999", "kdo=nobody", "od=sometime", "do=x"])
def test_a_search_that_makes_no_sense_is_answered_at_its_field(iva, search):
    iva.get(f"{TRAIL}?{search}", 422)
    assert iva.errors
    assert iva.root.find(f".//*[@id='{search.split('=')[0]}-error']") is not None


def test_what_was_found_is_taken_along_as_a_file(iva, code):
    sent = iva.get(f"{TRAIL}/vypis.csv?druh=ride_requested").html
    head, *lines = csv.reader(io.StringIO(sent.removeprefix("\ufeff")), delimiter=";")
    assert [line[head.index("ride")] for line in lines] == [code]
