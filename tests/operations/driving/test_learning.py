"""Times at the door: measured robustly, proposed, and used for later promises only when a person says so."""

from datetime import timedelta

import pytest
from sqlmodel import select

from tests.builders.booking import a_confirmed_ride
from tests.builders.clients import a_client
from tests.builders.measured import a_measured_ride
from tests.builders.town import DAY, NOW
from transport.booking.clients import clients, queries
from transport.booking.clients.models import Mobility
from transport.kernel.errors import Conflict, Forbidden, Invalid
from transport.operations.driving import learning
from transport.operations.driving.learning import Measured
from transport.operations.driving.models import BoardingOf, BoardingProposal, BoardingState
from transport.routing.planning.models import Promise, StopKind

PICKUP, DROPOFF = StopKind.PICKUP, StopKind.DROPOFF
TODAY = DAY + timedelta(days=1)


def times(*seconds: int, by_rules: int = 180) -> list[Measured]:
    return [Measured(1, Mobility.CANE, 1, PICKUP, each, by_rules) for each in seconds]


@pytest.mark.parametrize(
    ("seconds", "change"),
    [
        ((480, 480, 480, 480, 480), 150),  # 300 beyond the rules, half of it with five rides
        ((360, 420, 480, 540, 600), 174),  # beyond: 180 240 300 360 420; seven in ten 348; half of it
        ((180, 180, 180, 180, 180), 0),
        ((480,) * 15, 225),  # fifteen rides: three quarters of it
        ((480, 480, 480, 480, 480, 2600), 150),  # somebody forgot to press
    ],
)
def test_what_rides_say_is_worked_out_as_by_hand(seconds, change):
    found = learning.lesson(times(*seconds))
    assert found is not None
    assert found.change == pytest.approx(change)
    assert 2600 not in found.seconds


def test_few_rides_say_nothing_and_only_the_latest_count():
    assert learning.lesson(times(480, 480, 480, 480)) is None
    long_ago = times(*(900,) * 60)
    found = learning.lesson([*long_ago, *times(*(180,) * learning.LATEST)])
    assert found is not None
    assert found.change == 0


@pytest.fixture
def driven(session, town, cast):
    """Seven rides of Bedřich on the days before: he takes ten minutes to get in, and as long as planned to get out."""
    first = a_confirmed_ride(session, town, cast.bedrich, "9:00", by=cast.dana)
    for number in range(7):
        a_measured_ride(session, first, number, minutes=10)
    session.flush()
    return cast.bedrich


def proposed(session) -> int:
    return learning.propose(session, learning.recent(session, TODAY), now=NOW)


def of_person(session) -> BoardingProposal:
    rows = [each.proposal for each in learning.shown(session) if each.proposal.whose is BoardingOf.PERSON]
    assert len(rows) == 1, "getting out takes as long as planned"
    return rows[0]


def test_a_difference_is_proposed_and_nothing_changes_by_itself(session, town, cast, driven):
    before = queries.needs_now(session, driven.id)
    assert proposed(session) >= 1
    row = of_person(session)
    promise = session.exec(select(Promise)).first()
    planned = promise.pickup_service / 60
    assert (row.client_id, row.stop, row.rides, row.present) == (driven.id, PICKUP, 7, planned)
    assert row.proposed == round(planned + (10 - planned) * 7 / 12), "waiting before the window does not count"
    assert (row.low, row.middle, row.high) == (600, 600, 600)
    assert queries.needs_now(session, driven.id) == before
    assert proposed(session) == len(learning.shown(session)), "asked twice it is one proposal"
    about = {each.proposal.whose for each in learning.shown(session)}
    assert BoardingOf.PLACE not in about, "one person's time is not the place's"


def test_an_accepted_time_holds_for_later_promises_only(session, town, cast, driven):
    proposed(session)
    row = of_person(session)
    more = row.proposed - row.present
    old = {promise.id: promise.pickup_service for promise in session.exec(select(Promise))}
    with pytest.raises(Forbidden):
        learning.accept(session, row.id or 0, by=cast.emil, now=NOW)
    session.expire_all()
    learning.accept(session, row.id or 0, by=cast.dana, now=NOW)
    assert {promise.id: promise.pickup_service for promise in session.exec(select(Promise))} == old
    later = a_confirmed_ride(session, town, driven, "15:00", by=cast.dana)
    promise = session.get_one(Promise, later.promise_id)
    assert promise.pickup_service - min(old.values()) == more * 60
    with pytest.raises(Conflict, match=r"boarding\.decided"):
        learning.reject(session, row.id or 0, by=cast.dana, now=NOW)
    proposed(session)
    kinds = {each.proposal.whose for each in learning.shown(session)}
    assert BoardingOf.PERSON not in kinds, "what was accepted is what is used"


def test_what_was_put_away_is_not_proposed_again(session, cast, driven):
    proposed(session)
    learning.reject(session, of_person(session).id or 0, by=cast.dana, now=NOW)
    proposed(session)
    assert all(each.proposal.whose is not BoardingOf.PERSON for each in learning.shown(session))


def test_only_the_time_of_a_person_is_changed_here_and_only_with_the_aid_it_was_measured_with(session, cast, driven):
    proposed(session)
    aid = next(each.proposal for each in learning.shown(session) if each.proposal.whose is BoardingOf.AID)
    person = of_person(session).id or 0
    with pytest.raises(Conflict, match=r"boarding\.rules"), session.begin_nested():
        learning.accept(session, aid.id or 0, by=cast.dana, now=NOW)
    clients.record_needs(session, driven, mobility=Mobility.ELECTRIC_WHEELCHAIR, by=cast.dana, now=NOW)
    with pytest.raises(Conflict, match=r"boarding\.changed"), session.begin_nested():
        learning.accept(session, person, by=cast.dana, now=NOW)
    proposed(session)
    open_rows = session.exec(select(BoardingProposal).where(BoardingProposal.state == BoardingState.OPEN))
    assert all(row.whose is not BoardingOf.PERSON for row in open_rows), "with another aid nothing is known yet"


def test_what_no_driver_said_or_cannot_be_is_left_out(session, town, cast):
    ride = a_confirmed_ride(session, town, cast.bedrich, "9:00", by=cast.dana)
    a_measured_ride(session, ride, 1, minutes=10, by="dispatcher:5")
    a_measured_ride(session, ride, 2, minutes=0)
    a_measured_ride(session, ride, 3, minutes=50)
    session.flush()
    assert {each.stop for each in learning.measure(session, DAY, DAY)} == {DROPOFF}


def test_an_accepted_time_stays_with_the_aid_and_within_limits(session, cast):
    client = a_client(session, "Karel Pomalý")
    clients.adjust_times(session, client, boarding=4, alighting=0, by=cast.dana, now=NOW)
    assert clients.record_needs(session, client, blind=True, by=cast.dana, now=NOW).boarding_extra == 4
    changed = clients.record_needs(session, client, mobility=Mobility.WALKER, by=cast.dana, now=NOW)
    assert changed.boarding_extra == 0
    with pytest.raises(Invalid, match=r"needs\.extra_unlikely"):
        clients.adjust_times(session, client, boarding=50, alighting=0, by=cast.dana, now=NOW)
