"""Whose turn it is on the waiting list, and until when: the published rule. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from transport.kernel.clock import at, local_day, second_at, wall_seconds
from transport.kernel.policy import Policy

COUNTED = timedelta(days=30)
"""Denials of so long before the present decide who comes first."""

EVENING = 18
"""The hour of the day before the ride at which whoever still waits is told that no place became free."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What the rule looks at: how often the client was denied lately, since when the wish waits, its number."""

    denials: int
    asked_at: datetime
    number: int


def in_turn(turns: Sequence[Turn], policy: Policy) -> list[Turn]:
    """Who is offered a freed place first: the most denied, then who has waited longest; or only the latter."""
    if policy.waiting_list.first == "earliest":
        return sorted(turns, key=lambda turn: (turn.asked_at, turn.number))
    return sorted(turns, key=lambda turn: (-turn.denials, turn.asked_at, turn.number))


def answer_by(policy: Policy, latest_order: datetime, now: datetime) -> datetime:
    """Until when a freed place is kept: the policy's minutes, but never longer than the ride may be ordered.

    Only minutes in which the phone is answered count: nobody has to wake at night to keep a place.
    """
    left = timedelta(minutes=policy.waiting_list.answer_minutes)
    moment = now
    while moment < latest_order:
        day = local_day(moment)
        opens, closes = (
            at(day, second_at(day, clock)) for clock in (policy.booking.phone_opens, policy.booking.phone_closes)
        )
        begin = max(moment, opens)
        if begin + left <= closes:
            return min(begin + left, latest_order)
        left -= max(timedelta(0), closes - begin)
        moment = at(day + timedelta(days=1), 0)
    return latest_order


def given_up_at(day: date, asked_at: datetime, latest_order: datetime) -> datetime:
    """When we say that nothing became free: the evening before, so that there is time to look for other help.

    Later only for a wish that was put on the list after that, and never after the ride may be ordered at all.
    """
    before = day - timedelta(days=1)
    evening = at(before, wall_seconds(before, EVENING))
    return min(evening, latest_order) if asked_at < evening else latest_order
