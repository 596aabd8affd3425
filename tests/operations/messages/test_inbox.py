"""What people write to us is kept once, whatever it is, and waits until somebody has dealt with it."""

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from tests.builders.clients import NOW, a_user, acting
from transport.kernel.actor import Role
from transport.kernel.errors import Conflict, Invalid
from transport.operations.messages import inbox
from transport.operations.messages.models import InboundMessage


def came(session: Session, text: str = "Kde je auto?", gateway_id: str = "1", sender: str = "777 123 456"):
    return inbox.receive(
        session, gateway_id=gateway_id, sender=sender, text=text, received_at=NOW, now=NOW + timedelta(seconds=5)
    )


def test_a_message_handed_over_twice_is_one(session: Session):
    assert came(session).id == came(session, text="something else").id
    [kept] = session.exec(select(InboundMessage)).all()
    assert (kept.text, kept.sender) == ("Kde je auto?", "+420777123456")


@pytest.mark.parametrize("text", ["", "x" * 20_000, "a\x00b\ud800c", "Де машина? 🚐 \u202e"])
def test_strange_and_long_words_are_kept(session: Session, text: str):
    row = came(session, text)
    session.refresh(row)
    assert len(row.text) == len(text)


def test_a_long_name_of_the_gateway_is_still_one_message(session: Session):
    assert came(session, gateway_id="g" * 500).id == came(session, gateway_id="g" * 500).id


@pytest.mark.parametrize(("gateway_id", "sender"), [("", "777123456"), ("1", " ")])
def test_a_message_from_nobody_is_refused(session: Session, gateway_id: str, sender: str):
    with pytest.raises(Invalid, match=r"sms\.incomplete"):
        came(session, gateway_id=gateway_id, sender=sender)


def test_an_answer_deals_with_all_that_this_number_wrote_before(session: Session):
    hana = acting(a_user(session, Role.OPERATOR, "Hana Sluchátková"))
    first, second = came(session), came(session, gateway_id="2")
    other = came(session, gateway_id="3", sender="777 000 000")
    for _ in range(2):
        inbox.replied(session, second, "Jede k vám.", key="a form", language="cs", by=hana, now=NOW)
    session.expire_all()
    assert [each.id for each in inbox.unhandled(session)] == [other.id]
    assert [(line.ours, line.text) for line in inbox.thread(session, first.sender)] == [
        (False, "Kde je auto?"),
        (False, "Kde je auto?"),
        (True, "Jede k vám."),
    ]


def test_of_two_of_us_one_deals_with_a_message(session: Session):
    hana, iva = (acting(a_user(session, Role.OPERATOR, name)) for name in ("Hana Sluchátková", "Iva Telefonní"))
    row = came(session)
    for _ in range(2):
        inbox.handle(session, row.id or 0, by=hana, now=NOW)
    with pytest.raises(Conflict) as refused:
        inbox.handle(session, row.id or 0, by=iva, now=NOW)
    assert refused.value.facts["who"] == "Hana Sluchátková"


@pytest.mark.parametrize(("sender", "code"), [("INFO-SMS", "sms.no_number"), ("+420377123456", "sms.no_number")])
def test_nothing_is_sent_to_what_cannot_read(session: Session, sender: str, code: str):
    wrong = inbox.reply_fault(came(session, sender=sender), "Dobrý den")
    assert wrong is not None
    assert wrong.code == code
