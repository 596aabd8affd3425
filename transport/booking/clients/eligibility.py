"""Who may ride on a day: old enough, or holder of a card that is valid on the day of the ride. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol

from transport.kernel.policy import Card, Policy


class Ground(StrEnum):
    """Why somebody may ride; `OTHER` is decided by the city for one person."""

    AGE = "age"
    TP = "TP"
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

    @property
    def verified(self) -> bool:
        """Whether somebody of the service has seen the card."""

    @property
    def recorded_on(self) -> date:
        """The day on which it was told."""


@dataclass(frozen=True, slots=True)
class Person:
    """What the rules need to know of a client."""

    born: date
    municipality: str
    evidence: tuple[Evidence, ...] = ()


def age_on(born: date, day: date) -> int:
    """Completed years on the day; somebody born on 29 February gets older on 1 March of a common year."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def card_on(evidence: Iterable[Evidence], day: date) -> Card | None:
    """The strongest card valid on the day: ZTP/P before ZTP before TP; None without a card."""
    held = {each.ground.value for each in evidence if _valid(each, day)}
    return next((card for card in reversed(Card) if card.value in held), None)


def reasons(person: Person, day: date, policy: Policy, *, companions: int = 0) -> list[str]:
    """Codes why the person may not ride on the day; empty means may ride.

    `eligibility.residence`: lives elsewhere; `eligibility.child_alone`: too young without a companion; and one of
    `eligibility.card_expired`: the only card ends before the day, `eligibility.card_not_yet_valid`: it starts after
    it, `eligibility.unverified`: nobody has seen it in time, `eligibility.none`: neither old enough nor any card.
    """
    rules = policy.eligibility
    found = []
    if rules.residence and person.municipality != rules.residence:
        found.append("eligibility.residence")
    if age_on(person.born, day) < rules.min_age_unaccompanied and not companions:
        found.append("eligibility.child_alone")
    if age_on(person.born, day) < rules.min_age:
        found += _about_cards(person, day, policy)
    return found


def _about_cards(person: Person, day: date, policy: Policy) -> list[str]:
    counting = [each for each in person.evidence if _counts(each, policy.eligibility.cards)]
    valid = [each for each in counting if _valid(each, day)]
    provisional = timedelta(days=policy.eligibility.provisional_days)
    if any(each.verified or day < each.recorded_on + provisional for each in valid):
        return []
    if valid:
        return ["eligibility.unverified"]
    if any(each.valid_until is not None and each.valid_until < day for each in counting):
        return ["eligibility.card_expired"]
    return ["eligibility.card_not_yet_valid"] if counting else ["eligibility.none"]


def _counts(evidence: Evidence, cards: Collection[Card]) -> bool:
    # Age is looked up in the date of birth; a recorded ground "age" only says what was asked at registration.
    return evidence.ground is Ground.OTHER or evidence.ground.value in cards


def _valid(evidence: Evidence, day: date) -> bool:
    return evidence.valid_from <= day and (evidence.valid_until is None or day <= evidence.valid_until)
