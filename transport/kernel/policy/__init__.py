"""The rules of the service in numbers, effective-dated, read from `data/service.toml`.

A ride is priced and judged by the policy in force on its own day, so past policies stay in the file.
Every `*_until` of a policy is the last day on which it holds.
"""

from transport.kernel.policy.groups import Allowance, AllowancePeriod, AllowanceUnit, Card
from transport.kernel.policy.reading import PolicyError, load
from transport.kernel.policy.taxi import Taxi, TaxiProvider
from transport.kernel.policy.versions import Facts, Policies, Policy

__all__ = [
    "Allowance",
    "AllowancePeriod",
    "AllowanceUnit",
    "Card",
    "Facts",
    "Policies",
    "Policy",
    "PolicyError",
    "Taxi",
    "TaxiProvider",
    "load",
]
