"""The shifts of a day under way: what each still has before it, when that is expected, whether it can go on. Reads."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Executable
from sqlalchemy import select as columns_of
from sqlmodel import Session, col, select

from transport.kernel.clock import at, seconds_of
from transport.kernel.events import Event
from transport.operations.driving import positions
from transport.operations.driving.models import DriverReport, Outcome, ReportKind
from transport.routing.fleet import availability
from transport.routing.fleet.models import Shift
from transport.routing.planning import estimates
from transport.routing.planning.estimates import Door
from transport.routing.planning.models import Promise, Run, Stop, Visit, VisitAction

GOES_ON = frozenset({ReportKind.BEGUN, ReportKind.ARRIVED, ReportKind.DONE})
"""Whoever reports one of these after a breakdown drives again."""
STOPS = {"vehicle_broke_down": "breakdown", "driver_dropped_out": "driver"}
"""Events of the desk after which a shift stands, with the problem they mean."""
MENDED = "shift_changed"


@dataclass(frozen=True, slots=True)
class Duties:
    """A day as its vehicles drive it."""

    day: date
    shifts: dict[int, Shift]
    """All that ever were on duty, those taken out of the roster too."""
    shift_of: dict[Door, int]
    expected: dict[Door, int]
    """When each stop begins, or began, in seconds of the day, as far as is known now."""
    visits: dict[Door, dict[VisitAction, datetime]]
    """When which report of a stop came in."""
    heard: dict[int, datetime]
    """The last word of each shift, or the last place its vehicle has told."""
    owed: dict[int, datetime]
    """Since when each shift has owed us a word."""
    ended: frozenset[int]
    broken: dict[int, frozenset[str]]
    """Which problems stop each shift."""
    outs: dict[int, list[tuple[datetime, datetime | None]]]
    """When the vehicle of each shift cannot be used."""
    lost: dict[int, frozenset[str]]
    """What does not work in the vehicle of each shift."""
    away: frozenset[int]
    """Shifts whose driver is away."""

    @property
    def until(self) -> int:
        """The second at which the last shift ends; 0 with none on duty."""
        return max((shift.ends for shift in self.shifts.values() if shift.dropped_at is None), default=0)

    def arrived(self, door: Door) -> bool:
        """Whether the vehicle is there, or was."""
        return bool(self.visits.get(door))

    def silence(self, shift: int, now: datetime) -> timedelta:
        """For how long a shift has owed us a word and said nothing."""
        since = self.owed.get(shift)
        return timedelta() if since is None else now - max(since, self.heard.get(shift, since))

    def stopped(self, shift: int, *, wheelchair: bool, features: frozenset[str], second: int) -> str | None:
        """Why a shift will not do a stop at this second of the day for somebody who needs this; None: nothing is known
        against it.
        """
        row = self.shifts.get(shift)
        if row is None or row.dropped_at is not None:
            return "shift_gone"
        if shift in self.ended:
            return "shift_ended"
        if "breakdown" in self.broken.get(shift, ()):
            return "breakdown"
        if features & self.lost.get(shift, frozenset()) or (wheelchair and "lift" in self.broken.get(shift, ())):
            return "lift"
        moment = at(self.day, second)
        if any(starts <= moment and (ends is None or moment < ends) for starts, ends in self.outs.get(shift, ())):
            return "vehicle_out"
        return "driver_away" if shift in self.away or "driver" in self.broken.get(shift, ()) else None


def of_day(session: Session, day: date, *, now: datetime) -> Duties:
    """The day as it is driven; a fixed number of queries however many rides there are.

    What was estimated last stands, else the plan; what has not happened yet does not begin before `now`.
    """
    shifts = {shift.id or 0: shift for shift in session.exec(select(Shift).where(Shift.day == day))}
    columns: list[Any] = [Run.shift_id, Stop.promise_id, Stop.kind, Stop.start]
    planned = columns_of(*columns).join(Stop, col(Stop.run_id) == Run.id)
    planned = planned.where(col(Run.day) == day, col(Stop.promise_id).is_not(None))
    visits = _visits(session, day)
    said = estimates.latest_of_day(session, day)
    second = seconds_of(day, now)
    expected: dict[Door, int] = {}
    shift_of: dict[Door, int] = {}
    owed: dict[int, datetime] = {}
    heard = positions.heard(session, day)
    for shift_id, promise, kind, start in _rows(session, planned):
        door = (promise, kind)
        begins = said.get(door, start)
        shift_of[door] = shift_id
        for came in visits.get(door, {}).values():
            heard[shift_id] = max(heard.get(shift_id, came), came)
        if door in visits:
            expected[door] = begins
        else:
            expected[door] = max(begins, second)
            owed[shift_id] = min(owed.get(shift_id, at(day, begins)), at(day, begins))
    ended, broken = _reported(session, shifts, heard)
    drivers = {shift.driver_id for shift in shifts.values()}
    absent = {each.driver_id for each in availability.absences(session, drivers, day, day)}
    outs: dict[int, list[tuple[datetime, datetime | None]]] = {}
    vehicles = {shift.vehicle_id for shift in shifts.values()}
    for out in availability.outs(session, vehicles, at(day, 0), at(day, 48 * 3600)):
        for shift_id, shift in shifts.items():
            if shift.vehicle_id == out.vehicle_id:
                outs.setdefault(shift_id, []).append((out.starts, out.ends))
    lost = availability.lost_on_duty(session, shifts.values())
    away = frozenset(key for key, shift in shifts.items() if shift.driver_id in absent)
    return Duties(day, shifts, shift_of, expected, visits, heard, owed, ended, broken, outs, lost, away)


def _visits(session: Session, day: date) -> dict[Door, dict[VisitAction, datetime]]:
    columns: list[Any] = [Visit.promise_id, Visit.kind, Visit.action, Visit.recorded_at]
    seen = columns_of(*columns).join(Promise, col(Promise.id) == Visit.promise_id).where(col(Promise.day) == day)
    found: dict[Door, dict[VisitAction, datetime]] = {}
    for promise_id, kind, action, recorded_at in _rows(session, seen):
        found.setdefault((promise_id, kind), {})[action] = recorded_at
    return found


def _reported(
    session: Session, shifts: dict[int, Shift], heard: dict[int, datetime]
) -> tuple[frozenset[int], dict[int, frozenset[str]]]:
    """Which shifts their drivers have ended, and what stops the others; every report is a word heard."""
    said = select(DriverReport).where(col(DriverReport.shift_id).in_(shifts), DriverReport.outcome == Outcome.TAKEN)
    reports = list(session.exec(said.order_by(col(DriverReport.occurred_at), col(DriverReport.id))))
    undone = {report.about for report in reports if report.kind is ReportKind.UNDONE}
    holds = [each for each in reports if each.kind is not ReportKind.UNDONE and each.key not in undone]
    stands = {each.shift_id for each in holds if _meaning(each)[1] == "breakdown"}
    mistakes = {each.key for each in reports if each.key in undone and _meaning(each)[1] == "breakdown"}
    told = [(each.occurred_at, each.shift_id, *_meaning(each)) for each in holds]
    told += [
        (each.occurred_at, each.shift_id, each.kind, "")  # what the desk did because of it is a mistake, too
        for each in reports
        if each.about in mistakes and each.shift_id not in stands
    ]
    for report in reports:
        heard[report.shift_id] = max(heard.get(report.shift_id, report.recorded_at), report.recorded_at)
    ended: set[int] = set()
    broken: dict[int, set[str]] = {}
    for _, shift_id, what, problem in sorted([*told, *_incidents(session, shifts)], key=lambda each: each[0]):
        problems = broken.setdefault(shift_id, set())
        if what is ReportKind.ENDED:
            ended.add(shift_id)
        elif what is ReportKind.PROBLEM:
            problems.add(problem)
        elif what in GOES_ON or what is ReportKind.UNDONE:
            problems -= {"breakdown", "driver"}
            if what in GOES_ON:
                ended.discard(shift_id)
    return frozenset(ended), {shift_id: frozenset(problems) for shift_id, problems in broken.items()}


def _meaning(report: DriverReport) -> tuple[ReportKind, str]:
    return report.kind, str(json.loads(report.facts).get("problem", "")) if report.kind is ReportKind.PROBLEM else ""


def _incidents(session: Session, shifts: Collection[int]) -> list[tuple[datetime, int, ReportKind, str]]:
    """What the desk knows of shifts: told as their drivers would have told it. A change of the shift mends it."""
    ids = {str(shift_id) for shift_id in shifts}
    told = select(Event).where(Event.subject_type == "shift", col(Event.subject_id).in_(ids))
    rows = session.exec(told.where(col(Event.kind).in_((*STOPS, MENDED))).order_by(col(Event.id)))
    return [
        (
            event.occurred_at,
            int(event.subject_id),
            ReportKind.UNDONE if event.kind == MENDED else ReportKind.PROBLEM,
            STOPS.get(event.kind, ""),
        )
        for event in rows
    ]


def _rows(session: Session, statement: Executable) -> list[Any]:
    session.flush()
    return list(session.connection().execute(statement).all())
