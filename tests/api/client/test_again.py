"""The same trip once more in four pages: day, time, offer, check."""

from datetime import date
from typing import Any

import pytest

from tests.api.client.conftest import House, Visit
from tests.api.client.test_booking import DAY, chosen
from tests.builders.booking import an_order
from tests.builders.town import another_day
from transport.booking.rides import drafts, queries, rides
from transport.booking.rides.models import BookingDraft, Ride
from transport.kernel.db import reading, writing
from transport.routing.planning.wishes import Anchor

NEXT = "2026-11-25"


@pytest.fixture
def day_after(house: House) -> None:
    with writing(house.database) as session:
        another_day(session, house.town, date.fromisoformat(NEXT))


def ordered(house: House, **wish: Any) -> list[Ride]:
    with writing(house.database) as session:
        return an_order(
            session, house.town, house.cast.anna, "9:15", by=house.cast.hana, anchor=Anchor.ARRIVE_BY,
            companions=("seat",), **wish,
        )  # fmt: skip


def again(house: House, code: str) -> Visit:
    visit = house.visit(house.cast.anna_herself).get(f"/en/jizdy/{code}")
    return visit.send("/en/objednat", again=code)


def wishes(house: House, visit: Visit) -> list[tuple[str, int, bool]]:
    with reading(house.database) as session:
        draft = session.get_one(BookingDraft, visit.path.split("/")[3])
        return [(leg.leg.value, leg.wish.seconds, leg.will_call) for leg in drafts.order(draft).legs]


def test_it_takes_four_pages(house: House, day_after: None):
    codes = [ride.code for ride in ordered(house, back="11:15")]
    visit = again(house, codes[0])
    pages = [visit.path.split("/")[-1]]
    for said in ({"day": NEXT}, {"anchor": "arrive_by", "time": "9:15"}, None, {}):
        visit.send(said=chosen(visit) if said is None else said)
        pages.append(visit.path.split("/")[-1])
    assert pages == ["den", "cas", "nabidka", "kontrola", "hotovo"]
    with reading(house.database) as session:
        new = queries.on_day(session, date.fromisoformat(NEXT))
    assert [view.companions for view in new] == [1, 1]
    assert [view.ride.leg.value for view in new] == ["outbound", "return"]


def test_the_time_of_last_time_stands_in_the_field(house: House):
    [ride] = ordered(house)
    visit = again(house, ride.code).send(day=DAY)
    assert visit.value("time") == "9:15"
    checked = [
        each.get("value") for each in visit.root.iterfind(".//input[@name='anchor']") if each.get("checked") is not None
    ]
    assert checked == ["arrive_by"]


def test_the_way_back_keeps_its_distance_from_another_time(house: House, day_after: None):
    there, _ = ordered(house, back="11:15")
    visit = again(house, there.code).send(day=NEXT).send(anchor="arrive_by", time="13:00")
    assert [seconds for _, seconds, _ in wishes(house, visit)] == [13 * 3600, 15 * 3600]


def test_a_way_back_to_be_called_for_is_one_again(house: House, day_after: None):
    there, _ = ordered(house, back="11:15", will_call=True)
    visit = again(house, there.code).send(day=NEXT).send(anchor="arrive_by", time="9:15")
    assert wishes(house, visit)[1][2]


def test_a_single_ride_is_a_single_ride_again(house: House, day_after: None):
    [ride] = ordered(house)
    visit = again(house, ride.code).send(day=NEXT).send(anchor="arrive_by", time="9:15")
    assert visit.path.endswith("/nabidka")
    assert [leg for leg, _, _ in wishes(house, visit)] == ["outbound"]


def test_a_way_back_that_was_called_off_alone_is_not_ordered_again(house: House, day_after: None):
    there, back = ordered(house, back="11:15")
    with writing(house.database) as session:
        ride = rides.coded(session, back.code)
        rides.cancel(
            session, ride, version=ride.version, world=house.town.world, by=house.cast.cyril, now=house.clock()
        )
    visit = again(house, there.code).send(day=NEXT).send(anchor="arrive_by", time="9:15")
    assert len(wishes(house, visit)) == 1


def test_a_way_back_after_closing_time_is_asked_for(house: House, day_after: None):
    there, _ = ordered(house, back="11:15")
    visit = again(house, there.code).send(day=NEXT).send(anchor="arrive_by", time="21:00", status=422)
    assert visit.path.endswith("/nabidka")
    assert visit.heading == "Do you need a ride back?"


def test_what_was_said_of_the_way_back_by_hand_stays(house: House, day_after: None):
    there, _ = ordered(house, back="11:15")
    visit = again(house, there.code).send(day=NEXT).send(anchor="arrive_by", time="9:15")
    key = visit.path.split("/")[3]
    visit.get(f"/en/objednat/{key}/zpet").send(back="no")
    visit.get(f"/en/objednat/{key}/cas").send(anchor="arrive_by", time="10:00")
    assert [leg for leg, _, _ in wishes(house, visit)] == ["outbound"]


def test_nobody_orders_somebody_elses_trip_again(house: House):
    [ride] = ordered(house)
    house.visit(house.cast.gustav).get("/en/objednat").send("/en/objednat", status=404, again=ride.code)
