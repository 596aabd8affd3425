"""Why a request has no place: proven by trying it in an otherwise empty plan."""

from collections.abc import Callable
from dataclasses import replace
from math import inf

from transport.routing.engine.insertion import Inserter
from transport.routing.engine.plan import Plan
from transport.routing.engine.problem import WHEELCHAIR, Layout, Places, Problem, Request

Case = tuple[Problem, Request]


def reason(problem: Problem, plan: Plan, request: Request) -> str:
    """One word for why `plan` does not contain the request.

    "no_room" means that it fits alone: the other rides are in the way. Otherwise the obstacle is named that stays
    one even when all others are lifted: "features" (missing or forbidden), "layout" (places for its kinds of
    rider), "chair_mass", "ride_time", or else "hours" (the windows and the duties' hours never meet, or nobody is on
    duty).
    """
    if any(stop.request == request.id for run in plan.runs for stop in run.stops):
        raise ValueError(f"request {request.id} has a place in the plan")
    if not problem.duties:
        return "hours"
    if _fits((problem, request)):
        return "no_room"
    enough = _enough(problem, request)
    if enough is None:
        return "hours"  # so far that no vehicle could ever make it
    for name in _LIFTED:
        case = problem, request
        for other, lift in _LIFTED.items():
            if other != name:
                case = lift(*case)
        if not _fits(case):
            return name
    return enough  # two obstacles, each enough alone to be in the way


def _enough(problem: Problem, request: Request) -> str | None:
    """The obstacle that, lifted after those before it, lets the request in."""
    case = problem, request
    for name, lift in _LIFTED.items():
        case = lift(*case)
        if _fits(case):
            return name
    return None


def _fits(case: Case) -> bool:
    problem, request = case
    return bool(Inserter(replace(problem, requests=()), Plan()).insert(request))


def _any_features(problem: Problem, request: Request) -> Case:
    return problem, replace(request, features=frozenset(), forbidden=frozenset())


def _any_load(problem: Problem, request: Request) -> Case:
    """Room for the request in every layout; its new wheelchair places bear what the vehicle's others bear."""
    duties = []
    for duty in problem.duties:
        bears = max(
            (
                layout.max_chair_mass
                for layout in duty.layouts
                if any(WHEELCHAIR in places.holds for places in layout.places)
            ),
            default=0.0,
        )
        roomy = Layout(tuple(Places(count, frozenset({kind})) for kind, count in request.riders.items()), bears)
        duties.append(replace(duty, layouts=(*duty.layouts[:15], roomy)))
    return replace(problem, duties=tuple(duties)), request


def _any_mass(problem: Problem, request: Request) -> Case:
    return problem, replace(request, chair_mass=0)


def _any_ride_time(problem: Problem, request: Request) -> Case:
    return problem, replace(request, max_ride=inf)


def _any_hours(problem: Problem, request: Request) -> Case:
    far = 1e9 + max((abs(time) for duty in problem.duties for time in (duty.earliest, duty.latest)), default=0)
    duties = tuple(replace(duty, earliest=-far, latest=far, rest=None) for duty in problem.duties)
    return replace(problem, duties=duties), request


_LIFTED: dict[str, Callable[[Problem, Request], Case]] = {
    "features": _any_features,
    "layout": _any_load,
    "chair_mass": _any_mass,
    "ride_time": _any_ride_time,
    "hours": _any_hours,
}
