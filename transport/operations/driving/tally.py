"""What the drivers' reports of a shift add up to: begun and ended, the money, what was not paid. Reads."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from transport.operations.driving import log
from transport.operations.driving.manifest import Manifest, ManifestStop
from transport.operations.driving.models import DriverReport, ReportKind
from transport.operations.driving.said import CHECKS, facts_of
from transport.routing.planning.models import StopKind, VisitAction


@dataclass(frozen=True, slots=True)
class Course:
    """How a shift began and ended by its driver's own words; None: not said (yet)."""

    begun_at: datetime | None = None
    ended_at: datetime | None = None
    unchecked: tuple[str, ...] = ()
    """What was not ticked when it began."""
    odometer: tuple[int | None, int | None] = (None, None)
    """Kilometres on the clock of the vehicle at the beginning and at the end."""
    cash: int | None = None
    """Haléře that the driver has counted."""
    lost: str = ""

    @property
    def kilometres(self) -> int | None:
        """How far the vehicle was driven; None unless both readings are there and fit."""
        first, last = self.odometer
        return None if first is None or last is None or last < first else last - first


@dataclass(frozen=True, slots=True)
class Tally:
    """The money of a shift: haléře that were taken, and the pickups of which nothing was."""

    cash: int
    unpaid: tuple[ManifestStop, ...]
    unsaid: tuple[ManifestStop, ...]
    """Somebody got on who has to pay, and nobody wrote down whether they did."""
    open: tuple[ManifestStop, ...]
    """Where something is still to be done."""


def states(session: Session, shift_ids: Collection[int]) -> dict[int, Course]:
    """How each of the shifts stands."""
    said = _said(session, shift_ids, ReportKind.BEGUN, ReportKind.ENDED)
    found = {}
    for shift_id in shift_ids:
        reports = said.get(shift_id, [])
        begun, ended = (log.standing(reports, (kind, None)) for kind in (ReportKind.BEGUN, ReportKind.ENDED))
        first, last = facts_of(begun[-1]) if begun else {}, facts_of(ended[-1]) if ended else {}
        found[shift_id] = Course(
            begun_at=begun[0].occurred_at if begun else None,
            ended_at=ended[-1].occurred_at if ended else None,
            unchecked=tuple(each for each in CHECKS if begun and each not in first.get("checks", ())),
            odometer=(first.get("odometer"), last.get("odometer")),
            cash=last.get("cash"),
            lost=last.get("lost", ""),
        )
    return found


def driven_metres(session: Session, shift_ids: Collection[int]) -> int | None:
    """What the dashboards say that these shifts have driven; None unless each has a reading at both ends."""
    driven = [course.kilometres for course in states(session, shift_ids).values()]
    known = [each for each in driven if each is not None]
    return sum(known) * 1000 if driven and len(known) == len(driven) else None


def of(session: Session, manifest: Manifest) -> Tally:
    """What the run of a shift has come to so far."""
    reports = _said(session, [manifest.shift.id or 0], ReportKind.DONE).get(manifest.shift.id or 0, [])
    how: dict[str, list[ManifestStop]] = {}
    for stop in manifest.stops:
        if stop.kind is StopKind.PICKUP and stop.ride and stop.ride.price and stop.promise and _boarded(stop):
            how.setdefault(_paid(reports, stop.promise.id), []).append(stop)
    return Tally(
        cash=sum(stop.ride.price for stop in how.get("cash", []) if stop.ride is not None),
        unpaid=tuple(how.get("unpaid", [])),
        unsaid=tuple(how.get("", [])),
        open=tuple(stop for stop in manifest.stops if stop.ride is not None and not stop.done),
    )


def _boarded(stop: ManifestStop) -> bool:
    return any(visit.action is VisitAction.DONE for visit in stop.visits)


def _paid(reports: list[DriverReport], promise_id: int | None) -> str:
    """What was said last of the price of a ride; empty if nothing was."""
    mine = [each for each in reports if each.promise_id == promise_id]
    said = [facts_of(each).get("paid", "") for each in log.standing(mine, (ReportKind.DONE, StopKind.PICKUP))]
    return str(next((word for word in reversed(said) if word), ""))


def _said(session: Session, shift_ids: Collection[int], *kinds: ReportKind) -> dict[int, list[DriverReport]]:
    """The reports of these kinds by shift, and those that take reports back."""
    wanted = select(DriverReport).where(
        col(DriverReport.shift_id).in_(shift_ids), col(DriverReport.kind).in_((*kinds, ReportKind.UNDONE))
    )
    found: dict[int, list[DriverReport]] = {}
    for report in session.exec(wanted):
        found.setdefault(report.shift_id, []).append(report)
    return found
