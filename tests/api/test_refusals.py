"""How doors say no: a page that tells what to do and whom to call, or a problem for a program."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from tests.api.browser import Browser
from tests.api.client.conftest import House
from transport.api import render, sentences
from transport.api.app import create_app
from transport.kernel.errors import Conflict, Exhausted, Forbidden, Invalid, NotFound

TOO_LATE = datetime(2026, 11, 24, 8, tzinfo=UTC)
PHONE = "+420 800 000 000"
REFUSALS: dict[str, tuple[Exception, int]] = {
    "nothing": (NotFound("ride"), 404),
    "forbidden": (Forbidden("role.missing"), 403),
    "conflict": (Conflict("ride.changed_meanwhile"), 409),
    "exhausted": (Exhausted("promise.no_room"), 409),
    "invalid": (Invalid("ride.too_soon", field="time", day=date(2026, 11, 24), time=TOO_LATE), 422),
    "unreadable": (HTTPException(400, "not a form"), 422),
    "broken": (ZeroDivisionError("nobody knows"), 500),
}


@pytest.fixture
def refusing(house: House) -> House:
    """The house with a door that says no in the asked way."""
    router = APIRouter()

    @router.get("/{lang}/refuse/{how}")
    def refuse(lang: str, how: str) -> Any:
        raise REFUSALS[how][0]

    app = create_app(house.app.state.services)
    app.router.routes[:0] = [each for each in router.routes if isinstance(each, APIRoute)]
    return replace(house, app=app)


@pytest.mark.parametrize("how", REFUSALS)
@pytest.mark.parametrize("lang", ["cs", "en"])
def test_a_no_is_a_page_with_a_telephone(refusing: House, how: str, lang: str):
    person = Browser(refusing.app).get(f"/{lang}/refuse/{how}", REFUSALS[how][1])
    assert PHONE in person.text
    assert person.root.get("lang") == lang


def test_a_fault_says_a_number_and_nothing_else(refusing: House, caplog: pytest.LogCaptureFixture):
    person = Browser(refusing.app).get("/en/refuse/broken", 500)
    assert "nobody knows" not in person.text
    number = person.text.split("Number of the fault:")[1].split()[0]
    assert number in caplog.text


@pytest.mark.parametrize("how", [name for name in REFUSALS if name != "unreadable"])
def test_a_program_gets_a_problem(refusing: House, how: str):
    got = Browser(refusing.app).client.get(f"/en/refuse/{how}", headers={"accept": "application/json"})
    assert got.headers["content-type"] == "application/problem+json"
    assert got.status_code == got.json()["status"] == REFUSALS[how][1]
    assert got.json()["code"] == getattr(REFUSALS[how][0], "code", "fault")
    assert "content-security-policy" in got.headers


def test_facts_of_a_refusal_are_in_the_sentence(refusing: House):
    assert "24 November, 9:00" in Browser(refusing.app).get("/en/refuse/invalid", 422).text


@pytest.mark.parametrize("path", ["/cs/nikde", "/xx/", "/cs/jizdy/nic/nic/nic", "/cs/odhlasit", "/nikde.php"])
def test_an_address_that_is_none_leads_back(house: House, path: str):
    lost = Browser(house.app).get(path, 404)
    assert lost.get(f"/{lost.root.get('lang')}/").shown.status_code == 200


def test_a_lost_reader_can_change_the_language(house: House):
    lost = Browser(house.app).get("/cs/nikde", 404)
    assert lost.follow("English").path == "/en/"


def test_what_a_contract_is_counted_in_is_said_in_words():
    error = Exhausted("contract.no_capacity", free=10, needed=20, unit="vehicle_minutes")
    assert "vehicle_minutes" not in sentences.sentence(error, render.CATALOGUES["en"])
