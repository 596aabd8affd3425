"""What could give way for a wish: every rule by itself, a little more each time.

Nothing here says that it would help. `explain` tries it and keeps what it can prove.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil, inf

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


def relaxations(problem: Problem, request: Request, step: float, overtime: float) -> Iterator[Relaxation]:
    """All that may be asked, one rule at a time: first of the rider, then of the service.

    Times give way in multiples of `step`, as far as the duties' hours reach; these by at most `overtime`.
    """
    if problem.duties:
        for table in _TABLES:
            yield from table(problem, request, step, overtime)


def _times(problem: Problem, request: Request, step: float, _: float) -> Iterator[Relaxation]:
    """The whole wish at another time of the day, a later arrival, a longer ride."""
    pickup, dropoff = request.pickup_window, request.dropoff_window
    first, last = min(duty.earliest for duty in problem.duties), max(duty.latest for duty in problem.duties)

    def moved(by: float) -> Case:
        windows = (pickup[0] + by, pickup[1] + by), (dropoff[0] + by, dropoff[1] + by)
        return replace(request, pickup_window=windows[0], dropoff_window=windows[1]), ()

    def arriving(later: float) -> Case:
        return replace(request, dropoff_window=(dropoff[0], dropoff[1] + later)), ()

    def riding(longer: float) -> Case:
        return replace(request, max_ride=request.max_ride + longer), ()

    yield Relaxation("earlier", _steps(step, min(pickup[1], dropoff[1]) - first), lambda by: moved(-by))
    yield Relaxation("later", _steps(step, last - max(pickup[0], dropoff[0])), moved)
    yield Relaxation("arrive_by", _steps(step, last - dropoff[1]), arriving, nested=True)
    if request.max_ride < last - first:
        yield Relaxation("ride_time", _steps(step, last - first - request.max_ride), riding, nested=True)


def _needs(problem: Problem, request: Request, *_: float) -> Iterator[Relaxation]:
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


def _vehicles(problem: Problem, request: Request, *__: float) -> Iterator[Relaxation]:
    """One feature given to a duty, for example a second person; another kind of vehicle; one vehicle more."""
    duties = problem.duties
    for feature in sorted(request.features):
        given = tuple(replace(each, features=each.features | {feature}) for each in duties)
        yield _once("crew", request, given, feature)
    kinds: dict[tuple[object, ...], list[Duty]] = {}
    for duty in duties:
        kinds.setdefault((duty.layouts, duty.features), []).append(duty)
    for model, *_ in kinds.values():
        # who is under way has the vehicle it has
        idle = (each for each in duties if not each.worked)
        swapped = tuple(replace(each, layouts=model.layouts, features=model.features) for each in idle)
        yield _once("vehicle_kind", request, swapped, model.id)
    for models in kinds.values():
        yield _once("vehicle", request, _copies(models, duties), models[0].id)


def _hours(problem: Problem, request: Request, step: float, overtime: float) -> Iterator[Relaxation]:
    """A shift that ends later or, unless it is under way, begins earlier."""

    def ending(later: float) -> Case:
        return request, tuple(replace(duty, latest=duty.latest + later) for duty in problem.duties)

    def beginning(earlier: float) -> Case:
        idle = (duty for duty in problem.duties if not duty.worked)
        return request, tuple(replace(duty, earliest=duty.earliest - earlier) for duty in idle)

    yield Relaxation("hours", _steps(step, overtime), ending, "end", nested=True)
    yield Relaxation("hours", _steps(step, overtime), beginning, "start", nested=True)


_TABLES = (_times, _needs, _vehicles, _hours)


def _once(kind: str, request: Request, duties: tuple[Duty, ...], detail: str | None = None) -> Relaxation:
    return Relaxation(kind, (1.0,), lambda _: (request, duties), detail)


def _steps(step: float, most: float) -> list[float]:
    """Multiples of the step; the last one reaches `most`."""
    return [step * count for count in range(1, ceil(most / step) + 1)] if 0 < most < inf else []


def _copies(models: Sequence[Duty], duties: tuple[Duty, ...]) -> tuple[Duty, ...]:
    """The same vehicles once more, not yet set out, under names that no duty has."""
    mark = "+"
    while any(duty.id.endswith(mark) for duty in duties):
        mark += "+"
    return tuple(
        replace(duty, id=duty.id + mark, start=duty.end if duty.worked else duty.start, worked=0.0) for duty in models
    )
