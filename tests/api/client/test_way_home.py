"""The way home that is called for: ordered, called, sooner and later than thought."""

from datetime import datetime

import pytest

from tests.api.client.conftest import House, Visit
from tests.api.client.test_booking import answered, begun, chosen
from tests.builders.booking import an_order
from tests.builders.driving import driven
from tests.builders.town import a_world
from transport.booking.rides import queries, rides
from transport.booking.rides.models import Ride
from transport.bootstrap import Services
from transport.kernel.clock import at
from transport.kernel.db import reading, writing


def instant(house: House, wall: str) -> datetime:
    return at(house.town.day, house.town.second(wall))


def out(house: House, *, will_call: bool) -> Ride:
    """Anna is in hospital since nine; her way back is booked for eleven."""
    with writing(house.database) as session:
        there, back = an_order(
            session, house.town, house.cast.anna, "9:00", back="11:00", will_call=will_call, by=house.cast.hana
        )
        driven(session, house.town, there, by=house.cast.dana)
    house.clock.now = instant(house, "10:45")
    return back


def view_of(house: House, code: str) -> queries.RideView:
    with reading(house.database) as session:
        return queries.views(session, [rides.coded(session, code)])[0]


def page_of(house: House, code: str, page: str = "zpet") -> Visit:
    return house.visit(house.cast.anna_herself).get(f"/en/jizdy/{code}/{page}")


def test_a_way_back_to_be_called_for_is_ordered_with_its_guarantee(house: House):
    visit = answered(begun(house, house.cast.anna_herself, "en"), house, until="zpet")
    assert visit.options("back") == ["yes", "call", "no"]
    assert "by 60 minutes after that time at the latest" in visit.text
    visit.send(back="call", return_time="11:00").send(companions="0")
    assert "We come by 12:00 at the latest." in visit.text
    visit.send(said=chosen(visit))
    assert "We come by 12:00 at the latest." in visit.text
    visit.send()
    assert "when you call, from 11:00 on, by 12:00 at the latest" in visit.text
    with reading(house.database) as session:
        kinds = [view.promise.kind.value for view in queries.on_day(session, house.town.day)]
    assert kinds == ["fixed", "will_call"]


def test_a_fixed_way_back_chosen_after_all_is_fixed(house: House):
    visit = answered(begun(house, house.cast.anna_herself, "en"), house, until="zpet")
    key = visit.path.split("/")[3]
    visit.send(back="call", return_time="11:00")
    visit.get(f"/en/objednat/{key}/zpet").send(back="yes", return_time="11:00").send(companions="0")
    visit.send(said=chosen(visit)).send()
    with reading(house.database) as session:
        kinds = [view.promise.kind.value for view in queries.on_day(session, house.town.day)]
    assert kinds == ["fixed", "fixed"]


def test_where_the_rules_do_not_offer_calling_it_is_neither_shown_nor_taken(house: House):
    services: Services = house.app.state.services
    object.__setattr__(services, "world", a_world(will_call={"offered": False}))
    visit = answered(begun(house, house.cast.anna_herself, "en"), house, until="zpet")
    assert visit.options("back") == ["yes", "no"]
    visit.send(status=422, back="call", return_time="11:00")
    assert "Calling for the way back is not offered on that day." in visit.errors[0]


def test_my_rides_have_the_button_on_the_day_and_what_was_promised_after_it(house: House):
    back = out(house, will_call=True)
    visit = house.visit(house.cast.anna_herself).get("/en/moje")
    visit.send(f"/en/jizdy/{back.code}/zpet")
    assert visit.path == f"/en/jizdy/{back.code}/zpet"
    view = view_of(house, back.code)
    assert view.promise.kind.value == "fixed"
    assert f"{view.promise.window_start // 3600}:" in visit.text
    assert "We pick you up between" in visit.text


def test_the_day_before_there_is_nothing_to_call(house: House):
    back = out(house, will_call=True)
    house.clock.now = instant(house, "0:00").replace(day=22)
    assert "I want to go home now" not in house.visit(house.cast.anna_herself).get("/en/moje").text
    visit = page_of(house, back.code)
    assert "On Tuesday 24 November you can call for it here" in visit.text
    visit.send(visit.path, status=409, what="now", version=str(back.version))


def test_calling_twice_is_answered_by_a_clear_page_and_changes_nothing(house: House):
    back = out(house, will_call=True)
    visit = page_of(house, back.code)
    page = visit.page
    visit.send(what="now")
    promised = view_of(house, back.code).promise.id
    visit.page = page
    visit.send(f"/en/jizdy/{back.code}/zpet", status=409)
    assert view_of(house, back.code).promise.id == promised


def test_who_will_be_late_gets_a_later_time(house: House):
    back = out(house, will_call=False)
    page_of(house, back.code).send(what="later", ready="půl jedné")
    assert view_of(house, back.code).promise.window_start >= house.town.second("12:30")


def test_who_is_ready_sooner_is_fetched_sooner_or_keeps_the_promise(house: House):
    back = out(house, will_call=False)
    visit = page_of(house, back.code)
    house.clock.now = instant(house, "10:10")
    visit.get(visit.path).send(what="now")
    assert view_of(house, back.code).promise.window_start < house.town.second("11:00")


@pytest.mark.parametrize("ready", ["", "až bude", "25:99", "<script>", "9" * 10_000, "\u202e11:30"])
def test_a_time_nobody_understands_is_asked_again_and_the_promise_stands(house: House, ready: str):
    back = out(house, will_call=False)
    before = view_of(house, back.code).promise.id
    visit = page_of(house, back.code).send(status=422, what="later", ready=ready)
    assert visit.errors == ["Write a time, for example 9:15."]
    assert view_of(house, back.code).promise.id == before


def test_a_time_that_has_passed_is_refused_with_what_was_typed_kept(house: House):
    back = out(house, will_call=False)
    visit = page_of(house, back.code).send(status=422, what="later", ready="8:00")
    assert visit.errors == ["That time has passed. Write when you will be ready."]
    assert visit.value("ready") == "8:00"


def test_after_the_last_place_the_promise_stands_and_the_page_says_so(house: House):
    back = out(house, will_call=False)
    visit = page_of(house, back.code).send(status=422, what="later", ready="23:50")
    assert "The promised time stands." in visit.errors[0]


@pytest.mark.parametrize("version", ["", "-1", "1 OR 1", "٣"])
def test_a_form_without_its_version_moves_nothing(house: House, version: str):
    back = out(house, will_call=True)
    page_of(house, back.code).send(status=422 if version != "٣" else 409, what="now", version=version)
    assert view_of(house, back.code).promise.kind.value == "will_call"


def test_the_son_calls_for_his_mother_and_a_stranger_for_nobody(house: House):
    back = out(house, will_call=True)
    stranger = house.visit(house.cast.gustav).get("/en/objednat")
    stranger.send(f"/en/jizdy/{back.code}/zpet", status=404, what="now", version=str(back.version))
    house.visit(house.cast.cyril).get(f"/en/jizdy/{back.code}").send(f"/en/jizdy/{back.code}/zpet")
    assert view_of(house, back.code).promise.kind.value == "fixed"
