"""Manifests lie ready as files, made anew only when they say something else; who knows something old is called."""

from datetime import timedelta

import pytest
from sqlmodel import select

from tests.builders.booking import a_confirmed_ride
from tests.builders.town import a_driver, a_shift, a_vehicle
from transport import jobs
from transport.api import paper
from transport.api.shelf import Shelf
from transport.booking.rides import rides
from transport.booking.rides.models import Ride
from transport.kernel.clock import at
from transport.kernel.db import reading, writing
from transport.kernel.errors import Exhausted
from transport.operations.dispatch import calling, marks, plans, roster
from transport.operations.dispatch.calling import Told
from transport.routing.fleet.models import Depot, Driver
from transport.routing.planning import runs


@pytest.fixture
def day(house):
    """Anna rides in the van, Bedřich in one of the two; published, and it is seven in the morning of that day."""
    town, cast = house.town, house.cast
    with writing(house.database) as session:
        for driver in session.exec(select(Driver)):
            driver.phone = "+420700000009"
            session.add(driver)
        house.anna = a_confirmed_ride(session, town, cast.anna, "9:00", by=cast.hana).code
        house.bedrich = a_confirmed_ride(
            session, town, cast.bedrich, "9:00", by=cast.hana, origin="zbuch", to="station"
        ).code
        plans.publish(session, town.day, by=cast.dana, now=house.clock.now)
        depot = session.exec(select(Depot)).one()
        spare = a_vehicle(session, depot, "spare", (4, 0, 0))
        a_shift(session, spare, a_driver(session, depot.provider_id, name="Gizela Řidičová"), town.day)
    house.clock.now = at(town.day, town.second("7:00"))
    return f"/disp/{town.day}"


@pytest.fixture
def printer(monkeypatch):
    """A printer that keeps the page instead of drawing it."""
    printed = []

    def draw(html):
        printed.append(html)
        return html.encode()

    monkeypatch.setattr(paper, "pdf", draw)
    return printed


def worker(house, minutes=0):
    house.clock.now += timedelta(minutes=minutes)
    return jobs.lay_papers(house.app.state.services, house.clock.now)


def shelf(house):
    return Shelf(house.app.state.services.settings.paper_dir, house.town.day)


def ride(session, code):
    return session.exec(select(Ride).where(Ride.code == code)).one()


def vehicle_goes_out(house, code):
    """The vehicle of this ride stays at home, and somebody else drives."""
    town = house.town
    with writing(house.database) as session:
        shift = runs.shift_of(session, ride(session, code).promise_id)
        effect = roster.consider(session, town.day, {shift: None}, world=town.world, now=house.clock.now)
        roster.apply(session, effect, world=town.world, by=house.cast.dana, now=house.clock.now)
    return shift


def test_only_what_says_something_else_is_made_anew_and_the_rest_is_looked_at(house, day, printer):
    assert worker(house) == 3  # two vehicles and the whole day
    assert worker(house, 1) == 0
    assert worker(house, 10) == 0
    known = shelf(house).papers()
    assert {each.checked_at for each in known.values()} == {house.clock.now}
    assert {each.made_at for name, each in known.items() if name != "den"} == {house.clock.now - timedelta(minutes=11)}
    ordered(house, "14:00")
    assert worker(house, 1) == 2
    assert sum(each.version == 1 for each in shelf(house).papers().values()) == 2
    ordered(house, "17:00")
    assert worker(house, 1) == 1  # the whole day is made anew a little later
    assert worker(house, 10) == 1
    assert len(printer) == 7


def ordered(house, clock):
    with writing(house.database) as session:
        a_confirmed_ride(session, house.town, house.cast.bedrich, clock, by=house.cast.hana, now=house.clock.now)


def test_a_paper_says_which_version_it_is_and_names_nobody_outside(house, day, printer):
    worker(house)
    files = {file.name for file in shelf(house).folder.iterdir()}
    assert files == {f"{name}.{kind}" for name in ("1", "2", "vse") for kind in ("json", "pdf")} | {
        "den.csv",
        "den.json",
    }
    table = shelf(house).read("den", "csv").decode()
    assert "Anna Vozková" in table
    assert "700 000 001" in table
    assert "<" not in table
    for html in printer:
        assert "1950" not in html
        assert "☐" in html


