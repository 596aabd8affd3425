"""A call from the first ring to the booked ride, on one page and without scripts, as plain forms."""

import json
from datetime import date
from typing import Any

import pytest
from sqlmodel import select

from tests.api.client.conftest import House, Visit
from tests.api.client.test_booking import rides_of
from tests.api.client.test_waiting import without_the_van
from tests.builders.booking import a_confirmed_ride, an_order
from tests.builders.clients import a_client
from tests.builders.town import NOW
from transport.accounts.models import User
from transport.api.operator import when
from transport.api.render import CATALOGUES
from transport.booking.clients import clients
from transport.booking.clients.models import Client
from transport.booking.rides.lifecycle import Status
from transport.booking.rides.models import Channel, Denial, TripRequest, WaitingWish
from transport.kernel.actor import SYSTEM
from transport.kernel.clock import at
from transport.kernel.db import reading, writing
from transport.kernel.events import Event
from transport.routing.planning.models import Promise, PromiseState

__all__ = ["without_the_van"]

ANNA = "/op?tel=700 000 001"


def ordered(house: House, at: str = "9:00", to: str = "hospital", **wish: Any) -> None:
    with writing(house.database) as session:
        an_order(
            session, house.town, session.get_one(Client, house.cast.anna.id), at, by=house.cast.hana, to=to, **wish
        )


def asked(visit: Visit, status: int = 200, **said: str) -> Visit:
    """The form of the ride as it stands, but for what is said."""
    form = next(each for each in visit.root.iter("form") if each.get("action") == "/op/nabidky")
    fields = {
        each.get("name", ""): each.get("value", "")
        for each in form.iter("input")
        if each.get("type") in {"text", "hidden"} or each.get("checked") is not None
    }
    return visit.send("/op/nabidky", status, said={**fields, **said})


def form_of(visit: Visit) -> bool:
    return any(form.get("action") == "/op/nabidky" for form in visit.root.iter("form"))


def events(house: House, kind: str) -> list[Event]:
    with reading(house.database) as session:
        return list(session.exec(select(Event).where(Event.kind == kind)))


def test_a_known_number_opens_the_card_with_the_last_trip_filled_in(house: House):
    ordered(house, back="13:00", will_call=True)
    visit = house.visit(house.cast.hana).get(ANNA)
    assert visit.heading == "Anna Vozková"
    assert [visit.value(name) for name in ("origin", "destination", "time", "day")] == ["Domů", "hospital", "9:00", ""]


def test_a_call_becomes_a_confirmed_ride_and_only_its_length_is_remembered(house: House):
    ordered(house)
    visit = house.visit(house.cast.hana).get(ANNA)
    asked(visit, destination="station", destination_place="", day="út", time="+é", back="no")
    visit.send("/op/vyber", said={"outbound": visit.options("outbound")[0], "krok": "drzet"})
    with reading(house.database) as session:
        assert session.exec(select(Promise).where(Promise.state == PromiseState.HELD)).one().day == house.town.day
    house.clock.forward(seconds=50)
    confirm = visit.page
    visit.send("/op/objednat")
    visit.page = confirm
    visit.send("/op/objednat")
    _, ride = rides_of(house)
    assert (ride.status, ride.day, ride.destination_place_id) == (
        Status.CONFIRMED, house.town.day, house.town.places["station"],
    )  # fmt: skip
    assert f"{ride.code[:3]}\u00a0{ride.code[3:]}" in visit.html
    with reading(house.database) as session:
        assert session.get_one(TripRequest, ride.request_id).channel is Channel.PHONE
    [timed] = events(house, "phone_order_timed")
    assert (timed.actor, timed.on_behalf_of, json.loads(timed.facts)) == ("system", None, {"seconds": 50})


def test_nobody_measures_how_long_somebody_needs_who_finds_it_hard_to_speak(house: House):
    with writing(house.database) as session:
        anna = session.get_one(Client, house.cast.anna.id)
        clients.record_needs(session, anna, speaks_hard=True, by=SYSTEM, now=NOW)
    visit = asked(house.visit(house.cast.hana).get(ANNA), destination="station", day="út", time="10", back="no")
    house.clock.forward(seconds=50)
    visit.send("/op/vyber", said={"outbound": visit.options("outbound")[0], "krok": "objednat"})
    assert len(rides_of(house)) == 1
    assert events(house, "phone_order_timed") == []


def test_the_way_back_is_as_long_after_the_way_there_as_last_time(house: House):
    ordered(house, back="13:00", will_call=True)
    visit = asked(
        house.visit(house.cast.hana).get(ANNA), destination="station", destination_place="", day="út", time="16"
    )
    assert visit.value("return_time") == "20:00"


def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(house: House):
    visit = asked(house.visit(house.cast.hana).get(ANNA), 422, destination="xyz", day="jindy", time="10")
    assert {"origin-error", "destination-error", "day-error"} & set(_ids(visit)) == {"destination-error", "day-error"}
    assert (visit.value("destination"), visit.value("day"), visit.value("time")) == ("xyz", "jindy", "10")


def test_a_place_that_may_be_several_is_chosen_from_a_list(house: House):
    visit = asked(house.visit(house.cast.hana).get(ANNA), 422, destination="Plzeň", day="út", time="10", back="no")
    marks = visit.options("destination_place")
    assert len(marks) > 1
    asked(visit, destination_place=f"p{house.town.places['school']}")
    assert visit.value("destination") == "school"


