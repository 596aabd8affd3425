"""Taking what drivers report: once, in the order in which it happened, and nothing of it is ever lost.

A report may come late, twice, by two devices, out of order, by a wrong clock. What has happened comes before what was
planned since. What cannot be true beside what else is known is laid aside for a person, and tried again when more is
known. Order of locks: report, ride, day, contract.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, or_, select

from transport.booking.rides import rides
from transport.booking.rides.lifecycle import Status
from transport.kernel.actor import SYSTEM, Actor, Role
from transport.kernel.clock import at, local_day, wall_seconds
from transport.kernel.errors import Conflict, Invalid, NotFound, ServiceError
from transport.operations.driving import correcting, execution, log, positions, problems, rejoining, reports
from transport.operations.driving import said as saying
from transport.operations.driving.correcting import Case
from transport.operations.driving.models import DriverReport, Outcome, ReportKind
from transport.operations.driving.said import EVIDENCE, FORM, Said, facts_of
from transport.operations.driving.trackers import Fix
from transport.routing.fleet.models import Driver, Shift
from transport.routing.planning import day as days
from transport.routing.planning.day import World
from transport.routing.planning.models import (
    DayState,
    Promise,
    PublishedPlan,
    PublishedStop,
    ServiceDay,
    StopKind,
    Visit,
    VisitAction,
)

OVER = frozenset({Status.CANCELLED, Status.DECLINED, Status.MISSED, Status.NO_SHOW})
"""Rides that nobody is driven on any more."""
CONTRADICTS = "report.contradicts"
"""Somebody was driven on a ride that is over: a person must look at once."""
WAITING = (
    "visit.not_on_board",
    "visit.not_arrived",
    "visit.too_soon",
    "report.about_unknown",
    "report.overtaken",
    "report.out_of_order",
)
"""What may become true when another report comes in."""
FARTHEST = 1000
"""Kilometres: more than a shift can drive."""


def receive(session: Session, said: Said, *, world: World, by: Actor, now: datetime) -> DriverReport:
    """Keep one report and do what follows from it; the same key again is the same report.

    Raises Invalid("report.unreadable") and NotFound("shift") for somebody else's shift: nothing else is refused.
    """
    key, kind, shift = saying.uuid(said.key), saying.kind(said.kind), own_shift(session, said.shift, by)
    known = reports.keyed(session, key)
    if known is not None:
        return known
    report = _report(session, said, key, kind, shift, by, now)
    try:
        with session.begin_nested():
            session.add(report)
    except IntegrityError:  # another request brings the same report at this moment
        return session.exec(select(DriverReport).where(DriverReport.key == key)).one()
    where = _where(said, report)
    if where is not None:
        positions.told_by_driver(session, shift, where, now=now)
    _settle(session, report, world, by, now)
    if report.outcome is not Outcome.ASIDE:
        _try_again(session, report, world, by, now)
    return report


def missing(session: Session, said: Said, *, world: World, now: datetime) -> list[Invalid]:
    """What a form still has to say before it is taken. An app is believed instead: what it reports has happened.

    Raises Invalid("visit.too_soon"), as no field helps against that.
    """
    facts, unread = saying.tidied(said.facts)
    found = [Invalid("report.fact_unreadable", field=name) for name in unread]
    ride = reports.ride_of(session, said.promise)
    if ride is not None and said.kind == ReportKind.ABSENT:
        if execution.visited(session, [ride.promise_id], StopKind.PICKUP, VisitAction.ABSENT) is None:
            execution.require_waited(session, execution.promise_of(session, ride), StopKind.PICKUP, world, now)
        if set(facts.get("evidence", ())) != set(EVIDENCE):
            found.append(Invalid("report.evidence_missing", field="evidence"))
    if ride is not None and reports.hand_over_missing(session, ride, said):
        found.append(Invalid("report.hand_over_missing", field="handed_to"))
    return found


def own_shift(session: Session, shift_id: int, by: Actor) -> Shift:
    """The shift this driver drives, drove before it was taken out of the roster, or has reported of before somebody
    else took it over: what happened until then may come in late. NotFound("shift").
    """
    own = select(Shift).join(Driver, col(Driver.id) == Shift.driver_id)
    told = select(DriverReport.id).where(DriverReport.shift_id == shift_id, DriverReport.actor == by.label)
    mine = or_(col(Driver.user_id) == by.user, told.exists())
    shift = session.exec(own.where(Shift.id == shift_id, mine)).first()
    if shift is None or by.role is not Role.DRIVER:
        raise NotFound("shift", shift=shift_id)
    return shift


def _report(
    session: Session, said: Said, key: str, kind: ReportKind, shift: Shift, by: Actor, now: datetime
) -> DriverReport:
    facts, unread = saying.tidied(said.facts)
    facts.pop("position", None)  # kept with the positions of the vehicle, and forgotten with them
    if "happened" in facts:
        facts["happened"] = _ours(facts["happened"], said, shift, now).isoformat()
    if unread:
        facts["unread"] = unread
    known = said.promise is not None and session.get(Promise, said.promise) is not None
    if said.promise is not None and not known:
        facts["promise"] = said.promise
    return DriverReport(
        key=key,
        shift_id=said.shift,
        kind=kind,
        promise_id=said.promise if known else None,
        stop=saying.stop(said.stop),
        about=said.about[:36],
        facts=json.dumps(facts, sort_keys=True),
        device=said.device[:36],
        seq=said.seq,
        device_at=said.at,
        occurred_at=_occurred(session, said, shift, now),
        recorded_at=now,
        actor=by.label,
        outcome=Outcome.TAKEN,
    )


def _where(said: Said, report: DriverReport) -> Fix | None:
    """Where the telephone was when it said this, by our clock."""
    place = saying.tidied(said.facts)[0].get("position")
    if place is None:
        return None
    return Fix(place["lat"], place["lon"], report.occurred_at, round(place.get("accuracy", 0)) or None)


def _ours(text: str, said: Said, shift: Shift, now: datetime) -> datetime:
    """A moment by our clock: a time of the wall on the day of the shift, or a moment of the device's clock."""
    if len(text) == len("08:30"):
        return at(shift.day, wall_seconds(shift.day, int(text[:2]), int(text[3:])))
    return now - (said.sent_at - datetime.fromisoformat(text))


