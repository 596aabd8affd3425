"""What drivers say goes wrong and have not taken back, and whether dispatch has acted upon it already. Reads."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from transport.kernel.clock import at
from transport.operations.driving.models import DriverReport, Outcome, ReportKind
from transport.operations.driving.said import facts_of
from transport.routing.fleet import availability
from transport.routing.fleet.models import Shift
from transport.routing.planning.assuming import Mishap, read
from transport.routing.planning.models import Proposal, ProposalState

_SAID = (
    select(DriverReport)
    .where(col(DriverReport.kind).in_((ReportKind.PROBLEM, ReportKind.UNDONE)))
    .order_by(col(DriverReport.occurred_at), col(DriverReport.id))
)


@dataclass(frozen=True, slots=True)
class Trouble:
    """A problem that holds: one of `said.PROBLEMS`, by how many minutes (0: not said), and what was written to it.

    `back`: its driver wanted to take it back when dispatch had acted upon it already; dispatch has to decide.
    """

    report: DriverReport
    word: str
    minutes: int
    note: str
    back: DriverReport | None

    @property
    def key(self) -> str:
        """What the report is called by the device that made it."""
        return self.report.key


def of_shift(session: Session, shift_id: int) -> list[Trouble]:
    """The problems of a shift, the oldest first."""
    return _holding(session.exec(_SAID.where(DriverReport.shift_id == shift_id)))


def of_day(session: Session, day: date) -> list[Trouble]:
    """The problems of all shifts of a day, the oldest first."""
    return _holding(session.exec(_SAID.join(Shift, col(Shift.id) == DriverReport.shift_id).where(Shift.day == day)))


def taken_back(session: Session, shift_id: int, *, since: datetime) -> DriverReport | None:
    """The newest report that took a problem of the shift back, or wanted to, if it has come here since then."""
    said = list(session.exec(_SAID.where(DriverReport.shift_id == shift_id)))
    told = {each.key for each in said if each.kind is ReportKind.PROBLEM}
    back = [each for each in said if each.kind is ReportKind.UNDONE and each.about in told]
    return next((each for each in reversed(back) if each.recorded_at >= since), None)


def acted_upon(session: Session, problem: DriverReport, *, now: datetime) -> bool:
    """Whether a plan is in force that was asked for since because something happened to the shift, or its vehicle, or
    something in it, is out of service since: both stay so until a person says otherwise.
    """
    shift = session.get_one(Shift, problem.shift_id)
    plans = select(Proposal.assumptions).where(
        Proposal.day == shift.day, Proposal.state == ProposalState.APPLIED, Proposal.asked_at >= problem.recorded_at
    )
    for text in session.exec(plans):
        if any(isinstance(each, Mishap) and each.shift == shift.id for each in read(text)):
            return True
    outs = availability.outs(session, {shift.vehicle_id}, now, at(shift.day, shift.ends), feature=None)
    return any(out.recorded_at >= problem.recorded_at for out in outs)


def _holding(reports: Iterable[DriverReport]) -> list[Trouble]:
    said = list(reports)
    back = {each.about: each for each in said if each.kind is ReportKind.UNDONE}
    gone = {each.about for each in said if each.kind is ReportKind.UNDONE and each.outcome is not Outcome.ASIDE}
    found = []
    for each in said:
        if each.kind is ReportKind.PROBLEM and each.outcome is Outcome.TAKEN and each.key not in gone:
            facts = facts_of(each)
            minutes = int(facts.get("minutes", 0))
            found.append(
                Trouble(each, facts.get("problem", "other"), minutes, facts.get("note", ""), back.get(each.key))
            )
    return found