def test_the_choice_can_be_given_back_and_nothing_stays_kept(house: House):
    visit = asked(house.visit(house.cast.hana).get(ANNA), destination="station", day="út", time="10", back="no")
    visit.send("/op/vyber", said={"outbound": visit.options("outbound")[0], "krok": "drzet"}).send(
        "/op/vyber", krok="zpet"
    )
    assert len(visit.options("outbound")) == 3
    with reading(house.database) as session:
        assert session.exec(select(Promise).where(Promise.state == PromiseState.HELD)).all() == []


def test_why_nothing_was_taken_is_remembered_once_and_nothing_is_ordered(house: House):
    visit = asked(house.visit(house.cast.hana).get(ANNA), destination="station", day="út", time="10", back="no")
    visit.get(f"{visit.shown.url}&nic=1").send("/op/nic", 422)
    page = visit.page
    visit.send("/op/nic", reason="price")
    visit.page = page
    visit.send("/op/nic", reason="price")
    [event] = events(house, "offers_turned_down")
    assert json.loads(event.facts) == {"day": house.town.day.isoformat(), "offered": 3, "reason": "price"}
    assert rides_of(house) == []


def test_a_denied_wish_waits_for_a_place(without_the_van: House):
    house = without_the_van
    visit = asked(house.visit(house.cast.hana).get(ANNA), destination="station", day="út", time="10", back="no")
    visit.get(f"{visit.shown.url}&nic=1").send("/op/nic", cekat="1", from_outbound="9", to_outbound="11")
    with reading(house.database) as session:
        assert session.exec(select(WaitingWish)).one().denial_id == session.exec(select(Denial)).one().id


def test_the_days_around_are_offered_and_taken_with_one_key(house: House):
    visit = asked(
        house.visit(house.cast.hana).get(ANNA), destination="station", day="út", time="10", back="no", dny="1"
    )
    assert visit.options("instead") == ["0"], "one day is open"
    visit.send("/op/vyber", instead="0", krok="objednat")
    assert [ride.status for ride in rides_of(house)] == [Status.CONFIRMED]


def test_whoever_acts_for_somebody_is_told_by_the_number_and_orders_by_their_power(house: House):
    with writing(house.database) as session:
        session.get_one(User, house.cast.cyril.user).phone = "+420777000777"
    visit = house.visit(house.cast.hana).get("/op?tel=777000777&lang=en")
    assert visit.heading == "Anna Vozková"
    for words in (
        "Cyril Vozka is calling, power of attorney",
        "may: see the rides",
        "may not: change the profile, complain.",
    ):
        assert words in visit.text
    assert form_of(visit)


def test_a_stranger_knows_two_facts_may_cancel_and_hears_nothing_else(house: House):
    ordered(house)
    visit = house.visit(house.cast.hana).get(f"/op?klient={house.cast.anna.code}&kdo=jiny")
    assert not form_of(visit)
    assert "/zrusit" not in visit.html
    visit.get(f"/op?klient={house.cast.anna.code}&kdo=jiny&fakt=narozeni&fakt=ulice")
    assert "/zrusit" in visit.html
    assert "/zmenit" not in visit.html


def test_where_the_vehicle_is_is_the_first_answer_around_the_time_of_a_ride(house: House):
    with writing(house.database) as session:
        a_confirmed_ride(session, house.town, session.get_one(Client, house.cast.anna.id), "9:00", by=house.cast.hana)
    visit = house.visit(house.cast.hana)
    assert "Filip Řidič" not in visit.get(ANNA).text
    house.clock.now = at(house.town.day, house.town.second("8:00"))
    assert "Driver Filip Řidič, vehicle van" in visit.get(f"{ANNA}&lang=en").text


def test_a_foreign_name_is_found_as_it_sounds_and_questions_stand_in_its_language(house: House):
    with writing(house.database) as session:
        a_client(session, "Олена Шевченко", born=date(1958, 3, 4), language="uk")
        a_client(session, "Jan Ševčík", born=date(1961, 3, 4))
    visit = house.visit(house.cast.hana)
    for name in ("ševčenko", "Shevchenko", "Шевченко", "sev 58"):
        visit.get(f"/op?q={name}")
        assert visit.heading == "Олена Шевченко"
    assert CATALOGUES["uk"].text("Which day?") in visit.text


@pytest.mark.parametrize(
    ("field", "typed", "meant"),
    [
        ("time", "9", "9:00"), ("time", "915", "9:15"), ("time", "0915", "9:15"), ("time", "9.15", "9:15"),
        ("time", "9,15", "9:15"), ("time", "9h", "9:00"), ("time", "í+ř", "9:15"), ("time", "99", ""),
        ("day", "z", "Saturday 21 November"), ("day", "d", "Friday 20 November"), ("day", "p", "Sunday 22 November"),
        ("day", "út", "Tuesday 24 November"), ("day", "pá", "Friday 27 November"), ("day", "kdysi", ""),
        ("day", "26", "Thursday 26 November"), ("day", "ěž.++", "Thursday 26 November"),
        ("day", "+3", "Monday 23 November"),
    ],
)  # fmt: skip
def test_days_and_times_in_short_are_understood(field: str, typed: str, meant: str):
    assert when.understood(CATALOGUES["en"], {field: typed}, NOW)[field].replace("\u00a0", " ") == meant


def _ids(visit: Visit) -> list[str]:
    return [each.get("id", "") for each in visit.root.iter()]
