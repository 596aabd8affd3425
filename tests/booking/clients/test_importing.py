"""An operator's list of clients becomes clients: all that is in it, and nobody twice."""

from datetime import date

import pytest
from sqlmodel import Session, select

from tests.builders.clients import NOW, a_client
from tests.builders.town import a_place
from transport.booking.clients import importing, queries
from transport.booking.clients.eligibility import Ground
from transport.booking.clients.models import Client
from transport.booking.clients.needs import Assistance, Mobility
from transport.kernel.actor import Actor, Role
from transport.kernel.events import Event
from transport.kernel.sheets import Sheet

BY = Actor(user=None, role=Role.ADMIN)
ANNA = {
    "Číslo": "17",
    "Jméno": "Anna",
    "Příjmení": "Vozková",
    "Datum narození": "17. 5. 1950",
    "Telefon": "777 123 456",
    "Průkaz": "ztp/p",
    "Průkaz do": "31.12.2027",
    "Pohyblivost": "Elektrický vozík",
    "Vozík kg": "140",
    "Pomoc": "po schodech",
    "Zástupce": "Cyril Vozka",
    "Telefon zástupce": "00420 777 654 321",
    "Adresa": "Blok 7, Plzeň",
    "Schodů doma": "3",
}


def a_list(*rows: dict[str, str]) -> Sheet:
    headings = tuple(dict.fromkeys(name for row in rows for name in row))
    return Sheet(headings, tuple((n, tuple(row.get(h, "") for h in headings)) for n, row in enumerate(rows, 2)))


def bring(session: Session, *rows: dict[str, str]):
    batch, homes = importing.prepare(session, a_list(*rows), addresses=None)
    return importing.bring(session, batch, homes, by=BY, now=NOW)


def faults(session: Session, *rows: dict[str, str]) -> list[tuple[int, str, str]]:
    return [(each.row, each.column, each.error.code) for each in bring(session, *rows).faults]


@pytest.fixture
def home(session: Session):
    return a_place(session, "Blok 7", 1, 1)


def test_a_row_becomes_a_client_with_card_needs_home_and_contact(session, home):
    outcome = bring(session, ANNA)
    assert (outcome.added, outcome.known, outcome.faults) == (1, 0, ())
    anna = session.exec(select(Client)).one()
    profile = queries.profile(session, anna)
    assert (anna.number, anna.name, anna.born) == ("17", "Anna Vozková", date(1950, 5, 17))
    assert (anna.phone, anna.contact_name, anna.contact_phone) == ("+420777123456", "Cyril Vozka", "+420777654321")
    [card] = profile.eligibilities
    assert (card.ground, card.valid_until, card.verified) == (Ground.ZTP_P, date(2027, 12, 31), True)
    assert profile.needs is not None
    assert profile.needs.mobility is Mobility.ELECTRIC_WHEELCHAIR
    assert (profile.needs.chair_mass_kg, profile.needs.assistance) == (140, Assistance.STAIRS)
    assert [(p.place_id, p.is_home, p.stairs) for p in profile.places] == [(home.id, True, 3)]


def test_a_card_that_nobody_has_seen_counts_as_told(session, home):
    bring(session, ANNA | {"Průkaz ověřen": "ne"})
    [card] = queries.evidence(session, session.exec(select(Client.id)).one() or 0)
    assert not card.verified


def test_the_same_list_again_changes_nothing(session, home):
    bedrich = {"Jméno": "Bedřich", "Příjmení": "Tma", "Datum narození": "1944-02-03"}
    bring(session, ANNA, bedrich)
    events = len(session.exec(select(Event)).all())
    outcome = bring(session, ANNA, bedrich)
    assert (outcome.added, outcome.known, outcome.faults) == (0, 2, ())
    assert len(session.exec(select(Event)).all()) == events


def test_somebody_known_by_name_and_birth_stays_as_they_are(session, home):
    anna = a_client(session, "Anna Vozková", phone="+420700000001")
    outcome = bring(session, ANNA)
    assert (outcome.added, outcome.known) == (0, 1)
    assert session.get_one(Client, anna.id).phone == "+420700000001"


def test_the_same_person_under_two_numbers_is_a_fault(session, home):
    bring(session, ANNA)
    assert faults(session, ANNA | {"Číslo": "18"}) == [(2, "Číslo", "sheet.person_twice")]


def test_the_same_person_in_two_rows_is_a_fault(session, home):
    assert faults(session, ANNA, ANNA | {"Číslo": "18"}) == [(3, "", "sheet.row_twice")]


def test_the_same_number_in_two_rows_is_a_fault(session, home):
    assert faults(session, ANNA, ANNA | {"Jméno": "Alena"}) == [(3, "", "sheet.row_twice")]


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("Telefon", "12", "client.phone_unusable"),
        ("Telefon zástupce", "12", "client.phone_unusable"),
        ("Datum narození", "1. 1. 1850", "client.born_unlikely"),
        ("Jméno", "-", "client.first_name_unusable"),
        ("Pohyblivost", "létá", "sheet.word_unknown"),
        ("Adresa", "Neznámá 99", "sheet.place_unclear"),
        ("Vozík kg", "3", "sheet.number_unclear"),
    ],
)
def test_what_is_wrong_is_said_with_row_and_column(session, home, column, cell, code):
    good = {"Jméno": "Bedřich", "Příjmení": "Tma", "Datum narození": "3. 2. 1944"}
    assert faults(session, good, ANNA | {column: cell}) == [(3, column, code)]


def test_a_card_number_without_a_card_is_a_fault(session, home):
    wrong = ANNA | {"Průkaz": "", "Průkaz do": "", "Číslo průkazu": "12"}
    assert faults(session, wrong) == [(2, "Průkaz", "sheet.card_missing")]


def test_a_refused_row_leaves_nothing_of_itself(session, home):
    backward = ANNA | {"Průkaz od": "1. 1. 2021", "Průkaz do": "1. 1. 2020"}
    assert faults(session, backward) == [(2, "Průkaz do", "eligibility.ends_before_start")]
    assert session.exec(select(Client)).all() == []


def test_a_card_that_is_over_is_kept_as_that(session, home):
    bring(session, ANNA | {"Průkaz do": "1. 1. 2020"})
    [card] = queries.evidence(session, session.exec(select(Client.id)).one() or 0)
    assert card.valid_until == date(2020, 1, 1)


def test_events_of_a_list_hold_nothing_personal(session, home):
    bring(session, ANNA)
    told = " ".join(event.facts + event.subject_id for event in session.exec(select(Event)))
    assert not any(word in told for word in ("Anna", "Vozk", "777", "Blok"))
