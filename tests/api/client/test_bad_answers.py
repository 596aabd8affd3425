"""Whatever is wrong is said in one clear sentence at the question that can mend it, and nothing is kept."""

import pytest
from sqlmodel import select

from tests.api.client.conftest import House, Visit
from tests.api.client.test_booking import answered, begun, booked, chosen
from tests.builders.clients import a_user, acting
from transport.booking.clients import clients, mandates
from transport.booking.clients.models import Client, Eligibility, Mandate, MandateKind, Power
from transport.booking.clients.needs import Mobility
from transport.kernel.actor import SYSTEM, Role
from transport.kernel.db import writing


def refused(visit: Visit, *sentences: str) -> None:
    """The page says it twice: above, with a link to the field, and at the field; and its title says so too."""
    assert visit.page is not None
    assert visit.page.status_code == 422
    assert "govuk-error-summary" in visit.html
    assert visit.html.split("<title>")[1].startswith("Error:")
    for sentence in sentences:
        assert visit.text.count(sentence) >= 2, visit.text
    [target, *_] = visit.html.split("govuk-error-summary__list")[1].split('href="#')[1:]
    assert f'id="{target.split(chr(34))[0]}"' in visit.html


@pytest.mark.parametrize(
    ("step", "said", "sentence"),
    [
        ("odkud", {}, "Choose a place, or write one."),
        ("odkud", {"origin": "other", "words": ""}, "Choose a place, or write one."),
        ("kam", {}, "Choose a place, or write one."),
        ("den", {}, "Choose a day."),
        ("den", {"day": "other", "other_day": "někdy"}, "Write the day, for example 26. 11."),
        ("den", {"day": "other", "other_day": "19.11."}, "That day has passed. Choose today or later."),
        ("den", {"day": "other", "other_day": "1.6.2027"}, "Choose an earlier day."),
        ("den", {"day": "soon"}, "Choose a day."),
        ("cas", {"anchor": "leave_at", "time": "brzy"}, "Write a time, for example 9:15."),
        ("cas", {"anchor": "leave_at", "time": ""}, "Write a time, for example 9:15."),
        ("cas", {"anchor": "", "time": "9"}, "Choose whether the time is for leaving or for being there."),
        ("cas", {"anchor": "leave_at", "time": "5:00"}, "We drive between 06:00 and 22:00."),
        ("zpet", {}, "Choose whether you need a ride back."),
        ("zpet", {"back": "yes", "return_time": ""}, "Write a time, for example 9:15."),
        ("zpet", {"back": "yes", "return_time": "8:00"}, "The way back must be later than the way there."),
        ("zpet", {"back": "yes", "return_time": "12", "return_day": "blue"}, "Write the day, for example 26. 11."),
        ("zpet", {"back": "yes", "return_time": "23:30"}, "We drive between 06:00 and 22:00."),
        ("pomoc", {}, "Choose how many people travel along."),
        ("pomoc", {"companions": "9"}, "At most 2 people can travel along."),
    ],
)
def test_a_bad_answer_is_refused_where_it_was_given(house: House, step: str, said: dict[str, str], sentence: str):
    visit = answered(begun(house, house.cast.anna_herself, "en"), house, until=step)
    visit.send(visit.path, said=said, status=422)
    refused(visit, sentence)
    for value in (said[name] for name in said if "time" in name or "other" in name or "return" in name):
        assert value in visit.html, "what was typed is still there"
    assert visit.get(visit.path).path.endswith(step), "the question is still open"


def test_today_at_a_time_that_has_passed_is_refused(house: House):
    visit = answered(begun(house, house.cast.anna_herself, "en"), house, until="den")
    visit.send(day="2026-11-20")
    visit.send(visit.path, status=422, anchor="leave_at", time="8:00")
    refused(visit, "That time has passed.")
    visit.send(visit.path, status=422, anchor="leave_at", time="10:10")
    refused(visit, "had to be ordered by")


def test_the_same_place_twice_is_refused(house: House):
    visit = answered(begun(house, house.cast.anna_herself, "en"), house, until="kam")
    visit.send(visit.path, destination="other", words="home")
    visit.send(visit.path, status=422, pro="kam", q="home", pick=f"p{house.town.places['home']}")
    assert "The ride would end where it begins." in visit.text


def test_a_place_outside_the_area_is_refused(house: House):
    visit = answered(begun(house, house.cast.anna_herself, "en"), house, until="kam")
    visit.send(visit.path, destination="other", words="abroad")
    visit.send(visit.path, status=422, pick=f"p{house.town.places['abroad']}")
    assert "We do not drive to abroad." in visit.text


