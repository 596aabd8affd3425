"""From a wish to an order: look, choose, book; and what happens when somebody is slower or quicker."""

from datetime import date, timedelta

import pytest
from sqlmodel import select

from tests.builders.booking import a_draft, a_ride, an_order, booked, chosen, looked
from tests.builders.clients import a_client
from tests.builders.town import DAY, NOW, a_town, a_world, another_day
from transport.booking.clients.models import Mandate
from transport.booking.clients.needs import Mobility
from transport.booking.contracts import capacity
from transport.booking.rides import booking, drafts, requests
from transport.booking.rides.lifecycle import Status
from transport.booking.rides.models import Denial, Leg, Offer, OfferOutcome, Ride, TripRequest, Wish
from transport.kernel.actor import SYSTEM
from transport.kernel.errors import Exhausted, Forbidden, Invalid, NotFound
from transport.kernel.events import Event
from transport.operations.quality import invariants
from transport.routing.planning import day as days
from transport.routing.planning import promises
from transport.routing.planning.models import Promise, PromiseState, Stop
from transport.routing.planning.wishes import Anchor


def test_up_to_three_windows_of_fifteen_minutes_are_offered_closest_first(session, town, cast):
    draft = a_draft(session, town, cast.anna, "9:00", by=cast.cyril)
    (answer,) = booking.look(session, draft, world=town.world, by=cast.cyril, now=NOW)
    windows = [priced.option.window for priced in answer.near]
    assert len(windows) == 3
    assert windows[0].start == town.second("9:00")
    assert {window.end - window.start for window in windows} == {900}
    away = [priced.option.away for priced in answer.near]
    assert away == sorted(away)


def test_looking_writes_nothing(session, town, cast):
    draft = a_draft(session, town, cast.anna, by=cast.cyril)
    booking.look(session, draft, world=town.world, by=cast.cyril, now=NOW)
    assert not session.new
    assert not session.dirty
    assert session.exec(select(Promise)).all() == []


def test_whoever_must_be_there_at_nine_is_promised_nine_at_the_latest(session, town, cast):
    draft = a_draft(session, town, cast.anna, "9:00", anchor=Anchor.ARRIVE_BY, by=cast.cyril)
    (answer,) = booking.look(session, draft, world=town.world, by=cast.cyril, now=NOW)
    assert answer.near[0].option.arrive_by == town.second("9:00")
    hour_before = town.second("8:00")
    assert all(hour_before <= priced.option.arrive_by <= town.second("9:00") for priced in answer.near)


def test_choosing_holds_a_place_for_ten_minutes(session, town, cast):
    draft = a_draft(session, town, cast.anna, by=cast.cyril)
    held = chosen(session, town, draft, by=cast.cyril)[Leg.OUTBOUND]
    assert held.state is PromiseState.HELD
    assert held.held_until == NOW + timedelta(minutes=10)
    assert len(session.exec(select(Stop).where(Stop.promise_id == held.id)).all()) == 2


def test_choosing_anew_gives_the_first_place_back(session, town, cast):
    draft = a_draft(session, town, cast.anna, by=cast.cyril)
    first = chosen(session, town, draft, by=cast.cyril)[Leg.OUTBOUND]
    second = booking.choose(session, draft, {Leg.OUTBOUND: 1}, world=town.world, by=cast.cyril, now=NOW)
    assert first.state is PromiseState.WITHDRAWN
    assert session.exec(select(Stop).where(Stop.promise_id == first.id)).all() == []
    assert second[Leg.OUTBOUND].state is PromiseState.HELD


def test_only_what_was_shown_can_be_chosen(session, town, cast):
    draft = a_draft(session, town, cast.anna, by=cast.cyril)
    looked(session, town, draft, by=cast.cyril)
    for numbers in ({Leg.OUTBOUND: 9}, {Leg.OUTBOUND: -1}, {Leg.RETURN: 0}, {}):
        with pytest.raises(Invalid, match=r"offer\.choose"):
            booking.choose(session, draft, numbers, world=town.world, by=cast.cyril, now=NOW)


def test_a_changed_answer_forgets_what_was_shown(session, town, cast):
    draft = a_draft(session, town, cast.anna, by=cast.cyril)
    looked(session, town, draft, by=cast.cyril)
    drafts.note(session, draft, now=NOW, seconds=town.second("11:00"))
    with pytest.raises(Invalid, match=r"offer\.choose"):
        booking.choose(session, draft, {Leg.OUTBOUND: 0}, world=town.world, by=cast.cyril, now=NOW)


