"""The published rule of the waiting list."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.builders.town import the_policies
from transport.booking.rides.turns import Turn, answer_by, given_up_at, in_turn

DAY = date(2026, 11, 24)
POLICY = the_policies().on(DAY)
NOON = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
SIX_IN_THE_EVENING_BEFORE = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)

instants = st.integers(0, 40_000).map(lambda minutes: NOON + timedelta(minutes=minutes))
turns = st.lists(
    st.builds(Turn, st.integers(0, 5), instants, st.integers(1, 99)), max_size=8, unique_by=lambda turn: turn.number
)


def by(first: str):
    kept = POLICY.waiting_list.model_copy(update={"first": first})
    return POLICY.model_copy(update={"waiting_list": kept})


def test_who_was_denied_most_is_first_and_then_who_waits_longest():
    often = Turn(3, NOON + timedelta(hours=2), 1)
    early, late = Turn(1, NOON, 3), Turn(1, NOON + timedelta(hours=1), 2)
    assert in_turn([late, early, often], by("most_denied")) == [often, early, late]


def test_where_the_policy_says_so_only_the_time_of_the_wish_counts():
    often, early = Turn(3, NOON + timedelta(hours=2), 1), Turn(0, NOON, 2)
    assert in_turn([often, early], by("earliest")) == [early, often]


@given(turns, st.sampled_from(("most_denied", "earliest")), st.randoms(use_true_random=False))
def test_the_turn_does_not_depend_on_how_the_list_is_read(waiting, first, random):
    shuffled = list(waiting)
    random.shuffle(shuffled)
    assert in_turn(shuffled, by(first)) == in_turn(waiting, by(first))


def test_a_place_is_kept_for_the_minutes_of_the_policy():
    assert answer_by(POLICY, NOON + timedelta(days=3), NOON) == NOON + timedelta(hours=2)


def test_nobody_has_to_answer_at_night():
    nine_in_the_evening = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
    seven_in_the_morning = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)
    assert answer_by(POLICY, NOON + timedelta(days=3), nine_in_the_evening) == seven_in_the_morning
    midnight = datetime(2026, 11, 20, 23, 0, tzinfo=UTC)
    assert answer_by(POLICY, NOON + timedelta(days=3), midnight) == seven_in_the_morning + timedelta(hours=1)


def test_a_place_is_never_kept_longer_than_the_ride_may_be_ordered():
    assert answer_by(POLICY, NOON + timedelta(minutes=20), NOON) == NOON + timedelta(minutes=20)


def test_nobody_waits_longer_than_until_six_in_the_evening_before():
    assert given_up_at(DAY, NOON, SIX_IN_THE_EVENING_BEFORE + timedelta(hours=14)) == SIX_IN_THE_EVENING_BEFORE


def test_who_began_to_wait_later_waits_until_the_ride_can_be_ordered_no_more():
    latest = SIX_IN_THE_EVENING_BEFORE + timedelta(hours=14)
    assert given_up_at(DAY, SIX_IN_THE_EVENING_BEFORE + timedelta(hours=1), latest) == latest


@given(instants, instants)
def test_nobody_waits_for_what_cannot_be_ordered(asked_at, latest):
    assert given_up_at(DAY, asked_at, latest) <= latest
