"""What if …? Assumptions about a day, in one vocabulary, and the day as it would be under them. Pure.

An assumption touches nothing: it changes the problem that is thought about. Rides that lose their vehicle by it are
`displaced`: they need another place before anything else is asked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from transport.kernel.errors import Invalid
from transport.routing import engine
from transport.routing.planning import mishaps, resting, runs
from transport.routing.planning.assuming import (
    KINDS,
    Assumption,
    Delayed,
    DrivenOn,
    DriverOut,
    FeatureLost,
    Gone,
    LeastChange,
    Mishap,
    OneMore,
    OtherDriver,
    ShiftShortened,
    TaxiAllowed,
    VehicleOut,
    read,
    shifts_of,
    written,
)
from transport.routing.planning.day import NEVER, DayBook
from transport.routing.planning.mishaps import Displaced, as_promised
from transport.routing.planning.resting import Done, Rest

__all__ = [
    "KINDS",
    "MORE",
    "Assumption",
    "Case",
    "Delayed",
    "Displaced",
    "DrivenOn",
    "DriverOut",
    "FeatureLost",
    "Gone",
    "LeastChange",
    "Mishap",
    "OneMore",
    "OtherDriver",
    "ShiftShortened",
    "TaxiAllowed",
    "VehicleOut",
    "case",
    "on_board",
    "read",
    "shifts_of",
    "stands",
    "written",
]

MORE = "+"
"""What a duty is called whose shift is not opened yet."""


@dataclass(frozen=True, slots=True)
class Case:
    """A day under assumptions: what can still be planned of it, and who needs another place."""

    book: DayBook
    assumptions: tuple[Assumption, ...]
    second: int
    rest: Rest
    displaced: tuple[Displaced, ...]
    late: tuple[engine.Request, ...] = ()
    """Who is on board of a vehicle that lost time, and can only be there later than promised."""

    @property
    def least(self) -> bool:
        """Whether only what has no place is to be planned."""
        return any(isinstance(each, LeastChange) for each in self.assumptions)

    @property
    def taxi(self) -> TaxiAllowed | None:
        """On what terms a taxi may be called, if at all."""
        return next((each for each in self.assumptions if isinstance(each, TaxiAllowed)), None)


def case(
    book: DayBook,
    assumptions: Sequence[Assumption],
    second: int,
    *,
    reported: Done = (),
    more: engine.Duty | None = None,
) -> Case:
    """The day under the assumptions, seen from a second of it; `more` is the duty of one more vehicle.

    Raises Invalid("scenario.shift_gone") for a shift that is not on duty, Invalid("scenario.too_short") if a shift
    would end before what its vehicle is doing now.
    """
    out = {str(each.shift): each for each in assumptions if isinstance(each, Gone)}
    slow = {str(each.shift): each for each in assumptions if isinstance(each, Delayed)}
    left = {str(each.shift): each for each in assumptions if isinstance(each, DrivenOn)}
    if {str(shift) for shift in shifts_of(assumptions)} - {duty.id for duty in book.problem.duties}:
        raise Invalid("scenario.shift_gone", field="shift")
    counts = {run.duty: _history(run, out[run.duty].since, reported) for run in book.plan.runs if run.duty in out}
    counts |= {run.duty: _rested(run, slow[run.duty].since, reported) for run in book.plan.runs if run.duty in slow}
    counts |= {run.duty: _until(run, left[run.duty]) for run in book.plan.runs if run.duty in left}
    rest = resting.of(_with(book.problem, more), book.plan, second, reported, counts)
    rest, displaced = _without_vehicles(book, rest, out, second)
    late: list[engine.Request] = []
    for each in assumptions:
        gone: list[Displaced] = []
        if isinstance(each, OtherDriver):
            rest = mishaps.with_driver(rest, each)
        elif isinstance(each, FeatureLost):
            rest, gone = mishaps.without_feature(book, rest, each)
        elif isinstance(each, Delayed | DrivenOn):
            rest, gone, slower = mishaps.later(book, rest, each)
            late += slower
        elif isinstance(each, ShiftShortened):
            rest, gone = _shortened(book, rest, str(each.shift), each.ends)
        displaced += gone
    return Case(book, tuple(assumptions), second, rest, tuple(displaced), tuple(late))


def stands(book: DayBook, shift: int, second: int, reported: Done = ()) -> tuple[int | None, int | None]:
    """The places of the last and of the next stop of a shift's vehicle at a second of the day."""
    run = next((run for run in book.plan.runs if run.duty == str(shift)), None)
    if run is None:
        return None, None
    count = _history(run, second, reported)
    last = book.places[run.stops[count - 1].location] if count else None
    return last, book.places[run.stops[count].location] if count < len(run.stops) else None


def on_board(book: DayBook, shift: int, second: int, reported: Done = ()) -> list[int]:
    """The promises whose people are in the vehicle of a shift at a second of the day."""
    run = next((run for run in book.plan.runs if run.duty == str(shift)), None)
    if run is None:
        return []
    history = replace(run, stops=run.stops[: _history(run, second, reported)])
    return [int(name) for name in resting.aboard(history)]


def _history(run: engine.PlannedRun, since: int, reported: Done) -> int:
    """How many stops were made before the vehicle dropped out: as reported, or as planned if nothing is reported."""
    told = [number for number, stop in enumerate(run.stops, 1) if (stop.request or "", stop.kind) in reported]
    if told:
        return max(told)
    return sum(1 for stop in run.stops if stop.start <= since)


