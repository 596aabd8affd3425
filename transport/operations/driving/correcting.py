"""Drivers put right what they said: it did not happen, or it happened at another time."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlmodel import Session, col, or_, select

from transport.booking.rides.lifecycle import Status
from transport.booking.rides.models import Ride
from transport.kernel.actor import Actor
from transport.kernel.errors import Conflict, Invalid, ServiceError
from transport.operations.driving import execution, log, reports
from transport.operations.driving.models import DriverReport, Outcome, ReportKind
from transport.operations.driving.said import facts_of
from transport.routing.planning.day import World
from transport.routing.planning.models import Promise, StopKind, Visit, VisitAction

STEPS = (
    (StopKind.PICKUP, VisitAction.ARRIVED),
    (StopKind.PICKUP, VisitAction.ABSENT),
    (StopKind.PICKUP, VisitAction.DONE),
    (StopKind.DROPOFF, VisitAction.ARRIVED),
    (StopKind.DROPOFF, VisitAction.DONE),
)
"""What happens on a ride, in its order."""


@dataclass(frozen=True, slots=True)
class Case:
    """What is to be put right: something of a ride (under the newest of its promises), `about` which `report` is."""

    ride: Ride
    promises: list[int]
    visit: Visit
    about: DriverReport
    report: DriverReport


def undo(session: Session, case: Case, *, world: World, by: Actor, now: datetime) -> None:
    """Take back the newest thing of a ride; if it was said again since, that stands instead.

    Raises Conflict("report.overtaken") if the ride has gone on, Conflict("day.closed").
    """
    thing = (case.about.kind, case.about.stop)
    if log.standing(_counting(session, case.ride, case.promises), thing):
        settle_time(session, case.ride, case.promises, case.visit, world=world, by=by, now=now)
        return
    step = (case.visit.kind, case.visit.action)
    later = [execution.visited(session, case.promises, *each) for each in STEPS[STEPS.index(step) + 1 :]]
    before = datetime.max.replace(tzinfo=UTC) if step == execution.BOARDED else case.report.occurred_at
    if any(each is not None and each.occurred_at <= before for each in later):  # what was said after it is no obstacle
        raise Conflict("report.overtaken", ride=case.ride.code)
    execution.take_back(session, case.ride, case.visit, world=world, by=by, now=now)


def retime(session: Session, case: Case, *, world: World, by: Actor, now: datetime) -> None:
    """Another time for what happened: between what the vehicle did before and after, and not in the future.

    Raises Invalid("report.time_missing" | "report.in_future" | "report.out_of_order").
    """
    text = facts_of(case.report).get("happened")
    if not text:
        raise Invalid("report.time_missing", field="happened")
    happened, known = datetime.fromisoformat(text), case.visit.occurred_at
    if happened > case.report.recorded_at:
        raise Invalid("report.in_future", field="happened")
    others = select(Visit.occurred_at).where(
        Visit.id != case.visit.id,
        or_(Visit.shift_id == case.report.shift_id, col(Visit.promise_id).in_(case.promises)),
    )
    if any(min(happened, known) < each < max(happened, known) for each in session.exec(others)):
        raise Invalid("report.out_of_order", field="happened")
    settle_time(session, case.ride, case.promises, case.visit, world=world, by=by, now=now)


def settle_time(
    session: Session, ride: Ride, promises: list[int], visit: Visit, *, world: World, by: Actor, now: datetime
) -> None:
    """The moment of a visit follows from all that is said of it; a no-show that has lost its wait is laid aside."""
    said = _counting(session, ride, promises)
    stands = log.standing(said, (ReportKind(visit.action.value), visit.kind))
    if stands:
        execution.retime(session, ride, visit, log.moment(said, stands), world=world, by=by, now=now)
    absent = execution.visited(session, promises, StopKind.PICKUP, VisitAction.ABSENT)
    if absent is None or ride.status is not Status.CONFIRMED:
        return
    try:
        promise = session.get_one(Promise, absent.promise_id)
        execution.require_waited(session, promise, StopKind.PICKUP, world, absent.occurred_at)
    except ServiceError as refusal:
        execution.take_back(session, ride, absent, world=world, by=by, now=now)
        for each in log.standing(said, (ReportKind.ABSENT, StopKind.PICKUP)):
            each.outcome, each.why = Outcome.ASIDE, refusal.code
            session.add(each)
            session.flush()
            reports.tell(session, each, by=by, now=now)


def _counting(session: Session, ride: Ride, promises: list[int]) -> list[DriverReport]:
    said = reports.of_ride(session, promises)
    return [each for each in said if not reports.overtaken(session, ride, each)]
