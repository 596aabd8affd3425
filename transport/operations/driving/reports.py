"""Reports as they are kept: whose they are, what of them stands, what was laid aside."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from transport.booking.clients.models import Needs
from transport.booking.rides import taking
from transport.booking.rides.models import Ride
from transport.kernel.actor import Actor
from transport.kernel.clock import at
from transport.kernel.errors import NotFound
from transport.kernel.events import record
from transport.operations.driving import execution, log
from transport.operations.driving import said as saying
from transport.operations.driving.models import DriverReport, Outcome, ReportKind
from transport.operations.driving.said import Said, facts_of
from transport.routing.planning.models import Promise, StopKind, VisitAction

ACTIONS = {kind: VisitAction(kind.value) for kind in (ReportKind.ARRIVED, ReportKind.DONE, ReportKind.ABSENT)}
"""The reports of a stop, and what of them is kept of the stop."""

EARLY = timedelta(minutes=15)
"""So long before the promised window begins a vehicle may be at the door for it."""


def keyed(session: Session, key: str) -> DriverReport | None:
    """The report with the key its device gave it."""
    return session.exec(select(DriverReport).where(DriverReport.key == key)).first()


def last(session: Session, shift_id: int) -> DriverReport | None:
    """The newest report of a shift that can be taken back; None: there is none."""
    said = list(session.exec(select(DriverReport).where(DriverReport.shift_id == shift_id)))
    counted = [each for each in said if each.outcome is not Outcome.ASIDE]
    gone = {each.about for each in counted if each.kind is ReportKind.UNDONE}
    found = [each for each in counted if each.kind is ReportKind.PROBLEM and each.key not in gone]
    for promise in {each.promise_id for each in counted}:
        mine = [each for each in counted if each.promise_id == promise]
        for thing in {(each.kind, each.stop) for each in mine if each.kind in ACTIONS}:
            found += log.standing(mine, thing)
    return next(reversed(log.ordered(found)), None)


def laid_aside(session: Session, shift_id: int) -> list[DriverReport]:
    """What a shift has said that could not be true, the oldest first."""
    aside = select(DriverReport).where(DriverReport.shift_id == shift_id, DriverReport.outcome == Outcome.ASIDE)
    return log.ordered(session.exec(aside))


def hand_over_missing(session: Session, ride: Ride, report: DriverReport | Said) -> bool:
    """Whether somebody who must not be left alone got off, and nobody has said who took over."""
    if (report.kind, report.stop) != (ReportKind.DONE, StopKind.DROPOFF):
        return False
    facts = facts_of(report) if isinstance(report, DriverReport) else saying.tidied(report.facts)[0]
    needs = session.get_one(Needs, ride.needs_id)
    return (needs.never_alone or bool(needs.hand_over_to)) and not facts.get("handed_to")


def ride_of(session: Session, promise_id: int | None) -> Ride | None:
    """The ride a promise was made for, also when another promise has taken its place since."""
    promise = promise_id
    while promise is not None:
        found = session.exec(select(Ride).where(Ride.promise_id == promise)).first()
        if found is not None:
            return found
        later = select(Promise.id).where(Promise.supersedes == promise).order_by(col(Promise.id).desc())
        promise = session.exec(later).first()
    return None


def locked(session: Session, report: DriverReport) -> tuple[Ride, list[int]]:
    """The ride of a report, locked until the transaction ends, with its promise and those before it.

    Raises NotFound("stop").
    """
    ride = ride_of(session, report.promise_id)
    if ride is None or report.stop is None:
        raise NotFound("stop")
    [ride] = taking.lock(session, col(Ride.id) == ride.id)
    # what was read of the promise before may be what it was before somebody handed it on
    return ride, execution.line(session, session.get_one(Promise, ride.promise_id, populate_existing=True))


def tell(session: Session, report: DriverReport, *, by: Actor, now: datetime) -> None:
    """The event of a report that is taken or laid aside; what was known already is no news."""
    if report.outcome is Outcome.KNOWN:
        return
    facts = {"shift": report.shift_id, "kind": report.kind.value, "promise": report.promise_id, "report": report.id}
    facts["stop"] = None if report.stop is None else report.stop.value
    if report.kind is ReportKind.PROBLEM:
        facts["problem"] = facts_of(report).get("problem", "other")
    kind = "report_taken"
    if report.outcome is Outcome.ASIDE:
        kind, facts = "report_aside", facts | {"why": report.why}
    record(
        session,
        kind,
        subject=("shift", report.shift_id),
        by=by,
        now=now,
        occurred_at=report.occurred_at,
        facts=facts,
    )


def of_ride(session: Session, promises: Sequence[int]) -> list[DriverReport]:
    """All that drivers have said of a ride, under whatever promise."""
    return list(session.exec(select(DriverReport).where(col(DriverReport.promise_id).in_(promises))))


def overtaken(session: Session, ride: Ride, report: DriverReport) -> bool:
    """Whether a vehicle was at the door for an older promise, too early for the one that holds now.

    Nobody waits for it any more: whoever is fetched hours later must not be told that the driver is there.
    """
    if (report.kind, report.stop) != (ReportKind.ARRIVED, StopKind.PICKUP) or report.promise_id == ride.promise_id:
        return False
    promise = session.get_one(Promise, ride.promise_id)
    return report.occurred_at < at(promise.day, promise.window_start) - EARLY
