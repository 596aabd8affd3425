"""Names are found however they are written, and a number says about whom a call may be."""

from datetime import date

import pytest
from sqlmodel import Session

from tests.builders.clients import NOW, a_client, a_mandate, a_user
from transport.booking.clients import callers, queries
from transport.booking.clients.models import Power
from transport.booking.clients.spelling import sounds
from transport.kernel.actor import Role


@pytest.mark.parametrize(
    "spellings",
    [
        ("Шевченко", "Ševčenko", "Shevchenko", "SEVCENKO"),
        ("Щербак", "Ščerbak", "Shcherbak"),
        ("Андрій", "Andrij", "Andriy", "Andrii"),
        ("Ольга", "Olha", "Olga"),
        ("Юлія", "Julija", "Yuliia"),
        ("Цвєткова", "Cvětkova", "Tsvietkova"),
        ("Хмельницький", "Chmelnyckyj", "Khmelnytskyi"),
        ("Anna Dvořák-Němcová", "ANNA DVORAK NEMCOVA"),
    ],
)
def test_a_name_sounds_the_same_however_it_is_written(spellings: tuple[str, ...]):
    assert len({sounds(each) for each in spellings}) == 1


def test_a_year_of_birth_after_the_name_leaves_those_born_then(session: Session):
    for year in (1955, 1958):
        a_client(session, "Jan Novák", born=date(year, 5, 1))
    assert [each.born.year for each in queries.search(session, "novak 58")] == [1958]
    assert [each.born.year for each in queries.search(session, "jan nov 1955")] == [1955]
    assert len(queries.search(session, "novák")) == 2


def test_a_number_is_of_clients_of_those_they_act_for_and_of_those_who_named_it(session: Session):
    anna = a_client(session, "Anna Vozková", phone="+420777000001")
    bedrich = a_client(session, "Bedřich Tma")
    bedrich.contact_name, bedrich.contact_phone = "Soused", "+420777000002"
    cyril = a_user(session, Role.REPRESENTATIVE, "Cyril Vozka", phone="+420777000002")
    a_mandate(session, anna, cyril, Power.SEE, Power.CANCEL)
    session.flush()
    [herself] = callers.at(session, "+420777000001", now=NOW)
    assert (herself.client.id, herself.oneself) == (anna.id, True)
    son, neighbour = callers.at(session, "+420777000002", now=NOW)
    assert (son.name, son.client.id, son.powers) == ("Cyril Vozka", anna.id, frozenset({Power.SEE, Power.CANCEL}))
    assert (neighbour.name, neighbour.client.id, neighbour.powers) == ("Soused", bedrich.id, frozenset())
    assert callers.at(session, "+420777000003", now=NOW) == callers.at(session, "", now=NOW) == []
