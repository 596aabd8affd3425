"""What a gateway says of a message later: late, twice, in any order, and the message never goes back."""

import itertools
from datetime import timedelta

import pytest
from sqlmodel import col, select

from tests.builders.town import NOW
from transport.accounts.contacts import Way
from transport.booking.clients import calls
from transport.kernel.errors import Invalid
from transport.kernel.events import Event
from transport.operations.messages import delivery
from transport.operations.messages.models import Message, MessageKind, MessageState

RANK = [MessageState.SENT, MessageState.FAILED, MessageState.DELIVERED]


@pytest.fixture
def sent(session, cast):
    def make(key="m1", **fields):
        message = Message(
            **{
                "key": key,
                "kind": MessageKind.RIDE_CONFIRMED,
                "client_id": cast.anna.id,
                "way": Way.SMS,
                "to": cast.anna.phone,
                "language": "cs",
                "text": "Jízda 472180",
                "state": MessageState.SENT,
                "queued_at": NOW,
                "not_before": NOW,
                **fields,
            }
        )
        session.add(message)
        session.flush()
        return message

    return make


def said(session, state, key="m1", *, at=NOW, now=NOW):
    return delivery.report(session, key=key, state=state, reason="33 unknown subscriber", at=at, now=now)


def failures(session):
    return len(session.exec(select(Event.id).where(col(Event.kind) == "message_failed")).all())


@pytest.mark.parametrize("order", list(itertools.permutations(["delivered", "failed", "expired"])))
def test_reports_in_any_order_end_in_the_same_state_and_never_go_back(session, sent, order):
    message, seen = sent(), [MessageState.SENT]
    for state in (*order, *order):
        said(session, state)
        seen.append(message.state)
    assert [RANK.index(state) for state in seen] == sorted(RANK.index(state) for state in seen)
    assert message.state is MessageState.DELIVERED
    assert failures(session) == (0 if order[0] == "delivered" else 1)


def test_what_was_not_brought_is_called_once_and_says_why(session, sent):
    message = sent()
    assert said(session, "failed", at=NOW + timedelta(hours=1)) is MessageState.FAILED
    assert (message.trouble, message.reported_at) == ("33 unknown subscriber", NOW)
    said(session, "expired")
    assert failures(session) == 1


def test_a_report_that_comes_before_we_have_noted_the_sending_counts(session, sent):
    message = sent(state=MessageState.QUEUED)
    said(session, "delivered")
    assert message.state is MessageState.DELIVERED


def test_what_never_left_was_never_brought(session, sent):
    message = sent(state=MessageState.DROPPED)
    assert said(session, "delivered") is MessageState.DROPPED
    assert message.reported_at is None


def test_a_message_of_nobody_and_a_state_of_no_meaning_are_said(session, sent):
    sent()
    assert said(session, "delivered", "another") is said(session, "delivered", "") is None
    with pytest.raises(Invalid, match=r"sms\.no_such_state"):
        said(session, "read")


def test_whoever_presses_nought_is_called_once(session, sent, cast):
    message = sent(way=Way.CALL)
    assert delivery.pressed(session, key="m1", pressed="1", now=NOW)
    assert calls.waiting(session) == []
    assert [delivery.pressed(session, key="m1", pressed="0", now=NOW) for _ in range(2)] == [True, True]
    (view,) = calls.waiting(session)
    assert (view.call.phone, view.call.client_id, view.call.due_at) == (message.to, cast.anna.id, NOW)
    assert message.state is MessageState.DELIVERED
    assert not delivery.pressed(session, key="other", pressed="0", now=NOW)
