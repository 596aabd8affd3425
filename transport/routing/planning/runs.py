"""The live plan of a day as rows: written whole or not at all, always after the judge agreed."""

from dataclasses import replace
from datetime import datetime
from itertools import pairwise

from sqlalchemy import delete
from sqlmodel import Session, col, select

from transport.kernel.actor import Actor
from transport.kernel.errors import Conflict, Invalid, NotFound
from transport.routing import engine
from transport.routing.planning.day import DayBook
from transport.routing.planning.models import Promise, PromiseState, Run, Stop, StopKind, Visit, VisitAction

REST_ITERATIONS = 200
"""How long one run is thought about whose breaks must be placed anew: well under a second."""


def check(problem: engine.Problem, plan: engine.Plan) -> None:
    """Ask the judge; raises Invalid("plan.breaks_promises") with the first complaint and the number of them."""
    violations = engine.judge(problem, plan)
    if violations:
        raise Invalid("plan.breaks_promises", count=len(violations), first=violations[0].sentence)


def save(session: Session, book: DayBook, problem: engine.Problem, plan: engine.Plan) -> None:
    """Make the plan the day's live plan, after the judge agreed. The day must be locked by the caller.

    Only runs that changed are rewritten. `problem` is the book's problem, with a new request if there is one.
    """
    check(problem, plan)
    before = {run.duty: run for run in book.plan.runs}
    after = {run.duty: run for run in plan.runs if run.stops}
    rows = {str(shift): book.runs[shift] for shift in book.runs}
    changed = [duty for duty in {*before, *after} if before.get(duty) != after.get(duty)]
    for duty in after.keys() & rows.keys() - set(changed):  # same times on other roads may be another length
        rows[duty].metres = metres(problem, after[duty])
        session.add(rows[duty])
    old = [rows[duty].id for duty in changed if duty in rows]
    # through the session, so that it forgets the rows: SQLite gives their numbers to the new ones
    session.exec(delete(Stop).where(col(Stop.run_id).in_(old)))
    for duty in sorted(changed, key=int):
        if duty not in after:
            if duty in rows:
                session.delete(rows[duty])
            continue
        run = _write_run(session, book, problem, after[duty], rows.get(duty))
        session.add_all(_stops(run, book, after[duty]))
    session.flush()


def without(book: DayBook, gone: set[str]) -> tuple[engine.Problem, engine.Plan]:
    """The day without some requests: runs that carried none of them stay as they are, the others are timed anew. What
    lies ahead is not planned back into the past, where the day read anew would take it to be over.

    Leaving somebody out never makes a plan infeasible, as no detour is shorter than the way; if travel times
    break that law, Invalid("plan.breaks_promises") is raised by whoever saves it, and nothing changes.
    """
    problem = replace(book.problem, requests=tuple(r for r in book.problem.requests if r.id not in gone))
    left = []
    for run in book.plan.runs:
        stops = tuple(stop for stop in run.stops if stop.request not in gone)
        if len(stops) == len(run.stops):
            left.append(run)
        elif any(stop.request is not None for stop in stops):
            left.append(_timed(problem, replace(run, stops=stops), book.past))
    return problem, engine.Plan(runs=tuple(left), unserved=())


def metres(problem: engine.Problem, run: engine.PlannedRun) -> int:
    """Length of a run from its depot back to its depot, in metres."""
    duty = next(d for d in problem.duties if d.id == run.duty)
    nodes = [duty.start, *(stop.location for stop in run.stops), duty.end]
    return round(sum(float(problem.distances[a, b]) for a, b in pairwise(nodes)))


def length(problem: engine.Problem, plan: engine.Plan) -> int:
    """Metres of all runs of a plan."""
    return sum(metres(problem, run) for run in plan.runs)


