"""Big days: thousands of rides, improved in parts by many workers at once.

A round cuts the present runs into parts of about 200 requests: whole runs that are near one another in place and time.
Every part is a small problem of its own, with the requests its runs carry and the unserved ones near
them. No run belongs to two parts, so the answers together are a plan, whatever each worker found. The next round
cuts elsewhere, and what stood on both sides of a seam meets in one part.
"""

import time
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import count
from math import inf

import numpy as np

from transport.routing.engine.cuts import Points, Rows, alike, areas, dealt, drawn, groups
from transport.routing.engine.explain import reason
from transport.routing.engine.plan import Plan, PlannedRun, StopKind, Unserved
from transport.routing.engine.problem import Problem
from transport.routing.engine.search import solve

Piece = tuple[Rows, Rows]  # the duties and the requests of one part, as rows of the problem

PART = 200  # requests
EFFORT = 30  # iterations for each request of a part
FIRST_EFFORT = 1  # the same when the first plan is made: it only has to be a start
APART = 0.05  # who is an hour apart in time is as near as who is three minutes' drive away


@dataclass(frozen=True, slots=True)
class Round:
    """How a big day stands after a round; round 0 makes the first plan. Every plan is at least as good as the one
    before. `lost` parts of `parts` had no answer from their worker and kept their runs.
    """

    number: int
    parts: int
    lost: int
    plan: Plan


def solve_large(
    problem: Problem,
    *,
    executor: Executor,
    seconds: float | None = None,
    rounds: int | None = None,
    seed: int = 0,
    start: Plan | None = None,
    part: int = PART,
    effort: int = EFFORT,
    progress: Callable[[Round], object] | None = None,
) -> Plan:
    """A plan for a day of any size, within `seconds` or so many `rounds` of improvement, its parts worked on by
    `executor`: threads, processes or a cluster. `start` is improved; without it a first plan is made.

    The same seed and number of rounds give the same plan, whoever does the work. A part whose worker is lost keeps
    its runs; when no worker is left at all, this process goes on alone. When the time is up, parts that nobody has
    begun keep their runs, and those being worked on are waited for (a second or two). ValueError when neither limit
    is given, or when `start` names something the problem does not know.
    """
    if seconds is None and rounds is None:
        raise ValueError("a limit is needed: seconds or rounds")
    deadline = inf if seconds is None else time.monotonic() + seconds
    last = inf if rounds is None else rounds
    day = _Day(problem, start)
    source = np.random.default_rng(seed)
    pieces = min(round(len(problem.requests) / part) or 1, len(problem.duties))
    alone = False
    with ExitStack() as stack:
        for number in count(0 if start is None else 1):
            if not problem.requests or not pieces or time.monotonic() >= deadline or number > last:
                break
            first = not day.runs
            cut = day.first_cut(pieces, source) if first else day.cut(pieces, source)
            parts = [day.part(piece, FIRST_EFFORT if first else effort, source) for piece in cut]
            answers = _answers(executor, parts, deadline)
            errors = [answer for answer in answers if isinstance(answer, Exception)]
            for piece, answer in zip(cut, answers, strict=True):
                if isinstance(answer, Plan):
                    day.accept(piece, answer)
            if len(errors) == len(parts):
                if alone:
                    raise errors[0]  # not a worker's fault
                executor, alone = stack.enter_context(ThreadPoolExecutor()), True
            if progress is not None:
                progress(Round(number, len(parts), len(errors), day.plan()))
    return day.plan()


# --- what travels to a worker and back ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Part:
    """A small problem cut out of a big one, and its present runs (which still say the big one's locations: the search
    reads their order only). The small one's location `k` is location `places[k]` of the big one; no others travel.
    """

    problem: Problem
    start: Plan
    places: Rows
    iterations: int
    seed: int


def improve(part: Part) -> Plan:
    """The part's plan, at least as good as its start, in locations of the big problem. This runs at the worker."""
    plan = solve(part.problem, iterations=part.iterations, seed=part.seed, start=part.start)
    places = part.places.tolist()
    runs = (
        replace(run, stops=tuple(replace(stop, location=places[stop.location]) for stop in run.stops))
        for run in plan.runs
    )
    return Plan(tuple(runs), plan.unserved)


