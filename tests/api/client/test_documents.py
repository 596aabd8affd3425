"""What one takes along: the page after booking, print in large letters, a calendar entry, a table of the past."""

import csv
import io
from datetime import datetime, timedelta

import pytest
from icalendar import Calendar, Event

from tests.api.client.conftest import House, Visit
from tests.api.client.test_booking import answered, begun, booked, chosen, rides_of
from tests.builders.booking import a_confirmed_ride, an_order
from tests.builders.driving import driven
from transport.booking.clients.models import Client
from transport.booking.rides import rides
from transport.booking.rides.models import Ride
from transport.kernel.clock import LOCAL
from transport.kernel.db import reading, writing
from transport.routing.geo.models import Place


@pytest.fixture
def ride(house: House) -> Ride:
    with writing(house.database) as session:
        return a_confirmed_ride(session, house.town, house.cast.anna, "9:00", by=house.cast.hana)


def entry(house: House, code: str, lang: str = "en") -> Event:
    visit = house.visit(house.cast.anna_herself).get(f"/{lang}/jizdy/{code}/kalendar.ics")
    assert visit.shown.headers["content-type"].startswith("text/calendar")
    [found] = Calendar.from_ical(visit.shown.content).walk("VEVENT")
    assert isinstance(found, Event)
    return found


def table(visit: Visit) -> list[list[str]]:
    text = visit.shown.content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def test_the_calendar_has_the_time_of_prague_and_reminds_in_the_evening_before(house: House, ride: Ride):
    found = entry(house, ride.code)
    assert found.decoded("dtstart") == datetime(2026, 11, 24, 9, 0, tzinfo=LOCAL)
    assert found["dtstart"].params["TZID"] == "Europe/Prague"
    assert str(found["status"]) == "CONFIRMED"
    [alarm] = found.walk("VALARM")
    assert alarm.decoded("trigger") == datetime(2026, 11, 23, 18, 0, tzinfo=LOCAL)


def test_the_calendar_says_nothing_about_help(house: House, ride: Ride):
    visit = house.visit(house.cast.anna_herself).get(f"/en/jizdy/{ride.code}/kalendar.ics")
    assert "wheelchair" not in visit.shown.text.lower()
    assert "Anna" not in visit.shown.text
    assert ride.code in visit.shown.text


def test_a_changed_ride_takes_its_own_place_in_the_calendar(house: House, ride: Ride):
    before = entry(house, ride.code)
    visit = house.visit(house.cast.anna_herself).get(f"/en/jizdy/{ride.code}/zmenit").send(what="time")
    visit.send(anchor="leave_at", time="14:00")
    visit.send(said=chosen(visit)).send()
    new = next(each for each in rides_of(house) if each.code != ride.code)
    for code in (ride.code, new.code):
        after = entry(house, code)
        assert (after["uid"], after.decoded("dtstart").hour) == (before["uid"], 14)
        assert after.decoded("sequence") > before.decoded("sequence")


def test_a_ride_called_off_is_called_off_in_the_calendar(house: House, ride: Ride):
    before = entry(house, ride.code)
    house.visit(house.cast.anna_herself).get(f"/en/jizdy/{ride.code}/zrusit").send()
    after = entry(house, ride.code)
    assert (after["uid"], str(after["status"])) == (before["uid"], "CANCELLED")
    assert after.decoded("sequence") > before.decoded("sequence")
    assert after.walk("VALARM") == []


def test_two_rides_are_two_entries(house: House):
    with writing(house.database) as session:
        order = an_order(session, house.town, house.cast.anna, "9:00", back="12:00", by=house.cast.hana)
    assert len({str(entry(house, each.code)["uid"]) for each in order}) == 2


def test_nobody_else_takes_the_ride_along(house: House, ride: Ride):
    for page in ("kalendar.ics", "tisk"):
        house.visit(house.cast.gustav).get(f"/en/jizdy/{ride.code}/{page}", status=404)


