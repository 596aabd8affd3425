"""The ways home of many people are read at once, and are the same as read one by one."""

import pytest
from sqlalchemy import event
from sqlmodel import select

from tests.builders.booking import an_order, booked
from tests.builders.clients import a_client
from tests.builders.driving import driven
from tests.builders.town import NOW
from transport.booking.rides import changing, drafts, homeward, requests
from transport.booking.rides.models import Ride
from transport.operations.driving import homebound, stranded
from transport.routing.planning.models import Stop


def moved(session, town, ride, clock, *, by):
    draft = changing.start(session, ride, by=by, now=NOW)
    drafts.note(session, draft, now=NOW, seconds=town.second(clock))
    return requests.of_request(session, booked(session, town, draft, by=by))[0]


def other_by_walking(session, ride):
    while (before := session.exec(select(Ride).where(Ride.replaced_by == ride.id)).first()) is not None:
        ride = before
    other = session.exec(select(Ride).where(Ride.request_id == ride.request_id, Ride.leg != ride.leg)).first()
    while other is not None and other.replaced_by is not None:
        other = session.get_one(Ride, other.replaced_by)
    return other


def counted(session, deed):
    asked = []
    connection = session.connection()
    note = lambda *said: asked.append(said[2])  # noqa: E731 - taken off again below
    event.listen(connection, "before_cursor_execute", note)
    found = deed()
    event.remove(connection, "before_cursor_execute", note)
    return len(asked), found


@pytest.fixture
def orders(session, town, cast):
    """Changed back twice, changed there, as ordered, and one way only."""
    people = [cast.anna, cast.bedrich, a_client(session, "Cecílie Jiná"), a_client(session, "Dana Jiná")]
    made = [an_order(session, town, each, "9:00", back="12:00", by=cast.hana) for each in people[:3]]
    made.append(an_order(session, town, people[3], "9:30", by=cast.hana))
    moved(session, town, moved(session, town, made[0][1], "13:00", by=cast.hana), "14:00", by=cast.hana)
    moved(session, town, made[1][0], "8:00", by=cast.hana)
    return made


def test_the_other_ways_of_many_rides_are_those_of_each(session, orders):
    every = list(session.exec(select(Ride)))
    at_once = homeward.other_ways(session, every)
    assert at_once.keys() < {ride.id for ride in every}, "one of them goes one way"
    for ride in every:
        assert at_once.get(ride.id) is other_by_walking(session, ride) is homeward.other_way(session, ride)


def test_ways_home_cost_no_more_queries_for_more_people(session, town, cast, orders):
    policy = town.world.policies.on(town.day)
    look = lambda: homebound.of_day(session, town.day, policy=policy, now=NOW)  # noqa: E731
    session.expire_all()
    few, ways = counted(session, look)
    assert len(ways) == 3
    more = an_order(session, town, a_client(session, "Eva Jiná"), "10:00", back="15:00", by=cast.hana)
    moved(session, town, more[1], "16:00", by=cast.hana)
    session.flush()
    session.expire_all()
    many, ways = counted(session, look)
    assert (many, len(ways)) == (few, 4)


def test_alarms_are_found_for_whoever_has_no_stops_in_the_plan_and_nobody_else(session, town, cast, orders):
    now = [(homeward.current(session, there), homeward.current(session, back)) for there, back in orders[:3]]
    for there, _ in now:
        driven(session, town, there, by=cast.dana)
    for _, back in now[:2]:
        for stop in session.exec(select(Stop).where(Stop.promise_id == back.promise_id)):
            session.delete(stop)
    assert stranded.alarms(session, town.day) == [
        back for there, back in sorted(now[:2], key=lambda each: each[0].id or 0)
    ]
    assert [homeward.would_strand(session, back) for _, back in now] == [True, True, True]
