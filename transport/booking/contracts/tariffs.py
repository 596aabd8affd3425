"""What a ride costs the client, by the policy of its day. Pure; money is haléře."""

from dataclasses import dataclass
from typing import Literal

from transport.kernel.errors import Invalid
from transport.kernel.policy import Card, Policy

Reason = Literal["adult", "child", "small_child", "solo", "companions", "dog", "kilometres"]


@dataclass(frozen=True, slots=True)
class Journey:
    """All that the fare of one ride depends on.

    `age`: completed years on the day of the ride; `card`: the strongest card valid on that day; `metres`: length of
    the route from boarding to getting off; `returns`: the same order has a way back, so the vehicle does not drive
    home for nothing; `rides_before`: how many rides the client has in the same month already.
    """

    age: int
    card: Card | None = None
    companions: int = 0
    dog: bool = False
    solo: bool = False
    in_city: bool = True
    metres: int = 0
    returns: bool = True
    rides_before: int = 0


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the price, boarding fees included."""

    reason: Reason
    haler: int


def price(policy: Policy, journey: Journey) -> int:
    """The sum of `items`, in haléře."""
    return sum(line.haler for line in items(policy, journey))


def items(policy: Policy, journey: Journey) -> tuple[Item, ...]:
    """What the party pays and why. In the city by person, beyond it by the kilometre of the whole route.

    Refuses riding alone where it is not sold (`tariff.no_solo`).
    """
    tariff = policy.tariff
    if journey.solo and tariff.solo is None:
        raise Invalid("tariff.no_solo", field="solo")
    if not journey.in_city:
        # The boarding fee is not added: the published rule names only the rate for the vehicle.
        times = 1 if journey.returns else tariff.outside_one_way_multiplier
        return (Item("kilometres", _rounded(policy, journey.metres * tariff.outside_km_rate * times, 1000)),)
    lines = [_client(policy, journey)]
    free = tariff.companions_free if journey.card in tariff.free_with else 0
    paying = max(0, journey.companions - free)
    if paying:
        lines.append(Item("companions", paying * (tariff.boarding_fee + tariff.companion)))
    if journey.dog and tariff.dog:
        lines.append(Item("dog", tariff.dog))
    return tuple(lines)


def _client(policy: Policy, journey: Journey) -> Item:
    tariff = policy.tariff
    if journey.solo and tariff.solo is not None:
        return Item("solo", _tiered(policy, journey, tariff.boarding_fee + tariff.solo))
    if journey.age < tariff.child_age_from:
        return Item("small_child", 0)
    if journey.age < tariff.child_age_until and (journey.card or not tariff.child_needs_card):
        return Item("child", _tiered(policy, journey, tariff.boarding_fee + tariff.city_child))
    return Item("adult", _tiered(policy, journey, tariff.boarding_fee + tariff.city_adult))


def _tiered(policy: Policy, journey: Journey, haler: int) -> int:
    """The fare of the tier in which this ride of the month lies."""
    number = journey.rides_before + 1
    percent = next((tier.percent for tier in reversed(policy.tariff.tiers) if tier.from_ride <= number), 100)
    return _rounded(policy, haler * percent, 100) if percent != 100 else haler


def _rounded(policy: Policy, amount: int, parts: int) -> int:
    """`amount` / `parts` haléře, to a multiple the city collects; a half is rounded up."""
    step = policy.tariff.round_to * parts
    return (amount + step // 2) // step * policy.tariff.round_to
