"""What follows from what happens on a day: who is told what, by which way, and what nobody wanted."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders.booking import a_confirmed_ride, an_order
from tests.builders.clients import a_client, a_mandate, a_user, acting
from tests.builders.driving import driven, planned, reported
from tests.builders.telling import kinds, sent, told
from tests.builders.town import NOW
from transport.accounts.contacts import Way
from transport.accounts.models import User
from transport.booking.clients.models import ContactPreferences, MandateKind, MessageChannel, Power
from transport.booking.rides import rides, taxis
from transport.kernel.actor import SYSTEM, Role
from transport.kernel.clock import at
from transport.kernel.events import record
from transport.kernel.policy import Taxi, TaxiProvider
from transport.operations.dispatch import exceptions
from transport.operations.dispatch.matters import MatterKind
from transport.operations.messages.models import MessageKind as Kind
from transport.operations.messages.models import MessageState
from transport.routing.planning.models import Promise, PromiseKind, StopKind, VisitAction


def prefers(session, client, **said):
    session.add(ContactPreferences(**{"client_id": client.id, "channel": MessageChannel.SMS, **said}))
    session.flush()


@pytest.fixture
def ride(session, town, cast):
    """Bedřich's, confirmed and told of."""
    found = a_confirmed_ride(session, town, cast.bedrich, "9:00", by=cast.dana)
    told(session, town, NOW)
    sent(session, NOW)
    return found


def test_the_driver_at_the_door_and_the_arrival_are_told_to_those_who_want_it(session, town, cast, ride):
    son = a_user(session, Role.REPRESENTATIVE, "Karel Tma", phone="+420700000099")
    a_mandate(session, cast.bedrich, son)
    prefers(session, cast.bedrich, delivered=True)
    came, now = (planned(session, ride, kind) for kind in (StopKind.PICKUP, StopKind.DROPOFF))
    reported(session, town, ride, StopKind.PICKUP, VisitAction.ARRIVED, by=cast.dana)
    (there,) = told(session, town, came)
    assert (there.kind, there.to) == (Kind.VEHICLE_ARRIVED, cast.bedrich.phone)
    assert there.needed_by == came + timedelta(minutes=15), "so long the driver waits"
    reported(session, town, ride, StopKind.PICKUP, VisitAction.DONE, by=cast.dana)
    assert told(session, town, came) == []
    reported(session, town, ride, StopKind.DROPOFF, VisitAction.DONE, by=cast.dana)
    made = told(session, town, now)
    assert kinds(made) == [Kind.DELIVERED, Kind.OPINION_ASKED]
    assert (made[0].to, made[0].user_id) == ("+420700000099", son.id)
    assert "B. Tma" in made[0].text
    assert made[0].not_before == now + timedelta(minutes=1), "the driver may still take it back"
    assert kinds(told(session, town, now)) == []


def test_what_somebody_does_not_want_is_not_sent(session, town, cast, ride):
    prefers(session, cast.bedrich, arrived=False, optional=False)
    driven(session, town, ride, by=cast.dana)
    assert told(session, town, planned(session, ride, StopKind.DROPOFF)) == []


def test_nobody_is_asked_for_an_opinion_twice_a_week(session, town, cast, ride):
    other = a_confirmed_ride(session, town, cast.bedrich, "14:00", by=cast.dana)
    for each in (ride, other):
        driven(session, town, each, by=cast.dana)
    made = told(session, town, planned(session, other, StopKind.DROPOFF), "ride_completed")
    assert kinds(made) == [Kind.OPINION_ASKED]


def test_whoever_is_late_says_to_everybody_concerned_when_they_come(session, town, cast):
    son = a_user(session, Role.REPRESENTATIVE, "Karel Tma", phone="+420700000099", language="en")
    a_mandate(session, cast.bedrich, son, kind=MandateKind.GUARDIAN, evidence="court of Plzeň, 3. 5. 2025")
    ride = a_confirmed_ride(session, town, cast.bedrich, "9:00", by=cast.dana)
    promise = session.get_one(Promise, ride.promise_id)
    expected = at(ride.day, promise.window_end) + timedelta(minutes=20)
    facts = {"promise": promise.id, "stop": "pickup", "expected_at": expected.isoformat(), "minutes": 20}
    now = at(ride.day, promise.window_start)
    record(session, "ride_late", subject=("ride", ride.id), by=SYSTEM, now=now, facts=facts)
    made = told(session, town, now, "ride_late")
    assert [(each.kind, each.to) for each in made] == [
        (Kind.RIDE_LATE, cast.bedrich.phone),
        (Kind.RIDE_LATE, "+420700000099"),
    ]
    assert "9:35" in made[1].text
    assert "B. Tma: we are sorry" in made[1].text
    assert made[0].key != made[1].key


