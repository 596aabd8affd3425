"""What may go wrong on a day, in the order in which it is dealt with. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class MatterKind(StrEnum):
    """Why a day needs a person, the most urgent first."""

    STUCK = "stuck"
    STRANDED = "stranded"
    STRANDING_NEAR = "stranding_near"
    HELP_ASKED = "help_asked"
    UNSAFE = "unsafe"
    CONTRADICTS = "contradicts"
    NOT_HANDED_OVER = "not_handed_over"
    TAXI_REFUSED = "taxi_refused"
    DRIVER_SAID = "driver_said"
    VEHICLE_OUT = "vehicle_out"
    ELSEWHERE = "elsewhere"
    ABSENT = "absent"
    LATE = "late"
    LATE_SOON = "late_soon"
    RETURN_AT_RISK = "return_at_risk"
    WAITS_HOME = "waits_home"
    AT_RISK = "at_risk"
    NOT_TOLD = "not_told"
    SILENT = "silent"
    REPORTS_ASIDE = "reports_aside"
    TAXI_OPEN = "taxi_open"
    OVERDUE = "overdue"
    FREED = "freed"
    MANDATE_ENDED = "mandate_ended"
    CARD_ENDED = "card_ended"
    UNVERIFIED = "unverified"
    PROPOSAL_FAILED = "proposal_failed"
    REACTION_FAILED = "reaction_failed"


ORDER = {kind: place for place, kind in enumerate(MatterKind)}

LOUD = frozenset(
    {
        MatterKind.STUCK,
        MatterKind.STRANDED,
        MatterKind.STRANDING_NEAR,
        MatterKind.HELP_ASKED,
        MatterKind.UNSAFE,
        MatterKind.VEHICLE_OUT,
        MatterKind.CONTRADICTS,
        MatterKind.NOT_HANDED_OVER,
        MatterKind.TAXI_REFUSED,
    }
)
"""What is said at once, whatever somebody is just reading; everything else waits until they look."""

STOPS = frozenset({"breakdown", "unwell"})
"""Problems of a driver with which the vehicle stands and somebody is in it."""

ABOUT_RIDES = frozenset(
    {
        MatterKind.STUCK,
        MatterKind.STRANDED,
        MatterKind.STRANDING_NEAR,
        MatterKind.UNSAFE,
        MatterKind.CONTRADICTS,
        MatterKind.NOT_HANDED_OVER,
        MatterKind.TAXI_REFUSED,
        MatterKind.TAXI_OPEN,
        MatterKind.ELSEWHERE,
        MatterKind.ABSENT,
        MatterKind.LATE,
        MatterKind.LATE_SOON,
        MatterKind.RETURN_AT_RISK,
        MatterKind.WAITS_HOME,
        MatterKind.AT_RISK,
        MatterKind.NOT_TOLD,
        MatterKind.OVERDUE,
        MatterKind.MANDATE_ENDED,
        MatterKind.CARD_ENDED,
        MatterKind.UNVERIFIED,
    }
)
"""The matters whose subject is a ride; the others are about a shift, a call, a wish, a proposal or an event."""

WAITING_HOME = (30, 45, 60)
"""Minutes of waiting for the way home after which a person looks, looks again, and looks for another way."""


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing of a day that needs a person. `minutes`: how late, for how long already, or how many are left to act
    (`STRANDING_NEAR`). `why`: the reason, where a kind has several.

    `key` is the same as long as it is the same thing, so that whoever took it keeps it.
    """

    kind: MatterKind
    subject: int
    key: str
    minutes: int = 0
    why: str = ""
    shift: int | None = None
    """The vehicle it is about, where that is not the planned one."""

    @property
    def loud(self) -> bool:
        """Whether it is said at once."""
        return self.kind in LOUD or (self.kind is MatterKind.DRIVER_SAID and self.why in STOPS)

    @property
    def level(self) -> int:
        """How many of the thresholds of waiting are over."""
        return sum(self.minutes >= threshold for threshold in WAITING_HOME)


def urgent_first(matters: list[Matter]) -> list[Matter]:
    """In the order in which they are dealt with: by kind, then those that last longest, or leave the least time."""
    return sorted(matters, key=lambda each: (ORDER[each.kind], _patience(each), each.subject))


def _patience(matter: Matter) -> int:
    return matter.minutes if matter.kind is MatterKind.STRANDING_NEAR else -matter.minutes
