"""The driver's shift: the next stop, what is reported from the door, and nobody else's riders."""

from datetime import timedelta

import pytest
from sqlmodel import select

from tests.builders.booking import a_confirmed_ride
from tests.builders.clients import a_client
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
        report(driver, shift, action)
        house.clock.forward(minutes=5)
        assert status(house, code) is after
    with reading(house.database) as session:
        assert invariants.faults(session, world=house.town.world, now=house.clock.now) == []


def test_the_same_report_twice_is_one(house, code, shift, driver):
    report(driver, shift, "arrived")
    stale = fields(driver.get(shift), "done")
    for _ in range(2):
        assert driver.client.post(shift, data=stale).status_code == 303
    with reading(house.database) as session:
        assert len(session.exec(select(Visit)).all()) == 2
    assert status(house, code) is Status.ON_BOARD


def test_nobody_here_needs_time_and_evidence(house, code, shift, driver):
    report(driver, shift, "arrived")
    early = fields(driver.get(shift), "absent") | {"evidence": ["rang", "called"]}
    assert driver.client.post(shift, data=early).status_code == 422
    house.clock.forward(minutes=16)
    said = fields(driver.get(shift), "absent")
    assert driver.client.post(shift, data=said | {"evidence": ["rang"]}).status_code == 422
    assert driver.client.post(shift, data=said | {"evidence": ["rang", "called"]}).status_code == 303
    assert status(house, code) is Status.CONFIRMED, "the dispatcher decides, not the driver"


def test_the_last_report_is_taken_back_and_its_time_corrected(house, code, shift, driver):
    report(driver, shift, "arrived")
    report(driver, shift, "done")
    report(driver, shift, "undone")
    assert status(house, code) is Status.CONFIRMED
    house.clock.forward(minutes=10)
    page = driver.get(shift)
    arrived = page.root.find(".//select[@id='about']/option").get("value")
    said = fields(page, "retimed") | {"about": arrived, "happened": "9:03"}
    assert page.client.post(shift, data=said).status_code == 303
    with reading(house.database) as session:
        visit = session.exec(select(Visit)).one()
    assert visit.occurred_at == at(house.town.day, house.town.second("9:03"))


def test_a_change_of_the_plan_is_told_and_moves_nothing_until_it_was_read(house, code, shift, driver):
    driver.get(shift)
    going_to = current(driver)
    with writing(house.database) as session:
        other = a_client(session, "Jana Nová")
        sooner = a_confirmed_ride(session, house.town, other, "8:00", by=house.cast.dana, origin="station")
        pickup = f"b-{sooner.promise_id}-pickup"
        plans.publish(session, house.town.day, by=house.cast.dana, now=house.clock())
    changed = driver.get(shift).root.find(".//*[@id='zmeny']")
    assert changed is not None
    assert len(list(changed.iter("li"))) == 2
    assert current(driver) == going_to
    driver.send(f"{shift}/videno")
    assert driver.root.find(".//*[@id='zmeny']") is None
    assert current(driver) == pickup


def test_somebody_elses_shift_does_not_exist(house, shift, driver):
    other = f"/ridic/smena/{house.town.van_shift}"
    driver.get(other, 404)
    driver.get(f"{other}/tisk", 404)
    token = f"csrf of {house.cast.emil.user}"
    assert driver.client.post(other, data={"csrf": token, "key": "none", "kind": "none"}).status_code == 404


def test_the_paper_has_the_stops_and_no_birth_dates(house, code, shift, driver):
    page = driver.get(f"{shift}/tisk")
    assert str(house.cast.bedrich.last_name) in page.text
    assert str(house.cast.bedrich.born.year) not in page.text


@pytest.mark.parametrize("who", ["anna_herself", "cyril", "frantiska", "hana", "gustav"])
def test_nobody_else_comes_in(house, shift, who):
    visit = house.visit(getattr(house.cast, who))
    visit.get("/ridic", 403)
    visit.get(shift, 403)


def report(visit, shift, kind):
    """Send the first form of this kind that the page shows."""
    answer = visit.client.post(shift, data=fields(visit.get(shift), kind))
    assert answer.status_code == 303, answer.text


def fields(page, kind):
    """What a form of this kind sends, of the stop that is shown first."""
    forms = [form for form in page.root.iter("form") if ("kind", kind) in hidden(form).items()]
    assert forms, f"nothing to report as {kind}"
    return hidden(next((form for form in forms if form.get("hidden") is None), forms[0]))


def hidden(form):
    return {each.get("name"): each.get("value") for each in form.iter("input") if each.get("type") == "hidden"}


def current(page):
    """The stop that is shown first."""
    return page.root.find(".//*[@id='nyni']/div").get("id")
