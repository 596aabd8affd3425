"""Plans thought of outside any transaction: asked for by a row, solved on a snapshot, applied under the day lock.

read (snapshot and its version) -> think (no session) -> apply (same version? judge satisfied? then write).
"""

import json
from dataclasses import asdict
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, or_, update
from sqlmodel import Session, col, select

from transport.kernel.actor import Actor
from transport.kernel.clock import day_start
from transport.kernel.errors import Conflict, NotFound
from transport.kernel.events import record
from transport.routing import engine
from transport.routing.planning import day as days
from transport.routing.planning import publishing, runs
from transport.routing.planning.day import DayBook, World
from transport.routing.planning.models import Proposal, ProposalState, ServiceDay

LEASE = timedelta(minutes=10)


def ask(session: Session, day: date, *, seconds: int, by: Actor, now: datetime) -> Proposal:
    """Ask for a better plan of a day that has not begun; asking twice finds the first question.

    Raises Conflict("plan.day_has_begun"): a day under way is changed ride by ride.
    """
    days.get(session, day)
    if now >= day_start(day):
        raise Conflict("plan.day_has_begun", day=day)
    waiting = select(Proposal).where(
        Proposal.day == day, col(Proposal.state).in_((ProposalState.ASKED, ProposalState.THINKING))
    )
    proposal = session.exec(waiting).first()
    if proposal is None:
        proposal = Proposal(day=day, budget_seconds=seconds, asked_by=by.label, asked_at=now)
        session.add(proposal)
        session.flush()
        record(session, "proposal_asked", subject=("proposal", proposal.id), by=by, now=now, facts={"day": day})
    return proposal


def take(session: Session, now: datetime) -> Proposal | None:
    """Claim the oldest question (or one whose thinker died) for this process; None if there is none."""
    waiting = select(Proposal.id).where(_free(now)).order_by(col(Proposal.id))
    for proposal_id in session.exec(waiting):
        claim = (
            update(Proposal)
            .where(col(Proposal.id) == proposal_id, _free(now))
            .values(state=ProposalState.THINKING, leased_until=now + LEASE)
        )
        if session.connection().execute(claim).rowcount == 1:
            return session.get_one(Proposal, proposal_id, populate_existing=True)
    return None


def think(book: DayBook, seconds: float) -> engine.Plan:
    """The best plan found for the day as it is; at least as good as the live one. Minutes of thinking, no session."""
    return engine.solve(book.problem, seconds=seconds, start=book.plan)


def store(
    session: Session, proposal_id: int, book: DayBook, plan: engine.Plan | None, *, error: str, now: datetime
) -> None:
    """Write the answer to a claimed question down: ready, or failed with a reason (`plan` is None)."""
    done = (
        update(Proposal)
        .where(col(Proposal.id) == proposal_id, col(Proposal.state) == ProposalState.THINKING)
        .values(
            state=ProposalState.FAILED if plan is None else ProposalState.READY,
            base_version=book.version,
            plan="" if plan is None else _written(book, plan),
            before=summary(book, book.plan),
            after="" if plan is None else summary(book, plan),
            finished_at=now,
            error=error[:400],
        )
    )
    session.connection().execute(done)


def apply(session: Session, proposal_id: int, *, world: World, by: Actor, now: datetime) -> Proposal:
    """Make a ready proposal the live plan, if the day has not moved on and the judge agrees.

    Raises NotFound, Conflict("plan.not_ready"), Conflict("plan.day_has_moved_on"), Invalid("plan.breaks_promises").
    """
    proposal = session.get(Proposal, proposal_id)
    if proposal is None:
        raise NotFound("proposal")
    if proposal.state is not ProposalState.READY:
        raise Conflict("plan.not_ready", state=proposal.state.value)
    row = days.lock(session, proposal.day)
    if proposal.base_version != row.version - 1:
        raise Conflict("plan.day_has_moved_on", day=proposal.day)
    book = days.load(session, proposal.day, world=world, now=now)
    runs.save(session, book, book.problem, _read(book, proposal.plan))
    proposal.state = ProposalState.APPLIED
    session.add(proposal)
    session.flush()
    record(session, "proposal_applied", subject=("proposal", proposal.id), by=by, now=now, facts={"day": proposal.day})
    publishing.again(session, proposal.day, by=by, now=now, reason="proposal_applied")
    return proposal


def discard(session: Session, proposal_id: int, *, by: Actor, now: datetime) -> Proposal:
    """Put a ready proposal away; the live plan stays. Raises NotFound("proposal"), Conflict("plan.not_ready")."""
    proposal = session.get(Proposal, proposal_id)
    if proposal is None:
        raise NotFound("proposal")
    if proposal.state is not ProposalState.READY:
        raise Conflict("plan.not_ready", state=proposal.state.value)
    proposal.state = ProposalState.DISCARDED
    session.add(proposal)
    session.flush()
    facts = {"day": proposal.day}
    record(session, "proposal_discarded", subject=("proposal", proposal.id), by=by, now=now, facts=facts)
    return proposal


def improve(session: Session, book: DayBook, plan: engine.Plan, *, row: ServiceDay, by: Actor, now: datetime) -> bool:
    """Apply a plan thought of in place (job or command line); False if the (locked) day has moved on meanwhile."""
    if row.version - 1 != book.version:
        return False
    runs.save(session, book, book.problem, plan)
    facts = {"day": book.day, **json.loads(summary(book, plan))}
    record(session, "plan_improved", subject=("service_day", book.day.isoformat()), by=by, now=now, facts=facts)
    publishing.again(session, book.day, by=by, now=now, reason="plan_improved")
    return True


def summary(book: DayBook, plan: engine.Plan) -> str:
    """What the plan costs and serves, as JSON for the comparison page."""
    return json.dumps({name: round(value, 1) for name, value in asdict(engine.score(book.problem, plan)).items()})


def _free(now: datetime) -> ColumnElement[bool]:
    return or_(
        col(Proposal.state) == ProposalState.ASKED,
        (col(Proposal.state) == ProposalState.THINKING) & (col(Proposal.leased_until) < now),
    )


def _written(book: DayBook, plan: engine.Plan) -> str:
    """The plan as JSON; places by id, as locations are indices of one problem only."""
    written = []
    for run in plan.runs:
        stops = [
            {**asdict(stop), "kind": stop.kind.value, "location": book.places[stop.location]} for stop in run.stops
        ]
        written.append({**asdict(run), "stops": stops})
    return json.dumps(written)


def _read(book: DayBook, written: str) -> engine.Plan:
    planned = []
    for run in json.loads(written):
        stops = tuple(
            engine.PlannedStop(
                **{**stop, "kind": engine.StopKind(stop["kind"]), "location": book.location(stop["location"])}
            )
            for stop in run["stops"]
        )
        planned.append(engine.PlannedRun(**{**run, "stops": stops}))
    return engine.Plan(runs=tuple(planned), unserved=())
