"""The smallest changes that would make room for a wish, each with the plan that proves it."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from transport.routing.engine.explain import reason
from transport.routing.engine.insertion import Inserter, Insertion, place
from transport.routing.engine.judge import judge
from transport.routing.engine.plan import Plan, PlannedRun
from transport.routing.engine.problem import Duty, Problem, Request
from transport.routing.engine.relaxing import IN_SECONDS, Leeway, Relaxation, relaxations
from transport.routing.engine.search import solve


@dataclass(frozen=True, slots=True)
class Change:
    """One change that makes room, and its proof: the judge accepts `plan` for `problem`.

    The plan carries `request`, as it would then be asked, in the run of `duty`, and all it carried before; except
    when "rearranged", every other run is as it was. `amount` and `detail` say how much of what:

    - "as_asked" (0): nothing has to change, the plan has room
    - "rearranged" (0): nothing has to change for anybody, but other rides take other places in the plan
    - "earlier", "later" (time): the whole wish moves; "arrive_by" (time): the arrival may be later
    - "ride_time" (time): the ride may be longer
    - "chair_mass" (mass): the chair with its rider is lighter
    - "features" (1): without asking for, or refusing, the feature `detail`
    - "sharing" (1): others may be on board; "pin" (1): another duty than `detail` may carry it
    - "crew" (1): `duty` is given the feature `detail`, for example a second person
    - "vehicle_kind" (1): `duty` has a vehicle like that of the duty `detail`
    - "vehicle" (1): one more, `duty`, like that of the duty `detail`
    - "hours" (time): the "start" or "end" (`detail`) of `duty` is moved outwards
    - "day" (1): on the other day `detail`
    """

    kind: str
    amount: float
    detail: str | None
    duty: str
    request: Request
    problem: Problem
    plan: Plan


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a request has no place in a plan, in one word (see `reason`), and every change known to give it one."""

    request: str
    reason: str
    changes: tuple[Change, ...]


def explain(
    problem: Problem,
    plan: Plan,
    request: Request,
    *,
    also: Mapping[str, tuple[Problem, Plan, Request]] | None = None,
    leeway: Leeway = IN_SECONDS,
    iterations: int = 0,
) -> Explanation:
    """Why `plan` does not contain the request, and the smallest change of each kind and detail that would help.

    `leeway` says how far rules may give way; `also` are other days by name, with the wish as it would be asked
    there. Whom the plan leaves out besides may stay out, promised or not; of a plan that is broken otherwise, nothing
    can be shown. With `iterations`, a wish that would fit alone is searched a place for by moving other rides.
    The engine has no clock: whether an earlier time can still be had, the caller must know.
    ValueError when the plan contains the request already.
    """
    why = reason(problem, plan, request)
    desk = _Desk(problem, plan)
    as_asked = desk.smallest(Relaxation("as_asked", (0.0,), lambda _: (request, ())))
    if as_asked:
        return Explanation(request.id, why, (as_asked,))
    changes = [desk.rearranged(request, iterations) if iterations and why == "no_room" else None]
    changes += [desk.smallest(each) for each in relaxations(problem, request, leeway)]
    changes += [_another_day(name, *case) for name, case in (also or {}).items()]
    return Explanation(request.id, why, tuple(change for change in changes if change))


def _another_day(name: str, problem: Problem, plan: Plan, request: Request) -> Change | None:
    return _Desk(problem, plan).smallest(Relaxation("day", (1.0,), lambda _: (request, ()), name))


class _Desk:
    """A plan at which one relaxation after the other is tried."""

    def __init__(self, problem: Problem, plan: Plan) -> None:
        served = {stop.request for run in plan.runs for stop in run.stops}
        requests = (each if each.id in served else replace(each, required=False) for each in problem.requests)
        self._problem = replace(problem, requests=tuple(requests))
        self._plan = plan
        self._inserter = Inserter(self._problem, plan)

    def smallest(self, relaxation: Relaxation) -> Change | None:
        """The change by the least amount that finds a place, if the judge agrees."""
        for amount in self._from_least(relaxation) if relaxation.nested else relaxation.amounts:
            request, duties = relaxation.case(amount)
            places = self._places(request, duties)
            if places:
                found = places[0]
                grown, plan = self._placed(request, duties, found)
                return _proven(Change(relaxation.kind, amount, relaxation.detail, found.duty, request, grown, plan))
        return None

    def rearranged(self, request: Request, iterations: int) -> Change | None:
        """The plan with the request after a search that may move every ride, but drops none."""
        grown = self._grown(request)
        left_out = {each.request for each in self._plan.unserved} - {request.id}
        wanted = tuple(replace(each, required=True) for each in grown.requests if each.id not in left_out)
        found = solve(replace(grown, requests=wanted), iterations=iterations, start=self._plan)
        if found.unserved:
            return None
        duty = next(run.duty for run in found.runs for stop in run.stops if stop.request == request.id)
        plan = self._carrying(request, found.runs)
        return _proven(Change("rearranged", 0.0, None, duty, request, grown, plan))

    def _from_least(self, relaxation: Relaxation) -> Sequence[float]:
        """The amounts that find a place: if the largest does, the least is found by halving."""
        able = {found.duty for amount in relaxation.amounts[-1:] for found in self._places(*relaxation.case(amount))}

        def helps(amount: float) -> bool:
            request, duties = relaxation.case(amount)
            return bool(self._places(request, tuple(duty for duty in duties if duty.id in able)))

        return relaxation.amounts[bisect_left(relaxation.amounts, True, key=helps) :] if able else ()

    def _places(self, request: Request, duties: tuple[Duty, ...]) -> list[Insertion]:
        """Where the request fits: in the runs of these duties as they would be, or of all as they are."""
        if not duties:
            return self._inserter.insert(request)
        able = tuple(duty for duty in duties if _admits(duty, request))
        return Inserter(*self._only(able)).insert(request) if able else []

    def _only(self, duties: tuple[Duty, ...]) -> tuple[Problem, Plan]:
        """These duties with the runs they have, and nobody else."""
        names = {duty.id for duty in duties}
        runs = tuple(run for run in self._plan.runs if run.duty in names)
        carried = {stop.request for run in runs for stop in run.stops}
        rides = tuple(each for each in self._problem.requests if each.id in carried)
        return replace(self._problem, requests=rides, duties=duties), Plan(runs)

    def _placed(self, request: Request, loose: tuple[Duty, ...], found: Insertion) -> tuple[Problem, Plan]:
        """The day with the request in this place; of the loosened duties only the one that carries it stays so."""
        duties = {duty.id: duty for duty in self._problem.duties}
        duties |= {duty.id: duty for duty in loose if duty.id == found.duty}
        _, changed = place(*self._only((duties[found.duty],)), request, found)
        runs = {run.duty: run for run in (*self._plan.runs, *changed.runs)}
        grown = replace(self._grown(request), duties=tuple(duties.values()))
        return grown, self._carrying(request, tuple(runs.values()))

    def _grown(self, request: Request) -> Problem:
        others = (each for each in self._problem.requests if each.id != request.id)
        return replace(self._problem, requests=(*others, request))

    def _carrying(self, request: Request, runs: tuple[PlannedRun, ...]) -> Plan:
        return Plan(runs, tuple(each for each in self._plan.unserved if each.request != request.id))


def _admits(duty: Duty, request: Request) -> bool:
    """Whether the duty may carry the request at all, room and time aside."""
    refused = request.forbidden & duty.features
    return request.features <= duty.features and not refused and request.duty in {None, duty.id}


def _proven(change: Change) -> Change | None:
    return None if judge(change.problem, change.plan) else change
