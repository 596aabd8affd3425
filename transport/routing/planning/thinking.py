"""Thinking about a day under assumptions: a plan, and what it changes for people. Pure, and minutes long."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

from transport.routing import engine
from transport.routing.planning import repair, resting
from transport.routing.planning.day import DayBook
from transport.routing.planning.mishaps import as_promised
from transport.routing.planning.overflow import ByTaxi, by_taxi
from transport.routing.planning.repair import Repaired
from transport.routing.planning.whatif import Case

SHARE = 0.5
"""Of the time, for finding places at all; the rest is for a better plan of everything."""
HELPS = 3
"""So many things that would have helped are told of somebody who is left out."""


class Harm(StrEnum):
    """What a plan changes for somebody: fetched by another vehicle on the way, brought later than promised, fetched at
    another time, carried by a taxi, no ride at all.
    """

    TRANSFERRED = "transferred"
    LATE = "late"
    MOVED = "moved"
    TAXI = "taxi"
    LEFT_OUT = "left_out"


@dataclass(frozen=True, slots=True)
class Terms:
    """Other terms for one promise, in seconds of the day. `later`: its people arrive later than promised.

    Of somebody left out the terms are the old ones, with the proven `reason` and what would have `helped`
    (kind, amount, detail). Of a ride by taxi they are the old ones too, with the `price` it may have in haléře.
    """

    promise: int
    harm: Harm
    pickup_place: int
    window_start: int
    window_end: int
    arrive_by: int
    max_ride: int
    later: bool = False
    reason: str = ""
    helped: tuple[tuple[str, int, str], ...] = ()
    price: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """The plan of the whole day, the problem it solves, and the promises that it changes."""

    problem: engine.Problem
    plan: engine.Plan
    terms: tuple[Terms, ...] = ()


def think(case: Case, seconds: float, tell: Callable[[engine.Progress], object] | None = None) -> Answer:
    """The best plan found for the case; without assumptions at least as good as the one there is.

    `tell` hears how it stands, and ends the thinking by answering False: the best so far is the answer.
    """
    day = Repaired(case.rest.problem, case.rest.plan)
    taxis = _taxis(case)
    if case.displaced:
        width = case.book.policy.promise.window_minutes * 60
        share = 1.0 if case.least else SHARE
        day = repair.repaired(
            (day.problem, day.plan),
            case.displaced,
            second=case.second,
            width=width,
            seconds=seconds * share,
            tell=_part(tell, 0.0, share),
            taxis=taxis,
        )
    plan = day.plan
    if not case.least:
        begin = SHARE if case.displaced else 0.0
        left = seconds * (1 - begin)
        plan = engine.solve(day.problem, seconds=left, start=plan, progress=_part(tell, begin, 1 - begin))
    whole = replace(case.rest.whole, requests=(*case.rest.whole.requests, *day.asked.values()))
    best = _sound(case, whole, plan, day)
    return Answer(whole, best, tuple(_terms(case, day, taxis)))


def _taxis(case: Case) -> dict[str, ByTaxi]:
    """Who of the displaced may ride by taxi, if taxis may be called."""
    if case.taxi is None:
        return {}
    found = {each.request.id: by_taxi(case.book, case.taxi, each.request, case.second) for each in case.displaced}
    return {name: taxi for name, taxi in found.items() if taxi is not None}


def written(terms: tuple[Terms, ...]) -> str:
    """The changes as they are kept."""
    return json.dumps([asdict(each) for each in terms])


def read(text: str) -> tuple[Terms, ...]:
    """Changes as they were kept."""
    found: list[dict[str, Any]] = json.loads(text)
    return tuple(
        Terms(
            **{
                **each,
                "harm": Harm(each["harm"]),
                "helped": tuple((kind, amount, detail) for kind, amount, detail in each["helped"]),
            }
        )
        for each in found
    )


def _part(
    tell: Callable[[engine.Progress], object] | None, begin: float, share: float
) -> Callable[[engine.Progress], object] | None:
    """Progress of one part of the thinking as progress of the whole."""
    if tell is None:
        return None
    return lambda how: tell(replace(how, done=begin + share * how.done))


def _sound(case: Case, whole: engine.Problem, plan: engine.Plan, day: Repaired) -> engine.Plan:
    """The whole day by the best plan that the judge accepts: the one found, or the one it was made from."""
    found = resting.stitched(case.rest, engine.Plan(plan.runs))
    if not engine.judge(whole, found):
        return found
    return resting.stitched(case.rest, engine.Plan(day.plan.runs))


def _terms(case: Case, day: Repaired, taxis: Mapping[str, ByTaxi]) -> list[Terms]:
    found = [_as_terms(case.book, each, Harm.LATE) for each in case.late]
    left_out = {each.id for each in day.left_out}
    for each in case.displaced:
        asked = day.asked.get(each.request.id)
        if each.request.id in left_out:
            found.append(_left_out(case, day, each.request))
        elif asked is None:
            taxi = taxis[each.request.id]
            later = taxi.arrives > each.request.dropoff_window[1] or taxi.fetched > each.request.pickup_window[1]
            as_it_was = _as_terms(case.book, each.request, Harm.TAXI)
            found.append(replace(as_it_was, later=later, price=taxi.price))
        elif each.aboard or repair.changed(as_promised(case.book, asked.id), asked):
            harm = Harm.TRANSFERRED if each.aboard else Harm.MOVED
            found.append(_as_terms(case.book, asked, harm))
    return found


def _as_terms(book: DayBook, request: engine.Request, harm: Harm) -> Terms:
    promise = book.promises[int(request.id)]
    return Terms(
        promise=int(request.id),
        harm=harm,
        pickup_place=book.places[request.pickup],
        window_start=round(request.pickup_window[0]),
        window_end=round(request.pickup_window[1]),
        arrive_by=round(request.dropoff_window[1]),
        max_ride=round(request.max_ride),
        later=round(request.dropoff_window[1]) > promise.arrive_by,
    )


def _left_out(case: Case, day: Repaired, request: engine.Request) -> Terms:
    why = engine.explain(day.problem, day.plan, replace(request, required=False))
    helped = tuple((change.kind, round(change.amount), change.detail or "") for change in why.changes[:HELPS])
    as_it_was = _as_terms(case.book, request, Harm.LEFT_OUT)
    return replace(as_it_was, reason=why.reason, helped=helped)
