"""What mandates allow when they are taken together. Reads nothing by itself."""

from collections.abc import Iterable
from dataclasses import dataclass

from transport.booking.clients.models import Mandate, MandateKind, Power

ALL_POWERS = frozenset(Power)
DECISIONS = frozenset({Power.BOOK, Power.CANCEL, Power.MANAGE})
"""What binds somebody: one of two joint representatives cannot do it alone, and a guardian may have it alone.
Looking, writing down and complaining is never taken from the client."""

BY_CLIENT = frozenset({MandateKind.POWER_OF_ATTORNEY, MandateKind.SUPPORTER})
"""What clients give and take back themselves; all else is law or a court, and our staff must have seen the document."""

_DOCUMENTED = frozenset({MandateKind.HOUSEHOLD_MEMBER, MandateKind.GUARDIAN, MandateKind.GUARDIAN_LIMITED})
_ADVICE = frozenset({Power.SEE, Power.PREPARE})


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a user stands on a day: the organisations they work for, and the colleagues they stand in for."""

    user: int
    organisations: frozenset[int]
    stands_in_for: frozenset[int]


def usable(mandate: Mandate, standing: Standing) -> bool:
    """Whether a mandate in force is this user's to use: given to them, to all members, or to whom they stand in for."""
    own = mandate.user_id == standing.user
    if mandate.organisation_id is None:
        return own
    if mandate.organisation_id not in standing.organisations:
        return False
    return own or mandate.user_id is None or mandate.user_id in standing.stands_in_for


def asked_for(powers: Iterable[Power]) -> frozenset[Power]:
    """The powers with those that go with them: whoever acts sees, whoever books prepares."""
    wanted = frozenset(powers) | {Power.SEE}
    return wanted | {Power.PREPARE} if Power.BOOK in wanted else wanted


def allowed(mandates: Iterable[Mandate]) -> frozenset[Power]:
    """What mandates in force give to one person; a joint one never decides alone."""
    found: frozenset[Power] = frozenset()
    for mandate in mandates:
        found |= asked_for(mandate.powers) - DECISIONS if mandate.joint else asked_for(mandate.powers)
    return found


def left_to_client(mandates: Iterable[Mandate]) -> frozenset[Power]:
    """What the client may do alone, beside the mandates that are in force for them."""
    taken: frozenset[Power] = frozenset()
    for mandate in mandates:
        if mandate.exclusive:
            taken |= mandate.powers & DECISIONS
    return ALL_POWERS - taken


def fault(mandate: Mandate) -> str | None:
    """The code of what is wrong with a mandate by its legal form; None if it may stand."""
    if mandate.user_id is None and mandate.organisation_id is None and not mandate.invited_contact:
        return "mandate.for_nobody"
    if mandate.kind is MandateKind.SUPPORTER and not mandate.powers <= _ADVICE:
        return "mandate.supporter_only_prepares"
    if mandate.exclusive and mandate.kind is not MandateKind.GUARDIAN_LIMITED:
        return "mandate.exclusive_without_court"
    if mandate.kind in _DOCUMENTED and not mandate.evidence:
        return "mandate.evidence_missing"
    if mandate.valid_until is not None and mandate.valid_until < mandate.valid_from:
        return "mandate.ends_before_start"
    return None
