"""The waiting list: who is offered a freed place, how long it is kept, and that nobody waits in silence."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from tests.builders.booking import a_draft, a_ride, looked
from tests.builders.clients import a_client
from tests.builders.town import DAY, NOW, a_town, a_world
from transport.booking.clients.needs import Mobility
from transport.booking.rides import booking, drafts, requests, rides, waiting
from transport.booking.rides.models import Denial, Leg, Ride, WaitingState
from transport.kernel.clock import at
from transport.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from transport.kernel.events import Event
from transport.operations.quality import invariants
from transport.routing.planning import day as days
from transport.routing.planning.models import Promise, PromiseState

LATE = NOW + timedelta(minutes=121)
"""When an offer made now is over."""


@pytest.fixture(autouse=True)
def nothing_impossible_in_the_end(session):
    yield
    last = max(session.exec(select(Event.recorded_at)).all())
    assert invariants.faults(session, world=a_world(), now=last) == []


@pytest.fixture
def crowd(session, town, cast) -> list[Ride]:
    """The only wheelchair place, taken all morning."""
    times = ("7:30", "8:10", "8:50", "9:30", "10:10", "10:50")
    return [a_ride(session, town, somebody(session), wall, origin="zbuch", to="home", by=cast.dana) for wall in times]


def somebody(session):
    return a_client(session, "Olga Jiná", mobility=Mobility.WHEELCHAIR_STAYS)


def turned_away(session, town, client, wall="9:00", *, by, now=NOW, back=None):
    """A client asks and is denied: the draft and the denial of its first leg that was."""
    draft = a_draft(session, town, client, wall, origin="zbuch", to="home", back=back, by=by, now=now)
    looked(session, town, draft, by=by, now=now)
    of_draft = select(Denial).where(col(Denial.key).startswith(draft.key, autoescape=True))
    return draft, session.exec(of_draft).first()


def on_the_list(session, town, client, wall="9:00", *, by, now=NOW, span=("8:00", "10:15"), **wish):
    draft, denial = turned_away(session, town, client, wall, by=by, now=now, **wish)
    earliest, latest = map(town.second, span)
    return waiting.join(session, draft, denial, earliest=earliest, latest=latest, world=town.world, by=by, now=now)


def cancelled(session, town, ride, *, by, now=NOW):
    session.refresh(ride)
    rides.cancel(session, ride, version=ride.version, world=town.world, by=by, now=now)


def retested(session, town, now=NOW):
    return waiting.retest(session, town.day, world=town.world, now=now)


def events_of(session, wish) -> list[str]:
    about = select(Event.kind).where(Event.subject_type == "waiting_wish", Event.subject_id == str(wish.id))
    return list(session.exec(about.order_by(col(Event.id))))


def test_a_freed_place_is_kept_for_who_waits_for_it(session, town, cast, crowd):
    wish = on_the_list(session, town, cast.anna, by=cast.cyril)
    assert retested(session, town) == []
    cancelled(session, town, crowd[2], by=cast.dana)
    assert retested(session, town) == [wish]
    assert wish.state is WaitingState.OFFERED
    assert wish.answer_by == NOW + timedelta(minutes=120)
    promise = session.get_one(Promise, wish.promise_id)
    assert (promise.state, promise.held_until) == (PromiseState.HELD, wish.answer_by)
    assert town.second("8:00") <= promise.window_start <= promise.window_end <= town.second("10:15")
    assert events_of(session, wish) == ["waiting_began", "waiting_offered"]


def test_looking_twice_offers_once(session, town, cast, crowd):
    on_the_list(session, town, cast.anna, by=cast.cyril)
    cancelled(session, town, crowd[2], by=cast.dana)
    retested(session, town)
    assert retested(session, town) == []


def test_a_freed_place_is_offered_first_to_who_was_denied_most_in_thirty_days(session, town, cast, crowd):
    first = on_the_list(session, town, somebody(session), by=cast.dana)
    often = on_the_list(session, town, cast.anna, by=cast.cyril, now=NOW + timedelta(minutes=1))
    turned_away(session, town, cast.anna, "9:20", by=cast.cyril)
    cancelled(session, town, crowd[2], by=cast.dana)
    assert retested(session, town) == [often]
    assert first.state is WaitingState.WAITING


def test_denials_of_more_than_thirty_days_ago_give_no_precedence(session, town, cast, crowd):
    first = on_the_list(session, town, somebody(session), by=cast.dana)
    on_the_list(session, town, cast.anna, by=cast.cyril, now=NOW + timedelta(minutes=1))
    _, old = turned_away(session, town, cast.anna, "9:20", by=cast.cyril)
    old.at = NOW - timedelta(days=31)
    cancelled(session, town, crowd[2], by=cast.dana)
    assert retested(session, town) == [first]


def test_where_the_policy_says_so_who_asked_first_comes_first(session, cast):
    town = a_town(session, emil=cast.emil, world=a_world(waiting_list={"first": "earliest"}))
    taken = [
        a_ride(session, town, somebody(session), wall, origin="zbuch", to="home", by=cast.dana)
        for wall in ("7:30", "8:10", "8:50", "9:30", "10:10", "10:50")
    ]
    first = on_the_list(session, town, somebody(session), by=cast.dana)
    on_the_list(session, town, cast.anna, by=cast.cyril, now=NOW + timedelta(minutes=1))
    turned_away(session, town, cast.anna, "9:20", by=cast.cyril)
    cancelled(session, town, taken[2], by=cast.dana)
    assert retested(session, town) == [first]


def test_accepting_books_the_place_for_the_old_wish(session, town, cast, crowd):
    wish = on_the_list(session, town, cast.anna, by=cast.cyril)
    denial = session.get_one(Denial, wish.denial_id)
    cancelled(session, town, crowd[2], by=cast.dana)
    retested(session, town)
    assert denial.ride_id is None, "a denial until it is served"
    request = waiting.accept(session, wish, world=town.world, by=cast.cyril, now=NOW)
    (ride,) = requests.of_request(session, request)
    assert (wish.state, wish.ride_id, denial.ride_id) == (WaitingState.TAKEN, ride.id, ride.id)
    assert session.get_one(Promise, ride.promise_id).state is PromiseState.FIRM
    assert waiting.accept(session, wish, world=town.world, by=cast.cyril, now=NOW).id == request.id


def test_nothing_can_be_accepted_that_is_not_offered(session, town, cast, crowd):
    wish = on_the_list(session, town, cast.anna, by=cast.cyril)
    for answer in (waiting.accept, waiting.refuse):
        with pytest.raises(Conflict, match=r"waiting\.not_offered"):
            answer(session, wish, world=town.world, by=cast.cyril, now=NOW)


def test_an_answer_after_its_time_takes_nothing(session, town, cast, crowd):
    wish = on_the_list(session, town, cast.anna, by=cast.cyril)
    cancelled(session, town, crowd[2], by=cast.dana)
    retested(session, town)
    with pytest.raises(Conflict, match=r"waiting\.not_offered"):
        waiting.accept(session, wish, world=town.world, by=cast.cyril, now=LATE)
    retested(session, town, LATE)


def test_an_unanswered_offer_goes_to_the_next(session, town, cast, crowd):
    first = on_the_list(session, town, cast.anna, by=cast.cyril)
    second = on_the_list(session, town, somebody(session), by=cast.dana, now=NOW + timedelta(minutes=1))
    cancelled(session, town, crowd[2], by=cast.dana)
    assert retested(session, town) == [first]
    assert waiting.due(session, world=town.world, now=NOW) == []
    assert waiting.due(session, world=town.world, now=LATE) == [town.day]
    assert retested(session, town, LATE) == [second]
    assert first.state is WaitingState.LAPSED
    assert events_of(session, first)[-1] == "waiting_lapsed"


def test_a_refused_offer_goes_to_the_next_at_once(session, town, cast, crowd):
    first = on_the_list(session, town, cast.anna, by=cast.cyril)
    second = on_the_list(session, town, somebody(session), by=cast.dana, now=NOW + timedelta(minutes=1))
    cancelled(session, town, crowd[2], by=cast.dana)
    retested(session, town)
    waiting.refuse(session, first, world=town.world, by=cast.cyril, now=NOW)
    assert (first.state, second.state) == (WaitingState.REFUSED, WaitingState.OFFERED)


def test_who_waits_no_longer_is_offered_nothing(session, town, cast, crowd):
    wish = on_the_list(session, town, cast.anna, by=cast.cyril)
    waiting.withdraw(session, wish, world=town.world, by=cast.cyril, now=NOW)
    waiting.withdraw(session, wish, world=town.world, by=cast.cyril, now=NOW)
    cancelled(session, town, crowd[2], by=cast.dana)
    assert retested(session, town) == []
    assert events_of(session, wish) == ["waiting_began", "waiting_withdrawn"]


def test_who_asks_again_after_a_refusal_waits_anew(session, town, cast, crowd):
    wish = on_the_list(session, town, cast.anna, by=cast.cyril)
    waiting.withdraw(session, wish, world=town.world, by=cast.cyril, now=NOW)
    draft = drafts.get(session, wish.draft_key, by=cast.cyril, now=NOW)
    denial = session.get_one(Denial, wish.denial_id)
    again = waiting.join(
        session, draft, denial, earliest=0, latest=town.second("12:00"), world=town.world, by=cast.cyril, now=LATE
    )
    assert again is wish
    assert (wish.state, wish.asked_at) == (WaitingState.WAITING, LATE)


def test_an_offer_never_waits_longer_than_the_ride_may_be_ordered(session, town, cast, crowd):
    morning = at(DAY, town.second("6:50"))
    wish = on_the_list(session, town, cast.anna, by=cast.cyril, now=morning)
    cancelled(session, town, crowd[2], by=cast.dana, now=morning)
    assert retested(session, town, morning) == [wish]
    promise = session.get_one(Promise, wish.promise_id)
    assert wish.answer_by == at(DAY, promise.window_start) - timedelta(minutes=30) < morning + timedelta(hours=2)


def test_a_place_outside_the_span_of_the_client_is_not_offered(session, town, cast, crowd):
    wish = on_the_list(session, town, cast.anna, by=cast.cyril, span=("9:00", "9:20"))
    cancelled(session, town, crowd[0], by=cast.dana)
    assert retested(session, town) == []
    assert wish.state is WaitingState.WAITING


def test_both_ways_are_offered_together_or_not_at_all(session, town, cast, crowd):
    """The way back at 9:45 is full too: one freed place on the way there helps nobody."""
    draft, _ = turned_away(session, town, cast.anna, "8:00", back="9:45", by=cast.cyril)
    wishes = [
        waiting.join(
            session,
            draft,
            denial,
            earliest=denial.seconds - 3600,
            latest=denial.seconds + 4500,
            world=town.world,
            by=cast.cyril,
            now=NOW,
        )
        for denial in session.exec(select(Denial).where(Denial.client_id == cast.anna.id))
    ]
    assert len(wishes) == 2
    cancelled(session, town, crowd[0], by=cast.dana)
    assert retested(session, town) == []
    for ride in crowd[1:]:
        cancelled(session, town, ride, by=cast.dana)
    assert set(map(id, retested(session, town))) == set(map(id, wishes))
    request = waiting.accept(session, wishes[0], world=town.world, by=cast.cyril, now=NOW)
    assert {ride.leg for ride in requests.of_request(session, request)} == {Leg.OUTBOUND, Leg.RETURN}
    assert [wish.state for wish in wishes] == [WaitingState.TAKEN, WaitingState.TAKEN]


def test_who_waited_until_the_evening_before_is_told(session, town, cast, crowd):
    wish = on_the_list(session, town, cast.anna, by=cast.cyril)
    six = at(DAY - timedelta(days=1), town.second("18:00"))
    assert waiting.due(session, world=town.world, now=six) == []
    after = six + timedelta(seconds=30)
    assert waiting.due(session, world=town.world, now=after) == [town.day]
    assert retested(session, town, after) == []
    assert wish.state is WaitingState.MISSED
    assert events_of(session, wish)[-1] == "waiting_given_up"
    cancelled(session, town, crowd[2], by=cast.dana, now=after)
    assert retested(session, town, after) == []


def test_an_order_that_is_booked_or_changed_waits_no_longer(session, town, cast, crowd):
    wish = on_the_list(session, town, cast.anna, by=cast.cyril)
    draft = drafts.get(session, wish.draft_key, by=cast.cyril, now=NOW)
    drafts.note(session, draft, now=NOW, seconds=town.second("15:00"))
    cancelled(session, town, crowd[2], by=cast.dana)
    assert retested(session, town) == []
    assert events_of(session, wish)[-1] == "waiting_withdrawn"


def test_who_is_just_choosing_another_time_does_not_lose_it(session, town, cast, crowd):
    wish = on_the_list(session, town, cast.anna, by=cast.cyril)
    draft = drafts.get(session, wish.draft_key, by=cast.cyril, now=NOW)
    looked(session, town, draft, by=cast.cyril)
    held = booking.choose(session, draft, {Leg.OUTBOUND: 0}, world=town.world, by=cast.cyril, now=NOW)
    cancelled(session, town, crowd[2], by=cast.dana)
    assert retested(session, town) == []
    assert held[Leg.OUTBOUND].state is PromiseState.HELD
    assert wish.state is WaitingState.WAITING


def test_only_one_of_their_own_may_answer_for_the_client(session, town, cast, crowd):
    wish = on_the_list(session, town, cast.anna, by=cast.cyril)
    cancelled(session, town, crowd[2], by=cast.dana)
    retested(session, town)
    for answer in (waiting.accept, waiting.refuse, waiting.withdraw):
        with pytest.raises((Forbidden, NotFound)):
            answer(session, wish, world=town.world, by=cast.gustav, now=NOW)


def test_there_is_no_list_where_the_policy_keeps_none(session, cast, town, crowd):
    draft, denial = turned_away(session, town, cast.anna, by=cast.cyril)
    with pytest.raises(Invalid, match=r"waiting\.not_kept"):
        waiting.join(
            session,
            draft,
            denial,
            earliest=0,
            latest=town.second("12:00"),
            world=a_world(waiting_list={"kept": False}),
            by=cast.cyril,
            now=NOW,
        )


def test_a_span_must_have_room_for_a_window(session, town, cast, crowd):
    with pytest.raises(Invalid, match=r"waiting\.span_short"):
        on_the_list(session, town, cast.anna, by=cast.cyril, span=("9:00", "9:14"))


def test_nobody_waits_for_the_denial_of_another_order(session, town, cast, crowd):
    _, denial = turned_away(session, town, somebody(session), by=cast.dana)
    draft, _ = turned_away(session, town, cast.anna, by=cast.dana)
    with pytest.raises(NotFound, match="denial"):
        waiting.join(session, draft, denial, earliest=0, latest=40_000, world=town.world, by=cast.dana, now=NOW)


def test_a_list_with_nobody_on_it_locks_nothing(session, town, cast, crowd):
    before = days.get(session, town.day).version
    assert retested(session, town) == []
    assert days.get(session, town.day).version == before


def test_a_forgotten_draft_leaves_the_wish_without_the_order(session, town, cast, crowd):
    wish = on_the_list(session, town, cast.anna, by=cast.cyril)
    waiting.withdraw(session, wish, world=town.world, by=cast.cyril, now=NOW)
    later = NOW + timedelta(days=31)
    assert drafts.forget(session, later) > 0
    session.refresh(wish)
    assert wish.draft_key is None