def test_an_order_remembers_the_wish_the_offers_and_waits_for_a_yes(session, town, cast):
    ride = a_ride(session, town, cast.anna, "9:02", by=cast.cyril)
    assert ride.status is Status.REQUESTED
    assert ride.confirm_by == NOW + timedelta(minutes=120)
    assert ride.policy_id == "2026"
    wish = session.exec(select(Wish).where(Wish.ride_id == ride.id)).one()
    assert (wish.anchor, wish.seconds) == (Anchor.LEAVE_AT, town.second("9:02"))
    outcomes = [offer.outcome for offer in session.exec(select(Offer).where(Offer.ride_id == ride.id))]
    assert outcomes == [OfferOutcome.CHOSEN, OfferOutcome.PASSED, OfferOutcome.PASSED]
    promise = session.get_one(Promise, ride.promise_id)
    assert promise.state is PromiseState.FIRM
    assert promise.held_until is None


def test_there_and_back_is_one_order_with_two_rides(session, town, cast):
    there, back = an_order(session, town, cast.anna, "9:00", back="12:00", by=cast.cyril)
    assert there.request_id == back.request_id
    assert (there.leg, back.leg) == (Leg.OUTBOUND, Leg.RETURN)
    assert (back.origin_place_id, back.destination_place_id) == (town.places["hospital"], town.places["home"])


def test_the_way_back_may_lie_on_another_day(session, town, cast):
    another_day(session, town, DAY + timedelta(days=2))
    there, back = an_order(
        session, town, cast.anna, "20:00", back="8:00", back_day=DAY + timedelta(days=2), by=cast.cyril
    )
    assert back.day - there.day == timedelta(days=2)
    assert invariants.faults(session, world=town.world, now=NOW) == []


def test_both_legs_are_held_or_none(session, town, cast):
    """Somebody else takes the only wheelchair place for the way back while Cyril is thinking."""
    draft = a_draft(session, town, cast.anna, "9:00", back="12:00", by=cast.cyril)
    looked(session, town, draft, by=cast.cyril)
    for at in ("11:30", "12:00", "12:30", "13:00"):
        other = a_client(session, "Olga Jiná", mobility=Mobility.WHEELCHAIR_STAYS)
        a_ride(session, town, other, at, origin="zbuch", to="home", by=cast.dana)
    before = session.exec(select(Promise.id)).all()
    numbers = {Leg.OUTBOUND: 0, Leg.RETURN: 0}
    with pytest.raises(Exhausted, match=r"promise\.no_room"), session.begin_nested():
        booking.choose(session, draft, numbers, world=town.world, by=cast.cyril, now=NOW)
    assert session.exec(select(Promise.id)).all() == before


def test_a_second_click_finds_the_first_order(session, town, cast):
    draft = a_draft(session, town, cast.anna, by=cast.cyril)
    first = booked(session, town, draft, by=cast.cyril)
    assert booking.book(session, draft, world=town.world, by=cast.cyril, now=NOW).id == first.id
    draft.request_id = None
    again = requests.book(
        session,
        drafts.order(draft),
        drafts.held(draft),
        drafts.shown(draft),
        drafts.chosen(draft),
        channel=first.channel,
        world=town.world,
        by=cast.cyril,
        now=NOW,
    )
    assert again.id == first.id
    assert len(session.exec(select(TripRequest)).all()) == 1
    assert len(session.exec(select(Ride)).all()) == 1


def test_a_lapsed_hold_is_taken_again_when_the_place_is_still_free(session, town, cast):
    draft = a_draft(session, town, cast.anna, by=cast.cyril)
    first = chosen(session, town, draft, by=cast.cyril)[Leg.OUTBOUND]
    later = NOW + timedelta(minutes=11)
    request = booking.book(session, draft, world=town.world, by=cast.cyril, now=later)
    (ride,) = requests.of_request(session, request)
    assert ride.promise_id != first.id
    assert first.state is PromiseState.WITHDRAWN
    assert invariants.faults(session, world=town.world, now=later) == []


def test_a_lapsed_hold_is_gone_when_somebody_else_took_the_place(session, town, cast):
    draft = a_draft(session, town, cast.anna, "9:00", to="zbuch", by=cast.cyril)
    chosen(session, town, draft, by=cast.cyril)
    later = NOW + timedelta(minutes=11)
    days.lock(session, town.day)
    assert promises.lapse(session, town.day, world=town.world, now=later) == 1
    capacity.settle(session, town.day, by=SYSTEM, now=later)
    other = a_client(session, "Olga Jiná", mobility=Mobility.WHEELCHAIR_STAYS)
    a_ride(session, town, other, "9:00", to="zbuch", by=cast.dana, now=later)
    with pytest.raises(Exhausted, match=r"promise\.no_room"), session.begin_nested():
        booking.book(session, draft, world=town.world, by=cast.cyril, now=later)


def test_an_order_by_telephone_is_confirmed_at_once(session, town, cast):
    ride = a_ride(session, town, cast.bedrich, by=cast.hana)
    assert ride.status is Status.CONFIRMED
    assert session.get_one(TripRequest, ride.request_id).channel == "phone"


def test_orders_confirm_themselves_where_the_rules_say_so(session, cast):
    town = a_town(session, world=a_world(booking={"confirm": "automatic"}))
    assert a_ride(session, town, cast.anna, by=cast.cyril).status is Status.CONFIRMED


