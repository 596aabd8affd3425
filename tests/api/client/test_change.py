"""Changing a ride through the questions of an order: the old one stays until the new one is booked."""

import pytest
from sqlmodel import select

from tests.api.client.conftest import House, Visit
from tests.api.client.test_booking import chosen
from tests.builders.booking import a_confirmed_ride, an_order
from tests.builders.clients import a_mandate, a_user, acting
from transport.booking.clients.models import Power
from transport.booking.rides import queries, rides
from transport.booking.rides.lifecycle import Status
from transport.booking.rides.models import BookingDraft, Ride
from transport.kernel.actor import Role
from transport.kernel.clock import at
from transport.kernel.db import reading, writing


@pytest.fixture
def ride(house: House) -> Ride:
    with writing(house.database) as session:
        return a_confirmed_ride(session, house.town, house.cast.anna, "9:00", by=house.cast.hana)


def asked(house: House, code: str, what: str = "time", who: str = "anna_herself") -> Visit:
    """The one question that the change asks."""
    return house.visit(getattr(house.cast, who)).get(f"/en/jizdy/{code}/zmenit").send(what=what)


def new_of(house: House, code: str) -> queries.RideView:
    with reading(house.database) as session:
        old = rides.coded(session, code)
        assert old.replaced_by is not None
        return queries.views(session, [session.get_one(Ride, old.replaced_by)])[0]


@pytest.mark.parametrize(
    ("what", "step"),
    [("time", "cas"), ("day", "den"), ("origin", "odkud"), ("destination", "kam"), ("companions", "pomoc")],
)
def test_only_what_was_chosen_is_asked(house: House, ride: Ride, what: str, step: str):
    visit = asked(house, ride.code, what)
    assert visit.path.endswith(f"/{step}")
    assert "Step 1 of 3" in visit.text


def test_every_page_says_that_the_ride_stays_until_the_new_one_is_confirmed(house: House, ride: Ride):
    visit = asked(house, ride.code)
    told = "It stays as it is until you confirm the new one."
    assert told in visit.text
    visit.send(anchor="leave_at", time="14:00")
    assert told in visit.text
    visit.send(said=chosen(visit))
    assert told in visit.text
    with reading(house.database) as session:
        assert rides.coded(session, ride.code).status is Status.CONFIRMED


def test_the_new_ride_takes_the_place_of_the_old_one(house: House, ride: Ride):
    visit = asked(house, ride.code).send(anchor="leave_at", time="14:00")
    visit.send(said=chosen(visit)).send()
    assert visit.heading == "Your ride is changed"
    new = new_of(house, ride.code)
    assert new.promise.window_start == house.town.second("14:00")
    assert (new.ride.status, new.ride.price) == (Status.CONFIRMED, ride.price)


def test_a_second_click_changes_it_once(house: House, ride: Ride):
    visit = asked(house, ride.code).send(anchor="leave_at", time="14:00")
    visit.send(said=chosen(visit))
    path, page = visit.path, visit.page
    visit.send()
    visit.page = page
    visit.send(path)
    assert visit.heading == "Your ride is changed"
    with reading(house.database) as session:
        assert len(session.exec(select(Ride)).all()) == 2


def test_without_another_place_the_ride_stays_and_the_page_says_so(house: House, ride: Ride):
    visit = asked(house, ride.code).send(anchor="leave_at", time="14:00")
    visit.send(nothing="1")
    assert visit.heading == "Your ride stays as it was"
    with reading(house.database) as session:
        assert rides.coded(session, ride.code).status is Status.CONFIRMED


def test_the_way_back_of_the_offer_leads_to_the_choice_of_what_to_change(house: House, ride: Ride):
    visit = asked(house, ride.code)
    assert visit.follow("Back").path == f"/en/jizdy/{ride.code}/zmenit"


