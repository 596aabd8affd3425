"""Absences with due process: the driver's evidence, the client's objection, the city's decision, and only then steps.

A late cancellation is another fact, counted apart; a ride that we missed never counts against anybody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from transport.booking.clients import mandates
from transport.booking.clients.models import Power, Suspension
from transport.booking.rides import conduct
from transport.booking.rides.conduct import Step, Tally, Waited
from transport.booking.rides.lifecycle import Status
from transport.booking.rides.models import CaseState, Excuse, NoShowCase, Ride
from transport.kernel.actor import Actor, Role
from transport.kernel.clock import at, local_day
from transport.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from transport.kernel.events import record
from transport.kernel.policy import Policy
from transport.routing.planning.day import World
from transport.routing.planning.models import Promise, StopKind, Visit, VisitAction

LONGEST_TEXT = 500
DUE = (Status.COMPLETED, Status.NO_SHOW)
"""Rides for which a vehicle came: what absences are compared with."""


def report(session: Session, ride: Ride, *, world: World, by: Actor, now: datetime) -> NoShowCase:
    """Open the case of one absence from what the driver reported; the client may object for some days.

    Raises Conflict("ride.no_evidence") without an arrival and a departure, Conflict("absence.we_were_late") if we came
    after the promised window: then it is a ride we missed, or nothing; Conflict("absence.left_too_soon").
    """
    arrived, left = _reported(session, ride, VisitAction.ARRIVED), _reported(session, ride, VisitAction.ABSENT)
    if arrived is None or left is None:
        raise Conflict("ride.no_evidence", ride=ride.code)
    promise = session.get_one(Promise, ride.promise_id)
    window_start, window_end = at(ride.day, promise.window_start), at(ride.day, promise.window_end)
    rules = world.policies.named(ride.policy_id).no_show
    refusal = conduct.against_absence(Waited(arrived, left, window_start, window_end), rules)
    if refusal is not None:
        raise Conflict(refusal, minutes=rules.wait_minutes)
    case = NoShowCase(
        ride_id=ride.id or 0,
        client_id=ride.client_id,
        arrived_at=arrived,
        left_at=left,
        opened_at=now,
        object_by=now + timedelta(days=rules.objection_days),
    )
    session.add(case)
    session.flush()
    record(session, "absence_reported", subject=("ride", ride.id), by=by, now=now, facts={"case": case.id})
    return case


def known(session: Session, ride: Ride) -> NoShowCase | None:
    """The case of a ride, if an absence was reported for it."""
    return session.exec(select(NoShowCase).where(NoShowCase.ride_id == ride.id)).first()


def of_ride(session: Session, ride: Ride) -> NoShowCase:
    """The case of a ride; NotFound("absence")."""
    case = known(session, ride)
    if case is None:
        raise NotFound("absence")
    return case


def object_to(
    session: Session, case: NoShowCase, *, text: str, excuse: Excuse | None = None, by: Actor, now: datetime
) -> NoShowCase:
    """The client's side says what happened. Until the city has decided, the absence does not count.

    Raises Conflict("absence.objection_over") after the last day, Invalid("absence.text_missing").
    """
    client = mandates.require(session, case.client_id, by, Power.COMPLAIN, on=local_day(now))
    by = mandates.acting_for(client, by)
    if case.state not in (CaseState.OPEN, CaseState.OBJECTED):
        raise Conflict("absence.decided")
    if now > case.object_by:
        raise Conflict("absence.objection_over", day=local_day(case.object_by))
    case.objection, case.excuse, case.state = _text(text), excuse, CaseState.OBJECTED
    session.add(case)
    session.flush()
    facts = {"case": case.id, "excuse": None if excuse is None else excuse.value}
    record(session, "absence_objected", subject=("ride", case.ride_id), by=by, now=now, facts=facts)
    return case


def decide(
    session: Session,
    case: NoShowCase,
    *,
    upheld: bool,
    reason: str,
    excuse: Excuse | None = None,
    world: World,
    by: Actor,
    now: datetime,
) -> NoShowCase:
    """The city decides, never those who drive: the absence counts (and costs what the rules say), or is dropped.

    An absence that is upheld but excused does not count either. Raises Forbidden("absence.city_decides"),
    Conflict("absence.hearing_open") for an absence upheld before the client could object, Conflict("absence.decided").
    """
    _city(by)
    if case.state not in (CaseState.OPEN, CaseState.OBJECTED):
        raise Conflict("absence.decided")
    if upheld and case.state is CaseState.OPEN and now <= case.object_by:
        raise Conflict("absence.hearing_open", day=local_day(case.object_by))
    case.state = CaseState.UPHELD if upheld else CaseState.DROPPED
    case.decision, case.decided_by, case.decided_at = _text(reason), by.user, now
    ride = session.get_one(Ride, case.ride_id)
    if upheld:
        case.excuse = excuse
        ride.fee = world.policies.named(ride.policy_id).no_show.fee if excuse is None else 0
    session.add_all((case, ride))
    session.flush()
    facts = {"case": case.id, "upheld": upheld, "fee": ride.fee}
    record(session, "absence_decided", subject=("ride", case.ride_id), by=by, now=now, facts=facts)
    return case


@dataclass(frozen=True, slots=True)
class Conduct:
    """What is known of one client in the period of the rules; the three kinds of facts stand apart."""

    mine: Tally
    everybody: Tally
    late_cancellations: int
    missed_by_us: int
    pattern: bool
    counted: tuple[NoShowCase, ...]
    last_step: Step | None


def of_client(session: Session, client_id: int, *, world: World, now: datetime) -> Conduct:
    """How often the client was absent, compared with everybody, and whether that is a pattern."""
    policy = world.policies.on(local_day(now))
    first, last = _period(policy, now)
    cases = _counting(session, first, last, now)
    own = tuple(case for case in cases if case.client_id == client_id)
    mine = Tally(_rides(session, first, last, client_id), len(own))
    everybody = Tally(_rides(session, first, last), len(cases))
    ended = select(func.count()).select_from(Ride).where(Ride.client_id == client_id, *_within(first, last))
    steps = [case.step for case in own if case.step is not None]
    return Conduct(
        mine=mine,
        everybody=everybody,
        late_cancellations=session.exec(ended.where(col(Ride.late))).one(),
        missed_by_us=session.exec(ended.where(Ride.status == Status.MISSED)).one(),
        pattern=conduct.is_pattern(mine, everybody, policy.no_show),
        counted=own,
        last_step=steps[-1] if steps else None,
    )


def follow(
    session: Session, client_id: int, *, reason: str, days: int = 0, world: World, by: Actor, now: datetime
) -> Step:
    """The city takes the next step after a pattern: a notice, then a warning, then a suspension of some `days`.

    Each step needs an absence that came after the one before. Raises Forbidden("absence.city_decides"),
    Conflict("absence.no_pattern"), Invalid("absence.suspension_days") beyond the longest suspension of the rules.
    """
    _city(by)
    seen = of_client(session, client_id, world=world, now=now)
    latest = seen.counted[-1] if seen.counted else None
    if not seen.pattern or latest is None or latest.step is not None:
        raise Conflict("absence.no_pattern")
    step = conduct.next_step(seen.last_step)
    if step is Step.SUSPENSION:
        _suspend(session, client_id, seen.counted, reason, days, world, by, now)
    latest.step = step
    session.add(latest)
    session.flush()
    facts = {"step": step.value, "absences": seen.mine.absences, "rides": seen.mine.rides, "case": latest.id}
    record(session, "absence_followed", subject=("client", client_id), by=by, now=now, facts=facts)
    return step


def lift(session: Session, suspension: Suspension, *, by: Actor, now: datetime) -> None:
    """The city ends a suspension before its time, after an appeal for example."""
    _city(by)
    suspension.lifted_at = suspension.lifted_at or now
    session.add(suspension)
    session.flush()
    facts = {"suspension": suspension.id}
    record(session, "suspension_lifted", subject=("client", suspension.client_id), by=by, now=now, facts=facts)


def _suspend(
    session: Session,
    client_id: int,
    counted: Sequence[NoShowCase],
    reason: str,
    days: int,
    world: World,
    by: Actor,
    now: datetime,
) -> None:
    """In force from the next day on, and never before the time to object to what it rests on is over."""
    longest = world.policies.on(local_day(now)).no_show.suspension_days
    if not 1 <= days <= longest:
        raise Invalid("absence.suspension_days", field="days", most=longest)
    begins = local_day(max([now, *(case.object_by for case in counted)])) + timedelta(days=1)
    suspension = Suspension(
        client_id=client_id,
        valid_from=begins,
        valid_until=begins + timedelta(days=days - 1),
        reason=_text(reason)[:300],
        decided_by=by.user or 0,
        decided_at=now,
    )
    session.add(suspension)
    session.flush()
    facts = {"suspension": suspension.id, "from": suspension.valid_from, "until": suspension.valid_until}
    record(session, "client_suspended", subject=("client", client_id), by=by, now=now, facts=facts)


def _counting(session: Session, first: date, last: date, now: datetime) -> list[NoShowCase]:
    """Absences that count: upheld by the city or never objected to in time, and not excused; oldest first."""
    stands = (col(NoShowCase.state) == CaseState.UPHELD) | (
        (col(NoShowCase.state) == CaseState.OPEN) & (col(NoShowCase.object_by) < now)
    )
    cases = (
        select(NoShowCase)
        .join(Ride, col(Ride.id) == NoShowCase.ride_id)
        .where(stands, col(NoShowCase.excuse).is_(None), *_within(first, last))
    )
    return list(session.exec(cases.order_by(col(NoShowCase.opened_at), col(NoShowCase.id))))


def _rides(session: Session, first: date, last: date, client_id: int | None = None) -> int:
    due = select(func.count()).select_from(Ride).where(col(Ride.status).in_(DUE), *_within(first, last))
    return session.exec(due if client_id is None else due.where(Ride.client_id == client_id)).one()


def _within(first: date, last: date) -> tuple[ColumnElement[bool], ...]:
    return (col(Ride.day) >= first, col(Ride.day) <= last)


def _period(policy: Policy, now: datetime) -> tuple[date, date]:
    today = local_day(now)
    return today - timedelta(days=policy.no_show.period_days - 1), today


def _reported(session: Session, ride: Ride, action: VisitAction) -> datetime | None:
    seen = select(Visit.occurred_at).where(
        Visit.promise_id == ride.promise_id, Visit.kind == StopKind.PICKUP, Visit.action == action
    )
    return session.exec(seen).first()


def _city(by: Actor) -> None:
    if by.role is not Role.MANAGER:
        raise Forbidden("absence.city_decides")


def _text(text: str) -> str:
    stripped = text.strip()
    if not stripped:
        raise Invalid("absence.text_missing", field="text")
    return stripped[:LONGEST_TEXT]
