"""A driver logs in by the code of the shift and a PIN: the right ones let in, anything else does not."""

from datetime import timedelta

import pytest
from sqlmodel import select

from tests.api.browser import Browser
from tests.builders.passes import PIN, a_pin, code_of, driver_of
from transport.accounts import login, pins
from transport.accounts.models import LoginPin, User
from transport.api import security
from transport.kernel.actor import Role
from transport.kernel.clock import at
from transport.kernel.db import reading, writing
from transport.kernel.events import Event
from transport.operations.driving import passes
from transport.routing.fleet import fleet
from transport.routing.fleet.models import Shift


@pytest.fixture
def shift(house):
    """Emil's shift, an hour before it begins; he has a PIN."""
    with reading(house.database) as session:
        row = session.get_one(Shift, house.town.car_shift)
    house.clock.now = at(row.day, row.starts) - timedelta(hours=1)
    a_pin(house, house.town.car_shift)
    return row


def knock(house, shift, pin=PIN, status=200, token=""):
    return Browser(house.app).get(f"/ridic/s/{token or code_of(house, shift.id).token}").post(pin=pin, status=status)


def test_whoever_is_not_logged_in_is_asked_for_the_code_of_the_shift(house, shift):
    page = Browser(house.app).get(f"/ridic/smena/{shift.id}")
    assert page.path == "/ridic/prihlaseni"
    assert page.root.find(".//main//input[@name='code'][@inputmode='numeric']") is not None


def test_the_code_and_the_pin_let_the_driver_in_until_the_shift_has_closed(house, shift):
    page = knock(house, shift)
    assert page.path == f"/ridic/smena/{shift.id}"
    token = page.client.cookies[security.SESSION]
    ends = at(shift.day, shift.ends) + timedelta(hours=12)
    with reading(house.database) as session:
        assert login.who(session, token, now=ends - timedelta(seconds=1)) == session.get(User, house.cast.emil.user)
        assert login.who(session, token, now=ends) is None
        told = session.exec(select(Event).where(Event.kind == "LoggedIn")).one()
        assert '"pin"' in told.facts
        assert PIN.replace(" ", "") not in session.exec(select(LoginPin)).one().pin_hash
    again = page.get(f"/ridic/s/{code_of(house, shift.id).token}")
    assert again.path == f"/ridic/smena/{shift.id}", "the same paper scanned again leads to the shift"


def test_the_number_under_the_code_leads_there_too_and_wrong_ones_soon_have_to_wait(house, shift):
    page = Browser(house.app).get("/ridic")
    page.post(code="123", status=422)
    for _ in range(passes.TRIES):
        page.post(code="0000 0000", status=422)
    code = code_of(house, shift.id).code
    page.post(code=code, status=422)
    house.clock.forward(minutes=16)
    page.post(code=f"{code[:4]} {code[4:]}")
    assert page.path == f"/ridic/s/{code_of(house, shift.id).token}"


def test_another_drivers_pin_and_no_pin_at_all_are_the_same_wrong_pin(house, shift):
    a_pin(house, house.town.van_shift, "7391")
    other = knock(house, shift, "7391", 422)
    nothing = knock(house, shift, "", 422)
    with writing(house.database) as session:
        session.delete(session.exec(select(LoginPin).where(LoginPin.user_id == house.cast.emil.user)).one())
    without = knock(house, shift, PIN, 422)
    assert other.errors == nothing.errors == without.errors
    assert len(other.errors) == 1


def test_after_five_wrong_pins_the_right_one_waits_or_the_dispatcher_lifts_it(house, shift):
    with writing(house.database) as session:
        emil = session.get_one(User, house.cast.emil.user)
        for _ in range(login.TRIES):
            pins.sign_in(session, emil, "111222", lasts=timedelta(hours=1), now=house.clock())
        assert session.exec(select(Event).where(Event.kind == "PinRests")).one().subject_id == str(emil.id)
        driver = driver_of(session, shift.id).id
        rests = [pins.rests_until(session, emil, now=house.clock() + timedelta(minutes=past)) for past in (14, 16)]
        assert [until is None for until in rests] == [False, True]
    house.clock.forward(minutes=14)
    knock(house, shift, PIN, 422)
    here = f"/disp/ridici/{driver}"
    house.visit(house.cast.dana).get(here).post(f"{here}/pin/povolit")
    assert knock(house, shift).path == f"/ridic/smena/{shift.id}"


