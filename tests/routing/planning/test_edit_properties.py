"""Over random days: what a move is said to cost is what it costs, and the judge accepts every move that is offered."""

from dataclasses import replace

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.builders.days import HOUR, a_day
from transport.kernel.errors import Conflict
from transport.kernel.values import Window
from transport.routing import engine
from transport.routing.planning import edits, runs
from transport.routing.planning.day import DayBook
from transport.routing.planning.edits import Moves
from transport.routing.planning.targets import Target, Wanted

HOURS = Window(5 * HOUR, 22 * HOUR)
BEFORE = -1
"""The day has not begun."""

usual = settings.default or settings()
some = settings(usual, max_examples=usual.max_examples // 4)
seeds = st.integers(0, 10**6)
moments = st.sampled_from([BEFORE, 8 * HOUR, 9 * HOUR + 1234])


def in_hand(seed: int, now: int) -> Moves:
    """One ride of a random day, if it can still be moved."""
    book = a_day(seed)
    assume(book.promises)
    try:
        return Moves(book, sorted(book.promises)[seed % len(book.promises)], hours=HOURS, now=now)
    except Conflict:
        assume(False)
        raise


def ride_of(moves: Moves) -> str:
    return moves.present.request.id


def without(book: DayBook, ride: str) -> list[tuple[str, engine.Request]]:
    """What is promised to everybody else."""
    return [(each.id, each) for each in book.problem.requests if each.id != ride]


@some
@given(seeds, moments)
def test_the_price_is_the_difference_of_the_two_plans_and_the_judge_accepts_the_second(seed, now):
    moves = in_hand(seed, now)
    book = moves.book
    before = engine.score(book.problem, book.plan)
    for target in moves.targets().targets:
        problem = edits.moved(moves, target)
        assert engine.judge(problem, target.plan) == []
        after = engine.score(problem, target.plan)
        assert target.price.metres == runs.length(problem, target.plan) - runs.length(book.problem, book.plan)
        assert target.price.driving == round(after.driving - before.driving)
        assert abs(target.price.cost - (after.cost - before.cost)) < 1e-6
        others = [(each.id, each) for each in problem.requests if each.id != ride_of(moves)]
        assert others == without(book, ride_of(moves)), "nobody else is promised anything else"


@some
@given(seeds, moments)
def test_within_the_promise_is_what_the_judge_accepts_for_the_promise_as_it_is(seed, now):
    moves = in_hand(seed, now)
    promised = replace(moves.present.request, duty=None)
    choices = moves.targets()
    for target in choices.targets:
        kept = replace(moves.book.problem, requests=(*dict(without(moves.book, promised.id)).values(), promised))
        assert (engine.judge(kept, target.plan) == []) is target.within_promise
    seen = [each.shift for each in choices.targets] + [each.shift for each in choices.impossible]
    assert sorted(seen) == sorted(moves.book.shifts), "each vehicle is answered for once"


@some
@given(seeds, st.sampled_from([8 * HOUR, 9 * HOUR + 1234]))
def test_on_the_day_nothing_is_moved_into_the_past(seed, now):
    moves = in_hand(seed, now)
    for target in moves.targets().targets:
        was = {run.duty: run for run in moves.book.plan.runs}
        for run in target.plan.runs:
            old = was.get(run.duty)
            begun = [stop for stop in old.stops if stop.start <= now] if old else []
            assert [stop for stop in run.stops if stop.start <= now] == begun
            if not begun and (old is None or run.leaves != old.leaves):
                assert run.leaves >= now


@some
@given(seeds)
def test_what_was_shown_is_found_again(seed):
    moves = in_hand(seed, BEFORE)
    for target in moves.targets().targets:
        found = moves.still(Wanted.read(target.key))
        assert (found.key, found.plan) == (target.key, target.plan)


@some
@given(seeds, st.integers(-7200, 7200))
def test_a_time_chosen_by_hand_is_kept(seed, later):
    moves = in_hand(seed, BEFORE)
    present = moves.present
    pickup = present.option.window.start + later
    found = moves.by_hand(present.shift, pickup)
    if isinstance(found, Target):
        assert pickup <= found.pickup <= pickup + present.option.window.end - present.option.window.start
        assert found.within_promise is (present.option.window.start <= pickup <= present.option.window.end)