def _rested(run: engine.PlannedRun, since: int, reported: Done) -> int:
    """The same of a vehicle that goes on: a break next in line is taken where it stands."""
    count = _history(run, since, reported)
    while 0 < count < len(run.stops) and run.stops[count].kind is engine.StopKind.BREAK:
        count += 1
    return count


def _until(run: engine.PlannedRun, left: DrivenOn) -> int:
    """How many stops a vehicle had made when it came to the door where nobody was."""
    return next(
        (
            number
            for number, stop in enumerate(run.stops)
            if stop.request == str(left.promise) and stop.kind is engine.StopKind.PICKUP
        ),
        len(run.stops),
    )


def _with(problem: engine.Problem, more: engine.Duty | None) -> engine.Problem:
    return problem if more is None else replace(problem, duties=(*problem.duties, more))


def _without_vehicles(book: DayBook, rest: Rest, out: Mapping[str, Gone], second: int) -> tuple[Rest, list[Displaced]]:
    """Take the broken vehicles out: what they have driven is history, whom they carried or would fetch is displaced."""
    displaced: list[Displaced] = []
    begun = dict(rest.begun)
    ends: dict[str, float] = {}
    for duty, what in out.items():
        history = begun.pop(duty, None)
        carried = resting.aboard(history) if history else {}
        later = [stop.request for run in book.plan.runs if run.duty == duty for stop in run.stops]
        made = {stop.request for stop in history.stops} if history else set()
        for name in dict.fromkeys(name for name in later if name and (name in carried or name not in made)):
            request = as_promised(book, name)
            if name in carried:
                displaced.append(Displaced(_transferred(book, request, what, second), aboard=True))
            else:
                displaced.append(Displaced(request))
        if history is None:
            continue
        stops = tuple(stop for stop in history.stops if stop.request not in carried)
        if any(stop.request for stop in stops):
            begun[duty] = resting.ended(rest.whole, replace(history, stops=_no_break_first(stops)))
            ends[duty] = max(float(what.since), begun[duty].returns)
    names = {each.request.id for each in displaced}
    left = tuple(run for run in rest.plan.runs if run.duty not in out)
    problem = replace(
        rest.problem,
        requests=tuple(each for each in rest.problem.requests if each.id not in names),
        duties=tuple(duty for duty in rest.problem.duties if duty.id not in out),
    )
    whole = replace(
        rest.whole,
        requests=tuple(each for each in rest.whole.requests if each.id not in names),
        duties=tuple(
            _over(duty, ends.get(duty.id, duty.latest)) if duty.id in out else duty for duty in rest.whole.duties
        ),
    )
    return Rest(whole, problem, engine.Plan(left), begun), displaced


def _over(duty: engine.Duty, latest: float) -> engine.Duty:
    """A duty that nobody drives any more: it ended then, and the drive home is not the driver's work.

    Rests that were taken stay what they are.
    """
    return replace(duty, latest=latest, rest=duty.rest and replace(duty.rest, max_work=NEVER))


def _no_break_first(stops: tuple[engine.PlannedStop, ...]) -> tuple[engine.PlannedStop, ...]:
    first = next(number for number, stop in enumerate(stops) if stop.request)
    return stops[first:]


def _transferred(book: DayBook, request: engine.Request, what: Gone, second: int) -> engine.Request:
    """The rest of the ride of somebody on board, from where the vehicle stands."""
    ready = max(what.since, second)
    by = max(ready, round(request.dropoff_window[1]))
    return replace(
        request,
        pickup=book.location(what.place),
        pickup_window=(ready, by),
        dropoff_window=(min(max(ready, request.dropoff_window[0]), by), by),
    )


def _shortened(book: DayBook, rest: Rest, duty: str, ends: int) -> tuple[Rest, list[Displaced]]:
    """End a shift sooner: its last rides are displaced until the others fit."""

    def earlier(problem: engine.Problem) -> engine.Problem:
        if any(each.id == duty and each.earliest > ends for each in problem.duties):
            raise Invalid("scenario.too_short", field="ends")
        duties = (replace(each, latest=float(ends)) if each.id == duty else each for each in problem.duties)
        return replace(problem, duties=tuple(duties))

    begun = rest.begun.get(duty)
    if begun is not None and (begun.stops[-1].departure > ends or resting.ended(rest.whole, begun).returns > ends):
        raise Invalid("scenario.too_short", field="ends")
    problem, plan = earlier(rest.problem), rest.plan
    aboard = {each.id for each in problem.requests if each.aboard_since is not None}
    gone: list[Displaced] = []
    while any(each.code == "returns_late" and each.subject == duty for each in engine.judge(problem, plan)):
        run = next(run for run in plan.runs if run.duty == duty)
        last = next((s.request for s in reversed(run.stops) if s.request and s.request not in aboard), None)
        if last is None:
            raise Invalid("scenario.too_short", field="ends")
        problem, plan = runs.without(replace(book, problem=problem, plan=plan), {last})
        gone.append(Displaced(as_promised(book, last)))
    names = {each.request.id for each in gone}
    whole = earlier(rest.whole)
    whole = replace(whole, requests=tuple(each for each in whole.requests if each.id not in names))
    return Rest(whole, problem, plan, rest.begun), gone
