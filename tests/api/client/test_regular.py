"""A regular ride is asked for page by page, read with its real dates, and answered date by date."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlmodel import Session, col, select

from tests.api.client.conftest import House, Visit
from tests.builders.clients import a_client, a_mandate, a_user, acting
from tests.builders.standing import answered, asked
from transport.accounts.models import User
from transport.api.app import create_app
from transport.booking.clients.models import MandateKind, Power
from transport.booking.clients.needs import Mobility
from transport.booking.standing.models import StandingOrder, StandingTime
from transport.bootstrap import Services
from transport.kernel.actor import Actor, Role
from transport.kernel.calendar import Calendar
from transport.kernel.db import reading, writing

STEPS = ("odkud", "kam", "dny", "cas", "zpet", "odkdy", "svatky", "pomoc")


def begun(house: House, who: Actor, lang: str = "en") -> Visit:
    return house.visit(who).get(f"/{lang}/pravidelne").send(f"/{lang}/pravidelne")


def said(house: House, **changes: Mapping[str, object]) -> dict[str, Mapping[str, object]]:
    """The answers of somebody who goes to school on Mondays and Wednesdays."""
    places = house.town.places
    usual: dict[str, Mapping[str, object]] = {
        "odkud": {"origin": str(places["home"])},
        "kam": {"destination": "other", "words": "school"},
        "misto": {"pick": f"p{places['school']}"},
        "dny": {"weekdays": ["1", "3"], "every_weeks": "1"},
        "cas": {"anchor": "arrive_by", "time": "8:00"},
        "zpet": {"back": "yes", "return_time": "14:30"},
        "odkdy": {"first": "23. 11. 2026", "last": "30. 6."},
        "svatky": {"school": "pause", "public": "pause"},
        "pomoc": {"companions": "0"},
    }
    return {**usual, **changes}


def written(visit: Visit, house: House, *, until: str = "kontrola", **changes: Mapping[str, object]) -> Visit:
    """Answer all questions up to the page `until`."""
    answers = said(house, **changes)
    while (step := visit.path.split("/")[-1]) != until:
        visit.send(visit.path, said=answers[step])
    return visit


def orders(house: House) -> list[StandingOrder]:
    with reading(house.database) as session:
        return list(session.exec(select(StandingOrder).order_by(col(StandingOrder.id))))


def times(house: House, order: StandingOrder) -> dict[int, tuple[int, int | None]]:
    with reading(house.database) as session:
        rows = session.exec(select(StandingTime).where(StandingTime.standing_order_id == order.id))
        return {row.weekday: (row.minute, row.return_minute) for row in rows}


def dates_read(visit: Visit) -> list[str]:
    return ["".join(each.itertext()).replace("\u00a0", " ") for each in visit.root.iterfind(".//main//ol/li")]


def with_calendar(house: House, calendar: Calendar) -> House:
    """The same house in a town with holidays."""
    old: Services = house.app.state.services
    app = create_app(replace(old, world=replace(old.world, calendar=calendar)))
    app.state.clock = house.clock
    return replace(house, app=app)


def test_who_has_no_regular_ride_reads_when_it_makes_sense(house: House):
    visit = house.visit(house.cast.anna_herself).get("/en/pravidelne")
    assert "It makes sense if you go to the same place on the same days" in visit.text
    assert "Ask for a regular ride" in visit.html


def test_anna_asks_for_a_regular_ride_and_learns_when_the_answer_comes(house: House):
    visit = written(begun(house, house.cast.anna_herself), house)
    assert len(dates_read(visit)) == 10
    assert dates_read(visit)[:2] == [
        "Monday 23 November: there by 8:00, way back from 14:30",
        "Wednesday 25 November: there by 8:00, way back from 14:30",
    ]
    visit.send()
    assert visit.path.endswith("/hotovo")
    assert "The first answer comes on Saturday 21 November in the morning." in visit.text
    [order] = orders(house)
    assert (order.valid_from, order.valid_until) == (date(2026, 11, 23), date(2027, 6, 30))
    assert times(house, order) == {1: (480, 870), 3: (480, 870)}
    visit.get("/en/pravidelne")
    assert "Every Monday and every Wednesday: there by 8:00, way back from 14:30." in visit.text
    assert "The answer is still to come." in visit.text


def test_each_step_says_how_many_there_are_and_has_a_way_back(house: House):
    visit = written(begun(house, house.cast.anna_herself), house, until="dny")
    assert "Step 3 of 9" in visit.text
    assert visit.follow("Back").path.endswith("/kam")


def test_a_day_may_have_its_own_time(house: House):
    cas = {"anchor": "leave_at", "time": "8", "time_3": "půl desáté"}
    zpet = {"back": "yes", "return_time_1": "14:30", "return_time_3": "15"}
    visit = written(begun(house, house.cast.anna_herself), house, cas=cas, zpet=zpet)
    assert "Every Monday: leaving from 8:00, way back from 14:30." in visit.text
    visit.send()
    assert times(house, orders(house)[0]) == {1: (480, 870), 3: (570, 900)}


def test_a_day_added_later_gets_the_usual_times(house: House):
    visit = written(begun(house, house.cast.anna_herself), house)
    visit.follow("Change the days").send(visit.path, said={"weekdays": ["1", "3", "5"], "every_weeks": "1"})
    assert visit.path.endswith("/kontrola")
    visit.send()
    assert times(house, orders(house)[0]) == dict.fromkeys((1, 3, 5), (480, 870))


def test_the_end_of_the_school_year_is_proposed(house: House):
    summer = frozenset(date(2027, 6, 26) + timedelta(days=ahead) for ahead in range(60))
    there = with_calendar(house, Calendar(school=summer))
    visit = written(begun(there, house.cast.anna_herself), there, until="odkdy")
    assert visit.value("last") == "25. 6. 2027"
    assert written(begun(house, house.cast.cyril), house, until="odkdy").value("last") == "30. 6. 2027"


def test_holidays_are_left_out_and_said_so(house: House):
    calendar = Calendar(public=frozenset({date(2026, 11, 25)}), school=frozenset({date(2026, 11, 30)}))
    there = with_calendar(house, calendar)
    visit = written(begun(there, house.cast.anna_herself), there)
    assert [each.split(":")[0] for each in dates_read(visit)[:2]] == ["Monday 23 November", "Wednesday 2 December"]
    assert "Left out, as they are holidays: Wednesday 25 November; Monday 30 November." in visit.text
    visit.follow("Change the public holidays").send(school="pause", public="ride")
    assert dates_read(visit)[1].startswith("Wednesday 25 November")


def test_half_past_seven_stays_half_past_seven_when_the_clocks_change(house: House):
    span = {"first": "22. 3. 2027", "last": "1. 5. 2027"}
    visit = written(
        begun(house, house.cast.anna_herself), house, odkdy=span, cas={"anchor": "arrive_by", "time": "7:30"}
    )
    assert {each.split(": ")[1] for each in dates_read(visit)} == {"there by 7:30, way back from 14:30"}
    assert any(each.startswith("Monday 29 March") for each in dates_read(visit))


def test_every_other_week_is_counted_from_the_first(house: House):
    dny = {"weekdays": ["1"], "every_weeks": "2"}
    visit = written(begun(house, house.cast.anna_herself), house, dny=dny)
    assert [each.split(":")[0] for each in dates_read(visit)[:2]] == ["Monday 23 November", "Monday 7 December"]
    assert "Every other Monday:" in visit.text


@pytest.mark.parametrize(
    ("step", "typed", "field", "kept"),
    [
        ("odkud", {}, "origin", {}),
        ("kam", {"destination": "other"}, "words", {}),
        ("dny", {"every_weeks": "1"}, "weekdays", {}),
        ("dny", {"weekdays": "1"}, "every_weeks", {}),
        ("cas", {"time": "8:15"}, "anchor", {"time": "8:15"}),
        ("cas", {"anchor": "leave_at", "time_1": "8:15"}, "time", {"time_1": "8:15"}),
        ("cas", {"anchor": "leave_at", "time": "soon"}, "time", {"time": "soon"}),
        ("cas", {"anchor": "leave_at", "time": "9", "time_3": "4:00"}, "time_3", {"time": "9", "time_3": "4:00"}),
        ("zpet", {"return_time": "15"}, "back", {"return_time": "15"}),
        ("zpet", {"back": "yes"}, "return_time", {}),
        ("zpet", {"back": "yes", "return_time": "7:00"}, "return_time", {"return_time": "7:00"}),
        ("odkdy", {"first": "whenever", "last": "30. 6."}, "first", {"first": "whenever", "last": "30. 6."}),
        ("odkdy", {"first": "20. 11. 2026", "last": "30. 6."}, "first", {"first": "20. 11. 2026"}),
        ("odkdy", {"first": "23. 11.", "last": "30. 11."}, "last", {"last": "30. 11."}),
        ("odkdy", {"first": "23. 11.", "last": "1. 11. 2026"}, "last", {"last": "1. 11. 2026"}),
        ("odkdy", {"first": "23. 11.", "last": "1. 1. 2029"}, "last", {"last": "1. 1. 2029"}),
        ("svatky", {"school": "ride"}, "public", {}),
        ("pomoc", {"companions": "9"}, "companions", {}),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_nothing_typed_is_lost(house: House, step, typed, field, kept):
    visit = written(begun(house, house.cast.anna_herself), house, until=step)
    visit.send(visit.path, status=422, said=typed)
    [summary] = visit.root.findall(".//div[@role='alert']")
    assert [each.get("href") for each in summary.iter("a")] == [f"#{field}"]
    assert {name: visit.value(name) for name in kept} == kept
    assert visit.get(visit.path).path.endswith(step), "nothing wrong is kept"


def test_an_order_that_cannot_be_asked_for_says_where_to_mend_it(house: House):
    visit = written(begun(house, house.cast.anna_herself), house, dny={"weekdays": ["2"], "every_weeks": "1"})
    holidays = frozenset(date(2026, 11, 20) + timedelta(days=ahead) for ahead in range(300))
    there = with_calendar(house, Calendar(public=holidays))
    again = there.visit(house.cast.anna_herself).get(visit.path)
    [link] = again.root.findall(".//div[@role='alert']//a")
    assert (link.get("href") or "").endswith("/dny")
    assert not again.root.findall(".//main//form")


def test_a_doubled_click_makes_one_order(house: House):
    visit = written(begun(house, house.cast.anna_herself), house)
    twin = house.visit(house.cast.anna_herself).get(visit.path)
    visit.send()
    twin.send()
    assert twin.path.endswith("/hotovo")
    assert len(orders(house)) == 1


def test_a_page_that_shows_something_else_is_shown_anew(house: House):
    visit = written(begun(house, house.cast.anna_herself), house)
    old = house.visit(house.cast.anna_herself).get(visit.path)
    house.clock.forward(minutes=1)
    visit.follow("Change the way back").send(back="no")
    old.send()
    assert old.path.endswith("/kontrola")
    assert "way back from" not in old.text
    assert orders(house) == []


def test_what_was_begun_is_offered_again_and_not_begun_twice(house: House):
    visit = written(begun(house, house.cast.anna_herself), house, until="cas")
    again = house.visit(house.cast.anna_herself).get("/en/pravidelne").follow("Go on with the request you began")
    assert again.path == visit.path
    assert written(again, house).send().path.endswith("/hotovo")
    assert "Go on with the request you began" not in again.get("/en/pravidelne").text


def test_the_draft_of_a_regular_ride_is_no_order_of_single_rides(house: House):
    key = begun(house, house.cast.anna_herself).path.split("/")[-2]
    visit = house.visit(house.cast.anna_herself)
    visit.get(f"/en/objednat/{key}/odkud", status=404)
    visit.get(f"/en/pravidelne/nova/{key}/den", status=404)
    visit.get(f"/en/pravidelne/nova/{key}/kontrola")
    assert visit.path.endswith("/odkud")


def test_every_date_shows_what_is_promised_or_why_not(house: House):
    cast, town = house.cast, house.town
    with writing(house.database) as session:
        order_id = asked(session, town, cast.anna, by=cast.anna_herself).id
        answered(session, town)
    visit = house.visit(cast.anna_herself).get(f"/en/pravidelne/{order_id}")
    first, second = visit.root.findall(".//main//ol/li")[:2]
    promised = " ".join("".join(first.itertext()).split())
    assert re.search(r"The way there: we pick you up between 7:\d\d and 7:\d\d, you will be there by 8:00\.", promised)
    assert "The way back: we pick you up between 15:" in promised
    assert "We answer by" in "".join(second.itertext())
    assert len(visit.root.findall(".//main//ol[@class='govuk-list aid-rides']/li")) == 8
    ride = next(each.get("href") for each in first.iter("a") if "/jizdy/" in (each.get("href") or ""))
    assert visit.get(ride or "").heading.startswith("Ride on")


def test_a_date_without_a_place_gives_its_proven_reason(house: House):
    cast, town = house.cast, house.town
    with writing(house.database) as session:
        heavy = a_user(session, Role.CLIENT, "Těžký Vozík")
        client = a_client(
            session, "Těžký Vozík", user_id=heavy.id, mobility=Mobility.WHEELCHAIR_STAYS, chair_mass_kg=290
        )
        both = [client, cast.anna]
        made = [asked(session, town, each, by=cast.hana).id for each in both]
        answered(session, town)
        someone = acting(heavy)
    pages = [house.visit(cast.hana).get(f"/en/pravidelne/{number}").text for number in made]
    refused = [text for text in pages if "This day it is not possible:" in text]
    assert len(refused) == 1
    assert "the vehicles for regular rides are taken" in refused[0] or "all vehicles are taken" in refused[0]
    assert house.visit(someone).get(f"/en/pravidelne/{made[0]}").heading.startswith("Regular ride from home")


def test_all_dates_are_on_one_page_for_printing(house: House):
    cast, town = house.cast, house.town
    with writing(house.database) as session:
        order_id = asked(session, town, cast.anna, by=cast.anna_herself).id
        answered(session, town)
    visit = house.visit(cast.anna_herself).get(f"/en/pravidelne/{order_id}").follow("All dates with their answers")
    assert len(visit.root.findall(".//tbody/tr")) == 20
    assert "1 date is promised" in visit.text
    assert "19 dates wait for an answer" in visit.text


def test_cyril_asks_for_his_mother_and_every_page_says_so(house: House):
    visit = begun(house, house.cast.cyril)
    for step in (*STEPS, "kontrola"):
        written(visit, house, until=step)
        assert "You are acting for:" in visit.text, visit.path
    visit.send()
    assert orders(house)[0].client_id == house.cast.anna.id
    assert "Regular rides of Anna Vozková" in visit.get("/en/pravidelne").text


def test_somebody_with_two_people_says_first_whose_rides(house: House):
    with writing(house.database) as session:
        eva = a_client(session, "Eva Domácí")
        a_mandate(session, eva, session.get_one(User, house.cast.cyril.user))
        code = eva.code
    visit = house.visit(house.cast.cyril).get("/en/pravidelne")
    assert visit.heading == "Whose regular rides do you want to see?"
    visit.follow("Eva Domácí").send("/en/pravidelne")
    assert "Eva Domácí" in visit.text
    assert visit.path.endswith("/odkud")
    assert code in house.visit(house.cast.cyril).get("/en/pravidelne").html


def test_a_supporter_sees_the_rides_and_cannot_ask(house: House):
    supporter = _supporter(house)
    with writing(house.database) as session:
        order_id = asked(session, house.town, house.cast.anna, by=house.cast.anna_herself).id
    visit = house.visit(supporter).get("/en/pravidelne")
    assert "You may look." in visit.text
    assert "Ask for a regular ride" not in visit.html
    visit.send("/en/pravidelne", status=404)
    page = house.visit(supporter).get(f"/en/pravidelne/{order_id}")
    assert "What you can change" not in page.text
    page.send(f"/en/pravidelne/{order_id}/prerusit", status=403, first="1. 12. 2026", last="2. 12. 2026")
    page.send(f"/en/pravidelne/{order_id}/zmenit", status=403, scope="all")


def test_other_peoples_orders_and_drafts_are_not_there(house: House):
    with writing(house.database) as session:
        order_id = asked(session, house.town, house.cast.anna, by=house.cast.anna_herself).id
    draft = begun(house, house.cast.anna_herself).path
    gustav = house.visit(house.cast.gustav).get("/en/pravidelne")
    for page in ("", "/terminy", "/prerusit", "/ukoncit", "/zmenit", "/den/2026-11-24/nejedu", "/den/2026-11-25/cas"):
        gustav.get(f"/en/pravidelne/{order_id}{page}", status=404)
    unknown = gustav.get("/en/pravidelne/999999", status=404).text
    assert gustav.get(f"/en/pravidelne/{order_id}", status=404).text == unknown
    gustav.get(draft, status=404)


def _supporter(house: House) -> Actor:
    with writing(house.database) as session:
        return acting(_with_mandate(session, house))


def _with_mandate(session: Session, house: House) -> User:
    user = a_user(session, Role.REPRESENTATIVE, "Petra Pomocná")
    a_mandate(session, house.cast.anna, user, Power.SEE, Power.PREPARE, kind=MandateKind.SUPPORTER)
    return user