def test_the_print_has_both_ways_and_whom_to_call(house: House):
    with writing(house.database) as session:
        there, back = an_order(session, house.town, house.cast.anna, "9:00", back="12:00", by=house.cast.hana)
    text = house.visit(house.cast.cyril).get(f"/en/jizdy/{back.code}/tisk").text
    assert all(f"{each.code[:3]} {each.code[3:]}" in text for each in (there, back))
    assert "waits 15 minutes" in text
    assert "+420 800 000 000" in text


def test_a_printed_ride_that_was_called_off_says_so(house: House, ride: Ride):
    house.visit(house.cast.anna_herself).get(f"/en/jizdy/{ride.code}/zrusit").send()
    text = house.visit(house.cast.anna_herself).get(f"/en/jizdy/{ride.code}/tisk").text
    assert "The ride is cancelled." in text
    assert "We pick you up" not in text


def test_after_booking_everything_can_be_taken_along_and_read_aloud(house: House):
    visit = booked(house, house.cast.anna_herself, "en", back="yes", return_time="12:00")
    codes = [ride.code for ride in rides_of(house)]
    assert all(f"/en/jizdy/{code}/kalendar.ics" in visit.html for code in codes)
    assert f"/en/jizdy/{codes[0]}/tisk" in visit.html
    assert "To read aloud" in visit.text
    assert visit.text.count("The number of the ride is") == 2
    visit.get(visit.path)
    assert visit.heading == "Your ride is booked", "the page can be kept and opened again"
    assert visit.send("/en/objednat").path.endswith("/odkud")


def test_going_back_after_booking_shows_what_was_booked(house: House):
    visit = answered(begun(house, house.cast.anna_herself, "en"), house, until="nabidka")
    visit.send(said=chosen(visit))
    steps = [visit.path, visit.path.replace("kontrola", "nabidka"), visit.path.replace("kontrola", "cas")]
    visit.send()
    for each in steps:
        assert visit.get(each).path.endswith("/hotovo")
    assert len(rides_of(house)) == 1


def test_the_past_as_a_table_has_prices_and_nothing_about_help(house: House, ride: Ride):
    with writing(house.database) as session:
        driven(session, house.town, rides.coded(session, ride.code), by=house.cast.dana)
    house.clock.now += timedelta(days=7)
    visit = house.visit(house.cast.cyril).get(f"/en/historie.csv?klient={house.cast.anna.code}&mesic=2026-11")
    assert visit.shown.content.startswith(b"\xef\xbb\xbf")
    head, row = table(visit)
    assert (head[0], len(head)) == ("Day", 7)
    price = f"{ride.price / 100:.2f}".replace(".", ",")
    assert row == ["2026-11-24", ride.code, "9:00", "home", "hospital", "done", price]


def test_what_was_called_off_costs_nothing_in_the_table(house: House, ride: Ride):
    house.visit(house.cast.anna_herself).get(f"/en/jizdy/{ride.code}/zrusit").send()
    visit = house.visit(house.cast.anna_herself).get("/en/historie.csv")
    assert table(visit)[1][-2:] == ["cancelled by you", "0,00"]


def test_a_name_that_a_spreadsheet_would_work_out_is_harmless(house: House, ride: Ride):
    with writing(house.database) as session:
        session.get_one(Place, ride.destination_place_id).name = "=HYPERLINK(1)"
    house.visit(house.cast.anna_herself).get(f"/en/jizdy/{ride.code}/zrusit").send()
    visit = house.visit(house.cast.anna_herself).get("/en/historie.csv")
    assert table(visit)[1][4] == "'=HYPERLINK(1)"


def test_a_ride_of_a_client_with_a_long_name_in_another_script_is_printed(house: House, ride: Ride):
    with writing(house.database) as session:
        session.get_one(Client, house.cast.anna.id).first_name = "Шевченко" * 5
    assert "Шевченко" in house.visit(house.cast.anna_herself).get(f"/uk/jizdy/{ride.code}/tisk").text
    with reading(house.database) as session:
        assert rides.coded(session, ride.code).version == ride.version
