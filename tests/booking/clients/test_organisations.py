"""A department acts for three people; its worker hands them over; another organisation sees nobody of them."""

from dataclasses import dataclass
from datetime import date

import pytest
from sqlmodel import Session

from tests.builders.clients import NOW, a_client, a_mandate, a_user, acting, an_organisation
from transport.accounts.models import User
from transport.booking.clients import mandates, organisations
from transport.booking.clients.models import Client, Organisation, OrganisationKind, Power
from transport.kernel import actor
from transport.kernel.actor import Actor, Role
from transport.kernel.errors import Conflict, Forbidden, Invalid, NotFound

TODAY = date(2026, 11, 20)
WEEK = (date(2026, 11, 23), date(2026, 11, 29))


@dataclass(frozen=True, slots=True)
class Department:
    """Olga has charge of three people, her colleague Petra of nobody."""

    row: Organisation
    olga: User
    petra: User
    people: list[Client]


@pytest.fixture
def department(session: Session) -> Department:
    olga, petra = (a_user(session, Role.REPRESENTATIVE, name) for name in ("Olga Sociální", "Petra Zástupná"))
    row = an_organisation(session, olga, petra)
    people = [a_client(session, name) for name in ("Anna Vozková", "Bedřich Tma", "Čeněk Malý")]
    for client in people:
        a_mandate(session, client, olga, organisation_id=row.id)
    return Department(row, olga, petra, people)


def seen_by(session: Session, user: User, on: date = TODAY) -> list[str]:
    return [each.client.last_name for each in mandates.people(session, acting(user), on=on)]


def hand_over(
    session: Session, user: User, deputy: User, first: date = TODAY, last: date = TODAY, *, by: Actor
) -> None:
    organisations.hand_over(session, user.id or 0, deputy.id or 0, valid_from=first, valid_until=last, by=by, now=NOW)


def test_a_worker_has_charge_of_her_own_people(session: Session, department: Department) -> None:
    a_client(session, "Nikdo Cizí")
    found = organisations.caseload(session, department.olga.id or 0, on=TODAY)
    assert [client.last_name for client in found] == ["Malý", "Tma", "Vozková"]
    assert seen_by(session, department.olga) == ["Malý", "Tma", "Vozková"]
    assert seen_by(session, department.petra) == []


def test_a_deputy_acts_for_them_on_the_days_of_the_hand_over_and_no_longer(
    session: Session, department: Department
) -> None:
    olga, petra, anna = department.olga, department.petra, department.people[0]
    hand_over(session, olga, petra, *WEEK, by=acting(olga))
    for day in WEEK:
        mandates.require(session, anna.id or 0, acting(petra), Power.BOOK, on=day)
        assert len(organisations.caseload(session, petra.id or 0, on=day)) == len(department.people)
        mandates.require(session, anna.id or 0, acting(olga), Power.BOOK, on=day)
    for day in (date(2026, 11, 22), date(2026, 11, 30)):
        assert organisations.caseload(session, petra.id or 0, on=day) == []
        with pytest.raises(NotFound, match=r"client\.unknown"):
            mandates.require(session, anna.id or 0, acting(petra), Power.SEE, on=day)


def test_a_deputy_takes_over_nothing_that_is_private(session: Session, department: Department) -> None:
    olga, petra = department.olga, department.petra
    a_mandate(session, a_client(session, "Olžina Máma"), olga)
    hand_over(session, olga, petra, by=acting(olga))
    assert "Máma" in seen_by(session, olga)
    assert seen_by(session, petra) == ["Malý", "Tma", "Vozková"]


def test_a_deputy_must_be_a_colleague(session: Session, department: Department) -> None:
    stranger, olga = a_user(session, Role.REPRESENTATIVE), department.olga
    an_organisation(session, stranger, name="Domov Slunce", kind=OrganisationKind.CARE)
    for deputy, code in ((stranger, "deputy.other_organisation"), (olga, "deputy.oneself")):
        with pytest.raises(Invalid, match=code):
            hand_over(session, olga, deputy, by=acting(olga))
    with pytest.raises(Invalid, match=r"span\.ends_before_start"):
        hand_over(session, olga, department.petra, WEEK[1], WEEK[0], by=acting(olga))


