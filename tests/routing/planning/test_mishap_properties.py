"""Whatever happens on a random day: the plan holds before the judge, and nobody is forgotten in it."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders.books import a_book
from tests.builders.breaking import KINDS, a_mishap, by_turns, promises_changed, seen
from transport.kernel.errors import Invalid
from transport.routing import engine
from transport.routing.planning import resting, thinking
from transport.routing.planning.thinking import Harm
from transport.routing.planning.whatif import TaxiAllowed

FEW = settings(max_examples=max(4, settings().max_examples // 5))
TAXI = TaxiAllowed(most=60_000, start=5_000, per_km=3_600, within=1_800)
SPENT = (Harm.LEFT_OUT, Harm.TAXI)


@FEW
@given(kind=st.sampled_from(KINDS), seed=st.integers(0, 100_000))
def test_everybody_has_a_place_or_other_terms_and_nobody_on_board_is_left(kind, seed):
    book = a_book(seed, vehicles=3, rides=14, iterations=20)
    assumptions = a_mishap(book, kind, random.Random(seed))
    if assumptions is None:
        return
    try:
        case = seen(book, assumptions)
    except Invalid as error:
        if error.code != "scenario.must_rest":
            raise
        return
    aboard = {name for run in case.rest.begun.values() for name in resting.aboard(run)}
    least, taxied = (thinking.think(each, 0.05) for each in (case, seen(book, (*assumptions, TAXI))))
    for answer in (least, taxied):
        assert engine.judge(answer.problem, answer.plan) == []
        planned = {stop.request for run in answer.plan.runs for stop in run.stops if stop.request}
        spent = {str(each.promise) for each in answer.terms if each.harm in SPENT}
        assert planned | spent == {request.id for request in book.problem.requests}
        assert not planned & spent
        assert aboard <= planned
        assert all(each.reason for each in answer.terms if each.harm is Harm.LEFT_OUT)
    assert promises_changed(least) <= by_turns(case)
    chairs = {request.id for request in book.problem.requests if request.features}
    assert not chairs & {str(each.promise) for each in taxied.terms if each.harm is Harm.TAXI}
