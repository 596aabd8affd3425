"""The rest of a day under way: what has begun stays as it is, everything after it may be planned anew. Pure.

A stop is committed when it has begun, or when the vehicle must have set out for it. A duty under way starts at its
last committed stop, when it is free there; who is on board then is on board.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from math import ceil

from transport.routing import engine

Done = Collection[tuple[str, engine.StopKind]]
"""Stops of which a driver has reported something, by request."""

UNDER_WAY = 1e-8
"""A duty that has just rested is under way all the same: it does not stand at its depot and choose when to leave."""


@dataclass(frozen=True, slots=True)
class Rest:
    """What is left of a day: a problem and its plan of now, and the runs as far as they are committed, by duty."""

    whole: engine.Problem
    problem: engine.Problem
    plan: engine.Plan
    begun: Mapping[str, engine.PlannedRun]


def of(
    problem: engine.Problem,
    plan: engine.Plan,
    second: int,
    reported: Done = (),
    counts: Mapping[str, int] | None = None,
) -> Rest:
    """What can still be planned from `second` on of a day with this plan.

    `counts` says of some duties how many of their stops are history, whatever the clock says.
    """
    begun: dict[str, engine.PlannedRun] = {}
    left: list[engine.PlannedRun] = []
    duties = {duty.id: duty for duty in problem.duties}
    for run in plan.runs:
        known = (counts or {}).get(run.duty)
        count = committed(problem, run, second, reported) if known is None else known
        while known is None and 0 < count < len(run.stops) and not _may_end(problem, duties[run.duty], run, count):
            count += 1
        if count:
            begun[run.duty] = replace(run, stops=run.stops[:count])
        if run.stops[count:]:
            left.append(replace(run, layout=0 if count else run.layout, stops=run.stops[count:]))
    return _rest(problem, begun, engine.Plan(tuple(left)), second)


def committed(problem: engine.Problem, run: engine.PlannedRun, second: int, reported: Done = ()) -> int:
    """How many stops of a run are history, or as good as that: who sets out for them at `second` comes too late.

    A break next in line is taken where the vehicle stands, and a rest of several parts that has begun is finished.
    """
    duty = next(each for each in problem.duties if each.id == run.duty)
    count, there = 0, duty.start
    for number, stop in enumerate(run.stops, start=1):
        late = stop.start <= second or arrival(problem, there, stop.location, second) > stop.start
        if late or (stop.request or "", stop.kind) in reported:
            count = number
        there = stop.location
    while 0 < count < len(run.stops) and run.stops[count].kind is engine.StopKind.BREAK:
        count += 1
    parts = _parts(duty)
    while count < len(run.stops) and _rested(parts, run.leaves, run.stops[:count])[1]:
        count += 1
    return count


def _may_end(problem: engine.Problem, duty: engine.Duty, run: engine.PlannedRun, count: int) -> bool:
    """Whether the vehicle may go home after so many stops without another rest; with people on board it does not."""
    part = replace(run, stops=run.stops[:count])
    if aboard(part) or not _rides(part.stops):
        return True
    home = ended(problem, part)
    work = home.returns - _rested(_parts(duty), home.leaves, home.stops)[0]
    return home.returns <= duty.latest and (duty.rest is None or work <= duty.rest.max_work)


def stitched(rest: Rest, plan: engine.Plan) -> engine.Plan:
    """The whole day: what was committed, and the plan of the rest after it."""
    later = {run.duty: run for run in plan.runs}
    runs = []
    for duty in rest.whole.duties:
        before, after = rest.begun.get(duty.id), later.get(duty.id)
        if before is None:
            runs += [after] if after else []
        elif after is None:
            runs += [ended(rest.whole, before)] if _rides(before.stops) else []
        else:
            runs.append(replace(before, stops=before.stops + after.stops, returns=after.returns))
    return engine.Plan(tuple(runs), plan.unserved)


def ended(problem: engine.Problem, run: engine.PlannedRun) -> engine.PlannedRun:
    """The run if it goes home after its last ride; a break after that is none of the run."""
    last = _rides(run.stops)[-1]
    stops = run.stops[: run.stops.index(last) + 1]
    home = next(duty.end for duty in problem.duties if duty.id == run.duty)
    return replace(run, stops=stops, returns=arrival(problem, last.location, home, last.departure))


def arrival(problem: engine.Problem, origin: int, target: int, leaves: float) -> float:
    """When a drive through the traffic of the day ends."""
    return _grained(problem, driven(problem.pace, float(problem.durations[origin, target]), leaves))


def driven(pace: engine.Pace, seconds: float, leaves: float) -> float:
    """When a drive that takes so many seconds on the empty road ends in the traffic of the day."""
    left, clock = seconds, leaves
    bounds = [*pace.starts[1:], None]
    for bound, factor in zip(bounds, pace.factors, strict=True):
        if bound is None or clock + left * factor <= bound:
            return clock + left * factor
        if bound > clock:
            left -= (bound - clock) / factor
            clock = bound
    return clock


def aboard(run: engine.PlannedRun) -> dict[str, float]:
    """Who is on board at the end of a part of a run, and since when."""
    found: dict[str, float] = {}
    for stop in run.stops:
        if stop.kind is engine.StopKind.PICKUP and stop.request:
            found[stop.request] = stop.departure
        elif stop.kind is engine.StopKind.DROPOFF and stop.request:
            found.pop(stop.request, None)
    return found


def _rest(problem: engine.Problem, begun: Mapping[str, engine.PlannedRun], left: engine.Plan, second: int) -> Rest:
    since = {name: when for run in begun.values() for name, when in aboard(run).items()}
    over = {stop.request for run in begun.values() for stop in run.stops} - since.keys()
    duty_of = {name: run.duty for run in begun.values() for name in aboard(run)}
    requests = tuple(
        replace(each, aboard_since=since[each.id], duty=duty_of[each.id]) if each.id in since else each
        for each in problem.requests
        if each.id not in over
    )
    duties = tuple(
        _under_way(problem, duty, begun[duty.id], second) if duty.id in begun else _not_before(duty, second)
        for duty in problem.duties
    )
    later = {duty.id: duty for duty in duties}
    runs = tuple(_leaving(problem, later[run.duty], run, begun=run.duty in begun) for run in left.runs)
    return Rest(problem, replace(problem, requests=requests, duties=duties), engine.Plan(runs), begun)


def _leaving(problem: engine.Problem, duty: engine.Duty, run: engine.PlannedRun, *, begun: bool) -> engine.PlannedRun:
    """The run as it leaves from where the vehicle is now: it waits at the next stop for as much less."""
    leaves = duty.earliest if begun else max(run.leaves, duty.earliest)
    first = run.stops[0]
    arrives = arrival(problem, duty.start, first.location, leaves)
    return replace(run, leaves=leaves, stops=(replace(first, arrival=arrives), *run.stops[1:]))


def _not_before(duty: engine.Duty, second: int) -> engine.Duty:
    earliest = min(max(duty.earliest, float(second)), duty.latest)
    return replace(duty, earliest=earliest)


def _under_way(problem: engine.Problem, duty: engine.Duty, run: engine.PlannedRun, second: int) -> engine.Duty:
    """The duty from where and when it is free after what is committed."""
    last = run.stops[-1]
    free = _grained(problem, max(last.departure, float(second)))
    return replace(
        duty,
        start=last.location,
        earliest=min(free, duty.latest),
        worked=worked(duty, run, free),
        layouts=(duty.layouts[run.layout],),
    )


def worked(duty: engine.Duty, run: engine.PlannedRun, free: float) -> float:
    """For how long somebody has worked at a moment since the last complete rest, after these stops."""
    return max(UNDER_WAY, free - _rested(_parts(duty), run.leaves, run.stops)[0])


def _rested(parts: tuple[float, ...], leaves: float, stops: tuple[engine.PlannedStop, ...]) -> tuple[float, int]:
    """When the work that still counts began (with leaving, or with the end of the last complete rest), and how many
    parts of the next rest have been taken since.
    """
    since, taken = leaves, 0
    for stop in stops:
        if parts and stop.kind is engine.StopKind.BREAK and stop.departure - stop.start >= parts[taken]:
            taken += 1
            if taken == len(parts):
                since, taken = stop.departure, 0
    return since, taken


def _grained(problem: engine.Problem, time: float) -> float:
    return ceil(time / problem.grain - 1e-9) * problem.grain if problem.grain else time


def _parts(duty: engine.Duty | None) -> tuple[float, ...]:
    return duty.rest.parts if duty is not None and duty.rest is not None else ()


def _rides(stops: tuple[engine.PlannedStop, ...]) -> list[engine.PlannedStop]:
    return [stop for stop in stops if stop.kind is not engine.StopKind.BREAK]
