"""A regular ride is changed: one day, from a day on, as a whole; paused, ended, and what happened can be read."""

from datetime import date, timedelta

import pytest
from sqlmodel import col, select

from tests.api.client.conftest import House, Visit
from tests.api.client.test_regular import orders, times
from tests.builders.clients import a_client, a_mandate, a_user, acting
from tests.builders.standing import answered, asked, every
from tests.builders.town import another_day
from transport.booking.clients.models import Client, Power
from transport.booking.rides.lifecycle import Status
from transport.booking.rides.models import Ride
from transport.booking.standing import regular
from transport.booking.standing.models import DateState, StandingDate, StandingOrder
from transport.kernel.actor import Role
from transport.kernel.db import reading, writing
from transport.kernel.events import Event

TUESDAY = date(2026, 11, 24)
WEDNESDAY = date(2026, 11, 25)
THURSDAY = date(2026, 11, 26)


@pytest.fixture
def order_id(house: House) -> int:
    """Anna rides to school every working day; Tuesday is answered, both ways are promised."""
    with writing(house.database) as session:
        made = asked(session, house.town, house.cast.anna, by=house.cast.anna_herself).id or 0
        another_day(session, house.town, WEDNESDAY)
        answered(session, house.town)
    return made


def anna(house: House, order_id: int, rest: str = "") -> Visit:
    return house.visit(house.cast.anna_herself).get(f"/en/pravidelne/{order_id}{rest}")


def states(house: House, order_id: int) -> dict[date, DateState]:
    with reading(house.database) as session:
        rows = session.exec(select(StandingDate).where(StandingDate.standing_order_id == order_id))
        return {row.day: row.state for row in rows}


def rides(house: House, day: date) -> list[Status]:
    with reading(house.database) as session:
        return [ride.status for ride in session.exec(select(Ride).where(Ride.day == day).order_by(col(Ride.id)))]


def asked_on(house: House, order_id: int, day: date) -> tuple[int, int | None] | None:
    with reading(house.database) as session:
        order = session.get_one(StandingOrder, order_id)
        found = regular.answer(session, order, calendar=house.town.world.calendar)
        return next((each.times.minute, each.times.back) for each in found if each.day == day and each.times)


def test_a_day_left_out_says_before_what_is_cancelled(house: House, order_id: int):
    visit = anna(house, order_id).follow("I do not ride on this day")
    assert visit.path.endswith("/den/2026-11-24/nejedu")
    assert "You are in time. You pay nothing." in visit.text
    assert rides(house, TUESDAY) == [Status.CONFIRMED] * 2
    visit.send()
    assert visit.path.endswith(f"/pravidelne/{order_id}")
    assert "No ride: you do not ride on this day." in visit.text
    assert rides(house, TUESDAY) == [Status.CANCELLED] * 2
    assert states(house, order_id)[WEDNESDAY] is DateState.ASKED


def test_a_day_left_out_late_is_said_to_be_late(house: House, order_id: int):
    house.clock.forward(days=3, hours=21)
    assert "This is a late cancellation." in anna(house, order_id, "/den/2026-11-24/nejedu").text


def test_a_day_left_out_twice_is_left_out_once(house: House, order_id: int):
    pages = [anna(house, order_id, "/den/2026-11-24/nejedu") for _ in range(2)]
    for page in pages:
        page.send()
    with reading(house.database) as session:
        assert len(session.exec(select(Event).where(Event.kind == "standing_date_skipped")).all()) == 1


def test_a_day_that_is_not_the_orders_cannot_be_left_out(house: House, order_id: int):
    for day in ("2026-11-28", "2026-11-19", "2030-01-01", "never"):
        house.visit(house.cast.anna_herself).get(f"/en/pravidelne/{order_id}/den/{day}/nejedu", status=404)


def test_who_left_a_day_out_may_ride_after_all(house: House, order_id: int):
    visit = anna(house, order_id, "/den/2026-11-24/nejedu").send().follow("I want to ride on this day")
    visit.send(scope="day", day=visit.value("day"))
    assert (visit.value("time"), visit.value("return_time")) == ("8:00", "15:00")
    visit.send(anchor="arrive_by", time="8:00", back="no", return_time="")
    assert states(house, order_id)[TUESDAY] is DateState.ASKED


