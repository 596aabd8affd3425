"""A shift that somebody needs to get home does not end before the desk has said how they get home."""

import pytest
from sqlmodel import select

from tests.builders.booking import an_order
from tests.builders.driving import driven
from transport.booking.rides.lifecycle import Status
from transport.booking.rides.models import Ride
from transport.kernel.clock import at
from transport.kernel.db import reading, writing
from transport.kernel.events import Event
from transport.operations.quality import invariants
from transport.routing.fleet.models import Shift
from transport.routing.planning.models import Promise


@pytest.fixture
def back(house):
    """Anna is in hospital and will call; only the van takes her chair."""
    with writing(house.database) as session:
        there, back = an_order(
            session, house.town, house.cast.anna, "9:00", back="11:00", will_call=True, by=house.cast.hana
        )
        driven(session, house.town, there, by=house.cast.dana)
        code = back.code
    house.clock.now = at(house.town.day, house.town.second("10:00"))
    return code


def test_the_page_asks_how_they_get_home_and_then_lets_the_shift_end(house, back):
    here = f"/disp/smeny/{house.town.van_shift}"
    dana = house.visit(house.cast.dana).get(here)
    shorter = {"starts": "6:00", "ends": "12:30"}
    asked = dana.get(f"{here}/kontrola?starts=6:00&ends=12:30").post(here, 409, **shorter)
    assert asked.errors
    asked.post(here, 409)
    asked.post(here, **{f"home-{back}": "taxi"})
    with reading(house.database) as session:
        assert session.get_one(Shift, house.town.van_shift).ends == house.town.second("12:30")
        [said] = session.exec(select(Event).where(Event.kind == "return_resolved")).all()
        assert '"taxi"' in said.facts
        ride = session.exec(select(Ride).where(Ride.code == back)).one()
        assert (ride.status, ride.ended_by) == (Status.CANCELLED, "service")
        assert invariants.faults(session, world=house.town.world, now=house.clock.now) == []


def test_whoever_says_another_way_home_than_a_colleague_is_told_so(house, back):
    with writing(house.database) as session:
        ride = session.exec(select(Ride).where(Ride.code == back)).one()
        session.get_one(Promise, ride.promise_id).at_risk = True
    page = f"/disp/{house.town.day}/vyjimky"
    one, other = (house.visit(house.cast.dana).get(page) for _ in range(2))
    one.post(f"{page}/domu", way="taxi")
    other.post(f"{page}/domu", 409, way="family")
