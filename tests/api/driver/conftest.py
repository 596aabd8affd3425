"""A shift that a telephone can drive."""

import pytest

from tests.api.client.conftest import House
from tests.builders.booking import a_confirmed_ride
from tests.builders.clients import a_client
from transport.kernel.clock import at
from transport.kernel.db import writing
from transport.operations.dispatch import plans
from transport.routing.planning import runs

PEOPLE = (("Adam První", "9:00"), ("Běla Druhá", "10:00"), ("Ctirad Třetí", "11:00"), ("Dora Malá", "12:00"))


@pytest.fixture
def run(house: House) -> str:
    """Four people ride with Emil one after the other: eight stops, published. The address of his shift."""
    town, dana = house.town, house.cast.dana
    with writing(house.database) as session:
        for name, time in PEOPLE:
            ride = a_confirmed_ride(session, town, a_client(session, name), time, by=dana)
            assert runs.shift_of(session, ride.promise_id) == town.car_shift
        plans.publish(session, town.day, by=dana, now=house.clock())
    house.clock.now = at(town.day, town.second("8:50"))
    return f"/ridic/smena/{town.car_shift}"
