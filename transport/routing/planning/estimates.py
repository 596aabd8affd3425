"""When a vehicle will really be at the doors still before it: estimated anew with each report, never overwritten.

Wished, offered, promised, planned, estimated and actual time are six different things. An estimate says what follows
from the last report if everything after it takes as long as planned; waiting that the plan has in it makes up for
lateness.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from transport.kernel.clock import at, seconds_of
from transport.routing.planning.models import Estimate, Promise, Run, Stop, StopKind, VisitAction

LEAST = 60
"""Seconds by which an estimate must differ from what was said before to be worth a word."""


def after(stops: Sequence[Stop], reported: Stop, action: VisitAction, second: int) -> dict[int, int]:
    """The expected start of each later stop of a run, in seconds of the day, by the number of the stop in it. Pure.

    `reported`: the stop at which `action` happened at `second`; having arrived, the vehicle stays as long as planned.
    """
    leaves = second
    if action is VisitAction.ARRIVED:
        leaves = max(second, reported.start) + reported.departure - reported.start
    found = {}
    before = reported
    for stop in stops:
        if stop.seq <= reported.seq:
            continue
        arrives = leaves + stop.arrival - before.departure
        starts = max(arrives, stop.start)
        found[stop.seq] = starts
        leaves, before = starts + stop.departure - stop.start, stop
    return found


def note(
    session: Session, promise: Promise, kind: StopKind, action: VisitAction, *, happened: datetime, now: datetime
) -> list[Estimate]:
    """After a report: remember what is expected of the run's later stops, where it changed by a minute or more."""
    here = session.exec(select(Stop).where(Stop.promise_id == promise.id, Stop.kind == kind)).first()
    if here is None:
        return []
    run = session.get_one(Run, here.run_id)
    stops = list(session.exec(select(Stop).where(Stop.run_id == run.id).order_by(col(Stop.seq))))
    expected = after(stops, here, action, seconds_of(run.day, happened))
    made = []
    for stop in stops:
        if stop.seq not in expected or stop.promise_id is None:
            continue
        said = latest(session, stop.promise_id, stop.kind)
        known = at(run.day, stop.start) if said is None else said.expected_at
        instant = at(run.day, expected[stop.seq])
        if abs((instant - known).total_seconds()) >= LEAST:
            made.append(Estimate(promise_id=stop.promise_id, kind=stop.kind, expected_at=instant, made_at=now))
    session.add_all(made)
    session.flush()
    return made


def latest(session: Session, promise_id: int, kind: StopKind) -> Estimate | None:
    """What was said last about a stop; None while everything goes as planned."""
    mine = select(Estimate).where(Estimate.promise_id == promise_id, Estimate.kind == kind)
    return session.exec(mine.order_by(col(Estimate.id).desc())).first()
