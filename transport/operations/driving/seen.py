"""What a driver's page tells beside the run: what was said of its stops, and what changed since it was last read."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlmodel import Session, col, select

from transport.operations.driving import manifest
from transport.operations.driving.manifest import Manifest, ManifestStop
from transport.operations.driving.models import DriverReport, Outcome, ReportKind
from transport.routing.planning.models import StopKind

Where = tuple[int, StopKind]
"""A stop by its promise and kind, in whatever version of the plan it is."""

NOTICED = 5 * 60
"""Seconds by which a stop must have moved before a driver is told."""
AT_A_STOP = {ReportKind.ARRIVED, ReportKind.DONE, ReportKind.ABSENT}


@dataclass(frozen=True, slots=True)
class SaidThen:
    """One report as its driver reads it. `holds`: it is what we go by, neither taken back nor laid aside."""

    key: str
    kind: ReportKind
    promise: int | None
    stop: StopKind | None
    at: datetime
    holds: bool
    aside: bool
    why: str


@dataclass(frozen=True, slots=True)
class Change:
    """One stop that is not as the driver knows it; of a removed one as it was. `was` is its old beginning."""

    how: Literal["added", "removed", "moved"]
    stop: ManifestStop
    was: int | None = None


def said(session: Session, found: Manifest) -> list[SaidThen]:
    """All reports of the shift in the order in which they happened, with the times we go by."""
    rows = select(DriverReport).where(DriverReport.shift_id == found.shift.id)
    reports = list(session.exec(rows.order_by(col(DriverReport.occurred_at), col(DriverReport.id))))
    taken = [each for each in reports if each.outcome is Outcome.TAKEN]
    back = {each.about for each in taken if each.kind is ReportKind.UNDONE}
    times = {
        (stop.promise.id, stop.kind, visit.action.value): visit.occurred_at
        for stop in found.stops
        if stop.promise is not None
        for visit in stop.visits
    }
    told = []
    for each in reports:
        at = times.get((each.promise_id, each.stop or StopKind.PICKUP, each.kind.value))
        holds = each.outcome is Outcome.TAKEN and each.kind in AT_A_STOP and at is not None and each.key not in back
        told.append(
            SaidThen(
                key=each.key,
                kind=each.kind,
                promise=each.promise_id,
                stop=each.stop,
                at=at if holds and at else each.occurred_at,
                holds=holds,
                aside=each.outcome is Outcome.ASIDE,
                why=each.why,
            )
        )
    return told


def changes(before: tuple[ManifestStop, ...], now: tuple[ManifestStop, ...]) -> list[Change]:
    """What a driver who knows one version must be told of another: in the order of the run, what is gone last."""
    known, planned = _places(before), _places(now)
    found = []
    for where, stop in planned.items():
        if stop.done:
            continue
        if where not in known:
            found.append(Change("added", stop))
        elif abs(known[where].start - stop.start) >= NOTICED:
            found.append(Change("moved", stop, known[where].start))
    return found + [Change("removed", stop) for where, stop in known.items() if where not in planned]


def before(session: Session, found: Manifest, version: int) -> tuple[ManifestStop, ...]:
    """The stops as the driver last read them."""
    return manifest.as_published(session, found.shift, version)


def _places(stops: tuple[ManifestStop, ...]) -> dict[Where, ManifestStop]:
    return {(stop.promise.id or 0, stop.kind): stop for stop in stops if stop.promise is not None}
