"""Putting a plan in force that was thought of earlier: if the day allows it still, and the judge agrees.

What a plan changes for people is written as new promises beside the old ones. The rooms above tell the rides.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session, col, select

from transport.kernel.actor import Actor
from transport.kernel.clock import seconds_of
from transport.kernel.errors import Conflict, NotFound
from transport.kernel.events import record
from transport.routing import engine
from transport.routing.planning import day as days
from transport.routing.planning import promises, proposals, publishing, resting, runs, thinking, whatif
from transport.routing.planning.day import DayBook, World
from transport.routing.planning.models import (
    Promise,
    PromiseKind,
    PromiseState,
    Proposal,
    ProposalState,
    Run,
    ServiceDay,
    Stop,
    Visit,
)
from transport.routing.planning.resting import Done
from transport.routing.planning.thinking import Harm, Terms
from transport.routing.planning.whatif import Delayed, DrivenOn, Gone

SUPERSEDED = "superseded"
VEHICLE_OUT = "vehicle_out"
SPENT = (Harm.LEFT_OUT, Harm.TAXI)
"""Who takes no place in the plan any more."""


@dataclass(frozen=True, slots=True)
class Collision:
    """Why a plan does not fit the day any more: a promise that is `new` or `gone`, or that somebody has `moved` to
    another vehicle meanwhile; a shift that has `set_out`.
    """

    why: str
    subject: int


@dataclass(frozen=True, slots=True)
class Replaced:
    """A promise that a plan has ended, the one that binds us instead (None: there is none), and why.

    One that a taxi keeps is its own heir: it is not ended.
    """

    old: Promise
    new: Promise | None
    terms: Terms


def ready(session: Session, proposal_id: int) -> Proposal:
    """The proposal, if it can be used; NotFound("proposal"), Conflict("plan.not_ready")."""
    proposal = session.get(Proposal, proposal_id, populate_existing=True)
    if proposal is None:
        raise NotFound("proposal")
    if proposal.state is not ProposalState.READY:
        raise Conflict("plan.not_ready", state=proposal.state.value)
    return proposal


def plan_of(book: DayBook, proposal: Proposal, names: Mapping[str, str] | None = None) -> engine.Plan:
    """The plan of a proposal in the terms of a book that knows its places; `names` renames rides."""
    renamed = names or {}
    planned = []
    for run in json.loads(proposal.plan):
        stops = tuple(
            engine.PlannedStop(
                **{
                    **stop,
                    "kind": engine.StopKind(stop["kind"]),
                    "location": book.location(stop["location"]),
                    "request": renamed.get(stop["request"], stop["request"]),
                }
            )
            for stop in run["stops"]
        )
        planned.append(engine.PlannedRun(**{**run, "stops": stops}))
    return engine.Plan(runs=tuple(planned), unserved=())


def places_of(proposal: Proposal) -> list[int]:
    """Every place that the plan of a proposal stops at."""
    return list({stop["location"] for run in json.loads(proposal.plan) for stop in run["stops"]})


def collisions(session: Session, proposal: Proposal, *, world: World, now: datetime) -> list[Collision]:
    """What has happened since the plan was thought of that it does not reckon with; an empty list: it can be used."""
    book = days.load(session, proposal.day, world=world, now=now, also=places_of(proposal))
    return _collisions(book, proposal, seconds_of(proposal.day, now), proposals.reported(session, book))


def _collisions(book: DayBook, proposal: Proposal, second: int, reported: Done) -> list[Collision]:
    plan = plan_of(book, proposal)
    assumptions = whatif.read(proposal.assumptions)
    out = {str(each.shift) for each in assumptions if isinstance(each, Gone)}
    slow = {str(each.shift) for each in assumptions if isinstance(each, Delayed | DrivenOn)}
    left_out = {each.promise for each in thinking.read(proposal.changes) if each.harm in SPENT}
    known = {int(stop.request) for run in plan.runs for stop in run.stops if stop.request} | left_out
    found = [Collision("new", promise) for promise in sorted(book.promises.keys() - known)]
    found += [Collision("gone", promise) for promise in sorted(known - book.promises.keys())]
    carried, base = proposals.carried(book.plan), json.loads(proposal.base)
    found += [Collision("moved", int(each)) for each in carried if each in base and base[each] != carried[each]]
    if found:
        return found
    live = {run.duty: run for run in book.plan.runs}
    meant = {run.duty: run for run in plan.runs}
    for duty in sorted(live.keys() | meant.keys() - {whatif.MORE}, key=int):
        if duty in out:
            fits = _history_stands(live.get(duty), meant.get(duty), reported)
        elif duty in slow:
            fits = _stands_still(live.get(duty), meant.get(duty), reported)
        else:
            fits = _can_still(book, live.get(duty), meant.get(duty), second, reported)
        if not fits:
            found.append(Collision("set_out", int(duty)))
    return found


def _history_stands(live: engine.PlannedRun | None, meant: engine.PlannedRun | None, reported: Done) -> bool:
    """Whether nobody has got off a broken vehicle since whom the plan fetches from there."""
    stays = {stop.request for stop in meant.stops} if meant else set()
    moved = {stop.request or "" for stop in live.stops} - stays - {""} if live else set()
    return not any((name, engine.StopKind.DROPOFF) in reported for name in moved)


def _stands_still(live: engine.PlannedRun | None, meant: engine.PlannedRun | None, reported: Done) -> bool:
    """Whether nothing has been reported since of a vehicle that is late but what the plan holds for history."""
    before, after = (run.stops if run else () for run in (live, meant))
    same = _same(before, after)
    return not any((stop.request or "", stop.kind) in reported for stop in before[same:])


def _can_still(
    book: DayBook, live: engine.PlannedRun | None, meant: engine.PlannedRun | None, second: int, reported: Done
) -> bool:
    """Whether a vehicle has done nothing else so far than the plan says, and comes in time to what is new."""
    before, after = (run.stops if run else () for run in (live, meant))
    same = _same(before, after)
    done = resting.committed(book.problem, live, second, reported) if live else 0
    if any(stop.request for stop in before[same:done]):
        return False
    if meant is None or same == len(after):
        return True
    start = next(duty.start for duty in book.problem.duties if duty.id == meant.duty)
    there = after[same - 1].location if same else start
    return resting.arrival(book.problem, there, after[same].location, second) <= after[same].start


def _same(before: tuple[engine.PlannedStop, ...], after: tuple[engine.PlannedStop, ...]) -> int:
    """How many stops two runs begin with in common."""
    pairs = enumerate(zip(before, after, strict=False))
    return next((number for number, pair in pairs if not _like(*pair)), min(len(before), len(after)))


def _like(one: engine.PlannedStop, other: engine.PlannedStop) -> bool:
    return (one.kind, one.request, one.location, one.start) == (other.kind, other.request, other.location, other.start)


def put_in_force(
    session: Session,
    proposal: Proposal,
    row: ServiceDay,
    *,
    opened: int | None = None,
    world: World,
    by: Actor,
    now: datetime,
) -> list[Replaced]:
    """Make the plan the live one: the day is locked, its shifts are as assumed; `opened` is the shift of one more.

    Raises Invalid("plan.breaks_promises") if the judge finds a fault.
    """
    _free(session, proposal)
    replaced = [_replace(session, terms, by=by, now=now) for terms in thinking.read(proposal.changes)]
    also = places_of(proposal) + [
        place for each in replaced for place in (each.old.pickup_place_id, each.old.dropoff_place_id)
    ]
    book = days.load(session, proposal.day, world=world, now=now, also=also)
    names = {str(each.old.id): str(each.new.id) for each in replaced if each.new is not None}
    dropped = {str(each.old.id) for each in replaced if each.new is None}
    planned = plan_of(book, proposal, names).runs
    plan = engine.Plan(tuple(_as_opened(run, dropped, opened) for run in planned if _carries(run, dropped)))
    runs.save(session, book, book.problem, plan)
    proposal.state = ProposalState.APPLIED
    session.add(proposal)
    session.flush()
    record(session, "proposal_applied", subject=("proposal", proposal.id), by=by, now=now, facts={"day": proposal.day})
    if proposal.urgent or row.published:
        publishing.publish(session, row, by=by, now=now, reason="proposal_applied")
    return replaced


def _free(session: Session, proposal: Proposal) -> None:
    """Take those out of the live plan who lose their vehicle: they are bound to it no longer, whatever was begun."""
    meant = {stop["request"]: run["duty"] for run in json.loads(proposal.plan) for stop in run["stops"]}
    base: dict[str, str] = json.loads(proposal.base)
    assumptions = whatif.read(proposal.assumptions)
    losing = {str(shift) for shift in whatif.shifts_of(assumptions)}
    gone = {int(name) for name, duty in base.items() if duty in losing and meant.get(name) != duty}
    slow = {each.shift for each in assumptions if isinstance(each, Delayed | DrivenOn)}
    lost = list(session.exec(select(Stop).where(col(Stop.promise_id).in_(gone))))
    lost += _at_other_times(session, proposal, slow)
    session.exec(delete(Stop).where(col(Stop.id).in_({stop.id for stop in lost})))
    for promise in session.exec(select(Promise).where(col(Promise.id).in_(gone))):
        promise.pinned = False
        session.add(promise)
    for run_id in {stop.run_id for stop in lost}:
        left = list(session.exec(select(Stop).where(Stop.run_id == run_id).order_by(col(Stop.seq))))
        if all(stop.promise_id is None for stop in left):
            session.exec(delete(Stop).where(col(Stop.run_id) == run_id))
            session.delete(session.get_one(Run, run_id))
            left = []
        for seq, stop in enumerate(left):
            stop.seq = seq
            session.add(stop)
            session.flush()
    session.flush()


def _at_other_times(session: Session, proposal: Proposal, shifts: set[int]) -> list[Stop]:
    """The stops of late shifts that the plan has at another time: they are not over, whatever the clock says."""
    meant = {
        (run["duty"], stop["request"], stop["kind"], round(stop["start"]))
        for run in json.loads(proposal.plan)
        for stop in run["stops"]
    }
    planned = select(Stop, Run.shift_id).join(Run, col(Run.id) == Stop.run_id).where(col(Run.shift_id).in_(shifts))
    return [
        stop
        for stop, shift in session.exec(planned)
        if stop.promise_id is not None and (str(shift), str(stop.promise_id), stop.kind.value, stop.start) not in meant
    ]


def _carries(run: engine.PlannedRun, dropped: set[str]) -> bool:
    return any(stop.request and stop.request not in dropped for stop in run.stops)


def _as_opened(run: engine.PlannedRun, dropped: set[str], opened: int | None) -> engine.PlannedRun:
    duty = str(opened) if run.duty == whatif.MORE else run.duty
    return replace(run, duty=duty, stops=tuple(stop for stop in run.stops if stop.request not in dropped))


def _replace(session: Session, terms: Terms, *, by: Actor, now: datetime) -> Replaced:
    """End a promise that the plan does not keep, and write down the one that it does keep.

    A place that is only held for somebody who is still deciding is given back: they choose anew.
    """
    old = session.get_one(Promise, terms.promise, populate_existing=True)
    if terms.harm is Harm.TAXI:
        return _hand_on(session, old, terms, by=by, now=now)
    held = old.state is PromiseState.HELD
    kept = held or (terms.harm is Harm.TRANSFERRED and not terms.later)
    old.state = PromiseState.WITHDRAWN if kept else PromiseState.BROKEN
    old.end_reason = SUPERSEDED if kept else VEHICLE_OUT
    old.ended_at, old.held_until = now, None
    session.add(old)
    new = None if held or terms.harm is Harm.LEFT_OUT else _anew(old, terms, now)
    if new is not None:
        session.add(new)
    session.flush()
    if new is not None and terms.harm is Harm.LATE:
        _keep_visits(session, old, new)
    kind = "promise_withdrawn" if kept else "promise_broken"
    facts = {"reason": old.end_reason, "new": None if new is None else new.id}
    record(session, kind, subject=("promise", old.id), by=by, now=now, facts=facts)
    return Replaced(old, new, terms)


def _keep_visits(session: Session, old: Promise, new: Promise) -> None:
    """Who is on board got on once: what was reported of the pickup belongs to the promise that binds us now."""
    for visit in session.exec(select(Visit).where(Visit.promise_id == old.id)):
        visit.promise_id = new.id or 0
        session.add(visit)
    session.flush()


def _hand_on(session: Session, promise: Promise, terms: Terms, *, by: Actor, now: datetime) -> Replaced:
    """A taxi keeps the promise from now on: it is not ended, and takes no place in our plan."""
    promises.hand_on(session, promise, by=by, now=now)
    return Replaced(promise, promise, terms)


def _anew(old: Promise, terms: Terms, now: datetime) -> Promise:
    same = old.model_dump(exclude={"id", "ended_at", "end_reason", "at_risk", "pinned"})
    kind = PromiseKind.FIXED if terms.harm is Harm.TRANSFERRED else old.kind
    return Promise(
        **{
            **same,
            "kind": kind,
            "state": PromiseState.FIRM,
            "supersedes": old.id,
            "pickup_place_id": terms.pickup_place,
            "window_start": terms.window_start,
            "window_end": terms.window_end,
            "arrive_by": terms.arrive_by,
            "max_ride": terms.max_ride,
            "made_at": now,
        }
    )


def comes_home(proposal: Proposal, shift: int) -> int | None:
    """The second at which a shift's vehicle is back in the plan of a proposal; None if it does not leave."""
    run = next((run for run in json.loads(proposal.plan) if run["duty"] == str(shift)), None)
    return None if run is None else round(run["returns"])