def test_a_pause_gives_up_its_days_and_can_be_read(house: House, order_id: int):
    visit = anna(house, order_id).follow("Pause the rides")
    visit.send(first="24. 11.", last="thursday")
    found = states(house, order_id)
    assert [found[day] for day in sorted(found)[:4]] == [DateState.DROPPED] * 3 + [DateState.ASKED]
    assert "24. 11. 2026 to 26. 11. 2026" in visit.text
    assert "Paused from Tuesday 24 November to Thursday 26 November" in visit.text


def test_the_same_pause_sent_twice_is_one(house: House, order_id: int):
    for page in [anna(house, order_id, "/prerusit") for _ in range(2)]:
        page.send(first="24. 11.", last="26. 11.")
    with reading(house.database) as session:
        assert len(regular.pauses(session, session.get_one(StandingOrder, order_id))) == 1


@pytest.mark.parametrize(
    ("page", "typed", "field"),
    [
        ("prerusit", {"first": "", "last": "26. 11."}, "first"),
        ("prerusit", {"first": "someday", "last": "26. 11."}, "first"),
        ("prerusit", {"first": "today", "last": "26. 11."}, "first"),
        ("prerusit", {"first": "26. 11.", "last": "later"}, "last"),
        ("prerusit", {"first": "26. 11.", "last": "24. 11."}, "last"),
        ("ukoncit", {"last": ""}, "last"),
        ("ukoncit", {"last": "1. 11."}, "last"),
        ("zmenit", {"day": "24. 11."}, "scope"),
        ("zmenit", {"scope": "day", "day": "yesterday"}, "day"),
        ("zmenit", {"scope": "following", "day": "1. 6. 2027"}, "day"),
        ("zmenit", {"scope": "day", "day": "20. 11."}, "day"),
    ],
)
def test_what_cannot_be_is_said_at_its_field_with_what_was_typed(house: House, order_id: int, page, typed, field):
    visit = anna(house, order_id, f"/{page}").send(status=422, **typed)
    [link] = visit.root.findall(".//div[@role='alert']//a")
    assert link.get("href") == f"#{field}"
    assert {name: visit.value(name) for name in typed if name != "scope"} == {
        name: text for name, text in typed.items() if name != "scope"
    }


def test_an_ended_order_rides_for_the_last_time_on_its_day(house: House, order_id: int):
    visit = anna(house, order_id).follow("End the regular ride").send(last="wednesday")
    assert "Rides for the last time on Wednesday 25 November." in visit.text
    found = states(house, order_id)
    assert {day for day, state in found.items() if state is not DateState.DROPPED} == {TUESDAY, WEDNESDAY}
    house.clock.forward(days=10)
    assert "Ended." in house.visit(house.cast.anna_herself).get("/en/pravidelne").text


def test_the_scope_of_a_change_is_asked_and_nothing_is_chosen_for_her(house: House, order_id: int):
    visit = anna(house, order_id).follow("Change days or times")
    assert visit.options("scope") == ["day", "following", "all"]
    assert " checked" not in visit.html


def test_another_time_on_one_day_leaves_the_others_and_keeps_the_promise_until_it_is_firm(house: House, order_id: int):
    visit = anna(house, order_id).follow("Another time")
    visit.send(scope="day", day=visit.value("day"))
    visit.send(anchor="arrive_by", time="9:00", back="yes", return_time="16:00")
    assert "Until then the earlier promise stands:" in visit.text
    assert rides(house, TUESDAY) == [Status.CONFIRMED] * 2
    assert asked_on(house, order_id, TUESDAY) == (540, 960)
    assert asked_on(house, order_id, WEDNESDAY) == (480, 900)
    with writing(house.database) as session:
        answered(session, house.town, now=house.clock() + timedelta(hours=1))
    assert "you will be there by 9:00" in visit.get(visit.path).text
    assert sorted(rides(house, TUESDAY)) == [Status.CANCELLED] * 2 + [Status.CONFIRMED] * 2


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"time": "9:00", "back": "no"}, "anchor"),
        ({"anchor": "arrive_by", "time": "", "back": "no"}, "time"),
        ({"anchor": "arrive_by", "time": "4:00", "back": "no"}, "time"),
        ({"anchor": "arrive_by", "time": "9:00"}, "back"),
        ({"anchor": "arrive_by", "time": "9:00", "back": "yes", "return_time": "never"}, "return_time"),
        ({"anchor": "arrive_by", "time": "9:00", "back": "yes", "return_time": "23:00"}, "return_time"),
    ],
)
def test_times_of_one_day_that_cannot_be_are_said_at_their_field(house: House, order_id: int, typed, field):
    visit = anna(house, order_id, "/den/2026-11-25/cas").send(status=422, **typed)
    [link] = visit.root.findall(".//div[@role='alert']//a")
    assert link.get("href") == f"#{field}"
    assert visit.value("time") == typed["time"]


