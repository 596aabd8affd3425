"""Who may log in, looked after on pages: added, given other work, shut out, let in again; never the last one."""

import pytest
from sqlmodel import col, select

from tests.api.browser import Browser
from tests.builders.clients import a_user
from tests.builders.town import NOW
from transport.accounts import login
from transport.accounts.models import User
from transport.kernel.actor import Role
from transport.kernel.db import reading, writing
from transport.kernel.events import Event
from transport.routing.fleet.models import Driver

PEOPLE = "/sprava/uzivatele"
NEW = {"name": "Jana Nová", "login": "jana", "role": "operator", "language": "cs", "password": "correct horse"}


@pytest.fixture
def iva(house):
    return house.visit(house.cast.iva)


def the_user(house, user_id) -> User:
    with reading(house.database) as session:
        return session.get_one(User, user_id)


def kinds_about(house, user_id) -> list[str]:
    with reading(house.database) as session:
        return list(session.exec(select(Event.kind).where(Event.subject_id == str(user_id)).order_by(col(Event.id))))


def test_somebody_who_begins_to_work_here_can_log_in(house, iva):
    iva.get(f"{PEOPLE}/novy").send(f"{PEOPLE}/novy", **NEW)
    assert iva.heading == "Jana Nová"
    Browser(house.app).login("jana", "correct horse").get("/op")


@pytest.mark.parametrize(
    ("field", "text"), [("name", ""), ("login", "ja na"), ("role", "client"), ("language", "xx"), ("password", "short")]
)
def test_what_is_wrong_is_said_at_the_field_and_nothing_is_lost(iva, field, text):
    page = iva.get(f"{PEOPLE}/novy").send(f"{PEOPLE}/novy", 422, **{**NEW, field: text})
    assert page.errors
    assert page.root.find(f".//*[@id='{field}-error']") is not None
    assert field == "name" or page.value("name") == "Jana Nová"


def test_people_are_found_by_part_of_the_name_without_diacritics(iva):
    assert "Hana Sluchátková" in iva.get(f"{PEOPLE}?q=sluchatk").text
    assert "Anna Vozková" in iva.get(f"{PEOPLE}?role=client").text
    assert "Anna Vozková" not in iva.get(PEOPLE).text


def test_somebody_gets_other_work_and_it_is_remembered_by_whom(house, iva):
    hana = house.cast.hana.user
    iva.get(f"{PEOPLE}/{hana}").send(f"{PEOPLE}/{hana}/role", role="dispatcher")
    assert the_user(house, hana).role is Role.DISPATCHER
    assert kinds_about(house, hana)[-1] == "RoleChanged"
    assert house.visit(house.cast.hana).get("/disp").path.startswith("/disp/")


def test_nobody_changes_their_own_role_or_shuts_themselves_out(house, iva):
    own = house.cast.iva.user
    for deed, data in (("role", {"role": "operator"}), ("pryc", {})):
        iva.get(f"{PEOPLE}/{own}").send(f"{PEOPLE}/{own}/{deed}", 403, **data)
    assert (the_user(house, own).role, the_user(house, own).active) == (Role.ADMIN, True)


def test_whoever_is_shut_out_is_out_at_once_and_may_come_back(house, iva):
    hana = house.cast.hana.user
    there = house.visit(house.cast.hana).get("/op")
    iva.get(f"{PEOPLE}/{hana}").send(f"{PEOPLE}/{hana}/pryc")
    assert there.get("/op").path == "/cs/prihlaseni"
    iva.send(f"{PEOPLE}/{hana}/zpet")
    assert the_user(house, hana).active
    assert kinds_about(house, hana)[-2:] == ["UserDisabled", "UserEnabled"]


def test_a_lost_password_is_replaced_and_the_old_one_ends(house, iva):
    hana = house.cast.hana.user
    iva.get(f"{PEOPLE}/{hana}").send(f"{PEOPLE}/{hana}/prihlaseni", 422, password="short")
    iva.send(f"{PEOPLE}/{hana}/prihlaseni", password="battery staple")
    with writing(house.database) as session:
        name = session.get_one(User, hana).login
        assert isinstance(login.sign_in(session, name, "battery staple", now=NOW), login.SignedIn)


def test_a_log_in_belongs_to_one_driver_and_can_be_taken_from_them(house, iva):
    with writing(house.database) as session:
        newcomer = a_user(session, Role.DRIVER, "Nový Řidič").id
        emils = session.exec(select(Driver).where(Driver.user_id == house.cast.emil.user)).one().id
    page = iva.get(f"{PEOPLE}/{newcomer}")
    page.send(f"{PEOPLE}/{newcomer}/ridic", 422, driver=str(emils))
    emil = house.cast.emil.user
    page.get(f"{PEOPLE}/{emil}").send(f"{PEOPLE}/{emil}/ridic", driver="none")
    page.get(f"{PEOPLE}/{newcomer}").send(f"{PEOPLE}/{newcomer}/ridic", driver=str(emils))
    with reading(house.database) as session:
        assert session.get_one(Driver, emils).user_id == newcomer


@pytest.mark.parametrize("path", ["/sprava", PEOPLE, "/sprava/pravidla", "/sprava/audit", "/sprava/audit/vypis.csv"])
@pytest.mark.parametrize("who", ["anna_herself", "hana", "dana", "emil", "frantiska"])
def test_administration_is_for_administrators_alone(house, who, path):
    house.visit(getattr(house.cast, who)).get(path, 403)
