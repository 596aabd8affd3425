"""What the clock tells: tomorrow's ride to the minute, the vehicle that is near, the order that ends; each once."""

from datetime import timedelta

import pytest
from sqlmodel import select

from tests.builders.booking import a_confirmed_ride
from tests.builders.driving import planned
from tests.builders.standing import asked
from tests.builders.telling import a_voice, kinds, told
from transport.booking.clients.models import ContactPreferences, MessageChannel
from transport.kernel.clock import LOCAL, at, parse_wall
from transport.kernel.events import Event
from transport.operations.dispatch import plans
from transport.operations.driving.models import DriverReport, Outcome, ReportKind
from transport.operations.messages import reminding
from transport.operations.messages.models import Message
from transport.operations.messages.models import MessageKind as Kind
from transport.routing.fleet.models import Driver, Shift
from transport.routing.planning.models import Estimate, Promise, StopKind

EVE = timedelta(days=1)


def eve(town, wall: str):
    day = town.day - EVE
    return at(day, parse_wall(day, wall))


def reminded(session, town, now):
    if not reminding.may_remind(session, now, policies=town.world.policies):
        return []
    rides = reminding.to_remind(session, now)
    reminding.remind(session, rides, voice=a_voice(town), now=now)
    return rides


@pytest.fixture
def ride(session, town, cast):
    return a_confirmed_ride(session, town, cast.bedrich, "9:00", by=cast.dana)


def test_a_published_plan_narrows_the_promise_to_a_minute_and_names_who_drives(session, town, cast, ride):
    session.get_one(Driver, session.get_one(Shift, town.car_shift).driver_id).name = "Petr Novotný"
    assert reminded(session, town, eve(town, "15:30")) == [], "nobody knows yet who drives"
    plans.publish(session, town.day, by=cast.dana, now=eve(town, "15:40"))
    assert reminded(session, town, eve(town, "14:59")) == []
    assert reminded(session, town, eve(town, "15:41")) == [ride.id]
    (message,) = [each for each in session.exec(select(Message)) if each.kind is Kind.DAY_BEFORE]
    minute = planned(session, ride, StopKind.PICKUP)
    assert f"{minute.astimezone(LOCAL):%-H:%M}" in message.text
    assert "Petr" in message.text
    assert reminded(session, town, eve(town, "15:42")) == [], "told once"


def test_without_a_plan_the_promised_window_is_told_before_the_evening(session, town, ride):
    assert reminded(session, town, eve(town, "17:44")) == []
    assert reminded(session, town, eve(town, "17:45")) == [ride.id]
    promise = session.get_one(Promise, ride.promise_id)
    (message,) = session.exec(select(Message).where(Message.kind == Kind.DAY_BEFORE)).all()
    ends = (at(ride.day, each) for each in (promise.window_start, promise.window_end))
    assert "-".join(f"{each.astimezone(LOCAL):%-H:%M}" for each in ends) in message.text


def test_whoever_wants_no_reminder_gets_none(session, town, cast, ride):
    session.add(ContactPreferences(client_id=cast.bedrich.id, channel=MessageChannel.SMS, day_before=False))
    session.flush()
    assert reminded(session, town, eve(town, "17:50")) == []


def begun(session, town, now):
    """The driver of the van has gone on duty."""
    session.add(
        DriverReport(
            key="k",
            shift_id=town.van_shift,
            kind=ReportKind.BEGUN,
            device="d",
            seq=1,
            device_at=now,
            occurred_at=now,
            recorded_at=now,
            actor="driver:1",
            outcome=Outcome.TAKEN,
        )
    )
    session.flush()


def test_a_vehicle_on_its_way_is_near_once_and_only_when_it_comes(session, town, cast):
    ride = a_confirmed_ride(session, town, cast.anna, "11:00", by=cast.dana)
    coming = planned(session, ride, StopKind.PICKUP)

    def near(minutes):
        now = coming - timedelta(minutes=minutes)
        return reminding.notice_near(session, policies=town.world.policies, now=now)

    assert near(3) == 0, "nobody has said that the vehicle is out"
    begun(session, town, coming - timedelta(hours=1))
    assert near(9) == 0, "it has not set out yet"
    late = coming + timedelta(minutes=8)
    session.add(Estimate(promise_id=ride.promise_id, kind=StopKind.PICKUP, expected_at=late, made_at=coming))
    session.flush()
    assert near(3) == 0, "it is expected later than planned"
    assert near(2) == 1
    assert near(1) == 0
    (message,) = told(session, town, coming - timedelta(minutes=2), "vehicle_near")
    assert (message.kind, message.ride_id, message.needed_by) == (Kind.VEHICLE_NEAR, ride.id, late)
    assert " 10 min" in message.text


def test_a_standing_order_that_ends_is_told_in_time_once(session, town, cast):
    order = asked(session, town, cast.bedrich, by=cast.hana)
    policies = town.world.policies
    early, now = (at(order.valid_until - timedelta(days=ahead), 36000) for ahead in (15, 14))
    assert reminding.notice_endings(session, policies=policies, now=early) == 0
    assert reminding.notice_endings(session, policies=policies, now=now) == 1
    assert reminding.notice_endings(session, policies=policies, now=now + EVE) == 0
    made = told(session, town, now, "standing_order_ends")
    assert kinds(made) == [Kind.STANDING_ENDS]
    assert session.exec(select(Event.id).where(Event.kind == "client_unreachable")).all() == []
