"""What stands of everything drivers have said: the last word on each thing, in whatever order it came in. Pure."""

from collections.abc import Iterable
from datetime import datetime

from transport.operations.driving.models import DriverReport, Outcome, ReportKind
from transport.operations.driving.said import facts_of
from transport.routing.planning.models import StopKind

Thing = tuple[ReportKind, StopKind | None]
"""What can be said of a ride: arrived, done or absent, at one of its two stops."""


def ordered(reports: Iterable[DriverReport]) -> list[DriverReport]:
    """As they were said: the count of a device decides where its clock does not; forms come in order."""
    return sorted(reports, key=lambda each: (each.occurred_at, each.seq, each.id or 0))


def standing(reports: Iterable[DriverReport], thing: Thing) -> list[DriverReport]:
    """The reports of one thing that nobody has taken back since, the earliest first.

    Taking one back takes back all that was said of the thing before; what is said after that counts again.
    """
    known: dict[str, DriverReport] = {}
    found: list[DriverReport] = []
    for report in ordered(each for each in reports if each.outcome is not Outcome.ASIDE):
        known[report.key] = report
        about = known.get(report.about)
        if report.kind is ReportKind.UNDONE and about is not None and (about.kind, about.stop) == thing:
            found.clear()
        elif (report.kind, report.stop) == thing:
            found.append(report)
    return found


def moment(reports: Iterable[DriverReport], said: list[DriverReport]) -> datetime:
    """When a thing happened of which these reports stand: as corrected last, else as first said."""
    keys = {each.key for each in said}
    corrected = [
        each
        for each in ordered(reports)
        if each.kind is ReportKind.RETIMED and each.outcome is Outcome.TAKEN and each.about in keys
    ]
    if corrected:
        return datetime.fromisoformat(facts_of(corrected[-1])["happened"])
    return min(each.occurred_at for each in said)
