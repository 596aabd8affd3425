"""The checker says what the rules say, under each of the real policies, and keeps nothing of what was said."""

import itertools
from dataclasses import replace
from datetime import date

import pytest

from tests.api.browser import Browser
from tests.api.client.conftest import House
from tests.builders.town import the_policies
from transport.api.public.checker import QUESTIONS, WORDS, verdict
from transport.kernel.policy import Policies

POLICIES = {policy.id: policy for policy in the_policies().policy}
FINE = {"kde": "plzen", "vek": "senior", "prukaz": "zadny", "pomucky": "zadne"}
LEAP_DAY = date(2028, 2, 29)


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ({}, "ano"),
        ({"vek": "dospely"}, "ne+vek-a-prukaz"),
        ({"vek": "dospely", "prukaz": "ZTP"}, "ano"),
        ({"vek": "dospely", "prukaz": "ZTP/P", "pomucky": "vozik"}, "ano+vozik"),
        ({"vek": "dospely", "prukaz": "TP"}, "ne+vek-a-prukaz"),
        ({"vek": "dite", "prukaz": "ZTP/P"}, "ano+dite"),
        ({"vek": "dite"}, "ne+vek-a-prukaz+dite"),
        ({"pomucky": "hul"}, "ano"),
        ({"pomucky": "nositka"}, "ne+vleze"),
    ],
)
def test_the_answer_is_that_of_the_rules(policy: str, said: dict[str, str], answer: str):
    assert verdict(POLICIES[policy], date(2026, 11, 20), {**FINE, **said}) == answer


@pytest.mark.parametrize(("policy", "answer"), [("2014", "ano"), ("2023", "ne+bydliste"), ("2026", "ne+bydliste")])
def test_living_elsewhere_matters_where_the_rules_ask_for_it(policy: str, answer: str):
    assert verdict(POLICIES[policy], date(2026, 11, 20), {**FINE, "kde": "jinde"}) == answer


@pytest.mark.parametrize("policy", POLICIES)
def test_every_answer_has_a_page(house: House, policy: str):
    only = POLICIES[policy].model_copy(update={"valid_from": date(2000, 1, 1), "valid_until": None})
    services = house.app.state.services
    policies: Policies = services.policies.model_copy(update={"policy": (only,)})
    house.app.state.services = replace(services, world=replace(services.world, policies=policies))
    answers = itertools.product(*QUESTIONS.values())
    for result in {verdict(only, LEAP_DAY, dict(zip(QUESTIONS, each, strict=True))) for each in answers}:
        yes = result.startswith("ano")
        page = Browser(house.app).get(f"/en/narok/{result}")
        assert page.heading == ("You may probably ride" if yes else "You probably may not ride")
        assert set(result.split("+")[1:]) <= set(WORDS)


def test_somebody_who_may_ride_goes_on_to_order(house: House):
    visitor = Browser(house.app).get("/en/narok").post("/en/narok", 200, **FINE)
    assert visitor.path == "/en/narok/ano"
    assert visitor.follow("Book a ride").path == "/en/prihlaseni"


def test_somebody_who_may_not_gets_advice_and_no_error(house: House):
    visitor = Browser(house.app).get("/en/narok").post("/en/narok", 200, **{**FINE, "kde": "jinde", "vek": "dospely"})
    assert visitor.path == "/en/narok/ne+bydliste+vek-a-prukaz"
    assert visitor.errors == []
    for advice in ("Plzeň", "Labour Office", "town hall", "+420 800 000 000"):
        assert advice in visitor.text


def test_a_question_left_out_is_asked_again_with_the_others_kept(house: House):
    visitor = Browser(house.app).get("/en/narok").post(status=422, kde="jinde", vek="fifty")
    assert visitor.errors == ["Choose how old you are.", "Choose which card you have.", "Choose what you use."]
    checked = [each.get("value") for each in visitor.root.iterfind(".//input[@checked]")]
    assert checked == ["jinde"]


def test_where_one_lives_is_not_asked_when_it_does_not_matter(house: House):
    services = house.app.state.services
    only = POLICIES["2014"].model_copy(update={"valid_until": None})
    policies = services.policies.model_copy(update={"policy": (only,)})
    house.app.state.services = replace(services, world=replace(services.world, policies=policies))
    visitor = Browser(house.app).get("/en/narok")
    assert visitor.root.find(".//input[@name='kde']") is None
    said = {name: value for name, value in FINE.items() if name != "kde"}
    assert visitor.post("/en/narok", 200, **said).path == "/en/narok/ano"


def test_the_address_of_an_answer_names_no_age_and_no_card(house: House):
    for said in itertools.product(*QUESTIONS.values()):
        address = verdict(POLICIES["2026"], LEAP_DAY, dict(zip(QUESTIONS, said, strict=True)))
        assert not {"TP", "ZTP", "senior", "dospely"} & set(address.replace("+", " ").split())
