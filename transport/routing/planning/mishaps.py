"""The rest of a day after a mishap that leaves the vehicle on the road: time lost, the lift, the driver. Pure.

Who is on board stays on board. Rides that the shift cannot keep any more as promised are displaced.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from math import ceil, inf

from transport.kernel.errors import Invalid
from transport.routing import engine
from transport.routing.planning import day as days
from transport.routing.planning import resting, runs
from transport.routing.planning.assuming import Delayed, DrivenOn, FeatureLost, OtherDriver
from transport.routing.planning.day import DayBook
from transport.routing.planning.resting import Rest

STEP = 300
"""Times that are promised anew are whole five minutes."""
LONGER = 4 * 3600
"""So long after its end a shift may bring home whom it has on board."""


@dataclass(frozen=True, slots=True)
class Displaced:
    """A ride without a vehicle: as it was promised, or from where the broken vehicle stands (`aboard`)."""

    request: engine.Request
    aboard: bool = False


def as_promised(book: DayBook, name: str) -> engine.Request:
    """The ride as it was promised, bound to no vehicle."""
    promise = book.promises[int(name)]
    known = next(each for each in book.problem.requests if each.id == name)
    opens = min(max(promise.window_start, promise.arrive_from), promise.arrive_by)
    return replace(
        known,
        pickup_window=(promise.window_start, promise.window_end),
        dropoff_window=(opens, promise.arrive_by),
        duty=None,
        forbidden=known.forbidden | {days.OUT},
    )


def with_driver(rest: Rest, each: OtherDriver) -> Rest:
    """The shift with another driver: whoever must not ride with the new one is not put in between there."""

    def driven(problem: engine.Problem) -> engine.Problem:
        return replace(
            problem,
            duties=tuple(
                replace(duty, features=_without_driver(duty.features) | days.driven_by([each.driver]))
                if duty.id == str(each.shift)
                else duty
                for duty in problem.duties
            ),
        )

    return replace(rest, whole=driven(rest.whole), problem=driven(rest.problem))


def _without_driver(features: frozenset[str]) -> frozenset[str]:
    return frozenset(word for word in features if not word.startswith("driver:"))


def without_feature(book: DayBook, rest: Rest, lost: FeatureLost) -> tuple[Rest, list[Displaced]]:
    """The vehicle has less than before: who needs it and is not on board yet is displaced, the others stay."""
    duty = str(lost.shift)
    begun = rest.begun.get(duty)
    driven = {stop.request for stop in begun.stops} if begun else set()
    planned = _names(rest.plan, duty) - driven
    needing = {each.id for each in rest.problem.requests if each.id in planned and lost.feature in each.features}

    def less(problem: engine.Problem) -> engine.Problem:
        """History and who is on board need it no longer of the vehicle."""
        requests = (
            replace(each, features=each.features - {lost.feature}) if each.id in driven else each
            for each in problem.requests
        )
        row = next(each for each in problem.duties if each.id == duty)
        return _with_duty(
            replace(problem, requests=tuple(requests)), replace(row, features=row.features - {lost.feature})
        )

    displaced = [Displaced(as_promised(book, name)) for name in sorted(needing, key=int)]
    changed = Rest(less(rest.whole), less(rest.problem), rest.plan, rest.begun)
    if not needing:
        return changed, []
    return _going_on(book, changed, duty, displaced)[:2]


def later(book: DayBook, rest: Rest, each: Delayed | DrivenOn) -> tuple[Rest, list[Displaced], list[engine.Request]]:
    """The shift goes on later: its rides that come too late now are displaced, the first one first.

    Who is on board and too late is brought all the same, past the end of the shift if need be: they are answered
    with the arrival that can be. Raises Invalid("scenario.must_rest") if the driver would have to rest before that.
    """
    duty = str(each.shift)
    left = {str(each.promise)} if isinstance(each, DrivenOn) else set()
    displaced = [Displaced(_come_back(as_promised(book, name), each)) for name in left]
    problem, whole = (_as_was_promised(book, one, rest.plan, duty) for one in (_set_out_later(rest, each), rest.whole))
    return _going_on(book, Rest(whole, problem, rest.plan, rest.begun), duty, displaced)


def _going_on(
    book: DayBook, rest: Rest, duty: str, displaced: list[Displaced]
) -> tuple[Rest, list[Displaced], list[engine.Request]]:
    """The shift goes on without the displaced: with all it can still keep, and with whoever is on board."""
    displaced, late, longer = list(displaced), dict[str, engine.Request](), False
    whole, begun = rest.whole, dict(rest.begun)
    problem, plan = _out_of(rest.problem, rest.plan, {one.request.id for one in displaced})
    ends = next(one.latest for one in whole.duties if one.id == duty)
    while (run := next((run for run in plan.runs if run.duty == duty), None)) is not None:
        problem, run = _break_at_once(problem, run, begun)
        timed = _timed(problem, run)
        if timed is not None:
            plan = engine.Plan(tuple(timed if one.duty == duty else one for one in plan.runs))
            if longer:
                problem, whole = (_ends(one, duty, max(ends, timed.returns)) for one in (problem, whole))
            break
        plan = engine.Plan(tuple(run if one.duty == duty else one for one in plan.runs))
        name, arrives = _first_too_late(problem, run)
        aboard = {one.id for one in problem.requests if one.aboard_since is not None}
        waiting = [stop.request for stop in run.stops if stop.request and stop.request not in aboard]
        if name in aboard:
            problem, whole = (_there_at(one, name, arrives) for one in (problem, whole))
            there = next(one for one in whole.requests if one.id == name)
            late[name] = replace(there, pickup_window=as_promised(book, name).pickup_window)
        elif waiting:
            gone = name or waiting[-1]
            displaced.append(Displaced(as_promised(book, gone)))
            problem, plan = _out_of(problem, plan, {gone})
        elif not longer:
            problem, longer = _ends(problem, duty, arrives + LONGER), True
        else:
            raise Invalid("scenario.must_rest", field="minutes")
    names = {one.request.id for one in displaced}
    whole = replace(whole, requests=tuple(one for one in whole.requests if one.id not in names))
    return Rest(whole, problem, plan, begun), displaced, list(late.values())


def _break_at_once(
    problem: engine.Problem, run: engine.PlannedRun, begun: dict[str, engine.PlannedRun]
) -> tuple[engine.Problem, engine.PlannedRun]:
    """A break next in line is taken where the vehicle stands, as soon as it is free."""
    while run.duty in begun and len(run.stops) > 1 and run.stops[0].kind is engine.StopKind.BREAK:
        duty = next(one for one in problem.duties if one.id == run.duty)
        first, ends = run.stops[0], duty.earliest + run.stops[0].departure - run.stops[0].start
        if ends > duty.latest:
            break
        now = replace(first, location=duty.start, arrival=duty.earliest, start=duty.earliest, departure=ends)
        begun[run.duty] = replace(begun[run.duty], stops=(*begun[run.duty].stops, now))
        worked = resting.worked(duty, begun[run.duty], ends)
        problem, run = (
            _with_duty(problem, replace(duty, earliest=ends, worked=worked)),
            replace(run, stops=run.stops[1:]),
        )
    return problem, run


def _as_was_promised(book: DayBook, problem: engine.Problem, plan: engine.Plan, duty: str) -> engine.Problem:
    """Stops that should be over and are not are bound to their planned moment no longer."""
    ahead = {(stop.request, stop.kind) for run in plan.runs if run.duty == duty for stop in run.stops if stop.request}

    def free(each: engine.Request) -> engine.Request:
        if (each.id, engine.StopKind.DROPOFF) not in ahead:
            return each
        promised = as_promised(book, each.id)
        if (each.id, engine.StopKind.PICKUP) not in ahead:
            return replace(each, dropoff_window=promised.dropoff_window)
        bound = each.duty if book.promises[int(each.id)].pinned else None
        return replace(each, duty=bound, pickup_window=promised.pickup_window, dropoff_window=promised.dropoff_window)

    return replace(problem, requests=tuple(map(free, problem.requests)))


def _come_back(request: engine.Request, each: Delayed | DrivenOn) -> engine.Request:
    """The ride as much later as the vehicle comes back after the promised time."""
    back = each.back if isinstance(each, DrivenOn) else 0
    by = max(0, ceil((each.since + 60 * back - request.pickup_window[0]) / STEP) * STEP)
    pickup, dropoff = request.pickup_window, request.dropoff_window
    return replace(
        request,
        pickup_window=(pickup[0] + by, pickup[1] + by),
        dropoff_window=(min(max(dropoff[0], pickup[0] + by), dropoff[1] + by), dropoff[1] + by),
    )


def _set_out_later(rest: Rest, each: Delayed | DrivenOn) -> engine.Problem:
    """The rest of the day in which the vehicle is free only after the time it has lost."""
    duty = next(one for one in rest.problem.duties if one.id == str(each.shift))
    begun = rest.begun.get(duty.id)
    run = next((run for run in rest.plan.runs if run.duty == duty.id), None)
    lost = 60 * each.minutes if isinstance(each, Delayed) else 0
    free = begun.stops[-1].departure if begun else run.leaves if run else duty.earliest
    if begun and begun.stops[-1].kind is engine.StopKind.BREAK:
        free = max(free, each.since + lost) - lost  # what is lost while the driver rests is not lost
    elif run is not None:
        first = run.stops[0]
        on_the_way = resting.arrival(rest.problem, duty.start, first.location, each.since) > first.start
        free = free if on_the_way and lost else max(free, each.since)
    earliest = min(max(duty.earliest, free + lost), max(duty.latest, duty.earliest))
    worked = duty.worked + max(0.0, earliest - duty.earliest) if begun else duty.worked
    return _with_duty(rest.problem, replace(duty, earliest=earliest, worked=worked))


def _timed(problem: engine.Problem, run: engine.PlannedRun) -> engine.PlannedRun | None:
    """The run as early as it can be now; None if a promise of it or the law does not hold then."""
    carried = {stop.request for stop in run.stops}
    alone = replace(
        problem,
        requests=tuple(each for each in problem.requests if each.id in carried),
        duties=tuple(duty for duty in problem.duties if duty.id == run.duty),
    )
    rides = [at for at, stop in enumerate(run.stops) if stop.request is not None]
    inner = replace(run, stops=run.stops[rides[0] : rides[-1] + 1])
    bare = replace(run, stops=tuple(run.stops[at] for at in rides))
    for tried in (run, inner, bare):
        plan = engine.retime(alone, engine.Plan((tried,)))
        if plan is not None and not engine.judge(alone, plan):
            return plan.runs[0]
    if _first_too_late(alone, bare)[0] is None:
        found = engine.solve(alone, iterations=runs.REST_ITERATIONS)
        if found.runs and not found.unserved and not engine.judge(alone, found):
            return found.runs[0]
    return None


def _first_too_late(problem: engine.Problem, run: engine.PlannedRun) -> tuple[str | None, float]:
    """Who of the run is the first to be fetched or brought too late, and when; without anybody, when it all ends."""
    duty = next(each for each in problem.duties if each.id == run.duty)
    requests = {each.id: each for each in problem.requests}
    there, clock = duty.start, duty.earliest
    for stop in run.stops:
        clock, there = resting.arrival(problem, there, stop.location, clock), stop.location
        if stop.request is None:
            clock += stop.departure - stop.start
            continue
        asked, on = requests[stop.request], stop.kind is engine.StopKind.PICKUP
        opens, closes = asked.pickup_window if on else asked.dropoff_window
        clock = max(clock, opens)
        longest = inf if on or asked.aboard_since is None else asked.aboard_since + asked.max_ride
        if clock > min(closes, longest):
            return stop.request, clock
        clock += asked.pickup_service if on else asked.dropoff_service
    return None, clock


def _there_at(problem: engine.Problem, name: str, arrives: float) -> engine.Problem:
    """Somebody on board is there only then: the arrival that can be told them, in whole five minutes."""

    def told(each: engine.Request) -> engine.Request:
        by = ceil(arrives / STEP) * STEP
        longest = max(each.max_ride, by - (each.aboard_since or each.pickup_window[0]))
        return replace(each, dropoff_window=(each.dropoff_window[0], max(each.dropoff_window[1], by)), max_ride=longest)

    return replace(problem, requests=tuple(told(each) if each.id == name else each for each in problem.requests))


def _out_of(problem: engine.Problem, plan: engine.Plan, gone: Collection[str]) -> tuple[engine.Problem, engine.Plan]:
    """The day without some rides; the times of the others stay."""
    problem = replace(problem, requests=tuple(each for each in problem.requests if each.id not in gone))
    left = (replace(run, stops=tuple(stop for stop in run.stops if stop.request not in gone)) for run in plan.runs)
    return problem, engine.Plan(tuple(run for run in left if any(stop.request for stop in run.stops)))


def _ends(problem: engine.Problem, name: str, latest: float) -> engine.Problem:
    duty = next(each for each in problem.duties if each.id == name)
    return _with_duty(problem, replace(duty, latest=latest))


def _with_duty(problem: engine.Problem, duty: engine.Duty) -> engine.Problem:
    return replace(problem, duties=tuple(duty if each.id == duty.id else each for each in problem.duties))


def _names(plan: engine.Plan, duty: str) -> set[str]:
    return {stop.request for run in plan.runs if run.duty == duty for stop in run.stops if stop.request}
