"""What all doors share: nobody enters unasked, no form is sent by another site, no page is cached or framed."""

import re
from collections.abc import Iterator

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from starlette.routing import Mount

from tests.api.browser import Browser
from tests.api.client.conftest import House
from transport.api import deps, security
from transport.api.driver import reports
from transport.api.public import positions

FOR_EVERYBODY = {
    "public:root",
    "public:health",
    "public:start",
    "public:rules",
    "public:robots",
    "public:icon",
    "public:conditions",
    "public:accessibility",
    "public:privacy",
    "public:error",
    "public:check",
    "public:check.answer",
    "public:check.result",
    "public:easy",
    "public:easy.page",
    "public:opinion",
    "public:opinion.send",
    "public:opinion.thanks",
    "public:complaint",
    "public:complaint.send",
    "public:complaint.done",
    "public:complaint.paper",
    "public:calling",
    "public:calling.send",
    "public:calling.done",
    "public:login",
    "public:login.try",
    "public:login.device",
    "public:login.how",
    "public:login.send",
    "public:login.code",
    "public:login.code.try",
    "public:login.link",
    "public:login.link.use",
    "public:login.who",
    "public:login.who.choose",
    "public:login.nobody",
    "public:login.passkey.ask",
    "public:login.passkey",
    "public:login.password",
    "public:login.password.try",
    "public:logout",
    "public:stay",
    "driver:login",
    "driver:login.code",
    "driver:login.shift",
    "driver:login.pin",
    "driver:app",
    "gateway:sms",
    "driver:worker",
    "driver:script",
    "driver:off",
    "gateway:state",
    "gateway:voice",
    "gateway:owntracks",
    "gateway:traccar",
    "gateway:feed",
}
OWN_THINGS = re.compile(
    r"/\{lang\}/(moje|prihlaseni/vitejte|objednat|jizdy|profil|pravidelne|historie|souhlas|organizace)\b"
)
"""Pages of whoever is logged in: the rooms behind them show nobody what is not theirs."""
TO_THE_HOLDER = re.compile(r"/\{lang\}/registrace\b|/j/\{token\}")
"""Pages of whoever holds the secret: the cookie of a registration being written, the link to one ride."""


def routes(house: House) -> Iterator[RouteContext]:
    for route in iter_route_contexts(house.app.routes):
        if not isinstance(route.original_route, Mount):
            yield route


def asked(route: RouteContext) -> set[object]:
    """Everything that has a say before the door opens."""

    def below(dependant: Dependant) -> Iterator[object]:
        yield dependant.call
        for each in dependant.dependencies:
            yield from below(each)

    assert isinstance(route.original_route, APIRoute)
    return set(below(route.dependant))


def test_every_door_says_for_whom_it_is(house: House):
    unguarded = []
    for route in routes(house):
        named = {getattr(each, "__qualname__", "") for each in asked(route)}
        of_a_role = "require.<locals>.audience" in named
        of_whoever_owns_it = deps.me in asked(route) and OWN_THINGS.match(route.path or "")
        open_to_all = route.name in FOR_EVERYBODY or TO_THE_HOLDER.match(route.path or "")
        if not (of_a_role or of_whoever_owns_it or open_to_all):
            unguarded.append(f"{route.methods} {route.path}")
    assert unguarded == []


def test_every_form_is_asked_for_its_token(house: House):
    changing = [route for route in routes(house) if route.methods and route.methods - {"GET", "HEAD"}]
    assert changing
    tokens = {deps.csrf_checked, deps.gateway_checked, reports.device_checked}
    tokens |= {positions.tracker, positions.tracker_by_id}
    assert [route.path for route in changing if not tokens.intersection(asked(route))] == []


def test_reading_a_page_is_the_only_other_thing_a_door_does(house: House):
    assert {method for route in routes(house) for method in route.methods or ()} <= {"GET", "HEAD", "POST"}


def test_every_door_has_a_name_of_its_own(house: House):
    names = [str(route.name) for route in routes(house)]
    assert sorted(names) == sorted(set(names))


def test_there_is_no_list_of_what_there_is(house: House):
    for path in ("/docs", "/redoc", "/openapi.json"):
        Browser(house.app).get(path, 404)


@pytest.mark.parametrize("path", ["/cs/moje", "/cs/objednat", "/op", "/cs/jizdy/1000"])
def test_a_stranger_is_asked_to_log_in_and_comes_back(house: House, path: str):
    stranger = Browser(house.app).get(path)
    assert stranger.path == "/cs/prihlaseni"
    onward = stranger.root.find(".//main//input[@name='dal']")
    assert onward is not None
    assert onward.get("value") == path


def test_a_program_without_a_session_gets_a_problem(house: House):
    got = Browser(house.app).client.get("/op", headers={"accept": "application/json"})
    assert got.status_code == 401
    assert got.headers["content-type"] == "application/problem+json"
    assert got.json()["code"] == "login.needed"


def test_a_client_does_not_get_behind_the_desk(house: House):
    anna = Browser(house.app, house.visit(house.cast.anna_herself).client.cookies["session"])
    anna.get("/op", 403)
    assert "800 000 000" in anna.text


def test_a_form_of_another_site_is_refused(house: House):
    stranger = Browser(house.app).get("/cs/prihlaseni")
    stranger.post(csrf="from elsewhere", login="anna", password="whatever", status=403)
    without = Browser(house.app)
    assert without.client.post("/cs/prihlaseni", data={"login": "anna"}).status_code == 403
    assert without.client.post("/cs/odhlasit").status_code == 403


def test_the_token_of_a_form_is_the_visitor_s_own(house: House):
    one, other = Browser(house.app).get("/cs/prihlaseni"), Browser(house.app).get("/cs/prihlaseni")
    tokens = {each.client.cookies[security.GUEST] for each in (one, other)}
    assert len(tokens) == 2
    other.client.cookies.set(security.GUEST, "stolen")
    other.post(login="anna", password="whatever", status=403)


def test_a_page_may_not_be_framed_and_runs_only_our_scripts(house: House):
    got = Browser(house.app).get("/cs/").shown.headers
    policy = dict(part.split(" ", 1) for part in got["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert got["x-content-type-options"] == "nosniff"
    assert got["cache-control"] == "no-store"


def test_a_style_is_kept_until_it_changes(house: House):
    start = Browser(house.app).get("/cs/")
    style = start.root.find("head/link[@rel='stylesheet']")
    assert style is not None
    address = style.get("href", "")
    assert re.fullmatch(r"/static/css/app\.css\?v=[0-9a-f]{12}", address)
    kept = start.client.get(address)
    assert kept.status_code == 200
    assert "immutable" in kept.headers["cache-control"]
    assert start.client.get("/static/css/app.css").headers["cache-control"] == "no-cache"
    assert start.client.get("/static/%2e%2e/app.py").status_code == 404


def test_the_machine_that_watches_us_is_answered(house: House):
    got = Browser(house.app).client.get("/healthz")
    assert got.json() == {"status": "ok", "failed_reactions": 0}