def test_representatives_who_ordered_read_along_and_others_when_the_client_says_so(session, town, cast):
    son, aunt = (a_user(session, Role.REPRESENTATIVE, name, phone=f"+42070000009{n}") for n, name in enumerate("ab"))
    for each in (son, aunt):
        a_mandate(session, cast.bedrich, each, Power.SEE, Power.BOOK)
    first = an_order(session, town, cast.bedrich, "9:00", by=acting(son))[0]
    rides.confirm(session, first, version=first.version, by=cast.dana, now=NOW)
    assert {each.to for each in told(session, town, NOW)} == {cast.bedrich.phone, son.phone}
    prefers(session, cast.bedrich, representatives=True)
    a_confirmed_ride(session, town, cast.bedrich, "14:00", by=cast.dana)
    assert {each.to for each in told(session, town, NOW)} == {cast.bedrich.phone, son.phone, aunt.phone}


def test_one_address_gets_one_message(session, town, cast):
    daughter = a_user(session, Role.REPRESENTATIVE, "Jana Tmová", phone=cast.bedrich.phone)
    a_mandate(session, cast.bedrich, daughter, Power.PREPARE, kind=MandateKind.SUPPORTER)
    a_confirmed_ride(session, town, cast.bedrich, "9:00", by=cast.dana)
    assert len(told(session, town, NOW)) == 1


@pytest.mark.parametrize(
    ("contacts", "said", "way", "to"),
    [
        ({"phone": "+420377222333"}, {}, Way.CALL, "+420377222333"),
        ({"phone": "+420777222333", "deaf": True}, {"channel": MessageChannel.VOICE}, Way.SMS, "+420777222333"),
        ({"phone": "+420377222333", "email": "a@b.cz", "deaf": True}, {}, Way.EMAIL, "a@b.cz"),
        ({"phone": "+420777222333"}, {"channel": MessageChannel.VOICE, "no_calls": True}, Way.SMS, "+420777222333"),
        ({"contact_phone": "+420777000111"}, {}, Way.SMS, "+420777000111"),
        (
            {"phone": "+420377222333", "contact_phone": "+420777000111"},
            {"channel": MessageChannel.VOICE, "to_representative": True},
            Way.CALL,
            "+420777000111",
        ),
    ],
)
def test_a_message_takes_a_way_that_reaches_its_person(session, town, cast, contacts, said, way, to):
    client = a_client(session, "Jan Novák", **{k: v for k, v in contacts.items() if k != "contact_phone"})
    client.contact_phone = contacts.get("contact_phone", "")
    if said:
        prefers(session, client, **said)
    a_confirmed_ride(session, town, client, "9:00", by=cast.dana)
    (message,) = told(session, town, NOW)
    assert (message.way, message.to) == (way, to)
    assert ("CANCEL" in message.text or "ZRUS" in message.text) == (way is Way.SMS), "nobody answers a call by text"


def test_whoever_cannot_be_told_is_a_matter_of_the_day(session, town, cast):
    client = a_client(session, "Jan Novák", phone="+420377222333", deaf=True)
    ride = a_confirmed_ride(session, town, client, "9:00", by=cast.dana)
    assert told(session, town, NOW) == []
    policy = town.world.policies.on(town.day)
    found = [m for m in exceptions.found(session, town.day, policy=policy, now=NOW) if m.kind is MatterKind.NOT_TOLD]
    assert [matter.subject for matter in found] == [ride.id]


def test_the_way_home_is_offered_when_the_way_there_is_done(session, town, cast):
    there, back = an_order(session, town, cast.bedrich, "9:00", by=cast.hana, back="12:00", will_call=True)
    assert session.get_one(Promise, back.promise_id).kind is PromiseKind.WILL_CALL
    driven(session, town, there, by=cast.dana)
    now = planned(session, there, StopKind.DROPOFF)
    (ready,) = told(session, town, now, "stop_visited")[-1:]
    assert (ready.kind, ready.ride_id) == (Kind.RETURN_READY, back.id)
    assert sent(session, now + timedelta(minutes=2))[-1].id == ready.id


