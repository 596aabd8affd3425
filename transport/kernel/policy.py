"""The rules of the service in numbers, effective-dated, read from `data/service.toml`.

A ride is priced and judged by the policy in force on its own day, so past policies stay in the file.
Units stand in the names (minutes, days, kilometres); money is haléře, dwell times are seconds.
Every `*_until` of a policy is the last day on which it holds.
"""

import tomllib
from collections.abc import Sequence
from datetime import date, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from transport.kernel.errors import Invalid

Haler = Annotated[int, Field(ge=0)]
Seconds = Annotated[int, Field(ge=0, le=3600)]
Factor = Annotated[float, Field(ge=0.2, le=5)]


class PolicyError(ValueError):
    """`service.toml` cannot be used; the text names the file, the line if known, and each key at fault."""


class _Group(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Facts(_Group):
    """Who runs the service and how to reach it: what the public pages and messages print."""

    name: str
    city: str
    purchaser: str
    phone: str
    phone_hours: str
    sms: str
    email: str
    complaint_days: Annotated[int, Field(gt=0)]
    hide_counts_below: Annotated[int, Field(ge=0)]


class Eligibility(_Group):
    """Who may ride: old enough, or holder of one of the cards."""

    min_age: Annotated[int, Field(ge=0, le=120)]
    cards: tuple[Literal["ZTP", "ZTP/P"], ...]
    residence: str
    min_age_unaccompanied: Annotated[int, Field(ge=0, le=18)]


class Booking(_Group):
    """When and how a ride may be ordered. `horizon_days_weekend`: another horizon for weekend rides."""

    horizon_days: Annotated[int, Field(ge=0, le=366)]
    horizon_days_weekend: Annotated[int, Field(ge=0, le=366)] | None = None
    min_notice_minutes: Annotated[int, Field(ge=0)]
    opens: time
    closes: time
    negotiation_minutes: Annotated[int, Field(ge=0, le=240)]
    hold_minutes: Annotated[int, Field(gt=0, le=1440)]
    confirm: Literal["dispatcher", "automatic"]
    confirm_within_minutes: Annotated[int, Field(gt=0)]
    max_companions: Annotated[int, Field(ge=0, le=8)]

    @model_validator(mode="after")
    def _opens_before_closing(self) -> Self:
        if self.opens >= self.closes:
            raise ValueError(f"opens {self.opens:%H:%M} must be before closes {self.closes:%H:%M}")
        return self

    def horizon_on(self, day: date) -> int:
        """How many days ahead a ride on `day` may be ordered."""
        weekend = day.isoweekday() >= 6  # Saturday is 6 in ISO 8601
        return self.horizon_days_weekend if weekend and self.horizon_days_weekend else self.horizon_days


class Promise(_Group):
    """What the service binds itself to: how wide the pickup window, how long in the vehicle at most."""

    window_minutes: Annotated[int, Field(gt=0, le=120)]
    max_ride_minutes: Annotated[int, Field(gt=0, le=600)]
    max_ride_factor: Annotated[float, Field(ge=1, le=10)]
    max_ride_extra_minutes: Annotated[int, Field(ge=0, le=120)]
    offer_step_minutes: Annotated[int, Field(gt=0, le=60)]

    def max_ride_seconds(self, direct_seconds: int) -> int:
        """Longest time in the vehicle we may promise when the direct journey takes `direct_seconds`."""
        stretched = int(direct_seconds * self.max_ride_factor) + 60 * self.max_ride_extra_minutes
        return min(60 * self.max_ride_minutes, stretched)


class Dwell(_Group):
    """Seconds at one door. The first seven are whole stops (the slowest counts), the others are added."""

    walking: Seconds
    cane: Seconds
    walker: Seconds
    wheelchair_transfer: Seconds
    wheelchair: Seconds
    electric_wheelchair: Seconds
    stairs: Seconds
    blind: Seconds
    calm: Seconds
    hand_over: Seconds
    companion: Seconds


class Tariff(_Group):
    """What is paid in haléře. Each person pays `boarding_fee` and a fare; `solo` is the fare of riding alone.

    `solo` None: not sold. A child is from `child_age_from` up to, not including, the birthday
    `child_age_until`; younger ones ride free. Outside the city the vehicle is paid by the kilometre, times
    `outside_one_way_multiplier` when it is not used for the way back.
    """

    boarding_fee: Haler
    city_adult: Haler
    city_child: Haler
    solo: Haler | None = None
    companion: Haler
    child_age_from: Annotated[int, Field(ge=0)]
    child_age_until: Annotated[int, Field(ge=0, le=26)]
    child_needs_card: bool
    outside_km_rate: Haler
    outside_one_way_multiplier: Annotated[int, Field(ge=1, le=5)]

    @model_validator(mode="after")
    def _children_grow(self) -> Self:
        if self.child_age_from > self.child_age_until:
            raise ValueError("child_age_from must not be above child_age_until")
        return self


class Area(_Group):
    """Where we drive: in the city, and outside it as `outside_mode` says.

    `list`: to the named places only; `radius`: within `radius_km` of the centre as the crow flies;
    `none`: nowhere.
    """

    city: str
    centre_lat: Annotated[float, Field(ge=-90, le=90)]
    centre_lon: Annotated[float, Field(ge=-180, le=180)]
    outside_mode: Literal["list", "radius", "none"]
    outside_places: tuple[str, ...] = ()
    radius_km: Annotated[float, Field(ge=0)] = 0

    @model_validator(mode="after")
    def _mode_has_its_numbers(self) -> Self:
        if self.outside_mode == "list" and not self.outside_places:
            raise ValueError('outside_mode "list" needs outside_places')
        if self.outside_mode == "radius" and not self.radius_km:
            raise ValueError('outside_mode "radius" needs radius_km above 0')
        return self


class Travel(_Group):
    """The air-line model of driving, and how much slower each hour of the day is than the empty road."""

    detour_factor: Annotated[float, Field(ge=1, le=5)]
    speed_kmh: Annotated[float, Field(gt=0, le=130)]
    hour_factors: Annotated[tuple[Factor, ...], Field(min_length=24, max_length=24)]


class Rest(_Group):
    """The breaks in one class of vehicle: within any `max_work_minutes` the parts, in order, whole."""

    max_work_minutes: Annotated[int, Field(gt=0, le=1440)]
    parts_minutes: Annotated[tuple[Annotated[int, Field(gt=0, le=240)], ...], Field(min_length=1)]


class Cancel(_Group):
    """Until how many minutes before the pickup window a ride may be cancelled without being late."""

    free_until_minutes: Annotated[int, Field(ge=0)]


class NoShow(_Group):
    """How long the vehicle waits at the door before the client counts as absent."""

    wait_minutes: Annotated[int, Field(ge=0, le=120)]


class Policy(_Group):
    """The rules in force from `valid_from` to `valid_until`, both included; None is until further notice."""

    id: Annotated[str, Field(min_length=1, max_length=40)]
    title: str
    valid_from: date
    valid_until: date | None = None
    eligibility: Eligibility
    booking: Booking
    promise: Promise
    dwell: Dwell
    tariff: Tariff
    area: Area
    travel: Travel
    rest: Annotated[dict[str, Rest], Field(min_length=1)]
    cancel: Cancel
    no_show: NoShow

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.valid_until is not None and self.valid_until < self.valid_from:
            raise ValueError(f"valid_until {self.valid_until} is before valid_from {self.valid_from}")
        return self


class Policies(_Group):
    """All policies of the service, oldest first, without gap or overlap; and the facts that have no date."""

    service: Facts
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


def load(path: Path) -> Policies:
    """Read and check the rules. Raises `PolicyError` listing every fault, one per line."""
    try:
        text = path.read_text(encoding="utf-8")
        raw = tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PolicyError(f"{path.name}: {error}") from error
    try:
        return Policies.model_validate(raw)
    except ValidationError as error:
        faults = [_fault(path.name, text, raw, each["loc"], each["msg"]) for each in error.errors()]
        raise PolicyError("\n".join(faults)) from error


def _fault(file: str, text: str, raw: dict[str, Any], where: Sequence[str | int], message: str) -> str:
    keys = [str(part) for part in where if not isinstance(part, int)]
    indexes = [part for part in where if isinstance(part, int)]
    subject = ""
    if keys[:1] == ["policy"] and indexes:
        entry = raw["policy"][indexes[0]]
        name = entry.get("id", indexes[0] + 1) if isinstance(entry, dict) else indexes[0] + 1
        subject = f'policy "{name}": '
        keys = keys[1:]
        line = _line(text, "policy", indexes[0], keys)
    else:
        line = _line(text, "", 0, keys)
    place = f"{file}:{line}" if line else file
    return f"{place}: {subject}{'.'.join(keys)}{': ' if keys else ''}{message.removeprefix('Value error, ')}"


def _line(text: str, array: str, nth: int, keys: Sequence[str]) -> int | None:
    """Line on which the key, or else its nearest table, is written; None when it cannot be told."""
    table: list[str] = []
    seen, found = -1, None
    for number, raw_line in enumerate(text.splitlines(), 1):
        line = raw_line.strip()
        if line.startswith("[["):
            seen += 1
            table = []
        elif line.startswith("["):
            table = line.split("]")[0].strip("[ ").split(".")
            table = table[1:] if array and table[:1] == [array] else table
        if array and seen != nth:
            continue
        if line.startswith("["):
            if table == list(keys[: len(table)]):
                found = number
        elif [*table, line.split("=")[0].strip()] == list(keys[: len(table) + 1]) and "=" in line:
            found = number
    return found
