"""A registration is looked at in time, by somebody who decides; what nobody could confirm does not count."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session

from tests.builders.clients import NOW, a_client, a_mandate, a_user, acting
from tests.builders.registrations import a_registration, answered
from tests.builders.town import Town, a_town
from transport.booking.clients import calls, clients, expiring, intake, registering
from transport.booking.clients.eligibility import Ground
from transport.booking.clients.intake import Paper
from transport.booking.clients.models import Client, Power, Registration
from transport.kernel.actor import Actor, Role
from transport.kernel.clock import local_day
from transport.kernel.errors import Conflict, Forbidden, Invalid

CARD = {"born": "1990-05-17", "ground": "ZTP/P", "card_number": "A 1", "valid_until": "2027-12-31"}


@pytest.fixture
def town(session: Session) -> Town:
    return a_town(session, emil=acting(a_user(session, Role.DRIVER, "Emil Řidič")))


@pytest.fixture
def hana(session: Session) -> Actor:
    return acting(a_user(session, Role.OPERATOR, "Hana Sluchátková"))


def sent(session: Session, town: Town, **said: Any) -> Registration:
    registration = a_registration(session, town, **said)
    registering.send(session, registration, language="cs", now=NOW)
    return registration


def looked(session: Session, town: Town, registration: Registration, now: datetime = NOW) -> Paper:
    policy = town.world.policies.on(local_day(now))
    return intake.look(session, registration.id or 0, policy=policy, calendar=town.world.calendar, now=now)


def test_a_registration_of_friday_is_late_on_wednesday(session: Session, town: Town):
    sent(session, town)

    def shown(days: int) -> tuple[int, bool]:
        found = intake.undecided(session, calendar=town.world.calendar, now=NOW + timedelta(days=days))
        return found[0].age, found[0].overdue

    assert [shown(days) for days in (0, 3, 4, 5)] == [(0, False), (1, False), (2, False), (3, True)]


def test_a_verified_registration_waits_no_more_and_its_card_is_seen(session: Session, town: Town, hana: Actor):
    registration = sent(session, town, **CARD)
    intake.verify(session, registration, by=hana, now=NOW)
    assert intake.count(session) == 0
    [card] = looked(session, town, registration).profile.eligibilities
    assert card.verified
    with pytest.raises(Conflict, match=r"registration\.decided"):
        intake.refuse(session, registration, "lives elsewhere", by=hana, now=NOW)


def test_a_card_nobody_could_confirm_counts_no_longer(session: Session, town: Town, hana: Actor):
    registration = sent(session, town, **CARD)
    with pytest.raises(Invalid, match=r"registration\.reason_missing"):
        intake.refuse(session, registration, " ", by=hana, now=NOW)
    intake.refuse(session, registration, "the card belongs to somebody else", by=hana, now=NOW)
    assert looked(session, town, registration).reasons == ("eligibility.none",)
    intake.allow_first(session, looked(session, town, registration).waiting.client, until=town.day, by=hana, now=NOW)
    assert looked(session, town, registration).reasons == ()


def test_a_question_goes_to_the_list_of_calls_and_the_registration_stays(session: Session, town: Town, hana: Actor):
    registration = sent(session, town)
    intake.ask_back(session, registration, "Which floor?", by=hana, now=NOW)
    assert intake.count(session) == 1
    assert [each.call.note for each in calls.waiting(session)] == ["Which floor?"]


def test_whoever_asked_for_a_call_when_registering_is_on_the_list(session: Session, town: Town):
    sent(session, town, representative="call", call=True)
    [view] = calls.waiting(session)
    assert (view.name, view.call.phone) == ("Jan Novák", "+420777123456")


def test_only_our_staff_decides(session: Session, town: Town):
    registration = sent(session, town)
    stranger = acting(a_user(session, Role.CLIENT))
    with pytest.raises(Forbidden):
        intake.verify(session, registration, by=stranger, now=NOW)


def test_the_same_person_under_another_number_is_found(session: Session, town: Town):
    registration = sent(session, town)
    a_client(session, "Honza Jiný", born=date(1950, 5, 17), phone="+420777123456")
    a_client(session, "Jan Novák", born=date(1930, 1, 1))
    a_client(session, "Petr Jiný", born=date(1950, 5, 17))
    assert [each.name for each in looked(session, town, registration).duplicates] == ["Honza Jiný", "Jan Novák"]


def test_a_card_told_by_telephone_waits_until_it_is_seen(session: Session, town: Town, hana: Actor):
    said = {**answered(town, **CARD), "card_to_driver": True}
    registration = intake.enter(session, said, language="cs", by=hana, now=NOW)
    paper = looked(session, town, registration)
    assert [card.verified for card in paper.profile.eligibilities] == [False]
    assert paper.waiting.wishes == {"card_to_driver": True}
    card = paper.profile.eligibilities[0]
    intake.see_card(session, card, number="B 2", valid_until=date(2028, 6, 30), by=hana, now=NOW)
    assert (card.verified, card.card_number, card.valid_until) == (True, "B 2", date(2028, 6, 30))


def test_whoever_is_old_enough_needs_nobody_to_look(session: Session, town: Town, hana: Actor):
    intake.enter(session, answered(town), language="cs", by=hana, now=NOW)
    assert intake.count(session) == 0
    with pytest.raises(Conflict, match=r"registration\.known"):
        intake.enter(session, answered(town), language="cs", by=hana, now=NOW)
    intake.enter(session, {**answered(town), "another": True}, language="cs", by=hana, now=NOW)


def test_what_ends_is_listed_once_unless_something_newer_stands_in_for_it(session: Session, hana: Actor):
    today = local_day(NOW)

    def a_card_until(client: Client, ahead: int) -> None:
        last = today + timedelta(days=ahead)
        clients.entitle(session, client, Ground.ZTP, valid_from=date(2020, 1, 1), valid_until=last, by=hana, now=NOW)

    soon, renewed, over = (a_client(session, f"Klient {name}") for name in ("Brzy", "Nový", "Prošlý"))
    for client, days in ((soon, 20), (renewed, 5), (renewed, 400), (over, -3)):
        a_card_until(client, days)
    daughter = a_user(session, Role.REPRESENTATIVE, "Dcera Klientova")
    mandate = a_mandate(session, soon, daughter, Power.BOOK, valid_until=today + timedelta(days=6))
    found = expiring.ending(session, on=today, days=30)
    assert [(each.client.name, each.days) for each in found] == [
        ("Klient Prošlý", -3),
        ("Klient Brzy", 6),
        ("Klient Brzy", 20),
    ]
    assert found[1].source == f"mandate:{mandate.id}:{mandate.valid_until}"
    assert expiring.ending(session, on=today, days=7) == found[:2]
