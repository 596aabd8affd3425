"""The pages for everybody, in every language, with the numbers of the rules in force."""

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.api.browser import Browser
from tests.api.client.conftest import House
from tests.api.markup import words
from tests.builders.town import the_policies
from transport.api import security
from transport.api.public import area_map, conditions, easy
from transport.kernel.actor import SYSTEM
from transport.kernel.db import connect, writing
from transport.kernel.i18n import LANGUAGES, Catalogue
from transport.kernel.policy import Policies, Policy
from transport.operations.quality import announcements
from transport.routing.geo import places

PATHS = (
    "",
    "kdo-a-za-kolik",
    "pravidla",
    "pristupnost",
    "soukromi",
    "narok",
    "narok/ano",
    "narok/ano+dite+vozik",
    "narok/ne+bydliste+vek-a-prukaz+vleze",
    "nazor",
    "nazor/dekujeme",
    "stiznost",
    "stiznost-na-papire",
    "snadne-cteni",
    *(f"snadne-cteni/{page.slug}" for page in easy.PAGES),
    "chyba/404",
    "chyba/500",
    "chyba/503",
)
ENGLISH = Catalogue("en", {})
PLACES = Path(__file__).resolve().parents[3] / "data" / "plzen" / "places.csv"
BYTES = 20_000
"""The most HTML that a page for everybody may have."""


def under(house: House, policies: Policies) -> House:
    """The house with other rules."""
    services = house.app.state.services
    house.app.state.services = replace(services, world=replace(services.world, policies=policies))
    return house


def only(policy: Policy) -> Policies:
    """This policy from the beginning of time, alone."""
    alone = policy.model_copy(update={"valid_from": date(2000, 1, 1), "valid_until": None})
    return the_policies().model_copy(update={"policy": (alone,)})


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_page_is_whole_in_every_language(house: House, lang: str):
    for path in PATHS:
        page = Browser(house.app).get(f"/{lang}/{path}")
        assert page.root.get("lang") == lang
        assert "+420 800 000 000" in page.text
        assert len(page.shown.content) <= BYTES, path


@pytest.mark.parametrize(
    ("wanted", "lang"), [("en-GB,en;q=0.9", "en"), ("fr, de;q=0.5", "de"), ("fr", "cs"), ("uk", "uk"), ("", "cs")]
)
def test_the_first_page_speaks_the_language_of_the_browser(house: House, wanted: str, lang: str):
    visitor = Browser(house.app)
    visitor.client.headers["accept-language"] = wanted
    assert visitor.get("/").path == f"/{lang}/"


def test_a_language_alone_is_its_start_page(house: House):
    assert house.visit(None).client.get("/de").headers["location"].endswith("/de/")


def test_the_rules_are_those_in_force(house: House):
    policy = house.town.world.policies.on(house.town.day)
    page = Browser(house.app).get("/en/kdo-a-za-kolik")
    fare = (policy.tariff.boarding_fee + policy.tariff.city_adult) // 100
    assert f"people of {policy.eligibility.min_age} or older" in page.text
    assert f"a ride in the city {fare} Kč" in page.text
    assert f"up to {policy.booking.horizon_days} days ahead" in page.text


@pytest.mark.parametrize("policy", the_policies().policy, ids=lambda each: each.id)
def test_prices_are_those_of_the_rules_whichever_are_in_force(house: House, policy: Policy):
    tariff = policy.tariff
    visitor = Browser(under(house, only(policy)).app)
    table = visitor.get("/en/kdo-a-za-kolik").root.find(".//table")
    assert table is not None
    shown = dict(
        [words(cell) for cell in row.iter() if cell.tag in {"th", "td"}] for row in table.iterfind(".//tbody/tr")
    )
    assert shown["a ride in the city"] == f"{(tariff.boarding_fee + tariff.city_adult) // 100} Kč"
    assert shown["each companion"] == f"{(tariff.boarding_fee + tariff.companion) // 100} Kč"
    assert shown["outside the city, a kilometre"] == f"{tariff.outside_km_rate // 100} Kč"
    assert ("a ride with nobody else on board" in shown) == (tariff.solo is not None)
    assert any(label.startswith("a child from") for label in shown) == bool(tariff.child_age_until)
    for path in ("", "pravidla", "snadne-cteni/co-to-je", "snadne-cteni/jak-jizda-probiha"):
        assert shown["a ride in the city"] in visitor.get(f"/en/{path}").text


