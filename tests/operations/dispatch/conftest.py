"""A day on which something goes wrong: two rides, and another van that could help."""

import pytest
from sqlmodel import select

from tests.builders.booking import a_confirmed_ride
from tests.builders.clients import a_client
from tests.builders.town import a_driver, a_shift, a_vehicle
from transport.booking.clients.needs import Mobility
from transport.kernel.clock import at
from transport.operations.dispatch import plans
from transport.routing.fleet.models import Depot


@pytest.fixture
def second_van(session, town):
    """Another van that takes one wheelchair, on duty all day."""
    depot = session.exec(select(Depot)).one()
    van = a_vehicle(session, depot, "van 2", (3, 1, 300), features="ramp")
    return a_shift(session, van, a_driver(session, depot.provider_id, name="Gita Řidičová"))


@pytest.fixture
def day(session, town, cast):
    """Anna rides to the hospital at ten, somebody else in a wheelchair at eleven; the plan is with the drivers."""
    other = a_client(session, "Jana Druhá", mobility=Mobility.WHEELCHAIR_STAYS, chair_mass_kg=100)
    first = a_confirmed_ride(session, town, cast.anna, "10:00", by=cast.dana)
    second = a_confirmed_ride(session, town, other, "11:00", origin="station", to="school", by=cast.dana)
    plans.publish(session, town.day, by=cast.dana, now=at(town.day, 0))
    return first, second
