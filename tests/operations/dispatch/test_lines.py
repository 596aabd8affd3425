"""What a line of the day says of its ride, what stands on the lanes, and who is said to have changed it."""

from sqlmodel import Session

from tests.builders.booking import a_confirmed_ride, a_ride
from tests.builders.driving import boarded, reported
from tests.builders.town import NOW, a_town
from tests.cast import gather
from transport.booking.rides import rides as deciding
from transport.kernel.clock import at
from transport.operations.dispatch import board, changes, lines
from transport.operations.dispatch.lines import Concern
from transport.routing.planning.models import Estimate, Promise, StopKind, VisitAction


def line_of(session: Session, ride):
    return next(line for line in lines.of_day(session, ride.day).lines if line.ride_id == ride.id)


def test_the_driver_is_on_the_way_once_the_stop_before_is_done(session: Session):
    cast = gather(session)
    town = a_town(session, emil=cast.emil)
    first = a_confirmed_ride(session, town, cast.anna, "9:00", by=cast.hana)
    second = a_confirmed_ride(session, town, cast.anna, "12:00", by=cast.hana)
    boarded(session, town, first, by=cast.dana)
    assert [line_of(session, each).word for each in (first, second)] == ["on_board", "confirmed"]
    reported(session, town, first, StopKind.DROPOFF, VisitAction.DONE, by=cast.dana)
    assert [line_of(session, each).word for each in (first, second)] == ["done", "en_route"]


def test_a_promise_that_cannot_be_kept_has_a_warning_with_both_numbers(session: Session):
    cast = gather(session)
    town = a_town(session, emil=cast.emil)
    ride = a_confirmed_ride(session, town, cast.anna, "9:00", by=cast.hana)
    assert not line_of(session, ride).endangered
    limit = session.get_one(Promise, ride.promise_id).arrive_by
    late = Estimate(
        promise_id=ride.promise_id, kind=StopKind.DROPOFF, expected_at=at(ride.day, limit + 600), made_at=NOW
    )
    session.add(late)
    session.flush()
    line = line_of(session, ride)
    assert line.endangered
    assert Concern("late_arrival", limit + 600, limit) in line.concerns


def test_a_lane_says_how_full_its_vehicle_is(session: Session):
    cast = gather(session)
    town = a_town(session, emil=cast.emil)
    a_confirmed_ride(session, town, cast.anna, "9:00", by=cast.hana)
    found = board.board(session, town.day, lines.of_day(session, town.day))
    van = next(lane for lane in found.lanes if lane.vehicle == "van")
    assert (van.most_wheelchairs, van.wheelchairs, van.most_seats) == (1, 1, 0)
    assert [block.line is not None for block in van.blocks] == [True]


def test_a_change_is_marked_with_the_colleague_who_made_it_and_never_with_a_client(session: Session):
    cast = gather(session)
    town = a_town(session, emil=cast.emil)
    before = changes.mark(session, town.day)
    ride = a_ride(session, town, cast.anna, "9:00", by=cast.cyril)
    after = changes.mark(session, town.day)
    assert after != before
    found = lines.of_day(session, town.day)
    assert changes.since(session, town.day, before.event, found) == {}
    deciding.confirm(session, ride, version=ride.version, by=cast.dana, now=NOW)
    marked = changes.since(session, town.day, after.event, found)
    assert [(code, change.name) for code, change in marked.items()] == [(ride.code, cast.dana.name)]
