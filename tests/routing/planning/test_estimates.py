"""What is expected of the stops still to come: from the last word on, through the traffic, never before it can be."""

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from transport.routing.engine import Pace
from transport.routing.planning import estimates, resting
from transport.routing.planning.estimates import Halt, Seen, Way
from transport.routing.planning.models import StopKind

PICKUP, DROPOFF, BREAK = StopKind.PICKUP, StopKind.DROPOFF, StopKind.BREAK
SECOND, THIRD, FOURTH = (2, PICKUP), (3, PICKUP), (4, PICKUP)
NIGHT = 0


def halt(number: int, earliest: int, **said: int) -> Halt:
    return Halt(number, PICKUP, number, earliest, 100, **said)


HALTS = (halt(1, 100), halt(2, 500), halt(3, 1500), halt(4, 1900))
"""Three drives of 300 seconds, a hundred at each door, ten minutes of waiting before the third stop."""


def drive(origin: int, target: int, leaves: float) -> float:
    del origin, target
    return leaves + 300


def after(first: Halt, now: int = NIGHT, *, then: Sequence[Halt] = HALTS[1:], gone: bool = True) -> dict[int, int]:
    """When the stops of the run are expected, by their number."""
    way = Way((first, *then), depot=0, leaves=-200, gone=gone)
    return {promise: begins for (promise, _), begins in estimates.expected(way, now, drive).items()}


def test_who_is_on_time_stays_on_time():
    assert after(halt(1, 100, arrived=90, left=200)) == {2: 500, 3: 1500, 4: 1900}
    assert after(halt(1, 100, arrived=100)) == {2: 500, 3: 1500, 4: 1900}
    assert after(halt(1, 100)) == {1: 100, 2: 500, 3: 1500, 4: 1900}


def test_lateness_goes_on_until_the_plan_has_waiting_in_it():
    assert after(halt(1, 100, left=500)) == {2: 800, 3: 1500, 4: 1900}
    assert after(halt(1, 100, left=1200)) == {2: 1500, 3: 1900, 4: 2300}


def test_an_arrival_is_followed_by_the_planned_time_at_the_door_and_who_is_early_waits():
    assert after(halt(1, 100, arrived=400)) == {2: 800, 3: 1500, 4: 1900}
    assert after(halt(1, 100, arrived=-500)) == {2: 500, 3: 1500, 4: 1900}


def test_time_passes_also_when_nobody_reports():
    assert after(halt(1, 100, arrived=100), now=700)[2] == 1000, "still at the door"
    assert after(halt(1, 100, left=200), now=700)[2] == 700, "on the way, and not there yet"
    assert after(halt(1, 100), now=700, gone=False)[1] == 1000, "not even on duty"
    assert after(halt(1, 100), now=700)[1] == 700


def test_a_stop_that_was_passed_over_comes_next():
    then = (halt(2, 500, left=900), *HALTS[2:])
    assert after(halt(1, 100), now=900, then=then) == {1: 1200, 3: 1600, 4: 2000}
    fetched_unsaid = (Halt(1, DROPOFF, 2, 500, 100, left=900), *HALTS[2:])
    assert after(halt(1, 100), now=900, then=fetched_unsaid) == {3: 1500, 4: 1900}


def test_a_break_moves_and_stays_as_long_as_the_law_wants_it():
    rest = Halt(None, BREAK, 0, 600, 900)
    assert after(halt(1, 100, left=200), then=(rest, *HALTS[2:])) == {3: 1800, 4: 2200}
    assert after(halt(1, 100, left=1000), then=(rest, *HALTS[2:])) == {3: 2200, 4: 2600}


def test_where_the_vehicle_is_counts_more_than_when_it_left():
    def by_place(origin: int, target: int, leaves: float) -> float:
        return leaves + (60 if origin == 9 else 300)

    way = Way((halt(1, 100, left=200), *HALTS[1:]), depot=0, leaves=0, gone=True, seen=Seen(9, 900))
    assert estimates.expected(way, 910, by_place)[SECOND] == 960
    stands = replace(way, halts=(halt(1, 100, arrived=850), *HALTS[1:]))
    assert estimates.expected(stands, 910, by_place)[SECOND] == 1250, "who is at a door is not on the road"


def test_a_drive_takes_longer_in_the_traffic_of_its_hour():
    traffic = Pace((0.0, 3600.0), (1.0, 2.0))
    assert resting.driven(traffic, 600, 0) == 600
    assert resting.driven(traffic, 600, 3600) == 4800
    assert resting.driven(traffic, 600, 3300) == 3600 + 600


@st.composite
def a_way(draw: st.DrawFn) -> Way:
    """Some stops and breaks in the order of the plan, the first of them reported, in whatever way."""
    count = draw(st.integers(1, 6))
    clock, halts = 0, []
    for number in range(1, count + 1):
        clock += draw(st.integers(0, 2000))
        kind = draw(st.sampled_from([PICKUP, DROPOFF, BREAK]))
        promise = None if kind is BREAK else number
        halts.append(Halt(promise, kind, number, clock, draw(st.integers(0, 1800))))
    first = draw(st.sampled_from(["nothing", "arrived", "left"]))
    happened = draw(st.integers(-600, 4000))
    if halts[0].promise is not None and first == "arrived":
        halts[0] = replace(halts[0], arrived=happened)
    elif halts[0].promise is not None and first == "left":
        halts[0] = replace(halts[0], left=happened)
    seen = draw(st.none() | st.builds(Seen, st.integers(1, 6), st.integers(0, 5000)))
    return Way(tuple(halts), 0, draw(st.integers(0, 600)), draw(st.booleans()), seen)


@given(way=a_way(), now=st.integers(0, 6000))
def test_nothing_is_expected_before_it_is_possible(way: Way, now: int):
    found = estimates.expected(way, now, drive)
    halts = [each for each in way.halts if (each.promise, each.kind) in found]
    before = None
    for each in halts:
        begins = found[each.promise or 0, each.kind]
        assert begins >= max(now, each.earliest)
        if before is not None:
            assert begins >= before + 300
        before = begins + each.service
    assert all(each.last is None for each in halts)


@given(way=a_way(), now=st.integers(0, 6000), later=st.integers(0, 4000))
def test_whoever_is_later_is_never_expected_sooner(way: Way, now: int, later: int):
    first = estimates.expected(way, now, drive)
    waited = estimates.expected(way, now + later, drive)
    assert all(first[door] <= waited[door] <= max(first[door], now) + later + 300 * len(first) for door in first)
    reported = way.halts[0]
    if reported.last is not None:
        said = {name: value + later for name in ("arrived", "left") if (value := getattr(reported, name)) is not None}
        delayed = replace(way, halts=(replace(reported, **said), *way.halts[1:]))
        moved = estimates.expected(delayed, now, drive)
        assert all(first[door] <= moved[door] <= first[door] + later for door in first)
