"""What a ride costs the client, by the policy of its day. Pure; money is haléře."""

from dataclasses import dataclass
from typing import Literal

from transport.kernel.errors import Invalid
from transport.kernel.policy import Policy

Reason = Literal["adult", "child", "small_child", "solo", "companions", "kilometres"]


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the price, boarding fees included."""

    reason: Reason
    haler: int


def price(
    policy: Policy,
    *,
    age: int,
    has_card: bool,
    companions: int,
    solo: bool,
    in_city: bool,
    metres: int = 0,
    returns: bool = True,
) -> int:
    """The sum of `items`, in haléře."""
    lines = items(
        policy,
        age=age,
        has_card=has_card,
        companions=companions,
        solo=solo,
        in_city=in_city,
        metres=metres,
        returns=returns,
    )
    return sum(line.haler for line in lines)


def items(
    policy: Policy,
    *,
    age: int,
    has_card: bool,
    companions: int,
    solo: bool,
    in_city: bool,
    metres: int = 0,
    returns: bool = True,
) -> tuple[Item, ...]:
    """What the party pays and why. In the city by person, beyond it by the kilometre of the whole route.

    `age`: completed years on the day of the ride; `has_card`: ZTP or ZTP/P valid on that day; `metres`:
    length of the route from boarding to getting off; `returns`: the same order has a way back, so the vehicle
    does not drive home for nothing. Refuses riding alone where it is not sold (`tariff.no_solo`).
    """
    tariff = policy.tariff
    if solo and tariff.solo is None:
        raise Invalid("tariff.no_solo", field="solo")
    if not in_city:
        # The boarding fee is not added: the published rule names only the rate for the vehicle.
        times = 1 if returns else tariff.outside_one_way_multiplier
        return (Item("kilometres", _whole_crowns(metres * tariff.outside_km_rate * times)),)
    client = _client(policy, age=age, has_card=has_card, solo=solo)
    if not companions:
        return (client,)
    return (client, Item("companions", companions * (tariff.boarding_fee + tariff.companion)))


def _client(policy: Policy, *, age: int, has_card: bool, solo: bool) -> Item:
    tariff = policy.tariff
    if solo and tariff.solo is not None:
        return Item("solo", tariff.boarding_fee + tariff.solo)
    if age < tariff.child_age_from:
        return Item("small_child", 0)
    if age < tariff.child_age_until and (has_card or not tariff.child_needs_card):
        return Item("child", tariff.boarding_fee + tariff.city_child)
    return Item("adult", tariff.boarding_fee + tariff.city_adult)


def _whole_crowns(haler_metres: int) -> int:
    # There is no coin below one koruna: half a koruna and more is rounded up.
    return (haler_metres + 50_000) // 100_000 * 100