def test_nobody_takes_over_from_a_colleague_by_themselves(session: Session, department: Department) -> None:
    olga, petra = department.olga, department.petra
    with pytest.raises(Forbidden, match=r"organisation\.only_staff"):
        hand_over(session, olga, petra, by=acting(petra))
    hand_over(session, olga, petra, by=acting(a_user(session, Role.OPERATOR)))
    assert seen_by(session, petra) == ["Malý", "Tma", "Vozková"]


def test_a_mandate_of_the_whole_organisation_is_every_member_s(session: Session, department: Department) -> None:
    eva = a_client(session, "Eva Společná")
    a_mandate(session, eva, None, organisation_id=department.row.id)
    assert seen_by(session, department.petra) == ["Společná"]
    assert organisations.caseload(session, department.petra.id or 0, on=TODAY) == []


def test_an_organisation_sees_only_its_people(session: Session, department: Department) -> None:
    carer = a_user(session, Role.REPRESENTATIVE)
    home = an_organisation(session, carer, name="Domov Slunce", kind=OrganisationKind.CARE)
    a_mandate(session, a_client(session, "Eva Domácí"), None, organisation_id=home.id)
    assert seen_by(session, carer) == ["Domácí"]
    assert "Domácí" not in seen_by(session, department.olga)
    for client in department.people:
        with pytest.raises(NotFound):
            mandates.require(session, client.id or 0, acting(carer), Power.SEE, on=TODAY)


def test_whoever_leaves_an_organisation_leaves_its_people(session: Session, department: Department) -> None:
    olga, day_after = department.olga, date(2026, 11, 21)
    organisations.leave(session, department.row.id or 0, olga.id or 0, last=TODAY, by=actor.SYSTEM, now=NOW)
    assert seen_by(session, olga) == ["Malý", "Tma", "Vozková"]
    assert seen_by(session, olga, day_after) == []
    assert organisations.members(session, department.row.id or 0, on=day_after) == [department.petra]
    with pytest.raises(Forbidden, match=r"mandate\.expired"):
        mandates.require(session, department.people[0].id or 0, acting(olga), Power.SEE, on=day_after)


def test_the_member_in_charge_must_be_a_member(session: Session, department: Department) -> None:
    with pytest.raises(Invalid, match=r"mandate\.not_a_member"):
        a_mandate(session, department.people[0], a_user(session), organisation_id=department.row.id)


def test_nobody_in_particular_uses_no_mandate_of_an_organisation(session: Session, department: Department) -> None:
    anna = department.people[0]
    a_mandate(session, anna, None, organisation_id=department.row.id)
    with pytest.raises(NotFound):
        mandates.require(session, anna.id or 0, Actor(None, Role.REPRESENTATIVE), Power.SEE, on=TODAY)


def test_members_come_once_and_through_our_staff(session: Session, department: Department) -> None:
    olga, organisation_id = department.olga.id or 0, department.row.id or 0
    with pytest.raises(Conflict, match=r"organisation\.member_already"):
        organisations.join(session, organisation_id, olga, valid_from=TODAY, by=actor.SYSTEM, now=NOW)
    with pytest.raises(NotFound, match=r"organisation\.unknown"):
        organisations.join(session, organisation_id + 1000, olga, valid_from=TODAY, by=actor.SYSTEM, now=NOW)
    newcomer = a_user(session, Role.REPRESENTATIVE).id or 0
    with pytest.raises(Forbidden, match=r"organisation\.only_staff"):
        organisations.join(session, organisation_id, newcomer, valid_from=TODAY, by=acting(department.olga), now=NOW)
    organisations.leave(session, organisation_id, olga, last=TODAY, by=actor.SYSTEM, now=NOW)
    again = organisations.join(session, organisation_id, olga, valid_from=WEEK[0], by=actor.SYSTEM, now=NOW)
    assert again.valid_until is None


def test_two_organisations_have_two_names(session: Session, department: Department) -> None:
    for name, code in ((f" {department.row.name} ", r"organisation\.name_taken"), (" ", r"organisation\.name_missing")):
        with pytest.raises(Invalid, match=code):
            an_organisation(session, name=name)
