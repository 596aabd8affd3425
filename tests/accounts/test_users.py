"""Adding users, changing passwords, shutting people out."""

from datetime import UTC, datetime

import pytest
from sqlmodel import Session, col, select

from transport.accounts import login, users
from transport.accounts.models import User
from transport.kernel import actor
from transport.kernel.actor import Actor, Role
from transport.kernel.errors import Conflict, Invalid, NotFound, ServiceError
from transport.kernel.events import Event

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
PASSWORD = "correct horse"


def added(
    session: Session,
    name: str = "dana",
    full_name: str = "Dana",
    role: Role = Role.DISPATCHER,
    password: str = PASSWORD,
) -> User:
    return users.add(session, name, full_name, role, password, by=actor.SYSTEM, now=NOW)


def test_a_user_is_kept_with_a_hash_and_a_login_in_small_letters(session: Session) -> None:
    user = added(session, " Dana@Plzen.example ")
    assert user.login == "dana@plzen.example"
    assert user.password_hash.startswith("$argon2id$")
    assert users.actor(user) == Actor(user.id, Role.DISPATCHER, "Dana")
    assert users.named(session, "DANA@plzen.example").id == user.id


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"name": ""}, "user.login_unusable"),
        ({"name": "da na"}, "user.login_unusable"),
        ({"name": "dana@"}, "user.login_unusable"),
        ({"name": "d" * 101}, "user.login_unusable"),
        ({"full_name": "  "}, "user.name_missing"),
        ({"role": Role.SYSTEM}, "user.role_not_for_people"),
        ({"password": "short"}, "user.password_short"),
        ({"password": "x" * 129}, "user.password_long"),
    ],
)
def test_an_unusable_user_is_refused_at_the_field_to_mend(session: Session, fields: dict[str, str], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        added(session, **fields)  # type: ignore[arg-type]
    assert refused.value.code == code
    assert refused.value.field


def test_a_login_is_given_once_and_the_refusal_leaves_the_rest_alone(session: Session) -> None:
    added(session, "emil")
    added(session)
    with pytest.raises(Conflict, match=r"user\.login_taken"):
        added(session, "DANA")
    assert [user.login for user in users.everybody(session)] == ["dana", "emil"]


def test_a_new_password_ends_all_sessions(session: Session) -> None:
    user = added(session)
    _, token = login.sign_in(session, "dana", PASSWORD, now=NOW).granted()
    users.change_password(session, user, "battery staple", by=actor.SYSTEM, now=NOW)
    assert login.who(session, token, now=NOW) is None
    assert isinstance(login.sign_in(session, "dana", PASSWORD, now=NOW), login.Refused)
    login.sign_in(session, "dana", "battery staple", now=NOW).granted()


def test_a_disabled_user_is_out_at_once_and_stays_out(session: Session) -> None:
    user = added(session)
    _, token = login.sign_in(session, "dana", PASSWORD, now=NOW).granted()
    users.disable(session, user, by=actor.SYSTEM, now=NOW)
    users.disable(session, user, by=actor.SYSTEM, now=NOW)
    assert login.who(session, token, now=NOW) is None
    with pytest.raises(ServiceError, match=r"login\.wrong"):
        login.sign_in(session, "dana", PASSWORD, now=NOW).granted()
    kinds = session.exec(select(Event.kind).order_by(col(Event.id))).all()
    assert kinds == ["UserAdded", "LoggedIn", "UserDisabled"]


def test_the_last_administrator_stays_until_there_is_another(session: Session) -> None:
    iva = added(session, "iva", role=Role.ADMIN)
    for leave in (lambda: users.disable(session, iva, by=actor.SYSTEM, now=NOW), lambda: moved(session, iva)):
        with pytest.raises(Conflict, match=r"user\.last_admin"):
            leave()
    jan = added(session, "jan", role=Role.ADMIN)
    users.disable(session, iva, by=users.actor(jan), now=NOW)
    with pytest.raises(Conflict, match=r"user\.last_admin"):
        moved(session, jan)
    users.enable(session, iva, by=users.actor(jan), now=NOW)
    moved(session, jan)
    assert jan.role is Role.OPERATOR


def moved(session: Session, user: User, role: Role = Role.OPERATOR) -> None:
    users.change_role(session, user, role, by=actor.SYSTEM, now=NOW)


def test_a_client_is_not_made_staff_nor_staff_a_client(session: Session) -> None:
    dana = added(session)
    jana = users.open(
        session, name="Jana", phone="777 123 456", role=Role.CLIENT, language="cs", by=actor.SYSTEM, now=NOW
    )
    for user, role in ((dana, Role.CLIENT), (jana, Role.ADMIN), (dana, Role.SYSTEM)):
        with pytest.raises(Invalid, match=r"user\.role_not_for_them"):
            moved(session, user, role)


def test_an_unknown_login_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound, match=r"user\.unknown"):
        users.named(session, "nobody")


def opened(session: Session, **fields: str) -> User:
    told = {"name": "Jana", "phone": "777 123 456", "language": "cs", **fields}
    return users.open(session, role=Role.CLIENT, by=actor.SYSTEM, now=NOW, **told)


def test_somebody_without_a_password_is_reached_at_a_contact(session: Session) -> None:
    jana, petr = opened(session), opened(session, name="Petr", email="Petr@Example.org")
    assert (jana.phone, jana.email, jana.password_hash) == ("+420777123456", "", "")
    assert (petr.phone, petr.email) == (jana.phone, "petr@example.org")
    assert jana.login != petr.login
    assert not any("777" in str(event.facts) for event in session.exec(select(Event)))


@pytest.mark.parametrize("guess", ["", "the password of nobody"])
def test_without_a_password_no_password_is_right(session: Session, guess: str) -> None:
    jana = opened(session)
    assert isinstance(login.sign_in(session, jana.login, guess, now=NOW), login.Refused)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"name": " "}, "user.name_missing"),
        ({"phone": "123"}, "user.phone_unusable"),
        ({"email": "jana"}, "user.email_unusable"),
        ({"phone": ""}, "user.contact_missing"),
    ],
)
def test_nobody_is_let_in_who_cannot_be_reached(session: Session, fields: dict[str, str], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        opened(session, **fields)
    assert refused.value.code == code
    assert refused.value.field


def test_a_contact_is_written_down_later_too(session: Session) -> None:
    dana = added(session)
    users.reach(session, dana, phone="777 123 456", email="Dana@Example.org", by=actor.SYSTEM, now=NOW)
    assert (dana.phone, dana.email) == ("+420777123456", "dana@example.org")
    with pytest.raises(Invalid, match=r"user\.contact_missing"):
        users.reach(session, dana, by=actor.SYSTEM, now=NOW)