def visit(
    session: Session,
    promise: Promise,
    kind: StopKind,
    action: VisitAction,
    *,
    by: Actor,
    occurred_at: datetime,
    now: datetime,
    note: str = "",
    shift_id: int | None = None,
) -> bool:
    """Remember what happened at a stop, with which vehicle (its shift); False if the same was reported before.

    Raises Conflict("stop.not_live") for a stop that is not part of the plan any more.
    """
    known = select(Visit).where(Visit.promise_id == promise.id, Visit.kind == kind, Visit.action == action)
    if session.exec(known).first() is not None:
        return False
    if promise.id is None or promise.state not in (PromiseState.FIRM, PromiseState.KEPT):
        raise Conflict("stop.not_live", promise=promise.id)
    session.add(
        Visit(
            promise_id=promise.id,
            kind=kind,
            action=action,
            shift_id=shift_id,
            occurred_at=occurred_at,
            recorded_at=now,
            actor=by.label,
            note=note[:160],
        )
    )
    session.flush()
    return True


def shift_of(session: Session, promise_id: int) -> int:
    """The shift whose live run carries the promise."""
    found = session.exec(
        select(Run.shift_id).join(Stop, col(Stop.run_id) == Run.id).where(Stop.promise_id == promise_id)
    ).first()
    if found is None:
        raise NotFound("stop", promise=promise_id)
    return found


def _timed(problem: engine.Problem, run: engine.PlannedRun, past: int) -> engine.PlannedRun:
    """The run by the least schedule. Breaks that are not between two rides any more are no breaks; where the law
    then wants others, or none, they are placed anew.
    """
    carried = {stop.request for stop in run.stops}
    ahead = {(stop.request, stop.kind) for stop in run.stops if stop.start > past}
    alone = replace(
        problem,
        requests=tuple(_after(past, request, ahead) for request in problem.requests if request.id in carried),
        duties=tuple(duty for duty in problem.duties if duty.id == run.duty),
    )
    rides = [at for at, stop in enumerate(run.stops) if stop.request is not None]
    inner = replace(run, stops=run.stops[rides[0] : rides[-1] + 1])
    bare = replace(run, stops=tuple(run.stops[at] for at in rides))
    for tried in (inner, bare):
        plan = engine.retime(alone, engine.Plan(runs=(tried,)))
        if plan is not None and not engine.judge(alone, plan):
            return plan.runs[0]
    found = engine.solve(alone, iterations=REST_ITERATIONS)
    return found.runs[0] if found.runs and not found.unserved else inner


def _after(past: int, request: engine.Request, ahead: set[tuple[str | None, engine.StopKind]]) -> engine.Request:
    """The request with those of its stops that lie ahead after `past`; where they are now they fit into that."""

    def opening(window: tuple[float, float], kind: engine.StopKind) -> tuple[float, float]:
        opens, closes = window
        return (max(opens, min(past + 1, closes)) if (request.id, kind) in ahead else opens), closes

    return replace(
        request,
        pickup_window=opening(request.pickup_window, engine.StopKind.PICKUP),
        dropoff_window=opening(request.dropoff_window, engine.StopKind.DROPOFF),
    )


def _write_run(
    session: Session, book: DayBook, problem: engine.Problem, planned: engine.PlannedRun, row: Run | None
) -> Run:
    shift_id = int(planned.duty)
    layout = book.layouts[shift_id][planned.layout]
    if row is None:
        row = Run(day=book.day, shift_id=shift_id, layout_id=layout.id or 0, leaves=0, returns=0)
    row.layout_id = layout.id or 0
    row.leaves, row.returns = round(planned.leaves), round(planned.returns)
    row.metres = metres(problem, planned)
    session.add(row)
    session.flush()
    return row


def _stops(run: Run, book: DayBook, planned: engine.PlannedRun) -> list[Stop]:
    return [
        Stop(
            run_id=run.id or 0,
            seq=seq,
            kind=StopKind(stop.kind.value),
            promise_id=None if stop.request is None else int(stop.request),
            place_id=book.places[stop.location],
            arrival=round(stop.arrival),
            start=round(stop.start),
            departure=round(stop.departure),
        )
        for seq, stop in enumerate(planned.stops)
    ]
