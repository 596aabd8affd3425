"""One code typed in several browsers at once, or one client coming by several: one way in, one account."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import func, select

from tests.builders.clients import NOW, a_client, a_user
from tests.races.runners import RACERS
from transport.accounts import codes, login, pins, visits
from transport.accounts.models import LoginCode, LoginVisit, User
from transport.booking.clients import entering
from transport.booking.clients.models import Client
from transport.kernel.actor import SYSTEM, Role
from transport.kernel.db import reading, writing

pytestmark = pytest.mark.race

MOBILE = "+420777111222"


def type_code(engine: Engine, visit_id: int, token: str, code: str) -> str:
    with writing(engine) as session:
        refusal = codes.verify(session, session.get_one(LoginVisit, visit_id), token, code, now=NOW)
    return "in" if refusal is None else refusal.code


def follow_link(engine: Engine, link: str) -> str:
    with writing(engine) as session:
        return "in" if codes.follow(session, link, now=NOW) is not None else "out"


def type_pin(engine: Engine, user_id: int, pin: str) -> str:
    with writing(engine) as session:
        answer = pins.sign_in(session, session.get(User, user_id), pin, lasts=timedelta(hours=1), now=NOW)
    return "in" if isinstance(answer, login.SignedIn) else answer.why.code


def come(engine: Engine, key: str) -> str:
    with writing(engine) as session:
        return entering.enter(session, MOBILE, key, now=NOW).login


def test_one_code_is_one_way_in(database: Engine, race):
    with writing(database) as session:
        visit, token = visits.begin(session, MOBILE, onward="", now=NOW)
        code = codes.issue(session, visit, token, source="here", now=NOW).code
    found = race(type_code, [(visit.id, token, code)] * RACERS)
    assert sorted(found) == ["in"] + ["login.code_over"] * (RACERS - 1)


def test_wrong_tries_at_once_are_all_counted(database: Engine, race):
    with writing(database) as session:
        visit, token = visits.begin(session, MOBILE, onward="", now=NOW)
        code = codes.issue(session, visit, token, source="here", now=NOW).code
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for _ in range(2):
        race(type_code, [(visit.id, token, wrong)] * RACERS)
    with reading(database) as session:
        assert session.exec(select(LoginCode.tries)).one() == codes.TRIES
    assert type_code(database, visit.id or 0, token, code) == "login.code_over"


def test_whoever_tries_pins_at_once_has_no_more_tries(database: Engine, race):
    with writing(database) as session:
        user = a_user(session, Role.DRIVER, "Emil")
        pins.give(session, user, "480512", by=SYSTEM, now=NOW)
    found = [each for _ in range(3) for each in race(type_pin, [(user.id, "480513")] * RACERS)]
    assert found.count("login.pin_wrong") == login.TRIES
    assert type_pin(database, user.id or 0, "480512") == "login.too_many"


def test_one_link_is_one_way_in(database: Engine, race):
    with writing(database) as session:
        visit, token = visits.begin(session, MOBILE, onward="", now=NOW)
        link = codes.issue(session, visit, token, source="here", now=NOW).link
    assert sorted(race(follow_link, [(link,)] * RACERS)) == ["in"] + ["out"] * (RACERS - 1)


def test_a_client_who_comes_by_several_browsers_gets_one_account(database: Engine, race):
    with writing(database) as session:
        jana = a_client(session, "Jana Nová", phone=MOBILE)
    found = race(come, [(f"client-{jana.id}",)] * RACERS)
    with reading(database) as session:
        (account,) = session.exec(select(User)).all()
        assert session.get_one(Client, jana.id).user_id == account.id
        assert session.exec(select(func.count()).select_from(User)).one() == 1
    assert {account.login, "login.nobody"} >= set(found)
