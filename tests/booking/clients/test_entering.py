"""Who is at a contact: clients by their cards, others by their accounts; a client without an account gets one."""

import pytest
from sqlmodel import Session, select

from tests.builders.clients import NOW, a_client, a_user
from transport.accounts import users
from transport.accounts.models import User
from transport.booking.clients import entering
from transport.booking.clients.models import Client
from transport.kernel.actor import SYSTEM, Role
from transport.kernel.errors import NotFound

MOBILE, MAILBOX = "+420777111222", "jana@example.org"


def names(session: Session, contact: str) -> list[str]:
    return [each.name for each in entering.at(session, contact)]


def entered(session: Session, contact: str) -> User:
    (person,) = entering.at(session, contact)
    return entering.enter(session, contact, person.key, now=NOW)


@pytest.mark.parametrize("contact", [MOBILE, MAILBOX])
def test_a_client_without_an_account_gets_one_and_keeps_it(session: Session, contact: str) -> None:
    jana = a_client(session, "Jana Nová", phone=MOBILE, email="Jana@Example.org", language="uk")
    user = entered(session, contact)
    assert (user.name, user.role, user.language, user.password_hash) == ("Jana Nová", Role.CLIENT, "uk", "")
    assert jana.user_id == user.id
    assert entered(session, contact) == user
    assert session.exec(select(User)).all() == [user]


def test_everybody_at_a_shared_telephone_is_there_once(session: Session) -> None:
    zdena = a_user(session, Role.CLIENT, "Zdena Nová", phone=MOBILE)
    a_client(session, "Zdena Nová", phone=MOBILE, user_id=zdena.id)
    a_client(session, "Adam Nový", phone=MOBILE)
    a_user(session, Role.REPRESENTATIVE, "Jana Nová", phone=MOBILE)
    assert names(session, MOBILE) == ["Adam Nový", "Jana Nová", "Zdena Nová"]


def test_a_number_that_was_changed_on_the_card_lets_nobody_in(session: Session) -> None:
    jana = a_client(session, "Jana Nová", phone=MOBILE)
    entered(session, MOBILE)
    jana.phone = "+420777999888"
    session.add(jana)
    assert names(session, MOBILE) == []
    assert names(session, "+420777999888") == ["Jana Nová"]


def test_an_account_speaks_for_a_card_without_contacts(session: Session) -> None:
    zdena = a_user(session, Role.CLIENT, "Zdena Nová", phone=MOBILE)
    a_client(session, "Zdena Nová", user_id=zdena.id)
    assert names(session, MOBILE) == ["Zdena Nová"]


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.DISPATCHER, Role.DRIVER, Role.MANAGER, Role.ADMIN])
def test_our_staff_are_not_there(session: Session, role: Role) -> None:
    staff = a_user(session, role, "Dana", phone=MOBILE)
    a_client(session, "Dana Klientka", phone=MOBILE, user_id=staff.id)
    assert names(session, MOBILE) == []


def test_whoever_is_shut_out_or_no_longer_a_client_is_not_there(session: Session) -> None:
    out = a_user(session, Role.CLIENT, "Zdena Nová", phone=MOBILE)
    a_client(session, "Zdena Nová", phone=MOBILE, user_id=out.id)
    users.disable(session, out, by=SYSTEM, now=NOW)
    gone = a_client(session, "Adam Nový", phone=MOBILE)
    gone.active = False
    session.add(gone)
    assert names(session, MOBILE) == []


def test_whom_to_call_is_not_who_may_log_in(session: Session) -> None:
    jana = a_client(session, "Jana Nová", phone="+420777999888")
    jana.contact_phone = MOBILE
    session.add(jana)
    assert names(session, MOBILE) == []


@pytest.mark.parametrize("key", ["user-1", "client-1", "client-x", "", "user-", "-"])
def test_nobody_enters_who_is_not_there(session: Session, key: str) -> None:
    with pytest.raises(NotFound, match=r"login\.nobody"):
        entering.enter(session, MOBILE, key, now=NOW)


def test_nothing_is_nobodys_contact(session: Session) -> None:
    a_client(session, "Jana Nová")
    a_user(session, Role.CLIENT, "Zdena Nová")
    assert names(session, "") == []
    assert session.exec(select(Client)).all()
