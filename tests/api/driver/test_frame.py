"""What stands around the stops of a shift works by plain forms: begin, end, problems, the list, the languages."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlmodel import col, select

from tests.api import markup
from tests.api.browser import Browser
from tests.builders.booking import a_confirmed_ride
from tests.builders.town import NOW
from transport.kernel.clock import at
from transport.kernel.db import reading, writing
from transport.kernel.policy.groups import Driving
from transport.operations.dispatch import plans
from transport.operations.driving.models import DriverReport, Outcome
from transport.routing.fleet import availability
from transport.routing.fleet.models import OutReason, Shift, Vehicle
from transport.routing.planning.models import Promise


@pytest.fixture
def here(house):
    """Bedřich rides at nine in Emil's car, for money; the day is published, and his window begins."""
    town, cast = house.town, house.cast
    with writing(house.database) as session:
        ride = a_confirmed_ride(session, town, cast.bedrich, "9:00", by=cast.dana)
        plans.publish(session, town.day, by=cast.dana, now=NOW)
        house.clock.now = at(town.day, session.get_one(Promise, ride.promise_id).window_start)
    return f"/ridic/smena/{town.car_shift}"


@pytest.fixture
def emil(house, here):
    return house.visit(house.cast.emil)


def reports(house, kind):
    with reading(house.database) as session:
        rows = session.exec(select(DriverReport).where(DriverReport.kind == kind)).all()
        assert {row.outcome for row in rows} <= {Outcome.TAKEN}
        return [json.loads(row.facts) for row in rows]


def said(page, form, **fields):
    """Send a form of the page as a browser does, found by the fields that only it has."""
    element = next(each for each in page.root.iter("form") if all(_has(each, *pair) for pair in form.items()))
    sent = {each.get("name"): each.get("value", "") for each in element.iter("input") if each.get("type") == "hidden"}
    answer = page.client.post(element.get("action"), data={**sent, **fields})
    assert answer.status_code == 303, answer.text
    return page.get(answer.headers["location"])


def _has(form, name, value):
    return any(each.get("name") == name and each.get("value") == value for each in form.iter("input"))


def test_a_shift_begins_with_what_is_in_order_and_shows_what_is_missing(house, here, emil):
    emil.get(f"{here}/zacatek")
    assert len(emil.root.findall(".//input[@name='checks']")) == 6
    said(emil, {"kind": "begun"}, odometer="12 345", checks=["belts", "lights", "first_aid", "fuel", "phone"])
    assert emil.path == f"{here}/zacatek"
    assert reports(house, "begun") == [{"odometer": 12345, "checks": ["belts", "lights", "first_aid", "fuel", "phone"]}]
    (missing,) = emil.root.iterfind(".//main//ul[@class='govuk-list govuk-list--bullet']")
    assert len(missing) == 1
    assert emil.root.find(f".//main//a[@href='{here}']") is not None


def test_a_shift_ends_with_the_money_counted_against_the_reports(house, here, emil):
    said(emil.get(f"{here}/zacatek"), {"kind": "begun"}, odometer="100")
    token, promise = (
        emil.get(here).root.find(f".//input[@name='{name}']").get("value") for name in ("csrf", "promise")
    )
    for kind, paid in (("arrived", ""), ("done", "cash")):
        fields = {"kind": kind, "promise": promise, "stop": "pickup", "paid": paid, "key": str(uuid4())}
        assert emil.client.post(here, data={"csrf": token, **fields}).status_code == 303
    house.clock.forward(minutes=20)
    paper = [markup.words(each) for each in emil.get(f"{here}/tisk").root.iterfind(".//tbody/tr")]
    assert ["B. T." in each and "700" not in each for each in paper] == [True, False], "on paper too"
    emil.get(f"{here}/konec")
    assert markup.words(emil.root.find(".//main//dd")) == "50 Kč"
    assert markup.words(emil.root.find(".//main//ul/li")).endswith("Bedřich Tma"), "he is on board still"
    said(emil, {"kind": "ended"}, odometer="131", cash="40", lost="deštník")
    assert reports(house, "ended") == [{"odometer": 131, "cash": 4000, "lost": "deštník"}]
    rows = [markup.words(each) for each in emil.root.iterfind(".//main//dd")]
    assert rows == ["50 Kč", "131", "31 km", "40 Kč", "deštník"]
    assert emil.root.find(".//main//div[@class='aid-notice aid-notice--warning']") is not None


def test_a_reading_that_cannot_be_is_asked_for_again_with_all_that_was_written(house, here, emil):
    said(emil.get(f"{here}/zacatek"), {"kind": "begun"}, odometer="5000")
    emil.get(f"{here}/konec").post(here, 422, odometer="4000", lost="hůl")
    assert len(emil.errors) == 1
    assert emil.value("odometer") == "4000"
    assert emil.root.findtext(".//textarea[@name='lost']").strip() == "hůl"


