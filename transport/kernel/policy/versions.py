"""One policy after the other, each with the days on which it holds; and the facts that have no date."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Annotated, Self

from pydantic import Field, model_validator

from transport.kernel.errors import Invalid
from transport.kernel.i18n import mark as _
from transport.kernel.policy.groups import (
    Area,
    Assistance,
    Booking,
    Cancel,
    Driving,
    Dwell,
    Eligibility,
    Fairness,
    Fleet,
    Group,
    Homeward,
    NoShow,
    Promise,
    Regular,
    Rest,
    Tariff,
    Travel,
    WaitingList,
    WillCall,
)
from transport.kernel.policy.messages import Messages
from transport.kernel.policy.taxi import Taxi


class Facts(Group):
    """Who runs the service and how to reach it: what the public pages and messages print."""

    name: str
    city: str
    purchaser: str
    phone: str
    sms: str
    email: str
    complaint_days: Annotated[int, Field(gt=0)]
    hide_counts_below: Annotated[int, Field(ge=0)]


class Policy(Group):
    """The rules in force from `valid_from` to `valid_until`, both included; None is until further notice."""

    id: Annotated[str, Field(min_length=1, max_length=40, description=_("What rides remember it by"))]
    title: Annotated[str, Field(description=_("What people call it"))]
    approved_by: Annotated[str, Field(description=_("Who decided it"))]
    valid_from: Annotated[date, Field(description=_("First day of rides it holds for"))]
    valid_until: Annotated[date | None, Field(description=_("Last day; none: until further notice"))] = None
    eligibility: Eligibility
    booking: Booking
    promise: Promise
    dwell: Dwell
    tariff: Tariff
    area: Area
    assistance: Assistance
    fleet: Fleet
    travel: Travel
    rest: Annotated[dict[str, Rest], Field(min_length=1)]
    cancel: Cancel
    no_show: NoShow
    will_call: WillCall
    waiting_list: WaitingList
    regular: Regular
    fairness: Fairness
    homeward: Homeward = Homeward()
    driving: Driving = Driving()
    messages: Messages = Messages()

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.valid_until is not None and self.valid_until < self.valid_from:
            raise ValueError(f"valid_until {self.valid_until} is before valid_from {self.valid_from}")
        return self


class Policies(Group):
    """All policies of the service, oldest first, without gap or overlap; and the facts that have no date."""

    service: Facts
    taxi: Taxi = Taxi()
    policy: tuple[Policy, ...]

    @model_validator(mode="after")
    def _one_after_the_other(self) -> Self:
        if not self.policy:
            raise ValueError("at least one [[policy]] is needed")
        if len({policy.id for policy in self.policy}) != len(self.policy):
            raise ValueError("two policies have the same id")
        for earlier, later in pairwise(self.policy):
            follows = earlier.valid_until and earlier.valid_until + timedelta(days=1)
            if follows != later.valid_from:
                fault = "a gap" if follows is not None and follows < later.valid_from else "an overlap"
                until = earlier.valid_until or "further notice"
                raise ValueError(
                    f'{fault} between policy "{earlier.id}" (until {until}) '
                    f'and policy "{later.id}" (from {later.valid_from})'
                )
        return self

    def on(self, day: date) -> Policy:
        """The policy in force on `day`; refuses a day that no policy covers (`policy.none`)."""
        for policy in reversed(self.policy):
            if policy.valid_from <= day and (policy.valid_until is None or day <= policy.valid_until):
                return policy
        raise Invalid("policy.none", day=day)

    def named(self, policy_id: str) -> Policy:
        """The policy a ride was booked under, by its id; refuses an unknown one (`policy.unknown`)."""
        for policy in self.policy:
            if policy.id == policy_id:
                return policy
        raise Invalid("policy.unknown", id=policy_id)
