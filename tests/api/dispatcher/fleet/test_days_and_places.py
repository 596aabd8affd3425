"""Standing orders by days, and places that are closed, as the dispatcher looks at them and decides."""

import pytest
from sqlmodel import col, select

from tests.builders.booking import a_confirmed_ride
from tests.builders.standing import asked, every
from transport import jobs
from transport.booking.rides.models import Ride
from transport.booking.standing.models import DateState, StandingDate
from transport.kernel.db import reading, writing
from transport.operations.quality import invariants
from transport.routing.geo.models import PlaceHours


@pytest.fixture
def dana(house):
    return house.visit(house.cast.dana)


def rows(page):
    """The figures of the tables of a page, line by line."""
    return [[cell.text for cell in line.iter("td")] for line in page.root.iter("tr") if line.find("td") is not None]


def test_a_day_is_answered_when_somebody_asks_for_it(house, dana):
    with writing(house.database) as session:
        asked(session, house.town, house.cast.bedrich, every(2), by=house.cast.hana)
    there = f"/disp/pravidelne/{house.town.day}"
    assert rows(dana.get("/disp/pravidelne"))[-1][:4] == ["1", "0", "0", "1"]
    page = dana.get(there).post(f"{there}/odpovedet")
    page.send(f"{there}/odpovedet")
    services = house.app.state.services
    assert jobs.answer_asked_days(services, house.clock.now) == 1
    assert jobs.answer_asked_days(services, house.clock.now) == 0
    with reading(house.database) as session:
        first = select(col(StandingDate.state)).where(StandingDate.day == house.town.day)
        assert session.exec(first).one() is DateState.PLACED
    page.get(there).send(f"{there}/odpovedet", 404)
    hours = rows(page.get(there))
    assert ["2", "1", "1"] in hours, "of two vehicles one may be used, and is"
    assert "Bedřich" in dana.get("/disp/pravidelne/objednavky").text
    assert "Bedřich" in dana.get("/disp/pravidelne/objednavky.csv").shown.text


def test_a_day_without_vehicles_cannot_be_answered(house, dana):
    with writing(house.database) as session:
        asked(session, house.town, house.cast.bedrich, every(3), by=house.cast.hana)
    dana.get("/disp/pravidelne").send("/disp/pravidelne/2026-11-25/odpovedet", 409)


def test_the_hours_of_a_place_are_written_as_people_write_them(house, dana):
    there = f"/disp/mista/{house.town.places['hospital']}"
    page = dana.get(there)
    page.post(f"{there}/hodiny", 422, hours_1="osm až dvanáct")
    assert page.errors
    page.post(f"{there}/hodiny", hours_1="8-12, 13:00–15.30", hours_2="24:00-25:00", status=422)
    page.post(f"{there}/hodiny", hours_1="8-12, 13:00–15.30", hours_2="")
    with reading(house.database) as session:
        spans = session.exec(select(PlaceHours.weekday, PlaceHours.opens, PlaceHours.closes)).all()
    assert spans == [(1, 480, 720), (1, 780, 930)]
    assert "hospital" in dana.get("/disp/mista").text


def test_a_closed_place_is_decided_about_for_all_rides_at_once(house, dana):
    with writing(house.database) as session:
        ride = a_confirmed_ride(session, house.town, house.cast.bedrich, "9:00", by=house.cast.hana)
    there = f"/disp/mista/{house.town.places['hospital']}"
    form = {"first": "24. 11. 2026", "last": "24. 11. 2026", "why": "rekonstrukce", "moved": "station"}
    page = dana.get(there)
    page.post(f"{there}/uzavrit", 422, **form)
    page.post(f"{there}/uzavrit", **form, moved_to=str(house.town.places["station"]))
    assert ride.code in page.html
    closure = page.path
    assert "+420" in dana.get(f"{closure}.csv").shown.text
    page.get(closure).post(closure, **{f"remedy_{ride.id}": "move"})
    with reading(house.database) as session:
        moved = session.get_one(Ride, ride.id)
        assert moved.destination_place_id == house.town.places["station"]
        assert invariants.faults(session, world=house.town.world, now=house.clock.now) == []
    page.get(closure).post(f"{closure}/konec")
    assert page.path == there


def test_an_entry_that_is_not_finished_closes_nothing(house, dana):
    there = f"/disp/mista/{house.town.places['hospital']}"
    page = dana.get(there)
    for missing in ({"first": "zítra"}, {"why": "rekonstrukce"}, {"first": "nesmysl", "why": "rekonstrukce"}):
        page.post(f"{there}/uzavrit", 422, **missing)
        assert page.errors
    assert page.get(there).root.find(".//a[@href='/disp/mista/uzavirka/1']") is None