def _occurred(session: Session, said: Said, shift: Shift, now: datetime) -> datetime:
    """When it happened by our clock: so long before the receipt as it was before the sending, by the device's clock.

    A clock that is wrong by hours cancels out; one that was set meanwhile does not, so that nothing happens before
    what the device had reported before, after what it reported later, before the day of the shift, or after now.
    """
    instant = now - max(said.sent_at - said.at, timedelta())
    earliest, latest = min(at(shift.day, 0), now), now
    if said.device != FORM:
        mine = (DriverReport.shift_id == said.shift, DriverReport.device == said.device[:36])
        others = session.exec(select(DriverReport.seq, DriverReport.occurred_at).where(*mine)).all()
        earliest = max([earliest, *(when for seq, when in others if seq < said.seq)])
        latest = min([latest, *(when for seq, when in others if seq > said.seq)])
    return max(min(instant, latest), earliest)


def _settle(session: Session, report: DriverReport, world: World, by: Actor, now: datetime) -> None:
    """Do what follows from a report, or lay it aside with the reason; either way it is told."""
    was = report.outcome, report.why
    try:
        with session.begin_nested():
            report.outcome, report.why = Outcome.TAKEN, ""
            report.outcome = _done(session, report, world, by, now)
            session.add(report)
    except ServiceError as refusal:
        report.outcome, report.why = Outcome.ASIDE, refusal.code
    session.add(report)
    session.flush()
    if was != (report.outcome, report.why) or was == (Outcome.TAKEN, ""):
        reports.tell(session, report, by=by, now=now)


def _try_again(session: Session, report: DriverReport, world: World, by: Actor, now: datetime) -> None:
    """What was laid aside because this had to be known first, in its order, as long as more becomes true.

    Only of the same ride, which is locked by now.
    """
    ride = reports.ride_of(session, report.promise_id)
    promises = [] if ride is None else execution.line(session, execution.promise_of(session, ride))
    more = True
    while more:
        more = False
        for each in _waiting(session, report, promises):
            _settle(session, each, world, by, now)
            more = more or each.outcome is not Outcome.ASIDE


def _waiting(session: Session, report: DriverReport, promises: Sequence[int]) -> list[DriverReport]:
    """What was laid aside and may become true with this report, in its order."""
    keys = {report.key, *(each.key for each in reports.of_ride(session, promises))}
    waiting = select(DriverReport).where(
        DriverReport.shift_id == report.shift_id,
        DriverReport.outcome == Outcome.ASIDE,
        col(DriverReport.why).in_(WAITING),
        or_(col(DriverReport.promise_id).in_(promises), col(DriverReport.about).in_(keys)),
    )
    return log.ordered(session.exec(waiting))


def _done(session: Session, report: DriverReport, world: World, by: Actor, now: datetime) -> Outcome:
    shift = session.get_one(Shift, report.shift_id)
    if shift.day > local_day(now):
        raise Conflict("ride.not_possible")
    if report.kind in (ReportKind.BEGUN, ReportKind.ENDED):
        return _read_off(session, report)
    if report.kind is ReportKind.PROBLEM:
        return Outcome.TAKEN
    row = session.get(ServiceDay, shift.day)
    if row is not None and row.state is DayState.CLOSED:
        raise Conflict("day.closed", day=shift.day)
    if report.kind in reports.ACTIONS:
        return _visit(session, report, world, by, now)
    return _corrected(session, report, world, by, now)


