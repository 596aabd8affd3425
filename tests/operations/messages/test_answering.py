"""What a text message asks for is done once, by whoever may, and answered; everything else waits for a person."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from tests.builders.booking import a_confirmed_ride, a_draft, a_ride, an_order, chosen, looked
from tests.builders.clients import a_client, a_mandate, a_user, acting
from tests.builders.driving import boarded, driven, reported
from tests.builders.town import NOW, a_world
from transport.api.render import CATALOGUES
from transport.booking.clients import calls
from transport.booking.clients.models import MandateKind, Power
from transport.booking.clients.needs import Mobility
from transport.booking.rides import consents, offers, queries, rides, waiting
from transport.booking.rides.lifecycle import Status
from transport.booking.rides.models import Denial, Ride, WaitingState
from transport.kernel.actor import Role
from transport.kernel.clock import at
from transport.operations.dispatch import exceptions, plans
from transport.operations.messages import answering, inbox, sms
from transport.operations.messages.models import Message
from transport.routing.planning.models import Promise, PromiseKind, StopKind, VisitAction

ANNA = "+420700000001"
PHONE = "+420 800 000 000"
CHAIR = Mobility.WHEELCHAIR_STAYS
ROUTE: dict[str, Any] = {"origin": "zbuch", "to": "home"}


@pytest.fixture
def says(session, town):
    """Somebody writes; what was understood, what came of it, and the answer."""
    count = iter(range(1000))

    def write(text, sender=ANNA, *, now=NOW, at=None, world=None, gateway_id=None):
        key = gateway_id or f"m{next(count)}"
        row = inbox.receive(session, gateway_id=key, sender=sender, text=text, received_at=at or now, now=now)
        reply = answering.answer(
            session, row.id or 0, words=CATALOGUES, phone=PHONE, world=world or town.world, now=now
        )
        return row, reply

    return write


def outcome(said):
    return said[0].keyword, said[0].outcome


def replied(session):
    return list(session.exec(select(Message)))


def test_the_only_ride_is_called_off_and_the_message_is_dealt_with(session, town, cast, says):
    ride = a_confirmed_ride(session, town, cast.anna, by=cast.hana)
    message, reply = says("Zruš, prosím")
    assert (ride.status, ride.ended_by, ride.fee) == (Status.CANCELLED, "client", 0)
    assert (message.keyword, message.outcome, message.ride_id) == ("cancel", "cancelled", ride.id)
    assert message.handled_at == NOW
    assert (reply.to, reply.key, reply.client_id) == (ANNA, f"reply:{message.id}", cast.anna.id)
    assert ride.code in reply.text
    assert sms.segments(reply.text) == 1
    assert outcome(says("ZRUS " + ride.code, now=NOW + timedelta(minutes=5))) == ("cancel", "cancelled")


def test_of_several_rides_the_number_says_which(session, town, cast, says):
    two = [a_confirmed_ride(session, town, cast.anna, wall, by=cast.hana) for wall in ("9:00", "13:00")]
    message, reply = says("zrus")
    assert message.outcome == "which"
    assert all(ride.status is Status.CONFIRMED and ride.code in reply.text for ride in two)
    assert outcome(says(f"ZRUS {two[1].code}")) == ("cancel", "cancelled")
    assert [ride.status for ride in two] == [Status.CONFIRMED, Status.CANCELLED]


def test_a_late_cancellation_says_its_price_first(session, town, cast, says):
    world = a_world(cancel={"late_fee": 5000})
    ride = a_confirmed_ride(session, town, cast.anna, by=cast.hana)
    late = at(town.day, town.second("8:30"))
    message, reply = says("ZRUS", now=late, world=world)
    assert (message.outcome, ride.status) == ("asked_fee", Status.CONFIRMED)
    assert "50" in reply.text
    assert outcome(says("NE", now=late + timedelta(minutes=1), world=world)) == ("no", "kept")
    assert outcome(says("ANO", now=late + timedelta(minutes=2), world=world)) == ("yes", "nothing_asked")
    says("ZRUS", now=late + timedelta(minutes=6), world=world)
    assert outcome(says("ano", now=late + timedelta(minutes=7), world=world)) == ("yes", "cancelled_late")
    assert (ride.status, ride.fee) == (Status.CANCELLED, 5000)


def test_when_the_driver_comes_a_voice_is_needed(session, town, cast, says):
    ride = a_confirmed_ride(session, town, cast.anna, by=cast.hana)
    reported(session, town, ride, StopKind.PICKUP, VisitAction.ARRIVED, by=cast.dana)
    message, _ = says("ZRUS", now=at(town.day, town.second("9:10")))
    assert (message.outcome, message.handled_at, ride.status) == ("driver_comes", None, Status.CONFIRMED)
    assert [view.call.phone for view in calls.waiting(session)] == [ANNA]


def test_the_only_way_home_is_not_given_up_by_one_word(session, town, cast, says):
    there, back = an_order(session, town, cast.anna, "9:00", back="13:00", by=cast.hana)
    driven(session, town, there, by=cast.dana)
    now = at(town.day, town.second("10:00"))
    message, _ = says("ZRUS", now=now)
    assert (message.outcome, back.status) == ("asked_way_home", Status.CONFIRMED)
    assert outcome(says(f"ano {back.code}", now=now + timedelta(minutes=3)))[1].startswith("cancelled")


def test_another_time_is_accepted_or_refused(session, town, cast, says):
    ride = a_confirmed_ride(session, town, cast.anna, by=cast.hana)

    def offered():
        party, others = plans.other_times(session, ride, world=town.world, now=NOW)
        how = {"until": NOW + timedelta(hours=2), "world": town.world, "by": cast.dana, "now": NOW}
        offers.offer(session, ride, party, others[0], version=ride.version, **how)

    old = ride.promise_id
    offered()
    assert outcome(says("NE")) == ("no", "refused")
    assert ride.promise_id == old
    offered()
    assert outcome(says("ANO", now=NOW + timedelta(minutes=5))) == ("yes", "accepted")
    assert ride.promise_id != old


def test_home_is_called_for_put_off_and_asked_about(session, town, cast, says):
    there, back = an_order(session, town, cast.anna, "9:00", back="11:00", will_call=True, by=cast.hana)
    driven(session, town, there, by=cast.dana)
    now = at(town.day, town.second("10:50"))
    assert outcome(says("KDE", now=now)) == ("where", "waits_for_call")
    assert outcome(says("POZDEJI", now=now)) == ("later", "asked_when")
    assert outcome(says("POZDEJI 20", now=now)) == ("later", "still_waits")
    assert outcome(says("POZDEJI 14:00", now=now + timedelta(minutes=1))) == ("later", "still_waits")
    promise = session.get_one(Promise, back.promise_id)
    assert promise.kind is PromiseKind.WILL_CALL
    assert promise.window_end > town.second("12:00")
    message, _ = says("ГОТОВО", now=now + timedelta(minutes=5))
    assert (message.outcome, message.ride_id) == ("called", back.id)
    assert session.get_one(Promise, back.promise_id).kind is PromiseKind.FIXED
    assert outcome(says("HOTOVO", now=now + timedelta(minutes=9))) == ("ready", "not_sooner")


def test_a_fixed_way_home_is_moved(session, town, cast, says):
    there, back = an_order(session, town, cast.anna, "9:00", back="13:00", by=cast.hana)
    driven(session, town, there, by=cast.dana)
    now = at(town.day, town.second("12:30"))
    before = session.get_one(Promise, back.promise_id).window_start
    assert outcome(says("pozdeji 45", now=now)) == ("later", "moved")
    assert session.get_one(Promise, back.promise_id).window_start >= before + 45 * 60
    assert outcome(says("POZDEJI 23:50", now=now + timedelta(minutes=3))) == ("later", "not_later")


def test_where_the_car_is_is_said_as_sure_as_we_are(session, town, cast, says):
    ride = a_confirmed_ride(session, town, cast.anna, by=cast.hana)
    assert outcome(says("KDE")) == ("where", "no_ride")
    assert outcome(says(f"KDE {ride.code}")) == ("where", "coming")
    now = at(town.day, town.second("8:30"))
    assert outcome(says("kde jste?", now=now)) == ("where", "planned")
    boarded(session, town, ride, by=cast.dana)
    assert outcome(says("KDE", now=at(town.day, town.second("9:20"))))[1] == "on_board"


@pytest.mark.parametrize("sender", ["+420777999888", ANNA])
def test_help_is_a_call_at_once_whoever_asks(session, town, cast, says, sender):
    calls.ask(session, reason="order", client=cast.bedrich, due_at=NOW - timedelta(hours=3), by=cast.hana, now=NOW)
    says("Pomoc! nikdo tu neni", sender)
    message, reply = says("Pomoc! nikdo tu neni", sender)
    assert (message.keyword, message.handled_at) == ("help", None)
    assert "155" in reply.text
    first, other = calls.waiting(session)
    policy = town.world.policies.on(town.day)
    (loud,) = [each for each in exceptions.found(session, NOW.date(), policy=policy, now=NOW) if each.loud]
    assert (loud.kind.value, loud.subject) == ("help_asked", first.call.id)
    assert (first.call.phone, first.call.reason.value, first.call.due_at) == (sender, "help", NOW)
    assert other.call.reason.value == "order"


def test_who_is_not_known_learns_a_telephone_number_and_no_more(session, town, cast, says):
    ride = a_confirmed_ride(session, town, cast.anna, by=cast.hana)
    before = ride.status
    message, reply = says(f"ZRUS {ride.code}", "+420777999888")
    assert (message.outcome, message.handled_at, ride.status) == ("not_understood", None, before)
    assert (reply.client_id, ride.code in reply.text) == (None, False)
    assert says(f"KDE {ride.code}", "+420777999888")[1] is None
    assert says("ANO", "+420777999888", now=NOW + timedelta(minutes=61))[1] is not None
    assert outcome(says(f"ZRUS {ride.code}", cast.bedrich.phone)) == outcome(says("ZRUS 999999", cast.bedrich.phone))


@pytest.mark.parametrize("sender", ["INFOSMS", "+420377123456", "12345", "+420906123456"])
def test_machines_and_landlines_are_not_answered(session, town, says, sender):
    assert says("dobry den", sender)[1] is says("POMOC", sender)[1] is None


def test_two_machines_do_not_talk_for_ever(session, town, cast, says):
    for minute in range(30):
        says(f"KDE {minute:06d}", now=NOW + timedelta(minutes=minute))
    assert len(replied(session)) == answering.MOST_REPLIES


def test_everybody_does_only_what_they_may(session, town, cast, says):
    ride = a_confirmed_ride(session, town, cast.anna, by=cast.hana)
    son, reader = a_user(session, Role.REPRESENTATIVE, "Syn"), a_user(session, Role.REPRESENTATIVE, "Sousedka")
    son.phone, reader.phone = "+420777000111", "+420777000222"
    a_mandate(session, cast.anna, son, Power.SEE, Power.CANCEL)
    a_mandate(session, cast.anna, reader, Power.SEE)
    other = a_client(session, "Eva Jiná")
    other.contact_phone = "+420777000333"
    hers = a_confirmed_ride(session, town, other, by=cast.hana)
    assert outcome(says("ZRUS", reader.phone)) == ("cancel", "no_ride")
    assert outcome(says(f"ZRUS {ride.code}", reader.phone, now=NOW + timedelta(minutes=4))) == ("cancel", "not_done")
    assert outcome(says(f"ZRUS {hers.code}", "+420777000333")) == ("cancel", "not_understood")
    assert (ride.status, hers.status) == (Status.CONFIRMED, Status.CONFIRMED)
    assert outcome(says("STORNO", son.phone)) == ("cancel", "cancelled")


def test_what_a_court_left_to_a_guardian_is_not_done_for_the_ward(session, town, cast, says):
    guardian = a_user(session, Role.REPRESENTATIVE, "Opatrovník")
    form: dict[str, Any] = {"kind": MandateKind.GUARDIAN_LIMITED, "exclusive": True, "evidence": "rozsudek"}
    a_mandate(session, cast.anna, guardian, Power.SEE, Power.BOOK, Power.CANCEL, **form)
    ride = a_confirmed_ride(session, town, cast.anna, by=cast.hana)
    assert outcome(says("ZRUS")) == ("cancel", "no_ride")
    assert ride.status is Status.CONFIRMED


def test_two_people_at_one_number_are_told_apart_by_the_ride(session, town, cast, says):
    cast.bedrich.phone = ANNA
    session.add(cast.bedrich)
    hers, his = (a_confirmed_ride(session, town, who, by=cast.hana) for who in (cast.anna, cast.bedrich))
    assert outcome(says("ZRUS")) == ("cancel", "which")
    assert outcome(says(f"ZRUS {his.code}")) == ("cancel", "cancelled")
    assert (hers.status, his.status) == (Status.CONFIRMED, Status.CANCELLED)


def test_a_text_that_comes_twice_late_or_overtaken_does_nothing(session, town, cast, says):
    two = [a_confirmed_ride(session, town, cast.anna, wall, by=cast.hana) for wall in ("9:00", "13:00")]
    old = says(f"ZRUS {two[0].code}", at=NOW - timedelta(hours=7))
    assert (outcome(old), old[0].handled_at) == (("cancel", "too_old"), None)
    says(f"NE {two[0].code}", at=NOW - timedelta(minutes=5))
    assert outcome(says(f"ZRUS {two[0].code}", at=NOW - timedelta(minutes=9))) == ("cancel", "overtaken")
    assert outcome(says(f"ZRUS {two[1].code}", gateway_id="a")) == ("cancel", "cancelled")
    assert says(f"ZRUS {two[1].code}", gateway_id="a")[1] is None
    assert outcome(says(f"zrus  {two[1].code}".upper(), gateway_id="b")) == ("cancel", "repeated")
    assert [ride.status for ride in two] == [Status.CONFIRMED, Status.CANCELLED]


def test_no_is_not_taken_for_a_no_of_somebody_who_speaks_czech(session, town, cast, says):
    a_confirmed_ride(session, town, cast.anna, by=cast.hana)
    assert outcome(says("No")) == ("", "not_understood")
    assert [view.word for view in queries.of_client(session, cast.anna.id, now=NOW)[0]] == ["confirmed"]


def test_a_prepared_order_is_agreed_to_also_by_a_client_without_a_login(session, town, cast, says):
    ivo = a_user(session, Role.REPRESENTATIVE, "Ivo Rádce")
    a_mandate(session, cast.bedrich, ivo, Power.PREPARE, kind=MandateKind.SUPPORTER)

    def asked():
        draft = a_draft(session, town, cast.bedrich, "10:00", by=acting(ivo))
        chosen(session, town, draft, by=acting(ivo))
        consents.ask(session, draft, world=town.world, by=acting(ivo), now=NOW)

    asked()
    assert outcome(says("NE", cast.bedrich.phone)) == ("no", "declined")
    asked()
    message, reply = says("ANO", cast.bedrich.phone, now=NOW + timedelta(minutes=1))
    assert outcome((message, reply)) == ("yes", "booked")
    ride = session.get_one(Ride, message.ride_id)
    assert (ride.client_id, ride.code in reply.text) == (cast.bedrich.id, True)
    assert ride.status in (Status.REQUESTED, Status.CONFIRMED)


def test_a_freed_place_is_taken_by_one_word(session, town, cast, says):
    crowd = [
        a_ride(session, town, a_client(session, "Olga Jiná", mobility=CHAIR), wall, by=cast.dana, **ROUTE)
        for wall in ("7:30", "8:10", "8:50", "9:30", "10:10", "10:50")
    ]
    draft = a_draft(session, town, cast.anna, "9:00", by=cast.cyril, **ROUTE)
    looked(session, town, draft, by=cast.cyril)
    denial = session.exec(select(Denial).where(Denial.client_id == cast.anna.id)).one()
    span = {"earliest": town.second("8:00"), "latest": town.second("10:15")}
    wish = waiting.join(session, draft, denial, **span, world=town.world, by=cast.cyril, now=NOW)
    session.refresh(crowd[2])
    rides.cancel(session, crowd[2], version=crowd[2].version, world=town.world, by=cast.dana, now=NOW)
    waiting.retest(session, town.day, world=town.world, now=NOW)
    assert wish.promise_id is not None
    assert outcome(says("ANO")) == ("yes", "booked")
    assert wish.state is WaitingState.TAKEN