def test_the_page_of_papers_says_which_are_valid_and_hands_them_out(house, day, printer):
    dana = house.visit(house.cast.dana)
    assert len(dana.get(f"{day}/papir").root.findall(".//tbody/tr")) == 2
    dana.get(f"{day}/papir/1.pdf", 404)
    dana.get(f"{day}/papir").post(f"{day}/papir")
    assert shelf(house).asked
    worker(house)
    assert not shelf(house).asked
    assert dana.client.get(f"{day}/papir/1.pdf").content == shelf(house).read("1", "pdf")
    assert dana.client.get(f"{day}/papir/vse.pdf").headers["content-type"] == "application/pdf"
    assert "Vozková" in dana.client.get(f"{day}/papir/den.csv").text
    for path in ("papir", "papir/1.pdf", "papir/den.csv", "obvolat"):
        house.visit(house.cast.emil).get(f"{day}/{path}", 403)


def test_papers_of_a_vehicle_that_stays_at_home_are_taken_away_and_old_days_with_them(house, day, printer):
    worker(house)
    gone = vehicle_goes_out(house, house.bedrich)
    worker(house, 1)
    assert str(gone) not in shelf(house).papers()
    worker(house, 3 * 24 * 60)
    assert not shelf(house).folder.exists()


def test_papers_of_tomorrow_are_ready_in_the_evening(house, day, printer):
    house.clock.now = at(house.town.day, house.town.second("19:59")) - timedelta(days=1)
    assert worker(house) == 0
    assert worker(house, 1) == 3


def test_without_the_libraries_there_is_still_a_table(house, day, monkeypatch):
    def none(html):
        raise Exhausted("paper.no_pdf")

    monkeypatch.setattr(paper, "pdf", none)
    worker(house)
    assert set(shelf(house).papers()) == {"den"}
    assert shelf(house).read("den", "csv")
    house.visit(house.cast.dana).get(f"{day}/papir")


def test_two_workers_on_one_machine_do_not_make_the_same_papers(house, day, printer):
    with shelf(house).alone() as mine:
        assert mine
        assert worker(house) == 0
    assert worker(house) == 3


def calls(house, **between):
    with reading(house.database) as session:
        return calling.of(session, house.town.day, now=house.clock.now, **between)


def test_who_knows_the_plan_is_not_called(house, day):
    found = calls(house)
    assert (found.drivers, found.clients, len(found.unchanged)) == ((), (), 2)


def test_after_a_change_drivers_and_clients_are_called_and_ticked(house, day):
    gone = vehicle_goes_out(house, house.bedrich)
    with writing(house.database) as session:
        lost = ride(session, house.anna)
        named = {"version": lost.version, "world": house.town.world, "by": house.cast.dana, "now": house.clock.now}
        rides.miss(session, lost, reason="porucha", **named)
    found = calls(house)
    [client, other] = found.clients
    told = {call.view.ride.code: call for call in (client, other)}
    assert Told.VEHICLE in told[house.bedrich].told
    assert told[house.bedrich].was[0] == gone
    assert told[house.anna].told == (Told.REMOVED,)
    assert len(found.drivers) == 3  # who stays at home hears of it, too
    assert {change.told for call in found.drivers for change in call.changes} == {Told.ADDED, Told.REMOVED}
    dana = house.visit(house.cast.dana)
    listed = dana.get(f"{day}/obvolat")
    assert "700 000 009" in listed.text.replace("\u00a0", " ")
    for call in (*found.drivers, client, other):
        dana.get(f"{day}/obvolat").post(f"{day}/obvolat", key=call.key, done="yes")
    assert calls(house).left == 0
    assert len(dana.client.get(f"{day}/obvolat.csv").text.splitlines()) == 1 + 3 * 2 + 2
    dana.get(f"{day}/obvolat").post(f"{day}/obvolat", 409, key="said:nobody")


def test_what_was_printed_and_ticked_is_what_drivers_know(house, day):
    vehicle_goes_out(house, house.bedrich)
    with writing(house.database) as session:
        version = calls(house).until.version
        marks.finish(session, house.town.day, f"check:printed:{version}", by=house.cast.dana, now=house.clock.now)
    assert calls(house).drivers == ()
    assert len(calls(house, first=1).drivers) == 2