def _corrected(session: Session, report: DriverReport, world: World, by: Actor, now: datetime) -> Outcome:
    """What was said before did not happen, or at another time: unless a person has decided about it since."""
    about = reports.keyed(session, report.about)
    if about is None or about.shift_id != report.shift_id:
        raise Conflict("report.about_unknown")
    report.promise_id, report.stop = about.promise_id, about.stop
    contradicts = about.outcome is Outcome.ASIDE and about.why not in WAITING
    if report.kind is ReportKind.UNDONE and (contradicts or about.kind is ReportKind.PROBLEM):
        if not contradicts and problems.acted_upon(session, about, now=now):
            raise Conflict("report.decided")
        return Outcome.TAKEN
    if about.outcome is Outcome.ASIDE:
        raise Conflict("report.about_unknown")
    if about.kind not in reports.ACTIONS:
        raise Invalid("report.about_wrong")
    session.add(report)
    session.flush()
    ride, promises = reports.locked(session, about)
    session.refresh(about)
    visit = execution.visited(session, promises, about.stop or StopKind.PICKUP, reports.ACTIONS[about.kind])
    if visit is None:
        return Outcome.KNOWN
    if not visit.actor.startswith(Role.DRIVER) or (ride.status in OVER and about.stop is StopKind.PICKUP):
        raise Conflict("report.decided", ride=ride.code)
    correct = correcting.undo if report.kind is ReportKind.UNDONE else correcting.retime
    correct(session, Case(ride, promises, visit, about, report), world=world, by=by, now=now)
    return Outcome.TAKEN


def _visit(session: Session, report: DriverReport, world: World, by: Actor, now: datetime) -> Outcome:
    """What happened at a door. Also when the ride has been planned into another vehicle since, or promised anew."""
    ride, promises = reports.locked(session, report)
    if _waiting(session, report, promises):  # it may need the day, which is locked before the contract
        days.lock(session, ride.day)
    kind, action = report.stop or StopKind.PICKUP, reports.ACTIONS[report.kind]
    _require_own(session, report, promises)
    if action is VisitAction.ABSENT and set(facts_of(report).get("evidence", ())) != set(EVIDENCE):
        raise Invalid("report.evidence_missing", field="evidence")
    if ride.status in OVER and action is VisitAction.DONE:
        raise Conflict(CONTRADICTS, ride=ride.code)
    boarded = execution.visited(session, promises, *execution.BOARDED)
    old = report.promise_id != ride.promise_id and boarded is not None and boarded.promise_id != ride.promise_id
    if kind is StopKind.PICKUP and old:
        return Outcome.KNOWN  # of a vehicle that the client has left for another one since
    if reports.overtaken(session, ride, report):
        return Outcome.KNOWN
    if (kind, action) == (StopKind.DROPOFF, VisitAction.DONE) and (
        boarded is None or report.occurred_at < boarded.occurred_at
    ):
        raise Conflict("visit.not_on_board", ride=ride.code)
    if ride.status is Status.REQUESTED:
        rides.confirm(session, ride, version=ride.version, by=SYSTEM, now=now)
    taken = execution.report(
        session,
        ride.promise_id,
        kind,
        action,
        world=world,
        by=by,
        now=now,
        occurred_at=report.occurred_at,
        note=" ".join(facts_of(report).get("evidence", ())),
        shift_id=report.shift_id,
    )
    if not taken:
        visit = execution.visited(session, promises, kind, action)
        if visit is not None and visit.actor.startswith(Role.DRIVER):
            correcting.settle_time(session, ride, promises, visit, world=world, by=by, now=now)
        return Outcome.KNOWN
    if kind is StopKind.PICKUP and action is not VisitAction.ABSENT:
        planned = execution.planned_shift(session, ride.promise_id)
        if planned not in (None, report.shift_id):
            happened = report.occurred_at
            rejoining.follow(session, ride, report.shift_id, action, happened, world=world, by=by, now=now)
    return Outcome.TAKEN


def _require_own(session: Session, report: DriverReport, promises: Sequence[int]) -> None:
    """The stop is, or was in some version that drivers had, a stop of this shift, or the shift has the client."""
    shown = (
        select(PublishedStop.id)
        .join(PublishedPlan, col(PublishedPlan.id) == PublishedStop.plan_id)
        .where(PublishedStop.shift_id == report.shift_id, col(PublishedStop.promise_id).in_(promises))
    )
    planned = {execution.planned_shift(session, promise) for promise in promises}
    met = select(Visit.id).where(Visit.shift_id == report.shift_id, col(Visit.promise_id).in_(promises))
    if report.shift_id not in planned and session.exec(shown).first() is None and session.exec(met).first() is None:
        raise NotFound("stop")


def _read_off(session: Session, report: DriverReport) -> Outcome:
    """The beginning or the end of a shift; said again with another reading it is a correction."""
    mine = select(DriverReport).where(
        DriverReport.shift_id == report.shift_id,
        DriverReport.outcome == Outcome.TAKEN,
        DriverReport.id != report.id,
        col(DriverReport.kind).in_((ReportKind.BEGUN, ReportKind.ENDED)),
    )
    facts = facts_of(report)
    newest = {each.kind: facts_of(each) for each in log.ordered(session.exec(mine))}
    if newest.get(report.kind) == facts:
        return Outcome.KNOWN
    both = {**newest, report.kind: facts}
    begun, ended = (both.get(kind, {}).get("odometer") for kind in (ReportKind.BEGUN, ReportKind.ENDED))
    if begun is not None and ended is not None and not begun <= ended <= begun + FARTHEST:
        raise Invalid("report.odometer", field="odometer")
    return Outcome.TAKEN
