"""What was changed by hand in the live plan of a day, with the runs it touched, so that it can be taken back."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from transport.kernel.actor import Actor
from transport.kernel.errors import Forbidden
from transport.routing import engine
from transport.routing.planning import pricing, resting
from transport.routing.planning.day import DayBook
from transport.routing.planning.models import EditKind, PlanEdit, Run, Stop

LEVELS = 20
"""So many of one's own edits of a day may be taken back, the latest first."""

Written = dict[str, Any]
"""Runs by shift as they are kept: their layout, times and stops; None where a vehicle stays at home."""


def taken_down(session: Session, day: date, shifts: Iterable[int]) -> Written:
    """The live runs of these shifts as they are now."""
    wanted = sorted(set(shifts))
    found: Written = {str(shift): None for shift in wanted}
    for run in session.exec(select(Run).where(Run.day == day, col(Run.shift_id).in_(wanted))):
        stops = session.exec(select(Stop).where(Stop.run_id == run.id).order_by(col(Stop.seq)))
        found[str(run.shift_id)] = {
            "layout": run.layout_id,
            "leaves": run.leaves,
            "returns": run.returns,
            "stops": [[s.kind.value, s.promise_id, s.place_id, s.arrival, s.start, s.departure] for s in stops],
        }
    return found


def as_plan(book: DayBook, kept: Written) -> engine.Plan | None:
    """The day's plan with these runs as they were kept; None if one of their places or vehicles is not there now."""
    runs = {run.duty: run for run in book.plan.runs if run.duty not in kept}
    for shift, run in kept.items():
        if run is None:
            continue
        layouts = [layout.id for layout in book.layouts.get(int(shift), [])]
        if run["layout"] not in layouts or any(stop[2] not in book.places for stop in run["stops"]):
            return None
        stops = tuple(
            engine.PlannedStop(
                engine.StopKind(kind), None if promise is None else str(promise), book.location(place), *times
            )
            for kind, promise, place, *times in run["stops"]
        )
        runs[shift] = engine.PlannedRun(shift, layouts.index(run["layout"]), run["leaves"], run["returns"], stops)
    return engine.Plan(tuple(runs[duty.id] for duty in book.problem.duties if duty.id in runs))


def stands(book: DayBook, plan: engine.Plan, shifts: Iterable[int], *, now: int, reported: resting.Done) -> bool:
    """Whether these runs of a plan can still be driven so from this second of the day on: nothing begun is changed."""
    rest = resting.of(book.problem, book.plan, now, reported)
    cutter, runs = pricing.Cutter(rest.problem), {run.duty: run for run in plan.runs}
    held = {request.id: request.duty for request in rest.problem.requests if request.duty is not None}
    for duty in {str(shift) for shift in shifts}:
        run, begun = runs.get(duty), rest.begun.get(duty)
        if begun is not None:
            count = len(begun.stops)
            if run is None or run.stops[:count] != begun.stops or run.layout != begun.layout:
                return False
            last = begun.stops[-1].departure
            run = (
                replace(run, layout=0, leaves=max(last, float(now)), stops=run.stops[count:])
                if run.stops[count:]
                else None
            )
        if run is not None and any(held.get(stop.request or "", duty) != duty for stop in run.stops):
            return False
        alone, left, _ = cutter.alone(duty, run)
        if engine.judge(alone, left):
            return False
    return True


def note(
    session: Session,
    day: date,
    kind: EditKind,
    promise_id: int,
    *,
    shifts: tuple[int, int],
    before: Written | None = None,
    after: Written | None = None,
    by: Actor,
    now: datetime,
) -> PlanEdit:
    """Write an edit down: from which shift to which, with the runs it touched."""
    if by.user is None:
        raise Forbidden("role.missing")
    edit = PlanEdit(
        day=day,
        made_by=by.user,
        at=now,
        kind=kind,
        promise_id=promise_id,
        from_shift=shifts[0],
        to_shift=shifts[1],
        before=json.dumps(before or {}, sort_keys=True),
        after=json.dumps(after or {}, sort_keys=True),
    )
    session.add(edit)
    session.flush()
    return edit


def kept(text: str) -> Written:
    """The runs of an edit, as they were written down."""
    found: Written = json.loads(text)
    return found


def of_day(session: Session, day: date) -> list[PlanEdit]:
    """Everything that was changed by hand on a day, the latest first."""
    return list(session.exec(select(PlanEdit).where(PlanEdit.day == day).order_by(col(PlanEdit.id).desc())))


def last_own(session: Session, day: date, user: int | None) -> PlanEdit | None:
    """The latest edit of this person on the day that is not taken back, among as many as may be."""
    mine = select(PlanEdit).where(PlanEdit.day == day, PlanEdit.made_by == user)
    latest = session.exec(mine.order_by(col(PlanEdit.id).desc()).limit(LEVELS))
    return next((edit for edit in latest if edit.undone_at is None), None)


def in_the_way(edits: Iterable[PlanEdit], edit: PlanEdit) -> PlanEdit | None:
    """The latest edit of somebody else after this one that touched one of its vehicles."""
    mine = {edit.from_shift, edit.to_shift}
    later: Mapping[int, PlanEdit] = {
        other.id or 0: other
        for other in edits
        if (other.id or 0) > (edit.id or 0) and other.made_by != edit.made_by and other.undone_at is None
    }
    touching = [other for other in later.values() if mine & {other.from_shift, other.to_shift}]
    return max(touching, key=lambda other: other.id or 0, default=None)
