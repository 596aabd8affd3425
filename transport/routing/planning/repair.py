"""Another place for rides that have lost theirs, with the least harm. Pure.

What counts, in this order: nobody left out; the fewest promises changed; the smallest changes; the kilometres. First
everybody else stays where they are and the displaced are put in between; if that leaves somebody out, the others may
take other places within their promises; then the promised time is moved as little as is proven to be enough.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import ceil, inf
from types import MappingProxyType

from transport.routing import engine
from transport.routing.planning.mishaps import Displaced
from transport.routing.planning.overflow import ByTaxi

STEP = 300
"""Times that are promised anew are moved by multiples of five minutes."""
FURTHEST = 4 * 3600
NOTICE = 1800
"""Nobody is asked to be ready sooner than in half an hour."""
SEARCH = 0.6
"""Share of the time that a search for places within all promises may take."""
STRANDED = 1000.0
"""How many rides that have not begun one person in a broken vehicle weighs."""

Tell = Callable[[engine.Progress], object]
Day = tuple[engine.Problem, engine.Plan]


@dataclass(slots=True)
class Repaired:
    """The rest of a day after the repair. `asked` are the displaced as they are in the plan, by name; `by_taxi` ride
    with somebody else; `left_out` are those for whom no place was found.
    """

    problem: engine.Problem
    plan: engine.Plan
    asked: dict[str, engine.Request] = field(default_factory=dict)
    left_out: list[engine.Request] = field(default_factory=list)
    by_taxi: list[engine.Request] = field(default_factory=list)


def repaired(
    day: Day,
    displaced: Sequence[Displaced],
    *,
    second: int,
    width: int,
    seconds: float,
    tell: Tell | None = None,
    taxis: Mapping[str, ByTaxi] = MappingProxyType({}),
) -> Repaired:
    """Find places for the displaced in the rest of a day; `width` is how long a promised window is.

    `taxis` says who may ride by taxi: they do where we could only come late, or not at all.
    """
    aboard = [each.request for each in displaced if each.aboard]
    waiting = [each.request for each in displaced if not each.aboard]
    first = aboard_first(day, aboard, width)
    ways = [first]
    if _late(first, aboard):
        ways.append(_in_time(first, day, aboard, width, SEARCH / 3 * seconds, tell))
    share = seconds / len(ways)
    made = [_placed(way, waiting, second=second, seconds=share, tell=tell, taxis=taxis) for way in ways]
    return _sooner_by_taxi(min(made, key=lambda each: harm(each, displaced)), aboard, taxis)


def harm(made: Repaired, displaced: Sequence[Displaced]) -> tuple[int, int, float]:
    """How many are left out, how many promises change, and what the rest of the day costs."""
    late = _late(made, [each.request for each in displaced if each.aboard])
    moved = [each for each in displaced if not each.aboard and each.request.id in made.asked]
    other = sum(changed(each.request, made.asked[each.request.id]) for each in moved)
    return len(made.left_out), len(made.left_out) + late + other, engine.score(made.problem, made.plan).cost


def _late(made: Repaired, aboard: Sequence[engine.Request]) -> int:
    """How many of who was on board will be there later than promised."""
    return sum(
        made.asked[each.id].dropoff_window[1] > each.dropoff_window[1] for each in aboard if each.id in made.asked
    )


def _placed(
    found: Repaired,
    waiting: Sequence[engine.Request],
    *,
    second: int,
    seconds: float,
    tell: Tell | None,
    taxis: Mapping[str, ByTaxi],
) -> Repaired:
    """Everybody who waits put into the day in which who was on board is fetched already."""
    names = {each.id for each in waiting}
    in_turn = _inserted(found, _by_window(waiting))
    if in_turn.left_out:
        in_turn = min((in_turn, _inserted(found, waiting, regret=True)), key=_harm)
    if in_turn.left_out:
        in_turn = _searched(in_turn, names, SEARCH * seconds, tell)
    in_time = [each for each in in_turn.left_out if _keeps(taxis.get(each.id), each)]
    made = _moved(_handed_on(in_turn, in_time), names, second)
    return _handed_on(made, [each for each in made.left_out if each.id in taxis])


def _keeps(taxi: ByTaxi | None, request: engine.Request) -> bool:
    """Whether a taxi would be as good as what was promised."""
    return taxi is not None and taxi.fetched <= request.pickup_window[1] and taxi.arrives <= request.dropoff_window[1]


def _handed_on(made: Repaired, requests: Sequence[engine.Request]) -> Repaired:
    """The repair in which these ride with somebody else, whatever the plan had for them."""
    names = {each.id for each in requests}
    left = (replace(run, stops=tuple(s for s in run.stops if s.request not in names)) for run in made.plan.runs)
    return Repaired(
        replace(made.problem, requests=tuple(each for each in made.problem.requests if each.id not in names)),
        engine.Plan(tuple(run for run in left if any(stop.request for stop in run.stops))),
        {name: each for name, each in made.asked.items() if name not in names},
        [each for each in made.left_out if each.id not in names],
        [*made.by_taxi, *requests],
    )


def _sooner_by_taxi(made: Repaired, aboard: Sequence[engine.Request], taxis: Mapping[str, ByTaxi]) -> Repaired:
    """Whoever sits in a vehicle that stands and would be there late with us rides by taxi, if that is sooner."""
    there = {
        stop.request: stop.start for run in made.plan.runs for stop in run.stops if stop.kind is engine.StopKind.DROPOFF
    }
    late = [each for each in aboard if there.get(each.id, 0.0) > each.dropoff_window[1]]
    found = _handed_on(made, [each for each in late if each.id in taxis and taxis[each.id].arrives < there[each.id]])
    return made if _faulty(found) else found


def changed(before: engine.Request, after: engine.Request) -> bool:
    """Whether somebody is promised other times than before."""
    return (before.pickup_window, before.dropoff_window[1]) != (after.pickup_window, after.dropoff_window[1])


def _harm(each: Repaired) -> tuple[int, float]:
    return len(each.left_out), engine.score(each.problem, each.plan).cost


def _by_window(requests: Sequence[engine.Request]) -> list[engine.Request]:
    return sorted(requests, key=lambda each: (each.pickup_window, each.id))


def aboard_first(day: Day, aboard: Sequence[engine.Request], width: int) -> Repaired:
    """Who sits in the broken vehicle is fetched first, and is there as soon as can be; the promise says what is so."""
    made = Repaired(*day)
    for request in _by_window(aboard):
        by = request.dropoff_window[1]
        wide = replace(
            request,
            pickup_window=(request.pickup_window[0], by + FURTHEST),
            dropoff_window=(request.dropoff_window[0], by + FURTHEST),
        )
        places = engine.insert(made.problem, made.plan, wide)
        if not places:
            longer = replace(wide, max_ride=wide.max_ride + FURTHEST)
            places, wide = engine.insert(made.problem, made.plan, longer), longer
        if not places:
            made.left_out.append(request)
            continue
        soonest = min(places, key=lambda each: (each.dropoff_start, each.cost))
        problem, plan = engine.place(made.problem, made.plan, wide, soonest)
        honest = _honest(plan, wide, by, width)
        requests = tuple(honest if each.id == honest.id else each for each in problem.requests)
        made = _with(made, replace(problem, requests=requests), plan, honest)
    return made


def _in_time(
    late: Repaired, day: Day, aboard: Sequence[engine.Request], width: int, seconds: float, tell: Tell | None
) -> Repaired:
    """Let the others take other places, within their promises, so that whoever is on board arrives as promised."""
    found = _searched(Repaired(*day, left_out=list(aboard)), set(), seconds, tell)
    for request in list(found.asked.values()):
        honest = _honest(found.plan, request, request.dropoff_window[1], width)
        requests = tuple(honest if each.id == honest.id else each for each in found.problem.requests)
        found = _with(found, replace(found.problem, requests=requests), found.plan, honest)
    rest = aboard_first((found.problem, found.plan), found.left_out, width)
    rest.asked = {**found.asked, **rest.asked}
    promised = {each.id: each.dropoff_window[1] for each in aboard}

    def lateness(made: Repaired) -> tuple[int, float]:
        over = (each.dropoff_window[1] - promised[each.id] for each in made.asked.values())
        return len(made.left_out), sum(max(0.0, each) for each in over)

    return min((late, rest), key=lateness)


def _with(made: Repaired, problem: engine.Problem, plan: engine.Plan, request: engine.Request) -> Repaired:
    """The repair with one more ride in its plan."""
    left = [each for each in made.left_out if each.id != request.id]
    return Repaired(problem, plan, {**made.asked, request.id: request}, left, made.by_taxi)


def _honest(plan: engine.Plan, wide: engine.Request, by: float, width: int) -> engine.Request:
    """What can be promised to who is fetched as planned: a window from then on, the old arrival if it holds."""
    stops = {stop.kind: stop for run in plan.runs for stop in run.stops if stop.request == wide.id}
    pickup, dropoff = stops[engine.StopKind.PICKUP], stops[engine.StopKind.DROPOFF]
    first = max(wide.pickup_window[0], pickup.start // 60 * 60)
    last = by if dropoff.start <= by else ceil(dropoff.start / STEP) * STEP + STEP
    longest = max(wide.max_ride if wide.max_ride < FURTHEST else 0.0, dropoff.start - pickup.departure + STEP)
    window = (first, max(first, min(first + width, last)))
    return replace(
        wide,
        pickup_window=window,
        dropoff_window=(min(max(first, wide.dropoff_window[0]), last), last),
        max_ride=longest,
    )


def _inserted(made: Repaired, requests: Sequence[engine.Request], *, regret: bool = False) -> Repaired:
    """Put rides in between where they cost least; with `regret` whoever has the fewest other choices first."""
    made = Repaired(made.problem, made.plan, dict(made.asked), list(made.left_out))
    waiting = list(requests)
    while waiting:
        inserter = engine.Inserter(made.problem, made.plan)
        if not regret:
            request = waiting.pop(0)
            places = inserter.insert(request)
        else:
            choices = [(inserter.insert(each), each) for each in waiting]
            places, request = max(choices, key=lambda choice: _regret(choice[0]))
            waiting.remove(request)
        if not places:
            made.left_out.append(request)
            continue
        problem, plan = engine.place(made.problem, made.plan, request, places[0])
        made = _with(made, problem, plan, request)
    return made


def _regret(places: list[engine.Insertion]) -> float:
    """How much is lost if the best vehicle is taken by another; whoever has none at all is dealt with last."""
    cheapest: dict[str, float] = {}
    for each in places:
        cheapest.setdefault(each.duty, each.cost)
    prices = sorted(cheapest.values())
    if len(prices) > 1:
        return prices[1] - prices[0]
    return inf if prices else -inf


def _searched(made: Repaired, displaced: set[str], seconds: float, tell: Tell | None) -> Repaired:
    """Let the others take other places, within their promises, so that more of the displaced find one."""
    weights = {each.id: 1.0 if each.id in displaced else STRANDED for each in made.left_out}
    placed = tuple(replace(each, required=False) if each.id in displaced else each for each in made.problem.requests)
    more = tuple(replace(each, required=False, weight=weights[each.id]) for each in made.left_out)
    problem = replace(made.problem, requests=(*placed, *more))
    plan = engine.solve(problem, seconds=max(seconds, 0.1), start=made.plan, progress=tell)
    served = {stop.request for run in plan.runs for stop in run.stops}
    asked = {each.id: each for each in (*made.problem.requests, *made.left_out)}
    inside = tuple(asked[each.id] for each in problem.requests if each.id in served)
    if any(each.id not in served and each.required for each in problem.requests):
        return made
    left = [asked[each.id] for each in problem.requests if each.id not in served]
    ours = {name: asked[name] for name in (*made.asked, *weights) if name in served}
    found = Repaired(replace(problem, requests=inside), engine.Plan(plan.runs), ours, left)
    return found if len(found.left_out) < len(made.left_out) and not _faulty(found) else made


def _faulty(made: Repaired) -> bool:
    return bool(engine.judge(made.problem, made.plan))


def _moved(made: Repaired, displaced: set[str], second: int) -> Repaired:
    """Move the promised times of who is still left out, as little as is enough."""
    for request in _by_window([each for each in made.left_out if each.id in displaced]):
        inserter = engine.Inserter(made.problem, made.plan)
        for later in _shifts(request, second):
            places = inserter.insert(later)
            if places:
                problem, plan = engine.place(made.problem, made.plan, later, places[0])
                made = _with(made, problem, plan, later)
                break
    return made


def _shifts(request: engine.Request, second: int) -> Iterator[engine.Request]:
    """The same wish later or earlier, the smallest change first; later before earlier."""
    for by in range(STEP, FURTHEST + 1, STEP):
        yield _by(request, by)
        if request.pickup_window[0] - by >= second + NOTICE:
            yield _by(request, -by)


def _by(request: engine.Request, seconds: int) -> engine.Request:
    (a, b), (c, d) = request.pickup_window, request.dropoff_window
    opens = min(max(c, a + seconds), d + seconds)
    return replace(request, pickup_window=(a + seconds, b + seconds), dropoff_window=(opens, d + seconds))
