"""Absences, late cancellations and rides we missed are three different facts; when absences become a pattern. Pure.

Nobody is punished for one absence, for what was excused, or for being found by us too late. The test compares with
everybody else: so many absences in a year, counted alone, punish those who ride often.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from transport.kernel.policy.groups import NoShow


class Step(StrEnum):
    """What follows from a pattern of absences, one after the other."""

    NOTICE = "notice"
    WARNING = "warning"
    SUSPENSION = "suspension"


@dataclass(frozen=True, slots=True)
class Waited:
    """When the driver came and left, and the window in which the client was promised the vehicle."""

    arrived: datetime
    left: datetime
    window_start: datetime
    window_end: datetime


def against_absence(waited: Waited, rules: NoShow) -> str | None:
    """Why this cannot be the client's absence, as the code of a refusal; None if it can.

    Nobody has to be ready before the window begins, so the waiting time counts from there for a vehicle that is early.
    """
    if waited.arrived > waited.window_end:
        return "absence.we_were_late"
    if waited.left < max(waited.arrived, waited.window_start) + timedelta(minutes=rules.wait_minutes):
        return "absence.left_too_soon"
    return None


@dataclass(frozen=True, slots=True)
class Tally:
    """Rides that took place or should have, and how many of them were absences that count."""

    rides: int
    absences: int

    @property
    def rate(self) -> float:
        """Share of absences; 0 where there was no ride."""
        return self.absences / self.rides if self.rides else 0.0


def is_pattern(mine: Tally, everybody: Tally, rules: NoShow) -> bool:
    """Whether the absences of the period are a pattern: enough of them, and far more often than others."""
    return mine.absences >= rules.min_count and mine.rate >= rules.times_average * everybody.rate


def next_step(last: Step | None) -> Step:
    """What may follow after the last step; a suspension may follow a suspension."""
    steps = list(Step)
    return steps[0] if last is None else steps[min(steps.index(last) + 1, len(steps) - 1)]
