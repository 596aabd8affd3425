"""People are told what happened: each message is written once, leaves once, and a failure is seen."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import col, select

from tests.builders.booking import a_confirmed_ride
from tests.builders.town import NOW, a_town
from tests.cast import gather
from transport import jobs
from transport.booking.clients import calls
from transport.booking.rides import rides
from transport.kernel.db import reading, writing
from transport.kernel.errors import Exhausted
from transport.operations.messages.channels import Channels
from transport.operations.messages.models import Message, MessageKind, MessageState


class Line:
    """A gateway that keeps what it gets, or refuses with a code."""

    def __init__(self, code: str = ""):
        self.code = code
        self.taken: list[tuple[str, str, str]] = []

    def send(self, to, text, subject="", language="cs", key=""):
        if self.code:
            raise Exhausted(self.code)
        self.taken.append((to, text, key))


@pytest.fixture
def booked(services):
    with writing(services.database) as session:
        cast = gather(session)
        town = a_town(session, emil=cast.emil)
        ride = a_confirmed_ride(session, town, cast.anna, by=cast.dana)
    jobs.react(services, NOW)
    return cast, town, ride


def messages(services) -> list[Message]:
    with reading(services.database) as session:
        return list(session.exec(select(Message).order_by(col(Message.id))))


def test_a_confirmed_ride_is_told_once(services, booked):
    line = Line()
    plugged = replace(services, channels=Channels(sms=line, voice=line, email=line))
    assert jobs.send(plugged, NOW) == 1
    assert jobs.send(plugged, NOW) == jobs.react(plugged, NOW) == 0
    ((to, text, key),) = line.taken
    (message,) = messages(services)
    assert (message.to, message.text, message.key) == (to, text, key)
    assert (message.kind, message.state, message.ended_at) == (MessageKind.RIDE_CONFIRMED, MessageState.SENT, NOW)
    assert booked[2].code[:3] in text


def test_what_cannot_leave_is_tried_again_and_then_a_person_is_told(services, booked):
    broken = replace(services, channels=Channels(sms=Line("message.not_sent")))
    assert jobs.send(broken, NOW) == jobs.send(broken, NOW) == 0
    assert messages(services)[0].tries == 1
    jobs.send(broken, NOW + timedelta(minutes=1))
    assert messages(services)[0].state is MessageState.QUEUED
    jobs.send(broken, NOW + timedelta(hours=2))
    assert (messages(services)[0].state, messages(services)[0].tries) == (MessageState.FAILED, 3)
    assert jobs.react(services, NOW) == 1
    assert jobs.react(services, NOW) == 0
    with reading(services.database) as session:
        (call,) = calls.waiting(session)
    assert (call.call.phone, call.call.note) == (messages(services)[0].to, messages(services)[0].text)


def test_a_message_that_the_gateway_refuses_is_not_tried_again(services, booked):
    jobs.send(replace(services, channels=Channels(sms=Line("message.refused"))), NOW)
    assert messages(services)[0].state is MessageState.FAILED


def test_only_the_service_tells_of_a_cancelled_ride(services, booked):
    cast, town, ride = booked
    with writing(services.database) as session:
        other = a_confirmed_ride(session, town, cast.bedrich, "12:00", by=cast.dana)
        for each, ours in ((rides.coded(session, ride.code), True), (other, False)):
            rides.cancel(
                session,
                each,
                version=each.version,
                reason="vehicle",
                world=town.world,
                by=cast.dana,
                now=NOW,
                for_service=ours,
            )
    jobs.react(services, NOW)
    told = [(each.kind, each.ride_id) for each in messages(services)]
    assert (MessageKind.RIDE_CANCELLED, ride.id) in told
    assert (MessageKind.RIDE_CANCELLED, other.id) not in told
    assert (MessageKind.RIDE_CALLED_OFF, other.id) in told
