"""Things that go wrong on random days, and what putting everybody in by turns would make of them."""

import random
from collections.abc import Iterator

from transport.routing import engine
from transport.routing.planning import mishaps, repair
from transport.routing.planning.day import DayBook
from transport.routing.planning.thinking import Answer, Harm
from transport.routing.planning.whatif import (
    Assumption,
    Case,
    Delayed,
    DrivenOn,
    DriverOut,
    FeatureLost,
    LeastChange,
    VehicleOut,
    case,
)

KINDS = ("vehicle", "driver", "lift", "late", "jam", "door")
EARLY, LATE = 8 * 3600, 15 * 3600


def a_mishap(book: DayBook, kind: str, dice: random.Random) -> tuple[Assumption, ...] | None:
    """Something of this kind at a random moment of the day; None if nobody is driving who could meet it."""
    since = dice.randrange(EARLY, LATE, 60)
    driving = [run for run in book.plan.runs if run.leaves < since < run.returns]
    if kind == "lift":
        vans = {duty.id for duty in book.problem.duties if "ramp" in duty.features}
        driving = [run for run in driving if run.duty in vans]
    if not driving:
        return None
    run = dice.choice(driving)
    shift, minutes = int(run.duty), dice.choice((20, 30, 45, 60))
    place = book.places[
        max((s for s in run.stops if s.start <= since), key=lambda s: s.start, default=run.stops[0]).location
    ]
    if kind == "door":
        ahead = [s for s in run.stops if s.kind is engine.StopKind.PICKUP and s.start >= EARLY]
        if not ahead:
            return None
        stop = dice.choice(ahead)
        return (DrivenOn(shift, int(stop.request or 0), round(stop.start), minutes), LeastChange())
    what: dict[str, tuple[Assumption, ...]] = {
        "vehicle": (VehicleOut(shift, since, place),),
        "driver": (DriverOut(shift, since, place),),
        "lift": (FeatureLost(shift, "ramp", since),),
        "late": (Delayed(shift, minutes, since),),
        "jam": tuple(Delayed(int(each.duty), 20, since) for each in driving),
    }
    return (*what[kind], LeastChange())


def seen(book: DayBook, assumptions: tuple[Assumption, ...]) -> Case:
    """The day as it is thought about three minutes later."""
    dated = (VehicleOut, DriverOut, FeatureLost, Delayed, DrivenOn)
    since = next(each.since for each in assumptions if isinstance(each, dated))
    return case(book, assumptions, since + 180)


def by_turns(made: Case) -> int:
    """How many promises change if who is on board is fetched, and then each in turn is put where it costs least."""
    width = made.book.policy.promise.window_minutes * 60
    day = (made.rest.problem, made.rest.plan)
    aboard = [each.request for each in made.displaced if each.aboard]
    found = repair.aboard_first(day, aboard, width)
    problem, plan = found.problem, found.plan
    late = sum(
        found.asked[each.id].dropoff_window[1] > each.dropoff_window[1] for each in aboard if each.id in found.asked
    )
    changed = late + len(found.left_out)
    for request in _in_order(made):
        places = engine.insert(problem, plan, request)
        if places and request == mishaps.as_promised(made.book, request.id):
            problem, plan = engine.place(problem, plan, request, places[0])
        else:
            changed += 1
    return changed + len(made.late)


def promises_changed(answer: Answer) -> int:
    """How many promises a plan changes; who is fetched from a broken vehicle and is there in time has the old one."""
    return sum(each.harm is not Harm.TRANSFERRED or each.later for each in answer.terms)


def _in_order(made: Case) -> Iterator[engine.Request]:
    waiting = [each.request for each in made.displaced if not each.aboard]
    yield from sorted(waiting, key=lambda one: (one.pickup_window, one.id))