def _answers(executor: Executor, parts: Iterable[Part], deadline: float) -> list[Plan | Exception | None]:
    """For each part its plan, the error of its lost worker, or None if nobody had begun it at the deadline."""
    futures = [_submitted(executor, part) for part in parts]
    wait(futures, None if deadline == inf else max(0.0, deadline - time.monotonic()))
    late = [not future.done() and future.cancel() for future in futures]
    return [None if called_off else _answer(future) for future, called_off in zip(futures, late, strict=True)]


def _submitted(executor: Executor, part: Part) -> Future[Plan]:
    try:
        return executor.submit(improve, part)
    except RuntimeError as broken:  # what a pool says whose processes have died
        refused: Future[Plan] = Future()
        refused.set_exception(broken)
        return refused


def _answer(future: Future[Plan]) -> Plan | Exception:
    try:
        return future.result()
    except ValueError:  # a contradiction in the plan to start from
        raise
    except Exception as error:  # noqa: BLE001 - every executor has its own words for a lost worker
        return error


# --- the day --------------------------------------------------------------------------------------------------------


class _Day:
    """The present runs, and how to cut them."""

    def __init__(self, problem: Problem, start: Plan | None) -> None:
        self._problem = problem
        self._duty = {duty.id: row for row, duty in enumerate(problem.duties)}
        self._request = {request.id: row for row, request in enumerate(problem.requests)}
        self._bound = np.array([self._duty.get(each.duty or "", -1) for each in problem.requests], np.int64)
        self._map = drawn(problem.durations)
        ends = np.array([(each.pickup, each.dropoff) for each in problem.requests], np.int64).reshape(-1, 2)
        times = [min(each.pickup_window, each.dropoff_window, key=np.ptp) for each in problem.requests]
        when = APART * np.array(times, np.float64).reshape(-1, 2).mean(axis=1)
        self._wanted: Points = np.column_stack([self._map[ends].mean(axis=1), when])
        self._ends = np.array([(duty.start, duty.end) for duty in problem.duties], np.int64).reshape(-1, 2)
        self._kinds = alike([replace(duty, id="", start=0, end=0) for duty in problem.duties])
        self._reason: dict[int, str] = {}
        self._hopeless = np.zeros(len(problem.requests), np.bool_)
        self._carries: dict[int, list[int]] = {}
        self.runs: dict[int, PlannedRun] = {}
        try:
            self._put(start.runs if start else ())
        except KeyError as unknown:
            raise ValueError(f"the plan names {unknown}, which the problem does not know") from None

    def plan(self) -> Plan:
        """The present plan, with the reasons of the unserved."""
        runs = tuple(self.runs[row] for row in sorted(self.runs))
        unserved = (Unserved(self._problem.requests[row].id, self._why(row)) for row in self._unserved().tolist())
        return Plan(runs, tuple(unserved))

    def first_cut(self, pieces: int, source: np.random.Generator) -> list[Piece]:
        """Requests near one another, and for each piece of them its share of every kind of duty, from near depots."""
        asked = areas(self._wanted[:, :2], pieces, source)
        hands = dealt(
            self._kinds, self._map[self._ends[:, 0]], np.array([self._wanted[rows, :2].mean(axis=0) for rows in asked])
        )
        return [(hand, self._with_own(hand, rows)) for hand, rows in zip(hands, asked, strict=True)]

    def cut(self, pieces: int, source: np.random.Generator) -> list[Piece]:
        """Runs near one another, with about as many requests in every piece, and the unserved ones near them that
        have any hope.
        """
        wishes = self._unserved()
        wishes = wishes[~self._hopeless[wishes]]
        weights = np.full(len(self._problem.duties), len(wishes) / len(self._problem.duties))
        for row, carried in self._carries.items():
            weights[row] += len(carried)
        found = groups(self._whereabouts(), weights, self._wanted[wishes], pieces, source)
        return [(duties, self._with_own(duties, wishes[near])) for duties, near in found]

    def part(self, piece: Piece, effort: int, source: np.random.Generator) -> Part:
        """What a worker must know to improve this piece of the day."""
        duties, requests = piece
        problem, places = excerpt(self._problem, duties, requests)
        runs = tuple(self.runs[row] for row in duties.tolist() if row in self.runs)
        return Part(problem, Plan(runs), places, effort * len(requests), int(source.integers(2**31)))

    def accept(self, piece: Piece, answer: Plan) -> None:
        """The worker's runs take the place of the piece's."""
        for row in piece[0].tolist():
            self.runs.pop(row, None)
            self._carries.pop(row, None)
        self._put(answer.runs)
        for each in answer.unserved:
            row = self._request[each.request]
            # a part's word is good for the whole day if it is that the others are in the way
            self._reason[row] = "no_room" if each.reason == "no_room" else self._alone(row)
            self._hopeless[row] = self._reason[row] != "no_room"

    def _put(self, runs: Iterable[PlannedRun]) -> None:
        for run in runs:
            row = self._duty[run.duty]
            self.runs[row] = run
            self._carries[row] = [
                self._request[str(stop.request)] for stop in run.stops if stop.kind is StopKind.DROPOFF
            ]

    def _unserved(self) -> Rows:
        served = np.zeros(len(self._problem.requests), np.bool_)
        for carried in self._carries.values():
            served[carried] = True
        return np.flatnonzero(~served)

    def _with_own(self, duties: Rows, near: Rows) -> Rows:
        """The requests near these duties that are free to go with any, and those they carry or are bound to."""
        carried = [row for duty in duties.tolist() for row in self._carries.get(duty, ())]
        bound = np.flatnonzero(np.isin(self._bound, duties))
        return np.unique(np.concatenate([near[self._bound[near] < 0], bound, np.array(carried, np.int64)]))

    def _whereabouts(self) -> Points:
        """Where and when each duty has its stops, on average; an idle one waits at its start."""
        found = np.empty((len(self._problem.duties), 3))
        for row, duty in enumerate(self._problem.duties):
            stops = self.runs[row].stops if row in self.runs else ()
            found[row, :2] = self._map[[stop.location for stop in stops] or duty.start].reshape(-1, 2).mean(axis=0)
            found[row, 2] = APART * np.mean([stop.start for stop in stops] or (duty.earliest, duty.latest))
        return found

    def _why(self, row: int) -> str:
        if row not in self._reason:
            self._reason[row] = self._alone(row)
        return self._reason[row]

    def _alone(self, row: int) -> str:
        """Why no duty of the whole day takes the request, were it the only one; "no_room" if some would."""
        problem, _ = excerpt(self._problem, self._best_alone(row), np.array([row]))
        return reason(problem, Plan(), problem.requests[0])

    def _best_alone(self, row: int) -> Rows:
        """Duties that answer for all: of those alike, the ones that no other beats on the way to the pickup and home.

        With nobody else on board there is nothing more to a run than these two drives and the ride itself.
        """
        if self._bound[row] >= 0:
            return self._bound[row : row + 1]
        request, durations, best = self._problem.requests[row], self._problem.durations, self._bound[:0]
        for rows in self._kinds:
            starts, ends = self._ends[rows].T
            there, home = durations[starts, request.pickup], durations[request.dropoff, ends]
            order = np.lexsort((home, there))
            shortest = np.minimum.accumulate(home[order])
            best = np.append(best, rows[order[np.diff(shortest, prepend=np.inf) < 0]])
        return np.sort(best)


def excerpt(problem: Problem, duties: Rows, requests: Rows) -> tuple[Problem, Rows]:
    """The problem of these duties and requests alone, with their locations only, and which those are."""
    driven = [problem.duties[row] for row in duties.tolist()]
    asked = [problem.requests[row] for row in requests.tolist()]
    ends = [(duty.start, duty.end) for duty in driven] + [(each.pickup, each.dropoff) for each in asked]
    places = np.unique(np.array(ends, np.int64))
    inside = {place: row for row, place in enumerate(places.tolist())}
    grid = np.ix_(places, places)
    small = replace(
        problem,
        requests=tuple(replace(each, pickup=inside[each.pickup], dropoff=inside[each.dropoff]) for each in asked),
        duties=tuple(replace(duty, start=inside[duty.start], end=inside[duty.end]) for duty in driven),
        durations=problem.durations[grid],
        distances=problem.distances[grid],
    )
    return small, places
