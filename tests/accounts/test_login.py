"""Logging in: who is let in, who has to wait, and what is remembered when somebody is not."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, func, select

from transport.accounts import login, users
from transport.accounts.models import LoginAttempt, LoginSession, User
from transport.kernel import actor, db
from transport.kernel.actor import Role
from transport.kernel.errors import Exhausted, Forbidden

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
PASSWORD = "correct horse"


def dana(session: Session) -> User:
    return users.add(session, "Dana", "Dana Dispečerová", Role.DISPATCHER, PASSWORD, by=actor.SYSTEM, now=NOW)


def signed_in(session: Session) -> str:
    _, token = login.sign_in(session, "dana", PASSWORD, now=NOW).granted()
    return token


def test_the_right_password_lets_in_and_the_cookie_is_recognised(session: Session) -> None:
    user = dana(session)
    found, token = login.sign_in(session, " DANA ", PASSWORD, now=NOW).granted()
    assert found.id == user.id
    seen = login.who(session, token, now=NOW + timedelta(hours=23))
    assert seen is not None
    assert seen.id == user.id


def test_the_token_itself_is_not_in_the_database(session: Session) -> None:
    dana(session)
    token = signed_in(session)
    row = session.exec(select(LoginSession)).one()
    assert token not in (row.token_hash, row.csrf)


def test_each_session_has_its_own_form_secret(session: Session) -> None:
    dana(session)
    first, second = signed_in(session), signed_in(session)
    assert login.csrf(session, first)
    assert login.csrf(session, first) != login.csrf(session, second)
    assert login.csrf(session, "unknown") is None


@pytest.mark.parametrize(("name", "password"), [("dana", "wrong horse"), ("nobody", PASSWORD), ("", "")])
def test_a_wrong_password_and_an_unknown_login_get_the_same_answer(session: Session, name: str, password: str) -> None:
    dana(session)
    answer = login.sign_in(session, name, password, now=NOW)
    with pytest.raises(Forbidden, match=r"^login\.wrong$"):
        answer.granted()


def test_a_wrong_attempt_is_remembered_although_the_door_says_no(database: Engine) -> None:
    with db.writing(database) as session:
        dana(session)
    with db.writing(database) as session:
        answer = login.sign_in(session, "dana", "wrong horse", now=NOW)
    with pytest.raises(Forbidden):
        answer.granted()
    with db.reading(database) as session:
        assert session.exec(select(func.count()).select_from(LoginAttempt)).one() == 1


def test_after_five_wrong_passwords_even_the_right_one_has_to_wait(session: Session) -> None:
    dana(session)
    for minute in range(5):
        login.sign_in(session, "dana", "wrong horse", now=NOW + timedelta(minutes=minute))
    answer = login.sign_in(session, "Dana", PASSWORD, now=NOW + timedelta(minutes=5))
    with pytest.raises(Exhausted, match=r"login\.too_many") as refused:
        answer.granted()
    until = refused.value.facts["until"]
    assert until == NOW + timedelta(minutes=15)
    login.sign_in(session, "dana", PASSWORD, now=until + timedelta(seconds=1)).granted()


def test_asking_while_waiting_does_not_prolong_the_wait(session: Session) -> None:
    dana(session)
    for _ in range(50):
        login.sign_in(session, "dana", "wrong horse", now=NOW)
    assert session.exec(select(func.count()).select_from(LoginAttempt)).one() == login.TRIES


def test_the_right_password_forgives_the_wrong_ones(session: Session) -> None:
    dana(session)
    for _ in range(3):
        for _ in range(4):
            login.sign_in(session, "dana", "wrong horse", now=NOW)
        login.sign_in(session, "dana", PASSWORD, now=NOW).granted()


def test_one_guessed_login_does_not_lock_out_another(session: Session) -> None:
    dana(session)
    for _ in range(5):
        login.sign_in(session, "emil", "wrong horse", now=NOW)
    login.sign_in(session, "dana", PASSWORD, now=NOW).granted()


def test_a_session_ends_after_a_day_or_by_signing_out(session: Session) -> None:
    dana(session)
    first, second = signed_in(session), signed_in(session)
    login.sign_out(session, first)
    login.sign_out(session, "unknown")
    assert login.who(session, first, now=NOW) is None
    assert login.who(session, second, now=NOW) is not None
    assert login.who(session, second, now=NOW + login.LASTS) is None


def test_what_no_longer_matters_is_forgotten(session: Session) -> None:
    dana(session)
    token = signed_in(session)
    login.sign_in(session, "dana", "wrong horse", now=NOW)
    login.forget(session, now=NOW)
    assert login.who(session, token, now=NOW) is not None
    login.forget(session, now=NOW + login.LASTS)
    assert session.exec(select(LoginSession)).all() == []
    assert session.exec(select(LoginAttempt)).all() == []
