"""Whom one acts for: chosen in words, warned of in time, and what to do when a mandate is over."""

from datetime import timedelta
from typing import Any

import pytest

from tests.api.client.conftest import House, Visit
from tests.builders.booking import a_confirmed_ride
from tests.builders.clients import a_client, a_mandate, a_user, acting
from transport.booking.clients.models import MandateKind, Power
from transport.kernel.actor import Actor, Role
from transport.kernel.clock import local_day
from transport.kernel.db import writing

DECREE = "usnesení soudu, 4. 3. 2026, spis na odboru"


def lada(house: House, *mandates: dict[str, Any], people: tuple[str, ...] = ()) -> Actor:
    """A representative with a mandate for Anna for each of `mandates`, and a full one for everybody named."""
    with writing(house.database) as session:
        user = a_user(session, Role.REPRESENTATIVE, "Láďa Pomocný")
        for each in mandates:
            a_mandate(session, house.cast.anna, user, *each.pop("powers", ()), **each)
        for name in people:
            a_mandate(session, a_client(session, name), user)
        return acting(user)


def in_days(house: House, days: int) -> dict[str, Any]:
    return {"valid_until": local_day(house.clock()) + timedelta(days=days)}


def test_the_chooser_says_what_one_may_and_may_not_do(house: House):
    guardian = lada(
        house,
        {
            "powers": (Power.BOOK, Power.CANCEL),
            "kind": MandateKind.GUARDIAN_LIMITED,
            "exclusive": True,
            "evidence": DECREE,
        },
        people=("Eva Domácí",),
    )
    page = house.visit(guardian).get("/en/moje/za-koho")
    assert "You may: see the rides, prepare orders, order rides, cancel rides." in page.text
    assert "You may not: change the profile, complain." in page.text
    assert "The person cannot decide this without you." in page.text
    assert "Guardian because of limited capacity" in page.text


@pytest.mark.parametrize(
    ("days", "said", "warned"), [(61, False, False), (60, True, False), (30, True, False), (7, True, True)]
)
def test_the_end_of_a_mandate_is_said_in_time(house: House, days: int, said: bool, warned: bool):
    page = house.visit(lada(house, in_days(house, days), people=("Eva Domácí",))).get("/en/moje/za-koho")
    assert (f"This ends in {days} days." in page.text) is said
    assert bool(page.root.findall(".//li//div[@role='status']")) is warned


def test_a_field_to_search_by_name_comes_with_the_eleventh_person(house: House):
    names = tuple(f"Osoba Čísl{letter}" for letter in "abcdefghij")
    few = house.visit(lada(house, people=names)).get("/en/moje/za-koho")
    assert few.root.find(".//main//input[@name='q']") is None
    many = house.visit(lada(house, people=(*names, "Žofie Řehořová"))).get("/en/moje/za-koho")
    assert len(many.root.findall(".//main//h2")) == 11
    assert "1 person found." in many.get("/en/moje/za-koho?q=rehor").text
    assert [each.text for each in many.root.findall(".//main//h2/a")] == ["Žofie Řehořová"]
    assert "0 people found." in many.get("/en/moje/za-koho?q=nikdo").text


def test_a_representative_of_three_sees_for_whom_and_by_what_on_every_page_of_an_order(house: House):
    visit = house.visit(lada(house, in_days(house, 41), people=("Eva Domácí", "Jiří Třetí"))).get("/en/moje")
    assert visit.path == "/en/moje/za-koho"
    visit.follow("Anna Vozková")
    seen = []

    def banner() -> None:
        said = visit.root.find(".//section[@aria-label='For whom you act']")
        assert said is not None, visit.path
        words = " ".join("".join(said.itertext()).replace("\u00a0", " ").split())
        assert "Anna Vozková (power of attorney until 31 Dec 2026)" in words, visit.path
        seen.append(visit.path)

    banner()
    visit.send("/en/objednat")
    for answer in (
        {"origin": str(house.town.places["home"])},
        {"words": "hospital"},
        {},
        {"day": house.town.day.isoformat()},
        {"anchor": "leave_at", "time": "9:00"},
        {"back": "no"},
        {"companions": "0"},
    ):
        banner()
        visit.send(said=answer or {"pick": visit.options("pick")[0]})
    banner()
    visit.send(outbound=visit.options("outbound")[0])
    banner()
    visit.send()
    banner()
    assert visit.path.endswith("/hotovo")
    visit.follow("Go to the rides")
    banner()
    assert f"klient={house.cast.anna.code}" in str(visit.shown.url)
    assert len(seen) > 9


def test_whoever_has_an_expired_mandate_is_told_what_to_do_about_tomorrow(house: House):
    with writing(house.database) as session:
        ride = a_confirmed_ride(session, house.town, house.cast.anna, by=house.cast.hana)
    late = lada(house, in_days(house, -1))
    page = house.visit(late).get(f"/en/moje?klient={house.cast.anna.code}")
    assert page.path == "/en/moje/za-koho"
    assert "Anna Vozková" in page.text
    assert "ended on 19 Nov 2026" in page.text
    assert "The operator orders it with the person on the phone at once" in page.text
    assert page.root.find(".//main//a[@class='govuk-link'][@href]") is not None
    assert any(each.get("href", "").startswith("tel:") for each in page.root.iterfind(".//main//a"))
    assert ride.code not in page.html
    page.get(f"/en/jizdy/{ride.code}", 404)
    page.send("/en/objednat", 404, client=house.cast.anna.code)


def test_the_operator_books_at_once_for_whom_a_mandate_has_ended(house: House):
    lada(house, in_days(house, -1))
    visit = house.visit(house.cast.hana).get(f"/op/klient/{house.cast.anna.code}")
    visit.send("/cs/objednat")
    assert visit.path.endswith("/odkud")


def test_a_mandate_that_was_taken_back_or_renewed_is_not_shown_as_over(house: House):
    renewed = lada(house, in_days(house, -1), in_days(house, 300))
    assert "ended on" not in house.visit(renewed).get("/en/moje/za-koho").text
    long_over = lada(house, in_days(house, -61))
    page = house.visit(long_over).get("/en/moje/za-koho")
    assert "Vozková" not in page.text
    assert page.heading == "You have nobody to order for yet"


def visited(house: House, actor: Actor) -> Visit:
    return house.visit(actor).get("/en/moje/za-koho")


def test_whoever_acts_for_nobody_is_told_how_to_begin(house: House):
    assert "The person adds you in their profile" in visited(house, house.cast.gustav).text
    assert "The person adds you in their profile" in visited(house, house.cast.anna_herself).text
    assert "The person adds you in their profile" not in visited(house, house.cast.cyril).text
