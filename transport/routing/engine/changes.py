"""The smallest changes that would make room for a wish, each with the plan that proves it."""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, replace

from transport.routing.engine.explain import reason
from transport.routing.engine.insertion import Inserter, Insertion, place
from transport.routing.engine.judge import judge
from transport.routing.engine.plan import Plan
from transport.routing.engine.problem import Duty, Problem, Request
from transport.routing.engine.relaxing import Relaxation, relaxations
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
    step: float = 300.0,
    overtime: float = 3600.0,
    iterations: int = 0,
) -> Explanation:
    """Why `plan` does not contain the request, and the smallest change of each kind and detail that would help.

    Times change in multiples of `step`, the duties' hours by at most `overtime`: defaults for seconds. `also` are
    other days by name, with the wish as it would be asked there. What the plan leaves out besides may stay out,
    promised or not. With `iterations` a search of that length looks whether rearranging the plan makes room.
    The engine has no clock: whether an earlier time can still be had, the caller must know.
    ValueError when the plan contains the request already.
    """
    why = reason(problem, plan, request)
    desk = _Desk(problem, plan)
    as_asked = desk.smallest(Relaxation("as_asked", (0.0,), lambda _: (request, problem.duties)))
    if as_asked:
        return Explanation(request.id, why, (as_asked,))
    changes = [desk.rearranged(request, iterations) if iterations else None]
    changes += [desk.smallest(each) for each in relaxations(problem, request, step, overtime)]
    changes += [_another_day(name, *case) for name, case in (also or {}).items()]
    return Explanation(request.id, why, tuple(change for change in changes if change))


def _another_day(name: str, problem: Problem, plan: Plan, request: Request) -> Change | None:
    return _Desk(problem, plan).smallest(Relaxation("day", (1.0,), lambda _: (request, problem.duties), name))


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
        amounts, case = relaxation.amounts, relaxation.case
        if relaxation.nested:
            least = bisect_left(amounts, True, key=lambda amount: bool(self._places(*case(amount))))
            amounts = amounts[least : least + 1]
        for amount in amounts:
            request, duties = case(amount)
            places = self._places(request, duties)
            if places:
                loose = next(duty for duty in duties if duty.id == places[0].duty)
                grown, plan = place(self._with(loose), self._plan, request, places[0])
                return _proven(Change(relaxation.kind, amount, relaxation.detail, loose.id, request, grown, plan))
        return None

    def rearranged(self, request: Request, iterations: int) -> Change | None:
        """The plan with the request after a search that may move every ride, but drops none."""
        others = tuple(each for each in self._problem.requests if each.id != request.id)
        grown = replace(self._problem, requests=(*others, request))
        left_out = {each.request for each in self._plan.unserved}
        wanted = tuple(
            replace(each, required=True) for each in grown.requests if each.id not in left_out - {request.id}
        )
        found = solve(replace(grown, requests=wanted), iterations=iterations, start=self._plan)
        if found.unserved:
            return None
        duty = next(run.duty for run in found.runs for stop in run.stops if stop.request == request.id)
        plan = Plan(found.runs, tuple(each for each in self._plan.unserved if each.request != request.id))
        return _proven(Change("rearranged", 0.0, None, duty, request, grown, plan))

    def _places(self, request: Request, duties: tuple[Duty, ...]) -> list[Insertion]:
        if duties is self._problem.duties:
            return self._inserter.insert(request)
        return Inserter(replace(self._problem, duties=duties), self._plan).insert(request)

    def _with(self, loose: Duty) -> Problem:
        """The problem in which this duty alone is other than it was, or one more."""
        duties = {duty.id: duty for duty in self._problem.duties} | {loose.id: loose}
        return replace(self._problem, duties=tuple(duties.values()))


def _proven(change: Change) -> Change | None:
    return None if judge(change.problem, change.plan) else change