def test_a_place_that_was_not_offered_cannot_be_chosen(house: House):
    visit = begun(house, house.cast.anna_herself, "en")
    visit.send(visit.path, status=404, origin=str(house.town.places["school"]))


def test_words_nobody_knows_find_nothing_and_say_what_to_do(house: House):
    visit = begun(house, house.cast.anna_herself, "en").send(origin="other", words="qqqqqq")
    assert "We did not find this." in visit.text
    assert visit.options("pick") == []


def test_two_rides_at_once_are_refused_at_the_question_of_time(house: House):
    booked(house, house.cast.anna_herself)
    visit = begun(house, house.cast.anna_herself, "en")
    answered(visit, house, until="pomoc").send(visit.path, status=422, companions="0")
    refused(visit, "There is another ride at that time.")
    assert visit.heading == "What time?"


def test_a_card_that_ends_before_the_day_is_said_at_the_question_of_the_day(house: House):
    with writing(house.database) as session:
        young = session.get_one(Client, house.cast.anna.id)
        young.born = young.born.replace(year=1990)
        session.add(young)
        for card in session.exec(select(Eligibility)):
            card.valid_until = house.town.day.replace(day=22)
            session.add(card)
    visit = answered(begun(house, house.cast.anna_herself, "en"), house, until="den")
    visit.send(visit.path, status=422, day="2026-11-24")
    refused(visit, "The card will have expired by that day.")


def test_a_chair_no_ramp_can_lift_is_explained_with_the_telephone(house: House):
    with writing(house.database) as session:
        clients.record_needs(
            session, session.get_one(Client, house.cast.anna.id), by=SYSTEM, now=house.clock.now,
            mobility=Mobility.WHEELCHAIR_STAYS, chair_mass_kg=400,
        )  # fmt: skip
    visit = answered(begun(house, house.cast.anna_herself, "en"), house, until="pomoc")
    visit.send(visit.path, status=422, companions="0")
    refused(visit, "400 kg")
    assert "800" in visit.text


def test_a_mandate_that_ended_meanwhile_closes_the_order(house: House):
    visit = begun(house, house.cast.cyril)
    with writing(house.database) as session:
        people = mandates.people(session, house.cast.cyril, on=house.town.day)
        assert people
        for mandate in session.exec(select(Mandate)):
            mandates.revoke(session, mandate, by=house.cast.cyril, now=house.clock.now)
    visit.get(visit.path, status=403)


def test_a_supporter_may_look_but_not_order(house: House):
    with writing(house.database) as session:
        user = a_user(session, Role.REPRESENTATIVE, "Ivo Rádce")
        supporter = acting(user)
        mandates.grant(
            session, house.cast.anna.id or 0, user.id or 0, kind=MandateKind.SUPPORTER, powers=(Power.SEE,),
            valid_from=house.town.day.replace(month=1), by=SYSTEM, now=house.clock.now,
        )  # fmt: skip
    visit = house.visit(supporter).get("/en/moje")
    assert "Rides of Anna Vozková" in visit.text
    assert "Book a ride" not in visit.text
    visit.send("/en/objednat", status=404, client=house.cast.anna.code)


def test_a_form_without_its_token_is_refused(house: House):
    visit = begun(house, house.cast.anna_herself, "en")
    visit.send(visit.path, status=403, csrf="another", origin=str(house.town.places["home"]))


def test_one_of_two_ways_left_unchosen_is_asked_for(house: House):
    visit = answered(
        begun(house, house.cast.anna_herself, "en"), house, until="nabidka", back="yes", return_time="11:30"
    )
    visit.send(visit.path, status=422, outbound=chosen(visit)["outbound"])
    refused(visit, "Choose one of the times.")


def test_an_unknown_step_language_or_order_is_no_page(house: House):
    visit = begun(house, house.cast.anna_herself, "en")
    key = visit.path.split("/")[3]
    for path in (f"/en/objednat/{key}/jinam", f"/xx/objednat/{key}/odkud", "/en/objednat/none/odkud"):
        visit.get(path, status=404)


def test_continuing_without_a_find_asks_for_one(house: House):
    visit = begun(house, house.cast.anna_herself, "en").send(origin="other", words="hospital")
    visit.send(visit.path, 422)
    refused(visit, "Choose a place, or write one.")