def test_from_a_day_on_a_new_order_follows_and_the_days_before_stay(house: House, order_id: int):
    visit = anna(house, order_id).follow("Change days or times")
    visit.send(scope="following", day="25. 11.")
    assert "Step 1 of 4" in visit.text
    visit.send(visit.path, said={"weekdays": ["1", "3", "4"]})
    visit.get(visit.path.replace("kontrola", "cas")).send(anchor="arrive_by", time="10:00", time_4="11:00")
    assert "The next 10 rides would be on these days" in visit.text
    visit.send()
    old, new = orders(house)
    assert (old.valid_until, new.valid_from, new.follows_id) == (TUESDAY, WEDNESDAY, order_id)
    assert times(house, new) == {1: (600, 900), 3: (600, 900), 4: (660, 900)}
    assert rides(house, TUESDAY) == [Status.CONFIRMED] * 2
    assert "From Wednesday 25 November it goes on" in anna(house, order_id).text
    page = anna(house, new.id or 0)
    assert "The regular ride was asked for" in page.text
    assert "Other days or times were asked for" in page.text


def test_all_to_come_is_changed_from_tomorrow(house: House, order_id: int):
    house.clock.forward(days=3)
    visit = anna(house, order_id).follow("Change days or times").send(scope="all")
    visit.send(visit.path, said={"weekdays": ["1", "2", "3", "4", "5"]})
    visit.get(visit.path.replace("kontrola", "zpet")).send(back="no")
    visit.send()
    _, new = orders(house)
    assert new.valid_from == TUESDAY
    assert set(times(house, new).values()) == {(480, None)}


def test_a_change_sent_twice_is_one_order_more(house: House, order_id: int):
    visit = anna(house, order_id).follow("Change days or times").send(scope="following", day="25. 11.")
    visit.send(visit.path, said={"weekdays": ["3"]})
    twin = house.visit(house.cast.anna_herself).get(visit.path)
    visit.send()
    twin.send()
    assert twin.path.endswith("/hotovo")
    assert len(orders(house)) == 2


def test_a_change_that_is_given_up_changes_nothing(house: House, order_id: int):
    visit = anna(house, order_id).follow("Change days or times").send(scope="all")
    assert visit.follow("Back").path.endswith(f"/pravidelne/{order_id}")
    assert len(orders(house)) == 1
    assert "Go on with the request" not in visit.get("/en/pravidelne").text


def test_what_somebody_else_changed_is_told_to_anna(house: House, order_id: int):
    house.visit(house.cast.cyril).get(f"/en/pravidelne/{order_id}/den/2026-11-25/nejedu").send()
    text = anna(house, order_id).text
    assert "The regular ride was asked for (you)" in text
    assert "No ride on Wednesday 25 November (the representative, Cyril Vozka)" in text


def test_whoever_may_only_cancel_is_not_shown_what_they_may_not_do(house: House, order_id: int):
    with writing(house.database) as session:
        user = a_user(session, Role.REPRESENTATIVE, "Radek Rušil")
        a_mandate(session, session.get_one(Client, house.cast.anna.id), user, Power.CANCEL)
        radek = acting(user)
    visit = house.visit(radek).get(f"/en/pravidelne/{order_id}")
    assert "Pause the rides" in visit.text
    assert "Change days or times" not in visit.text
    visit.send(f"/en/pravidelne/{order_id}/zmenit", status=403, scope="all")


def test_the_operator_changes_it_on_the_telephone(house: House, order_id: int):
    visit = house.visit(house.cast.hana).get(f"/en/pravidelne/{order_id}")
    assert "Anna Vozková" in visit.text
    visit.follow("Pause the rides").send(first="25. 11.", last="25. 11.")
    assert states(house, order_id)[WEDNESDAY] is DateState.DROPPED


def test_orders_of_all_people_have_their_own_page(house: House, order_id: int):
    with writing(house.database) as session:
        user = a_user(session, Role.CLIENT, "Božena Druhá")
        other = a_client(session, "Božena Druhá", born=date(1940, 1, 1), user_id=user.id)
        mine = asked(session, house.town, other, every(2), by=acting(user), first=TUESDAY + timedelta(days=7)).id
        bozena = acting(user)
    visit = house.visit(bozena).get("/en/pravidelne")
    assert f"/pravidelne/{mine}" in visit.html
    assert f"/pravidelne/{order_id}" not in visit.html
