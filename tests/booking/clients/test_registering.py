"""Whoever registers becomes a client once, may ride at once, and is told by nobody but themselves."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from tests.builders.clients import NOW, a_client, a_user, acting
from tests.builders.registrations import KEY, a_registration
from tests.builders.town import Town, a_town
from transport.accounts.models import User
from transport.booking.clients import clients, preferences, queries, registering, speaking
from transport.booking.clients.models import Client, ContactPreferences, Mandate, MandateKind, Registration
from transport.booking.clients.needs import Elbow, Mobility
from transport.kernel.actor import SYSTEM, Role
from transport.kernel.calendar import Calendar
from transport.kernel.errors import Conflict, Exhausted, Invalid, NotFound


@pytest.fixture
def town(session: Session) -> Town:
    return a_town(session, emil=acting(a_user(session, Role.DRIVER, "Emil Řidič")))


def sent(session: Session, registration: Registration) -> Client:
    return registering.send(session, registration, language="cs", now=NOW)


def test_what_was_sent_is_a_client_with_an_account_a_home_and_needs(session: Session, town: Town):
    client = sent(session, a_registration(session, town))
    account = session.get_one(User, client.user_id)
    assert (client.name, client.born, client.municipality) == ("Jan Novák", date(1950, 5, 17), "Plzeň")
    assert (account.role, account.phone, account.password_hash) == (Role.CLIENT, "+420777123456", "")
    [home] = queries.places(session, client.id or 0)
    assert (home.place_id, home.is_home, home.bell, home.floor, home.lift, home.stairs) == (
        town.places["station"], True, "Novák", 3, False, 2,
    )  # fmt: skip
    needs = queries.needs_now(session, client.id or 0)
    assert needs is not None
    assert (needs.mobility, needs.low_vision, needs.elbow, needs.companions) == (Mobility.CANE, True, Elbow.LEFT, 1)
    assert queries.evidence(session, client.id or 0) == []


def test_a_second_click_finds_the_first_client(session: Session, town: Town):
    registration = a_registration(session, town)
    assert sent(session, registration).id == sent(session, registration).id
    assert len(session.exec(select(Client)).all()) == 1


def test_after_sending_only_what_our_staff_still_has_to_do_is_kept(session: Session, town: Town):
    registration = a_registration(session, town, home=None, representative="call", call=True)
    sent(session, registration)
    assert registering.answers(registration) == {"address": "station", "call": True}
    settled = a_registration(session, town, key="other", first_name="Eva", phone="+420777000000")
    sent(session, settled)
    assert registering.answers(settled) == {}


def test_a_card_counts_before_anybody_has_seen_it(session: Session, town: Town):
    said: dict[str, Any] = {"born": "1980-01-01", "ground": "ZTP", "card_number": "12", "valid_until": "2027-12-31"}
    client = sent(session, a_registration(session, town, **said))
    [card] = queries.evidence(session, client.id or 0)
    assert (card.ground.value, card.card_number, card.valid_until) == ("ZTP", "12", date(2027, 12, 31))
    assert not card.verified


@pytest.mark.parametrize(
    "known",
    [
        {"name": "Jan Novák"},
        {"name": "JAN NOVAK"},
        {"name": "Honza Nový", "phone": "+420777123456"},
        {"name": "Honza Nový", "email": "Jan@Example.cz"},
    ],
)
def test_somebody_with_the_same_birthday_and_name_or_contact_is_known(session: Session, town: Town, known):
    a_client(session, known.pop("name"), born=date(1950, 5, 17), **known)
    registration = a_registration(session, town, email="jan@example.cz")
    assert registering.ask(session, registration, origin="here", now=NOW) is True
    with pytest.raises(Conflict, match=r"registration\.known"):
        sent(session, registration)


@pytest.mark.parametrize("other", [{"name": "Jan Novák", "born": date(1950, 5, 18)}, {"name": "Jana Nováková"}])
def test_people_who_share_only_a_name_or_only_a_telephone_are_two(session: Session, town: Town, other):
    a_client(session, other["name"], born=other.get("born", date(1951, 5, 17)), phone="+420777123456")
    registration = a_registration(session, town)
    assert registering.ask(session, registration, origin="here", now=NOW) is False
    assert sent(session, registration).id


def test_the_same_person_is_not_registered_from_two_browsers(session: Session, town: Town):
    one, two = (a_registration(session, town, key=key) for key in ("one", "two"))
    sent(session, one)
    with pytest.raises(Conflict, match=r"registration\.known"):
        sent(session, two)


def test_who_asks_too_often_is_told_until_when_to_wait(session: Session, town: Town):
    registration = a_registration(session, town)
    for _ in range(registering.TRIES):
        assert registering.ask(session, registration, origin="here", now=NOW) is False
    refused = registering.ask(session, registration, origin="here", now=NOW)
    assert isinstance(refused, Exhausted)
    assert refused.facts["until"] == NOW + registering.PAUSE
    assert registering.ask(session, registration, origin="elsewhere", now=NOW) is False
    assert registering.ask(session, registration, origin="here", now=NOW + registering.PAUSE) is False


def test_a_trusted_person_is_asked_and_acts_only_after_saying_yes(session: Session, town: Town):
    said: dict[str, Any] = {"representative": "person", "other_name": "Jana Nová", "other_contact": "jana@example.cz"}
    client = sent(session, a_registration(session, town, **said))
    [mandate] = session.exec(select(Mandate)).all()
    assert (mandate.client_id, mandate.kind) == (client.id, MandateKind.POWER_OF_ATTORNEY)
    assert (mandate.user_id, mandate.invited_contact) == (None, "jana@example.cz")


def test_nothing_is_sent_before_everything_is_answered(session: Session, town: Town):
    registration, _ = registering.begin(session, now=NOW)
    registering.note(session, registration, now=NOW, first_name="Jan", last_name="Novák", born="1950-05-17")
    with pytest.raises(Invalid, match=r"registration\.incomplete"):
        sent(session, registration)


def test_what_nobody_touched_for_thirty_days_is_forgotten_and_what_was_sent_stays(session: Session, town: Town):
    a_registration(session, town, key="old", now=NOW - registering.KEPT - timedelta(hours=1))
    done = a_registration(session, town)
    registering.ask(session, done, origin="here", now=NOW)
    client = sent(session, done)
    with pytest.raises(NotFound):
        registering.get(session, "old", now=NOW)
    assert registering.forget(session, NOW + registering.KEPT + timedelta(hours=1)) == 1
    assert registering.sent(session, client.id or 0) == done


def test_whoever_throws_it_away_leaves_nothing_on_the_device(session: Session, town: Town):
    registration, key = registering.begin(session, now=NOW)
    assert key not in registration.key_hash
    registering.discard(session, key)
    with pytest.raises(NotFound):
        registering.get(session, key, now=NOW)
    sent(session, a_registration(session, town))
    registering.discard(session, KEY)
    assert registering.get(session, KEY, now=NOW).client_id


def test_the_answer_comes_within_two_working_days():
    friday = date(2026, 11, 20)
    assert registering.answered_by(friday, Calendar()) == date(2026, 11, 24)
    assert registering.answered_by(friday, Calendar(public=frozenset({date(2026, 11, 23)}))) == date(2026, 11, 25)


@pytest.mark.parametrize(
    ("phone", "email", "ways"),
    [
        ("+420777123456", "", ("sms", "voice")),
        ("+420377222333", "", ("voice",)),
        ("+380671234567", "o@example.com", ("sms", "email", "voice")),
        ("", "o@example.com", ("email",)),
        ("", "", ()),
    ],
)
def test_a_landline_is_called_and_never_written_to(phone: str, email: str, ways: tuple[str, ...]):
    assert speaking.possible(phone, email) == ways


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"channel": "email"}, "preferences.no_email"),
        ({"channel": "pigeon"}, "preferences.channel_missing"),
        ({"channel": "voice", "no_calls": True}, "preferences.calls_unwanted"),
        ({"channel": "sms", "to_representative": True}, "preferences.nobody_to_call"),
    ],
)
def test_a_way_that_would_reach_nobody_is_refused(session: Session, fields: dict[str, Any], code: str):
    client = a_client(session, phone="+420777123456")
    usual = {"optional": True, "diacritics": False, "no_calls": False, "slowly": False, "to_representative": False}
    with pytest.raises(Invalid, match=code.replace(".", r"\.")):
        preferences.record(session, client, by=SYSTEM, now=NOW, **{**usual, **fields})


def test_whoever_said_nothing_is_written_to_as_their_contacts_allow(session: Session):
    assert preferences.of(session, a_client(session, phone="+420377222333")).channel == "voice"
    client = a_client(session, phone="+420777123456", email="a@example.cz")
    session.add(ContactPreferences(client_id=client.id or 0, channel=speaking.MessageChannel.EMAIL, slowly=True))
    session.flush()
    said = {"phone": "+420777123456", "email": "", "contact_name": "", "contact_phone": "", "language": "cs"}
    clients.record_contacts(session, client, by=SYSTEM, now=NOW, **said)
    told = preferences.of(session, client)
    assert (told.channel, told.slowly) == ("sms", True), "without the e-mail, by the next way"


def test_a_profile_changed_by_its_person_keeps_what_only_staff_may_give(session: Session):
    account = a_user(session)
    client = a_client(session, user_id=account.id, rides_alone=True)
    changed = clients.record_needs(
        session, client, mobility=Mobility.CANE, rides_alone=True, by=acting(account), now=NOW
    )
    assert changed.rides_alone