def test_nobody_books_for_somebody_else_without_a_mandate(session, town, cast):
    draft = a_draft(session, town, cast.bedrich, by=cast.cyril)
    with pytest.raises(NotFound, match=r"client\.unknown"):
        booking.look(session, draft, world=town.world, by=cast.cyril, now=NOW)


def test_an_expired_mandate_books_nothing(session, town, cast):
    draft = a_draft(session, town, cast.anna, by=cast.cyril)
    mandate = session.exec(select(Mandate)).one()
    mandate.valid_until = date(2026, 11, 1)
    session.add(mandate)
    with pytest.raises(Forbidden, match=r"mandate\.expired"):
        booking.look(session, draft, world=town.world, by=cast.cyril, now=NOW)


def test_a_draft_is_its_authors_own(session, town, cast):
    draft = a_draft(session, town, cast.anna, by=cast.cyril)
    assert drafts.get(session, draft.key, by=cast.cyril, now=NOW).key == draft.key
    with pytest.raises(NotFound, match="draft"):
        drafts.get(session, draft.key, by=cast.gustav, now=NOW)
    with pytest.raises(NotFound, match="draft"):
        drafts.get(session, draft.key, by=cast.cyril, now=NOW + timedelta(days=31))
    assert drafts.forget(session, NOW + timedelta(days=31)) == 1


def test_an_incomplete_draft_names_the_first_step_not_answered(session, town, cast):
    draft = drafts.start(session, client_id=cast.anna.id, by=cast.cyril, now=NOW)
    drafts.note(session, draft, now=NOW, origin=town.places["home"])
    with pytest.raises(Invalid, match=r"draft\.incomplete") as refusal:
        drafts.order(draft)
    assert refusal.value.field == "destination"


def test_a_denial_is_recorded_once_and_kept_although_another_time_is_taken(session, cast):
    town = a_town(session, hours=("12:00", "22:00"))
    draft = a_draft(session, town, cast.anna, "9:30", by=cast.cyril)
    (answer,) = looked(session, town, draft, by=cast.cyril)
    looked(session, town, draft, by=cast.cyril)
    assert answer.denied
    assert answer.far
    request = booked(session, town, draft, by=cast.cyril)
    denial = session.exec(select(Denial)).one()
    (ride,) = requests.of_request(session, request)
    assert (denial.ride_id, denial.reason, denial.wheelchairs) == (ride.id, "hours", 1)
    assert session.get_one(Promise, ride.promise_id).window_end >= town.second("12:00")
    assert len(session.exec(select(Event).where(Event.kind == "ride_denied")).all()) == 1
    assert invariants.faults(session, world=town.world, now=NOW) == []


def test_a_leg_is_denied_on_its_own(session, cast):
    town = a_town(session, hours=("6:00", "12:00"))
    draft = a_draft(session, town, cast.anna, "9:00", back="16:00", by=cast.cyril)
    looked(session, town, draft, by=cast.cyril)
    assert [denial.leg for denial in session.exec(select(Denial))] == [Leg.RETURN]


def test_nobody_is_promised_two_vehicles_at_once(session, town, cast):
    """Two orders written side by side: what was free for both when shown is refused to the second."""
    one = a_draft(session, town, cast.bedrich, "9:00", by=cast.hana)
    two = a_draft(session, town, cast.bedrich, "9:05", to="school", by=cast.hana)
    looked(session, town, one, by=cast.hana)
    looked(session, town, two, by=cast.hana)
    for draft in (one, two):
        booking.choose(session, draft, {Leg.OUTBOUND: 0}, world=town.world, by=cast.hana, now=NOW)
    booking.book(session, one, world=town.world, by=cast.hana, now=NOW)
    with pytest.raises(Invalid, match=r"ride\.overlaps"):
        booking.book(session, two, world=town.world, by=cast.hana, now=NOW)


def test_the_way_back_is_offered_after_the_way_there_has_arrived(session, town, cast):
    draft = a_draft(session, town, cast.bedrich, "9:00", back="9:10", by=cast.hana)
    there, back = looked(session, town, draft, by=cast.hana)
    assert min(priced.option.window.start for priced in back.shown) >= there.shown[0].option.arrive_by


def test_two_windows_of_one_order_that_overlap_are_refused(session, town, cast):
    draft = a_draft(session, town, cast.bedrich, "9:00", back="9:40", by=cast.hana)
    there, back = looked(session, town, draft, by=cast.hana)
    latest = max(range(len(there.shown)), key=lambda number: there.shown[number].option.arrive_by)
    first = min(range(len(back.shown)), key=lambda number: back.shown[number].option.window.start)
    assert back.shown[first].option.window.start < there.shown[latest].option.arrive_by
    with pytest.raises(Invalid, match=r"ride\.overlaps"):
        booking.choose(
            session, draft, {Leg.OUTBOUND: latest, Leg.RETURN: first}, world=town.world, by=cast.hana, now=NOW
        )
