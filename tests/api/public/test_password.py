"""Logging in with a password and out, by the form, with all that can go wrong."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import col, select, update

from tests.api.browser import Browser
from tests.api.client.conftest import House
from transport.accounts import secret, users
from transport.accounts.models import LoginAttempt, LoginSession
from transport.api import security
from transport.kernel.actor import SYSTEM, Role
from transport.kernel.clock import LOCAL
from transport.kernel.db import reading, writing

PASSWORD = "kocour na střeše"


def with_password(house: House, role: Role, login: str = "zdena") -> Browser:
    with writing(house.database) as session:
        users.add(session, login=login, name="Zdena Nová", role=role, password=PASSWORD, by=SYSTEM, now=house.clock())
    return Browser(house.app)


@pytest.mark.parametrize(
    ("role", "home"),
    [(Role.CLIENT, "/cs/moje"), (Role.REPRESENTATIVE, "/cs/moje"), (Role.OPERATOR, "/op"), (Role.DISPATCHER, "/disp")],
)
def test_everybody_begins_at_their_own_page(house: House, role: Role, home: str):
    zdena = with_password(house, role)
    zdena.get("/cs/prihlaseni/heslo")
    answer = zdena.client.post("/cs/prihlaseni/heslo", data={**token(zdena), "login": "zdena", "password": PASSWORD})
    assert answer.headers["location"] == home


def token(browser: Browser) -> dict[str, str]:
    return {"csrf": browser.client.cookies[security.GUEST]}


def test_a_session_cookie_is_out_of_reach_of_scripts_and_of_other_sites(house: House):
    zdena = with_password(house, Role.CLIENT)
    zdena.get("/cs/prihlaseni/heslo")
    answer = zdena.client.post("/cs/prihlaseni/heslo", data={**token(zdena), "login": "zdena", "password": PASSWORD})
    cookies = [each.lower() for each in answer.headers.get_list("set-cookie")]
    session = next(each for each in cookies if each.startswith("session="))
    assert {"httponly", "samesite=lax", "path=/"} <= {part.strip() for part in session.split(";")}
    with reading(house.database) as looked:
        kept = {each.token_hash for each in looked.exec(select(LoginSession))}
    assert zdena.client.cookies[security.SESSION] not in kept


def test_over_https_the_cookie_is_never_sent_without_it(house: House):
    zdena = with_password(house, Role.CLIENT)
    services = house.app.state.services
    house.app.state.services = replace(services, settings=services.settings.model_copy(update={"https": True}))
    answer = zdena.client.get("/cs/prihlaseni/heslo")
    assert "secure" in answer.headers["set-cookie"].lower()


def test_a_wrong_password_is_said_at_the_form_and_remembered(house: House):
    zdena = with_password(house, Role.CLIENT)
    zdena.login("zdena", "pes na střeše", lang="en", status=422)
    assert zdena.errors == ["The name or the password is not right. Try again, or call us."]
    assert (zdena.value("login"), zdena.value("password")) == ("zdena", "")
    with reading(house.database) as session:
        assert [each.login for each in session.exec(select(LoginAttempt))] == ["zdena"]


def test_nobody_learns_which_names_exist(house: House):
    zdena = with_password(house, Role.CLIENT)
    wrong = zdena.login("zdena", "pes na střeše", status=422).errors
    assert zdena.login("nikdo", "pes na střeše", status=422).errors == wrong


def test_too_many_tries_say_until_when_to_wait(house: House):
    zdena = with_password(house, Role.CLIENT)
    for _ in range(5):
        zdena.login("zdena", "pes na střeše", lang="en", status=422)
    zdena.login("zdena", PASSWORD, lang="en", status=422)
    until = (house.clock() + timedelta(minutes=15)).astimezone(LOCAL)
    assert zdena.errors == [f"Too many tries. Try again after {until.hour}:{until.minute:02d}, or call us."]
    house.clock.forward(minutes=16)
    assert zdena.login("zdena", PASSWORD, lang="en").path.startswith("/en/moje")


def test_after_logging_in_one_is_where_one_wanted_to_be(house: House):
    zdena = with_password(house, Role.OPERATOR)
    zdena.get("/cs/prihlaseni/heslo?dal=/en/kdo-a-za-kolik").post(login="zdena", password=PASSWORD)
    assert zdena.path == "/en/kdo-a-za-kolik"


@pytest.mark.parametrize("elsewhere", ["https://evil.example", "//evil.example", "/\\evil.example", "evil"])
def test_logging_in_does_not_lead_to_another_site(house: House, elsewhere: str):
    zdena = with_password(house, Role.CLIENT)
    zdena.get("/cs/prihlaseni/heslo")
    fields = {**token(zdena), "login": "zdena", "password": PASSWORD, "dal": elsewhere}
    assert zdena.client.post("/cs/prihlaseni/heslo", data=fields).headers["location"] == "/cs/moje"


def test_whoever_is_logged_in_is_not_asked_again(house: House):
    zdena = with_password(house, Role.CLIENT).login("zdena", PASSWORD)
    assert zdena.get("/cs/prihlaseni/heslo").path.startswith("/cs/moje")


def test_logging_out_ends_the_session_on_the_server(house: House):
    zdena = with_password(house, Role.CLIENT).login("zdena", PASSWORD)
    session = zdena.client.cookies[security.SESSION]
    zdena.post("/cs/odhlasit")
    assert zdena.path == "/cs/"
    assert Browser(house.app, session).get("/cs/moje").path == "/cs/prihlaseni"


def test_a_session_ends_by_itself_after_a_day(house: House):
    zdena = with_password(house, Role.CLIENT).login("zdena", PASSWORD)
    house.clock.forward(hours=23)
    assert zdena.get("/cs/moje").path.startswith("/cs/moje")
    house.clock.forward(hours=2)
    assert zdena.get("/cs/moje").path == "/cs/prihlaseni"


def test_shortly_before_the_end_a_page_says_so_and_one_press_stays(house: House):
    anna = house.visit(house.cast.anna_herself).get("/en/moje")
    assert "zustat" not in anna.html
    with writing(house.database) as session:
        token = secret.digest(anna.client.cookies[security.SESSION])
        soon = house.clock() + timedelta(minutes=4, seconds=30)
        session.exec(update(LoginSession).where(col(LoginSession.token_hash) == token).values(expires_at=soon))
    anna.get("/en/historie").post("/en/zustat")
    assert anna.path == "/en/historie"
    assert "zustat" not in anna.html
    house.clock.forward(minutes=29)
    anna.get("/en/historie")
    house.clock.forward(minutes=2)
    assert anna.get("/en/historie").path == "/en/prihlaseni"
