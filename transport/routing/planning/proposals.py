"""Plans thought of outside any transaction: asked for by a row, solved on a snapshot; `applying` puts them in force.

read (snapshot and its version) -> think (no session; now and then telling how it stands) -> store. A what-if is a
proposal with assumptions.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, or_, update
from sqlmodel import Session, col, select

from transport.kernel.actor import Actor
from transport.kernel.clock import seconds_of
from transport.kernel.errors import Conflict, Invalid, NotFound
from transport.kernel.events import record
from transport.routing import engine
from transport.routing.fleet import fleet
from transport.routing.fleet.models import Depot, Driver, Shift, Vehicle
from transport.routing.planning import day as days
from transport.routing.planning import publishing, runs, thinking, whatif
from transport.routing.planning.day import DayBook, World
from transport.routing.planning.models import (
    DayState,
    Proposal,
    ProposalState,
    ServiceDay,
    Visit,
    VisitAction,
)
from transport.routing.planning.resting import Done
from transport.routing.planning.thinking import Answer
from transport.routing.planning.whatif import Assumption, Case, Gone, Mishap, OneMore

LEASE = timedelta(minutes=2)
"""A thinker that has not told anything for so long is dead."""
OPEN = (ProposalState.ASKED, ProposalState.THINKING)
REACTION = 180
"""Seconds until a new plan can be in the hands of the drivers: what begins sooner is not planned anew."""


def ask(
    session: Session,
    day: date,
    *,
    seconds: int,
    assumptions: Sequence[Assumption] = (),
    by: Actor,
    now: datetime,
) -> Proposal:
    """Ask for a plan of what is left of a day, under assumptions; asking the same twice finds the first question.

    Raises Conflict("day.closed").
    """
    if days.get(session, day).state is not DayState.OPEN:
        raise Conflict("day.closed", day=day)
    text = whatif.written(assumptions)
    waiting = select(Proposal).where(Proposal.day == day, col(Proposal.state).in_(OPEN), Proposal.assumptions == text)
    proposal = session.exec(waiting).first()
    if proposal is None:
        urgent = any(isinstance(each, Mishap) for each in assumptions)
        proposal = Proposal(
            day=day, budget_seconds=seconds, assumptions=text, urgent=urgent, asked_by=by.label, asked_at=now
        )
        session.add(proposal)
        session.flush()
        record(session, "proposal_asked", subject=("proposal", proposal.id), by=by, now=now, facts={"day": day})
    return proposal


def again(session: Session, proposal: Proposal, *, by: Actor, now: datetime) -> Proposal:
    """Ask the same once more, of the day as it is now."""
    assumptions = whatif.read(proposal.assumptions)
    return ask(session, proposal.day, seconds=proposal.budget_seconds, assumptions=assumptions, by=by, now=now)


def get(session: Session, day: date, proposal_id: int) -> Proposal:
    """A proposal of a day; NotFound("proposal")."""
    proposal = session.get(Proposal, proposal_id)
    if proposal is None or proposal.day != day:
        raise NotFound("proposal")
    return proposal


def of_day(session: Session, day: date) -> list[Proposal]:
    """All plans ever thought of for a day, the latest first."""
    return list(session.exec(select(Proposal).where(Proposal.day == day).order_by(col(Proposal.id).desc())))


def take(session: Session, now: datetime) -> Proposal | None:
    """Claim the most urgent, then oldest question (or one whose thinker died) for this process; None if none waits."""
    waiting = select(Proposal.id).where(_free(now)).order_by(col(Proposal.urgent).desc(), col(Proposal.id))
    for proposal_id in session.exec(waiting):
        claim = (
            update(Proposal)
            .where(col(Proposal.id) == proposal_id, _free(now))
            .values(state=ProposalState.THINKING, leased_until=now + LEASE, progress=0.0)
        )
        if session.connection().execute(claim).rowcount == 1:
            return session.get_one(Proposal, proposal_id, populate_existing=True)
    return None


def tell(session: Session, proposal_id: int, how: engine.Progress, *, now: datetime) -> bool:
    """Write down how the thinking stands and keep the claim; False if it is to end with the best so far."""
    mine = (
        update(Proposal)
        .where(col(Proposal.id) == proposal_id, col(Proposal.state) == ProposalState.THINKING)
        .values(
            progress=round(how.done, 3),
            unserved_now=how.unserved,
            cost_now=round(how.cost, 1),
            leased_until=now + LEASE,
        )
    )
    if session.connection().execute(mine).rowcount != 1:
        return False
    proposal = session.get_one(Proposal, proposal_id, populate_existing=True)
    urgent = select(Proposal.id).where(Proposal.state == ProposalState.ASKED, col(Proposal.urgent))
    return not (proposal.stop_asked or (not proposal.urgent and session.exec(urgent).first() is not None))


def stop(session: Session, proposal: Proposal, *, by: Actor, now: datetime) -> None:
    """Somebody has seen enough: the best plan so far is the answer. Conflict("plan.not_thinking") if it is over."""
    if proposal.state not in OPEN:
        raise Conflict("plan.not_thinking", state=proposal.state.value)
    proposal.stop_asked = True
    session.add(proposal)
    session.flush()
    record(session, "proposal_stopped", subject=("proposal", proposal.id), by=by, now=now, facts={"day": proposal.day})


def gather(session: Session, proposal: Proposal, *, world: World, now: datetime) -> Case:
    """The day as it is, under the assumptions of a question: all that thinking needs."""
    assumptions = whatif.read(proposal.assumptions)
    return look(session, proposal.day, assumptions, world=world, now=now)


def look(
    session: Session,
    day: date,
    assumptions: Sequence[Assumption],
    *,
    world: World,
    now: datetime,
    also: Sequence[int] = (),
) -> Case:
    """The day under assumptions, seen from now on."""
    extra = next((each for each in assumptions if isinstance(each, OneMore)), None)
    vehicle = None if extra is None else _vehicle(session, extra)
    depot = None if vehicle is None else session.get_one(Depot, vehicle.depot_id).place_id
    stands = [each.place for each in assumptions if isinstance(each, Gone)]
    places = [*also, *stands, *([depot] if depot else [])]
    book = days.load(session, day, world=world, now=now, also=places)
    more = None if extra is None or vehicle is None or depot is None else _duty(session, book, extra, vehicle, depot)
    second = seconds_of(day, now) + REACTION
    return whatif.case(book, assumptions, second, reported=reported(session, book), more=more)


def reported(session: Session, book: DayBook) -> Done:
    """The stops of which a driver has said that they are over."""
    over = select(Visit).where(
        col(Visit.promise_id).in_(book.promises), col(Visit.action).in_((VisitAction.DONE, VisitAction.ABSENT))
    )
    return {(str(visit.promise_id), engine.StopKind(visit.kind.value)) for visit in session.exec(over)}


def store(
    session: Session, proposal_id: int, case: Case | None, answer: Answer | None, *, error: str, now: datetime
) -> None:
    """Write the answer to a claimed question down: ready, or failed with a reason (`answer` is None)."""
    done = (
        update(Proposal)
        .where(col(Proposal.id) == proposal_id, col(Proposal.state) == ProposalState.THINKING)
        .values(
            state=ProposalState.FAILED if answer is None else ProposalState.READY,
            base_version=None if case is None else case.book.version,
            base="{}" if case is None else json.dumps(carried(case.book.plan)),
            plan="" if answer is None or case is None else written(case.book, answer.plan),
            before="" if case is None else summary(case.book.problem, case.book.plan),
            after="" if answer is None else summary(answer.problem, answer.plan),
            changes="[]" if answer is None else thinking.written(answer.terms),
            progress=1.0,
            finished_at=now,
            error=error[:400],
        )
    )
    session.connection().execute(done)


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
    facts = {"day": book.day, **json.loads(summary(book.problem, plan))}
    record(session, "plan_improved", subject=("service_day", book.day.isoformat()), by=by, now=now, facts=facts)
    publishing.again(session, book.day, by=by, now=now, reason="plan_improved")
    return True


def summary(problem: engine.Problem, plan: engine.Plan) -> str:
    """What the plan costs and serves, as JSON for the comparison page."""
    return json.dumps({name: round(value, 1) for name, value in asdict(engine.score(problem, plan)).items()})


def carried(plan: engine.Plan) -> dict[str, str]:
    """The duty that carries each ride."""
    return {stop.request: run.duty for run in plan.runs for stop in run.stops if stop.request}


def written(book: DayBook, plan: engine.Plan) -> str:
    """The plan as JSON; places by id, as locations are indices of one problem only."""
    found = []
    for run in plan.runs:
        stops = [
            {**asdict(stop), "kind": stop.kind.value, "location": book.places[stop.location]} for stop in run.stops
        ]
        found.append({**asdict(run), "stops": stops})
    return json.dumps(found)


def spare(session: Session, day: date, starts: int, ends: int) -> list[tuple[Vehicle, Driver]]:
    """Vehicles and drivers who could come from–until: each vehicle with the first driver who is free and may."""
    found: list[tuple[Vehicle, Driver]] = []
    drivers = list(session.exec(select(Driver).where(col(Driver.active)).order_by(col(Driver.id))))
    for vehicle in session.exec(select(Vehicle).where(col(Vehicle.active)).order_by(col(Vehicle.code))):
        for driver in drivers:
            if driver.provider_id != vehicle.provider_id:
                continue
            shift = Shift(day=day, vehicle_id=vehicle.id or 0, driver_id=driver.id or 0, starts=starts, ends=ends)
            try:
                fleet.require_possible(session, shift)
            except (Conflict, Invalid):
                continue
            found.append((vehicle, driver))
            drivers.remove(driver)
            break
    return found


def _vehicle(session: Session, extra: OneMore) -> Vehicle:
    if extra.vehicle is not None:
        return session.get_one(Vehicle, extra.vehicle)
    shift = session.get(Shift, extra.like) if extra.like else None
    if shift is None:
        raise Invalid("scenario.shift_gone", field="like")
    return session.get_one(Vehicle, shift.vehicle_id)


def _duty(session: Session, book: DayBook, extra: OneMore, vehicle: Vehicle, depot: int) -> engine.Duty:
    """The vehicle as one more duty of the day."""
    shift = Shift(day=book.day, vehicle_id=vehicle.id or 0, driver_id=0, starts=extra.starts, ends=extra.ends)
    shift.driver_id = extra.driver or 0
    layouts = fleet.layouts(session, {vehicle.id or 0})[vehicle.id or 0]
    return days.duty(whatif.MORE, shift, vehicle, layouts, book.location(depot), book.policy)


def _free(now: datetime) -> ColumnElement[bool]:
    return or_(
        col(Proposal.state) == ProposalState.ASKED,
        (col(Proposal.state) == ProposalState.THINKING) & (col(Proposal.leased_until) < now),
    )
