"""A day centre with twelve people: who rides tomorrow, who does not go after all, whom each member may order for."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlmodel import select

from tests.api.client.conftest import House, Visit
from tests.builders.booking import an_order
from tests.builders.clients import a_client, a_mandate, a_user, acting, an_organisation
from tests.builders.town import another_day
from transport.booking.clients import organisations
from transport.booking.clients.models import Client, OrganisationKind, Power
from transport.booking.rides.lifecycle import Status
from transport.booking.rides.models import Ride
from transport.kernel.actor import SYSTEM, Actor, Role
from transport.kernel.db import reading, writing

NAMES = "abcdefghijkl"


@dataclass
class Centre:
    """The centre's number, its people, two who work there; six of its people ride there and back on the town's day."""

    id: int
    people: list[Client]
    marta: Actor
    pavel: Actor


@pytest.fixture
def centre(house: House) -> Centre:
    with writing(house.database) as session:
        users = [a_user(session, Role.REPRESENTATIVE, name) for name in ("Marta Pečující", "Pavel Denní")]
        found = an_organisation(session, *users, name="Stacionář Slunce", kind=OrganisationKind.CARE)
        people = [a_client(session, f"Osoba Čísl{letter}") for letter in NAMES]
        for person in people[:11]:
            a_mandate(session, person, None, Power.BOOK, Power.CANCEL, organisation_id=found.id)
        a_mandate(session, people[11], users[1], organisation_id=found.id)
        marta, pavel = map(acting, users)
        for number, person in enumerate(people[:6]):
            there, back = f"{7 + number}:00", f"{14 + number}:00"
            an_order(session, house.town, person, there, back=back, by=marta)
        return Centre(found.id or 0, people, marta, pavel)


def at(house: House, centre: Centre, step: str = "") -> str:
    return f"/en/organizace/{centre.id}{step}?den={house.town.day.isoformat()}"


def of(house: House, client: Client) -> list[Ride]:
    """Both rides of a person, the way there first."""
    with reading(house.database) as session:
        return list(session.exec(select(Ride).where(Ride.client_id == client.id).order_by(Ride.id)))  # type: ignore[arg-type]


def everybody_but(visit: Visit, *codes: str) -> dict[str, list[str]]:
    """The ticks as they are on the page, without those of these rides."""
    ticks: dict[str, list[str]] = {}
    for each in visit.root.iterfind(".//input[@type='checkbox']"):
        assert each.get("checked") is not None
        if each.get("value") not in codes:
            ticks.setdefault(each.get("name", ""), []).append(each.get("value", ""))
    return ticks


def untick(visit: Visit, *codes: str) -> Visit:
    form = visit.root.find(".//form[@id='rides']")
    assert form is not None
    hidden = {
        each.get("name", ""): each.get("value", "") for each in form.iter("input") if each.get("type") == "hidden"
    }
    sent = visit.client.post(form.get("action", ""), data={**hidden, **everybody_but(visit, *codes)})
    visit._show(sent, 200 if sent.is_redirect else 422)
    return visit


def test_all_rides_of_its_people_are_ticked_and_those_of_others_are_not_there(house: House, centre: Centre):
    with writing(house.database) as session:
        an_order(session, house.town, house.cast.bedrich, "20:00", by=house.cast.hana)
    page = house.visit(centre.marta).get(at(house, centre))
    assert len(page.root.findall(".//input[@type='checkbox']")) == 12
    assert "Bedřich" not in page.text
    assert page.heading == "Stacionář Slunce: Tuesday 24 November"


def test_one_does_not_go_tomorrow(house: House, centre: Centre):
    there, back = of(house, centre.people[2])
    page = untick(house.visit(centre.marta).get(at(house, centre)), there.code, back.code)
    assert page.heading == "Cancel 2 rides?"
    assert "Osoba Číslc" in page.text
    assert "Osoba Čísla" not in page.text
    assert of(house, centre.people[2])[0].status is Status.REQUESTED
    page.send()
    assert page.path == f"/en/organizace/{centre.id}"
    assert "Cancelled: Osoba Číslc" in page.text
    assert {ride.status for ride in of(house, centre.people[2])} == {Status.CANCELLED}
    assert {ride.status for each in centre.people[:2] for ride in of(house, each)} == {Status.REQUESTED}


def test_a_way_back_that_stays_alone_and_a_late_cancellation_are_said_before(house: House, centre: Centre):
    house.clock.now = house.clock.now.replace(day=24, hour=5)
    there, _ = of(house, centre.people[0])
    page = untick(house.visit(centre.marta).get(at(house, centre)), there.code)
    assert page.heading == "Cancel 1 ride?"
    assert "This is a late cancellation." in page.text
    assert "The other way of this trip stays ordered." in page.text


def test_one_that_cannot_be_cancelled_stops_no_other_and_says_why(house: House, centre: Centre):
    one, other = of(house, centre.people[0])[0], of(house, centre.people[1])[0]
    page = untick(house.visit(centre.marta).get(at(house, centre)), one.code, other.code)
    with writing(house.database) as session:
        session.get_one(Ride, one.id).version += 1
    page.send(status=422)
    assert "Cancelled: Osoba Číslb" in page.text
    assert page.errors == ["Somebody has decided about this ride meanwhile. Look at it again."]
    assert page.heading == "Cancel 1 ride?"
    assert of(house, centre.people[1])[0].status is Status.CANCELLED
    page.send()
    assert of(house, centre.people[0])[0].status is Status.CANCELLED


def test_a_doubled_click_cancels_once_and_complains_of_nothing(house: House, centre: Centre):
    one = of(house, centre.people[0])[0]
    page = untick(house.visit(centre.marta).get(at(house, centre)), one.code)
    sent = {"rides": one.code, f"version_{one.code}": str(one.version)}
    page.send(f"/en/organizace/{centre.id}/nejede?den={house.town.day}", said=sent)
    page.send(f"/en/organizace/{centre.id}/nejede?den={house.town.day}", said=sent)
    assert "Cancelled: Osoba Čísla" in page.text


def test_nothing_unticked_is_said_and_a_ride_ordered_meanwhile_is_not_touched(house: House, centre: Centre):
    page = house.visit(centre.marta).get(at(house, centre))
    with writing(house.database) as session:
        an_order(session, house.town, centre.people[7], "18:00", by=centre.pavel)
    untick(page)
    assert page.shown.status_code == 422
    assert page.errors == ["Everybody is ticked. Untick whoever does not go."]


def test_nobody_cancels_the_ride_of_somebody_else_by_its_number(house: House, centre: Centre):
    with writing(house.database) as session:
        (foreign,) = an_order(session, house.town, house.cast.bedrich, "20:00", by=house.cast.hana)
    visit = house.visit(centre.marta).get(at(house, centre))
    assert visit.get(f"{at(house, centre, '/nejede')}&jizdy={foreign.code}").path == f"/en/organizace/{centre.id}"
    sent = {"rides": foreign.code, f"version_{foreign.code}": str(foreign.version)}
    visit.send(f"/en/organizace/{centre.id}/nejede?den={house.town.day}", said=sent)
    with reading(house.database) as session:
        assert session.get_one(Ride, foreign.id).status is not Status.CANCELLED


def test_five_days_one_after_the_other(house: House, centre: Centre):
    days = [house.town.day + timedelta(days=ahead) for ahead in range(1, 5)]
    with writing(house.database) as session:
        for day in days:
            another_day(session, house.town, day)
            an_order(session, house.town, centre.people[0], "9:00", by=centre.marta, day=day)
    visit = house.visit(centre.marta).get(at(house, centre))
    for day in days:
        visit.follow(f"{day:%a} {day.day} {day:%b}")
        assert str(day) in str(visit.shown.url)
        assert len(visit.root.findall(".//input[@type='checkbox']")) == 1
    visit.get(f"/en/organizace/{centre.id}?den=24.11.")
    assert "Tuesday 24 November" in visit.heading
    assert "Saturday 21 November" in visit.get(f"/en/organizace/{centre.id}").heading


def test_each_member_sees_their_people_and_only_their_own_on_request(house: House, centre: Centre):
    page = house.visit(centre.marta).get(at(house, centre, "/lide"))
    assert len(page.root.findall(".//main//h2")) == 11
    assert "You may not: change the profile, complain." in page.text
    assert f"/en/pravidelne?klient={centre.people[0].code}" in page.html
    pavels = house.visit(centre.pavel).get(at(house, centre, "/lide"))
    assert len(pavels.root.findall(".//main//h2")) == 12
    pavels.follow("Show only the people in my charge")
    assert [each.text for each in pavels.root.findall(".//main//h2/a")] == ["Osoba Čísll"]


def test_whoever_stands_in_for_a_colleague_sees_for_whom(house: House, centre: Centre):
    today = house.clock().date()
    with writing(house.database) as session:
        organisations.hand_over(
            session,
            centre.pavel.user or 0,
            centre.marta.user or 0,
            valid_from=today,
            valid_until=today,
            by=SYSTEM,
            now=house.clock(),
        )
    page = house.visit(centre.marta).get(at(house, centre, "/lide"))
    assert len(page.root.findall(".//main//h2")) == 12
    assert "You stand in for Pavel Denní." in page.text


def test_an_order_begins_for_the_person_one_chose(house: House, centre: Centre):
    visit = house.visit(centre.marta).get(at(house, centre, "/lide"))
    visit.send("/en/objednat", client=centre.people[3].code)
    assert visit.path.endswith("/odkud")
    assert "Osoba Čísld" in visit.text


def test_the_list_on_paper_has_every_ride_of_the_day(house: House, centre: Centre):
    page = house.visit(centre.marta).get(at(house, centre, "/tisk"))
    assert len(page.root.findall(".//tbody/tr")) == 12


def test_the_pages_are_for_members_alone(house: House, centre: Centre):
    for stranger in (house.cast.cyril, house.cast.anna_herself, house.cast.gustav):
        for step in ("", "/lide", "/tisk", "/nejede"):
            house.visit(stranger).get(at(house, centre, step), 404)
        assert "not connected with any organisation" in house.visit(stranger).get("/en/organizace").text
    assert "Stacionář Slunce" in house.visit(centre.marta).get("/en/organizace").text


def test_who_may_look_but_not_cancel_is_offered_no_ticks(house: House, centre: Centre):
    with writing(house.database) as session:
        looker = a_user(session, Role.REPRESENTATIVE, "Vít Hledící")
        home = an_organisation(session, looker, name="Domov Hvězda", kind=OrganisationKind.CARE)
        a_mandate(session, session.get_one(Client, centre.people[0].id), None, Power.SEE, organisation_id=home.id)
    page = house.visit(acting(looker)).get(f"/en/organizace/{home.id}?den={house.town.day}")
    assert "Osoba Čísla" in page.text
    assert page.root.find(".//input[@type='checkbox']") is None
