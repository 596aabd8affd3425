"""One code typed in several browsers at once, or one client coming by several: one way in, one account."""

import pytest
from sqlalchemy import Engine
from sqlmodel import func, select

from tests.builders.clients import NOW, a_client
from tests.races.runners import RACERS
from transport.accounts import codes, visits
from transport.accounts.models import LoginCode, LoginVisit, User
from transport.booking.clients import entering
from transport.booking.clients.models import Client
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
