"""What could give way for a wish: every rule by itself, a little more each time.

Nothing here says that it would help. `explain` tries it and keeps what it can prove.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import floor, inf

from transport.routing.engine.problem import Duty, Problem, Request

Case = tuple[Request, tuple[Duty, ...]]
"""The request as it would be asked, and the duties as they would be; none of them if none changes."""


@dataclass(frozen=True, slots=True)
class Relaxation:
    """One rule, loosened by one of `amounts`, which grow: what one allows, the larger ones do too if `nested`.

    A case loosens all duties together, for runs do not depend on each other: the duty that can carry the request
    then could do so if the rule gave way for it alone.
    """

    kind: str
    amounts: Sequence[float]
    case: Callable[[float], Case]
    detail: str | None = None
    nested: bool = False


@dataclass(frozen=True, slots=True)
class Leeway:
    """How far rules may give way, in the problem's unit of time: the times of a wish up to `wish`, the hours of a
    duty up to `hours`, both in multiples of `step`. The defaults are for seconds. ValueError when one is not above 0.
    """

    step: float = 300.0
    wish: float = 4 * 3600.0
    hours: float = 3600.0

    def __post_init__(self) -> None:
        if not all(0 < amount < inf for amount in (self.step, self.wish, self.hours)):
            raise ValueError(f"leeway must be above 0 and finite, not {self}")


IN_SECONDS = Leeway()


def relaxations(problem: Problem, request: Request, leeway: Leeway) -> Iterator[Relaxation]:
    """All that may be asked, one rule at a time: first of the rider, then of the service."""
    if problem.duties:
        for table in _TABLES:
            yield from table(problem, request, leeway)


def _times(problem: Problem, request: Request, leeway: Leeway) -> Iterator[Relaxation]:
    """The whole wish at another time while somebody is on duty, a later arrival, a longer ride."""
    pickup, dropoff = request.pickup_window, request.dropoff_window
    first, last = min(duty.earliest for duty in problem.duties), max(duty.latest for duty in problem.duties)

    def steps(most: float) -> list[float]:
        return _steps(leeway.step, min(leeway.wish, most))

    def moved(by: float) -> Case:
        windows = (pickup[0] + by, pickup[1] + by), (dropoff[0] + by, dropoff[1] + by)
        return replace(request, pickup_window=windows[0], dropoff_window=windows[1]), ()

    def arriving(later: float) -> Case:
        return replace(request, dropoff_window=(dropoff[0], dropoff[1] + later)), ()

    def riding(longer: float) -> Case:
        return replace(request, max_ride=request.max_ride + longer), ()

    yield Relaxation("earlier", steps(min(pickup[1], dropoff[1]) - first), lambda by: moved(-by))
    yield Relaxation("later", steps(last - max(pickup[0], dropoff[0])), moved)
    yield Relaxation("arrive_by", steps(last - dropoff[1]), arriving, nested=True)
    yield Relaxation("ride_time", steps(last - first - request.max_ride), riding, nested=True)


def _needs(problem: Problem, request: Request, _: Leeway) -> Iterator[Relaxation]:
    """A lighter chair; one feature not asked for, or put up with; company on board; any duty instead of the pinned."""
    limits = {layout.max_chair_mass for duty in problem.duties for layout in duty.layouts}
    lighter = [request.chair_mass - limit for limit in limits if limit < request.chair_mass]
    yield Relaxation(
        "chair_mass",
        sorted(lighter),
        lambda less: (replace(request, chair_mass=request.chair_mass - less), ()),
        nested=True,
    )
    for feature in sorted(request.features | request.forbidden):
        without = replace(request, features=request.features - {feature}, forbidden=request.forbidden - {feature})
        yield _once("features", without, (), feature)
    if request.solo:
        yield _once("sharing", replace(request, solo=False), ())
    if request.duty is not None and request.aboard_since is None:
        yield _once("pin", replace(request, duty=None), (), request.duty)


def _vehicles(problem: Problem, request: Request, _: Leeway) -> Iterator[Relaxation]:
    """One feature given to a duty, for example a second person; another kind of vehicle; one vehicle more."""
    duties = problem.duties
    for feature in sorted(request.features):
        given = tuple(replace(duty, features=duty.features | {feature}) for duty in duties)
        yield _once("crew", request, given, feature)
    kinds: dict[tuple[object, ...], list[Duty]] = {}
    for duty in duties:
        kinds.setdefault((duty.layouts, duty.features), []).append(duty)
    under_way = _under_way(problem)
    idle = tuple(duty for duty in duties if duty.id not in under_way)
    for model, *__ in kinds.values():
        swapped = tuple(replace(duty, layouts=model.layouts, features=model.features) for duty in idle)
        yield _once("vehicle_kind", request, swapped, model.id)
    mark = "+"
    while any(duty.id.endswith(mark) for duty in duties):
        mark += "+"
    for models in kinds.values():
        depots = ((duty, duty.end if duty.id in under_way else duty.start) for duty in models)
        more = tuple(replace(duty, id=duty.id + mark, start=depot, worked=0.0) for duty, depot in depots)
        yield _once("vehicle", request, more, models[0].id)


def _hours(problem: Problem, request: Request, leeway: Leeway) -> Iterator[Relaxation]:
    """A shift that ends later or, where it has not begun, begins earlier."""
    under_way = _under_way(problem)
    idle = [duty for duty in problem.duties if duty.id not in under_way]

    def ending(later: float) -> Case:
        return request, tuple(replace(duty, latest=duty.latest + later) for duty in problem.duties)

    def beginning(earlier: float) -> Case:
        return request, tuple(replace(duty, earliest=duty.earliest - earlier) for duty in idle)

    amounts = _steps(leeway.step, leeway.hours)
    yield Relaxation("hours", amounts, ending, "end", nested=True)
    yield Relaxation("hours", amounts, beginning, "start", nested=True)


_TABLES = (_times, _needs, _vehicles, _hours)


def _once(kind: str, request: Request, duties: tuple[Duty, ...], detail: str | None = None) -> Relaxation:
    return Relaxation(kind, (1.0,), lambda _: (request, duties), detail)


def _steps(step: float, most: float) -> list[float]:
    """Multiples of the step up to `most`."""
    return [step * count for count in range(1, floor(max(most, 0) / step) + 1)]


def _under_way(problem: Problem) -> set[str]:
    """The duties on the road already: these vehicles can neither be exchanged nor leave earlier."""
    carrying = {str(each.duty) for each in problem.requests if each.aboard_since is not None}
    return carrying | {duty.id for duty in problem.duties if duty.worked}
