"""Nobody taken out is left out: an alarm until they are home, or until somebody says how they get home."""

from datetime import timedelta

import pytest
from sqlmodel import select

from tests.builders.booking import a_confirmed_ride, a_draft, an_order, booked
from tests.builders.driving import boarded, driven
from tests.builders.telling import told as message_told
from tests.builders.town import NOW
from transport.booking.rides import changing, drafts, rides
from transport.booking.rides.lifecycle import Status
from transport.booking.rides.models import Ride
from transport.kernel.actor import SYSTEM
from transport.kernel.clock import at, day_start
from transport.kernel.errors import Conflict, Forbidden, Invalid
from transport.kernel.events import Event
from transport.operations.dispatch import closing, plans
from transport.operations.driving import stranded
from transport.operations.quality import invariants
from transport.routing.fleet import availability
from transport.routing.fleet.models import OutReason, Shift, Vehicle
from transport.routing.planning import promises, publishing, runs
from transport.routing.planning.models import DayState, Promise, PromiseState


@pytest.fixture
def both(session, town, cast):
    return an_order(session, town, cast.anna, "9:00", back="12:00", by=cast.hana)


@pytest.fixture
def missed(session, town, cast, both):
    """Anna is in hospital and nobody came for her."""
    there, back = both
    driven(session, town, there, by=cast.dana)
    return miss(session, town, cast, back)


@pytest.fixture
def evening(town):
    return day_start(town.day) + timedelta(days=1, hours=3)


def miss(session, town, cast, ride):
    now = at(town.day, town.second("13:00"))
    rides.miss(session, ride, version=ride.version, reason="porucha", world=town.world, by=cast.dana, now=now)
    return ride


def alarms(session, town) -> list[Ride]:
    return stranded.alarms(session, town.day)


def told(session):
    return session.exec(select(Event).where(Event.kind == stranded.ALARM)).all()


def close(session, town, now):
    return closing.close(session, town.day, world=town.world, by=SYSTEM, now=now)


@pytest.mark.parametrize("out", [boarded, driven])
def test_who_is_out_with_a_promised_way_back_is_no_alarm(session, town, cast, both, out):
    out(session, town, both[0], by=cast.dana)
    assert alarms(session, town) == []


def test_who_is_home_again_is_no_alarm(session, town, cast, both, evening):
    for ride in both:
        driven(session, town, ride, by=cast.dana)
    assert alarms(session, town) == []
    assert close(session, town, evening).state is DayState.CLOSED


def test_who_never_went_out_is_no_alarm(session, town, cast, both):
    miss(session, town, cast, both[0])
    miss(session, town, cast, both[1])
    assert alarms(session, town) == []


def test_who_went_one_way_is_no_alarm(session, town, cast):
    driven(session, town, a_confirmed_ride(session, town, cast.bedrich, "9:00", by=cast.dana), by=cast.dana)
    assert alarms(session, town) == []


def test_a_way_back_that_we_missed_is_an_alarm(session, town, missed):
    assert alarms(session, town) == [missed]
    found = invariants.faults(session, world=town.world, now=at(town.day, town.second("13:00")))
    assert [fault.code for fault in found] == ["client.stranded"]


def test_who_calls_off_the_own_way_back_is_no_alarm(session, town, cast, both):
    there, back = both
    driven(session, town, there, by=cast.dana)
    rides.cancel(session, back, version=back.version, world=town.world, by=cast.anna_herself, now=NOW)
    assert alarms(session, town) == []


def test_the_changed_way_back_is_the_one_that_is_watched(session, town, cast, both):
    there, back = both
    draft = changing.start(session, back, by=cast.hana, now=NOW)
    drafts.note(session, draft, now=NOW, seconds=town.second("14:00"))
    booked(session, town, draft, by=cast.hana)
    driven(session, town, there, by=cast.dana)
    assert alarms(session, town) == []
    new = session.get_one(Ride, back.replaced_by)
    miss(session, town, cast, new)
    assert alarms(session, town) == [new]


def test_another_ride_home_ends_the_alarm(session, town, cast, missed):
    noon = at(town.day, town.second("13:05"))
    home = a_confirmed_ride(session, town, cast.anna, "14:00", origin="hospital", to="home", by=cast.dana, now=noon)
    assert alarms(session, town) == []
    driven(session, town, home, by=cast.dana)
    assert alarms(session, town) == []