def test_a_code_works_from_twelve_hours_before_to_twelve_hours_after(house, shift):
    token = code_of(house, shift.id).token
    begins, ends = at(shift.day, shift.starts), at(shift.day, shift.ends)
    for moment, status in (
        (begins - timedelta(hours=12, seconds=1), 404),
        (begins - timedelta(hours=12), 200),
        (ends + timedelta(hours=12, seconds=-1), 200),
        (ends + timedelta(hours=12), 404),
    ):
        house.clock.now = moment
        Browser(house.app).get(f"/ridic/s/{token}", status)


def test_a_renewed_code_kills_the_old_one(house, shift):
    old = code_of(house, shift.id)
    here = f"/disp/smeny/{shift.id}"
    dana = house.visit(house.cast.dana).get(here)
    picture = dana.client.get(dana.root.find(".//img").get("src"))
    assert picture.headers["content-type"] == "image/svg+xml"
    dana.post(f"{here}/kod")
    new = code_of(house, shift.id)
    assert new.code[:4] in dana.text
    assert {old.token, old.code}.isdisjoint({new.token, new.code})
    Browser(house.app).get(f"/ridic/s/{old.token}", 404).post(code=old.code, status=422)
    assert knock(house, shift, token=new.token).path == f"/ridic/smena/{shift.id}"


def test_a_made_up_code_and_one_of_a_shift_taken_out_open_nothing(house, shift):
    token = code_of(house, shift.id).token
    other = code_of(house, house.town.van_shift).token.partition("-")[2]
    for made_up in ("", "x", "1-", "99999-abc", f"{shift.id}-é", f"{shift.id}-{other}"):
        Browser(house.app).get(f"/ridic/s/{made_up}", 404)
    with writing(house.database) as session:
        fleet.drop_shift(session, session.get_one(Shift, shift.id), now=house.clock())
    Browser(house.app).get(f"/ridic/s/{token}", 404)


def test_whoever_drives_no_more_is_not_let_in_by_a_pin(house, shift):
    with writing(house.database) as session:
        session.get_one(User, house.cast.emil.user).role = Role.DISPATCHER
    knock(house, shift, PIN, 422)


def test_a_new_pin_is_shown_once_and_makes_an_account_for_who_has_none(house, shift):
    with writing(house.database) as session:
        driver = driver_of(session, shift.id)
        driver.user_id = None
        session.add(driver)
    here = f"/disp/ridici/{driver.id}"
    dana = house.visit(house.cast.dana).get(here)
    dana.post(f"{here}/pin", 422, wished="1234")
    dana.post(f"{here}/pin", wished="")
    made = dana.root.findtext(".//section//strong[@class='aid-code']")
    assert len(made) == 6
    assert made not in dana.get(here).text
    token = knock(house, shift, made).client.cookies[security.SESSION]
    a_pin(house, shift.id)
    with reading(house.database) as session:
        assert driver_of(session, shift.id).user_id not in (None, house.cast.emil.user)
        assert login.who(session, token, now=house.clock()) is None, "a new PIN ends what the old one opened"


def test_a_language_chosen_before_logging_in_stays_the_drivers(house, shift):
    token = code_of(house, shift.id).token
    page = Browser(house.app).get(f"/ridic/s/{token}?lang=uk").post(pin=PIN)
    assert page.root.get("lang") == "uk"
    assert Browser(house.app, page.client.cookies[security.SESSION]).get("/ridic").root.get("lang") == "uk"
    page.get("/ridic").post("/ridic/jazyk", jazyk="en")
    assert page.root.get("lang") == "en"
    page.get("/cs/pravidla")
    assert page.root.get("lang") == "cs"
