"""When an absence is one, and when absences are a pattern: pure rules."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders.town import DAY, the_policies
from transport.booking.rides.conduct import Step, Tally, Waited, against_absence, is_pattern, next_step

RULES = the_policies().on(DAY).no_show
NINE = datetime(2026, 11, 24, 8, tzinfo=UTC)
WINDOW = (NINE, NINE + timedelta(minutes=15))
MINUTE = timedelta(minutes=1)


def waited(arrived: int, left: int) -> Waited:
    """Minutes after the beginning of the window."""
    return Waited(NINE + arrived * MINUTE, NINE + left * MINUTE, *WINDOW)


@pytest.mark.parametrize(
    ("arrived", "left", "refusal"),
    [
        (0, 15, None),
        (15, 30, None),
        (16, 60, "absence.we_were_late"),
        (0, 14, "absence.left_too_soon"),
        (15, 29, "absence.left_too_soon"),
        (-20, 14, "absence.left_too_soon"),
        (-20, 15, None),
    ],
)
def test_an_absence_needs_a_vehicle_in_time_that_waited(arrived, left, refusal):
    assert against_absence(waited(arrived, left), RULES) == refusal


@given(st.integers(16, 600), st.integers(0, 600))
def test_who_was_found_too_late_was_never_absent(arrived, more):
    assert against_absence(waited(arrived, arrived + more), RULES) == "absence.we_were_late"


@pytest.mark.parametrize(
    ("absences", "rides", "others", "pattern"),
    [
        (3, 10, Tally(1000, 50), True),
        (2, 3, Tally(1000, 50), False),  # too few, however often
        (3, 60, Tally(1000, 50), False),  # as often as everybody
        (3, 10, Tally(100, 20), False),  # where everybody is absent, nobody stands out
    ],
)
def test_a_pattern_is_enough_absences_and_three_times_the_average(absences, rides, others, pattern):
    assert is_pattern(Tally(rides, absences), others, RULES) is pattern


@given(st.integers(0, 40), st.integers(0, 400), st.integers(0, 40))
def test_another_ride_that_went_well_never_makes_a_pattern(absences, good, more):
    everybody = Tally(2000, 100)
    before, after = Tally(absences + good, absences), Tally(absences + good + more, absences)
    assert is_pattern(before, everybody, RULES) or not is_pattern(after, everybody, RULES)


def test_steps_come_one_after_the_other():
    steps = [next_step(None)]
    for _ in range(3):
        steps.append(next_step(steps[-1]))
    assert steps == [Step.NOTICE, Step.WARNING, Step.SUSPENSION, Step.SUSPENSION]