def test_a_problem_is_one_tap_and_says_what_happens_next(house, here, emil):
    for word, minutes in (("late", {"minutes": "20"}), ("breakdown", {}), ("unwell", {}), ("other", {})):
        emil.get(f"{here}/problem")
        assert emil.root.find(".//main//a[@href='tel:155']") is not None
        assert len(emil.root.findall(".//main//form//input[@name='problem']")) == 8
        said(emil, {"problem": word, **minutes})
        assert emil.path == f"{here}/problem"
        assert emil.root.find(".//main//div[@class='aid-notice aid-notice--success']") is not None
        assert (emil.root.find(".//main//a[@href='tel:155']") is not None) is (word == "unwell")
    house.clock.forward(minutes=11)
    emil.get(f"{here}/problem?hlaseno=late")
    assert emil.root.find(".//main//div[@class='aid-notice aid-notice--warning']") is not None, (
        "a new one is not here yet"
    )
    told = [{"problem": "late", "minutes": 20}, *({"problem": word} for word in ("breakdown", "unwell", "other"))]
    assert reports(house, "problem") == told


def test_a_problem_is_taken_back_where_it_was_told(house, here, emil):
    for word, minutes in (("late", {"minutes": "20"}), ("breakdown", {})):
        said(emil.get(f"{here}/problem"), {"problem": word, **minutes})
    assert len(emil.root.findall(".//main//li[@data-problem]")) == 2
    with reading(house.database) as session:
        key = session.exec(select(DriverReport.key).where(col(DriverReport.facts).contains("breakdown"))).one()
    said(emil, {"about": key})
    assert emil.root.find(".//main//div[@class='aid-notice aid-notice--success']") is not None
    (left,) = emil.get(f"{here}/problem").root.iterfind(".//main//li[@data-problem]")
    assert left.get("data-problem") != key
    dana = house.visit(house.cast.dana).get(f"{here}/problem")
    assert dana.root.find(".//main//li[@data-problem]") is not None
    assert dana.root.find(".//main//form") is None
    with writing(house.database) as session:
        van = session.get_one(Vehicle, house.town.car)
        now = house.clock()
        availability.take_out(session, van, starts=now, ends=None, reason=OutReason.BREAKDOWN, now=now)
    said(emil, {"about": left.get("data-problem")})
    assert emil.root.find(".//main//div[@class='aid-notice aid-notice--error']") is not None
    assert emil.root.find(".//main//li[@data-problem]//form") is None, "dispatch decides now"
    desk = house.visit(house.cast.dana).get(f"/disp/{house.town.day}/vyjimky").html
    assert "driver_said:" in desk
    assert "reports_aside:" in desk


def test_nobody_else_reports_and_nobody_reports_ahead(house, here, emil):
    dana = house.visit(house.cast.dana)
    for page in ("zacatek", "konec", "problem"):
        assert dana.get(f"{here}/{page}").root.find(".//main//form") is None
        emil.get(f"/ridic/smena/{house.town.van_shift}/{page}", 404)
    house.clock.now = NOW
    assert emil.get(f"{here}/zacatek").root.find(".//main//form") is None


def test_todays_shift_stands_first_and_tomorrows_plan_is_announced(house, here, emil):
    today = emil.get("/ridic").root.find(".//main//section//a")
    assert today.get("href") == f"{here}/zacatek"
    house.clock.forward(days=-1)
    emil.get("/ridic")
    assert emil.root.find(".//main//section//a") is None
    assert emil.root.find(f".//main//ul//a[@href='{here}']") is not None
    assert emil.root.find(".//main//div[@class='aid-notice aid-notice--info']") is not None
    assert "Bedřich" not in emil.text


def test_a_shift_that_is_over_shows_nobody(house, here, emil):
    with reading(house.database) as session:
        shift = session.get_one(Shift, house.town.car_shift)
    house.clock.now = at(shift.day, shift.ends) + timedelta(hours=Driving().hours_after)
    for page in ("", "/konec", "/tisk"):
        assert "Bedřich" not in emil.get(here + page).text
    assert "Bedřich" in house.visit(house.cast.dana).get(here).text


def test_a_telephone_can_install_the_pages(house):
    told = Browser(house.app).client.get("/ridic/app.webmanifest")
    assert told.headers["content-type"] == "application/manifest+json"
    assert (told.json()["start_url"], told.json()["scope"]) == ("/ridic", "/ridic/")
    for icon in told.json()["icons"]:
        assert Browser(house.app).client.get(icon["src"]).headers["content-type"] == "image/png"
