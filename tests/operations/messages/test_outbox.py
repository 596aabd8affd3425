"""Messages about one ride leave in their order, say the newest truth or nothing, and a failure finds a person."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from tests.builders.booking import a_confirmed_ride
from tests.builders.clients import a_mandate, a_user
from tests.builders.driving import reported
from tests.builders.telling import kinds, sent, told
from tests.builders.town import NOW
from transport.accounts.contacts import Way
from transport.booking.clients import calls
from transport.booking.clients.models import MandateKind, Power
from transport.booking.rides.models import Consent, ConsentOf
from transport.kernel.actor import SYSTEM, Role
from transport.kernel.errors import NotFound
from transport.kernel.events import Event, record
from transport.operations.messages import outbox, reviewing
from transport.operations.messages.models import Message, MessageState
from transport.operations.messages.models import MessageKind as Kind
from transport.routing.planning.models import Promise, StopKind, VisitAction


@pytest.fixture
def ride(session, town, cast):
    return a_confirmed_ride(session, town, cast.bedrich, "9:00", by=cast.dana)


def a_message(session, ride, kind=Kind.RIDE_CONFIRMED, **fields) -> Message:
    row = Message(
        **{
            "key": f"{kind}:{len(session.exec(select(Message)).all())}",
            "kind": kind,
            "client_id": ride.client_id,
            "ride_id": ride.id,
            "promise_id": ride.promise_id,
            "way": Way.SMS,
            "to": "+420700000002",
            "language": "cs",
            "text": "Jízda",
            "queued_at": NOW,
            "not_before": NOW,
            **fields,
        }
    )
    session.add(row)
    session.flush()
    return row


def test_a_message_waits_for_the_one_before_it(session, ride):
    first, second = a_message(session, ride), a_message(session, ride, Kind.RIDE_CHANGED)
    taken = outbox.take(session, NOW)
    assert taken is not None
    assert taken.id == first.id
    assert outbox.take(session, NOW) is None, "the first is on its way"
    outbox.not_taken(session, first.id or 0, for_good=False, now=NOW)
    assert outbox.take(session, NOW) is None, "and is tried again"
    assert [each.id for each in sent(session, NOW + timedelta(minutes=1))] == [first.id, second.id]


def test_the_same_words_about_the_same_promise_are_not_sent_again(session, ride):
    first, again, other = (a_message(session, ride, Kind.RIDE_LATE, text=text) for text in ("8:55", "8:55", "9:05"))
    assert [each.id for each in sent(session, NOW)] == [first.id, other.id]
    session.refresh(again)
    assert (again.state, again.trouble) == (MessageState.DROPPED, "said_already")


def test_a_later_stage_makes_what_still_waits_needless(session, town, cast, ride):
    waits = a_message(session, ride, Kind.DAY_BEFORE, not_before=NOW + timedelta(hours=1))
    other = a_message(session, ride, Kind.DAY_BEFORE, not_before=NOW + timedelta(hours=1), to="+420700000009")
    reported(session, town, ride, StopKind.PICKUP, VisitAction.ARRIVED, by=cast.dana)
    a_message(session, ride, Kind.VEHICLE_ARRIVED)
    assert kinds(sent(session, NOW)) == [Kind.VEHICLE_ARRIVED]
    for each in (waits, other):
        session.refresh(each)
    assert (waits.state, waits.trouble) == (MessageState.DROPPED, "overtaken")
    assert other.state is MessageState.QUEUED, "somebody else's"


def test_what_left_while_it_was_dropped_has_left(session, ride):
    message = a_message(session, ride)
    assert outbox.take(session, NOW) is not None
    message.state = MessageState.DROPPED
    session.flush()
    outbox.handed_on(session, message.id or 0, now=NOW)
    session.refresh(message)
    assert message.state is MessageState.SENT


def test_a_time_that_holds_no_more_is_never_told(session, ride):
    old = a_message(session, ride)
    late = a_message(session, ride, to="+420700000009", needed_by=NOW - timedelta(seconds=1))
    other = Promise(**session.get_one(Promise, ride.promise_id).model_dump(exclude={"id"}))
    session.add(other)
    session.flush()
    ride.promise_id = other.id
    session.flush()
    new = a_message(session, ride, Kind.RIDE_CHANGED)
    assert [each.id for each in sent(session, NOW)] == [new.id]
    for each, why in ((old, "promise_changed"), (late, "too_late")):
        session.refresh(each)
        assert (each.state, each.trouble) == (MessageState.DROPPED, why)


def test_the_driver_who_left_again_was_not_there(session, ride):
    a_message(session, ride, Kind.VEHICLE_ARRIVED)
    assert sent(session, NOW) == []


def test_a_message_that_waits_for_the_morning_is_tried_for_an_hour_from_then_on(session, ride):
    morning = NOW + timedelta(hours=9)
    message = a_message(session, ride, due_at=morning, not_before=morning)
    assert outbox.take(session, morning) is not None
    outbox.not_taken(session, message.id or 0, for_good=False, now=morning)
    session.refresh(message)
    assert message.state is MessageState.QUEUED


def test_a_letter_is_not_handed_to_a_gateway(session, ride):
    a_message(session, ride, Kind.ABSENCE_NOTED, way=Way.LETTER)
    assert outbox.take(session, NOW) is None


def test_only_a_letter_can_be_printed_and_only_once(session, cast, ride):
    text, letter = a_message(session, ride), a_message(session, ride, Kind.ABSENCE_NOTED, way=Way.LETTER)
    with pytest.raises(NotFound):
        reviewing.printed(session, [text.id or 0, letter.id or 0], by=cast.hana, now=NOW)
    assert [reviewing.printed(session, [letter.id or 0], by=cast.hana, now=NOW) for _ in range(2)] == [1, 0]


def test_when_a_message_to_a_representative_fails_the_representative_is_called(session, town, cast, ride):
    son = a_user(session, Role.REPRESENTATIVE, "Karel Tma", phone="+420700000099")
    message = a_message(session, ride, user_id=son.id, to=son.phone)
    needless = a_message(session, ride, Kind.OPINION_ASKED)
    for each in (message, needless):
        outbox.not_taken(session, each.id or 0, for_good=True, now=NOW)
    for event_id in session.exec(select(Event.id).where(Event.kind == "message_failed").order_by(col(Event.id))).all():
        outbox.call_instead(session, event_id, now=NOW)
    (call,) = calls.waiting(session)
    assert (call.call.phone, call.name, call.call.note) == (son.phone, "Karel Tma", message.text)


def test_an_invitation_goes_to_the_contact_that_was_named_with_the_way_to_the_log_in(session, town, cast):
    a_mandate(session, cast.bedrich, None, Power.SEE, invited_contact="jana@example.org")
    (message,) = told(session, town, NOW, "MandateGranted")[-1:]
    assert (message.kind, message.way, message.to) == (Kind.MANDATE_OFFERED, Way.EMAIL, "jana@example.org")
    assert "https://doprava.example.org/cs/prihlaseni" in message.text


def test_of_two_joint_representatives_the_other_is_asked(session, town, cast, ride):
    one, other = (a_user(session, Role.REPRESENTATIVE, name, phone=f"+42070000009{n}") for n, name in enumerate("ab"))
    for each in (one, other):
        evidence = "court of Plzeň, 3. 5. 2025"
        a_mandate(session, cast.bedrich, each, kind=MandateKind.GUARDIAN, joint=True, evidence=evidence)
    consent = Consent(
        client_id=cast.bedrich.id,
        wanted_of=ConsentOf.REPRESENTATIVE,
        asked_by=one.id or 0,
        asked_at=NOW,
        until=NOW + timedelta(hours=2),
        promises=str(ride.promise_id),
    )
    session.add(consent)
    session.flush()
    record(session, "consent_asked", subject=("consent", consent.id), by=SYSTEM, now=NOW)
    made = told(session, town, NOW, "consent_asked")
    assert [(each.kind, each.to) for each in made] == [(Kind.CONSENT_ASKED, other.phone)]