@pytest.mark.parametrize("policy", the_policies().policy, ids=lambda each: each.id)
def test_every_page_can_be_read_whichever_rules_are_in_force(house: House, policy: Policy):
    visitor = Browser(under(house, only(policy)).app)
    for path in PATHS:
        visitor.get(f"/en/{path}")


def test_coming_rules_are_told_before_they_hold(house: House):
    house.clock.forward(days=-365)
    visitor = Browser(house.app).get("/en/kdo-a-za-kolik")
    assert "What changes from Thursday 1 January 2026" in visitor.text
    told = [[words(cell) for cell in row] for row in visitor.root.findall(".//table")[1].iterfind("tbody/tr")]
    assert ["how many days ahead you can order", "7", "21"] in told
    assert "a ride in the city" not in {label for label, *_sides in told}
    assert "1 January 2026" in visitor.get("/en/").text


def test_no_change_is_told_while_none_is_decided(house: House):
    assert "What changes" not in Browser(house.app).get("/en/kdo-a-za-kolik").text


def test_a_change_names_both_sides():
    found = conditions.coming(the_policies(), date(2025, 6, 1), ENGLISH)
    assert found is not None
    changes = {each.label: (each.now, each.then) for each in found.changes}
    assert changes["a ride with nobody else on board"] == ("", "100\u00a0Kč")
    assert changes["order at the latest"] == ("1\u00a0day before the ride, by 11:00", "30\u00a0minutes before the ride")
    assert "a ride in the city" not in changes


def test_another_language_shows_the_same_page(house: House):
    assert Browser(house.app).get("/cs/kdo-a-za-kolik").follow("Deutsch").path == "/de/kdo-a-za-kolik"


def test_whoever_wants_a_ride_logs_in_and_is_there(house: House):
    page = Browser(house.app).get("/en/").follow("Book a ride")
    assert page.path == "/en/prihlaseni"


def test_everything_for_everybody_is_found_from_the_start(house: House):
    start = Browser(house.app).get("/en/")
    linked = {each.get("href") for each in start.root.iterfind(".//main//a")}
    rooms = ("objednat", "moje", "kdo-a-za-kolik", "narok", "pravidla", "snadne-cteni", "nazor", "stiznost")
    assert {f"/en/{room}" for room in (*rooms, "pristupnost", "soukromi")} <= linked


def test_an_announcement_is_read_while_it_holds(house: House):
    with writing(house.database) as session:
        now = house.clock()
        said = {"cs": "Sněží <b>hodně</b>", "en": "It snows"}
        announcements.announce(session, said, starts_at=now, ends_at=now + timedelta(hours=1), by=SYSTEM, now=now)
    visitor = Browser(house.app)
    assert "It snows" in visitor.get("/en/").text
    line = visitor.get("/uk/").root.find(".//span[@lang='cs']")
    assert line is not None
    assert words(line) == "Sněží <b>hodně</b>"
    house.clock.forward(hours=1)
    assert "It snows" not in visitor.get("/en/").text


def test_the_easy_pages_are_read_one_after_the_other(house: House):
    reader = Browser(house.app).get("/en/snadne-cteni").follow("What it is")
    for page in easy.PAGES[1:]:
        reader.follow(f"{page.title} →")
        assert reader.path == f"/en/snadne-cteni/{page.slug}"
    assert reader.follow("The usual page").path == "/en/stiznost"


