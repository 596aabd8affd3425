"""Where the rules serve some purposes only, the order asks for it; elsewhere nobody does."""

import pytest

from tests.api.client.conftest import House, Visit
from tests.api.client.test_booking import answered, begun, chosen
from tests.builders.town import a_world
from transport.booking.rides import queries
from transport.bootstrap import Services
from transport.kernel.db import reading

PURPOSES = ("k lékaři", "na úřad")


@pytest.fixture
def asking(house: House) -> House:
    services: Services = house.app.state.services
    object.__setattr__(services, "world", a_world(booking={"purposes": PURPOSES}))
    return house


def at_the_question(house: House) -> Visit:
    return answered(begun(house, house.cast.anna_herself, "en"), house, until="ucel")


def test_the_purpose_is_asked_once_the_day_is_known_and_kept_with_the_ride(asking: House):
    visit = at_the_question(asking)
    assert visit.options("purpose") == list(PURPOSES)
    assert "Step 4 of 9" in visit.text
    answered(visit.send(purpose="na úřad"), asking, until="nabidka").send(said=chosen(visit))
    assert "na úřad" in visit.text
    visit.send()
    with reading(asking.database) as session:
        [view] = queries.on_day(session, asking.town.day)
    assert view.ride.purpose == "na úřad"
    assert "na úřad" in visit.get(f"/en/jizdy/{view.ride.code}").text


@pytest.mark.parametrize("purpose", ["", "na pivo", "K LÉKAŘI", "x" * 10_000])
def test_a_purpose_that_is_not_served_is_asked_again(asking: House, purpose: str):
    visit = at_the_question(asking).send(status=422, purpose=purpose)
    assert visit.errors == ["Choose what the ride is for."]


def test_where_nobody_asks_there_is_no_such_page(house: House):
    visit = answered(begun(house, house.cast.anna_herself, "en"), house, until="cas")
    assert "Step 4 of 8" in visit.text
    assert visit.get(visit.path.replace("/cas", "/ucel")).path.endswith("/cas")
