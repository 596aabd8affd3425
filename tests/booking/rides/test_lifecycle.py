"""The table of moves, and rides that walk along it at random."""

from hypothesis import given
from hypothesis import strategies as st

from transport.booking.rides.lifecycle import LIVE, MOVES, Move, Status, possible
from transport.kernel.actor import Role


def test_a_ride_that_is_over_moves_no_more():
    for status in set(Status) - LIVE:
        correcting = {Move.NOT_ALIGHTED} if status is Status.COMPLETED else set()
        assert all(set(possible(status, role)) <= correcting for role in Role)


def test_every_status_can_be_reached_and_every_live_one_left():
    assert {step.end for step in MOVES.values()} | {Status.REQUESTED} == set(Status)
    assert all(any(status in step.start for step in MOVES.values()) for status in LIVE)


def test_who_may_do_what():
    assert possible(Status.REQUESTED, Role.CLIENT) == [Move.CANCEL]
    assert possible(Status.REQUESTED, Role.DISPATCHER) == [Move.CONFIRM, Move.DECLINE, Move.CANCEL]
    assert possible(Status.CONFIRMED, Role.DRIVER) == [Move.BOARD]
    assert possible(Status.ON_BOARD, Role.DRIVER) == [Move.ALIGHT, Move.NOT_BOARDED]
    assert possible(Status.COMPLETED, Role.DRIVER) == [Move.NOT_ALIGHTED]
    assert possible(Status.CONFIRMED, Role.MANAGER) == []


@given(st.lists(st.tuples(st.sampled_from(list(Move)), st.sampled_from(list(Role))), max_size=30))
def test_random_moves_never_leave_the_table(moves):
    status = Status.REQUESTED
    for move, role in moves:
        if move in possible(status, role):
            assert status in LIVE or move is Move.NOT_ALIGHTED
            status = MOVES[move].end
    assert status in Status
