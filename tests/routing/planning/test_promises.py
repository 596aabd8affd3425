"""A promise is held, made firm, kept, broken or withdrawn; the plan that contains it always stands."""

from datetime import timedelta
from itertools import pairwise

import pytest
from sqlmodel import select

from tests.builders.town import DAY, NOW
from transport.kernel.actor import SYSTEM
from transport.kernel.clock import at as moment
from transport.kernel.errors import Conflict, Exhausted, NotFound
from transport.kernel.events import Event
from transport.kernel.values import Load, Window
from transport.routing import engine
from transport.routing.geo.models import TravelVersion
from transport.routing.planning import day as days
from transport.routing.planning import offers, promises
from transport.routing.planning.models import DayState, Promise, PromiseState, Run, ServiceDay, Stop, StopKind
from transport.routing.planning.wishes import Anchor, Party, Wish


def a_party(town, origin="home", to="hospital", seats=1, wheelchairs=0, features=frozenset()):
    return Party(town.places[origin], town.places[to], Load(seats, wheelchairs), 180, 180, features=features)


IN_A_CHAIR = {"seats": 0, "wheelchairs": 1, "features": frozenset({"ramp"})}


def book_of(session, town, party):
    return days.load(session, town.day, world=town.world, now=NOW, also=(party.pickup_place, party.dropoff_place))


def found(session, town, party, at="9:00", anchor=Anchor.LEAVE_AT):
    policy = town.world.policies.on(town.day)
    wish = Wish(anchor, town.second(at))
    hours = Window(town.second("6:00"), town.second("22:00"))
    return offers.options(book_of(session, town, party), party, wish, policy, hours=hours)


def held(session, town, party, at="9:00", minutes=10, option=None):
    option = option or found(session, town, party, at).near[0]
    days.lock(session, town.day)
    book = book_of(session, town, party)
    return promises.hold(session, book, party, option, until=NOW + timedelta(minutes=minutes), by=SYSTEM, now=NOW)


def judged(session, town):
    book = days.load(session, town.day, world=town.world, now=NOW)
    return engine.judge(book.problem, book.plan)


def test_a_held_promise_has_its_two_stops_at_once(session, town):
    promise = held(session, town, a_party(town))
    pickup, dropoff = promises.stops(session, promise.id)
    assert (pickup.kind, dropoff.kind) == (StopKind.PICKUP, StopKind.DROPOFF)
    assert promise.window_start <= pickup.start <= promise.window_end
    assert dropoff.start <= promise.arrive_by
    assert judged(session, town) == []


def test_a_window_chosen_by_two_is_kept_for_the_first(session, town):
    party = a_party(town, to="zbuch", **IN_A_CHAIR)
    option = found(session, town, party).near[0]
    held(session, town, party, option=option)
    with pytest.raises(Exhausted, match=r"promise\.no_room"):
        held(session, town, party, option=option)
    assert len(session.exec(select(Promise)).all()) == 1


def test_a_firm_promise_waits_no_more(session, town):
    promise = held(session, town, a_party(town))
    promises.make_firm(session, promise, by=SYSTEM, now=NOW)
    assert (promise.state, promise.held_until) == (PromiseState.FIRM, None)
    assert promises.lapse(session, town.day, world=town.world, now=NOW + timedelta(days=1)) == 0


def test_a_lapsed_hold_cannot_be_made_firm(session, town):
    promise = held(session, town, a_party(town))
    with pytest.raises(Conflict, match=r"promise\.not_held"):
        promises.make_firm(session, promise, by=SYSTEM, now=NOW + timedelta(minutes=11))


def test_a_hold_lapses_after_its_minutes_and_not_before(session, town):
    promise = held(session, town, a_party(town))
    assert not promises.any_over(session, town.day, NOW + timedelta(minutes=10))
    assert promises.lapse(session, town.day, world=town.world, now=NOW + timedelta(minutes=10)) == 0
    assert promises.any_over(session, town.day, NOW + timedelta(minutes=11))
    assert promises.lapse(session, town.day, world=town.world, now=NOW + timedelta(minutes=11)) == 1
    assert (promise.state, promise.end_reason) == (PromiseState.WITHDRAWN, "lapsed")
    assert session.exec(select(Stop)).all() == []
    assert session.exec(select(Run)).all() == []


