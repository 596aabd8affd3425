"""A ride moved, pinned and put back through the pages, by one dispatcher and by two."""

import pytest
from sqlmodel import select

from tests.api import markup
from tests.builders.booking import a_confirmed_ride
from tests.builders.clients import a_client, a_user, acting
from transport.booking.rides import offers
from transport.booking.rides.models import Ride
from transport.kernel.actor import Role
from transport.kernel.db import reading, writing
from transport.operations.quality import invariants
from transport.routing.planning import runs
from transport.routing.planning.models import PlanEdit, Promise


@pytest.fixture
def olga(house):
    with writing(house.database) as session:
        return a_confirmed_ride(session, house.town, a_client(session, "Olga Pěší"), by=house.cast.hana).code


@pytest.fixture
def ride(house, olga):
    return f"/disp/{house.town.day}/jizda/{olga}"


@pytest.fixture
def dana(house):
    return house.visit(house.cast.dana)


@pytest.fixture
def colleague(house):
    with writing(house.database) as session:
        drahomir = acting(a_user(session, Role.DISPATCHER, "Drahomír Druhý"))
    return house.visit(drahomir)


def row(session, code):
    return session.exec(select(Ride).where(Ride.code == code)).one()


def vehicle(house, code):
    """The shift that carries the ride; nothing on the day is impossible."""
    with reading(house.database) as session:
        assert invariants.faults(session, world=house.town.world, now=house.clock.now) == []
        return runs.shift_of(session, row(session, code).promise_id)


def promise(house, code):
    with reading(house.database) as session:
        return session.get_one(Promise, row(session, code).promise_id)


def elsewhere(page, house, code):
    """What the page calls the first target in another vehicle."""
    mine = str(vehicle(house, code))
    return next(key for key in page.options("target") if key.split(".")[0] != mine)


def test_a_ride_is_moved_and_put_back(house, olga, ride, dana):
    was = vehicle(house, olga)
    page = dana.get(f"{ride}/presunout")
    page.send(f"{ride}/presunout", target=elsewhere(page, house, olga))
    assert (dana.path, str(dana.shown.url.query, "ascii")) == (
        f"/disp/{house.town.day}",
        f"jizda={olga}&hotovo=presunuto",
    )
    assert vehicle(house, olga) != was
    dana.get(f"/disp/{house.town.day}/zpet").send()
    assert vehicle(house, olga) == was
    assert "hotovo=vraceno" in str(dana.shown.url)


def test_the_price_stands_beside_each_vehicle(house, olga, ride, dana):
    page = dana.get(f"{ride}/presunout")
    hints = [each for each in page.root.iter("div") if "govuk-radios__hint" in (each.get("class") or "")]
    texts = [markup.words(each) for each in hints]
    assert len(texts) == 2
    assert sum("km" in text and "min" in text for text in texts) == 1


def test_choosing_nothing_or_where_it_is_already_changes_nothing(house, olga, ride, dana):
    was = vehicle(house, olga)
    page = dana.get(f"{ride}/presunout").send(f"{ride}/presunout", 422)
    assert page.errors
    stays = next(key for key in page.options("target") if key.split(".")[0] == str(was))
    assert page.send(f"{ride}/presunout", 422, target=stays).errors
    assert vehicle(house, olga) == was


def test_outside_the_promise_needs_somebody_who_agreed(house, olga, ride, dana):
    before = promise(house, olga)
    page = dana.get(f"{ride}/presunout?vuz={house.town.car_shift}&cas=10:00")
    key = page.options("target")[0]
    assert page.send(f"{ride}/presunout", 422, target=key).errors
    assert promise(house, olga) == before
    told = {"target": key, "consent": "agreed", "agreed": "client", "how": "telephone"}
    assert page.send(f"{ride}/presunout", 422, **told, name="").errors
    page.send(f"{ride}/presunout", **told, name="Dana Dispečerová")
    after = promise(house, olga)
    assert (after.supersedes, after.window_start) == (before.id, house.town.second("10:00"))
    vehicle(house, olga)
    assert not list(dana.get(f"/disp/{house.town.day}/zpet").root.iterfind(".//main//form")), "a word given stands"


def test_or_the_client_gets_an_offer(house, olga, ride, dana):
    page = dana.get(f"{ride}/presunout?vuz={house.town.van_shift}&cas=10.00")
    page.send(f"{ride}/presunout", target=page.options("target")[0], consent="offer")
    with reading(house.database) as session:
        offered = offers.pending(session, row(session, olga))
        assert offered is not None
        assert offered.window_start == house.town.second("10:00")


def test_a_vehicle_that_cannot_take_the_ride_is_named_with_the_reason(house, dana):
    with writing(house.database) as session:
        code = a_confirmed_ride(session, house.town, house.cast.anna, by=house.cast.hana).code
    page = dana.get(f"/disp/{house.town.day}/jizda/{code}/presunout?vuz={house.town.car_shift}")
    assert [key.split(".")[0] for key in page.options("target")] == [str(house.town.van_shift)]
    assert page.root.find(".//main//details//li") is not None


def test_whoever_chose_on_an_old_page_sees_both_and_chooses_again(house, olga, ride, dana, colleague):
    page = dana.get(f"{ride}/presunout")
    chosen = elsewhere(page, house, olga)
    other = colleague.get(f"{ride}/presunout")
    other.send(f"{ride}/presunout", target=chosen)
    there = vehicle(house, olga)
    page.send(f"{ride}/presunout", 409, target=chosen)
    assert "Drahomír Druhý" in page.text
    page.send(f"{ride}/presunout", target=elsewhere(page, house, olga))
    assert vehicle(house, olga) != there


def test_nobody_takes_back_what_somebody_else_did(house, olga, ride, dana, colleague):
    page = dana.get(f"{ride}/presunout")
    page.send(f"{ride}/presunout", target=elsewhere(page, house, olga))
    other = colleague.get(f"/disp/{house.town.day}/zpet")
    assert "Dana Dispečerová" in other.text
    other.send(f"/disp/{house.town.day}/zpet", 409, edit="1")
    page = colleague.get(f"{ride}/presunout")
    page.send(f"{ride}/presunout", target=elsewhere(page, house, olga))
    there = vehicle(house, olga)
    page = dana.get(f"/disp/{house.town.day}/zpet").send(status=409)
    assert "Drahomír Druhý" in page.text
    assert vehicle(house, olga) == there


def test_a_ride_is_pinned_and_unpinned(house, olga, ride, dana):
    dana.get(f"{ride}/pripnout").send()
    assert promise(house, olga).pinned
    dana.get(f"{ride}/pripnout").send()
    assert not promise(house, olga).pinned
    with reading(house.database) as session:
        assert len(session.exec(select(PlanEdit)).all()) == 2


def test_the_ride_shows_its_vehicle_who_is_along_and_what_was_changed(house, olga, ride, dana):
    with writing(house.database) as session:
        a_confirmed_ride(session, house.town, a_client(session, "Petr Pěší"), by=house.cast.hana)
    dana.get(f"{ride}/pripnout").send()
    page = dana.get(ride)
    assert "Petr Pěší" in page.text
    assert page.root.find(".//div[@id='panel']//ol") is not None


@pytest.mark.parametrize("question", ["?vuz=x", "?vuz=1&cas=ráno", "?vuz=99999", "?vuz=1&cas=25:99", "?cas=9:00"])
def test_nonsense_by_hand_is_answered_by_a_page(house, ride, dana, question):
    answer = dana.client.get(f"{ride}/presunout{question}")
    assert answer.status_code in {200, 404, 422}
