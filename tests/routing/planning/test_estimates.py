"""What is expected of the stops still to come, after each report of a driver."""

from hypothesis import given
from hypothesis import strategies as st

from transport.routing.planning import estimates
from transport.routing.planning.models import Stop, StopKind, VisitAction

ARRIVED, DONE = VisitAction.ARRIVED, VisitAction.DONE


def stop(seq: int, arrival: int, start: int, departure: int) -> Stop:
    return Stop(
        run_id=1,
        seq=seq,
        kind=StopKind.PICKUP,
        promise_id=seq,
        place_id=1,
        arrival=arrival,
        start=start,
        departure=departure,
    )


RUN = [stop(0, 100, 100, 200), stop(1, 500, 500, 600), stop(2, 900, 1500, 1600), stop(3, 1900, 1900, 2000)]
"""Three drives of 300 seconds; ten minutes of waiting before the third stop."""


def test_who_is_on_time_stays_on_time():
    assert estimates.after(RUN, RUN[0], DONE, 200) == {1: 500, 2: 1500, 3: 1900}
    assert estimates.after(RUN, RUN[0], ARRIVED, 100) == {1: 500, 2: 1500, 3: 1900}


def test_lateness_goes_on_until_the_plan_has_waiting_in_it():
    assert estimates.after(RUN, RUN[0], DONE, 500) == {1: 800, 2: 1500, 3: 1900}
    assert estimates.after(RUN, RUN[0], DONE, 1200) == {1: 1500, 2: 1900, 3: 2300}


def test_an_arrival_is_followed_by_the_planned_time_at_the_door():
    assert estimates.after(RUN, RUN[0], ARRIVED, 400) == {1: 800, 2: 1500, 3: 1900}


def test_who_is_early_waits_at_the_door():
    assert estimates.after(RUN, RUN[1], ARRIVED, 300) == {2: 1500, 3: 1900}


@given(late=st.integers(0, 4000), more=st.integers(0, 4000))
def test_whoever_is_later_is_never_expected_sooner(late: int, more: int):
    first, second = (estimates.after(RUN, RUN[0], DONE, 200 + each) for each in (late, late + more))
    assert all(first[seq] <= second[seq] <= first[seq] + more for seq in first)