def test_withdrawing_one_promise_leaves_the_others_standing(session, town):
    first, second, third = (held(session, town, a_party(town), at) for at in ("9:00", "9:10", "9:30"))
    promises.withdraw(session, second, reason="test", world=town.world, by=SYSTEM, now=NOW)
    assert promises.stops(session, second.id) == []
    assert all(len(promises.stops(session, each.id)) == 2 for each in (first, third))
    assert judged(session, town) == []


def test_what_lies_ahead_stays_ahead_when_the_ride_before_it_goes(session, town):
    first, second = (held(session, town, a_party(town, **IN_A_CHAIR), at) for at in ("9:00", "9:10"))
    start = promises.stops(session, second.id)[0].start
    assert start > second.window_start, "the first ride must be in the way of the second one"
    now = moment(town.day, start - 1)
    promises.withdraw(session, first, reason="test", world=town.world, by=SYSTEM, now=now)
    assert promises.stops(session, second.id)[0].start == start
    assert judged(session, town) == []


def test_a_promise_ends_once(session, town):
    promise = held(session, town, a_party(town))
    promises.withdraw(session, promise, reason="test", world=town.world, by=SYSTEM, now=NOW)
    with pytest.raises(Conflict, match=r"promise\.not_live"):
        promises.withdraw(session, promise, reason="test", world=town.world, by=SYSTEM, now=NOW)


def test_a_broken_promise_says_so(session, town):
    promise = held(session, town, a_party(town))
    promises.make_firm(session, promise, by=SYSTEM, now=NOW)
    promises.breach(session, promise, reason="missed", world=town.world, by=SYSTEM, now=NOW)
    assert promise.state is PromiseState.BROKEN
    assert session.exec(select(Event.kind).where(Event.kind == "promise_broken")).all() == ["promise_broken"]


def test_every_offered_window_can_really_be_kept(session, town):
    for at in ("7:00", "9:00", "9:20", "12:00", "17:30", "21:30"):
        party = a_party(town, **IN_A_CHAIR)
        for option in found(session, town, party, at).near:
            nested = session.begin_nested()
            held(session, town, party, option=option)
            assert judged(session, town) == []
            nested.rollback()
        held(session, town, party, at)


def test_nobody_is_offered_what_no_vehicle_has(session, town):
    wants_two = a_party(town, features=frozenset({"second_person"}))
    answer = found(session, town, wants_two)
    assert (answer.near, answer.far, answer.reason) == ((), (), "features")


def test_a_party_larger_than_every_layout_is_told_so(session, town):
    answer = found(session, town, a_party(town, seats=5))
    assert (answer.near, answer.far, answer.reason) == ((), (), "layout")


def test_windows_start_on_the_wish_and_do_not_overlap(session, town):
    windows = [option.window for option in found(session, town, a_party(town)).near]
    assert windows[0].start == town.second("9:00")
    starts = sorted(window.start for window in windows)
    assert all(later - earlier >= 900 for earlier, later in pairwise(starts))


def test_an_arrival_is_promised_within_the_hour_before_the_wish(session, town):
    answer = found(session, town, a_party(town), "9:00", Anchor.ARRIVE_BY)
    assert all(0 <= town.second("9:00") - option.arrive_by <= 3600 for option in answer.near)
    assert all(option.window.start % 300 == 0 for option in answer.near)


def test_only_an_open_day_can_be_locked(session, town):
    before = days.get(session, town.day).version
    assert days.lock(session, town.day).version == before + 1
    with pytest.raises(NotFound, match=r"day\.not_open"):
        days.lock(session, DAY + timedelta(days=300))
    row = session.get_one(ServiceDay, town.day)
    row.state = DayState.CLOSED
    session.add(row)
    session.flush()
    with pytest.raises(Conflict, match=r"day\.closed"):
        days.lock(session, town.day)


def test_opening_an_open_day_changes_nothing(session, town):
    row = days.get(session, town.day)
    version = session.get_one(TravelVersion, town.version)
    assert days.open_day(session, town.day, version, now=NOW + timedelta(days=1), by=SYSTEM) is row
    assert row.opened_at == NOW