def test_an_easy_sentence_is_short_and_has_its_picture(house: House):
    for page in easy.PAGES:
        drawn = Browser(house.app).get(f"/en/snadne-cteni/{page.slug}").root.findall(".//div[@class='aid-easy__line']")
        assert len(drawn) == len(page.lines)
        for line in drawn:
            assert line.find("{http://www.w3.org/2000/svg}svg") is not None
            assert all(len(sentence.split()) <= 15 for sentence in re.split(r"[.?!:]", words(line)))


def test_a_drawing_takes_the_colours_of_the_text():
    for page in easy.PAGES:
        for name, _sentence in page.lines:
            drawing = easy.picture(name)
            assert 'stroke="currentColor"' in drawing
            assert "#" not in drawing


def test_the_sketch_shows_every_place_that_is_served():
    for policy in the_policies().policy:
        found = area_map.sketch(policy, PLACES)
        assert {dot.name for dot in found.dots} == set(policy.area.outside_places)
        assert bool(found.radius) == (policy.area.outside_mode == "radius")
        for dot in (*found.dots, found.centre):
            assert 0 < dot.x < found.width
            assert 0 < dot.y < found.height


def test_north_is_up_on_the_sketch():
    found = area_map.sketch(the_policies().named("2026"), PLACES)
    by_name = {each.name: each for each in places.load(PLACES)}
    south = next(dot for dot in found.dots if dot.name == "Psychiatrická nemocnice Dobřany")
    assert by_name[south.name].lat < the_policies().named("2026").area.centre_lat
    assert south.y > found.centre.y


@pytest.mark.parametrize("path", ["/robots.txt", "/favicon.ico"])
def test_machines_are_answered(house: House, path: str):
    got = house.visit(None).client.get(path, follow_redirects=True)
    assert got.status_code == 200
    assert got.headers["content-type"].startswith(("text/plain", "image/svg"))


def test_search_engines_leave_alone_what_is_not_for_everybody(house: House):
    closed = house.visit(None).get("/robots.txt").html
    assert "Disallow: /disp" in closed
    assert "Disallow: /uk/moje" in closed
    assert "Disallow: /cs/\n" not in closed


@pytest.fixture
def without_database(house: House) -> Browser:
    """The doors on a database that does not answer."""
    gone = connect("postgresql://nobody@127.0.0.1:9/nothing?connect_timeout=1")
    house.app.state.services = replace(house.app.state.services, database=gone)
    return Browser(house.app)


def test_without_a_database_a_page_says_when_to_come_back_and_whom_to_call(without_database: Browser):
    page = without_database.get("/en/", 503)
    assert page.heading == "Booking on the web is off at the moment"
    assert "after 10:05" in page.text
    assert "+420 800 000 000" in page.text
    assert page.shown.headers["retry-after"] == "300"


def test_without_a_database_the_rules_and_the_telephone_are_still_there(without_database: Browser):
    for path in ("kdo-a-za-kolik", "pravidla", "snadne-cteni/jak-objednat", "narok/ano"):
        without_database.get(f"/en/{path}")


def test_a_logged_in_person_without_a_database_is_told_the_same(without_database: Browser):
    without_database.client.cookies.set(security.SESSION, "somebody")
    without_database.get("/en/kdo-a-za-kolik", 503)


def test_a_program_without_a_database_gets_a_problem(without_database: Browser):
    got = without_database.client.get("/healthz", headers={"accept": "application/json"})
    assert (got.status_code, got.json()["code"]) == (503, "database.away")
    assert got.headers["content-security-policy"]


@pytest.mark.parametrize(
    "path", ["/en/chyba/418", "/en/snadne-cteni/nic", "/en/narok/asi", "/en/narok/ano+vleze+vozik"]
)
def test_what_is_no_page_is_not_found(house: House, path: str):
    lost = Browser(house.app).get(path, 404)
    assert "We do not have this page." in lost.text
    assert {"/en/", "/en/moje"} <= {each.get("href") for each in lost.root.iterfind(".//main//a")}
