"""Times at the door: shown with the rides that say so, and decided with one press."""

from datetime import timedelta

import pytest
from sqlmodel import select

from tests.builders.booking import a_confirmed_ride
from tests.builders.measured import a_measured_ride
from transport.booking.clients import queries
from transport.kernel.clock import at
from transport.kernel.db import reading, writing
from transport.operations.driving import learning
from transport.operations.driving.models import BoardingOf, BoardingProposal, BoardingState
from transport.routing.planning.models import Estimate, StopKind

PAGE = "/disp/casy-nastupu"


@pytest.fixture
def proposal(house) -> int:
    """Bedřich takes ten minutes to get in."""
    with writing(house.database) as session:
        ride = a_confirmed_ride(session, house.town, house.cast.bedrich, "9:00", by=house.cast.dana)
        for number in range(7):
            a_measured_ride(session, ride, number, minutes=10)
        measured = learning.recent(session, house.town.day + timedelta(days=1))
        learning.propose(session, measured, now=house.clock())
        rows = session.exec(select(BoardingProposal).where(BoardingProposal.whose == BoardingOf.PERSON))
        return rows.one().id or 0


def extra(house, client) -> int:
    """The minutes a client is given to get in beyond the rules."""
    with reading(house.database) as session:
        needs = queries.needs_now(session, client.id)
        assert needs is not None
        return needs.boarding_extra


def test_a_time_is_accepted_or_put_away_by_a_person(house, proposal):
    bedrich = house.cast.bedrich
    page = house.visit(house.cast.dana).get(PAGE)
    assert "Bedřich" in page.text
    assert len(page.root.findall(".//svg//circle")) == 7 * len(page.root.findall(".//svg"))
    assert bedrich.code in house.visit(house.cast.dana).get(f"{PAGE}.csv").shown.text
    assert extra(house, bedrich) == 0
    page.send(PAGE, proposal=str(proposal), deed="accept")
    assert page.shown.url.query == b"hotovo=accept"
    assert extra(house, bedrich) >= learning.WORTH
    with reading(house.database) as session:
        assert session.get_one(BoardingProposal, proposal).state is BoardingState.ACCEPTED
    page.send(PAGE, 409, proposal=str(proposal), deed="reject")
    page.get(PAGE).send(PAGE, 404, proposal="0", deed="reject")


def test_the_ride_says_between_which_minutes_the_vehicle_comes(house):
    town = house.town
    with writing(house.database) as session:
        ride = a_confirmed_ride(session, town, house.cast.bedrich, "9:00", by=house.cast.dana)
        moments = [at(town.day, town.second(each)) for each in ("8:36", "8:20")]
        told = Estimate(promise_id=ride.promise_id, kind=StopKind.PICKUP, expected_at=moments[0], made_at=moments[1])
        session.add(told)
    house.clock.now = at(town.day, town.second("8:21"))
    page = house.visit(house.cast.dana).get(f"/disp/{town.day}/jizda/{ride.code}")
    assert "8:36 (8:33–8:41)" in page.text.replace("\xa0", " ")