def test_an_earlier_ride_from_there_is_no_way_home(session, town, cast):
    driven(
        session,
        town,
        a_confirmed_ride(session, town, cast.anna, "7:00", origin="hospital", to="home", by=cast.dana),
        by=cast.dana,
    )
    there, back = an_order(session, town, cast.anna, "9:00", back="12:00", by=cast.hana)
    driven(session, town, there, by=cast.dana)
    miss(session, town, cast, back)
    assert alarms(session, town) == [back]


def test_an_alarm_is_raised_once(session, town, missed):
    now = at(town.day, town.second("13:01"))
    assert [stranded.raise_alarms(session, town.day, now=now) for _ in range(3)] == [1, 0, 0]
    assert [event.subject_id for event in told(session)] == [str(missed.id)]


def test_a_day_does_not_end_while_somebody_is_out(session, town, cast, missed, evening):
    with pytest.raises(Conflict, match=r"day\.somebody_out"), session.begin_nested():
        close(session, town, evening)
    stranded.resolve(session, missed, "taxi", world=town.world, by=cast.dana, now=evening)
    assert alarms(session, town) == []
    assert close(session, town, evening).state is DayState.CLOSED
    assert invariants.faults(session, world=town.world, now=evening) == []


def test_our_staff_say_how_somebody_got_home_in_one_of_a_few_words(session, town, cast, both, missed):
    with pytest.raises(Forbidden, match=r"role\.missing"):
        stranded.resolve(session, missed, "taxi", world=town.world, by=cast.cyril, now=NOW)
    with pytest.raises(Invalid, match=r"return\.no_such_way"):
        stranded.resolve(session, missed, "pěšky s Annou", world=town.world, by=cast.dana, now=NOW)
    for _ in range(2):
        stranded.resolve(session, missed, "family", world=town.world, by=cast.dana, now=NOW)
    with pytest.raises(Conflict, match=r"return\.not_stranded"):
        stranded.resolve(session, both[0], "family", world=town.world, by=cast.dana, now=NOW)


def test_a_draft_is_no_way_home(session, town, cast, missed):
    a_draft(session, town, cast.anna, "15:00", origin="hospital", to="home", by=cast.hana)
    assert alarms(session, town) == [missed]


@pytest.fixture
def waiting(session, town, cast, both):
    """Anna is in hospital, and the vehicle that is to fetch her has dropped out; her ride is still promised."""
    there, back = both
    driven(session, town, there, by=cast.dana)
    plans.publish(session, town.day, by=cast.dana, now=NOW)
    van = session.get_one(Vehicle, session.get_one(Shift, runs.shift_of(session, back.promise_id)).vehicle_id)
    availability.take_out(session, van, starts=noon(town), ends=None, reason=OutReason.BREAKDOWN, now=noon(town))
    stranded.warn(session, town.day, world=town.world, now=noon(town))
    return back


def noon(town):
    return at(town.day, town.second("11:00"))


@pytest.mark.parametrize(
    ("way", "state"),
    [("taxi", PromiseState.BROKEN), ("family", PromiseState.BROKEN), ("stays", PromiseState.WITHDRAWN)],
)
def test_whoever_gets_home_otherwise_has_no_vehicle_coming_for_nobody(
    session, town, cast, waiting, evening, way, state
):
    before = publishing.latest(session, town.day)
    assert before is not None
    version = before.version
    for _ in range(2):
        stranded.resolve(session, waiting, way, world=town.world, by=cast.dana, now=noon(town))
    session.refresh(waiting)
    promise = session.get_one(Promise, waiting.promise_id)
    assert (waiting.status, waiting.ended_by, waiting.fee, promise.state) == (Status.CANCELLED, "service", 0, state)
    assert promises.stops(session, waiting.promise_id) == []
    after = publishing.latest(session, town.day)
    assert after is not None
    assert after.version > version, "it is off the list of the driver"
    assert alarms(session, town) == []
    assert invariants.faults(session, world=town.world, now=noon(town)) == []
    assert told(session) == [], "nobody was left out"
    assert close(session, town, evening).state is DayState.CLOSED


def test_another_ride_of_ours_leaves_the_promise_as_it_is(session, town, cast, waiting):
    stranded.resolve(session, waiting, "our_ride", world=town.world, by=cast.dana, now=noon(town))
    assert waiting.status is Status.CONFIRMED
    assert len(promises.stops(session, waiting.promise_id)) == 2


def test_of_a_way_home_that_staff_have_arranged_no_message_says_that_it_is_cancelled(session, town, cast, waiting):
    stranded.resolve(session, waiting, "family", world=town.world, by=cast.dana, now=noon(town))
    assert message_told(session, town, noon(town), "ride_cancelled") == []
