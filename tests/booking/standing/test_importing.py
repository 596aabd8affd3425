"""An operator's list of regular rides becomes standing orders, asked for like any other."""

from datetime import date

import pytest
from sqlmodel import Session, select

from tests.builders.town import NOW, Town
from tests.cast import Cast
from transport.booking.clients import clients
from transport.booking.standing import importing
from transport.booking.standing.models import OnHolidays, StandingOrder, StandingTime
from transport.kernel.actor import SYSTEM, Actor, Role
from transport.kernel.errors import Invalid
from transport.kernel.sheets import Sheet
from transport.routing.planning.wishes import Anchor

BY = Actor(user=None, role=Role.ADMIN)
ROW = {
    "Klient": "Anna Vozkova",
    "Odkud": "Domů",
    "Kam": "hospital",
    "Dny": "po–st, Pá",
    "Být tam v": "8:00",
    "Zpět v": "15:30",
    "Od": "30. 11. 2026",
    "Do": "26. 2. 2027",
    "Svátky": "jezdit",
}


@pytest.fixture(autouse=True)
def annas_home(session: Session, town: Town, cast: Cast):
    clients.add_place(session, cast.anna, town.places["home"], label="Domů", is_home=True, by=SYSTEM, now=NOW)


def bring(session: Session, town: Town, *rows: dict[str, str]):
    headings = tuple(dict.fromkeys(name for row in rows for name in row))
    sheet = Sheet(headings, tuple((n, tuple(row.get(h, "") for h in headings)) for n, row in enumerate(rows, 2)))
    batch, ends = importing.prepare(session, sheet, addresses=None)
    return importing.bring(session, batch, ends, world=town.world, by=BY, now=NOW)


def test_a_row_becomes_a_standing_order(session, town, cast):
    outcome = bring(session, town, ROW)
    assert (outcome.added, outcome.faults) == (1, ())
    order = session.exec(select(StandingOrder)).one()
    assert order.client_id == cast.anna.id
    assert (order.origin_place_id, order.destination_place_id) == (town.places["home"], town.places["hospital"])
    assert (order.valid_from, order.valid_until) == (date(2026, 11, 30), date(2027, 2, 26))
    assert (order.public_holidays, order.school_holidays) == (OnHolidays.RIDE, OnHolidays.PAUSE)
    times = session.exec(select(StandingTime).where(StandingTime.standing_order_id == order.id)).all()
    asked = {(each.weekday, each.anchor, each.minute, each.return_minute) for each in times}
    assert asked == {(weekday, Anchor.ARRIVE_BY, 8 * 60, 15 * 60 + 30) for weekday in (1, 2, 3, 5)}


def test_the_same_list_of_regular_rides_again_changes_nothing(session, town):
    bring(session, town, ROW)
    assert (bring(session, town, ROW).added, bring(session, town, ROW).known) == (0, 1)
    assert len(session.exec(select(StandingOrder)).all()) == 1


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("Klient", "Nikdo Neznámý", "sheet.client_unknown"),
        ("Klient", "K999", "sheet.client_unknown"),
        ("Kam", "nowhere", "sheet.place_unclear"),
        ("Dny", "po, xx", "sheet.weekdays_unclear"),
        ("Být tam v", "8 hodin", "sheet.time_unclear"),
    ],
)
def test_what_is_wrong_in_a_regular_ride_is_said(session, town, column, cell, code):
    found = bring(session, town, ROW, ROW | {"Dny": "čt"} | {column: cell}).faults
    assert [(each.row, each.column, each.error.code) for each in found] == [(3, column, code)]


def test_a_regular_ride_has_one_time_for_the_way_there(session, town):
    [fault] = bring(session, town, ROW | {"Odjezd v": "7:30"}).faults
    assert (fault.column, fault.error.code) == ("Odjezd v", "sheet.one_time")


def test_a_regular_ride_that_the_rules_refuse_is_a_fault(session, town):
    [fault] = bring(session, town, ROW | {"Do": "6. 12. 2026"}).faults
    assert fault.error.code == "standing.too_short"
    assert session.exec(select(StandingOrder)).all() == []


def test_a_home_that_nobody_has_told_is_a_fault(session, town, cast):
    [fault] = bring(session, town, ROW | {"Klient": "Bedřich Tma"}).faults
    assert (fault.column, fault.error.code) == ("Odkud", "sheet.home_unknown")


@pytest.mark.parametrize(
    ("cell", "days"),
    [("po st pá", (1, 3, 5)), ("Mon-Wed", (1, 2, 3)), ("ÚT, čt", (2, 4)), ("ne", (7,)), ("po po", (1,))],
)
def test_weekdays_are_read_as_people_write_them(cell, days):
    assert importing.weekdays(cell) == days


@pytest.mark.parametrize("cell", ["pá–po", "monday morning", "1,3", "po-út-st", ","])
def test_weekdays_that_cannot_be_meant_are_refused(cell):
    with pytest.raises(Invalid, match=r"sheet\.weekdays_unclear"):
        importing.weekdays(cell)
