"""How much of an entitlement is left: rides, kilometres or fares in a month or a year. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from transport.kernel.errors import Invalid
from transport.kernel.policy import Allowance, AllowancePeriod, AllowanceUnit


@dataclass(frozen=True, slots=True)
class Used:
    """One ride that counts: its day, the metres of its direct way, what the client pays for it in haléře."""

    day: date
    metres: int
    fare: int


@dataclass(frozen=True, slots=True)
class Balance:
    """What is left of an allowance in the period of a day, in the unit of the allowance; never below zero."""

    allowance: Allowance
    used: int

    @property
    def left(self) -> int:
        """What the client may still use."""
        return max(0, self.allowance.amount - self.used)


def first_day(period: AllowancePeriod, day: date) -> date:
    """The day on which the period of `day` begins."""
    return day.replace(day=1) if period is AllowancePeriod.MONTH else day.replace(month=1, day=1)


def same_period(period: AllowancePeriod, day: date, other: date) -> bool:
    """Whether two days share a period."""
    return first_day(period, day) == first_day(period, other)


def balance(allowance: Allowance, day: date, rides: Iterable[Used]) -> Balance:
    """What `rides` leave of the allowance in the period of `day`. Every begun kilometre counts."""
    counted = [ride for ride in rides if same_period(allowance.period, ride.day, day)]
    if allowance.unit is AllowanceUnit.RIDES:
        return Balance(allowance, len(counted))
    if allowance.unit is AllowanceUnit.KILOMETRES:
        return Balance(allowance, sum(-(-ride.metres // 1000) for ride in counted))
    return Balance(allowance, sum(ride.fare for ride in counted))


def about_allowances(allowances: Iterable[Allowance], used: Iterable[Used], wished: Iterable[Used]) -> list[Invalid]:
    """A reason for each allowance that the wished rides, beside those used already, would exceed."""
    used, wished = list(used), list(wished)
    found = []
    for allowance in allowances:
        for ride in wished:
            before = balance(allowance, ride.day, used)
            after = balance(allowance, ride.day, [*used, *wished])
            if after.used > allowance.amount:
                facts = {"amount": allowance.amount, "left": before.left, "unit": allowance.unit.value}
                found.append(Invalid(f"allowance.{allowance.unit.value}", field="day", **facts))
                break
    return found
