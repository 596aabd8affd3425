"""A wish that cannot be met: what is possible instead, the waiting list, and the answer to a place that became free."""

from datetime import timedelta

import pytest
from sqlmodel import col, delete, select

from tests.api.client.conftest import House, Visit
from tests.api.client.test_booking import answered, begun, rides_of
from tests.builders.town import NOW, a_shift, another_day
from transport.booking.rides import waiting
from transport.booking.rides.lifecycle import LIVE
from transport.booking.rides.models import Denial, WaitingState, WaitingWish
from transport.kernel.db import reading, writing
from transport.routing.fleet.models import Driver, Shift, Vehicle


@pytest.fixture
def without_the_van(house: House) -> House:
    """No vehicle with a ramp is on duty on the day; on the next one there is."""
    with writing(house.database) as session:
        another_day(session, house.town, house.town.day + timedelta(days=1))
        session.exec(delete(Shift).where(col(Shift.id) == house.town.van_shift))
    return house


def denied(house: House) -> Visit:
    return answered(begun(house, house.cast.anna_herself, "en"), house, until="nabidka")


def the_van_comes_back(house: House) -> None:
    with writing(house.database) as session:
        driver = session.exec(select(Driver).where(Driver.name != "Emil Řidič")).first()
        assert driver is not None
        a_shift(session, session.get_one(Vehicle, house.town.van), driver, house.town.day)
        waiting.retest(session, house.town.day, world=house.town.world, now=NOW)


def the_form(visit: Visit) -> str:
    """Where the answer about the one wish that waits goes."""
    return next(action for form in visit.root.iter("form") if "/cekani/" in (action := form.get("action", "")))


def wishes_of(house: House) -> list[WaitingState]:
    with reading(house.database) as session:
        return [wish.state for wish in session.exec(select(WaitingWish))]


def test_what_is_possible_instead_is_booked_at_once(without_the_van: House):
    visit = denied(without_the_van)
    assert "On another day: Wednesday 25 November" in visit.text
    visit.send(instead=visit.options("instead")[0], take="instead")
    assert visit.path.endswith("/kontrola")
    visit.send()
    [ride] = rides_of(without_the_van)
    assert ride.day == without_the_van.town.day + timedelta(days=1)
    with reading(without_the_van.database) as session:
        assert session.exec(select(Denial)).one().day == without_the_van.town.day, "the denial stands all the same"


def test_nothing_chosen_among_what_is_possible_is_said_at_the_question(without_the_van: House):
    visit = denied(without_the_van)
    visit.send(visit.path, status=422, take="instead")
    assert "Choose one of the times." in visit.text
    visit.send(visit.path, status=422, instead="99", take="instead")


def test_who_waits_is_offered_a_place_and_takes_it(without_the_van: House):
    visit = denied(without_the_van).send(nothing="1")
    assert visit.path.endswith("/nevyslo")
    visit.send(from_outbound="8", to_outbound="10:00")
    assert visit.path.endswith("/moje")
    assert "We look again whenever a place becomes free" in visit.text
    the_van_comes_back(without_the_van)
    visit.get("/en/moje")
    assert "A place has become free." in visit.text
    visit.send(the_form(visit), answer="yes")
    assert [ride.status in LIVE for ride in rides_of(without_the_van)] == [True]
    assert wishes_of(without_the_van) == [WaitingState.TAKEN]


def test_times_that_are_none_or_too_close_are_refused_where_they_stand(without_the_van: House):
    visit = denied(without_the_van).send(nothing="1")
    visit.send(visit.path, status=422, from_outbound="soon", to_outbound="10:00")
    visit.send(visit.path, status=422, from_outbound="9:00", to_outbound="9:05")
    assert wishes_of(without_the_van) == []


@pytest.mark.parametrize(("answer", "state"), [("stop", WaitingState.WITHDRAWN), ("no", WaitingState.REFUSED)])
def test_nobody_has_to_wait_or_to_accept(without_the_van: House, answer: str, state: WaitingState):
    visit = denied(without_the_van).send(nothing="1").send(from_outbound="8", to_outbound="10:00")
    if answer == "no":
        the_van_comes_back(without_the_van)
        visit.get("/en/moje")
    visit.send(the_form(visit), answer=answer)
    assert wishes_of(without_the_van) == [state]
    assert rides_of(without_the_van) == []


def test_a_word_that_is_no_answer_changes_nothing(without_the_van: House):
    visit = denied(without_the_van).send(nothing="1").send(from_outbound="8", to_outbound="10:00")
    visit.send(the_form(visit), status=404, answer="perhaps")
    assert wishes_of(without_the_van) == [WaitingState.WAITING]
