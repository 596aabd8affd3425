"""What a change of a few runs costs: the difference of two plans that were both timed and judged. Pure.

One run is cut out of its day as a problem of its own, so that many changes can be tried while somebody waits.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from transport.routing import engine
from transport.routing.planning import runs
from transport.routing.planning.models import StopKind

TIGHT = 300
"""Slack of less than so many seconds deserves a warning."""
NOTABLE = 600
"""So many seconds of slack lost deserve one as well."""
FAR = 8000
"""An empty drive of more than so many metres does too."""

Pair = tuple[engine.PlannedRun | None, engine.PlannedRun | None]
"""A run before and after a change; None where the vehicle stays at home."""


@dataclass(frozen=True, slots=True)
class Tighter:
    """A stop of a promise that loses slack: planned at `planned`, due by `due`; both slacks in seconds."""

    promise_id: int
    kind: StopKind
    planned: int
    due: int
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Price:
    """What a change adds: metres, seconds of driving, cost as the planner counts it; and what becomes tighter.

    `empty` is the longest new drive with nobody on board, in metres, if it is far; else 0.
    """

    metres: int = 0
    driving: int = 0
    cost: float = 0.0
    tighter: tuple[Tighter, ...] = ()
    empty: int = 0


class Cutter:
    """A day prepared for cutting single runs out of it."""

    def __init__(self, problem: engine.Problem) -> None:
        self._problem = problem
        self._requests = {request.id: request for request in problem.requests}
        self.duties = {duty.id: duty for duty in problem.duties}

    def alone(
        self, duty: str, run: engine.PlannedRun | None, extra: Sequence[engine.Request] = ()
    ) -> tuple[engine.Problem, engine.Plan, Sequence[int]]:
        """One duty with its run as a problem and a plan, and which location of the day each of theirs is.

        Requests in `extra` come in beside those carried, or instead of them.
        """
        carried = {stop.request for stop in run.stops if stop.request} if run else set()
        requests = {name: self._requests[name] for name in sorted(carried) if name in self._requests}
        requests |= {request.id: request for request in extra}
        found = self.duties[duty]
        ends = [at for each in requests.values() for at in (each.pickup, each.dropoff)]
        stood = [stop.location for stop in run.stops] if run else []
        places = list(dict.fromkeys([found.start, found.end, *ends, *stood]))
        at = {place: number for number, place in enumerate(places)}
        grid = np.ix_(places, places)
        problem = replace(
            self._problem,
            requests=tuple(replace(r, pickup=at[r.pickup], dropoff=at[r.dropoff]) for r in requests.values()),
            duties=(replace(found, start=at[found.start], end=at[found.end]),),
            durations=self._problem.durations[grid],
            distances=self._problem.distances[grid],
        )
        return problem, engine.Plan((moved(run, at),) if run else ()), places


def moved(run: engine.PlannedRun, at: Mapping[int, int] | Sequence[int]) -> engine.PlannedRun:
    """The run with its locations called otherwise."""
    return replace(run, stops=tuple(replace(stop, location=at[stop.location]) for stop in run.stops))


def price(before: Cutter, after: Cutter, changed: Mapping[str, Pair], extra: engine.Request) -> Price:
    """What the change of these runs adds; `extra` is the request that moves, as it is after the change."""
    metres, driving, cost, empty = 0, 0.0, 0.0, 0
    slack_before: dict[tuple[int, StopKind], tuple[int, int]] = {}
    slack_after: dict[tuple[int, StopKind], tuple[int, int]] = {}
    for duty, (old, new) in changed.items():
        was, old_plan, _ = before.alone(duty, old)
        carries = new is not None and any(stop.request == extra.id for stop in new.stops)
        becomes, new_plan, _ = after.alone(duty, new, [extra] if carries else [])
        one, two = engine.score(was, old_plan), engine.score(becomes, new_plan)
        metres += runs.length(becomes, new_plan) - runs.length(was, old_plan)
        driving += two.driving - one.driving
        cost += two.cost - one.cost
        empty = max(empty, _new_empty(was, old_plan, becomes, new_plan))
        slack_before |= _slack(was, old_plan)
        slack_after |= _slack(becomes, new_plan)
    return Price(metres, round(driving), cost, tuple(_tighter(slack_before, slack_after)), empty)


def _slack(problem: engine.Problem, plan: engine.Plan) -> dict[tuple[int, StopKind], tuple[int, int]]:
    """For each stop of a promise: when it is planned, and by when it is due."""
    requests = {request.id: request for request in problem.requests}
    found = {}
    for run in plan.runs:
        for stop in run.stops:
            if stop.request is not None:
                request, on = requests[stop.request], stop.kind is engine.StopKind.PICKUP
                due = (request.pickup_window if on else request.dropoff_window)[1]
                found[int(stop.request), StopKind(stop.kind.value)] = round(stop.start), round(due)
    return found


def _tighter(
    before: Mapping[tuple[int, StopKind], tuple[int, int]], after: Mapping[tuple[int, StopKind], tuple[int, int]]
) -> Iterator[Tighter]:
    """For each promise the stop that has least left, if it has lost so much that somebody should know."""
    worst: dict[int, Tighter] = {}
    for (promise_id, kind), (planned, due) in after.items():
        if (promise_id, kind) not in before:
            continue
        was = before[promise_id, kind][1] - before[promise_id, kind][0]
        left = due - planned
        if left < was and (left < TIGHT or was - left >= NOTABLE):
            found = Tighter(promise_id, kind, planned, due, was, left)
            worst[promise_id] = min(found, worst.get(promise_id, found), key=lambda each: each.after)
    yield from sorted(worst.values(), key=lambda each: each.after)


def _new_empty(was: engine.Problem, old: engine.Plan, becomes: engine.Problem, new: engine.Plan) -> int:
    """Metres of the longest far drive with nobody on board that there was not before."""
    known = _empty(was, old)
    far = [metres for metres in _empty(becomes, new) if metres > FAR and metres not in known]
    return round(max(far, default=0))


def _empty(problem: engine.Problem, plan: engine.Plan) -> list[float]:
    """Metres of each drive with nobody on board."""
    found = []
    for run in plan.runs:
        [duty] = problem.duties
        held = sum(request.aboard_since is not None for request in problem.requests)
        counts = [held]
        for stop in run.stops:
            step = {engine.StopKind.PICKUP: 1, engine.StopKind.DROPOFF: -1}.get(stop.kind, 0)
            counts.append(counts[-1] + step)
        nodes = [duty.start, *(stop.location for stop in run.stops), duty.end]
        legs = zip(pairwise(nodes), counts, strict=True)
        found += [float(problem.distances[a, b]) for (a, b), aboard in legs if not aboard]
    return found
