"""Who may ride on a day: old enough, or holder of a card that is valid on the day of the ride. Pure."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Protocol

from transport.kernel.policy import Policy


class Ground(StrEnum):
    """Why somebody may ride; `OTHER` is decided by the city for one person."""

    AGE = "age"
    ZTP = "ZTP"
    ZTP_P = "ZTP/P"
    OTHER = "other"


class Evidence(Protocol):
    """One recorded ground with its validity, both days included (the `Eligibility` row is one)."""

    @property
    def ground(self) -> Ground:
        """Why."""

    @property
    def valid_from(self) -> date:
        """First day."""

    @property
    def valid_until(self) -> date | None:
        """Last day; None is without end."""


def age_on(born: date, day: date) -> int:
    """Completed years on the day; somebody born on 29 February gets older on 1 March of a common year."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def card_on(evidence: Iterable[Evidence], day: date) -> Ground | None:
    """The strongest card valid on the day: ZTP/P before ZTP; None without a card."""
    held = {each.ground for each in evidence if _valid(each, day)}
    return next((ground for ground in (Ground.ZTP_P, Ground.ZTP) if ground in held), None)


def reasons(evidence: Iterable[Evidence], born: date, on_day: date, policy: Policy) -> list[str]:
    """Codes why the client may not ride on the day; empty means may ride.

    `eligibility.card_expired`: the only card ends before the day, `eligibility.card_not_yet_valid`: it starts
    after it, `eligibility.none`: neither old enough nor any card that counts.
    """
    if age_on(born, on_day) >= policy.eligibility.min_age:
        return []
    counting = [each for each in evidence if _counts(each, policy)]
    if any(_valid(each, on_day) for each in counting):
        return []
    if any(each.valid_until is not None and each.valid_until < on_day for each in counting):
        return ["eligibility.card_expired"]
    if counting:
        return ["eligibility.card_not_yet_valid"]
    return ["eligibility.none"]


def _counts(evidence: Evidence, policy: Policy) -> bool:
    # Age is looked up in the date of birth; a recorded ground "age" only says what was asked at registration.
    return evidence.ground is Ground.OTHER or evidence.ground.value in policy.eligibility.cards


def _valid(evidence: Evidence, day: date) -> bool:
    return evidence.valid_from <= day and (evidence.valid_until is None or day <= evidence.valid_until)
