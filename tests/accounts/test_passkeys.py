"""Passkeys, with an authenticator in software: only a key that was added here lets its owner in, each question once."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session, select

from tests.accounts.authenticator import Authenticator
from tests.builders.clients import a_user, acting
from transport.accounts import passkeys, users
from transport.accounts.models import Passkey, PasskeyChallenge, User
from transport.accounts.passkeys import Site
from transport.kernel.actor import SYSTEM, Role
from transport.kernel.errors import NotFound
from transport.kernel.events import Event

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SITE = Site.at("https://doprava.example.org/", "Doprava s asistencí")


@pytest.fixture
def jana(session: Session) -> User:
    return a_user(session, Role.CLIENT, "Jana Nová")


@pytest.fixture
def telephone() -> Authenticator:
    return Authenticator(SITE.origin)


def added(session: Session, user: User, telephone: Authenticator) -> Passkey | None:
    answer = telephone.create(passkeys.offer(session, user, SITE, now=NOW))
    return passkeys.add(session, user, answer, SITE, name="telefon", by=acting(user), now=NOW)


def asked(session: Session, now: datetime = NOW) -> str:
    return passkeys.ask(session, SITE, now=now)


def recognised(session: Session, answer: str, now: datetime = NOW) -> User | None:
    return passkeys.recognise(session, answer, SITE, now=now)


@pytest.mark.parametrize("counts", [True, False])
def test_a_passkey_logs_its_owner_in_again_and_again(session: Session, jana: User, counts: bool) -> None:
    telephone = Authenticator(SITE.origin, counts=counts)
    added(session, jana, telephone)
    for _ in range(2):
        assert recognised(session, telephone.get(asked(session))) == jana
    (kept,) = passkeys.of(session, jana.id or 0)
    assert (kept.sign_count, kept.used_at, kept.name) == (telephone.uses, NOW, "telefon")


def test_a_question_is_answered_once(session: Session, jana: User) -> None:
    telephone = Authenticator(SITE.origin, counts=False)
    added(session, jana, telephone)
    answer = telephone.get(asked(session))
    assert recognised(session, answer) == jana
    assert recognised(session, answer) is None


def test_a_question_waits_five_minutes(session: Session, jana: User, telephone: Authenticator) -> None:
    added(session, jana, telephone)
    assert recognised(session, telephone.get(asked(session)), NOW + 5 * MINUTE) is None
    assert recognised(session, telephone.get(asked(session)), NOW + 4 * MINUTE) == jana


def test_a_question_that_was_not_ours_is_not_answered(session: Session, jana: User, telephone: Authenticator) -> None:
    added(session, jana, telephone)
    own = json.dumps({"challenge": "AAAA", "rpId": SITE.host})
    assert recognised(session, telephone.get(own)) is None


def test_a_question_for_adding_logs_nobody_in(session: Session, jana: User, telephone: Authenticator) -> None:
    added(session, jana, telephone)
    challenge = json.loads(passkeys.offer(session, jana, SITE, now=NOW))["challenge"]
    assert recognised(session, telephone.get(json.dumps({"challenge": challenge, "rpId": SITE.host}))) is None


def test_a_key_nobody_added_logs_nobody_in(session: Session, jana: User, telephone: Authenticator) -> None:
    added(session, jana, telephone)
    assert recognised(session, Authenticator(SITE.origin).get(asked(session))) is None
    forged = Authenticator(SITE.origin, credential_id=telephone.credential_id)
    assert recognised(session, forged.get(asked(session))) is None


def test_a_page_that_looks_like_ours_gets_nothing(session: Session, jana: User) -> None:
    fooled = Authenticator("https://doprava.example.net")
    assert added(session, jana, fooled) is None
    fooled.origin = SITE.origin
    added(session, jana, fooled)
    fooled.origin = "https://doprava.example.net"
    assert recognised(session, fooled.get(asked(session))) is None


def test_a_copied_key_is_noticed_by_its_count(session: Session, jana: User, telephone: Authenticator) -> None:
    added(session, jana, telephone)
    recognised(session, telephone.get(asked(session)))
    telephone.uses = 0
    assert recognised(session, telephone.get(asked(session))) is None


def test_a_passkey_is_added_only_to_who_was_asked_and_once(
    session: Session, jana: User, telephone: Authenticator
) -> None:
    karel = a_user(session, Role.CLIENT, "Karel Nový")
    answer = telephone.create(passkeys.offer(session, jana, SITE, now=NOW))
    assert passkeys.add(session, karel, answer, SITE, name="", by=acting(karel), now=NOW) is None
    assert passkeys.add(session, jana, answer, SITE, name="", by=acting(jana), now=NOW) is not None
    assert added(session, karel, telephone) is None, "the same key belongs to somebody already"


@pytest.mark.parametrize(
    "answer", ["", "{}", "[]", "null", '{"response": {"clientDataJSON": "!"}}', "[" * 100_000, "🙂"]
)
def test_nonsense_is_refused_quietly(session: Session, jana: User, answer: str) -> None:
    assert recognised(session, answer) is None
    assert passkeys.add(session, jana, answer, SITE, name="", by=acting(jana), now=NOW) is None


@pytest.mark.parametrize("part", ["clientDataJSON", "authenticatorData", "signature"])
def test_a_broken_answer_is_refused_quietly(session: Session, jana: User, telephone: Authenticator, part: str) -> None:
    added(session, jana, telephone)
    answer = json.loads(telephone.get(asked(session)))
    answer["response"][part] = "AAAA"
    assert recognised(session, json.dumps(answer)) is None
    del answer["response"][part]
    assert recognised(session, json.dumps(answer)) is None


def test_a_passkey_that_was_removed_or_whose_owner_is_shut_out_opens_nothing(
    session: Session, jana: User, telephone: Authenticator
) -> None:
    passkey, other = added(session, jana, telephone), Authenticator(SITE.origin)
    assert passkey is not None
    added(session, jana, other)
    with pytest.raises(NotFound, match=r"login\.passkey"):
        passkeys.remove(session, (jana.id or 0) + 1, passkey.id or 0, by=SYSTEM, now=NOW)
    passkeys.remove(session, jana.id or 0, passkey.id or 0, by=acting(jana), now=NOW)
    assert recognised(session, telephone.get(asked(session))) is None
    users.disable(session, jana, by=SYSTEM, now=NOW)
    assert recognised(session, other.get(asked(session))) is None


def test_a_telephone_is_not_asked_for_a_second_key(session: Session, jana: User, telephone: Authenticator) -> None:
    added(session, jana, telephone)
    (excluded,) = json.loads(passkeys.offer(session, jana, SITE, now=NOW))["excludeCredentials"]
    (kept,) = passkeys.of(session, jana.id or 0)
    assert excluded["id"] == kept.credential_id


def test_questions_nobody_answered_are_dropped(session: Session, jana: User) -> None:
    asked(session)
    passkeys.forget(session, now=NOW + 5 * MINUTE)
    assert not session.exec(select(PasskeyChallenge)).all()
    assert not session.exec(select(Event)).all()


@pytest.mark.parametrize(
    ("address", "possible"),
    [("https://doprava.example.org", True), ("http://localhost:8000", True), ("http://127.0.0.1:8000", False)],
)
def test_browsers_make_passkeys_for_names_only(address: str, possible: bool) -> None:
    assert Site.at(address, "Doprava").can_have_passkeys is possible