def test_a_cancelled_ride_takes_back_what_still_waits_to_be_said(session, town, cast):
    late = NOW + timedelta(hours=12, minutes=30)
    ride = a_confirmed_ride(session, town, cast.bedrich, "9:00", by=cast.dana)
    (confirmed,) = told(session, town, late)
    assert confirmed.not_before > late
    rides.cancel(
        session,
        ride,
        version=ride.version,
        reason="vehicle",
        world=town.world,
        by=cast.dana,
        now=late,
        for_service=True,
    )
    told(session, town, late)
    assert sent(session, late) == []
    (message,) = sent(session, confirmed.not_before)
    assert message.kind is Kind.RIDE_CANCELLED
    session.refresh(confirmed)
    assert (confirmed.state, confirmed.trouble) == (MessageState.DROPPED, "ride_over")


def test_who_calls_a_ride_off_is_not_told_of_it_and_the_others_are(session, town, cast):
    anna, son = cast.anna, session.get_one(User, cast.cyril.user)
    son.phone = "+420700000099"
    told(session, town, NOW)
    for by, others in (
        (cast.anna_herself, {son.phone}),
        (cast.cyril, {anna.phone}),
        (cast.hana, {anna.phone, son.phone}),
    ):
        ride = an_order(session, town, anna, "9:00", by=cast.cyril)[0]
        rides.cancel(session, ride, version=ride.version, world=town.world, by=by, now=NOW)
        made = told(session, town, NOW, "ride_cancelled")
        assert {each.to for each in made if each.ride_id == ride.id} == others
        assert set(kinds(made)) == {Kind.RIDE_CALLED_OFF}


def test_a_second_press_at_the_same_door_tells_nobody_again(session, town, cast, ride):
    reported(session, town, ride, StopKind.PICKUP, VisitAction.ARRIVED, by=cast.dana)
    came = planned(session, ride, StopKind.PICKUP)
    assert kinds(told(session, town, came)) == [Kind.VEHICLE_ARRIVED]
    facts = {"promise": ride.promise_id, "stop": "pickup", "action": "arrived"}
    record(session, "stop_visited", subject=("ride", ride.id), by=cast.dana, now=came, facts=facts)
    assert told(session, town, came) == []


@pytest.fixture
def taxi(session, town, cast, ride):
    """Bedřich's ride is handed on; nobody has answered yet."""
    provider = TaxiProvider(name="Taxi Plzeň", phone="+420 377 000 000")
    policies = town.world.policies.model_copy(update={"taxi": Taxi(max_price=50_000, providers=(provider,))})
    world = replace(town.world, policies=policies)
    return taxis.hand_over(
        session, ride, provider, version=ride.version, price=20_000, world=world, by=cast.dana, now=NOW
    )


def test_the_client_is_told_which_taxi_comes_and_when(session, town, cast, ride, taxi):
    taxis.accept(session, taxi, by=cast.dana, now=NOW)
    (message,) = told(session, town, NOW, "taxi_accepted")
    assert (message.kind, message.to, message.ride_id) == (Kind.TAXI_COMES, cast.bedrich.phone, ride.id)
    assert message.not_before == NOW
    for said in ("Taxi Plz", "377000000", "9:00"):
        assert said in message.text
    assert "200" not in message.text.replace("377000000", ""), "what it costs is ours to pay"
    assert sent(session, NOW) == [message]


def test_a_taxi_that_does_not_come_after_all_is_told_to_whoever_waits_for_it(session, town, cast, ride, taxi):
    taxis.accept(session, taxi, by=cast.dana, now=NOW)
    made = told(session, town, NOW, "taxi_accepted")
    taxis.refuse(session, taxi, by=cast.dana, now=NOW)
    made += told(session, town, NOW, "taxi_refused")
    assert kinds(made) == [Kind.TAXI_COMES, Kind.TAXI_OFF]
    assert sent(session, NOW) == made[1:], "the other one is not true any more"


def test_of_a_taxi_nobody_knew_of_nothing_is_told(session, town, cast, taxi):
    taxis.refuse(session, taxi, by=cast.dana, now=NOW)
    assert told(session, town, NOW, "taxi_refused") == []


def test_when_we_come_ourselves_after_all_the_client_is_told_when(session, town, cast, ride, taxi):
    taxis.accept(session, taxi, by=cast.dana, now=NOW)
    told(session, town, NOW, "taxi_accepted")
    taxis.take_back(session, taxi, world=town.world, by=cast.dana, now=NOW)
    assert kinds(told(session, town, NOW, "taxi_cancelled")) == [Kind.RIDE_CHANGED]
