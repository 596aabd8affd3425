"""Moving a ride by hand, pinning it, taking back: what changes, what stays, and who has to agree."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from tests.builders.booking import a_confirmed_ride, a_ride
from tests.builders.clients import a_client, a_user, acting
from tests.builders.town import NOW
from transport.booking.rides import offers
from transport.booking.rides.lifecycle import Status
from transport.kernel.actor import Role
from transport.kernel.clock import at
from transport.kernel.errors import Conflict, Forbidden, Invalid
from transport.kernel.events import Event
from transport.operations.dispatch import handwork, plans, steering
from transport.operations.dispatch.steering import Agreed, AgreedHow, Wanted
from transport.operations.quality import invariants
from transport.routing import engine
from transport.routing.planning import day as days
from transport.routing.planning import runs
from transport.routing.planning.models import PlanEdit, Promise, Stop

TOLD = Agreed(None, AgreedHow.TELEPHONE, "Dana Dispečerová")


@pytest.fixture(autouse=True)
def nothing_impossible_in_the_end(session, town):
    yield
    assert invariants.faults(session, world=town.world, now=NOW) == []


@pytest.fixture
def olga(session, town, cast):
    """Somebody on foot, who may sit in either vehicle, on the way at nine."""
    return a_confirmed_ride(session, town, a_client(session, "Olga Pěší"), by=cast.hana)


def where(session, ride):
    return runs.shift_of(session, ride.promise_id)


def stops(session):
    found = session.exec(
        select(Stop.run_id, Stop.seq, Stop.promise_id, Stop.start).order_by(col(Stop.run_id), col(Stop.seq))
    )
    return found.all()


def other(town, shift):
    return town.van_shift if shift == town.car_shift else town.car_shift


def moved(session, town, ride, wanted=None, *, by, agreed=None, now=NOW):
    goal = wanted or Wanted(other(town, where(session, ride)))
    return steering.move(session, ride, goal, version=ride.version, agreed=agreed, world=town.world, by=by, now=now)


def outside(session, town, ride, now=NOW):
    """What is promised an hour later, in the vehicle that carries the ride."""
    promise = session.get_one(Promise, ride.promise_id)
    return Wanted(where(session, ride), promise.window_start + 3600)


def test_a_ride_goes_to_another_vehicle_as_shown_and_the_promise_stands(session, town, cast, olga):
    promise, was = olga.promise_id, where(session, olga)
    choices = steering.moves(session, olga, world=town.world, now=NOW).targets()
    present, away = choices.targets[0], next(each for each in choices.targets if not each.stays)
    assert (present.shift, present.stays, present.price.metres) == (was, True, 0)
    edit = moved(session, town, olga, Wanted.read(away.key), by=cast.dana)
    assert (where(session, olga), olga.promise_id) == (away.shift, promise)
    assert (edit.from_shift, edit.to_shift, edit.made_by) == (was, away.shift, cast.dana.user)


def test_a_vehicle_that_cannot_take_the_ride_says_why(session, town, cast):
    annas = a_confirmed_ride(session, town, cast.anna, by=cast.hana)
    [impossible] = steering.moves(session, annas, world=town.world, now=NOW).targets().impossible
    assert impossible.shift == town.car_shift
    assert impossible.reason in {"layout", "features"}
    before = stops(session)
    with pytest.raises(Invalid, match=r"move\.no_place"), session.begin_nested():
        moved(session, town, annas, by=cast.dana)
    assert stops(session) == before


def test_what_is_not_as_it_was_shown_is_not_done(session, town, cast, olga):
    choices = steering.moves(session, olga, world=town.world, now=NOW).targets()
    shown = next(each for each in choices.targets if not each.stays)
    petr = a_confirmed_ride(session, town, a_client(session, "Petr Pěší"), "8:40", by=cast.hana, to="station")
    if where(session, petr) != shown.shift:
        moved(session, town, petr, by=cast.dana)
    before = stops(session)
    with pytest.raises(Conflict, match=r"move\.changed_meanwhile"), session.begin_nested():
        moved(session, town, olga, Wanted.read(shown.key), by=cast.dana)
    assert stops(session) == before


def test_nobody_is_moved_outside_the_promise_without_a_word(session, town, cast, olga):
    before, promise = stops(session), olga.promise_id
    with pytest.raises(Invalid, match=r"move\.needs_consent"), session.begin_nested():
        moved(session, town, olga, outside(session, town, olga), by=cast.dana)
    session.refresh(olga)
    assert (stops(session), olga.promise_id) == (before, promise)


@pytest.mark.parametrize(
    ("agreed", "code"),
    [
        (Agreed(None, AgreedHow.TELEPHONE, " "), r"move\.name_missing"),
        (Agreed(999, AgreedHow.TELEPHONE, "Dana"), r"move\.who_agreed"),
    ],
)
def test_a_consent_names_who_gave_it_and_who_answers_for_it(session, town, cast, olga, agreed, code):
    with pytest.raises(Invalid, match=code), session.begin_nested():
        moved(session, town, olga, outside(session, town, olga), agreed=agreed, by=cast.dana)


def test_with_consent_another_promise_takes_the_place_of_the_old_one(session, town, cast):
    ride = a_ride(session, town, cast.anna, by=cast.cyril)
    old = ride.promise_id
    wanted = outside(session, town, ride)
    [cyrils] = [each for each in steering.agreeing(session, ride, now=NOW) if each.mandate]
    told = Agreed(cyrils.mandate, AgreedHow.TELEPHONE, "Dana Dispečerová")
    edit = moved(session, town, ride, wanted, agreed=told, by=cast.dana)
    new = session.get_one(Promise, ride.promise_id)
    assert (new.supersedes, new.window_start, new.pinned) == (old, wanted.pickup, False)
    assert ride.status is Status.CONFIRMED
    assert edit.signed == "Dana Dispečerová"
    event = session.exec(select(Event).where(Event.kind == "consent_recorded")).one()
    assert f'"mandate": {cyrils.mandate}' in event.facts
    assert "Dana" not in event.facts
    assert event.on_behalf_of == cast.anna.id
    assert session.exec(select(Event.subject_id).where(Event.kind == "promise_changed")).all() == [str(ride.id)]


def test_a_word_given_is_not_taken_back(session, town, cast, olga):
    edit = moved(session, town, olga, outside(session, town, olga), agreed=TOLD, by=cast.dana)
    with pytest.raises(Conflict, match=r"edit\.by_consent"), session.begin_nested():
        steering.undo(session, edit, world=town.world, by=cast.dana, now=NOW)


def test_another_time_may_be_offered_instead(session, town, cast, olga):
    wanted = outside(session, town, olga)
    until = NOW + timedelta(hours=2)
    made = steering.offer(
        session, olga, wanted, version=olga.version, until=until, world=town.world, by=cast.dana, now=NOW
    )
    assert made.window_start == wanted.pickup
    assert offers.pending(session, olga) == made


def test_a_ride_stays_where_it_is_pinned_when_the_planner_thinks(session, town, cast, olga):
    moved(session, town, olga, by=cast.dana)
    shift = where(session, olga)
    steering.pin(session, olga, pinned=True, version=olga.version, by=cast.dana, now=NOW)
    book = days.load(session, town.day, world=town.world, now=NOW)
    plan = engine.solve(book.problem, iterations=50)
    [run] = [run for run in plan.runs if any(stop.request == str(olga.promise_id) for stop in run.stops)]
    assert run.duty == str(shift)
    moved(session, town, olga, by=cast.dana)
    [request] = days.load(session, town.day, world=town.world, now=NOW).problem.requests
    assert request.duty == str(where(session, olga)) != str(shift), "the pin goes with whoever moves it by hand"


def test_undoing_goes_back_step_by_step_to_exactly_what_was(session, town, cast, olga):
    start = stops(session)
    moved(session, town, olga, by=cast.dana)
    steering.pin(session, olga, pinned=True, version=olga.version, by=cast.dana, now=NOW)
    while (last := handwork.last_own(session, town.day, cast.dana)) is not None:
        steering.undo(session, last.edit, world=town.world, by=cast.dana, now=NOW)
    assert [row[1:] for row in stops(session)] == [row[1:] for row in start]
    assert session.get_one(Promise, olga.promise_id).pinned is False
    assert all(edit.undone_at == NOW for edit in session.exec(select(PlanEdit)))


def test_nobody_takes_back_what_a_colleague_did(session, town, cast, olga):
    edit = moved(session, town, olga, by=cast.dana)
    drahomir = acting(a_user(session, Role.DISPATCHER, "Drahomír Druhý"))
    with pytest.raises(Conflict, match=r"edit\.not_latest"), session.begin_nested():
        steering.undo(session, edit, world=town.world, by=drahomir, now=NOW)
    [seen] = handwork.edits_of_day(session, town.day)
    assert seen.view is not None
    assert (seen.who, seen.view.ride.id) == ("Dana Dispečerová", olga.id)


def test_what_a_colleague_did_after_it_stands_in_the_way(session, town, cast, olga):
    drahomir = acting(a_user(session, Role.DISPATCHER, "Drahomír Druhý"))
    edit = moved(session, town, olga, by=cast.dana)
    moved(session, town, olga, by=drahomir, now=NOW + timedelta(minutes=5))
    before = stops(session)
    with pytest.raises(Conflict, match=r"edit\.cannot_be_undone"), session.begin_nested():
        steering.undo(session, edit, world=town.world, by=cast.dana, now=NOW)
    assert stops(session) == before
    last = handwork.in_the_way(session, edit)
    assert last is not None
    assert last.who == "Drahomír Druhý"


def test_where_somebody_came_in_between_the_ride_goes_back_as_near_as_may_be(session, town, cast, olga):
    was = where(session, olga)
    edit = moved(session, town, olga, by=cast.dana)
    a_confirmed_ride(session, town, a_client(session, "Petr Pěší"), "10:00", by=cast.hana)
    steering.undo(session, edit, world=town.world, by=cast.dana, now=NOW)
    assert where(session, olga) == was


def test_the_drivers_see_the_move_at_once(session, town, cast, olga):
    version = plans.publish(session, town.day, by=cast.dana, now=NOW).version
    moved(session, town, olga, by=cast.dana)
    assert days.get(session, town.day).published == version + 1


def test_on_the_way_to_somebody_nothing_is_moved_any_more(session, town, cast, olga):
    on_the_way = at(town.day, session.get_one(Promise, olga.promise_id).window_start)
    with pytest.raises(Conflict, match=r"move\.has_begun"), session.begin_nested():
        moved(session, town, olga, by=cast.dana, now=on_the_way)


def test_on_the_day_a_vehicle_must_still_be_able_to_come(session, town, cast, olga):
    """Twenty minutes before; from the depot it takes less than four."""
    soon = at(town.day, session.get_one(Promise, olga.promise_id).window_start - 1200)
    for target in steering.moves(session, olga, world=town.world, now=soon).targets().targets:
        if not target.stays:
            run = next(run for run in target.plan.runs if run.duty == str(target.shift))
            assert at(town.day, round(run.leaves)) >= soon
            assert at(town.day, target.pickup) > soon


def test_on_the_day_an_edit_is_taken_back_until_the_vehicle_sets_out(session, town, cast, olga):
    start, was = stops(session), where(session, olga)
    promised = at(town.day, session.get_one(Promise, olga.promise_id).window_start)
    edit = moved(session, town, olga, by=cast.dana, now=promised - timedelta(hours=1))
    with pytest.raises(Conflict, match=r"move\.has_begun"), session.begin_nested():
        steering.undo(session, edit, world=town.world, by=cast.dana, now=promised)
    session.refresh(olga)
    steering.undo(session, edit, world=town.world, by=cast.dana, now=promised - timedelta(minutes=30))
    assert where(session, olga) == was
    assert [row[1:] for row in stops(session)] == [row[1:] for row in start]


@pytest.mark.parametrize("who", ["hana", "cyril", "emil", "frantiska"])
def test_only_dispatchers_steer(session, town, cast, olga, who):
    with pytest.raises(Forbidden, match=r"role\.missing"), session.begin_nested():
        moved(session, town, olga, by=getattr(cast, who))
