"""What drivers reported on a day, for whoever dispatches: shift by shift, and what of it needs a person. Reads."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, or_, select

from transport.booking.rides import queries
from transport.booking.rides.lifecycle import Status
from transport.booking.rides.queries import RideView
from transport.operations.dispatch import marks
from transport.operations.dispatch.handwork import Crew
from transport.operations.dispatch.matters import Matter, MatterKind
from transport.operations.dispatch.models import DayMark
from transport.operations.driving import log, reports, whereabouts
from transport.operations.driving.models import DriverReport, Outcome, ReportKind
from transport.operations.driving.reporting import CONTRADICTS
from transport.operations.driving.said import facts_of
from transport.routing.fleet.models import Driver, Shift, Vehicle
from transport.routing.planning.models import StopKind


@dataclass(frozen=True, slots=True)
class Told:
    """One report with its ride, if it is about one, and what people have said of it."""

    report: DriverReport
    view: RideView | None
    mark: DayMark | None

    @property
    def happened(self) -> datetime | None:
        """The time that a correction gives to another report."""
        text = facts_of(self.report).get("happened")
        return None if text is None else datetime.fromisoformat(text)

    @property
    def open(self) -> bool:
        """Laid aside, and nobody has seen it yet."""
        return self.report.outcome is Outcome.ASIDE and not _seen(self.mark)


@dataclass(frozen=True, slots=True)
class Chapter:
    """The reports of one shift in the order in which they happened."""

    crew: Crew
    told: tuple[Told, ...]


def of_day(session: Session, day: date) -> list[Chapter]:
    """All reports of a day by shift, in the order of the vehicles' codes; shifts that said nothing are left out."""
    found: dict[int, list[DriverReport]] = {}
    mine = select(DriverReport).join(Shift, col(Shift.id) == DriverReport.shift_id).where(Shift.day == day)
    for report in session.exec(mine):
        found.setdefault(report.shift_id, []).append(report)
    promises = {report.promise_id for each in found.values() for report in each}
    rides = {promise: reports.ride_of(session, promise) for promise in promises}
    views = queries.numbered(session, {ride.id or 0 for ride in rides.values() if ride is not None})
    said = marks.of_day(session, day)
    crews = (
        select(Shift, Vehicle, Driver)
        .join(Vehicle, col(Vehicle.id) == Shift.vehicle_id)
        .join(Driver, col(Driver.id) == Shift.driver_id)
        .where(col(Shift.id).in_(found))
        .order_by(col(Vehicle.code), col(Shift.starts), col(Shift.id))
    )
    chapters = []
    for shift, vehicle, driver in session.exec(crews):
        told = []
        for report in log.ordered(found[shift.id or 0]):
            ride = rides[report.promise_id]
            view = None if ride is None else views.get(ride.id or 0)
            told.append(Told(report, view, said.get(mark_key(report))))
        chapters.append(Chapter(Crew(shift, vehicle, driver), tuple(told)))
    return chapters


def mark_key(report: DriverReport) -> str:
    """What a report is called among the points of a day."""
    return f"report:{report.id}"


def matters(session: Session, day: date) -> Iterator[Matter]:
    """What the reports of a day say that a person has to know, in no order."""
    for ride_id, shift_id in whereabouts.elsewhere(session, day).items():
        key = f"{MatterKind.ELSEWHERE}:{ride_id}:{shift_id}"
        yield Matter(MatterKind.ELSEWHERE, ride_id, key, shift=shift_id)
    wanted = (
        select(DriverReport)
        .join(Shift, col(Shift.id) == DriverReport.shift_id)
        .where(Shift.day == day)
        .where(
            or_(
                col(DriverReport.outcome) == Outcome.ASIDE,
                col(DriverReport.kind) == ReportKind.UNDONE,
                (col(DriverReport.kind) == ReportKind.DONE) & (col(DriverReport.stop) == StopKind.DROPOFF),
            )
        )
    )
    found = log.ordered(session.exec(wanted))
    back = {each.about for each in found if each.kind is ReportKind.UNDONE and each.outcome is Outcome.TAKEN}
    standing = [each for each in found if each.key not in back and each.kind is not ReportKind.UNDONE]
    yield from _rides(session, standing)
    yield from _aside(session, day, [each for each in found if each.key not in back])


def _rides(session: Session, standing: list[DriverReport]) -> Iterator[Matter]:
    """Somebody was driven on a ride that is over; somebody was left without anybody named who took over."""
    for report in standing:
        aside = report.outcome is Outcome.ASIDE
        if report.kind is not ReportKind.DONE or (aside and report.why != CONTRADICTS):
            continue
        ride = reports.ride_of(session, report.promise_id)
        if ride is None:
            continue
        if aside:
            key = f"{MatterKind.CONTRADICTS}:{ride.id}:{report.shift_id}"
            yield Matter(MatterKind.CONTRADICTS, ride.id or 0, key, shift=report.shift_id)
        elif ride.status is Status.COMPLETED and reports.hand_over_missing(session, ride, report):
            key = f"{MatterKind.NOT_HANDED_OVER}:{ride.id}"
            yield Matter(MatterKind.NOT_HANDED_OVER, ride.id or 0, key, shift=report.shift_id)


def _aside(session: Session, day: date, found: list[DriverReport]) -> Iterator[Matter]:
    """What else was laid aside and nobody has seen yet, once for each shift; something new is told again."""
    aside = [each for each in found if each.outcome is Outcome.ASIDE and each.why != CONTRADICTS]
    said = marks.of_day(session, day) if aside else {}
    newest: dict[int, int] = {}
    for report in aside:
        if not _seen(said.get(mark_key(report))):
            newest[report.shift_id] = max(newest.get(report.shift_id, 0), report.id or 0)
    for shift_id, number in newest.items():
        yield Matter(MatterKind.REPORTS_ASIDE, shift_id, f"{MatterKind.REPORTS_ASIDE}:{number}", shift=shift_id)


def _seen(mark: DayMark | None) -> bool:
    return mark is not None and mark.done_at is not None
