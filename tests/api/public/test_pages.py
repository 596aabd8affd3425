"""The pages for everybody, in every language, with the numbers of the rules in force."""

import pytest

from tests.api.browser import Browser
from tests.api.client.conftest import House
from transport.kernel.i18n import LANGUAGES


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("path", ["", "kdo-a-za-kolik", "prihlaseni"])
def test_a_page_is_whole_in_every_language(house: House, lang: str, path: str):
    page = Browser(house.app).get(f"/{lang}/{path}")
    assert page.root.get("lang") == lang


@pytest.mark.parametrize(
    ("wanted", "lang"), [("en-GB,en;q=0.9", "en"), ("fr, de;q=0.5", "de"), ("fr", "cs"), ("uk", "uk"), ("", "cs")]
)
def test_the_first_page_speaks_the_language_of_the_browser(house: House, wanted: str, lang: str):
    visitor = Browser(house.app)
    visitor.client.headers["accept-language"] = wanted
    assert visitor.get("/").path == f"/{lang}/"


def test_the_rules_are_those_in_force(house: House):
    policy = house.town.world.policies.on(house.town.day)
    page = Browser(house.app).get("/en/kdo-a-za-kolik")
    fare = (policy.tariff.boarding_fee + policy.tariff.city_adult) // 100
    assert f"people of {policy.eligibility.min_age} or older" in page.text
    assert f"a ride in the city {fare} Kč" in page.text
    assert f"up to {policy.booking.horizon_days} days ahead" in page.text


def test_prices_are_found_from_the_start(house: House):
    page = Browser(house.app).get("/en/").follow("Who may ride and for how much, in detail")
    assert page.path == "/en/kdo-a-za-kolik"


def test_another_language_shows_the_same_page(house: House):
    page = Browser(house.app).get("/cs/kdo-a-za-kolik").follow("Deutsch")
    assert page.path == "/de/kdo-a-za-kolik"


def test_whoever_wants_a_ride_logs_in_and_is_there(house: House):
    page = Browser(house.app).get("/en/").follow("Book a ride")
    assert page.path == "/en/prihlaseni"