def test_of_the_other_way_nobody_asks(house: House):
    with writing(house.database) as session:
        there, back = an_order(session, house.town, house.cast.anna, "9:00", back="12:00", by=house.cast.hana)
    visit = asked(house, back.code).send(anchor="leave_at", time="13:00")
    visit.send(said=chosen(visit))
    assert "/zpet" not in visit.html
    visit.send()
    assert new_of(house, back.code).ride.leg == back.leg
    visit.get(f"/en/jizdy/{new_of(house, back.code).ride.code}")
    assert there.code in visit.html


def test_a_way_back_before_the_way_there_is_refused_and_the_ride_stays(house: House):
    with writing(house.database) as session:
        _, back = an_order(session, house.town, house.cast.anna, "9:00", back="12:00", by=house.cast.hana)
    visit = asked(house, back.code).send(anchor="leave_at", time="7:00")
    visit.send(said=chosen(visit))
    visit.send(status=422)
    assert "The way back must be later than the way there." in visit.text
    with reading(house.database) as session:
        assert rides.coded(session, back.code).status is Status.CONFIRMED


def test_a_ride_called_off_meanwhile_is_changed_no_more(house: House, ride: Ride):
    visit = asked(house, ride.code).send(anchor="leave_at", time="14:00")
    visit.send(said=chosen(visit))
    with writing(house.database) as session:
        old = rides.coded(session, ride.code)
        rides.cancel(session, old, version=old.version, world=house.town.world, by=house.cast.cyril, now=house.clock())
    visit.send()
    with reading(house.database) as session:
        assert len(session.exec(select(Ride)).all()) == 1


def test_the_representative_changes_it_in_the_name_of_the_client(house: House, ride: Ride):
    visit = asked(house, ride.code, who="cyril").send(anchor="leave_at", time="14:00")
    visit.send(said=chosen(visit))
    assert "Anna Vozková" in visit.text
    visit.send()
    assert "Cyril Vozka for Anna Vozková" in visit.get(f"/en/jizdy/{new_of(house, ride.code).ride.code}").text


def test_who_may_not_book_is_not_offered_to_change(house: House, ride: Ride):
    with writing(house.database) as session:
        user = a_user(session, Role.REPRESENTATIVE, "Iva Hledící")
        a_mandate(session, house.cast.anna, user, Power.SEE)
    visit = house.visit(acting(user)).get(f"/en/jizdy/{ride.code}")
    assert "/zmenit" not in visit.html
    assert visit.get(f"/en/jizdy/{ride.code}/zmenit").path == f"/en/jizdy/{ride.code}"
    visit.get("/en/moje").send(f"/en/jizdy/{ride.code}/zmenit", status=403, what="time")


def test_a_ride_that_is_over_is_not_changed(house: House, ride: Ride):
    with writing(house.database) as session:
        old = rides.coded(session, ride.code)
        rides.board(session, old, by=house.cast.emil, now=at(ride.day, house.town.second("9:00")))
    visit = house.visit(house.cast.anna_herself).get(f"/en/jizdy/{ride.code}/zmenit")
    assert visit.path == f"/en/jizdy/{ride.code}"


@pytest.mark.parametrize("what", ["", "zpet", "za-koho", "<script>", "x" * 10_000])
def test_anything_else_is_asked_again_and_begins_no_order(house: House, ride: Ride, what: str):
    visit = house.visit(house.cast.anna_herself).get(f"/en/jizdy/{ride.code}/zmenit").send(status=422, what=what)
    assert visit.errors == ["Choose what you want to change."]
    with reading(house.database) as session:
        assert (
            session.exec(select(BookingDraft).where(BookingDraft.user_id == house.cast.anna_herself.user)).all() == []
        )


def test_a_stranger_changes_nothing(house: House, ride: Ride):
    visit = house.visit(house.cast.gustav).get("/en/objednat")
    visit.send(f"/en/jizdy/{ride.code}/zmenit", status=404, what="time")
