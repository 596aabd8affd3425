"""Whoever was promised a call gets one, from one of us."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from tests.builders.clients import NOW, a_client, a_user, acting
from transport.booking.clients import calls
from transport.booking.clients.calls import CallReason, CallResult
from transport.booking.clients.models import CallBack
from transport.kernel.actor import SYSTEM, Actor, Role
from transport.kernel.errors import Conflict, Invalid


@pytest.fixture
def hana(session: Session) -> Actor:
    return acting(a_user(session, Role.OPERATOR, "Hana Sluchátková"))


@pytest.fixture
def iva(session: Session) -> Actor:
    return acting(a_user(session, Role.OPERATOR, "Iva Telefonní"))


def asked(session: Session, **said: object) -> CallBack:
    told = {"phone": "777 123 456", "due_at": NOW, "reason": "order", "by": SYSTEM, "now": NOW, **said}
    return calls.ask(session, **told)  # type: ignore[arg-type]  # only what is interesting is written


def test_a_call_is_taken_by_one_person_and_another_reads_who_has_it(session: Session, hana: Actor, iva: Actor):
    call = asked(session)
    calls.take(session, call.id or 0, by=hana, now=NOW)
    calls.take(session, call.id or 0, by=hana, now=NOW)
    with pytest.raises(Conflict) as refused:
        calls.take(session, call.id or 0, by=iva, now=NOW)
    assert (refused.value.code, refused.value.facts["who"]) == ("call.taken", "Hana Sluchátková")
    with pytest.raises(Conflict, match=r"call\.taken"):
        calls.note(session, call.id or 0, "settled", by=iva, now=NOW)
    calls.take(session, call.id or 0, by=iva, now=NOW, instead_of=hana.user)
    assert calls.get(session, call.id or 0).has_it == "Iva Telefonní"


def test_whoever_does_not_answer_is_called_again_by_anybody(session: Session, hana: Actor, iva: Actor):
    call = asked(session)
    calls.take(session, call.id or 0, by=hana, now=NOW)
    again = NOW + timedelta(hours=3)
    calls.note(session, call.id or 0, "not_reached", again_at=again, by=hana, now=NOW)
    [view] = calls.waiting(session)
    assert (view.call.due_at, view.call.attempts, view.has_it) == (again, 1, "")
    assert (calls.due(session, now=NOW), calls.due(session, now=again)) == (0, 1)
    calls.note(session, call.id or 0, "settled", by=iva, now=again)
    assert calls.waiting(session) == []
    assert calls.get(session, call.id or 0).call.result is CallResult.SETTLED
    with pytest.raises(Conflict, match=r"call\.done"):
        calls.take(session, call.id or 0, by=hana, now=again)


def test_the_same_source_is_called_once(session: Session, hana: Actor):
    first = asked(session, source="complaint:12", reason=CallReason.LETTER)
    calls.note(session, first.id or 0, "settled", by=hana, now=NOW)
    assert asked(session, source="complaint:12").id == first.id


def test_a_client_is_called_at_their_own_number_in_their_language(session: Session):
    client = a_client(session, phone="+420700000001", language="uk")
    call = asked(session, client=client, phone="")
    assert (call.phone, call.language) == ("+420700000001", "uk")


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"phone": ""}, "call.phone_missing"),
        ({"phone": "12"}, "client.phone_unusable"),
        ({"reason": "chat"}, "call.reason_missing"),
        ({"note": "x" * 301}, "call.note_too_long"),
    ],
)
def test_a_call_that_nobody_could_make_is_not_promised(session: Session, said: dict[str, str], code: str):
    with pytest.raises(Invalid, match=code):
        asked(session, **said)
