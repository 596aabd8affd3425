"""A vehicle and a driver are in one place at a time."""

from datetime import time

import pytest
from sqlmodel import select

from tests.builders.town import DAY, a_driver, a_town, a_vehicle
from transport.kernel.calendar import Calendar
from transport.kernel.errors import Conflict, Invalid
from transport.routing.fleet import fleet
from transport.routing.fleet.models import Depot, Driver, Provider, Vehicle


@pytest.fixture
def town(session):
    return a_town(session, hours=("6:00", "14:00"))


def opened(session, vehicle, driver, starts, ends):
    return fleet.open_shift(session, day=DAY, vehicle=vehicle, driver=driver, starts=starts * 3600, ends=ends * 3600)


def test_a_vehicle_may_have_two_shifts_one_after_the_other(session, town):
    car = session.get_one(Vehicle, town.car)
    other = a_driver(session, session.exec(select(Provider.id)).first(), name="Gizela Řidičová")
    assert opened(session, car, other, 14, 20).minutes == 360
    with pytest.raises(Conflict, match=r"shift\.vehicle_busy"):
        opened(session, car, other, 13, 15)


def test_a_driver_drives_one_vehicle_at_a_time(session, town):
    third = a_vehicle(session, session.exec(select(Depot)).one(), "third", (1, 0, 0))
    driver = session.exec(select(Driver)).first()
    with pytest.raises(Conflict, match=r"shift\.driver_busy"):
        opened(session, third, driver, 8, 9)


def test_a_shift_ends_after_it_starts_and_needs_a_vehicle_that_runs(session, town):
    car = session.get_one(Vehicle, town.car)
    driver = session.exec(select(Driver)).first()
    with pytest.raises(Invalid, match=r"shift\.ends_before_start"):
        opened(session, car, driver, 20, 20)
    car.active = False
    with pytest.raises(Invalid, match=r"shift\.vehicle_not_active"):
        opened(session, car, driver, 15, 20)


def test_the_strongest_ramp_is_that_of_an_active_vehicle(session, town):
    assert fleet.strongest_ramp(session) == 300
    van = session.get_one(Vehicle, town.van)
    van.active = False
    session.add(van)
    session.flush()
    assert fleet.strongest_ramp(session) == 0


def test_layouts_keep_their_order(session, town):
    bus = a_vehicle(session, session.exec(select(Depot)).one(), "bus", (12, 0, 0), (6, 3, 350), features="lift")
    assert [(x.seats, x.wheelchairs) for x in fleet.layouts(session, {bus.id or 0})[bus.id or 0]] == [(12, 0), (6, 3)]


def test_the_vehicles_that_the_city_pays_for_in_busy_hours_are_counted(session, town):
    rules, calendar = town.world.policies.on(DAY), Calendar()
    assert fleet.short_by(session, DAY, rules, calendar) == 5
    assert fleet.short_by(session, DAY, rules, Calendar(public=frozenset({DAY}))) == 0
    two = rules.model_copy(update={"fleet": rules.fleet.model_copy(update={"min_vehicles": 2})})
    assert fleet.short_by(session, DAY, two, calendar) == 0
    later = two.model_copy(update={"fleet": two.fleet.model_copy(update={"busy_until": time(15)})})
    assert fleet.short_by(session, DAY, later, calendar) == 2
