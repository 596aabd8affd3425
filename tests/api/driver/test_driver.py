"""The driver's shift: the next stop, what is reported from the door, and nobody else's riders."""

from datetime import timedelta

import pytest
from sqlmodel import select

from tests.builders.booking import a_confirmed_ride
from tests.builders.town import NOW
from transport.booking.rides.lifecycle import Status
from transport.booking.rides.models import Ride
from transport.kernel.clock import at
from transport.kernel.db import reading, writing
from transport.operations.dispatch import plans
from transport.operations.quality import invariants
from transport.routing.planning import runs
from transport.routing.planning.models import Promise, Visit


@pytest.fixture
def code(house):
    """Bedřich walks; he rides at nine in Emil's car, and the day is published."""
    town, cast = house.town, house.cast
    with writing(house.database) as session:
        ride = a_confirmed_ride(session, town, cast.bedrich, "9:00", by=cast.dana)
        plans.publish(session, town.day, by=cast.dana, now=NOW)
        promise = session.get_one(Promise, ride.promise_id)
        house.clock.now = at(town.day, promise.window_start) + timedelta(minutes=1)
        return ride.code


@pytest.fixture
def shift(house, code):
    """The address of the shift that carries him."""
    with reading(house.database) as session:
        ride = session.exec(select(Ride).where(Ride.code == code)).one()
        return f"/ridic/smena/{runs.shift_of(session, ride.promise_id)}"


@pytest.fixture
def driver(house, shift):
    """Whoever drives that shift."""
    page = house.visit(house.cast.emil)
    mine = shift.endswith(f"/{house.town.car_shift}")
    assert mine, "the car is nearer than the van"
    return page


def status(house, code):
    with reading(house.database) as session:
        return session.exec(select(Ride.status).where(Ride.code == code)).one()


def test_a_ride_is_driven_from_door_to_door_by_four_buttons(house, code, shift, driver):
    story = (
        ("arrived", Status.CONFIRMED),
        ("done", Status.ON_BOARD),
        ("arrived", Status.ON_BOARD),
        ("done", Status.COMPLETED),
    )
    for action, after in story:
        driver.get(shift).send(shift, kind=action)
        house.clock.forward(minutes=5)
        assert status(house, code) is after
    with reading(house.database) as session:
        assert invariants.faults(session, world=house.town.world, now=house.clock.now) == []


def test_the_same_report_twice_is_one(house, code, shift, driver):
    driver.get(shift).send(shift, kind="arrived")
    stale = house.visit(house.cast.emil).get(shift)
    driver.get(shift).send(shift, kind="done")
    stale.send(shift, kind="done")
    with reading(house.database) as session:
        assert len(session.exec(select(Visit)).all()) == 2
    assert status(house, code) is Status.ON_BOARD


def test_nobody_here_needs_time_and_evidence(house, code, shift, driver):
    driver.get(shift).send(shift, kind="arrived")
    driver.get(shift).send(shift, 422, kind="absent")
    house.clock.forward(minutes=16)
    driver.get(shift).send(shift, 422, kind="absent")
    page = driver.get(shift)
    token = page.root.find(".//input[@name='csrf']").get("value")
    fields = {
        "csrf": token,
        "promise": hidden(page, "promise"),
        "stop": hidden(page, "stop"),
        "key": hidden(page, "key"),
        "kind": "absent",
        "evidence": ["rang", "called"],
    }
    assert page.client.post(shift, data=fields).status_code == 303
    assert status(house, code) is Status.CONFIRMED, "the dispatcher decides, not the driver"


def test_somebody_elses_shift_does_not_exist(house, shift, driver):
    other = f"/ridic/smena/{house.town.van_shift}"
    driver.get(other, 404)
    driver.get(f"{other}/tisk", 404)


def test_the_paper_has_the_stops_and_no_birth_dates(house, code, shift, driver):
    page = driver.get(f"{shift}/tisk")
    assert str(house.cast.bedrich.last_name) in page.text
    assert str(house.cast.bedrich.born.year) not in page.text


@pytest.mark.parametrize("who", ["anna_herself", "cyril", "frantiska", "hana", "gustav"])
def test_nobody_else_comes_in(house, shift, who):
    visit = house.visit(getattr(house.cast, who))
    visit.get("/ridic", 403)
    visit.get(shift, 403)


def hidden(page, name):
    return page.root.find(f".//input[@name='{name}']").get("value")
